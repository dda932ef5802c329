"""What a write hit that it was not meant for, told by its own answer, and what has to be written to undo that. Pure.

Between our read and our write a person may sort, or put rows and columns in, out or elsewhere: our cells then land in
other rows and columns. The view before the write knows what stood there. Indexes count from 0.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from service.core.cells import BLANK, Cell, Form
from service.google import grid
from service.google.batch import RowInsert, TabEdit, literal_cells
from service.google.references import moved_formula
from service.google.repairs import Repair
from service.google.shifts import Shift, is_alike, is_undisturbed, shift_between
from service.google.tabs import TabView

MOST_ROWS_COMPARED = 200  # enough to know a column by


@dataclass(frozen=True, slots=True)
class Put:
    """Cells that were sent to a grid row, by grid column. `insert`: the row is new, made by the same write. `emptied`:
    columns that were made blank and are, of which nothing can be seen any more. `sent_to`: of columns that moved since,
    where they stood then.
    """

    row_key: str
    row: int
    cells: Mapping[int, Cell]
    insert: RowInsert | None = None
    emptied: tuple[int, ...] = ()
    sent_to: Mapping[int, int] = field(default_factory=dict)

    def address(self, column: int) -> str:
        """The cell as it was called when it was written."""
        return grid.a1_cell(self.row, self.sent_to.get(column, column))


@dataclass(frozen=True, slots=True)
class Damage:
    """`hit`: keys of rows of ours that may show what was meant for another. `foreign`: A1 addresses of people's cells
    that were written over.
    """

    repairs: tuple[Repair, ...] = ()
    hit: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


NO_DAMAGE = Damage()
NOBODY: Mapping[int, str] = MappingProxyType({})


def puts_of(edit: TabEdit) -> list[Put]:
    """Every row that the edit writes, where it is after the write."""
    columns = edit.view.columns
    found = [
        Put(update.row_key, update.row, {columns[key]: cell for key, cell in update.cells.items() if key in columns})
        for update in edit.updates
    ]
    for offset, insert in enumerate(edit.inserts):
        cells = {at: insert.cells.get(key, BLANK) for key, at in columns.items()}
        found.append(Put(insert.row_key, edit.insert_at + offset, cells, insert))
    return found


def hits_of(puts: Iterable[Put]) -> dict[int, set[int]]:
    """Grid row → grid columns of these cells."""
    found: dict[int, set[int]] = {}
    for put in puts:
        found.setdefault(put.row, set()).update(put.cells, put.emptied)
    return found


def keys_of(edit: TabEdit, after: TabView) -> set[str]:
    """What stands in the key column where the edit wrote, before and afterwards: row keys, or people's own texts."""
    before = {edit.view.key_at(row, edit.tab) for row in edit.view.rows}
    return (before | {after.key_at(row, edit.tab) for row in after.rows}) - {""}


def assess(
    edit: TabEdit,
    after: TabView,
    *,
    missed: Collection[str],
    known: Collection[str],
    puts: Sequence[Put] | None = None,
    standing: Mapping[int, str] = NOBODY,
    typed: Collection[tuple[int, str]] = (),
) -> Damage:
    """The damage that the answer shows at the rows `missed`. `known`: which of the `keys_of` both views are ours.

    `puts`: the cells that landed, when that is not all that the edit writes. `standing`: grid row → key of ours, of
    rows that are known otherwise than by their key cell, which may be hurt. `typed`: cells of ours that showed a
    person's text before, by grid row and column key.
    """
    sent, ours = tuple(puts_of(edit) if puts is None else puts), frozenset({*known, *standing.values()})
    scene = _Scene(edit, after, ours, sent, standing, typed=frozenset(typed), is_late=puts is not None)
    wrong = [put for put in scene.puts if put.row_key in missed]
    found = [scene.new_row(put) if put.insert else scene.old_row(put) for put in wrong]
    return Damage(
        repairs=tuple(one for part in found for one in part.repairs),
        hit=tuple(one for part in found for one in part.hit),
        foreign=tuple(one for part in found for one in part.foreign),
    )


@dataclass(frozen=True)
class _Scene:
    """One edit, what the tab showed before it and what it shows afterwards."""

    edit: TabEdit
    after: TabView
    known: frozenset[str]
    puts: tuple[Put, ...]
    standing: Mapping[int, str] = field(default_factory=dict)
    typed: frozenset[tuple[int, str]] = frozenset()
    is_late: bool = False  # what was not written over may have changed since, by other writes of ours

    @cached_property
    def hits(self) -> dict[int, set[int]]:
        return hits_of(self.puts)

    @cached_property
    def owners(self) -> dict[int, str]:
        """Grid column → the key of our column that stands there now."""
        return {at: key for key, at in self.after.columns.items()}

    @cached_property
    def shift(self) -> Shift:
        header = self.edit.tab.header_row
        rows = [row for row in self._shared_rows() if row != header and self._is_unmoved(row)]
        return shift_between(self.edit.view, self.after, rows=[header, *rows[:MOST_ROWS_COMPARED]], hits=self.hits)

    def _shared_rows(self) -> Iterable[int]:
        """Rows above the new ones that both views show."""
        end = self.edit.insert_at if self.edit.inserts else self.after.row_count
        return (row for row in self.after.rows if row < end and row in self.edit.view.rows)

    def _is_unmoved(self, row: int) -> bool:
        """Whether the same row stands there: by its key, or by our other columns when that was written over."""
        before, after, tab, told = self.edit.view, self.after, self.edit.tab, 0
        key_at = after.columns.get(tab.key_column)
        if key_at is not None and key_at not in self.hits.get(row, ()) and after.key_at(row, tab):
            return after.key_at(row, tab) == before.key_at(row, tab)
        for key, old in before.columns.items():
            new = after.columns.get(key)
            if new is None or new in self.hits.get(row, ()):
                continue
            was, is_ = before.cell(row, old), after.cell(row, new)
            if not is_alike(was, is_):
                return False
            told += was != BLANK
        return told > 0

    # --- rows that were there ----------------------------------------------------------------------------------------

    def old_row(self, put: Put) -> Damage:
        """What an update did where it landed."""
        row = put.row
        key_at = self.after.columns.get(self.edit.tab.key_column)
        shown = self.standing.get(row) or ("" if key_at in put.cells else self.after.key_at(row, self.edit.tab))
        origin = self._origin(put, shown)
        was = "" if origin is None else self.edit.view.key_at(origin, self.edit.tab)
        is_ours = shown in self.known or was in self.known
        cells: dict[int, Cell] = {}
        foreign = [] if is_ours else [put.address(column) for column in put.emptied]
        foreign += self._written_over(put, shown, origin)
        for column in put.cells:
            if column == key_at:
                cells[column] = self._former(origin, column, row)
                if not is_ours:  # or whose row it is cannot be told: at least no order's value stays there
                    foreign.append(put.address(column))
            elif not (is_ours and column in self.owners):
                source = origin if column in self.owners else self._source(put, origin, column)
                cells[column] = self._former(source, column, row)
                foreign.append(put.address(column))
        for column in put.emptied:  # a key, or a cell of hers, as far as it is known what stood there
            is_told = is_ours and column in self.owners and column != key_at
            former = BLANK if is_told else self._former(origin, column, row)
            if former != BLANK:
                cells[column] = former
                foreign += [address] if (address := put.address(column)) not in foreign else []
        cells = {at: cell for at, cell in cells.items() if self.after.cell(row, at) != cell}
        repairs = (Repair(row, cells, heals=is_ours),) if cells else ()
        hit = tuple({shown, was} & self.known)
        return Damage(repairs, hit, tuple(foreign))

    def _written_over(self, put: Put, shown: str, origin: int | None) -> list[str]:
        """Cells of ours in a row of ours that were not meant for it and in which a person's text stood, or may have:
        of a row that the view before does not show is only known what was written there last.
        """
        if self.is_late or shown not in self.known:
            return []
        found = []
        for column in put.cells.keys() & self.owners.keys():
            key = self.owners[column]
            is_meant = shown == put.row_key and self.edit.view.columns.get(key) == column
            may_hold = shown != put.row_key if origin is None else (origin, key) in self.typed
            if key != self.edit.tab.key_column and not is_meant and may_hold:
                found.append(put.address(column))
        return sorted(found)

    def _origin(self, put: Put, shown: str) -> int | None:
        """The row of the view before that stands here now; None when it cannot be told."""
        before, tab = self.edit.view, self.edit.tab
        if shown in self.known:
            places = [row for row in before.rows if before.key_at(row, tab) == shown]
            if len(places) > 1:  # copies of one row: only the one in its place is told from the others
                return put.row if put.row in places else None
            return places[0] if places else None
        if self._is_same_row(put, put.row) or self._is_all_hit(put):
            return put.row
        found = [row for row in before.rows if self._is_same_row(put, row)]
        return found[0] if len(found) == 1 else None

    def _is_same_row(self, put: Put, old_row: int) -> bool:
        """Whether the row shows what the old one showed, in every cell that was not written over and shows anything."""
        told = 0
        for old, new in self.shift.columns.items():
            if new in put.cells or new in put.emptied:
                continue
            was, is_ = self.edit.view.cell(old_row, old), self.after.cell(put.row, new)
            is_key = self.edit.view.columns.get(self.edit.tab.key_column) == old
            if is_key and old_row == put.row:
                continue  # a person may have cleared it or typed over it
            if not is_alike(was, is_):
                return False
            told += was != BLANK
        return told > 0

    def _is_all_hit(self, put: Put) -> bool:
        """Whether all that told whose row it is was written over, its key too, and no row has come or gone."""
        tab, before, after = self.edit.tab, self.edit.view, self.after
        hit = {*put.cells, *put.emptied}
        kept = [(old, new) for old, new in self.shift.columns.items() if new not in hit]
        return (
            after.columns.get(tab.key_column) in hit
            and all(is_alike(before.cell(put.row, old), after.cell(put.row, new)) for old, new in kept)
            and is_undisturbed(before, after, put.row, header_row=tab.header_row, hits=self.hits)
        )

    def _source(self, put: Put, origin: int | None, column: int) -> int | None:
        """The row of the view before whose cell stood in this column of a person's: the row's own, unless a sort of
        some columns tore it apart. The nearest cells on both sides tell; None when they fit no row, or several.
        """
        if origin is None or self.is_late:
            return origin
        for row in (origin, put.row):
            if self._fits(put, row, column):
                return row
        others = [row for row in self.edit.view.rows if row != self.edit.tab.header_row]
        found = [row for row in others if self._fits(put, row, column)]
        return found[0] if len(found) == 1 else None

    def _fits(self, put: Put, row: int, column: int) -> bool:
        sides = (range(column - 1, -1, -1), range(column + 1, self.after.column_count))
        return all(self._nearest_agrees(put, row, side) for side in sides)

    def _nearest_agrees(self, put: Put, row: int, columns: Iterable[int]) -> bool:
        """Whether the first of these columns that tells anything shows now what it showed in the old row."""
        for new in columns:
            old = self.shift.origin(new)
            if old is None or new in put.cells:
                continue
            was, is_ = self.edit.view.cell(row, old), self.after.cell(put.row, new)
            if Form.FORMULA not in {was.form, is_.form} and {was, is_} != {BLANK}:
                return was == is_
        return True

    def _former(self, origin: int | None, column: int, row: int) -> Cell:
        """What a person's cell showed before, as it would read now; blank when that cannot be told."""
        old = self.shift.origin(column)
        if origin is None or old is None:
            return BLANK
        cell = self.edit.view.cell(origin, old)
        if cell.form is not Form.FORMULA:
            return cell
        text = moved_formula(
            cell.value,
            title=self.after.title,
            columns=self.shift.span,
            rows=lambda first, last: (self._row_now(first, origin, row), self._row_now(last, origin, row)),
        )
        return Cell(Form.FORMULA, text)

    def _row_now(self, old: int, origin: int, row: int) -> int:
        """Where an old grid row is now, as far as this write and this row tell."""
        if old == origin:
            return row
        return old + len(self.edit.inserts) if self.edit.inserts and old >= self.edit.insert_at else old

    # --- rows of this write ------------------------------------------------------------------------------------------

    def new_row(self, put: Put) -> Damage:
        """What has to be written so that a new row is right in place. It was blank: nobody else's cells are in it."""
        wanted: dict[int, Cell] = dict.fromkeys({*put.cells, *self.owners}, BLANK)
        has_key = self.edit.tab.key_column in self.after.columns
        formats: dict[int, grid.Json] = {}
        if has_key and put.insert is not None:
            sent, there = put.insert.cells, self.after.columns
            cells = {key: grid.pin(cell, sent, there) for key, cell in sent.items() if key in there}
            wanted |= literal_cells(cells, self.after, put.row)
            formats = {
                self.after.columns[key]: it for key, it in put.insert.formats.items() if key in self.after.columns
            }
        differing = {at: cell for at, cell in wanted.items() if self.after.cell(put.row, at) != cell}
        if not differing:
            return Damage()
        return Damage((Repair(put.row, differing, put.row_key if has_key else "", has_key, formats),))
