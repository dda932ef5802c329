"""One spreadsheet: tabs, names, metadata, one lock, one version counter, all-or-nothing changes.

Callers hold the lock through `reading` or `changing`; a change that raises leaves nothing behind.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from service.sandbox.sheets.areas import Area, Carry, Removal, Shift
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.formulas.notation import Notation
from service.sandbox.sheets.formulas.references import Mover, Place
from service.sandbox.sheets.limits import CELLS_PER_SPREADSHEET, COLUMNS_PER_SHEET
from service.sandbox.sheets.state.carrying import carried_chart, carry_ranges
from service.sandbox.sheets.state.following import Follower, ShiftFollower
from service.sandbox.sheets.state.grid import Column, Row
from service.sandbox.sheets.state.journal import Journal
from service.sandbox.sheets.state.metadata import Metadata
from service.sandbox.sheets.state.sheet import Sheet

if TYPE_CHECKING:
    from datetime import datetime

Json = dict[str, Any]

DEFAULTS: Json = {"locale": "en_US", "autoRecalc": "ON_CHANGE", "timeZone": "Etc/GMT"}


class Workbook:
    """The content of one spreadsheet file."""

    def __init__(self, spreadsheet_id: str, title: str) -> None:
        self.spreadsheet_id = spreadsheet_id
        self.journal = Journal()
        self.properties: Json = {"title": title, **DEFAULTS}
        self.sheets: list[Sheet] = []
        self.named_ranges: tuple[Json, ...] = ()
        self.metadata: dict[int, Metadata] = {}
        self.last_id = 0
        """Counter from which ids that the caller did not choose are made."""
        self.version = 1
        self.changed_at: datetime | None = None
        """Market time of the last change; None when nothing was changed since the start, and formulas are new."""
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock; nothing may change inside."""
        with self.lock:
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock; all changes inside become one version, or none of them stays."""
        with self.lock:
            before = self.changed_at
            self.journal.begin()
            try:
                yield
            except BaseException:
                self.journal.rollback()
                self.changed_at = before
                raise
            if self.journal.is_empty:
                self.changed_at = before
            else:
                self.version += 1
                self.journal.begin()
                self.changed.notify_all()

    def wait_beyond(self, version: int, timeout_s: float) -> None:
        """Return once the version is above the one given, or after the time-out."""
        with self.changed:
            self.changed.wait_for(lambda: self.version > version, timeout_s)

    def change(self, name: str, value: object) -> None:
        """Change one attribute so that it can be taken back."""
        self.journal.assign(self, name, value)

    def sheet(self, sheet_id: int) -> Sheet:
        """The tab with this id, else Google's 400."""
        for sheet in self.sheets:
            if sheet.sheet_id == sheet_id:
                return sheet
        raise ApiError(f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Sheet | None:
        """The tab with this title, whatever its case."""
        wanted = title.lower()
        return next((sheet for sheet in self.sheets if sheet.title.lower() == wanted), None)

    def title_of(self, sheet_id: int) -> str | None:
        return next((sheet.title for sheet in self.sheets if sheet.sheet_id == sheet_id), None)

    def notation(self) -> Notation:
        """How formulas are written here, at this moment."""
        sheet_ids = {sheet.title.lower(): sheet.sheet_id for sheet in self.sheets}
        return Notation(sheet_ids, self.title_of, words_of(self.properties["locale"]).decimal == ",")

    def next_id(self) -> int:
        """A fresh id for something the caller did not number; scattered like Google's, never repeated."""
        taken = self.ids_in_use()
        number = self.last_id
        while True:
            number += 1
            candidate = (number * 1_103_515_245 + 12_345) % 2_000_000_011
            if candidate and candidate not in taken:
                self.change("last_id", number)
                return candidate

    def ids_in_use(self) -> set[int]:
        return {sheet.sheet_id for sheet in self.sheets} | set(self.metadata)

    def check_size(self, extra_cells: int) -> None:
        """Refuse growth beyond the limit of cells in a spreadsheet."""
        cells = sum(sheet.grid.row_count * sheet.grid.column_count for sheet in self.sheets)
        if cells + extra_cells > CELLS_PER_SPREADSHEET:
            raise ApiError(
                "This action would increase the number of cells in the workbook above the limit of "
                f"{CELLS_PER_SPREADSHEET} cells."
            )

    def grow(self, sheet: Sheet, rows: int, columns: int) -> None:
        """Make the tab at least this large, at its ends."""
        grid = sheet.grid
        if columns > COLUMNS_PER_SHEET:
            raise ApiError(f"Cannot have more than {COLUMNS_PER_SHEET} columns in a sheet.")
        new_rows, new_columns = max(rows, grid.row_count), max(columns, grid.column_count)
        self.check_size(new_rows * new_columns - grid.row_count * grid.column_count)
        if new_rows > grid.row_count:
            grid.insert_rows(grid.row_count, [None] * (new_rows - grid.row_count))
        if new_columns > grid.column_count:
            grid.insert_columns(grid.column_count, new_columns - grid.column_count)

    def shift_everything(self, shift: Shift) -> None:
        """Move references, ranges and names as rows or columns move; call it before the grid itself moves."""
        is_rows = shift.dimension == "ROWS"
        for sheet in self.sheets:
            is_own = sheet.sheet_id == shift.sheet_id
            # A formula that looks at its own row only is the same wherever that row goes.
            rows = sheet.grid.crossing_rows if is_rows or not is_own else None
            for held, slot, place in _formula_cells(sheet, rows):
                row = shift.at(place.row) if is_own and is_rows else place.row
                column = shift.at(place.column) if is_own and not is_rows else place.column
                if row is not None and column is not None:
                    self._move_formula(sheet, (held, slot), shift, (place, Place(sheet.sheet_id, row, column)))
        self.sheet(shift.sheet_id).shift_ranges(shift)
        self._move_names(shift)
        follower = ShiftFollower(shift, self.notation())
        for sheet in self.sheets:
            if sheet.charts:
                sheet.change("charts", tuple(follower.drawing(chart) for chart in sheet.charts))
            if sheet.sheet_id == shift.sheet_id:
                _shift_conditions(sheet, follower)

    def follow(self, carry: Carry) -> None:
        """Make formulas and ranges follow a block of cells; call it before the cells themselves are carried."""
        source, target = self.sheet(carry.sheet_id), self.sheet(carry.target_id)
        for sheet in self.sheets:
            # Besides formulas that look elsewhere, those that are carried and those beside them may look at the block.
            rows = sheet.grid.crossing_rows
            if sheet is source:
                rows = rows | {row for _, row in sheet.grid.stored_rows(carry.block)}
            for held, slot, place in _formula_cells(sheet, rows):
                new = place
                if sheet is source and carry.block.covers(place.row, place.column):
                    new = Place(carry.target_id, place.row + carry.down, place.column + carry.right)
                self._move_formula(sheet, (held, slot), carry, (place, new))
        self._move_names(carry)
        carry_ranges(source, target, carry, Follower(carry, self.notation()))
        for sheet in self.sheets:
            if sheet.charts:
                sheet.change("charts", tuple(carried_chart(chart, carry) for chart in sheet.charts))

    def forget_sheet(self, gone: Sheet) -> None:
        """Make formulas lose what they point at in a tab that is deleted, for good: another tab may get its id."""
        for sheet in self.sheets:
            if sheet is not gone:
                for held, slot, place in _formula_cells(sheet, sheet.grid.crossing_rows):
                    self._move_formula(sheet, (held, slot), Removal(gone.sheet_id), (place, place))

    def _move_names(self, mover: Mover) -> None:
        if not self.named_ranges:
            return
        self.change("named_ranges", tuple(_moved_name(named, mover) for named in self.named_ranges))

    def _move_formula(self, sheet: Sheet, spot: tuple[Row, int], mover: Mover, places: tuple[Place, Place]) -> None:
        """The formulas of a cell, given by row and slot, after what they point at moved."""
        row, slot = spot
        cell = row.cells[slot]
        if cell is None:
            return
        value = cell.value.moved(mover, *places) if isinstance(cell.value, Formula) else cell.value
        rule = None if cell.rule is None else cell.rule.moved(mover, *places)
        if value is not cell.value or rule is not cell.rule:
            moved = replace(cell, value=value, rule=rule)
            self.journal.put(row.cells, slot, moved)
            sheet.grid.mark(row, moved)  # it may look at other rows now

    def add_metadata(self, entry: Metadata) -> None:
        """Store an entry under its id and mark its row or column."""
        self.journal.set_item(self.metadata, entry.metadata_id, entry)
        if entry.line is not None:
            self.journal.assign(entry.line, "metadata_ids", (*entry.line.metadata_ids, entry.metadata_id))

    def drop_metadata(self, entry: Metadata) -> None:
        """Forget an entry."""
        self.journal.drop_item(self.metadata, entry.metadata_id)
        if entry.line is not None:
            rest = tuple(number for number in entry.line.metadata_ids if number != entry.metadata_id)
            self.journal.assign(entry.line, "metadata_ids", rest)

    def drop_lines(self, lines: list[Row] | list[Column]) -> None:
        """Forget the metadata of rows or columns that are being deleted."""
        for line in lines:
            for number in line.metadata_ids:
                self.journal.drop_item(self.metadata, number)

    def twin(self, spreadsheet_id: str, title: str) -> "Workbook":
        """A copy as Drive makes it: same sheet ids, same metadata with the same ids, a title of its own."""
        copy = Workbook(spreadsheet_id, title)
        copy.properties = {**self.properties, "title": title}
        copy.named_ranges, copy.last_id = self.named_ranges, self.last_id
        for sheet in self.sheets:
            copied = sheet.twin(copy.journal, sheet.sheet_id, sheet.title)
            copy.sheets.append(copied)
            copy.metadata |= _twin_metadata(self, copied)
        copy.metadata |= {number: entry for number, entry in self.metadata.items() if entry.line is None}
        return copy


def _formula_cells(sheet: Sheet, wanted: set[Row] | None) -> list[tuple[Row, int, Place]]:
    """Row, slot and place of each cell that points at others, in the wanted rows or in all rows."""
    grid = sheet.grid
    columns = grid.column_positions()
    if wanted is None:
        rows = [(row, index) for index, row in grid.stored_rows(grid.box())]
    else:
        rows = list(grid.positions(wanted).items())
    return [
        (row, slot, Place(sheet.sheet_id, index, columns[slot]))
        for row, index in rows
        for slot, cell in enumerate(row.cells)
        if cell is not None and (isinstance(cell.value, Formula) or (cell.rule is not None and cell.rule.refers))
    ]


def _shift_conditions(sheet: Sheet, follower: ShiftFollower) -> None:
    """Conditional formats and filters of the tab whose rows or columns move."""
    if sheet.conditional_formats:
        rules = [follower.rule(rule) for rule in sheet.conditional_formats]
        sheet.change("conditional_formats", tuple(rule for rule in rules if rule is not None))
    if sheet.filter_views:
        views = [follower.filter(view) for view in sheet.filter_views]
        sheet.change("filter_views", tuple(view for view in views if view is not None))
    if sheet.basic_filter is not None:
        sheet.change("basic_filter", follower.filter(sheet.basic_filter))


def _moved_name(named: Json, mover: Mover) -> Json:
    """The named range after a move; one whose cells are all gone keeps its name and points nowhere."""
    if "range" not in named:
        return named
    area = mover.area(Area.from_json(named["range"]))
    rest = {name: value for name, value in named.items() if name != "range"}
    return rest if area is None else rest | {"range": area.to_json()}


def _twin_metadata(source: Workbook, copied: Sheet) -> dict[int, Metadata]:
    lines: list[Row | Column] = [*copied.grid.columns, *(row for row in copied.grid.rows if row is not None)]
    return {
        number: source.metadata[number]._replace(line=line, sheet_id=copied.sheet_id)
        for line in lines
        for number in line.metadata_ids
    }
