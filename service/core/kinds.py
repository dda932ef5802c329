"""Kind: one sort of value, and how it looks in a sheet, on a card and in a CSV file.

A column names its kind; nothing else decides how a value is written. None means unknown: a blank cell, a dash on a
card, an empty CSV field. No column is named here, and no role.
"""

import re
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import NumberPattern, format_decimal, format_percent
from babel.units import format_unit

from service.core import cells, zones
from service.core.cells import BLANK, Cell, Form
from service.core.countdowns import ticking
from service.core.currencies import amount, exponent, symbol
from service.core.orders import Money

DASH = "—"

#: Letters of what is an abbreviation ("ok", "gb"), and of what may be a code (GBP) and stays as it is.
_ABBREVIATION, _CODE = 2, 3

#: Days in figures, in Google's letters.
_DAY_PARTS = {"d": "dd", "M": "MM", "y": "yyyy"}
_PLAIN_DAY = "yyyy-MM-dd"

#: A spreadsheet program takes a field that begins like this for a formula; the wide twins are read the same in Asia.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Countdown:
    """Time left until `due_at`, as seen at `now_at`. In a sheet it is a formula, which needs `due_at` only."""

    due_at: datetime
    now_at: datetime

    @property
    def left(self) -> timedelta:
        return self.due_at - self.now_at


Value = str | int | bool | Decimal | Money | datetime | Countdown


class KindId(StrEnum):
    """The sorts of value of the catalogue."""

    ID = "id"
    TXT = "txt"
    INT = "int"
    NUM = "num"
    MONEY = "money"
    PCT = "pct"
    DT = "dt"
    DUR = "dur"
    ENUM = "enum"
    BOOL = "bool"
    URL = "url"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A sheet's number format: Google's type word, and the pattern."""

    type: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Text as it is: the base and the plainest kind. Other kinds say what differs.

    `foreign`: the text was written by other people, so it is neutralised in CSV and must not become a link.
    """

    kind_id: KindId
    foreign: bool = False

    def cell(self, value: Value | None, where: tzinfo) -> Cell:
        """The cell for a value; instants are placed in the spreadsheet's zone `where`."""
        del where  # text has no zone
        return BLANK if value is None else cells.text_cell(_text(value))

    def number_format(self, currency: str = "", locale: str = "") -> NumberFormat | None:
        """How the sheet shows it; None leaves the sheet's default. `currency` matters to money only, `locale` (the
        spreadsheet's) to instants only.
        """
        del currency, locale
        return None

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        """The words on a card in the reader's language and zone; a dash for unknown. Not escaped."""
        del locale, where
        return DASH if value is None or value == "" else cells.clean(_text(value))

    def csv(self, value: Value | None, where: tzinfo) -> str:
        """The field of a CSV file before quoting: plain for machines, harmless in spreadsheet programs."""
        del where
        plain = "" if value is None else cells.clean(_text(value))
        return neutral(plain) if self.foreign else plain


class IdKind(Kind):
    """A long number that is a name: text, so that no digit is lost."""

    def number_format(self, currency: str = "", locale: str = "") -> NumberFormat | None:
        del currency, locale
        return NumberFormat("TEXT", "@")


class EnumKind(Kind):
    """One word of a list that may grow: upstream's own word in a sheet, plain words on a card."""

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        del locale, where
        return DASH if value is None or value == "" else said(_text(value))


class UrlKind(Kind):
    """A link. Only https addresses without blanks are shown; anything else counts as unknown."""

    def cell(self, value: Value | None, where: tzinfo) -> Cell:
        del where
        return BLANK if value is None else cells.text_cell(_address(value))

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        del locale, where
        return (_address(value) if value is not None else "") or DASH

    def csv(self, value: Value | None, where: tzinfo) -> str:
        del where
        return _address(value) if value is not None else ""


class BoolKind(Kind):
    """Yes or no."""

    def cell(self, value: Value | None, where: tzinfo) -> Cell:
        del where
        return BLANK if value is None else cells.bool_cell(_bool(value))

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        del locale, where
        return DASH if value is None else ("Yes" if _bool(value) else "No")

    def csv(self, value: Value | None, where: tzinfo) -> str:
        return self.cell(value, where).value


class NumberKind(Kind):
    """A count, a number or a share; the three differ by format only."""

    def cell(self, value: Value | None, where: tzinfo) -> Cell:
        del where
        if type(value) is int:  # of nearly every row: it is its own plain spelling
            return cells.whole_cell(value)
        return BLANK if value is None else cells.number_cell(_number(value))

    def number_format(self, currency: str = "", locale: str = "") -> NumberFormat | None:
        del currency, locale
        return {
            KindId.INT: NumberFormat("NUMBER", "#,##0"),
            KindId.PCT: NumberFormat("PERCENT", "0.0%"),
        }.get(self.kind_id, NumberFormat("NUMBER", "#,##0.####"))

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        del where
        if value is None:
            return DASH
        if self.kind_id is KindId.PCT:
            return format_percent(_number(value), format="0.0%", locale=locale)
        return format_decimal(_number(value), locale=locale)

    def csv(self, value: Value | None, where: tzinfo) -> str:
        return self.cell(value, where).value


class MoneyKind(Kind):
    """An amount with its currency: a number in the sheet, the currency in its format, row by row."""

    def cell(self, value: Value | None, where: tzinfo) -> Cell:
        del where
        return BLANK if value is None else cells.number_cell(amount(_money(value)))

    def number_format(self, currency: str = "", locale: str = "") -> NumberFormat | None:
        del locale  # Google puts the locale's own marks into the pattern
        decimals = exponent(currency)
        digits = "#,##0" + ("." + "0" * decimals if decimals else "")
        sign = symbol(currency)
        return NumberFormat("CURRENCY", f'"{sign}"{digits}' if sign else digits)

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        del where
        if value is None:
            return DASH
        currency = _money(value).currency
        pattern = _money_pattern(locale, exponent(currency))
        shown: str = pattern.apply(amount(_money(value)), locale, currency=currency, currency_digits=False)
        return shown

    def csv(self, value: Value | None, where: tzinfo) -> str:
        del where
        return "" if value is None else f"{amount(_money(value)):.{exponent(_money(value).currency)}f}"


class InstantKind(Kind):
    """An instant: a spreadsheet's serial number in the spreadsheet's own zone, to the second."""

    def cell(self, value: Value | None, where: tzinfo) -> Cell:
        return BLANK if value is None else Cell(Form.NUMBER, zones.serial_text(_instant(value), where))

    def number_format(self, currency: str = "", locale: str = "") -> NumberFormat | None:
        del currency
        return NumberFormat("DATE_TIME", f"{_day_pattern(locale)} hh:mm")

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        return DASH if value is None else _moment(_instant(value), where, locale)

    def csv(self, value: Value | None, where: tzinfo) -> str:
        return "" if value is None else f"{zones.wall(_instant(value), where):%Y-%m-%d %H:%M:%S}"


class CountdownKind(Kind):
    """Time left: a formula that ticks in the sheet without writes; words on a card; hours and minutes in CSV."""

    def cell(self, value: Value | None, where: tzinfo) -> Cell:
        return BLANK if value is None else Cell(Form.FORMULA, ticking(_countdown(value).due_at, where))

    def number_format(self, currency: str = "", locale: str = "") -> NumberFormat | None:
        del currency, locale
        return NumberFormat("TIME", "[h]:mm")

    def card(self, value: Value | None, *, locale: str, where: tzinfo) -> str:
        del where
        if value is None:
            return DASH
        return _spoken(_countdown(value).left, locale)

    def csv(self, value: Value | None, where: tzinfo) -> str:
        del where
        if value is None:
            return ""
        minutes = int(abs(_countdown(value).left).total_seconds()) // 60
        sign = "-" if _countdown(value).left < timedelta(0) else ""
        return f"{sign}{minutes // 60}:{minutes % 60:02d}"


ID = IdKind(KindId.ID, foreign=True)
TXT = Kind(KindId.TXT, foreign=True)
NOTE = Kind(KindId.NOTE, foreign=True)
ENUM = EnumKind(KindId.ENUM, foreign=True)
URL = UrlKind(KindId.URL)
BOOL = BoolKind(KindId.BOOL)
INT = NumberKind(KindId.INT)
NUM = NumberKind(KindId.NUM)
PCT = NumberKind(KindId.PCT)
MONEY = MoneyKind(KindId.MONEY)
DT = InstantKind(KindId.DT)
DUR = CountdownKind(KindId.DUR)

KINDS = {kind.kind_id: kind for kind in (ID, TXT, INT, NUM, MONEY, PCT, DT, DUR, ENUM, BOOL, URL, NOTE)}


def neutral(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: an apostrophe before a dangerous beginning."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


def _spoken(left: timedelta, locale: str) -> str:
    """The two largest parts of a time span, such as `1 day 4 hr` or, when it is over, `−3 hr 5 min`."""
    minutes = int(abs(left).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [("day", days), ("hour", hours), ("minute", minutes)]
    first = next((place for place, (_, count) in enumerate(parts) if count), 2)
    words = [format_unit(count, f"duration-{unit}", "short", locale=locale) for unit, count in parts[first : first + 2]]
    return ("−" if left < timedelta(0) else "") + " ".join(words)


@lru_cache(maxsize=256)
def _day_pattern(locale: str) -> str:
    """The locale's order and marks of a day in figures, padded so that they stand one below the other: `dd.MM.yyyy`.

    The international order for a locale that nobody knows. Months are capitals: beside hours `mm` are minutes.
    """
    try:
        pattern = str(Locale.parse(locale).date_formats["short"].pattern).replace("\u200f", "")
    except (UnknownLocaleError, ValueError, TypeError):
        return _PLAIN_DAY
    found = re.fullmatch(r"[^dMy]*(d+|M+|y+)([^dMy]+)(d+|M+|y+)([^dMy]+)(d+|M+|y+)[^dMy]*", pattern)
    if found is None or {part[0] for part in found.group(1, 3, 5)} != set("dMy"):
        return _PLAIN_DAY
    first, mark, second, other, third = found.groups()
    return f"{_DAY_PARTS[first[0]]}{mark}{_DAY_PARTS[second[0]]}{other}{_DAY_PARTS[third[0]]}"


@lru_cache(maxsize=256)
def _money_pattern(locale: str, decimals: int) -> NumberPattern:
    """The reader's way of writing amounts, with our own count of decimals."""
    pattern: NumberPattern = copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    return pattern


def _moment(at: datetime, where: tzinfo, locale: str) -> str:
    """Day and time of day to the minute, as the locale writes them: nobody waits for seconds."""
    local = zones.wall(at, where)
    frame = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    day, time = format_date(local, "medium", locale=locale), format_time(local, "short", locale=locale)
    return frame.replace("{0}", time).replace("{1}", day)


def said(word: str) -> str:
    """AWAITING_SHIPMENT as "Awaiting shipment", FULFILLMENT_BY_SELLER as "Seller"; other text begins with a capital."""
    if len(word) == _ABBREVIATION:
        return word.upper()
    if word != word.upper() or not any(letter.isalpha() for letter in word) or len(word) <= _CODE:
        return word[:1].upper() + word[1:]
    shown = word.removeprefix("FULFILLMENT_BY_").replace("_", " ").capitalize()
    return shown.replace("Tiktok", "TikTok").replace("tiktok", "TikTok")


def _address(value: Value) -> str:
    text = _text(value)
    parts = urlsplit(text) if text.isprintable() and " " not in text else None
    return text if parts and parts.scheme == "https" and parts.netloc else ""


def _text(value: Value) -> str:
    if isinstance(value, str):
        return str(value)  # an enumeration's member becomes plain text
    raise TypeError(f"text expected, not {type(value).__name__}")


def _bool(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError(f"a yes or no expected, not {type(value).__name__}")


def _number(value: Value) -> Decimal:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(value)
    raise TypeError(f"a number expected, not {type(value).__name__}")


def _money(value: Value) -> Money:
    if isinstance(value, Money):
        return value
    raise TypeError(f"money expected, not {type(value).__name__}")


def _instant(value: Value) -> datetime:
    if isinstance(value, datetime):
        return value
    raise TypeError(f"an instant expected, not {type(value).__name__}")


def _countdown(value: Value) -> Countdown:
    if isinstance(value, Countdown):
        return value
    raise TypeError(f"a countdown expected, not {type(value).__name__}")
