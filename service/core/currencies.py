"""Currencies: how many decimals an amount has, and amounts between upstream's decimal text and minor units.

No rates here: two currencies are never added or converted by this module.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.core import Locale
from babel.numbers import get_currency_precision, get_currency_symbol, is_currency

from service.core.orders import Money

#: Where trade differs from ISO 4217: the rupiah's cent exists on paper only; TikTok states whole rupiah.
_TRADED_DECIMALS = {"IDR": 0}


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Decimals of an amount in `currency` (ISO 4217 code): GBP 2, JPY, VND and IDR 0; 2 for an unknown code."""
    return _TRADED_DECIMALS.get(currency, get_currency_precision(currency))


def money(text: str, currency: str) -> Money | None:
    """Upstream's decimal text as Money, None for text that is empty or no finite number.

    Digits past the currency's decimals are rounded half to even.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not amount.is_finite():
        return None
    minor = amount.scaleb(exponent(currency)).to_integral_value(rounding=ROUND_HALF_EVEN)
    return Money(int(minor), currency)


def money_of(value: Decimal, currency: str) -> Money:
    """An amount in major units as Money, rounded half up to the currency's decimals, as upstream rounds its own."""
    return Money(int(value.scaleb(exponent(currency)).to_integral_value(rounding=ROUND_HALF_UP)), currency)


def amount(value: Money) -> Decimal:
    """The amount in major units (pounds, not pence), exact."""
    return Decimal(value.minor).scaleb(-exponent(value.currency))


@lru_cache(maxsize=256)
def symbol(currency: str) -> str:
    """The sign to put before an amount where no reader's language is known, such as a sheet's number format.

    One sign names one currency (`$`, `MX$`); a currency without a sign shows its code and a space.
    """
    if not is_currency(currency):
        return f"{currency} " if currency.isalnum() else ""
    sign = get_currency_symbol(currency, locale=Locale("en", "US"))
    return f"{sign} " if sign.isalpha() else sign
