"""The requests that make a summary beside a tab: set up once, and the user's from then on. Indexes count from 0."""

from collections.abc import Sequence

from service.core.cells import Cell
from service.google import grid, rules
from service.google.batch import update_cells
from service.google.grid import Json
from service.google.setup import HEADER_FILL

FIELDS = "sheets.properties(sheetId,title,index,hidden)"
_MONTH: Json = {"type": "DATE", "pattern": "mmm yyyy"}
_LOOKS = "userEnteredValue,userEnteredFormat(numberFormat,textFormat.bold,backgroundColorStyle,horizontalAlignment)"


def unproved(sheet_id: int) -> str:
    """The title of the tab until it is proved to sum up the right columns."""
    return f"Rowstream is making a summary {sheet_id}"


def new_summary(
    sheet_id: int, *, index: int, rows: Sequence[Sequence[Cell]], formats: Sequence[Json | None]
) -> list[Json]:
    """Requests that add the tab with these rows, the first of them the headings. It is hidden until `shown`.

    `formats`: the number format of the amounts in each row, None for a row without any.
    """
    width = max(len(row) for row in rows)
    size = {"rowCount": len(rows), "columnCount": width, "frozenRowCount": 1, "frozenColumnCount": 2}
    tab: Json = {"sheetId": sheet_id, "title": unproved(sheet_id), "index": index, "hidden": True}
    tab["gridProperties"] = size
    header, *below = rows
    values = [{"values": [_heading(cell, at) for at, cell in enumerate(header)]}]
    values += [
        {"values": [_value(cell, at, money) for at, cell in enumerate(row)]}
        for row, money in zip(below, formats[1:], strict=True)
    ]
    return [{"addSheet": {"properties": tab}}, update_cells(sheet_id, 0, 0, rows=values, fields=_LOOKS)]


def shown(sheet_id: int, title: str) -> list[Json]:
    """Requests that make the tab a visible one with this title, once: from then on it is somebody's."""
    tab = {"sheetId": sheet_id, "title": title, "hidden": False}
    return [_taken(sheet_id), {"updateSheetProperties": {"properties": tab, "fields": "title,hidden"}}]


def deleted(sheet_id: int) -> list[Json]:
    """Requests that take the tab away, unless it was shown: one that arrives late is refused then."""
    return [_taken(sheet_id), {"deleteSheet": {"sheetId": sheet_id}}]


def _taken(sheet_id: int) -> Json:
    """The mark of a tab that was shown. Google refuses one whose id is in use, and all that comes with it."""
    mark = {
        "metadataId": rules.own_id(str(sheet_id), "shown"),
        "metadataKey": "rowstream.summary",
        "metadataValue": "shown",
        "location": {"sheetId": sheet_id},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": mark}}


def _heading(cell: Cell, at: int) -> Json:
    looks = {
        "backgroundColorStyle": {"rgbColor": HEADER_FILL},
        "horizontalAlignment": "LEFT" if at < 2 else "RIGHT",
        "textFormat": {"bold": True},
    }
    return {"userEnteredValue": grid.literal_of(cell), "userEnteredFormat": looks}


def _value(cell: Cell, at: int, money: Json | None) -> Json:
    """A cell: the month, the currency, how many rows, then amounts."""
    shape = _MONTH if at == 0 else money if at > 2 else None
    value = grid.literal_of(cell)
    found: Json = {"userEnteredValue": value} if value else {}
    return found | ({"userEnteredFormat": {"numberFormat": shape}} if shape else {})
