"""Settled transactions as rows of tabs: lines of statements in the order in which a backfill takes them.

Parts of lines by SKU are never among them: they say the same once more. How lines are put is `finance`, how people's
screens read them `finance_reading`.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from service.core.ledger.entries import Entry
from service.core.roles import Scope
from service.store.finance import opened, some
from service.store.rows import dirty_since
from service.store.session import Tx, hits
from service.store.tables import entries, sheet_rows, statements


class Line(Struct, frozen=True):
    """A line of a statement by its ids. `settled_at`: the statement's time, or when we stored a line without one."""

    shop_id: str
    entry_id: str
    order_id: str
    settled_at: datetime


_LINE = (
    entries.c.shop_id,
    entries.c.entry_id,
    entries.c.order_id,
    sa.func.coalesce(entries.c.settled_at, entries.c.saved_at, type_=entries.c.settled_at.type).label("settled_at"),
)
_IS_LINE = entries.c.sku_id == ""


def older_than(tx: Tx, scope: Scope, *, before: datetime, since: datetime | None = None, limit: int) -> list[Line]:
    """Lines in scope settled from `since` (None = ever) up to `before`, newest first: a backfill's chunk.

    About `limit` of them: all of the last one's time come along, so that `before` of the next chunk leaves none behind.
    """
    wanted = sa.select(*_LINE).where(*settled(scope, since=since, before=before))
    newest = wanted.order_by(entries.c.settled_at.desc(), entries.c.shop_id, entries.c.entry_id)
    found = _lines(tx, newest.limit(limit))
    if len(found) < limit:
        return found
    last_at = found[-1].settled_at
    tied = sa.select(*_LINE).where(*settled(scope, since=last_at, before=before), entries.c.settled_at == last_at)
    return [line for line in found if line.settled_at > last_at] + _lines(tx, tied.order_by(entries.c.entry_id))


def timeless(tx: Tx, scope: Scope) -> list[Line]:
    """Lines in scope whose statement says no time: they come after all others."""
    return _lines(tx, sa.select(*_LINE).where(*_within(scope), entries.c.settled_at.is_(None)))


def count_settled(tx: Tx, scope: Scope, *, since: datetime | None, before: datetime) -> int:
    """How many lines in scope were settled from `since` (None = ever) up to `before`."""
    count = sa.select(sa.func.count()).select_from(entries)
    return int(tx.execute(count.where(*settled(scope, since=since, before=before))).scalar_one())


def settled(scope: Scope, *, since: datetime | None, before: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions of lines in scope settled from `since` (None = ever) up to `before`."""
    found = [*_within(scope), entries.c.settled_at < before]
    return found if since is None else [*found, entries.c.settled_at >= since]


def _within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    found = [entries.c.account_id == scope.account_id, _IS_LINE]
    return found if scope.shop_ids is None else [*found, entries.c.shop_id.in_(sorted(scope.shop_ids))]


def lines_called(tx: Tx, shop_id: str, entry_ids: Collection[str]) -> dict[str, Entry]:
    """Entry id → the line, of those of the shop that are there. For the streamer, which has no caller."""
    found: dict[str, Entry] = {}
    for portion in some(entry_ids):
        query = sa.select(entries.c.entry_id, entries.c.body).where(
            entries.c.shop_id == shop_id, entries.c.entry_id.in_(portion), _IS_LINE
        )
        found |= {row.entry_id: opened(row.body, Entry) for row in tx.execute(query)}
    return found


def lines_of_orders(tx: Tx, shop_id: str, order_ids: Collection[str]) -> list[Line]:
    """The lines about these orders, of each the oldest first."""
    found: list[Line] = []
    for portion in some(order_ids):
        query = sa.select(*_LINE).where(entries.c.shop_id == shop_id, entries.c.order_id.in_(portion), _IS_LINE)
        found += _lines(tx, query.order_by(entries.c.order_id, entries.c.settled_at, entries.c.entry_id))
    return found


def of_statements(tx: Tx, shop_id: str, statement_ids: Collection[str]) -> list[Line]:
    """The lines of these statements."""
    found: list[Line] = []
    for portion in some(statement_ids):
        mine = (entries.c.shop_id == shop_id, entries.c.statement_id.in_(portion), _IS_LINE)
        found += _lines(tx, sa.select(*_LINE).where(*mine).order_by(entries.c.entry_id))
    return found


def not_seen(tx: Tx, shop_id: str, statement_id: str, *, since: datetime) -> list[Line]:
    """The statement's lines that were not stored again since then."""
    mine = (entries.c.shop_id == shop_id, entries.c.statement_id == statement_id, _IS_LINE, entries.c.saved_at < since)
    return _lines(tx, sa.select(*_LINE).where(*mine))


def paid_by(tx: Tx, shop_id: str, payment_ids: Collection[str]) -> set[str]:
    """The statements that these payments pay."""
    found: set[str] = set()
    for portion in some(payment_ids):
        query = sa.select(statements.c.statement_id).where(
            statements.c.shop_id == shop_id, statements.c.payment_id.in_(portion)
        )
        found.update(tx.execute(query).scalars())
    return found


def mark(tx: Tx, binding_id: str, row_keys: Collection[str], now: datetime) -> int:
    """Those of these rows that are in the binding are dirty, as live changes. Returns how many are."""
    touched = 0
    since = dirty_since(now)
    for portion in some(row_keys):
        mine = (sheet_rows.c.binding_id == binding_id, sheet_rows.c.row_key.in_(portion))
        marked = sa.update(sheet_rows).where(*mine)
        touched += hits(tx, marked.values(version=sheet_rows.c.version + 1, dirty_at=since, is_fill=sa.false()))
    return touched


def _lines(tx: Tx, query: sa.Select[tuple[str, str, str, datetime]]) -> list[Line]:
    return [Line(row.shop_id, row.entry_id, row.order_id, row.settled_at) for row in tx.execute(query)]


def currencies(tx: Tx, scope: Scope) -> set[str]:
    """The currencies in which anything in scope was settled."""
    found = sa.select(statements.c.currency).where(statements.c.account_id == scope.account_id).distinct()
    if scope.shop_ids is not None:
        found = found.where(statements.c.shop_id.in_(sorted(scope.shop_ids)))
    return {currency for currency in tx.execute(found).scalars() if currency}
