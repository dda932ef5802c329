"""An order's profit by SKU: what upstream states by SKU as it states it, the rest by net line value.

The lines of one order add up to the order, pool by pool, to the cent. Where the cost of one SKU is missing, its own
line and the order have no profit; the other lines have theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.core.ledger.costs import Cogs, units_sent
from service.core.ledger.facts import Facts, Terms, sku_cogs
from service.core.ledger.fields import Group
from service.core.ledger.pools import Pools, pools_by_sku, pools_of_parts
from service.core.ledger.profit import SAMPLE, Outcome, Profit
from service.core.ledger.reconciling import ZERO, Part
from service.core.ledger.sales import is_sample
from service.core.ledger.settling import lines_by_sku, weights_of
from service.core.ledger.splitting import split_amount, split_pools


@dataclass(frozen=True, slots=True)
class LineProfit:
    """One SKU's part of an order's profit, each way the order has it."""

    sku_id: str
    estimated: Outcome | None
    settled: Outcome | None
    shown: Outcome | None


def profit_by_sku(profit: Profit, facts: Facts, terms: Terms) -> Mapping[str, LineProfit]:
    """The parts of `profit`, which is this order's, by SKU in the order's own sequence."""
    groups = lines_by_sku(facts.order)
    weights = weights_of(list(groups.values()))
    own = cogs_by_sku(facts, terms)
    stated = _stated(facts, frozenset(groups))
    estimated = _lines(profit.estimated, tuple(groups), weights=weights, own=own, stated={})
    settled = _lines(profit.settled, tuple(groups), weights=weights, own=own, stated=stated)
    shown = _lines(profit.shown, tuple(groups), weights=weights, own=own, stated=stated)
    return {sku: LineProfit(sku, estimated.get(sku), settled.get(sku), shown.get(sku)) for sku in groups}


def _stated(facts: Facts, skus: frozenset[str]) -> Mapping[str, Pools]:
    """What upstream states by SKU of this order. A sample's amounts all move to marketing, and are split from there."""
    if is_sample(facts.order):
        return {}
    return pools_by_sku((one for one in facts.entries if one.sku_id in skus), facts.order.payment.currency)


def _lines(
    outcome: Outcome | None,
    skus: tuple[str, ...],
    *,
    weights: list[int],
    own: Mapping[str, Cogs],
    stated: Mapping[str, Pools],
) -> Mapping[str, Outcome]:
    """The outcome by SKU: what is stated of each, and its share of what is stated of none."""
    if outcome is None or not skus:
        return {}
    currency = outcome.pools.currency
    paid = {sku: pools.settlement for sku, pools in stated.items()}
    rest = split_amount(outcome.settlement - sum(paid.values(), ZERO), weights, currency)
    cogs, known = _moved(outcome, own, stated)
    shares = split_pools(sum((-pools for pools in known.values()), outcome.pools), weights)
    vat = split_amount(outcome.seller_vat, weights, currency)
    return {
        sku: Outcome(known.get(sku, Pools(currency)) + shares[at], cogs[sku], paid.get(sku, ZERO) + rest[at], vat[at])
        for at, sku in enumerate(skus)
    }


def _moved(
    outcome: Outcome, own: Mapping[str, Cogs], stated: Mapping[str, Pools]
) -> tuple[Mapping[str, Cogs], Mapping[str, Pools]]:
    """COGS and known pools by SKU. Where the order's COGS was moved to samples, so is each SKU's own."""
    is_moved = any(part.name == SAMPLE for part in outcome.pools.parts) and not outcome.cogs.missing
    if not is_moved:
        return own, stated
    currency = outcome.pools.currency
    given = {
        sku: pools_of_parts(currency, [Part(SAMPLE, Group.SAMPLES, -(cogs.total or ZERO))]) for sku, cogs in own.items()
    }
    return {sku: Cogs(currency, sources=cogs.sources) for sku, cogs in own.items()}, given


def cogs_by_sku(facts: Facts, terms: Terms) -> Mapping[str, Cogs]:
    """Each SKU's own cost, and its share of what sending the whole order cost; a sample's goods cost what they cost."""
    groups = lines_by_sku(facts.order)
    counts = units_sent(facts.order)
    found = {sku: sku_cogs(facts, terms.book, sku_id=sku, count=counts.get(sku, 0)) for sku in groups}
    if facts.sending is None or not groups:
        return found
    source = frozenset({facts.sending.source})
    shares = split_amount(facts.sending.amount, weights_of(list(groups.values())), facts.sending.currency)
    return {
        sku: found[sku] + Cogs(facts.sending.currency, fulfilment=share, sources=source)
        for sku, share in zip(groups, shares, strict=True)
    }
