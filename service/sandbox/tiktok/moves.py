"""What each step does to an order: facts, packages, notices. Times are market seconds.

A move trusts its caller about whether it may happen; when steps happen is in `life`.
"""

from service.sandbox.tiktok import notice_kinds as kinds
from service.sandbox.tiktok.generator import add_package, tracking_number
from service.sandbox.tiktok.regions import REGIONS, Region
from service.sandbox.tiktok.state import Cancellation, Order, Unit
from service.sandbox.tiktok.world import World

HOLD_S = 3_600
_DAY_S = 86_400
_CANCEL_BASE = 4_035_000_000_000_000_000


def confirm(world: World, order: Order, at: int) -> None:
    """The buyer pays, or orders cash on delivery; prepaid orders start their hold."""
    cash = order.kind == "COD"
    if not cash:
        order.paid_time = at
        order.held = True
    if region_of(world, order).packs_at_payment:
        index = add_package(order, at=at)
        for unit in order.units:
            unit.package = index
    set_status(world, order, "AWAITING_SHIPMENT" if cash else "ON_HOLD", at=at)


def release(world: World, order: Order, at: int) -> None:
    """The hold is over; the seller may ship. A pre-order released early is released now."""
    if order.release_date is not None:
        order.release_date = min(order.release_date, at)
    set_status(world, order, "AWAITING_SHIPMENT", at=at)


def ship(world: World, order: Order, at: int) -> None:
    """The seller hands every remaining unit to a carrier of the market."""
    provider_id, number = pick_carrier(world, order)
    ship_units(world, order, order.units, at=at, tracking=(provider_id, number))


def ship_first_unit(world: World, order: Order, at: int) -> None:
    """A split: only the first unit leaves."""
    ship_units(world, order, order.units[:1], at=at, tracking=pick_carrier(world, order))


def ship_units(world: World, order: Order, units: list[Unit], *, at: int, tracking: tuple[str, str]) -> str:
    """These units are in a package with this carrier and number; the package's id. The order's status follows."""
    provider_id, number = tracking
    wanted = [unit for unit in units if not unit.cancel_user and not _is_shipped(order, unit)]
    index = next((unit.package for unit in wanted if unit.package is not None), None)
    split = len(wanted) < sum(not (unit.cancel_user or _is_shipped(order, unit)) for unit in order.units)
    if index is None or split:
        index = add_package(order, at=at)
    for unit in wanted:
        unit.package = index
    package = order.packages[index]
    package.status, package.update_time = "PROCESSING", at
    package.tracking_number, package.provider_id = number, provider_id
    package.provider_name = provider_name(region_of(world, order), provider_id)
    if order.rts_time is None:
        order.rts_time = at
    done = all(unit.cancel_user or _is_shipped(order, unit) for unit in order.units)
    set_status(world, order, "AWAITING_COLLECTION" if done else "PARTIALLY_SHIPPING", at=at)
    if split:
        kinds.package_update(world, order, package.id, sc_type="SPLIT")
    return package.id


def scan(world: World, order: Order, at: int) -> None:
    """The carrier's first scan."""
    order.collection_time = at
    _move_packages(order, "FULFILLING", at=at)
    set_status(world, order, "IN_TRANSIT", at=at)


def deliver(world: World, order: Order, at: int) -> None:
    order.delivery_time = at
    if order.kind == "COD":
        order.paid_time = at
    _move_packages(order, "COMPLETED", at=at)
    set_status(world, order, "DELIVERED", at=at)


def complete(world: World, order: Order, at: int) -> None:
    """The after-sales period is over, or everything was refunded."""
    order.complete_time = at
    set_status(world, order, "COMPLETED", at=at)


def cancel(world: World, order: Order, at: int, *, by: str, reason: str) -> Cancellation:
    """The whole order is cancelled and its cancellation is on record."""
    order.cancel_time, order.cancel_by, order.cancel_reason = at, by, REASON_TEXTS.get(reason, reason)
    pending = pending_cancellation(world, order)
    order.cancel_pending = False
    for unit in order.units:
        unit.cancel_user, unit.cancel_reason = by, order.cancel_reason
    _move_packages(order, "CANCELLED", at=at)
    record = pending or _record(world, order, at, kind="CANCEL", reason=reason, role=by)
    record.status, record.update_time, record.deadline = "CANCELLATION_REQUEST_COMPLETE", at, None
    set_status(world, order, "CANCELLED", at=at)
    kinds.cancellation_change(world, record)
    return record


def ask_cancel(world: World, order: Order, at: int) -> Cancellation:
    """The buyer asks; the seller has 24 hours to answer."""
    order.request_cancel_time, order.cancel_pending = at, True
    record = _record(world, order, at, kind="BUYER_CANCEL", reason="buyer_cancel_changed_mind", role="BUYER")
    record.status, record.deadline = "CANCELLATION_REQUEST_PENDING", at + _DAY_S
    world.touch(order, at=at)
    kinds.cancellation_change(world, record)
    return record


def reject_cancel(world: World, order: Order, at: int) -> None:
    """The seller ships anyway; the request is closed."""
    record = pending_cancellation(world, order)
    order.cancel_pending = False
    world.touch(order, at=at)
    if record is not None:
        record.status, record.update_time, record.deadline = "CANCELLATION_REQUEST_CANCEL", at, None
        kinds.cancellation_change(world, record)


def pending_cancellation(world: World, order: Order) -> Cancellation | None:
    if not order.cancel_pending:
        return None
    return world.cancellations.get(order.cancel_id)


def set_status(world: World, order: Order, status: str, *, at: int) -> None:
    """The order has this status, its update time says so, and a connected app hears of it."""
    order.status = status
    world.touch(order, at=at)
    kinds.order_status_change(world, order)


def pick_carrier(world: World, order: Order) -> tuple[str, str]:
    """A provider id of the market and a number of its shape."""
    rng = world.random(order)
    provider_id, _, pattern = rng.choice(region_of(world, order).providers)
    return provider_id, tracking_number(rng, pattern)


def region_of(world: World, order: Order) -> Region:
    return REGIONS[world.state.shops[order.shop_id].region]


def provider_name(region: Region, provider_id: str) -> str:
    return next((name for known, name, _ in region.providers if known == provider_id), "")


def _record(world: World, order: Order, at: int, *, kind: str, reason: str, role: str) -> Cancellation:
    record = Cancellation(
        id=str(_CANCEL_BASE + world.count("cancellation") * 1_009),
        order_id=order.id,
        shop_id=order.shop_id,
        type=kind,
        status="CANCELLATION_REQUEST_SUCCESS",
        role=role,
        reason=reason,
        create_time=at,
        update_time=at,
        unit_ids=[unit.id for unit in order.units],
    )
    order.cancel_id = record.id
    world.add_cancellation(record)
    return record


def _is_shipped(order: Order, unit: Unit) -> bool:
    return unit.package is not None and bool(order.packages[unit.package].tracking_number)


def _move_packages(order: Order, status: str, *, at: int) -> None:
    for package in order.packages:
        package.status, package.update_time = status, at


# Machine name → the text the order shows. Source: Partner Center, "Cancel reasons" (2025-12); texts are our own.
REASON_TEXTS = {
    "buyer_cancel_changed_mind": "No longer needed",
    "buyer_cancel_payment_timeout": "Payment was not made in time",
    "seller_cancel_reason_out_of_stock": "Out of stock",
    "seller_cancel_reason_out_of_stock_uk": "Out of stock",
    "seller_cancel_reason_wrong_price": "Pricing error",
    "seller_cancel_reason_wrong_price_uk": "Pricing error",
    "seller_cancel_paid_reason_address_not_deliver": "Unable to deliver to the buyer's address",
    "seller_cancel_paid_reason_address_not_deliver_uk": "Unable to deliver to the buyer's address",
    "seller_cancel_paid_reason_buyer_requested_cancellation": "Buyer asked to cancel",
    "system_cancel_shipping_overdue": "Seller did not ship in time",
    "system_cancel_collection_overdue": "Package was not collected in time",
    "system_cancel_package_lost": "Package lost",
}
