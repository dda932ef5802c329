"""The terms by which orders are found, kept beside them: written with the order, read by `store.listings`."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from service.core.orders import Order
from service.core.terms import terms_of
from service.store.session import Tx, dialect_of, insert_for
from service.store.tables import order_terms

#: Made once: every save runs it, and making a statement costs more than running it.
_DROP = sa.delete(order_terms).where(
    *(order_terms.c[name] == sa.bindparam(f"of_{name}") for name in ("shop_id", "order_id", "kind", "term"))
)


def put(tx: Tx, orders: Sequence[Order]) -> None:
    """These orders are found by exactly their terms. Writes nothing where they have not changed."""
    kept = _kept(tx, orders)
    wanted = {
        Entry(order.shop_id, order.order_id, term.kind.value, term.text) for order in orders for term in terms_of(order)
    }
    # In one order always: two workers that save the same orders wait for each other instead of locking up.
    if fresh := sorted(wanted - kept):
        tx.execute(_add(dialect_of(tx)), [entry._asdict() for entry in fresh])
    if stale := sorted(kept - wanted):
        tx.execute(_DROP, [{f"of_{name}": value for name, value in entry._asdict().items()} for entry in stale])


class Entry(NamedTuple):
    """A row of the index."""

    shop_id: str
    order_id: str
    kind: str
    term: str


def _kept(tx: Tx, orders: Sequence[Order]) -> set[Entry]:
    """What these orders are found by so far."""
    columns = [order_terms.c[name] for name in Entry._fields]
    found: set[Entry] = set()
    for shop_id in {order.shop_id for order in orders}:
        ids = [order.order_id for order in orders if order.shop_id == shop_id]
        query = sa.select(*columns).where(order_terms.c.shop_id == shop_id, order_terms.c.order_id.in_(ids))
        found |= {Entry(*row) for row in tx.execute(query)}
    return found


@cache
def _add(dialect: str) -> sa.Insert:
    return insert_for(dialect, order_terms).on_conflict_do_nothing()
