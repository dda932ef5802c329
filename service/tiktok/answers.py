"""Bytes from upstream → an envelope's data, or the Problem it stands for. No HTTP, no retries, no orders.

Every answer of either host is an envelope {code, message, request_id, data}; a gateway in front of them may answer
with a page of HTML instead. Text that no database can keep (lone surrogates, broken UTF-8) is repaired here, once, so
that one buyer's message cannot stop a shop.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from service.tiktok.faults import NO_SUCH_ADDRESS, ClockRejected, Reaction, by_status, problem, react, safe_message

Wire = TypeVar("Wire")

#: A number, a text, a truth or nothing: upstream's types are promised by documentation only, so any of them may come.
Scalar = str | int | float | bool | None


class MalformedError(ValueError):
    """These bytes are not the JSON we can read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end."""

    endpoint: str
    status: int
    body: bytes
    headers: Mapping[str, str]


class Envelope(msgspec.Struct):
    """`code` 0 is success, whatever the HTTP status says. The auth host leaves `data` out on failure."""

    code: int | str
    message: Scalar = ""
    request_id: Scalar = ""
    data: msgspec.Raw = msgspec.Raw(b"")


def decode(raw: bytes, wire: type[Wire]) -> Wire:
    """`raw` as a `wire`, unknown keys ignored. MalformedError when it is no JSON or of another shape."""
    try:
        return msgspec.json.decode(raw, type=wire)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_repaired(raw, wire)


def _decode_repaired(raw: bytes, wire: type[Wire]) -> Wire:
    """The same after mending text: broken UTF-8 becomes U+FFFD, a lone surrogate a question mark."""
    try:
        return msgspec.json.decode(_mended(raw), type=wire)
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise MalformedError(type(error).__name__) from error


def _mended(raw: bytes) -> bytes:
    # Numbers stay text on the way, so that mending text never touches a digit.
    value = json.loads(raw.decode("utf-8", "replace"), parse_float=str)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


#: Objects whose fields nobody knows beforehand. A number with a point stays text: a float may not hold an amount.
_OPEN = msgspec.json.Decoder(dict[str, object], float_hook=str)


def decode_open(raw: bytes) -> dict[str, object]:
    """A JSON object with every field it has, numbers digit by digit. MalformedError when it is none."""
    try:
        return _OPEN.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return _OPEN.decode(_mended(raw))
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise MalformedError(type(error).__name__) from error


def open_envelope(body: bytes) -> Envelope | None:
    """The envelope, None when the body is none (a gateway's page). Its `code` is a number afterwards."""
    try:
        envelope = decode(body, Envelope)
        envelope.code = int(envelope.code)
    except ValueError:  # MalformedError is one too
        return None
    return envelope


def data_of(answer: Answer, envelope: Envelope | None, *, codes: Mapping[int, Reaction], shop_id: str = "") -> bytes:
    """The envelope's data, still JSON (`{}` when there is none). Otherwise the Problem that the answer stands for."""
    if envelope is None:
        reaction, told = _without_envelope(answer.status), "answered without an envelope"
    elif envelope.code == 0:
        data = bytes(envelope.data)
        return data if data not in {b"", b"null"} else b"{}"
    else:
        message = str(envelope.message)
        reaction = react(int(envelope.code), answer.status, message=message, codes=codes)
        told = f"code={envelope.code} request_id={envelope.request_id!s:.60} {safe_message(message)}"
    failure = problem(
        reaction,
        detail=f"{answer.endpoint} http={answer.status} {told}",
        shop_id=shop_id,
        retry_after_s=retry_after_s(answer.headers),
    )
    if isinstance(failure, ClockRejected):
        failure.server_at = instant_of(answer.headers.get("date", ""))
    raise failure


def _without_envelope(status: int) -> Reaction:
    """No envelope: a wrong address stays wrong, a page of a gateway passes."""
    if status in NO_SUCH_ADDRESS:
        return Reaction.PERMANENT
    return Reaction.THROTTLED if by_status(status) is Reaction.THROTTLED else Reaction.RETRY


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that upstream asks us to wait at the least: `Retry-After` as seconds, or as a date beside `Date`."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value[:9])
    until, sent = instant_of(value), instant_of(headers.get("date", ""))
    return max((until - sent).total_seconds(), 0.0) if until and sent else None


def instant_of(http_date: str) -> datetime | None:
    """An HTTP date as an aware UTC datetime, None when it is not one."""
    try:
        return parsedate_to_datetime(http_date).astimezone(UTC) if http_date else None
    except ValueError:
        return None
