"""Audits: owned cells are read in chunks and compared with what we wrote. No key tells of a cell that was typed over.

What differs is only marked here; the next flush writes it. Audits live on what the quota has left, one chunk to a turn,
so that no live change waits for one.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from service.core.cells import Cell
from service.errors import Problem
from service.flows import (
    Services,
    absence,
    corrections,
    damaged_keys,
    finding,
    images,
    marking,
    quota,
    reading,
    refused,
    share,
    turns,
    typed_over,
    writers,
)
from service.flows.due_rows import TabWork
from service.flows.passes import ChangedError, Pass, hold, name_cells, pause_binding
from service.flows.quota import NoSlotError
from service.google import grid
from service.google.identities import Identity
from service.google.problems import FileFull, RequestRefused
from service.google.tabs import TabView
from service.store import audits as audit_store
from service.store import intents, people, places, reports, rows, sheets
from service.store.records import BindingRow, FileRow, SheetRow
from service.store.reports import Kind
from service.store.rows import DELETED
from service.telemetry import log

ROWS_PER_CHUNK = 1000
RUN_BUDGET_S = 60.0
TURN_BUDGET_S = 20.0
BUSY_S = 1.0
LOOK_EVERY = timedelta(minutes=15)  # Drive is asked whether somebody edited the file
EVERY = timedelta(days=1)  # a tab that nobody edited is compared all the same
#: While our own edit is the last one, Drive hides whether people edited before it: such a tab is compared this often.
IN_DOUBT_EVERY = timedelta(hours=1)
NOT_FOUND_AGAIN = timedelta(minutes=15)
CLOCKS_APART = timedelta(seconds=10)  # Google's clock and ours, and the time that a write takes
SURPRISED_AGAIN = timedelta(minutes=1)  # rows came or went while chunks were read


def run(services: Services, spreadsheet_id: str, *, rows_per_chunk: int = ROWS_PER_CHUNK) -> float | None:
    """As much of the file's audits as one run and the quota allow. Seconds until it can go on; None = nothing is due.

    Problems are the caller's, as those of a flush are.
    """
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    writer = writers.writer_of(services, file) if file else None
    if file is None or file.state != "live" or writer is None:
        return None
    _look_for_edits(services, file, writer)
    until = time.monotonic() + RUN_BUDGET_S
    while time.monotonic() < until:
        with services.store.read() as tx:
            due = audit_store.due(tx, spreadsheet_id, services.clock.now(), waiting=absence.ROWS_MISSING)
        if not due:
            return None
        step = partial(_step, binding_id=due[0].id, rows_per_chunk=rows_per_chunk)
        try:
            done = turns.take(services, file, writer, work=step, budget_s=TURN_BUDGET_S, kind="audit")
        except NoSlotError as full:
            return full.wait_s
        if done is None or not done.reads:  # somebody else has it, or it was paused meanwhile
            return BUSY_S
    return BUSY_S


def _look_for_edits(services: Services, file: FileRow, writer: Identity) -> None:
    """Tabs of a file that somebody edited since the last look are due; new ones have their first date."""
    now = services.clock.now()
    with services.store.write() as tx:
        audit_store.begin_schedule(tx, file.spreadsheet_id, now + LOOK_EVERY)
    if file.looked_at is not None and now - file.looked_at < LOOK_EVERY:
        return
    try:
        last = services.google.drive.last_edit(writer, file.spreadsheet_id, budget_s=TURN_BUDGET_S)
    except Problem as problem:  # the tab is compared once a day without this
        log().info("audit.look", spreadsheet_id=file.spreadsheet_id, problem=type(problem).__name__)
        last = None
    with services.store.write() as tx:
        sheets.update_file(tx, file.spreadsheet_id, looked_at=now)
        bound = sheets.bindings_in(tx, file.spreadsheet_id)
        if last is None or last.at is None:
            return
        is_hand = _is_a_hand(file, last.at, is_mine=last.is_mine)
        if is_hand and not _is_known(file, last.at):
            sheets.update_file(tx, file.spreadsheet_id, edited_at=last.at)
            audit_store.hasten(tx, [row.id for row in bound], now)
        elif not is_hand and _is_new(file, last.at):
            for row in bound:  # now or in its time: the next look no longer knows of this doubt
                due_at = (row.audited_at or row.created_at) + IN_DOUBT_EVERY
                audit_store.hasten(tx, [row.id], max(due_at, now))


def _is_a_hand(file: FileRow, at: datetime, *, is_mine: bool) -> bool:
    """Whether a person made the edit. Where we write as one of them, Google cannot tell: what came well after our last
    write was theirs.
    """
    if not is_mine:
        return True
    return file.consent_id is not None and (file.flushed_at is None or at > file.flushed_at + CLOCKS_APART)


def _is_known(file: FileRow, at: datetime) -> bool:
    """Whether the tabs were compared for this edit."""
    if file.looked_at is not None and _is_new(file, at):
        return False
    return at <= (file.edited_at or file.created_at)


def _is_new(file: FileRow, at: datetime) -> bool:
    """Whether the edit came after our last look, or about then. Of our own it is Drive's word: nobody put down when a
    write came that was not answered.
    """
    return file.looked_at is None or at >= file.looked_at - CLOCKS_APART


def _step(this: Pass, *, binding_id: str, rows_per_chunk: int) -> None:
    """One chunk of one tab, or the beginning of its audit."""
    with this.services.store.read() as tx:
        row = sheets.binding_unscoped(tx, binding_id)
        account = people.account(tx, this.file.account_id)
        file = sheets.file_unscoped(tx, this.file.spreadsheet_id)
    if row is None or file is None or file.state != "live" or row.state not in {"live", "paused"}:
        return
    one = finding.open_tab(this.services, row, share.audience_of(account, file))
    hurt = _hurt_by_us(this, binding_id)
    if hurt is not None and hurt.position is not None and row.state == "live":
        _heal(this, one, hurt.row_key, hurt.position)
    elif row.audit_row is None or row.state == "paused":
        _begin(this, one)
    else:
        _compare_chunk(this, one, row.audit_row, rows_per_chunk=rows_per_chunk)


def _heal(this: Pass, one: TabWork, row_key: str, at: int) -> None:
    """The key stands in its cell again, or somebody is asked about it; a tab that refuses it rests."""
    try:
        is_healed = corrections.write_key(this, one, at=at, row_key=row_key, is_it=damaged_keys.resembles)
    except RequestRefused as problem:
        if isinstance(problem, FileFull):
            raise
        refused.pause(this, one.bound.row.id, problem)
        return
    if not is_healed:
        with this.services.store.write() as tx:
            rows.trust(tx, one.bound.row.id, [row_key])  # not ours to mend by ourselves


def _hurt_by_us(this: Pass, binding_id: str) -> SheetRow | None:
    """A row whose key is damaged, maybe by a write of ours that was never answered. One whose key such a write may put
    back still waits for that.
    """
    with this.services.store.read() as tx:
        damaged = rows.known(tx, binding_id, reports.open_subjects(tx, binding_id, Kind.KEY_DAMAGED))
        parts = intents.open_parts(tx, this.file.spreadsheet_id, binding_id)
    coming = {row_key for part in parts for row_key in part.get("rekeyed", ())}
    hurt = (row for key, row in damaged.items() if key not in coming)
    return next((row for row in hurt if not row.is_known and row.position is not None), None)


def _begin(this: Pass, one: TabWork) -> None:
    """Every key is read: rows have their places, and those that stand nowhere are judged. Then chunks may follow."""
    quota.take_idle(this.services, this.identity, read=2)
    view = finding.read_header(this, one.tab)
    if view is None or one.tab.key_column not in view.columns:
        _give_up(this, one, view)
        return
    proof = finding.prove(this, one, view)
    strange = proof.strange
    view = view.without(strange) if strange else view
    if one.tab.key_column not in view.columns:
        _give_up(this, one, view)
        return
    finding.note_columns(this, one, view, strange)
    try:
        absence.census(this, one, view, reading.read_keys(this, one.tab, view))
    except ChangedError:
        _postpone(this, one.bound.row)
        raise
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        hold(this, tx)
        missed = places.missing(tx, one.bound.row.id)
        next_at = now + (rows.ABSENCE_AGAIN if missed else EVERY)
        audit_store.begin(tx, one.bound.row.id, row=one.tab.header_row + 1, next_at=next_at)
        if one.bound.row.state == "paused":  # the missing rows are back
            sheets.update_binding(tx, one.bound.row.id, state="live", reason="", reason_text="")
            this.services.wake.sheet(tx, this.file.spreadsheet_id)
    if proof.proved:
        marking.put_back(this, one, proof)


def _give_up(this: Pass, one: TabWork, view: TabView | None) -> None:
    """The tab or its key column is not there: it is paused for that, and asked for again later."""
    _postpone(this, one.bound.row)
    if one.bound.row.state != "live":
        return
    if view is None:
        pause_binding(this, one.bound.row.id, "tab-gone", one.bound.row.tab_title)
    else:
        pause_binding(this, one.bound.row.id, "key-gone", one.tab.headers[one.tab.key_column])


def _postpone(this: Pass, row: BindingRow) -> None:
    with this.services.store.write() as tx:
        sheets.update_binding(tx, row.id, audit_row=None, audit_due_at=this.services.clock.now() + NOT_FOUND_AGAIN)


# --- comparing -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Findings:
    """`wrong`: rows that do not show what they should. `typed`: what people put into them and the next flush replaces,
    by A1 address. `written`: column key and cell of all that we wrote into the rows. `moved`: rows that stand elsewhere
    than noted. `has_surprise`: a row came, went or was copied since the keys were read. `sent`: tells whether an
    unsettled write sent such a cell; `parts`: what these writes do. A text in a row to which they were sent is named
    by the flush that replaces it, or when they are over.
    """

    sent: Callable[[Cell], bool]
    parts: Sequence[Mapping[str, Any]] = ()

    wrong: list[str] = field(default_factory=list)
    typed: dict[str, tuple[str, Cell]] = field(default_factory=dict)
    written: set[tuple[str, Cell]] = field(default_factory=set)
    moved: dict[str, int] = field(default_factory=dict)
    has_surprise: bool = False

    @property
    def named(self) -> list[str]:
        """Addresses for the history: a value of ours that a sort of some columns carried into another row is no text of
        anybody's, and neither is one that a late write of ours put where columns had moved.
        """
        return [at for at, shown in self.typed.items() if shown not in self.written and not self.sent(shown[1])]


def _compare_chunk(this: Pass, one: TabWork, start: int, *, rows_per_chunk: int) -> None:
    """The rows from `start` on were compared, as many as one chunk holds; the next chunk follows them."""
    binding_id = one.bound.row.id
    with this.services.store.read() as tx:
        last = places.last(tx, binding_id)
    if last is None or start > last:
        _finish(this, binding_id)
        return
    end = min(start + rows_per_chunk, last + 1)
    quota.take_idle(this.services, this.identity, read=1)
    view = finding.read_header(this, one.tab, rows_too=range(start, end))
    if view is None or one.tab.key_column not in view.columns:
        _give_up(this, one, view)
        return
    found = _compare(this, one, view, range(start, end))
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        hold(this, tx)
        rows.make_unknown(tx, binding_id, found.wrong, now)
        places.move(tx, binding_id, found.moved)
        audit_store.go_on(tx, binding_id, row=end)
        if found.has_surprise:
            audit_store.hasten(tx, [binding_id], now + SURPRISED_AGAIN)
        this.tally.healed += len(set(found.wrong))
        name_cells(this, tx, [f"{view.title}!{address}" for address in found.named])
        if found.wrong:
            this.services.wake.sheet(tx, this.file.spreadsheet_id)
    if end > last:
        _finish(this, binding_id)


def _finish(this: Pass, binding_id: str) -> None:
    with this.services.store.write() as tx:
        hold(this, tx)
        audit_store.finish(tx, binding_id, this.services.clock.now())
        this.tally.unchanged = max(places.standing(tx, binding_id) - this.tally.healed, 0)


def _compare(this: Pass, one: TabWork, view: TabView, area: range) -> _Findings:
    standing: dict[str, list[int]] = {}
    for at in area:
        if key := view.key_at(at, one.tab):
            standing.setdefault(key, []).append(at)
    with this.services.store.read() as tx:
        known = rows.known(tx, one.bound.row.id, standing)
        noted = places.between(tx, one.bound.row.id, area.start, area.stop - 1)
        parts = intents.open_parts(tx, this.file.spreadsheet_id, one.bound.row.id)
    sealer, sent = this.services.store.sealer, typed_over.prints_of(parts)
    is_sent, has_surprise = (lambda cell: images.print_of(sealer, cell) in sent), bool(noted - standing.keys())
    found = _Findings(is_sent, parts, has_surprise=has_surprise)
    for key, row in known.items():
        _compare_row(this, one, view, row, standing[key], found=found)
    return found


def _compare_row(
    this: Pass, one: TabWork, view: TabView, row: SheetRow, standing: Sequence[int], *, found: _Findings
) -> None:
    expected = {row.position, *(row.copies or ())}
    if row.position in {None, DELETED} or (len(standing) > 1 and not expected.issuperset(standing)):
        found.has_surprise = True
    elif expected.isdisjoint(standing):
        found.moved[row.row_key] = standing[0]
    is_settled = row.is_known and row.version == row.settled and row.image is not None
    if not is_settled:
        return
    for at in standing:
        ours, kept = _cells(this, one, view, row, at)
        found.written.update(kept.items())
        if not all(_is_kept(kept, key, cell, view) for key, cell in ours.items()):
            found.wrong.append(row.row_key)
            is_told = typed_over.sent_to(row.row_key, found.parts) is not None
            typed = [] if is_told else typed_over.keys(found=ours, kept=kept)
            found.typed |= {grid.a1_cell(at, view.columns[key]): (key, ours[key]) for key in typed}


def _cells(
    this: Pass, one: TabWork, view: TabView, row: SheetRow, at: int
) -> tuple[Mapping[str, Cell], Mapping[str, Cell]]:
    """The row's owned cells, and what its image says of them. Columns that only their header claims are left out."""
    ours = {key: view.cell(at, column) for key, column in view.columns.items() if key not in view.proposed}
    ours.pop(one.tab.key_column, None)
    return ours, images.recall(this.services.store.sealer, row.image or {}, ours)


def _is_kept(kept: Mapping[str, Cell], key: str, found: Cell, view: TabView) -> bool:
    return key in kept and grid.is_same(grid.pin(kept[key], kept, view.columns), found)
