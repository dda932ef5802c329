"""What typing text into a cell makes of it (`USER_ENTERED`): number, date, boolean, formula or text.

Covers the forms of everyday typing: numbers with grouping, percent, currency signs, ISO and short dates, times.
Written-out dates ("5 May 2020") stay text.
"""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from service.sandbox.sheets.formats.dates import serial_of
from service.sandbox.sheets.formats.locales import Words

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


class Typed(NamedTuple):
    """`formula` is set for formulas, else `value`; `number_format` is what the form of the text suggests."""

    value: str | float | bool | None = None
    formula: str | None = None
    number_format: Json | None = None


_CURRENCIES = {"$": '"$"', "€": "[$€]", "£": "[$£]", "¥": "[$¥]"}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?\Z")
_SHORT = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?: (\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?\Z")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])[Mm])?\Z")


def read_typed(text: str, words: Words) -> Typed:
    """What a cell holds after this text was typed into it; an empty text clears it."""
    if not text:
        return Typed()
    if text[0] == "'":
        return Typed(value=text[1:])
    trimmed = text.strip()
    if trimmed.upper() in {"TRUE", "FALSE"}:
        return Typed(value=trimmed.upper() == "TRUE")
    readers: tuple[Callable[[str, Words], Typed | None], ...] = (_read_number, _read_iso, _read_short, _read_time)
    for reader in readers:
        typed = reader(trimmed, words)
        if typed is not None:
            return typed
    if trimmed[:1] in {"=", "+"} and len(trimmed) > 1:
        return Typed(formula=trimmed if trimmed[0] == "=" else "=" + trimmed)
    return Typed(value=text)


def _read_number(text: str, words: Words) -> Typed | None:
    body, negative = text, False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1], True
    if body[:1] in {"+", "-"}:
        negative ^= body[0] == "-"
        body = body[1:]
    currency = body[:1] if body[:1] in _CURRENCIES else ""
    body = body[1:].lstrip() if currency else body
    if currency and body[:1] == "-":
        negative, body = not negative, body[1:]
    percent = body.endswith("%")
    body = body[:-1].rstrip() if percent else body
    plain = _plain_digits(body, words)
    if plain is None:
        return None
    number, grouped, decimals = plain
    number = -number if negative else number
    if percent:
        return Typed(value=number / 100, number_format={"type": "PERCENT", "pattern": "0.00%" if decimals else "0%"})
    if currency:
        pattern = _CURRENCIES[currency] + "#,##0" + (".00" if decimals else "")
        return Typed(value=number, number_format={"type": "CURRENCY", "pattern": pattern})
    if grouped:
        return Typed(value=number, number_format={"type": "NUMBER", "pattern": "#,##0.00" if decimals else "#,##0"})
    if re.search("[eE]", body):
        return Typed(value=number, number_format={"type": "SCIENTIFIC", "pattern": "0.00E+00"})
    return Typed(value=number)


def _plain_digits(body: str, words: Words) -> tuple[float, bool, int] | None:
    """Number, whether it was grouped, and its count of decimals; None when it is not a number."""
    group, point = re.escape(words.group), re.escape(words.decimal)
    match = re.match(rf"(\d{{1,3}}(?:{group}\d{{3}})+|\d*)(?:{point}(\d*))?([eE][+-]?\d+)?\Z", body)
    if match is None or not (match[1] or match[2]):
        return None
    whole = match[1].replace(words.group, "")
    number = float(f"{whole or '0'}.{match[2] or '0'}{match[3] or ''}")
    return number, words.group in match[1] and bool(match[1]), len(match[2] or "")


def _moment(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> float | None:
    hour, minute, second = (float(part or 0) for part in clock)
    if hour > 23 or minute > 59 or second >= 60:
        return None
    try:
        start = datetime(year, month, day)  # noqa: DTZ001 - serials are wall time, they have no zone
    except ValueError:
        return None
    return serial_of(start + timedelta(hours=hour, minutes=minute, seconds=second))


def _read_iso(text: str, _words: Words) -> Typed | None:
    match = _ISO.match(text)
    if match is None:
        return None
    serial = _moment(int(match[1]), int(match[2]), int(match[3]), (match[4], match[5], match[6]))
    if serial is None:
        return None
    if match[4] is None:
        return Typed(value=serial, number_format={"type": "DATE", "pattern": "yyyy-mm-dd"})
    pattern = "yyyy-mm-dd h:mm:ss" if match[6] else "yyyy-mm-dd h:mm"
    return Typed(value=serial, number_format={"type": "DATE_TIME", "pattern": pattern})


def _read_short(text: str, words: Words) -> Typed | None:
    match = _SHORT.match(text)
    if match is None or (match[2] == "." and not words.is_day_first):
        return None
    first, second = int(match[1]), int(match[3])
    day, month = (first, second) if words.is_day_first else (second, first)
    year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
    serial = _moment(year, month, day, (match[5], match[6], match[7]))
    if serial is None:
        return None
    mark = match[2]
    pattern = f"d{mark}m{mark}yyyy" if words.is_day_first else f"m{mark}d{mark}yyyy"
    if match[5] is None:
        return Typed(value=serial, number_format={"type": "DATE", "pattern": pattern})
    return Typed(value=serial, number_format={"type": "DATE_TIME", "pattern": pattern + " h:mm:ss"})


def _read_time(text: str, _words: Words) -> Typed | None:
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if minute > 59 or second > 59:
        return None
    pattern = "h:mm:ss" if match[3] else "h:mm"
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4] in "pP" else 0)
        pattern += " am/pm"
    serial = (hour * 3600 + minute * 60 + second) / 86400
    return Typed(value=serial, number_format={"type": "TIME", "pattern": pattern})
