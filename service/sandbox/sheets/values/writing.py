"""Values written, cleared and appended. Formats, notes and rules of the cells stay."""

import json
from typing import Any, NamedTuple

from service.sandbox.sheets.errors import ApiError, bad_field
from service.sandbox.sheets.formats.cellformat import with_path
from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formats.shown import number_format
from service.sandbox.sheets.formats.typed import read_typed
from service.sandbox.sheets.formulas.formula import quote_title, read_formula
from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.requests.brush import check_length, relinked
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.state.areas import Area, Box
from service.sandbox.sheets.state.cells import Cell, Value, kept, round_number
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.values.reading import turned
from service.sandbox.sheets.wire.a1 import Asked, beyond_grid, box_text, ends_outside, starts_outside

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


def read_lines(given: Json, at: str) -> list[list[Any]]:
    """The rows of a ValueRange, checked cell by cell; `at` is its place for error texts."""
    lines: list[list[Any]] = given.get("values") or []
    for row, line in enumerate(lines):
        for value in line or ():
            if isinstance(value, (dict, list)):
                text = json.dumps(value, separators=(",", ":"))
                raise bad_field(f"Invalid {at}[{row}]: {text} is not a valid cell value.", f"{at}[{row}]")
    lines = [line or [] for line in lines]
    return _turned_with_gaps(lines) if given.get("majorDimension") == "COLUMNS" else lines


def _turned_with_gaps(columns: list[list[Any]]) -> list[list[Any]]:
    height = max((len(column) for column in columns), default=0)
    return [[column[at] if at < len(column) else None for column in columns] for at in range(height)]


def write_values(edit: Edit, asked: Asked, lines: list[list[Any]], *, typed: bool) -> Written:
    """The rows written at the top-left of the range; null leaves a cell, "" empties it."""
    sheet, area = asked.sheet, asked.area
    if starts_outside(sheet, area) or ends_outside(sheet, area):
        raise beyond_grid(sheet, area)
    row, column = area.row or 0, area.column or 0
    width = max((len(line) for line in lines), default=0)
    box = Box(row, row + max(len(lines), 1), column, column + max(width, 1))
    if not asked.is_anchor:
        _check_bounds(asked, lines)
    if box.end_row > sheet.grid.row_count or box.end_column > sheet.grid.column_count:
        raise beyond_grid(sheet, Area(sheet.sheet_id, *box))
    edit.guard(sheet, box)
    return put_lines(edit, sheet, box, lines, typed=typed)


def _check_bounds(asked: Asked, lines: list[list[Any]]) -> None:
    box = asked.box
    named = f"Requested writing within range [{quote_title(asked.sheet.title)}!{_cells(asked)}]"
    if box.row + len(lines) > box.end_row and asked.area.end_row is not None:
        raise ApiError(f"{named}, but tried writing to row [{box.end_row + 1}]")
    width = max((len(line) for line in lines), default=0)
    if box.column + width > box.end_column and asked.area.end_column is not None:
        raise ApiError(f"{named}, but tried writing to column [{column_letters(box.end_column)}]")


def _cells(asked: Asked) -> str:
    return asked.text.rpartition("!")[2]


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
            if new != old:
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
    return _with_value(old, held)


def _with_value(old: Cell | None, value: Value) -> Cell | None:
    cell = old or Cell()
    return kept(cell._replace(value=value, runs=None, format=relinked(cell.format, value)))


def _typed_cell(edit: Edit, old: Cell | None, value: Plain, at: tuple[int, int]) -> Cell | None:
    """The cell after a user typed this text; a cell formatted as text takes it as it is."""
    if not isinstance(value, str):
        return _raw_cell(old, value)
    style = old.format if old else None
    if number_format(style).get("type") == "TEXT":
        return _raw_cell(old, value)
    typed = read_typed(check_length(value), words_of(edit.workbook.properties["locale"]))
    if typed.formula is not None:
        return _with_value(old, read_formula(typed.formula, *at, edit.workbook.sheet_ids()))
    held = round_number(typed.value) if isinstance(typed.value, float) else typed.value
    cell = _with_value(old, held or (None if held == "" else held))
    if cell is not None and typed.number_format and not number_format(style):
        cell = cell._replace(format=with_path(cell.format, {"numberFormat": typed.number_format}, ("numberFormat",)))
    return cell


def clear_values(edit: Edit, sheet: Sheet, box: Box) -> None:
    """Values of the box emptied; formats, notes and rules stay."""
    edit.guard(sheet, box)
    for row, _ in list(sheet.grid.stored_rows(box)):
        for column in range(box.column, box.end_column):
            cell = sheet.grid.cell(row, column)
            if cell is not None and cell.value is not None:
                sheet.grid.put(row, column, _with_value(cell, None))


__all__ = ["Written", "clear_values", "put_lines", "read_lines", "turned", "write_values"]
