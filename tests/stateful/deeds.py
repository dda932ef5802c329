"""What people do to a bound spreadsheet with their hands. Each deed is a few small numbers, made to fit what is there.

A deed becomes requests as a batchUpdate has them, so that it can be done twice: in the sheet and in its shadow. All
that is typed carries a token of its own: «17». Rows and columns count from 0; sentences name them as people see them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from stateful.ledger import BoundTab, sheet_of

from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

Json = dict[str, Any]
Doing = tuple[str, list[Json]]


@dataclass(frozen=True)
class Deed:
    """One deed: its name in DEEDS, and numbers that choose place and kind."""

    name: str
    a: int = 0
    b: int = 0
    c: int = 0
    tab: int = 0


@dataclass
class Hands:
    """Whoever works in the sheet. `book`, `tabs`: what there is; tokens never repeat within a schedule."""

    book: Workbook
    tabs: Sequence[BoundTab]

    def __post_init__(self) -> None:
        self._tokens = count(1)

    def plan(self, deed: Deed) -> Doing:
        """The sentence and the requests. No requests: there is nothing there to do it to."""
        tab = self.tabs[deed.tab % len(self.tabs)]
        sheet = sheet_of(self.book, tab.sheet_id)
        if sheet is None:
            return ("Maya looks for the tab, which is gone.", [])
        place = Place(sheet, tab, lambda: f"«{next(self._tokens)}»", is_named=len(self.tabs) > 1)
        return DEEDS[deed.name](place, deed.a, deed.b, deed.c)


@dataclass
class Place:
    """A tab as a person sees it at this moment."""

    sheet: Sheet
    tab: BoundTab
    token: Callable[[], str]
    is_named: bool

    @property
    def height(self) -> int:
        """One past the last row with anything in it, the header at least."""
        return max(self.sheet.grid.last_valued_row() + 1, 2)

    @property
    def width(self) -> int:
        return self.sheet.grid.column_count

    def row(self, n: int, *, beyond: int = 1) -> int:
        """A row below the header, or up to `beyond` rows under the content."""
        return 1 + n % max(min(self.height + beyond, self.sheet.grid.row_count) - 1, 1)

    def owned(self, n: int) -> int:
        """A column of ours."""
        here = sorted(self.tab.columns(self.sheet).values())
        return here[n % len(here)] if here else 0

    def theirs(self, n: int) -> int:
        """A column that is not ours, blank ones included."""
        owned = set(self.tab.columns(self.sheet).values())
        free = [column for column in range(self.width) if column not in owned]
        return free[n % len(free)] if free else self.width - 1

    def a1(self, row: int, column: int) -> str:
        return f"{column_letters(column)}{row + 1}"

    def box(self, a: int, b: int, c: int) -> Json:
        """A block of cells below the header: from row a, a few rows high, a few columns wide."""
        start = 1 + a % max(self.height - 1, 1)
        left = b % self.width
        return self.area(start, start + 2 + c % 4, left, left + 1 + c % 3)

    def area(self, top: int, bottom: int, left: int, right: int) -> Json:
        grid = self.sheet.grid
        return {
            "sheetId": self.sheet.sheet_id, "startRowIndex": top, "endRowIndex": min(bottom, grid.row_count),
            "startColumnIndex": left, "endColumnIndex": min(right, grid.column_count),
        }  # fmt: skip

    def span(self, dimension: str, start: int, end: int) -> Json:
        return {"sheetId": self.sheet.sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}

    def typed(self, row: int, column: int, value: Json) -> Json:
        start = {"sheetId": self.sheet.sheet_id, "rowIndex": row, "columnIndex": column}
        data = [{"values": [{"userEnteredValue": value}]}]
        return {"updateCells": {"start": start, "rows": data, "fields": "userEnteredValue"}}

    def says(self, text: str) -> str:
        return f"Maya {text}" + (f" (in {self.sheet.title})." if self.is_named else ".")


def said_box(box: Json) -> str:
    first = f"{column_letters(box['startColumnIndex'])}{box['startRowIndex'] + 1}"
    return f"{first}:{column_letters(box['endColumnIndex'] - 1)}{box['endRowIndex']}"


# --- cells -----------------------------------------------------------------------------------------------------------


def _type_note(here: Place, a: int, b: int, c: int) -> Doing:
    row, column, text = here.row(a), here.theirs(b), here.token()
    return here.says(f"types {text} into {here.a1(row, column)}"), [here.typed(row, column, {"stringValue": text})]


def _type_over(here: Place, a: int, b: int, c: int) -> Doing:
    row, column, text = here.row(a), here.owned(b), here.token()
    said = here.says(f"types {text} over {here.a1(row, column)}, in a column of ours")
    return said, [here.typed(row, column, {"stringValue": text})]


def _type_formula(here: Place, a: int, b: int, c: int) -> Doing:
    row, column = here.row(a), here.theirs(b)
    other = here.a1(here.row(c), here.owned(b + c))
    text = (f'={other}&"{here.token()}"', f'=COUNTA(A$2:{other})&"{here.token()}"')[c % 2]
    return here.says(f"types {text} into {here.a1(row, column)}"), [here.typed(row, column, {"formulaValue": text})]


def _clear(here: Place, a: int, b: int, c: int) -> Doing:
    box = here.box(a, b, c)
    return here.says(f"clears {said_box(box)}"), [{"updateCells": {"range": box, "fields": "userEnteredValue"}}]


def _note(here: Place, a: int, b: int, c: int) -> Doing:
    row, column, text = here.row(a, beyond=0), b % here.width, here.token()
    start = {"sheetId": here.sheet.sheet_id, "rowIndex": row, "columnIndex": column}
    data = [{"values": [{"note": text}]}]
    said = here.says(f"puts the note {text} on {here.a1(row, column)}")
    return said, [{"updateCells": {"start": start, "rows": data, "fields": "note"}}]


def _total(here: Place, a: int, b: int, c: int) -> Doing:
    row, column = min(here.height + a % 3, here.sheet.grid.row_count - 1), here.owned(b)
    text = f'=COUNTA({here.a1(1, column)}:{here.a1(max(row - 1, 1), column)})&"{here.token()}"'
    return here.says(f"writes a total into {here.a1(row, column)}"), [here.typed(row, column, {"formulaValue": text})]


def _own_row(here: Place, a: int, b: int, c: int) -> Doing:
    """A row of their own among ours, with words in our columns too."""
    row = here.row(a)
    put = {"insertDimension": {"range": here.span("ROWS", row, row + 1), "inheritFromBefore": row > 1}}
    columns = sorted({here.owned(b), here.owned(b + c + 1), here.theirs(c)})
    cells = [here.typed(row, column, {"stringValue": here.token()}) for column in columns]
    return here.says(f"puts a row of her own in at {row + 1}"), [put, *cells]


def _copy_cells(here: Place, a: int, b: int, c: int) -> Doing:
    source = here.box(a, b, c)
    high = source["endRowIndex"] - source["startRowIndex"]
    wide = source["endColumnIndex"] - source["startColumnIndex"]
    top, left = here.row(a + c + 1), here.theirs(c)
    target = here.area(top, top + high, left, left + wide)
    said = here.says(f"copies {said_box(source)} to {said_box(target)}")
    return said, [{"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_VALUES"}}]


# --- rows ------------------------------------------------------------------------------------------------------------


def _sort(here: Place, a: int, b: int, c: int) -> Doing:
    column, order = a % here.width, ("ASCENDING", "DESCENDING")[b % 2]
    spec = {"dimensionIndex": column, "sortOrder": order}
    where = {"sheetId": here.sheet.sheet_id, "startRowIndex": 1}
    said = here.says(f"sorts the sheet by column {column_letters(column)}, {order.lower()}")
    return said, [{"sortRange": {"range": where, "sortSpecs": [spec]}}]


def _sort_part(here: Place, a: int, b: int, c: int) -> Doing:
    box = here.box(a, b, c)
    spec = {"dimensionIndex": box["startColumnIndex"], "sortOrder": ("ASCENDING", "DESCENDING")[c % 2]}
    said = here.says(f"sorts only {said_box(box)}, {spec['sortOrder'].lower()}")
    return said, [{"sortRange": {"range": box, "sortSpecs": [spec]}}]


def _filter(here: Place, a: int, b: int, c: int) -> Doing:
    column = a % here.width
    spec = {"dimensionIndex": column, "sortOrder": ("ASCENDING", "DESCENDING")[b % 2]}
    hidden = {"columnIndex": here.owned(c), "filterCriteria": {"hiddenValues": ["AWAITING_SHIPMENT"]}}
    chosen = {"range": {"sheetId": here.sheet.sheet_id}, "sortSpecs": [spec], "filterSpecs": [hidden]}
    said = here.says(f"sets a filter and sorts by it, column {column_letters(column)}")
    return said, [{"setBasicFilter": {"filter": chosen}}]


def _clear_filter(here: Place, a: int, b: int, c: int) -> Doing:
    return here.says("takes the filter away"), [{"clearBasicFilter": {"sheetId": here.sheet.sheet_id}}]


def _insert_rows(here: Place, a: int, b: int, c: int) -> Doing:
    at, many = here.row(a), 1 + b % 2
    where = here.span("ROWS", at, at + many)
    said = here.says(f"inserts {many} row(s) at {at + 1}")
    return said, [{"insertDimension": {"range": where, "inheritFromBefore": at > 1}}]


def _delete_rows(here: Place, a: int, b: int, c: int) -> Doing:
    at = here.row(a, beyond=0)
    end = min(at + 1 + b % 2, here.sheet.grid.row_count - 1)
    return here.says(f"deletes row {at + 1} to {end}"), [{"deleteDimension": {"range": here.span("ROWS", at, end)}}]


def _move_row(here: Place, a: int, b: int, c: int) -> Doing:
    at, to = here.row(a, beyond=0), here.row(b)
    said = here.says(f"drags row {at + 1} before row {to + 1}")
    return said, [{"moveDimension": {"source": here.span("ROWS", at, at + 1), "destinationIndex": to}}]


def _copy_row(here: Place, a: int, b: int, c: int) -> Doing:
    at, to = here.row(a, beyond=0), here.row(b)
    put = {"insertDimension": {"range": here.span("ROWS", to, to + 1), "inheritFromBefore": to > 1}}
    at += to <= at
    source, target = here.area(at, at + 1, 0, here.width), here.area(to, to + 1, 0, here.width)
    said = here.says(f"copies row {at + 1} into a new row {to + 1}")
    return said, [put, {"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}}]


def _hide_rows(here: Place, a: int, b: int, c: int) -> Doing:
    at = here.row(a, beyond=0)
    return here.says(f"hides row {at + 1}"), [_hidden(here.span("ROWS", at, at + 1))]


def _cut_grid(here: Place, a: int, b: int, c: int) -> Doing:
    rows = here.height + a % 2
    properties = {"sheetId": here.sheet.sheet_id, "gridProperties": {"rowCount": rows}}
    said = here.says(f"deletes the blank rows below {rows}")
    return said, [{"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}}]


# --- columns and tabs ------------------------------------------------------------------------------------------------


def _insert_columns(here: Place, a: int, b: int, c: int) -> Doing:
    at, many = a % (here.width + 1), 1 + b % 2
    where = here.span("COLUMNS", at, at + many)
    said = here.says(f"inserts {many} column(s) at {column_letters(at)}")
    return said, [{"insertDimension": {"range": where, "inheritFromBefore": at > 0}}]


def _move_column(here: Place, a: int, b: int, c: int) -> Doing:
    at, to = a % here.width, b % (here.width + 1)
    said = here.says(f"drags column {column_letters(at)} before {column_letters(to)}")
    return said, [{"moveDimension": {"source": here.span("COLUMNS", at, at + 1), "destinationIndex": to}}]


def _delete_column(here: Place, a: int, b: int, c: int) -> Doing:
    """Any column but the key: what becomes of a tab without its key has a deed of its own."""
    key = here.tab.columns(here.sheet).get(here.tab.key)
    free = [column for column in range(here.width) if column != key]
    at = free[a % len(free)]
    said = here.says(f"deletes column {column_letters(at)}")
    return said, [{"deleteDimension": {"range": here.span("COLUMNS", at, at + 1)}}]


def _delete_key(here: Place, a: int, b: int, c: int) -> Doing:
    key = here.tab.columns(here.sheet).get(here.tab.key)
    if key is None:
        return here.says("looks for the key column, which is gone"), []
    said = here.says(f"deletes the key column {column_letters(key)}")
    return said, [{"deleteDimension": {"range": here.span("COLUMNS", key, key + 1)}}]


def _hide_column(here: Place, a: int, b: int, c: int) -> Doing:
    at = a % here.width
    return here.says(f"hides column {column_letters(at)}"), [_hidden(here.span("COLUMNS", at, at + 1))]


def _hidden(where: Json) -> Json:
    return {
        "updateDimensionProperties": {"range": where, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    }


def _rename_header(here: Place, a: int, b: int, c: int) -> Doing:
    column, text = here.owned(a), here.token()
    said = here.says(f"renames the header {here.a1(0, column)} to {text}")
    return said, [here.typed(0, column, {"stringValue": text})]


def _rename_tab(here: Place, a: int, b: int, c: int) -> Doing:
    properties = {"sheetId": here.sheet.sheet_id, "title": f"Maya's {here.token()}"}
    said = here.says(f"renames the tab to {properties['title']}")
    return said, [{"updateSheetProperties": {"properties": properties, "fields": "title"}}]


def _freeze(here: Place, a: int, b: int, c: int) -> Doing:
    properties = {"sheetId": here.sheet.sheet_id, "gridProperties": {"frozenRowCount": 1 + a % 2}}
    said = here.says(f"freezes {1 + a % 2} row(s)")
    return said, [{"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}]


def _add_tab(here: Place, a: int, b: int, c: int) -> Doing:
    return "Maya adds a tab in front.", [{"addSheet": {"properties": {"title": f"Hers {here.token()}", "index": 0}}}]


def _delete_tab(here: Place, a: int, b: int, c: int) -> Doing:
    return here.says("deletes the tab"), [{"deleteSheet": {"sheetId": here.sheet.sheet_id}}]


DEEDS: Mapping[str, Callable[[Place, int, int, int], Doing]] = {
    "type a note": _type_note,
    "type over": _type_over,
    "type a formula": _type_formula,
    "clear": _clear,
    "note": _note,
    "total": _total,
    "own row": _own_row,
    "copy cells": _copy_cells,
    "sort": _sort,
    "sort part": _sort_part,
    "filter": _filter,
    "clear filter": _clear_filter,
    "insert rows": _insert_rows,
    "delete rows": _delete_rows,
    "move row": _move_row,
    "copy row": _copy_row,
    "hide rows": _hide_rows,
    "cut grid": _cut_grid,
    "insert columns": _insert_columns,
    "move column": _move_column,
    "delete column": _delete_column,
    "delete key": _delete_key,
    "hide column": _hide_column,
    "rename header": _rename_header,
    "rename tab": _rename_tab,
    "freeze": _freeze,
    "add tab": _add_tab,
    "delete tab": _delete_tab,
}
RARE = frozenset({"delete key", "delete tab"})
#: Deeds whose outcome follows what cells hold. While the product still owes a cell, the same deed would do one thing
#: to the sheet and another to its shadow, so nobody does them then.
BY_CONTENT = frozenset({"sort", "sort part", "filter", "copy row", "copy cells"})
