"""Requests that carry cells elsewhere: copyPaste, cutPaste, pasteData, insertRange, deleteRange, autoFill."""

import re
from typing import Any

from msgspec.structs import replace

from service.sandbox.sheets.areas import Area, Box, Carry
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.entry import put_lines
from service.sandbox.sheets.state.cells import Cell, Value, kept
from service.sandbox.sheets.state.sheet import Sheet

Json = dict[str, Any]
Block = list[list[Cell | None]]

_WHOLE = frozenset({"PASTE_NORMAL", "PASTE_NO_BORDERS"})
"""Ways of pasting that bring merges along."""


def take(sheet: Sheet, box: Box) -> Block:
    """Cells of a box, row by row."""
    return [sheet.grid.row_cells(row, box) for row in range(box.row, box.end_row)]


def copy_paste(edit: Edit, request: Json) -> None:
    """A range copied over another; a larger destination is filled by repeating whole copies."""
    source_sheet, source = edit.target(request.get("source", {}))
    sheet, box = edit.target(request.get("destination", {}))
    block = take(source_sheet, source)
    if request.get("pasteOrientation") == "TRANSPOSE":
        block = [list(line) for line in zip(*block, strict=True)]
    height, width = len(block), len(block[0])
    down = max((box.end_row - box.row) // height, 1)
    right = max((box.end_column - box.column) // width, 1)
    target = Box(box.row, box.row + height * down, box.column, box.column + width * right)
    edit.workbook.grow(sheet, target.end_row, target.end_column)
    edit.guard(sheet, target)
    values = _values_of(edit, source_sheet, source) if request.get("pasteType") == "PASTE_VALUES" else None
    for row in range(target.row, target.end_row):
        for column in range(target.column, target.end_column):
            at = ((row - target.row) % height, (column - target.column) % width)
            cell = block[at[0]][at[1]]
            if values is not None and cell is not None:
                cell = replace(cell, value=values[at])
            pasted = _pasted(sheet.grid.cell(row, column), cell, request.get("pasteType", "PASTE_NORMAL"))
            sheet.grid.put(row, column, pasted)


def _values_of(edit: Edit, sheet: Sheet, box: Box) -> dict[tuple[int, int], Value]:
    """Worked-out values of a box by offset; errors become their text."""
    evaluator = edit.evaluator()
    found: dict[tuple[int, int], Value] = {}
    for down, line in enumerate(take(sheet, box)):
        for right, cell in enumerate(line):
            value = evaluator.value(sheet, box.row + down, box.column + right, cell)
            found[down, right] = value.text if isinstance(value, tuple) else value
    return found


def _pasted(old: Cell | None, new: Cell | None, kind: str) -> Cell | None:
    """What a cell holds after another was pasted over it in the given manner."""
    under, over = old or Cell(), new or Cell()
    if kind in {"PASTE_VALUES", "PASTE_FORMULA"}:
        return kept(replace(under, value=over.value, runs=None))
    if kind == "PASTE_FORMAT":
        return kept(replace(under, format=over.format))
    if kind == "PASTE_DATA_VALIDATION":
        return kept(replace(under, rule=over.rule))
    if kind == "PASTE_NO_BORDERS":
        bare = {name: part for name, part in (over.format or {}).items() if name != "borders"}
        return kept(replace(over, format=bare or None))
    if kind == "PASTE_CONDITIONAL_FORMATTING":
        raise ApiError("Pasting conditional formatting alone is not imitated by the sandbox.")
    return new


def cut_paste(edit: Edit, request: Json) -> None:
    """A range moved elsewhere; the place it leaves is blank, and formulas and ranges that meant it follow."""
    source_sheet, source = edit.target(request.get("source", {}))
    sheet, target = _landing(edit, request.get("destination", {}), source)
    edit.guard(source_sheet, source)
    edit.guard(sheet, target)
    kind = request.get("pasteType", "PASTE_NORMAL")
    values = _values_of(edit, source_sheet, source) if kind == "PASTE_VALUES" else {}
    by = (target.row - source.row, target.column - source.column)
    carry = Carry(source_sheet.sheet_id, source, sheet.sheet_id, *by)
    if kind in _WHOLE:
        _undo_merges(sheet, target, carry)
    else:
        _undo_merges(source_sheet, source, None)
    edit.workbook.follow(carry)
    block = take(source_sheet, source)
    _blank(source_sheet, source)
    for down, line in enumerate(block):
        for right, cell in enumerate(line):
            at = (target.row + down, target.column + right)
            new = replace(cell, value=values[down, right]) if cell is not None and values else cell
            sheet.grid.put(*at, _pasted(sheet.grid.cell(*at), new, kind))


def _landing(edit: Edit, start: Json, source: Box) -> tuple[Sheet, Box]:
    """The tab and the cells that a block of this size is pasted over; the grid grows to hold them."""
    sheet = edit.workbook.sheet(start.get("sheetId", 0))
    row, column = start.get("rowIndex", 0), start.get("columnIndex", 0)
    target = Box(row, row + source.end_row - source.row, column, column + source.end_column - source.column)
    edit.workbook.grow(sheet, target.end_row, target.end_column)
    return sheet, target


def _undo_merges(sheet: Sheet, box: Box, carry: Carry | None) -> None:
    """The merges that touch a box undone, but for those that a cut takes along."""
    left = tuple(
        merge
        for merge in sheet.merges
        if not sheet.box(merge).touches(box) or (carry is not None and carry.takes(Area.from_json(merge)))
    )
    if left != sheet.merges:
        sheet.change("merges", left)


def _blank(sheet: Sheet, box: Box) -> None:
    for row, _ in list(sheet.grid.stored_rows(box)):
        for column in range(box.column, box.end_column):
            sheet.grid.put(row, column, None)


def paste_data(edit: Edit, request: Json) -> None:
    """Delimited text typed in from a cell on."""
    if request.get("html"):
        raise ApiError("Pasting HTML is not imitated by the sandbox.")
    start = request.get("coordinate", {})
    sheet = edit.workbook.sheet(start.get("sheetId", 0))
    mark = request.get("delimiter") or "\t"
    lines: list[list[Any]] = [line.split(mark) for line in re.split(r"\r?\n", request.get("data", ""))]
    row, column = start.get("rowIndex", 0), start.get("columnIndex", 0)
    box = Box(row, row + len(lines), column, column + max(len(line) for line in lines))
    edit.workbook.grow(sheet, box.end_row, box.end_column)
    edit.guard(sheet, box)
    put_lines(edit, sheet, box, lines, typed=True)


def insert_range(edit: Edit, request: Json) -> None:
    """Blank cells put in; what was there moves down or to the right, the grid grows as needed."""
    sheet, box = edit.target(request.get("range", {}))
    by_rows = request.get("shiftDimension") != "COLUMNS"
    grid = sheet.grid
    if by_rows:
        tail = box._replace(end_row=grid.row_count)
        height = box.end_row - box.row
        edit.workbook.grow(sheet, len(grid.rows) + height, 0)
        _carry(edit, sheet, tail, (height, 0))
    else:
        tail = box._replace(end_column=grid.column_count)
        width = box.end_column - box.column
        edit.workbook.grow(sheet, 0, _last_column(sheet, box) + 1 + width)
        _carry(edit, sheet, tail, (0, width))


def _last_column(sheet: Sheet, box: Box) -> int:
    whole = box._replace(column=0, end_column=sheet.grid.column_count)
    filled = (
        column
        for row, _ in sheet.grid.stored_rows(whole)
        for column, cell in enumerate(sheet.grid.row_cells(row, whole))
        if cell is not None
    )
    return max(filled, default=0)


def delete_range(edit: Edit, request: Json) -> None:
    """Cells taken out; what is below or to the right moves in."""
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    _blank(sheet, box)
    if request.get("shiftDimension") != "COLUMNS":
        tail = box._replace(row=box.end_row, end_row=sheet.grid.row_count)
        _carry(edit, sheet, tail, (box.row - box.end_row, 0))
    else:
        tail = box._replace(column=box.end_column, end_column=sheet.grid.column_count)
        _carry(edit, sheet, tail, (0, box.column - box.end_column))


def _carry(edit: Edit, sheet: Sheet, box: Box, by: tuple[int, int]) -> None:
    """The stored cells of a box moved by an offset."""
    edit.guard(sheet, box)
    box = box._replace(end_row=min(box.end_row, len(sheet.grid.rows)))
    if box.is_empty:
        return
    edit.workbook.follow(Carry(sheet.sheet_id, box, sheet.sheet_id, *by))
    block = take(sheet, box)
    _blank(sheet, box)
    for down, line in enumerate(block):
        for right, cell in enumerate(line):
            row, column = box.row + down + by[0], box.column + right + by[1]
            if cell is not None and row < sheet.grid.row_count and column < sheet.grid.column_count:
                sheet.grid.put(row, column, cell)


def auto_fill(edit: Edit, request: Json) -> None:
    """The first row of a range filled down the rest: numbers count on from the first two, the rest repeats."""
    if "range" not in request:
        raise ApiError("Only autoFill over a range is imitated by the sandbox.")
    sheet, box = edit.target(request["range"])
    edit.guard(sheet, box)
    for column in range(box.column, box.end_column):
        given = [row for row in range(box.row, box.end_row) if sheet.grid.is_valued(row, column)]
        if not given:
            continue
        last = given[-1]
        cell = sheet.grid.cell(last, column)
        step = _step(sheet, given, column)
        for row in range(last + 1, box.end_row):
            filled = cell
            if cell is not None and isinstance(cell.value, float):
                filled = replace(cell, value=cell.value + step * (row - last))
            sheet.grid.put(row, column, filled)


def _step(sheet: Sheet, given: list[int], column: int) -> float:
    if len(given) < 2:
        return 0.0
    before, last = (sheet.grid.cell(row, column) for row in given[-2:])
    if before is None or last is None or not isinstance(before.value, float) or not isinstance(last.value, float):
        return 0.0
    return last.value - before.value
