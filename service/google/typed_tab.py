"""A tab of ours that people fill in: made once with what is known, read as they typed it. What it means is not known.

It belongs to the people in it: nothing of theirs is written over, rows are added below everything, columns are found by
the marks they were born with. Cells come back as text. Row and column indexes count from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from service.core.cells import Cell, number_cell
from service.google import grid, rules, setup
from service.google.batch import NO_LINK, NUMBER_FORMAT, update_cells
from service.google.grid import Json
from service.google.rules import HeaderColumn
from service.google.tabs import COLUMN_KEY

LAST_COLUMN = 40  # columns that are read; a seller's own notes may stand further right
SPARE_ROWS = 200
FIELDS = (
    "sheets(properties(sheetId,title,gridProperties.rowCount),developerMetadata(metadataKey,metadataValue),"
    "data(startRow,startColumn,columnMetadata.developerMetadata(metadataKey,metadataValue),"
    "rowData.values(effectiveValue,formattedValue,effectiveFormat.numberFormat.type)))"
)
#: Stands on the tab once for each time that rows were added.
TURN_KEY = "rowstream.turn"
#: Digits of which a spreadsheet's number keeps all (IEEE 754; Sheets shows fifteen). An id of more was rounded.
_EXACT_DIGITS = 15
_DAY_ZERO = date(1899, 12, 30)  # of a spreadsheet's calendar (Sheets API guide, date and number formats, read 2026-11)
_NUMBER_SIGNS = str.maketrans("", "", "0123456789.,  \u00a0\u202f()-\u2212+'’")


@dataclass(frozen=True, slots=True)
class Filled:
    """A row to be put in: column key → cell, and the number format of each cell that is to have one."""

    cells: Mapping[str, Cell]
    formats: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Typed:
    """A tab as people left it. `marked`: grid column → the key it was born with; `rows`: the text of every cell.

    `is_cut`: there are more rows than were asked for. `turns`: how often rows were added.
    """

    title: str
    rows: Sequence[Sequence[str]]
    marked: Mapping[int, str]
    is_cut: bool = False
    turns: int = 0


def new_tab(
    sheet_id: int, *, title: str, owner: str, columns: Sequence[HeaderColumn], rows: Sequence[Filled]
) -> list[Json]:
    """Requests that add the tab with these rows and room for more. `owner`: what its columns' marks begin with."""
    keys = [column.key for column in columns]
    values = [_row(row, {key: at for at, key in enumerate(keys)}) for row in rows]
    made = setup.new_tab(sheet_id, title=title, binding_id=owner, columns=columns, spare_rows=len(rows) + SPARE_ROWS)
    return [*made, *([update_cells(sheet_id, 1, 0, rows=values, fields=_FIELDS)] if values else [])]


def more_rows(sheet_id: int, *, owner: str, turn: int, places: Mapping[str, int], rows: Sequence[Filled]) -> list[Json]:
    """Requests that put rows below the last one with any content. `places`: column key → grid column.

    `turn`: how often that was done before. Two batches of one turn cannot both be applied: one that was given up and
    arrives after the next try is refused whole.
    """
    values = [_row(row, places) for row in rows]
    if not values:
        return []
    mark = {
        "metadataId": rules.own_id(owner, "turn", str(sheet_id), str(turn)),
        "metadataKey": TURN_KEY,
        "metadataValue": f"{owner}:{turn}",
        "location": {"sheetId": sheet_id},
        "visibility": "DOCUMENT",
    }
    return [
        {"createDeveloperMetadata": {"developerMetadata": mark}},
        {"appendCells": {"sheetId": sheet_id, "rows": values, "fields": _FIELDS}},
    ]


#: Foreign text that reads like an address stays text; a format is set where one is given.
_FIELDS = f"userEnteredValue,{NO_LINK},{NUMBER_FORMAT}"


def _row(row: Filled, places: Mapping[str, int]) -> Json:
    values: list[Json] = [{} for _ in range(max(places.values(), default=-1) + 1)]
    for key, at in places.items():
        cell = row.cells.get(key)
        value = grid.value_of(cell, {}) if cell is not None else {}
        values[at] = {"userEnteredValue": value} if value else {}
        if key in row.formats:
            values[at]["userEnteredFormat"] = {"numberFormat": row.formats[key]}
    return {"values": values}


def read_filters(sheet_id: int, *, most_rows: int) -> list[Json]:
    """The data filter of a read of the whole tab, one row more than the most there may be."""
    return [
        {
            "gridRange": {
                "sheetId": sheet_id,
                "startRowIndex": 0,
                "endRowIndex": most_rows + 1,
                "startColumnIndex": 0,
                "endColumnIndex": LAST_COLUMN,
            }
        }
    ]


def read(answer: Mapping[str, Any], sheet_id: int, *, owner: str, most_rows: int) -> Typed | None:
    """The tab in an answer to that read; None when it is gone."""
    sheet = next(
        (one for one in answer.get("sheets", ()) if int(one["properties"].get("sheetId", 0)) == sheet_id), None
    )
    if sheet is None:
        return None
    rows: dict[int, list[str]] = {}
    marked: dict[int, str] = {}
    for block in sheet.get("data", ()):
        first = int(block.get("startColumn", 0))
        marked |= {first + at: key for at, key in _marks(block.get("columnMetadata", ()), owner)}
        for offset, row in enumerate(block.get("rowData", ())):
            texts = [text_of(cell) for cell in row.get("values", ())]
            rows[int(block.get("startRow", 0)) + offset] = [""] * first + texts
    end = max((at for at, texts in rows.items() if any(texts)), default=-1) + 1
    found = [rows.get(at, []) for at in range(min(end, most_rows))]
    turns = sum(1 for mark in sheet.get("developerMetadata", ()) if mark.get("metadataKey") == TURN_KEY)
    title = str(sheet["properties"].get("title", ""))
    return Typed(title, found, marked, is_cut=end > most_rows, turns=turns)


def _marks(columns: Sequence[Mapping[str, Any]], owner: str) -> list[tuple[int, str]]:
    found = []
    for at, column in enumerate(columns):
        for mark in column.get("developerMetadata", ()):
            whose, _, key = str(mark.get("metadataValue", "")).partition(":")
            if mark.get("metadataKey") == COLUMN_KEY and whose == owner:
                found.append((at, key))
    return found


def text_of(data: Mapping[str, Any]) -> str:
    """The cell as text that means what the person meant: an amount with the sign it is shown with, a day as a day."""
    value, shown = data.get("effectiveValue", {}), str(data.get("formattedValue", ""))
    if "errorValue" in value:
        return shown or "#ERROR!"
    if "boolValue" in value:
        return "TRUE" if value["boolValue"] else "FALSE"
    if "numberValue" in value:
        number = Decimal(number_cell(value["numberValue"]).value)
        form = data.get("effectiveFormat", {}).get("numberFormat", {}).get("type", "")
        return _number_text(number, form, shown)
    return str(value.get("stringValue", ""))


def _number_text(number: Decimal, form: str, shown: str) -> str:
    """A number as it has to be read. One with three decimals gets a fourth: it is not thousands in other words."""
    if form in {"PERCENT", "TIME"}:
        return shown
    if form in {"DATE", "DATE_TIME"}:
        return _day_text(number, shown)
    if len(number.as_tuple().digits) + max(int(number.as_tuple().exponent), 0) > _EXACT_DIGITS and number == int(
        number
    ):
        return f"{number:E}"
    plain = f"{number:f}"
    if number.as_tuple().exponent == -3:
        plain += "0"
    return f"{shown.translate(_NUMBER_SIGNS)}{plain}" if form == "CURRENCY" else plain


def _day_text(number: Decimal, shown: str) -> str:
    """The day as ISO 8601 spells it, what stands in the cell for a time of day, or for a day nobody means."""
    if number != int(number) or not 0 < number < 2_000_000:
        return shown
    return (_DAY_ZERO + timedelta(days=int(number))).isoformat()
