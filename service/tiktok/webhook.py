"""A webhook's raw bytes and its header → Notice, or NotAuthentic. A notice is a hint: it never holds the order.

Proof comes before parsing, over the bytes exactly as received; what is not proved is never looked into. Nothing is
stored or fetched here. The signature knows no time: repeats are recognised by `notice_id`.
Source: vendor page "Webhooks overview" and the event pages, read 2026-10; the vendor's worked vector is a test.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from service.core import strict_json
from service.errors import BadInput, NotAuthentic
from service.tiktok.answers import MalformedError, Scalar, decode
from service.tiktok.scalars import instant, text, whole

MOST_BYTES = 256 * 1024  # a real notice is under 2 KB
MOST_LEVELS = 16
#: A body whose sender has been proved. Only `prove` makes one.
Proved = NewType("Proved", bytes)


class NoticeKind(StrEnum):
    """What a notice asks of us. `IGNORED` is answered 200 and counted."""

    ORDERS_CHANGED = "orders_changed"
    SHOP_REVOKED = "shop_revoked"
    CONSENT_EXPIRING = "consent_expiring"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the table of events: upstream's name, what it means for us, and whether we subscribe to it."""

    name: str
    kind: NoticeKind = NoticeKind.IGNORED
    is_subscribed: bool = False


#: Event number → handling. A number that is missing here is a kind of later years: ignored and counted.
EVENTS: Mapping[int, Event] = {
    1: Event("ORDER_STATUS_CHANGE", NoticeKind.ORDERS_CHANGED, is_subscribed=True),
    # The predecessor of 11 and 12: shops with an old subscription still send it.
    2: Event("REVERSE_STATUS_UPDATE", NoticeKind.ORDERS_CHANGED),
    3: Event("RECIPIENT_ADDRESS_UPDATE", NoticeKind.ORDERS_CHANGED, is_subscribed=True),
    4: Event("PACKAGE_UPDATE", NoticeKind.ORDERS_CHANGED, is_subscribed=True),
    5: Event("PRODUCT_STATUS_CHANGE"),
    6: Event("SELLER_DEAUTHORIZATION", NoticeKind.SHOP_REVOKED, is_subscribed=True),
    7: Event("UPCOMING_AUTHORIZATION_EXPIRATION", NoticeKind.CONSENT_EXPIRING, is_subscribed=True),
    11: Event("CANCELLATION_STATUS_CHANGE", NoticeKind.ORDERS_CHANGED, is_subscribed=True),
    12: Event("RETURN_STATUS_CHANGE", NoticeKind.ORDERS_CHANGED, is_subscribed=True),
    13: Event("NEW_CONVERSATION"),
    14: Event("NEW_MESSAGE"),
    15: Event("PRODUCT_INFORMATION_CHANGE"),
    16: Event("PRODUCT_CREATION"),
    18: Event("PRODUCT_CATEGORY_CHANGE"),
    33: Event("NEW_MESSAGE_LISTENER"),
    36: Event("INVOICE_STATUS_CHANGE"),
    37: Event("PRODUCT_AUDIT_STATUS_CHANGE"),
}

#: The event types a connected shop is subscribed to.
SUBSCRIBED: tuple[str, ...] = tuple(event.name for event in EVENTS.values() if event.is_subscribed)


@dataclass(frozen=True, slots=True)
class Notice:
    """One proved and parsed webhook. Ids are text, "" where the event has none; instants are UTC.

    `notice_id` is upstream's, or `sha256:` and the hash of the body where upstream sent none. `happened_at` is when
    the thing changed, else when the notice was pushed, else None. `status` is upstream's text (`CANCEL` is spelt
    `CANCELLED`). `expires_at` belongs to CONSENT_EXPIRING. `sent_at` is when it was
    pushed first, None where upstream does not say. `app_key` says whose secret proved it.
    """

    notice_id: str
    type: int
    kind: NoticeKind
    shop_id: str
    seller_open_id: str
    order_ids: tuple[str, ...]
    cancel_id: str
    return_id: str
    status: str
    happened_at: datetime | None
    expires_at: datetime | None
    app_key: str
    sent_at: datetime | None = None

    @property
    def name(self) -> str:
        """Upstream's name of the event, `UNKNOWN` for a number we do not know. For counting."""
        event = EVENTS.get(self.type)
        return event.name if event else "UNKNOWN"


class _PackageWire(msgspec.Struct):
    order_id_list: list[Scalar] | None = None


class _DataWire(msgspec.Struct):
    order_id: Scalar = None
    order_ids: list[Scalar] | None = None
    package_list: list[_PackageWire] | None = None
    cancel_id: Scalar = None
    return_id: Scalar = None
    order_status: Scalar = None
    cancel_status: Scalar = None
    return_status: Scalar = None
    update_time: Scalar = None
    create_time: Scalar = None
    expiration_time: Scalar = None


class _EnvelopeWire(msgspec.Struct):
    type: Scalar
    tts_notification_id: Scalar = None
    shop_id: Scalar = None
    seller_open_id: Scalar = None
    timestamp: Scalar = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


def signature(raw: bytes, app_key: str, app_secret: str) -> str:
    """What the `Authorization` header of this body must be: 64 lowercase hex digits, no scheme word."""
    return hmac.new(app_secret.encode(), app_key.encode() + raw, hashlib.sha256).hexdigest()


def verify(raw: bytes, authorization: str, keys: Sequence[tuple[str, str]]) -> Notice:
    """The notice in `raw`, proved by one of `keys` (app key, app secret; several while an app is being replaced).

    NotAuthentic if none of them signed these bytes. BadInput if the sender is proved and the envelope is broken.
    """
    body, app_key = prove(raw, authorization, keys)
    return read(body, app_key=app_key)


def prove(raw: bytes, authorization: str, keys: Sequence[tuple[str, str]]) -> tuple[Proved, str]:
    """`raw` as Proved, and the app key whose secret signed it. Every key is compared, each in constant time."""
    given = authorization.strip().encode("utf-8", "replace")
    signers = [
        app_key
        for app_key, app_secret in keys
        if hmac.compare_digest(signature(raw, app_key, app_secret).encode(), given)
    ]
    if not signers:
        raise NotAuthentic("webhook signature does not match")
    return Proved(raw), signers[0]


def read(body: Proved, *, app_key: str) -> Notice:
    """The notice of a proved body. Of an event we do not use only the envelope is read. BadInput when it is broken.

    A key that stands twice, a body too deep or too large: upstream writes none, and two readers might read two things.
    """
    try:
        strict_json.read(body, most_bytes=MOST_BYTES, most_levels=MOST_LEVELS)
    except ValueError as error:
        raise _broken(str(error)) from None
    try:
        envelope = decode(body, _EnvelopeWire)
        number = whole(envelope.type)
        event = EVENTS.get(number) if number is not None else None
        data = decode(_content(envelope), _DataWire) if _is_used(event) else _DataWire()
    except MalformedError as error:
        raise _broken("not the JSON of a webhook") from error
    if number is None:
        raise _broken("type is no number")
    return _notice(number, envelope, data, notice_id=_notice_id(envelope, body), app_key=app_key)


def _is_used(event: Event | None) -> bool:
    return event is not None and event.kind is not NoticeKind.IGNORED


def _content(envelope: _EnvelopeWire) -> bytes:
    """The event's data as JSON; `null` counts as empty."""
    content = bytes(envelope.data)
    return b"{}" if content == b"null" else content


def _notice(number: int, envelope: _EnvelopeWire, data: _DataWire, *, notice_id: str, app_key: str) -> Notice:
    kind = EVENTS[number].kind if number in EVENTS else NoticeKind.IGNORED
    notice = Notice(
        notice_id=notice_id,
        type=number,
        kind=kind,
        shop_id=text(envelope.shop_id),
        seller_open_id=text(envelope.seller_open_id),
        order_ids=_order_ids(data),
        cancel_id=text(data.cancel_id),
        return_id=text(data.return_id),
        status=_status(data),
        happened_at=instant(data.update_time) or instant(data.create_time) or instant(envelope.timestamp),
        expires_at=instant(data.expiration_time),
        sent_at=instant(envelope.timestamp),
        app_key=app_key,
    )
    if kind is not NoticeKind.IGNORED and not (notice.shop_id or notice.seller_open_id):
        raise _broken(f"type {number} names no shop")
    if kind is NoticeKind.ORDERS_CHANGED and not notice.order_ids:
        raise _broken(f"type {number} names no order")
    return notice


def _notice_id(envelope: _EnvelopeWire, body: bytes) -> str:
    """Upstream's id, absent in some old samples and in type 3: then the body itself tells repeats apart."""
    return text(envelope.tts_notification_id) or "sha256:" + hashlib.sha256(body).hexdigest()


def _order_ids(data: _DataWire) -> tuple[str, ...]:
    """Every order the event names, once each, in its own order: one, a list, or those of several packages."""
    named: list[Scalar] = [data.order_id, *(data.order_ids or ())]
    for package in data.package_list or ():
        named.extend(package.order_id_list or ())
    return _distinct(text(order_id) for order_id in named)


def _distinct(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(order_id for order_id in ids if order_id))


def _status(data: _DataWire) -> str:
    status = text(data.order_status) or text(data.cancel_status) or text(data.return_status)
    # The event documentation says CANCEL where the order resource says CANCELLED (vendor pages disagree, 2026-10).
    return "CANCELLED" if status == "CANCEL" else status


def _broken(detail: str) -> BadInput:
    return BadInput("This notice cannot be read.", detail=f"webhook: {detail}")
