"""Rises of the share that fees take of a shop's revenue: each is told once, until somebody takes note of it.

Of one shop and currency at most one rise is under way; the database sees to that. Reading takes a Scope.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.ledger.drift import Drift
from service.core.roles import Scope
from service.store.finance import opened, plain
from service.store.records import ShopRow
from service.store.session import Tx, hits, insert_into
from service.store.tables import fee_drifts


@dataclass(frozen=True, slots=True)
class DriftRow:
    """A rise as it was seen at `at`. `is_over`: the rates are no longer risen against the orders before, or have risen
    again. `is_noted`: somebody took note of it.
    """

    id: str
    shop_id: str
    at: datetime
    drift: Drift
    is_over: bool
    is_noted: bool

    @property
    def currency(self) -> str:
        return self.drift.after.currency


def under_way(tx: Tx, shop_id: str) -> dict[str, DriftRow]:
    """Currency → the shop's rise that is under way, taken note of or not."""
    query = sa.select(fee_drifts).where(fee_drifts.c.shop_id == shop_id, fee_drifts.c.ended_at.is_(None))
    return {row.currency: _row(row) for row in tx.execute(query)}


def begin(tx: Tx, shop: ShopRow, drift_id: str, drift: Drift, *, now: datetime) -> None:
    """The rise is told from now on; one that is under way already stays the only one."""
    values = {
        "id": drift_id,
        "shop_id": shop.id,
        "account_id": shop.account_id,
        "currency": drift.after.currency,
        "at": now,
        "body": plain(drift),
    }
    tx.execute(
        insert_into(tx, fee_drifts)
        .values(values)
        .on_conflict_do_nothing(index_elements=["shop_id", "currency"], index_where=fee_drifts.c.ended_at.is_(None))
    )


def end(tx: Tx, drift_id: str, *, now: datetime) -> None:
    """The rise is under way no more. It is told until somebody takes note of it."""
    tx.execute(sa.update(fee_drifts).where(fee_drifts.c.id == drift_id).values(ended_at=now))


def told(tx: Tx, scope: Scope, *, limit: int) -> list[DriftRow]:
    """Rises that nobody has taken note of, newest first."""
    query = sa.select(fee_drifts).where(*_within(scope), fee_drifts.c.dismissed_at.is_(None))
    return _rows(tx, query.order_by(fee_drifts.c.at.desc(), fee_drifts.c.id).limit(limit))


def one_of(tx: Tx, scope: Scope, drift_id: str) -> DriftRow | None:
    """One rise, taken note of or not."""
    return next(iter(_rows(tx, sa.select(fee_drifts).where(*_within(scope), fee_drifts.c.id == drift_id))), None)


def dismiss(tx: Tx, scope: Scope, drift_id: str, *, now: datetime) -> bool:
    """Somebody took note of the rise. False when somebody had before, or there is none."""
    one = sa.update(fee_drifts).where(*_within(scope), fee_drifts.c.id == drift_id, fee_drifts.c.dismissed_at.is_(None))
    return hits(tx, one.values(dismissed_at=now)) == 1


def forget_shop(tx: Tx, shop_id: str) -> None:
    """No rise of the shop is left."""
    tx.execute(sa.delete(fee_drifts).where(fee_drifts.c.shop_id == shop_id))


def _rows(tx: Tx, query: sa.Select[Any]) -> list[DriftRow]:
    return [_row(row) for row in tx.execute(query)]


def _row(row: sa.Row[Any]) -> DriftRow:
    return DriftRow(
        row.id, row.shop_id, row.at, opened(row.body, Drift), row.ended_at is not None, row.dismissed_at is not None
    )


def _within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    found = [fee_drifts.c.account_id == scope.account_id]
    return found if scope.shop_ids is None else [*found, fee_drifts.c.shop_id.in_(sorted(scope.shop_ids))]
