"""The one batch that makes a tab ours: header, column metadata, what is frozen, widths, colours, a hidden key column.

Done once per binding and never again: the user's taste is not overwritten later. Structural requests carry our own ids,
so a repeat after a lost answer is refused by Google instead of making a second tab. Indexes count from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal
from zlib import crc32

from service.google.grid import Json
from service.google.tabs import COLUMN_KEY

SPARE_ROWS = 20
SPARE_COLUMNS = 4
HEADER_FILL = {"red": 0.925, "green": 0.945, "blue": 0.98}
SHEET_ID_SPACE = 2**31 - 1


#: Red, green and blue from 0 to 1.
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Tint:
    """Cells that meet a condition of Google's get this fill. `operand` is read as if it were typed."""

    condition: Literal["TEXT_EQ", "NUMBER_LESS_THAN_EQ"]
    operand: str
    fill: Colour


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """One column to be: its key, header text, pixel width, explanation, whether it starts hidden.

    `is_right`: its values stand on the right, so its header does. `tints`: its colours, the first that fits wins.
    """

    key: str
    header: str
    width_px: int
    note: str
    is_hidden: bool = False
    is_right: bool = False
    tints: Sequence[Tint] = ()


def sheet_id_for(binding_id: str) -> int:
    """The grid id of the tab a binding makes: the same each time, so that making it twice is refused."""
    return crc32(binding_id.encode()) % SHEET_ID_SPACE or 1


def new_tab(sheet_id: int, *, title: str, binding_id: str, columns: Sequence[HeaderColumn]) -> list[Json]:
    """Requests that add a tab of our own. Its first column, which says what a row is about, stays in sight."""
    grid = {"rowCount": 1 + SPARE_ROWS, "columnCount": len(columns) + SPARE_COLUMNS, "frozenRowCount": 1,
            "frozenColumnCount": 1}  # fmt: skip
    add: Json = {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, "gridProperties": grid}}}
    return [add, *_header(sheet_id, binding_id=binding_id, columns=columns)]


def blank_tab(sheet_id: int, *, column_count: int, binding_id: str, columns: Sequence[HeaderColumn]) -> list[Json]:
    """Requests that make a tab ours which holds nothing yet."""
    lacking = len(columns) - column_count
    grow = [_append_columns(sheet_id, lacking)] if lacking > 0 else []
    return [*grow, _freeze(sheet_id), *_header(sheet_id, binding_id=binding_id, columns=columns)]


def shared_tab(sheet_id: int, *, binding_id: str, columns: Sequence[HeaderColumn]) -> list[Json]:
    """Requests that add our columns to the left of what a tab already holds: nothing of it is written over."""
    left = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": 0, "endIndex": len(columns)}
    return [
        {"insertDimension": {"range": left, "inheritFromBefore": False}},
        {"insertDimension": {"range": {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}},
        _freeze(sheet_id),
        *_header(sheet_id, binding_id=binding_id, columns=columns),
    ]


def ticking() -> Json:
    """Formulas of the file recalculate each minute, so that countdowns tick."""
    return {"updateSpreadsheetProperties": {"properties": {"autoRecalc": "MINUTE"}, "fields": "autoRecalc"}}


def _header(sheet_id: int, *, binding_id: str, columns: Sequence[HeaderColumn]) -> list[Json]:
    start = {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": 0}
    looks = "userEnteredFormat(backgroundColorStyle,horizontalAlignment,textFormat.bold,wrapStrategy)"
    cells = [_header_cell(column) for column in columns]
    write: Json = {
        "updateCells": {"start": start, "rows": [{"values": cells}], "fields": f"userEnteredValue,{looks},note"}
    }
    marks = [_mark(sheet_id, index, f"{binding_id}:{column.key}") for index, column in enumerate(columns)]
    shapes = [_shape(sheet_id, index, column) for index, column in enumerate(columns)]
    return [write, *marks, *shapes, *_colours(sheet_id, columns)]


def _header_cell(column: HeaderColumn) -> Json:
    return {
        "userEnteredValue": {"stringValue": column.header},
        "userEnteredFormat": {
            "backgroundColorStyle": {"rgbColor": HEADER_FILL},
            "horizontalAlignment": "RIGHT" if column.is_right else "LEFT",
            "textFormat": {"bold": True},
            "wrapStrategy": "CLIP",
        },
        "note": column.note,
    }


def _colours(sheet_id: int, columns: Sequence[HeaderColumn]) -> list[Json]:
    """The tints of all columns, each over the whole of its own: rows put in right below the header would push down an
    area that begins there.
    """
    place = count()
    return [
        _colour(next(place), tint, {"sheetId": sheet_id, "startColumnIndex": index, "endColumnIndex": index + 1})
        for index, column in enumerate(columns)
        for tint in column.tints
    ]


def _colour(place: int, tint: Tint, area: Json) -> Json:
    red, green, blue = tint.fill
    fill = {"backgroundColorStyle": {"rgbColor": {"red": red, "green": green, "blue": blue}}}
    condition = {"type": tint.condition, "values": [{"userEnteredValue": tint.operand}]}
    rule = {"ranges": [area], "booleanRule": {"condition": condition, "format": fill}}
    return {"addConditionalFormatRule": {"index": place, "rule": rule}}


def _mark(sheet_id: int, index: int, value: str) -> Json:
    place = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": index, "endIndex": index + 1}
    mark = {
        "metadataKey": COLUMN_KEY,
        "metadataValue": value,
        "location": {"dimensionRange": place},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": mark}}


def _shape(sheet_id: int, index: int, column: HeaderColumn) -> Json:
    place = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": index, "endIndex": index + 1}
    properties: Json = {"pixelSize": column.width_px, "hiddenByUser": column.is_hidden}
    return {"updateDimensionProperties": {"range": place, "properties": properties, "fields": "pixelSize,hiddenByUser"}}


def _freeze(sheet_id: int) -> Json:
    properties = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": 1}}
    return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}


def _append_columns(sheet_id: int, length: int) -> Json:
    return {"appendDimension": {"sheetId": sheet_id, "dimension": "COLUMNS", "length": length}}
