"""A past quarter of one seller in every market: orders that lived, were paid for, came back, and were settled.

Everything happens at its own time in the past and silently; the market's clock does not move. The same seed, seller and
numbers give the same quarter at the same moment.
"""

from random import Random

from service.sandbox.tiktok import life, returns
from service.sandbox.tiktok.finance_days import close_history
from service.sandbox.tiktok.finance_records import DAY_S
from service.sandbox.tiktok.generator import random_for
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.state import Order, Shop
from service.sandbox.tiktok.world import World

LONGEST_DAYS = 400
_KINDS = ((None, "SAMPLE", "PRE_ORDER", "BUNDLE", "GIFT"), (84, 4, 2, 4, 6))
_LATE_RETURN_SHARE = 0.02
_PLATFORM_LABEL_SHARE = 0.15


def play_quarter(world: World, seller_id: str, *, orders: int = 5_000, days: int = 91) -> list[Shop]:
    """So many orders over the last days, spread over one shop in every market; the shops, new ones where needed.

    The youngest orders are not settled yet; advance the market's time to see them through.
    """
    with world.lock, world.quiet():
        shops = [_shop_in(world, seller_id, code) for code in REGIONS]
        rng = random_for(world.state.seed, "quarter", seller_id, len(world.state.orders))
        now = world.clock.timestamp()
        moments = sorted(now - int(days * DAY_S * rng.random()) for _ in range(orders))
        made = [_place(world, rng.choices(shops, (5, 3, 2))[0], moment, rng) for moment in moments]
        life.play(world, now)
        for order in made:
            _maybe_return_late(world, order, rng, now=now)
        close_history(world)
        return shops


def _shop_in(world: World, seller_id: str, code: str) -> Shop:
    found = next((shop for shop in world.shops_of(seller_id) if shop.region == code), None)
    if found is not None:
        return found
    return world.add_shop(seller_id, f"{world.state.sellers[seller_id].name} {REGIONS[code].country}", region=code)


def _place(world: World, shop: Shop, moment: int, rng: Random) -> Order:
    order = life.place_order(world, shop, at=moment, kind=rng.choices(*_KINDS)[0])
    if rng.random() < _PLATFORM_LABEL_SHARE:
        order.shipping_type = "TIKTOK"
    return order


def _maybe_return_late(world: World, order: Order, rng: Random, *, now: int) -> None:
    """Some goods come back weeks after the order was over, one unit or all of them."""
    draw, some = rng.random(), rng.random() < 0.5
    asked_at = (order.complete_time or now) + rng.randrange(9, 25) * DAY_S
    refunded_at = asked_at + rng.randrange(1, 4) * DAY_S
    is_over = order.status == "COMPLETED" and order.delivery_time is not None and not order.return_id
    if draw > _LATE_RETURN_SHARE or not is_over or order.kind == "SAMPLE" or refunded_at >= now:
        return
    record = returns.ask_return(world, order, asked_at)
    if some:
        record.unit_ids = record.unit_ids[:1]
    completed_at = order.complete_time
    returns.refund(world, order, refunded_at)
    order.complete_time = completed_at
