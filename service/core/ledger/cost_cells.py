"""Reading one cell of the costs table: an amount, or a day. What means two things to two readers is refused.

Cells are text as people type it: `1,234.50`, `1.234,50`, `£5`, `2026-01-31`, `31/01/2026`. Nothing passes through a
float. Rows are `cost_rows`' work.
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from service.core.currencies import symbol

MOST = Decimal(10) ** 9  # of one unit, in any currency: a mistyped zero is likelier than the thing
FIRST_YEAR, LAST_YEAR = 2015, 2099
#: Day 0 of a spreadsheet's day numbers. Source: Google Sheets API, date and time values, read 2026-11.
_DAY_ZERO = date(1899, 12, 30)
_CELL_ERRORS = re.compile(r"#(REF|N/A|VALUE|DIV/0|NAME|NUM|NULL|ERROR)[!?]?", re.IGNORECASE)


class Wrong(StrEnum):
    """Everything that can be wrong with the table, one word per kind."""

    HEADING_MISSING = "heading-missing"
    HEADING_TWICE = "heading-twice"
    SKU_MISSING = "sku-missing"
    SKU_UNKNOWN = "sku-unknown"
    SKU_SHARED = "sku-shared"
    SKU_DISAGREES = "sku-disagrees"
    SKU_ID_ROUNDED = "sku-id-rounded"
    COST_MISSING = "cost-missing"
    CURRENCY_UNREADABLE = "currency-unreadable"
    CURRENCY_DIFFERS = "currency-differs"
    SYMBOL_DIFFERS = "symbol-differs"
    NOT_A_NUMBER = "not-a-number"
    NUMBER_AMBIGUOUS = "number-ambiguous"
    NEGATIVE = "negative"
    PERCENT = "percent"
    TOO_LARGE = "too-large"
    TOO_PRECISE = "too-precise"
    CELL_ERROR = "cell-error"
    FORMULA = "formula"
    NOT_A_DAY = "not-a-day"
    DAY_AMBIGUOUS = "day-ambiguous"
    DAY_OUT_OF_RANGE = "day-out-of-range"
    ENDS_BEFORE_START = "ends-before-start"
    ROW_TWICE = "row-twice"
    OVERLAPS = "overlaps"


class UnreadableCellError(ValueError):
    """A cell that means nothing, or two things; `wrong` says which."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong


def number_in(text: str, *, currency: str, decimals: int) -> Decimal:
    """The amount, in major units. `currency` may stand in the cell, another one may not."""
    if _CELL_ERRORS.match(text):
        raise UnreadableCellError(Wrong.CELL_ERROR)
    if text.startswith("="):
        raise UnreadableCellError(Wrong.FORMULA)
    if "%" in text:
        raise UnreadableCellError(Wrong.PERCENT)
    bare = _without_currency(re.sub(r"\s+", "", text), currency)
    if re.fullmatch(r"\(.*\d.*\)|[-\u2212].*\d.*|.*\d.*[-\u2212]", bare):
        raise UnreadableCellError(Wrong.NEGATIVE)
    amount = Decimal(_plain_number(bare.removeprefix("+")))
    if amount > MOST:
        raise UnreadableCellError(Wrong.TOO_LARGE)
    if amount != round(amount, decimals):
        raise UnreadableCellError(Wrong.TOO_PRECISE)
    return amount


def _without_currency(text: str, currency: str) -> str:
    """The text without the sign or code of its own currency; another currency's is refused."""
    own = symbol(currency).strip() if currency else ""
    for sign in (own, currency, own[-1:] if own.endswith("$") else ""):
        if sign and sign.casefold() in text.casefold():
            text = re.sub(re.escape(sign), "", text, count=1, flags=re.IGNORECASE)
            break
    if any(unicodedata.category(sign) == "Sc" for sign in text) or re.fullmatch(
        r"[A-Z]{3}[\d.,]+|[\d.,]+[A-Z]{3}", text
    ):
        raise UnreadableCellError(Wrong.SYMBOL_DIFFERS)
    return text


def _plain_number(text: str) -> str:
    """Digits with a point: groups of three are joined, a comma may be the point. One lone separator before exactly
    three digits may be either.
    """
    if not re.fullmatch(r"[0-9]+([.,][0-9]+)*|[.,][0-9]+", text):
        raise UnreadableCellError(Wrong.NOT_A_NUMBER)
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", text):
        raise UnreadableCellError(Wrong.NUMBER_AMBIGUOUS)
    for group, point in ((",", "."), (".", ",")):
        grouped = rf"[0-9]{{1,3}}(\{group}[0-9]{{3}})+(\{point}[0-9]+)?"
        if re.fullmatch(grouped, text) or re.fullmatch(rf"[0-9]*\{point}?[0-9]+", text):
            return text.replace(group, "").replace(point, ".")
    raise UnreadableCellError(Wrong.NOT_A_NUMBER)


def day_in(text: str) -> date:
    """The day, written year first, or day and month in an order only one calendar has, or as a spreadsheet's number."""
    day = _written_day(re.sub(r"[T ]00:00(:00)?$", "", text.strip()))
    if not is_in_range(day):
        raise UnreadableCellError(Wrong.DAY_OUT_OF_RANGE)
    return day


def is_in_range(day: date) -> bool:
    """Whether a cost may start or end on the day, wherever it is stated: a year far off is a slip."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _written_day(text: str) -> date:
    if _CELL_ERRORS.match(text):
        raise UnreadableCellError(Wrong.CELL_ERROR)
    if re.fullmatch(r"[0-9]{5}", text):
        return _DAY_ZERO + timedelta(days=int(text))
    if found := re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", text):
        return _day(*(int(part) for part in found.groups()))
    if found := re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", text):
        first, second, year = (int(part) for part in found.groups())
        if first <= 12 and second <= 12 and first != second:
            raise UnreadableCellError(Wrong.DAY_AMBIGUOUS)
        return _day(year, min(first, second), max(first, second))
    raise UnreadableCellError(Wrong.NOT_A_DAY)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableCellError(Wrong.NOT_A_DAY) from None
