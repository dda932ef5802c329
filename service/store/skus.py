"""The SKUs that shops sell, as their orders told: kept with the orders, read for everything about costs.

A SKU's row is written when an order tells something new of it and not otherwise: saving orders costs one read more.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from service.core.ledger.costs import BundlePart, bundles_of
from service.core.orders import Order
from service.core.roles import Scope
from service.store.session import Tx, dialect_of, insert_for
from service.store.tables import skus

_AT_ONCE = 500
#: When a SKU was last sold that only went into bundles.
NEVER_SOLD_ALONE = datetime(1970, 1, 1, tzinfo=UTC)
_TOLD = ("seller_sku", "product_name", "sku_name", "currency", "parts")
#: Made once: every save of orders runs it.
_KNOWN = sa.select(skus.c.sku_id, skus.c.told_at, *(skus.c[name] for name in _TOLD)).where(
    skus.c.shop_id == sa.bindparam("shop"), skus.c.sku_id.in_(sa.bindparam("skus", expanding=True))
)


@dataclass(frozen=True, slots=True)
class SkuRow:
    """A SKU of a shop. `parts`: what it is packed from, if it is a bundle. `told_at`: creation of the order that said
    so; `currency`: in which it was sold.
    """

    shop_id: str
    sku_id: str
    seller_sku: str
    product_name: str
    sku_name: str
    currency: str
    parts: tuple[BundlePart, ...]
    told_at: datetime


def note(tx: Tx, orders: Sequence[Order], *, account_id: str) -> None:
    """The SKUs of these orders are known by what the newest order says of them."""
    newest = newest_of(orders)
    known = _known(tx, newest)
    fresh = [row for key, row in sorted(newest.items()) if _is_news(row, known.get(key))]
    if not fresh:
        return
    tx.execute(_put(dialect_of(tx)), [row | {"account_id": account_id} for row in fresh])


@cache
def _put(dialect: str) -> sa.Insert:
    """A row that a newer order told stays as it is."""
    statement = insert_for(dialect, skus)
    changing = {name: statement.excluded[name] for name in (*_TOLD, "told_at")}
    return statement.on_conflict_do_update(
        index_elements=["shop_id", "sku_id"], set_=changing, where=skus.c.told_at <= statement.excluded.told_at
    )


def newest_of(orders: Iterable[Order]) -> dict[tuple[str, str], dict[str, Any]]:
    """(shop, SKU) → what the newest of these orders says of it, as columns of the table but for the account."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for order in orders:
        for row in _told(order):
            key = (row["shop_id"], row["sku_id"])
            if key not in newest or newest[key]["told_at"] <= row["told_at"]:
                newest[key] = row
    return newest


def _told(order: Order) -> Iterable[dict[str, Any]]:
    """What the order says of each of its SKUs, and that the parts of its bundles are there: any line tells more."""
    bundles = bundles_of(order)
    base = {"shop_id": order.shop_id, "currency": order.payment.currency, "told_at": order.created_at}
    lines = {line.sku_id: line for line in order.lines if line.sku_id}
    for sku_id, line in lines.items():
        parts = [[part.sku_id, part.count] for part in bundles.get(sku_id, ())]
        names = {name: _kept(getattr(line, name)) for name in ("seller_sku", "product_name", "sku_name")}
        yield {**base, "sku_id": sku_id, **names, "parts": parts}
    for sku_id in sorted({part.sku_id for parts in bundles.values() for part in parts} - {*lines, ""}):
        nothing = {"seller_sku": "", "product_name": "", "sku_name": "", "parts": []}
        yield {**base, "sku_id": sku_id, **nothing, "told_at": NEVER_SOLD_ALONE}


def _kept(text: str) -> str:
    """The text without what no database keeps."""
    return text.encode(errors="ignore").decode().replace("\0", "")


def _known(tx: Tx, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], sa.Row[Any]]:
    by_shop: dict[str, list[str]] = {}
    for shop_id, sku_id in keys:
        by_shop.setdefault(shop_id, []).append(sku_id)
    found: dict[tuple[str, str], sa.Row[Any]] = {}
    for shop_id, ids in by_shop.items():
        for portion in _some(ids):
            rows = tx.execute(_KNOWN, {"shop": shop_id, "skus": portion})
            found |= {(shop_id, row.sku_id): row for row in rows}
    return found


def _is_news(row: dict[str, Any], known: sa.Row[Any] | None) -> bool:
    """Whether this is the first order of the SKU, or a newer one that says something else."""
    if known is None:
        return True
    return row["told_at"] >= known.told_at and any(row[name] != getattr(known, name) for name in _TOLD)


def of_shops(tx: Tx, scope: Scope, shop_ids: Collection[str] | None = None) -> list[SkuRow]:
    """The SKUs in scope, of these shops or of all, by product and code."""
    query = _select(scope)
    if shop_ids is not None:
        query = query.where(skus.c.shop_id.in_(sorted(shop_ids)))
    order = (skus.c.product_name, skus.c.sku_name, skus.c.seller_sku, skus.c.sku_id, skus.c.shop_id)
    return [_row(row) for row in tx.execute(query.order_by(*order))]


def named(tx: Tx, scope: Scope, shop_id: str, sku_ids: Collection[str]) -> dict[str, SkuRow]:
    """Those of these SKUs of the shop that are known, by id."""
    found: dict[str, SkuRow] = {}
    for portion in _some(sku_ids):
        query = _select(scope).where(skus.c.shop_id == shop_id, skus.c.sku_id.in_(portion))
        found |= {row.sku_id: _row(row) for row in tx.execute(query)}
    return found


def currency_of(tx: Tx, shop_id: str) -> str:
    """The currency in which the shop sold last; empty while it has sold nothing."""
    query = sa.select(skus.c.currency).where(skus.c.shop_id == shop_id)
    return str(tx.execute(query.order_by(skus.c.told_at.desc(), skus.c.sku_id).limit(1)).scalar() or "")


def forget_shop(tx: Tx, shop_id: str) -> None:
    """Nothing is known of what the shop sells."""
    tx.execute(sa.delete(skus).where(skus.c.shop_id == shop_id))


def _select(scope: Scope) -> sa.Select[Any]:
    columns = [skus.c[name] for name in SkuRow.__dataclass_fields__]
    query = sa.select(*columns).where(skus.c.account_id == scope.account_id)
    return query if scope.shop_ids is None else query.where(skus.c.shop_id.in_(sorted(scope.shop_ids)))


def _row(row: sa.Row[Any]) -> SkuRow:
    values = dict(row._mapping)
    parts = tuple(BundlePart(str(sku_id), int(count)) for sku_id, count in values.pop("parts"))
    return SkuRow(**values, parts=parts)


def _some(ids: Collection[str]) -> Iterable[list[str]]:
    wanted = sorted(set(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))
