"""Requests that look at content: findReplace, trimWhitespace, deleteDuplicates, textToColumns."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.entry import put_lines
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.celldata import CellReader
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]


def _scope(edit: Edit, request: Json) -> list[tuple[Sheet, Box]]:
    """Tabs and boxes a search covers: a range, a tab or all tabs."""
    if "range" in request:
        return [edit.target(request["range"])]
    if "sheetId" in request:
        sheet = edit.workbook.sheet(request["sheetId"])
        return [(sheet, sheet.grid.box())]
    if request.get("allSheets"):
        return [(sheet, sheet.grid.box()) for sheet in edit.workbook.sheets]
    raise ApiError("One of range, sheetId or allSheets must be specified.")


def _cells(sheet: Sheet, box: Box) -> Iterator[tuple[int, int, Cell]]:
    for row, _ in list(sheet.grid.stored_rows(box)):
        for offset, cell in enumerate(sheet.grid.row_cells(row, box)):
            if cell is not None and cell.value is not None:
                yield row, box.column + offset, cell


def find_replace(edit: Edit, request: Json) -> Json:
    """Text found and replaced; what is left in a cell is read as if typed. Tells how many, not where."""
    pattern = _pattern(request)
    replacement = request.get("replacement", "")
    if request.get("searchByRegex"):
        replacement = re.sub(r"\$(\d)", r"\\g<\1>", replacement.replace("\\", "\\\\"))
    else:
        replacement = replacement.replace("\\", "\\\\")
    counts = dict.fromkeys(("valuesChanged", "formulasChanged", "occurrencesChanged"), 0)
    rows: set[tuple[int, int]] = set()
    for sheet, box in _scope(edit, request):
        reader = CellReader(sheet, edit.evaluator())
        for row, column, cell in _cells(sheet, box):
            is_formula = isinstance(cell.value, Formula)
            if is_formula and not request.get("includeFormulas"):
                continue
            text = _editable(reader, cell, row, column)
            changed, count = _substituted(pattern, replacement, text)
            if not count:
                continue
            edit.guard(sheet, Box(row, row + 1, column, column + 1))
            put_lines(edit, sheet, Box(row, row + 1, column, column + 1), [[changed]], typed=True)
            counts["formulasChanged" if is_formula else "valuesChanged"] += 1
            counts["occurrencesChanged"] += count
            rows.add((sheet.sheet_id, row))
    found: Json = without_zeros(
        counts | {"rowsChanged": len(rows), "sheetsChanged": len({sheet_id for sheet_id, _ in rows})}
    )
    return found


def _substituted(pattern: re.Pattern[str], replacement: str, text: str) -> tuple[str, int]:
    try:
        return pattern.subn(replacement, text)
    except re.error:
        raise ApiError(f"Invalid replacement: {replacement}") from None


def _pattern(request: Json) -> re.Pattern[str]:
    wanted = request.get("find", "")
    if not wanted:
        raise ApiError("find must be specified.")
    text = wanted if request.get("searchByRegex") else re.escape(wanted)
    if request.get("matchEntireCell"):
        text = rf"\A(?:{text})\Z"
    try:
        return re.compile(text, 0 if request.get("matchCase") else re.IGNORECASE)
    except re.error:
        raise ApiError(f"Invalid regular expression: {wanted}") from None


def _editable(reader: CellReader, cell: Cell, row: int, column: int) -> str:
    if isinstance(cell.value, Formula):
        return cell.value.text(row, column, reader.notation)
    return reader.shown(cell, row, column)


def trim_whitespace(edit: Edit, request: Json) -> Json:
    """Leading, trailing and repeated spaces taken out of text cells."""
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    count = 0
    for row, column, cell in _cells(sheet, box):
        if isinstance(cell.value, str) and (trimmed := " ".join(cell.value.split())) != cell.value:
            sheet.grid.put(row, column, replace(cell, value=trimmed or None))
            count += 1
    return {"cellsChangedCount": count} if count else {}


def delete_duplicates(edit: Edit, request: Json) -> Json:
    """Rows of a range that repeat an earlier one taken out of the range; what is below moves up."""
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    columns = [
        column
        for span in request.get("comparisonColumns", [])
        for column in range(span.get("startIndex", 0), span.get("endIndex", box.end_column))
    ] or list(range(box.column, box.end_column))
    reader = CellReader(sheet, edit.evaluator())
    box = box._replace(end_row=min(box.end_row, len(sheet.grid.rows)))
    seen: set[tuple[str, ...]] = set()
    stay: list[list[Cell | None]] = []
    for row in range(box.row, box.end_row):
        key = tuple(reader.shown(sheet.grid.cell(row, column), row, column).lower() for column in columns)
        if key not in seen:
            stay.append(sheet.grid.row_cells(row, box))
        seen.add(key)
    gone = box.end_row - box.row - len(stay)
    stay.extend([[None] * (box.end_column - box.column)] * gone)
    for down, line in enumerate(stay):
        for right, cell in enumerate(line):
            sheet.grid.put(box.row + down, box.column + right, cell)
    return {"duplicatesRemovedCount": gone} if gone else {}


def text_to_columns(edit: Edit, request: Json) -> None:
    """A column of text split at a delimiter into the columns to its right."""
    sheet, box = edit.target(request.get("source", {}))
    if box.end_column - box.column != 1:
        raise ApiError("The source must be exactly one column.")
    marks = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " ", "CUSTOM": request.get("delimiter", "")}
    kind = request.get("delimiterType", "AUTODETECT")
    for row, column, cell in list(_cells(sheet, box)):
        if not isinstance(cell.value, str):
            continue
        mark = marks.get(kind) or next((m for m in ",;\t|" if m in cell.value), ",")
        parts = cell.value.split(mark)
        edit.workbook.grow(sheet, 0, column + len(parts))
        target = Box(row, row + 1, column, column + len(parts))
        edit.guard(sheet, target)
        put_lines(edit, sheet, target, [list(parts)], typed=True)
