"""Requests about rows and columns: append, insert, delete, move, resize, hide, group."""

from typing import Any

from service.sandbox.sheets.areas import Box, Dimension, Shift
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.limits import COLUMN_PIXELS, COLUMNS_PER_SHEET, ROW_PIXELS
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.state.cells import Cell, kept
from service.sandbox.sheets.state.grid import Column, Grid, Row
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.celldata import CellReader
from service.sandbox.sheets.wire.masks import update_paths

Json = dict[str, Any]

PIXELS_PER_CHARACTER = 8.67
"""From one recording: a word of 1,000 characters made its column 8,691 pixels wide."""


class Span:
    """A DimensionRange on a known tab, bounded by its grid."""

    def __init__(self, edit: Edit, given: Json, *, may_end_outside: bool = False) -> None:
        self.sheet = edit.workbook.sheet(given.get("sheetId", 0))
        dimension = given.get("dimension")
        if dimension not in {"ROWS", "COLUMNS"}:
            raise ApiError("range.dimension must be specified.")
        self.dimension: Dimension = "ROWS" if dimension == "ROWS" else "COLUMNS"
        self.start: int = given.get("startIndex", 0)
        self.end: int = given.get("endIndex", self.size)
        if self.start < 0 or self.end <= self.start:
            raise ApiError("range.endIndex must be greater than range.startIndex.")
        if self.end > self.size and not may_end_outside:
            self._refuse_outside()

    @property
    def is_rows(self) -> bool:
        return self.dimension == "ROWS"

    @property
    def noun(self) -> str:
        return "row" if self.is_rows else "column"

    @property
    def size(self) -> int:
        return self.sheet.grid.row_count if self.is_rows else self.sheet.grid.column_count

    @property
    def count(self) -> int:
        return self.end - self.start

    @property
    def box(self) -> Box:
        whole = self.sheet.grid.box()
        if self.is_rows:
            return whole._replace(row=self.start, end_row=self.end)
        return whole._replace(column=self.start, end_column=self.end)

    def shift(self, action: str, destination: int = 0) -> Shift:
        kind = {"insert": "insert", "delete": "delete"}.get(action, "move")
        return Shift(self.sheet.sheet_id, self.dimension, kind, self.start, self.end, destination)  # type: ignore[arg-type]  # kind is one of the three words

    def lines(self) -> list[Row] | list[Column]:
        """The rows (made where blank) or columns of the span."""
        if self.is_rows:
            return [self.sheet.grid.row_at(index) for index in range(self.start, self.end)]
        return self.sheet.grid.columns[self.start : self.end]

    def _refuse_outside(self) -> None:
        first = max(self.start, self.size)
        raise ApiError(
            f"Cannot use a {self.noun} that doesn't exist. Tried {self.noun} index {first} but there are only "
            f"{self.size} {self.noun}s."
        )


def append_dimension(edit: Edit, request: Json) -> None:
    """Blank rows or columns added at the end of the grid."""
    sheet = edit.workbook.sheet(request.get("sheetId", 0))
    length = request.get("length", 0)
    if length <= 0:
        raise ApiError("length must be greater than 0.")
    grid = sheet.grid
    if request.get("dimension") == "COLUMNS":
        edit.workbook.grow(sheet, 0, grid.column_count + length)
    else:
        edit.workbook.grow(sheet, grid.row_count + length, 0)


def insert_dimension(edit: Edit, request: Json) -> None:
    """Blank rows or columns put in; they take formats and validation from the neighbour before or after."""
    span = Span(edit, request.get("range", {}), may_end_outside=True)
    before = bool(request.get("inheritFromBefore"))
    if span.start > span.size:
        raise ApiError(f"range.startIndex[{span.start}] is beyond the last {span.noun}[{span.size - 1}].")
    if before and span.start == 0:
        raise ApiError("inheritFromBefore cannot be true when inserting at the first index.")
    edit.guard(span.sheet, _edge(span))
    _check_room(edit, span)
    neighbour = span.start - 1 if before else span.start
    insert_lines(edit, span, neighbour if neighbour < span.size else None)


def _edge(span: Span) -> Box:
    """The place where the insertion happens; only a protection that spans it is touched."""
    index = min(span.start, span.size - 1)
    whole = span.sheet.grid.box()
    if span.is_rows:
        return whole._replace(row=index, end_row=index + 1)
    return whole._replace(column=index, end_column=index + 1)


def _check_room(edit: Edit, span: Span) -> None:
    grid = span.sheet.grid
    across = grid.column_count if span.is_rows else grid.row_count
    edit.workbook.check_size(span.count * across)
    if not span.is_rows and grid.column_count + span.count > COLUMNS_PER_SHEET:
        raise ApiError(f"Cannot have more than {COLUMNS_PER_SHEET} columns in a sheet.")


def insert_lines(edit: Edit, span: Span, neighbour: int | None) -> None:
    """Rows or columns put in where the span starts, dressed like the neighbour."""
    grid = span.sheet.grid
    edit.workbook.shift_everything(span.shift("insert"))
    if span.is_rows:
        source = grid.rows[neighbour] if neighbour is not None and neighbour < len(grid.rows) else None
        grid.insert_rows(span.start, _dressed(source, span.count, made_in=grid.journal.serial))
        return
    slot = None if neighbour is None else grid.columns[neighbour].slot
    pixels = COLUMN_PIXELS if neighbour is None else grid.columns[neighbour].pixels
    fresh = grid.insert_columns(span.start, span.count)
    for column in fresh:
        column.pixels = pixels
    if slot is not None:
        _dress_columns(grid, slot, span)


def _bare(cell: Cell | None) -> Cell | None:
    return None if cell is None else kept(Cell(format=cell.format, rule=cell.rule))


def _dressed(source: Row | None, count: int, *, made_in: int) -> list[Row | None]:
    """So many rows dressed alike, which share their cells until something is written."""
    cells = [] if source is None else [_bare(cell) for cell in source.cells]
    if source is None or (source.pixels == ROW_PIXELS and not any(cells)):
        return [None] * count
    rows = [Row(cells.copy(), made_in=made_in) for _ in range(count)]
    for row in rows:
        row.pixels = source.pixels
    return [*rows]


def _dress_columns(grid: Grid, slot: int, span: Span) -> None:
    for index, row in list(grid.stored_rows(grid.box())):
        source = _bare(row.cells[slot]) if slot < len(row.cells) else None
        if source is not None:
            for column in range(span.start, span.end):
                grid.put(index, column, source)


def delete_dimension(edit: Edit, request: Json) -> None:
    """Rows or columns taken out with everything on them."""
    span = Span(edit, request.get("range", {}))
    edit.guard(span.sheet, span.box)
    frozen = span.sheet.grid_properties.get("frozenRowCount" if span.is_rows else "frozenColumnCount", 0)
    if span.start <= frozen and span.end >= span.size:
        raise ApiError(f"Sorry, it is not possible to delete all non-frozen {span.noun}s.")
    delete_lines(edit, span)


def delete_lines(edit: Edit, span: Span) -> None:
    """Rows or columns of the span taken out; references to them become #REF!."""
    edit.workbook.shift_everything(span.shift("delete"))
    if span.is_rows:
        gone = span.sheet.grid.delete_rows(span.start, span.end)
        edit.workbook.drop_lines([row for row in gone if row is not None])
    else:
        edit.workbook.drop_lines(span.sheet.grid.delete_columns(span.start, span.end))


def move_dimension(edit: Edit, request: Json) -> None:
    """Rows or columns moved; the destination counts before the move."""
    span = Span(edit, request.get("source", {}))
    destination = request.get("destinationIndex", 0)
    if span.start <= destination <= span.end:
        if destination in {span.start, span.end}:
            return
        raise ApiError("Cannot move a range into itself.")
    if destination > span.size:
        raise ApiError(f"destinationIndex[{destination}] is beyond the last {span.noun}[{span.size - 1}].")
    edit.guard(span.sheet, span.box)
    edit.workbook.shift_everything(span.shift("move", destination))
    target = destination if destination <= span.start else destination - span.count
    if span.is_rows:
        span.sheet.grid.move_rows(span.start, span.end, target)
    else:
        span.sheet.grid.move_columns(span.start, span.end, target)


def update_dimension_properties(edit: Edit, request: Json) -> None:
    """Size and visibility of rows or columns; `hiddenByFilter` is read-only and ignored."""
    span = Span(edit, request.get("range", {}), may_end_outside=True)
    span.end = min(span.end, span.size)
    properties = request.get("properties", {})
    paths = update_paths("DimensionProperties", request.get("fields", ""), "requests.fields")
    names = {path[0] if path else "*" for path in paths}
    for line in span.lines():
        if names & {"*", "pixelSize"}:
            size = properties.get("pixelSize", ROW_PIXELS if span.is_rows else COLUMN_PIXELS)
            span.sheet.journal.assign(line, "pixels", size)
        if names & {"*", "hiddenByUser"}:
            span.sheet.journal.assign(line, "hidden_by_user", bool(properties.get("hiddenByUser")))


def auto_resize_dimensions(edit: Edit, request: Json) -> None:
    """Columns made as wide as their longest text; rows back to the standard height."""
    span = Span(edit, request.get("dimensions", {}), may_end_outside=True)
    span.end = min(span.end, span.size)
    reader = CellReader(span.sheet, edit.evaluator())
    for offset, line in enumerate(span.lines()):
        pixels = ROW_PIXELS if span.is_rows else _fitting_width(reader, span.sheet, span.start + offset)
        span.sheet.journal.assign(line, "pixels", pixels)


def _fitting_width(reader: CellReader, sheet: Sheet, column: int) -> int:
    box = sheet.grid.box()
    shown = (reader.shown(sheet.grid.cell(row, column), row, column) for row, _ in sheet.grid.stored_rows(box))
    longest = max((len(line) for text in shown for line in text.split("\n")), default=0)
    return round(longest * PIXELS_PER_CHARACTER) + 21 if longest else COLUMN_PIXELS


def add_dimension_group(edit: Edit, request: Json) -> Json:
    """A group over rows or columns; a group over the same span nests one level deeper."""
    span = Span(edit, request.get("range", {}))
    name = "row_groups" if span.is_rows else "column_groups"
    held = getattr(span.sheet, name)
    depth = 1 + sum(1 for g in held if g["range"]["startIndex"] <= span.start and span.end <= g["range"]["endIndex"])
    where = {
        "sheetId": span.sheet.sheet_id,
        "dimension": span.dimension,
        "startIndex": span.start,
        "endIndex": span.end,
    }
    span.sheet.change(name, (*held, {"range": where, "depth": depth}))
    return {"dimensionGroups": list(getattr(span.sheet, name))}


def update_dimension_group(edit: Edit, request: Json) -> None:
    """The group over this span at this depth collapsed or opened, which hides or shows its rows or columns."""
    given = request.get("dimensionGroup", {})
    span = Span(edit, given.get("range", {}))
    update_paths("DimensionGroup", request.get("fields", ""), "requests.fields")
    name = "row_groups" if span.is_rows else "column_groups"
    held = getattr(span.sheet, name)
    wanted = (span.start, span.end, given.get("depth", 0))
    if wanted not in {_group_key(group) for group in held}:
        raise ApiError(f"There is no group over these {span.noun}s.")
    is_collapsed = bool(given.get("collapsed"))
    changed = (group | {"collapsed": is_collapsed} if _group_key(group) == wanted else group for group in held)
    span.sheet.change(name, tuple(changed))
    for line in span.lines():
        span.sheet.journal.assign(line, "hidden_by_user", is_collapsed)


def _group_key(group: Json) -> tuple[int, int, int]:
    return group["range"]["startIndex"], group["range"]["endIndex"], group["depth"]


def delete_dimension_group(edit: Edit, request: Json) -> Json:
    """The deepest group over exactly this span removed."""
    span = Span(edit, request.get("range", {}))
    name = "row_groups" if span.is_rows else "column_groups"
    held = getattr(span.sheet, name)
    fits = [g for g in held if (g["range"]["startIndex"], g["range"]["endIndex"]) == (span.start, span.end)]
    if not fits:
        raise ApiError(f"There is no group over these {span.noun}s.")
    gone = max(fits, key=lambda group: int(group["depth"]))
    span.sheet.change(name, tuple(group for group in held if group is not gone))
    return {"dimensionGroups": list(getattr(span.sheet, name))}
