"""Finance as people's screens and the ledger read it, always within a Scope. Nothing is written here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.ledger.entries import ORDER_KIND, Entry, Payment, Statement, Unsettled, Withdrawal
from service.core.roles import Scope
from service.store.finance import Body, opened, some
from service.store.records import FinanceCursorRow, columns_of, many
from service.store.session import Tx
from service.store.tables import entries, finance_cursors, payments, statements, unsettled, withdrawals


def cursors_of(tx: Tx, scope: Scope) -> list[FinanceCursorRow]:
    """How far the finance of every shop in scope has come, disconnected ones included, by id."""
    query = sa.select(*columns_of(finance_cursors, FinanceCursorRow)).where(*_within(finance_cursors, scope))
    return many(FinanceCursorRow, tx.execute(query.order_by(finance_cursors.c.shop_id)))


def statements_of(
    tx: Tx, scope: Scope, *, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[str, Statement, bool]]:
    """(shop, statement, whether its entries are all here) of statement times [since, until), oldest first."""
    query = sa.select(statements.c.shop_id, statements.c.body, statements.c.read_at).where(
        *_within(statements, scope), *_between(statements.c.at, since, until)
    )
    rows = tx.execute(query.order_by(statements.c.at, statements.c.shop_id, statements.c.statement_id))
    return [(row.shop_id, opened(row.body, Statement), row.read_at is not None) for row in rows]


def lines_of(tx: Tx, scope: Scope, shop_id: str, statement_ids: Collection[str]) -> list[Entry]:
    """The lines of these statements, without their parts by SKU."""
    query = sa.select(entries.c.body).where(
        *_within(entries, scope),
        entries.c.shop_id == shop_id,
        entries.c.statement_id.in_(sorted(statement_ids)),
        entries.c.sku_id == "",
    )
    return [opened(body, Entry) for body in tx.execute(query.order_by(entries.c.entry_id)).scalars()]


def entries_of(tx: Tx, scope: Scope, shop_id: str, order_ids: Collection[str]) -> dict[str, list[Entry]]:
    """Order id → everything settled about it, lines and parts by SKU (`sku_id`), oldest first."""
    found: dict[str, list[Entry]] = {}
    for portion in some(order_ids):
        query = sa.select(entries.c.order_id, entries.c.body).where(
            *_within(entries, scope), entries.c.shop_id == shop_id, entries.c.order_id.in_(portion)
        )
        for row in tx.execute(query.order_by(entries.c.settled_at, entries.c.entry_id)):
            found.setdefault(row.order_id, []).append(opened(row.body, Entry))
    return found


def unsettled_of(tx: Tx, scope: Scope, shop_id: str, order_ids: Collection[str]) -> dict[str, list[Unsettled]]:
    """Order id → upstream's estimates about it."""
    found: dict[str, list[Unsettled]] = {}
    for portion in some(order_ids):
        query = sa.select(unsettled.c.order_id, unsettled.c.body).where(
            *_within(unsettled, scope), unsettled.c.shop_id == shop_id, unsettled.c.order_id.in_(portion)
        )
        for row in tx.execute(query.order_by(unsettled.c.unsettled_id)):
            found.setdefault(row.order_id, []).append(opened(row.body, Unsettled))
    return found


def statements_called(tx: Tx, scope: Scope, shop_id: str, statement_ids: Collection[str]) -> dict[str, Statement]:
    """Statement id → the statement, of those of the shop that are known."""
    return _called(
        tx, statements.c.statement_id, statement_ids, within=_of_shop(statements, scope, shop_id), body=Statement
    )


def payments_called(tx: Tx, scope: Scope, shop_id: str, payment_ids: Collection[str]) -> dict[str, Payment]:
    """Payment id → the payment, of those of the shop that are known."""
    return _called(tx, payments.c.payment_id, payment_ids, within=_of_shop(payments, scope, shop_id), body=Payment)


def lately_settled(tx: Tx, scope: Scope, shop_id: str, *, since: datetime, limit: int) -> list[str]:
    """Orders whose sale settled since then, in the newest `limit` lines of statements, newest first."""
    query = sa.select(entries.c.order_id).where(
        *_within(entries, scope),
        entries.c.shop_id == shop_id,
        entries.c.settled_at >= since,
        entries.c.sku_id == "",
        entries.c.kind == ORDER_KIND,
    )
    rows = tx.execute(query.order_by(entries.c.settled_at.desc(), entries.c.entry_id).limit(limit))
    return list(dict.fromkeys(order_id for order_id in rows.scalars() if order_id))


def _called(
    tx: Tx, key: sa.Column[str], ids: Collection[str], *, within: Sequence[sa.ColumnElement[bool]], body: type[Body]
) -> dict[str, Body]:
    found: dict[str, Body] = {}
    for portion in some(ids):
        query = sa.select(key, key.table.c.body).where(*within, key.in_(portion))
        found |= {row[0]: opened(row.body, body) for row in tx.execute(query)}
    return found


def payments_of(
    tx: Tx, scope: Scope, *, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[str, Payment]]:
    """(shop, payment) created in [since, until), oldest first."""
    query = sa.select(payments.c.shop_id, payments.c.body).where(
        *_within(payments, scope), *_between(payments.c.created_at, since, until)
    )
    rows = tx.execute(query.order_by(payments.c.created_at, payments.c.payment_id))
    return [(row.shop_id, opened(row.body, Payment)) for row in rows]


def withdrawals_of(
    tx: Tx, scope: Scope, *, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[str, Withdrawal]]:
    """(shop, movement of the balance) created in [since, until), oldest first."""
    query = sa.select(withdrawals.c.shop_id, withdrawals.c.body).where(
        *_within(withdrawals, scope), *_between(withdrawals.c.created_at, since, until)
    )
    rows = tx.execute(query.order_by(withdrawals.c.created_at, withdrawals.c.withdrawal_id))
    return [(row.shop_id, opened(row.body, Withdrawal)) for row in rows]


def flags_of(tx: Tx, scope: Scope) -> list[tuple[str, str, str, list[str]]]:
    """(shop, statement, entry, flags) of every line with something that was not understood, by its id."""
    query = sa.select(entries.c.shop_id, entries.c.statement_id, entries.c.entry_id, entries.c.flags).where(
        *_within(entries, scope), entries.c.sku_id == "", sa.cast(entries.c.flags, sa.Text) != "[]"
    )
    rows = tx.execute(query.order_by(entries.c.shop_id, entries.c.entry_id))
    return [(row.shop_id, row.statement_id, row.entry_id, row.flags) for row in rows]


def _within(table: sa.Table, scope: Scope) -> list[sa.ColumnElement[bool]]:
    found = [table.c.account_id == scope.account_id]
    return found if scope.shop_ids is None else [*found, table.c.shop_id.in_(sorted(scope.shop_ids))]


def _of_shop(table: sa.Table, scope: Scope, shop_id: str) -> list[sa.ColumnElement[bool]]:
    return [*_within(table, scope), table.c.shop_id == shop_id]


def _between(
    column: sa.ColumnElement[Any], since: datetime | None, until: datetime | None
) -> list[sa.ColumnElement[bool]]:
    found = [] if since is None else [column >= since]
    return found if until is None else [*found, column < until]
