"""Values of a range as rows or columns of plain JSON."""

from typing import Any, Literal, NamedTuple

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formats.shown import shown_text, shows_date
from service.sandbox.sheets.formula_errors import FormulaError
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.a1 import box_text
from service.sandbox.sheets.wire.celldata import plain_number

Json = dict[str, Any]
Major = Literal["ROWS", "COLUMNS"]


class Rendering(NamedTuple):
    """How values are printed; the defaults are Google's for reads."""

    value: str = "FORMATTED_VALUE"
    date: str = "SERIAL_NUMBER"


def read_values(evaluator: Evaluator, sheet: Sheet, box: Box, rendering: Rendering) -> list[list[Any]]:
    """Rows of the box; trailing blanks of each row and trailing blank rows are cut, inner blanks are ""."""
    words = words_of(evaluator.workbook.properties["locale"])
    grid = sheet.grid
    notation = evaluator.workbook.notation()
    spilled = evaluator.spilled(sheet)
    last = max((row for row, column in spilled if box.covers(row, column)), default=-1)
    rows: list[list[Any]] = []
    filled = 0

    def printed(cell: Cell | None, row: int, column: int) -> Any:
        if cell is None and (row, column) not in spilled:
            return ""
        held = cell.value if cell else None
        if rendering.value == "FORMULA" and isinstance(held, Formula):
            return held.text(row, column, notation)
        value = evaluator.value(sheet, row, column, cell)
        style = cell.format if cell else None
        as_text = rendering.value == "FORMATTED_VALUE" or isinstance(value, FormulaError)
        if not as_text and isinstance(value, float) and rendering.date == "FORMATTED_STRING":
            as_text = shows_date(style)
        if as_text:
            return shown_text(value, style, words)
        return plain_number(value) if isinstance(value, float) else ("" if value is None else value)

    for row in range(box.row, max(min(box.end_row, len(grid.rows)), last + 1)):
        cells = grid.row_cells(row, box)
        if not spilled:
            while cells and cells[-1] is None:
                cells.pop()
        line = [printed(cell, row, box.column + at) for at, cell in enumerate(cells)]
        while line and line[-1] == "":
            line.pop()
        rows.append(line)
        filled = len(rows) if line else filled
    return rows[:filled]


def turned(lines: list[list[Any]]) -> list[list[Any]]:
    """Rows as columns or the other way round; trailing blanks cut."""
    width = max((len(line) for line in lines), default=0)
    columns = [[line[at] if at < len(line) else "" for line in lines] for at in range(width)]
    for column in columns:
        while column and column[-1] == "":
            column.pop()
    return columns


def value_range(evaluator: Evaluator, sheet: Sheet, box: Box, *, major: str, rendering: Rendering) -> Json:
    """A ValueRange; without values when all is blank."""
    rows = read_values(evaluator, sheet, box, rendering)
    dimension = "COLUMNS" if major == "COLUMNS" else "ROWS"
    lines = turned(rows) if dimension == "COLUMNS" else rows
    found: Json = {"range": box_text(sheet, box), "majorDimension": dimension}
    return found | {"values": lines} if lines else found
