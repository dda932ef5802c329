"""One tab: its grid, its properties and the ranges that rules, filters and protections cover.

Rules and ranges are kept as immutable JSON tuples in Google's own shape, with every sheet id spelled out.
"""

from typing import Any

from service.sandbox.sheets.areas import Area, Box, Shift
from service.sandbox.sheets.limits import DEFAULT_COLUMNS, DEFAULT_ROWS
from service.sandbox.sheets.state.grid import Grid
from service.sandbox.sheets.state.journal import Journal

Json = dict[str, Any]

RANGED = ("protected_ranges", "banded_ranges", "tables")
"""Attributes that hold tuples of objects with a `range` of their own and nothing else that moves."""
COLLECTIONS = (
    *RANGED,
    "filter_views",
    "conditional_formats",
    "merges",
    "charts",
    "slicers",
    "row_groups",
    "column_groups",
)


class Sheet:
    """A tab of kind GRID."""

    def __init__(
        self,
        journal: Journal,
        sheet_id: int,
        title: str,
        *,
        rows: int = DEFAULT_ROWS,
        columns: int = DEFAULT_COLUMNS,
    ) -> None:
        self.journal = journal
        self.sheet_id = sheet_id
        self.title = title
        self.hidden = False
        self.grid = Grid(journal, rows, columns)
        self.properties: Json = {}
        """rightToLeft and tabColorStyle, as set."""
        self.grid_properties: Json = {}
        """Frozen counts and display switches, as set; sizes are the grid's."""
        self.basic_filter: Json | None = None
        self.protected_ranges: tuple[Json, ...] = ()
        self.conditional_formats: tuple[Json, ...] = ()
        self.filter_views: tuple[Json, ...] = ()
        self.banded_ranges: tuple[Json, ...] = ()
        self.tables: tuple[Json, ...] = ()
        self.merges: tuple[Json, ...] = ()
        self.charts: tuple[Json, ...] = ()
        self.slicers: tuple[Json, ...] = ()
        self.row_groups: tuple[Json, ...] = ()
        self.column_groups: tuple[Json, ...] = ()

    def change(self, name: str, value: object) -> None:
        """Change one attribute so that it can be taken back."""
        self.journal.assign(self, name, value)

    def box(self, grid_range: Json) -> Box:
        """The part of a GridRange that lies on this grid."""
        return Area.from_json(grid_range).box(self.grid.row_count, self.grid.column_count)

    def bounded(self, grid_range: Json) -> Json:
        """The GridRange with open sides closed at the grid of this moment."""
        box = self.box(grid_range)
        return Area(self.sheet_id, box.row, box.end_row, box.column, box.end_column).to_json()

    def shift_ranges(self, shift: Shift) -> None:
        """Move the ranges that hold no conditions along with rows or columns."""
        for name in RANGED:
            held = getattr(self, name)
            if held:
                self.change(name, tuple(item for item in (shifted_range(item, shift) for item in held) if item))
        if self.merges:
            self.change("merges", _shifted_list(self.merges, shift))
        for name, dimension in (("row_groups", "ROWS"), ("column_groups", "COLUMNS")):
            if getattr(self, name) and shift.dimension == dimension:
                self.change(name, tuple(filter(None, (_shifted_group(group, shift) for group in getattr(self, name)))))

    def twin(self, journal: Journal, sheet_id: int, title: str) -> "Sheet":
        """A deep copy under another id and title."""
        copy = Sheet(journal, sheet_id, title, rows=0, columns=0)
        copy.grid = self.grid.twin(journal)
        copy.hidden = self.hidden
        copy.properties, copy.grid_properties = self.properties, self.grid_properties
        copy.basic_filter = _retargeted(self.basic_filter, sheet_id)
        for name in COLLECTIONS:
            setattr(copy, name, tuple(_retargeted(item, sheet_id) for item in getattr(self, name)))
        return copy


def shifted_range(item: Json, shift: Shift) -> Json | None:
    """An object with a `range` after a shift; None when its range is gone."""
    if "range" not in item:
        return item
    after = shift.area(Area.from_json(item["range"]))
    if after is None:
        return None
    moved = item | {"range": after.to_json()}
    for name, place in (("sortSpecs", "dimensionIndex"), ("filterSpecs", "columnIndex")):
        if item.get(name) and shift.dimension == "COLUMNS":
            specs = [spec | {place: shift.at(spec.get(place, 0))} for spec in item[name]]
            moved[name] = [spec for spec in specs if spec[place] is not None]
    if item.get("criteria") and shift.dimension == "COLUMNS":
        shifted = {shift.at(int(column)): criteria for column, criteria in item["criteria"].items()}
        moved["criteria"] = {str(column): criteria for column, criteria in shifted.items() if column is not None}
    return moved


def _shifted_list(ranges: tuple[Json, ...] | list[Json], shift: Shift) -> tuple[Json, ...]:
    moved = (shift.area(Area.from_json(grid_range)) for grid_range in ranges)
    return tuple(area.to_json() for area in moved if area is not None)


def _shifted_group(group: Json, shift: Shift) -> Json | None:
    span = shift.span(group["range"]["startIndex"], group["range"]["endIndex"])
    if span is None:
        return None
    return group | {"range": group["range"] | {"startIndex": span[0], "endIndex": span[1]}}


def _retargeted(value: Any, sheet_id: int) -> Any:
    """The same JSON with every sheet id replaced, for copies of a tab."""
    if isinstance(value, dict):
        return {k: sheet_id if k == "sheetId" else _retargeted(v, sheet_id) for k, v in value.items()}
    if isinstance(value, list):
        return [_retargeted(entry, sheet_id) for entry in value]
    return value
