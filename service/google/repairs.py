"""Repairs: cells that have to show again what they showed, or what they were meant to show, as one batch. Pure.

A repair names grid places; it is sent only when a read has just shown that the rows are still the ones it is for.
Indexes count from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.core.cells import BLANK, Cell, Form
from service.google import grid
from service.google.batch import NUMBER_FORMAT, update_cells
from service.google.grid import Json
from service.google.references import moved_formula
from service.google.relocation import Relocation
from service.google.tabs import OwnedTab, TabView

A_FORMULA = Cell(Form.FORMULA, "")
ROWS_AROUND = 500  # how far on both sides a row is looked for that moved before it was repaired


@dataclass(frozen=True, slots=True)
class Repair:
    """Cells of a row that have to show this, by grid column; formulas as they read there.

    `row_key`: a row of ours that is complete with this. `heals`: whether a row of ours is put right by it. `formats`:
    number formats of a new row, whose other cells lose theirs.
    """

    row: int
    cells: Mapping[int, Cell]
    row_key: str = ""
    heals: bool = False
    formats: Mapping[int, Json] | None = None


@dataclass(frozen=True, slots=True)
class TabRepair:
    """The repairs of one tab, and the view that they are based on: the answer that showed the damage."""

    tab: OwnedTab
    view: TabView
    repairs: Sequence[Repair] = field(default_factory=tuple)


def joined(wanted: Sequence[Repair]) -> list[Repair]:
    """One repair for each row: of several for one cell the first that knows what it held, else blank."""
    found: dict[int, Repair] = {}
    for one in wanted:
        first = found.get(one.row, one)
        told = {at: cell for at, cell in first.cells.items() if cell != BLANK}
        found[one.row] = Repair(
            one.row,
            {**first.cells, **one.cells, **told},
            first.row_key or one.row_key,
            first.heals or one.heals,
            first.formats or one.formats,
        )
    return list(found.values())


def kept(view: TabView, repair: Repair) -> list[Cell]:
    """What the row shows, and shows still when it is repaired: the cells that are not written, blank ones left out."""
    shown = enumerate(view.rows.get(repair.row, ()))
    return [cell for at, cell in shown if at not in repair.cells and cell != BLANK]


def filters_of(wanted: Sequence[TabRepair]) -> list[Json]:
    """The data filters of the read that proves the rows: header and every row to be repaired."""
    return [{"gridRange": grid.row_range(one.tab.sheet_id, start, end)} for one in wanted for start, end in _spans(one)]


def filters_around(wanted: Sequence[TabRepair]) -> list[Json]:
    """The data filters of the read that looks for rows which moved: the header, and many rows on both sides."""
    spans = [
        (one.tab, (max(at - ROWS_AROUND, 0), at + ROWS_AROUND))
        for one in wanted
        for at in {repair.row for repair in one.repairs}
    ]
    found = []
    for one in wanted:
        around = [at for tab, (start, end) in spans if tab is one.tab for at in range(start, end)]
        for start, end in grid.runs([one.tab.header_row, *around]):
            if start < one.view.row_count:  # a range that begins outside of the grid is refused
                found.append({"gridRange": grid.row_range(one.tab.sheet_id, start, min(end, one.view.row_count))})
    return found


def found_again(one: TabRepair, now: TabView | None) -> TabRepair:
    """The repairs whose rows stand where they did, and those whose rows moved and are told by all that they showed.

    A row that moved is not complete by its repair: what is ours of it is written by the next pass, which finds its key.
    Where columns moved the repairs follow them.
    """
    if now is None:
        return TabRepair(one.tab, one.view, ())
    if dict(now.columns) != dict(one.view.columns) or now.column_count != one.view.column_count:
        return TabRepair(one.tab, now, _followed(Relocation(one.tab, one.view, now), one.repairs))
    places: dict[tuple[Cell, ...], list[int]] = {}
    for at in now.rows:
        places.setdefault(_without_formulas(now, at), []).append(at)
    found: list[Repair] = []
    lost: list[Repair] = []
    for repair in one.repairs:
        told = _without_formulas(one.view, repair.row)
        if _row(now, repair.row) == _row(one.view, repair.row):
            found.append(repair)
        elif set(told) - {BLANK, A_FORMULA} and len(places.get(told, ())) == 1:
            found.append(_moved(repair, places[told][0], now.title))
        else:
            lost.append(repair)
    return TabRepair(one.tab, now, found + _followed(Relocation(one.tab, one.view, now), lost))


def _moved(repair: Repair, row: int, title: str) -> Repair:
    cells = {at: _as_read_at(cell, repair.row, row, title) for at, cell in repair.cells.items()}
    return Repair(row, cells, heals=repair.heals or bool(repair.row_key), formats=repair.formats)


def _as_read_at(cell: Cell, old: int, new: int, title: str) -> Cell:
    """A formula looks at its own row wherever that row goes."""
    if cell.form is not Form.FORMULA:
        return cell

    def follow(first: int, last: int) -> tuple[int, int]:
        return (new if first == old else first, new if last == old else last)

    return Cell(Form.FORMULA, moved_formula(cell.value, title=title, columns=lambda *span: span, rows=follow))


def owed(one: TabRepair, now: TabView | None, undone: Sequence[Repair]) -> TabRepair:
    """What is left to do after repairs (`one`) were written while people moved rows or columns, so that some are
    `undone`: what these fell upon shows again what it showed, and their own cells are written where they are now.
    """
    if now is None:
        return TabRepair(one.tab, one.view, ())
    hits = {repair.row: repair.cells.keys() for repair in one.repairs}
    move = Relocation(one.tab, one.view, now, hits)
    cells: dict[tuple[int, int], Cell] = {}
    for repair in [*_given_back(move, undone), *_followed(move, undone)]:  # a cell's own repair is the last word
        cells.update({(repair.row, column): cell for column, cell in repair.cells.items()})
    left: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in cells.items():
        if now.cell(row, column) != cell:
            left.setdefault(row, {})[column] = cell
    return TabRepair(one.tab, now, [Repair(row, found) for row, found in left.items()])


def _followed(move: Relocation, wanted: Sequence[Repair]) -> list[Repair]:
    """The repairs for where their cells are now, as far as those still show what was to be put right."""
    found = []
    for repair in wanted:
        there: dict[int, dict[int, Cell]] = {}
        for column, cell in repair.cells.items():
            place = move.place_of(repair.row, column)
            if place is None or not move.shows_still(repair.row, column, place):
                continue
            there.setdefault(place[0], {})[place[1]] = move.carried(cell, repair.row, place[0])
        found += [Repair(row, cells, heals=repair.heals or bool(repair.row_key)) for row, cells in there.items()]
    return found


def _given_back(move: Relocation, undone: Sequence[Repair]) -> list[Repair]:
    """What the repairs fell upon, as it was."""
    found = []
    for repair in undone:
        old, cells = move.origin_of(repair.row), dict[int, Cell]()
        if old is None:  # somebody else's, put in meanwhile: it is named
            continue
        for column in repair.cells:
            source = move.shift.origin(column)
            former = BLANK if source is None else move.carried(move.before.cell(old, source), old, repair.row)
            if (old, source) != (repair.row, column):
                cells[column] = former
        if cells:
            found.append(Repair(repair.row, cells))
    return found


def body_of(wanted: Sequence[TabRepair]) -> Json:
    """The batchUpdate body: every repair, and the request to see its rows afterwards."""
    return {
        "requests": [request for one in wanted for repair in one.repairs for request in _requests(one, repair)],
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": [grid.a1_rows(one.view.title, start, end) for one in wanted for start, end in _spans(one)],
    }


def done(one: TabRepair, after: TabView | None) -> list[Repair]:
    """The repairs that the answer proves: columns where they were, the rows as they were but for what was written."""
    if after is None or dict(after.columns) != dict(one.view.columns):
        return []
    return [repair for repair in one.repairs if _is_done(one.view, repair, after)]


def _is_done(before: TabView, repair: Repair, after: TabView) -> bool:
    width = max(before.column_count, after.column_count)
    return all(
        _is_shown(repair.cells[at], after.cell(repair.row, at))
        if at in repair.cells
        else before.cell(repair.row, at) == after.cell(repair.row, at)
        for at in range(width)
    )


def _is_shown(wanted: Cell, found: Cell) -> bool:
    if wanted.form is Form.FORMULA and found.form is Form.FORMULA:
        return grid.reads_alike(wanted.value, found.value)
    return grid.is_same(wanted, found)


def _spans(one: TabRepair) -> list[tuple[int, int]]:
    header = one.tab.header_row
    return [(header, header + 1), *grid.runs(repair.row for repair in one.repairs)]


def _requests(one: TabRepair, repair: Repair) -> list[Json]:
    fields = "userEnteredValue" if repair.formats is None else f"userEnteredValue,{NUMBER_FORMAT}"
    found = []
    for start, end in grid.runs(repair.cells):
        values = [_cell(repair, column) for column in range(start, end)]
        rows: list[Json] = [{"values": values}]
        found.append(update_cells(one.tab.sheet_id, repair.row, start, rows=rows, fields=fields))
    return found


def _cell(repair: Repair, column: int) -> Json:
    value: Json = {"userEnteredValue": grid.literal_of(repair.cells[column])}
    chosen = (repair.formats or {}).get(column)
    return value if chosen is None else {**value, "userEnteredFormat": {"numberFormat": chosen}}


def _row(view: TabView, row: int) -> tuple[Cell, ...]:
    """The row's cells without the blank ones at its end."""
    cells = list(view.rows.get(row, ()))
    while cells and cells[-1] == BLANK:
        cells.pop()
    return tuple(cells)


def _without_formulas(view: TabView, row: int) -> tuple[Cell, ...]:
    """The row as it is told wherever it goes: the text of a formula goes with its place."""
    return tuple(A_FORMULA if cell.form is Form.FORMULA else cell for cell in _row(view, row))
