"""Rectangles of a tab, in grid indexes (from 0, ends exclusive, None = open), and how they move with the grid.

Knows GridRange and DimensionRange JSON because state keeps ranges of rules and filters in that form.
"""

from typing import Any, Literal, NamedTuple

from service.sandbox.sheets.errors import ApiError

Json = dict[str, Any]
Dimension = Literal["ROWS", "COLUMNS"]


class Box(NamedTuple):
    """A bounded rectangle on a known grid."""

    row: int
    end_row: int
    column: int
    end_column: int

    @property
    def is_empty(self) -> bool:
        return self.row >= self.end_row or self.column >= self.end_column

    def touches(self, other: "Box") -> bool:
        return not (
            self.end_row <= other.row
            or other.end_row <= self.row
            or self.end_column <= other.column
            or other.end_column <= self.column
        )

    def covers(self, row: int, column: int) -> bool:
        return self.row <= row < self.end_row and self.column <= column < self.end_column


class Area(NamedTuple):
    """A rectangle of one tab whose sides may be open."""

    sheet_id: int
    row: int | None = None
    end_row: int | None = None
    column: int | None = None
    end_column: int | None = None

    @classmethod
    def from_json(cls, grid_range: Json) -> "Area":
        """A GridRange as sent; an end not after its start is refused as Google does."""
        area = cls(
            grid_range.get("sheetId", 0),
            grid_range.get("startRowIndex"),
            grid_range.get("endRowIndex"),
            grid_range.get("startColumnIndex"),
            grid_range.get("endColumnIndex"),
        )
        _check_order(area.row, area.end_row, "Row")
        _check_order(area.column, area.end_column, "Column")
        return area

    def to_json(self) -> Json:
        """A GridRange with the sheet id always there; the wire leaves a zero sheet id out."""
        named = {
            "sheetId": self.sheet_id,
            "startRowIndex": self.row,
            "endRowIndex": self.end_row,
            "startColumnIndex": self.column,
            "endColumnIndex": self.end_column,
        }
        return {name: value for name, value in named.items() if value is not None}

    def box(self, rows: int, columns: int) -> Box:
        """The part of the area on a grid of this size; may be empty."""
        return Box(
            min(self.row or 0, rows),
            rows if self.end_row is None else min(self.end_row, rows),
            min(self.column or 0, columns),
            columns if self.end_column is None else min(self.end_column, columns),
        )


def _check_order(start: int | None, end: int | None, what: str) -> None:
    name = what.lower()
    if start is not None and start < 0:
        raise ApiError(f"range.start{what}Index: must be greater than or equal to 0.")
    if start is not None and end is not None and end <= start:
        raise ApiError(f"GridRange must have an end {name} index that is greater than its start {name} index.")


class Shift(NamedTuple):
    """Rows or columns inserted, deleted or moved: maps every old place on the tab to its new one.

    `destination` is used by moves only and counts before the move, as in the request.
    """

    sheet_id: int
    dimension: Dimension
    action: Literal["insert", "delete", "move"]
    start: int
    end: int
    destination: int = 0

    def at(self, index: int) -> int | None:
        """New index of one row or column, None when it is gone."""
        count = self.end - self.start
        if self.action == "insert":
            return index + count if index >= self.start else index
        if self.action == "delete":
            if index < self.start:
                return index
            return None if index < self.end else index - count
        return self._moved(index, count)

    def _moved(self, index: int, count: int) -> int:
        if self.start <= index < self.end:
            target = self.destination if self.destination <= self.start else self.destination - count
            return index - self.start + target
        if self.destination <= index < self.start:
            return index + count
        if self.end <= index < self.destination:
            return index - count
        return index

    def span(self, start: int | None, end: int | None) -> tuple[int | None, int | None] | None:
        """New bounds of a span, None when all of it is gone. Open sides stay open."""
        if start is None and end is None:
            return start, end
        low = start or 0
        if self.action == "insert":
            return _grown(self.start, self.end - self.start, start, end)
        if self.action == "delete":
            return _shrunk(self, start, end)
        if end is not None and self.start <= low and end <= self.end:
            first = self._moved(low, self.end - self.start)
            return first, first + end - low
        rest = _shrunk(self, start, end)
        if rest is None:
            return start, end
        count = self.end - self.start
        target = self.destination if self.destination <= self.start else self.destination - count
        return _grown(target, count, *rest)

    def area(self, area: Area) -> Area | None:
        """The area after the shift, None when all of it is gone."""
        if area.sheet_id != self.sheet_id:
            return area
        if self.dimension == "ROWS":
            rows = self.span(area.row, area.end_row)
            return None if rows is None else area._replace(row=rows[0], end_row=rows[1])
        columns = self.span(area.column, area.end_column)
        return None if columns is None else area._replace(column=columns[0], end_column=columns[1])


class Carry(NamedTuple):
    """A block of cells cut and pasted elsewhere: areas wholly inside it go along, all others stay."""

    sheet_id: int
    block: Box
    target_id: int
    down: int
    right: int

    def takes(self, area: Area) -> bool:
        """Does the area lie wholly inside the block? One with an open side never does."""
        row, end_row, column, end_column = area[1:]
        if area.sheet_id != self.sheet_id or row is None or end_row is None or column is None or end_column is None:
            return False
        return self.block.covers(row, column) and self.block.covers(end_row - 1, end_column - 1)

    def area(self, area: Area) -> Area:
        """The area after the block was carried."""
        if not self.takes(area):
            return area
        row, end_row, column, end_column = (side or 0 for side in area[1:])
        return Area(self.target_id, row + self.down, end_row + self.down, column + self.right, end_column + self.right)


class Removal(NamedTuple):
    """A tab deleted with all its cells. Whoever gets its id afterwards is another tab."""

    sheet_id: int

    def area(self, area: Area) -> Area | None:
        """The area, None when it went with the tab."""
        return None if area.sheet_id == self.sheet_id else area


def _grown(at: int, count: int, start: int | None, end: int | None) -> tuple[int | None, int | None]:
    new_start = start + count if start is not None and at <= start else start
    new_end = end + count if end is not None and at < end else end
    return new_start, new_end


def _shrunk(cut: Shift, start: int | None, end: int | None) -> tuple[int | None, int | None] | None:
    count = cut.end - cut.start
    low = start or 0
    if cut.start <= low and end is not None and end <= cut.end:
        return None

    def moved(edge: int) -> int:
        return edge if edge <= cut.start else max(cut.start, edge - count)

    return (None if start is None else moved(start)), (None if end is None else moved(end))
