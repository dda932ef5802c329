"""The shop API: one method per endpoint in use. Pages, and hands out core types. Keeps nothing.

Every method takes `deadline`, a monotonic second after which no call starts or repeats; None is the sender's own
budget. How a call is signed and sent is `gateway`'s and `calls`' work, what an error means stands in `faults`.
Source: vendor API reference, read 2026-10.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from service.core.orders import Order
from service.errors import NotFound, UpstreamFailed
from service.tiktok.access import Shop, ShopAccess
from service.tiktok.aftersales import (
    Cancellation,
    CancellationsWire,
    Return,
    ReturnsWire,
    read_cancellations,
    read_returns,
)
from service.tiktok.answers import Scalar
from service.tiktok.gateway import Gateway
from service.tiktok.scalars import text
from service.tiktok.webhook import SUBSCRIBED
from service.tiktok.window import Page, Window
from service.tiktok.wire import Unreadable, read_order

if TYPE_CHECKING:
    from service.tiktok.finance_calls import FinanceCalls

Wire = TypeVar("Wire")

#: Ids per request: vendor's limit for orders; a modest choice of ours where no limit is documented.
IDS_PER_CALL = 50

#: Orders per page; the limit is 100. 50 keeps an answer below a megabyte.
ORDERS_PER_PAGE = 50
AFTERSALES_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where upstream sends one type of notice for one shop."""

    event_type: str
    address: str


class _ShopWire(msgspec.Struct):
    id: Scalar = None
    name: Scalar = None
    region: Scalar = None
    seller_type: Scalar = None
    cipher: Scalar = None
    code: Scalar = None


class _ShopsWire(msgspec.Struct):
    shops: list[_ShopWire] | None = None


class _OrdersWire(msgspec.Struct):
    orders: list[msgspec.Raw] | None = None
    next_page_token: Scalar = None


class _WebhookWire(msgspec.Struct):
    event_type: Scalar = None
    address: Scalar = None


class _WebhooksWire(msgspec.Struct):
    webhooks: list[_WebhookWire] | None = None


class _WarehouseWire(msgspec.Struct):
    id: Scalar = None
    name: Scalar = None


class _WarehousesWire(msgspec.Struct):
    warehouses: list[_WarehouseWire] | None = None


class TikTokClient:
    """The API of one app. Safe to share between threads."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        clock: Callable[[], datetime],
        on_unreadable: Callable[[Unreadable], None] | None = None,
    ) -> None:
        """`clock` is aware and dates what is fetched: the market's time, as the orders' own instants are.

        An unreadable order is told to `on_unreadable`.
        """
        self._gateway = gateway
        self._clock = clock
        self._on_unreadable = on_unreadable

    @cached_property
    def finance(self) -> "FinanceCalls":
        """The finance calls of the same app."""
        # The ledger comes with it, and a process that answers people reads no finance.
        from service.tiktok.finance_calls import FinanceCalls

        return FinanceCalls(self._gateway)

    # --- shops -------------------------------------------------------------------------------------------------------

    def shops(self, access_token: str, *, deadline: float | None = None) -> list[Shop]:
        """The shops that the consent behind this token opens, each with its cipher; several for cross-border."""
        wire = self._gateway.ask("shops", _anonymous(access_token), _ShopsWire, deadline=deadline)
        return [
            Shop(
                shop_id=text(shop.id),
                name=text(shop.name),
                region=text(shop.region),
                seller_type=text(shop.seller_type),
                cipher=text(shop.cipher),
                code=text(shop.code),
            )
            for shop in wire.shops or ()
            if text(shop.id)
        ]

    def active_shops(self, access_token: str, *, deadline: float | None = None) -> Mapping[str, str]:
        """Shop id → region of the shops that are active."""
        wire = self._gateway.ask("active_shops", _anonymous(access_token), _ShopsWire, deadline=deadline)
        return {text(shop.id): text(shop.region) for shop in wire.shops or () if text(shop.id)}

    def warehouses(self, shop: ShopAccess, *, deadline: float | None = None) -> Mapping[str, str]:
        """Warehouse id → name."""
        wire = self._gateway.ask("warehouses", shop, _WarehousesWire, deadline=deadline)
        return {text(place.id): text(place.name) for place in wire.warehouses or () if text(place.id)}

    # --- orders ------------------------------------------------------------------------------------------------------

    def search_orders(
        self, shop: ShopAccess, window: Window, *, page_token: str = "", deadline: float | None = None
    ) -> Page:
        """One page of the window's orders. Each order's `fetched_at` is the start of this call."""
        query = {
            "page_size": str(ORDERS_PER_PAGE),
            "sort_field": window.by.value,
            "sort_order": window.direction,
            "page_token": page_token,
        }
        fetched_at = self._clock()
        wire = self._gateway.ask(
            "search_orders", shop, _OrdersWire, query=query, body=window.filters(), deadline=deadline
        )
        orders, unreadable = self._read_orders(shop, wire, fetched_at)
        return Page(tuple(orders), text(wire.next_page_token), tuple(unreadable))

    def pages(self, shop: ShopAccess, window: Window, *, deadline: float | None = None) -> Iterator[Page]:
        """All pages of the window, an order only once unless it changed in between. Empty pages are left out.

        Wherever possible the next page is a new search behind the last order, not a page token: orders that change
        meanwhile leave the window, and pages counted by position would then skip others. Nor is it documented how
        long a token lives. Tokens serve where more orders share one second than fit on a page.
        UpstreamFailed when paging cannot get on: then the window is not complete, and a cursor must not move.
        """
        seen: dict[str, datetime] = {}
        token, tokens = "", set[str]()
        while not window.is_empty:
            page = self.search_orders(shop, window, page_token=token, deadline=deadline)
            fresh = tuple(o for o in page.orders if o.order_id not in seen or seen[o.order_id] < o.updated_at)
            seen.update((order.order_id, order.updated_at) for order in fresh)
            if fresh or page.unreadable:
                yield replace(page, orders=fresh)
            if not page.next_page_token:
                return
            rest = window.after(page.orders)
            if rest != window:
                window, token, tokens = rest, "", set()
                continue
            token = page.next_page_token
            if token in tokens:
                raise _paging_stuck("search_orders")
            tokens.add(token)

    def iter_orders(
        self, shop: ShopAccess, *, updated_from: datetime, updated_to: datetime, deadline: float | None = None
    ) -> Iterator[Order]:
        """Orders changed in [updated_from, updated_to), oldest change first, once each unless changed in between."""
        for page in self.pages(shop, Window.updated(updated_from, updated_to), deadline=deadline):
            yield from page.orders

    def orders(self, shop: ShopAccess, order_ids: Sequence[str], *, deadline: float | None = None) -> list[Order]:
        """These orders as they are now, in the order asked for. Those unknown in this shop are left out."""
        until = self._gateway.deadline(deadline)
        wanted = list(dict.fromkeys(order_ids))
        found: dict[str, Order] = {}
        for chunk in _chunks(wanted):
            found.update((order.order_id, order) for order in self._orders(shop, chunk, until))
        return [found[order_id] for order_id in wanted if order_id in found]

    def _orders(self, shop: ShopAccess, ids: Sequence[str], deadline: float) -> list[Order]:
        """One foreign id fails the whole request upstream (21008111), so a failed one is halved until it is alone."""
        fetched_at = self._clock()
        try:
            wire = self._gateway.ask("orders", shop, _OrdersWire, query={"ids": ",".join(ids)}, deadline=deadline)
        except NotFound:
            if len(ids) == 1:
                return []
            middle = len(ids) // 2
            return self._orders(shop, ids[:middle], deadline) + self._orders(shop, ids[middle:], deadline)
        return self._read_orders(shop, wire, fetched_at)[0]

    def _read_orders(
        self, shop: ShopAccess, wire: _OrdersWire, fetched_at: datetime
    ) -> tuple[list[Order], list[Unreadable]]:
        orders: list[Order] = []
        unreadable: list[Unreadable] = []
        for raw in wire.orders or ():
            found = read_order(bytes(raw), shop_id=shop.shop_id, shop_region=shop.region, fetched_at=fetched_at)
            if isinstance(found, Order):
                orders.append(found)
                continue
            unreadable.append(found)
            if self._on_unreadable:
                self._on_unreadable(found)
        return orders, unreadable

    # --- cancellations and returns -----------------------------------------------------------------------------------

    def cancellations(
        self, shop: ShopAccess, order_ids: Sequence[str], *, deadline: float | None = None
    ) -> list[Cancellation]:
        """All cancellations of these orders; `aftersales.answers_due` makes the deadlines of it."""
        until = self._gateway.deadline(deadline)
        return [
            one
            for body in _by_order(order_ids)
            for wire in self._all_pages("cancellations", shop, CancellationsWire, body=body, deadline=until)
            for one in read_cancellations(wire)
        ]

    def returns(self, shop: ShopAccess, order_ids: Sequence[str], *, deadline: float | None = None) -> list[Return]:
        """All returns and refunds of these orders, closed ones too."""
        until = self._gateway.deadline(deadline)
        return [
            one
            for body in _by_order(order_ids)
            for wire in self._all_pages("returns", shop, ReturnsWire, body=body, deadline=until)
            for one in read_returns(wire)
        ]

    # --- webhooks ----------------------------------------------------------------------------------------------------

    def webhooks(self, shop: ShopAccess, *, deadline: float | None = None) -> list[Subscription]:
        """What is subscribed for this shop."""
        wire = self._gateway.ask("webhooks", shop, _WebhooksWire, deadline=deadline)
        return [Subscription(text(hook.event_type), text(hook.address)) for hook in wire.webhooks or ()]

    def put_webhook(self, shop: ShopAccess, subscription: Subscription, *, deadline: float | None = None) -> None:
        """Notices of this type go to this address from now on. Idempotent."""
        body = {"address": subscription.address, "event_type": subscription.event_type}
        self._gateway.ask("put_webhook", shop, msgspec.Raw, body=body, deadline=deadline)

    def delete_webhook(self, shop: ShopAccess, event_type: str, *, deadline: float | None = None) -> None:
        """No more notices of this type for this shop. Idempotent: also when there was no subscription."""
        self._gateway.ask("delete_webhook", shop, msgspec.Raw, body={"event_type": event_type}, deadline=deadline)

    def subscribe(self, shop: ShopAccess, address: str, *, deadline: float | None = None) -> tuple[str, ...]:
        """Every notice we use goes to `address`; the event types that had to be changed for it. Idempotent."""
        until = self._gateway.deadline(deadline)
        present = {hook.event_type: hook.address for hook in self.webhooks(shop, deadline=until)}
        missing = tuple(event_type for event_type in SUBSCRIBED if present.get(event_type) != address)
        for event_type in missing:
            self.put_webhook(shop, Subscription(event_type, address), deadline=until)
        return missing

    # --- paging --------------------------------------------------------------------------------------------------

    def _all_pages(
        self, name: str, shop: ShopAccess, wire: type[Wire], *, body: Mapping[str, object], deadline: float
    ) -> Iterator[Wire]:
        """Every page of a small search. A token that repeats ends in UpstreamFailed, never in a circle."""
        tokens: set[str] = set()
        token = ""
        while True:
            query = {"page_size": str(AFTERSALES_PER_PAGE), "page_token": token}
            page = self._gateway.ask(name, shop, wire, query=query, body=body, deadline=deadline)
            yield page
            token = text(getattr(page, "next_page_token", None))
            if not token:
                return
            if token in tokens:
                raise _paging_stuck(name)
            tokens.add(token)


def _anonymous(access_token: str) -> ShopAccess:
    """Access without a shop: these endpoints refuse a cipher. Their calls share one pace."""
    return ShopAccess(shop_id="", cipher="", access_token=access_token)


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + IDS_PER_CALL] for start in range(0, len(ids), IDS_PER_CALL))


def _by_order(order_ids: Sequence[str]) -> Iterable[Mapping[str, object]]:
    return ({"order_ids": chunk} for chunk in _chunks(list(dict.fromkeys(order_ids))))


def _paging_stuck(name: str) -> UpstreamFailed:
    return UpstreamFailed(
        "TikTok Shop does not list the orders to their end right now. We try again later.",
        detail=f"{name}: paging makes no progress",
    )
