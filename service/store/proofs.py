"""Proofs: what a file was found to show, dated and signed; and the account's orders and keys as a hunt compares them.

A proof under way has no verdict yet, and its body is where the hunt stands. The worker's reads start from a proof's own
row, never from a request. Nothing is judged here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.orders import Order
from service.core.roles import Scope
from service.core.rows import Grain
from service.errors import NotFound
from service.store import orders as order_store
from service.store.records import BindingRow, columns_of, many, one
from service.store.sealed import Sealer
from service.store.session import Tx, hits
from service.store.tables import bindings, orders, proofs, sheet_rows

UNDER_WAY = ""  # the verdict of a proof that has none yet
IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ProofRow:
    """`at`: when it was asked for, and once it has a verdict, when that was found. `sub`: who asked."""

    id: str
    account_id: str
    spreadsheet_id: str
    at: datetime
    sub: str
    verdict: str
    body: Mapping[str, Any]
    signature: str


_PROOF = columns_of(proofs, ProofRow)


def add(tx: Tx, row: ProofRow) -> None:
    """A proof that is under way."""
    fields = ("id", "account_id", "spreadsheet_id", "at", "sub", "verdict", "signature")
    values = {name: getattr(row, name) for name in fields}
    tx.execute(sa.insert(proofs).values(**values, body=dict(row.body)))


def go_on(tx: Tx, proof_id: str, body: Mapping[str, Any]) -> bool:
    """The hunt stands there now; whether it is still under way."""
    query = sa.update(proofs).where(proofs.c.id == proof_id, proofs.c.verdict == UNDER_WAY)
    return bool(hits(tx, query.values(body=dict(body))))


def close(tx: Tx, proof_id: str, *, at: datetime, verdict: str, body: Mapping[str, Any], signature: str) -> bool:
    """The proof has its verdict; False when it had one already."""
    query = sa.update(proofs).where(proofs.c.id == proof_id, proofs.c.verdict == UNDER_WAY)
    return bool(hits(tx, query.values(at=at, verdict=verdict, body=dict(body), signature=signature)))


def under_way(tx: Tx, spreadsheet_id: str) -> ProofRow | None:
    """The file's proof that has no verdict yet. For the worker."""
    query = sa.select(*_PROOF).where(proofs.c.spreadsheet_id == spreadsheet_id, proofs.c.verdict == UNDER_WAY)
    return one(ProofRow, tx.execute(query.order_by(proofs.c.at).limit(1)).first())


def files_under_way(tx: Tx, *, before: datetime, limit: int) -> list[str]:
    """Spreadsheets with such a proof, asked for before then, the one waiting longest first."""
    query = sa.select(proofs.c.spreadsheet_id).where(proofs.c.verdict == UNDER_WAY, proofs.c.at <= before)
    return list(tx.execute(query.order_by(proofs.c.at).limit(limit)).scalars())


def recent(tx: Tx, scope: Scope, spreadsheet_id: str, *, limit: int) -> list[ProofRow]:
    """The file's proofs in scope, newest first, one under way included."""
    query = sa.select(*_PROOF).where(proofs.c.account_id == scope.account_id, proofs.c.spreadsheet_id == spreadsheet_id)
    return many(ProofRow, tx.execute(query.order_by(proofs.c.at.desc(), proofs.c.id).limit(limit)))


def proof(tx: Tx, scope: Scope, proof_id: str) -> ProofRow:
    """A proof in scope. NotFound otherwise, also for another account's."""
    query = sa.select(*_PROOF).where(proofs.c.id == proof_id, proofs.c.account_id == scope.account_id)
    found = one(ProofRow, tx.execute(query).first())
    if found is None:
        raise NotFound("This report is not here any more.")
    return found


def forget(tx: Tx, spreadsheet_id: str, *, keep: int) -> int:
    """Only the newest `keep` of the file's proofs with a verdict are left. Returns how many are gone."""
    newest = sa.select(proofs.c.id).where(proofs.c.spreadsheet_id == spreadsheet_id, proofs.c.verdict != UNDER_WAY)
    kept = newest.order_by(proofs.c.at.desc(), proofs.c.id).limit(keep).subquery()
    old = (proofs.c.spreadsheet_id == spreadsheet_id, proofs.c.verdict != UNDER_WAY)
    return hits(tx, sa.delete(proofs).where(*old, proofs.c.id.not_in(sa.select(kept.c.id))))


# --- what a hunt compares with ---------------------------------------------------------------------------------------


def count(tx: Tx, account_id: str) -> int:
    """How many orders the account has."""
    return int(tx.execute(sa.select(sa.func.count()).where(orders.c.account_id == account_id)).scalar_one())


def page_after(tx: Tx, sealer: Sealer, account_id: str, last: tuple[str, str] | None, *, limit: int) -> list[Order]:
    """The account's orders with their buyers, those after `last` (order id, shop id), in the order of these."""
    query = order_store.scoped(Scope(account_id)).order_by(orders.c.order_id, orders.c.shop_id)
    if last is not None:
        query = query.where(sa.tuple_(orders.c.order_id, orders.c.shop_id) > sa.tuple_(*map(sa.literal, last)))
    return [order_store.opened(sealer, row) for row in tx.execute(query.limit(limit))]


def orders_called(tx: Tx, sealer: Sealer, account_id: str, order_ids: Collection[str]) -> list[Order]:
    """The account's orders of these numbers, with their buyers."""
    return [
        order_store.opened(sealer, row)
        for some in _in_parts(order_ids)
        for row in tx.execute(order_store.scoped(Scope(account_id)).where(orders.c.order_id.in_(some)))
    ]


def orders_of_keys(tx: Tx, spreadsheet_id: str, row_keys: Collection[str]) -> dict[str, str]:
    """Row key → number of its order, as far as a tab of the file knows it; empty for a row of no order.

    A settled transaction may name an order that was never here: of that nothing is known that it could tell.
    """
    found: dict[str, str] = {}
    for some in _in_parts(row_keys):
        query = (
            sa.select(sheet_rows.c.row_key, sheet_rows.c.order_id, orders.c.order_id, bindings.c.profile["grain"])
            .join(bindings, bindings.c.id == sheet_rows.c.binding_id)
            .outerjoin(
                orders, sa.and_(orders.c.shop_id == sheet_rows.c.shop_id, orders.c.order_id == sheet_rows.c.order_id)
            )
            .where(bindings.c.spreadsheet_id == spreadsheet_id, sheet_rows.c.row_key.in_(some))
        )
        for key, order_id, held, grain in tx.execute(query):
            found[key] = "" if held is None and grain == Grain.TRANSACTION else order_id
    return found


def ever_bound(tx: Tx, spreadsheet_id: str) -> list[BindingRow]:
    """The file's bindings, stopped ones included, as far as they are kept."""
    query = sa.select(*columns_of(bindings, BindingRow)).where(bindings.c.spreadsheet_id == spreadsheet_id)
    return many(BindingRow, tx.execute(query.order_by(bindings.c.created_at, bindings.c.id)))


def _in_parts(texts: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(texts)
    for at in range(0, len(ordered), IDS_AT_ONCE):
        yield ordered[at : at + IDS_AT_ONCE]
