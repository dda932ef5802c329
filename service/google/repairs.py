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


def still_true(one: TabRepair, now: TabView | None) -> TabRepair:
    """The repairs whose rows show now what they showed when the damage was seen; none when columns have moved."""
    if now is None or dict(now.columns) != dict(one.view.columns):
        return TabRepair(one.tab, one.view, ())
    repairs = [repair for repair in one.repairs if _row(now, repair.row) == _row(one.view, repair.row)]
    return TabRepair(one.tab, now, repairs)


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
    """
    if now is None or dict(now.columns) != dict(one.view.columns):
        return TabRepair(one.tab, one.view, ())
    places: dict[tuple[Cell, ...], list[int]] = {}
    for at in now.rows:
        places.setdefault(_without_formulas(now, at), []).append(at)
    found: list[Repair] = []
    for repair in one.repairs:
        told = _without_formulas(one.view, repair.row)
        if _row(now, repair.row) == _row(one.view, repair.row):
            found.append(repair)
        elif set(told) - {BLANK, A_FORMULA} and len(places.get(told, ())) == 1:
            found.append(_moved(repair, places[told][0], now.title))
    return TabRepair(one.tab, now, found)


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
