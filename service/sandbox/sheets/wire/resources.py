"""Spreadsheet, Sheet and GridData resources out of state, no more than the mask asks for."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.sandbox.sheets.areas import Area, Box
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.formats.cellformat import default_format
from service.sandbox.sheets.formats.colors import THEME
from service.sandbox.sheets.state.grid import Column, Row
from service.sandbox.sheets.state.metadata import Metadata, Placed, place, placed_json
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.wire.celldata import CellReader, row_data
from service.sandbox.sheets.wire.masks import Mask, under, wants
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]

THEME_COLORS = [{"colorType": name, "color": {"rgbColor": color}} for name, color in THEME.items()]
SHEET_RANGES = {
    "conditionalFormats": "conditional_formats",
    "filterViews": "filter_views",
    "protectedRanges": "protected_ranges",
    "bandedRanges": "banded_ranges",
    "merges": "merges",
    "charts": "charts",
    "slicers": "slicers",
    "tables": "tables",
    "rowGroups": "row_groups",
    "columnGroups": "column_groups",
}
"""Field of the Sheet resource → attribute that holds it."""


class Selection:
    """Which parts of which tabs an answer covers. `areas` None means every tab, whole."""

    def __init__(self, workbook: Workbook, areas: Sequence[Area] | None) -> None:
        self.workbook = workbook
        self.areas = areas

    @property
    def sheets(self) -> list[Sheet]:
        if self.areas is None:
            return self.workbook.sheets
        wanted = {area.sheet_id for area in self.areas}
        return [sheet for sheet in self.workbook.sheets if sheet.sheet_id in wanted]

    def boxes(self, sheet: Sheet) -> list[Box]:
        """Bounded ranges of one tab, in the order asked."""
        if self.areas is None:
            return [sheet.grid.box()]
        grid = sheet.grid
        return [area.box(grid.row_count, grid.column_count) for area in self.areas if area.sheet_id == sheet.sheet_id]


def spreadsheet_json(selection: Selection, mask: Mask, evaluator: Evaluator, *, grid_data: bool) -> Json:
    """A Spreadsheet. With a mask grid data comes exactly if the mask asks for it, else as `grid_data` says."""
    workbook = selection.workbook
    result: Json = {}
    if wants(mask, "spreadsheetId"):
        result["spreadsheetId"] = workbook.spreadsheet_id
    if wants(mask, "properties"):
        result["properties"] = properties_json(workbook)
    if wants(mask, "sheets"):
        below = under(mask, "sheets")
        with_data = wants(below, "data") if mask else grid_data
        result["sheets"] = [sheet_json(s, below, evaluator, selection if with_data else None) for s in selection.sheets]
    if wants(mask, "namedRanges") and workbook.named_ranges:
        result["namedRanges"] = without_zeros(list(workbook.named_ranges))
    if wants(mask, "developerMetadata"):
        entries = [entry for entry in workbook.metadata.values() if entry.sheet_id is None]
        _add_metadata(result, workbook, entries)
    if wants(mask, "spreadsheetUrl"):
        result["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit"
    return result


def properties_json(workbook: Workbook) -> Json:
    held = workbook.properties
    return {
        "title": held["title"],
        "locale": held["locale"],
        "autoRecalc": held["autoRecalc"],
        "timeZone": held["timeZone"],
        "defaultFormat": held.get("defaultFormat") or default_format(),
        **{name: held[name] for name in ("iterativeCalculationSettings",) if held.get(name)},
        "spreadsheetTheme": held.get("spreadsheetTheme") or {"primaryFontFamily": "Arial", "themeColors": THEME_COLORS},
        **(
            {"importFunctionsExternalUrlAccessAllowed": True}
            if held.get("importFunctionsExternalUrlAccessAllowed")
            else {}
        ),
    }


def sheet_properties_json(workbook: Workbook, sheet: Sheet) -> Json:
    """SheetProperties; a zero id and index are printed."""
    grid = sheet.grid
    sizes = {"rowCount": grid.row_count, "columnCount": grid.column_count}
    properties: Json = {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": workbook.sheets.index(sheet),
        "sheetType": "GRID",
        "gridProperties": sizes | without_zeros(sheet.grid_properties),
    }
    if sheet.hidden:
        properties["hidden"] = True
    properties.update(without_zeros(sheet.properties))
    return properties


def sheet_json(sheet: Sheet, mask: Mask, evaluator: Evaluator, data_of: Selection | None) -> Json:
    """A Sheet; grid data only where a selection says which."""
    workbook = evaluator.workbook
    result: Json = {}
    if wants(mask, "properties"):
        result["properties"] = sheet_properties_json(workbook, sheet)
    if data_of is not None:
        below = under(mask, "data")
        marked = data_of.areas is not None
        result["data"] = [grid_data_json(sheet, box, below, evaluator, marked=marked) for box in data_of.boxes(sheet)]
    for name, attribute in SHEET_RANGES.items():
        held = getattr(sheet, attribute)
        if held and wants(mask, name):
            result[name] = without_zeros(list(held))
    if sheet.basic_filter is not None and wants(mask, "basicFilter"):
        result["basicFilter"] = without_zeros(sheet.basic_filter)
    if wants(mask, "developerMetadata"):
        found = [e for e in workbook.metadata.values() if e.sheet_id == sheet.sheet_id and e.line is None]
        _add_metadata(result, workbook, found)
    return result


def _add_metadata(result: Json, workbook: Workbook, entries: list[Metadata]) -> None:
    if entries:
        result["developerMetadata"] = [metadata_json(p) for p in place(workbook, entries)]


def metadata_json(placed: Placed) -> Json:
    """A DeveloperMetadata resource as Google prints it."""
    result: Json = without_zeros(placed_json(placed))
    location = result.get("location", {})
    if placed.entry.location_type == "SHEET" and "sheetId" not in location:
        location["sheetId"] = placed.entry.sheet_id
    return result


def grid_data_json(sheet: Sheet, box: Box, mask: Mask, evaluator: Evaluator, *, marked: bool) -> Json:
    """GridData of one box. Rows and columns tell their metadata only where ranges were asked for (`marked`)."""
    told = evaluator.workbook.metadata if marked else {}
    result: Json = {}
    if box.row and wants(mask, "startRow"):
        result["startRow"] = box.row
    if box.column and wants(mask, "startColumn"):
        result["startColumn"] = box.column
    if wants(mask, "rowData"):
        below = under(mask, "rowData")
        rows = row_data(CellReader(sheet, evaluator), box, below)
        if rows:
            result["rowData"] = rows
    if wants(mask, "rowMetadata"):
        stored = sheet.grid.rows
        rows_ = [stored[i] if i < len(stored) else None for i in range(box.row, box.end_row)]
        result["rowMetadata"] = [_line_json(row or Row(), box.row + i, told) for i, row in enumerate(rows_)]
    if wants(mask, "columnMetadata"):
        columns = sheet.grid.columns[box.column : box.end_column]
        result["columnMetadata"] = [_line_json(column, box.column + i, told) for i, column in enumerate(columns)]
    return result


def _line_json(line: Row | Column, index: int, told: Mapping[int, Metadata]) -> Json:
    """DimensionProperties of one row or column, with those of its metadata that are to be told."""
    result: Json = {"pixelSize": line.pixels}
    if line.hidden_by_user:
        result["hiddenByUser"] = True
    if line.hidden_by_filter:
        result["hiddenByFilter"] = True
    entries = [told[number] for number in line.metadata_ids if number in told]
    if entries:
        result["developerMetadata"] = [metadata_json(Placed(entry, index)) for entry in entries]
    return result
