"""Fills a database with many orders straight through the tables: seconds instead of the minutes an import would take.

The orders are real ones, fetched from the market through the product's own client and copied under new ids and times,
so statuses, deadlines and sizes are those of a living shop. Only a bench may write past the store's functions.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from service.core.orders import Clocks, Order
from service.flows import Services, connect, sources
from service.store import tables
from service.store.orders import EMPTY
from service.store.records import BindingRow, ShopRow
from tests.benches.grounds import Grounds

KINDS = 300  # different orders; the rest are copies
PAST = timedelta(days=60)
BUSY_DAYS = 7  # the kinds are a week's orders: many still open, so that the lists of the small shop are full too
FIRST_ID = 577_000_000_000_000_000  # TikTok's orders carry ids of this size
CHUNK = 2000
FETCH_WITHIN_S = 30.0
FETCHED = 50  # orders that TikTok gives at once


@dataclass(frozen=True, slots=True)
class _Kind:
    """One real order as rows: to be copied under another id and time."""

    order: dict[str, Any]
    body: dict[str, Any]
    sealed: bytes | None


def fetch_kinds(ground: Grounds, services: Services, shop: ShopRow) -> list[_Kind]:
    """Orders of every status, as the product reads them from the market."""
    made = ground.world.market.seed_history(KINDS, days=BUSY_DAYS)
    access = connect.access(services, shop)
    ids = [order.id for order in made]
    deadline = time.monotonic() + FETCH_WITHIN_S
    found = [
        order
        for start in range(0, len(ids), FETCHED)
        for order in services.tiktok.orders(access, ids[start : start + FETCHED], deadline=deadline)
    ]
    return [_kind(services, _hurried(order, number)) for number, order in enumerate(found)]


def _hurried(order: Order, number: int) -> Order:
    """The same order with its deadlines up to two days earlier: the market is never late, and a list of late ones
    should be as full in the small shop as in the large one.
    """
    earlier = timedelta(days=number % 3)
    times = {name: getattr(order.clocks, name) for name in Clocks.__dataclass_fields__}
    return replace(order, clocks=Clocks(**{name: at and at - earlier for name, at in times.items()}))


def _kind(services: Services, order: Order) -> _Kind:
    marks = sources.marks(services, order)
    row = {
        "status": order.status,
        "updated_at": order.updated_at,
        "fetched_at": order.fetched_at,
        "saved_at": order.fetched_at,
        "sla_due_at": marks.sla_due_at,
        "action": marks.action,
        "change_at": marks.change_at,
        "search": marks.search,
    }
    sealed = None
    if order.recipient != EMPTY:
        sealed = services.store.sealer.seal(msgspec.json.encode(order.recipient).decode())
    return _Kind(row, msgspec.to_builtins(replace(order, recipient=EMPTY)), sealed)


def fill(
    services: Services, kinds: list[_Kind], *, account_id: str, shop: ShopRow, bound: BindingRow, count: int
) -> None:
    """So many orders of the shop stand in the database, evenly over the past, and each as a settled row of `bound`."""
    until = services.clock.market()
    for start in range(0, count, CHUNK):
        chunk = list(_copies(kinds, range(start, min(start + CHUNK, count)), until=until, step=PAST / count))
        fixed = {"shop_id": shop.id, "account_id": account_id}
        with services.store.write() as tx:
            tx.execute(sa.insert(tables.orders), [row | fixed for row, _sealed in chunk])
            tx.execute(
                sa.insert(tables.recipients),
                [
                    {"shop_id": shop.id, "order_id": row["order_id"], "sealed": sealed}
                    for row, sealed in chunk
                    if sealed is not None
                ],
            )
            tx.execute(
                sa.insert(tables.sheet_rows),
                [_sheet_row(row, bound, shop, start + at) for at, (row, _sealed) in enumerate(chunk)],
            )
    with services.store.write() as tx:
        binding = sa.update(tables.bindings).where(tables.bindings.c.id == bound.id)
        tx.execute(binding.values(row_total=count, row_done=count, fill_at=None, state="live"))
        tx.execute(sa.update(tables.files).values(flushed_at=services.clock.now(), checked_at=services.clock.now()))


def _copies(
    kinds: list[_Kind], numbers: range, *, until: datetime, step: timedelta
) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    for number in numbers:
        kind = kinds[number % len(kinds)]
        order_id, created_at = str(FIRST_ID + number), until - step * number
        body = {**kind.body, "order_id": order_id, "created_at": created_at}
        yield {**kind.order, "order_id": order_id, "created_at": created_at, "body": body}, kind.sealed


def _sheet_row(row: dict[str, Any], bound: BindingRow, shop: ShopRow, number: int) -> dict[str, Any]:
    return {
        "binding_id": bound.id, "row_key": row["order_id"], "shop_id": shop.id, "order_id": row["order_id"],
        "sku_id": "", "version": 1, "settled": 1, "is_fill": False, "sort_at": row["created_at"],
        "position": number + 1, "is_known": True, "image": {},
    }  # fmt: skip


def settle(services: Services) -> None:
    """PostgreSQL knows how its tables are filled, as autovacuum sees to; SQLite is left without, as in production."""
    if services.store.engine.dialect.name == "postgresql":
        with services.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
