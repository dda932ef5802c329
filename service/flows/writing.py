"""One verified write: spot read, edits, intent, one atomic batch, proof, settled images.

Called under the spreadsheet's lease; `epoch` is checked before the write is sent and is a condition of everything that
is settled. An intent is committed before the write and taken back only by a verified answer or by Google's own word
that nothing was applied; until then the rows it names are unknown and the ones it inserts are not inserted again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.core.cells import BLANK, Cell
from service.errors import Problem
from service.flows import Services, quota
from service.flows.due_rows import DueRow, TabWork
from service.google import batch, grid, tabs
from service.google.batch import RowInsert, RowUpdate, TabEdit
from service.google.grid import Json
from service.google.identities import Identity
from service.google.tabs import FileView, OwnedTab, TabView
from service.store import leases, rows, sheets
from service.store.records import FileRow, IntentRow
from service.store.rows import Settled
from service.store.session import Tx
from service.telemetry import FRESHNESS_SECONDS, ROWS_WRITTEN

#: Google works on a request for at most 180 s; after this long an unanswered write has happened or never will.
LATE_WRITE = timedelta(seconds=190)


@dataclass(slots=True)
class Tally:
    """What a pass did and what it cost."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    reads: int = 0
    writes: int = 0
    remarks: list[str] = field(default_factory=list)
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

    @property
    def budget_s(self) -> float:
        return max(self.until - time.monotonic(), 0.1)


class LeaseLostError(Exception):
    """Another pass has taken over: nothing more may be sent or settled by this one."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """One tab's edit and the rows behind it. `placed`: rows whose place was proved, nothing to send for some."""

    work: TabWork
    edit: TabEdit
    placed: Mapping[str, int]
    gone: tuple[DueRow, ...]  # rows a person deleted: not written again
    held: tuple[str, ...]  # rows that may still arrive by an unanswered write


def write(this: Pass, work: Sequence[TabWork]) -> None:
    """The work is done as far as the sheet allows: proved rows are settled, the rest stays dirty."""
    settle_unchanged(this, work)
    todo = [one for one in work if one.due]
    if not todo:
        return
    unanswered = _unanswered(this)
    quota.take(this.services, this.identity, read=1, write=1)
    view = _spot_read(this, todo)
    _note_zone(this, view)
    plans = [plan for one in todo if (plan := _plan(this, one, view, unanswered)) is not None]
    _settle_gone(this, plans)
    edits = [plan.edit for plan in plans if plan.edit.updates or plan.edit.inserts]
    if edits:
        _send(this, [plan for plan in plans if plan.edit in edits])
    _settle_right(this, plans)
    _settle_intents(this, unanswered)


def settle_unchanged(this: Pass, work: Sequence[TabWork]) -> None:
    """Rows that already show what they should are settled without asking Google."""
    same = [(one, row) for one in work for row in one.unchanged]
    if not same:
        return
    with this.services.store.write() as tx:
        _hold(this, tx)
        for one in work:
            rows.settle(tx, one.bound.row.id, [_settled(row, row.row.position) for row in one.unchanged])
    this.tally.unchanged += len(same)


# --- reading ---------------------------------------------------------------------------------------------------------


def _unanswered(this: Pass) -> list[IntentRow]:
    with this.services.store.read() as tx:
        return rows.intents_of(tx, this.file.spreadsheet_id)


def _spot_read(this: Pass, todo: Sequence[TabWork]) -> FileView:
    """Header, the rows to be touched and everything below the last known row, of every tab with work."""
    filters = []
    with this.services.store.read() as tx:
        for one in todo:
            last = rows.last_position(tx, one.bound.row.id)
            tail = max(one.tab.header_row + 1, last if last is not None else 0)
            touched = [row.row.position for row in one.due if row.row.position is not None]
            filters += tabs.spot_filters(one.tab, rows=touched, tail_from=tail)
    return _read(this, filters, [one.tab for one in todo])


def _read(this: Pass, filters: Sequence[Json], owned: Sequence[OwnedTab]) -> FileView:
    answer = this.services.google.get_by_filter(
        this.identity, this.file.spreadsheet_id, filters=filters, fields=tabs.TAB_FIELDS, budget_s=this.budget_s
    )
    this.tally.reads += 1
    return tabs.read_view(answer, owned)


def _note_zone(this: Pass, view: FileView) -> None:
    """A changed time zone relabels every instant: all rows of the file are dirty again."""
    if not view.time_zone or view.time_zone == this.file.time_zone:
        return
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        sheets.update_file(tx, this.file.spreadsheet_id, time_zone=view.time_zone)
        for row in sheets.bindings_in(tx, this.file.spreadsheet_id):
            rows.mark_all(tx, row.id, now)


def _plan(this: Pass, one: TabWork, view: FileView, unanswered: Sequence[IntentRow]) -> _Plan | None:
    """The edit of one tab, after finding its rows. None (and the binding paused) when the tab cannot be written."""
    tab_view = view.tabs.get(one.tab.sheet_id)
    if tab_view is None:
        pause_binding(this, one.bound.row.id, "tab-gone", one.bound.row.tab_title)
        return None
    if one.tab.key_column not in tab_view.columns:
        pause_binding(this, one.bound.row.id, "key-gone", one.tab.headers[one.tab.key_column])
        return None
    _note_columns(this, one, tab_view)
    inserting = {key for intent in unanswered for key in intent.body.get(one.bound.row.id, {}).get("inserted", ())}
    wanted = [row for row in one.due if not row.is_new or row.row.row_key in inserting]
    places = {row.row.row_key: row.row.position for row in wanted}
    is_moved = any(at is None or tab_view.key_at(at, one.tab) != key for key, at in places.items())
    if is_moved:
        places, tab_view = _find(this, one, tab_view, list(places))
    placed = {key: at for key, at in places.items() if at is not None}
    late = this.services.clock.now() - LATE_WRITE
    held = _held(one, unanswered, placed=placed, late=late)
    inserts = [row for row in one.due if _is_insert(row, placed, held)]
    gone = tuple(row for row in wanted if row.row.row_key not in placed and not row.is_new)
    edit = TabEdit(
        tab=one.tab,
        view=tab_view,
        foreign=one.foreign,
        updates=[up for row in wanted if (up := _update(one, tab_view, row, placed)) is not None],
        inserts=[RowInsert(row.row.row_key, _visible(row, tab_view), row.formats()) for row in inserts],
    )
    return _Plan(one, edit, placed, gone, held)


def _is_insert(row: DueRow, placed: Mapping[str, int], held: Sequence[str]) -> bool:
    return row.is_new and row.row.row_key not in placed and row.row.row_key not in held


def _held(
    one: TabWork, unanswered: Sequence[IntentRow], *, placed: Mapping[str, int], late: datetime
) -> tuple[str, ...]:
    """Rows an unanswered write may still insert: not inserted again before that is impossible."""
    young = [intent for intent in unanswered if intent.sent_at > late]
    keys = {key for intent in young for key in intent.body.get(one.bound.row.id, {}).get("inserted", ())}
    return tuple(sorted(keys - set(placed)))


def _visible(row: DueRow, view: TabView) -> dict[str, Cell]:
    return {key: cell for key, cell in row.cells.items() if key in view.columns}


def _update(one: TabWork, view: TabView, row: DueRow, placed: Mapping[str, int]) -> RowUpdate | None:
    """The cells of a row that differ from what the sheet shows now, in columns that are there and ours."""
    at = placed.get(row.row.row_key)
    if at is None:
        return None
    keys = [key for key in row.cells if key in view.columns and key != one.tab.key_column]
    cells = {key: row.cells[key] for key in keys if not grid.is_same(row.cells[key], view.cell(at, view.columns[key]))}
    return RowUpdate(row.row.row_key, at, cells) if cells else None


def _note_columns(this: Pass, one: TabWork, view: TabView) -> None:
    """A column somebody deleted is reported and not made again."""
    if view.missing:
        names = ", ".join(one.tab.headers[key] for key in view.missing)
        this.tally.remarks.append(f"deleted columns: {names}")


def _find(this: Pass, one: TabWork, view: TabView, keys: Sequence[str]) -> tuple[dict[str, int | None], TabView]:
    """A full key read: every row's place is on record, and the wanted rows are read again where they stand now."""
    column = view.columns[one.tab.key_column]
    quota.take(this.services, this.identity, read=2)
    answer = this.services.google.get_by_filter(
        this.identity,
        this.file.spreadsheet_id,
        filters=tabs.key_filters(one.tab, column),
        fields=tabs.KEY_FIELDS,
        budget_s=this.budget_s,
    )
    this.tally.reads += 1
    found = {key: places[0] for key, places in tabs.read_keys(answer, one.tab.sheet_id).items()}
    with this.services.store.write() as tx:
        _hold(this, tx)
        rows.place(tx, one.bound.row.id, found)
    last = max(found.values(), default=one.tab.header_row)
    places: dict[str, int | None] = {key: found.get(key) for key in keys}
    filters = tabs.spot_filters(
        one.tab, rows=[at for at in places.values() if at is not None], tail_from=max(last, one.tab.header_row + 1)
    )
    again = _read(this, filters, [one.tab]).tabs.get(one.tab.sheet_id)
    if again is None:
        return {}, view
    still = {key: at if at is not None and again.key_at(at, one.tab) == key else None for key, at in places.items()}
    return still, again


def pause_binding(this: Pass, binding_id: str, reason: str, text: str) -> None:
    """This tab is not written until somebody resumes it; the file's other tabs go on."""
    with this.services.store.write() as tx:
        sheets.update_binding(tx, binding_id, state="paused", reason=reason, reason_text=text)
    this.tally.remarks.append(f"paused: {reason}")


# --- writing ---------------------------------------------------------------------------------------------------------


def _send(this: Pass, plans: Sequence[_Plan]) -> None:
    body = batch.body_of([plan.edit for plan in plans])
    intent = _intend(this, plans)
    try:
        answer = this.services.google.batch_update(
            this.identity, this.file.spreadsheet_id, body=body, fields=batch.ANSWER_FIELDS, budget_s=this.budget_s
        )
    except Problem as problem:
        this.tally.writes += 1
        if not getattr(problem, "outcome_unknown", False):
            _take_back(this, intent, plans)
        raise
    this.tally.writes += 1
    after = tabs.read_view(answer.get("updatedSpreadsheet", {}), [plan.edit.tab for plan in plans])
    with this.services.store.write() as tx:
        _hold(this, tx)
        for plan in plans:
            _settle_plan(this, tx, plan, after.tabs.get(plan.edit.tab.sheet_id))
        rows.settle_intents(tx, [intent.id])
        sheets.update_file(tx, this.file.spreadsheet_id, flushed_at=this.services.clock.now(), tries=0)


def _intend(this: Pass, plans: Sequence[_Plan]) -> IntentRow:
    """What is about to be sent is on record and its rows are unknown, under a lease that still stands."""
    body = {
        plan.work.bound.row.id: {
            "inserted": [insert.row_key for insert in plan.edit.inserts],
            "updated": [update.row_key for update in plan.edit.updates],
        }
        for plan in plans
    }
    services = this.services
    intent = IntentRow(services.new_id(), this.file.spreadsheet_id, this.epoch, services.clock.now(), body)
    with services.store.write() as tx:
        _hold(this, tx)
        rows.add_intent(tx, intent)
        for plan in plans:
            rows.suspect(tx, plan.work.bound.row.id, [update.row_key for update in plan.edit.updates])
    return intent


def _take_back(this: Pass, intent: IntentRow, plans: Sequence[_Plan]) -> None:
    """Google said that nothing was applied: the intent is void and the rows show what they showed."""
    with this.services.store.write() as tx:
        rows.settle_intents(tx, [intent.id])
        for plan in plans:
            trusted = {row.row.row_key for row in plan.work.due if row.row.is_known}
            keys = [update.row_key for update in plan.edit.updates if update.row_key in trusted]
            rows.trust(tx, plan.work.bound.row.id, keys)


def _settle_plan(this: Pass, tx: Tx, plan: _Plan, after: TabView | None) -> None:
    verdict = batch.verify(plan.edit, after)
    due = {row.row.row_key: row for row in plan.work.due}
    proved = [_settled(due[key], at, view=plan.edit.view) for key, at in verdict.proved.items()]
    rows.settle(tx, plan.work.bound.row.id, proved)
    new = {insert.row_key for insert in plan.edit.inserts}
    this.tally.inserted += sum(1 for key in verdict.proved if key in new)
    this.tally.updated += sum(1 for key in verdict.proved if key not in new)
    _measure(this, [due[key] for key in verdict.proved])
    if verdict.missed:
        this.tally.raced = True
        rows.make_unknown(tx, plan.work.bound.row.id, {*verdict.missed, *verdict.hit}, this.services.clock.now())
        if verdict.strays:
            this.tally.remarks.append(f"written while the tab was being changed: {', '.join(verdict.strays[:20])}")


def _settle_right(this: Pass, plans: Sequence[_Plan]) -> None:
    """Placed rows that needed no write: the spot read itself proved them."""
    with this.services.store.write() as tx:
        for plan in plans:
            written = {update.row_key for update in plan.edit.updates}
            right = [
                _settled(row, plan.placed[row.row.row_key], view=plan.edit.view)
                for row in plan.work.due
                if row.row.row_key in plan.placed and row.row.row_key not in written
            ]
            if right:
                _hold(this, tx)
                rows.settle(tx, plan.work.bound.row.id, right)
                this.tally.unchanged += len(right)


def _settle_gone(this: Pass, plans: Sequence[_Plan]) -> None:
    """Rows a person deleted are not written again: the sheet is theirs. Believed after two reads a minute apart."""
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        for plan in plans:
            sure = [row for row in plan.gone if row.row.absent_at is not None]
            fresh = [row.row.row_key for row in plan.gone if row.row.absent_at is None]
            if plan.gone:
                _hold(this, tx)
            rows.settle(tx, plan.work.bound.row.id, [_settled(row, rows.DELETED) for row in sure])
            rows.note_absent(tx, plan.work.bound.row.id, fresh, now)
            if sure:
                this.tally.remarks.append(f"rows deleted by hand: {len(sure)}")


def _settle_intents(this: Pass, unanswered: Sequence[IntentRow]) -> None:
    """An old unanswered write is over once nothing it inserted can still arrive."""
    late = this.services.clock.now() - LATE_WRITE
    over = [intent.id for intent in unanswered if intent.sent_at <= late or not _inserts(intent)]
    if over:
        with this.services.store.write() as tx:
            rows.settle_intents(tx, over)


def _inserts(intent: IntentRow) -> bool:
    return any(part.get("inserted") for part in intent.body.values())


def _settled(row: DueRow, position: int | None, *, view: TabView | None = None) -> Settled:
    """What the row shows now. Columns that are not in the tab are not part of the image."""
    keys = row.cells if view is None else [key for key in row.cells if key in view.columns]
    image = {key: row.cells.get(key, BLANK).to_json() for key in keys}
    return Settled(row.row.row_key, row.row.version, image, position)


def _measure(this: Pass, proved: Sequence[DueRow]) -> None:
    now = this.services.clock.now()
    for row in proved:
        ROWS_WRITTEN.labels("inserted" if row.is_new else "updated").inc()
        if row.row.dirty_at is not None and not row.row.is_fill:
            FRESHNESS_SECONDS.observe((now - row.row.dirty_at).total_seconds())


def _hold(this: Pass, tx: Tx) -> None:
    if not leases.holds_lease(tx, this.file.spreadsheet_id, epoch=this.epoch):
        raise LeaseLostError
