"""The note on the first heading of a bound tab: where it stands, what it says, and the request that changes it. Pure.

Read and written apart from the rows: a flush never touches notes. Indexes count from 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.core.cells import Form
from service.google import grid, tabs
from service.google.grid import Json
from service.google.tabs import OwnedTab, TabView

#: Rows above which the heading is looked for: people put a line or two above it.
REACH = 10
FIELDS = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "data(startRow,startColumn,rowData.values(userEnteredValue,note),"
    "columnMetadata(hiddenByUser,developerMetadata(metadataId,metadataKey,metadataValue))))"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading cell: its place, the text in it and its note."""

    row: int
    column: int
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The top of a tab. `first`: the heading of its first column of ours that is in sight, `key`: that column's."""

    title: str
    row_count: int
    key: str
    first: Heading
    all: tuple[Heading, ...]  # every cell of the heading's row that holds a text or a note

    def at(self, column: int) -> Heading | None:
        """The heading that stands in this column."""
        return next((one for one in self.all if one.column == column), None)

    def called(self, text: str) -> Heading | None:
        """The heading with this text; None for none, and for no text."""
        return next((one for one in self.all if one.text == text), None) if text else None


def top_filter(tab: OwnedTab) -> Json:
    """The data filter that reads the top of the tab."""
    return {"gridRange": grid.row_range(tab.sheet_id, 0, tab.header_row + REACH)}


def find(answer: Mapping[str, Any], tab: OwnedTab) -> Headings | None:
    """The headings of the tab in an answer; None when the tab, or every column of ours in it, is gone."""
    view = tabs.read_view(answer, [tab]).tabs.get(tab.sheet_id)
    if view is None or not view.columns:
        return None
    (sheet,) = [one for one in answer["sheets"] if int(one["properties"].get("sheetId", 0)) == tab.sheet_id]
    notes, hidden = notes_of(sheet), _hidden(sheet)
    key = min(view.columns, key=lambda name: (view.columns[name] in hidden, view.columns[name]))
    column = view.columns[key]
    row = _heading_row(view, tab, column, key=key, notes=notes)
    texts = {at: cell.value for at, cell in enumerate(view.rows.get(row, ())) if cell.form is Form.TEXT}
    noted = {at for at_row, at in notes if at_row == row}
    found = {at: Heading(row, at, texts.get(at, ""), notes.get((row, at), "")) for at in {*texts, *noted, column}}
    return Headings(view.title, view.row_count, key, found[column], tuple(found[at] for at in sorted(found)))


def _heading_row(view: TabView, tab: OwnedTab, column: int, *, key: str, notes: Mapping[tuple[int, int], str]) -> int:
    """The row of the heading: where its text stands, else where a note does, since people rename headings."""
    reach = range(tab.header_row + REACH)
    for row in reach:
        cell = view.cell(row, column)
        if cell.form is Form.TEXT and cell.value == tab.headers[key]:
            return row
    return next((row for row in reach if (row, column) in notes), tab.header_row)


def notes_of(sheet: Mapping[str, Any]) -> dict[tuple[int, int], str]:
    """(grid row, grid column) → note of every noted cell in a tab of an answer."""
    return {
        (int(block.get("startRow", 0)) + down, int(block.get("startColumn", 0)) + right): cell["note"]
        for block in sheet.get("data", ())
        for down, row in enumerate(block.get("rowData", ()))
        for right, cell in enumerate(row.get("values", ()))
        if cell.get("note")
    }


def _hidden(sheet: Mapping[str, Any]) -> set[int]:
    return {
        int(block.get("startColumn", 0)) + at
        for block in sheet.get("data", ())
        for at, column in enumerate(block.get("columnMetadata", ()))
        if column.get("hiddenByUser")
    }


def change(tab: OwnedTab, top: Headings, notes: Mapping[Heading, str]) -> Json:
    """The batchUpdate body that gives these headings their notes, and shows the top of the tab afterwards."""
    end = min(tab.header_row + REACH, top.row_count)
    return {
        "requests": [_noted(tab, place, note) for place, note in notes.items()],
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": [grid.a1_rows(top.title, 0, end)],
    }


def _noted(tab: OwnedTab, place: Heading, note: str) -> Json:
    start = {"sheetId": tab.sheet_id, "rowIndex": place.row, "columnIndex": place.column}
    cell: Json = {"note": note} if note else {}
    return {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "note"}}
