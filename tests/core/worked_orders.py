"""The orders of the worked checks, with the terms and facts that are stated of them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.made_entries import d
from core.made_orders import make_line, make_order, make_payment, real_policies

from service.core.ledger.costs import Cost, OrderCost, book_of
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms
from service.core.ledger.fields import Group
from service.core.ledger.pools import pools_of_parts
from service.core.ledger.profit import SELLER_VAT
from service.core.ledger.rates import OwnTerms
from service.core.ledger.reconciling import Part

DAY = date(2026, 11, 20)
A, B = make_line(1, "A").sku_id, make_line(1, "B").sku_id


def cents(value: Decimal) -> Decimal:
    return value.quantize(d("0.01"), rounding=ROUND_HALF_UP)


def us_order(**changes):
    """Two units at 25.00, 5.00 off by the seller, 3.00 off by TikTok, 3.36 tax."""
    line = {"currency": "USD", "price": "25.00"}
    lines = (make_line(1, "A", **line), make_line(2, "A", **line))
    payment = make_payment(
        "USD", items_gross="50.00", seller_discount="5.00", platform_discount="3.00",
        items_net="42.00", tax="3.36", total="45.36",
    )  # fmt: skip
    return make_order(**({"region": "US", "lines": lines, "payment": payment} | changes))


def us_terms(**changes) -> Terms:
    rules = real_policies().fee_rules(market="US", shipping="SELLER", day=DAY)
    known = {
        "book": book_of([Cost(A, "USD", d("8"))]),
        "tax": TaxTerms(TaxMode.US_PASS_THROUGH),
        "rules": rules,
        "own": OwnTerms(affiliate_percent=d("15")),
    }
    return Terms(**(known | changes))


def us_facts(**changes) -> Facts:
    known = {"order": us_order(), "day": DAY, "sending": OrderCost(d("5.20"), "USD")}
    return Facts(**(known | changes))


def uk_terms(**changes) -> Terms:
    known = {
        "book": book_of([Cost(A, "GBP", d("5"))]),
        "tax": TaxTerms(TaxMode.VAT_SELLER_REMITS, d("20")),
        "rules": real_policies().fee_rules(market="GB", shipping="SELLER", day=DAY),
        "own": OwnTerms(affiliate_percent=d("20")),
    }
    return Terms(**(known | changes))


def uk_facts(**changes) -> Facts:
    payment = make_payment(items_gross="24.00", items_net="24.00", total="24.00")
    order = make_order(lines=(make_line(1, "A", "24.00"),), payment=payment)
    return Facts(**({"order": order, "day": DAY, "sending": OrderCost(d("3"), "GBP")} | changes))


def two_sku_order(**changes):
    lines = (make_line(1, "A", "20.00"), make_line(2, "B", "10.00"))
    payment = make_payment(items_gross="30.00", items_net="30.00", total="30.00")
    return make_order(**({"order_id": "O1", "lines": lines, "payment": payment} | changes))


BOTH = book_of([Cost(A, "GBP", d("5")), Cost(B, "GBP", d("2"))])
SETTLED_US = {
    "order_id": "576400000000000011", "currency": "USD", "settlement": "36.00", "revenue": "45.00", "fee_tax": "-9.00",
    "amounts": {
        "revenue.subtotal_before_discount_amount": "50.00", "revenue.seller_discount_amount": "-5.00",
        "fee.referral_fee_amount": "-2.70", "fee.affiliate_commission_amount": "-6.30",
    },
}  # fmt: skip


def seller_own(profit):
    """The seller's own VAT, which is no part of what upstream is expected to take."""
    return pools_of_parts("GBP", [Part(SELLER_VAT, Group.TAX, -profit.shown.seller_vat)])
