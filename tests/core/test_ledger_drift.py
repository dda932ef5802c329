"""Fee drift: clearly more is over 15 % more and over three points, of enough revenue, in one currency, told by fee."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from core.made_entries import d
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.drift import (
    FEWEST_ORDERS,
    MOST_ORDERS,
    Drift,
    Rise,
    drift_of,
    is_further,
    is_risen,
    rises_of,
)
from service.core.ledger.fields import Group
from service.core.ledger.pools import pools_of_parts
from service.core.ledger.rates import RecentRates, Settled
from service.core.ledger.reconciling import Part

START = datetime(2026, 10, 1, tzinfo=UTC)
COMMISSION, VOUCHER = "platform_commission_amount", "voucher_xtra_service_fee_amount"


def order(number: int, *, percent="9", revenue="100", currency="GBP", field=COMMISSION) -> Settled:
    """An order that settled in the hour of its number, and paid so many percent of its revenue."""
    sold = d(revenue)
    fee = Part(field, Group.CORE, -sold * d(percent) / 100)
    pools = pools_of_parts(currency, [Part("subtotal_before_discount_amount", Group.SALES, sold), fee])
    return Settled(f"O{number}", frozenset(), START + timedelta(hours=number), pools)


def orders(count: int, *, since: int = 0, **more) -> list[Settled]:
    return [order(number, **more) for number in range(since, since + count)]


def rates(percent: str, *, revenue="10000", currency="GBP") -> RecentRates:
    return RecentRates(currency, 50, d(revenue), {COMMISSION: -d(revenue) * d(percent) / 100})


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("20", "23", False),  # exactly three points and exactly 15 %
        ("20", "23.01", True),
        ("10", "13", False),  # 30 % more, exactly three points
        ("10", "13.0001", True),
        ("30", "34.5", False),  # over three points, exactly 15 %
        ("30", "34.51", True),
        ("5", "7.9", False),  # 58 % more, and not three points
        ("40", "44", False),  # four points, and 10 %
        ("20", "15", False),
    ],
)
def test_both_thresholds_must_be_passed(was, now, expected):
    assert is_risen(Drift(rates(was), rates(now))) is expected


@pytest.mark.parametrize(
    ("currency", "revenue", "expected"),
    [("GBP", "499.99", False), ("GBP", "500", True), ("IDR", "7999999", False), ("IDR", "8000000", True)],
)
def test_little_revenue_is_noise(currency, revenue, expected):
    few, plenty = rates("9", revenue=revenue, currency=currency), rates("20", revenue="9000000", currency=currency)
    assert is_risen(Drift(few, plenty)) is expected


def test_the_newest_orders_are_held_against_as_many_before_them():
    drift = drift_of([*orders(60), *orders(30, since=60, percent="15")], "GBP")
    assert (drift.before.orders, drift.after.orders) == (45, 45)
    drift = drift_of([*orders(30), *orders(30, since=30, percent="15")], "GBP")
    assert (drift.before.share, drift.after.share) == (d("0.09"), d("0.15"))
    assert drift.since == START + timedelta(hours=30)
    assert is_risen(drift)
    assert drift_of(orders(3 * MOST_ORDERS), "GBP").after.orders == MOST_ORDERS


def test_too_few_orders_say_nothing():
    assert drift_of(orders(2 * FEWEST_ORDERS - 1), "GBP") is None
    assert drift_of(orders(2 * FEWEST_ORDERS), "GBP") is not None


def test_currencies_are_never_mixed():
    cheap, dear = orders(40, percent="5"), orders(40, since=40, percent="20", currency="USD")
    assert drift_of([*cheap, *dear], "GBP").after.share == d("0.05")
    assert drift_of([*cheap, *dear], "USD").before.share == d("0.2")
    with pytest.raises(ValueError, match="cannot compare"):
        is_risen(Drift(rates("9"), rates("20", currency="USD")))


def test_orders_without_revenue_are_on_neither_side():
    """What a refunded order or a sample was charged has nothing to be a share of."""
    drift = drift_of([*orders(40), *orders(40, since=40, revenue="0")], "GBP")
    assert (drift.after.orders, drift.after.revenue) == (20, 2000)


@given(st.permutations(range(60)))
def test_the_sequence_in_which_orders_come_in_changes_nothing(sequence):
    found = [*orders(30), *orders(30, since=30, percent="15")]
    assert drift_of([found[at] for at in sequence], "GBP") == drift_of(found, "GBP")


def test_the_fee_that_rose_most_is_first_and_the_rises_add_up():
    more = [*orders(30, since=30, percent="12"), *orders(20, since=30, percent="6", field=VOUCHER)]
    drift = drift_of([*orders(50), *more], "GBP")
    found = rises_of(drift)
    assert [one.field for one in found] == [VOUCHER, COMMISSION]
    assert sum((one.points for one in found), Decimal(0)) == drift.after.share - drift.before.share
    assert Rise("x", d("0.1"), d("0.25")).points == d("0.15")


def test_a_rise_that_goes_on_is_the_same_one_until_it_rises_clearly_again():
    told = Drift(rates("9"), rates("14"))
    assert not is_further(told, Drift(rates("9"), rates("15")))
    assert is_further(told, Drift(rates("9"), rates("18")))
