"""Rates: what an order will be charged before upstream has said so, and where that figure comes from.

In the order of trust: upstream's own list of what is not settled yet; the shop's own recent settlements of these SKUs;
the dated fee table. A rate is a cost as a part of revenue; both sums of it come from the same orders.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from service.core.ledger.entries import Unsettled
from service.core.ledger.fields import Group, place_of
from service.core.ledger.pools import Pools, pools_of_one, pools_of_parts, total_of
from service.core.ledger.reconciling import ADJUSTMENT, WHOLE, ZERO, Part
from service.core.ledger.sales import Refund, Sale, rounded
from service.core.policies.fees import FeeBase, FeePer, FeeRule

LAST_ORDERS = 30  # of the newest settlements; older ones were charged by older rules
FEWEST_ORDERS = 5  # fewer tell more about those orders than about a rate
_COMMISSION = "platform_commission_amount"
_REFERRAL = "referral_fee_amount"
_AFFILIATE = "affiliate_commission_amount"
_HUNDRED = Decimal(100)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Trust(StrEnum):
    """Where an estimate comes from, the most trusted first."""

    UNSETTLED = "unsettled"
    RECENT = "recent"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Charge:
    """One estimated fee, for whoever asks why: the field, the cost, what it was taken of, and by which source."""

    field: str
    cost: Decimal
    base: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """The pools an order is expected to come to. `knows_affiliate`: the creator's share is a figure, not a gap."""

    pools: Pools
    trust: Trust
    charges: tuple[Charge, ...] = ()
    knows_affiliate: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """One order that is settled: which SKUs it sold, when, and what it came to."""

    order_id: str
    sku_ids: frozenset[str]
    settled_at: datetime | None
    pools: Pools


@dataclass(frozen=True, slots=True)
class RecentRates:
    """Fees of recent orders by field, as exact sums beside the revenue of the same orders; signs are upstream's."""

    currency: str
    orders: int
    revenue: Decimal
    fields: Mapping[str, Decimal] = field(default_factory=dict)

    def fee(self, name: str, revenue: Decimal) -> Decimal:
        """What the field comes to on this revenue, to the currency's decimals, with upstream's sign."""
        return rounded(self.fields.get(name, ZERO) * revenue / self.revenue, self.currency)

    @property
    def share(self) -> Decimal:
        """What all fees together take of the revenue (0.06 is 6 %)."""
        return -sum(self.fields.values(), ZERO) / self.revenue

    def share_of(self, name: str) -> Decimal:
        """The same of one field."""
        return -self.fields.get(name, ZERO) / self.revenue


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What the seller knows better than any table: own rates by field, and the creators' share, in percent."""

    percents: Mapping[str, Decimal] = field(default_factory=dict)
    affiliate_percent: Decimal | None = None


def recent_rates(settled: Iterable[Settled], *, sku_ids: Collection[str], currency: str) -> RecentRates | None:
    """The rates of the newest settled orders that sold nothing but these SKUs; None when there are too few of them.

    Orders without revenue tell no rate (samples, full refunds), and neither do those with an unexplained amount.
    """
    wanted = frozenset(sku_ids)
    fitting = [one for one in settled if one.sku_ids and one.sku_ids <= wanted]
    newest = newest_first(fitting, currency)[:LAST_ORDERS]
    return rates_of(newest, currency) if len(newest) >= FEWEST_ORDERS else None


def newest_first(settled: Iterable[Settled], currency: str) -> list[Settled]:
    """Those of the orders that tell a rate in this currency, the one that settled last first."""
    fitting = [
        one
        for one in settled
        if one.pools.currency == currency and one.pools.revenue > 0 and one.pools.platform.unexplained == 0
    ]
    return sorted(fitting, key=lambda one: (one.settled_at or _LONG_AGO, one.order_id), reverse=True)


def rates_of(settled: Sequence[Settled], currency: str) -> RecentRates:
    """The rates of these orders together, of which there is at least one, all with revenue in this currency."""
    total = total_of((one.pools for one in settled), currency)
    charged = {part.name for part in total.parts if _is_fee(part)}
    fees = {name: amount for name, amount in total.fields.items() if name in charged}
    return RecentRates(currency, len(settled), total.revenue, fees)


def _is_fee(part: Part) -> bool:
    """Whether it is charged on sales: not a part of revenue, not an adjustment, which comes once."""
    return not part.name.startswith(ADJUSTMENT) and part.group not in {Group.SALES, Group.ADJUSTMENTS}


def _line_of(name: str) -> Group:
    """The line of a fee by its name: of a field, or of a total that was stated without any."""
    return WHOLE.get(name) or place_of(f"fee.{name}").group


def estimate(
    sale: Sale,
    *,
    unsettled: Sequence[Unsettled] = (),
    recent: RecentRates | None = None,
    rules: Sequence[FeeRule] = (),
    own: OwnTerms | None = None,
) -> Estimate | None:
    """The most trusted estimate there is; None when nothing says what is charged. Nothing sold is charged nothing."""
    own = own or OwnTerms()
    if stated := [one for one in unsettled if one.settlement is not None or one.revenue is not None or one.amounts]:
        return of_unsettled(stated, sale.currency)
    if not sale.items and not sale.paid:
        return Estimate(Pools(sale.currency), Trust.TABLE, knows_affiliate=True)
    if recent is not None and not (sale.refunds and rules):
        return _of_recent(sale, recent)
    if rules or own.percents:
        return _of_table(sale, rules, own)
    return None


def of_unsettled(unsettled: Sequence[Unsettled], currency: str) -> Estimate:
    """Upstream's own estimates of one order, summed. ValueError for another currency."""
    total = total_of((pools_of_one(one) for one in unsettled), currency)
    return Estimate(total, Trust.UNSETTLED, knows_affiliate=True)


def _of_recent(sale: Sale, recent: RecentRates) -> Estimate:
    source = f"{recent.orders} recent orders"
    charges = [Charge(name, -recent.fee(name, sale.revenue), sale.revenue, source) for name in sorted(recent.fields)]
    return _estimate(sale, [one for one in charges if one.cost], Trust.RECENT, knows_affiliate=True)


def _of_table(sale: Sale, rules: Sequence[FeeRule], own: OwnTerms) -> Estimate:
    charges = [charge for rule in rules if (charge := charge_of(rule, sale, rules=rules, own=own)) and charge.cost]
    stated = {rule.field for rule in rules}
    charges += [
        _percentage(name, own.percents[name], sale.revenue, sale=sale, source="your own rate")
        for name in sorted(own.percents.keys() - stated)
    ]
    if own.affiliate_percent is not None:
        base = sale.kept(sale.paid_for_items)
        charges.append(_percentage(_AFFILIATE, own.affiliate_percent, base, sale=sale, source="your creators' share"))
    return _estimate(sale, charges, Trust.TABLE, knows_affiliate=own.affiliate_percent is not None)


def _percentage(name: str, percent: Decimal, base: Decimal, *, sale: Sale, source: str) -> Charge:
    return Charge(name, rounded(base * percent / _HUNDRED, sale.currency), base, source)


def _estimate(sale: Sale, charges: Sequence[Charge], trust: Trust, *, knows_affiliate: bool) -> Estimate:
    sold = Part("subtotal_before_discount_amount", Group.SALES, sale.revenue)
    fees = [Part(one.field, _line_of(one.field), -one.cost) for one in charges]
    return Estimate(pools_of_parts(sale.currency, [sold, *fees]), trust, tuple(charges), knows_affiliate)


def charge_of(rule: FeeRule, sale: Sale, *, rules: Sequence[FeeRule], own: OwnTerms) -> Charge | None:
    """What this rule charges the sale, the seller's own rate before the rule's; None when it charges nothing.

    `rules` are all that hold for the sale: what comes back of a commission depends on the commission.
    """
    if rule.base is FeeBase.RETURNED_COMMISSION:
        return _refund_charge(rule, sale, rules=rules, own=own)
    percent = own.percents.get(rule.field, rule.percent)
    count = _count(rule, sale)
    base = _base(rule, sale)
    cost = rounded(base * percent / _HUNDRED, sale.currency) + rule.flat * count
    if rule.cap is not None:
        cost = min(cost, rule.cap * count)
    return Charge(rule.field, cost, base, rule.source) if cost else None


def _base(rule: FeeRule, sale: Sale) -> Decimal:
    """The amount the percentage is taken of, less what was refunded unless the fee is kept."""
    full = {
        FeeBase.PAID_WITHOUT_TAX: sale.paid + sale.platform_discount - sale.tax,
        FeeBase.ITEMS_AND_SHIPPING: sale.items + sale.ship_paid,
        FeeBase.PAID: sale.paid,
        FeeBase.PAID_AND_SUBSIDY: sale.paid + sale.platform_discount,
    }.get(rule.base, ZERO)
    return full if rule.kept_on_refund or not full else max(full - sale.refunded, ZERO)


def _count(rule: FeeRule, sale: Sale) -> int:
    if rule.per is FeePer.UNIT:
        return sum(sale.units.values())
    return len(sale.units) if rule.per is FeePer.SKU else 1


def _refund_charge(rule: FeeRule, sale: Sale, *, rules: Sequence[FeeRule], own: OwnTerms) -> Charge | None:
    """The fee for giving a commission back: of each SKU refunded after it was sent, never more than the cap."""
    percent = next(
        (own.percents.get(one.field, one.percent) for one in rules if one.field in {_REFERRAL, _COMMISSION}), ZERO
    )
    by_sku: dict[str, list[Refund]] = {}
    for refund in sale.refunds:
        if not refund.before_shipping:
            by_sku.setdefault(refund.sku_id, []).append(refund)
    cost = base = ZERO
    for refunds in by_sku.values():
        returned = rounded(sum((one.amount for one in refunds), ZERO) * percent / _HUNDRED, sale.currency)
        fee = rounded(returned * own.percents.get(rule.field, rule.percent) / _HUNDRED, sale.currency)
        cost += fee if rule.cap is None else min(fee, rule.cap)
        base += returned
    return Charge(rule.field, cost, base, rule.source) if cost else None


#: Both must be passed before a rate counts as risen: 15 % more of itself, and three points of revenue.
DRIFT_PART, DRIFT_POINTS = Decimal("0.15"), Decimal("0.03")


def has_risen(before: RecentRates, after: RecentRates, *, least_revenue: Decimal) -> bool:
    """Whether the fees of these orders take clearly more of revenue than before: over 15 % more and over 3 points.

    False below `least_revenue` on either side: a handful of orders is noise. ValueError for two currencies.
    """
    if before.currency != after.currency:
        raise ValueError(f"cannot compare {after.currency} with {before.currency}")
    if min(before.revenue, after.revenue) < least_revenue:
        return False
    was, now = before.share, after.share
    return now - was > DRIFT_POINTS and now - was > was * DRIFT_PART
