"""Tabs whose columns come and go: which they are, their rows to be written again, and when the old cells are gone."""

from datetime import datetime

import sqlalchemy as sa

from service.store.records import BindingRow, columns_of, many
from service.store.rows import IS_DIRTY, dirty_since
from service.store.session import Tx, hits
from service.store.tables import bindings, files, intents, sheet_rows

_BINDING = columns_of(bindings, BindingRow)
#: Made once: every sweep asks it, and making a statement costs more than running it.
_UNFINISHED = (
    sa.select(*_BINDING)
    .join(files, files.c.spreadsheet_id == bindings.c.spreadsheet_id)
    .where(
        bindings.c.profile["reshaping"].as_string().is_not(None),
        bindings.c.stopped_at.is_(None),
        bindings.c.state == "live",
        files.c.state == "live",
    )
    .order_by(bindings.c.id)
)


def mark_as_fill(tx: Tx, binding_id: str, now: datetime) -> int:
    """Every row of the binding is dirty, behind live changes: one that waits as a live change goes on as one. How
    many.
    """
    values = {
        "is_fill": sa.case((IS_DIRTY, sheet_rows.c.is_fill), else_=sa.true()),
        "version": sheet_rows.c.version + 1,
        "dirty_at": dirty_since(now),
    }
    return hits(tx, sa.update(sheet_rows).where(sheet_rows.c.binding_id == binding_id).values(**values))


def mark_written_as_fill(tx: Tx, binding_id: str, now: datetime) -> int:
    """Rows of the binding that wait for nothing are dirty, behind live changes. How many."""
    values = {"is_fill": True, "version": sheet_rows.c.version + 1, "dirty_at": now}
    return hits(
        tx, sa.update(sheet_rows).where(sheet_rows.c.binding_id == binding_id, sa.not_(IS_DIRTY)).values(**values)
    )


def is_any_older(tx: Tx, binding_id: str, since: datetime) -> bool:
    """Whether a row of the binding has been dirty since then or longer: it may still show what it showed then."""
    query = sa.select(sheet_rows.c.row_key).where(
        sheet_rows.c.binding_id == binding_id, IS_DIRTY, sheet_rows.c.dirty_at <= since
    )
    return tx.execute(query.limit(1)).first() is not None


def is_any_unanswered(tx: Tx, spreadsheet_id: str, binding_id: str) -> bool:
    """Whether a write that concerns the binding may still arrive, or has not been looked after yet."""
    bodies = tx.execute(sa.select(intents.c.body).where(intents.c.spreadsheet_id == spreadsheet_id)).scalars()
    return any(binding_id in body for body in bodies)


def unfinished(tx: Tx) -> list[BindingRow]:
    """Live bindings of live files in which something may be left to be done beside their rows."""
    return many(BindingRow, tx.execute(_UNFINISHED))
