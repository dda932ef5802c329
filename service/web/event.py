"""The add-on's event: raw bytes → AddonEvent, tolerant of what is absent, strict about what would be ambiguous.

Google's page promises shapes that its own bodies do not keep: numbers arrive as floats or text, objects are left out,
an older level with an empty key may stand in between, and deprecated copies lie at the top (read 2026-11). So a leaf
of a wrong type counts as absent; only what is no JSON object of reasonable size and depth is refused. Nothing here is
proved yet: the tokens in the event are checked by the door.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from service.core import strict_json
from service.errors import BadInput

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16  # a real event is nine deep
MAX_TEXT = 20_000  # characters of one form value; more than any field of ours takes
SPREADSHEET_ID = "spreadsheet_id"  # the parameter every press carries

_FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Json = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AddonEvent:
    """One press or trigger. Absent texts are "", absent collections empty.

    `form` holds every value of a field, `dates` days as picked, `moments` aware UTC, `times` times of day without zone.
    `spreadsheet_id` is the press's own parameter before the event's: Google does not reliably repeat the latter.
    `has_file_grant` and `scopes` are None when Google does not say. Tokens are unproved.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    moments: Mapping[str, datetime] = field(default_factory=dict)
    times: Mapping[str, time] = field(default_factory=dict)
    spreadsheet_id: str = ""
    title: str = ""
    has_file_grant: bool | None = None
    locale: str = ""
    time_zone: str = ""
    host: str = ""
    platform: str = ""
    scopes: frozenset[str] | None = None
    user_token: str | None = field(default=None, repr=False)
    user_id_token: str | None = field(default=None, repr=False)
    system_token: str | None = field(default=None, repr=False)


def parse(raw: bytes) -> AddonEvent:
    """The event in `raw`. BadInput when it is no JSON object, too large, too deep, or says a thing twice."""
    body = _load(raw)
    common, given, sheets = (
        _object(body, name) for name in ("commonEventObject", "authorizationEventObject", "sheets")
    )
    parameters = _texts(_object(common, "parameters"))
    inputs = {_clean(name): _unwrapped(value) for name, value in _object(common, "formInputs").items()}
    return AddonEvent(
        parameters=parameters,
        form=_each(inputs, _strings),
        dates=_each(inputs, _date),
        moments=_each(inputs, _moment),
        times=_each(inputs, _time),
        spreadsheet_id=_file_id(parameters.get(SPREADSHEET_ID)) or _file_id(sheets.get("id")),
        title=_text(sheets.get("title")),
        has_file_grant=_truth(sheets.get("addonHasFileScopePermission")),
        locale=_text(common.get("userLocale")),
        time_zone=_text(_object(common, "timeZone").get("id")),
        host=_text(common.get("hostApp")),
        platform=_platform(_text(common.get("platform"))),
        scopes=_scopes(given.get("authorizedScopes")),
        user_token=_token(given.get("userOAuthToken")),
        user_id_token=_token(given.get("userIdToken")),
        system_token=_token(given.get("systemIdToken")),
    )


# --- the JSON ---


def _load(raw: bytes) -> Json:
    try:
        body = strict_json.read(raw, most_bytes=MAX_BYTES, most_levels=MAX_DEPTH)
    except ValueError as error:
        raise _refused(str(error)) from None
    if not isinstance(body, dict):
        raise _refused("not a JSON object")
    return body


def _refused(detail: str) -> BadInput:
    return BadInput("This request cannot be read.", detail=f"event: {detail}")


# --- its leaves ---


def _object(body: Json, name: str) -> Json:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _clean(text: str) -> str:
    """Without NUL, which no database takes, and without half characters, which cannot be written as UTF-8."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:MAX_TEXT]


def _text(value: Any) -> str:
    return _clean(value) if isinstance(value, str) else ""


def _token(value: Any) -> str | None:
    """A token as it came: cleaning would make another of it."""
    return value if isinstance(value, str) and value.isascii() else None


def _texts(values: Json) -> dict[str, str]:
    return {_clean(key): shown for key, value in values.items() if (shown := _plain(value)) is not None}


def _plain(value: Any) -> str | None:
    """A parameter as text. Texts are all that cards send; a number is written as the whole number it stands for."""
    if isinstance(value, str):
        return _clean(value)
    number = _number(value)
    return None if number is None else str(number)


def _number(value: Any) -> int | None:
    """A number that may be an int, a float (`1.0`, `-2.88E7`) or text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return round(number) if math.isfinite(number) else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _file_id(value: Any) -> str:
    """A file id as Google makes them, "" for anything else: it becomes part of an address."""
    return value if isinstance(value, str) and _FILE_ID.fullmatch(value) else ""


def _platform(name: str) -> str:
    """Google's schema misspells one of the names."""
    return "ANDROID" if name == "ANDRIOD" else name


def _scopes(value: Any) -> frozenset[str] | None:
    if not isinstance(value, list):
        return None
    return frozenset(scope for scope in value if isinstance(scope, str))


# --- form inputs ---


def _unwrapped(value: Any) -> Json:
    """A field's wrapper; an older runtime puts it below an empty key."""
    wrapper = value if isinstance(value, dict) else {}
    inner = wrapper.get("")
    return inner if isinstance(inner, dict) else wrapper


def _each(inputs: Mapping[str, Json], read: Callable[[Json], T | None]) -> dict[str, T]:
    return {name: found for name, wrapper in inputs.items() if (found := read(wrapper)) is not None}


def _strings(wrapper: Json) -> tuple[str, ...] | None:
    """The values of a text, choice or switch; an empty list is a field that was left empty."""
    values = _object(wrapper, "stringInputs").get("value")
    if isinstance(values, str):
        values = [values]
    return tuple(_clean(value) for value in values if isinstance(value, str)) if isinstance(values, list) else None


def _instant(wrapper: Json) -> datetime | None:
    number = _number(wrapper.get("msSinceEpoch"))
    try:
        return None if number is None else _EPOCH + timedelta(milliseconds=number)
    except OverflowError:
        return None


def _date(wrapper: Json) -> date | None:
    """The picked day: the value is its midnight in UTC, whatever the reader's zone."""
    at = _instant(_object(wrapper, "dateInput"))
    return None if at is None else at.date()


def _moment(wrapper: Json) -> datetime | None:
    return _instant(_object(wrapper, "dateTimeInput"))


def _time(wrapper: Json) -> time | None:
    """A time of day. A zero is left out by Google, so an absent part is zero."""
    picked = wrapper.get("timeInput")
    if not isinstance(picked, dict):
        return None
    hours, minutes = _number(picked.get("hours", 0)), _number(picked.get("minutes", 0))
    if hours is None or minutes is None or not (0 <= hours < 24 and 0 <= minutes < 60):
        return None
    return time(hours, minutes)
