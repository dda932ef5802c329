"""Time zones by name, and an instant as the number a spreadsheet keeps.

A spreadsheet's date-time is a count of days since 1899-12-30 in the file's own wall time; it carries no zone.
Zone data comes from the interpreter or the tzdata package. Nothing here reads a clock.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.errors import BadInput

#: Day 0 of a spreadsheet's calendar (Sheets API guide, "date and number formats", read 2026-11).
SHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's calendar has no zone

#: Ten decimals of a day are 9 microseconds: a second survives, and five digits of days beside them still fit the
#: fifteen significant digits that a spreadsheet keeps.
_SERIAL_STEPS = 10**10
_DAY_S = 86_400
_FIRST_DAY = SHEET_EPOCH.toordinal()
_NAIVE = "an instant needs a time zone"

_OFFSET = re.compile(r"^(?:GMT|UTC)(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?$")


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """The time zone called `name`: an IANA name, or a spreadsheet's `GMT-07:00` form. BadInput for anything else."""
    offset = _OFFSET.match(name)
    if offset:
        span = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        if span < timedelta(hours=24):
            return timezone(-span if offset["sign"] == "-" else span)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise BadInput(
            "We do not know the time zone {name}. Choose one in the spreadsheet's settings.", values={"name": name}
        ) from problem


def wall(instant: datetime, where: tzinfo) -> datetime:
    """The wall time (naive) at an aware instant. ValueError for a naive one: it would be off by an unknown offset."""
    if instant.tzinfo is None:
        raise ValueError(_NAIVE)
    return instant.astimezone(where).replace(tzinfo=None)


def day_of(instant: datetime, where: tzinfo) -> date:
    """The calendar day of an aware instant by the clocks of `where`. ValueError for a naive one."""
    return wall(instant, where).date()


def serial(instant: datetime, where: tzinfo) -> Decimal:
    """The spreadsheet's number for an instant, to the second, in wall time of `where`."""
    return seconds_of_sheet(instant, where) / Decimal(_DAY_S)


def seconds_of_sheet(instant: datetime, where: tzinfo) -> int:
    """Whole seconds of wall time since the spreadsheet's day 0."""
    if instant.tzinfo is None:
        raise ValueError(_NAIVE)
    local = instant.astimezone(where)
    return (local.toordinal() - _FIRST_DAY) * _DAY_S + local.hour * 3600 + local.minute * 60 + local.second


def serial_text(instant: datetime, where: tzinfo) -> str:
    """`serial` as plain decimal text with at most ten decimals; the same instant always gives the same text."""
    seconds = seconds_of_sheet(instant, where)
    days, rest = divmod(abs(seconds), _DAY_S)
    fraction, left = divmod(rest * _SERIAL_STEPS, _DAY_S)
    fraction += left * 2 > _DAY_S or (left * 2 == _DAY_S and fraction % 2)  # half to even
    sign = "-" if seconds < 0 else ""
    return f"{sign}{days}.{fraction:010d}".rstrip("0").rstrip(".") if fraction else f"{sign}{days}"


@lru_cache(maxsize=4096)
def _offset_of_hour(hours: int, where: tzinfo) -> timedelta:
    """The zone's distance from UTC at a whole hour counted from 1970 UTC."""
    return (datetime.fromtimestamp(hours * 3600, UTC).astimezone(where).utcoffset()) or timedelta(0)


def shifts(start: datetime, end: datetime, where: tzinfo) -> list[tuple[datetime, timedelta]]:
    """Every change of the zone's offset after `start` and up to `end`: (UTC instant, how far clocks moved), in order.

    Known zones change on whole or half UTC hours; an instant is exact to the hour the change lies in. Two changes
    within one day count as one.
    """
    return list(_shifts_of_hours(int(start.timestamp() // 3600), int(end.timestamp() // 3600), where))


@lru_cache(maxsize=4096)  # deadlines share their hours, and looking through months of days takes a while
def _shifts_of_hours(first: int, last: int, where: tzinfo) -> tuple[tuple[datetime, timedelta], ...]:
    marks = [*range(first, last, 24), last]
    return tuple(
        _shift_between(low, high, where)
        for low, high in pairwise(marks)
        if _offset_of_hour(low, where) != _offset_of_hour(high, where)
    )


def _shift_between(low: int, high: int, where: tzinfo) -> tuple[datetime, timedelta]:
    """The one change between two whole hours, by halving."""
    before, after = _offset_of_hour(low, where), _offset_of_hour(high, where)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_of_hour(middle, where) == after:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high * 3600, UTC), after - before
