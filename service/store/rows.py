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
from service.store.session import Tx, dialect_of, execute_each, hits, insert_for
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
        .values(version=sheet_rows.c.version + 1, dirty_at=_since(now)),
    )


def mark_shop(tx: Tx, binding_id: str, shop_id: str, now: datetime, *, since: datetime | None = None) -> int:
    """Every row of this shop in the binding is dirty (what we may show of it changed), or those of orders created at
    `since` or later. Returns how many.
    """
    of_shop = [sheet_rows.c.binding_id == binding_id, sheet_rows.c.shop_id == shop_id]
    if since is not None:
        of_shop.append(sheet_rows.c.sort_at >= since)
    values = {"version": sheet_rows.c.version + 1, "dirty_at": _since(now)}
    return hits(tx, sa.update(sheet_rows).where(*of_shop).values(**values))


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Dirty, and not waiting to be missed a second time."""
    return sa.and_(IS_DIRTY, sa.or_(sheet_rows.c.absent_at.is_(None), sheet_rows.c.absent_at <= now - ABSENCE_AGAIN))


def dirty(tx: Tx, binding_ids: Sequence[str], *, now: datetime, limit: int) -> list[SheetRow]:
    """Dirty rows of these bindings: live changes first, oldest change first; then the backfill, newest order first."""
    query = sa.select(*ROW).where(sheet_rows.c.binding_id.in_(list(binding_ids)), _is_due(now))
    live = in_order(
        tx.execute(
            query.where(sheet_rows.c.is_fill.is_(False))
            .order_by(sheet_rows.c.dirty_at, sheet_rows.c.sort_at, sheet_rows.c.row_key)
            .limit(limit)
        )
    )
    if len(live) == limit:
        return live
    fill = tx.execute(
        query.where(sheet_rows.c.is_fill.is_(True))
        .order_by(sheet_rows.c.sort_at.desc(), sheet_rows.c.row_key)
        .limit(limit - len(live))
    )
    return live + in_order(fill)


def in_order(found: sa.Result[Any]) -> list[SheetRow]:
    """What was selected as `ROW`, for thousands at once: by place, which takes half as long as by name."""
    return list(starmap(SheetRow, found.all()))


def has_dirty(tx: Tx, spreadsheet_id: str, now: datetime) -> bool:
    """Whether any live binding of this file has a dirty row."""
    return tx.execute(_due_in(spreadsheet_id, now)).first() is not None


def has_live_dirty(tx: Tx, spreadsheet_id: str, now: datetime) -> bool:
    """Whether any live binding of this file has a row that a live change made dirty."""
    return tx.execute(_due_in(spreadsheet_id, now).where(sheet_rows.c.is_fill.is_(False))).first() is not None


def _due_in(spreadsheet_id: str, now: datetime) -> sa.Select[Any]:
    return (
        sa.select(sheet_rows.c.row_key)
        .join(bindings, bindings.c.id == sheet_rows.c.binding_id)
        .where(bindings.c.spreadsheet_id == spreadsheet_id, bindings.c.state == "live", _is_due(now))
        .limit(1)
    )


def dirty_files(tx: Tx, now: datetime) -> list[str]:
    """Files that are live, past their `not_before`, and have dirty rows or a write to look after once more."""
    of_rows = (
        sa.select(bindings.c.spreadsheet_id)
        .join(sheet_rows, sheet_rows.c.binding_id == bindings.c.id)
        .where(bindings.c.state == "live", _is_due(now))
    )
    unanswered = sa.select(intents.c.spreadsheet_id).where(intents.c.sent_at <= now - LATE_WRITE)
    query = sa.select(files.c.spreadsheet_id).where(
        files.c.state == "live",
        sa.or_(files.c.not_before.is_(None), files.c.not_before <= now),
        files.c.spreadsheet_id.in_(of_rows.union(unanswered)),
    )
    return list(tx.execute(query).scalars())


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
    query = (
        sa.select(sheet_rows.c.row_key)
        .join(bindings, bindings.c.id == sheet_rows.c.binding_id)
        .join(files, files.c.spreadsheet_id == bindings.c.spreadsheet_id)
        .where(files.c.writer_email == writer_email, files.c.state == "live", bindings.c.state == "live")
        .where(_is_due(now), sheet_rows.c.is_fill.is_(False))
        .limit(1)
    )
    return tx.execute(query).first() is not None


def known(tx: Tx, binding_id: str, row_keys: Collection[str]) -> dict[str, SheetRow]:
    """Rows of the binding with these keys."""
    found: dict[str, SheetRow] = {}
    keys = list(row_keys)
    for start in range(0, len(keys), 500):
        query = sa.select(*ROW).where(
            sheet_rows.c.binding_id == binding_id, sheet_rows.c.row_key.in_(keys[start : start + 500])
        )
        found.update({row.row_key: row for row in many(SheetRow, tx.execute(query))})
    return found


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
    _change(tx, binding_id, row_keys, {"absent_at": now})


def note_sent(tx: Tx, binding_id: str, row_keys: Collection[str], at: datetime | None) -> None:
    """An insert of these rows was sent at `at`, and until its answer is verified they may or may not stand there.

    None = it is sure that nothing was inserted.
    """
    _change(tx, binding_id, row_keys, {"sent_at": at, "absent_at": None})


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
    keys = [row.row_key for row in rows]
    first = 0
    for start in range(0, len(keys), 500):
        query = sa.select(sa.func.count()).where(
            sheet_rows.c.binding_id == binding_id,
            sheet_rows.c.row_key.in_(keys[start : start + 500]),
            sheet_rows.c.settled == 0,
        )
        first += int(tx.execute(query).scalar_one())
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
    keys = list(row_keys)
    for start in range(0, len(keys), 500):
        tx.execute(
            sa.update(sheet_rows)
            .where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.row_key.in_(keys[start : start + 500]))
            .values(is_known=sa.false(), version=sheet_rows.c.version + 1, dirty_at=_since(now))
        )


def suspect(tx: Tx, binding_id: str, row_keys: Collection[str]) -> None:
    """A write to these rows is about to be sent: until its answer is verified, what they show is not known."""
    _change(tx, binding_id, row_keys, {"is_known": False})


def trust(tx: Tx, binding_id: str, row_keys: Collection[str]) -> None:
    """The write to these rows was refused before anything was applied: they show what they showed."""
    _change(tx, binding_id, row_keys, {"is_known": True})


def _change(tx: Tx, binding_id: str, row_keys: Collection[str], values: Mapping[str, Any]) -> None:
    keys = list(row_keys)
    for start in range(0, len(keys), 500):
        tx.execute(
            sa.update(sheet_rows)
            .where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.row_key.in_(keys[start : start + 500]))
            .values(**values)
        )


def _since(now: datetime) -> sa.ColumnElement[Any]:
    """Dirty since now, or since it already was."""
    return sa.case((IS_DIRTY, sheet_rows.c.dirty_at), else_=sa.literal(now, sheet_rows.c.dirty_at.type))
