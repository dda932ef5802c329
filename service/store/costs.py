"""What goods cost the seller: per SKU from a day on, and per order for its sending; and every change there ever was.

Costs are put as a whole per SKU; what that changed becomes history in the same transaction and is never changed itself.
Reads take a Scope. Which rows of tabs show a cost is found here too: by the SKUs of orders and the days they were made.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from service.core.ledger.cost_changes import Change, changes
from service.core.ledger.costs import SENDING, Cost, CostBook
from service.core.ledger.costs import book_of as make_book
from service.core.orders import OrderStatus
from service.core.roles import Scope
from service.core.terms import LONGEST, TermKind, normalised
from service.store import skus
from service.store.records import ShopRow
from service.store.session import Tx, insert_into
from service.store.tables import cost_edits, cost_tabs, costs, order_terms, orders, shops

_AT_ONCE = 500
_KINDS = (TermKind.SKU_ID.value, TermKind.PART_SKU.value)
_DROP = sa.delete(costs).where(
    costs.c.shop_id == sa.bindparam("of_shop"),
    costs.c.sku_id == sa.bindparam("of_sku"),
    costs.c.from_day == sa.bindparam("of_day"),
)
_COST = ("sku_id", "currency", "unit", "packaging", "fulfilment", "from_day", "to_day", "source")


@dataclass(frozen=True, slots=True)
class CostEdit:
    """One change of one cost: by whom (`sub`, Google's id) and when. `sku_id` is SENDING for that of whole orders.

    `before` None: none was known; `after` None: it was taken out.
    """

    shop_id: str
    sku_id: str
    at: datetime
    sub: str
    before: Cost | None
    after: Cost | None


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes costs (`sub`), and when."""

    sub: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CostTab:
    """A tab in which costs are edited. `shop_ids`: whose costs it holds, None = of all shops of the account."""

    spreadsheet_id: str
    account_id: str
    sheet_id: int
    shop_ids: list[str] | None
    created_by: str
    created_at: datetime


# --- reading ---------------------------------------------------------------------------------------------------------


def book_of(tx: Tx, scope: Scope, shop_id: str, sku_ids: Collection[str]) -> CostBook:
    """What is known of the cost of these SKUs of the shop, with what bundles among them are packed from, and SENDING.

    In whatever currency it was stated: a cost in another currency than the order's counts as none (`CostBook`).
    """
    known = skus.named(tx, scope, shop_id, sku_ids)
    bundles = {sku_id: row.parts for sku_id, row in known.items() if row.parts}
    parts = {part.sku_id for stated in bundles.values() for part in stated}
    found = costs_of(tx, scope, shop_id, {*sku_ids, *parts, SENDING})
    return make_book((cost for stated in found.values() for cost in stated), bundles)


def costs_of(tx: Tx, scope: Scope, shop_id: str, sku_ids: Collection[str] | None = None) -> dict[str, tuple[Cost, ...]]:
    """SKU → its costs, oldest first; of these SKUs of the shop, or of all."""
    query = sa.select(*(costs.c[name] for name in _COST)).where(*_within(costs, scope), costs.c.shop_id == shop_id)
    query = query.order_by(costs.c.sku_id, costs.c.from_day)
    portions = [query] if sku_ids is None else [query.where(costs.c.sku_id.in_(some)) for some in _some(sku_ids)]
    found: dict[str, tuple[Cost, ...]] = {}
    for portion in portions:
        for row in tx.execute(portion):
            found[row.sku_id] = (*found.get(row.sku_id, ()), _opened(row))
    return found


def history_of(
    tx: Tx, scope: Scope, shop_id: str, sku_ids: Collection[str], *, limit: int | None = None
) -> list[CostEdit]:
    """Every change of the cost of these SKUs (SENDING among them for that of whole orders), newest first."""
    columns = [cost_edits.c[name] for name in CostEdit.__dataclass_fields__]
    query = sa.select(*columns).where(
        *_within(cost_edits, scope), cost_edits.c.shop_id == shop_id, cost_edits.c.sku_id.in_(sorted(set(sku_ids)))
    )
    rows = tx.execute(query.order_by(cost_edits.c.at.desc(), cost_edits.c.id.desc()).limit(limit))
    return [_edit(row) for row in rows]


def _edit(row: sa.Row[Any]) -> CostEdit:
    values = dict(row._mapping)
    stated = {
        name: None if values[name] is None else msgspec.convert(values[name], Cost) for name in ("before", "after")
    }
    return CostEdit(**values | stated)


# --- changing --------------------------------------------------------------------------------------------------------


def hold(tx: Tx, shop_id: str) -> bool:
    """Whether the shop is there; its costs are changed by nobody else before the transaction ends."""
    query = sa.select(shops.c.id).where(shops.c.id == shop_id).with_for_update(key_share=True)
    return tx.execute(query).scalar() is not None


def put(tx: Tx, shop: ShopRow, wanted: Mapping[str, Sequence[Cost]], *, by: Editor) -> dict[str, tuple[Cost, ...]]:
    """The costs of these SKUs are exactly these. Returns what they were, of those SKUs that it changes."""
    before = costs_of(tx, Scope(shop.account_id), shop.id, list(wanted))
    made = {sku_id: changes(before.get(sku_id, ()), wanted[sku_id]) for sku_id in sorted(wanted)}
    each = [(sku_id, change) for sku_id, found in made.items() for change in found]
    base = {"shop_id": shop.id, "account_id": shop.account_id}
    gone = [
        {"of_shop": shop.id, "of_sku": sku_id, "of_day": _day(change.before)}
        for sku_id, change in each
        if change.before is not None
    ]
    if gone:
        tx.execute(_DROP, gone)
    stated = [
        {**base, **_closed(sku_id, change.after), "saved_at": by.at}
        for sku_id, change in each
        if change.after is not None
    ]
    if stated:
        tx.execute(sa.insert(costs), stated)
    if each:
        tx.execute(sa.insert(cost_edits), [base | _line(sku_id, change, by) for sku_id, change in each])
    return {sku_id: before.get(sku_id, ()) for sku_id, found in made.items() if found}


def forget_shop(tx: Tx, shop_id: str) -> None:
    """Nothing is known of what the shop's goods cost or ever did."""
    for table in (costs, cost_edits):
        tx.execute(sa.delete(table).where(table.c.shop_id == shop_id))


def _line(sku_id: str, change: Change, by: Editor) -> dict[str, Any]:
    before, after = (None if one is None else msgspec.to_builtins(one) for one in (change.before, change.after))
    return {"sku_id": sku_id, "at": by.at, "sub": by.sub, "before": before, "after": after}


def _closed(sku_id: str, cost: Cost) -> dict[str, Any]:
    plain = {name: value or "" for name, value in msgspec.to_builtins(cost).items()}
    return plain | {"sku_id": sku_id}


def _opened(row: sa.Row[Any]) -> Cost:
    plain = {name: getattr(row, name) for name in _COST}
    return msgspec.convert(plain | {name: plain[name] or None for name in ("from_day", "to_day")}, Cost)


def _day(cost: Cost) -> str:
    return cost.from_day.isoformat() if cost.from_day else ""


# --- which orders ----------------------------------------------------------------------------------------------------


def orders_of(
    tx: Tx, shop_id: str, sku_ids: Collection[str], *, since: datetime | None, before: datetime | None
) -> list[str]:
    """Orders of the shop with one of these SKUs, as such or in a bundle, that were created in [since, before).

    SENDING among them stands for every order.
    """
    created = [orders.c.created_at >= since] if since is not None else []
    created += [orders.c.created_at < before] if before is not None else []
    mine = sa.select(orders.c.order_id).where(orders.c.shop_id == shop_id, *created)
    if SENDING in sku_ids:
        return list(tx.execute(mine.order_by(orders.c.order_id)).scalars())
    found: set[str] = set()
    for portion in _some({normalised(sku_id)[:LONGEST] for sku_id in sku_ids}):
        query = mine.join(
            order_terms, sa.and_(order_terms.c.shop_id == orders.c.shop_id, order_terms.c.order_id == orders.c.order_id)
        ).where(order_terms.c.shop_id == shop_id, order_terms.c.kind.in_(_KINDS), order_terms.c.term.in_(portion))
        found.update(tx.execute(query).scalars())
    return sorted(found)


def sold(
    tx: Tx, shop_id: str, *, since: datetime, before: datetime, most: int
) -> tuple[list[tuple[str, str, datetime]], bool]:
    """(term of a SKU, order, its creation) of what was sold in [since, before), and whether there is more.

    Of the newest orders, at most one more than `most`; cancelled ones sold nothing. Parts of bundles are not named.
    """
    keys = (
        sa.select(orders.c.shop_id, orders.c.order_id, orders.c.created_at)
        .where(
            orders.c.shop_id == shop_id,
            orders.c.account_id == sa.select(shops.c.account_id).where(shops.c.id == shop_id).scalar_subquery(),
            orders.c.created_at >= since,
            orders.c.created_at < before,
            orders.c.status != OrderStatus.CANCELLED,
        )
        .order_by(orders.c.created_at.desc(), orders.c.order_id)
    )
    newest = keys.limit(most + 1).subquery()
    query = (
        sa.select(order_terms.c.term, newest.c.order_id, newest.c.created_at)
        .join(newest, sa.and_(order_terms.c.shop_id == newest.c.shop_id, order_terms.c.order_id == newest.c.order_id))
        .where(order_terms.c.kind == TermKind.SKU_ID.value)
    )
    found = [(row.term, row.order_id, row.created_at) for row in tx.execute(query)]
    return found, len({order_id for _term, order_id, _at in found}) > most


# --- tabs ------------------------------------------------------------------------------------------------------------


def add_tab(tx: Tx, tab: CostTab) -> None:
    """The spreadsheet has this tab of costs, instead of any it had."""
    values = {name: getattr(tab, name) for name in CostTab.__dataclass_fields__}
    statement = insert_into(tx, cost_tabs).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=["spreadsheet_id"], set_=values))


def tab_in(tx: Tx, spreadsheet_id: str) -> CostTab | None:
    """The tab of costs that the spreadsheet has, whoever it belongs to; None for none."""
    query = sa.select(*(cost_tabs.c[name] for name in CostTab.__dataclass_fields__))
    row = tx.execute(query.where(cost_tabs.c.spreadsheet_id == spreadsheet_id)).first()
    return None if row is None else CostTab(**row._mapping)


def drop_tab(tx: Tx, spreadsheet_id: str) -> None:
    """The spreadsheet has no tab of costs any more."""
    tx.execute(sa.delete(cost_tabs).where(cost_tabs.c.spreadsheet_id == spreadsheet_id))


# --- portions --------------------------------------------------------------------------------------------------------


def _within(table: sa.Table, scope: Scope) -> list[sa.ColumnElement[bool]]:
    found = [table.c.account_id == scope.account_id]
    return found if scope.shop_ids is None else [*found, table.c.shop_id.in_(sorted(scope.shop_ids))]


def _some(ids: Collection[str]) -> Iterable[list[str]]:
    wanted = sorted(set(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))
