"""Market time as the spreadsheet sees it: wall time of its own zone as a serial number, and when it is looked at."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formats.dates import serial_of

_OFFSET = re.compile(r"GMT([+-])(\d{2}):(\d{2})\Z")


def zone_of(name: str) -> tzinfo:
    """The zone of a spreadsheet's timeZone (`Europe/Berlin` or `GMT-07:00`); unknown names are refused."""
    match = _OFFSET.match(name)
    if match:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(offset if match[1] == "+" else -offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ApiError(f"Unsupported time zone: {name}") from None


RECALCULATED_EVERY_S = {"MINUTE": 60, "HOUR": 3600}
"""Settings of autoRecalc that tick; ON_CHANGE does not."""


def recalculated_at(changed_at: datetime, now: datetime, setting: str) -> datetime:
    """The moment NOW() shows: that of the last change, or of the last tick since, on the full minute or hour."""
    step_s = RECALCULATED_EVERY_S.get(setting)
    if step_s is None:
        return changed_at
    seconds = now.timestamp()
    return max(changed_at, datetime.fromtimestamp(seconds - seconds % step_s, now.tzinfo or UTC))


def now_serial(moment: datetime, zone_name: str) -> float:
    """Serial of an aware moment in that zone, to the second as NOW() has it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return serial_of(aware.astimezone(zone_of(zone_name)).replace(microsecond=0))
