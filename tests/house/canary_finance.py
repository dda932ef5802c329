"""Canaries of money: what TikTok kept of an order full of canaries, what its goods cost, and so what it earned.

Stated as if its statement had been read and its costs typed in; the amounts of its two SKUs add up to the order's, and
no two amounts of any order are alike. What is worked out from them is worked out here anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from house.canary import Canary, money

from service.core.ledger.costs import Cost
from service.core.ledger.entries import Amount, Entry, Payment, Statement
from service.flows import Services
from service.store import costs, finance
from service.store.costs import Editor
from service.store.records import ShopRow

SETTLED_AT = datetime(2026, 11, 22, tzinfo=UTC)
PLACES = (1, 2)
#: Pence of each SKU of order 0, by upstream's field and by kind of cost; order n has `2n` more of each.
_FEES = {
    "fee.platform_commission_amount": (53011, 48013),
    "fee.transaction_fee_amount": (35009, 34021),
    "fee.affiliate_commission_amount": (71013, 66017),
    "fee.affiliate_partner_commission_amount": (13307, 12203),
    "shipping.actual_shipping_fee_amount": (19709, 18703),
}
_COSTS = {"unit": (11783, 10909), "packaging": (15013, 14011), "fulfilment": (16033, 17029)}
_GROSS, _REVENUE = (411101, 320002), (379748, 290048)
_VAT_PERCENT = 20


@dataclass
class _Told:
    value: Any
    record: Mapping[str, object] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def _by(number: int) -> int:
    return number * 2


def _sku(number: int, place: int) -> str:
    return f"17295777000111222{number}{place}"


def _statement_id(number: int) -> str:
    return f"74380001112223{number:04d}"


def _payment_id(number: int) -> str:
    return f"34990001112223{number:04d}"


def _pence(bases: tuple[int, int], number: int, place: int) -> int:
    """Of one SKU, or of the whole order for place 0."""
    return sum(bases[each - 1] + _by(number) for each in PLACES if place in (0, each))


def _revenue(number: int, place: int) -> int:
    return sum(_REVENUE[each - 1] + 2 * _by(number) for each in PLACES if place in (0, each))


def _settlement(number: int, place: int) -> int:
    return _revenue(number, place) - sum(_pence(bases, number, place) for bases in _FEES.values())


def plant_finance(services: Services, shop: ShopRow, order_id: str, number: int) -> None:
    """The order is settled in a statement of its own, which is paid, and its SKUs have costs."""
    paid = _major(_settlement(number, 0))
    statement = Statement(
        _statement_id(number), "GBP", SETTLED_AT, paid, payment_status="PAID", payment_id=_payment_id(number)
    )
    payment = Payment(_payment_id(number), "PAID", Amount(paid, "GBP"))
    now = services.clock.now()
    with services.store.write() as tx:
        finance.put_statements(tx, shop, [_Told(statement)], now)
        finance.put_payments(tx, shop, [_Told(payment)], now)
        lines = [_Told(_entry(order_id, number, place)) for place in (0, *PLACES)]
        finance.put_entries(tx, shop, lines, now)
        stated = {_sku(number, place): [_cost(number, place)] for place in PLACES}
        costs.put(tx, shop, stated, by=Editor("nobody", now))


def _entry(order_id: str, number: int, place: int) -> Entry:
    """The statement's line about the order, or its part that is of one SKU: the same ids whatever the version."""
    fees = {path: -_major(_pence(bases, number, place)) for path, bases in _FEES.items()}
    shipping = fees["shipping.actual_shipping_fee_amount"]
    return Entry(
        entry_id=f"{order_id}{place}",
        kind="ORDER",
        currency="GBP",
        statement_id=_statement_id(number),
        settlement=_major(_settlement(number, place)),
        revenue=_major(_revenue(number, place)),
        shipping=shipping,
        fee_tax=sum(fees.values(), Decimal(0)) - shipping,
        amounts={"revenue.subtotal_before_discount_amount": _major(_revenue(number, place)), **fees},
        order_id=order_id,
        sku_id=_sku(number, place) if place else "",
        settled_at=SETTLED_AT,
    )


def _cost(number: int, place: int) -> Cost:
    return Cost(
        _sku(number, place), "GBP", **{kind: _major(_pence(bases, number, place)) for kind, bases in _COSTS.items()}
    )


def finance_canaries(number: int) -> list[Canary]:
    """What of the money of order `number` is told, and to which group."""
    fees = {path.partition(".")[2]: _pence(bases, number, 0) for path, bases in _FEES.items()}
    fees |= {"settlement": _settlement(number, 0), "tax": _vat(number)}
    product, fulfilment = _pence(_COSTS["unit"], number, 0), _pence(_COSTS["fulfilment"], number, 0)
    product += _pence(_COSTS["packaging"], number, 0)
    paid = {f"unit cost of {place}": _pence(_COSTS["unit"], number, place) for place in PLACES}
    paid |= {"product cost": product, "fulfilment cost": fulfilment, "cogs": product + fulfilment}
    net = _settlement(number, 0) - _vat(number) - product - fulfilment
    amounts = [("FEES", fees), ("COST", paid), ("PROFIT", {"net profit": net})]
    return [
        *(Canary(f"{group}: {name} of {number}", group, money(pence)) for group, some in amounts
          for name, pence in some.items()),
        Canary(f"FEES: statement of {number}", "FEES", (_statement_id(number),)),
        Canary(f"FEES: payout of {number}", "FEES", (_payment_id(number),)),
    ]  # fmt: skip


def _vat(number: int) -> int:
    """Inside the price, and the seller's to pay."""
    due = Decimal(_revenue(number, 0)) * _VAT_PERCENT / (100 + _VAT_PERCENT)
    return int(due.to_integral_value(rounding=ROUND_HALF_UP))


def _major(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2)
