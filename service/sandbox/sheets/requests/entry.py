"""Plain values entered into cells, as they are or as a user types them. Formats, notes and rules of the cells stay."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.formats.cellformat import with_path
from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formats.shown import number_format
from service.sandbox.sheets.formats.typed import read_typed
from service.sandbox.sheets.formulas.formula import read_formula
from service.sandbox.sheets.requests.brush import check_length, relinked
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.state.cells import Cell, Value, differs, kept, round_number
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.a1 import box_text

Json = dict[str, Any]
Plain = str | float | bool


class Written(NamedTuple):
    """What one write did: the rectangle of the data given, and the cells, rows and columns it really set."""

    sheet: Sheet
    box: Box
    cells: int
    rows: frozenset[int]
    columns: frozenset[int]

    def json(self, spreadsheet_id: str) -> Json:
        """An UpdateValuesResponse; counts of zero are left out."""
        counts = {"updatedRows": len(self.rows), "updatedColumns": len(self.columns), "updatedCells": self.cells}
        return {
            "spreadsheetId": spreadsheet_id,
            "updatedRange": box_text(self.sheet, self.box),
            **{name: count for name, count in counts.items() if count},
        }


def put_lines(edit: Edit, sheet: Sheet, box: Box, lines: list[list[Any]], *, typed: bool) -> Written:
    """Rows put into a box that is known to be free of obstacles."""
    rows: set[int] = set()
    columns: set[int] = set()
    count = 0
    for down, line in enumerate(lines):
        for right, value in enumerate(line):
            if value is None:
                continue
            row, column = box.row + down, box.column + right
            old = sheet.grid.cell(row, column)
            new = _typed_cell(edit, old, value, (row, column)) if typed else _raw_cell(old, value)
            if differs(new, old):
                sheet.grid.put(row, column, new)
            rows.add(row)
            columns.add(column)
            count += 1
    return Written(sheet, box, count, frozenset(rows), frozenset(columns))


def _raw_cell(old: Cell | None, value: Plain) -> Cell | None:
    if isinstance(value, str):
        held: Value = check_length(value) or None
    else:
        held = value if isinstance(value, bool) else round_number(value)
    return with_value(old, held)


def with_value(old: Cell | None, value: Value) -> Cell | None:
    cell = old or Cell()
    return kept(replace(cell, value=value, runs=None, format=relinked(cell.format, value)))


def _typed_cell(edit: Edit, old: Cell | None, value: Plain, at: tuple[int, int]) -> Cell | None:
    """The cell after a user typed this text; a cell formatted as text takes it as it is."""
    if not isinstance(value, str):
        return _raw_cell(old, value)
    style = old.format if old else None
    if number_format(style).get("type") == "TEXT":
        return _raw_cell(old, value)
    typed = read_typed(check_length(value), words_of(edit.workbook.properties["locale"]))
    if typed.formula is not None:
        return with_value(old, read_formula(typed.formula, *at, edit.workbook.notation()))
    held = round_number(typed.value) if isinstance(typed.value, float) else typed.value
    cell = with_value(old, held or (None if held == "" else held))
    if cell is not None and typed.number_format and not number_format(style):
        cell = replace(cell, format=with_path(cell.format, {"numberFormat": typed.number_format}, ("numberFormat",)))
    return cell
