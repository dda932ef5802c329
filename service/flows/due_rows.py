"""What a pass has to do, before anybody asks Google: dirty rows, projected for the file's audience. No calls here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import msgspec

from service.core.cells import BLANK, Cell, Form, text_cell
from service.core.columns import COLUMNS
from service.core.diff import plan
from service.core.kinds import KindId
from service.core.profiles import Projection, Row, cleared_cells, key_column, removed_cells, sheet_columns
from service.core.roles import Audience
from service.core.rows import Grain, RowSource
from service.core.zones import zone
from service.errors import NotAllowed
from service.flows import Services, images, sources, transactions
from service.flows.sources import Bound
from service.google.grid import Json
from service.google.tabs import OwnedTab
from service.store import fills, shops
from service.store import rows as row_store
from service.store.records import FileRow, SheetRow, ShopRow
from service.store.session import Tx

ROWS_PER_PASS = 6000
#: Rows of a backfill that go along with live changes: a call is paid anyway, but the change is not to wait for long.
FILL_BESIDE_LIVE = 200
#: Rows that are projected before it is asked again whether the write is full: a few at first, then as many as will fill
#: it by what those weighed, since each question to the database has its price and so has a row that finds no room.
FEWEST, FIRST, MOST = 50, 250, 1000
#: What a request says around a cell's value, {"userEnteredValue":{"stringValue":…}}, beyond what its text takes with
#: quotes: a number has none, and in a formula the reference may be longer than the name in its place.
CELL_BYTES: Mapping[Form, int] = {Form.BLANK: 0, Form.TEXT: 37, Form.NUMBER: 35, Form.BOOL: 35, Form.FORMULA: 42}
MOST_CELL_BYTES = max(CELL_BYTES.values())
ROW_BYTES = 12  # around the cells of a row
FRAME_BYTES = 140  # of a request of its own
#: A request that gives some new rows their format in one column: one per column, and one more whenever the currency
#: of the rows changes.
FORMAT_BYTES = 300
MONEY = frozenset(key for key, column in COLUMNS.items() if column.kind.kind_id is KindId.MONEY)


class DueRow(msgspec.Struct, frozen=True, dict=True):
    """A dirty row and what it should show. `before` is its image, None when that is not known."""

    row: SheetRow
    cells: Mapping[str, Cell]
    currency: str
    before: Mapping[str, Cell] | None

    @property
    def is_new(self) -> bool:
        """Never verified to stand in the sheet."""
        return self.row.image is None and self.row.position is None

    @property
    def may_stand(self) -> bool:
        """In the sheet as far as we know, or inserted by a write that nobody proved: look before writing."""
        return not self.is_new or self.row.sent_at is not None

    @cached_property
    def bytes_when_new(self) -> int:
        """What all its cells weigh in a request that inserts it, as long as they stand side by side in their order.

        Nothing is said of blank cells at the end. A row that was made ready is asked twice.
        """
        cells = list(self.cells.values())
        while cells and cells[-1] == BLANK:
            cells.pop()
        text = len(msgspec.json.encode([cell.value for cell in cells]))  # a blank cell is as long as empty text
        return text + sum([CELL_BYTES[cell.form] for cell in cells]) + ROW_BYTES

    def changed(self, key_column_: str) -> dict[str, Cell]:
        """The cells that differ from the image; all of them when it is not known."""
        return plan(self.before, self.cells, never=(key_column_,))

    def is_wanted(self, key_column_: str) -> bool:
        """Whether Google has to be asked about it."""
        if self.row.position == row_store.DELETED:
            return False
        if self.is_new:  # one that left by right before it was ever written is not put there to be blank
            return self.may_stand or key_column_ in self.cells
        return bool(self.changed(key_column_))

    def formats(self, locale: str) -> Mapping[str, Json]:
        """Number formats of the row's cells in the spreadsheet's locale, by column key: set once, at its insertion."""
        return _formats(tuple(self.cells), self.currency, locale)


@lru_cache(maxsize=256)
def _formats(keys: tuple[str, ...], currency: str, locale: str) -> Mapping[str, Json]:
    """One mapping for all rows that need the same formats."""
    found = {key: COLUMNS[key].kind.number_format(currency, locale) for key in keys}
    return {key: {"type": it.type, "pattern": it.pattern} for key, it in found.items() if it is not None}


#: Rows projected before their pass, by binding and row key.
ReadyRows = Mapping[tuple[str, str], DueRow]


@dataclass(frozen=True, slots=True)
class TabWork:
    """One binding's part of a pass."""

    bound: Bound
    tab: OwnedTab
    foreign: frozenset[str]
    audience: Audience
    due: Sequence[DueRow] = ()
    unchanged: Sequence[DueRow] = ()
    refused: NotAllowed | None = field(default=None, compare=False)

    @staticmethod
    def of(bound: Bound, audience: Audience) -> "TabWork":
        """The binding's part of a pass, still empty."""
        tab = owned_tab(bound, audience)
        return TabWork(bound, tab, sources.foreign_columns(tab.headers), audience)


def owned_tab(bound: Bound, audience: Audience) -> OwnedTab:
    """The tab as the writer addresses it: with columns that are on their way out, and without those on their way in."""
    chosen = {column.key: column.header for column in sheet_columns(bound.profile, audience)}
    standing = {key: header for key, header in chosen.items() if key not in bound.reshaping.coming}
    return OwnedTab(
        binding_id=bound.row.id,
        sheet_id=bound.row.sheet_id,
        header_row=bound.row.header_row,
        headers={**standing, **bound.reshaping.leaving},
        key_column=key_column(bound.profile, audience),
    )


def is_backfill(work: Sequence[TabWork]) -> bool:
    """Whether nothing but a backfill waits for this write."""
    return all(row.row.is_fill for one in work for row in one.due)


def collect(
    services: Services, tx: Tx, file: FileRow, bound: Sequence[Bound], *, audience: Audience, ready: ReadyRows
) -> list[TabWork]:
    """The work of one pass, one entry per binding that has any: live changes before the backfill, as much of both as
    fits into one write. Rows that are `ready` and have not changed since are not projected again.
    """
    ids, now = [one.row.id for one in bound], services.clock.now()
    known = {key: due.row for key, due in ready.items()}
    wanted = fills.dirty(tx, ids, now=now, limit=ROWS_PER_PASS, beside=FILL_BESIDE_LIVE, known=known)
    return _as_fits(_Projector(services, tx, file, audience, ready), bound, wanted)


def make_ready(services: Services, tx: Tx, file: FileRow, bound: Sequence[Bound], *, audience: Audience) -> ReadyRows:
    """The rows of a backfill that were never sent, as a pass would send them next: as many as fit into one write."""
    wanted = fills.unsent(tx, [one.row.id for one in bound], limit=ROWS_PER_PASS)
    work = _as_fits(_Projector(services, tx, file, audience, {}), bound, wanted)
    return {(row.row.binding_id, row.row.row_key): row for one in work for row in one.due}


def _as_fits(projected: "_Projector", bound: Sequence[Bound], wanted: Sequence[SheetRow]) -> list[TabWork]:
    """Rows are projected in slices until the write is full: what does not fit costs nothing and waits for the next
    pass.
    """
    by_id, audience = {one.row.id: one for one in bound}, projected.audience
    work = {key: TabWork.of(by_id[key], audience) for key in dict.fromkeys(row.binding_id for row in wanted)}
    room, done, count = projected.write_bytes, 0, FIRST
    while done < len(wanted) and room >= 0:
        some = wanted[done : done + count]
        for binding_id in dict.fromkeys(row.binding_id for row in some):
            mine = [row for row in some if row.binding_id == binding_id]
            work[binding_id], room = projected.more(work[binding_id], mine, room=room)
        done += len(some)
        count = _as_many_more(done, used=projected.write_bytes - room, room=room)
    return list(work.values())


def _as_many_more(done: int, *, used: int, room: int) -> int:
    """How many rows to project next, where `done` rows took `used` bytes of a write and `room` bytes are left."""
    return min(max(room * done // used, FEWEST), MOST) if used > 0 else MOST


def _fitting(
    due: Sequence[DueRow], room: int, *, before: DueRow | None, key_column_: str, is_first: bool
) -> tuple[list[DueRow], int]:
    """As many rows as keep the write under its size, at least the first of all, and the room that is left: below zero
    once a row did not fit. `before`: the one that they come after.
    """
    found: list[DueRow] = []
    for row in due:
        room -= _weight(row, before, key_column_=key_column_)
        if room < 0 and not (is_first and not found):
            break
        found.append(row)
        before = row
    return found, room


def _weight(row: DueRow, before: DueRow | None, *, key_column_: str) -> int:
    """About what the row's cells weigh in the request when it comes after `before`, escapes included; never less."""
    if row.is_new:
        return row.bytes_when_new + FORMAT_BYTES * _formats_anew(row, before)
    values = [cell.value for cell in row.changed(key_column_).values()]
    return len(msgspec.json.encode(values)) + (MOST_CELL_BYTES + FRAME_BYTES) * len(values)


def _formats_anew(row: DueRow, before: DueRow | None) -> int:
    """In how many columns the row needs another number format than the one before it."""
    if before is None:
        return len(row.cells)
    return 0 if row.currency == before.currency else 2 * len(MONEY & row.cells.keys())


class _Projector:
    """Projects dirty rows; loads each shop's orders once per binding."""

    def __init__(self, services: Services, tx: Tx, file: FileRow, audience: Audience, ready: ReadyRows) -> None:
        self._services, self._tx, self.audience, self._ready = services, tx, audience, ready
        self.write_bytes = services.settings.write_bytes
        self._where = zone(file.time_zone)
        self._shops: dict[str, ShopRow | None] = {}

    def more(self, work: TabWork, dirty: Sequence[SheetRow], *, room: int) -> tuple[TabWork, int]:
        """The work with these rows too, as far as there is `room`, and the room that is left."""
        if work.refused is not None:
            return work, room
        try:
            ready = self._project(work.bound, dirty)
        except NotAllowed as problem:
            return replace(work, due=(), unchanged=(), refused=problem), room
        due: list[DueRow] = []
        same: list[DueRow] = []
        for row in ready:
            (due if row.is_wanted(work.tab.key_column) else same).append(row)
        key = work.tab.key_column
        is_first, before = room == self.write_bytes, work.due[-1] if work.due else None
        fitting, room = _fitting(due, room, before=before, key_column_=key, is_first=is_first)
        return replace(work, due=[*work.due, *fitting], unchanged=[*work.unchanged, *same]), room

    def _project(self, bound: Bound, dirty: Sequence[SheetRow]) -> list[DueRow]:
        """Each row as it is to be sent."""
        known = ((row, self._ready.get((row.binding_id, row.row_key))) for row in dirty)
        ready = {row.row_key: due for row, due in known if due is not None and (due.row is row or due.row == row)}
        rest = [row for row in dirty if row.row_key not in ready]
        if rest:
            ready |= {due.row.row_key: due for due in self._project_anew(bound, rest)}
        return [ready[row.row_key] for row in dirty]

    def _project_anew(self, bound: Bound, dirty: Sequence[SheetRow]) -> list[DueRow]:
        shown: dict[str, Row] = {}
        projection = Projection(bound.profile, self.audience, where=self._where)
        known_orders: set[tuple[str, str]] = set()
        for shop_id in {row.shop_id for row in dirty}:
            shop = self._shop(shop_id)
            if shop is None:
                continue
            mine = [row for row in dirty if row.shop_id == shop_id]
            if bound.profile.grain is Grain.TRANSACTION:
                if not bound.profile.row_filter.entitles_shop(shop_id):
                    continue
                for source in self._transactions(bound, shop, mine):
                    shown[source.row_key] = projection.of(source)
                known_orders |= {(shop_id, row.order_id) for row in mine}
                continue
            ids = sorted({row.order_id for row in mine})
            keys = [column.key for column in bound.profile.columns]
            orders, notes = sources.load(self._services, self._tx, shop_id=shop_id, order_ids=ids, columns=keys)
            books = sources.books_for(self._services, self._tx, shop, orders, columns=keys)
            rows_of = sources.maker(self._services, bound, shop, books=books)
            for order_id, order in orders.items():
                if not bound.profile.row_filter.entitles(order):
                    continue  # it went to another warehouse: its cells are not for these readers any more
                known_orders.add((shop_id, order_id))
                for source in rows_of(order, notes.get(order_id)):
                    shown[source.row_key] = projection.of(source)
        return [self._due(bound, row, shown.get(row.row_key), is_kept=(row.shop_id, row.order_id) in known_orders)
                for row in dirty]  # fmt: skip

    def _transactions(self, bound: Bound, shop: ShopRow, mine: Sequence[SheetRow]) -> list[RowSource]:
        """The transactions that these rows are: each row holds its own in the place of a SKU."""
        ids = [row.sku_id for row in mine]
        return transactions.load(self._services, self._tx, shop, ids, mask=bound.mask)

    def _due(self, bound: Bound, row: SheetRow, shown: Row | None, *, is_kept: bool) -> DueRow:
        if shown is not None and row.image is None and row.sent_at is None:  # it never stood there, as in a backfill
            return DueRow(row, shown.cells, shown.currency, None)
        sealer = self._services.store.sealer
        cells, currency = (shown.cells, shown.currency) if shown is not None else ({}, "")
        image = images.recall(sealer, row.image or {}, cells)
        key = {key_column(bound.profile, self.audience): text_cell(row.row_key)}
        if shown is None and is_kept:  # the line has vanished from its order, perhaps before it was ever written
            # What its other cells show is in the image; where that is not known nothing stays that nobody can compare.
            blank = {column.key: BLANK for column in sheet_columns(bound.profile, self.audience)}
            cells = {**blank, **key, **image, **removed_cells(bound.profile)}
        elif shown is None:
            cells = {**(key if row.image is None else {}), **cleared_cells(bound.profile, self.audience)}
        if row.image is not None or row.sent_at is not None:  # one that never stood there has nothing to lose
            cells = {**cells, **dict.fromkeys(bound.reshaping.leaving, BLANK)}
        is_known = row.image is not None and row.is_known
        return DueRow(row, cells, currency, image if is_known else None)

    def _shop(self, shop_id: str) -> ShopRow | None:
        if shop_id not in self._shops:
            self._shops[shop_id] = shops.shop_unscoped(self._tx, shop_id)
        return self._shops[shop_id]
