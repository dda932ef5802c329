"""Values written, cleared and appended. Formats, notes and rules of the cells stay."""

import json
from typing import Any

from service.sandbox.sheets.areas import Area, Box
from service.sandbox.sheets.errors import ApiError, bad_field
from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.entry import Written, put_lines, with_value
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.a1 import Asked, beyond_grid, ends_outside, starts_outside

Json = dict[str, Any]


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
    title = asked.sheet.title.replace("'", "''")
    named = f"Requested writing within range ['{title}'!{_cells(asked)}]"
    if box.row + len(lines) > box.end_row and asked.area.end_row is not None:
        raise ApiError(f"{named}, but tried writing to row [{box.end_row + 1}]")
    width = max((len(line) for line in lines), default=0)
    if box.column + width > box.end_column and asked.area.end_column is not None:
        raise ApiError(f"{named}, but tried to write to column [{column_letters(box.end_column)}]")


def _cells(asked: Asked) -> str:
    return asked.text.rpartition("!")[2]


def clear_values(edit: Edit, sheet: Sheet, box: Box) -> None:
    """Values of the box emptied; formats, notes and rules stay."""
    edit.guard(sheet, box)
    for row, _ in list(sheet.grid.stored_rows(box)):
        for column in range(box.column, box.end_column):
            cell = sheet.grid.cell(row, column)
            if cell is not None and cell.value is not None:
                sheet.grid.put(row, column, with_value(cell, None))
