"""Periods: whole days of the shop for orders, UTC days for statements."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.entries import Statement
from service.core.ledger.periods import LONGEST_DAYS, Period, Span, period_of
from service.core.ledger.tie_out import day_covered
from service.core.zones import zone

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.THIS_MONTH, date(2026, 11, 1), TODAY),
        (Span.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Span.LAST_14, date(2026, 11, 10), TODAY),
        (Span.LAST_30, date(2026, 10, 25), TODAY),
    ],
    ids=str,
)
def test_spans_are_whole_days_up_to_today(span, first, last):
    assert period_of(span, TODAY) == Period(first, last)


def test_last_month_in_january_is_december():
    assert period_of(Span.LAST_MONTH, date(2027, 1, 1)) == Period(date(2026, 12, 1), date(2026, 12, 31))


def test_days_of_orders_are_the_shops_own_also_when_clocks_change():
    since, until = Period(date(2026, 10, 25), date(2026, 10, 25)).of_orders(zone("Europe/London"))
    assert (since, until) == (datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    since, until = Period(TODAY, TODAY).of_orders(zone("Asia/Ho_Chi_Minh"))
    assert since == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert until - since == timedelta(days=1)


@given(st.timedeltas(timedelta(0), timedelta(days=8)).map(lambda after: datetime(2026, 11, 18, tzinfo=UTC) + after))
def test_a_statement_is_in_the_period_that_holds_the_day_it_covers(at):
    period = Period(date(2026, 11, 20), date(2026, 11, 23))
    since, until = period.of_statements()
    day = day_covered(Statement("S", "GBP", at, None))
    assert (since <= at < until) == (period.first <= day <= period.last)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - timedelta(days=1)),
        (TODAY, TODAY + timedelta(days=LONGEST_DAYS)),
        (date(1970, 1, 1), date(1970, 1, 2)),
        (date(9999, 12, 31), date(9999, 12, 31)),
    ],
    ids=["backwards", "too-long", "before", "after"],
)
def test_what_is_no_period_is_refused(first, last):
    with pytest.raises(ValueError, match="no period"):
        Period(first, last)


def test_the_latest_fortnight_is_young():
    assert Period(date(2026, 11, 1), TODAY - timedelta(days=13)).is_young(TODAY)
    assert not Period(date(2026, 11, 1), TODAY - timedelta(days=14)).is_young(TODAY)
