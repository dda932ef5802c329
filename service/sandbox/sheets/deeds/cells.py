"""Deeds on cells: typing, pasting, clearing, sorting, notes, looks, and reading what stands there."""

from collections.abc import Sequence
from typing import Any

from service.sandbox.sheets.areas import Area
from service.sandbox.sheets.deeds.grip import Grip, Order, asked
from service.sandbox.sheets.formulas.references import column_index
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.values.reading import Rendering, read_values
from service.sandbox.sheets.values.writing import clear_values, write_values

Json = dict[str, Any]


class CellDeeds(Grip):
    """What a person does to cells."""

    def read(
        self, spreadsheet_id: str, cells: str = "", *, sheet_id: int = 0, rendering: str = "FORMATTED_VALUE"
    ) -> list[list[Any]]:
        """Rows of a range, or of the whole tab: texts as they are seen, or UNFORMATTED_VALUE, or FORMULA."""
        self._late.land_due()
        _, workbook = self._open(spreadsheet_id)
        with workbook.reading():
            sheet = workbook.sheet(sheet_id)
            box = asked(workbook, sheet_id, cells).box if cells else sheet.grid.box()
            return read_values(self._bench.evaluator(workbook), sheet, box, Rendering(rendering))

    def type_text(self, spreadsheet_id: str, cell: str, text: str, *, sheet_id: int = 0) -> None:
        """Text typed into a cell, read as a user's typing is (numbers, dates, formulas)."""
        with self._editing(spreadsheet_id) as edit:
            write_values(edit, asked(edit.workbook, sheet_id, cell), [[text]], typed=True)

    def paste(self, spreadsheet_id: str, cell: str, rows: Sequence[Sequence[str]], *, sheet_id: int = 0) -> None:
        """A block of text typed in from a cell on, growing the grid where needed."""
        with self._editing(spreadsheet_id) as edit:
            start = asked(edit.workbook, sheet_id, cell)
            width = max((len(row) for row in rows), default=0)
            edit.workbook.grow(start.sheet, start.box.row + len(rows), start.box.column + width)
            write_values(edit, start, [list(row) for row in rows], typed=True)

    def clear(self, spreadsheet_id: str, cells: str, *, sheet_id: int = 0) -> None:
        """Values of a range deleted, as with the Delete key."""
        with self._editing(spreadsheet_id) as edit:
            found = asked(edit.workbook, sheet_id, cells)
            clear_values(edit, found.sheet, found.box)

    def copy(self, spreadsheet_id: str, cells: str, to: str, *, sheet_id: int = 0) -> None:
        """A range copied over the cells from `to` on: values, formulas, looks, notes and rules."""
        with self._editing(spreadsheet_id) as edit:
            source = asked(edit.workbook, sheet_id, cells).area.to_json()
            target = asked(edit.workbook, sheet_id, to).area.to_json()
            paste = {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}
            apply_requests(edit, [{"copyPaste": paste}])

    def cut(self, spreadsheet_id: str, cells: str, to: str, *, sheet_id: int = 0) -> None:
        """A range moved to the cells from `to` on; formulas that pointed at it follow."""
        with self._editing(spreadsheet_id) as edit:
            source = asked(edit.workbook, sheet_id, cells).area.to_json()
            start = asked(edit.workbook, sheet_id, to).box
            place = {"sheetId": sheet_id, "rowIndex": start.row, "columnIndex": start.column}
            paste = {"source": source, "destination": place, "pasteType": "PASTE_NORMAL"}
            apply_requests(edit, [{"cutPaste": paste}])

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
            where = asked(edit.workbook, sheet_id, cells).area if cells else Area(sheet_id, _below_header(sheet))
            spec = {"dimensionIndex": column_index(column), "sortOrder": order}
            apply_requests(edit, [{"sortRange": {"range": where.to_json(), "sortSpecs": [spec]}}])

    def replace(self, spreadsheet_id: str, find: str, replacement: str, *, sheet_id: int = 0) -> None:
        """Find and replace over a tab; what is left in a cell is read as typed."""
        wish = {"find": find, "replacement": replacement, "sheetId": sheet_id}
        self._apply(spreadsheet_id, {"findReplace": wish})

    def note(self, spreadsheet_id: str, cells: str, text: str, *, sheet_id: int = 0) -> None:
        """A note put on cells, or taken away with an empty text."""
        self._write(spreadsheet_id, cells, {"note": text}, sheet_id=sheet_id, fields="note")

    def dress(self, spreadsheet_id: str, cells: str, look: Json, *, sheet_id: int = 0) -> None:
        """The look of cells: a CellFormat, whose named parts are set and whose other parts stay."""
        fields = ",".join(f"userEnteredFormat.{name}" for name in look)
        self._write(spreadsheet_id, cells, {"userEnteredFormat": look}, sheet_id=sheet_id, fields=fields)

    def tick_boxes(self, spreadsheet_id: str, cells: str, *, sheet_id: int = 0) -> None:
        """Checkboxes put into cells, none of them ticked."""
        box = {"userEnteredValue": {"boolValue": False}, "dataValidation": {"condition": {"type": "BOOLEAN"}}}
        self._write(spreadsheet_id, cells, box, sheet_id=sheet_id, fields="userEnteredValue,dataValidation")

    def rename_header(self, spreadsheet_id: str, column: str, text: str, *, sheet_id: int = 0) -> None:
        """Another text in the first row of a column."""
        self.type_text(spreadsheet_id, f"{column}1", text, sheet_id=sheet_id)


def _below_header(sheet: Sheet) -> int:
    frozen: int = sheet.grid_properties.get("frozenRowCount", 0)
    return frozen or 1
