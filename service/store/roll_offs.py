"""Rows that leave a tab: which are ripe for the archive, which stand in both tabs, and which are on their way out.

A move takes the rows out of the binding before anything is sent: whatever becomes of it, no pass takes a row that went
into the staging tab for one that a person deleted. Positions are grid row indexes from 0.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store import rows
from service.store.intents import LATE_WRITE, WAITS
from service.store.records import BindingRow, SheetRow, columns_of, many
from service.store.rows import ROW, NewRow
from service.store.session import Tx, hits
from service.store.tables import bindings, files, intents, orders, roll_offs, sheet_rows

BINDING = columns_of(bindings, BindingRow)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A row on its way out: what the store knew of it, where it stood, and the fingerprint of all that it showed."""

    row: NewRow
    position: int
    shown: str

    def to_json(self) -> list[Any]:
        row = self.row
        return [row.row_key, row.shop_id, row.order_id, row.sku_id, row.sort_at.isoformat(), self.position, self.shown]

    @staticmethod
    def from_json(raw: Sequence[Any]) -> "Leaving":
        row_key, shop_id, order_id, sku_id, sort_at, position, shown = raw
        return Leaving(NewRow(row_key, shop_id, order_id, sku_id, datetime.fromisoformat(sort_at)), position, shown)


@dataclass(frozen=True, slots=True)
class Move:
    """Rows cut out of the tab of a binding into a hidden staging tab, in the order in which they stand there.

    `phase`: which of its writes was sent last: cut, return or delete; `sent_at`: when, in wall time.
    """

    binding_id: str
    staging_id: int
    title: str
    phase: str
    sent_at: datetime
    leaving: Sequence[Leaving]


# --- what is to move -------------------------------------------------------------------------------------------------


def ripe(
    tx: Tx, binding_id: str, *, statuses: Collection[str], before: datetime, beside: str, limit: int
) -> list[SheetRow]:
    """Settled rows that stand once, of orders that have one of these statuses since before then and that are not in the
    binding `beside` ("" = none), oldest orders first. Market time.
    """
    of_order = sa.and_(orders.c.shop_id == sheet_rows.c.shop_id, orders.c.order_id == sheet_rows.c.order_id)
    other = sheet_rows.alias("other")
    is_beside = sa.exists().where(other.c.binding_id == beside, other.c.row_key == sheet_rows.c.row_key)
    query = (
        sa.select(*ROW)
        .join(orders, of_order)
        .where(
            sheet_rows.c.binding_id == binding_id,
            sheet_rows.c.sort_at <= before,
            *_stands_alone(sheet_rows),
            orders.c.status.in_(sorted(statuses)),
            orders.c.updated_at <= before,
            ~is_beside,
        )
    )
    return many(SheetRow, tx.execute(query.order_by(sheet_rows.c.sort_at, sheet_rows.c.row_key).limit(limit)))


def _stands_alone(table: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Verified to stand in the tab, once, and free to leave it."""
    return (table.c.stays_at.is_(None), table.c.copies.is_(None), *_stands(table))


def _stands(table: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.position >= 0, table.c.is_known, table.c.settled > 0, table.c.settled == table.c.version,
        table.c.absent_at.is_(None),
    )  # fmt: skip


def doubled(tx: Tx, live_id: str, archive_id: str, *, limit: int) -> list[SheetRow]:
    """Rows that stand in the archive and still in the live tab, which they may leave; in the order of the tab."""
    other = sheet_rows.alias("other")
    query = _both(other, live_id, archive_id).where(*_stands_alone(sheet_rows), *_stands(other))
    return many(SheetRow, tx.execute(query.order_by(sheet_rows.c.position).limit(limit)))


def unwanted(tx: Tx, live_id: str, archive_id: str, *, limit: int) -> list[SheetRow]:
    """Rows that stand in the archive although their row in the live tab stays; in the order of the archive."""
    other = sheet_rows.alias("other")
    query = _both(other, archive_id, live_id).where(*_stands_alone(sheet_rows), other.c.stays_at.is_not(None))
    return many(SheetRow, tx.execute(query.order_by(sheet_rows.c.position).limit(limit)))


def kept_twice(tx: Tx, live_id: str, archive_id: str, *, limit: int) -> list[SheetRow]:
    """Rows that stand more than once in the archive although their row in the live tab stays: people copied them there
    while they were to leave again; in the order of the archive.
    """
    other = sheet_rows.alias("other")
    is_copied = (sheet_rows.c.stays_at.is_(None), sheet_rows.c.copies.is_not(None), *_stands(sheet_rows))
    query = _both(other, archive_id, live_id).where(*is_copied, other.c.stays_at.is_not(None))
    return many(SheetRow, tx.execute(query.order_by(sheet_rows.c.position).limit(limit)))


def is_moving(tx: Tx, live_id: str, archive_id: str) -> bool:
    """Whether a row is in both tabs that will leave one of them."""
    other = sheet_rows.alias("other")
    query = _both(other, live_id, archive_id).where(
        sa.or_(sheet_rows.c.stays_at.is_(None), other.c.stays_at.is_(None)), sheet_rows.c.position >= 0
    )
    return tx.execute(query.limit(1)).first() is not None


def _both(other: Any, binding_id: str, other_id: str) -> sa.Select[Any]:
    return (
        sa.select(*ROW)
        .join(other, sa.and_(other.c.row_key == sheet_rows.c.row_key, other.c.binding_id == other_id))
        .where(sheet_rows.c.binding_id == binding_id)
    )


def copied(tx: Tx, live_id: str, archive_id: str) -> list[str]:
    """Rows in both tabs of which a person has made a copy in the live one meanwhile."""
    other = sheet_rows.alias("other")
    query = _both(other, live_id, archive_id).where(sheet_rows.c.copies.is_not(None), sheet_rows.c.stays_at.is_(None))
    return [row.row_key for row in tx.execute(query)]


def stay(tx: Tx, binding_id: str, row_keys: Collection[str], now: datetime) -> None:
    """These rows hold something of a person's: they stay where they are for good."""
    rows.change(tx, binding_id, row_keys, stays_at=now)


# --- a move ----------------------------------------------------------------------------------------------------------


def begin(tx: Tx, move: Move) -> None:
    """The rows are out of the binding, and on record as on their way."""
    leaving = rows.named(tx, move.binding_id, [one.row.row_key for one in move.leaving])
    done = tx.execute(sa.select(sa.func.count()).where(*leaving, sheet_rows.c.settled > 0)).scalar_one()
    gone = hits(tx, sa.delete(sheet_rows).where(*leaving))
    fewer = {"row_total": bindings.c.row_total - gone, "row_done": bindings.c.row_done - done}
    tx.execute(sa.update(bindings).where(bindings.c.id == move.binding_id).values(**fewer))
    body = {"rows": [one.to_json() for one in move.leaving]}
    tx.execute(
        sa.insert(roll_offs).values(
            binding_id=move.binding_id, staging_id=move.staging_id, title=move.title, phase=move.phase,
            sent_at=move.sent_at, body=body,
        )
    )  # fmt: skip


def move_of(tx: Tx, binding_id: str) -> Move | None:
    """The binding's move that is under way."""
    found = tx.execute(sa.select(roll_offs).where(roll_offs.c.binding_id == binding_id)).first()
    if found is None:
        return None
    leaving = [Leaving.from_json(raw) for raw in found.body["rows"]]
    return Move(binding_id, found.staging_id, found.title, found.phase, found.sent_at, leaving)


def go_on(tx: Tx, binding_id: str, *, phase: str, at: datetime) -> None:
    """The next of the move's writes is about to be sent."""
    tx.execute(sa.update(roll_offs).where(roll_offs.c.binding_id == binding_id).values(phase=phase, sent_at=at))


def end(tx: Tx, binding_id: str) -> None:
    """The move is over."""
    tx.execute(sa.delete(roll_offs).where(roll_offs.c.binding_id == binding_id))


def put_back(tx: Tx, binding_id: str, found: Mapping[str, int], leaving: Sequence[Leaving], now: datetime) -> None:
    """These rows (`found`: key → place) are the binding's again, and are compared with what they should show."""
    back = [one.row for one in leaving if one.row.row_key in found]
    rows.add_moving(tx, binding_id, back, now=now)
    for row in back:
        tx.execute(
            sa.update(sheet_rows)
            .where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.row_key == row.row_key)
            .values(position=found[row.row_key], is_fill=sa.false(), is_known=sa.false(), sent_at=now - LATE_WRITE)
        )


def close_gaps(tx: Tx, binding_id: str, gone: Sequence[int], *, header_row: int) -> None:
    """The grid rows `gone` were deleted: what stood below has moved up, and an audit under way with it."""
    for first, last, by in _stretches(sorted(gone)):
        between = [sheet_rows.c.position > first, *([sheet_rows.c.position < last] if last is not None else [])]
        tx.execute(
            sa.update(sheet_rows)
            .where(sheet_rows.c.binding_id == binding_id, *between)
            .values(position=sheet_rows.c.position - by)
        )
    query = sa.select(sheet_rows.c.row_key, sheet_rows.c.copies)
    for row in tx.execute(query.where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.copies.is_not(None))).all():
        further = [at - sum(1 for one in gone if one < at) for at in row.copies or ()]
        of_row = (sheet_rows.c.binding_id == binding_id, sheet_rows.c.row_key == row.row_key)
        tx.execute(sa.update(sheet_rows).where(*of_row).values(copies=further or sa.null()))
    audited = tx.execute(sa.select(bindings.c.audit_row).where(bindings.c.id == binding_id)).scalar()
    if audited is not None:
        at = max(audited - sum(1 for one in gone if one < audited), header_row + 1)
        tx.execute(sa.update(bindings).where(bindings.c.id == binding_id).values(audit_row=at))


def _stretches(gone: Sequence[int]) -> Iterator[tuple[int, int | None, int]]:
    """(after this row, before that one or None, how far up) of every stretch of rows between those that went."""
    for index, at in enumerate(gone):
        following = gone[index + 1] if index + 1 < len(gone) else None
        if following != at + 1:
            yield at, following, index + 1


# --- when ------------------------------------------------------------------------------------------------------------


def due(tx: Tx, now: datetime, *, spreadsheet_id: str = "", limit: int) -> list[BindingRow]:
    """Live bindings (of one file, "" = of any) that are to be looked at, and those with a move under way, the one
    waiting longest first.
    """
    values = {"now": now, "most": limit}
    if spreadsheet_id:
        return many(BindingRow, tx.execute(_DUE_IN, values | {"file": spreadsheet_id}))
    return many(BindingRow, tx.execute(_DUE, values))


def _due() -> sa.Select[Any]:
    archive = bindings.alias("archive")
    own = sa.exists().where(roll_offs.c.binding_id == bindings.c.id)
    of_archive = sa.exists().where(archive.c.archive_of == bindings.c.id, roll_offs.c.binding_id == archive.c.id)
    is_there = sa.and_(bindings.c.state == "live", bindings.c.stopped_at.is_(None))
    query = (
        sa.select(*BINDING)
        .join(files, files.c.spreadsheet_id == bindings.c.spreadsheet_id)
        .where(
            files.c.state == "live",
            sa.or_(files.c.not_before.is_(None), files.c.not_before <= sa.bindparam("now")),
            bindings.c.roll_due_at <= sa.bindparam("now"),
            sa.or_(is_there, own, of_archive),
        )
    )
    return query.order_by(bindings.c.roll_due_at, bindings.c.id).limit(sa.bindparam("most", type_=sa.Integer))


#: Made once: every sweep asks it, and making a statement costs more than running it.
_DUE = _due()
_DUE_IN = _DUE.where(bindings.c.spreadsheet_id == sa.bindparam("file"))


def look_again(tx: Tx, binding_ids: Collection[str], at: datetime | None) -> None:
    """The next look at these live bindings is then; None = never, until somebody asks for it."""
    tx.execute(sa.update(bindings).where(bindings.c.id.in_(list(binding_ids))).values(roll_due_at=at))


def is_unanswered(tx: Tx, spreadsheet_id: str) -> bool:
    """Whether a write into this file waits for its answer: rows are counted on to stand still only without one. What
    waits until its own tab goes on moves no rows of others.
    """
    bodies = tx.execute(sa.select(intents.c.body).where(intents.c.spreadsheet_id == spreadsheet_id)).scalars().all()
    if not bodies:
        return False
    is_live = (bindings.c.spreadsheet_id == spreadsheet_id, bindings.c.state == "live")
    live = set(tx.execute(sa.select(bindings.c.id).where(*is_live)).scalars())
    waiting = [all(part.get(WAITS) and key not in live for key, part in body.items()) for body in bodies if body]
    return len(waiting) < len(bodies) or not all(waiting)
