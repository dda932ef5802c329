"""Estimates are kept: what an order was expected to come to, before anything of it was settled.

Kept in the transaction that stores what replaces them, so that none is ever without the other. What is expected is
worked out just before it, in a reading of its own: finance of a shop is stored by one job at a time, and nobody else
has to wait for the sums.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.core.ledger.books import Books
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


@dataclass(frozen=True, slots=True)
class Expected:
    """By order id: what was expected of those that nothing is kept of yet, and what upstream's estimates make of it."""

    first: Mapping[str, Estimate]
    then: Mapping[str, Estimate]


def before_settlement(services: Services, shop: ShopRow, order_ids: Collection[str]) -> Mapping[str, Estimate]:
    """What those of the orders that nothing is settled of are expected to come to.

    An order that is not known here (any more) keeps the estimate that it has.
    """
    with services.store.read() as tx:
        first = set(order_ids) - {""} - profits.settled_among(tx, shop.id, order_ids)
        kept = {order_id: line.estimate for order_id, line in profits.newest_of(tx, shop.id, first).items()}
        return kept | _guesses(_books_of(services, tx, shop, first))


def before_sweep(services: Services, shop: ShopRow, found: Sequence[Found[Unsettled]]) -> Expected:
    """What the orders of these estimates are expected to come to, without them and with them."""
    by_order: dict[str, dict[str, Unsettled]] = {}
    for one in found:
        by_order.setdefault(one.value.about_order, {})[one.value.unsettled_id] = one.value
    with services.store.read() as tx:
        waiting = by_order.keys() - {""} - profits.settled_among(tx, shop.id, by_order.keys())
        new = waiting - profits.newest_of(tx, shop.id, waiting).keys()
        made = _books_of(services, tx, shop, waiting)
    return Expected(
        first=_guesses({order_id: one for order_id, one in made.items() if order_id in new}),
        then=_guesses({order_id: _told(one, by_order[order_id]) for order_id, one in made.items()}),
    )


def put(
    services: Services,
    tx: Tx,
    shop: ShopRow,
    found: Sequence[Found[Unsettled]],
    *,
    expected: Expected,
    seen_at: datetime,
) -> set[str]:
    """Upstream's estimates are stored as seen by the sweep of `seen_at`, and kept what was expected before them.

    Returns the orders whose estimate changed.
    """
    now = services.clock.now()
    profits.keep(tx, shop, expected.first, now=now)
    changed = finance.put_unsettled(tx, shop, found, seen_at=seen_at, now=now)
    profits.keep(tx, shop, {order_id: one for order_id, one in expected.then.items() if order_id in changed}, now=now)
    return changed


def _books_of(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> dict[str, Books]:
    """The books of those of the orders that are known here."""
    known = orders.stored_without_buyers(tx, shop_id=shop.id, order_ids=order_ids) if order_ids else {}
    return dict(books_of(services, tx, shop, known))


def _guesses(found: Mapping[str, Books]) -> dict[str, Estimate]:
    """What each order is expected to come to by its books; those that nothing tells of are absent."""
    made = {order_id: guess(one.facts, one.terms) for order_id, one in found.items() if _is_own_currency(one.facts)}
    return {order_id: estimate for order_id, estimate in made.items() if estimate is not None}


def _told(books: Books, more: Mapping[str, Unsettled]) -> Books:
    """The books with these estimates of upstream's, by their ids."""
    known = {one.unsettled_id: one for one in books.facts.unsettled} | dict(more)
    return Books(replace(books.facts, unsettled=tuple(known.values())), books.terms)


def _is_own_currency(facts: Facts) -> bool:
    """Whether upstream's estimates are in the order's currency: others are never added to it."""
    return all(one.currency == facts.order.payment.currency for one in facts.unsettled)
