"""Rows that wait for a backfill: marked and read by the thousand, and forgotten as long as they were not sent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from service.core.roles import Scope
from service.store.orders import made
from service.store.records import SheetRow
from service.store.rows import IS_DIRTY, ROW, changed, in_order, is_due
from service.store.rows import known as known_rows
from service.store.session import Tx, hits, insert_into
from service.store.tables import bindings, orders, sheet_rows, shops

_UNSENT = (
    sheet_rows.c.is_fill.is_(True), sheet_rows.c.settled == 0, sheet_rows.c.sent_at.is_(None),
    sheet_rows.c.image.is_(None), sheet_rows.c.position.is_(None),
)  # fmt: skip
#: What tells that a row is as it was read unsent: versions only grow, and what it is a row of does not change.
_STILL = (
    sheet_rows.c.binding_id, sheet_rows.c.row_key, sheet_rows.c.shop_id, sheet_rows.c.version, sa.and_(*_UNSENT),
)  # fmt: skip
#: Rows by binding and row key.
RowsByKey = Mapping[tuple[str, str], SheetRow]
NONE: RowsByKey = MappingProxyType({})


def mark_span(tx: Tx, binding_id: str, scope: Scope, *, since: datetime | None, before: datetime, now: datetime) -> int:
    """Every order in scope that was created from `since` up to `before` has a row of its own, under its own id, that
    waits for the backfill; existing ones are left alone. Returns how many are new.

    By the database alone: for a tab that shows every order no order has to be read.
    """
    shown = sa.select(
        sa.literal(binding_id), orders.c.order_id, orders.c.shop_id, orders.c.order_id, sa.literal(""), sa.literal(1),
        sa.literal(0), sa.literal(now, sheet_rows.c.dirty_at.type), sa.true(), orders.c.created_at, sa.true(),
    ).where(*made(scope, since=since, before=before), orders.c.shop_id.in_(_shops_of(scope)))  # fmt: skip
    names = (
        "binding_id", "row_key", "shop_id", "order_id", "sku_id", "version", "settled", "dirty_at", "is_fill",
        "sort_at", "is_known",
    )  # fmt: skip
    put = insert_into(tx, sheet_rows).from_select(names, shown, include_defaults=False)
    added = hits(tx, put.on_conflict_do_nothing(index_elements=["binding_id", "row_key"]))
    more = sa.update(bindings).where(bindings.c.id == binding_id)
    tx.execute(more.values(row_total=bindings.c.row_total + added))
    return added


def _shops_of(scope: Scope) -> sa.Select[tuple[str]]:
    return sa.select(shops.c.id).where(shops.c.account_id == scope.account_id)


def unsent(tx: Tx, binding_ids: Sequence[str], *, limit: int) -> list[SheetRow]:
    """Rows of these bindings that wait for the backfill and were never sent, newest order first: as `dirty` gives them
    once what is being sent is settled.
    """
    query = sa.select(*ROW).where(sheet_rows.c.binding_id.in_(list(binding_ids)), IS_DIRTY, *_UNSENT)
    return in_order(tx.execute(query.order_by(sheet_rows.c.sort_at.desc(), sheet_rows.c.row_key).limit(limit)))


def dirty(
    tx: Tx, binding_ids: Sequence[str], *, now: datetime, limit: int, beside: int | None = None, known: RowsByKey = NONE
) -> list[SheetRow]:
    """Dirty rows of these bindings: live changes first, oldest change first; then the backfill, newest order first, and
    no more than `beside` of it where there is a live change.

    `known`: rows that `unsent` gave a moment ago. One that is still unsent, and of the same version, is given as it was
    read then: to see that takes a quarter of what it takes to read it anew.
    """
    live = changed(tx, binding_ids, now=now, limit=limit)
    room = limit - len(live) if beside is None or not live else min(beside, limit - len(live))
    query = sa.select(*_STILL if known else ROW).where(sheet_rows.c.binding_id.in_(list(binding_ids)), is_due(now))
    query = query.where(sheet_rows.c.is_fill.is_(True))
    found = tx.execute(query.order_by(sheet_rows.c.sort_at.desc(), sheet_rows.c.row_key).limit(room))
    return live + (_reread(tx, found.all(), known) if known else in_order(found))


def _reread(tx: Tx, found: Iterable[Any], known: RowsByKey) -> list[SheetRow]:
    """The rows that were selected as `_STILL`, in their order."""
    rows: dict[tuple[str, str], SheetRow | None] = {}
    for binding_id, row_key, shop_id, version, is_unsent in found:
        row = known.get((binding_id, row_key)) if is_unsent else None
        is_same = row is not None and row.version == version and row.shop_id == shop_id
        rows[binding_id, row_key] = row if is_same else None
    for binding_id in {key[0] for key, row in rows.items() if row is None}:
        lacking = [row_key for (owner, row_key), row in rows.items() if row is None and owner == binding_id]
        rows |= {(binding_id, row_key): row for row_key, row in known_rows(tx, binding_id, lacking).items()}
    return [row for row in rows.values() if row is not None]


def newest_fill(tx: Tx, binding_id: str) -> datetime | None:
    """Creation of the newest order whose row waits for the backfill and was never sent; None when no row does."""
    newest: datetime | None = tx.execute(
        sa.select(sa.func.max(sheet_rows.c.sort_at)).where(sheet_rows.c.binding_id == binding_id, *_UNSENT)
    ).scalar()
    return newest


def drop_fill(tx: Tx, binding_id: str, *, before: datetime) -> int:
    """Rows that wait for the backfill and were never sent are forgotten, of orders created before this. How many.

    Under the spreadsheet's lease only: a pass that is about to send some must not lose them.
    """
    dropped = hits(
        tx, sa.delete(sheet_rows).where(sheet_rows.c.binding_id == binding_id, *_UNSENT, sheet_rows.c.sort_at < before)
    )
    fewer = sa.update(bindings).where(bindings.c.id == binding_id)
    tx.execute(fewer.values(row_total=bindings.c.row_total - dropped))
    return dropped
