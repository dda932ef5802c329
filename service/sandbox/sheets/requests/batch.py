"""spreadsheets.batchUpdate: every kind of request the emulator imitates, and the loop that applies a batch."""

from collections.abc import Callable, Sequence
from typing import Any

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.limits import REQUESTS_PER_BATCH
from service.sandbox.sheets.requests import (
    cells,
    charts,
    copying,
    dimensions,
    filters,
    marks,
    ranges,
    sorting,
    tables,
    tabs,
    texts,
)
from service.sandbox.sheets.requests.edit import Edit

Json = dict[str, Any]
Handler = Callable[[Edit, Json], Json | None]

KINDS: dict[str, Handler] = {
    "addBanding": ranges.add_banding,
    "addChart": charts.add_chart,
    "addConditionalFormatRule": ranges.add_conditional_format_rule,
    "addDimensionGroup": dimensions.add_dimension_group,
    "addFilterView": filters.add_filter_view,
    "addNamedRange": ranges.add_named_range,
    "addProtectedRange": ranges.add_protected_range,
    "addSheet": tabs.add_sheet,
    "addTable": tables.add_table,
    "appendCells": cells.append_cells,
    "appendDimension": dimensions.append_dimension,
    "autoFill": copying.auto_fill,
    "autoResizeDimensions": dimensions.auto_resize_dimensions,
    "clearBasicFilter": filters.clear_basic_filter,
    "copyPaste": copying.copy_paste,
    "createDeveloperMetadata": marks.create_developer_metadata,
    "cutPaste": copying.cut_paste,
    "deleteBanding": ranges.delete_banding,
    "deleteConditionalFormatRule": ranges.delete_conditional_format_rule,
    "deleteDeveloperMetadata": marks.delete_developer_metadata,
    "deleteDimension": dimensions.delete_dimension,
    "deleteDimensionGroup": dimensions.delete_dimension_group,
    "deleteDuplicates": texts.delete_duplicates,
    "deleteEmbeddedObject": charts.delete_embedded_object,
    "deleteFilterView": filters.delete_filter_view,
    "deleteNamedRange": ranges.delete_named_range,
    "deleteProtectedRange": ranges.delete_protected_range,
    "deleteRange": copying.delete_range,
    "deleteSheet": tabs.delete_sheet,
    "deleteTable": tables.delete_table,
    "duplicateFilterView": filters.duplicate_filter_view,
    "duplicateSheet": tabs.duplicate_sheet,
    "findReplace": texts.find_replace,
    "insertDimension": dimensions.insert_dimension,
    "insertRange": copying.insert_range,
    "mergeCells": ranges.merge_cells,
    "moveDimension": dimensions.move_dimension,
    "pasteData": copying.paste_data,
    "randomizeRange": sorting.randomize_range,
    "repeatCell": cells.repeat_cell,
    "setBasicFilter": filters.set_basic_filter,
    "setDataValidation": cells.set_data_validation,
    "sortRange": sorting.sort_range,
    "textToColumns": texts.text_to_columns,
    "trimWhitespace": texts.trim_whitespace,
    "unmergeCells": ranges.unmerge_cells,
    "updateBanding": ranges.update_banding,
    "updateBorders": cells.update_borders,
    "updateCells": cells.update_cells,
    "updateChartSpec": charts.update_chart_spec,
    "updateConditionalFormatRule": ranges.update_conditional_format_rule,
    "updateDeveloperMetadata": marks.update_developer_metadata,
    "updateDimensionGroup": dimensions.update_dimension_group,
    "updateDimensionProperties": dimensions.update_dimension_properties,
    "updateEmbeddedObjectPosition": charts.update_embedded_object_position,
    "updateFilterView": filters.update_filter_view,
    "updateNamedRange": ranges.update_named_range,
    "updateProtectedRange": ranges.update_protected_range,
    "updateSheetProperties": tabs.update_sheet_properties,
    "updateSpreadsheetProperties": tabs.update_spreadsheet_properties,
    "updateTable": tables.update_table,
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
