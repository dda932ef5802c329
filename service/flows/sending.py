"""Sending a batch for good or ill: the intent before it, what its silence or refusal leaves behind. No planning here.

An intent is committed before a write and taken back only by a verified answer or by Google's own word that nothing was
applied; until then the rows it names are unknown and the ones it inserts are not inserted again. Called under the
spreadsheet's lease, whose epoch is checked before anything goes out.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.errors import Problem
from service.flows import refused
from service.flows.passes import Pass, hold
from service.flows.typed_over import Typed
from service.google import batch
from service.google.batch import TabEdit
from service.google.grid import Json
from service.store import intents, rows
from service.store.intents import LATE_WRITE
from service.store.records import IntentRow
from service.store.session import Tx


@dataclass(frozen=True, slots=True)
class Repaired:
    """A row that a repair writes, by fingerprints alone. `row`: where it stands; `sent`: grid column → what is written;
    `kept`: what its other cells show, those that show anything: they tell it from another row.
    """

    row: int
    sent: Mapping[int, str]
    kept: Sequence[str]

    def to_json(self) -> list[Any]:
        return [self.row, {str(column): shown for column, shown in self.sent.items()}, list(self.kept)]

    @staticmethod
    def from_json(raw: Any) -> "Repaired":
        row, sent, kept = raw
        return Repaired(row, {int(column): shown for column, shown in sent.items()}, kept)


@dataclass(frozen=True, slots=True)
class Part:
    """What a batch does to the rows of one binding.

    `trusted`: updated rows whose images held until now. `strewn`: inserted rows of which an earlier write left cells in
    the tab: they are looked for even when this one is refused. `places`: the grid rows that are written; `columns`: the
    grid columns of our cells in them, by column key. `typed`: people's texts in them that are written over. `sent`: row
    key → column key → fingerprint of the cell, of a write that is small enough. `repaired`: the rows that a repair
    writes. `put_in_at`: the grid row at which the inserted rows begin.
    """

    binding_id: str
    updated: Sequence[str] = ()
    inserted: Sequence[str] = ()
    trusted: Sequence[str] = ()
    strewn: Sequence[str] = ()
    places: Sequence[int] = ()
    columns: Mapping[str, int] | None = None
    typed: Sequence[Typed] = ()
    sent: Mapping[str, Mapping[str, str]] | None = None
    repaired: Sequence[Repaired] = ()
    put_in_at: int | None = None

    def to_json(self) -> Json:
        return {
            "updated": list(self.updated),
            "inserted": list(self.inserted),
            "places": list(self.places),
            "columns": dict(self.columns or {}),
            "typed": [one.to_json() for one in self.typed],
            "sent": {row_key: dict(prints) for row_key, prints in (self.sent or {}).items()},
            "repaired": [one.to_json() for one in self.repaired],
            "put_in_at": self.put_in_at,
        }


@dataclass(frozen=True, slots=True)
class Sent:
    """An answered batch: nothing of it is proved yet. `asked_s`: the monotonic second before it was sent."""

    intent: IntentRow
    answer: Json
    asked_s: float


def send(
    this: Pass, body: Json, parts: Sequence[Part], *, edits: Sequence[TabEdit] = (), check: Callable[[Tx], None]
) -> Sent:
    """The batch was sent once and answered. `check` runs in the transaction of the intent and may refuse.

    Raises the Problem of the call: with an unknown outcome the intent stays open, else nothing is left of it.
    """
    services = this.services
    intent = _intend(this, parts, check)
    # Until it is settled it is looked after like a write without an answer, by whoever comes to it.
    services.memory.keep_unanswered(intent.id, edits)
    asked_s = time.monotonic()
    try:
        with this.beside():
            answer = services.google.batch_update(
                this.identity, this.file.spreadsheet_id, body=body, fields=batch.ANSWER_FIELDS, budget_s=this.budget_s
            )
    except Problem as problem:
        if not getattr(problem, "outcome_unknown", False):
            _take_back(this, intent, parts)
            refused.explain(this, problem, body["requests"])
        raise
    finally:
        this.tally.writes += 1
    return Sent(intent, answer, asked_s)


def _intend(this: Pass, parts: Sequence[Part], check: Callable[[Tx], None]) -> IntentRow:
    """What is about to be sent is on record and its rows are unknown, under a lease that still stands."""
    services = this.services
    body = {part.binding_id: part.to_json() for part in parts}
    intent = IntentRow(services.new_id(), this.file.spreadsheet_id, this.epoch, services.clock.now(), body)
    with services.store.write() as tx:
        hold(this, tx)
        check(tx)
        intents.add_intent(tx, intent)
        for part in parts:
            rows.suspect(tx, part.binding_id, part.updated)
            rows.note_sent(tx, part.binding_id, part.inserted, intent.sent_at)
    return intent


def _take_back(this: Pass, intent: IntentRow, parts: Sequence[Part]) -> None:
    """Google said that nothing was applied: the intent is void and the rows show what they showed."""
    with this.services.store.write() as tx:
        intents.settle_intents(tx, [intent.id])
        this.services.memory.unanswered(intent.id)
        for part in parts:
            rows.trust(tx, part.binding_id, part.trusted)
            rows.note_sent(tx, part.binding_id, [key for key in part.inserted if key not in part.strewn], None)
            note_missed_inserts(this, tx, part.binding_id, part.strewn)


def note_missed_inserts(this: Pass, tx: Tx, binding_id: str, row_keys: Sequence[str]) -> None:
    """Answered, so nothing can arrive later; but somewhere in the tab the rows may stand, and are looked for first."""
    rows.note_sent(tx, binding_id, row_keys, this.services.clock.now() - LATE_WRITE)
