"""When things happen to an order: after every step the next one is drawn and put on the agenda.

Numbers come from the market's seed and the order, so the same market lives the same life. Durations are seconds of
market time. What a step does is in `moves` and `returns`.
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from service.sandbox.tiktok import moves, notice_kinds, returns
from service.sandbox.tiktok.generator import grow_to_two, make_order
from service.sandbox.tiktok.regions import Deadlines, deadlines
from service.sandbox.tiktok.state import Order, Shop
from service.sandbox.tiktok.world import World

_HOUR_S = 3_600
_DAY_S = 24 * _HOUR_S
_PAYMENT_LIMIT_S = 48 * _HOUR_S

Step = tuple[str, int]
Prepare = Callable[[Order], None]


class Leg(NamedTuple):
    """One step of the straight road to a status, and how long after the one before."""

    step: str
    after_s: int


_TO_SHIP = (Leg("confirm", 60), Leg("release", moves.HOLD_S))
_SHIPPED = (*_TO_SHIP, Leg("ship", 5 * _HOUR_S))
_MOVING = (*_SHIPPED, Leg("scan", 9 * _HOUR_S))
_ARRIVED = (*_MOVING, Leg("deliver", 40 * _HOUR_S))
_ROADS: dict[str, tuple[Leg, ...]] = {
    "UNPAID": (),
    "ON_HOLD": _TO_SHIP[:1],
    "AWAITING_SHIPMENT": _TO_SHIP,
    "PARTIALLY_SHIPPING": (*_TO_SHIP, Leg("ship_part", 5 * _HOUR_S)),
    "AWAITING_COLLECTION": _SHIPPED,
    "IN_TRANSIT": _MOVING,
    "DELIVERED": _ARRIVED,
    "COMPLETED": (*_ARRIVED, Leg("complete", 3 * _DAY_S)),
    "CANCELLED": (*_TO_SHIP, Leg("stock_cancel", 2 * _HOUR_S)),
}


def place_order(world: World, shop: Shop, *, at: int, kind: str | None = None) -> Order:
    """A new unpaid order that starts its life at `at`; a connected app hears of it."""
    order = make_order(world.state.seed, shop, serial=world.count("order"), at=at, kind=kind)
    world.add_order(order)
    notice_kinds.order_status_change(world, order)
    plan(world, order, at=at)
    return order


def place_at(
    world: World, shop: Shop, status: str, *, at: int, kind: str | None = None, prepare: Prepare | None = None
) -> Order:
    """A new order that reaches `status` exactly at `at`, after the usual time before; one notice says so.

    `prepare` sees the order before it lives.
    """
    order = make_order(world.state.seed, shop, serial=world.count("order"), at=at, kind=kind)
    if status == "PARTIALLY_SHIPPING":
        grow_to_two(order)
    if prepare is not None:
        prepare(order)
    road = _road_of(status, order.kind)
    moment = at - sum(leg.after_s for leg in road)
    order.create_time = order.update_time = moment
    with world.quiet():
        for leg in road:
            moment += leg.after_s
            STEPS[leg.step](world, order, moment)
    world.add_order(order)
    notice_kinds.order_status_change(world, order)
    plan(world, order, at=at)
    return order


def force(world: World, order: Order, status: str, *, at: int) -> None:
    """The order has `status` from `at` on, whatever it was; steps it skipped happen at the same moment."""
    taken = {
        "confirm": order.status != "UNPAID",
        "release": order.status not in {"UNPAID", "ON_HOLD"},
        "ship": order.rts_time,
        "ship_part": order.rts_time,
        "scan": order.collection_time,
        "deliver": order.delivery_time,
        "complete": order.complete_time,
        "stock_cancel": order.cancel_time,
    }
    with world.quiet():
        for leg in _road_of(status, order.kind):
            if not taken[leg.step]:
                STEPS[leg.step](world, order, at)
    moves.set_status(world, order, status, at=at)
    plan(world, order, at=at)


def play(world: World, now: int) -> int:
    """Everything due until `now` has happened, in the order of its time; how many steps that were."""
    played = 0
    for order in world.due(now):
        step, at = order.next_step, order.next_at
        STEPS[step](world, order, at)
        plan(world, order, at=at, after=step)
        played += 1
    return played


def plan(world: World, order: Order, *, at: int, after: str = "") -> None:
    """The order's next step, counted from `at`, is on the agenda; a finished order has none."""
    shop = world.state.shops[order.shop_id]
    clocks = deadlines(shop.region, order.release_date or order.create_time)
    step, due_at = _next_step(order, clocks, world.random(order), after=after, now=at)
    world.schedule(order, step, at=due_at)


def _next_step(order: Order, clocks: Deadlines, rng: Random, *, after: str, now: int) -> Step:
    draw = rng.random()
    if after in _AFTER_RETURN:
        step, low_h, high_h = _AFTER_RETURN[after]
        wait_s = rng.randrange(low_h * _HOUR_S, high_h * _HOUR_S)
        return ("edit_return" if after == "ask_return" and draw < 0.2 else step), now + wait_s
    if order.cancel_pending:
        return ("grant_cancel" if draw < 0.6 else "reject_cancel"), now + rng.randrange(_HOUR_S, 20 * _HOUR_S)
    if order.status == "AWAITING_SHIPMENT":
        return _while_awaiting_shipment(order, clocks, rng, after=after, now=now)
    if order.status == "AWAITING_COLLECTION" and draw < 0.015:
        return "collection_overdue", max(clocks.collection_due, now + _HOUR_S)
    follow = _BY_STATUS.get(order.status)
    return follow(order, rng, now) if follow else ("", 0)


def _while_unpaid(order: Order, rng: Random, now: int) -> Step:
    if rng.random() < 0.06 and order.kind != "COD":
        return "payment_timeout", order.create_time + _PAYMENT_LIMIT_S
    return "confirm", now + rng.randrange(20, 600)


def _while_on_hold(order: Order, rng: Random, now: int) -> Step:
    if rng.random() < 0.03:
        return "hold_cancel", now + rng.randrange(120, 3_000)
    return "release", order.release_date or (order.paid_time or now) + moves.HOLD_S


def _while_partly_shipped(_: Order, rng: Random, now: int) -> Step:
    return "ship", now + rng.randrange(4 * _HOUR_S, 26 * _HOUR_S)


def _while_awaiting_collection(_: Order, rng: Random, now: int) -> Step:
    late = 30 if rng.random() < 0.05 else 0  # a few scans lag more than a day
    return "scan", now + rng.randrange((3 + late) * _HOUR_S, (14 + late) * _HOUR_S)


def _while_in_transit(_: Order, rng: Random, now: int) -> Step:
    wait_s = int(rng.uniform(0.8, 3.2) * _DAY_S)
    return ("lose" if rng.random() < 0.01 else "deliver"), now + wait_s


def _while_delivered(_: Order, rng: Random, now: int) -> Step:
    if rng.random() < 0.05:
        return "ask_return", now + rng.randrange(6 * _HOUR_S, 2 * _DAY_S)
    return "complete", now + rng.randrange(30 * _HOUR_S, 5 * _DAY_S)


def _while_awaiting_shipment(order: Order, clocks: Deadlines, rng: Random, *, after: str, now: int) -> Step:
    draw = rng.random()
    if after != "reject_cancel":
        if draw < 0.04:
            return "ask_cancel", now + rng.randrange(_HOUR_S, 5 * _HOUR_S)
        if draw < 0.055:
            return "stock_cancel", now + rng.randrange(2 * _HOUR_S, 10 * _HOUR_S)
    if draw < 0.075:
        return "shipping_overdue", max(clocks.shipping_due, now + _HOUR_S)
    if draw < 0.11:  # late, but before the platform cancels
        return "ship", max(clocks.rts_sla, now) + rng.randrange(_HOUR_S, 8 * _HOUR_S)
    part = len(order.units) > 1 and draw < 0.16
    return ("ship_part" if part else "ship"), now + rng.randrange(2 * _HOUR_S, 26 * _HOUR_S)


def _road_of(status: str, kind: str | None) -> tuple[Leg, ...]:
    """Cash on delivery knows no hold."""
    return tuple(leg for leg in _ROADS[status] if not (kind == "COD" and leg.step == "release"))


def _cancel(by: str, reason: str) -> Callable[[World, Order, int], object]:
    return lambda world, order, at: moves.cancel(world, order, at, by=by, reason=reason)


def _cancel_out_of_stock(world: World, order: Order, at: int) -> None:
    suffix = "_uk" if moves.region_of(world, order).code == "GB" else ""
    moves.cancel(world, order, at, by="SELLER", reason=f"seller_cancel_reason_out_of_stock{suffix}")


_BY_STATUS: dict[str, Callable[[Order, Random, int], Step]] = {
    "UNPAID": _while_unpaid,
    "ON_HOLD": _while_on_hold,
    "PARTIALLY_SHIPPING": _while_partly_shipped,
    "AWAITING_COLLECTION": _while_awaiting_collection,
    "IN_TRANSIT": _while_in_transit,
    "DELIVERED": _while_delivered,
}

_AFTER_RETURN: dict[str, tuple[str, int, int]] = {
    "ask_return": ("approve_return", 1, 6),
    "edit_return": ("approve_return", 2, 30),
    "approve_return": ("send_back", 6, 48),
    "send_back": ("refund", 24, 72),
}

STEPS: dict[str, Callable[[World, Order, int], object]] = {
    "confirm": moves.confirm,
    "release": moves.release,
    "ship": moves.ship,
    "ship_part": moves.ship_first_unit,
    "scan": moves.scan,
    "deliver": moves.deliver,
    "complete": moves.complete,
    "ask_cancel": moves.ask_cancel,
    "reject_cancel": moves.reject_cancel,
    "grant_cancel": _cancel("BUYER", "buyer_cancel_changed_mind"),
    "hold_cancel": _cancel("BUYER", "buyer_cancel_changed_mind"),
    "payment_timeout": _cancel("SYSTEM", "buyer_cancel_payment_timeout"),
    "stock_cancel": _cancel_out_of_stock,
    "shipping_overdue": _cancel("SYSTEM", "system_cancel_shipping_overdue"),
    "collection_overdue": _cancel("SYSTEM", "system_cancel_collection_overdue"),
    "lose": _cancel("SYSTEM", "system_cancel_package_lost"),
    "ask_return": returns.ask_return,
    "edit_return": returns.edit_return,
    "approve_return": returns.approve_return,
    "send_back": returns.send_back,
    "refund": returns.refund,
}
