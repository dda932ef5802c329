"""What happens to goods that come back: requests, their editing, and the refund."""

from service.sandbox.tiktok import notice_kinds as kinds
from service.sandbox.tiktok.moves import complete, pick_carrier
from service.sandbox.tiktok.state import Order, Return
from service.sandbox.tiktok.world import World

PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"
_BASE = 4_036_000_000_000_000_000
_ANSWER_S = 2 * 86_400


def ask_return(world: World, order: Order, at: int) -> Return:
    """The buyer wants to send the goods back; the seller has two days to answer."""
    rng = world.random(order)
    record = Return(
        id=str(_BASE + world.count("return") * 1_013),
        order_id=order.id,
        shop_id=order.shop_id,
        type=rng.choice(("RETURN_AND_REFUND", "RETURN_AND_REFUND", "REFUND")),
        status=PENDING,
        reason="ecom_order_delivered_refund_and_return_reason_item_damaged",
        create_time=at,
        update_time=at,
        unit_ids=[unit.id for unit in order.units],
        deadline=at + _ANSWER_S,
    )
    order.return_id = record.id
    world.add_return(record)
    kinds.return_change(world, record)
    return record


def edit_return(world: World, order: Order, at: int) -> None:
    """The buyer edits the request: the old id is closed and a new one takes its place."""
    old = open_return(world, order)
    if old is None:
        return
    new = ask_return(world, order, at)
    new.previous_id, old.next_id = old.id, new.id
    _move(world, old, "RETURN_OR_REFUND_REQUEST_CANCEL", at=at)


def approve_return(world: World, order: Order, at: int) -> None:
    record = open_return(world, order)
    if record is not None:
        asked = record.type == "REFUND"
        _move(world, record, "RETURN_OR_REFUND_REQUEST_SUCCESS" if asked else "AWAITING_BUYER_SHIP", at=at)


def send_back(world: World, order: Order, at: int) -> None:
    record = open_return(world, order)
    if record is not None and record.status == "AWAITING_BUYER_SHIP":
        record.tracking_number = pick_carrier(world, order)[1]
        _move(world, record, "BUYER_SHIPPED_ITEM", at=at)


def refund(world: World, order: Order, at: int) -> None:
    """The money is back with the buyer and the order is over."""
    record = open_return(world, order)
    if record is not None:
        _move(world, record, "RETURN_OR_REFUND_REQUEST_COMPLETE", at=at)
    complete(world, order, at)


def open_return(world: World, order: Order) -> Return | None:
    """The newest return of the order that is not closed."""
    ends = {"RETURN_OR_REFUND_REQUEST_COMPLETE", "RETURN_OR_REFUND_REQUEST_CANCEL"}
    record = world.returns.get(order.return_id)
    return None if record is None or record.status in ends else record


def _move(world: World, record: Return, status: str, *, at: int) -> None:
    record.status, record.update_time, record.deadline = status, at, None
    kinds.return_change(world, record)
