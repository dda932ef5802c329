"""Policies: the shipped rules are sound, the right rule is found, and wrong data is refused by name."""

from datetime import date
from decimal import Decimal

import pytest
from core.made_orders import real_policies

from service.core.calendars import Calendar
from service.core.policies import NO_POLICIES, Deadline, Since, parse_policies
from service.core.zones import zone

MARKET = {"code": "XX", "name": "Testland", "time_zone": "UTC", "currency": "EUR"}
RULE = {
    "market": "XX",
    "deadline": "upload",
    "since": "order",
    "effective_from": date(2026, 1, 1),
    "business_days": 2,
    "source": "a page",
    "certainty": "D",
}


def test_every_shipped_market_has_a_zone_and_a_calendar_that_work():
    policies = real_policies()
    assert {"US", "GB", "DE", "FR", "VN", "TH", "ID", "MX", "BR", "JP"} <= set(policies.markets)
    for market in policies.markets.values():
        assert zone(market.time_zone)
        assert not market.calendar.is_open(date(2026, 1, 1)), market.code


def test_a_rule_holds_from_its_own_day_on():
    """US regular orders: tracking was the mark until 2026-01-26, the carrier's scan since."""
    find = real_policies().rule
    order = {"market": "US", "order_type": "NORMAL", "shipping": "SELLER"}
    assert find(Deadline.UPLOAD, **order, day=date(2026, 1, 25)).business_days == 2
    assert find(Deadline.SCAN, **order, day=date(2026, 1, 25)) is None
    assert find(Deadline.UPLOAD, **order, day=date(2026, 1, 26)) is None
    assert find(Deadline.SCAN, **order, day=date(2026, 1, 26)).business_days == 2


def test_a_market_without_rules_has_none_but_those_for_all():
    find = real_policies().rule
    order = {"market": "FR", "order_type": "NORMAL", "shipping": "SELLER", "day": date(2026, 11, 1)}
    assert find(Deadline.UPLOAD, **order) is None
    assert find(Deadline.ANSWER, **order).hours == 24


def test_an_unknown_sort_of_order_is_not_judged_by_the_regular_rule():
    order = {"market": "US", "order_type": "SOMETHING_NEW", "shipping": "SELLER", "day": date(2026, 11, 1)}
    assert real_policies().rule(Deadline.SCAN, **order) is None


def test_the_latest_rule_in_force_wins():
    newer = RULE | {"effective_from": date(2026, 6, 1), "business_days": 3}
    policies = parse_policies([{"market": [MARKET], "rule": [newer, RULE]}])
    found = policies.rule(Deadline.UPLOAD, market="XX", order_type="", shipping="", day=date(2026, 7, 1))
    assert (found.business_days, found.since) == (3, Since.ORDER)


@pytest.mark.parametrize(
    ("carrier", "url"),
    [
        ("Royal_Mail", "https://www.royalmail.com/track-your-item#/tracking-results/A%2F1"),
        ("hermes", "https://www.evri.com/track/parcel/A%2F1"),
        ("DHL eCommerce", None),
        ("Parcelforce", None),
        ("", None),
    ],
)
def test_a_parcel_is_linked_only_where_the_carriers_page_is_known(carrier, url):
    assert real_policies().tracking_url(carrier, "A/1") == url
    assert real_policies().tracking_url(carrier, "") is None


@pytest.mark.parametrize("url", ["http://a.example/{number}", "https://a.example/", "https://a.example/{number}{x}"])
def test_a_wrong_tracking_page_is_refused_by_name(url):
    with pytest.raises(ValueError, match="tracking_url"):
        parse_policies([{"carrier": [{"names": ["X"], "tracking_url": url}]}])


def test_no_policies_know_nothing():
    assert NO_POLICIES.market("US") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"deadline": "someday"}, "deadline"),
        ({"effective_from": "2026-01-01"}, "effective_from"),
        ({"business_days": "2"}, "business_days"),
        ({"business_days": -1}, "business_days"),
        ({"hours": 4}, "hours"),
        ({"certainty": "Z"}, "certainty"),
        ({"source": ""}, "source"),
        ({"effective_to": date(2025, 1, 1)}, "effective_to"),
        ({"handling": "yes"}, "handling"),
        ({"cut_off": "14:00"}, "cut_off"),
        ({"order_types": "NORMAL"}, "order_types"),
        ({"busines_days": 2}, "busines_days"),
        ({"market": "YY"}, "YY"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(change, says):
    with pytest.raises(ValueError, match=says):
        parse_policies([{"market": [MARKET], "rule": [RULE | change]}])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"weekend": [1, 2, 3, 4, 5, 6, 7]}, "weekend"),
        ({"weekend": ["Sunday"]}, "weekend"),
        ({"seller_center": "http://x"}, "seller_center"),
        ({"code": ""}, "code"),
    ],
)
def test_a_wrong_market_is_refused_by_name(change, says):
    with pytest.raises(ValueError, match=says):
        parse_policies([{"market": [MARKET | change]}])


def test_a_market_stated_twice_or_an_unknown_table_is_refused():
    with pytest.raises(ValueError, match="twice"):
        parse_policies([{"market": [MARKET]}, {"market": [MARKET]}])
    with pytest.raises(ValueError, match="rules"):
        parse_policies([{"rules": []}])


def test_business_days_skip_weekends_and_holidays():
    us = real_policies().market("US").calendar
    assert us.ahead(date(2026, 11, 20), 2) == date(2026, 11, 24)  # Friday → Tuesday
    assert us.ahead(date(2026, 11, 25), 1) == date(2026, 11, 27)  # over Thanksgiving
    assert us.ahead(date(2026, 11, 22), 0) == date(2026, 11, 23)  # Sunday is no business day
    assert us.ahead(date(2026, 12, 31), 1) == date(2027, 1, 4)  # into the next year


def test_a_week_may_end_elsewhere_and_a_count_has_bounds():
    friday_off = Calendar("", weekend=frozenset({5}))
    assert friday_off.ahead(date(2026, 11, 19), 1) == date(2026, 11, 21)
    with pytest.raises(ValueError, match="no deadline"):
        friday_off.ahead(date(2026, 11, 19), 100_000)


# --- taxes ---

DAY_AFTER = date(2026, 7, 1)
TAX = {"market": "XX", "percent": "20", "effective_from": date(2026, 1, 1), "source": "a law", "certainty": "A"}
PLACE = {"code": "XX", "name": "Testland", "time_zone": "UTC", "currency": "EUR"}


def test_the_tax_of_a_price_is_the_rule_of_the_order_s_day():
    rules = parse_policies([{"market": [PLACE], "tax": [TAX, TAX | {"percent": "21", "effective_from": DAY_AFTER}]}])
    found = [rules.tax_rule(market=market, day=day) for market, day in (
        ("XX", date(2025, 12, 31)), ("xx", date(2026, 1, 1)), ("XX", DAY_AFTER), ("YY", DAY_AFTER)
    )]  # fmt: skip
    assert [rule and rule.percent for rule in found] == [None, Decimal(20), Decimal(21), None]


def test_sellers_owe_the_tax_themselves_where_the_marketplace_does_not_remit_it():
    markets = {code: real_policies().tax_rule(market=code, day=date(2026, 11, 20)) for code in ("GB", "DE", "US", "VN")}
    assert {code: rule and rule.percent for code, rule in markets.items()} == {
        "GB": Decimal(20), "DE": Decimal(19), "US": None, "VN": None
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"percent": "120"}, {"percent": 20.0}, {"market": "YY"}, {"certainty": "E"}, {"rate": "1"}],
    ids=["percent", "number", "market", "certainty", "unknown"],
)
def test_a_wrong_tax_rule_is_refused_by_name(change):
    with pytest.raises(ValueError, match="tax"):
        parse_policies([{"market": [PLACE], "tax": [TAX | change]}])
