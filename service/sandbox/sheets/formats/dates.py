"""Date and time patterns over serial numbers (days since 1899-12-30, wall time of the spreadsheet, no zone)."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from service.sandbox.sheets.formats.locales import Words

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - serials are wall time, they have no zone
MS_PER_DAY = 86_400_000

_TOKEN = re.compile(
    r'"[^"]*"|\\.|\[[hH]+\]|\[[mM]+\]|\[[sS]+\]|\[[^\]]*\]|y+|Y+|M+|m+|d+|D+|h+|H+|s+|S+|\.0+|[aA][mM]/[pP][mM]|[aA]/[pP]|.',
    re.DOTALL,
)


def serial_of(moment: datetime | date) -> float:
    """Serial of a wall-time moment (any zone it carries is ignored)."""
    if not isinstance(moment, datetime):
        return float((moment - EPOCH.date()).days)
    return (moment.replace(tzinfo=None) - EPOCH) / timedelta(days=1)


@lru_cache(maxsize=512)
def _tokens(pattern: str) -> tuple[str, ...]:
    """Pattern tokens; `m` next to hours or seconds is rewritten to `n` for minutes."""
    tokens = _TOKEN.findall(pattern)
    letters = [
        i for i, token in enumerate(tokens) if token.strip("[]")[:1].lower() in set("ymdhs") and token[0] not in '"\\'
    ]
    for spot, i in enumerate(letters):
        if not set(tokens[i]) <= {"m"}:
            continue
        before = tokens[letters[spot - 1]].strip("[]")[:1].lower() if spot else ""
        after = tokens[letters[spot + 1]].strip("[]")[:1].lower() if spot + 1 < len(letters) else ""
        if before in {"h", "s"} or after == "s":
            tokens[i] = "n" * len(tokens[i])
    return tuple(tokens)


def draw_date(serial: float, pattern: str, words: Words) -> str:
    """A serial drawn by a date, time or duration pattern."""
    tokens = _tokens(pattern)
    total_ms = round(serial * MS_PER_DAY)
    elapsed = any(token[0] == "[" and token[1:2].lower() in set("hms") for token in tokens)
    sign = ""
    if elapsed and total_ms < 0:
        sign, total_ms = "-", -total_ms
    moment = EPOCH + timedelta(milliseconds=total_ms)
    half_day = any(token.lower() in {"am/pm", "a/p"} for token in tokens)
    return sign + "".join(_draw(token, moment, total_ms, words, half_day=half_day) for token in tokens)


def _draw(token: str, moment: datetime, total_ms: int, words: Words, *, half_day: bool) -> str:
    head = token[0]
    if head == '"':
        return token[1:-1]
    if head == "\\":
        return token[1:]
    if head == "[":
        return _draw_elapsed(token, total_ms)
    if token.lower() == "am/pm":
        return "PM" if moment.hour >= 12 else "AM"
    if token.lower() == "a/p":
        return "P" if moment.hour >= 12 else "A"
    if head == "." and len(token) > 1:
        return "." + f"{moment.microsecond:06d}"[: len(token) - 1]
    return _draw_part(token, moment, words, half_day=half_day)


def _draw_elapsed(token: str, total_ms: int) -> str:
    units = {"h": 3_600_000, "m": 60_000, "s": 1000}
    unit = units.get(token[1:2].lower())
    return "" if unit is None else f"{total_ms // unit:0{len(token) - 2}d}"


def _draw_part(token: str, moment: datetime, words: Words, *, half_day: bool) -> str:
    size = len(token)
    kind = token[0].lower() if token[0] != "n" else "n"
    if kind == "y":
        return f"{moment.year % 100:02d}" if size <= 2 else f"{moment.year:04d}"
    if kind == "m":
        return _named(moment.month, size, words.short_months[moment.month - 1], words.months[moment.month - 1])
    if kind == "d":
        day = moment.weekday()
        return _named(moment.day, size, words.short_days[day], words.days[day])
    if kind == "h":
        return f"{(moment.hour % 12 or 12) if half_day else moment.hour:0{min(size, 2)}d}"
    if kind == "n":
        return f"{moment.minute:0{min(size, 2)}d}"
    if kind == "s":
        return f"{moment.second:0{min(size, 2)}d}"
    return token


def _named(number: int, size: int, short: str, full: str) -> str:
    if size <= 2:
        return f"{number:0{size}d}"
    if size == 3:
        return short
    return full[:1] if size == 5 else full
