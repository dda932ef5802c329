"""Orders, their recipients (sealed, apart) and the seller's own notes.

An order's body is the core Order as JSON, without its recipient and without what it does not say. The sidebar's lists
are `store.listings`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from service.core.orders import Order, Recipient
from service.core.roles import Scope
from service.store import personal, skus, terms
from service.store.sealed import Sealer
from service.store.session import Tx, among, dialect_of, hits, insert_for, insert_into
from service.store.tables import notes, orders, recipients

EMPTY = Recipient()
#: The body as it lies there: decoded straight into an order, which takes half as long as by way of plain values.
BODY = sa.cast(orders.c.body, sa.Text)
_ORDER = msgspec.json.Decoder(Order)
_RECIPIENT = msgspec.json.Decoder(Recipient)
#: Made once: every sweep asks it.
_CHANGING = (
    sa.select(orders.c.account_id, orders.c.shop_id, orders.c.order_id)
    .where(orders.c.change_at <= sa.bindparam("now"))
    .order_by(orders.c.change_at)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What lists and wake-ups need beside the body, derived by the flow when it saves."""

    sla_due_at: datetime | None
    action: str
    change_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoteRow:
    shop_id: str
    order_id: str
    flag: str
    note: str
    is_shared: bool
    assignee: str
    customs: Sequence[str]


def stored(tx: Tx, sealer: Sealer, *, shop_id: str, order_ids: Collection[str]) -> dict[str, Order]:
    """The stored versions, with recipients, by order id. For ingest and the streamer (no caller)."""
    query: sa.Select[Any] = (
        sa.select(BODY, recipients.c.sealed)
        .outerjoin(
            recipients, sa.and_(recipients.c.shop_id == orders.c.shop_id, recipients.c.order_id == orders.c.order_id)
        )
        .where(orders.c.shop_id == shop_id, among(tx, orders.c.order_id, order_ids))
    )
    found = (opened(sealer, row) for row in tx.execute(query))
    return {order.order_id: order for order in found}


def stored_without_buyers(tx: Tx, *, shop_id: str, order_ids: Collection[str]) -> dict[str, Order]:
    """The same with every recipient empty: a fifth of the time, since nothing is unsealed."""
    query = sa.select(BODY).where(orders.c.shop_id == shop_id, among(tx, orders.c.order_id, order_ids))
    return {order.order_id: order for order in _decoded(tx, query)}


def _decoded(tx: Tx, query: sa.Select[Any]) -> list[Order]:
    """The orders whose bodies the query selects."""
    return [_ORDER.decode(text) for text in tx.execute(query).scalars().all()]


def save(tx: Tx, sealer: Sealer, order: Order, *, account_id: str, marks: Marks, now: datetime) -> None:
    """The order is stored as given, and found by its terms; the caller decided that it is the newer version.

    A buyer that was erased is not stored again.
    """
    save_many(tx, sealer, [(order, marks)], account_id=account_id, now=now)


def save_many(tx: Tx, sealer: Sealer, saved: Sequence[tuple[Order, Marks]], *, account_id: str, now: datetime) -> None:
    """The same for several at once, which costs half as much for each."""
    if not saved:
        return
    rows = [_row(order, marks) | {"account_id": account_id, "saved_at": now} for order, marks in saved]
    tx.execute(_put_order(dialect_of(tx)), rows)
    terms.put(tx, [order for order, _marks in saved])
    skus.note(tx, [order for order, _marks in saved], account_id=account_id)
    _put_recipients(tx, sealer, [order for order, _marks in saved if order.recipient != EMPTY])


def _put_recipients(tx: Tx, sealer: Sealer, saved: Sequence[Order]) -> None:
    """The buyers of these orders are stored, but for those that were erased: asked after the orders were written, when
    nobody can erase one of them any more before this transaction ends.
    """
    gone = {
        (shop_id, order_id)
        for shop_id in {order.shop_id for order in saved}
        for order_id in personal.erased(tx, shop_id, [one.order_id for one in saved if one.shop_id == shop_id])
    }
    named = [
        {
            "shop_id": order.shop_id,
            "order_id": order.order_id,
            "sealed": sealer.seal(msgspec.json.encode(order.recipient).decode()),
        }
        for order in saved
        if (order.shop_id, order.order_id) not in gone
    ]
    if named:
        tx.execute(_put_recipient(dialect_of(tx)), named)


def _row(order: Order, marks: Marks) -> dict[str, Any]:
    return {
        "shop_id": order.shop_id,
        "order_id": order.order_id,
        "status": order.status,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "fetched_at": order.fetched_at,
        "sla_due_at": marks.sla_due_at,
        "action": marks.action,
        "change_at": marks.change_at,
        "body": msgspec.to_builtins(replace(order, recipient=EMPTY)),
    }


@cache
def _put_order(dialect: str) -> sa.Insert:
    """Made once: a burst runs this thousands of times, and making a statement costs more than running it."""
    statement = insert_for(dialect, orders)
    fixed = {"shop_id", "order_id", "account_id", "search", "erased_at"}
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


def look_by(tx: Tx, due: Iterable[tuple[str, str, datetime]]) -> None:
    """Each (shop, order, instant) is looked at by that instant at the latest: a new tab lets the order in then."""
    for shop_id, order_id, at in due:
        is_later = sa.or_(orders.c.change_at.is_(None), orders.c.change_at > at)
        tx.execute(
            sa.update(orders)
            .where(orders.c.shop_id == shop_id, orders.c.order_id == order_id, is_later)
            .values(change_at=at)
        )


def changing(tx: Tx, now: datetime, *, limit: int) -> list[tuple[str, str, str]]:
    """(account, shop, order) of orders whose time-dependent cells have changed by `now`, soonest first."""
    rows = tx.execute(_CHANGING, {"now": now, "most": limit})
    return [(row.account_id, row.shop_id, row.order_id) for row in rows]


def newest(tx: Tx, sealer: Sealer, scope: Scope, *, statuses: Collection[str] = (), limit: int) -> list[Order]:
    """Orders in scope, newest first, at most `limit`; recipients included (the projection decides who sees them).

    `statuses` empty = any.
    """
    query = scoped(scope)
    if statuses:
        query = query.where(orders.c.status.in_(sorted(statuses)))
    rows = tx.execute(query.order_by(orders.c.created_at.desc(), orders.c.order_id.desc()).limit(limit))
    return [opened(sealer, row) for row in rows]


def one(tx: Tx, sealer: Sealer, scope: Scope, order_id: str) -> Order | None:
    """The order in scope, or None (also for a foreign one)."""
    row = tx.execute(scoped(scope).where(orders.c.order_id == order_id).limit(1)).first()
    return None if row is None else opened(sealer, row)


def older_than(tx: Tx, scope: Scope, *, before: datetime, since: datetime | None = None, limit: int) -> list[Order]:
    """Orders in scope created from `since` up to `before`, newest first, without recipients: the backfill's chunk.

    About `limit` of them: all that share the last one's second of creation come along, so that `before` of the next
    chunk leaves none behind. `since` None = without beginning.
    """
    newest = sa.select(BODY).where(*made(scope, since=since, before=before))
    found = _decoded(tx, newest.order_by(orders.c.created_at.desc(), orders.c.order_id).limit(limit))
    if len(found) < limit:
        return found
    last_at = found[-1].created_at
    whole = [order for order in found if order.created_at > last_at]
    tied = sa.select(BODY).where(*made(scope, since=last_at, before=before), orders.c.created_at == last_at)
    return whole + _decoded(tx, tied.order_by(orders.c.order_id))


def count_made(tx: Tx, scope: Scope, *, since: datetime | None, before: datetime) -> int:
    """How many orders in scope were created from `since` (None = ever) up to `before`. Walks through an index."""
    return int(tx.execute(sa.select(sa.func.count()).where(*made(scope, since=since, before=before))).scalar_one())


def oldest_of_next(tx: Tx, scope: Scope, *, since: datetime | None, before: datetime, limit: int) -> datetime | None:
    """Creation of the oldest order that `older_than` gives for these; None when it gives all that are left."""
    query = sa.select(orders.c.created_at).where(*made(scope, since=since, before=before))
    return tx.execute(query.order_by(orders.c.created_at.desc()).offset(limit - 1).limit(1)).scalar()


def made(scope: Scope, *, since: datetime | None, before: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions of orders in scope created from `since` (None = ever) up to `before`."""
    found = [orders.c.account_id == scope.account_id, orders.c.created_at < before]
    if since is not None:
        found.append(orders.c.created_at >= since)
    return found if scope.shop_ids is None else [*found, orders.c.shop_id.in_(sorted(scope.shop_ids))]


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


def notes_of(tx: Tx, shop_id: str, order_ids: Collection[str]) -> Mapping[str, NoteRow]:
    """Notes by order id; orders without one are absent."""
    columns = (notes.c.shop_id, notes.c.order_id, notes.c.flag, notes.c.note, notes.c.is_shared, notes.c.assignee)
    query = sa.select(*columns, notes.c.customs).where(
        notes.c.shop_id == shop_id, among(tx, notes.c.order_id, order_ids)
    )
    return {row.order_id: NoteRow(**row._mapping) for row in tx.execute(query)}


def scoped(scope: Scope) -> sa.Select[Any]:
    """Orders in scope with their sealed recipients, as `opened` reads them."""
    query = (
        sa.select(BODY, recipients.c.sealed)
        .outerjoin(
            recipients, sa.and_(recipients.c.shop_id == orders.c.shop_id, recipients.c.order_id == orders.c.order_id)
        )
        .where(orders.c.account_id == scope.account_id)
    )
    return query if scope.shop_ids is None else query.where(orders.c.shop_id.in_(sorted(scope.shop_ids)))


def opened(sealer: Sealer, row: sa.Row[Any]) -> Order:
    """The order of a row of `scoped`, with its recipient."""
    order = _ORDER.decode(row.body)
    return order if row.sealed is None else replace(order, recipient=_RECIPIENT.decode(sealer.unseal(row.sealed)))
