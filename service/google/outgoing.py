"""Columns that go out of a tab of ours: what of ours is at their heads, and the requests that take it away, or that put
it back where it went by mistake. Pure.

The cells below are the flushes' business. What people typed over our heading or into its note is theirs and stays.
Indexes count from 0.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.cells import BLANK, Cell, text_cell
from service.google import grid, headnotes, shifts, tabs
from service.google.batch import update_cells
from service.google.grid import Json
from service.google.rules import HeaderColumn
from service.google.tabs import COLUMN_KEY, OwnedTab, TabView

FIELDS = (
    "properties.locale,sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "data(startRow,startColumn,rowData.values(userEnteredValue,note),"
    "columnMetadata.developerMetadata(metadataId,metadataKey,metadataValue)),"
    "protectedRanges(protectedRangeId,range,warningOnly,description))"
)
RULE_FIELDS = "sheets(properties.sheetId,data(startRow,rowData.values.dataValidation.inputMessage))"


#: What a heading showed: its cell and its note.
Lost = tuple[Cell, str]


@dataclass(frozen=True, slots=True)
class Top:
    """The top of a tab. `warned`: grid column → ids and texts of the warnings about it alone."""

    view: TabView
    locale: str
    notes: Mapping[tuple[int, int], str]
    warned: Mapping[int, Sequence[tuple[int, str]]]

    def marked(self, key: str) -> int | None:
        """The grid column that bears our mark for this key; None when none does, or several."""
        return None if key in self.view.proposed else self.view.columns.get(key)


@dataclass(frozen=True, slots=True)
class Heads:
    """The heading cells that lose what is ours in them: which lose the text, and which the note."""

    texts: Collection[tuple[int, int]] = ()
    notes: Collection[tuple[int, int]] = ()

    @property
    def columns(self) -> set[int]:
        return {column for _, column in {*self.texts, *self.notes}}


def find(answer: Mapping[str, Any], tab: OwnedTab) -> Top | None:
    """The top of the tab in an answer; None when the tab is gone."""
    file = tabs.read_view(answer, [tab])
    view = file.tabs.get(tab.sheet_id)
    if view is None:
        return None
    (sheet,) = [one for one in answer["sheets"] if int(one["properties"].get("sheetId", 0)) == tab.sheet_id]
    warned: dict[int, list[tuple[int, str]]] = {}
    for one in sheet.get("protectedRanges", ()):
        area = one.get("range", {})
        start = int(area.get("startColumnIndex", 0))
        is_column = area.get("endColumnIndex") == start + 1 and not area.get("startRowIndex")
        if one.get("warningOnly") and is_column:
            warned.setdefault(start, []).append((int(one["protectedRangeId"]), str(one.get("description", ""))))
    return Top(view, file.locale, headnotes.notes_of(sheet), warned)


def heads(top: Top, tab: OwnedTab, leaving: Sequence[HeaderColumn]) -> Heads:
    """What of ours stands at the heads of these columns: the heading as it was written, and the note as it is now."""
    texts: list[tuple[int, int]] = []
    notes: list[tuple[int, int]] = []
    row = _heading_row(top, tab)
    for column in leaving:
        at = top.marked(column.key)
        if at is None:
            continue
        if top.view.cell(row, at).value == column.header:
            texts.append((row, at))
        notes += [place for place, note in top.notes.items() if place[1] == at and note == column.note]
    return Heads(texts, notes)


def _heading_row(top: Top, tab: OwnedTab) -> int:
    """The first row in which one of our headings stands: people put a line or two above it."""
    reach = range(tab.header_row + headnotes.REACH)
    ours = [(at, tab.headers[key]) for key, at in top.view.columns.items()]
    found = (row for row in reach if any(top.view.cell(row, at).value == header for at, header in ours))
    return next(found, tab.header_row)


def headless(top: Top, tab: OwnedTab, columns: Sequence[HeaderColumn]) -> dict[tuple[int, int], Lost]:
    """What these columns of ours lack at their heads: the heading where its cell is blank, and a note where none is."""
    row = _heading_row(top, tab)
    found: dict[tuple[int, int], Lost] = {}
    for column in columns:
        at = top.marked(column.key)
        if at is not None and top.view.cell(row, at) == BLANK:
            found[row, at] = (text_cell(column.header), column.note if (row, at) not in top.notes else "")
    return found


def rule_filters(tab: OwnedTab, columns: Collection[int]) -> list[Json]:
    """The data filters that read the validation of these columns below the heading."""
    below = grid.row_range(tab.sheet_id, tab.header_row + 1)
    return [{"gridRange": {**below, "startColumnIndex": at, "endColumnIndex": at + 1}} for at in columns]


def ruled_rows(answer: Mapping[str, Any], tab: OwnedTab, messages: Collection[str]) -> list[tuple[int, int]]:
    """Runs of rows whose validation speaks our words, in an answer about one column."""
    found = {
        int(block.get("startRow", 0)) + offset
        for sheet in answer.get("sheets", ())
        if int(sheet["properties"].get("sheetId", 0)) == tab.sheet_id
        for block in sheet.get("data", ())
        for offset, row in enumerate(block.get("rowData", ()))
        for cell in row.get("values", ())
        if cell.get("dataValidation", {}).get("inputMessage") in messages
    }
    return grid.runs(found)


def head_requests(tab: OwnedTab, found: Heads, rules: Mapping[int, Sequence[tuple[int, int]]]) -> list[Json]:
    """Requests that blank the heads, and lift our validation from `rules`: grid column → runs of rows."""
    blank: list[Json] = [{"values": [{}]}]
    lifted: list[Json] = []
    for column, runs in rules.items():
        side = {"startColumnIndex": column, "endColumnIndex": column + 1}
        areas = [{**grid.row_range(tab.sheet_id, start, end), **side} for start, end in runs]
        lifted += [{"setDataValidation": {"range": area, "filteredRowsIncluded": True}} for area in areas]
    return [
        *(update_cells(tab.sheet_id, *place, rows=blank, fields="userEnteredValue") for place in found.texts),
        *(update_cells(tab.sheet_id, *place, rows=blank, fields="note") for place in found.notes),
        *lifted,
    ]


def mark_requests(tab: OwnedTab, top: Top, leaving: Sequence[HeaderColumn]) -> list[Json]:
    """Requests that take our marks and warnings off these columns. They name ids, not places."""
    found: list[Json] = []
    for column in leaving:
        at = top.marked(column.key)
        if at is None:
            continue
        lookup = {"metadataKey": COLUMN_KEY, "metadataValue": f"{tab.binding_id}:{column.key}"}
        found.append({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}})
        ours = [number for number, text in top.warned.get(at, ()) if text == column.warning]
        found += [{"deleteProtectedRange": {"protectedRangeId": number}} for number in ours]
    return found


def top_body(tab: OwnedTab, top: Top, requests: Sequence[Json]) -> Json:
    """The batchUpdate body that shows the top of the tab afterwards."""
    end = min(tab.header_row + headnotes.REACH, top.view.row_count)
    return {
        "requests": list(requests),
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": [grid.a1_rows(top.view.title, 0, end)],
    }


def misplaced(before: Top, after: Top, tab: OwnedTab, found: Heads) -> dict[tuple[int, int], Lost]:
    """Heads that were blanked and were another column's, because columns moved meanwhile: what they showed, cell and
    note, as the view before knows it.
    """
    places = {*found.texts, *found.notes}
    hits = {row: {column for at, column in places if at == row} for row, _ in places}
    rows = [*hits, *(row for row in after.view.rows if row not in hits and _is_same_row(before, after, tab, row))]
    shift = shifts.shift_between(before.view, after.view, rows=rows, hits=hits)
    lost: dict[tuple[int, int], Lost] = {}
    for place in places:
        row, column = place
        origin = shift.origin(column)
        if origin is None:
            origin = _only_lost(before, after, row)
        if origin is None or origin == column:
            continue
        text = before.view.cell(row, origin) if place in found.texts else BLANK
        note = before.notes.get((row, origin), "") if place in found.notes else ""
        if text != BLANK or note:
            lost[place] = (text, note)
    return lost


def _is_same_row(before: Top, after: Top, tab: OwnedTab, row: int) -> bool:
    return before.view.key_at(row, tab) == after.view.key_at(row, tab) != ""


def _only_lost(before: Top, after: Top, row: int) -> int | None:
    """The one column of people's own whose heading is nowhere to be seen any more; None for none, or several."""
    ours, shown = set(before.view.columns.values()), set(after.view.rows.get(row, ()))
    cells = enumerate(before.view.rows.get(row, ()))
    lost = [column for column, cell in cells if column not in ours and cell != BLANK and cell not in shown]
    return lost[0] if len(lost) == 1 else None


def give_back(tab: OwnedTab, lost: Mapping[tuple[int, int], Lost]) -> list[Json]:
    """Requests that put these cells and notes back."""
    found = []
    for (row, column), (cell, note) in lost.items():
        value: Json = {"userEnteredValue": grid.literal_of(cell)} if cell != BLANK else {}
        value |= {"note": note} if note else {}
        found.append(update_cells(tab.sheet_id, row, column, rows=[{"values": [value]}], fields=",".join(value)))
    return found
