"""Requests about tables ("Convert to table"): add, update and delete, as far as they were measured.

A footer's formulas and the rules of typed columns are not imitated.
"""

from typing import Any

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formats.colors import with_both_colors
from service.sandbox.sheets.requests.edit import Edit, masked, replaced
from service.sandbox.sheets.requests.ranges import full_range, ids_of, located
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.celldata import CellReader
from service.sandbox.sheets.wire.masks import update_paths
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]

DEFAULT_COLORS: Json = {
    "headerColorStyle": {"rgbColor": {"red": 0.20784314, "green": 0.40784314, "blue": 0.32941177}},
    "firstBandColorStyle": {"rgbColor": {"red": 1, "green": 1, "blue": 1}},
    "secondBandColorStyle": {"rgbColor": {"red": 0.9647059, "green": 0.972549, "blue": 0.9764706}},
}


def add_table(edit: Edit, request: Json) -> Json:
    """A table over existing cells, which stay; the first row is frozen and a banded range of the same id appears."""
    given = request.get("table", {})
    where = full_range(edit, given.get("range", {}))
    sheet = edit.workbook.sheet(where["sheetId"])
    where = sheet.bounded(where)
    box = sheet.box(where)
    if any(sheet.box(held["range"]).touches(box) for held in sheet.tables):
        raise ApiError("You cannot add a table that overlaps another table.")
    table_id = given.get("tableId") or str(edit.workbook.next_id())
    if table_id in ids_of(edit, "tables", "tableId"):
        raise ApiError(f"tableId {table_id} is already in use.")
    rows = with_both_colors(given.get("rowsProperties") or DEFAULT_COLORS)
    table = {
        "tableId": table_id,
        "name": given.get("name") or _free_name(edit),
        "range": where,
        "rowsProperties": {name: style for name, style in rows.items() if name.endswith("Style")},
        "columnProperties": _columns(edit, sheet, box, given.get("columnProperties", [])),
    }
    sheet.change("tables", (*sheet.tables, table))
    sheet.change("grid_properties", sheet.grid_properties | {"frozenRowCount": 1})
    if table_id.isdigit():
        banded = {
            "bandedRangeId": int(table_id),
            "bandedRangeReference": table_id,
            "range": where,
            "rowProperties": rows,
        }
        sheet.change("banded_ranges", (*sheet.banded_ranges, banded))
    return {"table": without_zeros(table)}


def _free_name(edit: Edit) -> str:
    taken = {table["name"] for sheet in edit.workbook.sheets for table in sheet.tables}
    number = 1
    while f"Table{number}" in taken:
        number += 1
    return f"Table{number}"


def _columns(edit: Edit, sheet: Sheet, box: Box, given: list[Json]) -> list[Json]:
    """Column properties with the names of the header row; indexes are relative to the table."""
    reader = CellReader(sheet, edit.evaluator())
    by_index = {column.get("columnIndex", 0): column for column in given}
    columns = []
    for offset in range(box.end_column - box.column):
        at = (box.row, box.column + offset)
        name = reader.shown(sheet.grid.cell(*at), *at) or f"Column {offset + 1}"
        chosen = by_index.get(offset, {})
        columns.append({"columnIndex": offset, "columnName": name, "columnType": "TEXT"} | chosen)
    return columns


def update_table(edit: Edit, request: Json) -> None:
    """Name, range or properties of a table; growing the range touches no cell."""
    given = dict(request.get("table", {}))
    sheet, position, held = located(edit, "tables", "tableId", given.get("tableId", ""))
    paths = update_paths("Table", request.get("fields", ""), "requests.fields")
    if "range" in given:
        given["range"] = sheet.bounded(full_range(edit, given["range"]))
    _replace(sheet, position, masked(held, given, paths, ("tableId",)))


def _replace(sheet: Sheet, position: int, new: Json) -> None:
    """The table at this position becomes another; its banded range goes with it."""
    sheet.change("tables", replaced(sheet.tables, position, new))
    bands = tuple(
        band | {"range": new["range"]} if band.get("bandedRangeReference") == new["tableId"] else band
        for band in sheet.banded_ranges
    )
    sheet.change("banded_ranges", bands)


def grow_table(edit: Edit, sheet: Sheet, position: int, count: int) -> None:
    """The table gets so many more rows at its end; no cell is touched."""
    held = sheet.tables[position]
    end = held["range"]["endRowIndex"] + count
    edit.workbook.grow(sheet, end, 0)
    _replace(sheet, position, held | {"range": held["range"] | {"endRowIndex": end}})


def grow_tables(edit: Edit, sheet: Sheet, block: Box, count: int) -> None:
    """The same for every table that ends where a block of values under it was appended to."""
    for position, held in enumerate(sheet.tables):
        box = sheet.box(held["range"])
        if box.end_row == block.end_row and box.touches(block):
            grow_table(edit, sheet, position, count)


def delete_table(edit: Edit, request: Json) -> None:
    """A table removed with its cells' values."""
    sheet, position, held = located(edit, "tables", "tableId", request.get("tableId", ""))
    box = sheet.box(held["range"])
    edit.guard(sheet, box)
    for row, _ in list(sheet.grid.stored_rows(box)):
        for column in range(box.column, box.end_column):
            sheet.grid.put(row, column, None)
    sheet.change("tables", replaced(sheet.tables, position))
    bands = tuple(band for band in sheet.banded_ranges if band.get("bandedRangeReference") != held["tableId"])
    sheet.change("banded_ranges", bands)
