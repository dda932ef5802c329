"""Rows of bound tabs: what is dirty, what each row last showed, and where.

A row is dirty while `version > settled`. Marking raises `version` in the transaction that saved the data; a pass
settles exactly the version it sent. Positions are grid row indexes from 0 and only hints: a spot read proves them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import starmap
from typing import Any

import msgspec
import sqlalchemy as sa

from service.store import archives
from service.store.intents import LATE_WRITE
from service.store.records import SheetRow, columns_of, many
from service.store.session import Tx, among, dialect_of, execute_each, hits, insert_for
from service.store.tables import bindings, files, intents, sheet_rows

ROW = columns_of(sheet_rows, SheetRow)
#: The versions decide; `dirty_at` is set exactly then, and it is what PostgreSQL keeps statistics of: by the versions
#: alone it takes a third of all rows for dirty and reads through them.
IS_DIRTY = sa.and_(sheet_rows.c.version > sheet_rows.c.settled, sheet_rows.c.dirty_at.is_not(None))
DELETED = -1  # the position of a row that a person deleted: it is not written again
_encode = msgspec.json.Encoder().encode
ABSENCE_AGAIN = timedelta(seconds=60)


#: Made once: every saved chunk of orders runs this. `orders` takes as many ids as a chunk has.
_MARK = (
    sa.update(sheet_rows)
    .where(
        sheet_rows.c.shop_id == sa.bindparam("shop"),
        sheet_rows.c.order_id.in_(sa.bindparam("orders", expanding=True)),
        sheet_rows.c.binding_id.in_(
            sa.select(bindings.c.id).where(
                bindings.c.account_id == sa.bindparam("account"), bindings.c.stopped_at.is_(None)
            )
        ),
    )
    .values(
        version=sheet_rows.c.version + 1,
        dirty_at=sa.case(
            (IS_DIRTY, sheet_rows.c.dirty_at), else_=sa.bindparam("now", type_=sheet_rows.c.dirty_at.type)
        ),
        is_fill=sa.false(),
    )
    .returning(sheet_rows.c.binding_id)
)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that an order should have in a binding."""

    row_key: str
    shop_id: str
    order_id: str
    sku_id: str
    sort_at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What a verified answer proved of one row."""

    row_key: str
    version: int
    image: Mapping[str, Any]
    position: int | None


def mark_orders(tx: Tx, account_id: str, keys: Iterable[tuple[str, str]], now: datetime) -> set[str]:
    """Rows that exist for these (shop, order) are dirty, whatever their filter says now. Returns binding ids."""
    by_shop: dict[str, list[str]] = {}
    for shop_id, order_id in keys:
        by_shop.setdefault(shop_id, []).append(order_id)
    touched: set[str] = set()
    for shop_id, order_ids in by_shop.items():
        found = tx.execute(_MARK, {"account": account_id, "shop": shop_id, "orders": order_ids, "now": now})
        touched.update(found.scalars())
    return touched


def add_rows(tx: Tx, binding_id: str, rows: Sequence[NewRow], *, now: datetime) -> int:
    """Rows that were not there exist and are dirty, as live changes; existing ones are left alone. Returns how many.

    One that is in the binding's archive, or for an archive in the tab it belongs to, is there and nowhere else.
    """
    return _add(tx, binding_id, _at_home(tx, binding_id, rows), now=now, values={"is_fill": False})


def add_fill_rows(tx: Tx, binding_id: str, rows: Sequence[NewRow], *, now: datetime) -> int:
    """The same for a backfill: they wait behind live changes, newest first."""
    return _add(tx, binding_id, _at_home(tx, binding_id, rows), now=now, values={"is_fill": True})


def add_moving(tx: Tx, binding_id: str, rows: Sequence[NewRow], *, now: datetime) -> int:
    """The same for rows that are on their way from a tab to its archive, or back: they are in both for a while."""
    return _add(tx, binding_id, rows, now=now, values={"is_fill": True})


def _at_home(tx: Tx, binding_id: str, rows: Sequence[NewRow]) -> Sequence[NewRow]:
    """The rows that are not in the other one of a tab and its archive."""
    gone = archives.elsewhere(tx, binding_id, [row.row_key for row in rows]) if rows else ()
    return [row for row in rows if row.row_key not in gone] if gone else rows


def _add(tx: Tx, binding_id: str, rows: Sequence[NewRow], *, now: datetime, values: Mapping[str, Any]) -> int:
    if not rows:
        return 0
    new = [
        {
            "binding_id": binding_id, "row_key": row.row_key, "shop_id": row.shop_id, "order_id": row.order_id,
            "sku_id": row.sku_id, "sort_at": row.sort_at, "version": 1, "settled": 0, "dirty_at": now,
            "is_known": True, **values,
        }
        for row in rows
    ]  # fmt: skip
    added = hits(tx, _put_new(dialect_of(tx)), new)
    if added:
        more = sa.update(bindings).where(bindings.c.id == binding_id)
        tx.execute(more.values(row_total=bindings.c.row_total + added))
    return added


@cache
def _put_new(dialect: str) -> sa.Insert:
    """Made once and run for row after row: a backfill adds thousands, and one statement for 500 rows costs four times
    as much to make as to run.
    """
    return insert_for(dialect, sheet_rows).on_conflict_do_nothing(index_elements=["binding_id", "row_key"])


def mark_all(tx: Tx, binding_id: str, now: datetime) -> int:
    """Every row of the binding is dirty (its profile, zone or rights changed). Returns how many."""
    return hits(
        tx,
        sa.update(sheet_rows)
        .where(sheet_rows.c.binding_id == binding_id)
        .values(version=sheet_rows.c.version + 1, dirty_at=dirty_since(now)),
    )


def mark_shop(tx: Tx, binding_id: str, shop_id: str, now: datetime, *, since: datetime | None = None) -> int:
    """Every row of this shop in the binding is dirty (what we may show of it changed), or those of orders created at
    `since` or later. Returns how many.
    """
    of_shop = [sheet_rows.c.binding_id == binding_id, sheet_rows.c.shop_id == shop_id]
    if since is not None:
        of_shop.append(sheet_rows.c.sort_at >= since)
    values = {"version": sheet_rows.c.version + 1, "dirty_at": dirty_since(now)}
    return hits(tx, sa.update(sheet_rows).where(*of_shop).values(**values))


def is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Dirty, and not waiting to be missed a second time."""
    return _is_due(now - ABSENCE_AGAIN)


def _is_due(missed_by: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    return sa.and_(IS_DIRTY, sa.or_(sheet_rows.c.absent_at.is_(None), sheet_rows.c.absent_at <= missed_by))


def changed(tx: Tx, binding_ids: Sequence[str], *, now: datetime, limit: int) -> list[SheetRow]:
    """Rows of these bindings that live changes made dirty, oldest change first. Those of a backfill: `store.fills`."""
    query = sa.select(*ROW).where(sheet_rows.c.binding_id.in_(list(binding_ids)), is_due(now))
    query = query.where(sheet_rows.c.is_fill.is_(False))
    query = query.order_by(sheet_rows.c.dirty_at, sheet_rows.c.sort_at, sheet_rows.c.row_key)
    return in_order(tx.execute(query.limit(limit)))


def in_order(found: sa.Result[Any]) -> list[SheetRow]:
    """What was selected as `ROW`, for thousands at once: by place, which takes half as long as by name."""
    return list(starmap(SheetRow, found.all()))


def has_dirty(tx: Tx, spreadsheet_id: str, now: datetime) -> bool:
    """Whether any live binding of this file has a dirty row."""
    values = {"file": spreadsheet_id, "missed_by": now - ABSENCE_AGAIN}
    return tx.execute(_DUE_IN, values).first() is not None


def has_live_dirty(tx: Tx, spreadsheet_id: str, now: datetime) -> bool:
    """Whether any live binding of this file has a row that a live change made dirty."""
    values = {"file": spreadsheet_id, "missed_by": now - ABSENCE_AGAIN}
    return tx.execute(_LIVE_DUE_IN, values).first() is not None


def dirty_files(tx: Tx, now: datetime) -> list[str]:
    """Files that are live, past their `not_before`, and have dirty rows or a write to look after once more."""
    values = {"now": now, "missed_by": now - ABSENCE_AGAIN, "late": now - LATE_WRITE}
    return list(tx.execute(_DIRTY_FILES, values).scalars())


def dirty_count_of_writer(tx: Tx, writer_email: str) -> int:
    """How many files of this writer have dirty rows: they share its quota."""
    query = (
        sa.select(sa.func.count(sa.distinct(bindings.c.spreadsheet_id)))
        .select_from(bindings)
        .join(files, files.c.spreadsheet_id == bindings.c.spreadsheet_id)
        .where(
            files.c.writer_email == writer_email,
            bindings.c.state == "live",
            sa.exists().where(sheet_rows.c.binding_id == bindings.c.id, IS_DIRTY),
        )
    )
    return int(tx.execute(query).scalar_one())


def is_live_waiting(tx: Tx, writer_email: str, now: datetime) -> bool:
    """Whether a row that a live change made dirty waits in any running file of this writer."""
    values = {"writer": writer_email, "missed_by": now - ABSENCE_AGAIN}
    return tx.execute(_LIVE_WAITING, values).first() is not None


#: Made once, these: every pass or every sweep asks them, and making a statement costs more than running it.
_MISSED_BY: sa.BindParameter[datetime] = sa.bindparam("missed_by", type_=sheet_rows.c.absent_at.type)
_DUE_ROW = (
    sa.select(sheet_rows.c.row_key)
    .join(bindings, bindings.c.id == sheet_rows.c.binding_id)
    .where(bindings.c.state == "live", _is_due(_MISSED_BY))
    .limit(1)
)
_DUE_IN = _DUE_ROW.where(bindings.c.spreadsheet_id == sa.bindparam("file"))
_LIVE_DUE_IN = _DUE_IN.where(sheet_rows.c.is_fill.is_(False))
_LIVE_WAITING = _DUE_ROW.join(files, files.c.spreadsheet_id == bindings.c.spreadsheet_id).where(
    files.c.writer_email == sa.bindparam("writer"), files.c.state == "live", sheet_rows.c.is_fill.is_(False)
)
_WITH_DIRTY_ROWS = (
    sa.select(bindings.c.spreadsheet_id)
    .join(sheet_rows, sheet_rows.c.binding_id == bindings.c.id)
    .where(bindings.c.state == "live", _is_due(_MISSED_BY))
)
_UNANSWERED = sa.select(intents.c.spreadsheet_id).where(intents.c.sent_at <= sa.bindparam("late"))
_DIRTY_FILES = sa.select(files.c.spreadsheet_id).where(
    files.c.state == "live",
    sa.or_(files.c.not_before.is_(None), files.c.not_before <= sa.bindparam("now")),
    files.c.spreadsheet_id.in_(_WITH_DIRTY_ROWS.union(_UNANSWERED)),
)


def known(tx: Tx, binding_id: str, row_keys: Collection[str]) -> dict[str, SheetRow]:
    """Rows of the binding with these keys."""
    if not row_keys:
        return {}
    query = sa.select(*ROW).where(*named(tx, binding_id, row_keys))
    return {row.row_key: row for row in many(SheetRow, tx.execute(query))}


def of_order(tx: Tx, binding_id: str, *, shop_id: str, order_id: str) -> list[SheetRow]:
    """The rows that this order has in the binding."""
    query = sa.select(*ROW).where(
        sheet_rows.c.binding_id == binding_id, sheet_rows.c.shop_id == shop_id, sheet_rows.c.order_id == order_id
    )
    # Put in order here: asked to do it, SQLite walks through the whole binding by its key.
    return sorted(many(SheetRow, tx.execute(query)), key=lambda row: row.row_key)


def sample(tx: Tx, binding_id: str, *, limit: int) -> list[SheetRow]:
    """Some rows of the binding that stand in the sheet and whose image is known, newest orders first."""
    query = sa.select(*ROW).where(
        sheet_rows.c.binding_id == binding_id,
        sheet_rows.c.position >= 0,
        sheet_rows.c.is_known,
        sheet_rows.c.settled > 0,
    )
    return many(SheetRow, tx.execute(query.order_by(sheet_rows.c.sort_at.desc()).limit(limit)))


def last_position(tx: Tx, binding_id: str) -> int | None:
    """The lowest place (highest grid index) at which a row of the binding was last seen."""
    query = sa.select(sa.func.max(sheet_rows.c.position)).where(sheet_rows.c.binding_id == binding_id)
    return tx.execute(query).scalar()


def row_at(tx: Tx, binding_id: str, position: int) -> SheetRow | None:
    """The row last seen at this place."""
    query = sa.select(*ROW).where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.position == position).limit(1)
    return next(iter(many(SheetRow, tx.execute(query))), None)


def forget_places(tx: Tx, binding_id: str, *, beyond: int) -> None:
    """Rows last seen at or below this grid row are to be looked for: the tab ends above it."""
    tx.execute(
        sa.update(sheet_rows)
        .where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.position >= beyond)
        .values(position=None)
    )


def note_absent(tx: Tx, binding_id: str, row_keys: Collection[str], now: datetime) -> None:
    """A full read missed these rows for the first time; they rest until it is time for the second."""
    change(tx, binding_id, row_keys, absent_at=now)


def note_sent(tx: Tx, binding_id: str, row_keys: Collection[str], at: datetime | None) -> None:
    """An insert of these rows was sent at `at`, and until its answer is verified they may or may not stand there.

    None = it is sure that nothing was inserted.
    """
    change(tx, binding_id, row_keys, sent_at=at, absent_at=None)


#: Made once, see `_put_new`.
_SETTLE = (
    sa.update(sheet_rows)
    .where(
        sheet_rows.c.binding_id == sa.bindparam("b_binding"),
        sheet_rows.c.row_key == sa.bindparam("b_key"),
        sheet_rows.c.settled <= sa.bindparam("b_version"),
    )
    .values(
        settled=sa.bindparam("b_version"),
        image=sa.bindparam("b_image"),
        position=sa.bindparam("b_position"),
        is_known=sa.true(),
        is_fill=sa.false(),
        absent_at=sa.null(),
        sent_at=sa.null(),
        dirty_at=sa.case((sheet_rows.c.version > sa.bindparam("b_version"), sheet_rows.c.dirty_at), else_=sa.null()),
    )
)


def settle(tx: Tx, binding_id: str, rows: Sequence[Settled]) -> None:
    """Each row shows this image at this place, up to this version. A version already passed is not moved back."""
    if not rows:
        return
    among_these = named(tx, binding_id, [row.row_key for row in rows])
    first = tx.execute(sa.select(sa.func.count()).where(*among_these, sheet_rows.c.settled == 0)).scalar_one()
    if first:
        more = sa.update(bindings).where(bindings.c.id == binding_id)
        tx.execute(more.values(row_done=bindings.c.row_done + first))
    values = [
        {
            "b_binding": binding_id, "b_key": row.row_key, "b_version": row.version,
            "b_image": _encode(row.image).decode(), "b_position": row.position,
        }
        for row in rows
    ]  # fmt: skip
    execute_each(tx, _SETTLE, values)


def make_unknown(tx: Tx, binding_id: str, row_keys: Collection[str], now: datetime) -> None:
    """What these rows show is no longer known: every owned cell is sent again, and they are dirty."""
    version = sheet_rows.c.version + 1
    change(tx, binding_id, row_keys, is_known=sa.false(), version=version, dirty_at=dirty_since(now))


def suspect(tx: Tx, binding_id: str, row_keys: Collection[str]) -> None:
    """A write to these rows is about to be sent: until its answer is verified, what they show is not known."""
    change(tx, binding_id, row_keys, is_known=False)


def trust(tx: Tx, binding_id: str, row_keys: Collection[str]) -> None:
    """The write to these rows was refused before anything was applied: they show what they showed."""
    change(tx, binding_id, row_keys, is_known=True)


def change(tx: Tx, binding_id: str, row_keys: Collection[str], **values: Any) -> None:
    """The binding's rows with these keys have these values."""
    if row_keys:
        tx.execute(sa.update(sheet_rows).where(*named(tx, binding_id, row_keys)).values(**values))


def named(tx: Tx, binding_id: str, row_keys: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of the binding's rows with these keys."""
    return sheet_rows.c.binding_id == binding_id, among(tx, sheet_rows.c.row_key, row_keys)


def dirty_since(now: datetime) -> sa.ColumnElement[Any]:
    """Dirty since now, or since it already was."""
    return sa.case((IS_DIRTY, sheet_rows.c.dirty_at), else_=sa.literal(now, sheet_rows.c.dirty_at.type))
