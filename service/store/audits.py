"""Which tabs are to be compared with their images, and how far that has come. Nothing is read from a sheet here."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from service.store.records import BindingRow, FileRow, columns_of, many
from service.store.session import Tx
from service.store.tables import bindings, files

BINDING = columns_of(bindings, BindingRow)
FILE = columns_of(files, FileRow)
_NOW = sa.bindparam("now", type_=files.c.looked_at.type)
_IS_WAITING = sa.and_(bindings.c.state == "paused", bindings.c.reason == sa.bindparam("waiting"))
_RUNS = sa.and_(bindings.c.stopped_at.is_(None), sa.or_(bindings.c.state == "live", _IS_WAITING))
#: Made once, both: every sweep or pass asks, and making a statement costs more than running it.
_DUE_FILES = (
    sa.select(files.c.spreadsheet_id, files.c.looked_at)
    .distinct()
    .join(bindings, bindings.c.spreadsheet_id == files.c.spreadsheet_id)
    .where(
        files.c.state == "live",
        sa.or_(files.c.not_before.is_(None), files.c.not_before <= _NOW),
        _RUNS,
        sa.or_(
            bindings.c.audit_row.is_not(None),
            bindings.c.audit_due_at <= _NOW,
            bindings.c.audit_due_at.is_(None),
            files.c.looked_at.is_(None),
            files.c.looked_at <= sa.bindparam("looked_before"),
        ),
    )
    .order_by(files.c.looked_at, files.c.spreadsheet_id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_DUE = (
    sa.select(*BINDING)
    .where(
        bindings.c.spreadsheet_id == sa.bindparam("file"),
        _RUNS,
        sa.or_(bindings.c.audit_row.is_not(None), bindings.c.audit_due_at <= _NOW),
    )
    .order_by(bindings.c.audit_due_at, bindings.c.id)
)


def due_files(tx: Tx, now: datetime, *, looked_before: datetime, waiting: str, limit: int) -> list[str]:
    """Live files with a tab whose comparison is due or under way, and those not looked at since `looked_before`.

    Tabs that are paused for the reason `waiting` are compared too: what they miss may come back.
    """
    values = {"now": now, "looked_before": looked_before, "waiting": waiting, "most": limit}
    return list(tx.execute(_DUE_FILES, values).scalars())


def due(tx: Tx, spreadsheet_id: str, now: datetime, *, waiting: str) -> list[BindingRow]:
    """Tabs of the file whose comparison is due or under way, the one waiting longest first."""
    return many(BindingRow, tx.execute(_DUE, {"file": spreadsheet_id, "now": now, "waiting": waiting}))


def begin_schedule(tx: Tx, spreadsheet_id: str, at: datetime) -> None:
    """Tabs that were never to be compared are, at this time."""
    tx.execute(
        sa.update(bindings)
        .where(
            bindings.c.spreadsheet_id == spreadsheet_id,
            bindings.c.audit_due_at.is_(None),
            bindings.c.state == "live",
        )
        .values(audit_due_at=at)
    )


def hasten(tx: Tx, binding_ids: Collection[str], at: datetime) -> None:
    """These tabs are compared with their images at this time, or when they already were to be."""
    tx.execute(
        sa.update(bindings)
        .where(
            bindings.c.id.in_(list(binding_ids)),
            sa.or_(bindings.c.audit_due_at.is_(None), bindings.c.audit_due_at > at),
        )
        .values(audit_due_at=at)
    )


def begin(tx: Tx, binding_id: str, *, row: int, next_at: datetime) -> None:
    """The comparison goes on from this grid row; another one begins at `next_at`, unless one was asked for sooner."""
    tx.execute(sa.update(bindings).where(bindings.c.id == binding_id).values(audit_row=row, audit_due_at=next_at))


def go_on(tx: Tx, binding_id: str, *, row: int) -> None:
    """The rows above this grid row were compared."""
    tx.execute(sa.update(bindings).where(bindings.c.id == binding_id).values(audit_row=row))


def finish(tx: Tx, binding_id: str, now: datetime) -> None:
    """Every row was compared."""
    values: Mapping[str, datetime | None] = {"audit_row": None, "audited_at": now}
    tx.execute(sa.update(bindings).where(bindings.c.id == binding_id).values(**values))
