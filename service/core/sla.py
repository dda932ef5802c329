"""The next unmet clock of an order, its urgency, what the seller must do, and when any of this changes by itself.

Deadlines come from `dues`; the only thing here that depends on time is how near they are, and `now` is an argument.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from service.core.dues import Due, Dues, dues, is_sellers
from service.core.orders import Order, OrderStatus
from service.core.policies import Policies


class Clock(StrEnum):
    """Which deadline counts next."""

    ANSWER = "answer buyer"
    UPLOAD = "upload"
    SCAN = "scan"
    AUTO_CANCEL = "auto-cancel"


class Tier(StrEnum):
    """How near the next deadline is."""

    OVERDUE = "overdue"
    CRITICAL = "critical"
    HIGH = "high"
    SOON = "soon"
    OK = "ok"


#: A tier holds up to and including this much time left; more than the last is OK.
TIER_LIMITS: tuple[tuple[Tier, timedelta], ...] = (
    (Tier.OVERDUE, timedelta(0)),
    (Tier.CRITICAL, timedelta(hours=4)),
    (Tier.HIGH, timedelta(hours=12)),
    (Tier.SOON, timedelta(hours=24)),
)

#: "24 h or less" of Seller Center's own list.
SOON = timedelta(hours=24)


class Need(StrEnum):
    """What an order wants from the seller: Seller Center's own six, most pressing first, and none.

    ABNORMAL and RETURN are claimed only by sources that know packages and returns; an order alone never says so.
    """

    CANCEL_REQUEST = "Cancellation requested"
    AUTO_CANCEL = "Auto-cancelling within 24 h"
    OVERDUE = "Shipping overdue"
    SHIP_SOON = "Ship within 24 h"
    ABNORMAL = "Abnormal package"
    RETURN = "Return or refund requested"
    NONE = "None"


_TO_SHIP = frozenset({OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPING})
_OPEN = _TO_SHIP | {OrderStatus.AWAITING_COLLECTION}

_UNMET: Mapping[str, tuple[Clock, ...]] = {
    OrderStatus.AWAITING_SHIPMENT: (Clock.ANSWER, Clock.UPLOAD, Clock.SCAN, Clock.AUTO_CANCEL),
    OrderStatus.PARTIALLY_SHIPPING: (Clock.ANSWER, Clock.UPLOAD, Clock.SCAN, Clock.AUTO_CANCEL),
    OrderStatus.AWAITING_COLLECTION: (Clock.ANSWER, Clock.SCAN, Clock.AUTO_CANCEL),
}


class Sla(Struct, frozen=True, dict=True):
    """One order's deadlines, worked out when they are asked for: most orders of a backfill have met all of theirs."""

    order: Order
    policies: Policies

    @cached_property
    def dues(self) -> Dues:
        """All deadlines, whether met by now or not."""
        return dues(self.order, self.policies)

    @cached_property
    def _next(self) -> tuple[Clock, Due] | None:
        clocks = _UNMET.get(self.order.status)
        if clocks is None:
            return None
        by_clock = {
            Clock.ANSWER: self.dues.answer,
            Clock.UPLOAD: self.dues.upload,
            Clock.SCAN: self.dues.scan,
            Clock.AUTO_CANCEL: self.dues.auto_cancel,
        }
        unmet = [(clock, due) for clock in clocks if (due := by_clock[clock]) is not None]
        return min(unmet, key=lambda pair: pair[1].at, default=None)

    @property
    def clock(self) -> Clock | None:
        """Which deadline is the next unmet one; None when nothing is due or known."""
        return self._next[0] if self._next else None

    @property
    def due(self) -> Due | None:
        """The next unmet deadline: the earliest known one of the order's status, the more pressing one of equals."""
        return self._next[1] if self._next else None

    @property
    def due_at(self) -> datetime | None:
        return self.due.at if self.due else None


def sla(order: Order, policies: Policies) -> Sla:
    """The deadlines of `order` under these rules."""
    return Sla(order, policies)


def tier(due_at: datetime | None, now: datetime) -> Tier | None:
    """The tier of a deadline at `now`; None for an unknown one."""
    if due_at is None:
        return None
    left = due_at - now
    return next((name for name, most in TIER_LIMITS if left <= most), Tier.OK)


def urgency(order: Order, policies: Policies) -> tuple[bool, datetime, str]:
    """Sort key, ascending: nearest deadline first, unknown ones last, equal ones by order id."""
    due_at = sla(order, policies).due_at
    return (due_at is None, due_at or datetime.max.replace(tzinfo=UTC), order.order_id)


def needs(order: Order, found: Sla, now: datetime) -> tuple[Need, ...]:
    """Everything the order wants from the seller at `now`, most pressing first; empty for nothing."""
    if order.status not in _OPEN or not is_sellers(order):
        return ()
    ship_by = _ship_by(order, found.dues)
    cancels = found.dues.auto_cancel
    claims = {
        Need.CANCEL_REQUEST: order.cancel_requested,
        Need.AUTO_CANCEL: cancels is not None and timedelta(0) < cancels.at - now <= SOON,
        Need.OVERDUE: ship_by is not None and ship_by <= now,
        Need.SHIP_SOON: ship_by is not None and timedelta(0) < ship_by - now <= SOON,
    }
    return tuple(need for need in Need if claims.get(need, False))


def action_needed(order: Order, found: Sla, now: datetime) -> Need:
    """The most pressing need, or NONE."""
    return next(iter(needs(order, found, now)), Need.NONE)


def next_change_at(order: Order, now: datetime, *, policies: Policies) -> datetime | None:
    """The next instant after `now` at which a cell of this order changes by time alone; None = never.

    Covers the tier and the action needed; the countdown is a formula and ticks by itself.
    """
    found = sla(order, policies)
    moments: set[datetime] = set()
    if found.due_at is not None:
        # At exactly the limit the nearer tier holds already, so the limit itself is the instant of change.
        moments.update(found.due_at - most for _, most in TIER_LIMITS)
    if order.status in _OPEN and is_sellers(order):
        for at in (_ship_by(order, found.dues), found.dues.auto_cancel.at if found.dues.auto_cancel else None):
            if at is not None:
                moments.update((at - SOON, at))
    return min((moment for moment in moments if moment > now), default=None)


def _ship_by(order: Order, known: Dues) -> datetime | None:
    """The nearest deadline for getting the parcel out, while it is still with the seller."""
    if order.status not in _TO_SHIP:
        return None
    return min((due.at for due in (known.upload, known.scan) if due is not None), default=None)
