"""What people do to rows and columns: sort, filter, put in, take out, drag, copy, hide."""

from stateful.place import Doing, Json, Place, said_box

from service.sandbox.sheets.formulas.references import column_letters


def sort(here: Place, a: int, b: int, c: int) -> Doing:
    column, order = a % here.width, ("ASCENDING", "DESCENDING")[b % 2]
    spec = {"dimensionIndex": column, "sortOrder": order}
    where = {"sheetId": here.sheet.sheet_id, "startRowIndex": 1}
    said = here.says(f"sorts the sheet by column {column_letters(column)}, {order.lower()}")
    return said, [{"sortRange": {"range": where, "sortSpecs": [spec]}}]


def sort_part(here: Place, a: int, b: int, c: int) -> Doing:
    box = here.box(a, b, c)
    spec = {"dimensionIndex": box["startColumnIndex"], "sortOrder": ("ASCENDING", "DESCENDING")[c % 2]}
    said = here.says(f"sorts only {said_box(box)}, {spec['sortOrder'].lower()}")
    return said, [{"sortRange": {"range": box, "sortSpecs": [spec]}}]


def set_filter(here: Place, a: int, b: int, c: int) -> Doing:
    column = a % here.width
    spec = {"dimensionIndex": column, "sortOrder": ("ASCENDING", "DESCENDING")[b % 2]}
    hidden = {"columnIndex": here.owned(c), "filterCriteria": {"hiddenValues": ["AWAITING_SHIPMENT"]}}
    chosen = {"range": {"sheetId": here.sheet.sheet_id}, "sortSpecs": [spec], "filterSpecs": [hidden]}
    said = here.says(f"sets a filter and sorts by it, column {column_letters(column)}")
    return said, [{"setBasicFilter": {"filter": chosen}}]


def clear_filter(here: Place, a: int, b: int, c: int) -> Doing:
    return here.says("takes the filter away"), [{"clearBasicFilter": {"sheetId": here.sheet.sheet_id}}]


def insert_rows(here: Place, a: int, b: int, c: int) -> Doing:
    at, many = here.row(a), 1 + b % 2
    where = here.span("ROWS", at, at + many)
    said = here.says(f"inserts {many} row(s) at {at + 1}")
    return said, [{"insertDimension": {"range": where, "inheritFromBefore": at > 1}}]


def delete_rows(here: Place, a: int, b: int, c: int) -> Doing:
    at = here.row(a, beyond=0)
    end = min(at + 1 + b % 2, here.sheet.grid.row_count - 1)
    return here.says(f"deletes row {at + 1} to {end}"), [{"deleteDimension": {"range": here.span("ROWS", at, end)}}]


def move_row(here: Place, a: int, b: int, c: int) -> Doing:
    at, to = here.row(a, beyond=0), here.row(b)
    said = here.says(f"drags row {at + 1} before row {to + 1}")
    return said, [{"moveDimension": {"source": here.span("ROWS", at, at + 1), "destinationIndex": to}}]


def copy_row(here: Place, a: int, b: int, c: int) -> Doing:
    at, to = here.row(a, beyond=0), here.row(b)
    put = {"insertDimension": {"range": here.span("ROWS", to, to + 1), "inheritFromBefore": to > 1}}
    at += to <= at
    source, target = here.area(at, at + 1, 0, here.width), here.area(to, to + 1, 0, here.width)
    said = here.says(f"copies row {at + 1} into a new row {to + 1}")
    return said, [put, {"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}}]


def hide_rows(here: Place, a: int, b: int, c: int) -> Doing:
    at = here.row(a, beyond=0)
    return here.says(f"hides row {at + 1}"), [_hidden(here.span("ROWS", at, at + 1))]


def cut_grid(here: Place, a: int, b: int, c: int) -> Doing:
    rows = here.height + a % 2
    properties = {"sheetId": here.sheet.sheet_id, "gridProperties": {"rowCount": rows}}
    said = here.says(f"deletes the blank rows below {rows}")
    return said, [{"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}}]


def insert_columns(here: Place, a: int, b: int, c: int) -> Doing:
    at, many = a % (here.width + 1), 1 + b % 2
    where = here.span("COLUMNS", at, at + many)
    said = here.says(f"inserts {many} column(s) at {column_letters(at)}")
    return said, [{"insertDimension": {"range": where, "inheritFromBefore": at > 0}}]


def move_column(here: Place, a: int, b: int, c: int) -> Doing:
    at, to = a % here.width, b % (here.width + 1)
    said = here.says(f"drags column {column_letters(at)} before {column_letters(to)}")
    return said, [{"moveDimension": {"source": here.span("COLUMNS", at, at + 1), "destinationIndex": to}}]


def delete_column(here: Place, a: int, b: int, c: int) -> Doing:
    """Any column but the key: what becomes of a tab without its key has a deed of its own."""
    key = here.tab.columns(here.sheet).get(here.tab.key)
    free = [column for column in range(here.width) if column != key]
    at = free[a % len(free)]
    said = here.says(f"deletes column {column_letters(at)}")
    return said, [{"deleteDimension": {"range": here.span("COLUMNS", at, at + 1)}}]


def delete_key(here: Place, a: int, b: int, c: int) -> Doing:
    key = here.tab.columns(here.sheet).get(here.tab.key)
    if key is None:
        return here.says("looks for the key column, which is gone"), []
    said = here.says(f"deletes the key column {column_letters(key)}")
    return said, [{"deleteDimension": {"range": here.span("COLUMNS", key, key + 1)}}]


def hide_column(here: Place, a: int, b: int, c: int) -> Doing:
    at = a % here.width
    return here.says(f"hides column {column_letters(at)}"), [_hidden(here.span("COLUMNS", at, at + 1))]


def _hidden(where: Json) -> Json:
    return {
        "updateDimensionProperties": {"range": where, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    }


def rename_header(here: Place, a: int, b: int, c: int) -> Doing:
    column, text = here.owned(a), here.token()
    said = here.says(f"renames the header {here.a1(0, column)} to {text}")
    return said, [here.typed(0, column, {"stringValue": text})]
