"""Writes without an answer, once they can no longer arrive: what they did is looked for, and they are over.

Google works on a request for at most 180 s, so a write that is older has happened or never will, and where it landed
the sheet says. Rows are put right by the passes; here is found out which. Called under the spreadsheet's lease.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from service.core.cells import BLANK
from service.core.roles import Audience
from service.flows import (
    damaged_keys,
    due_rows,
    forgotten,
    images,
    landings,
    late_cases,
    late_corrections,
    late_heads,
    mending,
    newcomers,
    overwritten,
    resting,
    typed_over,
)
from service.flows.late_cases import Case
from service.flows.mending import Wound
from service.flows.passes import Pass, hold, name_cells
from service.flows.quota import NoSlotError
from service.flows.sending import Repaired
from service.flows.sources import Bound
from service.google import damage, grid, traces
from service.google.batch import key_cell
from service.google.damage import NO_DAMAGE, Damage, Put
from service.google.repairs import Repair
from service.google.tabs import TabView
from service.store import audits, intents, places, rows
from service.store.records import IntentRow
from service.store.rows import Settled
from service.store.session import Tx


def close(this: Pass, live: Sequence[Bound], audience: Audience) -> None:
    """Unanswered writes that can no longer arrive are over; every row they may have changed is read once more."""
    with this.services.store.read() as tx:
        late = intents.late_intents(tx, this.file.spreadsheet_id, this.services.clock.now())
    still = resting.resting(this) if late else []
    shut = {one.row.id for one in still if one.row.reason in resting.SHUT}
    late = _without_waiting(late, shut)
    if not late:
        return
    late_corrections.look_after(this, late, [*live, *(one for one in still if one.row.id not in shut)], audience)
    late_heads.look_after(this, late, live, audience)
    owned = {one.row.id: due_rows.owned_tab(one, audience) for one in (*live, *still)}
    at_rest = {one.row.id for one in still}
    cases = [
        replace(case, is_at_rest=case.tab.binding_id in at_rest)
        for intent in late
        for case in late_cases.cases_of(this, intent, owned)
    ]
    views = late_cases.look(this, cases)
    overwritten.name(this, views, owned.values())
    if landings.mend(this, views, [one.row.id for one in live]):
        views = late_cases.look(this, cases)
    wounds, cases, full = _wounds(this, cases, views)
    waiting = {one.binding_id for one in wounds if one.binding_id in shut and one.damage.repairs}
    wounds = [one for one in wounds if one.binding_id not in waiting]
    cases = [case for case in cases if case.tab.binding_id not in waiting]
    late = _looked_at(late, cases, owned)
    shown = _shown_at_rest(this, cases, views, binding_ids=at_rest - {one.binding_id for one in wounds})
    named = {name for one in wounds for name in one.names}
    typed = [it for case in cases for it in _lost(this, case, views.get(case.tab.sheet_id), shown=shown)]
    typed = [it for it in typed if it[0] not in named] + [it for one in late for it in _lost_at_rest(one, owned)]
    lost = [name for name, _ in dict.fromkeys(typed)]
    again = [name for case in cases for name in _lost_again(this, case, views.get(case.tab.sheet_id))]
    _doubt(this, late, cases, views=views, wounds=wounds)

    def end(tx: Tx) -> None:
        name_cells(this, tx, [*lost, *again])
        for intent in late:
            _settle(this, tx, intent)
        for binding_id, settled in shown.items():
            resting.put_down(this, tx, binding_id, settled.values())
        for binding_id in waiting:
            intents.let_wait(tx, this.file.spreadsheet_id, binding_id)
        for binding_id, part in ((key, part) for intent in late for key, part in intent.body.items()):
            intents.carry_sent(tx, this.file.spreadsheet_id, binding_id, part)

    if wounds:
        mending.mend(this, wounds, closing=end)
    else:
        with this.services.store.write() as tx:
            hold(this, tx)
            end(tx)
    if full is not None:
        raise full


def _without_waiting(late: Sequence[IntentRow], shut: Collection[str]) -> list[IntentRow]:
    """The writes without the parts that did what cannot be put right while Google lets nobody of ours into the tab:
    they are looked after when it goes on.
    """
    found = []
    for intent in late:
        body = {key: it for key, it in intent.body.items() if not (key in shut and it.get(intents.WAITS))}
        if body or not intent.body:
            found.append(replace(intent, body=body))
    return found


def _settle(this: Pass, tx: Tx, intent: IntentRow) -> None:
    """These parts of the write are over."""
    intents.settle_parts(tx, intent.id, intent.body.keys())
    kept = this.services.memory.unanswered(intent.id)
    if left := [edit for edit in kept if edit.tab.binding_id not in intent.body]:
        this.services.memory.keep_unanswered(intent.id, left)


def _looked_at(late: Sequence[IntentRow], cases: Sequence[Case], owned: Collection[str]) -> list[IntentRow]:
    """The writes with those parts alone that these cases are; parts in tabs that are not looked at go with the last."""
    done = {(case.intent_id, case.tab.binding_id) for case in cases}
    found = []
    for intent in late:
        left = [key for key in intent.body if key in owned and (intent.id, key) not in done]
        body = {key: it for key, it in intent.body.items() if (intent.id, key) in done or not (left or key in owned)}
        found.append(replace(intent, body=body))
    return found


def _wounds(
    this: Pass, cases: Sequence[Case], views: Mapping[int, TabView]
) -> tuple[list[Wound], list[Case], NoSlotError | None]:
    """What the writes did, one wound for each tab; the cases that were looked at with the room that the quota has, and
    why not all were. NoSlotError when there is room for none.
    """
    found, done, full = dict[str, Wound](), list[Case](), None
    for case in cases:
        try:
            wound = _wound(this, case, views.get(case.tab.sheet_id))
        except NoSlotError as error:
            if not done:
                raise
            full = error
            break
        done.append(case)
        if wound is not None:
            before = found.get(wound.binding_id)
            found[wound.binding_id] = wound if before is None else mending.joined(before, wound)
    left = {(case.intent_id, case.tab.binding_id) for case in cases[len(done) :]}
    return list(found.values()), [case for case in done if (case.intent_id, case.tab.binding_id) not in left], full


def _wound(this: Pass, case: Case, view: TabView | None) -> Wound | None:
    """What the write did to people's cells, and new rows of it whose cells stand in other columns."""
    if view is None or not case.columns:
        return None
    view = newcomers.look(this, case.newcomers, view.only(case.columns))
    hurt, fallen = _hurt(this, case, view), newcomers.strays(this, case.newcomers, view)
    can_gather = case.tab.key_column in view.columns and not case.is_at_rest
    gather = newcomers.gathered if can_gather else newcomers.taken_back
    parts = (hurt, fallen, gather(this, case.newcomers, view), _doubled_keys(this, case, view))
    repairs = tuple(repair for part in parts for repair in part.repairs)
    found = Damage(repairs, hurt.hit, tuple(name for part in parts for name in part.foreign))
    if not (found.repairs or found.foreign):
        return None
    return Wound(case.tab.binding_id, case.tab, view, found, edits=(case.edit,) if case.edit else ())


def _doubled_keys(this: Pass, case: Case, view: TabView) -> Damage:
    """Keys that a repair put beside the key column, which was moved before it came: their rows show them in both."""
    ours, found, sealer = set(view.columns.values()), list[Repair](), this.services.store.sealer
    sent = [Repaired.from_json(raw).sent for raw in case.part.get("repaired", ())]
    for at in view.rows if sent else ():
        if row_key := view.key_at(at, case.tab):
            key = key_cell(row_key)
            prints = images.print_of(sealer, key)
            beside = {column for one in sent for column, shown in one.items() if shown == prints} - ours
            if cells := {column: BLANK for column in beside if view.cell(at, column) == key}:
                found.append(Repair(at, cells, heals=True))
    return Damage(tuple(found))


def _hurt(this: Pass, case: Case, view: TabView) -> Damage:
    """By what is known of the view before; without it addresses can be told, and what stands there of ours goes."""
    if case.edit is None and case.part.get("repaired"):
        return NO_DAMAGE  # what the write did that it was to repair is named; where it fell itself is told elsewhere
    if case.edit is None:
        left = tuple(forgotten.landed(this, case.part, view))
        return Damage(left, foreign=tuple(forgotten.doubtful(this, case.tab, case.part, view)))
    puts, standing = traces.landed(case.edit, view), damaged_keys.standing(this, case.tab, view)
    with this.services.store.read() as tx:
        known = rows.known(tx, case.tab.binding_id, damage.keys_of(case.edit, view))
    found = damage.assess(
        case.edit, view, missed={put.row_key for put in puts}, known=known, puts=puts, standing=standing
    )
    told = this.services.memory.told(case.edit)
    cleared = {at for put in puts if found.foreign for at in _cleared(this, case, view, put)}
    astray = traces.astray(case.edit, view)
    gone = [Repair(row, dict.fromkeys(put.cells, BLANK)) for put, row in astray]
    ours = {*known, *standing.values()}
    displaced = traces.displaced(case.edit, view, ours)
    if displaced and (dragged := damaged_keys.dragged(this, case.tab, view)):
        displaced = traces.displaced(case.edit, view, ours, without=dragged)
    moved = [*(put for put, _ in astray), *displaced]
    named = dict.fromkeys(put.address(column) for put in moved for column in put.cells)
    kept = [at for at in found.foreign if at not in cleared]
    foreign = dict.fromkeys(at for at in [*kept, *named] if at not in told)
    is_named = bool(case.part.get("repaired"))  # as above: before the repair was sent
    return Damage((*found.repairs, *gone), found.hit, () if is_named else tuple(foreign))


def _cleared(this: Pass, case: Case, view: TabView, put: Put) -> Iterable[str]:
    """Addresses of our cells in a row that a person has cleared, key and all, and that was this order's when it was
    last seen there: the write came to the right place, and nothing of hers stood in it.
    """
    with this.services.store.read() as tx:
        row = rows.known(tx, case.tab.binding_id, [put.row_key]).get(put.row_key)
    key_at, tab = view.columns.get(case.tab.key_column), case.tab
    is_elsewhere = any(view.key_at(at, tab) == put.row_key for at in view.rows)
    if is_elsewhere or _has_more_beside(case, view, put.row):  # rows came or went, and hers stands in its place
        return
    if row is None or row.position != put.row or key_at is None or view.cell(put.row, key_at) != BLANK:
        return
    ours = {key: at for key, at in view.columns.items() if at != key_at}
    cells = {key: view.cell(put.row, at) for key, at in ours.items() if at not in put.cells}
    kept = images.recall(this.services.store.sealer, row.image or {}, cells)
    if not typed_over.keys(found=cells, kept=kept):
        yield from (grid.a1_cell(put.row, at) for at in ours.values() if at in put.cells or at in put.emptied)


def _has_more_beside(case: Case, view: TabView, at: int) -> bool:
    """Whether the row shows something outside our columns that the row in its place did not when the write was sent; as
    far as that can be told, which it cannot where columns came or went since.
    """
    if case.edit is None or case.edit.view.column_count != view.column_count:
        return False
    before, ours = case.edit.view, set(view.columns.values())
    beside = {column: cell for column, cell in enumerate(view.rows[at]) if column not in ours and cell != BLANK}
    return any(before.cell(at, column) != cell for column, cell in beside.items())


def _lost(
    this: Pass, case: Case, view: TabView | None, *, shown: Mapping[str, Mapping[str, Settled]]
) -> Iterable[tuple[str, str]]:
    """Cells of ours in which people's texts stood when they were written, and those in which one stands now: the row is
    written anew, by a flush that cannot tell it from what this write may have left there. Of rows that are put down as
    `shown` it can. With the text's fingerprint: a cell may have held several.
    """
    told = shown.get(case.tab.binding_id, {})
    typed_now = _typed_now(this, case, view) if view else {}
    now = {place: name for place, name in typed_now.items() if place[0] not in told}
    yield from now.values()
    standing = {view.key_at(row, case.tab): row for row in view.rows} if view else {}
    for typed in typed_over.met(case.part):
        at, column = standing.get(typed.row_key), view.columns.get(typed.column) if view else None
        cell = None if view is None or at is None or column is None else view.cell(at, column)
        is_standing = cell is not None and images.print_of(this.services.store.sealer, cell) == typed.shown
        if not is_standing or not (typed.row_key in told or (typed.row_key, typed.column) in now):
            yield typed.address, typed.shown


def _typed_now(this: Pass, case: Case, view: TabView) -> dict[tuple[str, str], tuple[str, str]]:
    """(row key, column key) → address and fingerprint of people's texts in rows of this write, and in rows that stand
    where it was sent and may have been hit instead; as far as it is known what it sent.
    """
    standing: dict[str, list[int]] = {}
    for at in view.rows:
        standing.setdefault(view.key_at(at, case.tab), []).append(at)
    sealer, found = this.services.store.sealer, dict[tuple[str, str], tuple[str, str]]()
    with this.services.store.read() as tx:
        known = rows.known(tx, case.tab.binding_id, standing.keys() - {""})
        parts = intents.open_parts(tx, this.file.spreadsheet_id, case.tab.binding_id)
    anywhere = typed_over.prints_of(parts)
    for row_key, row in known.items():
        image, there = row.image or {}, standing[row_key]
        at = row.position if row.position in there else there[-1]  # of a copy the next audit tells
        is_of_write = row_key in case.updated or (row_key in case.inserted and not row.is_known)
        sent = typed_over.sent_to(row_key, parts) if is_of_write else typed_over.sent_anywhere(image, case.part)
        if sent is None or not (is_of_write or (row.is_known and at in case.places)):
            continue  # of the others, which were only read along, the next audit tells
        cells = {key: view.cell(at, column) for key, column in view.columns.items() if key in image or key in sent}
        cells.pop(case.tab.key_column, None)
        typed = typed_over.unsure_keys(
            found=cells,
            kept=images.recall(sealer, image, cells),
            prints=dict.fromkeys(cells, anywhere) if is_of_write else sent,  # columns may have moved under it
            print_of=lambda cell: images.print_of(sealer, cell),
        )
        for key in typed:
            name = f"{view.title}!{grid.a1_cell(at, view.columns[key])}"
            found[row_key, key] = name, images.print_of(sealer, cells[key])
    return found


def _lost_again(this: Pass, case: Case, view: TabView | None) -> Iterable[str]:
    """Cells of people's that a repair without an answer wrote over, because other rows had come to stand there."""
    if view is None:
        return
    for raw in case.part.get("repaired", ()):
        for address in mending.overrun(this, view, Repaired.from_json(raw)):
            yield f"{view.title}!{address}"


def _lost_at_rest(intent: IntentRow, owned: Collection[str]) -> Iterable[tuple[str, str]]:
    """The same for tabs that rest and are not looked at: their rows are written anew when they go on."""
    for binding_id, part in intent.body.items():
        if binding_id not in owned:
            yield from ((typed.address, typed.shown) for typed in typed_over.met(part))


def _shown_at_rest(
    this: Pass, cases: Sequence[Case], views: Mapping[int, TabView], *, binding_ids: Collection[str]
) -> dict[str, dict[str, Settled]]:
    """Binding id → row key → what the rows of these writes show, and those that stand where they were sent; in these
    tabs, which stand still.
    """
    found: dict[str, dict[str, Settled]] = {}
    for case in cases:
        view = views.get(case.tab.sheet_id)
        if view is not None and case.tab.binding_id in binding_ids:
            standing = {view.key_at(at, case.tab) for at in case.places} - {""}
            shown = resting.look(this, case.tab, view, {*case.updated, *standing})
            found.setdefault(case.tab.binding_id, {}).update({one.row_key: one for one in shown})
    return found


def _doubt(
    this: Pass,
    late: Sequence[IntentRow],
    cases: Sequence[Case],
    *,
    views: Mapping[int, TabView],
    wounds: Sequence[Wound],
) -> None:
    """The rows that were written, and those that stand where they were, are unknown; the tabs are compared soon. A row
    whose key a person has typed over is left to her: once the write is over nobody could tell that it was not us.
    """
    now = this.services.clock.now()
    taken: dict[str, list[Settled]] = {}
    for case in cases:  # a tab has one for each write
        if (view := views.get(case.tab.sheet_id)) is not None:
            taken.setdefault(case.tab.binding_id, []).extend(_taken(this, case, view))
    hit = {wound.binding_id: wound.damage.hit for wound in wounds}
    with this.services.store.write() as tx:
        hold(this, tx)
        for intent in late:
            for binding_id, part in intent.body.items():
                rows.make_unknown(tx, binding_id, {*part["updated"], *hit.get(binding_id, ())}, now)
        for case in cases:
            view = views.get(case.tab.sheet_id)
            standing = {view.key_at(row, case.tab) for row in case.places} - {""} if view else set()
            standing |= places.noted(tx, case.tab.binding_id, case.places)  # some of them may have lost their key
            rows.make_unknown(tx, case.tab.binding_id, standing - set(case.updated), now)
        for binding_id, settled in taken.items():
            rows.settle(tx, binding_id, settled)
        audits.hasten(tx, [case.tab.binding_id for case in cases], now)


def _taken(this: Pass, case: Case, view: TabView) -> list[Settled]:
    """What the rows show of ours that stand under a person's text where their key was."""
    return resting.look_at(this, case.tab, view, damaged_keys.taken(this, case.tab, view, case.places))
