"""Requests about filters: the tab's one basic filter, which hides rows, and filter views, which move nothing."""

from typing import Any

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.conditions import Condition, Place, check_condition
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.requests.edit import Edit, masked, replaced
from service.sandbox.sheets.requests.ranges import fresh_id, full_range, ids_of, located
from service.sandbox.sheets.requests.sorting import sort_box
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.celldata import CellReader
from service.sandbox.sheets.wire.masks import update_paths
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]


def set_basic_filter(edit: Edit, request: Json) -> None:
    """The tab's filter set; its sort orders move content, its criteria hide rows. Open ranges are closed now."""
    given = _checked(request.get("filter", {}))
    where = full_range(edit, given.get("range", {}))
    sheet = edit.workbook.sheet(where["sheetId"])
    chosen = {name: value for name, value in given.items() if name != "range"} | {"range": sheet.bounded(where)}
    sheet.change("basic_filter", chosen)
    box = sheet.box(where)
    body = box._replace(row=min(box.row + 1, box.end_row))
    if given.get("sortSpecs") and not body.is_empty:
        edit.guard(sheet, body)
        sort_box(edit, sheet, body, given["sortSpecs"])
    show_rows(sheet)
    for column, criteria in _criteria(chosen):
        _hide_rows(edit, sheet, body, column, criteria)


def clear_basic_filter(edit: Edit, request: Json) -> None:
    """The filter removed and every row it hid shown."""
    sheet = edit.workbook.sheet(request.get("sheetId", 0))
    if sheet.basic_filter is not None:
        sheet.change("basic_filter", None)
        show_rows(sheet)


def show_rows(sheet: Sheet) -> None:
    for _, row in sheet.grid.stored_rows(sheet.grid.box()):
        if row.hidden_by_filter:
            sheet.journal.assign(row, "hidden_by_filter", False)


def _criteria(chosen: Json) -> list[tuple[int, Json]]:
    """Column index and FilterCriteria of each filtered column, from either way of writing them."""
    specs = [(spec.get("columnIndex", 0), spec.get("filterCriteria", {})) for spec in chosen.get("filterSpecs", [])]
    if specs:
        return specs
    return [(int(column), criteria) for column, criteria in chosen.get("criteria", {}).items()]


def _checked(given: Json) -> Json:
    """The filter, refused for a condition that has operands of the wrong sort, in either way of writing them."""
    ways = [spec.get("filterCriteria", {}) for spec in given.get("filterSpecs", [])]
    for criteria in [*ways, *given.get("criteria", {}).values()]:
        check_condition(criteria.get("condition", {}))
    return given


def _hide_rows(edit: Edit, sheet: Sheet, box: Box, column: int, criteria: Json) -> None:
    reader = CellReader(sheet, edit.evaluator())
    hidden = {text.lower() for text in criteria.get("hiddenValues", [])}
    given = criteria.get("condition")
    condition = Condition(reader.evaluator, sheet, given, (box.row, column)) if given else None
    for index in range(box.row, min(box.end_row, len(sheet.grid.rows))):
        cell = sheet.grid.cell(index, column)
        text = reader.shown(cell, index, column)
        met = condition is None or condition.holds(Place(index, column, reader.effective(cell, index, column), text))
        if text.lower() in hidden or not met:
            sheet.journal.assign(sheet.grid.row_at(index), "hidden_by_filter", True)


def add_filter_view(edit: Edit, request: Json) -> Json:
    """A filter view; the rows of the tab stay as they are."""
    given = _checked(request.get("filter", {}))
    where = full_range(edit, given.get("range", {}))
    sheet = edit.workbook.sheet(where["sheetId"])
    number = fresh_id(edit, given, "filterViewId", ids_of(edit, "filter_views", "filterViewId"))
    title = given.get("title") or f"Filter {len(sheet.filter_views) + 1}"
    view = given | {"filterViewId": number, "title": title, "range": sheet.bounded(where)}
    _check_title(sheet, title)
    sheet.change("filter_views", (*sheet.filter_views, view))
    return {"filter": without_zeros(view)}


def _check_title(sheet: Sheet, title: str) -> None:
    if any(view["title"] == title for view in sheet.filter_views):
        raise ApiError(f"A filter view with the name '{title}' already exists.")


def update_filter_view(edit: Edit, request: Json) -> None:
    given = dict(_checked(request.get("filter", {})))
    sheet, position, held = located(edit, "filter_views", "filterViewId", given.get("filterViewId", 0))
    paths = update_paths("FilterView", request.get("fields", ""), "requests.fields")
    if "range" in given:
        given["range"] = sheet.bounded(full_range(edit, given["range"]))
    new = masked(held, given, paths, ("filterViewId",))
    sheet.change("filter_views", replaced(sheet.filter_views, position, new))


def delete_filter_view(edit: Edit, request: Json) -> None:
    sheet, position, _ = located(edit, "filter_views", "filterViewId", request.get("filterId", 0))
    sheet.change("filter_views", replaced(sheet.filter_views, position))


def duplicate_filter_view(edit: Edit, request: Json) -> Json:
    sheet, _, held = located(edit, "filter_views", "filterViewId", request.get("filterId", 0))
    copy = held | {"filterViewId": edit.workbook.next_id(), "title": f"Copy of {held['title']}"}
    _check_title(sheet, copy["title"])
    sheet.change("filter_views", (*sheet.filter_views, copy))
    return {"filter": without_zeros(copy)}
