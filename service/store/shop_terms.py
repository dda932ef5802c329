"""Shop terms as stored: the versions of each shop. Nothing is worked out here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from service.core.ledger.shop_terms import ShopTerms
from service.core.roles import Scope
from service.store.records import ShopRow
from service.store.session import Tx, insert_into
from service.store.tables import shop_terms


def of_shop(tx: Tx, shop_id: str) -> list[ShopTerms]:
    """Every version of this shop's terms, oldest first. For the ledger, which has no caller."""
    query = sa.select(shop_terms.c.body).where(shop_terms.c.shop_id == shop_id)
    return _opened(tx.execute(query.order_by(shop_terms.c.from_day)).scalars().all())


def versions_of(tx: Tx, scope: Scope, shop_id: str) -> list[ShopTerms]:
    """The same for a person's screen; none for a shop out of scope."""
    if scope.shop_ids is not None and shop_id not in scope.shop_ids:
        return []
    query = sa.select(shop_terms.c.body).where(
        shop_terms.c.shop_id == shop_id, shop_terms.c.account_id == scope.account_id
    )
    return _opened(tx.execute(query.order_by(shop_terms.c.from_day)).scalars().all())


def put(tx: Tx, shop: ShopRow, terms: ShopTerms, now: datetime) -> None:
    """These terms are the shop's from their day on, instead of any that were stated from the same day."""
    row = {"shop_id": shop.id, "account_id": shop.account_id, "from_day": _day(terms.from_day)}
    changing: dict[str, Any] = {"body": msgspec.to_builtins(terms), "saved_at": now}
    statement = insert_into(tx, shop_terms)
    tx.execute(
        statement.values(**row, **changing).on_conflict_do_update(
            index_elements=["shop_id", "from_day"],
            set_={name: statement.excluded[name] for name in changing},
        )
    )


def drop(tx: Tx, scope: Scope, shop_id: str, from_day: date | None) -> None:
    """The version from this day on is gone: the one before it goes on."""
    tx.execute(
        sa.delete(shop_terms).where(
            shop_terms.c.shop_id == shop_id,
            shop_terms.c.account_id == scope.account_id,
            shop_terms.c.from_day == _day(from_day),
        )
    )


def forget_shop(tx: Tx, shop_id: str) -> None:
    """Nothing is known of what the seller said of the shop."""
    tx.execute(sa.delete(shop_terms).where(shop_terms.c.shop_id == shop_id))


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _opened(bodies: Sequence[Any]) -> list[ShopTerms]:
    return [msgspec.convert(body, ShopTerms) for body in bodies]
