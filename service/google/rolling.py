"""Whole rows cut out of a tab into a hidden staging tab, looked at there, and brought back or deleted with it. Pure.

Nothing deletes rows by what they hold, only by place, and people sort and insert at any moment. So rows are not
deleted but cut first: what the places held stands in the staging tab, and only the places, blank by then, are deleted.
A row that should not have been among them goes back. Indexes count from 0.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.core.cells import BLANK, Cell, Form
from service.google import grid, rules
from service.google.grid import Json
from service.google.shifts import shift_between
from service.google.tabs import TabView

_CELLS = "rowData.values(userEnteredValue,note)"
#: A spot read, as of a bound tab, with the notes of its cells.
SPOT_FIELDS = (
    "properties(title,locale,timeZone,autoRecalc),"
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    f"data(startRow,startColumn,{_CELLS},columnMetadata.developerMetadata("
    "metadataId,metadataKey,metadataValue)))"
)
STAGED_FIELDS = f"sheets(properties(sheetId,gridProperties(columnCount)),data(startRow,startColumn,{_CELLS}))"
ANSWER_FIELDS = f"updatedSpreadsheet({STAGED_FIELDS})"
TABS_FIELDS = "sheets.properties(sheetId,title)"
SPARE_ROWS = 20  # what a tab keeps below its header when all its rows leave: it cannot be without any
SPARE_COLUMNS = 26  # for columns that somebody puts in between the read and the cut
_FORMULA = Cell(Form.FORMULA, "=")


@dataclass(frozen=True, slots=True)
class WholeRow:
    """Everything that a row holds: its cells and their notes, without blank ones at the end."""

    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nobody would miss it."""
        return not self.cells and not self.notes

    def holds_own(self, ours: Collection[int]) -> bool:
        """Whether a person wrote into it: a value outside our columns, or a note anywhere."""
        return bool(self.notes) or any(cell != BLANK for at, cell in enumerate(self.cells) if at not in ours)

    def text(self) -> str:
        """The same for rows that hold the same. Of a formula only that it is one: its references move with the row."""
        cells = [_FORMULA if cell.form is Form.FORMULA and "#REF!" not in cell.value else cell for cell in self.cells]
        return repr(([(cell.form.value, cell.value) for cell in cells], self.notes))


NO_ROW = WholeRow()


def whole_rows(answer: Mapping[str, Any], sheet_id: int) -> dict[int, WholeRow] | None:
    """Row index → row, of the rows of this tab that an answer holds; None when the tab is not in it."""
    found = next((sheet for sheet in answer.get("sheets", ()) if _id_of(sheet) == sheet_id), None)
    if found is None:
        return None
    rows = {}
    for block in found.get("data", ()):
        start = int(block.get("startRow", 0))
        for offset, row in enumerate(block.get("rowData", ())):
            rows[start + offset] = _whole(row.get("values", ()))
    return rows


def _id_of(sheet: Mapping[str, Any]) -> int:
    return int(sheet.get("properties", {}).get("sheetId", 0))


def _whole(values: Sequence[Mapping[str, Any]]) -> WholeRow:
    cells = [grid.cell_of(value) for value in values]
    notes = [str(value.get("note", "")) for value in values]
    while notes and not notes[-1]:
        notes.pop()
    return WholeRow(trimmed(cells), tuple(notes))


def trimmed(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells without blank ones at the end."""
    end = max((at for at, cell in enumerate(cells) if cell != BLANK), default=-1) + 1
    return tuple(cells[:end])


# --- out of the tab --------------------------------------------------------------------------------------------------


def staging_id_for(move_id: str) -> int:
    """The grid id of the staging tab of this move: a batch that arrives twice is refused."""
    return rules.own_id(move_id, "staging")


def staging_title(move_id: str) -> str:
    """What the staging tab is called for the second that it is there."""
    return f"Rowstream is moving rows {move_id[:8]}"


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows to be cut out of a tab of this size. `places`: their grid rows, ascending."""

    sheet_id: int
    header_row: int
    row_count: int
    column_count: int
    places: Sequence[int]
    staging_id: int
    title: str


def blocks(places: Sequence[int]) -> list[tuple[int, int]]:
    """(first, one past the last) of each run of neighbouring places."""
    return grid.runs(places)


def cut_body(cut: Cut) -> Json:
    """The batch that moves the rows into a new hidden staging tab and deletes the blank places they leave. Its answer
    shows the staging tab: the rows in their order, and below them the headings that they stood under in that moment.
    """
    size = {"rowCount": len(cut.places) + 1, "columnCount": cut.column_count + SPARE_COLUMNS}
    tab = {"sheetId": cut.staging_id, "title": cut.title, "hidden": True, "gridProperties": size}
    requests: list[Json] = [{"addSheet": {"properties": tab}}]
    if cut.row_count - len(cut.places) <= cut.header_row + 1:
        room = {"sheetId": cut.sheet_id, "dimension": "ROWS", "length": SPARE_ROWS}
        requests.append({"appendDimension": room})
    heads = {"sheetId": cut.staging_id, "startRowIndex": len(cut.places), "startColumnIndex": 0}
    header = grid.row_range(cut.sheet_id, cut.header_row, cut.header_row + 1)
    requests.append({"copyPaste": {"source": header, "destination": heads, "pasteType": "PASTE_VALUES"}})
    runs, offset = blocks(cut.places), 0
    for start, end in runs:
        requests.append(_cut(grid.row_range(cut.sheet_id, start, end), cut.staging_id, offset))
        offset += end - start
    for start, end in reversed(runs):
        where = {"sheetId": cut.sheet_id, "dimension": "ROWS", "startIndex": start, "endIndex": end}
        requests.append({"deleteDimension": {"range": where}})
    return _seen(requests, cut.title, len(cut.places))


def _cut(source: Json, sheet_id: int, row: int, column: int = 0) -> Json:
    place = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    return {"cutPaste": {"source": source, "destination": place, "pasteType": "PASTE_NORMAL"}}


def _seen(requests: Sequence[Json], title: str, row_count: int, *, headings: "Back | None" = None) -> Json:
    ranges = [grid.a1_rows(title, 0, row_count + 1)]
    if headings is not None:
        ranges.append(grid.a1_rows(headings.view.title, headings.header_row, headings.header_row + 1))
    return {
        "requests": list(requests),
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": ranges,
    }


@dataclass(frozen=True, slots=True)
class Sorted:
    """Rows of a staging tab. `ours`: row index → which of the expected rows it is. `others`: rows that were in the way,
    by row index. `heads`: the headings that they stood under.
    """

    ours: Mapping[int, int]
    others: Mapping[int, WholeRow]
    heads: WholeRow = NO_ROW


def sort_out(staged: Mapping[int, WholeRow], expected: Sequence[str], prints: Mapping[int, str]) -> Sorted:
    """Which staged rows are the expected ones (by fingerprint, each once) and which are somebody else's.

    `prints`: row index → fingerprint. Blank rows are neither, nor are the headings below them.
    """
    wanted: dict[str, list[int]] = {}
    for index, print_ in enumerate(expected):
        wanted.setdefault(print_, []).append(index)
    ours: dict[int, int] = {}
    others: dict[int, WholeRow] = {}
    for row, whole in sorted(staged.items()):
        if whole.is_blank or row >= len(expected):
            continue
        places = wanted.get(prints[row])
        if places:
            ours[row] = places.pop(0)
        else:
            others[row] = whole
    return Sorted(ours, others, staged.get(len(expected), NO_ROW))


@dataclass(frozen=True, slots=True)
class Back:
    """Rows that go back into a tab as `view` shows it. `places`: (staging row, grid row of the tab), ascending by the
    latter; `width`: columns that they fill; `runs`: see `runs_of`.
    """

    staging_id: int
    title: str
    staged_rows: int
    sheet_id: int
    header_row: int
    view: TabView
    places: Sequence[tuple[int, int]]
    width: int
    runs: Sequence[tuple[int, int, int]]


# --- back into it, or away -------------------------------------------------------------------------------------------


def runs_of(heads: WholeRow, view: TabView, *, header_row: int, width: int) -> list[tuple[int, int, int]]:
    """(first, one past the last, where to) of each run of staged columns that stay side by side in the tab: columns are
    known by their headings, `heads` of then and those of `view`. One that is gone goes to the right end.
    """
    rows = {header_row: heads.cells}
    before = replace(view, columns={}, rows=rows, column_count=max(view.column_count, width), proposed=frozenset())
    shift = shift_between(before, replace(view, columns={}), rows=[header_row], hits={}).columns
    end = max(view.column_count, width)
    goal = {at: shift.get(at, end + at) for at in range(width)}
    found: list[tuple[int, int, int]] = []
    for at, there in goal.items():
        if found and there - found[-1][2] == at - found[-1][0]:
            found[-1] = (found[-1][0], at + 1, found[-1][2])
        else:
            found.append((at, at + 1, there))
    return found


def return_body(back: Back) -> Json:
    """The batch that brings rows back, each into a row made for it. Its answer shows the staging tab, and the tab's
    headings.
    """
    requests: list[Json] = []
    for row, at in back.places:
        where = {"sheetId": back.sheet_id, "dimension": "ROWS", "startIndex": at, "endIndex": at + 1}
        requests.append({"insertDimension": {"range": where, "inheritFromBefore": at > back.header_row + 1}})
        requests += _laid(back, row, at)
    return _seen(requests, back.title, back.staged_rows, headings=back)


def _laid(back: Back, row: int, at: int) -> list[Json]:
    """A staged row's columns cut into a blank row of the tab, each where it belongs."""
    return [_cut(_part(back.staging_id, row, first, end), back.sheet_id, at, there) for first, end, there in back.runs]


def _part(sheet_id: int, row: int, first: int, end: int) -> Json:
    return {**grid.row_range(sheet_id, row, row + 1), "startColumnIndex": first, "endColumnIndex": end}


def moved_under(back: Back, answer: Mapping[str, Any]) -> Back | None:
    """The same rows under the headings that the answer of `return_body` shows, when somebody put a column in or took
    one out in that moment; None when nobody did.
    """
    rows = whole_rows(answer, back.sheet_id)
    if rows is None:
        return None
    cells = rows.get(back.header_row, NO_ROW).cells
    found = next(sheet for sheet in answer.get("sheets", ()) if _id_of(sheet) == back.sheet_id)
    count = int(found["properties"].get("gridProperties", {}).get("columnCount", back.view.column_count))
    view = replace(back.view, rows={back.header_row: cells}, column_count=count)
    heads = trimmed(back.view.rows.get(back.header_row, ()))
    grown = max([back.view.column_count, *(there + end - first for first, end, there in back.runs)])
    if heads == cells and count == grown:
        return None
    width = max(there + end - first for first, end, there in back.runs)
    runs = runs_of(WholeRow(heads), view, header_row=back.header_row, width=width)
    return replace(back, view=view, width=width, runs=runs)


def again_body(back: Back) -> Json:
    """The batch that takes rows which were just put back into the staging tab once more, and out of it under the
    headings of `back`. Its answer is as that of `return_body`.
    """
    requests: list[Json] = []
    for row, at in back.places:
        requests.append(_cut(_part(back.sheet_id, at, 0, back.width), back.staging_id, row))
        requests += _laid(back, row, at)
    return _seen(requests, back.title, back.staged_rows, headings=back)


def show_body(staging_id: int, title: str) -> Json:
    """The batch that makes the staging tab a visible one with this title: its rows have nowhere else to go."""
    tab = {"sheetId": staging_id, "title": title, "hidden": False}
    return {"requests": [{"updateSheetProperties": {"properties": tab, "fields": "title,hidden"}}]}


def delete_body(staging_id: int) -> Json:
    """The batch that deletes the staging tab."""
    return {"requests": [{"deleteSheet": {"sheetId": staging_id}}]}
