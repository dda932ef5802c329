"""Finance as it was stated: statements and their entries, estimates, payments, withdrawals. Nothing personal.

Everything is put by upstream's id, so that doing it twice is doing it once. What is put says which orders it changed,
for their rows to be marked in the same transaction. Reading for people takes a Scope.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec
import sqlalchemy as sa

from service.core.ledger.entries import Entry, Payment, Statement, Unsettled, Withdrawal
from service.store.records import FinanceCursorRow, ShopRow, columns_of, one
from service.store.session import Tx, hits, insert_into
from service.store.tables import (
    entries,
    finance_cursors,
    finance_orders,
    payments,
    shops,
    statements,
    unsettled,
    withdrawals,
)

Body = TypeVar("Body")
Kept_co = TypeVar("Kept_co", covariant=True)

_CURSOR = columns_of(finance_cursors, FinanceCursorRow)
#: Ids in one query: far below both databases' limits of parameters.
_AT_ONCE = 500


class Stated(Protocol[Kept_co]):
    """What upstream stated: understood, as it came, and what was not understood of it."""

    @property
    def value(self) -> Kept_co: ...
    @property
    def record(self) -> Mapping[str, object]: ...
    @property
    def flags(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement whose entries are to be read: from `page_token` on, begun at `begun_at` (None = not begun)."""

    statement: Statement
    page_token: str
    begun_at: datetime | None


# --- statements and their entries ------------------------------------------------------------------------------------


def put_statements(tx: Tx, shop: ShopRow, found: Sequence[Stated[Statement]], now: datetime) -> int:
    """These statements are stored. One that is new, or whose amounts changed, is to be read. Returns how many are."""
    before = _bodies(tx, statements.c.statement_id, shop.id, [one.value.statement_id for one in found], Statement)
    same: list[dict[str, Any]] = []
    fresh: list[dict[str, Any]] = []
    for stated in found:
        known = before.get(stated.value.statement_id)
        value = (
            stated.value if known is None else replace(stated.value, reserve=known.reserve, payable=known.payable)
        )  # both are told with its entries only
        if value == known:
            continue
        is_same = known is not None and _sums(known) == _sums(value)
        values = _contents(stated, value, now) | {
            "at": value.at, "currency": value.currency, "payment_id": value.payment_id,
        }  # fmt: skip
        values["statement_id"] = value.statement_id
        (same if is_same else fresh).append(values)
    _put(tx, statements, "statement_id", shop, same)
    _put(tx, statements, "statement_id", shop, fresh, also={"read_at": None, "begun_at": None, "page_token": ""})
    return len(fresh)


def _sums(one: Statement) -> tuple[object, ...]:
    return (one.at, one.currency, one.settlement, one.revenue, one.shipping, one.fee, one.adjustment)


def to_read(tx: Tx, shop_id: str, *, limit: int) -> list[Reading]:
    """Statements whose entries are not all here, newest first: that is what people look at."""
    query = sa.select(statements.c.body, statements.c.page_token, statements.c.begun_at).where(
        statements.c.shop_id == shop_id, statements.c.read_at.is_(None)
    )
    rows = tx.execute(query.order_by(statements.c.at.desc(), statements.c.statement_id).limit(limit))
    return [Reading(opened(row.body, Statement), row.page_token, row.begun_at) for row in rows]


def move_reading(tx: Tx, shop_id: str, statement_id: str, *, begun_at: datetime | None, page_token: str) -> None:
    """The entries before `page_token` are stored; called after they are. An empty token begins anew."""
    tx.execute(
        sa.update(statements)
        .where(statements.c.shop_id == shop_id, statements.c.statement_id == statement_id)
        .values(begun_at=begun_at, page_token=page_token)
    )


def count_lines(tx: Tx, shop_id: str, statement_id: str, *, since: datetime) -> int:
    """How many lines of the statement were stored from `since` on."""
    query = sa.select(sa.func.count()).where(
        entries.c.shop_id == shop_id,
        entries.c.statement_id == statement_id,
        entries.c.sku_id == "",
        entries.c.saved_at >= since,
    )
    return int(tx.execute(query).scalar_one())


def finish_reading(
    tx: Tx, shop_id: str, statement: Statement, *, begun_at: datetime, total: int | None, now: datetime
) -> set[str]:
    """All entries of the statement are here, and those it no longer has are gone. Returns the orders of those."""
    stale = (
        entries.c.shop_id == shop_id,
        entries.c.statement_id == statement.statement_id,
        entries.c.sku_id == "",
        entries.c.saved_at < begun_at,
    )
    gone = set(tx.execute(sa.select(entries.c.order_id).where(*stale)).scalars())
    tx.execute(sa.delete(entries).where(*stale))
    tx.execute(
        sa.update(statements)
        .where(statements.c.shop_id == shop_id, statements.c.statement_id == statement.statement_id)
        .values(body=plain(statement), read_at=now, begun_at=None, page_token="", total=total)
    )
    return gone - {""}


def put_entries(tx: Tx, shop: ShopRow, found: Sequence[Stated[Entry]], now: datetime) -> set[str]:
    """These entries are stored. Returns the orders they are about, of those that are new or changed."""
    before = _bodies(tx, entries.c.entry_id, shop.id, [one.value.entry_id for one in found], Entry)
    rows = [
        _contents(one, one.value, now)
        | {
            "entry_id": one.value.entry_id,
            "statement_id": one.value.statement_id,
            "order_id": one.value.about_order,
            "sku_id": one.value.sku_id,
            "kind": one.value.kind,
            "settled_at": one.value.settled_at,
        }
        for one in found
    ]
    _put(tx, entries, "entry_id", shop, rows)
    return {one.value.about_order for one in found if before.get(one.value.entry_id) != one.value} - {""}


def put_sku_entries(tx: Tx, shop: ShopRow, order_id: str, found: Sequence[Stated[Entry]], now: datetime) -> bool:
    """The order's entries by SKU are exactly these, each dated as its statement. Returns whether any changed."""
    dates = _statement_dates(tx, shop.id, {one.value.statement_id for one in found})
    dated = [_Dated(one, replace(one.value, settled_at=dates.get(one.value.statement_id))) for one in found]
    query = sa.select(entries.c.entry_id).where(
        entries.c.shop_id == shop.id, entries.c.order_id == order_id, entries.c.sku_id != ""
    )
    gone = set(tx.execute(query).scalars()) - {one.value.entry_id for one in dated}
    if gone:
        tx.execute(sa.delete(entries).where(entries.c.shop_id == shop.id, entries.c.entry_id.in_(sorted(gone))))
    return bool(put_entries(tx, shop, dated, now) or gone)


@dataclass(frozen=True, slots=True)
class _Dated:
    """An entry as it was stated, with its statement's date."""

    stated: Stated[Entry]
    value: Entry

    @property
    def record(self) -> Mapping[str, object]:
        return self.stated.record

    @property
    def flags(self) -> Sequence[str]:
        return self.stated.flags


def _statement_dates(tx: Tx, shop_id: str, ids: Collection[str]) -> dict[str, datetime | None]:
    query = sa.select(statements.c.statement_id, statements.c.at).where(
        statements.c.shop_id == shop_id, statements.c.statement_id.in_(sorted(ids))
    )
    return {row.statement_id: row.at for row in tx.execute(query)}


# --- orders to be read by SKU ----------------------------------------------------------------------------------------


def want_orders(tx: Tx, shop_id: str, order_ids: Iterable[str], now: datetime) -> None:
    """The entries by SKU of these orders are to be read, again where they were."""
    for order_id in sorted(order_ids):
        statement = insert_into(tx, finance_orders).values(shop_id=shop_id, order_id=order_id, wanted_at=now)
        tx.execute(statement.on_conflict_do_update(index_elements=["shop_id", "order_id"], set_={"wanted_at": now}))


def wanted_orders(tx: Tx, shop_id: str, *, limit: int) -> list[tuple[str, datetime]]:
    """(order, since when it is wanted), longest first."""
    query = sa.select(finance_orders.c.order_id, finance_orders.c.wanted_at).where(finance_orders.c.shop_id == shop_id)
    rows = tx.execute(query.order_by(finance_orders.c.wanted_at, finance_orders.c.order_id).limit(limit))
    return [(row.order_id, row.wanted_at) for row in rows]


def order_done(tx: Tx, shop_id: str, order_id: str, *, wanted_at: datetime) -> None:
    """The order was read, unless it was wanted anew meanwhile."""
    tx.execute(
        sa.delete(finance_orders).where(
            finance_orders.c.shop_id == shop_id,
            finance_orders.c.order_id == order_id,
            finance_orders.c.wanted_at == wanted_at,
        )
    )


# --- estimates, payments, withdrawals --------------------------------------------------------------------------------


def put_unsettled(
    tx: Tx, shop: ShopRow, found: Sequence[Stated[Unsettled]], *, seen_at: datetime, now: datetime
) -> set[str]:
    """These estimates are stored as seen by the sweep of `seen_at`. Returns the orders whose estimate changed."""
    before = _bodies(tx, unsettled.c.unsettled_id, shop.id, [one.value.unsettled_id for one in found], Unsettled)
    rows = [
        _contents(one, one.value, now)
        | {"unsettled_id": one.value.unsettled_id, "order_id": one.value.about_order, "seen_at": seen_at}
        for one in found
    ]
    _put(tx, unsettled, "unsettled_id", shop, rows)
    return {one.value.about_order for one in found if before.get(one.value.unsettled_id) != one.value} - {""}


def drop_unseen(tx: Tx, shop_id: str, *, before: datetime) -> set[str]:
    """Estimates that the sweep of `before` did not list are gone. Returns the orders they were about."""
    unseen = (unsettled.c.shop_id == shop_id, unsettled.c.seen_at < before)
    gone = set(tx.execute(sa.select(unsettled.c.order_id).where(*unseen)).scalars())
    tx.execute(sa.delete(unsettled).where(*unseen))
    return gone - {""}


def put_payments(tx: Tx, shop: ShopRow, found: Sequence[Stated[Payment]], now: datetime) -> None:
    """These payments are stored."""
    rows = [
        _contents(one, one.value, now) | {"payment_id": one.value.payment_id, "created_at": one.value.created_at}
        for one in found
    ]
    _put(tx, payments, "payment_id", shop, rows)


def put_withdrawals(tx: Tx, shop: ShopRow, found: Sequence[Stated[Withdrawal]], now: datetime) -> None:
    """These movements are stored."""
    rows = [
        _contents(one, one.value, now) | {"withdrawal_id": one.value.withdrawal_id, "created_at": one.value.created_at}
        for one in found
    ]
    _put(tx, withdrawals, "withdrawal_id", shop, rows)


# --- how far it has come ---------------------------------------------------------------------------------------------

#: Made once, these: every sweep asks them, and making a statement costs more than running it.
_UNKNOWN_SHOPS = sa.select(shops.c.id, shops.c.account_id).where(
    shops.c.state == "live", shops.c.id.not_in(sa.select(finance_cursors.c.shop_id))
)
_DUE_SHOPS = (
    sa.select(shops.c.id)
    .join(finance_cursors, finance_cursors.c.shop_id == shops.c.id)
    .where(
        shops.c.state == "live",
        finance_cursors.c.next_at <= sa.bindparam("now"),
        sa.or_(
            finance_cursors.c.refused_consent_id.is_(None),
            finance_cursors.c.refused_consent_id != shops.c.consent_id,
        ),
        sa.or_(shops.c.not_before.is_(None), shops.c.not_before <= sa.bindparam("now")),
    )
    .order_by(shops.c.id)
)
_CURSOR_OF = sa.select(*_CURSOR).where(finance_cursors.c.shop_id == sa.bindparam("shop"))


def open_cursors(tx: Tx, now: datetime) -> None:
    """Every live shop has a cursor; a new one is due at once."""
    for row in tx.execute(_UNKNOWN_SHOPS).all():
        values = {"shop_id": row.id, "account_id": row.account_id, "next_at": now}
        tx.execute(insert_into(tx, finance_cursors).values(values).on_conflict_do_nothing(index_elements=["shop_id"]))


def due_shops(tx: Tx, now: datetime) -> list[str]:
    """Live shops whose finance is to be looked at, by id. One whose consent does not allow it waits for another."""
    return list(tx.execute(_DUE_SHOPS, {"now": now}).scalars())


def cursor(tx: Tx, shop_id: str) -> FinanceCursorRow | None:
    """How far the shop's finance has come; None before its first look."""
    return one(FinanceCursorRow, tx.execute(_CURSOR_OF, {"shop": shop_id}).first())


def move_cursor(tx: Tx, row: FinanceCursorRow) -> None:
    """The cursor is exactly this; called after what it says is stored, never before."""
    values = asdict(row)
    tx.execute(sa.update(finance_cursors).where(finance_cursors.c.shop_id == row.shop_id).values(values))


def forget_shop(tx: Tx, shop_id: str) -> int:
    """Everything that was stated about the shop is gone. Returns how many statements."""
    gone = hits(tx, sa.delete(statements).where(statements.c.shop_id == shop_id))
    for table in (entries, unsettled, payments, withdrawals, finance_orders, finance_cursors):
        tx.execute(sa.delete(table).where(table.c.shop_id == shop_id))
    return gone


# --- how a row is kept ------------------------------------------------------------------------------------------------


def some(ids: Collection[str]) -> Iterable[list[str]]:
    """The ids in portions that one query may name."""
    wanted = sorted(set(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))


def _bodies(tx: Tx, key: sa.Column[str], shop_id: str, ids: Collection[str], body: type[Body]) -> dict[str, Body]:
    """What is stored under these ids of the shop."""
    table = key.table
    found: dict[str, Body] = {}
    for portion in some(ids):
        query = sa.select(key, table.c.body).where(table.c.shop_id == shop_id, key.in_(portion))
        found |= {row[0]: opened(row.body, body) for row in tx.execute(query)}
    return found


def _put(
    tx: Tx,
    table: sa.Table,
    key: str,
    shop: ShopRow,
    rows: Sequence[Mapping[str, Any]],
    *,
    also: Mapping[str, Any] | None = None,
) -> None:
    """These rows of the shop are stored, over what stands under their `key`; each has `also`. Of one key the last."""
    latest = {row[key]: {**row, **(also or {}), "shop_id": shop.id, "account_id": shop.account_id} for row in rows}
    if not latest:
        return
    statement = insert_into(tx, table)
    fixed = {"shop_id", "account_id", key}
    changing = {name: statement.excluded[name] for name in next(iter(latest.values())) if name not in fixed}
    tx.execute(statement.on_conflict_do_update(index_elements=["shop_id", key], set_=changing), list(latest.values()))


def _contents(stated: Stated[object], value: object, now: datetime) -> dict[str, Any]:
    record = {"record": dict(stated.record), "flags": list(stated.flags)}
    return {"body": plain(value), "saved_at": now} | record


def plain(value: object) -> Any:
    """The value as JSON knows it: amounts as decimal text, instants as ISO 8601."""
    return msgspec.to_builtins(value, enc_hook=dict)


def opened(plain: Any, body: type[Body]) -> Body:
    """A stored body as what it was."""
    return msgspec.convert(plain, body)
