"""The table of upstream's codes, checked against a hand-written reading of the reference."""

import httpx
import pytest

from service.errors import BadInput, Conflict, NotConnected, NotFound, Problem, UpstreamFailed
from service.tiktok.answers import Answer, data_of, open_envelope, retry_after_s
from service.tiktok.faults import (
    API_CODES,
    TOKEN_CODES,
    ClockRejected,
    ScopeLacking,
    Throttled,
    TokenRejected,
    safe_message,
)

TRANSIENT, THROTTLED, PERMANENT = "transient", "throttled", "permanent"
SPENT, RECONNECT, ABSENT, CONFLICT, REFUSED, CLOCK = "spent", "reconnect", "absent", "conflict", "refused", "clock"
UNGRANTED = "ungranted"


def outcome(status, body, *, codes=API_CODES, headers=None):
    """What one answer becomes, in words; None for success."""
    answer = Answer("orders", status, body, httpx.Headers(headers or {}))
    try:
        data_of(answer, open_envelope(body), codes=codes, shop_id="7")
    except Problem as problem:
        return in_words(problem)
    return None


def in_words(problem):
    if type(problem) is UpstreamFailed:
        return PERMANENT if problem.permanent else TRANSIENT
    return {
        TokenRejected: SPENT,
        NotConnected: RECONNECT,
        ScopeLacking: UNGRANTED,
        NotFound: ABSENT,
        Conflict: CONFLICT,
        BadInput: REFUSED,
        ClockRejected: CLOCK,
        Throttled: THROTTLED,
    }[type(problem)]


def test_a_lost_consent_names_its_shop():
    body = failed(105005)
    with pytest.raises(NotConnected) as caught:
        data_of(Answer("orders", 401, body, httpx.Headers()), open_envelope(body), codes=API_CODES, shop_id="7")
    assert caught.value.shop_id == "7"


def failed(code, message="x"):
    return b'{"code":%d,"message":"%s","request_id":"r","data":null}' % (code, message.encode())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (105002, SPENT),
        (105005, UNGRANTED),
        (101000, RECONNECT),
        (106011, RECONNECT),
        (106001, PERMANENT),
        (106013, PERMANENT),
        (36009002, THROTTLED),
        (36009003, TRANSIENT),
        (36009007, TRANSIENT),
        (36009009, PERMANENT),
        (36009010, PERMANENT),
        (36009014, PERMANENT),
        (36009033, PERMANENT),
        (98001004, PERMANENT),
        (21008111, ABSENT),
        (22005007, ABSENT),
        (25007006, ABSENT),
        (10002014, TRANSIENT),
        (10037003, TRANSIENT),
        (25001028, TRANSIENT),
        (10006402, PERMANENT),
        (21001001, PERMANENT),
        (21011041, CONFLICT),
        (21011020, CONFLICT),
        (21011022, REFUSED),
        (25001021, REFUSED),
        (77777777, PERMANENT),
    ],
)
def test_each_code_has_its_reaction_whatever_the_http_status(code, expected):
    assert outcome(200, failed(code)) == expected
    if code != 77777777:
        assert outcome(401, failed(code)) == expected
        assert outcome(500, failed(code)) == expected


@pytest.mark.parametrize("code", [36004004, 36004005, 98001004, 98001005, 98001006])
def test_at_the_token_host_every_fault_of_a_code_or_token_means_start_again(code):
    assert outcome(200, b'{"code":%d,"message":"x"}' % code, codes=TOKEN_CODES) == RECONNECT


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Invalid x-tts-access-token header", SPENT),
        ("access_token is malformed", SPENT),
        ("bad Access Token format", SPENT),
        ("timestamp is expired", CLOCK),
        ("Invalid timestamp parameter", CLOCK),
        ("app_key is invalid", PERMANENT),
        ("shop_cipher is not needed", PERMANENT),
        ("", PERMANENT),
    ],
)
def test_the_code_of_many_faults_is_told_apart_by_its_message(message, expected):
    assert outcome(400, failed(36009004, message)) == expected


@pytest.mark.parametrize(
    ("status", "expected"), [(429, THROTTLED), (503, TRANSIENT), (500, TRANSIENT), (401, SPENT), (403, PERMANENT)]
)
def test_an_unlisted_code_is_judged_by_its_http_status(status, expected):
    assert outcome(status, failed(77777777)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(429, THROTTLED), (503, TRANSIENT), (502, TRANSIENT), (200, TRANSIENT), (403, TRANSIENT), (404, PERMANENT)],
)
@pytest.mark.parametrize("body", [b"<html><body>Oops</body></html>", b"", b"[]", b'{"message":"no code"}', b"\xff"])
def test_a_page_instead_of_an_envelope_passes_unless_the_address_is_wrong(status, body, expected):
    assert outcome(status, body) == expected


@pytest.mark.parametrize("body", [b'{"code":0}', b'{"code":0,"data":null}', b'{"code":"0","data":{}}'])
def test_success_without_data_is_success(body):
    assert outcome(200, body) is None


def test_success_is_decided_by_code_even_with_a_strange_status():
    assert outcome(500, b'{"code":0,"data":{}}') is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "Sun, 01 Nov 2026 09:00:30 GMT", "date": "Sun, 01 Nov 2026 09:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Nov 2026 08:00:00 GMT", "date": "Sun, 01 Nov 2026 09:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Nov 2026 09:00:30 GMT"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(headers, expected):
    assert retry_after_s(httpx.Headers(headers)) == expected


def test_the_log_detail_names_the_request_and_hides_what_looks_like_a_secret():
    body = failed(36009004, "bad access_token TTP_abcdefghijklmnopqrstuvwxyz for order 576400000000000011")
    with pytest.raises(TokenRejected) as caught:
        data_of(Answer("orders", 400, body, httpx.Headers()), open_envelope(body), codes=API_CODES)
    assert "TTP_" not in caught.value.detail
    assert "request_id=r" in caught.value.detail
    assert "576400000000000011" in caught.value.detail
    assert "36009004" not in caught.value.sentence


def test_safe_message_quotes_nobody():
    """Upstream may say whom a failure concerned; what is left says what failed."""
    told = safe_message(
        "failed for Nyra Quill of 7 Elm Row, (+44)7700900121, nyra@relay.example, José, order 576400000000000011"
    )
    assert told.startswith("failed for")
    assert told.endswith("order 576400000000000011")
    for word in ("Nyra", "Quill", "Elm", "7700900121", "nyra", "relay", "Jos"):
        assert word not in told
    assert safe_message("The app_key or app_secret is invalid.") == "The app_key or app_secret is invalid."


def test_safe_message_is_one_short_line():
    assert safe_message("a\n  b\t" + "word " * 100).startswith("a b word")
    assert len(safe_message("a b " * 200)) <= 160
