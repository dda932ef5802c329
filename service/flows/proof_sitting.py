"""One sitting of a proof: a file is read as it is written, in chunks, and each row compared with its orders.

Nothing is written into a sheet. What was read is in memory only, and for as long as the hunt needs it: what is kept
between sittings are findings, counts, and where to go on.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from service.core import zones
from service.core.columns import COLUMNS
from service.core.hunting.forbidden import Beside, Rowed, Secret, secrets_of
from service.core.hunting.hunt import Hunt, SeenCell, Tab
from service.core.hunting.places import Place
from service.core.hunting.texts import Sieve, squeeze
from service.core.ledger.books import Books
from service.core.orders import Order
from service.core.profiles import Profile, may_see, sheet_columns
from service.core.roles import Audience, Scope
from service.core.rows import Grain, NoteSet, RowSource, is_masked_key, row_sources, with_books
from service.flows import Services, quota, sources, transactions
from service.google import survey
from service.google.identities import Identity
from service.google.survey import SeenRow, SheetFacts
from service.store import orders as order_store
from service.store import people, proofs, shops
from service.store.records import FileRow, ShopRow
from service.store.session import Tx

CELLS_PER_CHUNK = 40_000
FEWEST_ROWS, MOST_ROWS = 50, 5_000
ORDERS_PER_PAGE = 500
NEEDLES_PER_ORDER = 16
MOST_TIMES = 3  # that a tab is begun anew because its rows move while it is read

_ORDER_ID = re.compile(r"\d{15,20}")


@dataclass(slots=True)
class Mark:
    """Where the hunt stands. `todo`: tabs with rows to read, `[sheet id, first row, end, column count]`.

    `edge`: a fingerprint of the last row that was read, by which rows that moved meanwhile are noticed.
    """

    todo: list[list[int]] = field(default_factory=list)
    sizes: dict[str, list[int]] = field(default_factory=dict)  # sheet id → rows and columns that are read or will be
    edge: str = ""
    restarts: int = 0
    looks: int = 0
    is_read: bool = False
    tabs: int = 0
    rows: int = 0
    cells: int = 0
    calls: int = 0
    row_total: int = 0

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Mark":
        """The mark `to_json` wrote."""
        return cls(**{**raw, "todo": [list(one) for one in raw["todo"]], "sizes": dict(raw["sizes"])})


@dataclass(slots=True)
class Sitting:
    """A hunt at work, in the memory of this process. `order_count`: orders it compares with."""

    services: Services
    file: FileRow
    eyes: Identity
    audience: Audience
    hunt: Hunt
    mark: Mark
    sieve: Sieve
    order_count: int
    titles: dict[int, str] = field(default_factory=dict)
    facts: dict[int, SheetFacts] = field(default_factory=dict)
    own: dict[int, dict[str, str]] = field(default_factory=dict)
    rows_per_chunk: int = MOST_ROWS
    take: Callable[..., None] = quota.take_idle  # of the quota; a person who waits has the room of live changes
    saved: dict[str, Any] = field(default_factory=dict)  # what another process would go on from

    @property
    def account_id(self) -> str:
        return self.file.account_id

    # --- reading ---

    def look_around(self, *, budget_s: float) -> None:
        """Tabs and all that hangs on them were looked at; those that are new, or have grown, are to be read."""
        self.take(self.services, self.eyes, read=1)
        answer = self.services.google.get(
            self.eyes, self.file.spreadsheet_id, fields=survey.SURVEY_FIELDS, budget_s=budget_s
        )
        self.mark.calls += 1
        seen = survey.read_survey(answer)
        self.titles = {one.sheet_id: one.title for one in seen.sheets}
        self.facts = {one.sheet_id: one for one in seen.sheets}
        for place, text in seen.texts:
            self.hunt.look(text, place, self.sieve)
        if answer.get("dataSources"):
            self.hunt.miss("linked")
        for sheet in seen.sheets:
            if sheet.is_linked:
                self.hunt.miss("linked", Place(sheet.sheet_id))
            self._plan(sheet)

    def look_again(self, *, budget_s: float) -> None:
        """After every tab: one that was added meanwhile, or has grown, is read too. Nothing is left when none was."""
        self.look_around(budget_s=budget_s)
        self.mark.looks += 1
        if self.mark.todo and self.mark.looks < MOST_TIMES:
            return
        for sheet_id, *_ in self.mark.todo:
            self.hunt.miss("edited", Place(sheet_id))
        self.mark.todo.clear()
        self.mark.is_read = True

    def _plan(self, sheet: SheetFacts) -> None:
        rows, columns = self.mark.sizes.get(str(sheet.sheet_id), [0, 0])
        if not sheet.row_count or (sheet.row_count <= rows and sheet.column_count <= columns):
            return
        start = rows if sheet.column_count <= columns else 0
        self.mark.todo.append([sheet.sheet_id, start, sheet.row_count, sheet.column_count])
        self.mark.sizes[str(sheet.sheet_id)] = [sheet.row_count, sheet.column_count]
        self.mark.tabs += rows == 0
        self.mark.row_total += sheet.row_count - start

    def read_chunk(self, *, budget_s: float) -> None:
        """The next rows were read and looked at; the mark stands behind them."""
        sheet_id, start, end, columns = self.mark.todo[0]
        sheet = self.facts.get(sheet_id)
        if sheet is None:  # somebody deleted the tab meanwhile
            self._leave_tab()
            return
        count = min(max(CELLS_PER_CHUNK // max(columns, 1), FEWEST_ROWS), self.rows_per_chunk)
        self.take(self.services, self.eyes, read=1)
        above = 1 if self.mark.edge else 0  # the last row is read again
        answer = self.services.google.get_by_filter(
            self.eyes,
            self.file.spreadsheet_id,
            filters=[survey.rows_filter(sheet_id, start - above, min(start + count, end))],
            fields=survey.ROWS_FIELDS,
            budget_s=budget_s,
        )
        self.mark.calls += 1
        chunk = survey.read_chunk(answer, sheet)
        rows = [row for row in chunk.rows if row.row >= start]
        if above and self._edge(chunk.rows, start - 1) != self.mark.edge and not self._begin_anew():
            return
        for place, text in chunk.texts:
            self.hunt.look(text, place, self.sieve)
        for place in chunk.linked:
            self.hunt.miss("linked", place)
        self._look_at(Tab(sheet_id, sheet.is_hidden, chunk.hidden_columns, self.own.get(sheet_id)), rows)
        last = min(start + count, end)
        self.mark.edge = self._edge(chunk.rows, last - 1)
        self.mark.rows += last - start
        self.mark.cells += sum(len(row.cells) for row in rows)
        self.mark.todo[0][1] = last
        if last >= end:
            self._leave_tab()

    def _leave_tab(self) -> None:
        del self.mark.todo[0]
        self.mark.edge, self.mark.restarts = "", 0

    def _begin_anew(self) -> bool:
        """Rows have moved since the last chunk, so the tab is read from its top. Whether to go on all the same."""
        self.mark.edge = ""
        sheet_id = self.mark.todo[0][0]
        if self.mark.restarts >= MOST_TIMES:
            self.hunt.miss("edited", Place(sheet_id))
            return True
        self.mark.restarts += 1
        self.mark.rows -= self.mark.todo[0][1]
        self.mark.todo[0][1] = 0
        self.hunt.start_again(sheet_id)
        return False

    def _edge(self, rows: Sequence[SeenRow], at: int) -> str:
        """A fingerprint of one row: of its keys, since other cells may change in their place; else of all it shows."""
        row = next((one for one in rows if one.row == at), None)
        if row is None:
            return self.services.store.sealer.fingerprint("")
        keys = sorted(_keys(row.cells))
        shown = keys or [text for cell in row.cells for text in cell.texts]
        return self.services.store.sealer.fingerprint("\n".join(shown))

    # --- comparing ---

    def _look_at(self, tab: Tab, rows: Sequence[SeenRow]) -> None:
        keys = {row.row: _keys(row.cells) for row in rows}
        wanted = {key for found in keys.values() for key in found}
        with self.services.store.read() as tx:
            called = proofs.orders_of_keys(tx, self.file.spreadsheet_id, wanted)
            numbers = {called.get(key, key) for key in wanted}
            found = self._beside(tx, {one for one in numbers if not is_masked_key(one)})
        for row in rows:
            known: dict[str, Beside] = {}
            for key in keys[row.row]:
                order_id = called.get(key, key)
                if order_id in found:
                    known[order_id] = found[order_id]
                elif order_id and (key in called or is_masked_key(key)):
                    self.hunt.miss("keys", Place(tab.sheet_id, a1=row.cells[0].a1))
            self.hunt.look_at_row(tab, row.cells, list(known.values()), self.sieve, hidden=row.hidden)

    def _beside(self, tx: Tx, order_ids: set[str]) -> dict[str, Beside]:
        """What must not stand beside these orders' keys, by order number."""
        stored = proofs.orders_called(tx, self.services.store.sealer, self.account_id, order_ids)
        known_shops = {shop.id: shop for shop in shops.every_shop_of(tx, Scope(self.account_id))}
        notes = _notes(tx, stored)
        books = self._books(tx, stored, known_shops)
        settled = self._settled(tx, stored, known_shops)
        rowed = Rowed(self.audience, where=zones.zone(self.file.time_zone))
        found = {}
        for order in stored:
            shop = known_shops.get(order.shop_id)
            if shop is None:
                continue
            make = partial(
                row_sources,
                order,
                shop=sources.label(self.services, shop),
                now=self.services.clock.market(),
                policies=self.services.policies,
                warehouses=shop.warehouses,
                notes=notes.get((order.shop_id, order.order_id), sources.note_set(None)),
            )
            place = (order.shop_id, order.order_id)
            rows = with_books((*make(Grain.ORDER), *make(Grain.LINE)), books.get(place))
            found[order.order_id] = rowed.beside([*rows, *settled.get(place, ())])
        return found

    def _settled(
        self, tx: Tx, stored: Sequence[Order], known_shops: Mapping[str, ShopRow]
    ) -> Mapping[tuple[str, str], Sequence[RowSource]]:
        """The transactions of these orders, by shop and order: what they say is hidden too, or may be seen."""
        if all(may_see(key, self.audience) for key, column in COLUMNS.items() if column.reads_books):
            return {}
        found: dict[tuple[str, str], list[RowSource]] = {}
        for shop_id in {order.shop_id for order in stored} & known_shops.keys():
            sold = [order.order_id for order in stored if order.shop_id == shop_id]
            for row in transactions.of_orders(self.services, tx, known_shops[shop_id], sold):
                found.setdefault((shop_id, row.order.order_id), []).append(row)
        return found

    def _books(
        self, tx: Tx, stored: Sequence[Order], known_shops: Mapping[str, ShopRow]
    ) -> Mapping[tuple[str, str], Books]:
        """What finance knows of these orders, by shop and order, where any of it is hidden from the audience."""
        hidden = [key for key in COLUMNS if not may_see(key, self.audience)]
        found: dict[tuple[str, str], Books] = {}
        for shop_id in {order.shop_id for order in stored} & known_shops.keys():
            sold = {order.order_id: order for order in stored if order.shop_id == shop_id}
            made = sources.books_for(self.services, tx, known_shops[shop_id], sold, columns=hidden)
            found |= {(shop_id, order_id): books for order_id, books in made.items()}
        return found

    def settle(self) -> None:
        """What waits in the hunt was compared with the orders' own values."""
        if self.hunt.waiting:
            self.hunt.settle(_secrets(self.services, self.account_id, self.audience))


def sit_down(services: Services, file: FileRow, eyes: Identity, *, body: Mapping[str, Any]) -> Sitting:
    """A sitting that goes on from `body`, or begins where that holds no mark: every forbidden value is in its sieve."""
    with services.store.read() as tx:
        account = people.account(tx, file.account_id)
        bound = proofs.ever_bound(tx, file.spreadsheet_id)
        count = proofs.count(tx, file.account_id)
    audience = account.audience(file.audience)
    sieve = Sieve(max(count, 1) * NEEDLES_PER_ORDER)
    for _, secret in _secrets(services, file.account_id, audience):
        sieve.add(secret.needle)
    hunt = Hunt.from_json(audience, body["hunt"]) if "hunt" in body else Hunt(audience)
    mark = Mark.from_json(body["mark"]) if "mark" in body else Mark()
    sitting = Sitting(services, file, eyes, audience, hunt, mark, sieve, count, saved=dict(body))
    for row in bound:
        columns = sheet_columns(Profile.from_json(row.profile), account.audience(row.audience))
        own = {squeeze(column.header).letters: column.key for column in columns}
        sitting.own.setdefault(row.sheet_id, {}).update(own)
    return sitting


def _secrets(services: Services, account_id: str, audience: Audience) -> Iterator[tuple[str, Secret]]:
    """Every forbidden value of the account's orders, with the order's number. Reads in pages; keeps none."""
    last: tuple[str, str] | None = None
    while True:
        with services.store.read() as tx:
            page = proofs.page_after(tx, services.store.sealer, account_id, last, limit=ORDERS_PER_PAGE)
            notes = _notes(tx, page)
        for order in page:
            told = notes.get((order.shop_id, order.order_id), sources.note_set(None))
            for secret in secrets_of(order, told, audience):
                yield order.order_id, secret
        if len(page) < ORDERS_PER_PAGE:
            return
        last = (page[-1].order_id, page[-1].shop_id)


def _notes(tx: Tx, orders: Sequence[Order]) -> dict[tuple[str, str], NoteSet]:
    by_shop: dict[str, list[str]] = {}
    for order in orders:
        by_shop.setdefault(order.shop_id, []).append(order.order_id)
    return {
        (shop_id, order_id): sources.note_set(row)
        for shop_id, order_ids in by_shop.items()
        for order_id, row in order_store.notes_of(tx, shop_id, order_ids).items()
    }


def _keys(cells: Sequence[SeenCell]) -> set[str]:
    """What in a row may be an order's number, or a row's key."""
    found: set[str] = set()
    for cell in cells:
        for text in cell.texts:
            if is_masked_key(text):
                found.add(text)
            elif any(map(str.isdigit, text)):
                found.update(_ORDER_ID.findall(text))
    return found
