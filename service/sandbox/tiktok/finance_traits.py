"""What finance will make of an order: drawn once from the market's seed, or decided by a tester.

The same order has the same traits in every run, whenever it is asked.
"""

from random import Random
from typing import Any, Literal

import msgspec
from msgspec import Struct

from service.sandbox.tiktok.finance_rates import ORDER_ADJUSTMENTS, Rates
from service.sandbox.tiktok.generator import random_for
from service.sandbox.tiktok.state import Order

EXPLAINED: dict[str, str] = {
    "is_fast": "settled a day after delivery, so that a refund comes in a later statement",
    "gap_days": "leaves the unsettled list so many days before its settlement and is then in neither list",
    "affiliate_bp": "creator's commission, basis points of what the buyer paid for goods",
    "is_creator_taxed": "part of the commission is income tax (where the market withholds it)",
    "is_before_tax_only": "only the commission before tax is shown",
    "is_creator_unpaid": "a refund brings the commission back",
    "deposit": 'commission deposit: "" none, "same" taken and given back at once, "later" given back days after',
    "partner_bp": "affiliate partner's commission",
    "ads_bp": "shop ads commission",
    "has_programme": "takes part in the market's fee programme",
    "reserve_bp": "part of the settlement held back for two weeks (GB, US)",
    "unknown": 'an undocumented member in this group: "", "fee", "tax" or "shipping"',
    "has_uncovered": "the fee total holds an amount that no member shows",
    "has_incentive_copy": "the shipping discount is repeated as tiktok_shop_shipping_incentive_amount",
    "adjustment": "type of an adjustment some days after the settlement",
    "adjustment_bp": "its share of the order's value, signed",
    "adjustment_after_days": "days from the settlement to the adjustment",
    "is_terse": "members that are zero are absent instead of 0",
}


class Traits(Struct, forbid_unknown_fields=True):
    """How an order is settled; `EXPLAINED` has the meanings."""

    is_fast: bool = False
    gap_days: int = 0
    affiliate_bp: int = 0
    is_creator_taxed: bool = False
    is_before_tax_only: bool = False
    is_creator_unpaid: bool = False
    deposit: Literal["", "same", "later"] = ""
    partner_bp: int = 0
    ads_bp: int = 0
    has_programme: bool = False
    reserve_bp: int = 0
    unknown: Literal["", "fee", "tax", "shipping"] = ""
    has_uncovered: bool = False
    has_incentive_copy: bool = False
    adjustment: str = ""
    adjustment_bp: int = 0
    adjustment_after_days: int = 3
    is_terse: bool = False


def draw_traits(seed: int, order: Order, rates: Rates) -> Traits:
    """The order's traits, the same in every run."""
    rng = random_for(seed, "finance", order.serial)
    drawn = Traits(
        is_fast=rng.random() < 0.25,
        gap_days=2 if rng.random() < 0.15 else 0,
        has_programme=rng.random() < 0.25,
        reserve_bp=2_000 if rng.random() < 0.1 and rates.has_reserve else 0,
        has_uncovered=rng.random() < 0.01,
        is_terse=rng.random() < 0.5,
    )
    _draw_creator(rng, drawn, rates)
    _draw_surprises(rng, drawn)
    return drawn


def decide(drawn: Traits, decided: dict[str, Any]) -> Traits:
    """The traits with what a tester decided. msgspec.ValidationError when a decision makes no sense."""
    return msgspec.convert(msgspec.to_builtins(drawn) | decided, Traits)


def _draw_creator(rng: Random, traits: Traits, rates: Rates) -> None:
    draw, variant = rng.random(), rng.random()
    if draw > 0.4:
        return
    traits.affiliate_bp = rng.choice((1_000, 1_500, 2_000))
    traits.is_creator_taxed = bool(rates.creator_tax_bp) and variant < 0.5
    traits.is_before_tax_only = bool(rates.creator_tax_bp) and variant > 0.85
    traits.is_creator_unpaid = rng.random() < 0.6
    traits.deposit = rng.choices(("", "same", "later"), (80, 12, 8))[0]
    traits.partner_bp = 200 if rng.random() < 0.2 else 0
    traits.ads_bp = 300 if rng.random() < 0.2 else 0


def _draw_surprises(rng: Random, traits: Traits) -> None:
    traits.unknown = rng.choices(("", "fee", "tax", "shipping"), (95, 3, 1, 1))[0]
    if rng.random() < 0.06:
        traits.adjustment, traits.adjustment_bp = rng.choice(ORDER_ADJUSTMENTS)
        traits.adjustment_after_days = rng.randrange(2, 11)
