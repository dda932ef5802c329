"""Requests about developer metadata, and the resolution of data filters that other calls share."""

from typing import Any

from service.sandbox.sheets.areas import Area
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.limits import METADATA_CHARACTERS
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.state.grid import Row
from service.sandbox.sheets.state.metadata import Metadata, find, line_of, place
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.wire.a1 import beyond_grid, read_range, starts_outside
from service.sandbox.sheets.wire.masks import update_paths
from service.sandbox.sheets.wire.resources import metadata_json

Json = dict[str, Any]


def _json_of(workbook: Workbook, entry: Metadata) -> Json:
    return metadata_json(next(place(workbook, [entry])))


def create_developer_metadata(edit: Edit, request: Json) -> Json:
    """A new entry; an id the caller chose must be free."""
    given = request.get("developerMetadata", {})
    key, value = given.get("metadataKey", ""), given.get("metadataValue", "")
    if not key:
        raise ApiError("developerMetadata.metadataKey must be specified.")
    if given.get("visibility", "DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED").endswith("UNSPECIFIED"):
        raise ApiError("developerMetadata.visibility must be specified.")
    if len(key) + len(value) > METADATA_CHARACTERS:
        raise ApiError(f"Developer metadata exceeds {METADATA_CHARACTERS} characters.")
    metadata_id = given.get("metadataId") or edit.workbook.next_id()
    if metadata_id in edit.workbook.metadata:
        raise ApiError(f"Developer metadata with id {metadata_id} already exists.")
    sheet_id, line = line_of(edit.workbook, given.get("location", {}))
    entry = Metadata(metadata_id, key, value, given["visibility"], sheet_id, line)
    edit.workbook.add_metadata(entry)
    return {"developerMetadata": _json_of(edit.workbook, entry)}


def update_developer_metadata(edit: Edit, request: Json) -> Json:
    """Every entry that the filters match, changed as the mask says."""
    given = request.get("developerMetadata", {})
    paths = update_paths("DeveloperMetadata", request.get("fields", ""), "requests.fields")
    names = {path[0] if path else "*" for path in paths}
    changed = []
    for entry in matching(edit.workbook, request.get("dataFilters", [])):
        new = entry
        for field, name in (("metadataKey", "key"), ("metadataValue", "value"), ("visibility", "visibility")):
            if names & {"*", field} and (field in given or field in names):
                new = new._replace(**{name: given.get(field, "")})
        edit.workbook.drop_metadata(entry)
        if names & {"*", "location"} and "location" in given:
            sheet_id, line = line_of(edit.workbook, given["location"])
            new = new._replace(sheet_id=sheet_id, line=line)
        edit.workbook.add_metadata(new)
        changed.append(_json_of(edit.workbook, new))
    return {"developerMetadata": changed}


def delete_developer_metadata(edit: Edit, request: Json) -> Json:
    """Every entry that the filter matches, removed and told."""
    found = matching(edit.workbook, [request.get("dataFilter", {})])
    told = [_json_of(edit.workbook, entry) for entry in found]
    for entry in found:
        edit.workbook.drop_metadata(entry)
    return {"deletedDeveloperMetadata": told}


def matching(workbook: Workbook, filters: list[Json]) -> list[Metadata]:
    """Entries matched by any of the filters, each once, in order of id."""
    found: dict[int, Metadata] = {}
    for data_filter in filters:
        for entry in filter_entries(workbook, data_filter):
            found[entry.metadata_id] = entry
    return [found[number] for number in sorted(found)]


def filter_entries(workbook: Workbook, data_filter: Json) -> list[Metadata]:
    """Entries that one DataFilter selects; a range selects what lies wholly inside or touches it."""
    lookup = data_filter.get("developerMetadataLookup")
    if lookup is not None:
        return find(workbook, lookup)
    area = range_of(workbook, data_filter)
    chosen = []
    for placed in place(workbook, [e for e in workbook.metadata.values() if e.sheet_id == area.sheet_id]):
        if placed.at is None:
            continue
        is_row = isinstance(placed.entry.line, Row)
        low, high = (area.row, area.end_row) if is_row else (area.column, area.end_column)
        if (low or 0) <= placed.at and (high is None or placed.at < high):
            chosen.append(placed.entry)
    return chosen


def range_of(workbook: Workbook, data_filter: Json) -> Area:
    """The area of an a1Range or gridRange filter; one outside the grid is refused."""
    if "a1Range" in data_filter:
        asked = read_range(workbook, data_filter["a1Range"])
        area = asked.area
    elif "gridRange" in data_filter:
        area = Area.from_json(data_filter["gridRange"])
    else:
        raise ApiError("A DataFilter must have exactly one of developerMetadataLookup, a1Range or gridRange.")
    sheet = workbook.sheet(area.sheet_id)
    if starts_outside(sheet, area):
        raise beyond_grid(sheet, area)
    return area


def areas_of(workbook: Workbook, data_filter: Json) -> list[Area]:
    """Areas that a DataFilter selects: a range, or the whole row, column or tab of each matching entry."""
    if len([name for name in ("developerMetadataLookup", "a1Range", "gridRange") if name in data_filter]) != 1:
        raise ApiError("A DataFilter must have exactly one of developerMetadataLookup, a1Range or gridRange.")
    lookup = data_filter.get("developerMetadataLookup")
    if lookup is None:
        return [range_of(workbook, data_filter)]
    areas: list[Area] = []
    for placed in place(workbook, find(workbook, lookup)):
        entry = placed.entry
        if entry.sheet_id is None:
            areas.extend(Area(sheet.sheet_id) for sheet in workbook.sheets)
        elif placed.at is None:
            areas.append(Area(entry.sheet_id))
        elif isinstance(entry.line, Row):
            areas.append(Area(entry.sheet_id, placed.at, placed.at + 1))
        else:
            areas.append(Area(entry.sheet_id, None, None, placed.at, placed.at + 1))
    return areas
