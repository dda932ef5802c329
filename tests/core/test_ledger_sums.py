"""Sums of orders: counted by what they are, added up to the cent, upstream's part and the seller's own apart."""

from datetime import date

import pytest
from core.made_entries import CENTS, d, make_entry
from core.made_orders import CREATED, make_line, make_order, make_payment, real_policies
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.books import Books
from service.core.ledger.costs import Cost, book_of
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms
from service.core.ledger.sums import OrderSums, sums_of, sums_of_one, total_sums

DAY = date(2026, 11, 20)
SKU = make_line(1, "A").sku_id
RULES = real_policies().fee_rules(market="GB", shipping="SELLER", day=DAY)
COSTS = book_of([Cost(SKU, "GBP", d("5"))])
PAID = make_payment("GBP", items_gross="24.00", items_net="24.00", total="24.00")


def books(*entries, terms=None, **changes):
    order = make_order(**({"lines": (make_line(1, "A", price="24.00"),), "payment": PAID} | changes))
    return Books(Facts(order, DAY, entries=tuple(entries)), terms or Terms(book=COSTS, rules=RULES))


def settled(**changes):
    known = {"settlement": "20.00", "revenue": "24.00", "fee_tax": "-4.00"}
    amounts = {"revenue.subtotal_before_discount_amount": "24", "fee.referral_fee_amount": "-3", "tax.vat_amount": "-1"}
    return make_entry(1, amounts=amounts, **(known | changes))


def test_a_settled_sale_is_in_every_sum():
    one = sums_of_one(books(settled()))
    assert (one.sales, one.settled, one.extras, one.costless, one.profits) == (1, 1, 0, 0, 1)
    assert (one.revenue, one.tax, one.platform, one.marketing) == (24, 1, 3, 0)
    assert (one.settlement, one.cogs, one.net) == (20, 5, 15)
    assert (one.open_settlement, one.open_net) == (0, 0)


def test_an_unsettled_sale_counts_as_an_estimate():
    one = sums_of_one(books())
    assert (one.sales, one.settled) == (1, 0)
    assert one.open_net == one.net
    assert one.open_settlement == one.settlement > 0


def test_a_sale_without_cost_is_in_no_profit_and_never_costs_nothing():
    one = sums_of_one(books(settled(), terms=Terms(rules=RULES)))
    assert (one.costless, one.profits, one.net, one.revenue) == (1, 0, 0, 24)


def test_a_sale_of_which_nothing_says_what_is_charged_is_in_no_sum():
    one = sums_of_one(books(terms=Terms(book=COSTS)))
    assert (one.sales, one.settled, one.unknown, one.revenue, one.net) == (1, 0, 1, 0, 0)


@pytest.mark.parametrize("status", ["CANCELLED", "UNPAID"])
def test_what_was_never_paid_waits_for_no_settlement(status):
    """It would keep the coverage from ever being whole."""
    assert sums_of_one(books(status=status)) == OrderSums("GBP", idle=1)


def test_a_parcel_that_was_lost_on_its_way_has_cost_its_goods():
    """As in its own row: the goods are gone. TikTok settles nothing of it, so that no coverage waits for it."""
    lost = books(status="CANCELLED", collected_at=CREATED)
    one = sums_of_one(lost)
    assert (one.idle, one.sales, one.profits, one.cogs) == (1, 0, 1, 5)
    assert one.net == lost.profit.shown.net == -5


def test_a_cancelled_order_that_was_charged_is_counted():
    fine = make_entry(1, kind="PLATFORM_PENALTY", settlement="-2.00", adjustment="-2.00")
    one = sums_of_one(books(fine, status="CANCELLED"))
    assert (one.idle, one.platform, one.settlement) == (0, 2, -2)
    assert (one.sales, one.settled) == (1, 1), "nothing else of it is ever settled"


def test_what_a_sample_cost_is_in_no_figure_of_upstreams():
    """Whoever may not see costs sees upstream's figures."""
    free = make_entry(1, settlement="-1.50", fee_tax="-1.50", amounts={"fee.sample_shipping_fee_amount": "-1.50"})
    dear = Terms(book=book_of([Cost(SKU, "GBP", d("900"))]), rules=RULES)
    cheap, costly = (sums_of_one(books(free, terms=terms, is_sample=True)) for terms in (Terms(book=COSTS), dear))
    assert (cheap.sales, cheap.extras) == (0, 1)
    assert (cheap.marketing, cheap.settlement) == (costly.marketing, costly.settlement) == (d("1.50"), d("-1.50"))
    assert (cheap.own_marketing, costly.own_marketing) == (5, 900)
    assert (cheap.net, costly.net) == (d("-6.50"), d("-901.50"))


def test_the_sellers_own_tax_stands_apart():
    taxed = Terms(book=COSTS, rules=RULES, tax=TaxTerms(TaxMode.VAT_SELLER_REMITS, d("20")))
    one = sums_of_one(books(settled(), terms=taxed))
    assert (one.tax, one.own_tax, one.net) == (1, 3, 12)


def test_an_order_in_two_currencies_is_counted_and_in_no_sum():
    one = sums_of_one(books(settled(currency="USD")))
    assert one == OrderSums("GBP", unreadable=1)


def test_currencies_are_never_added():
    pounds, dollars = OrderSums("GBP", revenue=d(1)), OrderSums("USD", revenue=d(2))
    assert total_sums([{"GBP": pounds}, {"USD": dollars}, {"GBP": pounds}]) == {
        "GBP": OrderSums("GBP", revenue=d(2)),
        "USD": dollars,
    }
    with pytest.raises(ValueError, match="cannot add USD to GBP"):
        _ = pounds + dollars


@given(st.lists(st.tuples(CENTS, CENTS, CENTS, st.booleans()), max_size=6))
def test_sums_hold_the_identities_of_profit(found):
    """Revenue less upstream's pools is the settlement; less the seller's own it is the profit."""
    made = [
        books(
            make_entry(
                number, settlement=str(sale - fee - tax), revenue=str(sale), fee_tax=str(-fee - tax),
                amounts={
                    "revenue.subtotal_before_discount_amount": str(sale),
                    "fee.referral_fee_amount": str(-fee),
                    "tax.vat_amount": str(-tax),
                },
            ),
            is_sample=is_given,
        )
        for number, (sale, fee, tax, is_given) in enumerate(found)
    ]  # fmt: skip
    for total in sums_of(made).values():
        assert total.revenue - total.tax - total.platform - total.marketing == total.settlement
        assert total.net == total.settlement - total.own_tax - total.own_marketing - total.cogs
        assert total.profits == len(found)
