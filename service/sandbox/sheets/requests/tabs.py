"""Requests about the spreadsheet and its tabs: add, change, copy and delete."""

from typing import Any

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formats.colors import with_both_colors
from service.sandbox.sheets.limits import COLUMNS_PER_SHEET, DEFAULT_COLUMNS, DEFAULT_ROWS
from service.sandbox.sheets.moments import zone_of
from service.sandbox.sheets.requests.dimensions import Span, delete_lines
from service.sandbox.sheets.requests.edit import Edit, masked
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.wire.masks import Path, update_paths
from service.sandbox.sheets.wire.resources import sheet_properties_json

Json = dict[str, Any]

SIZES = ("rowCount", "columnCount")


def add_sheet(edit: Edit, request: Json) -> Json:
    """A new tab; the reply holds its full properties."""
    sheet = new_sheet(edit.workbook, request.get("properties", {}))
    return {"properties": sheet_properties_json(edit.workbook, sheet)}


def new_sheet(workbook: Workbook, properties: Json) -> Sheet:
    """A tab put into the workbook as SheetProperties ask."""
    if properties.get("sheetType", "GRID") != "GRID":
        raise ApiError("Only sheets of type GRID are imitated.")
    sheet_id = properties.get("sheetId")
    if sheet_id is None:
        sheet_id = workbook.next_id() if workbook.sheets else 0
    if sheet_id < 0 or any(sheet.sheet_id == sheet_id for sheet in workbook.sheets):
        raise ApiError(f"A sheet with id {sheet_id} already exists.")
    title = properties.get("title") or _free_title(workbook)
    _check_title(workbook, title, None)
    given = properties.get("gridProperties", {})
    rows, columns = given.get("rowCount") or DEFAULT_ROWS, given.get("columnCount") or DEFAULT_COLUMNS
    _check_size(rows, columns)
    workbook.check_size(rows * columns)
    sheet = Sheet(workbook.journal, sheet_id, title, rows=rows, columns=columns)
    sheet.grid_properties = {name: value for name, value in given.items() if name not in SIZES}
    sheet.properties = _loose_properties(properties)
    sheet.hidden = bool(properties.get("hidden"))
    at = min(properties.get("index", len(workbook.sheets)), len(workbook.sheets))
    workbook.change("sheets", [*workbook.sheets[:at], sheet, *workbook.sheets[at:]])
    return sheet


def _loose_properties(properties: Json) -> Json:
    kept = {name: properties[name] for name in ("rightToLeft", "tabColor", "tabColorStyle") if name in properties}
    coloured: Json = with_both_colors(kept)
    return coloured


def _free_title(workbook: Workbook) -> str:
    number = len(workbook.sheets) + 1
    while workbook.titled(f"Sheet{number}") is not None:
        number += 1
    return f"Sheet{number}"


def _check_title(workbook: Workbook, title: str, own: Sheet | None) -> None:
    if not title:
        raise ApiError("The sheet name cannot be empty.")
    if len(title) > 100:
        raise ApiError("The sheet name cannot be greater than 100 characters.")
    found = workbook.titled(title)
    if found is not None and found is not own:
        raise ApiError(f'A sheet with the name "{title}" already exists. Please enter another name.')


def _check_size(rows: int, columns: int) -> None:
    if rows <= 0 or columns <= 0:
        raise ApiError("Sheets must have at least one row and one column.")
    if columns > COLUMNS_PER_SHEET:
        raise ApiError(f"Cannot have more than {COLUMNS_PER_SHEET} columns in a sheet.")


def update_sheet_properties(edit: Edit, request: Json) -> None:
    """Title, place, visibility, size and freezing of a tab, as far as the mask names them."""
    given = request.get("properties", {})
    paths = update_paths("SheetProperties", request.get("fields", ""), "requests.update_sheet_properties.fields")
    sheet = edit.workbook.sheet(given.get("sheetId", 0))
    names = {path[0] if path else "*" for path in paths}
    everything = "*" in names
    if everything or "title" in names:
        _check_title(edit.workbook, given.get("title", ""), sheet)
        sheet.change("title", given["title"])
    if everything or "hidden" in names:
        _set_hidden(edit.workbook, sheet, given)
    if "index" in names:
        _move_sheet(edit.workbook, sheet, given.get("index", 0))
    _set_grid(edit, sheet, given.get("gridProperties", {}), paths)
    loose = names & {"rightToLeft", "tabColor", "tabColorStyle"}
    if everything:
        loose = {"rightToLeft", "tabColor", "tabColorStyle"}
    if loose:
        _set_loose(sheet, given, loose)


def _set_loose(sheet: Sheet, given: Json, names: set[str]) -> None:
    if names & {"tabColor", "tabColorStyle"}:
        names = names | {"tabColor", "tabColorStyle"}
    new = _loose_properties(given)
    held = {name: value for name, value in sheet.properties.items() if name not in names}
    sheet.change("properties", held | {name: value for name, value in new.items() if name in names})


def _set_hidden(workbook: Workbook, sheet: Sheet, given: Json) -> None:
    hidden = bool(given.get("hidden"))
    if hidden and all(other.hidden or other is sheet for other in workbook.sheets):
        raise ApiError("You can't hide all the sheets in a document.")
    sheet.change("hidden", hidden)


def _move_sheet(workbook: Workbook, sheet: Sheet, index: int) -> None:
    # The index counts before the move: asking for a place further right means "before the tab now there".
    place = workbook.sheets.index(sheet)
    target = index - 1 if index > place else index
    others = [other for other in workbook.sheets if other is not sheet]
    target = min(max(target, 0), len(others))
    workbook.change("sheets", [*others[:target], sheet, *others[target:]])


def _set_grid(edit: Edit, sheet: Sheet, given: Json, paths: tuple[Path, ...]) -> None:
    below = tuple(path[1:] for path in paths if path and path[0] == "gridProperties")
    below += tuple(("*",) for path in paths if not path)
    if not below:
        return
    names = {path[0] if path else "*" for path in below}
    rows, columns = sheet.grid.row_count, sheet.grid.column_count
    if names & {"*", "rowCount"}:
        rows = given.get("rowCount", rows if "*" in names else 0)
    if names & {"*", "columnCount"}:
        columns = given.get("columnCount", columns if "*" in names else 0)
    _resize(edit, sheet, rows, columns)
    loose = tuple(path for path in below if path not in {("rowCount",), ("columnCount",)})
    loose = tuple(() if path in {("*",), ()} else path for path in loose)
    if loose:
        new = {name: value for name, value in given.items() if name not in SIZES}
        properties = masked(sheet.grid_properties, new, loose)
        if properties.get("frozenRowCount", 0) >= rows or properties.get("frozenColumnCount", 0) >= columns:
            raise ApiError("You can't freeze all visible rows or columns on the sheet.")
        sheet.change("grid_properties", properties)


def _resize(edit: Edit, sheet: Sheet, rows: int, columns: int) -> None:
    _check_size(rows, columns)
    edit.workbook.grow(sheet, rows, columns)
    for dimension, size, wanted in (
        ("ROWS", sheet.grid.row_count, rows),
        ("COLUMNS", sheet.grid.column_count, columns),
    ):
        if wanted < size:
            cut = {"sheetId": sheet.sheet_id, "dimension": dimension, "startIndex": wanted, "endIndex": size}
            delete_lines(edit, Span(edit, cut))


def delete_sheet(edit: Edit, request: Json) -> None:
    """A tab removed with its metadata and named ranges; what pointed at it becomes #REF!."""
    workbook = edit.workbook
    sheet = workbook.sheet(request.get("sheetId", 0))
    edit.guard_sheet(sheet)
    if all(other.hidden or other is sheet for other in workbook.sheets):
        raise ApiError("You can't remove all the visible sheets in a document.")
    for entry in [entry for entry in workbook.metadata.values() if entry.sheet_id == sheet.sheet_id]:
        workbook.drop_metadata(entry)
    workbook.forget_sheet(sheet)
    left = tuple(one for one in workbook.named_ranges if one.get("range", {}).get("sheetId") != sheet.sheet_id)
    workbook.change("named_ranges", left)
    workbook.change("sheets", [other for other in workbook.sheets if other is not sheet])


def duplicate_sheet(edit: Edit, request: Json) -> Json:
    """A copy of a tab beside it; metadata of its rows and columns is not copied."""
    workbook = edit.workbook
    source = workbook.sheet(request.get("sourceSheetId", 0))
    title = request.get("newSheetName") or f"Copy of {source.title}"
    sheet_id = request["newSheetId"] if "newSheetId" in request else workbook.next_id()
    index = request.get("insertSheetIndex", 0)
    copy = insert_copy(workbook, source, sheet_id, title=title, index=index)
    return {"properties": sheet_properties_json(workbook, copy)}


def insert_copy(workbook: Workbook, source: Sheet, sheet_id: int, *, title: str, index: int) -> Sheet:
    """A copy of any tab (also of another spreadsheet) put into the workbook."""
    _check_title(workbook, title, None)
    if any(sheet.sheet_id == sheet_id for sheet in workbook.sheets):
        raise ApiError(f"A sheet with id {sheet_id} already exists.")
    workbook.check_size(source.grid.row_count * source.grid.column_count)
    copy = source.twin(workbook.journal, sheet_id, title)
    copy.grid.forget_metadata()
    at = min(index, len(workbook.sheets))
    workbook.change("sheets", [*workbook.sheets[:at], copy, *workbook.sheets[at:]])
    return copy


def update_spreadsheet_properties(edit: Edit, request: Json) -> None:
    """Title, locale, time zone and recalculation of the spreadsheet."""
    given = request.get("properties", {})
    paths = update_paths("SpreadsheetProperties", request.get("fields", ""), "requests.fields")
    fixed = () if given.get("importFunctionsExternalUrlAccessAllowed") else ("importFunctionsExternalUrlAccessAllowed",)
    properties = masked(edit.workbook.properties, given, paths, fixed)
    if not properties.get("title"):
        raise ApiError("The spreadsheet title cannot be empty.")
    for name in ("locale", "timeZone", "autoRecalc"):
        properties.setdefault(name, edit.workbook.properties[name])
    zone_of(properties["timeZone"])
    edit.workbook.change("properties", properties)
