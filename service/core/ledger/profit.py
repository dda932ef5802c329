"""Profit: what one order really earned, as estimated and as settled, side by side.

    net profit = revenue - TAX - PLATFORM - MARKETING - COGS
               = settlement - COGS - the seller's own VAT - outside ads - the cost of a sample

Both are true to the cent, always. A cost that is missing makes the profit unknown (None), never larger. Samples are
marketing and no sale; replacements cost and bring in nothing. Lines are `line_profit`'s work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from service.core.ledger.costs import Cogs, units_sent
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms, cogs_of
from service.core.ledger.fields import Group
from service.core.ledger.pools import Pools, pools_of, pools_of_parts
from service.core.ledger.rates import Charge, Estimate, Trust
from service.core.ledger.reconciling import ZERO, Part
from service.core.ledger.sales import SELLER_SHIPPING, is_replacement, is_sample, rounded
from service.core.ledger.settling import Basis, basis_of, best_pools, estimated_pools, guess, without_stale

SELLER_VAT, OUTSIDE_ADS, SAMPLE = "seller_vat", "outside_ads", "sample"
#: VAT that upstream keeps back from the sale itself; the seller owes only what is left of it.
_VAT_TAKEN = frozenset(
    {"vat_amount", "local_vat_amount", "import_vat_amount", "iva_amount", "gst_amount", "sst_amount"}
)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to count an order. `settlement`: what upstream pays. `net` and what follows are None without a cost.

    `seller_vat` is in the tax pool, as outside ads and samples are in the marketing pool.
    """

    pools: Pools
    cogs: Cogs
    settlement: Decimal
    seller_vat: Decimal = ZERO

    @property
    def net(self) -> Decimal | None:
        """Revenue less the four pools."""
        return None if self.cogs.total is None else self.pools.settlement - self.cogs.total

    @property
    def margin(self) -> Decimal | None:
        """Net profit as a part of revenue without the seller's VAT (0.25 is 25 %)."""
        base = self.pools.revenue - self.seller_vat
        return None if self.net is None or base <= 0 else self.net / base

    @property
    def roi(self) -> Decimal | None:
        """Net profit as a part of COGS."""
        return None if self.net is None or not self.cogs.total else self.net / self.cogs.total


@dataclass(frozen=True, slots=True)
class Profit:
    """An order's profit. `shown` is the best there is: settled; settled and the rest estimated; estimated.

    `estimated` and `settled` stand side by side, each None where there is nothing to make it of. Once anything is
    settled `estimated` is what was expected before (`Facts.kept`), with the costs as known now, so that what settlement
    changed is about fees. `is_sale` is false for samples and replacements: they are in no count of orders. `trust` and
    `charges` say how `estimated` was made.
    """

    order_id: str
    currency: str
    basis: Basis
    confidence: int
    estimated: Outcome | None
    settled: Outcome | None
    shown: Outcome | None
    is_sale: bool = True
    trust: Trust | None = None
    charges: tuple[Charge, ...] = ()

    @property
    def delta(self) -> Decimal | None:
        """Settled less estimated net profit; None while either is unknown or the order is not settled."""
        if self.basis is not Basis.SETTLED or self.estimated is None or self.settled is None:
            return None
        one, other = self.settled.net, self.estimated.net
        return None if one is None or other is None else one - other


def profit_of(facts: Facts, terms: Terms) -> Profit:
    """The order's profit as far as it can be known. ValueError for amounts in another currency than the order's."""
    currency = facts.order.payment.currency
    cogs = cogs_of(facts, terms.book)
    settled = pools_of(facts.entries, currency)
    facts = without_stale(facts, settled)
    expected = guess(facts, terms)
    basis = basis_of(facts, settled)
    best = best_pools(facts, terms, basis=basis, settled=settled, expected=expected)
    was = facts.kept if facts.kept is not None and basis is not Basis.ESTIMATED else expected
    whole = _expected_pools(settled, was, facts=facts, basis=basis)
    return Profit(
        facts.order.order_id,
        currency,
        basis,
        _confidence(facts, cogs, basis=basis, expected=expected),
        estimated=outcome_of(whole, cogs, facts=facts, tax=terms.tax) if whole else None,
        settled=outcome_of(settled, cogs, facts=facts, tax=terms.tax) if basis is not Basis.ESTIMATED else None,
        shown=outcome_of(best, cogs, facts=facts, tax=terms.tax) if best else None,
        is_sale=not is_sample(facts.order) and not is_replacement(facts.order),
        trust=was.trust if was else None,
        charges=was.charges if was else (),
    )


def _expected_pools(settled: Pools, was: Estimate | None, *, facts: Facts, basis: Basis) -> Pools | None:
    """What was expected of the whole order. A kept estimate was made before anything of it was settled."""
    if was is None or was is facts.kept:
        return was.pools if was else None
    return estimated_pools(settled, was, basis)


def outcome_of(pools: Pools, cogs: Cogs, *, facts: Facts, tax: TaxTerms) -> Outcome:
    """The pools with what is the seller's own in them: VAT, outside ads; a sample is all marketing."""
    if is_sample(facts.order):
        return _sample(pools, cogs)
    vat = seller_vat(pools, tax)
    own = [
        Part(name, group, -cost)
        for name, group, cost in ((SELLER_VAT, Group.TAX, vat), (OUTSIDE_ADS, Group.PROMOTION, facts.outside_ads))
        if cost
    ]
    return Outcome(pools + pools_of_parts(pools.currency, own), cogs, pools.settlement, vat)


def _sample(pools: Pools, cogs: Cogs) -> Outcome:
    """No revenue, no COGS: whatever the sample cost is marketing. Without a known cost the COGS stays missing.

    The part stands there though it come to nothing: it says that the COGS was moved.
    """
    if cogs.total is None:
        cost, left = ZERO, cogs
    else:
        cost, left = cogs.total, Cogs(cogs.currency, sources=cogs.sources)
    given = Part(SAMPLE, Group.SAMPLES, pools.settlement - cost)
    moved = Pools(pools.currency, (given,), told=pools.told, reserve=pools.reserve)
    return Outcome(moved, left, pools.settlement)


def seller_vat(pools: Pools, tax: TaxTerms) -> Decimal:
    """VAT in the price that the seller owes, less what upstream took of the sale already: it is never paid twice."""
    if tax.mode is not TaxMode.VAT_SELLER_REMITS:
        return ZERO
    due = rounded(pools.revenue * tax.percent / (_HUNDRED + tax.percent), pools.currency)
    taken = -sum((amount for name, amount in pools.fields.items() if name in _VAT_TAKEN), ZERO)
    return due - min(max(taken, ZERO), max(due, ZERO))


def _confidence(facts: Facts, cogs: Cogs, *, basis: Basis, expected: Estimate | None) -> int:
    """0 to 100: COGS known 40, fees settled 40, the creator's share known 10, the cost of sending known 10."""
    is_settled = basis is Basis.SETTLED
    knows_affiliate = is_settled or (expected is not None and expected.knows_affiliate)
    is_sent_by_seller = facts.order.shipping_type in ("", SELLER_SHIPPING) and bool(units_sent(facts.order))
    knows_sending = bool(cogs.fulfilment) or facts.sending is not None
    if not is_sent_by_seller:
        knows_sending = is_settled or bool(facts.unsettled)
    return 40 * (cogs.total is not None) + 40 * is_settled + 10 * knows_affiliate + 10 * knows_sending


def coverage(found: Iterable[Profit]) -> tuple[int, int]:
    """How many of these sales are settled, and how many there are: to be said beside every sum of them."""
    sales = [one for one in found if one.is_sale]
    return sum(one.basis is Basis.SETTLED for one in sales), len(sales)
