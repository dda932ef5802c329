"""Writes without an answer that are seen, before they are over, to have fallen into people's columns or rows.

A column can be dragged on, and a row can be pushed on until the write's own stands there again: then nobody can tell
any more what in it came from us. So what a read shows is put right at once, and while such a write is open the last
read is remembered. Called under the spreadsheet's lease. Everything else that the write did waits until it is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.core.cells import BLANK, Cell, Form
from service.flows import damaged_keys, mending, newcomers
from service.flows.mending import Wound
from service.flows.passes import Pass
from service.google import damage, traces
from service.google.batch import TabEdit
from service.google.damage import NO_DAMAGE, Damage, Put
from service.google.repairs import Repair
from service.google.shifts import shift_between
from service.google.tabs import TabView
from service.store import rows
from service.store.session import Tx


def mend(this: Pass, views: Mapping[int, TabView], binding_ids: Sequence[str]) -> bool:
    """People's cells that hold what an unanswered write sent to their place hold again what they held, as far as this
    process remembers the write. Whether there were any: then the `views` (by sheet id) are out of date.
    """
    memory, found, shown = this.services.memory, dict[str, Wound](), dict[str, TabView]()
    named: list[tuple[TabEdit, Sequence[str]]] = []
    for edit in memory.unanswered_in(binding_ids):
        after = views.get(edit.tab.sheet_id)
        if after is None:
            continue
        seen = memory.seen(edit.tab.binding_id)
        shown[edit.tab.binding_id] = after
        wound = _wound(this, edit, after.only(edit.view.columns), seen=seen and seen.only(edit.view.columns))
        if wound is not None:
            before = found.get(wound.binding_id)
            found[wound.binding_id] = wound if before is None else mending.joined(before, wound)
            named.append((edit, wound.damage.foreign))

    def leave_open(_tx: Tx) -> None:
        """The write may have done more than was seen: it is not over, and what it did is named once."""
        for edit, addresses in named:
            memory.keep_told(edit, addresses)

    if found:
        mending.mend(this, list(found.values()), closing=leave_open)
    for binding_id, view in shown.items():
        memory.keep_seen(binding_id, view)
    return bool(found)


def _wound(this: Pass, edit: TabEdit, after: TabView, *, seen: TabView | None) -> Wound | None:
    hurt = _hurt(this, edit, after, _in_place(this, edit, after))
    if seen is not None and not hurt:
        hurt = _hurt(this, replace(edit, view=seen, updates=(), inserts=()), after, moved_since(edit, seen, after))
    new = _newcomers(this, edit, after)
    if not (hurt or new):
        return None
    told = this.services.memory.told(edit)
    foreign = tuple(address for address in (hurt.foreign if hurt else ()) if address not in told)
    found = Damage((*(hurt.repairs if hurt else ()), *new), (), foreign)
    return Wound(edit.tab.binding_id, edit.tab, after, found, edits=(edit,))


def _newcomers(this: Pass, edit: TabEdit, after: TabView) -> list[Repair]:
    """What fell into people's columns of its new rows, and such rows as cannot be gathered without a key column."""
    new = newcomers.of_edit(edit)
    gone = NO_DAMAGE if edit.tab.key_column in after.columns else newcomers.taken_back(this, new, after)
    return [*newcomers.strays(this, new, after).repairs, *gone.repairs]


def _hurt(this: Pass, edit: TabEdit, after: TabView, puts: Sequence[Put]) -> Damage | None:
    """The damage of these cells alone, by the view of the edit; none of ours."""
    if not puts:
        return None
    with this.services.store.read() as tx:
        known = rows.known(tx, edit.tab.binding_id, damage.keys_of(edit, after))
    standing, missed = damaged_keys.standing(this, edit.tab, after), {put.row_key for put in puts}
    found = damage.assess(edit, after, missed=missed, known=known, puts=puts, standing=standing)
    return Damage(found.repairs, (), found.foreign) if found.repairs else None


def _in_place(this: Pass, edit: TabEdit, after: TabView) -> list[Put]:
    """The cells that stand where they were sent: in columns which are none of ours, or in rows which are none."""
    ours, landed = set(after.columns.values()), traces.landed(edit, after)
    with this.services.store.read() as tx:
        known = rows.known(tx, edit.tab.binding_id, {after.key_at(put.row, edit.tab) for put in landed} - {""})

    def is_theirs(put: Put) -> bool:
        is_known = after.key_at(put.row, edit.tab) in known
        return not is_known and damaged_keys.is_strange(this, edit.tab, after, put.row, row_key=put.row_key)

    def kept(put: Put) -> Put:
        if is_theirs(put):
            return put
        cells = {at: cell for at, cell in put.cells.items() if at not in ours}
        return replace(put, cells=cells, emptied=tuple(at for at in put.emptied if at not in ours))

    return [put for put in map(kept, landed) if put.cells]


def moved_since(edit: TabEdit, seen: TabView, after: TabView) -> list[Put]:
    """The cells that fell into a column of people's after it was `seen` where they were sent, and went along with it:
    in the same row, it shows now what was sent there, and did not then.
    """
    same = [at for at in after.rows if at in seen.rows and seen.key_at(at, edit.tab) == after.key_at(at, edit.tab)]
    if edit.tab.header_row not in after.rows or edit.tab.header_row not in seen.rows:
        return []
    columns = shift_between(seen, after, rows=list(dict.fromkeys([edit.tab.header_row, *same])), hits={}).columns
    theirs = {
        old: new
        for old, new in columns.items()
        if old != new and old not in seen.columns.values() and new not in after.columns.values()
    }
    found = []
    for put in damage.puts_of(edit):
        sent = {old: cell for old, cell in put.cells.items() if old in theirs and _tells(cell)}
        cells = {
            theirs[old]: cell
            for old, cell in sent.items()
            if seen.cell(put.row, old) != cell == after.cell(put.row, theirs[old])
        }
        if cells and put.insert is None and put.row in same:
            found.append(Put(put.row_key, put.row, cells))
    return found


def _tells(cell: Cell) -> bool:
    """Whether the cell is known again: a formula reads otherwise in another place."""
    return cell != BLANK and cell.form is not Form.FORMULA
