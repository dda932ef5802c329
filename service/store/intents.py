"""Intents: writes that were sent and are not verified yet. What one does to its rows is `rows`.

One is committed before each write; only a verified answer, or Google's own word that nothing was applied, takes it
back.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from service.store.records import IntentRow, columns_of, many
from service.store.session import Tx
from service.store.tables import intents

#: Google works on a request for at most 180 s; after this long an unanswered write has happened or never will.
LATE_WRITE = timedelta(seconds=190)


def add_intent(tx: Tx, row: IntentRow) -> None:
    """A write is about to be sent."""
    tx.execute(
        sa.insert(intents).values(
            id=row.id, spreadsheet_id=row.spreadsheet_id, epoch=row.epoch, sent_at=row.sent_at, body=dict(row.body)
        )
    )


def late_intents(tx: Tx, spreadsheet_id: str, now: datetime) -> list[IntentRow]:
    """Unsettled writes of this file that can no longer arrive, oldest first."""
    query = sa.select(*columns_of(intents, IntentRow)).where(
        intents.c.spreadsheet_id == spreadsheet_id, intents.c.sent_at <= now - LATE_WRITE
    )
    return many(IntentRow, tx.execute(query.order_by(intents.c.sent_at)))


def typed_over(tx: Tx, spreadsheet_id: str, binding_id: str) -> list[Any]:
    """People's texts that unsettled writes may have replaced in this binding's tab, as their senders put it down."""
    bodies = tx.execute(sa.select(intents.c.body).where(intents.c.spreadsheet_id == spreadsheet_id)).scalars()
    return [typed for body in bodies for typed in body.get(binding_id, {}).get("typed", ())]


def forget_typed(tx: Tx, spreadsheet_id: str, binding_id: str, cells: Collection[tuple[str, str]]) -> None:
    """These cells (row key, column key) were named in the history by a write that found the text still there."""
    query = sa.select(*columns_of(intents, IntentRow)).where(intents.c.spreadsheet_id == spreadsheet_id)
    for row in many(IntentRow, tx.execute(query)):
        part = row.body.get(binding_id, {})
        left = [typed for typed in part.get("typed", ()) if (typed[1], typed[2]) not in cells]
        if len(left) != len(part.get("typed", ())):
            body = {**row.body, binding_id: {**part, "typed": left}}
            tx.execute(sa.update(intents).where(intents.c.id == row.id).values(body=body))


def settle_intents(tx: Tx, ids: Collection[str]) -> None:
    """These writes' outcome is known."""
    tx.execute(sa.delete(intents).where(intents.c.id.in_(list(ids))))
