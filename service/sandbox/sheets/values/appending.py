"""values.append: the search for a "table" and the write below it."""

from typing import Any

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.requests.dimensions import Span, insert_lines
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.entry import Written, put_lines
from service.sandbox.sheets.requests.tables import grow_tables
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.a1 import Asked, beyond_grid, starts_outside


def find_table(sheet: Sheet, box: Box) -> Box | None:
    """The block of connected non-empty cells that the append goes under, None when the range holds none.

    Of several blocks in the range the one that reaches lowest wins, and of equals the rightmost: this is what
    recordings show for a first row `x, (blank), z` asked for as a whole sheet. A range whose cells are all blank
    holds no table, whatever stands beside it.
    """
    best: Box | None = None
    seen: list[Box] = []
    for row in range(min(box.end_row, len(sheet.grid.rows)) - 1, box.row - 1, -1):
        for column in range(box.column, box.end_column):
            if sheet.grid.is_valued(row, column) and not any(block.covers(row, column) for block in seen):
                block = _block(sheet, row, column)
                seen.append(block)
                if best is None or (block.end_row, block.column) > (best.end_row, best.column):
                    best = block
        if best is not None:
            return best
    return best


def _block(sheet: Sheet, row: int, column: int) -> Box:
    """The smallest rectangle around a cell whose border touches no further value."""
    grid = sheet.grid
    box = Box(row, row + 1, column, column + 1)
    while True:
        left, right = max(box.column - 1, 0), min(box.end_column + 1, grid.column_count)
        top, bottom = box.row, box.end_row
        while top > 0 and _any_in_row(sheet, top - 1, left, right):
            top -= 1
        while bottom < grid.row_count and _any_in_row(sheet, bottom, left, right):
            bottom += 1
        above, below = max(top - 1, 0), min(bottom + 1, grid.row_count)
        grown = Box(
            top,
            bottom,
            left if _any_in_column(sheet, left, above, below) else box.column,
            right if _any_in_column(sheet, right - 1, above, below) else box.end_column,
        )
        if grown == box:
            return box
        box = grown


def _any_in_row(sheet: Sheet, row: int, left: int, right: int) -> bool:
    return any(sheet.grid.is_valued(row, column) for column in range(left, right))


def _any_in_column(sheet: Sheet, column: int, top: int, bottom: int) -> bool:
    return any(sheet.grid.is_valued(row, column) for row in range(top, bottom))


def append_values(
    edit: Edit, asked: Asked, lines: list[list[Any]], *, typed: bool, insert_rows: bool
) -> tuple[Box | None, Written]:
    """The rows written under the table found, at the table's first column, or at the top-left of the range."""
    sheet = asked.sheet
    if starts_outside(sheet, asked.area):
        raise beyond_grid(sheet, asked.area)
    table = find_table(sheet, asked.box)
    row, column = (table.end_row, table.column) if table else (asked.box.row, asked.box.column)
    width = max((len(line) for line in lines), default=0)
    box = Box(row, row + max(len(lines), 1), column, column + max(width, 1))
    if insert_rows and table is not None and lines and row < sheet.grid.row_count:
        span = {"sheetId": sheet.sheet_id, "dimension": "ROWS", "startIndex": row, "endIndex": row + len(lines)}
        edit.workbook.check_size(len(lines) * sheet.grid.column_count)
        insert_lines(edit, Span(edit, span, may_end_outside=True), row - 1 if row else None)
    edit.workbook.grow(sheet, box.end_row, box.end_column)
    edit.guard(sheet, box)
    if insert_rows and table is not None:
        grow_tables(edit, sheet, table, len(lines))
    return table, put_lines(edit, sheet, box, lines, typed=typed)
