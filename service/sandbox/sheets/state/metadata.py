"""Developer metadata: entries tied to the spreadsheet, a tab, one row or one column, and the lookups that find them.

A row or column entry holds the Row or Column object itself, so it travels with it and is found without searching.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.state.grid import Column, Row

if TYPE_CHECKING:  # the workbook imports this module
    from service.sandbox.sheets.state.workbook import Workbook

Json = dict[str, Any]


class Metadata(NamedTuple):
    """One entry. `line` is the row or column it sits on; without it the whole tab, without both the spreadsheet."""

    metadata_id: int
    key: str
    value: str
    visibility: str
    sheet_id: int | None = None
    line: Row | Column | None = None

    @property
    def location_type(self) -> str:
        if self.sheet_id is None:
            return "SPREADSHEET"
        if self.line is None:
            return "SHEET"
        return "ROW" if isinstance(self.line, Row) else "COLUMN"


class Placed(NamedTuple):
    """An entry with the index its row or column has now (None for tab and spreadsheet)."""

    entry: Metadata
    at: int | None


def place(workbook: "Workbook", entries: list[Metadata]) -> Iterator[Placed]:
    """Entries with their present indexes; rows of one tab are looked up together."""
    rows: dict[int, dict[Row, int]] = {}
    for sheet in workbook.sheets:
        wanted = {e.line for e in entries if e.sheet_id == sheet.sheet_id and isinstance(e.line, Row)}
        rows[sheet.sheet_id] = sheet.grid.positions(wanted)
    for entry in entries:
        if isinstance(entry.line, Row) and entry.sheet_id is not None:
            yield Placed(entry, rows[entry.sheet_id].get(entry.line))
        elif isinstance(entry.line, Column) and entry.sheet_id is not None:
            yield Placed(entry, workbook.sheet(entry.sheet_id).grid.columns.index(entry.line))
        else:
            yield Placed(entry, None)


def placed_json(placed: Placed) -> Json:
    """A DeveloperMetadata resource."""
    entry = placed.entry
    location: Json = {"locationType": entry.location_type}
    if entry.sheet_id is None:
        location["spreadsheet"] = True
    elif placed.at is None:
        location["sheetId"] = entry.sheet_id
    else:
        location["dimensionRange"] = {
            "sheetId": entry.sheet_id,
            "dimension": entry.location_type + "S",
            "startIndex": placed.at,
            "endIndex": placed.at + 1,
        }
    return {
        "metadataId": entry.metadata_id,
        "metadataKey": entry.key,
        "metadataValue": entry.value,
        "location": location,
        "visibility": entry.visibility,
    }


def find(workbook: "Workbook", lookup: Json) -> list[Metadata]:
    """Entries that match a DeveloperMetadataLookup, in order of id."""
    found = [entry for entry in workbook.metadata.values() if _matches(entry, lookup)]
    where = lookup.get("metadataLocation")
    if where is not None:
        loose = lookup.get("locationMatchingStrategy") == "INTERSECTING_LOCATION"
        found = [p.entry for p in place(workbook, found) if _is_at(p, where, intersecting=loose)]
    return sorted(found, key=lambda entry: entry.metadata_id)


def _matches(entry: Metadata, lookup: Json) -> bool:
    wanted = (
        ("metadataId", entry.metadata_id),
        ("metadataKey", entry.key),
        ("metadataValue", entry.value),
        ("visibility", entry.visibility),
        ("locationType", entry.location_type),
    )
    return all(lookup.get(name, value) == value for name, value in wanted)


def _is_at(placed: Placed, where: Json, *, intersecting: bool) -> bool:
    entry = placed.entry
    if where.get("spreadsheet"):
        return intersecting or entry.sheet_id is None
    span = where.get("dimensionRange")
    if span is None:
        return entry.sheet_id == where.get("sheetId", 0) and (intersecting or entry.line is None)
    if entry.sheet_id != span.get("sheetId", 0):
        return False
    if placed.at is None or entry.location_type + "S" != span.get("dimension"):
        return intersecting
    start, end = span.get("startIndex", 0), span.get("endIndex")
    inside = placed.at >= start and (end is None or placed.at < end)
    return inside if intersecting else inside and end == start + 1


def line_of(workbook: "Workbook", location: Json) -> tuple[int | None, Row | Column | None]:
    """Sheet id and row or column a DeveloperMetadataLocation names; refuses spans longer than one."""
    if location.get("spreadsheet"):
        return None, None
    span = location.get("dimensionRange")
    if span is None:
        if "sheetId" not in location:
            raise ApiError("DeveloperMetadata location must be set.")
        return workbook.sheet(location["sheetId"]).sheet_id, None
    grid = workbook.sheet(span.get("sheetId", 0)).grid
    start, end = span.get("startIndex"), span.get("endIndex")
    if start is None or end != start + 1:
        raise ApiError("DeveloperMetadata can only be associated with a single row or column.")
    is_row = span.get("dimension") == "ROWS"
    if start >= (grid.row_count if is_row else grid.column_count):
        raise ApiError("DeveloperMetadata location is outside the grid.")
    return span.get("sheetId", 0), grid.row_at(start) if is_row else grid.columns[start]
