"""Changes a tester plants in an order: before its life begins, or in the middle of it."""

from typing import Any

from service.sandbox.tiktok import life, notice_kinds
from service.sandbox.tiktok.state import STATUSES, Order
from service.sandbox.tiktok.world import World

# Keys whose value decides how the order behaves, not only how it looks.
_FACTS = ("shipping_type", "fulfillment_type", "warehouse_id", "buyer_message", "seller_note")


def plant(order: Order, overrides: dict[str, Any]) -> None:
    """The order shows these values. Status and times are not planted but reached: use the status of the request."""
    rest = dict(overrides)
    for name in _FACTS:
        if isinstance(rest.get(name), str):
            setattr(order, name, rest.pop(name))
    if rest:
        order.patches.append(rest)


def edit_order(world: World, order: Order, changes: dict[str, Any], *, bump: bool, notify: bool) -> None:
    """The order is changed at market time now; a status the vendor does not document is only shown, not lived.

    `bump` moves update_time (address, tracking and note edits may come without); `notify` sends the fitting notice.
    """
    rest, now = dict(changes), world.clock.timestamp()
    status, updated, created = (rest.pop(name, None) for name in ("status", "update_time", "create_time"))
    if status is not None and status not in STATUSES:
        rest["status"], status = status, None
    if "recipient_address" in rest:
        rest.setdefault("has_updated_recipient_address", True)
    plant(order, rest)
    if bump and status is None:
        world.touch(order, at=now)
    if status is not None:
        _change_status(world, order, status, bump=bump, notify=notify)
    if isinstance(created, int):
        world.books[order.shop_id].recreate(order, create_time=created)
    if isinstance(updated, int):
        world.books[order.shop_id].move(order, update_time=updated)
    world.changes += 1
    if notify and "recipient_address" in rest:
        notice_kinds.address_update(world, order, at=now)


def _change_status(world: World, order: Order, status: str, *, bump: bool, notify: bool) -> None:
    before = order.update_time
    order.patches = [{key: value for key, value in patch.items() if key != "status"} for patch in order.patches]
    with world.quiet():
        life.force(world, order, status, at=world.clock.timestamp())
    if not bump:
        world.books[order.shop_id].move(order, update_time=before)
    if notify:
        notice_kinds.order_status_change(world, order)
