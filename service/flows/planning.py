"""Due rows and a spot read → the edit of one tab: what is updated where, what is inserted. Nothing is written here.

Called under the spreadsheet's lease. When rows are not where they were last seen, they are looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.cells import Cell, Form
from service.flows import finding, images, typed_over
from service.flows.due_rows import DueRow, TabWork
from service.flows.passes import Pass, pause_binding
from service.flows.typed_over import Typed
from service.google import batch, grid
from service.google.batch import RowInsert, RowUpdate, TabEdit
from service.google.tabs import FileView, TabView
from service.store import intents, rows
from service.store.intents import LATE_WRITE


@dataclass(frozen=True, slots=True)
class Plan:
    """One tab's edit and the rows behind it. `placed`: rows whose place was proved, nothing to send for some.

    `typed_over`: owned cells that show a person's text, which the edit replaces.
    """

    work: TabWork
    edit: TabEdit
    placed: Mapping[str, int]
    held: tuple[DueRow, ...]  # rows that may still arrive by an unanswered write
    typed_over: tuple[Typed, ...] = ()

    @property
    def binding_id(self) -> str:
        return self.work.bound.row.id

    @property
    def updated(self) -> list[str]:
        return list(dict.fromkeys(update.row_key for update in self.edit.updates))

    @property
    def inserted(self) -> list[str]:
        return [insert.row_key for insert in self.edit.inserts]


def plan_tab(this: Pass, one: TabWork, view: FileView) -> Plan | None:
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
    finding.note_columns(this, one, tab_view, strange)
    wanted = [row for row in one.due if row.may_stand]
    places = {row.row.row_key: _places(row) for row in wanted}
    if not all(found and _carry(tab_view, one, key, found) for key, found in places.items()):
        places, tab_view = _look(this, one, tab_view, list(places))
        tab_view = tab_view.without(strange)
    return _plan_found(this, one, tab_view, places=places, locale=view.locale)


def _places(row: DueRow) -> list[int]:
    """Where the row was last seen, its copies with it; nothing when that is not known."""
    return [] if row.row.position is None else [row.row.position, *(row.row.copies or ())]


def _carry(view: TabView, one: TabWork, row_key: str, found: Sequence[int]) -> bool:
    return all(view.key_at(at, one.tab) == row_key for at in found)


def _look(this: Pass, one: TabWork, view: TabView, keys: list[str]) -> tuple[dict[str, list[int]], TabView]:
    """Where the rows are now, their copies too. A row that moved meanwhile has no entry: the next pass looks again."""
    found, again = finding.find(this, one, view, keys)
    with this.services.store.read() as tx:
        known = rows.known(tx, one.bound.row.id, keys)
    copies = {key: list(row.copies or ()) for key, row in known.items()}
    places = {key: [] if at is None else [at, *copies.get(key, ())] for key, at in found.items()}
    return {key: at for key, at in places.items() if _carry(again, one, key, at)}, again


def _plan_found(this: Pass, one: TabWork, view: TabView, *, places: Mapping[str, list[int]], locale: str) -> Plan:
    wanted = [row for row in one.due if row.may_stand]
    missing = [row for row in wanted if places.get(row.row.row_key) == []]
    inserts = [row for row in one.due if not row.may_stand]
    inserts += [row for row in missing if row.is_new and _is_late(this, row)]
    changes = [
        (row, update)
        for row in wanted
        for at in places.get(row.row.row_key, ())
        if (update := _update(this, one, view, row, at=at)) is not None
    ]
    edit = TabEdit(
        tab=one.tab,
        view=view,
        foreign=one.foreign,
        updates=[update for _, update in changes],
        inserts=[RowInsert(row.row.row_key, _fitting(row, view), row.formats(locale)) for row in inserts],
    )
    return Plan(
        work=one,
        edit=edit,
        placed={key: found[0] for key, found in places.items() if found},
        held=tuple(row for row in missing if row.is_new and not _is_late(this, row)),
        typed_over=tuple(_all_typed_over(this, one, view, changes)),
    )


def _is_late(this: Pass, row: DueRow) -> bool:
    """Whether the unanswered insert of this row can no longer arrive."""
    return row.row.sent_at is None or row.row.sent_at <= this.services.clock.now() - LATE_WRITE


def _fitting(row: DueRow, view: TabView) -> Mapping[str, Cell]:
    """The row's cells for the columns that are there."""
    cells = row.cells
    if cells.keys() <= view.columns.keys():
        return cells  # nothing is missing that a formula could name
    return {key: grid.pin(cell, cells, view.columns) for key, cell in cells.items() if key in view.columns}


def _update(this: Pass, one: TabWork, view: TabView, row: DueRow, *, at: int) -> RowUpdate | None:
    """The cells of a row that differ from what the sheet shows now, in columns that are there and ours. In columns on
    their way out it is only what we wrote that goes.
    """
    before = row.before or {}
    cells = {
        key: cell
        for key, cell in _fitting(row, view).items()
        if key != one.tab.key_column and not _shows(cell, view, row=at, key=key, is_written=before.get(key) == cell)
    }
    sealer = this.services.store.sealer
    for key in one.bound.reshaping.leaving:
        if key in cells and images.is_own_text(sealer, row.row, key, view.cell(at, view.columns[key])):
            del cells[key]
    return RowUpdate(row.row.row_key, at, cells) if cells else None


def _shows(cell: Cell, view: TabView, *, row: int, key: str, is_written: bool) -> bool:
    """Whether the sheet shows the cell. A formula that was not written as it is now has to read the same."""
    found = view.cell(row, view.columns[key])
    if cell.form is not Form.FORMULA or is_written or not grid.is_same(cell, found):
        return grid.is_same(cell, found)
    return grid.is_formula_text(cell, found, batch.references_in(view, row))


def _all_typed_over(
    this: Pass, one: TabWork, view: TabView, changes: Sequence[tuple[DueRow, RowUpdate]]
) -> list[Typed]:
    """People's texts that these updates replace."""
    parts: list[Mapping[str, Any]] = []
    is_open = bool(this.services.memory.unanswered_in([one.bound.row.id]))
    if is_open or not all(row.row.is_known for row, _ in changes):
        with this.services.store.read() as tx:
            parts = intents.open_parts(tx, this.file.spreadsheet_id, one.bound.row.id)
    sealer, found = this.services.store.sealer, list[Typed]()
    for row, update in changes:
        for key in _typed_over(this, view, row, update, parts=parts):
            at = view.columns[key]
            address = f"{view.title}!{grid.a1_cell(update.row, at)}"
            shown = images.print_of(sealer, view.cell(update.row, at))
            found.append(Typed(address, update.row_key, key, shown))
    return found


def _typed_over(
    this: Pass, view: TabView, row: DueRow, update: RowUpdate, *, parts: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Columns about to be written whose cells show neither what we wrote nor nothing: a person typed there.

    What a row shows is not known after a write without an answer (`parts`), which may be the one that put it in: then
    what it sent may stand there too, also what was meant for another row or column. Where nobody knows what it sent,
    only texts that it met are told.
    """
    sealer, image, row_key = this.services.store.sealer, row.row.image or {}, row.row.row_key
    anywhere = typed_over.prints_of(parts)
    found = {key: view.cell(update.row, view.columns[key]) for key in update.cells}
    kept = images.recall(sealer, {key: image[key] for key in found if key in image}, found)
    if row.row.is_known and row.row.image is not None:
        typed = typed_over.keys(found={key: cell for key, cell in found.items() if key in image}, kept=kept)
        return [key for key in typed if images.print_of(sealer, found[key]) not in anywhere] if anywhere else typed
    sent = typed_over.sent_to(row_key, parts)
    if sent is None:
        met = {(one.column, one.shown) for part in parts for one in typed_over.met(part) if one.row_key == row_key}
        return [key for key, cell in found.items() if (key, images.print_of(sealer, cell)) in met]
    told = {key: cell for key, cell in found.items() if key in image or key in sent}
    return typed_over.unsure_keys(
        found=told, kept=kept, prints=dict.fromkeys(told, anywhere), print_of=lambda cell: images.print_of(sealer, cell)
    )  # fmt: skip
