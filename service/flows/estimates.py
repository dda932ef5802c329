"""Estimates are kept: what an order was expected to come to, before anything of it was settled.

Called by whoever stores finance, in the transaction that does: what replaces an estimate is never there without it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from service.core.ledger.entries import Unsettled
from service.core.ledger.facts import Facts
from service.core.ledger.rates import Estimate
from service.core.ledger.settling import guess
from service.flows import Services
from service.flows.books import books_of
from service.store import finance, orders, profits
from service.store.records import ShopRow
from service.store.session import Tx
from service.tiktok.finance import Found


def put(services: Services, tx: Tx, shop: ShopRow, found: Sequence[Found[Unsettled]], *, seen_at: datetime) -> set[str]:
    """Upstream's estimates are stored as seen by the sweep of `seen_at`, and kept what was expected before them.

    Returns the orders whose estimate changed.
    """
    _keep_first(services, tx, shop, {one.value.about_order for one in found})
    changed = finance.put_unsettled(tx, shop, found, seen_at=seen_at, now=services.clock.now())
    _keep(services, tx, shop, changed)
    return changed


def _keep_first(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> None:
    """Of those orders that no estimate is kept of, the one in force is."""
    new = set(order_ids) - {""} - profits.newest_of(tx, shop.id, order_ids).keys()
    _keep(services, tx, shop, new)


def _keep(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> None:
    """What these orders are expected to come to is kept where it is news. Nothing is once one of them is settled."""
    waiting = set(order_ids) - profits.settled_among(tx, shop.id, order_ids)
    profits.keep(tx, shop, _expected(services, tx, shop, waiting), now=services.clock.now())


def keep_before_settlement(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> None:
    """The last estimate of those orders that nothing is settled of yet: called before their entries are stored.

    An order that is not known here (any more) keeps the estimate that it has.
    """
    first = set(order_ids) - {""} - profits.settled_among(tx, shop.id, order_ids)
    newest = profits.newest_of(tx, shop.id, first)
    found = {order_id: line.estimate for order_id, line in newest.items()}
    found |= _expected(services, tx, shop, first)
    profits.keep_last(tx, shop, found, now=services.clock.now())


def _expected(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> Mapping[str, Estimate]:
    """What each order is expected to come to by all that is stored; orders that nothing tells of are absent."""
    known = orders.stored_without_buyers(tx, shop_id=shop.id, order_ids=order_ids) if order_ids else {}
    found = {
        order_id: guess(books.facts, books.terms)
        for order_id, books in books_of(services, tx, shop, known).items()
        if _is_own_currency(books.facts)
    }
    return {order_id: estimate for order_id, estimate in found.items() if estimate is not None}


def _is_own_currency(facts: Facts) -> bool:
    """Whether upstream's estimates are in the order's currency: others are never added to it."""
    return all(one.currency == facts.order.payment.currency for one in facts.unsettled)
