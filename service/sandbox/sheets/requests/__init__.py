"""spreadsheets.batchUpdate: every kind of request the emulator imitates, and the loop that applies a batch."""

from collections.abc import Callable, Sequence
from typing import Any

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.limits import REQUESTS_PER_BATCH
from service.sandbox.sheets.requests import cells, dimensions, marks, ranges, sorting, tabs
from service.sandbox.sheets.requests.edit import Edit

Json = dict[str, Any]
Handler = Callable[[Edit, Json], Json | None]

KINDS: dict[str, Handler] = {
    "addBanding": ranges.add_banding,
    "addConditionalFormatRule": ranges.add_conditional_format_rule,
    "addDimensionGroup": dimensions.add_dimension_group,
    "addNamedRange": ranges.add_named_range,
    "addProtectedRange": ranges.add_protected_range,
    "addSheet": tabs.add_sheet,
    "appendCells": cells.append_cells,
    "appendDimension": dimensions.append_dimension,
    "autoResizeDimensions": dimensions.auto_resize_dimensions,
    "createDeveloperMetadata": marks.create_developer_metadata,
    "deleteBanding": ranges.delete_banding,
    "deleteConditionalFormatRule": ranges.delete_conditional_format_rule,
    "deleteDeveloperMetadata": marks.delete_developer_metadata,
    "deleteDimension": dimensions.delete_dimension,
    "deleteDimensionGroup": dimensions.delete_dimension_group,
    "deleteNamedRange": ranges.delete_named_range,
    "deleteProtectedRange": ranges.delete_protected_range,
    "deleteSheet": tabs.delete_sheet,
    "duplicateSheet": tabs.duplicate_sheet,
    "insertDimension": dimensions.insert_dimension,
    "mergeCells": ranges.merge_cells,
    "moveDimension": dimensions.move_dimension,
    "randomizeRange": sorting.randomize_range,
    "repeatCell": cells.repeat_cell,
    "setDataValidation": cells.set_data_validation,
    "sortRange": sorting.sort_range,
    "unmergeCells": ranges.unmerge_cells,
    "updateBanding": ranges.update_banding,
    "updateBorders": cells.update_borders,
    "updateCells": cells.update_cells,
    "updateConditionalFormatRule": ranges.update_conditional_format_rule,
    "updateDeveloperMetadata": marks.update_developer_metadata,
    "updateDimensionProperties": dimensions.update_dimension_properties,
    "updateNamedRange": ranges.update_named_range,
    "updateProtectedRange": ranges.update_protected_range,
    "updateSheetProperties": tabs.update_sheet_properties,
    "updateSpreadsheetProperties": tabs.update_spreadsheet_properties,
}


def apply_requests(edit: Edit, requests: Sequence[Json]) -> list[Json]:
    """All requests applied in order, with one reply each; the caller's transaction undoes them when one is refused."""
    if not requests:
        raise ApiError("Must specify at least one request.")
    if len(requests) > REQUESTS_PER_BATCH:
        raise ApiError(f"Cannot exceed {REQUESTS_PER_BATCH} requests in a single batch.")
    return [_apply(edit, request or {}, index) for index, request in enumerate(requests)]


def _apply(edit: Edit, request: Json, index: int) -> Json:
    if len(request) != 1:
        raise ApiError(f"Invalid requests[{index}]: exactly one kind of request must be set.")
    ((kind, body),) = request.items()
    handler = KINDS.get(kind)
    if handler is None:
        raise ApiError(f"Invalid requests[{index}].{kind}: this kind of request is not imitated by the sandbox.")
    try:
        reply = handler(edit, body)
    except ApiError as refusal:
        raise refusal.within(f"requests[{index}].{kind}") from None
    return {} if reply is None else {kind: reply}
