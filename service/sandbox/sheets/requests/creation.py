"""spreadsheets.create: a fresh workbook filled from a Spreadsheet resource."""

from typing import Any

from service.sandbox.sheets.moments import zone_of
from service.sandbox.sheets.requests.brush import painted, read_brush
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.marks import create_developer_metadata
from service.sandbox.sheets.requests.ranges import (
    add_banding,
    add_conditional_format_rule,
    add_named_range,
    add_protected_range,
    merge_cells,
)
from service.sandbox.sheets.requests.tabs import new_sheet
from service.sandbox.sheets.state.sheet import Sheet

Json = dict[str, Any]

SETTINGS = ("locale", "timeZone", "autoRecalc", "defaultFormat", "iterativeCalculationSettings", "spreadsheetTheme")


def fill_workbook(edit: Edit, resource: Json) -> None:
    """Properties, tabs with their data, names and metadata taken over; without tabs the default one stays."""
    workbook = edit.workbook
    given = resource.get("properties", {})
    workbook.change("properties", workbook.properties | {name: given[name] for name in SETTINGS if given.get(name)})
    zone_of(workbook.properties["timeZone"])
    if resource.get("sheets"):
        workbook.change("sheets", [])
        for tab in resource["sheets"]:
            _fill_sheet(edit, new_sheet(workbook, tab.get("properties", {})), tab)
    for named in resource.get("namedRanges", []):
        add_named_range(edit, {"namedRange": named})
    for entry in resource.get("developerMetadata", []):
        create_developer_metadata(edit, {"developerMetadata": entry | {"location": {"spreadsheet": True}}})


def _fill_sheet(edit: Edit, sheet: Sheet, tab: Json) -> None:
    own = {"sheetId": sheet.sheet_id}
    brush = read_brush("*", "fields")
    for data in tab.get("data", []):
        top, left = data.get("startRow", 0), data.get("startColumn", 0)
        rows = data.get("rowData", [])
        width = max((len(row.get("values", ())) for row in rows), default=0)
        edit.workbook.grow(sheet, top + len(rows), left + width)
        for down, row in enumerate(rows):
            for right, cell in enumerate(row.get("values", ())):
                at = (top + down, left + right)
                sheet.grid.put(*at, painted(edit.workbook, at, None, cell or {}, brush))
    for merge in tab.get("merges", []):
        merge_cells(edit, {"range": merge | own})
    for protected in tab.get("protectedRanges", []):
        add_protected_range(edit, {"protectedRange": protected | {"range": protected.get("range", {}) | own}})
    for banded in tab.get("bandedRanges", []):
        add_banding(edit, {"bandedRange": banded | {"range": banded.get("range", {}) | own}})
    for index, rule in enumerate(tab.get("conditionalFormats", [])):
        ranges = [where | own for where in rule.get("ranges", [])]
        add_conditional_format_rule(edit, {"index": index, "rule": rule | {"ranges": ranges}})
    for entry in tab.get("developerMetadata", []):
        create_developer_metadata(edit, {"developerMetadata": entry | {"location": own}})
