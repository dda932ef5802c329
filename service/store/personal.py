"""Buyers' data after its end: what is to go, what is gone for good, and which rows of tabs still show it.

A recipient that is deleted is gone; `erased_at` of its order says that none is ever stored again. Nothing here decides
when that is: `core.retention` and the flows do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from service.core.orders import FINAL_STATUSES, Recipient
from service.core.roles import Scope
from service.store.rows import IS_DIRTY, dirty_since
from service.store.sealed import Sealer
from service.store.session import Tx, hits
from service.store.tables import accounts, bindings, notes, orders, recipients, sheet_rows, shops

SOME = 500  # ids in one statement
#: How the image of a row begins a cell that is kept as a fingerprint (`flows.images`).
_FINGERPRINT = '%["#",%'
_RECIPIENT = msgspec.json.Decoder(Recipient)
#: Made once, both: every sweep asks them, and making a statement costs more than running it.
_DUE_FOR_WIPING = (
    sa.select(accounts.c.id)
    .where(sa.or_(accounts.c.wiped_at.is_(None), accounts.c.wiped_at <= sa.bindparam("looked_before")))
    .order_by(accounts.c.wiped_at.nulls_first(), accounts.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_CLOSING_ACCOUNTS = (
    sa.select(accounts.c.id)
    .where(
        accounts.c.closed_at.is_not(None),
        sa.or_(
            sa.exists().where(bindings.c.account_id == accounts.c.id, bindings.c.stopped_at.is_(None)),
            sa.exists().where(orders.c.account_id == accounts.c.id),
        ),
    )
    .order_by(accounts.c.closed_at, accounts.c.id)
)


@dataclass(frozen=True, slots=True)
class Held:
    """The buyer of one order, as we hold them."""

    shop_id: str
    order_id: str
    recipient: Recipient


# --- accounts --------------------------------------------------------------------------------------------------------


def keep_buyers(tx: Tx, account_id: str, *, days: int) -> None:
    """The account keeps buyers so many days after the end of their orders, and is looked through at once."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(pii_days=days, wiped_at=None))


def due_for_wiping(tx: Tx, looked_before: datetime, *, limit: int) -> list[str]:
    """Accounts that were not looked through since then, those first that never were."""
    return list(tx.execute(_DUE_FOR_WIPING, {"looked_before": looked_before, "most": limit}).scalars())


def mark_wiped(tx: Tx, account_id: str, at: datetime) -> None:
    """The account was looked through to the end."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(wiped_at=at))


def every_account(tx: Tx) -> list[str]:
    """The ids of all accounts."""
    return list(tx.execute(sa.select(accounts.c.id).order_by(accounts.c.id)).scalars())


# --- what is to go ---------------------------------------------------------------------------------------------------


def spent(
    tx: Tx, account_id: str, *, ended_before: datetime, silent_since: datetime, limit: int
) -> dict[str, list[str]]:
    """Orders whose buyers are to be kept no longer, by shop: those that ended by `ended_before`, and those that nothing
    happened to after `silent_since`. Market time; at most `limit`.
    """
    is_final = orders.c.status.in_(sorted(FINAL_STATUSES))
    ended = (is_final, orders.c.updated_at <= ended_before)
    query = sa.select(orders.c.shop_id, orders.c.order_id).where(
        orders.c.account_id == account_id,
        orders.c.erased_at.is_(None),
        sa.or_(sa.and_(*ended), orders.c.updated_at <= silent_since),
    )
    by_shop: dict[str, list[str]] = {}
    for row in tx.execute(query.limit(limit)):
        by_shop.setdefault(row.shop_id, []).append(row.order_id)
    return by_shop


def erased(tx: Tx, shop_id: str, order_ids: Collection[str]) -> set[str]:
    """Those of the orders whose buyers are never stored again."""
    return set(erased_at(tx, shop_id, order_ids))


def erased_at(tx: Tx, shop_id: str, order_ids: Collection[str]) -> dict[str, datetime]:
    """The same with the moment at which each was erased."""
    query = sa.select(orders.c.order_id, orders.c.erased_at).where(
        orders.c.shop_id == shop_id, orders.c.order_id.in_(list(order_ids)), orders.c.erased_at.is_not(None)
    )
    return {row.order_id: row.erased_at for row in tx.execute(query)}


# --- what goes -------------------------------------------------------------------------------------------------------


def forget(tx: Tx, shop_id: str, order_ids: Sequence[str], now: datetime) -> None:
    """The buyers of these orders are gone, and are never stored again. Idempotent: the first time counts."""
    ids = sorted(order_ids)  # in one order everywhere, so that two of these never wait for each other
    for start in range(0, len(ids), SOME):
        some = ids[start : start + SOME]
        mine = (orders.c.shop_id == shop_id, orders.c.order_id.in_(some), orders.c.erased_at.is_(None))
        tx.execute(sa.update(orders).where(*mine).values(erased_at=now))
        tx.execute(sa.delete(recipients).where(recipients.c.shop_id == shop_id, recipients.c.order_id.in_(some)))


def forget_account(tx: Tx, account_id: str) -> int:
    """All buyers of the account are gone. Returns how many orders had one."""
    mine = sa.select(shops.c.id).where(shops.c.account_id == account_id)
    return hits(tx, sa.delete(recipients).where(recipients.c.shop_id.in_(mine)))


def forget_orders(tx: Tx, shop_id: str, *, limit: int) -> list[str]:
    """Orders of the shop are gone with everything that is kept of them, notes too. Their ids, at most `limit`."""
    query = sa.select(orders.c.order_id).where(orders.c.shop_id == shop_id).order_by(orders.c.order_id).limit(limit)
    ids = list(tx.execute(query).scalars())
    for start in range(0, len(ids), SOME):
        some = ids[start : start + SOME]
        tx.execute(sa.delete(notes).where(notes.c.shop_id == shop_id, notes.c.order_id.in_(some)))
        tx.execute(sa.delete(orders).where(orders.c.shop_id == shop_id, orders.c.order_id.in_(some)))
    return ids


def closing_accounts(tx: Tx) -> list[str]:
    """Accounts that were closed and of which tabs or orders are left."""
    return list(tx.execute(_CLOSING_ACCOUNTS).scalars())


# --- what is held ----------------------------------------------------------------------------------------------------


def held(tx: Tx, sealer: Sealer, scope: Scope, *, after: tuple[str, str], limit: int) -> list[Held]:
    """Buyers in scope in the order of their keys, (shop, order), after this one."""
    key = sa.tuple_(recipients.c.shop_id, recipients.c.order_id)
    query = (
        sa.select(recipients.c.shop_id, recipients.c.order_id, recipients.c.sealed)
        .where(recipients.c.shop_id.in_(_in_scope(scope)), key > sa.tuple_(*(sa.literal(part) for part in after)))
        .order_by(recipients.c.shop_id, recipients.c.order_id)
        .limit(limit)
    )
    return [Held(row.shop_id, row.order_id, _RECIPIENT.decode(sealer.unseal(row.sealed))) for row in tx.execute(query)]


def count_held(tx: Tx, scope: Scope, *, most: int | None = None) -> int:
    """Of how many orders in scope the buyer is held; counting stops at `most`, so that it takes no longer for more."""
    held = sa.select(recipients.c.order_id).where(recipients.c.shop_id.in_(_in_scope(scope))).limit(most)
    return int(tx.execute(sa.select(sa.func.count()).select_from(held.subquery())).scalar_one())


def places_of(tx: Tx, scope: Scope, order_ids: Collection[str]) -> list[tuple[str, str]]:
    """(shop, order) of those of these orders that are in scope."""
    query = sa.select(orders.c.shop_id, orders.c.order_id).where(
        orders.c.account_id == scope.account_id, orders.c.order_id.in_(list(order_ids))
    )
    if scope.shop_ids is not None:
        query = query.where(orders.c.shop_id.in_(sorted(scope.shop_ids)))
    return [(row.shop_id, row.order_id) for row in tx.execute(query.order_by(orders.c.order_id, orders.c.shop_id))]


def _in_scope(scope: Scope) -> sa.Select[Any]:
    mine = sa.select(shops.c.id).where(shops.c.account_id == scope.account_id)
    return mine if scope.shop_ids is None else mine.where(shops.c.id.in_(sorted(scope.shop_ids)))


# --- rows of tabs ----------------------------------------------------------------------------------------------------


def mark(tx: Tx, binding_ids: Collection[str], shop_id: str, order_ids: Sequence[str], now: datetime) -> set[str]:
    """The rows of these orders in these bindings are dirty. The bindings that have any."""
    touched: set[str] = set()
    for start in range(0, len(order_ids), SOME):
        mine = (
            sheet_rows.c.shop_id == shop_id,
            sheet_rows.c.order_id.in_(list(order_ids[start : start + SOME])),
            sheet_rows.c.binding_id.in_(sorted(binding_ids)),
        )
        since = dirty_since(now)
        values = {"version": sheet_rows.c.version + 1, "dirty_at": since, "is_fill": sa.false()}
        marked = sa.update(sheet_rows).where(*mine).values(**values).returning(sheet_rows.c.binding_id)
        touched.update(tx.execute(marked).scalars())
    return touched


def standing(tx: Tx, binding_ids: Collection[str], places: Collection[tuple[str, str]]) -> set[str]:
    """Those of the bindings that have a row of one of these (shop, order)."""
    key = sa.tuple_(sheet_rows.c.shop_id, sheet_rows.c.order_id)
    query = sa.select(sheet_rows.c.binding_id).where(
        key.in_(sorted(places)), sheet_rows.c.binding_id.in_(sorted(binding_ids)), sheet_rows.c.image.is_not(None)
    )
    return set(tx.execute(query.distinct()).scalars())


def uncleaned(tx: Tx, binding_ids: Collection[str]) -> Mapping[str, int]:
    """Binding → how many of its rows may still show a buyer whom we hold no more; those without such rows are absent.

    Asked of bindings that show buyers, or did until their columns were taken out.
    """
    of_order = sa.and_(recipients.c.shop_id == sheet_rows.c.shop_id, recipients.c.order_id == sheet_rows.c.order_id)
    shows = sa.or_(sa.cast(sheet_rows.c.image, sa.Text).like(_FINGERPRINT), sheet_rows.c.is_known.is_(False))
    query = (
        sa.select(sheet_rows.c.binding_id, sa.func.count())
        .join(bindings, bindings.c.id == sheet_rows.c.binding_id)
        .outerjoin(recipients, of_order)
        .where(
            sheet_rows.c.binding_id.in_(sorted(binding_ids)),
            bindings.c.stopped_at.is_(None),
            IS_DIRTY,
            sheet_rows.c.image.is_not(None),
            shows,
            recipients.c.order_id.is_(None),
        )
        .group_by(sheet_rows.c.binding_id)
    )
    return {binding_id: int(count) for binding_id, count in tx.execute(query)}
