"""One verified write: spot read, edits, intent, one atomic batch, proof, settled images.

Called under the spreadsheet's lease; `epoch` is checked before the write is sent and is a condition of everything that
is settled. An intent is committed before the write and taken back only by a verified answer or by Google's own word
that nothing was applied; until then the rows it names are unknown and the ones it inserts are not inserted again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.core.cells import Cell, Form
from service.errors import Problem
from service.flows import absence, finding, images, quota, reading, share
from service.flows.due_rows import DueRow, TabWork, is_backfill
from service.flows.passes import LEAKING, ChangedError, Pass, hold, pause_binding
from service.google import batch, grid, tabs
from service.google.batch import RowInsert, RowUpdate, TabEdit
from service.google.problems import CellProtected, FileFull, RequestRefused
from service.google.tabs import FileView, TabView
from service.store import people, rows, sheets
from service.store.records import IntentRow
from service.store.rows import LATE_WRITE, Settled
from service.store.session import Tx
from service.telemetry import FRESHNESS_SECONDS, ROWS_WRITTEN


@dataclass(frozen=True, slots=True)
class _Plan:
    """One tab's edit and the rows behind it. `placed`: rows whose place was proved, nothing to send for some."""

    work: TabWork
    edit: TabEdit
    placed: Mapping[str, int]
    gone: tuple[DueRow, ...]  # rows a person deleted: not written again
    held: tuple[DueRow, ...]  # rows that may still arrive by an unanswered write


def write(this: Pass, work: Sequence[TabWork]) -> None:
    """The work is done as far as the sheet allows: proved rows are settled, the rest stays dirty."""
    settle_unchanged(this, work)
    todo = [one for one in work if one.due]
    if not todo:
        return
    take = quota.take_idle if is_backfill(todo) else quota.take
    take(this.services, this.identity, read=1, write=1)
    view = reading.spot_read(this, todo)
    reading.note_zone(this, view)
    plans = [plan for one in todo if (plan := _plan(this, one, view)) is not None]
    for plan in plans:
        absence.settle_gone(this, plan.work.bound.row.id, plan.gone)
        absence.rest(this, plan.work.bound.row.id, plan.held)
    edits = [plan.edit for plan in plans if plan.edit.updates or plan.edit.inserts]
    if edits and not this.may_write():
        this.tally.remarks.append(LEAKING)
        return
    if edits:
        _send(this, [plan for plan in plans if plan.edit in edits])
    _settle_right(this, plans)


def settle_unchanged(this: Pass, work: Sequence[TabWork]) -> None:
    """Rows that already show what they should are settled without asking Google."""
    same = [(one, row) for one in work for row in one.unchanged]
    if not same:
        return
    with this.services.store.write() as tx:
        hold(this, tx)
        for one in work:
            rows.settle(tx, one.bound.row.id, [_settled(this, row, row.row.position) for row in one.unchanged])
    this.tally.unchanged += len(same)


# --- planning --------------------------------------------------------------------------------------------------------


def _plan(this: Pass, one: TabWork, view: FileView) -> _Plan | None:
    """The edit of one tab, after finding its rows. None (and the binding paused) when the tab cannot be written."""
    tab_view = view.tabs.get(one.tab.sheet_id)
    if tab_view is None:
        pause_binding(this, one.bound.row.id, "tab-gone", one.bound.row.tab_title)
        return None
    strange = finding.strange_columns(this, one, tab_view)
    tab_view = tab_view.without(strange)
    if one.tab.key_column not in tab_view.columns:
        pause_binding(this, one.bound.row.id, "key-gone", one.tab.headers[one.tab.key_column])
        return None
    finding.note_columns(this, one, tab_view)
    wanted = [row for row in one.due if row.may_stand]
    places = {row.row.row_key: row.row.position for row in wanted}
    is_moved = any(at is None or tab_view.key_at(at, one.tab) != key for key, at in places.items())
    if is_moved:
        places, found_view = finding.find(this, one, tab_view, list(places))
        tab_view = found_view.without(strange)
    placed = {key: at for key, at in places.items() if at is not None}
    missing = [row for row in wanted if row.row.row_key in places and row.row.row_key not in placed]
    held = tuple(row for row in missing if row.is_new and not _is_late(this, row))
    fresh = [row for row in one.due if not row.may_stand]
    inserts = [*fresh, *(row for row in missing if row.is_new and _is_late(this, row))]
    gone = tuple(row for row in missing if not row.is_new)
    edit = TabEdit(
        tab=one.tab,
        view=tab_view,
        foreign=one.foreign,
        updates=[up for row in wanted if (up := _update(one, tab_view, row, placed)) is not None],
        inserts=[RowInsert(row.row.row_key, _fitting(row, tab_view), row.formats(view.locale)) for row in inserts],
    )
    return _Plan(one, edit, placed, gone, held)


def _is_late(this: Pass, row: DueRow) -> bool:
    """Whether the unanswered insert of this row can no longer arrive."""
    return row.row.sent_at is None or row.row.sent_at <= this.services.clock.now() - LATE_WRITE


def _fitting(row: DueRow, view: TabView) -> dict[str, Cell]:
    """The row's cells for the columns that are there."""
    return {key: grid.pin(cell, row.cells, view.columns) for key, cell in row.cells.items() if key in view.columns}


def _update(one: TabWork, view: TabView, row: DueRow, placed: Mapping[str, int]) -> RowUpdate | None:
    """The cells of a row that differ from what the sheet shows now, in columns that are there and ours."""
    at = placed.get(row.row.row_key)
    if at is None:
        return None
    before = row.before or {}
    cells = {
        key: cell
        for key, cell in _fitting(row, view).items()
        if key != one.tab.key_column and not _shows(cell, view, row=at, key=key, is_written=before.get(key) == cell)
    }
    return RowUpdate(row.row.row_key, at, cells) if cells else None


def _shows(cell: Cell, view: TabView, *, row: int, key: str, is_written: bool) -> bool:
    """Whether the sheet shows the cell. A formula that was not written as it is now has to read the same."""
    found = view.cell(row, view.columns[key])
    if cell.form is not Form.FORMULA or is_written or not grid.is_same(cell, found):
        return grid.is_same(cell, found)
    return grid.is_formula_text(cell, found, batch.references_in(view, row))


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
        bad = _bad_plan(problem, plans)
        if bad is None:
            raise
        _send_others(this, bad, plans, problem)
        return
    this.tally.writes += 1
    after = tabs.read_view(answer.get("updatedSpreadsheet", {}), [plan.edit.tab for plan in plans])
    with this.services.store.write() as tx:
        hold(this, tx)
        for plan in plans:
            _settle_plan(this, tx, plan, after.tabs.get(plan.edit.tab.sheet_id))
        rows.settle_intents(tx, [intent.id])
        sheets.update_file(tx, this.file.spreadsheet_id, flushed_at=this.services.clock.now(), tries=0)


def _bad_plan(problem: Problem, plans: Sequence[_Plan]) -> _Plan | None:
    """The plan that Google's refusal names. A refusal that concerns the whole file names none."""
    if not isinstance(problem, RequestRefused) or isinstance(problem, FileFull) or problem.index is None:
        return None
    edit = batch.owner_of([plan.edit for plan in plans], problem.index)
    return next((plan for plan in plans if plan.edit is edit), None)


def _send_others(this: Pass, bad: _Plan, plans: Sequence[_Plan], problem: Problem) -> None:
    """One bad binding never blocks the file: it is paused, and what the others want is sent without it."""
    reason = "protected" if isinstance(problem, CellProtected) else "refused"
    pause_binding(this, bad.work.bound.row.id, reason, problem.sentence)
    others = [plan for plan in plans if plan is not bad]
    if others:
        quota.take(this.services, this.identity, write=1)
        _send(this, others)


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
        hold(this, tx)
        _check_still_wanted(this, tx, plans)
        rows.add_intent(tx, intent)
        for plan in plans:
            rows.suspect(tx, plan.work.bound.row.id, [update.row_key for update in plan.edit.updates])
            inserted = [insert.row_key for insert in plan.edit.inserts]
            rows.note_sent(tx, plan.work.bound.row.id, inserted, intent.sent_at)
    return intent


def _check_still_wanted(this: Pass, tx: Tx, plans: Sequence[_Plan]) -> None:
    """Nobody paused the file or a tab, or took a right from its audience, while this pass was reading."""
    file = sheets.file_unscoped(tx, this.file.spreadsheet_id)
    live = {row.id for row in sheets.bindings_in(tx, this.file.spreadsheet_id) if row.state == "live"}
    if file is None or file.state != "live" or any(plan.work.bound.row.id not in live for plan in plans):
        raise ChangedError
    audience = share.audience_of(people.account(tx, file.account_id), file)
    if any(plan.work.audience != audience for plan in plans):
        raise ChangedError


def _take_back(this: Pass, intent: IntentRow, plans: Sequence[_Plan]) -> None:
    """Google said that nothing was applied: the intent is void and the rows show what they showed."""
    with this.services.store.write() as tx:
        rows.settle_intents(tx, [intent.id])
        for plan in plans:
            trusted = {row.row.row_key for row in plan.work.due if row.row.is_known}
            keys = [update.row_key for update in plan.edit.updates if update.row_key in trusted]
            rows.trust(tx, plan.work.bound.row.id, keys)
            rows.note_sent(tx, plan.work.bound.row.id, [insert.row_key for insert in plan.edit.inserts], None)


def _settle_plan(this: Pass, tx: Tx, plan: _Plan, after: TabView | None) -> None:
    verdict = batch.verify(plan.edit, after)
    due = {row.row.row_key: row for row in plan.work.due}
    proved = [_settled(this, due[key], at, view=plan.edit.view) for key, at in verdict.proved.items()]
    rows.settle(tx, plan.work.bound.row.id, proved)
    new = {insert.row_key for insert in plan.edit.inserts}
    this.tally.inserted += sum(1 for key in verdict.proved if key in new)
    this.tally.updated += sum(1 for key in verdict.proved if key not in new)
    _measure(this, [due[key] for key in verdict.proved])
    if verdict.missed:
        this.tally.raced = True
        now = this.services.clock.now()
        rows.make_unknown(tx, plan.work.bound.row.id, {*verdict.missed, *verdict.hit}, now)
        # answered, so nothing can arrive later; but somewhere in the tab it may stand, and is looked for first
        rows.note_sent(tx, plan.work.bound.row.id, new.intersection(verdict.missed), now - LATE_WRITE)
        if verdict.strays:
            this.tally.remarks.append(f"written while the tab was being changed: {', '.join(verdict.strays[:20])}")


def _settle_right(this: Pass, plans: Sequence[_Plan]) -> None:
    """Placed rows that needed no write: the spot read itself proved them."""
    with this.services.store.write() as tx:
        for plan in plans:
            written = {update.row_key for update in plan.edit.updates}
            right = [
                _settled(this, row, plan.placed[row.row.row_key], view=plan.edit.view)
                for row in plan.work.due
                if row.row.row_key in plan.placed and row.row.row_key not in written
            ]
            if right:
                hold(this, tx)
                rows.settle(tx, plan.work.bound.row.id, right)
                this.tally.unchanged += len(right)


def close_intents(this: Pass) -> None:
    """Unanswered writes that can no longer arrive are over; the rows they changed are read and compared once more."""
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        late = rows.late_intents(tx, this.file.spreadsheet_id, now)
        if late:
            hold(this, tx)
        for intent in late:
            for binding_id, part in intent.body.items():
                rows.make_unknown(tx, binding_id, part["updated"], now)
        rows.settle_intents(tx, [intent.id for intent in late])


def _settled(this: Pass, row: DueRow, position: int | None, *, view: TabView | None = None) -> Settled:
    """What the row shows now. Columns that are not in the tab are not part of the image."""
    shown = {key: cell for key, cell in row.cells.items() if view is None or key in view.columns}
    return Settled(row.row.row_key, row.row.version, images.keep(this.services.store.sealer, shown), position)


def _measure(this: Pass, proved: Sequence[DueRow]) -> None:
    now = this.services.clock.now()
    for row in proved:
        ROWS_WRITTEN.labels("inserted" if row.is_new else "updated").inc()
        if row.row.dirty_at is not None and not row.row.is_fill:
            FRESHNESS_SECONDS.observe((now - row.row.dirty_at).total_seconds())
