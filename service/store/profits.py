"""Kept estimates: what an order was expected to come to before it was settled. Nothing personal.

A line for each time that this changed, the last one in force when the first settlement came. Written in the transaction
that stores what changed it, so that none is lost and none is there twice; a line is never changed once another follows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.ledger.rates import Estimate
from service.core.ledger.settling import is_reserve
from service.core.roles import Scope
from service.store.finance import opened, plain, some
from service.store.records import ShopRow
from service.store.session import Tx, insert_into
from service.store.tables import entries, kept_estimates

#: Lines of one order: an estimate that changes every day for months tells no more than its beginning and its end.
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class KeptLine:
    """An estimate in force from `at` on. `is_last`: settlement replaced it."""

    number: int
    at: datetime
    estimate: Estimate
    is_last: bool = False


def kept_of(tx: Tx, shop_id: str, order_ids: Collection[str]) -> dict[str, Estimate]:
    """Order id → the estimate in force when its first settlement came; of orders that have one."""
    found: dict[str, Estimate] = {}
    for portion in some(order_ids):
        query = sa.select(kept_estimates.c.order_id, kept_estimates.c.body).where(
            kept_estimates.c.shop_id == shop_id,
            kept_estimates.c.order_id.in_(portion),
            kept_estimates.c.is_last.is_(sa.true()),
        )
        found |= {row.order_id: opened(row.body, Estimate) for row in tx.execute(query)}
    return found


def newest_of(tx: Tx, shop_id: str, order_ids: Collection[str]) -> dict[str, KeptLine]:
    """Order id → its newest line; orders without any are absent."""
    found: dict[str, KeptLine] = {}
    for portion in some(order_ids):
        query = sa.select(kept_estimates).where(
            kept_estimates.c.shop_id == shop_id, kept_estimates.c.order_id.in_(portion)
        )
        rows = tx.execute(query.order_by(kept_estimates.c.order_id, kept_estimates.c.number))
        newest = {row.order_id: row for row in rows}
        found |= {order_id: _line(row) for order_id, row in newest.items()}
    return found


def settled_among(tx: Tx, shop_id: str, order_ids: Collection[str]) -> set[str]:
    """Those of the orders of which anything is settled. What is held back in reserve settles nothing."""
    found: set[str] = set()
    for portion in some(order_ids):
        query = sa.select(entries.c.order_id, entries.c.kind).where(
            entries.c.shop_id == shop_id, entries.c.order_id.in_(portion)
        )
        found |= {row.order_id for row in tx.execute(query.distinct()) if not is_reserve(row.kind)}
    return found


def lines_of(tx: Tx, scope: Scope, shop_id: str, order_id: str) -> list[KeptLine]:
    """What the order was expected to come to, oldest first."""
    allowed = scope.shop_ids is None or shop_id in scope.shop_ids
    query = sa.select(kept_estimates).where(
        kept_estimates.c.account_id == scope.account_id,
        kept_estimates.c.shop_id == shop_id,
        kept_estimates.c.order_id == order_id,
    )
    return [_line(row) for row in tx.execute(query.order_by(kept_estimates.c.number))] if allowed else []


def keep(tx: Tx, shop: ShopRow, found: Mapping[str, Estimate], *, now: datetime) -> None:
    """Each of these orders is expected to come to this. A line is added where that is news, and none after the last."""
    _add(tx, shop, found, now=now, is_last=False)


def keep_last(tx: Tx, shop: ShopRow, found: Mapping[str, Estimate], *, now: datetime) -> None:
    """The same just before the first settlement: no later line of these orders is taken."""
    _add(tx, shop, found, now=now, is_last=True)


def _add(tx: Tx, shop: ShopRow, found: Mapping[str, Estimate], *, now: datetime, is_last: bool) -> None:
    newest = newest_of(tx, shop.id, found)
    rows: list[dict[str, Any]] = []
    for order_id, estimate in sorted(found.items()):
        known = newest.get(order_id)
        if known is not None and (known.is_last or (known.estimate == estimate and not is_last)):
            continue
        is_same = known is not None and known.estimate == estimate
        rows.append(
            {
                "order_id": order_id,
                "number": _number(known, is_same=is_same),
                "at": known.at if known is not None and is_same else now,
                "is_last": is_last,
                "body": plain(estimate),
            }
        )
    if rows:
        owned = [row | {"shop_id": shop.id, "account_id": shop.account_id} for row in rows]
        statement = insert_into(tx, kept_estimates)
        changing = {name: statement.excluded[name] for name in ("at", "is_last", "body")}
        tx.execute(
            statement.on_conflict_do_update(index_elements=["shop_id", "order_id", "number"], set_=changing), owned
        )


def _number(known: KeptLine | None, *, is_same: bool) -> int:
    """Where a line goes: behind the newest one; over it where it says the same, or where there are enough."""
    if known is None:
        return 0
    return known.number if is_same or known.number + 1 >= MOST_LINES else known.number + 1


def forget_shop(tx: Tx, shop_id: str) -> None:
    """No estimate of the shop is left."""
    tx.execute(sa.delete(kept_estimates).where(kept_estimates.c.shop_id == shop_id))


def _line(row: sa.Row[Any]) -> KeptLine:
    return KeptLine(row.number, row.at, opened(row.body, Estimate), row.is_last)
