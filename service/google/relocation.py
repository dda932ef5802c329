"""Where the rows and columns of a tab are that an earlier view showed, and what its cells read there. Pure.

Needed by whoever writes a second time into cells that people move about meanwhile. Rows are told by what they show, not
by their key, which may be what is wrong with them. Indexes count from 0.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from service.core.cells import BLANK, Cell, Form
from service.google.references import moved_formula
from service.google.shifts import Shift, is_alike, shift_between
from service.google.tabs import OwnedTab, TabView

Place = tuple[int, int]  # grid row and grid column


@dataclass(frozen=True)
class Relocation:
    """From one view of a tab to a later one. `hits`: grid row → grid columns that we wrote over in between, in the
    later view: what stands there tells nothing.
    """

    tab: OwnedTab
    before: TabView
    now: TabView
    hits: Mapping[int, Collection[int]] = field(default_factory=dict)
    _followed: dict[int, int | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def shift(self) -> Shift:
        """Where the columns went."""
        keys = {at: self.now.key_at(at, self.tab) for at in self.now.rows.keys() & self.before.rows.keys()}
        same = sorted(at for at, key in keys.items() if key and self.before.key_at(at, self.tab) == key)
        rows = [self.tab.header_row, *(at for at in same if at != self.tab.header_row)]
        return shift_between(self.before, self.now, rows=rows, hits=self.hits)

    def place_of(self, row: int, column: int) -> Place | None:
        """Where the old cell is now; None when it is gone or its row is not known again."""
        if row not in self._followed:
            pair = self._only(row, [(row, at) for at in self.now.rows])
            self._followed[row] = None if pair is None else pair[1]
        at, across = self._followed[row], self.shift.columns.get(column)
        return None if at is None or across is None else (at, across)

    def shows_still(self, row: int, column: int, place: Place) -> bool:
        """Whether the cell at its new place shows what it did, as far as we did not write over it."""
        is_hit = place[1] in self.hits.get(place[0], ())
        return is_hit or is_alike(self.before.cell(row, column), self.now.cell(*place))

    def origin_of(self, row: int) -> int | None:
        """The old row of the one that is there now; None when that is not known."""
        found = self._only(row, [(old, row) for old in self.before.rows])
        return None if found is None else found[0]

    def carried(self, cell: Cell, old: int, new: int) -> Cell:
        """The cell of the old row as it reads in the new one: a formula looks at its own row wherever that goes."""
        if cell.form is not Form.FORMULA:
            return cell

        def follow(first: int, last: int) -> Place:
            return (new if first == old else first, new if last == old else last)

        text = moved_formula(cell.value, title=self.now.title, columns=self.shift.span, rows=follow)
        return Cell(Form.FORMULA, text)

    def _only(self, row: int, pairs: list[Place]) -> Place | None:
        """The pair of an old and a new row that are the same; the one that did not move, else the only one."""
        if (row, row) in pairs and self._is_same(row, row):
            return (row, row)
        found = [pair for pair in pairs if self._is_same(*pair)]
        return found[0] if len(found) == 1 else None

    def _is_same(self, old: int, new: int) -> bool:
        """Whether the new row shows what the old one showed, in every cell that tells, and there is any."""
        told = 0
        for old_column, new_column in self.shift.columns.items():
            if new_column in self.hits.get(new, ()):
                continue
            was, is_ = self.before.cell(old, old_column), self.now.cell(new, new_column)
            if not is_alike(was, is_):
                return False
            told += was != BLANK and was.form is not Form.FORMULA
        return told > 0
