"""Orders, their recipients (sealed, apart) and the seller's own notes.

An order's body is the core Order as JSON, without its recipient. Lists page by key, newest first, within a Scope.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from service.core.orders import Order, Recipient
from service.core.roles import Scope
from service.store.sealed import Sealer
from service.store.session import Tx, dialect_of, hits, insert_for, insert_into
from service.store.tables import notes, orders, recipients

EMPTY = Recipient()


@dataclass(frozen=True, slots=True)
class Marks:
    """What lists and wake-ups need beside the body, derived by the flow when it saves."""

    sla_due_at: datetime | None
    action: str
    change_at: datetime | None
    search: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    shop_id: str
    order_id: str
    flag: str
    note: str
    is_shared: bool
    assignee: str
    customs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list's filter: None or empty = do not restrict. `search` matches ids, SKUs and tracking."""

    statuses: Collection[str] = ()
    action: str = ""
    search: str = ""
    due_before: datetime | None = None
    before: tuple[datetime, str] | None = None  # (created_at, order_id) of the last row of the page before


@dataclass(frozen=True, slots=True)
class DueRange:
    """Deadlines later than `after` and not later than `until` (None = without end), of these shops (None = all)."""

    after: datetime | None = None
    until: datetime | None = None
    shop_ids: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows: empty = do not restrict. `due`: any of these ranges, and then nearest deadline first.

    The texts find an order by any of them: `order_ids` whole, `endings` by the end of the id, `texts` in SKUs and
    tracking; the last two among the newest orders only, so that the cost does not follow the shop's size.
    """

    status: str = ""
    action: str = ""
    shop_id: str = ""
    due: Sequence[DueRange] = ()
    order_ids: Collection[str] = ()
    endings: Collection[str] = ()
    texts: Collection[str] = ()


#: How many of the newest orders are searched by SKU, tracking or the end of an id.
SEARCH_DEPTH = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the order it lies beside, by the list's own instant. `is_ahead`: after it, not before."""

    at: datetime
    order_id: str
    is_ahead: bool = True


def stored(tx: Tx, sealer: Sealer, *, shop_id: str, order_ids: Collection[str]) -> dict[str, Order]:
    """The stored versions, with recipients, by order id. For ingest and the streamer (no caller)."""
    query = (
        sa.select(orders.c.body, recipients.c.sealed)
        .outerjoin(
            recipients, sa.and_(recipients.c.shop_id == orders.c.shop_id, recipients.c.order_id == orders.c.order_id)
        )
        .where(orders.c.shop_id == shop_id, orders.c.order_id.in_(list(order_ids)))
    )
    found = (_order(sealer, row.body, row.sealed) for row in tx.execute(query))
    return {order.order_id: order for order in found}


def save(tx: Tx, sealer: Sealer, order: Order, *, account_id: str, marks: Marks, now: datetime) -> None:
    """The order is stored as given; the caller decided that it is the newer version."""
    body = msgspec.to_builtins(replace(order, recipient=EMPTY))
    row = {
        "shop_id": order.shop_id,
        "order_id": order.order_id,
        "account_id": account_id,
        "status": order.status,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "fetched_at": order.fetched_at,
        "saved_at": now,
        "sla_due_at": marks.sla_due_at,
        "action": marks.action,
        "change_at": marks.change_at,
        "search": marks.search,
        "body": body,
    }
    tx.execute(_put_order(dialect_of(tx)), row)
    if order.recipient == EMPTY:
        return
    sealed = sealer.seal(msgspec.json.encode(order.recipient).decode())
    tx.execute(_put_recipient(dialect_of(tx)), {"shop_id": order.shop_id, "order_id": order.order_id, "sealed": sealed})


@cache
def _put_order(dialect: str) -> sa.Insert:
    """Made once: a burst runs this thousands of times, and making a statement costs more than running it."""
    statement = insert_for(dialect, orders)
    fixed = {"shop_id", "order_id", "account_id"}
    changing = {column.name: statement.excluded[column.name] for column in orders.c if column.name not in fixed}
    return statement.on_conflict_do_update(index_elements=["shop_id", "order_id"], set_=changing)


@cache
def _put_recipient(dialect: str) -> sa.Insert:
    statement = insert_for(dialect, recipients)
    changing = {"sealed": statement.excluded.sealed}
    return statement.on_conflict_do_update(index_elements=["shop_id", "order_id"], set_=changing)


def set_marks(tx: Tx, shop_id: str, order_id: str, marks: Marks) -> None:
    """What time alone changed of the stored order's marks."""
    tx.execute(
        sa.update(orders)
        .where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
        .values(sla_due_at=marks.sla_due_at, action=marks.action, change_at=marks.change_at)
    )


def changing(tx: Tx, now: datetime, *, limit: int) -> list[tuple[str, str, str]]:
    """(account, shop, order) of orders whose time-dependent cells have changed by `now`, soonest first."""
    query = sa.select(orders.c.account_id, orders.c.shop_id, orders.c.order_id).where(orders.c.change_at <= now)
    rows = tx.execute(query.order_by(orders.c.change_at).limit(limit))
    return [(row.account_id, row.shop_id, row.order_id) for row in rows]


def page(tx: Tx, sealer: Sealer, scope: Scope, *, wanted: Wanted, limit: int) -> list[Order]:
    """Orders in scope, newest first, at most `limit`; recipients included (the projection decides who sees them)."""
    query = _wanted(_scoped(scope), wanted)
    if wanted.before is not None:
        created_at, order_id = wanted.before
        place = Place(created_at, order_id)
        query = query.where(_beyond(orders.c.created_at, place, order_id=orders.c.order_id, is_rising=False))
    rows = tx.execute(query.order_by(orders.c.created_at.desc(), orders.c.order_id.desc()).limit(limit)).all()
    return [_order(sealer, row.body, row.sealed) for row in rows]


def one(tx: Tx, sealer: Sealer, scope: Scope, order_id: str) -> Order | None:
    """The order in scope, or None (also for a foreign one)."""
    row = tx.execute(_scoped(scope).where(orders.c.order_id == order_id).limit(1)).first()
    return None if row is None else _order(sealer, row.body, row.sealed)


def older_than(tx: Tx, scope: Scope, *, before: datetime, since: datetime | None = None, limit: int) -> list[Order]:
    """Orders in scope created from `since` up to `before`, newest first, without recipients: the backfill's chunk.

    About `limit` of them: all that share the last one's second of creation come along, so that `before` of the next
    chunk leaves none behind. `since` None = without beginning.
    """
    newest = _made(sa.select(orders.c.body), scope, since=since, before=before)
    ordered = newest.order_by(orders.c.created_at.desc(), orders.c.order_id)
    found = [msgspec.convert(body, Order) for body in tx.execute(ordered.limit(limit)).scalars()]
    if len(found) < limit:
        return found
    last_at = found[-1].created_at
    whole = [order for order in found if order.created_at > last_at]
    tied = _made(sa.select(orders.c.body), scope, since=last_at, before=before).where(orders.c.created_at == last_at)
    return whole + [msgspec.convert(body, Order) for body in tx.execute(tied.order_by(orders.c.order_id)).scalars()]


def count_made(tx: Tx, scope: Scope, *, since: datetime | None, before: datetime) -> int:
    """How many orders in scope were created from `since` (None = ever) up to `before`. Walks through an index."""
    return int(tx.execute(_made(sa.select(sa.func.count()), scope, since=since, before=before)).scalar_one())


def _made(query: sa.Select[Any], scope: Scope, *, since: datetime | None, before: datetime) -> sa.Select[Any]:
    query = query.where(orders.c.account_id == scope.account_id, orders.c.created_at < before)
    if since is not None:
        query = query.where(orders.c.created_at >= since)
    return query if scope.shop_ids is None else query.where(orders.c.shop_id.in_(sorted(scope.shop_ids)))


def count(tx: Tx, scope: Scope, *, wanted: Wanted, at_most: int) -> int:
    """How many orders in scope match, counted up to `at_most` so that the cost never follows the shop's size."""
    inner = _wanted(_scoped(scope), wanted).with_only_columns(orders.c.order_id).limit(at_most).subquery()
    return int(tx.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())


def listed(tx: Tx, sealer: Sealer, scope: Scope, *, wanted: Listing, place: Place | None, limit: int) -> list[Order]:
    """A page of a list in scope, at most `limit` orders, on the side of `place` that it names; from the top without.

    Nearest deadline first where the list is about deadlines, else newest first.
    """
    source, keys = _listing(scope, wanted)
    is_rising = bool(wanted.due) != (place is not None and not place.is_ahead)
    if place is not None:
        keys = keys.where(_beyond(_at(source, wanted), place, order_id=source.c.order_id, is_rising=is_rising))
    # The page is found among keys alone, which indexes hold; only its own orders are read whole.
    order = _order_by(source, wanted, is_rising=is_rising)
    shown = keys.order_by(*order).limit(limit).subquery()
    query = _scoped(scope).join(
        shown, sa.and_(shown.c.shop_id == orders.c.shop_id, shown.c.order_id == orders.c.order_id)
    )
    query = query.order_by(*_order_by(orders, wanted, is_rising=is_rising))
    found = [_order(sealer, row.body, row.sealed) for row in tx.execute(query)]
    return found if place is None or place.is_ahead else found[::-1]


def count_listed(tx: Tx, scope: Scope, *, wanted: Listing, at_most: int) -> int:
    """How many orders a list has, counted up to `at_most`."""
    _source, keys = _listing(scope, wanted)
    return int(tx.execute(sa.select(sa.func.count()).select_from(keys.limit(at_most).subquery())).scalar_one())


def _at(source: sa.FromClause, wanted: Listing) -> sa.ColumnElement[Any]:
    """The instant by which a list is ordered."""
    return source.c.sla_due_at if wanted.due else source.c.created_at


def _order_by(source: sa.FromClause, wanted: Listing, *, is_rising: bool) -> Sequence[sa.ColumnElement[Any]]:
    by = (_at(source, wanted), source.c.order_id)
    return by if is_rising else [one.desc() for one in by]


def _beyond(
    at: sa.ColumnElement[Any], place: Place, *, order_id: sa.ColumnElement[Any], is_rising: bool
) -> sa.ColumnElement[bool]:
    """After (rising) or before the place, by instant and then by order id: as one comparison, which an index serves."""
    here = sa.tuple_(at, order_id)
    there = sa.tuple_(sa.literal(place.at, orders.c.created_at.type), sa.literal(place.order_id))
    return here > there if is_rising else here < there


def forget_recipients(tx: Tx, shop_id: str) -> int:
    """The shop's buyers are forgotten; its orders stay. Returns how many."""
    return hits(tx, sa.delete(recipients).where(recipients.c.shop_id == shop_id))


def write_note(tx: Tx, row: NoteRow, *, written_by: str, now: datetime) -> None:
    """The seller's own note, flag and custom cells of this order are exactly these."""
    key = {"shop_id": row.shop_id, "order_id": row.order_id}
    changing: dict[str, Any] = {
        "flag": row.flag,
        "note": row.note,
        "is_shared": row.is_shared,
        "assignee": row.assignee,
        "customs": list(row.customs),
        "written_by": written_by,
        "written_at": now,
    }
    tx.execute(
        insert_into(tx, notes)
        .values(**key, **changing)
        .on_conflict_do_update(index_elements=["shop_id", "order_id"], set_=changing)
    )


def notes_of(tx: Tx, shop_id: str, order_ids: Iterable[str]) -> Mapping[str, NoteRow]:
    """Notes by order id; orders without one are absent."""
    columns = (notes.c.shop_id, notes.c.order_id, notes.c.flag, notes.c.note, notes.c.is_shared, notes.c.assignee)
    query = sa.select(*columns, notes.c.customs).where(
        notes.c.shop_id == shop_id, notes.c.order_id.in_(list(order_ids))
    )
    return {row.order_id: NoteRow(**row._mapping) for row in tx.execute(query)}


def _scoped(scope: Scope) -> sa.Select[Any]:
    query = (
        sa.select(orders.c.body, recipients.c.sealed)
        .outerjoin(
            recipients, sa.and_(recipients.c.shop_id == orders.c.shop_id, recipients.c.order_id == orders.c.order_id)
        )
        .where(orders.c.account_id == scope.account_id)
    )
    return query if scope.shop_ids is None else query.where(orders.c.shop_id.in_(sorted(scope.shop_ids)))


def _wanted(query: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    if wanted.statuses:
        query = query.where(orders.c.status.in_(sorted(wanted.statuses)))
    if wanted.action:
        query = query.where(orders.c.action == wanted.action)
    if wanted.due_before is not None:
        query = query.where(orders.c.sla_due_at <= wanted.due_before)
    if wanted.search:
        text = wanted.search.lower()
        query = query.where(sa.or_(orders.c.order_id == text, orders.c.search.contains(text, autoescape=True)))
    return query


def _listing(scope: Scope, wanted: Listing) -> tuple[sa.FromClause, sa.Select[Any]]:
    """Where a list is looked for (every order, or what a search found), and the keys of the orders in it."""
    source = _found(scope, wanted) if wanted.order_ids or wanted.endings or wanted.texts else orders
    query = sa.select(source.c.shop_id, source.c.order_id).where(source.c.account_id == scope.account_id)
    if scope.shop_ids is not None:
        query = query.where(source.c.shop_id.in_(sorted(scope.shop_ids)))
    if wanted.status:
        query = query.where(source.c.status == wanted.status)
    if wanted.action:
        # The second half is what the index is made for: most orders ask for nothing and are not in it.
        query = query.where(source.c.action == wanted.action, source.c.action != sa.literal_column("''"))
    if wanted.shop_id:
        query = query.where(source.c.shop_id == wanted.shop_id)
    if wanted.due:
        query = query.where(sa.or_(*(_in_range(source, one) for one in wanted.due)))
    return source, query


def _in_range(source: sa.FromClause, due: DueRange) -> sa.ColumnElement[bool]:
    parts: list[sa.ColumnElement[bool]] = [source.c.sla_due_at.is_not(None)]
    if due.after is not None:
        parts.append(source.c.sla_due_at > due.after)
    if due.until is not None:
        parts.append(source.c.sla_due_at <= due.until)
    if due.shop_ids is not None:
        parts.append(source.c.shop_id.in_(sorted(due.shop_ids)))
    return sa.and_(*parts)


#: What lists filter and order by.
_LISTED = (
    orders.c.account_id,
    orders.c.shop_id,
    orders.c.order_id,
    orders.c.status,
    orders.c.action,
    orders.c.created_at,
    orders.c.sla_due_at,
)


def _found(scope: Scope, wanted: Listing) -> sa.Subquery:
    """What a search finds: the orders with these ids, and the newest ones whose texts fit.

    Each half is bounded by itself, so that no planner can think of walking through all orders instead.
    """
    own = sa.select(*_LISTED).where(orders.c.account_id == scope.account_id)
    halves = [own.where(orders.c.order_id.in_(sorted(wanted.order_ids))).limit(SEARCH_DEPTH).subquery()]
    if wanted.endings or wanted.texts:
        newest = own.add_columns(orders.c.search).order_by(orders.c.created_at.desc()).limit(SEARCH_DEPTH).subquery()
        likes = [newest.c.order_id.endswith(text, autoescape=True) for text in sorted(wanted.endings)]
        likes += [newest.c.search.contains(text.lower(), autoescape=True) for text in sorted(wanted.texts)]
        halves.append(sa.select(newest).where(sa.or_(*likes)).subquery())
    names = [column.name for column in _LISTED]
    return sa.union(*(sa.select(*(half.c[name] for name in names)) for half in halves)).subquery()


def _order(sealer: Sealer, body: Mapping[str, Any], sealed: bytes | None) -> Order:
    order = msgspec.convert(body, Order)
    if sealed is None:
        return order
    return replace(order, recipient=msgspec.json.decode(sealer.unseal(sealed), type=Recipient))
