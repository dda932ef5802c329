"""References inside formulas, kept relative to the cell that holds them.

A row formula such as `=K2-NOW()` is then one and the same value in every row: inserting, sorting and filling rows
needs no rewriting of it. Absolute sides (`$K$1`) keep their place on the grid instead.
"""

import re
from typing import NamedTuple, Protocol

from service.sandbox.sheets.areas import Area

CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]*)\Z")
COLUMN = re.compile(r"(\$?)([A-Za-z]{1,3})\Z")
ROW = re.compile(r"(\$?)([1-9][0-9]*)\Z")


def column_letters(index: int) -> str:
    """Letters of a column index (0 → A, 26 → AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Index of column letters (A → 0)."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


class Mover(Protocol):
    """Anything that tells where an area went; None when it is gone."""

    def area(self, area: Area) -> Area | None: ...


class Place(NamedTuple):
    """A cell that holds a formula."""

    sheet_id: int
    row: int
    column: int


class Side(NamedTuple):
    """One row or column of a reference: an offset from the holding cell, or a fixed index."""

    value: int
    fixed: bool

    def resolve(self, here: int) -> int:
        return self.value if self.fixed else here + self.value

    def moved(self, target: int, here: int) -> "Side":
        return Side(target if self.fixed else target - here, self.fixed)


class Corner(NamedTuple):
    row: Side | None
    column: Side | None


class Reference(NamedTuple):
    """A cell (`last` is None) or a range; `sheet_id` None means the tab of the holding cell."""

    sheet_id: int | None
    first: Corner
    last: Corner | None = None

    @property
    def crosses_rows(self) -> bool:
        """Does it look at any row but its own? Such a formula must be revisited when rows move."""
        if self.sheet_id is not None:
            return True
        sides = [self.first.row, self.last.row if self.last else None]
        return any(side is not None and (side.fixed or side.value) for side in sides)

    def area(self, sheet_id: int, row: int, column: int) -> Area | None:
        """What it points at, seen from a cell; None when that lies outside any grid."""
        last = self.last or self.first
        ends = [
            None if side is None else side.resolve(here)
            for side, here in (
                (self.first.row, row),
                (last.row, row),
                (self.first.column, column),
                (last.column, column),
            )
        ]
        if any(end is not None and end < 0 for end in ends):
            return None
        top, bottom, left, right = ends
        if top is not None and bottom is not None and bottom < top:
            top, bottom = bottom, top
        if left is not None and right is not None and right < left:
            left, right = right, left
        target = sheet_id if self.sheet_id is None else self.sheet_id
        return Area(target, top, None if bottom is None else bottom + 1, left, None if right is None else right + 1)

    def text(self, row: int, column: int) -> str | None:
        """A1 notation without the sheet name, or None when it fell off the grid."""
        first = _corner_text(self.first, row, column)
        if first is None or self.last is None:
            return first
        last = _corner_text(self.last, row, column)
        return None if last is None else f"{first}:{last}"

    def moved(self, mover: Mover, old: Place, new: Place) -> "Reference | None":
        """The reference after cells moved, its own cell from `old` to `new`; None when its target is gone."""
        area = self.area(*old)
        if area is None:
            return None
        after = mover.area(area)
        if after is None:
            return None
        stays_local = self.sheet_id is None and after.sheet_id == new.sheet_id
        sheet_id = None if stays_local else after.sheet_id
        rows = (after.row, None if after.end_row is None else after.end_row - 1)
        columns = (after.column, None if after.end_column is None else after.end_column - 1)
        here = (new.row, new.column)
        first = _corner_moved(self.first, (rows[0], columns[0]), here)
        last = None if self.last is None else _corner_moved(self.last, (rows[1], columns[1]), here)
        return Reference(sheet_id, first, last)


def _corner_moved(corner: Corner, target: tuple[int | None, int | None], here: tuple[int, int]) -> Corner:
    row = corner.row.moved(target[0], here[0]) if corner.row and target[0] is not None else None
    column = corner.column.moved(target[1], here[1]) if corner.column and target[1] is not None else None
    return Corner(row, column)


def _corner_text(corner: Corner, row: int, column: int) -> str | None:
    text = ""
    if corner.column is not None:
        index = corner.column.resolve(column)
        if index < 0:
            return None
        text += ("$" if corner.column.fixed else "") + column_letters(index)
    if corner.row is not None:
        index = corner.row.resolve(row)
        if index < 0:
            return None
        text += ("$" if corner.row.fixed else "") + str(index + 1)
    return text


def read_corner(text: str, row: int, column: int) -> Corner | None:
    """A cell, column or row in A1 notation seen from the holding cell; None when it is none of these."""
    if match := CELL.match(text):
        return Corner(
            _side(bool(match[3]), int(match[4]) - 1, row), _side(bool(match[1]), column_index(match[2]), column)
        )
    if match := COLUMN.match(text):
        return Corner(None, _side(bool(match[1]), column_index(match[2]), column))
    if match := ROW.match(text):
        return Corner(_side(bool(match[1]), int(match[2]) - 1, row), None)
    return None


def _side(fixed: bool, index: int, here: int) -> Side:  # noqa: FBT001 - the dollar sign, not a behaviour
    return Side(index if fixed else index - here, fixed)
