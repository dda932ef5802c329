"""The one batch that makes a tab ours: header, column metadata, what is frozen, widths, a hidden key column.

Done once per binding and never again: the user's taste is not overwritten later. Structural requests carry our own ids,
so a repeat after a lost answer is refused by Google instead of making a second tab. What holds for whole columns is
`rules`. Indexes count from 0.
"""

from collections.abc import Sequence

from service.google import rules
from service.google.grid import Json
from service.google.rules import FilterView, HeaderColumn
from service.google.tabs import COLUMN_KEY

SPARE_ROWS = 20
SPARE_COLUMNS = 4
HEADER_FILL = {"red": 0.925, "green": 0.945, "blue": 0.98}


def sheet_id_for(binding_id: str) -> int:
    """The grid id of the tab a binding makes: the same each time, so that making it twice is refused."""
    return rules.own_id(binding_id)


def new_tab(
    sheet_id: int,
    *,
    title: str,
    binding_id: str,
    columns: Sequence[HeaderColumn],
    views: Sequence[FilterView] = (),
    spare_rows: int = SPARE_ROWS,
) -> list[Json]:
    """Requests that add a tab of our own. Its first column, which says what a row is about, stays in sight."""
    grid = {"rowCount": 1 + spare_rows, "columnCount": len(columns) + SPARE_COLUMNS, "frozenRowCount": 1,
            "frozenColumnCount": 1}  # fmt: skip
    add: Json = {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, "gridProperties": grid}}}
    return [add, *_dress(sheet_id, binding_id=binding_id, columns=columns, views=views)]


def blank_tab(
    sheet_id: int,
    *,
    row_count: int,
    column_count: int,
    binding_id: str,
    columns: Sequence[HeaderColumn],
    views: Sequence[FilterView] = (),
    taken: Sequence[str] = (),
) -> list[Json]:
    """Requests that make a tab ours which holds nothing yet. `taken`: titles of its filter views."""
    lacking = {"COLUMNS": len(columns) - column_count, "ROWS": 1 + SPARE_ROWS - row_count}
    grow = [_append(sheet_id, dimension, length) for dimension, length in lacking.items() if length > 0]
    dress = _dress(sheet_id, binding_id=binding_id, columns=columns, views=views, taken=taken, end_row=1 + SPARE_ROWS)
    return [*grow, _freeze(sheet_id), *dress]


def shared_tab(
    sheet_id: int,
    *,
    content_end: int,
    binding_id: str,
    columns: Sequence[HeaderColumn],
    views: Sequence[FilterView] = (),
    taken: Sequence[str] = (),
) -> list[Json]:
    """Requests that add our columns to the left of what a tab already holds: nothing of it is written over.

    `content_end`: one past its last row with any content. Columns put in look like the one beside them, which is not
    ours: they begin plain. Blank rows are added below, so that ours are put into the midst of every range.
    """
    left = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": 0, "endIndex": len(columns)}
    ours = {"sheetId": sheet_id, "startColumnIndex": 0, "endColumnIndex": len(columns)}
    return [
        {"insertDimension": {"range": left, "inheritFromBefore": False}},
        {"insertDimension": {"range": {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}},
        {"repeatCell": {"range": ours, "cell": {}, "fields": "userEnteredFormat"}},
        _append(sheet_id, "ROWS", SPARE_ROWS),
        _freeze(sheet_id),
        *_dress(
            sheet_id,
            binding_id=binding_id,
            columns=columns,
            views=views,
            taken=taken,
            end_row=1 + content_end + SPARE_ROWS,
        ),
    ]


def one_column(
    sheet_id: int, *, index: int, column_count: int, header_row: int, owner: tuple[str, str], column: HeaderColumn
) -> list[Json]:
    """Requests that put one more column of ours into a tab, before grid column `index` (`column_count` = at its end).

    `owner`: the binding, and what makes this time different from others: a batch that arrives twice is refused.
    """
    binding_id, time_id = owner
    place = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": index, "endIndex": index + 1}
    plain = {"sheetId": sheet_id, "startColumnIndex": index, "endColumnIndex": index + 1}
    add = (
        {"insertDimension": {"range": place, "inheritFromBefore": False}}
        if index < column_count
        else _append(sheet_id, "COLUMNS", 1)
    )
    return [
        add,
        {"repeatCell": {"range": plain, "cell": {}, "fields": "userEnteredFormat"}},
        _header(sheet_id, [column], row=header_row, first=index),
        _mark(sheet_id, index, binding_id=binding_id, key=column.key, time_id=time_id),
        _shape(sheet_id, index, column),
        *rules.column_rules(sheet_id, binding_id=f"{binding_id}:{time_id}", columns=[column], first=index),
    ]


def ticking() -> Json:
    """Formulas of the file recalculate each minute, so that countdowns tick."""
    return {"updateSpreadsheetProperties": {"properties": {"autoRecalc": "MINUTE"}, "fields": "autoRecalc"}}


def _dress(
    sheet_id: int,
    *,
    binding_id: str,
    columns: Sequence[HeaderColumn],
    views: Sequence[FilterView],
    taken: Sequence[str] = (),
    end_row: int | None = None,
) -> list[Json]:
    """Everything but the place: header, marks, shapes, rules and views of columns that begin at the first."""
    places = {column.key: index for index, column in enumerate(columns)}
    return [
        _header(sheet_id, columns),
        *(_mark(sheet_id, index, binding_id=binding_id, key=column.key) for index, column in enumerate(columns)),
        *(_shape(sheet_id, index, column) for index, column in enumerate(columns)),
        *rules.column_rules(sheet_id, binding_id=binding_id, columns=columns, end_row=end_row),
        *rules.filter_views(sheet_id, views, binding_id=binding_id, columns=places, taken=taken),
    ]


def _header(sheet_id: int, columns: Sequence[HeaderColumn], *, row: int = 0, first: int = 0) -> Json:
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": first}
    # Bold, and no link where a heading of people's own reads like an address.
    looks = "userEnteredFormat(backgroundColorStyle,horizontalAlignment,textFormat(bold,link),wrapStrategy)"
    cells = [_header_cell(column) for column in columns]
    return {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": f"userEnteredValue,{looks},note"}}


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


def _mark(sheet_id: int, index: int, *, binding_id: str, key: str, time_id: str = "") -> Json:
    """The column's own mark. Its id is ours too: a batch that arrives late finds it taken and is refused whole."""
    place = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": index, "endIndex": index + 1}
    mark = {
        "metadataId": rules.own_id(binding_id, "column", key, *([time_id] if time_id else [])),
        "metadataKey": COLUMN_KEY,
        "metadataValue": f"{binding_id}:{key}",
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


def _append(sheet_id: int, dimension: str, length: int) -> Json:
    return {"appendDimension": {"sheetId": sheet_id, "dimension": dimension, "length": length}}
