"""Single values of upstream's JSON, by example and by property."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.orders import Money
from service.tiktok.scalars import Amounts, flag, instant, text, whole

EXPONENTS = {"GBP": 2, "USD": 2, "VND": 0, "IDR": 0, "JPY": 0, "KWD": 3, "???": 2}
currencies = st.sampled_from(sorted(EXPONENTS))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30))


def written(minor: int, currency: str) -> str:
    """The amount as upstream would write it, in full decimals."""
    places = EXPONENTS[currency]
    digits = str(abs(minor)).rjust(places + 1, "0")
    whole_part, fraction = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if minor < 0 else "") + whole_part + (f".{fraction}" if fraction else "")


@given(minor=st.integers(-(10**14), 10**14), currency=currencies, zeros=st.integers(0, 4))
def test_an_amount_in_the_currencys_decimals_is_read_exactly(minor, currency, zeros):
    """Trailing zeros change nothing."""
    amounts = Amounts()
    amount = written(minor, currency)
    amount += ("" if "." in amount or not zeros else ".") + "0" * zeros
    assert amounts.read("x", amount, currency=currency) == Money(minor, currency)
    assert not amounts.rounded
    assert not amounts.unreadable


@given(minor=st.integers(-(10**9), 10**9), currency=currencies, finer=st.integers(1, 999))
def test_a_finer_amount_is_within_half_a_unit_and_named(minor, currency, finer):
    amounts = Amounts()
    exact = Decimal(minor) + (Decimal(finer) / 1000 if minor >= 0 else -Decimal(finer) / 1000)
    upstream = format(exact.scaleb(-EXPONENTS[currency]), "f")
    found = amounts.read("x", upstream, currency=currency)
    assert found is not None
    assert abs(found.minor - exact) <= Decimal("0.5")
    assert amounts.rounded == ["x"]


@given(value=scalars, currency=currencies)
def test_no_value_whatsoever_makes_an_amount_fail(value, currency):
    found = Amounts().read("x", value, currency=currency)
    assert found is None or (isinstance(found.minor, int) and found.currency == currency)


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1e3", "1,000.00", "12.3.4", "£5", "٣", "1_000", "9" * 16, "--1", "."]
)
def test_what_is_no_decimal_text_is_unreadable_and_named(value):
    amounts = Amounts()
    assert amounts.read("x", value, currency="GBP") is None
    assert amounts.unreadable == ["x"]


def test_an_amount_without_currency_is_unknown():
    assert Amounts().read("x", "1.00", currency="") is None


@given(value=scalars)
def test_no_value_whatsoever_makes_an_instant_fail(value):
    found = instant(value)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1793500000, datetime(2026, 11, 1, 2, 26, 40, tzinfo=UTC)),
        ("1793500000", datetime(2026, 11, 1, 2, 26, 40, tzinfo=UTC)),
        (1793500000.0, datetime(2026, 11, 1, 2, 26, 40, tzinfo=UTC)),
        (1793500000123, datetime(2026, 11, 1, 2, 26, 40, tzinfo=UTC)),
        (4907520000, datetime(2125, 7, 7, tzinfo=UTC)),
        (0, None),
        ("0", None),
        (-5, None),
        ("", None),
        ("soon", None),
        (None, None),
        (True, None),
        (10**17, None),
        (10**30, None),
    ],
)
def test_instants(value, expected):
    assert instant(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(576400000000000011, "576400000000000011"), ("a\x00b", "ab"), (None, ""), (True, "true"), (1.5, "1.5")],
)
def test_text(value, expected):
    assert text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("3", 3), (" 3 ", 3), (3.0, 3), (3.5, None), ("x", None), (True, None)]
)
def test_whole(value, expected):
    assert whole(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("true", True), (1, True), ("1", True), (None, False), ("no", False), (0, False)],
)
def test_flag(value, expected):
    assert flag(value) is expected
