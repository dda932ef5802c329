"""What this process remembers for a short while: answers of sheets that save a read, what a write was based on, and
what a shop's newest sales were charged.

People's own cells are in here and nowhere else of ours: never in the database, the logs or the jobs. Bounded, and lost
with the process.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from service.core.cells import Cell
from service.core.ledger.recent import RecentSales
from service.flows.desk_memory import DeskMemory
from service.google.batch import RowInsert, RowUpdate, TabEdit
from service.google.consent import ConsentIdentity
from service.google.outgoing import Heads, Top
from service.google.tabs import FileView, TabView

if TYPE_CHECKING:  # they are made of services, and services hold this memory
    from service.flows.due_rows import ReadyRows
    from service.flows.mending import Hurt, Wound
    from service.flows.proof_sitting import Sitting

FRESH_S = 2.0  # an answer older than this saves no read
FRESH = timedelta(seconds=FRESH_S)
MOST_ANSWERS = 200
NEEDED_S = 120.0  # longer than the quota of an identity takes to be free again
#: Longer than Google may work on a write, and than it takes to look after it.
UNANSWERED_S = 600.0
MOST_UNANSWERED = 50
REFUSED_S = 3600.0  # people who protect cells do so for longer than they work on them
#: A chunk made ready is taken by the very next pass, which may have to wait for its quota.
AHEAD_S = 60.0
MOST_AHEAD = 8
#: A proof that waits for its quota goes on soon, or else from what it wrote down.
SITTING_S = 120.0
MOST_SITTINGS = 4
#: As long as an access token lives, which is what is kept here of a person who lets us write as them.
CONSENT_S = 3600.0
MOST_CONSENTS = 1000
#: Rates move by the week; a dozen pages and chunks ask for them in a minute.
RECENT_SALES_S = 300.0
MOST_RECENT_SALES = 500


@dataclass(slots=True)
class Answer:
    """What a verified write showed. `at`, `asked_s` (monotonic): when it was sent. `epoch`: of the lease then, or of
    the last turn since that wrote nothing.
    """

    view: FileView
    edits: Sequence[TabEdit]
    epoch: int
    at: datetime
    asked_s: float


@dataclass(frozen=True, slots=True)
class Said:
    """Notes that were sent to headings, and what the headings of the tab had by then (heading → note)."""

    notes: frozenset[str]
    before: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Blanked:
    """Heading cells that a write was sent to blank, and the top of the tab as it was then."""

    top: Top
    heads: Heads


@dataclass(frozen=True, slots=True)
class Ahead:
    """Rows that were projected before their pass. `basis`: what they were made from besides their orders."""

    basis: tuple[Any, ...]
    rows: "ReadyRows"


@dataclass(slots=True)
class Memory:
    """Safe for many threads. `desk`: sums made for the finance desk."""

    desk: DeskMemory = field(default_factory=DeskMemory)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _answers: TTLCache[str, Answer] = field(default_factory=lambda: TTLCache(MOST_ANSWERS, FRESH_S))
    _needed: TTLCache[str, int] = field(default_factory=lambda: TTLCache(MOST_ANSWERS, NEEDED_S))
    _unanswered: TTLCache[str, list[TabEdit]] = field(default_factory=lambda: TTLCache(MOST_UNANSWERED, UNANSWERED_S))
    _seen: TTLCache[str, TabView] = field(default_factory=lambda: TTLCache(MOST_UNANSWERED, UNANSWERED_S))
    _told: TTLCache[str, list[tuple[TabEdit, frozenset[str]]]] = field(
        default_factory=lambda: TTLCache(MOST_UNANSWERED, UNANSWERED_S)
    )
    _blanked: TTLCache[str, Blanked] = field(default_factory=lambda: TTLCache(MOST_UNANSWERED, UNANSWERED_S))
    _said: TTLCache[str, Said] = field(default_factory=lambda: TTLCache(MOST_UNANSWERED, UNANSWERED_S))
    _hurt: "TTLCache[str, Hurt]" = field(default_factory=lambda: TTLCache(MOST_UNANSWERED, UNANSWERED_S))
    _refused: "TTLCache[str, Wound]" = field(default_factory=lambda: TTLCache(MOST_UNANSWERED, REFUSED_S))
    _ahead: TTLCache[str, Ahead] = field(default_factory=lambda: TTLCache(MOST_AHEAD, AHEAD_S))
    _sittings: "TTLCache[str, Sitting]" = field(default_factory=lambda: TTLCache(MOST_SITTINGS, SITTING_S))
    _consents: TTLCache[str, ConsentIdentity] = field(default_factory=lambda: TTLCache(MOST_CONSENTS, CONSENT_S))
    _recent_sales: TTLCache[str, RecentSales] = field(
        default_factory=lambda: TTLCache(MOST_RECENT_SALES, RECENT_SALES_S)
    )

    def recent_sales(self, shop_id: str, find: Callable[[], RecentSales]) -> RecentSales:
        """What the shop's newest sales were charged; found where this process does not know."""
        with self._lock:
            known = self._recent_sales.get(shop_id)
        if known is None:
            known = find()
            if known.is_telling:  # a shop whose finance begins to come in tells more in a minute
                with self._lock:
                    self._recent_sales[shop_id] = known
        return known

    def need_reads(self, spreadsheet_id: str, count: int) -> None:
        """The file's next turn will make so many reads: the last one ended for want of room for them."""
        with self._lock:
            self._needed[spreadsheet_id] = count

    def needed_reads(self, spreadsheet_id: str) -> int:
        """How many reads the next turn will make; 0 when the last one found room."""
        with self._lock:
            return self._needed.get(spreadsheet_id, 0)

    def has_had_room(self, spreadsheet_id: str) -> None:
        """The turn got through."""
        with self._lock:
            self._needed.pop(spreadsheet_id, None)

    def keep_answer(self, spreadsheet_id: str, answer: Answer) -> None:
        with self._lock:
            self._answers[spreadsheet_id] = answer

    def fresh_answer(self, spreadsheet_id: str, *, epoch: int, now: datetime) -> Answer | None:
        """The last write's answer, if it is fresh by both clocks and nobody has had the lease since, but for turns that
        ended before they wrote.
        """
        with self._lock:
            found = self._answers.get(spreadsheet_id)
        if found is None or found.epoch + 1 != epoch:
            return None
        is_fresh = timedelta(0) <= now - found.at < FRESH and time.monotonic() - found.asked_s < FRESH_S
        return found if is_fresh else None

    def forget_answer(self, spreadsheet_id: str) -> None:
        """It was used, or will not be: the next write has its own."""
        with self._lock:
            self._answers.pop(spreadsheet_id, None)

    def wrote_nothing(self, spreadsheet_id: str, *, epoch: int) -> None:
        """The turn of this epoch ended before it wrote: what the sheet showed before it, it shows to the next one."""
        with self._lock:
            found = self._answers.get(spreadsheet_id)
            if found is not None and found.epoch + 1 == epoch:
                found.epoch = epoch

    def keep_ahead(self, spreadsheet_id: str, ahead: Ahead) -> None:
        """What the file's next pass can start from."""
        with self._lock:
            self._ahead[spreadsheet_id] = ahead

    def ahead(self, spreadsheet_id: str) -> Ahead | None:
        """What was made ready for the file. Forgotten then."""
        with self._lock:
            return self._ahead.pop(spreadsheet_id, None)

    def consent(self, consent_id: str, make: Callable[[], ConsentIdentity]) -> ConsentIdentity:
        """The identity behind a consent with the access token it has by now; made where this process knows none."""
        with self._lock:
            found = self._consents.get(consent_id)
            if found is None:
                found = self._consents[consent_id] = make()
            return found

    def forget_consent(self, consent_id: str) -> None:
        """Its access token is used no more by this process."""
        with self._lock:
            self._consents.pop(consent_id, None)

    def keep_sitting(self, proof_id: str, sitting: "Sitting") -> None:
        """A proof's hunt goes on here in a moment."""
        with self._lock:
            self._sittings[proof_id] = sitting

    def sitting(self, proof_id: str) -> "Sitting | None":
        """The hunt of a proof as it was left. Forgotten then."""
        with self._lock:
            return self._sittings.pop(proof_id, None)

    def keep_unanswered(self, intent_id: str, edits: Sequence[TabEdit]) -> None:
        """What a write was based on that got no answer, until it can be looked after."""
        with self._lock:
            self._unanswered[intent_id] = list(edits)

    def sent_cells(self, binding_id: str, row_key: str) -> list[Mapping[str, Cell]]:
        """What unanswered writes may have put into the row's cells, by column key, as far as this process remembers."""
        with self._lock:
            edits = [edit for kept in self._unanswered.values() for edit in kept if edit.tab.binding_id == binding_id]
        written: list[RowUpdate | RowInsert] = []
        for edit in edits:
            written += [*edit.updates, *edit.inserts]
        return [one.cells for one in written if one.row_key == row_key]

    def unanswered_in(self, binding_ids: Collection[str]) -> list[TabEdit]:
        """What unanswered writes into these tabs were based on, as far as this process remembers; oldest first."""
        with self._lock:
            return [edit for kept in self._unanswered.values() for edit in kept if edit.tab.binding_id in binding_ids]

    def keep_seen(self, binding_id: str, view: TabView) -> None:
        """How the tab looked when it was last read, while a write into it is not over."""
        with self._lock:
            self._seen[binding_id] = view

    def seen(self, binding_id: str) -> TabView | None:
        """How the tab looked then."""
        with self._lock:
            return self._seen.get(binding_id)

    def keep_told(self, edit: TabEdit, addresses: Collection[str]) -> None:
        """The history names these cells (A1 addresses) as hit by this write, which is not over."""
        with self._lock:
            told = self._told.get(edit.tab.binding_id, [])
            self._told[edit.tab.binding_id] = [*told, (edit, frozenset(addresses))]

    def told(self, edit: TabEdit) -> set[str]:
        """Which cells it names so."""
        with self._lock:
            found = self._told.get(edit.tab.binding_id, [])
        return {address for one, addresses in found if one is edit for address in addresses}

    def keep_blanked(self, intent_id: str, blanked: Blanked) -> None:
        """Headings are being blanked, and others may be hit."""
        with self._lock:
            self._blanked[intent_id] = blanked

    def blanked(self, intent_id: str) -> Blanked | None:
        """What a write was to blank, and what stood there."""
        with self._lock:
            return self._blanked.get(intent_id)

    def keep_said(self, binding_id: str, said: Said) -> None:
        """Notes are on their way to the tab's headings, and may fall upon others; earlier ones may be so still."""
        with self._lock:
            earlier = self._said.get(binding_id)
            notes = said.notes | earlier.notes if earlier is not None else said.notes
            self._said[binding_id] = Said(notes, said.before)

    def said(self, binding_id: str) -> Said | None:
        """What was sent to the tab's headings last."""
        with self._lock:
            return self._said.get(binding_id)

    def keep_hurt(self, spreadsheet_id: str, hurt: "Hurt") -> None:
        """What the file's last write did to people's cells, until it is put right."""
        with self._lock:
            self._hurt[spreadsheet_id] = hurt

    def hurt(self, spreadsheet_id: str) -> "Hurt | None":
        """What is still to be put right in the file."""
        with self._lock:
            return self._hurt.get(spreadsheet_id)

    def forget_hurt(self, spreadsheet_id: str) -> None:
        """It is on record by now what became of it."""
        with self._lock:
            self._hurt.pop(spreadsheet_id, None)

    def keep_refused(self, binding_id: str, wound: "Wound") -> None:
        """What Google did not let us put right in the tab, until it can be tried again."""
        with self._lock:
            self._refused[binding_id] = wound

    def refused(self, binding_ids: Collection[str]) -> "list[Wound]":
        """What is still to be put right in these tabs because it was refused."""
        with self._lock:
            return [self._refused[binding_id] for binding_id in binding_ids if binding_id in self._refused]

    def forget_refused(self, binding_ids: Collection[str]) -> None:
        """Somebody has taken it up."""
        with self._lock:
            for binding_id in binding_ids:
                self._refused.pop(binding_id, None)

    def unanswered(self, intent_id: str) -> list[TabEdit]:
        """What that write was based on; nothing when another process sent it, or this one forgot. Forgotten then."""
        with self._lock:
            return self._unanswered.pop(intent_id, [])
