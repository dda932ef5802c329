"""What a person sees of a tab through its filter views, its validation and its warnings. Nothing is moved or hidden.

A view is drawn as the rows it shows, in its order; the header of its range is always there.
"""

from typing import Any

from service.sandbox.sheets.conditions import Condition, Place
from service.sandbox.sheets.requests.sorting import ordered
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.celldata import CellReader

Json = dict[str, Any]


def drawn_views(reader: CellReader, sheet: Sheet, *, rows_shown: int) -> list[Json]:
    """Each filter view with its id, its title and the rows it shows of the first `rows_shown`, header left out."""
    return [
        {"id": view["filterViewId"], "title": view["title"], "rows": _rows(reader, sheet, view, rows_shown)}
        for view in sheet.filter_views
    ]


def _rows(reader: CellReader, sheet: Sheet, view: Json, rows_shown: int) -> list[int]:
    box = sheet.box(view["range"])
    last = min(box.end_row, rows_shown, len(sheet.grid.rows))
    rows: list[int] = list(range(box.row + 1, last))
    for column, criteria in _criteria(view):
        hidden = {text.lower() for text in criteria.get("hiddenValues", [])}
        given = criteria.get("condition")
        condition = Condition(reader.evaluator, sheet, given, (box.row + 1, column)) if given else None
        places = ((row, _place(reader, sheet, row, column)) for row in rows)
        rows = [
            row
            for row, place in places
            if place.text.lower() not in hidden and (condition is None or condition.holds(place))
        ]
    return ordered(reader.evaluator, sheet, rows, specs=view.get("sortSpecs", []))


def _criteria(view: Json) -> list[tuple[int, Json]]:
    """Column index and FilterCriteria of each filtered column, from either way of writing them."""
    specs = [(spec.get("columnIndex", 0), spec.get("filterCriteria", {})) for spec in view.get("filterSpecs", [])]
    return specs or [(int(column), criteria) for column, criteria in view.get("criteria", {}).items()]


def _place(reader: CellReader, sheet: Sheet, row: int, column: int) -> Place:
    cell = sheet.grid.cell(row, column)
    return Place(row, column, reader.effective(cell, row, column), reader.shown(cell, row, column))


def breaks_rule(cell: Cell, text: str) -> bool:
    """Whether a value stands in a list's cell and not in the list: such a cell has a red corner."""
    condition = cell.rule.given.get("condition", {}) if cell.rule else {}
    if condition.get("type") != "ONE_OF_LIST" or not text:
        return False
    return all(text != entry.get("userEnteredValue", "") for entry in condition.get("values", []))


def warnings(sheet: Sheet) -> list[Json]:
    """Ranges that are protected by a warning: `columns` (start, end), and what their description says."""
    boxes = [(sheet.box(one["range"]), one) for one in sheet.protected_ranges if one.get("warningOnly")]
    return [{"columns": [box.column, box.end_column], "says": one.get("description", "")} for box, one in boxes]
