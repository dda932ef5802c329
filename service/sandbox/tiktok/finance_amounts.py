"""What an order is worth to its seller, SKU by SKU: the sale, what comes back, a deposit's release, the estimate.

From the seller's side: income is positive, deductions are negative, in minor units. A member that only explains another
is kept apart and never adds up. Nothing here knows statements or the wire.
"""

from collections import defaultdict
from typing import NamedTuple

from msgspec import Struct, field

from service.sandbox.tiktok.finance_rates import Rates, part_bp, spread
from service.sandbox.tiktok.finance_traits import Traits
from service.sandbox.tiktok.state import Order, Unit

Sku = tuple[int, int]  # product and variant, as the catalogue counts them
_SUPPLEMENT = "shipping.supplementary_component."


class Amounts(Struct):
    """Members by path; the group before the first dot is the total they belong to."""

    lines: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    explained: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # repeats or details of lines
    uncovered_minor: int = 0  # in the fee total without a member

    def add(self, other: "Amounts") -> None:
        for path, minor in other.lines.items():
            self.lines[path] += minor
        for path, minor in other.explained.items():
            self.explained[path] += minor
        self.uncovered_minor += other.uncovered_minor

    def total(self, *groups: str) -> int:
        return sum(minor for path, minor in self.lines.items() if path.split(".", 1)[0] in groups)

    @property
    def revenue_minor(self) -> int:
        return self.total("revenue")

    @property
    def shipping_minor(self) -> int:
        return self.total("shipping")

    @property
    def fee_tax_minor(self) -> int:
        return self.total("fee", "tax") + self.uncovered_minor

    @property
    def settlement_minor(self) -> int:
        return self.revenue_minor + self.shipping_minor + self.fee_tax_minor


Parts = dict[Sku, Amounts]


class Facts(NamedTuple):
    """All that decides what an order is worth; units and way of shipping as they stood when it counted."""

    order: Order
    rates: Rates
    traits: Traits
    units: list[Unit]
    shipping_type: str

    @property
    def value_minor(self) -> int:
        """What the seller sold these units for."""
        return sum(unit.price_minor - unit.seller_off_minor for unit in self.units)


class Lot(NamedTuple):
    """The units of one SKU in one posting, with their share of what was paid for shipping."""

    sku: Sku
    gross_minor: int
    seller_off_minor: int
    platform_off_minor: int
    tax_minor: int
    shipping_minor: int

    @property
    def value_minor(self) -> int:
        """What the seller sold it for: the platform's discount is the platform's to pay."""
        return self.gross_minor - self.seller_off_minor

    @property
    def paid_minor(self) -> int:
        return self.value_minor - self.platform_off_minor


def merge(parts: Parts, more: Parts) -> Parts:
    """`parts` with `more` added to it, SKU by SKU."""
    for sku, amounts in more.items():
        parts.setdefault(sku, Amounts()).add(amounts)
    return parts


def whole(parts: Parts) -> Amounts:
    """All SKUs together."""
    total = Amounts()
    for amounts in parts.values():
        total.add(amounts)
    return total


def sale_parts(facts: Facts) -> Parts:
    """The sale of every unit that was not cancelled."""
    lots = _lots(facts.units, shipping_minor=_shipping_paid(facts.order))
    parts = {lot.sku: _sell(facts, lot) for lot in lots}
    weights = [lot.value_minor for lot in lots]
    for path, minor in _order_level(facts, lots).items():
        for lot, share in zip(lots, spread(minor, weights), strict=True):
            parts[lot.sku].lines[path] += share
    _carry(facts, parts, weights)
    if facts.traits.has_uncovered and lots:
        parts[lots[-1].sku].uncovered_minor -= part_bp(sum(weights), 130)
    return parts


def refund_parts(facts: Facts, unit_ids: list[str], *, is_sent_back: bool) -> Parts:
    """The return of these units; shipping is refunded with the whole order only."""
    units = [unit for unit in facts.units if unit.id in unit_ids]
    is_all = len(units) == len(facts.units)
    lots = _lots(units, shipping_minor=_shipping_paid(facts.order) if is_all else 0)
    parts = {lot.sku: _take_back(facts, lot) for lot in lots}
    if is_sent_back and lots:
        parts[lots[-1].sku].lines[facts.rates.return_label] -= facts.rates.return_label_minor
    return parts


def release_parts(facts: Facts) -> Parts:
    """The deposit comes back and the commission itself is charged."""
    parts: Parts = {}
    for lot in _lots(facts.units, shipping_minor=0):
        parts[lot.sku] = _commission(facts, -part_bp(lot.paid_minor, facts.traits.affiliate_bp))
        parts[lot.sku].lines["fee.affiliate_commission_release"] += part_bp(lot.paid_minor, facts.traits.affiliate_bp)
    return parts


def estimate(facts: Facts) -> Amounts:
    """What the platform expects before settlement: list shipping, no surprises, some members under other names."""
    plain = Traits(affiliate_bp=facts.traits.affiliate_bp, is_creator_taxed=facts.traits.is_creator_taxed)
    total = whole(sale_parts(facts._replace(traits=plain)))
    renamed = {
        "fee.affiliate_commission_amount_before_pit": "fee.affiliate_commission_before_pit_amount",
        "tax.pit_amount": "fee.pit_withheld_from_ads_commission_amount",
    }
    for members in (total.lines, total.explained):
        for path in renamed.keys() & members.keys():
            members[renamed[path]] = members.pop(path)
    if total.lines.get("shipping.actual_shipping_fee_amount"):
        total.lines["shipping.actual_shipping_fee_amount"] -= part_bp(facts.rates.carrier_minor, 800)
    tax = sum(unit.tax_minor for unit in facts.units) + facts.order.shipping_tax_minor
    if tax:  # collected from the buyer and handed on
        total.lines["tax.sales_tax_payment_amount"] = tax
        total.lines["tax.sales_tax_amount"] = -tax
    return total


def _sell(facts: Facts, lot: Lot) -> Amounts:
    rates, traits = facts.rates, facts.traits
    amounts = Amounts()
    lines = amounts.lines
    lines["revenue.subtotal_before_discount_amount"] += lot.gross_minor
    lines["revenue.seller_discount_amount"] -= lot.seller_off_minor
    lines[rates.commission] -= part_bp(lot.value_minor + lot.shipping_minor, rates.commission_bp)
    lines["fee.transaction_fee_amount"] -= part_bp(lot.paid_minor + lot.shipping_minor, rates.transaction_bp)
    lines[rates.tax[0]] -= part_bp(lot.value_minor, rates.tax[1])
    lines["fee.affiliate_partner_commission_amount"] -= part_bp(lot.paid_minor, traits.partner_bp)
    lines["fee.affiliate_ads_commission_amount"] -= part_bp(lot.paid_minor, traits.ads_bp)
    if traits.has_programme:
        lines[rates.programme[0]] -= part_bp(lot.value_minor, rates.programme[1])
    commission = part_bp(lot.paid_minor, traits.affiliate_bp)
    if traits.deposit:
        lines["fee.affiliate_commission_deposit"] -= commission
    if traits.deposit == "same":
        lines["fee.affiliate_commission_release"] += commission
    if traits.deposit != "later":
        amounts.add(_commission(facts, -commission))
    _remember(amounts, lot, sign=1)
    return amounts


def _take_back(facts: Facts, lot: Lot) -> Amounts:
    rates, traits = facts.rates, facts.traits
    amounts = Amounts()
    lines = amounts.lines
    lines["revenue.refund_subtotal_before_discount_amount"] -= lot.gross_minor
    lines["revenue.seller_discount_refund_amount"] += lot.seller_off_minor
    commission = part_bp(lot.value_minor + lot.shipping_minor, rates.commission_bp)
    lines[rates.commission] += commission
    if rates.refund_admin_bp:
        charged = min(part_bp(commission, rates.refund_admin_bp), rates.refund_admin_most_minor)
        lines["fee.refund_administration_fee_amount"] -= charged
    lines[rates.tax[0]] += part_bp(lot.value_minor, rates.tax[1])
    if traits.is_creator_unpaid:
        amounts.add(_commission(facts, part_bp(lot.paid_minor, traits.affiliate_bp)))
    lines["shipping.customer_paid_shipping_fee_amount"] -= lot.shipping_minor
    amounts.explained[f"{_SUPPLEMENT}refunded_customer_shipping_fee_amount"] -= lot.shipping_minor
    _remember(amounts, lot, sign=-1)
    return amounts


def _commission(facts: Facts, minor: int) -> Amounts:
    """A creator's commission; before tax it is the same money a second time, unless it is the only one shown."""
    amounts, gross = Amounts(), "fee.affiliate_commission_amount_before_pit"
    if facts.traits.is_before_tax_only:
        amounts.lines[gross] += minor
        return amounts
    tax = part_bp(minor, facts.rates.creator_tax_bp) if facts.traits.is_creator_taxed else 0
    amounts.lines["fee.affiliate_commission_amount"] += minor - tax
    if facts.rates.creator_tax_bp:
        amounts.explained[gross] += minor
    if tax:
        amounts.lines["tax.pit_amount"] += tax
    return amounts


def _order_level(facts: Facts, lots: list[Lot]) -> dict[str, int]:
    """What is charged once an order; samples go free of it."""
    value = sum(lot.value_minor for lot in lots)
    charged = {path: -minor for path, minor in facts.rates.per_order if _is_charged(facts, path)}
    names = {"fee": "parcel_carbon_levy_amount", "tax": "city_levy_amount", "shipping": "lane_surcharge_amount"}
    if facts.traits.unknown:
        charged[f"{facts.traits.unknown}.{names[facts.traits.unknown]}"] = -max(1, part_bp(value, 75))
    return charged


def _is_charged(facts: Facts, path: str) -> bool:
    if facts.order.kind == "SAMPLE":
        return False
    return facts.shipping_type == "SELLER" or path != "shipping.seller_self_shipping_service_fee_amount"


def _carry(facts: Facts, parts: Parts, weights: list[int]) -> None:
    """Shipping: what the buyer paid, what the platform adds to it, and the platform's own label."""
    order, traits = facts.order, facts.traits
    is_sample = order.kind == "SAMPLE"
    has_label = facts.shipping_type == "TIKTOK" and not is_sample
    moved = {
        "customer_paid_shipping_fee_amount": _shipping_paid(order),
        "shipping_fee_discount_amount": 0 if is_sample else order.shipping_platform_off_minor,
        "actual_shipping_fee_amount": -facts.rates.carrier_minor if has_label else 0,
    }
    detailed = {
        "platform_shipping_fee_discount_amount": moved["shipping_fee_discount_amount"],
        "seller_shipping_fee_discount_amount": -order.shipping_seller_off_minor,
        "fbm_shipping_cost_amount": moved["actual_shipping_fee_amount"],
        "customer_shipping_fee": moved["customer_paid_shipping_fee_amount"],
    }
    copied = {"shipping.tiktok_shop_shipping_incentive_amount": moved["shipping_fee_discount_amount"]}
    explained = {f"{_SUPPLEMENT}{name}": minor for name, minor in detailed.items()}
    for path, minor in {**explained, **(copied if traits.has_incentive_copy else {})}.items():
        for amounts, share in zip(parts.values(), spread(minor, weights), strict=True):
            amounts.explained[path] += share
    for name, minor in moved.items():
        for amounts, share in zip(parts.values(), spread(minor, weights), strict=True):
            amounts.lines[f"shipping.{name}"] += share


def _remember(amounts: Amounts, lot: Lot, *, sign: int) -> None:
    """The buyer's side of it, which is shown beside the transaction and adds up to nothing."""
    customer, platform, tax = (
        ("customer_payment_amount", "platform_discount_amount", "sales_tax_payment_amount")
        if sign > 0
        else ("customer_refund_amount", "platform_discount_refund_amount", "sales_tax_refund_amount")
    )
    amounts.explained[f"memo.{customer}"] += sign * (lot.paid_minor + lot.shipping_minor + lot.tax_minor)
    amounts.explained[f"memo.{platform}"] += sign * lot.platform_off_minor
    amounts.explained[f"memo.{tax}"] += sign * lot.tax_minor
    amounts.explained["memo.sales_tax_amount"] -= sign * lot.tax_minor


def _lots(units: list[Unit], *, shipping_minor: int) -> list[Lot]:
    by_sku: dict[Sku, list[Unit]] = defaultdict(list)
    for unit in units:
        by_sku[unit.product, unit.variant].append(unit)
    values = [sum(unit.price_minor - unit.seller_off_minor for unit in same) for same in by_sku.values()]
    shares = spread(shipping_minor, values) if values else []
    return [
        Lot(
            sku=sku,
            gross_minor=sum(unit.price_minor for unit in same),
            seller_off_minor=sum(unit.seller_off_minor for unit in same),
            platform_off_minor=sum(unit.platform_off_minor for unit in same),
            tax_minor=sum(unit.tax_minor for unit in same),
            shipping_minor=share,
        )
        for (sku, same), share in zip(by_sku.items(), shares, strict=True)
    ]


def _shipping_paid(order: Order) -> int:
    return order.shipping_minor - order.shipping_seller_off_minor - order.shipping_platform_off_minor
