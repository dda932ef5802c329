"""A compact picture of a spreadsheet for a page that draws it: texts, kinds and the essentials of formats.

Shape: `{"id", "title", "version", "time_zone", "sheets": [sheet]}`. A sheet is `{"sheet_id", "title", "hidden",
"row_count", "column_count", "frozen_rows", "frozen_columns", "columns": [{"width", "hidden"}], "hidden_rows": [index],
"row_heights": {index: pixels}, "stored_rows", "views": [{"id", "title", "rows": [index]}], "warnings": [{"columns",
"says"}], "rows": [[index, [cell]]]}`; `stored_rows` counts to the last one with a value. A cell is `{"c": column,
"t": text, "k": kind}` with `f` (formula), `wrong` (not in its list) and any of `bold italic strike underline color
background align link note wrap` where they differ from plain.
Kinds: text, number, date, boolean, error, blank.
"""

from typing import Any

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.conditions import Condition, Place
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.formats.cellformat import overlaid
from service.sandbox.sheets.formats.colors import hex_color
from service.sandbox.sheets.formats.shown import shows_date
from service.sandbox.sheets.formula_errors import FormulaError
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.formulas.operators import Scalar
from service.sandbox.sheets.limits import ROW_PIXELS
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.views import breaks_rule, drawn_views, warnings
from service.sandbox.sheets.wire.celldata import CellReader, link_of

Json = dict[str, Any]
Rules = list[tuple[Condition, list[Box], Json]]

ROWS_SHOWN = 400
"""Rows per tab unless more are asked for; a page draws what fits a screen."""


def snapshot(evaluator: Evaluator, rows_shown: int = ROWS_SHOWN) -> Json:
    """The picture of the whole workbook as it is now."""
    workbook = evaluator.workbook
    return {
        "id": workbook.spreadsheet_id,
        "title": workbook.properties["title"],
        "version": workbook.version,
        "time_zone": workbook.properties["timeZone"],
        "sheets": [_sheet(evaluator, sheet, rows_shown) for sheet in workbook.sheets],
    }


def _sheet(evaluator: Evaluator, sheet: Sheet, rows_shown: int) -> Json:
    grid = sheet.grid
    box = grid.box()._replace(end_row=min(grid.row_count, rows_shown))
    reader = CellReader(sheet, evaluator)
    rules = _rules(evaluator, sheet)
    spilled = {spot[0] for spot in evaluator.spilled(sheet)}
    rows: list[Any] = []
    for index in range(min(box.end_row, max([len(grid.rows), *(row + 1 for row in spilled)]))):
        cells = [_cell(reader, rules, cell, (index, at)) for at, cell in enumerate(grid.row_cells(index, box))]
        drawn = [cell for cell in cells if cell is not None]
        if drawn:
            rows.append([index, drawn])
    hidden = [index for index, row in grid.stored_rows(box) if row.hidden_by_user or row.hidden_by_filter]
    heights = {str(index): row.pixels for index, row in grid.stored_rows(box) if row.pixels != ROW_PIXELS}
    return {
        "sheet_id": sheet.sheet_id,
        "title": sheet.title,
        "hidden": sheet.hidden,
        "row_count": grid.row_count,
        "column_count": grid.column_count,
        "frozen_rows": sheet.grid_properties.get("frozenRowCount", 0),
        "frozen_columns": sheet.grid_properties.get("frozenColumnCount", 0),
        "columns": [{"width": column.pixels, "hidden": column.hidden_by_user} for column in grid.columns],
        "hidden_rows": hidden,
        "row_heights": heights,
        "stored_rows": max([grid.last_valued_row(), *spilled]) + 1,
        "views": drawn_views(reader, sheet, rows_shown=rows_shown),
        "warnings": warnings(sheet),
        "rows": rows,
    }


def _rules(evaluator: Evaluator, sheet: Sheet) -> Rules:
    """Boolean rules with their boxes; colour scales are not drawn."""
    found: Rules = []
    for rule in sheet.conditional_formats:
        boxes = [sheet.box(where) for where in rule["ranges"]]
        if "booleanRule" in rule:
            condition = rule["booleanRule"].get("condition", {})
            anchor = (min(box.row for box in boxes), min(box.column for box in boxes))
            found.append((Condition(evaluator, sheet, condition, anchor), boxes, rule["booleanRule"].get("format", {})))
    return found


def _cell(reader: CellReader, rules: Rules, cell: Cell | None, at: tuple[int, int]) -> Json | None:
    value = reader.effective(cell, *at)
    text = reader.shown(cell, *at) if cell is not None else ("" if value is None else _plain(reader, value))
    style = cell.format if cell else None
    for condition, boxes, dress in rules:
        if any(box.covers(*at) for box in boxes) and condition.holds(Place(*at, value, text)):
            # The first rule that holds wins; later ones are not looked at, as far as one cell shows.
            style = overlaid(style or {}, dress)
            break
    if cell is None and value is None and not style:
        return None
    drawn: Json = {"c": at[1], "t": text, "k": _kind(value, style)}
    if cell is not None and isinstance(cell.value, Formula):
        drawn["f"] = cell.value.text(*at, reader.notation)
    if cell is not None and cell.note:
        drawn["note"] = cell.note
    if cell is not None and breaks_rule(cell, text):
        drawn["wrong"] = True
    if cell is not None and (link := link_of(cell)):
        drawn["link"] = link
    look = _look(style or {})
    is_plain = value is None and not look and "note" not in drawn
    return None if is_plain else drawn | look


def _plain(reader: CellReader, value: Scalar) -> str:
    return value.text if isinstance(value, FormulaError) else reader.shown(Cell(value), 0, 0)


def _kind(value: Scalar, style: Json | None) -> str:
    if value is None:
        return "blank"
    if isinstance(value, FormulaError):
        return "error"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    return "date" if shows_date(style) else "number"


def _look(style: Json) -> Json:
    text_format = style.get("textFormat", {})
    names = (("bold", "bold"), ("italic", "italic"), ("strikethrough", "strike"), ("underline", "underline"))
    look: Json = {short: True for name, short in names if text_format.get(name)}
    if "foregroundColor" in text_format:
        look["color"] = hex_color(text_format["foregroundColor"])
    if "backgroundColor" in style:
        look["background"] = hex_color(style["backgroundColor"])
    if style.get("horizontalAlignment") in {"LEFT", "CENTER", "RIGHT"}:
        look["align"] = style["horizontalAlignment"].lower()
    if style.get("wrapStrategy") in {"WRAP", "CLIP"}:
        look["wrap"] = style["wrapStrategy"].lower()
    return look
