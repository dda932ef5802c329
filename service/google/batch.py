"""Edits of bound tabs → one atomic batch whose answer proves itself. Pure: builds requests, checks answers.

Updates go to rows whose place a spot read just proved; new rows are inserted below the last row with any content, so
they are blank by construction. Only owned, changed cells are sent; a key cell is written once, with its row.
Indexes count from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.core.cells import BLANK, Cell, Form
from service.google import grid
from service.google.grid import Json
from service.google.tabs import TAB_FIELDS, OwnedTab, TabView

ANSWER_FIELDS = f"updatedSpreadsheet({TAB_FIELDS})"
NO_LINK = "userEnteredFormat.textFormat.link"
NUMBER_FORMAT = "userEnteredFormat.numberFormat"


@dataclass(frozen=True, slots=True)
class RowUpdate:
    """Changed cells of a row that stands at `row`."""

    row_key: str
    row: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class RowInsert:
    """All cells of a row that is not there yet. `formats`: column key → NumberFormat JSON."""

    row_key: str
    cells: Mapping[str, Cell]
    formats: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TabEdit:
    """What one pass wants to change in one tab, and the view it is based on."""

    tab: OwnedTab
    view: TabView
    foreign: frozenset[str]  # columns whose text other people wrote
    updates: Sequence[RowUpdate] = ()
    inserts: Sequence[RowInsert] = ()

    @property
    def insert_at(self) -> int:
        """The grid row at which new rows begin."""
        return max(self.view.content_end, self.tab.header_row + 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answer proved of one tab: row key → row, for rows that show what was wanted.

    `missed`: rows that do not, with what is not known of them any more. `hit`: keys of other rows of ours that stand
    where we wrote. `strays`: A1 addresses of foreign cells we may have written over.
    """

    proved: Mapping[str, int] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    hit: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()


def body_of(edits: Sequence[TabEdit]) -> Json:
    """The batchUpdate body: every edit, and the request to see all of it afterwards."""
    return {
        "requests": [request for edit in edits for request in _requests(edit)],
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": [range_ for edit in edits for range_ in _ranges(edit)],
    }


def owner_of(edits: Sequence[TabEdit], index: int) -> TabEdit | None:
    """The edit whose request stands at `index` (from 0) of the batch; None when there is no such request."""
    for edit in edits:
        count = len(_requests(edit))
        if index < count:
            return edit
        index -= count
    return None


def _requests(edit: TabEdit) -> list[Json]:
    found = [request for update in edit.updates for request in _update_requests(edit, update)]
    return found + (_insert_requests(edit) if edit.inserts else [])


def _update_requests(edit: TabEdit, update: RowUpdate) -> list[Json]:
    """One updateCells per run of neighbouring columns; link-like foreign text in a run of its own mask."""
    by_column = {edit.view.columns[key]: key for key in update.cells if key in edit.view.columns}
    references = references_in(edit.view, update.row)
    plain = [column for column, key in by_column.items() if not _needs_no_link(edit, key, update.cells[key])]
    linked = [column for column in by_column if column not in plain]
    found = []
    for columns, fields in ((plain, "userEnteredValue"), (linked, f"userEnteredValue,{NO_LINK}")):
        for start, end in grid.runs(columns):
            values = [update.cells[by_column[column]] for column in range(start, end)]
            data = [{"userEnteredValue": grid.value_of(cell, references)} for cell in values]
            found.append(_update_cells(edit.tab.sheet_id, update.row, start, rows=[{"values": data}], fields=fields))
    return found


def _insert_requests(edit: TabEdit) -> list[Json]:
    at, count = edit.insert_at, len(edit.inserts)
    rows: Json = {"sheetId": edit.tab.sheet_id, "dimension": "ROWS", "startIndex": at, "endIndex": at + count}
    found: list[Json] = []
    found.append(
        {"insertDimension": {"range": rows, "inheritFromBefore": at > edit.tab.header_row + 1}}
        if at < edit.view.row_count
        else {"appendDimension": {"sheetId": edit.tab.sheet_id, "dimension": "ROWS", "length": count}}
    )
    by_column = {column: key for key, column in edit.view.columns.items()}
    for start, end in grid.runs(by_column):
        keys = [by_column[column] for column in range(start, end)]
        data = [_insert_row(edit, insert, at + offset, keys=keys) for offset, insert in enumerate(edit.inserts)]
        fields = f"userEnteredValue,{NUMBER_FORMAT},{NO_LINK}"
        found.append(_update_cells(edit.tab.sheet_id, at, start, rows=data, fields=fields))
    return found


def _insert_row(edit: TabEdit, insert: RowInsert, row: int, *, keys: Sequence[str]) -> Json:
    references = references_in(edit.view, row)
    return {
        "values": [
            {
                "userEnteredValue": grid.value_of(insert.cells.get(key, BLANK), references),
                **({"userEnteredFormat": {"numberFormat": insert.formats[key]}} if key in insert.formats else {}),
            }
            for key in keys
        ]
    }


def _update_cells(sheet_id: int, row: int, column: int, *, rows: list[Json], fields: str) -> Json:
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": rows, "fields": fields}}


def _needs_no_link(edit: TabEdit, key: str, cell: Cell) -> bool:
    return key in edit.foreign and grid.would_become_link(cell)


def references_in(view: TabView, row: int) -> dict[str, str]:
    """Column key → A1 reference of its cell in this row."""
    return {key: grid.a1_cell(row, column) for key, column in view.columns.items()}


def _ranges(edit: TabEdit) -> list[str]:
    """Header, every written row, and from the former last row to the end of the new ones."""
    header = edit.tab.header_row
    found = [(header, header + 1), *grid.runs((update.row for update in edit.updates), gap=2)]
    if edit.inserts:
        found.append((max(edit.insert_at - 1, header), edit.insert_at + len(edit.inserts)))
    return [grid.a1_rows(edit.view.title, start, end) for start, end in found]


def verify(edit: TabEdit, after: TabView | None) -> Verdict:
    """What `after` (the tab in the write's own answer) proves. None = the tab was not in the answer."""
    wanted = _wanted(edit)
    if after is None:
        return Verdict(missed=tuple(key for key, _, _ in wanted))
    proved: dict[str, int] = {}
    missed, hit, strays = [], [], []
    columns_moved = any(after.columns.get(key) != column for key, column in edit.view.columns.items())
    for row_key, row, cells in wanted:
        found_key = after.key_at(row, edit.tab)
        shows = found_key == row_key and all(
            grid.is_same(cell, after.cell(row, after.columns[key]))
            for key, cell in cells.items()
            if key in after.columns
        )
        if shows and not columns_moved:
            proved[row_key] = row
            continue
        missed.append(row_key)
        if found_key and found_key != row_key:
            hit.append(found_key)
        if columns_moved or found_key != row_key:
            strays += [grid.a1_cell(row, edit.view.columns[key]) for key in cells if key in edit.view.columns]
    return Verdict(proved=proved, missed=tuple(missed), hit=tuple(hit), strays=tuple(strays))


def _wanted(edit: TabEdit) -> list[tuple[str, int, Mapping[str, Cell]]]:
    """(row key, row after the write, cells it should show) of every edit."""
    found: list[tuple[str, int, Mapping[str, Cell]]] = [
        (update.row_key, update.row, update.cells) for update in edit.updates
    ]
    for offset, insert in enumerate(edit.inserts):
        cells = {key: insert.cells.get(key, BLANK) for key in edit.view.columns}
        found.append((insert.row_key, edit.insert_at + offset, cells))
    return found


def key_cell(row_key: str) -> Cell:
    """The key as it stands in its cell."""
    return Cell(Form.TEXT, row_key)
