"""The sync history: one line for every pass over a spreadsheet, and what it did."""

from datetime import datetime

import sqlalchemy as sa

from service.store.records import FlushRow, columns_of, many
from service.store.session import Tx, hits
from service.store.tables import flushes


def put(tx: Tx, flush_id: str, spreadsheet_id: str, row: FlushRow) -> None:
    """The line of the sync history with this id says so from now on."""
    tx.execute(sa.delete(flushes).where(flushes.c.id == flush_id))
    add(tx, flush_id, spreadsheet_id, row)


def add(tx: Tx, flush_id: str, spreadsheet_id: str, row: FlushRow) -> None:
    """One more line of the sync history."""
    tx.execute(
        sa.insert(flushes).values(
            id=flush_id, spreadsheet_id=spreadsheet_id, at=row.at, inserted=row.inserted, updated=row.updated,
            unchanged=row.unchanged, reads=row.reads, writes=row.writes, ms=row.ms, outcome=row.outcome,
            reason=row.reason, kind=row.kind, healed=row.healed, removed=row.removed, cells=row.cells,
        )
    )  # fmt: skip


def recent(tx: Tx, spreadsheet_id: str, *, before: tuple[datetime, str] | None = None, limit: int) -> list[FlushRow]:
    """The latest lines of the sync history, or those older than the one `before` (its time and id), newest first."""
    query = sa.select(*columns_of(flushes, FlushRow)).where(flushes.c.spreadsheet_id == spreadsheet_id)
    if before is not None:
        at, flush_id = before
        older = sa.and_(flushes.c.at == at, flushes.c.id < flush_id)
        query = query.where(sa.or_(flushes.c.at < at, older))
    return many(FlushRow, tx.execute(query.order_by(flushes.c.at.desc(), flushes.c.id.desc()).limit(limit)))


def forget(tx: Tx, before: datetime) -> int:
    """Sync history older than `before` is gone. Returns how many lines."""
    return hits(tx, sa.delete(flushes).where(flushes.c.at < before))
