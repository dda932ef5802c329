"""How a spreadsheet's locale writes numbers and names months; asked of Babel once per locale."""

from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol, get_group_symbol


class Words(NamedTuple):
    decimal: str
    group: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    days: tuple[str, ...]
    short_days: tuple[str, ...]
    is_day_first: bool


@lru_cache(maxsize=64)
def words_of(locale_name: str) -> Words:
    """Words of a locale such as `en_US`; an unknown one reads as US English."""
    try:
        locale = Locale.parse(locale_name or "en_US")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_US")
    months, days = locale.months["format"], locale.days["format"]
    pattern = locale.date_formats["short"].pattern
    return Words(
        decimal=get_decimal_symbol(locale),
        group=get_group_symbol(locale),
        months=tuple(months["wide"][n] for n in range(1, 13)),
        short_months=tuple(months["abbreviated"][n] for n in range(1, 13)),
        days=tuple(days["wide"][n] for n in range(7)),
        short_days=tuple(days["abbreviated"][n] for n in range(7)),
        is_day_first=pattern.find("d") < pattern.find("M"),
    )
