"""Sums of many orders: how far they are settled, what they came to, and how much of that is still an estimate.

One currency at a time. What upstream takes and what the seller's own costs are stay apart, because not everybody who
sees the first may see the second: a sample's cost is in no figure of upstream's here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from service.core.ledger.books import Books
from service.core.ledger.costs import units_sent
from service.core.ledger.fields import POOL_OF_GROUP, Pool
from service.core.ledger.profit import OUTSIDE_ADS, SELLER_VAT, Outcome, Profit, coverage
from service.core.ledger.reconciling import ZERO
from service.core.ledger.sales import is_sample
from service.core.ledger.settling import Basis
from service.core.orders import OrderStatus

_OWN = frozenset({SELLER_VAT, OUTSIDE_ADS})
_NOTHING_TO_SETTLE = frozenset({OrderStatus.UNPAID, OrderStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class OrderSums:
    """Counts of orders, and amounts in major units of one currency; a pool is a cost and positive.

    `settled` of `sales`: the coverage. `extras`: samples and replacements, whose cost counts and which are no sales;
    `idle`: never paid, or cancelled before anything was charged, no sales either; of what was lost on its way the cost
    counts all the same. `unreadable`: stated in two currencies, in no sum.
    `unknown`: in no sum because nothing says what they will come to. `costless`: no cost is known of some of their
    goods, so that they are in every sum but the profit; `profits` counts those that are in it.

    `revenue`, `tax`, `platform`, `marketing` and `settlement` are upstream's. `own_tax`, `own_marketing` and `cogs` are
    the seller's own. `open_net`: the part of `net` that stands on estimates.
    """

    currency: str
    sales: int = 0
    settled: int = 0
    extras: int = 0
    idle: int = 0
    unreadable: int = 0
    unknown: int = 0
    costless: int = 0
    profits: int = 0
    revenue: Decimal = ZERO
    tax: Decimal = ZERO
    platform: Decimal = ZERO
    marketing: Decimal = ZERO
    settlement: Decimal = ZERO
    open_settlement: Decimal = ZERO
    own_tax: Decimal = ZERO
    own_marketing: Decimal = ZERO
    cogs: Decimal = ZERO
    net: Decimal = ZERO
    open_net: Decimal = ZERO

    def __add__(self, other: "OrderSums") -> "OrderSums":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        added = {one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)[1:]}
        return OrderSums(self.currency, **added)


def sums_of(found: Iterable[Books]) -> Mapping[str, OrderSums]:
    """Currency → the sums of these orders."""
    sums: dict[str, OrderSums] = {}
    for books in found:
        one = sums_of_one(books)
        sums[one.currency] = sums[one.currency] + one if one.currency in sums else one
    return sums


def total_sums(found: Iterable[Mapping[str, OrderSums]]) -> Mapping[str, OrderSums]:
    """Several periods as one, currency by currency."""
    total: dict[str, OrderSums] = {}
    for sums in found:
        for currency, one in sums.items():
            total[currency] = total[currency] + one if currency in total else one
    return dict(sorted(total.items()))


def sums_of_one(books: Books) -> OrderSums:
    """One order as sums."""
    order = books.facts.order
    currency = order.payment.currency
    is_idle = order.status in _NOTHING_TO_SETTLE and not books.facts.entries and not books.facts.unsettled
    is_lost = order.status == OrderStatus.CANCELLED and bool(units_sent(order))
    if is_idle and not is_lost:
        return OrderSums(currency, idle=1)
    profit = books.profit
    if profit is None:  # amounts in another currency than the order's
        return OrderSums(currency, unreadable=1)
    counted = OrderSums(currency, idle=1) if is_idle else _counted(profit)
    if profit.shown is None:
        return counted + OrderSums(currency, unknown=1)
    return counted + _amounts(profit, profit.shown, is_given=is_sample(order))


def _counted(profit: Profit) -> OrderSums:
    settled, sales = coverage([profit])
    return OrderSums(profit.currency, sales=sales, settled=settled, extras=1 - sales)


def _amounts(profit: Profit, shown: Outcome, *, is_given: bool) -> OrderSums:
    """What the order came to. A sample that was given away has no revenue: all that upstream charged is marketing."""
    is_open = profit.basis is not Basis.SETTLED
    pools = dict.fromkeys(Pool, ZERO)
    own = dict.fromkeys(Pool, ZERO)
    for part in shown.pools.parts:
        side = own if part.name in _OWN or is_given else pools
        side[POOL_OF_GROUP[part.group]] -= part.amount
    if is_given:
        pools[Pool.MARKETING] = -shown.settlement
        own[Pool.MARKETING] += shown.settlement
    net = shown.net
    return OrderSums(
        profit.currency,
        costless=net is None,
        profits=net is not None,
        revenue=-pools[Pool.REVENUE],
        tax=pools[Pool.TAX],
        platform=pools[Pool.PLATFORM] + (ZERO if is_given else shown.pools.unexplained),
        marketing=pools[Pool.MARKETING],
        settlement=shown.settlement,
        open_settlement=shown.settlement if is_open else ZERO,
        own_tax=own[Pool.TAX],
        own_marketing=own[Pool.MARKETING],
        cogs=shown.cogs.total or ZERO,
        net=net or ZERO,
        open_net=net if net is not None and is_open else ZERO,
    )
