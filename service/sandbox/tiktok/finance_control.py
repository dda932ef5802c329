"""The tester's side of finance: what is coming, adjustments, how an order is settled, where money is paid to."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from service.sandbox.tiktok import returns
from service.sandbox.tiktok.finance_days import plant_adjustment
from service.sandbox.tiktok.finance_pricing import facts_of
from service.sandbox.tiktok.finance_quarter import LONGEST_DAYS, play_quarter
from service.sandbox.tiktok.finance_records import Payout
from service.sandbox.tiktok.finance_traits import EXPLAINED
from service.sandbox.tiktok.regions import REGIONS

if TYPE_CHECKING:  # the market builds the app this serves; only its type is needed here
    from service.sandbox.tiktok.market import Market

MANUAL: dict[str, str] = {
    "GET finance": (
        "?shop_id=: counts of statements, lines, payments and withdrawals; the last midnight that was closed; what is"
        " announced for later; what each trait of an order means."
    ),
    "POST finance/adjustments": (
        '{"type", "amount_minor", "order_id"?, "shop_id"?}: an adjustment of any type, prose too, in the next'
        " statement; without an order_id it belongs to none."
    ),
    "POST finance/traits": (
        '{"order_id", "traits"}: how the order will be settled, before it is: ' + ", ".join(EXPLAINED) + ". Answers all"
        " traits of the order."
    ),
    "POST finance/refunds": (
        '{"order_id", "units"?}: so many units that were not returned before (default: all) come back and are refunded'
        " now, in one return; after the settlement it is in a later statement."
    ),
    "POST finance/payout": (
        '{"currency", "rate_millionths", "shop_id"?}: payments made from now on are exchanged at this rate.'
    ),
    "POST finance/quarter": (
        '{"orders"?, "days"?, "seller_id"?}: a past quarter of one seller with a shop in every market, settled as far'
        " as it can be: refunds, samples, adjustments, reserves, unknown members. Silent. Answers shop_ids."
    ),
}


class NewAdjustment(Struct, forbid_unknown_fields=True):
    type: str
    amount_minor: int
    order_id: str = ""
    shop_id: str | None = None


class NewTraits(Struct, forbid_unknown_fields=True):
    order_id: str
    traits: dict[str, Any]


class NewRefund(Struct, forbid_unknown_fields=True):
    order_id: str
    units: int | None = None


class NewPayout(Struct, forbid_unknown_fields=True):
    currency: str
    rate_millionths: int
    shop_id: str | None = None


class NewQuarter(Struct, forbid_unknown_fields=True):
    orders: int = 5_000
    days: int = 91
    seller_id: str | None = None


def show_finance(market: "Market", shop_id: str | None) -> dict[str, Any]:
    """Counts and what is to come, of one shop or of all."""
    ledger = market.world.ledger
    with market.world.lock:
        shops = [shop_id] if shop_id else list(market.world.state.shops)
        lines = [one for one in ledger.state.postings if one.shop_id in shops]
        return {
            "closed_at": ledger.state.closed_at,
            "statements": sum(len(ledger.statements_of(one)) for one in shops),
            "lines": len(lines),
            "payments": sum(one.shop_id in shops for one in ledger.state.payments),
            "withdrawals": sum(one.shop_id in shops for one in ledger.state.withdrawals),
            "coming": [
                {"kind": one.kind, "type": one.type, "order_id": one.order_id, "at": one.at, "shop_id": one.shop_id}
                for one in ledger.state.pending
                if one.shop_id in shops
            ],
            "traits": EXPLAINED,
        }


def adjust(market: "Market", wanted: NewAdjustment) -> dict[str, Any]:
    """The adjustment is announced. LookupError for an unknown order or shop."""
    world = market.world
    with world.lock:
        order = world.orders[wanted.order_id] if wanted.order_id else None
        chosen = wanted.shop_id or (world.default_shop().id if order is None else order.shop_id)
        shop = world.state.shops[chosen]
        posting = plant_adjustment(
            world, shop, kind=wanted.type, amount_minor=wanted.amount_minor, order_id=wanted.order_id
        )
        return {"id": posting.id}


def decide_traits(market: "Market", wanted: NewTraits) -> dict[str, Any]:
    """The order's traits are as told. ValueError when it is settled: a statement does not change."""
    world = market.world
    with world.lock:
        order = world.orders[wanted.order_id]
        if order.id in world.ledger.sold:
            raise ValueError("The order is settled; its statement does not change.")
        decided = world.ledger.state.traits
        before = decided.get(order.id)
        decided[order.id] = (before or {}) | wanted.traits
        try:
            traits = facts_of(world, order).traits
        except msgspec.ValidationError:
            if before is None:
                del decided[order.id]
            else:
                decided[order.id] = before
            raise
        world.changes += 1
        return {"traits": msgspec.to_builtins(traits)}


def refund_units(market: "Market", wanted: NewRefund) -> dict[str, Any]:
    """The units are back and paid for. ValueError for an order that was not delivered or has not so many left."""
    world = market.world
    with world.lock:
        order, now = world.orders[wanted.order_id], world.clock.timestamp()
        gone = {unit_id for record in world.state.returns if record.order_id == order.id for unit_id in record.unit_ids}
        left = [unit.id for unit in order.units if not unit.cancel_user and unit.id not in gone]
        count = len(left) if wanted.units is None else wanted.units
        if order.delivery_time is None or not 0 < count <= len(left):
            raise ValueError(f"A delivered order gives back its units once: {len(left)} left.")
        record = returns.ask_return(world, order, now)
        record.unit_ids = left[:count]
        returns.refund(world, order, now)
        return {"return_id": record.id}


def choose_payout(market: "Market", wanted: NewPayout) -> dict[str, Any]:
    """Payments of the shop go out in this currency."""
    world = market.world
    known = {region.currency for region in REGIONS.values()}
    if wanted.rate_millionths <= 0 or wanted.currency not in known:
        raise ValueError(f"The currency is one of {', '.join(sorted(known))}, the rate above zero.")
    with world.lock:
        shop_id = wanted.shop_id or world.default_shop().id
        shop = world.state.shops[shop_id]
        payout = Payout(currency=wanted.currency, rate_millionths=wanted.rate_millionths)
        world.ledger.state.payouts[shop.id] = payout
        world.changes += 1
        return {"shop_id": shop.id}


def make_quarter(market: "Market", wanted: NewQuarter) -> dict[str, Any]:
    """The quarter is written into the past."""
    if not (wanted.orders > 0 and 0 < wanted.days <= LONGEST_DAYS):
        raise ValueError(f"At least one order, and 1 to {LONGEST_DAYS} days.")
    seller_id = wanted.seller_id or market.world.default_shop().seller_id
    shops = play_quarter(market.world, seller_id, orders=wanted.orders, days=wanted.days)
    return {"shop_ids": [shop.id for shop in shops]}
