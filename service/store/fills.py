"""Rows that a backfill marked and that were never sent: they can still be forgotten. How they are marked is `rows`."""

from datetime import datetime

import sqlalchemy as sa

from service.store.session import Tx, hits
from service.store.tables import bindings, sheet_rows


def newest_fill(tx: Tx, binding_id: str) -> datetime | None:
    """Creation of the newest order whose row waits for the backfill and was never sent; None when no row does."""
    newest: datetime | None = tx.execute(
        sa.select(sa.func.max(sheet_rows.c.sort_at)).where(*_unsent(binding_id))
    ).scalar()
    return newest


def drop_fill(tx: Tx, binding_id: str, *, before: datetime) -> int:
    """Rows that wait for the backfill and were never sent are forgotten, of orders created before this. How many.

    Under the spreadsheet's lease only: a pass that is about to send some must not lose them.
    """
    dropped = hits(tx, sa.delete(sheet_rows).where(*_unsent(binding_id), sheet_rows.c.sort_at < before))
    fewer = sa.update(bindings).where(bindings.c.id == binding_id)
    tx.execute(fewer.values(row_total=bindings.c.row_total - dropped))
    return dropped


def _unsent(binding_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        sheet_rows.c.binding_id == binding_id, sheet_rows.c.is_fill.is_(True), sheet_rows.c.settled == 0,
        sheet_rows.c.sent_at.is_(None), sheet_rows.c.image.is_(None), sheet_rows.c.position.is_(None),
    )  # fmt: skip
