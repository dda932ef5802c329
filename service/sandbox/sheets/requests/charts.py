"""Requests about charts: their specs and places are kept and told, nothing is drawn."""

from typing import Any

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.requests.edit import Edit, masked, replaced
from service.sandbox.sheets.requests.ranges import fresh_id, ids_of, located
from service.sandbox.sheets.requests.tabs import new_sheet
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.masks import update_paths
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]


def add_chart(edit: Edit, request: Json) -> Json:
    """A chart on the tab of its anchor cell, or on a new tab."""
    given = request.get("chart", {})
    if not given.get("spec"):
        raise ApiError("chart.spec must be specified.")
    _check_sources(given["spec"])
    number = fresh_id(edit, given, "chartId", ids_of(edit, "charts", "chartId"))
    sheet, position = _place(edit, given.get("position", {}))
    chart = given | {"chartId": number, "position": position}
    sheet.change("charts", (*sheet.charts, chart))
    return {"chart": without_zeros(chart)}


def _place(edit: Edit, position: Json) -> tuple[Sheet, Json]:
    if position.get("newSheet"):
        sheet = new_sheet(edit.workbook, {})
        return sheet, {"overlayPosition": {"anchorCell": {"sheetId": sheet.sheet_id}}}
    anchor = position.get("overlayPosition", {}).get("anchorCell")
    if anchor is None:
        raise ApiError("chart.position must name an anchor cell or a new sheet.")
    sheet = edit.workbook.sheet(anchor.get("sheetId", 0))
    overlay = {"widthPixels": 600, "heightPixels": 371} | position["overlayPosition"]
    return sheet, {"overlayPosition": overlay | {"anchorCell": {"sheetId": sheet.sheet_id} | anchor}}


def _check_sources(spec: Json) -> None:
    """Each source range must be one row or one column long."""
    basic = spec.get("basicChart", {})
    series = [part.get("series", {}) for part in basic.get("series", [])]
    domains = [part.get("domain", {}) for part in basic.get("domains", [])]
    for data in [*series, *domains]:
        for source in data.get("sourceRange", {}).get("sources", []):
            height = source.get("endRowIndex", 0) - source.get("startRowIndex", 0)
            width = source.get("endColumnIndex", 0) - source.get("startColumnIndex", 0)
            if 1 not in {height, width}:
                raise ApiError("ChartData sources must have exactly one dimension of length 1.")


def update_chart_spec(edit: Edit, request: Json) -> None:
    sheet, position, held = located(edit, "charts", "chartId", request.get("chartId", 0))
    _check_sources(request.get("spec", {}))
    sheet.change("charts", replaced(sheet.charts, position, held | {"spec": request.get("spec", {})}))


def update_embedded_object_position(edit: Edit, request: Json) -> Json:
    """A chart moved or resized on its tab."""
    sheet, position, held = located(edit, "charts", "chartId", request.get("objectId", 0))
    paths = update_paths("OverlayPosition", request.get("fields", ""), "requests.fields")
    given = request.get("newPosition", {}).get("overlayPosition", {})
    overlay = masked(held["position"]["overlayPosition"], given, paths)
    new = held | {"position": {"overlayPosition": overlay}}
    sheet.change("charts", replaced(sheet.charts, position, new))
    return {"position": without_zeros(new["position"])}


def delete_embedded_object(edit: Edit, request: Json) -> None:
    sheet, position, _ = located(edit, "charts", "chartId", request.get("objectId", 0))
    sheet.change("charts", replaced(sheet.charts, position))
