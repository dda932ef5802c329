"""The cells of one tab: rows that know their cells, columns that know their slot.

A column keeps its slot in every row for life, so inserting or moving columns touches no cell. Blank rows at the end
are not stored at all. Indexes count from 0. Every change goes through the workbook's journal.
"""

from collections.abc import Iterator

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.limits import COLUMN_PIXELS, ROW_PIXELS
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.journal import Journal

FEW = 3
"""Up to this many rows are looked up one by one rather than by one walk over the grid."""


class Row:
    """One stored row. `cells` is indexed by column slot and may be shorter than the grid is wide."""

    __slots__ = ("cells", "hidden_by_filter", "hidden_by_user", "made_in", "metadata_ids", "pixels")

    def __init__(self, cells: list[Cell | None] | None = None, *, made_in: int = -1) -> None:
        self.cells: list[Cell | None] = [] if cells is None else cells
        self.made_in = made_in
        """Number of the change that put the row in, as the journal counts; -1 for rows that came otherwise."""
        self.pixels = ROW_PIXELS
        self.hidden_by_user = False
        self.hidden_by_filter = False
        self.metadata_ids: tuple[int, ...] = ()

    def twin(self) -> "Row":
        """A copy with the same cells and properties, metadata ids included."""
        row = Row(list(self.cells))
        row.pixels, row.hidden_by_user = self.pixels, self.hidden_by_user
        row.hidden_by_filter, row.metadata_ids = self.hidden_by_filter, self.metadata_ids
        return row


class Column:
    """One column; `slot` is its place in every row's cell list and never changes."""

    __slots__ = ("hidden_by_filter", "hidden_by_user", "metadata_ids", "pixels", "slot")

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.pixels = COLUMN_PIXELS
        self.hidden_by_user = False
        self.hidden_by_filter = False
        self.metadata_ids: tuple[int, ...] = ()

    def twin(self) -> "Column":
        column = Column(self.slot)
        column.pixels, column.hidden_by_user = self.pixels, self.hidden_by_user
        column.metadata_ids = self.metadata_ids
        return column


class Grid:
    """A bounded grid of `row_count` rows; `rows` may be shorter, what is missing is blank."""

    def __init__(self, journal: Journal, row_count: int, column_count: int) -> None:
        self.journal = journal
        self.row_count = row_count
        self.rows: list[Row | None] = []
        self.columns = [Column(slot) for slot in range(column_count)]
        self.next_slot = column_count
        # Rows that hold formulas which look at other rows, or which spill. May name rows that no longer do.
        self.crossing_rows: set[Row] = set()
        self.spilling_rows: set[Row] = set()

    @property
    def column_count(self) -> int:
        return len(self.columns)

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell at these indexes; None when it is blank."""
        stored = self.rows[row] if row < len(self.rows) else None
        if stored is None:
            return None
        slot = self.columns[column].slot
        return stored.cells[slot] if slot < len(stored.cells) else None

    def put(self, row: int, column: int, cell: Cell | None) -> None:
        """Replace one cell."""
        slot = self.columns[column].slot
        stored = self.rows[row] if row < len(self.rows) else None
        if cell is None and (stored is None or slot >= len(stored.cells)):
            return
        stored = stored or self.row_at(row)
        if slot >= len(stored.cells):
            # Blank padding needs no undo: it changes nothing that anyone can see.
            stored.cells.extend([None] * (slot + 1 - len(stored.cells)))
        if cell is not None:
            self.mark(stored, cell)
        if stored.made_in == self.journal.serial:
            stored.cells[slot] = cell
        else:
            self.journal.put(stored.cells, slot, cell)

    def slots(self, start: int, end: int) -> list[int]:
        """Slots of neighbouring columns, for `row_copy` and `put_row`."""
        return [column.slot for column in self.columns[start:end]]

    def row_copy(self, index: int, room: int) -> list[Cell | None]:
        """The cells of one row by slot, `room` or more of them, to be changed and put back."""
        stored = self.rows[index] if index < len(self.rows) else None
        cells: list[Cell | None] = [] if stored is None else stored.cells
        return cells + [None] * (room - len(cells))

    def put_row(self, index: int, cells: list[Cell | None]) -> None:
        """Replace all cells of one row, given by slot; the list is the grid's from now on."""
        stored = self.row_at(index)
        for cell in cells:
            if cell is not None:
                self.mark(stored, cell)
        if stored.made_in == self.journal.serial:
            stored.cells = cells
        else:
            self.journal.assign(stored, "cells", cells)

    def mark(self, row: Row, cell: Cell) -> None:
        """Remember rows whose formulas, or whose rules' formulas, must be revisited."""
        if isinstance(cell.value, Formula):
            if cell.value.crosses_rows:
                self.crossing_rows.add(row)
            if cell.value.spills:
                self.spilling_rows.add(row)
        if cell.rule is not None and cell.rule.crosses_rows:
            self.crossing_rows.add(row)

    def mark_all(self, row: Row) -> None:
        """The same for every cell of a row that came ready-made."""
        for cell in row.cells:
            if cell is not None:
                self.mark(row, cell)

    def row_at(self, index: int) -> Row:
        """The stored row at an index, made when it was blank."""
        missing = index + 1 - len(self.rows)
        if missing > 0:
            self.rows.extend([None] * missing)
        stored = self.rows[index]
        if stored is None:
            stored = Row(made_in=self.journal.serial)
            self.journal.put(self.rows, index, stored)
        return stored

    def row_cells(self, index: int, box: Box) -> list[Cell | None]:
        """Cells of one row within the box, in column order, all of them."""
        stored = self.rows[index] if index < len(self.rows) else None
        if stored is None:
            return [None] * (box.end_column - box.column)
        cells = stored.cells
        size = len(cells)
        return [cells[c.slot] if c.slot < size else None for c in self.columns[box.column : box.end_column]]

    def stored_rows(self, box: Box) -> Iterator[tuple[int, Row]]:
        """Stored rows within the box with their indexes."""
        for index in range(box.row, min(box.end_row, len(self.rows))):
            stored = self.rows[index]
            if stored is not None:
                yield index, stored

    def last_valued_row(self) -> int:
        """Index of the last row with data in any cell, -1 when there is none."""
        for index in range(len(self.rows) - 1, -1, -1):
            stored = self.rows[index]
            if stored is not None and any(cell is not None and cell.is_content for cell in stored.cells):
                return index
        return -1

    def is_valued(self, row: int, column: int) -> bool:
        cell = self.cell(row, column)
        return cell is not None and cell.value is not None

    def box(self) -> Box:
        return Box(0, self.row_count, 0, self.column_count)

    def insert_rows(self, at: int, new: list[Row | None]) -> None:
        """Put rows in before index `at`, growing the grid."""
        self.journal.assign(self, "row_count", self.row_count + len(new))
        if at < len(self.rows):
            self.journal.splice(self.rows, at, at, new)
        elif any(row is not None for row in new):
            self.rows.extend([None] * (at - len(self.rows)))
            self.journal.splice(self.rows, at, at, new)
        for row in new:
            if row is not None:
                self.mark_all(row)

    def delete_rows(self, start: int, end: int) -> list[Row | None]:
        """Take rows out and return those that were stored."""
        gone = self.rows[start:end]
        self.journal.assign(self, "row_count", self.row_count - (end - start))
        if gone:
            self.journal.splice(self.rows, start, end, [])
        return gone

    def move_rows(self, start: int, end: int, target: int) -> None:
        """Move rows so that the first of them has index `target` afterwards."""
        self.rows.extend([None] * (max(end, target + end - start) - len(self.rows)))
        block = self.rows[start:end]
        self.journal.splice(self.rows, start, end, [])
        self.journal.splice(self.rows, target, target, block)

    def insert_columns(self, at: int, count: int) -> list[Column]:
        """Put fresh columns in before index `at` and return them."""
        new = [Column(self.next_slot + offset) for offset in range(count)]
        self.journal.assign(self, "next_slot", self.next_slot + count)
        self.journal.splice(self.columns, at, at, new)
        return new

    def delete_columns(self, start: int, end: int) -> list[Column]:
        """Take columns out with their cells and return them."""
        gone = self.columns[start:end]
        slots = [column.slot for column in gone]
        for _, row in self.stored_rows(self.box()):
            for slot in slots:
                if slot < len(row.cells) and row.cells[slot] is not None:
                    self.journal.put(row.cells, slot, None)
        self.journal.splice(self.columns, start, end, [])
        return gone

    def move_columns(self, start: int, end: int, target: int) -> None:
        """Move columns so that the first of them has index `target` afterwards."""
        block = self.columns[start:end]
        self.journal.splice(self.columns, start, end, [])
        self.journal.splice(self.columns, target, target, block)

    def positions(self, wanted: set[Row]) -> dict[Row, int]:
        """Index of each wanted row that is still on the grid."""
        if len(wanted) <= FEW:
            return {row: self.rows.index(row) for row in wanted if row in self.rows}
        return {row: index for index, row in enumerate(self.rows) if row is not None and row in wanted}

    def column_positions(self) -> dict[int, int]:
        """Index of each column by its slot."""
        return {column.slot: index for index, column in enumerate(self.columns)}

    def twin(self, journal: Journal) -> "Grid":
        """A deep copy that writes to another journal; immutable cells are shared."""
        copy = Grid(journal, self.row_count, 0)
        copy.columns = [column.twin() for column in self.columns]
        copy.next_slot = self.next_slot
        copy.rows = [None if row is None else row.twin() for row in self.rows]
        copy.rescan()
        return copy

    def forget_metadata(self) -> None:
        """Drop all marks from a copy: entries belong to the original's rows and columns."""
        for column in self.columns:
            column.metadata_ids = ()
        for _, row in self.stored_rows(self.box()):
            row.metadata_ids = ()

    def rescan(self) -> None:
        """Find again which rows hold crossing or spilling formulas, after a load or copy."""
        self.crossing_rows, self.spilling_rows = set(), set()
        for _, row in self.stored_rows(self.box()):
            self.mark_all(row)
