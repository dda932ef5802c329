"""Deadlines: upstream's clocks first, dated rules second, unknown never overdue; and when urgency changes by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from core.made_orders import CREATED, make_order, real_policies
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.dues import Due, dues
from service.core.orders import Clocks, OrderStatus
from service.core.policies import NO_POLICIES
from service.core.sla import Clock, Need, Tier, action_needed, needs, next_change_at, sla, tier, urgency

PACIFIC = ZoneInfo("America/Los_Angeles")
HOUR = timedelta(hours=1)
RTS = CREATED + timedelta(days=2)
FULL = Clocks(
    rts_due=RTS,
    tts_due=RTS + 24 * HOUR,
    shipping_due=RTS + 96 * HOUR,
    collection_due=RTS + 120 * HOUR,
    cancel_due=RTS + 120 * HOUR,
    delivery_sla=RTS + 140 * HOUR,
    delivery_due=RTS + 300 * HOUR,
)


def us_order(**changes):
    return make_order(**({"region": "US", "created_at": datetime(2026, 11, 20, 10, 0, tzinfo=PACIFIC)} | changes))


def test_a_us_order_of_friday_morning_is_due_on_tuesday_at_the_end_of_the_day():
    found = sla(us_order(), real_policies())
    assert found.clock is Clock.SCAN
    assert found.due.is_estimate
    assert found.due_at.astimezone(PACIFIC) == datetime(2026, 11, 24, 23, 59, 59, tzinfo=PACIFIC)


def test_before_2026_01_26_the_same_rule_counted_the_upload():
    found = sla(us_order(created_at=datetime(2026, 1, 9, 10, 0, tzinfo=PACIFIC)), real_policies())
    assert found.clock is Clock.UPLOAD
    assert found.due_at.astimezone(PACIFIC).date() == datetime(2026, 1, 13, tzinfo=PACIFIC).date()


def test_upstreams_own_clock_wins_over_the_rule():
    found = dues(us_order(clocks=FULL), real_policies())
    assert found.scan == Due(FULL.tts_due)
    assert found.deliver == Due(FULL.delivery_sla)


@pytest.mark.parametrize(
    ("changes", "upload", "scan", "auto_cancel"),
    [
        ({"order_type": "MADE_TO_ORDER", "handling_days": 3}, "11-25", "11-27", "12-03"),
        ({"order_type": "MADE_TO_ORDER", "handling_days": None}, None, None, None),
        (
            {"order_type": "PRE_ORDER", "release_at": datetime(2026, 11, 23, 12, tzinfo=PACIFIC)},
            "11-24",
            "11-25",
            "12-03",
        ),
        ({"order_type": "PRE_ORDER", "release_at": None}, None, None, None),
        ({"region": "GB"}, "11-24", None, None),
        ({"region": "FR"}, None, None, None),
        ({"region": "ZZ"}, None, None, None),
        ({"region": ""}, None, None, None),
        (
            {"region": "VN", "shipping_type": "TIKTOK", "created_at": datetime(2026, 11, 19, 6, 59, tzinfo=UTC)},
            None,
            "11-19",
            "11-23",
        ),
        (
            {"region": "VN", "shipping_type": "TIKTOK", "created_at": datetime(2026, 11, 19, 7, 0, tzinfo=UTC)},
            None,
            "11-20",
            "11-23",
        ),
        ({"region": "VN", "shipping_type": "SELLER"}, None, None, None),
    ],
)
def test_a_missing_clock_is_estimated_only_where_there_is_a_rule(changes, upload, scan, auto_cancel):
    """Dates are local days of the market; the VN cut-off is 14:00 there, 07:00 UTC."""
    order = us_order(**changes)
    found = dues(order, real_policies())
    market = real_policies().market(order.region)
    local = ZoneInfo(market.time_zone) if market else UTC
    days = [
        due and f"{due.at.astimezone(local):%m-%d %H:%M:%S}" for due in (found.upload, found.scan, found.auto_cancel)
    ]
    assert days == [day and f"{day} 23:59:59" for day in (upload, scan, auto_cancel)]


@pytest.mark.parametrize(
    ("status", "clock", "due_at", "auto_cancel"),
    [
        ("UNPAID", None, None, None),
        ("ON_HOLD", None, None, None),
        ("AWAITING_SHIPMENT", Clock.UPLOAD, FULL.rts_due, FULL.shipping_due),
        ("PARTIALLY_SHIPPING", Clock.UPLOAD, FULL.rts_due, FULL.shipping_due),
        ("AWAITING_COLLECTION", Clock.SCAN, FULL.tts_due, FULL.collection_due),
        ("IN_TRANSIT", None, None, FULL.delivery_due),
        ("DELIVERED", None, None, None),
        ("COMPLETED", None, None, None),
        ("CANCELLED", None, None, None),
        ("SOMETHING_NEW", None, None, None),
    ],
)
def test_the_next_unmet_clock_follows_the_status(status, clock, due_at, auto_cancel):
    found = sla(make_order(status=status, clocks=FULL), NO_POLICIES)
    assert (found.clock, found.due_at) == (clock, due_at)
    assert (found.dues.auto_cancel and found.dues.auto_cancel.at) == auto_cancel


def test_only_the_auto_cancel_known_is_the_clock():
    found = sla(make_order(clocks=Clocks(cancel_due=RTS)), NO_POLICIES)
    assert (found.clock, found.due_at) == (Clock.AUTO_CANCEL, RTS)


def test_a_missed_upload_stays_the_clock_until_it_is_done():
    found = sla(make_order(clocks=FULL), NO_POLICIES)
    assert tier(found.due_at, RTS + 50 * HOUR) is Tier.OVERDUE


def test_a_cancel_request_must_be_answered_within_a_day_when_the_seller_ships():
    asked = {"cancel_requested": True, "cancel_requested_at": CREATED + HOUR, "clocks": FULL}
    found = sla(make_order(**asked), real_policies())
    assert (found.clock, found.due_at) == (Clock.ANSWER, CREATED + 25 * HOUR)
    platform = sla(make_order(**asked, shipping_type="TIKTOK"), real_policies())
    assert platform.clock is Clock.UPLOAD


def test_nothing_is_due_from_the_seller_when_the_platform_ships():
    order = make_order(fulfilment_type="FULFILLMENT_BY_TIKTOK", clocks=FULL, cancel_requested=True)
    found = sla(order, real_policies())
    assert (found.clock, found.due, found.dues.upload) == (None, None, None)
    assert found.dues.deliver == Due(FULL.delivery_sla)
    assert action_needed(order, found, RTS + 999 * HOUR) is Need.NONE


def test_an_unknown_deadline_is_never_overdue():
    order = make_order(region="FR")
    assert sla(order, real_policies()).due is None
    assert tier(None, CREATED) is None
    assert next_change_at(order, CREATED, policies=real_policies()) is None


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(seconds=-1), Tier.OVERDUE),
        (timedelta(0), Tier.OVERDUE),
        (timedelta(seconds=1), Tier.CRITICAL),
        (4 * HOUR, Tier.CRITICAL),
        (4 * HOUR + timedelta(seconds=1), Tier.HIGH),
        (12 * HOUR, Tier.HIGH),
        (24 * HOUR, Tier.SOON),
        (24 * HOUR + timedelta(seconds=1), Tier.OK),
    ],
)
def test_tiers_have_their_limits(left, expected):
    assert tier(RTS, RTS - left) is expected


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, RTS - 25 * HOUR, ()),
        ({}, RTS - 24 * HOUR, (Need.SHIP_SOON,)),
        ({}, RTS, (Need.OVERDUE,)),
        ({}, FULL.shipping_due - HOUR, (Need.AUTO_CANCEL, Need.OVERDUE)),
        ({"cancel_requested": True}, RTS, (Need.CANCEL_REQUEST, Need.OVERDUE)),
        ({"status": "AWAITING_COLLECTION"}, FULL.tts_due + HOUR, ()),
        ({"status": "AWAITING_COLLECTION"}, FULL.collection_due - HOUR, (Need.AUTO_CANCEL,)),
        ({"status": "DELIVERED", "cancel_requested": True}, RTS, ()),
    ],
)
def test_needs_follow_seller_centers_own_list(changes, now, expected):
    order = make_order(clocks=FULL, **changes)
    found = sla(order, NO_POLICIES)
    assert needs(order, found, now) == expected
    assert action_needed(order, found, now) is (expected[0] if expected else Need.NONE)


STATUSES = st.sampled_from([status.value for status in OrderStatus])
INSTANTS = st.none() | st.integers(0, 400).map(lambda hours: CREATED + timedelta(hours=hours, minutes=hours % 7))
CLOCKS = st.builds(Clocks, *([INSTANTS] * 7))


def shown(order, now):
    found = sla(order, real_policies())
    return tier(found.due_at, now), action_needed(order, found, now), needs(order, found, now)


@settings(max_examples=150, deadline=None)
@given(STATUSES, CLOCKS, st.booleans(), st.integers(-30, 500), st.floats(0, 1, exclude_max=True))
def test_nothing_changes_by_time_alone_before_the_next_change(status, clocks, asked, hours, part):
    order = make_order(
        status=status, clocks=clocks, cancel_requested=asked, cancel_requested_at=CREATED if asked else None
    )
    now = CREATED + hours * HOUR
    change_at = next_change_at(order, now, policies=real_policies())
    if change_at is None:
        assert shown(order, now) == shown(order, now + timedelta(days=3650))
    else:
        assert change_at > now
        last = change_at - timedelta(microseconds=1)
        assert shown(order, now) == shown(order, min(now + (change_at - now) * part, last))
        assert shown(order, change_at) != shown(order, last)


def test_the_nearest_deadline_comes_first_and_unknown_ones_last():
    late = make_order(order_id="3", clocks=Clocks(rts_due=RTS))
    soon = make_order(order_id="2", clocks=Clocks(rts_due=RTS - HOUR))
    unknown = make_order(order_id="1", region="FR")
    ranked = sorted([unknown, late, soon], key=lambda order: urgency(order, NO_POLICIES))
    assert [order.order_id for order in ranked] == ["2", "3", "1"]
