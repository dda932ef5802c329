"""Webhooks: who may speak, and what each kind of event becomes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.errors import BadInput, NotAuthentic
from service.tiktok.webhook import EVENTS, SUBSCRIBED, NoticeKind, signature, verify

NOTICES = Path(__file__).parent.parent / "data" / "notices"
KEY, SECRET = "29a39d", "e59af819cc"
KEYS = [(KEY, SECRET)]
SHOP = "7495000000000000001"

VECTOR_BODY = (
    b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
    b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID",'
    b'"update_time":1718305585}}'
)
VECTOR_SIGNATURE = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"


def read_signed(body: bytes):
    return verify(body, signature(body, KEY, SECRET), KEYS)


def read_event(**envelope):
    base = {"type": 1, "tts_notification_id": "1", "shop_id": SHOP, "timestamp": 1793510000, "data": {"order_id": "5"}}
    return read_signed(json.dumps({**base, **envelope}).encode())


def test_verify_accepts_the_vendors_vector():
    notice = verify(VECTOR_BODY, VECTOR_SIGNATURE, [("abcdef", "123")])
    assert notice.order_ids == ("576653688135258178",)
    assert notice.notice_id == "7380066284010030890"
    assert notice.happened_at == datetime(2024, 6, 13, 19, 6, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        VECTOR_SIGNATURE.upper(),
        VECTOR_SIGNATURE[:-1],
        VECTOR_SIGNATURE[:-1] + "6",
        "Bearer " + VECTOR_SIGNATURE,
        "0" * 64,
        "é" * 64,
        "\udcff",
    ],
)
def test_verify_refuses_any_other_signature(authorization):
    with pytest.raises(NotAuthentic):
        verify(VECTOR_BODY, authorization, [("abcdef", "123")])


@pytest.mark.parametrize("body", [VECTOR_BODY + b" ", VECTOR_BODY.replace(b"UNPAID", b"unpaid"), b""])
def test_verify_refuses_altered_bytes(body):
    with pytest.raises(NotAuthentic):
        verify(body, VECTOR_SIGNATURE, [("abcdef", "123")])


def test_verify_refuses_everything_without_keys():
    with pytest.raises(NotAuthentic):
        verify(VECTOR_BODY, VECTOR_SIGNATURE, [])


def test_verify_does_not_look_into_what_is_not_proved():
    """Broken JSON of a stranger is a forgery, not bad input."""
    with pytest.raises(NotAuthentic):
        verify(b"{", "0" * 64, KEYS)


def test_verify_accepts_any_one_of_several_keys_and_names_it():
    keys = [("new", "other secret"), ("abcdef", "123"), ("old", "third")]
    assert verify(VECTOR_BODY, VECTOR_SIGNATURE, keys).app_key == "abcdef"


def test_verify_needs_key_and_secret_of_the_same_app():
    with pytest.raises(NotAuthentic):
        verify(VECTOR_BODY, VECTOR_SIGNATURE, [("abcdef", "other"), ("other", "123")])


#: File → kind, order ids, cancel id, return id, status. Written by hand, not derived from the table it checks.
EXPECTED = {
    "01_order_status_change": ("orders_changed", ["576400000000000011"], "", "", "AWAITING_SHIPMENT"),
    "01_order_cancelled": ("orders_changed", ["576400000000000012"], "", "", "CANCELLED"),
    "02_reverse_status_update": ("orders_changed", ["576400000000000013"], "", "", ""),
    "03_recipient_address_update": ("orders_changed", ["576400000000000014"], "", "", ""),
    "04_package_update": ("orders_changed", ["576400000000000015", "576400000000000016"], "", "", ""),
    "05_product_status_change": ("ignored", [], "", "", ""),
    "06_seller_deauthorization": ("shop_revoked", [], "", "", ""),
    "07_upcoming_authorization_expiration": ("consent_expiring", [], "", "", ""),
    "11_cancellation_status_change": (
        *("orders_changed", ["576400000000000011"]),
        *("4035000000000000001", "", "CANCELLATION_REQUEST_PENDING"),
    ),
    "12_return_status_change": (
        *("orders_changed", ["576400000000000017"]),
        *("", "4035000000000000002", "AWAITING_BUYER_SHIP"),
    ),
    "13_new_conversation": ("ignored", [], "", "", ""),
    "14_new_message": ("ignored", [], "", "", ""),
    "15_product_information_change": ("ignored", [], "", "", ""),
    "16_product_creation": ("ignored", [], "", "", ""),
    "18_product_category_change": ("ignored", [], "", "", ""),
    "33_new_message_listener": ("ignored", [], "", "", ""),
    "35_creator_topic": ("ignored", [], "", "", ""),
    "36_invoice_status_change": ("ignored", [], "", "", ""),
    "37_product_audit_status_change": ("ignored", [], "", "", ""),
    "99_unknown": ("ignored", [], "", "", ""),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_read_understands_each_kind_of_event(name):
    notice = read_signed((NOTICES / f"{name}.json").read_bytes())
    kind, order_ids, cancel_id, return_id, status = EXPECTED[name]
    assert notice.kind == kind
    assert list(notice.order_ids) == order_ids
    assert (notice.cancel_id, notice.return_id, notice.status) == (cancel_id, return_id, status)
    assert notice.shop_id == ("" if name.startswith("35") else SHOP)


def test_every_event_in_the_table_has_a_sample_and_every_sample_an_expectation():
    files = {path.stem for path in NOTICES.glob("*.json")}
    assert files == set(EXPECTED)
    assert set(EVENTS) <= {int(name[:2]) for name in files}


def test_subscribed_are_the_seven_events_in_use():
    assert set(SUBSCRIBED) == {
        "ORDER_STATUS_CHANGE",
        "RECIPIENT_ADDRESS_UPDATE",
        "PACKAGE_UPDATE",
        "SELLER_DEAUTHORIZATION",
        "UPCOMING_AUTHORIZATION_EXPIRATION",
        "CANCELLATION_STATUS_CHANGE",
        "RETURN_STATUS_CHANGE",
    }


def test_read_names_a_creator_topic_by_seller():
    notice = read_signed((NOTICES / "35_creator_topic.json").read_bytes())
    assert (notice.seller_open_id, notice.name) == ("7010736057180325637", "UNKNOWN")


def test_read_gives_the_expiry_of_a_consent():
    notice = read_signed((NOTICES / "07_upcoming_authorization_expiration.json").read_bytes())
    assert notice.expires_at == datetime.fromtimestamp(1796102000, tz=UTC)


def test_read_makes_a_stable_id_where_upstream_sent_none():
    body = (NOTICES / "03_recipient_address_update.json").read_bytes()
    first, again, other = read_signed(body), read_signed(body), read_signed(body + b" ")
    assert first.notice_id == again.notice_id
    assert first.notice_id.startswith("sha256:")
    assert other.notice_id != first.notice_id


def test_read_prefers_the_moment_of_the_change_to_the_moment_of_the_push():
    notice = read_event(data={"order_id": "5", "update_time": 1793500000})
    assert notice.happened_at == datetime.fromtimestamp(1793500000, tz=UTC)
    assert read_event().happened_at == datetime.fromtimestamp(1793510000, tz=UTC)
    assert read_event(timestamp=0).happened_at is None


def test_read_takes_numbers_and_texts_for_each_other():
    notice = read_event(type="1", shop_id=7495000000000000001, data={"order_id": 576400000000000011})
    assert (notice.type, notice.shop_id, notice.order_ids) == (1, SHOP, ("576400000000000011",))


def test_read_mends_text_that_no_database_keeps():
    """A lone surrogate is repaired, NUL is dropped, and ids survive both."""
    notice = read_signed(
        b'{"type":1,"tts_notification_id":"1","shop_id":"7","data":'
        b'{"order_id":"576400000000000011","order_status":"\\ud83dX\\u0000"}}'
    )
    assert notice.order_ids == ("576400000000000011",)
    assert notice.status == "?X"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b"<html>",
        b'{"type":1,"shop_id":"7","data":',
        b'{"type":"one","shop_id":"7","data":{"order_id":"5"}}',
        b'{"type":null,"shop_id":"7","data":{"order_id":"5"}}',
        b'{"type":1,"shop_id":"7"}',
        b'{"type":1,"shop_id":"7","data":null}',
        b'{"type":1,"shop_id":"7","data":[]}',
        b'{"type":1,"shop_id":"7","data":{"order_id":""}}',
        b'{"type":1,"shop_id":"7","data":{"order_id":{"id":"5"}}}',
        b'{"type":1,"data":{"order_id":"5"}}',
        b'{"type":6,"data":{"message":"bye"}}',
        b'{"type":1,"shop_id":"7","data":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"type":1,"data":' + b"[" * 100_000,
    ],
)
def test_read_refuses_a_broken_envelope_of_a_known_sender(body):
    with pytest.raises(BadInput):
        read_signed(body)


@pytest.mark.parametrize("data", [None, [], "text", {"order_id": []}])
def test_read_ignores_the_content_of_events_we_do_not_use(data):
    assert read_event(type=4711, data=data).kind is NoticeKind.IGNORED


def test_read_accepts_a_revocation_without_content():
    assert read_event(type=6, data=None).kind is NoticeKind.SHOP_REVOKED
