"""Where many stories begin: an account with its people, its shop and a bound sheet, lived through once in a process.

What a team does first takes longer than what most tests ask. It is done on the real way, in a world of its own; the
database, the market, the files and the time are kept as they were then, and every test's own world begins with copies
of them. Its product remembers nothing of it, as after a restart.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doubles import WakeUp
from drivers import Product, Sheet

from service.sandbox.sheets.archive import pack_file, unpack_file
from service.sandbox.tiktok.book import Book
from service.sandbox.tiktok.state import State

#: What is the market's own in each world, because the product's settings name it.
OF_THE_MARKET = ("app_key", "app_secret", "service_id")


@dataclass(frozen=True)
class Beginning:
    """A world at a moment in which nothing is under way and nothing was ordered yet."""

    at: datetime
    ahead_s: float
    database: sqlite3.Connection
    identity: sqlite3.Connection
    browser_account: str
    market: State
    files: tuple[str, ...]
    waiting: tuple[WakeUp, ...]

    @classmethod
    def of(cls, product: Product) -> "Beginning":
        """The product and its world as they are now."""
        world, state = product.world, product.world.market.world.state
        assert not state.orders, "a market with orders has more to keep than this"
        assert not world.market.waiting_notices(), "a notice is under way"
        return cls(
            at=product.clock.at,
            ahead_s=product.clock.market_clock.offset_s,
            database=_kept(_database(product)),
            identity=_kept(world.identity.bearers._db),
            browser_account=world.identity.browser_account,
            market=deepcopy(state),
            files=tuple(json.dumps(pack_file(file)) for file in world.emulator.state.files.values()),
            waiting=tuple(product.wake.waiting),
        )

    def begin(self, product: Product) -> None:
        """The product, in which nothing has happened yet, and its world are as they were then."""
        world = product.world
        product.clock.at = self.at
        product.clock.market_clock._offset_s = self.ahead_s
        product.wake.waiting[:] = self.waiting
        self.database.backup(_database(product))
        self.identity.backup(world.identity.bearers._db)
        world.identity.browser_account = self.browser_account
        self._begin_market(world.market.world)
        for packed in self.files:
            world.emulator.state.add(unpack_file(json.loads(packed)))

    def _begin_market(self, market: Any) -> None:
        was, state = deepcopy(self.market), market.state
        for name in state.__struct_fields__:
            if name == "finance":  # the market's books hold on to this one
                for part in state.finance.__struct_fields__:
                    setattr(state.finance, part, getattr(was.finance, part))
            elif name not in OF_THE_MARKET:
                setattr(state, name, getattr(was, name))
        market.books.clear()
        market.books.update({shop_id: Book() for shop_id in state.shops})


class Beginnings:
    """What was lived through so far, by name. `raise_product` gives a product in a world of its own, taken down after.

    Every test begins with copies, the first one too, so that none depends on which was first.
    """

    def __init__(self, raise_product: Callable[[], AbstractContextManager[Product]]) -> None:
        self._raise_product = raise_product
        self._known: dict[Any, tuple[Beginning, str]] = {}

    def begin(self, product: Product, name: Any, live: Callable[[Product], Sheet]) -> str:
        """The product stands where `live` leads to, which is what `name` means. The id of its sheet."""
        if name not in self._known:
            with self._raise_product() as first:
                sheet = live(first)
                self._known[name] = Beginning.of(first), sheet.spreadsheet_id
        beginning, sheet_id = self._known[name]
        beginning.begin(product)
        return sheet_id


def _database(product: Product) -> sqlite3.Connection:
    with product.services.store.engine.connect() as connection:
        found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def _kept(source: sqlite3.Connection) -> sqlite3.Connection:
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    source.backup(kept)
    return kept
