"""What people's cells should hold, whatever the product writes: a shadow of the sheet, kept only while it differs.

Each write of the product is witnessed. In the shadow its rows and columns come to be as well, its cells only where they
are ours: owned columns of rows that carry a key of ours. Every other cell keeps what it held. Where the sheet then
differs from the shadow, the product has done harm, and owes it until both are the same again. People's own deeds are
done in both. Not asked here: whether our cells are right.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.grid import Row
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

Json = dict[str, Any]
OWNER = "maya@bloomthread.example"
TOKEN = re.compile(r"«(\d+)»")  # in everything that a person types: tells each text from all others
_GROWING = frozenset({"insertDimension", "appendDimension"})
_SHAPING = frozenset({"deleteDimension", "moveDimension", "deleteSheet", "deleteRange", "insertRange", "sortRange"})


@dataclass(frozen=True)
class BoundTab:
    """A tab of ours as the test knows it: column key → the slot its column keeps for life, and which one is the key."""

    binding_id: str
    sheet_id: int
    key: str
    slots: Mapping[str, int]

    def columns(self, sheet: Sheet) -> dict[str, int]:
        """Column key → where it stands now; deleted columns are left out."""
        places = sheet.grid.column_positions()
        return {key: places[slot] for key, slot in self.slots.items() if slot in places}

    def key_at(self, sheet: Sheet, row: int) -> str:
        """The text of the row's key cell, empty when there is none."""
        column = self.columns(sheet).get(self.key)
        cell = None if column is None else sheet.grid.cell(row, column)
        return cell.value if cell is not None and isinstance(cell.value, str) else ""


@dataclass(frozen=True)
class Window:
    """What the sender of a write had read: how many deeds of people were done by then, which texts were there, and
    which rows carried a key of ours.
    """

    deeds: int
    tokens: frozenset[str]
    ours: frozenset[Row] = frozenset()


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
class Counts:
    """How often each key stands more (or less) than once because of people. Between `low` and `high`, where nobody
    can tell whether the product had already put a row there.
    """

    low: Counter[str] = field(default_factory=Counter)
    high: Counter[str] = field(default_factory=Counter)

    def change(self, key: str, delta: int, *, is_unsure: bool) -> None:
        """People made `delta` more rows of this key. Unsure: what the product does about it may go either way."""
        self.low[key] += delta if delta < 0 or not is_unsure else 0
        self.high[key] += delta if delta > 0 or not is_unsure else 0

    def allows(self, key: str, found: int) -> bool:
        return max(0, 1 + self.low[key]) <= found <= max(0, 1 + self.high[key])


class Ledger:
    """Of one spreadsheet and one schedule. `keys`: the row keys that a tab's orders have, by binding id."""

    def __init__(
        self,
        book: Workbook,
        tabs: Sequence[BoundTab],
        *,
        keys: Callable[[str], Collection[str]],
        is_unsure: Callable[[str, str], bool],
    ) -> None:
        self.book, self.tabs = book, tabs
        self._keys, self._is_unsure = keys, is_unsure
        self.counts = {tab.binding_id: Counts() for tab in tabs}
        self.shadow: Workbook | None = None
        self.losses: dict[tuple[Row, int], Loss] = {}
        self.replaced: list[Loss] = []  # people's texts in our own cells, which are ours to replace and to name
        self.raced: Counter[str] = Counter()  # addresses that we wrote while people were at work, how often each
        self.harm: list[str] = []  # what must never happen at all
        self.born: set[Row] = set()  # rows that the product put in and that do not carry their key yet
        self.damaged: set[Row] = set()  # rows of ours whose key a person took
        self.deeds = self.hits = 0
        self._read: Window | None = None
        self._answered = self._moment()

    # --- people ---

    def do(self, requests: Sequence[Json]) -> str:
        """A deed of the owner's, in the sheet and in its shadow. What Google says when it refuses, else empty."""
        before = {tab.binding_id: self.keys_in(tab) for tab in self.tabs}
        ours = self._our_rows()
        try:
            _apply(self.book, requests)
        except ApiError as refusal:
            return refusal.message
        if self.shadow is not None:
            _apply(self.shadow, requests)
        self.deeds += 1
        self.damaged = (self.damaged | ours) - self._our_rows()
        for tab in self.tabs:
            self._count(tab, before[tab.binding_id])
        return ""

    def _count(self, tab: BoundTab, before: Counter[str]) -> None:
        after, counts = self.keys_in(tab), self.counts[tab.binding_id]
        for key in before | after:
            if after[key] != before[key]:
                is_doubled = before[key] > max(0, 1 + counts.high[key])
                is_unsure = is_doubled or self._is_unsure(tab.binding_id, key)
                counts.change(key, after[key] - before[key], is_unsure=is_unsure)

    def keys_in(self, tab: BoundTab) -> Counter[str]:
        """How often each key of ours stands in the tab's key column."""
        sheet = sheet_of(self.book, tab.sheet_id)
        if sheet is None:
            return Counter()
        known = set(self._keys(tab.binding_id))
        found = (tab.key_at(sheet, row) for row in range(len(sheet.grid.rows)))
        return Counter(key for key in found if key in known)

    # --- the product ---

    def begin_pass(self) -> None:
        self._read = None

    def note_read(self) -> None:
        """The product is about to read. What a write knows begins with the first read after the last write."""
        if self._read is None:
            with self.book.lock:
                self._read = self._moment()

    def window(self) -> Window:
        """What a write that is sent now is based on: the first read since the last write, else its answer."""
        return self._read or self._answered

    def _moment(self) -> Window:
        books = [self.book] if self.shadow is None else [self.book, self.shadow]
        tokens = frozenset(token for book in books for token in tokens_in(book))
        return Window(self.deeds, tokens, self._our_rows())

    def _our_rows(self) -> frozenset[Row]:
        """Every row that carries a key of ours now."""
        return frozenset(row for tab in self.tabs for row in self._rows_of(tab))

    def _rows_of(self, tab: BoundTab) -> Iterator[Row]:
        """The tab's rows that carry a key of ours now."""
        sheet = sheet_of(self.book, tab.sheet_id)
        known = set(self._keys(tab.binding_id))
        for at, row in enumerate(sheet.grid.rows if sheet else ()):
            if row is not None and sheet is not None and tab.key_at(sheet, at) in known:
                yield row

    @contextmanager
    def witnessing(self, requests: Sequence[Json], window: Window) -> Iterator[None]:
        """The write that is sent inside is compared with what it may change, whether or not it is answered."""
        with self.book.lock:
            version = self.book.version
            shadow = self.shadow or self.book.twin(self.book.spreadsheet_id, "shadow")
            try:
                yield
            finally:
                if self.book.version != version:
                    if window.deeds != self.deeds:
                        self.raced.update(_addresses(requests))
                    self._judge(shadow, requests, window)
                self._read, self._answered = None, self._moment()

    def _judge(self, shadow: Workbook, requests: Sequence[Json], window: Window) -> None:
        for kind in {kind for request in requests for kind in request} & _SHAPING:
            self.harm.append(f"the product sent {kind}")
        growth = [request for request in requests if _GROWING.intersection(request)]
        is_new = {sheet.sheet_id: [False] * sheet.grid.row_count for sheet in shadow.sheets}
        for request in growth:
            _grow_rows(is_new, request)
        if growth:
            _apply(shadow, growth)
        is_right = True
        for sheet in shadow.sheets:
            real = sheet_of(self.book, sheet.sheet_id)
            if real is None:
                self.harm.append(f"the product deleted the tab {sheet.title}")
                continue
            tab = next((one for one in self.tabs if one.sheet_id == sheet.sheet_id), None)
            judged = _Judged(self, tab, sheet, real, window, is_new[sheet.sheet_id])
            is_right = judged.compare() and is_right
        self.shadow = None if is_right else shadow
        if is_right:
            self.losses.clear()

    # --- at rest ---

    def outstanding(self) -> list[Loss]:
        """What is still not as it was, each with what is known of how it was lost."""
        return list(self.losses.values())


@dataclass
class _Judged:
    """One tab after one write, beside its shadow."""

    ledger: Ledger
    tab: BoundTab | None
    shadow: Sheet
    real: Sheet
    window: Window
    is_new: Sequence[bool]

    def compare(self) -> bool:
        """Whether every cell that is not ours holds what it held. What does not is on record."""
        grid, real = self.shadow.grid, self.real.grid
        here = f"tab {self.real.title}"
        if (grid.row_count, [one.slot for one in grid.columns]) != (real.row_count, [one.slot for one in real.columns]):
            self.ledger.harm.append(f"{here}: rows or columns came or went unsaid")
            return False
        owned = {} if self.tab is None else {at: key for key, at in self.tab.columns(self.shadow).items()}
        known = set() if self.tab is None else set(self.ledger._keys(self.tab.binding_id))
        is_right = True
        for row in range(max(len(grid.rows), len(real.rows))):
            is_ours = self._is_ours(row, known)
            keeps_key = is_ours and not self._is_cleared(row, owned)
            for column in range(real.column_count):
                has_key = keeps_key and self.tab.slots[self.tab.key] == grid.columns[column].slot
                if is_ours and column in owned and not (has_key and self.tab.key_at(self.shadow, row) in known):
                    self._accept(row, column)
                elif column in owned and not is_ours and (self._is_told(row, column) or self._was_ours(row, column)):
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
        """Our own cell shows what we wrote; what somebody had typed there is gone."""
        before, after = self.shadow.grid.cell(row, column), self.real.grid.cell(row, column)
        if before is after:
            return
        if text_of(before) != text_of(after) and TOKEN.search(text_of(before)):
            self.ledger.replaced.append(self._loss(row, column, column_is_ours=True))
        self.shadow.grid.put(row, column, after)

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
        is_damaged = stored in self.window.ours or stored in self.ledger.damaged
        return is_damaged and not TOKEN.search(text_of(self.shadow.grid.cell(row, column)))

    def _is_same(self, row: int, column: int) -> bool:
        before, after = self.shadow.grid.cell(row, column), self.real.grid.cell(row, column)
        if before is after or content(before) == content(after):
            self.ledger.losses.pop((self._row(row), self._slot(column)), None) if self.ledger.losses else None
            return True
        return False

    def _lose(self, row: int, column: int, *, column_is_ours: bool) -> None:
        place = (self.shadow.grid.row_at(row), self._slot(column))
        if place in self.ledger.losses:
            return
        loss = self._loss(row, column, column_is_ours=column_is_ours)
        self.ledger.losses[place] = loss
        self.ledger.hits += 1
        if self.window.deeds == self.ledger.deeds:
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


def _apply(book: Workbook, requests: Sequence[Json]) -> None:
    with book.changing():
        apply_requests(Edit(book, OWNER, 0.0), requests)


def _grow_rows(is_new: dict[int, list[bool]], request: Json) -> None:
    """Which rows of each tab the product has put in, after this request too."""
    ((kind, body),) = request.items()
    where = body["range"] if kind == "insertDimension" else body
    if where["dimension"] == "ROWS":
        rows = is_new[where.get("sheetId", 0)]
        start = where.get("startIndex", 0) if kind == "insertDimension" else len(rows)
        count = where["endIndex"] - start if kind == "insertDimension" else body["length"]
        rows[start:start] = [True] * count


def _addresses(requests: Sequence[Json]) -> Iterator[str]:
    """Every cell that these requests give a value, as it is called."""
    for request in requests:
        body = request.get("updateCells", {})
        start = body.get("start", {})
        for down, line in enumerate(body.get("rows", ())):
            for right in range(len(line.get("values", ()))):
                yield f"{column_letters(start.get('columnIndex', 0) + right)}{start.get('rowIndex', 0) + down + 1}"


def sheet_of(book: Workbook, sheet_id: int) -> Sheet | None:
    """The tab with this id, None when it is gone."""
    return next((sheet for sheet in book.sheets if sheet.sheet_id == sheet_id), None)


def content(cell: Cell | None) -> object:
    """What a person sees of a cell and may not lose: its value or formula, and its note."""
    if cell is None:
        return (None, None)
    value = cell.value.parts if isinstance(cell.value, Formula) else cell.value
    return (value, cell.note)


def text_of(cell: Cell | None) -> str:
    """A cell's content in words, references of formulas left out."""
    if cell is None or cell.value is None:
        return ""
    if isinstance(cell.value, Formula):
        return "=" + "".join(part if isinstance(part, str) else "#" for part in cell.value.parts)
    return str(cell.value)


def tokens_in(book: Workbook) -> set[str]:
    """Which of people's texts stand anywhere in the spreadsheet."""
    return {
        token
        for sheet in book.sheets
        for row in sheet.grid.rows
        if row is not None
        for cell in row.cells
        if cell is not None and cell.value is not None
        for token in TOKEN.findall(text_of(cell))
    }
