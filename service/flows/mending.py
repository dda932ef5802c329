"""Putting right what a write did to rows it was not meant for: one more read, one more write, both proved.

Only what the database and the view before the write know can be put back; every other cell of a person is named in
the history. Called under the spreadsheet's lease, right after the answer that showed the damage.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.core.cells import BLANK
from service.errors import UpstreamFailed
from service.flows import Services, images, quota, reading
from service.flows.due_rows import DueRow, TabWork
from service.flows.passes import LeaseLostError, Pass, hold, name_cells
from service.flows.quota import NoSlotError
from service.flows.sending import Part, Repaired, note_missed_inserts, send
from service.google import grid, repairs, tabs
from service.google.batch import TabEdit, key_cell
from service.google.damage import NO_DAMAGE, Damage
from service.google.problems import QuotaSpent, RangeGone, RequestRefused
from service.google.repairs import Repair, TabRepair
from service.google.tabs import OwnedTab, TabView
from service.store import intents, rows, sheets
from service.store.rows import Settled
from service.store.session import Tx

WHILE_CHANGED = "written while the tab was being changed"
TAB_GONE = "tab-gone"  # why a binding is paused whose tab was deleted
MOST_REFUSED = 3  # how often Google may refuse to put the same cells right before it is left at their names


@dataclass(frozen=True, slots=True)
class Wound:
    """What one binding's write did in its tab. `view`: the answer that shows it; `due`: the rows it was to write;
    `edits`: what it was, of several writes theirs; `refused`: how often Google refused to let it be put right.
    """

    binding_id: str
    tab: OwnedTab
    view: TabView
    damage: Damage = NO_DAMAGE
    due: Mapping[str, DueRow] = field(default_factory=dict)
    edits: tuple[TabEdit, ...] = ()
    refused: int = 0

    @property
    def names(self) -> list[str]:
        """The cells that may have held a person's text, as the history calls them."""
        return [f"{self.view.title}!{cell}" for cell in self.damage.foreign]


@dataclass(frozen=True, slots=True)
class Hurt:
    """What one write did in its tabs. `closing` ends the write. `is_adrift`: its places were looked for, and were not
    there.
    """

    wounds: Sequence[Wound]
    closing: Callable[[Tx], None]
    is_adrift: bool = False


def joined(first: Wound, second: Wound) -> Wound:
    """What two writes did in one tab. Where both hurt a cell the first one's view knows what it held, as far as that
    can be told; what one look shows of it is one loss.
    """
    wider = max(first, second, key=lambda one: len(one.view.rows))
    hurt = Damage(
        repairs=tuple(repairs.joined([*first.damage.repairs, *second.damage.repairs])),
        hit=(*first.damage.hit, *second.damage.hit),
        foreign=tuple(dict.fromkeys([*first.damage.foreign, *second.damage.foreign])),
    )
    view = replace(wider.view, rows={**first.view.rows, **second.view.rows, **wider.view.rows})
    return replace(wider, view=view, damage=hurt, due={**second.due, **first.due}, edits=(*first.edits, *second.edits))


def mend_soon(this: Pass, hurt: Hurt) -> None:
    """`mend` at once, or, when the quota has no room for it, by the next pass: nobody but this process knows what
    people's cells held. Until then the write is not over, so that whoever comes when this process is gone looks after
    it.
    """
    this.tally.raced = True
    this.services.memory.keep_hurt(this.file.spreadsheet_id, hurt)
    with contextlib.suppress(NoSlotError):
        go_on(this)


def go_on(this: Pass) -> None:
    """What the last write did is put right, if that is still to be done. NoSlotError when there is no room yet."""
    memory, spreadsheet_id = this.services.memory, this.file.spreadsheet_id
    if refused := _refused(this):
        mend(this, refused, closing=lambda _tx: memory.forget_refused([one.binding_id for one in refused]))
    hurt = memory.hurt(spreadsheet_id)
    if hurt is None:
        return
    with this.services.store.read() as tx:
        bound = {row.id: row.reason for row in sheets.bindings_in(tx, spreadsheet_id)}
    wounds = [
        _unrepaired(one) if bound[one.binding_id] == TAB_GONE else one for one in hurt.wounds if one.binding_id in bound
    ]

    def closing(tx: Tx) -> None:
        hurt.closing(tx)
        memory.forget_hurt(spreadsheet_id)

    try:
        mend(this, wounds, closing=closing)
    except RangeGone:  # a tab was deleted, which the next pass knows; or cut: writes without an answer are looked after
        if hurt.is_adrift:
            memory.forget_hurt(spreadsheet_id)
        else:
            memory.keep_hurt(spreadsheet_id, replace(hurt, is_adrift=True))
        raise


def is_any_left(services: Services, spreadsheet_id: str, live: Collection[str]) -> bool:
    """Whether something is still to be put right, as far as it lies in these tabs or was not refused before."""
    memory = services.memory
    return memory.hurt(spreadsheet_id) is not None or bool(memory.refused(live))


def _refused(this: Pass) -> list[Wound]:
    """What Google did not let us put right, in tabs that go on."""
    with this.services.store.read() as tx:
        live = [row.id for row in sheets.bindings_in(tx, this.file.spreadsheet_id) if row.state == "live"]
    return this.services.memory.refused(live)


def _unrepaired(wound: Wound) -> Wound:
    """The same when nothing can be put right any more: its cells are named."""
    return replace(wound, damage=replace(wound.damage, repairs=()))


def _unnamed(wound: Wound) -> Wound:
    """The same when its cells are in the history already."""
    return replace(wound, damage=replace(wound.damage, foreign=()))


def mend(this: Pass, wounds: Sequence[Wound], *, closing: Callable[[Tx], None]) -> None:
    """People's cells and keys of ours show again what they showed, as far as the rows that were hit are found.

    One read and one write, and once more when that was raced too. What stays hurt of ours is dirty already; people's
    cells are in the history. `closing` ends the write that did it, in the transaction that names the cells and before
    they are put right: cut off earlier, it is looked after as one without an answer. NoSlotError, and nothing is done,
    without room for all of it.
    """
    this.tally.raced = True

    def begin(tx: Tx) -> None:
        _name(this, tx, wounds)
        closing(tx)

    found = _found(this, [TabRepair(one.tab, one.view, one.damage.repairs) for one in wounds if one.damage.repairs])
    if not found:
        with this.services.store.write() as tx:
            hold(this, tx)
            begin(tx)
        return
    by_binding, hurt = {one.tab.binding_id: one for one in found}, {one.binding_id: one for one in wounds}
    writes, memory = this.tally.writes, this.services.memory
    try:
        raced = _write(this, by_binding, hurt, begin=begin)
        if raced and (left := _owed(this, by_binding, raced)):
            by_binding = left
            _write(this, by_binding, hurt)
    except RequestRefused as problem:  # somebody protected cells meanwhile: all is named, and the tab goes on
        this.tally.remarks.append(problem.sentence)
        _keep_refused(this, by_binding, hurt)
    except QuotaSpent:
        if this.tally.writes > writes:  # it was the repair that was refused: all is named, nothing put right
            memory.keep_hurt(this.file.spreadsheet_id, Hurt([_unnamed(one) for one in wounds], _nothing))
        raise
    except (LeaseLostError, UpstreamFailed) as cut:
        if this.tally.writes > writes and (isinstance(cut, LeaseLostError) or cut.outcome_unknown):
            _keep(this, by_binding, hurt)
        raise


def _keep(this: Pass, found: Mapping[str, TabRepair], wounds: Mapping[str, Wound]) -> None:
    """Repairs of people's cells that were sent, and nobody knows whether they came to the right place: the next pass
    looks where these cells are by then, and writes those that still show what they should not. All is named.
    """
    kept = [
        _left(one, wounds[binding_id], [repair for repair in one.repairs if not repair.row_key])
        for binding_id, one in found.items()
    ]
    this.services.memory.keep_hurt(this.file.spreadsheet_id, Hurt(kept, _nothing))


def _keep_refused(this: Pass, found: Mapping[str, TabRepair], wounds: Mapping[str, Wound]) -> None:
    """Repairs that Google refused as somebody has protected cells: the next passes try them again, a few times, since
    a tab in which nothing of ours can be written either is paused by then. New rows are written anew, but for what of
    them stands in people's columns. All is named.
    """
    for binding_id, one in found.items():
        ours, wound = set(one.view.columns.values()), wounds[binding_id]
        strays = (
            replace(it, row_key="", formats=None, cells={at: it.cells[at] for at in it.cells.keys() - ours})
            if it.row_key
            else it
            for it in one.repairs
        )
        left = [repair for repair in strays if repair.cells]
        if left and wound.refused < MOST_REFUSED:
            this.services.memory.keep_refused(binding_id, replace(_left(one, wound, left), refused=wound.refused + 1))


def _left(one: TabRepair, wound: Wound, left: Sequence[Repair]) -> Wound:
    """What is still to be put right of a wound whose cells are named by now."""
    return Wound(one.tab.binding_id, one.tab, one.view, Damage(tuple(left)), edits=wound.edits)


def _found(this: Pass, wanted: Sequence[TabRepair]) -> list[TabRepair]:
    """What can be put right now: nothing when we may not write."""
    if not wanted or not this.may_write():
        return []
    quota.take_care(this.services, this.identity, read=1, write=1)
    return [one for one in _standing(this, wanted) if one.repairs]


def _standing(this: Pass, wanted: Sequence[TabRepair]) -> list[TabRepair]:
    """The repairs whose rows are proved, where they stand now: nobody else looks for them, since only the view before
    the write knows what people's cells held.
    """
    now = _look_around(this, wanted)
    return [repairs.found_again(one, _owned(now.get(one.tab.sheet_id), one)) for one in wanted]


def _look_around(this: Pass, wanted: Sequence[TabRepair]) -> Mapping[int, TabView]:
    """The rows to be repaired and those around them, by sheet id. One read, which room was taken for."""
    owned = [one.tab for one in wanted]
    try:
        return reading.read(this, repairs.filters_around(wanted), owned).tabs
    except RangeGone:  # the grid was cut meanwhile
        quota.take_care(this.services, this.identity, read=1)
        return reading.read(this, repairs.filters_of(wanted), owned).tabs


def _owed(this: Pass, found: Mapping[str, TabRepair], raced: Mapping[str, Sequence[Repair]]) -> dict[str, TabRepair]:
    """What repairs still have to do that were raced themselves (binding id → which), where their cells are now. All is
    named by then: without room in the quota it stays as it is.
    """
    try:
        quota.take_care(this.services, this.identity, read=1, write=1)
        now = _look_around(this, [found[binding_id] for binding_id in raced])
    except (NoSlotError, RangeGone):
        return {}
    views = {binding_id: _owned(now.get(found[binding_id].tab.sheet_id), found[binding_id]) for binding_id in raced}
    with this.services.store.write() as tx:
        hold(this, tx)
        for binding_id, view in views.items():
            keys = {view.key_at(repair.row, found[binding_id].tab) for repair in raced[binding_id]} if view else set()
            rows.make_unknown(tx, binding_id, keys - {""}, this.services.clock.now())
    left = {binding_id: repairs.owed(found[binding_id], views[binding_id], raced[binding_id]) for binding_id in raced}
    return {binding_id: one for binding_id, one in left.items() if one.repairs}


def write_key(this: Pass, one: TabWork, view: TabView, *, at: int, row_key: str) -> None:
    """A row of ours whose key a write of ours has hurt bears it again, as far as nobody moves it meanwhile.

    `view` knows the tab's columns, `at` is the row's place a moment ago. One read and one write.
    """
    quota.take_care(this.services, this.identity, read=1, write=1)
    wanted = TabRepair(one.tab, view, [Repair(at, {view.columns[one.tab.key_column]: key_cell(row_key)}, heals=True)])
    now = _owned(reading.read(this, repairs.filters_of([wanted]), [one.tab]).tabs.get(one.tab.sheet_id), wanted)
    if now is not None and dict(now.columns) == dict(view.columns) and this.may_write():
        proved = TabRepair(one.tab, now, wanted.repairs)
        _write(this, {one.tab.binding_id: proved}, {one.tab.binding_id: Wound(one.tab.binding_id, one.tab, now)})


def _owned(view: TabView | None, one: TabRepair) -> TabView | None:
    return None if view is None else view.only(one.view.columns)


def _name(this: Pass, tx: Tx, wounds: Sequence[Wound]) -> None:
    """The history says so, with every cell that may have held a person's text."""
    names = [name for one in wounds for name in one.names]
    name_cells(this, tx, names)
    this.tally.remarks.append(f"{WHILE_CHANGED}: {', '.join(names[:20])}" if names else WHILE_CHANGED)


def _nothing(_tx: Tx) -> None:
    """Nothing is to be ended."""


def _write(
    this: Pass,
    found: Mapping[str, TabRepair],
    wounds: Mapping[str, Wound],
    *,
    begin: Callable[[Tx], None] = _nothing,
) -> dict[str, list[Repair]]:
    """What the first write was allowed to do, its repair is: nobody is asked again. Binding id → the repairs that its
    answer does not prove, of tabs that it shows.
    """
    parts = {binding_id: _part(this, one, wounds[binding_id]) for binding_id, one in found.items()}
    sent = send(
        this,
        repairs.body_of(list(found.values())),
        list(parts.values()),
        edits=[edit for wound in wounds.values() for edit in wound.edits],
        check=begin,
    )
    after = tabs.read_view(sent.answer.get("updatedSpreadsheet", {}), [one.tab for one in found.values()])
    views = {binding_id: _owned(after.tabs.get(one.tab.sheet_id), one) for binding_id, one in found.items()}
    with this.services.store.write() as tx:
        hold(this, tx)
        for binding_id, one in found.items():
            new = parts[binding_id].inserted
            _settle(this, tx, wounds[binding_id], one, after=views[binding_id], sent=new)
        intents.settle_intents(tx, [sent.intent.id])
    this.services.memory.unanswered(sent.intent.id)
    undone = {
        binding_id: [repair for repair in one.repairs if repair not in repairs.done(one, views[binding_id])]
        for binding_id, one in found.items()
        if views[binding_id] is not None
    }
    return {binding_id: some for binding_id, some in undone.items() if some}


def _part(this: Pass, one: TabRepair, wound: Wound) -> Part:
    """Without an answer it is the first write whose traces have to be looked for, where that one left them."""
    ours = [*(repair.row_key for repair in one.repairs if repair.row_key), *_coming(this, one)]
    columns = next((edit.view for edit in wound.edits), one.view).columns
    repaired = [_repaired(this, one.view, repair) for repair in one.repairs]
    places = [repair.row for repair in one.repairs]
    return Part(
        one.tab.binding_id, inserted=ours, strewn=ours, places=places, columns=columns, repaired=repaired
    )  # fmt: skip


def _coming(this: Pass, one: TabRepair) -> list[str]:
    """Keys of new rows, seen nowhere yet, that only come to bear them by their repair: until it is answered these rows
    are not put in anew.
    """
    at = one.view.columns.get(one.tab.key_column, -1)
    put = {repair.cells[at].value for repair in one.repairs if at in repair.cells and not repair.row_key}
    with this.services.store.read() as tx:
        known = rows.known(tx, one.tab.binding_id, put - {""})
    return sorted(key for key, row in known.items() if row.sent_at is not None)


def _repaired(this: Pass, view: TabView, repair: Repair) -> Repaired:
    sealer = this.services.store.sealer
    sent = {at: images.print_of(sealer, cell) for at, cell in repair.cells.items()}
    return Repaired(repair.row, sent, [images.print_of(sealer, cell) for cell in repairs.kept(view, repair)])


def overrun(this: Pass, view: TabView, repaired: Repaired) -> list[str]:
    """A1 addresses of the cells that a repair wrote into a row of somebody else's, which had come to stand in the place
    of its own.
    """
    sealer = this.services.store.sealer
    shown = {at: images.print_of(sealer, cell) for at, cell in enumerate(view.rows.get(repaired.row, ()))}
    blank = images.print_of(sealer, BLANK)
    others = Counter(it for at, it in shown.items() if at not in repaired.sent and it != blank)
    same = sum((others & Counter(repaired.kept)).values())
    if 2 * same > len(repaired.kept) or not (same or repaired.kept or others):
        return []
    return [grid.a1_cell(repaired.row, at) for at, sent in repaired.sent.items() if shown.get(at, blank) == sent]


def _settle(this: Pass, tx: Tx, wound: Wound, one: TabRepair, *, after: TabView | None, sent: Sequence[str]) -> None:
    """New rows that are right in place are settled; the others of those `sent` are looked for by the next pass."""
    proved = repairs.done(one, after)
    new = {repair.row_key: repair.row for repair in proved if repair.row_key in wound.due}
    settled = [settled_row(this, wound.due[key], at, view=one.view) for key, at in new.items()]
    rows.settle(tx, wound.binding_id, settled)
    note_missed_inserts(this, tx, wound.binding_id, [key for key in sent if key not in new])
    this.tally.inserted += len(new)
    this.tally.healed += sum(1 for repair in proved if not repair.row_key)
    undone = [repair for repair in one.repairs if repair not in proved]
    names = (name for repair in undone for name in _cells(one.view, repair))
    lost = [name for name in names if name not in this.tally.cells]
    again = [at for repair in undone if after for at in overrun(this, after, _repaired(this, one.view, repair))]
    name_cells(this, tx, [*lost, *(name for at in again if (name := f"{one.view.title}!{at}") not in lost)])


def _cells(view: TabView, repair: Repair) -> list[str]:
    return [
        f"{view.title}!{grid.a1_cell(repair.row, at)}"
        for at in repair.cells
        if at not in view.columns.values() and view.cell(repair.row, at) != BLANK
    ]


def settled_row(this: Pass, row: DueRow, position: int | None, *, view: TabView | None = None) -> Settled:
    """What the row shows now. Columns that are not in the tab are not part of the image."""
    shown = row.cells
    if view is not None and not shown.keys() <= view.columns.keys():
        shown = {key: cell for key, cell in shown.items() if key in view.columns}
    return Settled(row.row.row_key, row.row.version, images.keep(this.services.store.sealer, shown), position)
