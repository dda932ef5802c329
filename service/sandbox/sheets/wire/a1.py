"""A1 notation in and out, as the API takes and prints it."""

import re
from typing import NamedTuple

from service.sandbox.sheets.areas import Area, Box
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formulas.formula import quote_title
from service.sandbox.sheets.formulas.references import column_index, column_letters
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

_END = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]*)?\Z")
_R1C1 = re.compile(r"[Rr]([0-9]+)[Cc]([0-9]+)(?::[Rr]([0-9]+)[Cc]([0-9]+))?\Z")
_QUOTED = re.compile(r"'((?:[^']|'')+)'\Z")


class Asked(NamedTuple):
    """A range a caller named. `is_anchor` is a single cell, which a write takes as its top-left corner only."""

    sheet: Sheet
    area: Area
    is_anchor: bool
    text: str

    @property
    def box(self) -> Box:
        return self.area.box(self.sheet.grid.row_count, self.sheet.grid.column_count)


def read_range(workbook: Workbook, text: str) -> Asked:
    """The range a text names: with or without a sheet, a whole sheet, or a named range."""
    title, mark, cells = text.rpartition("!")
    if mark:
        quoted = _QUOTED.match(title)
        sheet = workbook.titled(quoted[1].replace("''", "'") if quoted else title)
        corners = _read_corners(cells)
        if sheet is None or corners is None:
            raise unreadable(text)
        return _asked(sheet, corners, text)
    corners = _read_corners(text)
    if corners is not None and workbook.sheets:
        return _asked(next((s for s in workbook.sheets if not s.hidden), workbook.sheets[0]), corners, text)
    named = next((n for n in workbook.named_ranges if n["name"].lower() == text.lower()), None)
    if named is not None and "range" in named:
        area = Area.from_json(named["range"])
        return Asked(workbook.sheet(area.sheet_id), area, is_anchor=False, text=text)
    quoted = _QUOTED.match(text)
    sheet = workbook.titled(quoted[1].replace("''", "'") if quoted else text)
    if sheet is None:
        raise unreadable(text)
    return Asked(sheet, Area(sheet.sheet_id), is_anchor=False, text=text)


def unreadable(text: str) -> ApiError:
    return ApiError(f"Unable to parse range: {text}")


Corners = tuple[int | None, int | None, int | None, int | None, bool]
"""First row, end row, first column, end column, and whether it is one cell."""


def _asked(sheet: Sheet, corners: Corners, text: str) -> Asked:
    return Asked(sheet, Area(sheet.sheet_id, *corners[:4]), is_anchor=corners[4], text=text)


def _read_corners(text: str) -> Corners | None:
    if found := _R1C1.match(text):
        rows, columns = [int(found[1]), int(found[3] or found[1])], [int(found[2]), int(found[4] or found[2])]
        if min(*rows, *columns) < 1:
            return None
        return min(rows) - 1, max(rows), min(columns) - 1, max(columns), found[3] is None
    first, colon, last = text.partition(":")
    one, two = _END.match(first), _END.match(last if colon else first)
    if one is None or two is None or not (one[1] or one[2]) or not (two[1] or two[2]):
        return None
    if not colon and not (one[1] and one[2]):
        return None
    columns_ = [column_index(end) if end else None for end in (one[1], two[1])]
    rows_ = [int(end) - 1 if end else None for end in (one[2], two[2])]
    top, bottom = _ordered(*rows_)
    left, right = _ordered(*columns_)
    return top, bottom, left, right, not colon


def _ordered(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Start and exclusive end; a side named only once bounds the start."""
    if first is not None and last is not None:
        return min(first, last), max(first, last) + 1
    return (first if first is not None else last), None


def box_text(sheet: Sheet, box: Box) -> str:
    """A bounded range as the API prints it; a single cell without colon."""
    return f"{quote_title(sheet.title)}!{cells_text(box)}"


def cells_text(box: Box) -> str:
    first = f"{column_letters(box.column)}{box.row + 1}"
    last = f"{column_letters(box.end_column - 1)}{box.end_row}"
    return first if first == last else f"{first}:{last}"


def area_text(area: Area) -> str:
    """The cells of an area with open sides as they are asked for (`A1001:B`)."""
    left = "" if area.column is None else column_letters(area.column)
    right = "" if area.end_column is None else column_letters(area.end_column - 1)
    top = "" if area.row is None else str(area.row + 1)
    bottom = "" if area.end_row is None else str(area.end_row)
    first, last = left + top, right + bottom
    return first if first == last or not last else f"{first or 'A1'}:{last}"


def beyond_grid(sheet: Sheet, area: Area) -> ApiError:
    """The 400 for a range that lies, or starts, outside the grid."""
    return ApiError(
        f"Range ({quote_title(sheet.title)}!{area_text(area)}) exceeds grid limits. "
        f"Max rows: {sheet.grid.row_count}, max columns: {sheet.grid.column_count}"
    )


def starts_outside(sheet: Sheet, area: Area) -> bool:
    return (area.row or 0) >= sheet.grid.row_count or (area.column or 0) >= sheet.grid.column_count


def ends_outside(sheet: Sheet, area: Area) -> bool:
    return (area.end_row or 0) > sheet.grid.row_count or (area.end_column or 0) > sheet.grid.column_count
