"""One verified write: spot read, edits, one atomic batch, proof, settled images; then what a race with people's hands
did to other rows is put right.

Called under the spreadsheet's lease; `epoch` is a condition of everything that is settled.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from service.errors import Problem
from service.flows import (
    absence,
    damaged_keys,
    images,
    landings,
    mending,
    overwritten,
    planning,
    quota,
    reading,
    resting,
    share,
    spared,
)
from service.flows.due_rows import DueRow, TabWork, is_backfill
from service.flows.memory import Answer
from service.flows.mending import Hurt, Wound, settled_row
from service.flows.passes import LEAKING, ChangedError, Pass, hold, name_cells, pause_binding
from service.flows.planning import Plan
from service.flows.sending import Part, Sent, note_missed_inserts, send
from service.flows.typed_over import Typed
from service.google import batch, damage, grid, tabs
from service.google.batch import Verdict
from service.google.damage import NO_DAMAGE, Damage
from service.google.problems import CellProtected, FileFull, RequestRefused
from service.google.tabs import FileView, TabView
from service.store import audits, intents, people, rows, sheets
from service.store.rows import Settled
from service.store.session import Tx
from service.telemetry import FRESHNESS_SECONDS, ROWS_WRITTEN

MOST_PRINTED = 1000  # cells of one write whose fingerprints are kept until it is settled


def write(this: Pass, work: Sequence[TabWork]) -> None:
    """The work is done as far as the sheet allows: proved rows are settled, the rest stays dirty."""
    settle_unchanged(this, work)
    todo = [one for one in work if one.due]
    if not todo:
        return
    view = _look(this, todo)
    overwritten.name(this, view.tabs, [one.tab for one in todo])
    if landings.mend(this, view.tabs, [one.bound.row.id for one in todo]):
        quota.take(this.services, this.identity, read=1)
        view = reading.spot_read(this, todo)
    reading.note_zone(this, view)
    plans = [plan for one in todo if (plan := planning.plan_tab(this, one, view)) is not None]
    for plan in plans:
        absence.rest(this, plan.binding_id, plan.held)
    _settle_right(this, plans)
    wanted = [plan for plan in plans if plan.edit.updates or plan.edit.inserts]
    if wanted and not this.may_write():
        this.tally.remarks.append(LEAKING)
    elif wanted:
        edits = batch.within([plan.edit for plan in wanted], this.services.settings.write_bytes)
        _send(this, [replace(plan, edit=edit) for plan, edit in zip(wanted, edits, strict=True)])


def _look(this: Pass, todo: Sequence[TabWork]) -> FileView:
    """The tabs as a spot read shows them, or as the last write's own answer did a moment ago."""
    take = quota.take_idle if is_backfill(todo) else quota.take
    known = reading.recall(this, todo)
    take(this.services, this.identity, read=0 if known is not None else 1, write=1)
    this.services.memory.forget_answer(this.file.spreadsheet_id)
    return known if known is not None else reading.spot_read(this, todo)


def settle_unchanged(this: Pass, work: Sequence[TabWork]) -> None:
    """Rows that already show what they should are settled without asking Google."""
    same = [(one, row) for one in work for row in one.unchanged]
    if not same:
        return
    with this.services.store.write() as tx:
        hold(this, tx)
        for one in work:
            found = [settled_row(this, row, row.row.position) for row in one.unchanged]
            rows.settle(tx, one.bound.row.id, found)
    this.tally.unchanged += len(same)


def _settle_right(this: Pass, plans: Sequence[Plan]) -> None:
    """Placed rows that need no write: the spot read itself proved them."""
    with this.services.store.write() as tx:
        for plan in plans:
            written = set(plan.updated)
            right = [
                settled_row(this, row, plan.placed[row.row.row_key], view=plan.edit.view)
                for row in plan.work.due
                if row.row.row_key in plan.placed and row.row.row_key not in written
            ]
            if right:
                hold(this, tx)
                rows.settle(tx, plan.binding_id, right)
                this.tally.unchanged += len(right)


# --- writing ---------------------------------------------------------------------------------------------------------


def _send(this: Pass, plans: Sequence[Plan]) -> None:
    edits = [plan.edit for plan in plans]
    try:
        sent = send(
            this,
            batch.body_of(edits),
            [_part(this, plan) for plan in plans],
            edits=edits,
            check=lambda tx: _check_still_wanted(this, tx, plans),
        )
    except Problem as problem:
        bad = _bad_plan(problem, plans)
        if bad is None:
            raise
        _send_others(this, bad, plans, problem)
        return
    wounds = _settle(this, plans, sent)
    if wounds:
        mending.mend_soon(this, Hurt(wounds, closing=lambda tx: _close_hurt(this, tx, sent, plans)))


def _part(this: Pass, plan: Plan) -> Part:
    trusted = {row.row.row_key for row in plan.work.due if row.row.is_known}
    return Part(
        plan.binding_id,
        updated=plan.updated,
        inserted=plan.inserted,
        trusted=[key for key in plan.updated if key in trusted],
        places=sorted({update.row for update in plan.edit.updates}),
        columns=plan.edit.view.columns,
        typed=plan.typed_over,
        sent=_prints(this, plan),
        put_in_at=plan.edit.insert_at if plan.edit.inserts else None,
    )


def _prints(this: Pass, plan: Plan) -> dict[str, dict[str, str]]:
    """Row key → column key → fingerprint of what is sent: whoever looks after the write tells it from people's texts.

    Nothing of a large write, which is a backfill's.
    """
    cells = {update.row_key: update.cells for update in plan.edit.updates}
    cells |= {insert.row_key: insert.cells for insert in plan.edit.inserts}
    if sum(map(len, cells.values())) > MOST_PRINTED:
        return {}
    sealer = this.services.store.sealer
    return {key: {column: images.print_of(sealer, cell) for column, cell in row.items()} for key, row in cells.items()}


def _bad_plan(problem: Problem, plans: Sequence[Plan]) -> Plan | None:
    """The plan that Google's refusal names. A refusal that concerns the whole file names none."""
    if not isinstance(problem, RequestRefused) or isinstance(problem, FileFull) or problem.index is None:
        return None
    edit = batch.owner_of([plan.edit for plan in plans], problem.index)
    return next((plan for plan in plans if plan.edit is edit), None)


def _send_others(this: Pass, bad: Plan, plans: Sequence[Plan], problem: Problem) -> None:
    """One bad binding never blocks the file: it is paused, and what the others want is sent without it."""
    reason = "protected" if isinstance(problem, CellProtected) else "refused"
    pause_binding(this, bad.binding_id, reason, problem.sentence)
    others = [plan for plan in plans if plan is not bad]
    if others:
        quota.take(this.services, this.identity, write=1)
        _send(this, others)


def _check_still_wanted(this: Pass, tx: Tx, plans: Sequence[Plan]) -> None:
    """Nobody paused the file or a tab, or took a right from its audience, while this pass was reading."""
    file = sheets.file_unscoped(tx, this.file.spreadsheet_id)
    live = {row.id: row.profile for row in sheets.bindings_in(tx, this.file.spreadsheet_id) if row.state == "live"}
    if file is None or file.state != "live" or any(plan.binding_id not in live for plan in plans):
        raise ChangedError
    if not share.stands(this.services, tx, file):  # who can open the file is to be looked at again
        raise ChangedError
    if any(plan.work.bound.row.profile != live[plan.binding_id] for plan in plans):  # it took a changed profile
        raise ChangedError
    audience = share.audience_of(people.account(tx, file.account_id), file)
    if any(plan.work.audience != audience for plan in plans):
        raise ChangedError


# --- settling --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the answer shows of one plan's tab. `hurt`: what it did where it was not meant to. `seen`: what rows that it
    missed or hit show of ours, among them such as a person typed over the key of: these are left to her. `unhurt`: rows
    that it missed and which show what they showed, wherever they are.
    """

    plan: Plan
    after: TabView | None
    verdict: Verdict
    hurt: Damage = NO_DAMAGE
    seen: Sequence[Settled] = ()
    unhurt: Collection[str] = ()


def _settle(this: Pass, plans: Sequence[Plan], sent: Sent) -> list[Wound]:
    """What the answer proves is settled, what it does not is unknown; what it did elsewhere is returned."""
    answer = tabs.read_view(sent.answer.get("updatedSpreadsheet", {}), [plan.edit.tab for plan in plans])
    shown = [_shown(this, plan, answer) for plan in plans]
    wounds: list[Wound] = []
    with this.services.store.write() as tx:
        hold(this, tx)
        for one in shown:
            wounds += _settle_plan(this, tx, one)
        if not wounds:
            _close(this, tx, sent)
        sheets.update_file(tx, this.file.spreadsheet_id, flushed_at=this.services.clock.now(), tries=0)
    if not wounds and not this.tally.raced:
        edits = [plan.edit for plan in plans]
        kept = Answer(answer, edits, this.epoch, sent.intent.sent_at, sent.asked_s)
        this.services.memory.keep_answer(this.file.spreadsheet_id, kept)
    return wounds


def _shown(this: Pass, plan: Plan, answer: FileView) -> _Shown:
    """Asked before the write is settled: afterwards nobody knows what it sent."""
    edit, found = plan.edit, answer.tabs.get(plan.edit.tab.sheet_id)
    after = found.only(edit.view.columns) if found else None
    verdict = batch.verify(edit, after)
    if after is None or not verdict.missed:
        return _Shown(plan, after, verdict)
    with this.services.store.read() as tx:
        known = rows.known(tx, plan.binding_id, damage.keys_of(edit, after))
    typed = spared.typed(this, edit, known, {(one.row_key, one.column) for one in plan.typed_over})
    hurt = damage.assess(edit, after, missed=verdict.missed, known=known, typed=typed)
    trusted = {row.row.row_key for row in plan.work.due if row.row.is_known}
    trusted &= {update.row_key for update in edit.updates} & set(verdict.missed)
    trusted |= {key for key in hurt.hit if key in known and known[key].is_known}
    missed = {update.row_key: update.row for update in edit.updates if update.row_key in verdict.missed}
    taken = damaged_keys.taken_of(this, edit.tab, after, missed)
    seen = [*resting.look_at(this, edit.tab, after, taken), *spared.seen(this, edit, after, trusted - taken.keys())]
    return _Shown(plan, after, verdict, hurt, seen, spared.unhurt(this, edit, after, trusted, known=known))


def _close(this: Pass, tx: Tx, sent: Sent) -> None:
    """The write is over: nothing that it did is left to look after."""
    intents.settle_intents(tx, [sent.intent.id])
    this.services.memory.unanswered(sent.intent.id)


def _close_hurt(this: Pass, tx: Tx, sent: Sent, plans: Sequence[Plan]) -> None:
    """The same of a write that did more than it was to do: its new rows are not waited for any longer. Until now they
    were, since one that stands where nobody looks for it would be put in a second time.
    """
    _close(this, tx, sent)
    for plan in plans:
        known = rows.known(tx, plan.binding_id, plan.inserted)
        waited_for = [key for key, row in known.items() if row.sent_at == sent.intent.sent_at]
        note_missed_inserts(this, tx, plan.binding_id, waited_for)


def _settle_plan(this: Pass, tx: Tx, shown: _Shown) -> list[Wound]:
    plan, after, verdict = shown.plan, shown.after, shown.verdict
    due = {row.row.row_key: row for row in plan.work.due}
    _settle_proved(this, tx, plan, verdict.proved)
    if lost := _lost(this, shown):
        name_cells(this, tx, [cell for cells in lost.values() for cell in cells])
        texts = {(typed.row_key, typed.column, typed.shown) for typed in lost}
        intents.forget_typed(tx, this.file.spreadsheet_id, plan.binding_id, texts)
    if verdict.has_moved:
        this.tally.raced = True
        audits.hasten(tx, [plan.binding_id], this.services.clock.now())
    if not verdict.missed:
        return []
    # What the others of these rows show is not known. All are sent again, new ones after they were looked for.
    rows.make_unknown(tx, plan.binding_id, {*verdict.missed, *shown.hurt.hit}, this.services.clock.now())
    rows.settle(tx, plan.binding_id, shown.seen)
    rows.trust(tx, plan.binding_id, shown.unhurt)
    if after is None:
        this.tally.raced = True
        note_missed_inserts(this, tx, plan.binding_id, [key for key in plan.inserted if key in verdict.missed])
        return []
    return [Wound(plan.binding_id, plan.edit.tab, after, shown.hurt, due, (plan.edit,))]


def _lost(this: Pass, shown: _Shown) -> dict[Typed, list[str]]:
    """People's texts that the write replaced, each with its cell. One whose row was moved under the write was spared;
    the next one replaces it, and names it if it is known then what the row shows. Else it is named now, where it is:
    in each copy of the row.
    """
    found, is_told = {}, {one.row_key for one in shown.seen}
    for typed in shown.plan.typed_over:
        standing = _standing(this, shown, typed)
        if typed.row_key not in (is_told if standing else shown.unhurt):
            found[typed] = standing or [_met(shown, typed)]
    return found


def _met(shown: _Shown, typed: Typed) -> str:
    """The cell in which the write came upon a person's text: where its row and column stood by then, when they had been
    moved and another value of the write fell there.
    """
    after, edit = shown.after, shown.plan.edit
    column = None if after is None else after.columns.get(typed.column)
    if after is None or column is None:
        return typed.address
    was_in = edit.view.columns[typed.column]
    read = {it.row for it in edit.updates if typed.address == f"{edit.view.title}!{grid.a1_cell(it.row, was_in)}"}
    standing = {at for at in after.rows if after.key_at(at, edit.tab) == typed.row_key}
    places = standing & read or standing or read  # of copies the one in which the text stood
    for update in edit.updates:
        put = batch.literal_cells(update.cells, edit.view, update.row).get(column)
        if update.row in places and put is not None and grid.is_same(put, after.cell(update.row, column)):
            return f"{after.title}!{grid.a1_cell(update.row, column)}"
    return typed.address


def _standing(this: Pass, shown: _Shown, typed: Typed) -> list[str]:
    """The cells in which a person's text stands still; none when the answer does not show it."""
    after, tab, sealer = shown.after, shown.plan.edit.tab, this.services.store.sealer
    column = None if after is None else after.columns.get(typed.column)
    if after is None or column is None or typed.row_key not in shown.verdict.missed:
        return []
    places = [at for at in after.rows if after.key_at(at, tab) == typed.row_key]
    there = [at for at in places if images.print_of(sealer, after.cell(at, column)) == typed.shown]
    return [f"{after.title}!{grid.a1_cell(at, column)}" for at in there]


def _settle_proved(this: Pass, tx: Tx, plan: Plan, proved: Mapping[str, int]) -> None:
    due = {row.row.row_key: row for row in plan.work.due}
    view, new = plan.edit.view, set(plan.inserted)
    rows.settle(tx, plan.binding_id, [settled_row(this, due[key], at, view=view) for key, at in proved.items()])
    this.tally.inserted += sum(1 for key in proved if key in new)
    this.tally.updated += sum(1 for key in proved if key not in new)
    _measure(this, [due[key] for key in proved])


def _measure(this: Pass, proved: Sequence[DueRow]) -> None:
    now = this.services.clock.now()
    inserted = sum(1 for row in proved if row.is_new)
    ROWS_WRITTEN.labels("inserted").inc(inserted)
    ROWS_WRITTEN.labels("updated").inc(len(proved) - inserted)
    for row in proved:
        if row.row.dirty_at is not None and not row.row.is_fill:
            FRESHNESS_SECONDS.observe((now - row.row.dirty_at).total_seconds())
