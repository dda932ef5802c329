"""Lists of orders within a Scope: filtered, searched, counted and paged by key. Writes nothing.

What a list costs does not follow the shop's size: filters have an index each that also holds the list's order, counts
stop, and a search goes one of two ways. What is rare is fetched whole from the index of terms and then put in order.
What is common is met soon by walking through the orders in the list's own order; where it is not (last year's product),
the walk ends and all of it is fetched after all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.orders import Order
from service.core.roles import Scope
from service.core.terms import Find
from service.store.orders import opened, scoped
from service.store.sealed import Sealer
from service.store.session import Tx
from service.store.tables import order_terms, orders, shops

#: A search with more entries than this in the index of terms is a common one. An order has a few entries for a word.
RARE = 2_000
#: Orders that are walked through, asking each, before another way is taken.
WALKED = 3_000
#: How far a list is counted: as far as an index tells, and less far where each order must be asked.
COUNTED, ASKED = 1_000, 40


@dataclass(frozen=True, slots=True)
class DueRange:
    """Deadlines later than `after` and not later than `until` (None = without end), of these shops (None = all)."""

    after: datetime | None = None
    until: datetime | None = None
    shop_ids: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows: empty = do not restrict. `due`: any of these ranges, and then nearest deadline first.

    A search finds an order by any of them: `order_ids` whole, `finds` by its terms.
    """

    status: str = ""
    action: str = ""
    shop_id: str = ""
    due: Sequence[DueRange] = ()
    order_ids: Collection[str] = ()
    finds: Sequence[Find] = ()

    @property
    def is_search(self) -> bool:
        return bool(self.order_ids or self.finds)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the order it lies beside, by the list's own instant. `is_ahead`: after it, not before."""

    at: datetime
    order_id: str
    is_ahead: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How a list is found: the keys of its orders. Counting further than `most` would cost too much.

    `is_full`: there are more than `most`, and nothing needs to be counted. `walk`: the keys of all orders that may be
    in it, to be asked one by one, which may be sooner done; None when there is no such way.
    """

    wanted: Listing
    keys: sa.Select[Any]
    most: int = COUNTED
    is_full: bool = False
    walk: sa.Select[Any] | None = None


def plan(tx: Tx, scope: Scope, wanted: Listing) -> Plan:
    """The way that finds this list at the least cost."""
    keys = _narrowed(sa.select(orders.c.shop_id, orders.c.order_id), scope, wanted)
    everywhere = keys.where(orders.c.account_id == scope.account_id)
    if not wanted.is_search:
        return Plan(wanted, everywhere)
    shop_ids = _shops(tx, scope, wanted)
    entries = _entries(wanted, shop_ids, at_most=RARE + 1)
    if _count(tx, entries) <= RARE:
        return Plan(wanted, _whole(keys, entries))
    whole = _whole(keys, _entries(wanted, shop_ids, at_most=None))
    if wanted.status or wanted.action or wanted.due:
        return Plan(wanted, whole, ASKED, walk=everywhere)
    is_full = _count(tx, sa.select(entries).distinct().limit(COUNTED + 1).subquery()) > COUNTED
    return Plan(wanted, whole, COUNTED if is_full else ASKED, is_full, walk=everywhere)


def listed(tx: Tx, sealer: Sealer, scope: Scope, *, of: Plan, place: Place | None, limit: int) -> list[Order]:
    """A page of a list in scope, at most `limit` orders, on the side of `place` that it names; from the top without.

    Nearest deadline first where the list is about deadlines, else newest first.
    """
    at = _at(of.wanted)
    is_rising = bool(of.wanted.due) != (place is not None and not place.is_ahead)
    order = [one if is_rising else one.desc() for one in (at, orders.c.order_id)]

    def page(keys: sa.Select[Any]) -> list[Order]:
        if place is not None:
            keys = keys.where(_beyond(at, place, is_rising=is_rising))
        # The page is found among keys alone, which indexes hold; only its own orders are read whole.
        shown = keys.order_by(*order).limit(limit).subquery()
        query = scoped(scope).join(shown, _same_order(shown)).order_by(*order)
        return [opened(sealer, row) for row in tx.execute(query)]

    near, is_all = _near(tx, of, place, is_rising=is_rising)
    found = [] if near is None else page(near)
    if len(found) < limit and not is_all:
        found = page(of.keys)
    return found if place is None or place.is_ahead else found[::-1]


def count(tx: Tx, of: Plan, *, most: int = COUNTED) -> tuple[int, bool]:
    """How many orders a list has, and whether there are more: counting stops at `most`, or before where it costs."""
    most = min(most, of.most)
    if of.is_full:
        return most, True
    near, is_all = _near(tx, of, None, is_rising=bool(of.wanted.due))
    found = 0 if near is None else _count(tx, near.limit(most + 1).subquery())
    if found <= most and not is_all:
        found = _count(tx, of.keys.limit(most + 1).subquery())
    return min(found, most), found > most


def _near(tx: Tx, of: Plan, place: Place | None, *, is_rising: bool) -> tuple[sa.Select[Any] | None, bool]:
    """The keys of the list within a walk from `place` (from the top without), and whether these are all there are.

    None where nothing is to be walked.
    """
    if of.walk is None:
        return None, False
    at = _at(of.wanted)
    ahead = of.walk if place is None else of.walk.where(_beyond(at, place, is_rising=is_rising))
    end = ahead.with_only_columns(at).order_by(at if is_rising else at.desc()).offset(WALKED).limit(1)
    ends_at = tx.execute(end).scalar()
    near = of.walk.where(_is_met(of.wanted))
    if ends_at is None:
        return near, True
    return near.where(at <= ends_at if is_rising else at >= ends_at), False


def _count(tx: Tx, found: sa.FromClause) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def _at(wanted: Listing) -> sa.ColumnElement[Any]:
    """The instant by which a list is ordered."""
    return orders.c.sla_due_at if wanted.due else orders.c.created_at


def _beyond(at: sa.ColumnElement[Any], place: Place, *, is_rising: bool) -> sa.ColumnElement[bool]:
    """After (rising) or before the place, by instant and then by order id: as one comparison, which an index serves."""
    here = sa.tuple_(at, orders.c.order_id)
    there = sa.tuple_(sa.literal(place.at, orders.c.created_at.type), sa.literal(place.order_id))
    return here > there if is_rising else here < there


def _same_order(found: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(found.c.shop_id == orders.c.shop_id, found.c.order_id == orders.c.order_id)


# --- filters ---------------------------------------------------------------------------------------------------------


def _narrowed(query: sa.Select[Any], scope: Scope, wanted: Listing) -> sa.Select[Any]:
    """What the list shows of the orders, but for whose they are and what is searched for."""
    if scope.shop_ids is not None:
        query = query.where(orders.c.shop_id.in_(sorted(scope.shop_ids)))
    if wanted.status:
        query = query.where(orders.c.status == wanted.status)
    if wanted.action:
        # The second half is what the index is made for: most orders ask for nothing and are not in it.
        query = query.where(orders.c.action == wanted.action, orders.c.action != sa.literal_column("''"))
    if wanted.shop_id:
        query = query.where(orders.c.shop_id == wanted.shop_id)
    if wanted.due:
        query = query.where(sa.or_(*(_in_range(one) for one in wanted.due)))
    return query


def _in_range(due: DueRange) -> sa.ColumnElement[bool]:
    parts: list[sa.ColumnElement[bool]] = [orders.c.sla_due_at.is_not(None)]
    if due.after is not None:
        parts.append(orders.c.sla_due_at > due.after)
    if due.until is not None:
        parts.append(orders.c.sla_due_at <= due.until)
    if due.shop_ids is not None:
        parts.append(orders.c.shop_id.in_(sorted(due.shop_ids)))
    return sa.and_(*parts)


# --- searching -------------------------------------------------------------------------------------------------------


def _shops(tx: Tx, scope: Scope, wanted: Listing) -> list[str]:
    """The shops in scope that are searched: their ids are the beginning of every key."""
    query = sa.select(shops.c.id).where(shops.c.account_id == scope.account_id)
    if scope.shop_ids is not None:
        query = query.where(shops.c.id.in_(sorted(scope.shop_ids)))
    if wanted.shop_id:
        query = query.where(shops.c.id == wanted.shop_id)
    return sorted(tx.execute(query).scalars())


def _entries(wanted: Listing, shop_ids: list[str], *, at_most: int | None) -> sa.Subquery:
    """The keys of what a search finds in these shops, an order as often as it is met.

    Each part stops by itself at `at_most` (None = never), so that no planner can think of reading all of it.
    """
    parts = [_of(order_terms, shop_ids).where(_begins(find)) for find in wanted.finds]
    if wanted.order_ids:
        parts.append(_of(orders, shop_ids).where(orders.c.order_id.in_(sorted(wanted.order_ids))))
    stopping = [part.limit(at_most).subquery() for part in parts]
    return sa.union_all(*(sa.select(part.c.shop_id, part.c.order_id) for part in stopping)).subquery()


def _whole(keys: sa.Select[Any], entries: sa.Subquery) -> sa.Select[Any]:
    """The keys of those of the list's orders that are among the entries, each once.

    The account is the entries' own; named here once more, it would tempt a planner to walk through all orders.
    """
    found = sa.select(entries).distinct().subquery()
    return keys.select_from(sa.join(found, orders, _same_order(found)))


def _of(table: sa.Table, shop_ids: list[str]) -> sa.Select[Any]:
    return sa.select(table.c.shop_id, table.c.order_id).where(table.c.shop_id.in_(shop_ids))


def _begins(find: Find) -> sa.ColumnElement[bool]:
    """A term of these kinds begins so. As a range, which the index serves: terms are in the order of their letters."""
    end = find.prefix + chr(0x10FFFF)
    kinds = sorted(kind.value for kind in find.kinds)
    return sa.and_(order_terms.c.kind.in_(kinds), order_terms.c.term >= find.prefix, order_terms.c.term < end)


def _is_met(wanted: Listing) -> sa.ColumnElement[bool]:
    """Whether the search finds this order. Asked order by order: as EXISTS it might be turned round, and read whole."""
    own = sa.select(sa.literal(1)).where(_same_order(order_terms), sa.or_(*(_begins(find) for find in wanted.finds)))
    is_met = own.correlate(orders).limit(1).scalar_subquery().is_not(None)
    return sa.or_(is_met, orders.c.order_id.in_(sorted(wanted.order_ids))) if wanted.order_ids else is_met
