"""Dues: every deadline of one order, upstream's own first, the dated rules where upstream is silent.

None means unknown, and unknown is never overdue. Which deadline counts next is `sla`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from service.core.orders import Order, OrderStatus
from service.core.policies import Deadline, Market, Policies, Rule, Since
from service.core.zones import zone

#: Deadlines end with the local day (seen in live orders; the US page says 11:59 PM Pacific).
END_OF_DAY = time(23, 59, 59)

SELLER_FULFILLED = "FULFILLMENT_BY_SELLER"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline. `is_estimate`: from our dated rules, since upstream did not state one."""

    at: datetime
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Dues:
    """The deadlines of one order, whether met by now or not; None = unknown."""

    upload: Due | None = None
    scan: Due | None = None
    auto_cancel: Due | None = None
    deliver: Due | None = None
    answer: Due | None = None


def is_sellers(order: Order) -> bool:
    """Whether the seller ships it. Not stated counts as yes: watching one order too many harms nobody."""
    return order.fulfilment_type in ("", SELLER_FULFILLED)


def dues(order: Order, policies: Policies) -> Dues:
    """All deadlines of `order`. One that the platform ships has a delivery date and nothing to do for the seller."""
    clocks = order.clocks
    deliver = _stated(clocks.delivery_sla) or _ruled(Deadline.DELIVER, order, policies)
    if not is_sellers(order):
        return Dues(deliver=deliver)
    upload = _stated(clocks.rts_due) or _ruled(Deadline.UPLOAD, order, policies)
    scan = _stated(clocks.tts_due) or _ruled(Deadline.SCAN, order, policies)
    dispatch = scan or upload
    return Dues(
        upload=upload,
        scan=scan,
        auto_cancel=_auto_cancel(order, policies, dispatch.at if dispatch else None),
        deliver=deliver,
        answer=_ruled(Deadline.ANSWER, order, policies) if order.cancel_requested else None,
    )


def _stated(at: datetime | None) -> Due | None:
    return Due(at) if at is not None else None


#: Which of upstream's auto-cancels are still unmet in a status; the last is the old one, "seen equal to collection".
_UNMET_CANCELS: Mapping[str, tuple[str, ...]] = {
    OrderStatus.AWAITING_SHIPMENT: ("shipping_due", "collection_due", "delivery_due", "cancel_due"),
    OrderStatus.PARTIALLY_SHIPPING: ("shipping_due", "collection_due", "delivery_due", "cancel_due"),
    OrderStatus.AWAITING_COLLECTION: ("collection_due", "delivery_due", "cancel_due"),
    OrderStatus.IN_TRANSIT: ("delivery_due",),
}

_CANCEL_RULES: Mapping[str, tuple[Deadline, ...]] = {
    OrderStatus.AWAITING_SHIPMENT: (Deadline.CANCEL_UNLESS_ARRANGED, Deadline.CANCEL_UNLESS_COLLECTED),
    OrderStatus.PARTIALLY_SHIPPING: (Deadline.CANCEL_UNLESS_ARRANGED, Deadline.CANCEL_UNLESS_COLLECTED),
    OrderStatus.AWAITING_COLLECTION: (Deadline.CANCEL_UNLESS_COLLECTED,),
}


def _auto_cancel(order: Order, policies: Policies, dispatch_at: datetime | None) -> Due | None:
    """When the platform cancels unless the order moves on: the earliest limit its status has not met."""
    stated = [getattr(order.clocks, name) for name in _UNMET_CANCELS.get(order.status, ())]
    known = [at for at in stated if at is not None]
    if known:
        return Due(min(known))
    ruled = [
        _ruled(deadline, order, policies, dispatch_at=dispatch_at) for deadline in _CANCEL_RULES.get(order.status, ())
    ]
    return min((due for due in ruled if due is not None), key=lambda due: due.at, default=None)


def _ruled(deadline: Deadline, order: Order, policies: Policies, *, dispatch_at: datetime | None = None) -> Due | None:
    """The deadline by the rule of the order's market and day; None without a market, a rule or its starting point."""
    market = policies.market(order.region)
    if market is None:
        return None
    rule = policies.rule(
        deadline,
        market=market.code,
        order_type=order.order_type,
        shipping=order.shipping_type,
        day=order.created_at.astimezone(zone(market.time_zone)).date(),
    )
    if rule is None:
        return None
    start = _start(rule.since, order, dispatch_at)
    days = rule.business_days + (order.handling_days or 0) if rule.handling else rule.business_days
    if start is None or (rule.handling and order.handling_days is None):
        return None
    return Due(_end(rule, market, start, days=days), is_estimate=True)


def _start(since: Since, order: Order, dispatch_at: datetime | None) -> datetime | None:
    """The instant a rule counts from, None when it is not known."""
    return {
        Since.ORDER: order.created_at,
        Since.RELEASE: order.release_at,
        Since.DISPATCH: dispatch_at,
        Since.REQUEST: order.cancel_requested_at,
    }[since]


def _end(rule: Rule, market: Market, start: datetime, *, days: int) -> datetime:
    """The UTC instant a rule's time is over, counted from `start`."""
    if rule.hours is not None:
        return start + timedelta(hours=rule.hours)
    local = start.astimezone(zone(market.time_zone))
    if rule.cut_off is not None and local.time() >= rule.cut_off:
        days += 1
    day = market.calendar.ahead(local.date(), days)
    return datetime.combine(day, END_OF_DAY, zone(market.time_zone)).astimezone(UTC)
