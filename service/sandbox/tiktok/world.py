"""The market in memory: who and what exists, found quickly, changed under one lock.

Whoever changes an order does it through here, so that indexes, the agenda of coming steps and the notices stay right.
What changes an order makes is decided in `moves`; when they come, in `life`.
"""

import heapq
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok.book import Book
from service.sandbox.tiktok.faults import Faults
from service.sandbox.tiktok.finance_books import Ledger
from service.sandbox.tiktok.generator import random_for
from service.sandbox.tiktok.state import DEFAULT_SELLER, Cancellation, Order, Return, Seller, Shop, State
from service.sandbox.tiktok.wire import show_order

Notify = Callable[[str, int, dict[str, Any]], None]
_SHOP_BASE = 7_495_000_000_000_000_000


class World:
    """All state plus what is derived from it. Hold `lock` around every read or change that spans more than one call."""

    def __init__(self, state: State, *, clock: MarketClock, wall: Callable[[], float]) -> None:
        self.state = state
        self.clock = clock
        self.wall = wall
        self.lock = threading.RLock()
        self.faults = Faults()
        self.notify_out: Notify | None = None
        self.orders: dict[str, Order] = {}
        self.books: dict[str, Book] = {shop_id: Book() for shop_id in state.shops}
        self.cancellations: dict[str, Cancellation] = {one.id: one for one in state.cancellations}
        self.returns: dict[str, Return] = {one.id: one for one in state.returns}
        self.ledger = Ledger(state.finance)
        self.changes = 0
        self._agenda: list[tuple[int, int, str]] = []
        self._quiet = False
        for order in state.orders:
            self._index(order)

    # -- who
    def add_seller(self, seller_id: str, name: str, *, region: str, user_type: int = 0) -> Seller:
        open_id = f"{secrets.token_hex(8)}AAAA{self.count('open_id'):04d}"
        seller = Seller(id=seller_id, name=name, region=region, open_id=open_id, user_type=user_type)
        self.state.sellers[seller_id] = seller
        self.changes += 1
        return seller

    def add_shop(self, seller_id: str, name: str, *, region: str) -> Shop:
        """A new local shop of a known seller (KeyError otherwise)."""
        self.state.sellers[seller_id]
        serial = self.count("shop")
        shop = Shop(
            id=str(_SHOP_BASE + serial * 1_000_037 + 735),
            serial=serial,
            seller_id=seller_id,
            name=name,
            region=region,
            cipher=f"{region}_{secrets.token_urlsafe(18)}",
            code=f"{region}LC{secrets.token_hex(4).upper()}",
            warehouse_ids=[str(6_955_000_000_000_000_000 + serial * 100 + at) for at in (1, 2)],
            delivery_option_id=str(7_091_000_000_000_000_000 + serial),
        )
        self.state.shops[shop.id] = shop
        self.books[shop.id] = Book()
        self.changes += 1
        return shop

    def shops_of(self, seller_id: str) -> list[Shop]:
        return [shop for shop in self.state.shops.values() if shop.seller_id == seller_id]

    def is_connected(self, shop_id: str) -> bool:
        return self.state.shops[shop_id].seller_id in self.state.connected

    def default_shop(self) -> Shop:
        """The first shop of the seller who connected first; with nobody connected, the default seller's."""
        for seller_id in [*self.state.connected, DEFAULT_SELLER]:
            shops = self.shops_of(seller_id)
            if shops:
                return shops[0]
        raise LookupError("The market has no shop.")

    # -- orders
    def add_order(self, order: Order) -> None:
        """The order exists: by id at once, in the search after the lag; history has no lag."""
        self.state.orders.append(order)
        self._index(order)
        if not self._quiet:
            self.books[order.shop_id].hide(order.id, until=self.wall() + self.faults.search_lag_s)
        self.changes += 1

    def touch(self, order: Order, *, at: int) -> None:
        """The order changed at `at`; its update time never runs backwards."""
        self.books[order.shop_id].move(order, update_time=max(at, order.update_time))
        self.changes += 1

    def show(self, order: Order) -> dict[str, Any]:
        return show_order(order, self.state.shops[order.shop_id], now=self.clock.timestamp())

    def random(self, order: Order) -> Random:
        """Fresh numbers for the next decision about this order; the same in every run."""
        order.steps += 1
        return random_for(self.state.seed, order.serial, order.steps)

    # -- the agenda of coming steps
    def schedule(self, order: Order, step: str, *, at: int) -> None:
        """`step` is the only coming step of the order; an empty step clears it."""
        order.next_step, order.next_at = step, at
        if step:
            heapq.heappush(self._agenda, (at, order.serial, order.id))

    def due(self, now: int) -> Iterator[Order]:
        """Orders whose step has come, in the order of their times; steps that follow are included when due, too."""
        while self._agenda and self._agenda[0][0] <= now:
            at, _, order_id = heapq.heappop(self._agenda)
            order = self.orders[order_id]
            if order.next_step and order.next_at == at:
                yield order

    # -- the outside
    def notify(self, shop_id: str, kind: int, content: dict[str, Any]) -> None:
        """A notice goes out, if the shop is connected to the app and history is not being written."""
        if not self._quiet and self.notify_out is not None and self.is_connected(shop_id):
            self.notify_out(shop_id, kind, content)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Inside, changes send no notices and new orders have no search lag."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def count(self, name: str) -> int:
        """The next number of a named series, from 1, across restarts."""
        number = self.state.counters.get(name, 0) + 1
        self.state.counters[name] = number
        return number

    def add_cancellation(self, cancellation: Cancellation) -> None:
        self.state.cancellations.append(cancellation)
        self.cancellations[cancellation.id] = cancellation

    def add_return(self, returned: Return) -> None:
        self.state.returns.append(returned)
        self.returns[returned.id] = returned

    def _index(self, order: Order) -> None:
        self.orders[order.id] = order
        self.books[order.shop_id].add(order)
        if order.next_step:
            self.schedule(order, order.next_step, at=order.next_at)
