"""Intents: writes that were sent and are not verified yet. What one does to its rows is `rows`.

One is committed before each write; only a verified answer, or Google's own word that nothing was applied, takes it
back.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

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


def settle_intents(tx: Tx, ids: Collection[str]) -> None:
    """These writes' outcome is known."""
    tx.execute(sa.delete(intents).where(intents.c.id.in_(list(ids))))
