"""Fees are checked as they settle: each order once, again when its lines, the rules or the seller's own rates change.

A walk over a shop's settled orders, a portion at a time, begins anew with other rules. An order that changes behind the
walk is checked in the transaction that stores the change; one before it waits for the walk.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from service.core.ledger.auditing import CORRECTIONS, Check, checks_of
from service.core.ledger.books import Books
from service.core.ledger.entries import Entry
from service.core.ledger.fields import plain_kind
from service.flows import Services
from service.flows.books import books_of
from service.store import fee_checks, orders, shop_terms, shops
from service.store.records import ShopRow
from service.store.session import Tx

PORTION = 100  # orders of the walk in one transaction
#: Part of the mark of the rules: another way of checking has all orders checked anew.
_WAY = "2"


def check_orders(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> None:
    """Those of the orders that the walk has passed are checked as they are now. In the change's own transaction."""
    if not order_ids:
        return
    walk = fee_checks.walk_of(tx, shop)
    if walk.rules == _mark(services, tx, shop):
        passed = [one for one in order_ids if walk.has_passed(one)]
        fee_checks.put_checks(tx, shop, _checked(services, tx, shop, passed))


def check_corrected(services: Services, tx: Tx, shop: ShopRow, found: Iterable[Entry]) -> None:
    """The same for orders whose commission these entries correct. There are few of them."""
    corrected = {one.about_order for one in found if plain_kind(one.kind) in CORRECTIONS}
    check_orders(services, tx, shop, corrected - {""})


def walk_on(services: Services, shop: ShopRow, has_time: Callable[[], bool]) -> None:
    """The walk goes on as far as there is time. Killed anywhere, the next one begins where this one stood."""
    while has_time() and _walk_portion(services, shop):
        pass


def _walk_portion(services: Services, shop: ShopRow) -> bool:
    """The next orders are checked. Returns whether there may be more.

    Worked out in a reading of its own, so that nobody waits for it: one job at a time stores finance of a shop. Rules
    that change meanwhile have another mark, and the walk begins anew.
    """
    with services.store.read() as tx:
        walk, mark = fee_checks.walk_of(tx, shop), _mark(services, tx, shop)
        if walk.rules != mark:
            walk = replace(walk, rules=mark, after_order_id="", walked_at=None)
        elif walk.walked_at is not None:
            return False
        ids = fee_checks.settled_after(tx, shop.id, walk.after_order_id, limit=PORTION)
        found = _checked(services, tx, shop, ids)
    is_over = len(ids) < PORTION
    walked_at = services.clock.now() if is_over else None
    walk = replace(walk, after_order_id=ids[-1] if ids else walk.after_order_id, walked_at=walked_at)
    with services.store.write() as tx:
        if not shops.is_held(tx, shop.id):
            return False
        fee_checks.put_checks(tx, shop, found)
        fee_checks.move_walk(tx, walk)
    return not is_over


def _checked(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> dict[str, tuple[Check, ...]]:
    """The checks of each order. One that is not known here cannot be checked, and has none left from when it was."""
    known = orders.stored_without_buyers(tx, shop_id=shop.id, order_ids=order_ids) if order_ids else {}
    books = books_of(services, tx, shop, known)
    return {order_id: _checks(books[order_id]) if order_id in books else () for order_id in order_ids}


def _checks(books: Books) -> tuple[Check, ...]:
    currency = books.facts.order.payment.currency
    is_own = all(one.currency == currency for one in books.facts.entries)
    return checks_of(books.facts, books.terms) if is_own else ()


def _mark(services: Services, tx: Tx, shop: ShopRow) -> str:
    """What changes when the market's rules, the seller's own rates or the way of checking do."""
    rules = [rule for rule in services.policies.fees if rule.market == shop.region.upper()]
    own = [(one.from_day, one.own(shop.region)) for one in shop_terms.of_shop(tx, shop.id)]
    return hashlib.sha256(repr((_WAY, rules, own)).encode()).hexdigest()[:16]
