"""Checked fees: of each settled order what was charged beside what the rules say, and how far the checking has come.

Checks of an order are put as a whole, so that doing it twice is doing it once. Reading for people takes a Scope and
adds up in the database, whatever the count of orders.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.currencies import exponent
from service.core.ledger.auditing import Check, Tally
from service.core.ledger.entries import ORDER_KIND
from service.core.roles import Scope
from service.store.finance import opened, plain, some
from service.store.records import ShopRow, columns_of, one
from service.store.session import Tx, insert_into
from service.store.tables import entries, fee_checks, fee_walks

_OFF = fee_checks.c.difference_minor


@dataclass(frozen=True, slots=True)
class FeeWalkRow:
    """How far a shop's settled orders are checked. `rules`: the mark of the rules that they are checked against.

    `walked_at`: when the walk over all of them came to its end; `looked_at`: the last look at how rates develop.
    """

    shop_id: str
    account_id: str
    rules: str = ""
    after_order_id: str = ""
    walked_at: datetime | None = None
    looked_at: datetime | None = None

    def has_passed(self, order_id: str) -> bool:
        """Whether the walk will not come by this order any more."""
        return self.walked_at is not None or order_id <= self.after_order_id


@dataclass(frozen=True, slots=True)
class Finding:
    """A fee of an order that is not as its rule says."""

    shop_id: str
    order_id: str
    check: Check


# --- checking ---------------------------------------------------------------------------------------------------------


def walk_of(tx: Tx, shop: ShopRow) -> FeeWalkRow:
    """How far the shop's checking has come; a new shop's has not begun."""
    query = sa.select(*columns_of(fee_walks, FeeWalkRow)).where(fee_walks.c.shop_id == shop.id)
    return one(FeeWalkRow, tx.execute(query).first()) or FeeWalkRow(shop.id, shop.account_id)


def move_walk(tx: Tx, row: FeeWalkRow) -> None:
    """The walk is exactly there; called after what it has passed is put."""
    values = {name: getattr(row, name) for name in FeeWalkRow.__dataclass_fields__}
    changing = {name: value for name, value in values.items() if name != "shop_id"}
    statement = insert_into(tx, fee_walks).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=["shop_id"], set_=changing))


def settled_after(tx: Tx, shop_id: str, order_id: str, *, limit: int) -> list[str]:
    """Orders that a statement holds, by id, behind this one."""
    query = sa.select(entries.c.order_id).where(
        entries.c.shop_id == shop_id,
        entries.c.order_id > order_id,
        entries.c.sku_id == "",
        entries.c.kind == ORDER_KIND,
    )
    return list(tx.execute(query.distinct().order_by(entries.c.order_id).limit(limit)).scalars())


def put_checks(tx: Tx, shop: ShopRow, found: Mapping[str, Sequence[Check]]) -> None:
    """The checks of these orders are exactly these."""
    for portion in some(found):
        tx.execute(sa.delete(fee_checks).where(fee_checks.c.shop_id == shop.id, fee_checks.c.order_id.in_(portion)))
    rows = [_row(shop, order_id, check) for order_id, checks in sorted(found.items()) for check in checks]
    if rows:
        tx.execute(sa.insert(fee_checks), rows)


def _row(shop: ShopRow, order_id: str, check: Check) -> dict[str, Any]:
    return {
        "shop_id": shop.id,
        "account_id": shop.account_id,
        "order_id": order_id,
        "field": check.field,
        "currency": check.currency,
        "settled_at": check.settled_at,
        "source": check.source,
        "certainty": check.certainty,
        "difference_minor": round(check.difference.scaleb(exponent(check.currency))),
        "body": plain(check),
    }


def forget_shop(tx: Tx, shop_id: str) -> None:
    """No check of the shop is left."""
    for table in (fee_checks, fee_walks):
        tx.execute(sa.delete(table).where(table.c.shop_id == shop_id))


# --- reading ----------------------------------------------------------------------------------------------------------


def tallies(tx: Tx, scope: Scope, *, since: datetime, until: datetime) -> list[Tally]:
    """All checks of orders whose last statement is of [since, until), added up by shop, currency and rule."""
    keys = [fee_checks.c[name] for name in ("shop_id", "field", "currency", "source", "certainty")]
    query = sa.select(
        *keys,
        _count(_OFF == 0).label("fitting"),
        _count(_OFF > 0).label("over_count"),
        _sum(_OFF > 0, _OFF).label("over_minor"),
        _count(_OFF < 0).label("under_count"),
        _sum(_OFF < 0, -_OFF).label("under_minor"),
    ).where(*_within(scope, since, until))
    rows = tx.execute(query.group_by(*keys).order_by(*keys))
    return [_tally(row) for row in rows]


def _tally(row: Any) -> Tally:
    """The row; a database may give its sums as decimals."""
    return Tally(
        row.shop_id,
        row.field,
        row.currency,
        row.source,
        row.certainty,
        fitting=int(row.fitting),
        over_count=int(row.over_count),
        over_minor=int(row.over_minor),
        under_count=int(row.under_count),
        under_minor=int(row.under_minor),
    )


def findings(
    tx: Tx, scope: Scope, *, since: datetime, until: datetime, of: Collection[Tally], limit: int, offset: int = 0
) -> list[Finding]:
    """What differs from the rules of these tallies, most money first within a currency."""
    chosen = [
        sa.and_(
            fee_checks.c.shop_id == one.shop_id,
            fee_checks.c.field == one.field,
            fee_checks.c.currency == one.currency,
            fee_checks.c.source == one.source,
            fee_checks.c.certainty == one.certainty,
        )
        for one in of
    ]
    if not chosen:
        return []
    query = sa.select(fee_checks.c.shop_id, fee_checks.c.order_id, fee_checks.c.body).where(
        *_within(scope, since, until), _OFF != 0, sa.or_(*chosen)
    )
    ordered = query.order_by(fee_checks.c.currency, sa.func.abs(_OFF).desc(), fee_checks.c.order_id, fee_checks.c.field)
    rows = tx.execute(ordered.limit(limit).offset(offset))
    return [Finding(row.shop_id, row.order_id, opened(row.body, Check)) for row in rows]


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _sum(condition: sa.ColumnElement[bool], value: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, value), else_=0)), 0)


def _within(scope: Scope, since: datetime, until: datetime) -> list[sa.ColumnElement[bool]]:
    found = [
        fee_checks.c.account_id == scope.account_id,
        fee_checks.c.settled_at >= since,
        fee_checks.c.settled_at < until,
    ]
    return found if scope.shop_ids is None else [*found, fee_checks.c.shop_id.in_(sorted(scope.shop_ids))]
