"""A tab as a person sees it at this moment, and how places in it are named and turned into requests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stateful.bound import BoundTab

from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.state.sheet import Sheet

Json = dict[str, Any]
Doing = tuple[str, list[Json]]


@dataclass
class Place:
    """A tab as a person sees it at this moment."""

    sheet: Sheet
    tab: BoundTab
    number: Callable[[], int]
    is_named: bool

    def token(self) -> str:
        """A text that nobody has typed before."""
        return f"«{self.number()}»"

    @property
    def height(self) -> int:
        """One past the last row with anything in it, the header at least."""
        return max(self.sheet.grid.last_valued_row() + 1, 2)

    @property
    def width(self) -> int:
        return self.sheet.grid.column_count

    def row(self, n: int, *, beyond: int = 1) -> int:
        """A row below the header, or up to `beyond` rows under the content."""
        return 1 + n % max(min(self.height + beyond, self.sheet.grid.row_count) - 1, 1)

    def owned(self, n: int) -> int:
        """A column of ours."""
        here = sorted(self.tab.columns(self.sheet).values())
        return here[n % len(here)] if here else 0

    def theirs(self, n: int) -> int:
        """A column that is not ours, blank ones included."""
        owned = set(self.tab.columns(self.sheet).values())
        free = [column for column in range(self.width) if column not in owned]
        return free[n % len(free)] if free else self.width - 1

    def a1(self, row: int, column: int) -> str:
        return f"{column_letters(column)}{row + 1}"

    def box(self, a: int, b: int, c: int) -> Json:
        """A block of cells below the header: from row a, a few rows high, a few columns wide."""
        start = 1 + a % max(self.height - 1, 1)
        left = b % self.width
        return self.area(start, start + 2 + c % 4, left, left + 1 + c % 3)

    def area(self, top: int, bottom: int, left: int, right: int) -> Json:
        grid = self.sheet.grid
        return {
            "sheetId": self.sheet.sheet_id, "startRowIndex": top, "endRowIndex": min(bottom, grid.row_count),
            "startColumnIndex": left, "endColumnIndex": min(right, grid.column_count),
        }  # fmt: skip

    def span(self, dimension: str, start: int, end: int) -> Json:
        return {"sheetId": self.sheet.sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}

    def typed(self, row: int, column: int, value: Json) -> Json:
        start = {"sheetId": self.sheet.sheet_id, "rowIndex": row, "columnIndex": column}
        data = [{"values": [{"userEnteredValue": value}]}]
        return {"updateCells": {"start": start, "rows": data, "fields": "userEnteredValue"}}

    def says(self, text: str) -> str:
        return f"Maya {text}" + (f" (in {self.sheet.title})." if self.is_named else ".")


def said_box(box: Json) -> str:
    first = f"{column_letters(box['startColumnIndex'])}{box['startRowIndex'] + 1}"
    return f"{first}:{column_letters(box['endColumnIndex'] - 1)}{box['endRowIndex']}"
