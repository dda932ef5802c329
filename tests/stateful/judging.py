"""One tab after one write of ours, beside its shadow: which cells are ours to change, and what has come to harm."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

from stateful.bound import TOKEN, BoundTab, content, text_of

from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.state.grid import Row
from service.sandbox.sheets.state.sheet import Sheet

if TYPE_CHECKING:
    from stateful.ledger import Ledger


@dataclass(frozen=True)
class Window:
    """What the sender of a write had read: how many deeds of people were done by then, which texts were there, which
    rows carried a key of ours, and which stood where (by sheet id).
    """

    deeds: int
    tokens: frozenset[str]
    ours: frozenset[Row] = frozenset()
    rows: Mapping[int, Sequence[Row | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Loss:
    """A cell of somebody's that one of our writes changed. `column_is_ours`: it stands in an owned column, in a row
    of theirs. `is_born_inside`: what it held was typed after the read.
    """

    address: str
    held: str
    holds: str
    column_is_ours: bool
    is_born_inside: bool


@dataclass
class Judged:
    """One tab after one write, beside its shadow."""

    ledger: "Ledger"
    tab: BoundTab | None
    shadow: Sheet
    real: Sheet
    window: Window
    is_new: Sequence[bool]
    fresh: frozenset[int] = frozenset()  # slots of columns that this write put in
    _: KW_ONLY
    is_whole: bool = False  # the write was done in the shadow as it is: what differs, differed before

    def compare(self) -> bool:
        """Whether every cell that is not ours holds what it held. What does not is on record."""
        grid, real = self.shadow.grid, self.real.grid
        here = f"tab {self.real.title}"
        if (grid.row_count, [one.slot for one in grid.columns]) != (real.row_count, [one.slot for one in real.columns]):
            self.ledger.harm.append(f"{here}: rows or columns came or went unsaid")
            return False
        owned = {} if self.tab is None else {at: key for key, at in self.tab.columns(self.shadow).items()}
        known = set() if self.tab is None else set(self.ledger.keys(self.tab.family))
        is_right = True
        for row in range(max(len(grid.rows), len(real.rows))):
            is_ours = self._is_ours(row, known)
            keeps_key = is_ours and not self._is_cleared(row, owned)
            for column in range(real.column_count):
                has_key = keeps_key and self.tab.slots[self.tab.key] == grid.columns[column].slot
                if is_ours and column in owned and not (has_key and self.tab.key_at(self.shadow, row) in known):
                    self._accept(row, column)
                elif column in owned and not is_ours and self._may_change(row, column, owned[column]):
                    self.shadow.grid.put(row, column, self.real.grid.cell(row, column))
                elif not self._is_same(row, column):
                    is_right = False
                    self._lose(row, column, column_is_ours=column in owned)
        return is_right

    def _is_ours(self, row: int, known: Collection[str]) -> bool:
        """A row put in by us, with a key of ours, or one that was blank and has got a key of ours."""
        if self.tab is None:
            return False
        stored = self.real.grid.rows[row] if row < len(self.real.grid.rows) else None
        is_born = stored is not None and (self.is_new[row] or stored in self.ledger.born)
        if stored is not None and is_born:
            has_key = self.tab.key_at(self.real, row) in known
            self.ledger.born = self.ledger.born - {stored} if has_key else self.ledger.born | {stored}
        if self.is_new[row] or is_born or self.tab.key_at(self.shadow, row) in known:
            return True
        cells = self.shadow.grid.row_cells(row, self.shadow.grid.box())
        return self.tab.key_at(self.real, row) in known and all(content(cell) == content(None) for cell in cells)

    def _is_cleared(self, row: int, owned: Collection[int]) -> bool:
        """Whether the row shows nothing of ours any more: one of two that a late write had made, taken back."""
        return all(text_of(self.real.grid.cell(row, column)) == "" for column in owned)

    def _accept(self, row: int, column: int) -> None:
        """Our own cell shows what we wrote; what somebody had typed there is gone, but not a note of theirs."""
        before, after = self.shadow.grid.cell(row, column), self.real.grid.cell(row, column)
        if before is after:
            return
        if before is not None and TOKEN.search(before.note or "") and (after is None or after.note != before.note):
            self.ledger.harm.append(f"tab {self.real.title}: the note {before.note!r} is gone")
        if text_of(before) != text_of(after) and TOKEN.search(text_of(before)):
            self.ledger.replaced.append(self._loss(row, column, column_is_ours=True))
        self.shadow.grid.put(row, column, after)

    def _may_change(self, row: int, column: int, key: str) -> bool:
        """Whether a cell of an owned column is ours to change although its row bears no key of ours."""
        if self._slot(column) in self.fresh or self._is_told(row, column) or self._was_ours(row, column):
            return True
        return self.tab is not None and key in self.tab.leaving and self._is_taken_down(row, column)

    def _is_taken_down(self, row: int, column: int) -> bool:
        """A heading of ours that goes with its column; what people made of its text or of its note is theirs."""
        before, after = self.shadow.grid.cell(row, column), self.real.grid.cell(row, column)
        lost = text_of(before) if text_of(before) != text_of(after) else ""
        told = (before.note or "") if before is not None and (after is None or after.note != before.note) else ""
        return not TOKEN.search(lost) and not TOKEN.search(told)

    def _is_told(self, row: int, column: int) -> bool:
        """A heading of ours whose note says how fresh the tab is, below whatever somebody had noted there."""
        before, after = self.shadow.grid.cell(row, column), self.real.grid.cell(row, column)
        if before is None or after is None or before.note == after.note or text_of(before) != text_of(after):
            return False
        return set(TOKEN.findall(before.note or "")) <= set(TOKEN.findall(after.note or ""))

    def _was_ours(self, row: int, column: int) -> bool:
        """A cell of ours, with nothing of a person's in it, in a row whose key a person has damaged, since the read or
        before: it is our row still. Either its report offers to repair the key, or, when too little is left in it to
        know it by, no order's value stays there.
        """
        stored = self.real.grid.rows[row] if row < len(self.real.grid.rows) else None
        is_refilled = stored is not None and self.ledger.refilled.get(stored, 0) > self.window.deeds
        is_damaged = (stored in self.window.ours and not is_refilled) or stored in self.ledger.damaged
        return is_damaged and not TOKEN.search(text_of(self.shadow.grid.cell(row, column)))

    def _is_same(self, row: int, column: int) -> bool:
        before, after = self.shadow.grid.cell(row, column), self.real.grid.cell(row, column)
        if before is after or content(before) == content(after):
            if self.ledger.losses.pop((self._row(row), self._slot(column)), None):
                self.ledger.raced[f"{column_letters(column)}{row + 1}"] += 1  # where it is by now, it was put right
            return True
        return False

    def _lose(self, row: int, column: int, *, column_is_ours: bool) -> None:
        """A cell is lost, and inside a window if at all. But where people carry values of ours about, one that stands
        in our column where an open write sent the same is not told from what that write left there: it may go, named.
        """
        place = (self.shadow.grid.row_at(row), self._slot(column))
        if place in self.ledger.losses:
            return
        loss = self._loss(row, column, column_is_ours=column_is_ours)
        self.ledger.losses[place] = loss
        self.ledger.hits += 1
        is_carried = self.ledger.is_mixed and column_is_ours and not TOKEN.search(loss.held)
        if self.window.deeds == self.ledger.deeds and not self.is_whole and not is_carried:
            self.ledger.harm.append(f"outside any window: {loss}")

    def _loss(self, row: int, column: int, *, column_is_ours: bool) -> Loss:
        held = text_of(self.shadow.grid.cell(row, column))
        tokens = set(TOKEN.findall(held))
        return Loss(
            address=f"{column_letters(column)}{row + 1}",
            held=held,
            holds=text_of(self.real.grid.cell(row, column)),
            column_is_ours=column_is_ours,
            is_born_inside=bool(tokens) and not tokens & self.window.tokens,
        )

    def _row(self, row: int) -> Row | None:
        rows = self.shadow.grid.rows
        return rows[row] if row < len(rows) else None

    def _slot(self, column: int) -> int:
        return self.shadow.grid.columns[column].slot
