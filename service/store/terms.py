"""The terms by which orders are found, kept beside them: written with the order, read by `store.listings`."""

from functools import cache

import sqlalchemy as sa

from service.core.orders import Order
from service.core.terms import Term, TermKind, terms_of
from service.store.session import Tx, dialect_of, insert_for
from service.store.tables import order_terms

#: Made once: every saved order runs them, and making a statement costs more than running it.
_OWN = (
    order_terms.c.shop_id == sa.bindparam("of_shop"),
    order_terms.c.order_id == sa.bindparam("of_order"),
)
_KEPT = sa.select(order_terms.c.kind, order_terms.c.term).where(*_OWN)
_DROP = sa.delete(order_terms).where(
    *_OWN, order_terms.c.kind == sa.bindparam("of_kind"), order_terms.c.term == sa.bindparam("of_term")
)


def put(tx: Tx, order: Order) -> None:
    """The order is found by exactly its terms. Writes nothing where they have not changed."""
    own = {"of_shop": order.shop_id, "of_order": order.order_id}
    kept = {Term(TermKind(row.kind), row.term) for row in tx.execute(_KEPT, own)}
    wanted = terms_of(order)
    if fresh := wanted - kept:
        tx.execute(_add(dialect_of(tx)), [_row(order, term) for term in _sorted(fresh)])
    if stale := kept - wanted:
        tx.execute(_DROP, [{**own, "of_kind": term.kind, "of_term": term.text} for term in _sorted(stale)])


def _row(order: Order, term: Term) -> dict[str, str]:
    return {"shop_id": order.shop_id, "kind": term.kind.value, "term": term.text, "order_id": order.order_id}


@cache
def _add(dialect: str) -> sa.Insert:
    return insert_for(dialect, order_terms).on_conflict_do_nothing()


def _sorted(terms: set[Term] | frozenset[Term]) -> list[Term]:
    """In one order always: two workers that save the same order wait for each other instead of locking up."""
    return sorted(terms, key=lambda term: (term.kind, term.text))
