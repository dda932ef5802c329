"""Intents: writes that were sent and are not verified yet. What one does to its rows is `rows`.

One is committed before each write; only a verified answer, or Google's own word that nothing was applied, takes it
back.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from service.store.records import IntentRow, columns_of, many
from service.store.session import Tx
from service.store.tables import intents

#: Google works on a request for at most 180 s; after this long an unanswered write has happened or never will.
LATE_WRITE = timedelta(seconds=190)

#: What is put down of a write that corrects single rows: keys that it wrote, or the row of which it cleared a copy.
CORRECTION = frozenset({"rekeyed", "cleared"})
EARLIER = "earlier"  # of a part: what writes sent that were over before this one, as their parts told it
TOLD = "told"  # of a part: grid rows of which the history tells that the write fell upon another row there
WAITS = "waits"  # of a part: what it did is put right once Google lets us write into its tab again

#: Made once: every pass asks it, and making a statement costs more than running it.
_LATE = (
    sa.select(*columns_of(intents, IntentRow))
    .where(intents.c.spreadsheet_id == sa.bindparam("file"), intents.c.sent_at <= sa.bindparam("late"))
    .order_by(intents.c.sent_at)
)


def add_intent(tx: Tx, row: IntentRow) -> None:
    """A write is about to be sent."""
    tx.execute(
        sa.insert(intents).values(
            id=row.id, spreadsheet_id=row.spreadsheet_id, epoch=row.epoch, sent_at=row.sent_at, body=dict(row.body)
        )
    )


def late_intents(tx: Tx, spreadsheet_id: str, now: datetime) -> list[IntentRow]:
    """Unsettled writes of this file that can no longer arrive, oldest first."""
    return many(IntentRow, tx.execute(_LATE, {"file": spreadsheet_id, "late": now - LATE_WRITE}))


def open_intents(tx: Tx, spreadsheet_id: str) -> list[IntentRow]:
    """Unsettled writes of this file, oldest first."""
    query = sa.select(*columns_of(intents, IntentRow)).where(intents.c.spreadsheet_id == spreadsheet_id)
    return many(IntentRow, tx.execute(query.order_by(intents.c.sent_at)))


def open_parts(tx: Tx, spreadsheet_id: str, binding_id: str) -> list[Mapping[str, Any]]:
    """What unsettled writes do, or did, in this binding's tab, as their senders put it down; oldest first."""
    query = sa.select(intents.c.body).where(intents.c.spreadsheet_id == spreadsheet_id)
    bodies = tx.execute(query.order_by(intents.c.sent_at)).scalars()
    return [body[binding_id] for body in bodies if binding_id in body]


def over_at(tx: Tx, spreadsheet_id: str, binding_id: str) -> datetime | None:
    """When the last unsettled write into this binding's tab can no longer arrive; None when there is none."""
    query = sa.select(*columns_of(intents, IntentRow)).where(intents.c.spreadsheet_id == spreadsheet_id)
    sent = [row.sent_at for row in many(IntentRow, tx.execute(query)) if binding_id in row.body]
    return max(sent) + LATE_WRITE if sent else None


def forget_typed(tx: Tx, spreadsheet_id: str, binding_id: str, texts: Collection[tuple[str, str, str]]) -> None:
    """These texts (row key, column key, fingerprint) were named in the history by a write that still found them."""

    def named(part: Mapping[str, Any]) -> list[Any]:
        return [typed for typed in part.get("typed", ()) if tuple(typed[1:4]) not in texts]

    _amend(tx, spreadsheet_id, binding_id, lambda part: {**part, "typed": named(part)})


def carry_sent(tx: Tx, spreadsheet_id: str, binding_id: str, over: Mapping[str, Any]) -> None:
    """A write that did this is over now: what it sent may stand there all the same while others are unsettled, which
    tell it from here on. Where it is not known what it sent, nobody knows either of theirs what may stand there.
    """
    sent = over.get("sent", {})
    unknown = {*over["updated"], *over["inserted"]} - sent.keys()

    def told(part: Mapping[str, Any]) -> Mapping[str, Any]:
        left = {row_key: prints for row_key, prints in part.get("sent", {}).items() if row_key not in unknown}
        earlier = [*part.get(EARLIER, ()), *over.get(EARLIER, ()), *([sent] if sent else [])]
        return {**part, "sent": left, EARLIER: earlier}

    _amend(tx, spreadsheet_id, binding_id, told)


def note_told(tx: Tx, intent_id: str, binding_id: str, places: Collection[int]) -> None:
    """The history tells which cells of these grid rows a write hit that were not meant."""
    body = tx.execute(sa.select(intents.c.body).where(intents.c.id == intent_id)).scalar_one()
    part = {**body[binding_id], TOLD: sorted({*body[binding_id].get(TOLD, ()), *places})}
    tx.execute(sa.update(intents).where(intents.c.id == intent_id).values(body={**body, binding_id: part}))


def let_wait(tx: Tx, spreadsheet_id: str, binding_id: str) -> None:
    """What unsettled writes did in this binding's tab was seen, and is to be put right when the tab goes on."""
    _amend(tx, spreadsheet_id, binding_id, lambda part: {**part, WAITS: True})


def _amend(
    tx: Tx, spreadsheet_id: str, binding_id: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> None:
    """What unsettled writes do in this binding's tab is put down anew."""
    query = sa.select(*columns_of(intents, IntentRow)).where(intents.c.spreadsheet_id == spreadsheet_id)
    for row in many(IntentRow, tx.execute(query)):
        if binding_id in row.body:
            body = {**row.body, binding_id: change(row.body[binding_id])}
            tx.execute(sa.update(intents).where(intents.c.id == row.id).values(body=body))


def rekeyed(tx: Tx, spreadsheet_id: str, binding_id: str) -> set[str]:
    """Keys that unsettled writes put into the key cell of a row, or into another's that came to stand there."""
    return {key for part in open_parts(tx, spreadsheet_id, binding_id) for key in part.get("rekeyed", ())}


def forget_correction(tx: Tx, intent_id: str) -> None:
    """Where this write, which was to correct single rows, came to land has been looked at."""
    of_intent = intents.c.id == intent_id
    body = tx.execute(sa.select(intents.c.body).where(of_intent)).scalar_one()
    left = {key: {name: it for name, it in part.items() if name not in CORRECTION} for key, part in body.items()}
    tx.execute(sa.update(intents).where(of_intent).values(body=left))


def settle_parts(tx: Tx, intent_id: str, binding_ids: Collection[str]) -> None:
    """What this write did in these bindings' tabs is known, and all of it when there is no other."""
    query = sa.select(intents.c.body).where(intents.c.id == intent_id)
    body = tx.execute(query).scalar() or {}
    left = {binding_id: part for binding_id, part in body.items() if binding_id not in binding_ids}
    if left:
        tx.execute(sa.update(intents).where(intents.c.id == intent_id).values(body=left))
    else:
        settle_intents(tx, [intent_id])


def settle_intents(tx: Tx, ids: Collection[str]) -> None:
    """These writes' outcome is known."""
    tx.execute(sa.delete(intents).where(intents.c.id.in_(list(ids))))
