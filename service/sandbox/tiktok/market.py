"""The market as one object: world, apps, threads. Who mounts it under which address is no concern of this folder."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx
from msgspec import Struct

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import auth, life
from service.sandbox.tiktok.api import create_api_app
from service.sandbox.tiktok.auth import create_auth_app
from service.sandbox.tiktok.calls import CallBook
from service.sandbox.tiktok.control import create_control_app
from service.sandbox.tiktok.edits import plant
from service.sandbox.tiktok.finance_days import close_days, close_history, midnight
from service.sandbox.tiktok.keeping import Keeper, load_state
from service.sandbox.tiktok.state import DEFAULT_SELLER, STATUSES, Order, Shop
from service.sandbox.tiktok.webhooks import Postman
from service.sandbox.tiktok.world import World

TICK_S = 0.1
_HOUR_S = 3_600
_DAY_S = 24 * _HOUR_S

# login on the consent page, name, market, user type, shop; the first is the default
_SELLERS: tuple[tuple[str, str, str, int, str | None], ...] = (
    (DEFAULT_SELLER, "Bloom & Thread Ltd", "GB", 0, "Bloom & Thread"),
    ("harbour-lane", "Harbour Lane Goods", "GB", 0, "Harbour Lane"),
    ("creator-nina", "Nina Park (creator)", "GB", 1, None),
)


class Burst(Struct):
    """A viral hour: orders spread evenly over wall seconds."""

    shop_id: str
    orders: int
    over_s: float
    started_at: float
    made: int = 0


class Market:
    """A running TikTok Shop: `auth_app`, `api_app` and `control_app` are WSGI apps for any base address."""

    def __init__(
        self,
        *,
        data_dir: Path | None,
        clock: MarketClock,
        webhook_url: str | None,
        wall: Callable[[], float],
        seed: int,
    ) -> None:
        self.clock = clock
        self.redirect_url: str | None = None
        self.world = World(load_state(data_dir, seed=seed), clock=clock, wall=wall)
        self.calls = CallBook()
        self._closing = threading.Event()
        self._postman = Postman(self.world, self.calls)
        self._postman.webhook_url = webhook_url
        self.world.notify_out = self._postman.notify
        self._keeper = Keeper(self.world, data_dir)
        self._bursts: list[Burst] = []
        self._thread: threading.Thread | None = None
        if not self.world.state.sellers:
            self._settle_sellers()
        if not self.world.ledger.state.closed_at:
            self.world.ledger.state.closed_at = midnight(clock.timestamp())
        self.auth_app = create_auth_app(self.world, self.calls, lambda: self.redirect_url)
        self.api_app = create_api_app(self.world, self.calls, closing=self._closing)
        self.control_app = create_control_app(self)

    # -- who we are to the product
    @property
    def app_key(self) -> str:
        return self.world.state.app_key

    @property
    def app_secret(self) -> str:
        return self.world.state.app_secret

    @property
    def service_id(self) -> str:
        return self.world.state.service_id

    @property
    def webhook_url(self) -> str | None:
        """The app-level address of notices; a shop's own subscription wins."""
        return self._postman.webhook_url

    @webhook_url.setter
    def webhook_url(self, address: str | None) -> None:
        self._postman.webhook_url = address

    @property
    def webhook_transport(self) -> httpx.BaseTransport | None:
        """How notices travel; tests set an httpx.WSGITransport before the first delivery."""
        return self._postman.transport

    @webhook_transport.setter
    def webhook_transport(self, transport: httpx.BaseTransport | None) -> None:
        self._postman.transport = transport

    # -- running
    def start(self) -> None:
        """Time passes and notices go out in the background from here on."""
        self._postman.start()
        self._thread = threading.Thread(target=self._run, name="market", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Threads are gone and the market is saved."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        self._postman.close()
        self._keeper.save()

    def tick(self) -> int:
        """Everything due by now has happened; how many steps of orders that were."""
        with self.world.lock:
            self._make_burst_orders()
            played = life.play(self.world, self.clock.timestamp())
            close_days(self.world)
            return played

    def deliver_due(self) -> int:
        """Deliver the notices due now in the calling thread (for tests that do not start the market)."""
        return self._postman.deliver_due()

    def waiting_notices(self) -> int:
        return self._postman.waiting()

    # -- playing the market
    def advance(self, seconds: float) -> int:
        """Market time is `seconds` later and every step due until then has happened at its own time; their number."""
        with self.world.lock:
            self.clock.advance(seconds)
            return self.tick()

    def place_orders(
        self,
        count: int,
        *,
        shop_id: str | None = None,
        status: str = "AWAITING_SHIPMENT",
        kind: str | None = None,
        overrides: dict[str, Any] | None = None,
    ) -> list[Order]:
        """New orders that reach `status` now, of one kind or mixed, each with the overrides planted in it."""
        with self.world.lock:
            shop, at = self._shop(shop_id), self.clock.timestamp()
            prepare = partial(plant, overrides=overrides or {})
            return [life.place_at(self.world, shop, status, at=at, kind=kind, prepare=prepare) for _ in range(count)]

    def take_step(self, order_id: str, step: str) -> Order:
        """A step of `life.STEPS` happens to the order now (KeyError when either is unknown), and its life goes on."""
        with self.world.lock:
            order, at = self.world.orders[order_id], self.clock.timestamp()
            life.STEPS[step](self.world, order, at)
            life.plan(self.world, order, at=at, after=step)
            return order

    def burst(self, orders: int, over_s: float, *, shop_id: str | None = None) -> None:
        """So many orders come in over the next `over_s` wall seconds; at once for 0."""
        with self.world.lock:
            shop = self._shop(shop_id)
            self._bursts.append(Burst(shop.id, orders, over_s, self.world.wall()))
            self._make_burst_orders()

    def seed_history(self, count: int = 40, *, days: int = 5, shop_id: str | None = None) -> list[Order]:
        """`count` orders of about the last `days`, some of every status; silent, and found by the search at once."""
        with self.world.lock, self.world.quiet():
            shop, now = self._shop(shop_id), self.clock.timestamp()
            rng = Random(f"{self.world.state.seed}history{len(self.world.state.orders)}")
            recent = [
                life.place_at(self.world, shop, status, at=now - rng.randrange(15)) for status in STATUSES[:count]
            ]
            moments = sorted(now - int(days * _DAY_S * rng.random()) for _ in range(count - len(recent)))
            older = [self._place_in_history(shop, moment, rng) for moment in moments]
            life.play(self.world, now)
            close_history(self.world)
            return older + recent

    def add_shop(self, region: str, *, name: str | None = None, seller_id: str | None = None) -> Shop:
        """A shop in GB, US or VN; with a new seller of its own unless one is named."""
        with self.world.lock:
            title = name or {"US": "Juniper & Wren", "VN": "Mai Mộc"}.get(region, "Harbour Lane")
            if seller_id is None:
                seller_id = f"seller-{self.world.count('seller')}"
                self.world.add_seller(seller_id, title, region=region)
            return self.world.add_shop(seller_id, title, region=region)

    def authorize(self, seller_id: str = DEFAULT_SELLER) -> str:
        """An auth code, as the consent page would send it to the redirect address."""
        with self.world.lock:
            return auth.issue_code(self.world, seller_id)

    def deauthorize(self, shop_id: str) -> None:
        """The shop's seller ends the consent: notice 6, dead tokens, for all shops of the seller."""
        with self.world.lock:
            auth.deauthorize(self.world, self.world.state.shops[shop_id].seller_id)

    def bursting(self) -> int:
        """Orders still to come from bursts."""
        return sum(burst.orders - burst.made for burst in self._bursts)

    def _shop(self, shop_id: str | None) -> Shop:
        return self.world.default_shop() if shop_id is None else self.world.state.shops[shop_id]

    def _place_in_history(self, shop: Shop, moment: int, rng: Random) -> Order:
        kind = rng.choices((None, "SAMPLE", "PRE_ORDER", "BUNDLE", "GIFT"), (80, 4, 3, 6, 7))[0]
        order = life.place_order(self.world, shop, at=moment, kind=kind)
        if rng.random() < 0.1:
            order.shipping_type = "TIKTOK"
        return order

    def _settle_sellers(self) -> None:
        for seller_id, name, region, user_type, shop in _SELLERS:
            self.world.add_seller(seller_id, name, region=region, user_type=user_type)
            if shop is not None:
                self.world.add_shop(seller_id, shop, region=region)

    def _make_burst_orders(self) -> None:
        now = self.world.wall()
        for burst in self._bursts:
            share = 1.0 if burst.over_s <= 0 else min(1.0, (now - burst.started_at) / burst.over_s)
            missing = int(burst.orders * share) - burst.made
            burst.made += len(self.place_orders(missing, shop_id=burst.shop_id))
        self._bursts = [burst for burst in self._bursts if burst.made < burst.orders]

    def _run(self) -> None:
        while not self._closing.wait(TICK_S):
            self.tick()
            self._keeper.save_if_due()


def create_market(
    *,
    data_dir: Path | None,
    clock: MarketClock,
    webhook_url: str | None,
    wall: Callable[[], float] = time.time,
    seed: int = 7,
) -> Market:
    """A market at rest: nothing moves until `start` (or `tick`); a data directory brings back what it held."""
    return Market(data_dir=data_dir, clock=clock, webhook_url=webhook_url, wall=wall, seed=seed)
