"""How long buyers' data is kept: so many days after an order is over. Pure.

An account chooses one of `CHOICES`. Seven days is what an account gets that chose nothing: the shortest that works. By
then a cancelled parcel has come back and been told by the name on it, and TikTok calls an order completed only once
nothing can be returned any more.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from service.core.orders import FINAL_STATUSES, Order, Recipient

#: Days after the end of an order; 0 = with the message that it has ended.
CHOICES = (0, 7, 30, 90)
DEFAULT_DAYS = 7
#: An order that nothing happened to for so long is over, whatever its status says: nobody told us how it ended.
FORGOTTEN_AFTER = timedelta(days=60)


def days_kept(chosen: int | None) -> int:
    """Days that an account keeps buyers after the end of their orders. None = it chose nothing."""
    return DEFAULT_DAYS if chosen is None else chosen


def ended_at(order: Order) -> datetime:
    """Since when the order is over, or from when on it is taken for that. Market time."""
    return order.updated_at if order.status in FINAL_STATUSES else order.updated_at + FORGOTTEN_AFTER


def is_spent(order: Order, *, days: int, now: datetime) -> bool:
    """Whether the order's buyer is to be kept no longer. `now` in market time."""
    return ended_at(order) <= now - timedelta(days=days)


def without_buyer(order: Order) -> Order:
    """The order with nothing in it that tells who bought."""
    return replace(order, recipient=Recipient())
