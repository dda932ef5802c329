"""Requests about things that lie over ranges: names, protections, merges, banding, conditional formats."""

from typing import Any

from msgspec.structs import replace

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.conditions import check_condition
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formats.colors import with_both_colors
from service.sandbox.sheets.requests.edit import Edit, find_numbered, masked, replaced
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.masks import update_paths
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]


def full_range(edit: Edit, given: Json) -> Json:
    """A GridRange checked against its tab, with the sheet id spelled out and open sides left open."""
    edit.target(given)
    return {"sheetId": given.get("sheetId", 0), **{n: v for n, v in given.items() if n != "sheetId"}}


def fresh_id(edit: Edit, given: Json, key: str, taken: set[Any]) -> int:
    """The id the caller chose, refused when in use, or a new one."""
    chosen = given.get(key)
    if chosen:
        if chosen in taken:
            raise ApiError(f"{key} {chosen} is already in use.")
        return int(chosen)
    return edit.workbook.next_id()


def ids_of(edit: Edit, name: str, key: str) -> set[Any]:
    return {item[key] for sheet in edit.workbook.sheets for item in getattr(sheet, name)}


def located(edit: Edit, name: str, key: str, wanted: object) -> tuple[Sheet, int, Json]:
    """Tab, position and object of the entry with this id, else Google's 400."""
    for sheet in edit.workbook.sheets:
        for position, item in find_numbered(getattr(sheet, name), key, wanted):
            return sheet, position, item
    raise ApiError(f"No {key.removesuffix('Id')} with id: {wanted}")


def add_named_range(edit: Edit, request: Json) -> Json:
    """A name for a range; names are unique without regard to case."""
    given = request.get("namedRange", {})
    name = given.get("name", "")
    if not name or not (name[0].isalpha() or name[0] == "_") or any(c in " !'\"" for c in name):
        raise ApiError(f"Invalid named range name: '{name}'")
    if any(held["name"].lower() == name.lower() for held in edit.workbook.named_ranges):
        raise ApiError(f"A named range with the name '{name}' already exists.")
    named_id = given.get("namedRangeId") or str(edit.workbook.next_id())
    if any(held["namedRangeId"] == named_id for held in edit.workbook.named_ranges):
        raise ApiError(f"namedRangeId {named_id} is already in use.")
    named = {"namedRangeId": named_id, "name": name, "range": full_range(edit, given.get("range", {}))}
    edit.workbook.change("named_ranges", (*edit.workbook.named_ranges, named))
    return {"namedRange": without_zeros(named)}


def _named(edit: Edit, named_id: str) -> tuple[int, Json]:
    for position, held in find_numbered(edit.workbook.named_ranges, "namedRangeId", named_id):
        return position, held
    raise ApiError(f"No named range with id: {named_id}")


def update_named_range(edit: Edit, request: Json) -> None:
    """Name or range of a named range changed."""
    given = dict(request.get("namedRange", {}))
    position, held = _named(edit, given.get("namedRangeId", ""))
    paths = update_paths("NamedRange", request.get("fields", ""), "requests.fields")
    if "range" in given:
        given["range"] = full_range(edit, given["range"])
    new = masked(held, given, paths, ("namedRangeId",))
    edit.workbook.change("named_ranges", replaced(edit.workbook.named_ranges, position, new))


def delete_named_range(edit: Edit, request: Json) -> None:
    position, _ = _named(edit, request.get("namedRangeId", ""))
    edit.workbook.change("named_ranges", replaced(edit.workbook.named_ranges, position))


def add_protected_range(edit: Edit, request: Json) -> Json:
    """A range, or a whole tab, that only its editors may change."""
    given = dict(request.get("protectedRange", {}))
    named = given.get("namedRangeId")
    where = given.get("range")
    if named and where is None:
        where = _named(edit, named)[1].get("range")
    if where is None:
        raise ApiError("protectedRange.range must be specified.")
    where = full_range(edit, where)
    sheet = edit.workbook.sheet(where["sheetId"])
    whole = {"sheetId": sheet.sheet_id}
    if where == whole and any(held.get("range") == whole for held in sheet.protected_ranges):
        raise ApiError(f'Sheet "{sheet.title}" already has sheet protection.')
    number = fresh_id(edit, given, "protectedRangeId", ids_of(edit, "protected_ranges", "protectedRangeId"))
    editors = dict(given.get("editors", {}))
    if not given.get("warningOnly"):
        editors["users"] = sorted({*editors.get("users", ()), edit.caller, edit.owner} - {""})
    protected = given | {"protectedRangeId": number, "range": where, "editors": editors, "requestingUserCanEdit": True}
    sheet.change("protected_ranges", (*sheet.protected_ranges, protected))
    return {"protectedRange": without_zeros(protected | {"editors": given.get("editors", {})})}


def update_protected_range(edit: Edit, request: Json) -> None:
    given = dict(request.get("protectedRange", {}))
    number = given.get("protectedRangeId", 0)
    sheet, position, held = located(edit, "protected_ranges", "protectedRangeId", number)
    _guard_editor(edit, held)
    paths = update_paths("ProtectedRange", request.get("fields", ""), "requests.fields")
    if "range" in given:
        given["range"] = full_range(edit, given["range"])
    new = masked(held, given, paths, ("protectedRangeId", "requestingUserCanEdit"))
    sheet.change("protected_ranges", replaced(sheet.protected_ranges, position, new))


def delete_protected_range(edit: Edit, request: Json) -> None:
    number = request.get("protectedRangeId", 0)
    sheet, position, held = located(edit, "protected_ranges", "protectedRangeId", number)
    _guard_editor(edit, held)
    sheet.change("protected_ranges", replaced(sheet.protected_ranges, position))


def _guard_editor(edit: Edit, protected: Json) -> None:
    bound = not edit.is_owner and not protected.get("warningOnly")
    if bound and edit.caller not in protected.get("editors", {}).get("users", ()):
        raise edit.protected()


def merge_cells(edit: Edit, request: Json) -> None:
    """Cells merged as a whole, by rows or by columns; values but the first of each merge are lost."""
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    kind = request.get("mergeType", "MERGE_ALL")
    boxes = [box]
    if kind == "MERGE_ROWS":
        boxes = [box._replace(row=row, end_row=row + 1) for row in range(box.row, box.end_row)]
    elif kind == "MERGE_COLUMNS":
        boxes = [box._replace(column=c, end_column=c + 1) for c in range(box.column, box.end_column)]
    held = [merge for merge in sheet.merges if not sheet.box(merge).touches(box)]
    for merged in boxes:
        _blank_rest(sheet, merged)
        held.append(
            {
                "sheetId": sheet.sheet_id,
                "startRowIndex": merged.row,
                "endRowIndex": merged.end_row,
                "startColumnIndex": merged.column,
                "endColumnIndex": merged.end_column,
            }
        )
    sheet.change("merges", tuple(held))


def _blank_rest(sheet: Sheet, box: Box) -> None:
    for row, _ in list(sheet.grid.stored_rows(box)):
        for column in range(box.column, box.end_column):
            cell = sheet.grid.cell(row, column)
            if cell is not None and cell.value is not None and (row, column) != (box.row, box.column):
                sheet.grid.put(row, column, replace(cell, value=None))


def unmerge_cells(edit: Edit, request: Json) -> None:
    sheet, box = edit.target(request.get("range", {}))
    sheet.change("merges", tuple(merge for merge in sheet.merges if not sheet.box(merge).touches(box)))


def add_banding(edit: Edit, request: Json) -> Json:
    """Alternating colours over a range that has none yet."""
    given = request.get("bandedRange", {})
    where = full_range(edit, given.get("range", {}))
    sheet = edit.workbook.sheet(where["sheetId"])
    if not (given.get("rowProperties") or given.get("columnProperties")):
        raise ApiError("One of rowProperties or columnProperties must be specified.")
    if any(sheet.box(held["range"]).touches(sheet.box(where)) for held in sheet.banded_ranges):
        raise ApiError(
            "You cannot add alternating background colors to a range that already has alternating background colors."
        )
    number = fresh_id(edit, given, "bandedRangeId", ids_of(edit, "banded_ranges", "bandedRangeId"))
    banded = with_both_colors(given) | {"bandedRangeId": number, "range": where}
    sheet.change("banded_ranges", (*sheet.banded_ranges, banded))
    return {"bandedRange": without_zeros(banded)}


def update_banding(edit: Edit, request: Json) -> None:
    given = dict(with_both_colors(request.get("bandedRange", {})))
    number = given.get("bandedRangeId", 0)
    sheet, position, held = located(edit, "banded_ranges", "bandedRangeId", number)
    paths = update_paths("BandedRange", request.get("fields", ""), "requests.fields")
    if "range" in given:
        given["range"] = full_range(edit, given["range"])
    new = masked(held, given, paths, ("bandedRangeId",))
    sheet.change("banded_ranges", replaced(sheet.banded_ranges, position, new))


def delete_banding(edit: Edit, request: Json) -> None:
    sheet, position, _ = located(edit, "banded_ranges", "bandedRangeId", request.get("bandedRangeId", 0))
    sheet.change("banded_ranges", replaced(sheet.banded_ranges, position))


def _rule(edit: Edit, given: Json) -> Json:
    ranges = [full_range(edit, where) for where in given.get("ranges", [])]
    if not ranges:
        raise ApiError("ConditionalFormatRule.ranges is required.")
    if len({where["sheetId"] for where in ranges}) > 1:
        raise ApiError("All ranges of a conditional format must be on the same grid.")
    if ("booleanRule" in given) == ("gradientRule" in given):
        raise ApiError("ConditionalFormatRule must have exactly one of booleanRule or gradientRule.")
    condition = given.get("booleanRule", {}).get("condition", {})
    check_condition(condition)
    if condition.get("type") == "CUSTOM_FORMULA":
        text = (condition.get("values") or [{}])[0].get("userEnteredValue", "")
        if not text.startswith(("=", "+")):
            raise ApiError(f"Invalid ConditionValue.userEnteredValue: {text}")
    coloured: Json = with_both_colors(given)
    return coloured | {"ranges": ranges}


def add_conditional_format_rule(edit: Edit, request: Json) -> None:
    """A rule put in at an index; later rules shift."""
    rule = _rule(edit, request.get("rule", {}))
    sheet = edit.workbook.sheet(rule["ranges"][0]["sheetId"])
    at = request.get("index", 0)
    if at > len(sheet.conditional_formats):
        raise ApiError(f"index[{at}] is beyond the last conditional format rule.")
    held = sheet.conditional_formats
    sheet.change("conditional_formats", (*held[:at], rule, *held[at:]))


def _rule_at(sheet: Sheet, index: int) -> Json:
    if index >= len(sheet.conditional_formats):
        raise ApiError(f"No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    return sheet.conditional_formats[index]


def update_conditional_format_rule(edit: Edit, request: Json) -> Json:
    """A rule replaced or moved to another index."""
    index = request.get("index", 0)
    if "rule" in request:
        new = _rule(edit, request["rule"])
        sheet = edit.workbook.sheet(new["ranges"][0]["sheetId"])
        old = _rule_at(sheet, index)
        sheet.change("conditional_formats", replaced(sheet.conditional_formats, index, new))
        return {"oldRule": without_zeros(old), "newRule": without_zeros(new), "newIndex": index, "oldIndex": index}
    sheet = edit.workbook.sheet(request.get("sheetId", 0))
    old = _rule_at(sheet, index)
    target = request.get("newIndex", 0)
    rest = replaced(sheet.conditional_formats, index)
    sheet.change("conditional_formats", (*rest[:target], old, *rest[target:]))
    return {"newRule": without_zeros(old), "newIndex": target, "oldIndex": index}


def delete_conditional_format_rule(edit: Edit, request: Json) -> Json:
    sheet = edit.workbook.sheet(request.get("sheetId", 0))
    index = request.get("index", 0)
    old = _rule_at(sheet, index)
    sheet.change("conditional_formats", replaced(sheet.conditional_formats, index))
    return {"rule": without_zeros(old)}
