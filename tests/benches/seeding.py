"""Fills a database with many orders straight through the tables: seconds instead of the minutes an import would take.

The orders are real ones, fetched from the market through the product's own client and copied under new ids and times,
so statuses, deadlines and sizes are those of a living shop. Only a bench may write past the store's functions.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from service.core.orders import Clocks, Order
from service.core.terms import Term, TermKind, terms_of
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
    terms: frozenset[Term]  # but for the end of its number


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
    times = {name: getattr(order.clocks, name) for name in Clocks.__struct_fields__}
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
    }
    sealed = None
    if order.recipient != EMPTY:
        sealed = services.store.sealer.seal(msgspec.json.encode(order.recipient).decode())
    terms = frozenset(term for term in terms_of(order) if term.kind is not TermKind.ORDER_END)
    return _Kind(row, msgspec.to_builtins(replace(order, recipient=EMPTY)), sealed, terms)


def fill(
    services: Services, kinds: list[_Kind], *, account_id: str, shop: ShopRow, bound: BindingRow, count: int
) -> None:
    """So many orders of the shop stand in the database, evenly over the past, and each as a settled row of `bound`."""
    for start, chunk in add_orders(services, kinds, account_id=account_id, shop=shop, count=count):
        with services.store.write() as tx:
            tx.execute(
                sa.insert(tables.sheet_rows),
                [_sheet_row(row, bound, shop, start + at) for at, row in enumerate(chunk)],
            )
    with services.store.write() as tx:
        binding = sa.update(tables.bindings).where(tables.bindings.c.id == bound.id)
        tx.execute(binding.values(row_total=count, row_done=count, fill_at=None, state="live"))
        tx.execute(sa.update(tables.files).values(flushed_at=services.clock.now(), checked_at=services.clock.now()))


def add_orders(
    services: Services, kinds: list[_Kind], *, account_id: str, shop: ShopRow, count: int, past: timedelta = PAST
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """So many orders of the shop stand in the database, evenly over the past; chunk by chunk, with its first number."""
    until = services.clock.market()
    fixed = {"shop_id": shop.id, "account_id": account_id}
    for start in range(0, count, CHUNK):
        chunk = list(_copies(kinds, range(start, min(start + CHUNK, count)), until=until, step=past / count))
        with services.store.write() as tx:
            tx.execute(sa.insert(tables.orders), [row | fixed for row, _kind in chunk])
            tx.execute(
                sa.insert(tables.recipients),
                [
                    {"shop_id": shop.id, "order_id": row["order_id"], "sealed": kind.sealed}
                    for row, kind in chunk
                    if kind.sealed is not None
                ],
            )
            terms = [{"shop_id": shop.id} | term for row, kind in chunk for term in _term_rows(row["order_id"], kind)]
            tx.execute(sa.insert(tables.order_terms), terms)
        yield start, [row for row, _kind in chunk]


def _copies(
    kinds: list[_Kind], numbers: range, *, until: datetime, step: timedelta
) -> Iterator[tuple[dict[str, Any], _Kind]]:
    for number in numbers:
        kind = kinds[number % len(kinds)]
        order_id, created_at = str(FIRST_ID + number), until - step * number
        body = {**kind.body, "order_id": order_id, "created_at": created_at}
        yield {**kind.order, "order_id": order_id, "created_at": created_at, "body": body}, kind


def _term_rows(order_id: str, kind: _Kind) -> Iterator[dict[str, str]]:
    for term in kind.terms | {Term(TermKind.ORDER_END, order_id[::-1])}:
        yield {"order_id": order_id, "kind": term.kind.value, "term": term.text}


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
