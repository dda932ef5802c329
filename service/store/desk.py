"""What the finance desk reads, within a Scope, and the one thing it writes: that a shop's finance is wanted soon.

Nothing here reads more than what a period holds. Lines of statements and facts about orders are `finance_reading`'s.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from service.core.ledger.entries import Entry, Payment, Statement
from service.core.roles import Scope
from service.errors import NotFound
from service.store.finance import opened, some
from service.store.session import Tx, hits
from service.store.tables import (
    cost_edits,
    entries,
    finance_cursors,
    orders,
    payments,
    shop_terms,
    statements,
    unsettled,
)

_ENTRY = msgspec.json.Decoder(Entry)


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement as it is stored. `read_at`: when the last of its lines came; None while they are not all here."""

    shop_id: str
    statement: Statement
    read_at: datetime | None
    total: int


@dataclass(frozen=True, slots=True)
class OrderMark:
    """An order of a period. `version` changes whenever anything that is known of its money does."""

    order_id: str
    created_at: datetime
    version: tuple[object, ...]


def statements_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> list[Kept]:
    """Statements of times [since, until), oldest first."""
    query = _kept(scope).where(statements.c.at >= since, statements.c.at < until)
    return _read(tx, query)


def statements_paid_by(tx: Tx, scope: Scope, shop_id: str, payment_ids: Collection[str]) -> list[Kept]:
    """All statements that these payments of the shop pay, of whatever time."""
    found: list[Kept] = []
    for portion in some(payment_ids):
        query = _kept(scope).where(statements.c.shop_id == shop_id, statements.c.payment_id.in_(portion))
        found += _read(tx, query)
    return found


def undated(tx: Tx, scope: Scope, *, limit: int) -> list[Kept]:
    """Statements that state no time, and so are in no period."""
    return _read(tx, _kept(scope).where(statements.c.at.is_(None)).limit(limit))


def statement(tx: Tx, scope: Scope, shop_id: str, statement_id: str) -> Kept:
    """One statement. NotFound for one of another account or a shop out of scope."""
    query = _kept(scope).where(statements.c.shop_id == shop_id, statements.c.statement_id == statement_id)
    found = _read(tx, query)
    if not found:
        raise NotFound("This statement is not here.")
    return found[0]


def read_times(tx: Tx, scope: Scope, shop_id: str, statement_ids: Collection[str]) -> dict[str, datetime | None]:
    """Statement → when the last of its lines came. While it stays the same, its lines do."""
    found: dict[str, datetime | None] = {}
    for portion in some(statement_ids):
        query = sa.select(statements.c.statement_id, statements.c.read_at).where(
            *_within(statements, scope), statements.c.shop_id == shop_id, statements.c.statement_id.in_(portion)
        )
        found |= {row.statement_id: row.read_at for row in tx.execute(query)}
    return found


def terms_mark(tx: Tx, scope: Scope, shop_id: str) -> tuple[object, ...]:
    """Changes whenever anything does that holds for many orders of the shop: its costs, its own terms, what its newest
    settlements say of its rates.
    """
    read = sa.select(sa.func.max(statements.c.read_at)).where(*_within(statements, scope))
    edited = sa.select(sa.func.count(), sa.func.max(cost_edits.c.at)).where(*_within(cost_edits, scope))
    said = sa.select(sa.func.count(), sa.func.max(shop_terms.c.saved_at)).where(*_within(shop_terms, scope))
    return (
        tx.execute(read.where(statements.c.shop_id == shop_id)).scalar_one(),
        *tx.execute(edited.where(cost_edits.c.shop_id == shop_id)).one(),
        *tx.execute(said.where(shop_terms.c.shop_id == shop_id)).one(),
    )


def lines_in(tx: Tx, scope: Scope, shop_id: str, statement_ids: Collection[str]) -> list[Entry]:
    """The lines of these statements, without their parts by SKU, in no order."""
    found: list[Entry] = []
    for portion in some(statement_ids):
        query = sa.select(sa.cast(entries.c.body, sa.Text)).where(
            *_within(entries, scope),
            entries.c.shop_id == shop_id,
            entries.c.statement_id.in_(portion),
            entries.c.sku_id == "",
        )
        found += [_ENTRY.decode(text) for text in tx.execute(query).scalars()]
    return found


def count_lines(tx: Tx, scope: Scope, shop_id: str, statement_id: str) -> int:
    """How many lines of the statement are here."""
    query = sa.select(sa.func.count()).where(
        *_within(entries, scope),
        entries.c.shop_id == shop_id,
        entries.c.statement_id == statement_id,
        entries.c.sku_id == "",
    )
    return int(tx.execute(query).scalar_one())


def flags_in(tx: Tx, scope: Scope, shop_id: str, statement_id: str) -> list[str]:
    """What was not understood in the statement's lines, each once, sorted."""
    query = sa.select(entries.c.flags).where(
        *_within(entries, scope),
        entries.c.shop_id == shop_id,
        entries.c.statement_id == statement_id,
        entries.c.sku_id == "",
        sa.cast(entries.c.flags, sa.Text) != "[]",
    )
    return sorted({str(flag) for flags in tx.execute(query).scalars() for flag in flags})


def payments_named(tx: Tx, scope: Scope, shop_id: str, payment_ids: Collection[str]) -> dict[str, Payment]:
    """These payments of the shop, by id; those that are not here are absent."""
    found: dict[str, Payment] = {}
    for portion in some(payment_ids):
        query = sa.select(payments.c.payment_id, payments.c.body).where(
            *_within(payments, scope), payments.c.shop_id == shop_id, payments.c.payment_id.in_(portion)
        )
        found |= {row.payment_id: opened(row.body, Payment) for row in tx.execute(query)}
    return found


# --- orders ----------------------------------------------------------------------------------------------------------


def count_orders(tx: Tx, scope: Scope, shop_id: str, *, since: datetime, until: datetime, most: int) -> int:
    """How many orders were created in [since, until); counting stops beyond `most`."""
    found = sa.select(sa.literal(1)).where(*_created(scope, shop_id, since, until)).limit(most + 1).subquery()
    return int(tx.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def order_marks(tx: Tx, scope: Scope, shop_id: str, *, since: datetime, until: datetime) -> list[OrderMark]:
    """The orders created in [since, until), newest first."""
    wanted = _created(scope, shop_id, since, until)
    settled = _marks_of(tx, entries, wanted)
    expected = _marks_of(tx, unsettled, wanted)
    query = sa.select(orders.c.order_id, orders.c.created_at, orders.c.saved_at).where(*wanted)
    rows = tx.execute(query.order_by(orders.c.created_at.desc(), orders.c.order_id))
    return [
        OrderMark(row.order_id, row.created_at, (row.saved_at, settled.get(row.order_id), expected.get(row.order_id)))
        for row in rows
    ]


def _marks_of(tx: Tx, table: sa.Table, wanted: Iterable[sa.ColumnElement[bool]]) -> Mapping[str, tuple[int, datetime]]:
    """Order → how many rows of the table are about it, and when the newest was saved."""
    joined = orders.join(table, sa.and_(table.c.shop_id == orders.c.shop_id, table.c.order_id == orders.c.order_id))
    query = sa.select(orders.c.order_id, sa.func.count(), sa.func.max(table.c.saved_at)).select_from(joined)
    rows = tx.execute(query.where(*wanted).group_by(orders.c.order_id))
    return {row[0]: (row[1], row[2]) for row in rows}


# --- soon ------------------------------------------------------------------------------------------------------------


def want_soon(tx: Tx, scope: Scope, shop_id: str, now: datetime) -> bool:
    """The shop's next look at its finance is due now. One statement: a round that runs meanwhile loses nothing by it.

    Returns whether there was one to be moved forward.
    """
    statement_ = sa.update(finance_cursors).where(
        *_within(finance_cursors, scope), finance_cursors.c.shop_id == shop_id, finance_cursors.c.next_at > now
    )
    return bool(hits(tx, statement_.values(next_at=now)))


def _kept(scope: Scope) -> sa.Select[Any]:
    query = sa.select(statements.c.shop_id, statements.c.body, statements.c.read_at, statements.c.total)
    return query.where(*_within(statements, scope))


def _read(tx: Tx, query: sa.Select[Any]) -> list[Kept]:
    rows = tx.execute(query.order_by(statements.c.at, statements.c.shop_id, statements.c.statement_id))
    return [Kept(row.shop_id, opened(row.body, Statement), row.read_at, row.total or 0) for row in rows]


def _created(scope: Scope, shop_id: str, since: datetime, until: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        *_within(orders, scope),
        orders.c.shop_id == shop_id,
        orders.c.created_at >= since,
        orders.c.created_at < until,
    ]


def _within(table: sa.Table, scope: Scope) -> list[sa.ColumnElement[bool]]:
    found = [table.c.account_id == scope.account_id]
    return found if scope.shop_ids is None else [*found, table.c.shop_id.in_(sorted(scope.shop_ids))]
