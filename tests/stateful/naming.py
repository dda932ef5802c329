"""What the sync history names of people's texts, held against what became of them.

A text is named by the cell that it stood in when the history said so. Between that and its being replaced its owner may
sort or move the row: then it is named still, and by the place where she can find it in the sheet of that moment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from stateful.bound import TOKEN, text_of
from stateful.judging import Loss
from stateful.ledger import Ledger

from service.flows import Services
from service.sandbox.sheets.formulas.references import column_letters
from service.store import flushes

MANY_LINES = 1000  # more than a schedule writes into its history


@dataclass
class Naming:
    """The history of one schedule's spreadsheet. `ledger` knows what was lost."""

    services: Services
    spreadsheet_id: str
    ledger: Ledger
    _known: Counter[str] = field(default_factory=Counter)
    _standing: dict[str, str] = field(default_factory=dict)

    def note(self) -> None:
        """A pass is over: the texts that stand in the cells which it has named are known by these addresses."""
        cells = self._cells()
        if fresh := cells - self._known:
            for cell, tokens in self._standing_texts():
                if cell in fresh:
                    self._standing.update(dict.fromkeys(tokens, cell.rpartition("!")[2]))
        self._known = cells

    def misnamed(self, *, is_mixed: bool) -> list[str]:
        """Texts of people that we replaced and the history does not name, each as often as it happened; and cells that
        it names although nobody's text was there, unless values of ours were carried about (`is_mixed`).

        A text that somebody typed into our own cell after we had read it was seen by nobody, and cannot be named.
        """
        named, ledger = Counter(cell.rpartition("!")[2] for cell in self._cells().elements()), self.ledger
        replaced = [loss for loss in ledger.replaced if not loss.is_born_inside]
        lost = [*(loss for loss in ledger.outstanding() if may_stay(loss)), *self._as_named(replaced, named)]
        often = Counter(loss.address for loss in lost)
        found = [f"not named in the history: {loss}" for loss in lost if often[loss.address] > named[loss.address]]
        untrue = Counter[str]() if is_mixed else named - often - ledger.raced
        return found + [f"named in the history, and nothing happened there: {address}" for address in sorted(untrue)]

    def _as_named(self, lost: Iterable[Loss], named: Counter[str]) -> Iterable[Loss]:
        """Those that are not named where they were replaced, or not as often as texts were replaced there, stand under
        the address by which their text is known: each line of the history tells of one of them.
        """
        left = Counter(named)
        for loss in sorted(lost, key=lambda one: self._known_as(one) is not None):  # those that are told by it alone
            known = self._known_as(loss)
            moved = loss if known is None or left[loss.address] > 0 else replace(loss, address=known)
            left[moved.address] -= 1
            yield moved

    def _known_as(self, loss: Loss) -> str | None:
        """Where the text stood when the history named it."""
        before = {self._standing.get(token) for token in TOKEN.findall(loss.held)}
        return next(iter(before)) if len(before) == 1 else None

    def _cells(self) -> Counter[str]:
        """Every cell that the history names, as it calls it, and how often."""
        with self.services.store.read() as tx:
            lines = flushes.recent(tx, self.spreadsheet_id, limit=MANY_LINES)
        return Counter(cell for one in lines for cell in one.cells or [])

    def _standing_texts(self) -> Iterator[tuple[str, list[str]]]:
        """Every cell in which something of people's stands, as the history would call it, and whose tokens it holds."""
        for sheet in self.ledger.book.sheets:
            for row in range(len(sheet.grid.rows)):
                for column in range(sheet.grid.column_count):
                    if tokens := TOKEN.findall(text_of(sheet.grid.cell(row, column))):
                        yield f"{sheet.title}!{column_letters(column)}{row + 1}", tokens


def may_stay(loss: Loss) -> bool:
    """Whether the loss is one that cannot be mended: a text in our columns in a row of theirs, or one that came into
    being only after the product had read. Sheets knows no conditional write: nobody else has seen it.
    """
    return loss.column_is_ours or loss.is_born_inside
