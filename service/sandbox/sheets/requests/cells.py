"""Requests that write cells: updateCells, appendCells, repeatCell, setDataValidation, updateBorders."""

from typing import Any

from msgspec.structs import replace

from service.sandbox.sheets.areas import Area, Box
from service.sandbox.sheets.conditions import check_rule_condition
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formats.cellformat import with_path
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.requests.brush import Brush, Stroke, painted, read_brush
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.ranges import located
from service.sandbox.sheets.requests.tables import grow_table
from service.sandbox.sheets.state.cells import Cell, differs, kept
from service.sandbox.sheets.state.grid import Grid
from service.sandbox.sheets.state.rules import read_rule
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.a1 import beyond_grid, starts_outside
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]


def update_cells(edit: Edit, request: Json) -> None:
    """Rows of CellData written from a start or into a range; the rest of a range is cleared in the masked fields."""
    brush = read_brush(request.get("fields", ""), "requests.update_cells.fields")
    rows = request.get("rows", [])
    if "range" in request:
        sheet, box = edit.target(request["range"])
        edit.guard(sheet, box)
        _write_rows(edit, sheet, box, rows, brush)
        _clear_rest(edit, sheet, box, rows, brush)
        return
    start = request.get("start")
    if start is None:
        raise ApiError("One of 'start' or 'range' must be set.")
    sheet = edit.workbook.sheet(start.get("sheetId", 0))
    area = Area(sheet.sheet_id, start.get("rowIndex", 0), None, start.get("columnIndex", 0), None)
    if starts_outside(sheet, area):
        raise beyond_grid(sheet, area)
    box = area.box(sheet.grid.row_count, sheet.grid.column_count)
    width = max((len(row.get("values", ())) for row in rows), default=0)
    edit.guard(sheet, Box(box.row, box.row + len(rows), box.column, box.column + width))
    _write_rows(edit, sheet, box, rows, brush)


def _write_rows(edit: Edit, sheet: Sheet, box: Box, rows: list[Json], brush: Brush) -> None:
    grid = sheet.grid
    slots = grid.slots(box.column, box.end_column)
    if len(rows) > box.end_row - box.row:
        raise ApiError(f"Attempting to write row: {box.end_row}, beyond the last requested row of: {box.end_row - 1}")
    for down, row in enumerate(rows):
        values = row.get("values", ())
        if len(values) > len(slots):
            raise ApiError(
                f"Attempting to write column: {box.end_column}, "
                f"beyond the last requested column of: {box.end_column - 1}"
            )
        if values:
            _write_row(edit, grid, (box.row + down, box.column), values=values, slots=slots[: len(values)], brush=brush)


def _write_row(
    edit: Edit, grid: Grid, at: tuple[int, int], *, values: list[Json], slots: list[int], brush: Brush
) -> None:
    """CellData written from a cell on, into columns with these slots. A row that stays as it was is not touched."""
    row, column = at
    cells = grid.row_copy(row, max(slots) + 1)
    is_changed = False
    for right, (slot, data) in enumerate(zip(slots, values, strict=True)):
        old = cells[slot]
        new = painted(edit.workbook, (row, column + right), old, data or {}, brush)
        if differs(new, old):
            cells[slot] = new
            is_changed = True
    if is_changed:
        grid.put_row(row, cells)


def _clear_rest(edit: Edit, sheet: Sheet, box: Box, rows: list[Json], brush: Brush) -> None:
    stroke = Stroke(edit.workbook, {}, brush)
    for index, _ in list(sheet.grid.stored_rows(box)):
        given = rows[index - box.row].get("values", ()) if index - box.row < len(rows) else ()
        for column in range(box.column + len(given), box.end_column):
            old = sheet.grid.cell(index, column)
            new = None if old is None else stroke.over(old, (index, column))
            if differs(new, old):
                sheet.grid.put(index, column, new)


def append_cells(edit: Edit, request: Json) -> None:
    """Rows written after the last row with a value anywhere in the tab, growing the grid.

    With a table id the table grows and the values are dropped: so the real service was measured to behave.
    """
    brush = read_brush(request.get("fields", ""), "requests.append_cells.fields")
    rows = request.get("rows", [])
    if request.get("tableId"):
        table_sheet, position, _ = located(edit, "tables", "tableId", request["tableId"])
        grow_table(edit, table_sheet, position, len(rows))
        return
    sheet = edit.workbook.sheet(request.get("sheetId", 0))
    start = sheet.grid.last_valued_row() + 1
    width = max((len(row.get("values", ())) for row in rows), default=0)
    edit.workbook.grow(sheet, start + len(rows), width)
    box = Box(start, sheet.grid.row_count, 0, sheet.grid.column_count)
    edit.guard(sheet, box._replace(end_row=start + len(rows), end_column=width))
    _write_rows(edit, sheet, box, rows, brush)


def repeat_cell(edit: Edit, request: Json) -> None:
    """One CellData written into every cell of a range; formulas count on as in a fill-down."""
    brush = read_brush(request.get("fields", ""), "requests.repeat_cell.fields")
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    data = request.get("cell", {})
    first = painted(edit.workbook, (box.row, box.column), None, data, brush)
    if first is None:
        _clear_rest(edit, sheet, box, [], brush)
        return
    # A formula read at the corner is relative, so the same value serves every cell of the range.
    shared = first.value if isinstance(first.value, Formula) else None
    plain = {name: part for name, part in data.items() if not (shared and name == "userEnteredValue")}
    stroke = Stroke(edit.workbook, plain, brush)
    for row in range(box.row, box.end_row):
        for column in range(box.column, box.end_column):
            old = sheet.grid.cell(row, column)
            new = stroke.over(old, (row, column))
            if shared is not None:
                new = replace(new or Cell(), value=shared)
            if differs(new, old):
                sheet.grid.put(row, column, new)


def set_data_validation(edit: Edit, request: Json) -> None:
    """A rule set on every cell of a range, or removed when none is given."""
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    given = request.get("rule")
    if given is not None and "condition" not in given:
        raise ApiError("DataValidationRule must have a condition.")
    check_rule_condition((given or {}).get("condition", {}))
    rule = read_rule(without_zeros(given), box.row, box.column, edit.workbook.notation()) if given else None
    for row in range(box.row, box.end_row):
        if not request.get("filteredRowsIncluded") and _is_filtered(sheet, row):
            continue
        for column in range(box.column, box.end_column):
            old = sheet.grid.cell(row, column)
            if old is not None or rule is not None:
                sheet.grid.put(row, column, kept(replace(old or Cell(), rule=rule)))


def _is_filtered(sheet: Sheet, row: int) -> bool:
    stored = sheet.grid.rows[row] if row < len(sheet.grid.rows) else None
    return stored is not None and stored.hidden_by_filter


def update_borders(edit: Edit, request: Json) -> None:
    """Borders set on the outer sides and between the cells of a range."""
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    for row in range(box.row, box.end_row):
        for column in range(box.column, box.end_column):
            sides = {
                "top": request.get("top" if row == box.row else "innerHorizontal"),
                "bottom": request.get("bottom" if row == box.end_row - 1 else "innerHorizontal"),
                "left": request.get("left" if column == box.column else "innerVertical"),
                "right": request.get("right" if column == box.end_column - 1 else "innerVertical"),
            }
            given = {"borders": {side: border for side, border in sides.items() if border}}
            cell = sheet.grid.cell(row, column) or Cell()
            style = cell.format
            for side in given["borders"]:
                style = with_path(style, given, ("borders", side))
            sheet.grid.put(row, column, kept(replace(cell, format=style)))
