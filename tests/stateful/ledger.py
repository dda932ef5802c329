"""What people's cells should hold, whatever the product writes: a shadow of the sheet, kept only while it differs.

Each write of the product is witnessed. In the shadow its rows and columns come to be as well, its cells only where they
are ours: owned columns of rows that carry a key of ours. Every other cell keeps what it held. Where the sheet then
differs from the shadow, the product has done harm, and owes it until both are the same again. People's own deeds are
done in both. Not asked here: whether our cells are right.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from stateful.bound import OWNER, BoundTab, Json, Standing, marked_slots, sheet_of, tokens_in
from stateful.dress import undressed
from stateful.judging import Judged, Loss, Window
from stateful.moves import WHOLE, Moves

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.grid import Row
from service.sandbox.sheets.state.workbook import Workbook

_GROWING = frozenset({"insertDimension", "appendDimension"})
_SHAPING = frozenset({"deleteDimension", "moveDimension", "deleteRange", "insertRange", "sortRange"})


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
    """Of one spreadsheet and one schedule. `tabs`: those of the product, more of them as it makes more. `keys`: the row
    keys that a family of tabs shows. `standing`: what the product says of its tabs, once it may have changed them;
    `is_unsettled`: whether a write into the tab with this sheet id is not over.
    """

    def __init__(
        self,
        book: Workbook,
        tabs: list[BoundTab],
        *,
        keys: Callable[[str], Collection[str]],
        is_unsure: Callable[[str, str], bool],
        standing: Callable[[], Sequence[Standing]],
        is_unsettled: Callable[[int], bool],
    ) -> None:
        self.book, self.tabs = book, tabs
        self.keys, self._is_unsure, self.standing = keys, is_unsure, standing
        self._is_unsettled = is_unsettled
        self.counts: dict[str, Counts] = defaultdict(Counts)  # by family
        self._moves = Moves(tabs, keys)
        self.shadow: Workbook | None = None
        self.losses: dict[tuple[Row, int], Loss] = {}
        self.replaced: list[Loss] = []  # people's texts in our own cells, which are ours to replace and to name
        self.raced: Counter[str] = Counter()  # addresses that we wrote while people were at work, how often each
        self.harm: list[str] = []  # what must never happen at all
        self.born: set[Row] = set()  # rows that the product put in and that do not carry their key yet
        self.strewn: set[Row | None] = set()  # rows that the product put in while people were at work
        self.damaged: set[Row] = set()  # rows of ours whose key a person took
        self.refilled: dict[Row, int] = {}  # rows to which a sort gave another row's cells → the deed that last did
        self.is_mixed = False  # whether people carried values of ours into other cells
        self.deeds = self.hits = 0
        self._read: Window | None = None
        self._answered = self._moment()

    # --- people ---

    def do(self, requests: Sequence[Json]) -> str:
        """A deed of the owner's, in the sheet and in its shadow. What Google says when it refuses, else empty."""
        before = self._keys_of_families()
        ours, shown, rows = self._our_rows(), self._shown(), self._rows_by_tab()
        try:
            _apply(self.book, requests)
        except ApiError as refusal:
            return refusal.message
        if self.shadow is not None:
            _apply(self.shadow, requests)
        self.deeds += 1
        self._forgive_unseen(rows)
        self._follow_sort(shown)
        lost = {row for row in ours if self.refilled.get(row) != self.deeds}
        self.damaged = (self.damaged | lost) - self._our_rows()
        after = self._keys_of_families()
        for family in before:
            self._count(family, before[family], after[family])
        return ""

    def _rows_by_tab(self) -> dict[int, set[Row]]:
        """The rows of every tab, with those that stand in the shadow alone."""
        found: dict[int, set[Row]] = defaultdict(set)
        for sheet in (one for book in (self.book, self.shadow) if book is not None for one in book.sheets):
            found[sheet.sheet_id].update(row for row in sheet.grid.rows if row is not None)
        return found

    def _forgive_unseen(self, before: Mapping[int, Collection[Row]]) -> None:
        """What a write did in rows that she has deleted before it was over: what it did is looked for only then."""
        now = self._rows_by_tab()
        gone = {sheet_id: set(rows) - now[sheet_id] for sheet_id, rows in before.items()}
        unseen = {row for sheet_id, rows in gone.items() if rows and self._is_unsettled(sheet_id) for row in rows}
        self.losses = {place: loss for place, loss in self.losses.items() if place[0] not in unseen}

    def _shown(self) -> dict[Row, list[Cell]]:
        """The very cells of every row of our tabs: a sort carries them from row to row, and the row itself stays."""
        sheets = [sheet for tab in self.tabs if (sheet := sheet_of(self.book, tab.sheet_id)) is not None]
        rows = {row for sheet in sheets for row in sheet.grid.rows if row is not None}
        return {row: [cell for cell in row.cells if cell is not None] for row in rows}

    def _follow_sort(self, shown: Mapping[Row, list[Cell]]) -> None:
        """Rows that have another row's cells since the last deed, all of them, are on record, and no longer what they
        were; those that were damaged are where their cells are.
        """
        before, after = ({row: tuple(map(id, cells)) for row, cells in one.items()} for one in (shown, self._shown()))
        olds, news = {cells: row for row, cells in before.items()}, {cells: row for row, cells in after.items()}
        moved = {
            row
            for row, cells in after.items()
            if cells != (was := before.get(row, ())) and (not cells or cells in olds) and (not was or was in news)
        }
        self.refilled |= dict.fromkeys(moved, self.deeds)
        carried = {news[before[row]] for row in self.damaged & moved if before.get(row)}
        self.damaged = (self.damaged - moved) | carried

    def _keys_of_families(self) -> dict[str, Counter[str]]:
        """How often each key stands in the tabs of its family together."""
        found: dict[str, Counter[str]] = {tab.family: Counter() for tab in self.tabs}
        for tab in self.tabs:
            found[tab.family] += self.keys_in(tab)
        return found

    def _count(self, family: str, before: Counter[str], after: Counter[str]) -> None:
        counts = self.counts[family]
        for key in before | after:
            if after[key] != before[key]:
                is_doubled = before[key] > max(0, 1 + counts.high[key])
                is_unsure = is_doubled or self._is_unsure(family, key)
                counts.change(key, after[key] - before[key], is_unsure=is_unsure)

    def keys_in(self, tab: BoundTab) -> Counter[str]:
        """How often each key of ours stands in the tab's key column."""
        sheet = sheet_of(self.book, tab.sheet_id)
        if sheet is None:
            return Counter()
        known = set(self.keys(tab.family))
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

    def note_refusal(self, window: Window) -> None:
        """A write of this window was refused, and its answer showed nothing: what is sent next rests on its read."""
        self._read = window

    def window(self) -> Window:
        """What a write that is sent now is based on: the first read since the last write, else its answer."""
        return self._read or self._answered

    def _moment(self) -> Window:
        books = [self.book] if self.shadow is None else [self.book, self.shadow]
        tokens = frozenset(token for book in books for token in tokens_in(book))
        rows = {sheet.sheet_id: list(sheet.grid.rows) for sheet in self.book.sheets}
        return Window(self.deeds, tokens, self._our_rows(), rows)

    def _our_rows(self) -> frozenset[Row]:
        """Every row that carries a key of ours now."""
        return frozenset(row for tab in self.tabs for row in self._rows_of(tab))

    def _rows_of(self, tab: BoundTab) -> Iterator[Row]:
        """The tab's rows that carry a key of ours now."""
        sheet = sheet_of(self.book, tab.sheet_id)
        known = set(self.keys(tab.family))
        for at, row in enumerate(sheet.grid.rows if sheet else ()):
            if row is not None and sheet is not None and tab.key_at(sheet, at) in known:
                yield row

    @contextmanager
    def witnessing(self, requests: Sequence[Json], window: Window) -> Iterator[None]:
        """The write that is sent inside is compared with what it may change, whether or not it is answered."""
        with self.book.lock:
            version = self.book.version
            shadow = self.shadow or self.book.twin(self.book.spreadsheet_id, "shadow")
            fallen = [one for one in requests if self._is_fallen(one, window)]
            try:
                yield
            finally:
                if window.deeds != self.deeds:  # also where it made blank what was blank: nobody can tell that it did
                    self.raced.update(_addresses(requests))
                else:
                    self.raced.update(_addresses(fallen))
                if window.deeds == self.deeds and self.shadow is None:
                    self.harm += self._keys_again(shadow, requests)
                if self.book.version != version:
                    self._judge(shadow, requests, window)
                self._read, self._answered = None, self._moment()

    def _is_fallen(self, request: Json, window: Window) -> bool:
        """Whether it writes cells of a row that stood elsewhere when its sender read, or did not yet: an earlier write
        of ours has come in between, and nobody has seen what a person may have typed there since.
        """
        start = request.get("updateCells", {}).get("start", {})
        sheet_id, at = start.get("sheetId", 0), start.get("rowIndex", 0)
        sheet, read = sheet_of(self.book, sheet_id), window.rows.get(sheet_id, ())
        if not start or sheet is None or at >= len(sheet.grid.rows) or sheet.grid.rows[at] is None:
            return False
        return at >= len(read) or read[at] is not sheet.grid.rows[at]

    def _keys_again(self, before: Workbook, requests: Sequence[Json]) -> Iterator[str]:
        """A key cell is written once, with its row: nobody was at work, and it showed its key already."""
        for tab in self.tabs:
            sheet = sheet_of(before, tab.sheet_id)
            column = None if sheet is None else tab.columns(sheet).get(tab.key)
            for row, at, text in _texts(requests, tab.sheet_id):
                if sheet is not None and at == column and text == tab.key_at(sheet, row) != "":
                    yield f"tab {sheet.title}: the key {text} was written again"

    def _judge(self, shadow: Workbook, requests: Sequence[Json], window: Window) -> None:
        kinds = {kind for request in requests for kind in request}
        stood = {sheet.sheet_id: {one.slot for one in sheet.grid.columns} for sheet in shadow.sheets}
        is_whole = bool(kinds & WHOLE)
        is_new = self._mirror(shadow, requests) if is_whole else self._grow(shadow, requests, kinds)
        self._follow(stood)
        is_right = True
        for sheet in shadow.sheets:
            real = sheet_of(self.book, sheet.sheet_id)
            if real is None:
                self.harm.append(f"the product deleted the tab {sheet.title}")
                continue
            tab = next((one for one in self.tabs if one.sheet_id == sheet.sheet_id), None)
            fresh = {one.slot for one in real.grid.columns} - stood.get(sheet.sheet_id, set())
            if not is_whole:
                new = {row for row, is_one in zip(real.grid.rows, is_new[sheet.sheet_id], strict=False) if is_one}
                self.harm += undressed(sheet, real, tab, ours=self.strewn | new, fresh=fresh)
                self.strewn |= new if window.deeds != self.deeds else set()
            judged = Judged(self, tab, sheet, real, window, is_new[sheet.sheet_id], frozenset(fresh), is_whole=is_whole)
            is_right = judged.compare() and is_right
        self.shadow = None if is_right else shadow
        if is_right:
            self.losses.clear()

    def _grow(self, shadow: Workbook, requests: Sequence[Json], kinds: Collection[str]) -> dict[int, list[bool]]:
        """The shadow has the rows and columns that the write put in. Which rows of each tab are new."""
        self.harm += [f"the product sent {kind}" for kind in sorted(_SHAPING.intersection(kinds))]
        self.harm += [f"the product put in {rows} blank row(s)" for rows in _blank_rows(requests) if rows]
        growth = [request for request in requests if _GROWING.intersection(request)]
        is_new = {sheet.sheet_id: [False] * sheet.grid.row_count for sheet in shadow.sheets}
        for request in growth:
            _grow_rows(is_new, request)
        if growth:
            _apply(shadow, growth)
        return is_new

    def _mirror(self, shadow: Workbook, requests: Sequence[Json]) -> dict[int, list[bool]]:
        """The whole write is done in the shadow too: it carries rows, or makes a tab of the product's own."""
        for request in requests:
            self.harm += self._moves.against(shadow, request)
            _apply(shadow, [request])
        return {sheet.sheet_id: [False] * sheet.grid.row_count for sheet in shadow.sheets}

    def _follow(self, stood: Mapping[int, Collection[int]]) -> None:
        """The tabs are those that the product has now, with the columns it has put in. `stood`: sheet id → slots of the
        columns that were there before: one of those is none of ours now, whatever it is marked with.
        """
        for said in self.standing():
            sheet = sheet_of(self.book, said.sheet_id)
            if sheet is None:
                continue
            marked = marked_slots(self.book, sheet, said.binding_id)
            tab = next((one for one in self.tabs if one.binding_id == said.binding_id), None)
            if tab is None:
                self.tabs.append(BoundTab(said.binding_id, said.sheet_id, said.key, marked, said.family, said.leaving))
                continue
            before = stood.get(said.sheet_id, ())
            tab.follow(said, {key: slot for key, slot in marked.items() if slot not in before})

    # --- at rest ---

    def outstanding(self) -> list[Loss]:
        """What is still not as it was, each with what is known of how it was lost.

        A cell in which nobody had anything, and whose row or column its owner has taken out since, holds nothing that
        differs from what it held: none of her words is gone, and there is no place to name.
        """
        return [loss for place, loss in self.losses.items() if loss.held or self._stands(*place)]

    def _stands(self, row: Row, slot: int) -> bool:
        """Whether the cell is still there, wherever it went."""
        sheets = self.shadow.sheets if self.shadow else ()
        return any(row in one.grid.rows and slot in one.grid.column_positions() for one in sheets)


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


def _blank_rows(requests: Sequence[Json]) -> Iterator[int]:
    """How many rows each request puts in between others for which the write has no cells."""
    cells = [request["updateCells"] for request in requests if "start" in request.get("updateCells", {})]
    filled = {(one["start"].get("sheetId", 0), one["start"].get("rowIndex", 0)): len(one["rows"]) for one in cells}
    for request in requests:
        where = request.get("insertDimension", {}).get("range", {})
        if where.get("dimension") == "ROWS":
            start, end = where.get("startIndex", 0), where["endIndex"]
            yield max(end - start - filled.get((where.get("sheetId", 0), start), 0), 0)


def _texts(requests: Sequence[Json], sheet_id: int) -> Iterator[tuple[int, int, str]]:
    """(row, column, text) of every text that these requests put into cells of a tab, as its rows stood before."""
    for body in (request["updateCells"] for request in requests if "start" in request.get("updateCells", {})):
        start = body["start"]
        for down, line in enumerate(body["rows"] if start.get("sheetId", 0) == sheet_id else ()):
            for right, cell in enumerate(line.get("values", ())):
                if text := cell.get("userEnteredValue", {}).get("stringValue"):
                    yield start.get("rowIndex", 0) + down, start.get("columnIndex", 0) + right, text


def _addresses(requests: Sequence[Json]) -> Iterator[str]:
    """Every cell that these requests give a value, as it is called."""
    for request in requests:
        body = request.get("updateCells", {})
        start = body.get("start", {})
        for down, line in enumerate(body.get("rows", ())):
            for right in range(len(line.get("values", ()))):
                yield f"{column_letters(start.get('columnIndex', 0) + right)}{start.get('rowIndex', 0) + down + 1}"
