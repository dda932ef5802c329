"""Currencies: exact amounts in minor units."""

from decimal import Decimal

import pytest

from service.core.currencies import amount, exponent, money, symbol
from service.core.orders import Money


@pytest.mark.parametrize(("currency", "decimals"), [("GBP", 2), ("VND", 0), ("JPY", 0), ("IDR", 0), ("ZZZ", 2)])
def test_a_currency_has_its_own_decimals(currency, decimals):
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.34", "GBP", 1234), ("-0.5", "USD", -50), ("120000", "IDR", 120000), ("15000.00", "VND", 15000)],
)
def test_upstream_text_becomes_minor_units(text, currency, minor):
    assert money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1,234.00"])
def test_what_is_no_amount_is_unknown_and_never_zero(text):
    assert money(text, "GBP") is None


def test_an_amount_is_exact():
    assert amount(Money(10**17 + 1, "GBP")) == Decimal("1000000000000000.01")


@pytest.mark.parametrize(("currency", "sign"), [("GBP", "£"), ("MXN", "MX$"), ("THB", "THB "), ("", "")])
def test_a_sign_names_one_currency(currency, sign):
    assert symbol(currency) == sign
