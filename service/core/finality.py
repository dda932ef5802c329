"""When an order is over, and since when: what a tab keeps of finished orders is measured from there. Pure."""

from datetime import datetime, timedelta

from service.core.orders import FINAL_STATUSES, Order, OrderStatus

#: Nothing is left for the seller to do: no clock runs and no list of things to do names such an order. One that is
#: delivered may still come back; upstream's update time moves then, and with it the beginning of its rest.
FINISHED_STATUSES = FINAL_STATUSES | {OrderStatus.DELIVERED}


def finished_at(order: Order) -> datetime | None:
    """Since when the order is over and nothing happened to it any more; None while it is open."""
    return order.updated_at if order.status in FINISHED_STATUSES else None


def is_past(order: Order, *, days: int | None, now: datetime) -> bool:
    """Whether the order has been over for longer than `days` (None = never long enough). `now` in market time."""
    if days is None:
        return False
    since = finished_at(order)
    return since is not None and since <= now - timedelta(days=days)
