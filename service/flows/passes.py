"""One pass over a spreadsheet: its fixed facts, what it did, and what ends it early. No calls to Google here."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from service.flows import Services
from service.google.identities import Identity
from service.store import flushes, leases, sheets
from service.store.records import FileRow, FlushRow
from service.store.session import Tx

#: What the history says of a pass that found a reader too many.
LEAKING = "paused: somebody can open the file who may not see it"
CELLS_NAMED = 1000  # addresses that one line of the history keeps
CUT_OFF = "the pass was cut off"


@dataclass(slots=True)
class Tally:
    """What a pass did and what it cost."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    healed: int = 0  # rows put right that somebody's hands, or a race with them, had hurt
    removed: int = 0  # rows found deleted by a person; of a roll-off, rows that left their tab
    reads: int = 0
    writes: int = 0
    remarks: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)  # addresses of people's cells we may have written over
    raced: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """The fixed facts of one pass."""

    services: Services
    file: FileRow
    identity: Identity
    epoch: int
    until: float  # monotonic: no call may outlive it
    tally: Tally
    line_id: str  # of its line in the sync history
    kind: str = "flush"  # what the history calls it
    #: Asked right before the cells are sent: whether everybody who can open the file may see it. May wait for Drive.
    may_write: Callable[[], bool] = lambda: True
    #: Entered while Google works on the cells that were sent.
    beside: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def budget_s(self) -> float:
        return max(self.until - time.monotonic(), 0.1)


class LeaseLostError(Exception):
    """Another pass has taken over: nothing more may be sent or settled by this one."""


class ChangedError(Exception):
    """A person paused, stopped or narrowed what this pass is about to write: nothing was sent."""


def hold(this: Pass, tx: Tx) -> None:
    """The lease stands until this transaction ends. LeaseLostError when another epoch has begun."""
    if not leases.holds_lease(tx, this.file.spreadsheet_id, epoch=this.epoch):
        raise LeaseLostError


def name_cells(this: Pass, tx: Tx, cells: Sequence[str]) -> None:
    """People's cells that we wrote over are in the history with this transaction, even if the pass gets no further.

    What the pass came to is put into the same line at its end.
    """
    if not cells:
        return
    this.tally.cells += cells
    now, tally = this.services.clock.now(), this.tally
    row = FlushRow(
        at=now, inserted=tally.inserted, updated=tally.updated, unchanged=tally.unchanged, reads=tally.reads,
        writes=tally.writes, ms=0, outcome="unknown", reason=CUT_OFF, kind=this.kind, healed=tally.healed,
        removed=tally.removed, cells=tally.cells[:CELLS_NAMED],
    )  # fmt: skip
    flushes.put(tx, this.line_id, this.file.spreadsheet_id, row)


def pause_binding(this: Pass, binding_id: str, reason: str, text: str) -> None:
    """This tab is not written until somebody resumes it; the file's other tabs go on."""
    with this.services.store.write() as tx:
        sheets.update_binding(tx, binding_id, state="paused", reason=reason, reason_text=text)
    this.tally.remarks.append(f"paused: {reason}")
