"""Settling: how much of an order is in a statement, what is still open, and the best pools there are meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial

from service.core.allocation import net_value
from service.core.ledger.costs import units_sent
from service.core.ledger.entries import RESERVE_KIND, Entry, Unsettled
from service.core.ledger.facts import Facts, Terms
from service.core.ledger.fields import is_adjustment, plain_kind
from service.core.ledger.pools import Pools, pools_of_one
from service.core.ledger.rates import Estimate, Trust, estimate, of_unsettled
from service.core.ledger.sales import sale_of
from service.core.ledger.splitting import split_pools
from service.core.orders import Line, Order, OrderStatus

_REFUND_FIELD = "refund_subtotal_before_discount_amount"


class Basis(StrEnum):
    """How much of an order is settled."""

    ESTIMATED = "estimated"
    PARTIAL = "partial"
    SETTLED = "settled"


def without_stale(facts: Facts, settled: Pools) -> Facts:
    """The facts without estimates of what is settled by now: upstream's two lists are read at different moments.

    An adjustment is known by its id. A sale is stale where most of its estimated revenue would be more than was sold.
    """
    if not facts.entries or not facts.unsettled:
        return facts
    sale = sale_of(facts.order, day=facts.day)
    done = {one.adjustment_id for one in facts.entries if one.adjustment_id}

    def is_live(one: Unsettled) -> bool:
        if one.adjustment_id:
            return one.adjustment_id not in done
        revenue = pools_of_one(one).revenue
        return sale is None or revenue <= 0 or settled.revenue + revenue / 2 <= sale.items

    return replace(facts, unsettled=tuple(one for one in facts.unsettled if is_live(one)))


def basis_of(facts: Facts, settled: Pools) -> Basis:
    """Settled once every SKU sent, and every refund known of, is in a statement; partial from the first entry on."""
    if not _without_reserves(facts.entries):
        return Basis.ESTIMATED
    is_waiting = any(not is_adjustment(one.kind) for one in facts.unsettled)
    if is_waiting or open_skus(facts) or has_open_refund(facts, settled):
        return Basis.PARTIAL
    return Basis.SETTLED


def open_skus(facts: Facts) -> frozenset[str]:
    """SKUs of the order that no statement holds yet. One entry of the whole order holds them all, and what was never
    sent is in none.
    """
    orders = [one for one in _without_reserves(facts.entries) if not is_adjustment(one.kind)]
    if any(not one.sku_id for one in orders):
        return frozenset()
    return frozenset(units_sent(facts.order).keys() - {one.sku_id for one in orders})


def has_open_refund(facts: Facts, settled: Pools) -> bool:
    """Whether a refund is known that no statement shows: none refunded, and more revenue than is left of the sale."""
    if not facts.refunds or settled.fields.get(_REFUND_FIELD):
        return False
    sale = sale_of(facts.order, day=facts.day, refunds=facts.refunds)
    return sale is not None and settled.revenue > sale.revenue


def guess(facts: Facts, terms: Terms) -> Estimate | None:
    """The most trusted estimate of the order, or of what is left of it; None when nothing says what is charged."""
    sale = sale_of(facts.order, day=facts.day, refunds=facts.refunds)
    if sale is None:
        return of_unsettled(facts.unsettled, facts.order.payment.currency) if facts.unsettled else None
    by_rates = partial(estimate, sale, recent=terms.recent, rules=terms.rules, own=terms.own)
    if any(not is_adjustment(one.kind) for one in facts.unsettled) or _without_reserves(facts.entries):
        return by_rates(unsettled=facts.unsettled)
    found = by_rates()  # a fine that is listed before the sale itself is not all that comes of it
    if found is None or not facts.unsettled:
        return found
    return replace(found, pools=found.pools + of_unsettled(facts.unsettled, sale.currency).pools)


def estimated_pools(settled: Pools, expected: Estimate, basis: Basis) -> Pools:
    """The whole order as estimated: upstream's own list names only what is left of a partly settled order."""
    is_rest = basis is not Basis.ESTIMATED and expected.trust is Trust.UNSETTLED
    return settled + expected.pools if is_rest else expected.pools


def best_pools(facts: Facts, terms: Terms, *, basis: Basis, settled: Pools, expected: Estimate | None) -> Pools | None:
    """What upstream has settled, and the rest as estimated; None when the rest cannot be estimated."""
    if basis is Basis.SETTLED:
        return settled
    if expected is None:
        return None
    if basis is Basis.ESTIMATED:
        return expected.pools
    if expected.trust is Trust.UNSETTLED:
        return settled + expected.pools
    return settled + _open_part(facts, terms, settled=settled, whole=expected.pools)


def _open_part(facts: Facts, terms: Terms, *, settled: Pools, whole: Pools) -> Pools:
    """The part of an estimate that no statement holds yet: SKUs still open, else what a refund will change."""
    if missing := open_skus(facts):
        return _share_of(facts.order, missing, whole)
    if has_open_refund(facts, settled):
        unrefunded = sale_of(facts.order, day=facts.day)
        recent = None if terms.rules else terms.recent  # as with refunds: two sources differ by more than the refund
        before = estimate(unrefunded, recent=recent, rules=terms.rules, own=terms.own) if unrefunded else None
        if before is not None:
            return whole - before.pools
    return Pools(whole.currency)


def _share_of(order: Order, missing: frozenset[str], whole: Pools) -> Pools:
    """The share of an estimate that belongs to these SKUs, by net line value."""
    groups = lines_by_sku(order)
    total = Pools(whole.currency)
    for sku_id, share in zip(groups, split_pools(whole, weights_of(list(groups.values()))), strict=True):
        if sku_id in missing:
            total += share
    return total


def lines_by_sku(order: Order) -> dict[str, list[Line]]:
    """The order's lines by SKU, in the order's own sequence."""
    groups: dict[str, list[Line]] = {}
    for line in order.lines:
        groups.setdefault(line.sku_id, []).append(line)
    return groups


def weights_of(groups: Sequence[Sequence[Line]]) -> list[int]:
    """What an order's amounts are split by: net value of lines that are not cancelled, units where no price is known.

    Where every line is cancelled, all of them count.
    """
    live = [[line for line in group if line.status != OrderStatus.CANCELLED] for group in groups]
    kept = live if any(live) else [list(group) for group in groups]
    values = [net_value(group) for group in kept]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else [len(group) for group in kept]


def is_reserve(kind: str) -> bool:
    """Whether an entry of this kind only holds back what is paid later, or pays it: it settles nothing."""
    return plain_kind(kind) == RESERVE_KIND.lower()


def _without_reserves(entries: Sequence[Entry]) -> list[Entry]:
    return [one for one in entries if not is_reserve(one.kind)]
