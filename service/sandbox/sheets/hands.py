"""A user's hands on a spreadsheet: typing, sorting, inserting, moving, renaming, hiding, outside of any API.

Each deed runs as the file's owner under the workbook's lock and raises the version like any other change. Cells and
columns are named in A1 letters (`B3`, `C`), rows of insert, delete and move by index from 0, ends exclusive.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from service.sandbox.sheets.areas import Area
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formulas.references import column_index
from service.sandbox.sheets.moments import now_serial
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.spreadsheets import Bench
from service.sandbox.sheets.values.writing import clear_values, write_values
from service.sandbox.sheets.wire.a1 import Asked, read_range

Json = dict[str, Any]
Dimension = Literal["ROWS", "COLUMNS"]
Order = Literal["ASCENDING", "DESCENDING"]


class Hands:
    """What a person does in the browser."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @contextmanager
    def _editing(self, spreadsheet_id: str) -> Iterator[Edit]:
        file = self._bench.state.files.get(spreadsheet_id)
        if file is None or file.workbook is None:
            raise ApiError(f"There is no spreadsheet {spreadsheet_id}.", code=404)
        workbook = file.workbook
        with workbook.changing():
            moment = now_serial(self._bench.now(), workbook.properties["timeZone"])
            yield Edit(
                workbook,
                file.owner,
                moment,
                row_metadata_follows_sort=self._bench.faults.row_metadata_follows_sort,
            )
        self._bench.state.touch(file, file.owner)

    def _apply(self, spreadsheet_id: str, *requests: Json) -> list[Json]:
        with self._editing(spreadsheet_id) as edit:
            return apply_requests(edit, requests)

    def type_text(self, spreadsheet_id: str, cell: str, text: str, *, sheet_id: int = 0) -> None:
        """Text typed into a cell, read as a user's typing is (numbers, dates, formulas)."""
        with self._editing(spreadsheet_id) as edit:
            write_values(edit, _asked(edit, sheet_id, cell), [[text]], typed=True)

    def paste(self, spreadsheet_id: str, cell: str, rows: Sequence[Sequence[str]], *, sheet_id: int = 0) -> None:
        """A block of text typed in from a cell on, growing the grid where needed."""
        with self._editing(spreadsheet_id) as edit:
            asked = _asked(edit, sheet_id, cell)
            width = max((len(row) for row in rows), default=0)
            edit.workbook.grow(asked.sheet, asked.box.row + len(rows), asked.box.column + width)
            write_values(edit, asked, [list(row) for row in rows], typed=True)

    def clear(self, spreadsheet_id: str, cells: str, *, sheet_id: int = 0) -> None:
        """Values of a range deleted, as with the Delete key."""
        with self._editing(spreadsheet_id) as edit:
            asked = _asked(edit, sheet_id, cells)
            clear_values(edit, asked.sheet, asked.box)

    def sort(
        self,
        spreadsheet_id: str,
        column: str,
        *,
        sheet_id: int = 0,
        order: Order = "ASCENDING",
        cells: str | None = None,
    ) -> None:
        """Rows sorted by a column: the range given (a partial sort tears rows apart), else all below the header."""
        with self._editing(spreadsheet_id) as edit:
            sheet = edit.workbook.sheet(sheet_id)
            frozen = sheet.grid_properties.get("frozenRowCount", 0) or 1
            where = _asked(edit, sheet_id, cells).area if cells else Area(sheet_id, frozen)
            spec = {"dimensionIndex": column_index(column), "sortOrder": order}
            apply_requests(edit, [{"sortRange": {"range": where.to_json(), "sortSpecs": [spec]}}])

    def insert(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Blank rows or columns put in before an index."""
        where = _span(sheet_id, dimension, at, at + count)
        self._apply(spreadsheet_id, {"insertDimension": {"range": where, "inheritFromBefore": at > 0}})

    def delete(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Rows or columns deleted."""
        self._apply(spreadsheet_id, {"deleteDimension": {"range": _span(sheet_id, dimension, at, at + count)}})

    def move(
        self,
        spreadsheet_id: str,
        dimension: Dimension,
        at: int,
        *,
        to: int,
        count: int = 1,
        sheet_id: int = 0,
    ) -> None:
        """Rows or columns dragged; `to` is the index before which they land, counted before the move."""
        where = _span(sheet_id, dimension, at, at + count)
        self._apply(spreadsheet_id, {"moveDimension": {"source": where, "destinationIndex": to}})

    def duplicate_row(self, spreadsheet_id: str, at: int, *, sheet_id: int = 0) -> None:
        """A copy of a row inserted below it: two rows with one key."""
        source = {"sheetId": sheet_id, "startRowIndex": at, "endRowIndex": at + 1}
        target = {"sheetId": sheet_id, "startRowIndex": at + 1, "endRowIndex": at + 2}
        insertion = {"range": _span(sheet_id, "ROWS", at + 1, at + 2), "inheritFromBefore": True}
        self._apply(
            spreadsheet_id,
            {"insertDimension": insertion},
            {"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}},
        )

    def rename_header(self, spreadsheet_id: str, column: str, text: str, *, sheet_id: int = 0) -> None:
        """Another text in the first row of a column."""
        self.type_text(spreadsheet_id, f"{column}1", text, sheet_id=sheet_id)

    def rename_tab(self, spreadsheet_id: str, title: str, *, sheet_id: int = 0) -> None:
        properties = {"sheetId": sheet_id, "title": title}
        self._apply(spreadsheet_id, {"updateSheetProperties": {"properties": properties, "fields": "title"}})

    def add_tab(self, spreadsheet_id: str, title: str) -> int:
        """A new tab; its sheet id is returned."""
        (reply,) = self._apply(spreadsheet_id, {"addSheet": {"properties": {"title": title}}})
        return int(reply["addSheet"]["properties"]["sheetId"])

    def delete_tab(self, spreadsheet_id: str, *, sheet_id: int) -> None:
        self._apply(spreadsheet_id, {"deleteSheet": {"sheetId": sheet_id}})

    def filter(self, spreadsheet_id: str, column: str, hidden_values: Sequence[str], *, sheet_id: int = 0) -> None:
        """The basic filter set over the tab, hiding rows with these texts in a column."""
        criteria = {"columnIndex": column_index(column), "filterCriteria": {"hiddenValues": list(hidden_values)}}
        chosen = {"range": {"sheetId": sheet_id}, "filterSpecs": [criteria]}
        self._apply(spreadsheet_id, {"setBasicFilter": {"filter": chosen}})

    def clear_filter(self, spreadsheet_id: str, *, sheet_id: int = 0) -> None:
        self._apply(spreadsheet_id, {"clearBasicFilter": {"sheetId": sheet_id}})

    def hide(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Rows or columns hidden."""
        self._apply(spreadsheet_id, _visibility(_span(sheet_id, dimension, at, at + count), {"hiddenByUser": True}))

    def show(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Rows or columns shown again."""
        self._apply(spreadsheet_id, _visibility(_span(sheet_id, dimension, at, at + count), {}))

    def perform(self, deed: str, arguments: Json) -> Json:
        """The deed with this name done with these arguments, as the control door hands them over."""
        name = DEEDS.get(deed)
        if name is None:
            raise ApiError(f"There is no deed {deed}; choose one of {', '.join(DEEDS)}.", code=404)
        method: Callable[..., int | None] = getattr(self, name)
        try:
            inspect.signature(method).bind(**arguments)
        except TypeError as error:
            raise ApiError(f"{deed}: {error}; it takes {inspect.signature(method)}") from None
        result = method(**arguments)
        return {} if result is None else {"sheet_id": result}


DEEDS = {
    "type": "type_text",
    "paste": "paste",
    "clear": "clear",
    "sort": "sort",
    "insert": "insert",
    "delete": "delete",
    "move": "move",
    "duplicate-row": "duplicate_row",
    "rename-header": "rename_header",
    "rename-tab": "rename_tab",
    "add-tab": "add_tab",
    "delete-tab": "delete_tab",
    "filter": "filter",
    "clear-filter": "clear_filter",
    "hide": "hide",
    "show": "show",
}
"""Last part of `POST {sheets_control}hands/<deed>` → method; the body's keys are the method's parameters."""


def _asked(edit: Edit, sheet_id: int, cells: str) -> Asked:
    sheet = edit.workbook.sheet(sheet_id)
    title = sheet.title.replace("'", "''")
    return read_range(edit.workbook, f"'{title}'!{cells}")


def _span(sheet_id: int, dimension: Dimension, start: int, end: int) -> Json:
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}


def _visibility(where: Json, properties: Json) -> Json:
    return {"updateDimensionProperties": {"range": where, "properties": properties, "fields": "hiddenByUser"}}
