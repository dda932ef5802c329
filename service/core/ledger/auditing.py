"""Auditing: what TikTok charged on a settled order, beside what the dated fee rules say it should be.

What a rule is taken of is read off the settlement itself, so that discounts and refunds are as TikTok counted them.
Where that does not say it beyond doubt the fee is not checked: no accusation is made of a guess. Whether a rule holds
for a shop at all is told by its own orders (`Tally`). Costs are positive, as in pools.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from service.core.currencies import exponent
from service.core.ledger.entries import Entry
from service.core.ledger.facts import Facts, Terms
from service.core.ledger.fields import is_adjustment
from service.core.ledger.pools import Pools, counted, pools_of, pools_of_one
from service.core.ledger.rates import charge_of
from service.core.ledger.reconciling import ADJUSTMENT, ZERO
from service.core.ledger.sales import Refund, Sale, is_replacement, is_sample, sale_of
from service.core.ledger.settling import Basis, basis_of, is_reserve, without_stale
from service.core.policies.fees import FeeBase, FeeRule

#: In `Check.certainty`, where the seller stated the rate.
OWN_RATE = "own"
#: Kinds of adjustments, in plain spelling, by which upstream corrects a commission.
CORRECTIONS = frozenset({"platform_commission_adjustment", "platform_commission_compensation"})
_COMMISSIONS = frozenset({"platform_commission_amount", "referral_fee_amount"})
_REFUNDED, _DISCOUNT_BACK = "refund_subtotal_before_discount_amount", "seller_discount_refund_amount"
_SHIPPING = ("customer_paid_shipping_fee_amount", "customer_paid_shipping_fee_refund_amount")
_SHIPPING_BACK = "refunded_customer_shipping_fee_amount"
_PAID, _PAID_BACK = "customer_payment_amount", "customer_refund_amount"
_PLATFORM = ("platform_discount_amount", "platform_discount_refund_amount")
_TAX = ("sales_tax_payment_amount", "sales_tax_refund_amount")


@dataclass(frozen=True, slots=True)
class Check:
    """One fee of one order. `base`: what the rule's percentage is taken of. `roundings`: how often TikTok rounded.

    `certainty`: of the rule's source, A to D, or OWN_RATE without a source. `effective_from`: the first day that the
    rule is known to hold. `corrected`: what adjustments of commission charged since, negative = given back.
    """

    field: str
    currency: str
    charged: Decimal
    expected: Decimal
    base: Decimal
    percent: Decimal
    flat: Decimal
    cap: Decimal | None
    effective_from: date
    source: str
    certainty: str
    roundings: int
    settled_at: datetime
    statement_ids: tuple[str, ...]
    corrected: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        """Charged less expected, as far as it was not made good since; 0 where roundings alone may be the reason: each
        of them a minor unit.
        """
        off = self.charged - self.expected
        off = max(off + min(self.corrected, ZERO), ZERO) if off > 0 else min(off + max(self.corrected, ZERO), ZERO)
        return ZERO if abs(off) <= self.roundings * Decimal(1).scaleb(-exponent(self.currency)) else off


@dataclass(frozen=True, slots=True)
class _Settlement:
    """A settled order as its statements tell it: summed, and in the pieces that were rounded one by one.

    `corrected`: what adjustments of its commission came to, as a cost.
    """

    pools: Pools
    lines: tuple[Entry, ...]
    pieces: tuple[Entry, ...]
    corrected: Decimal = ZERO

    def told(self, names: Collection[str]) -> Decimal | None:
        """The sum of these explaining amounts; None when upstream tells none of them."""
        found = [self.pools.told[name] for name in names if name in self.pools.told]
        return sum(found, ZERO) if found else None

    def field(self, *names: str) -> Decimal:
        return sum((self.pools.fields.get(name, ZERO) for name in names), ZERO)

    @property
    def is_refunded(self) -> bool:
        return bool(self.field(_REFUNDED))


def checks_of(facts: Facts, terms: Terms) -> tuple[Check, ...]:
    """The fees of the order that can be checked beyond doubt, by field; none before all of it is settled.

    Samples and replacements pay no fees on a sale. ValueError for amounts in another currency than the order's.
    """
    settlement = _settlement(facts)
    if settlement is None:
        return ()
    net = _net_sale(facts, settlement)
    if net is None:
        return ()
    found = (_check(rule, net, settlement=settlement, facts=facts, terms=terms) for rule in terms.rules)
    return tuple(one for one in found if one is not None)


def _settlement(facts: Facts) -> _Settlement | None:
    """The order's own lines; None unless it is a sale, and settled to the end."""
    currency = facts.order.payment.currency
    all_pools = pools_of(facts.entries, currency)
    if basis_of(without_stale(facts, all_pools), all_pools) is not Basis.SETTLED:
        return None
    if is_sample(facts.order) or is_replacement(facts.order):
        return None
    own = [one for one in facts.entries if not is_adjustment(one.kind) and not is_reserve(one.kind)]
    lines = tuple(counted(own))
    if not lines or any(one.settled_at is None for one in lines):
        return None
    parts = tuple(one for one in own if one.sku_id)
    corrected = -sum((all_pools.fields.get(f"{ADJUSTMENT}{kind}", ZERO) for kind in sorted(CORRECTIONS)), ZERO)
    return _Settlement(pools_of(lines, currency), lines, parts or lines, corrected)


def _net_sale(facts: Facts, settlement: _Settlement) -> Sale | None:
    """What the settlement leaves of the sale, refunds taken off; None where its figures contradict each other."""
    pools = settlement.pools
    ship = settlement.field(*_SHIPPING)
    paid, tax = settlement.told((_PAID, _PAID_BACK)), settlement.told(_TAX) or ZERO
    platform = settlement.told(_PLATFORM) or ZERO
    if paid is None:  # what buyers paid is not told: then only what is taken of items and shipping can be known
        paid = pools.revenue + ship
    elif paid + platform - tax != pools.revenue + ship:
        return None
    sold = sale_of(facts.order, day=facts.day)
    if sold is None or pools.revenue < 0:
        return None
    return replace(
        sold,
        items=pools.revenue,
        paid_for_items=pools.revenue - platform,
        platform_discount=platform,
        ship_paid=ship,
        tax=tax,
        paid=paid,
    )


def _check(rule: FeeRule, net: Sale, *, settlement: _Settlement, facts: Facts, terms: Terms) -> Check | None:
    """The fee of this rule; None where it is not certain what it is taken of."""
    sale = _base_sale(rule, net, settlement=settlement, facts=facts)
    if sale is None:
        return None
    charge = charge_of(rule, sale, rules=terms.rules, own=terms.own)
    charged = -settlement.field(rule.field)
    if charge is None and not charged:
        return None
    own = terms.own.percents.get(rule.field)
    dates = [one.settled_at for one in settlement.lines if one.settled_at is not None]
    return Check(
        rule.field,
        sale.currency,
        charged=charged,
        expected=charge.cost if charge else ZERO,
        base=charge.base if charge else ZERO,
        percent=rule.percent if own is None else own,
        flat=rule.flat,
        cap=rule.cap,
        effective_from=rule.effective_from,
        source=rule.source if own is None else "",
        certainty=rule.certainty if own is None else OWN_RATE,
        roundings=max(len(settlement.pieces), 1),
        settled_at=max(dates),
        statement_ids=tuple(sorted({one.statement_id for one in settlement.lines})),
        corrected=settlement.corrected if rule.field in _COMMISSIONS else ZERO,
    )


def _base_sale(rule: FeeRule, net: Sale, *, settlement: _Settlement, facts: Facts) -> Sale | None:
    """The sale that this rule is taken of, as far as the settlement tells it."""
    if rule.base is FeeBase.RETURNED_COMMISSION:
        refunds = _refunds(facts, settlement)
        return None if refunds is None else replace(net, refunds=refunds)
    if rule.kept_on_refund and settlement.is_refunded:
        return None
    if rule.base in {FeeBase.PAID, FeeBase.PAID_AND_SUBSIDY} and settlement.told((_PAID, _PAID_BACK)) is None:
        return None
    return net


def _refunds(facts: Facts, settlement: _Settlement) -> tuple[Refund, ...] | None:
    """What was given back, by SKU; None where that is not told by SKU."""
    if not settlement.is_refunded:
        return ()
    only = {line.sku_id for line in facts.order.lines}
    if len(only) > 1 and any(not one.sku_id for one in settlement.pieces):
        return None
    found = []
    for piece in settlement.pieces:
        pools = pools_of_one(piece)
        back = -sum((pools.fields.get(name, ZERO) for name in (_REFUNDED, _DISCOUNT_BACK)), ZERO)
        back -= pools.told.get(_SHIPPING_BACK, ZERO)
        if back:
            found.append(Refund(piece.sku_id or min(only), piece.quantity or 1, back))
    return tuple(found)


# --- what the checks of a shop say together ---------------------------------------------------------------------------

#: A rule is the shop's where so many of its orders were charged exactly by it. One from sellers' reports alone has to
#: fit nearly all of them, and enough of them: else it is the rule that is in doubt, and not TikTok.
FITTING_SHARE, FITTING_SHARE_OF_REPORTS, FEWEST_OF_REPORTS = Decimal("0.5"), Decimal("0.9"), 20
_PUBLISHED = frozenset({"A", "B", OWN_RATE})


@dataclass(frozen=True, slots=True)
class Tally:
    """All checks by one rule of one shop and period, in minor units of one currency. `over` and `under` are positive.

    `fitting`: how many were charged exactly by the rule; `over_count` and `under_count` are the others.
    """

    shop_id: str
    field: str
    currency: str
    source: str
    certainty: str
    fitting: int
    over_count: int = 0
    over_minor: int = 0
    under_count: int = 0
    under_minor: int = 0

    @property
    def count(self) -> int:
        return self.fitting + self.over_count + self.under_count

    @property
    def holds(self) -> bool:
        """Whether the rule is the shop's, so that what differs from it is a finding."""
        if self.certainty == OWN_RATE:
            return True
        if self.certainty in _PUBLISHED:
            return self.fitting >= self.count * FITTING_SHARE
        return self.count >= FEWEST_OF_REPORTS and self.fitting >= self.count * FITTING_SHARE_OF_REPORTS


def most_first(found: Iterable[Tally]) -> list[Tally]:
    """The tallies, those with the most money first within their currency."""
    return sorted(found, key=lambda one: (one.currency, -(one.over_minor + one.under_minor), one.field, one.source))


def totals_of(found: Sequence[Tally]) -> dict[str, tuple[int, int]]:
    """Currency → (charged too much, charged too little) in minor units, of rules that hold. Never added across."""
    totals: dict[str, tuple[int, int]] = {}
    for one in found:
        if one.holds:
            over, under = totals.get(one.currency, (0, 0))
            totals[one.currency] = (over + one.over_minor, under + one.under_minor)
    return dict(sorted(totals.items()))
