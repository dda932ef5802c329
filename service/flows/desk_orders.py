"""Orders of a period added up, as far as time allows: how many are settled, what they came to, what is estimated.

A day is added up once for as long as nothing that is known of its orders changes. Days are the shop's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from service.core.ledger.periods import Period
from service.core.ledger.sums import OrderSums, sums_of, total_sums
from service.core.roles import Scope
from service.flows import Services, books
from service.flows.desk_memory import Basis
from service.flows.stretch import Stretch
from service.store import desk, orders
from service.store.desk import OrderMark
from service.store.records import ShopRow
from service.store.session import Tx

#: More orders than a card can look through while somebody waits; the ledger's own tab adds up any number.
MOST_ORDERS = 10_000
ORDERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Summed:
    """A period's orders by currency. `days_left`: days that are not added up yet, for want of time; `is_too_many`:
    nothing was counted, there are more than `MOST_ORDERS`.
    """

    sums: Mapping[str, OrderSums] = field(default_factory=dict)
    days_left: int = 0
    is_too_many: bool = False


def summed(
    services: Services, scope: Scope, shop: ShopRow, *, period: Period, where: tzinfo, stretch: Stretch
) -> Summed:
    """The orders of the shop created in these days, as far as the stretch goes."""
    mine = Scope(scope.account_id, frozenset({shop.id}))
    since, until = period.of_orders(where)
    with services.store.read() as tx:
        if desk.count_orders(tx, mine, shop.id, since=since, until=until, most=MOST_ORDERS) > MOST_ORDERS:
            return Summed(is_too_many=True)
        marks = desk.order_marks(tx, mine, shop.id, since=since, until=until)
        terms = desk.terms_mark(tx, mine, shop.id)
    days: dict[date, list[OrderMark]] = {}
    for mark in marks:
        days.setdefault(mark.created_at.astimezone(where).date(), []).append(mark)
    found = _days(services, shop, days, terms=terms, stretch=stretch)
    return Summed(total_sums(found.values()), days_left=len(days) - len(found))


def _days(
    services: Services,
    shop: ShopRow,
    days: Mapping[date, Sequence[OrderMark]],
    *,
    terms: Basis,
    stretch: Stretch,
) -> dict[date, Mapping[str, OrderSums]]:
    """Day → its sums, newest first, as far as the stretch goes."""
    found: dict[date, Mapping[str, OrderSums]] = {}
    bases = {day: _basis(terms, marks) for day, marks in days.items()}
    missing = []
    for day in sorted(days, reverse=True):
        known = services.memory.desk.day(shop.id, day, basis=bases[day])
        if known is None:
            missing.append(day)
        else:
            found[day] = known
    for portion in _portions(missing, days):
        if not stretch.goes_on():
            break
        with services.store.read() as tx:
            made = _add_up(services, tx, shop, {day: days[day] for day in portion})
        for day, sums in made.items():
            services.memory.desk.keep_day(shop.id, day, basis=bases[day], sums=sums)
        found |= made
    return found


def _basis(terms: Basis, marks: Sequence[OrderMark]) -> Basis:
    """What the sums of a day are made from, in short: it is compared within this process only."""
    return (len(marks), hash((*terms, *((mark.order_id, mark.version) for mark in marks))))


def _portions(missing: Sequence[date], days: Mapping[date, Sequence[OrderMark]]) -> list[list[date]]:
    """Whole days in portions of about so many orders."""
    portions: list[list[date]] = []
    count = 0
    for day in missing:
        if not portions or count + len(days[day]) > ORDERS_AT_ONCE:
            portions.append([])
            count = 0
        portions[-1].append(day)
        count += len(days[day])
    return portions


def _add_up(
    services: Services, tx: Tx, shop: ShopRow, days: Mapping[date, Sequence[OrderMark]]
) -> dict[date, Mapping[str, OrderSums]]:
    ids = [mark.order_id for marks in days.values() for mark in marks]
    found = books.books_of(services, tx, shop, orders.stored_without_buyers(tx, shop_id=shop.id, order_ids=ids))
    return {
        day: sums_of(found[mark.order_id] for mark in marks if mark.order_id in found) for day, marks in days.items()
    }
