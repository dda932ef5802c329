"""Sending, repeating, waiting and giving up; the pace; renewed tokens and corrected clocks."""

import logging
from datetime import timedelta

import httpx
import pytest
from scripted_upstream import APP, NOW, Time, envelope, independent_sign

from service.errors import NotConnected, Problem, UpstreamFailed
from service.tiktok.access import ShopAccess
from service.tiktok.calls import MAX_ANSWER_BYTES, Patience, RetryPolicy
from service.tiktok.client import Subscription
from service.tiktok.faults import Throttled
from service.tiktok.pace import Pace

WAREHOUSES = {"warehouses": [{"id": "6955000000000000001", "name": "Leeds"}]}
FOUND = {"6955000000000000001": "Leeds"}
DENIED = httpx.Response(401, json={"code": 105002, "message": "expired", "data": None})


def ok(_request=None):
    return envelope(WAREHOUSES)


@pytest.mark.parametrize(
    "first",
    [
        lambda _: envelope(code=36009003, message="internal"),
        lambda _: envelope(code=36009007, message="timeout"),
        lambda _: envelope(code=36009002, message="slow down", status=429),
        lambda _: httpx.Response(503, text="<html>overloaded</html>"),
        lambda _: httpx.Response(502),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut off"),
    ],
)
def test_a_transient_failure_is_repeated_and_then_succeeds(client, shop, upstream, first):
    upstream.answers(first, first, ok)
    assert client.warehouses(shop) == FOUND
    assert len(upstream.requests) == 3


@pytest.mark.parametrize("code", [106001, 36009009, 105005, 21008111, 77777777])
def test_what_will_fail_again_is_not_repeated(client, shop, upstream, code):
    upstream.answers(lambda _: envelope(code=code, message="no"))
    with pytest.raises(Problem):
        client.warehouses(shop)
    assert len(upstream.requests) == 1


def test_repeating_ends_after_the_policys_attempts_with_the_last_failure(client, shop, upstream):
    upstream.answers(lambda _: httpx.Response(503, headers={"retry-after": "2"}))
    with pytest.raises(UpstreamFailed) as caught:
        client.warehouses(shop)
    assert len(upstream.requests) == 4
    assert not caught.value.permanent
    assert caught.value.retry_after_s == 2.0


def test_a_wait_longer_than_the_callers_time_is_handed_back_at_once(client, shop, upstream, time):
    """A job is better woken later than put to sleep."""
    upstream.answers(lambda _: httpx.Response(429, headers={"retry-after": "30"}))
    with pytest.raises(UpstreamFailed) as caught:
        client.warehouses(shop, deadline=time.at_s + 5)
    assert len(upstream.requests) == 1
    assert caught.value.retry_after_s == 30.0


def test_nothing_is_sent_after_the_deadline(client, shop, upstream, time):
    upstream.answers(ok)
    with pytest.raises(UpstreamFailed):
        client.warehouses(shop, deadline=time.at_s - 1)
    assert upstream.requests == []


@pytest.mark.parametrize(("retry_after_s", "least"), [(None, 0.0), (0.0, 0.0), (7.0, 7.0)])
def test_the_pause_is_at_least_what_upstream_asks_plus_a_growing_jitter(time, retry_after_s, least):
    patience = Patience(RetryPolicy(wait_first_s=1, wait_most_s=4), deadline=time.at_s + 60, monotonic=time.monotonic)
    pauses = [patience(UpstreamFailed("x", retry_after_s=retry_after_s)) for _ in range(6)]
    for pause, ceiling in zip(pauses, [1, 2, 4, 4, 4, 4], strict=True):
        assert least <= pause <= least + ceiling
    assert len(set(pauses)) > 1


def test_patience_ends_where_the_pause_would_pass_the_deadline(time):
    patience = Patience(RetryPolicy(), deadline=time.at_s + 5, monotonic=time.monotonic)
    assert patience(UpstreamFailed("x", retry_after_s=5)) is False


@pytest.mark.parametrize("error", [UpstreamFailed("x", permanent=True), NotConnected("x"), ValueError("a bug")])
def test_patience_is_only_for_what_can_pass(time, error):
    assert Patience(RetryPolicy(), deadline=time.at_s + 60, monotonic=time.monotonic)(error) is False


def test_each_try_is_signed_anew_over_what_is_sent(client, shop, upstream):
    """The signature covers decoded values and the API path without the base address's own prefix."""
    upstream.answers(lambda _: httpx.Response(503), ok)
    client.warehouses(shop)
    for request in upstream.requests:
        assert request.url.path == "/prefix/logistics/202309/warehouses"
        expected = independent_sign(request, "/logistics/202309/warehouses", APP.secret)
        assert request.url.params["sign"] == expected
        assert request.url.params["shop_cipher"] == "GCP_cipher+/=="
        assert request.headers["x-tts-access-token"] == "TTP_token"


def test_a_body_is_signed_as_it_is_sent(client, shop, upstream):
    upstream.answers(lambda _: envelope())
    client.delete_webhook(shop, "ORDER_STATUS_CHANGE")
    request = upstream.requests[0]
    assert request.method == "DELETE"
    assert request.content == b'{"event_type":"ORDER_STATUS_CHANGE"}'
    assert request.url.params["sign"] == independent_sign(request, "/event/202309/webhooks", APP.secret)


def test_a_spent_token_is_renewed_once_and_the_call_repeated(client, upstream):
    asked = []

    def source(rejected):
        asked.append(rejected)
        return "new" if rejected else "old"

    upstream.answers(lambda _: DENIED, ok)
    assert client.warehouses(ShopAccess("7", "c", source)) == FOUND
    assert asked == ["", "old"]
    assert [request.headers["x-tts-access-token"] for request in upstream.requests] == ["old", "new"]


@pytest.mark.parametrize("renewed", ["new", "old"])
def test_a_token_refused_again_means_connect_again(client, upstream, renewed):
    upstream.answers(lambda _: DENIED)
    with pytest.raises(NotConnected) as caught:
        client.warehouses(ShopAccess("7", "c", lambda rejected: renewed if rejected else "old"))
    assert caught.value.shop_id == "7"
    assert len(upstream.requests) == (2 if renewed == "new" else 1)


def test_a_spent_token_given_as_text_means_connect_again(client, shop, upstream):
    upstream.answers(lambda _: DENIED)
    with pytest.raises(NotConnected):
        client.warehouses(shop)


def test_a_wrong_clock_is_set_by_upstreams_own_time(client, shop, upstream):
    """Ten minutes late at first; afterwards every call carries the corrected stamp."""
    server = NOW + timedelta(minutes=10)
    date = server.strftime("%a, %d %b %Y %H:%M:%S GMT")
    late = envelope(code=36009004, message="timestamp out of window", status=400, headers={"date": date})
    upstream.answers(lambda _: late, ok)
    assert client.warehouses(shop) == FOUND
    assert client.warehouses(shop) == FOUND
    stamps = [int(request.url.params["timestamp"]) for request in upstream.requests]
    assert stamps == [int(NOW.timestamp()), int(server.timestamp()), int(server.timestamp())]


@pytest.mark.parametrize("headers", [{}, {"date": "Sun, 01 Nov 2026 09:10:00 GMT"}])
def test_a_clock_that_stays_wrong_is_a_lasting_failure(client, shop, upstream, headers):
    upstream.answers(lambda _: envelope(code=36009004, message="invalid timestamp", status=400, headers=headers))
    with pytest.raises(UpstreamFailed) as caught:
        client.warehouses(shop)
    assert caught.value.permanent
    assert len(upstream.requests) == (2 if headers else 1)


def test_a_lost_answer_to_a_write_leaves_its_outcome_unknown(client, shop, upstream):
    upstream.answers(httpx.ReadTimeout("slow"))
    with pytest.raises(UpstreamFailed) as caught:
        client.put_webhook(shop, Subscription("ORDER_STATUS_CHANGE", "https://x.test/"))
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")])
def test_a_write_that_was_never_sent_has_a_known_outcome(client, shop, upstream, error):
    upstream.answers(error)
    with pytest.raises(UpstreamFailed) as caught:
        client.put_webhook(shop, Subscription("ORDER_STATUS_CHANGE", "https://x.test/"))
    assert not caught.value.outcome_unknown


def test_a_lost_answer_to_a_read_is_only_a_failure(client, shop, upstream):
    upstream.answers(httpx.ReadTimeout("slow"))
    with pytest.raises(UpstreamFailed) as caught:
        client.warehouses(shop)
    assert not caught.value.outcome_unknown


def test_an_answer_beyond_the_size_limit_is_not_read_to_its_end(client, shop, upstream):
    sent = []

    def endless():
        while True:
            sent.append(1)
            yield b" " * 1024 * 1024

    upstream.answers(lambda _: httpx.Response(200, content=endless()))
    with pytest.raises(UpstreamFailed):
        client.warehouses(shop)
    assert len(sent) <= 4 * (MAX_ANSWER_BYTES // (1024 * 1024) + 2)


def test_an_answer_that_drips_is_cut_off_by_the_time_for_one_call(client, shop, upstream, time):
    def drip():
        while True:
            time.at_s += 3
            yield b" "

    upstream.answers(lambda _: httpx.Response(200, content=drip()))
    started = time.at_s
    with pytest.raises(UpstreamFailed):
        client.warehouses(shop)
    assert time.at_s - started <= 26


def test_an_answer_of_another_shape_is_a_lasting_failure(client, shop, upstream):
    upstream.answers(lambda _: envelope({"warehouses": {"id": "1"}}))
    with pytest.raises(UpstreamFailed) as caught:
        client.warehouses(shop)
    assert caught.value.permanent


def test_every_exchange_is_told_with_its_code_and_without_its_address(client, shop, upstream, records):
    upstream.answers(lambda _: envelope(code=36009003), httpx.ConnectError("refused"), ok)
    client.warehouses(shop)
    assert [(record.status, record.code) for record in records] == [(200, 36009003), (0, None), (200, 0)]
    assert {(record.endpoint, record.shop_id) for record in records} == {("warehouses", shop.shop_id)}


def test_no_secret_reaches_the_log_or_the_message(client, shop, upstream, caplog):
    upstream.answers(lambda _: httpx.Response(503), httpx.ConnectError("refused"))
    with caplog.at_level(logging.DEBUG), pytest.raises(UpstreamFailed) as caught:
        client.warehouses(shop)
    told = caplog.text + str(caught.value) + caught.value.detail + repr(caught.value) + repr(shop) + repr(APP)
    assert "HTTP Request" in caplog.text
    for secret in ("TTP_token", "GCP_cipher", APP.secret, "sign="):
        assert secret not in told


def test_the_pace_lets_a_burst_through_and_then_spreads_calls(time):
    pace = Pace(5.0, burst=5, monotonic=time.monotonic, sleep=time.sleep)
    for _ in range(15):
        pace.take("7", deadline=time.at_s + 60)
    assert sum(time.slept) == pytest.approx(2.0)
    assert max(time.slept) == pytest.approx(0.2)


def test_the_pace_of_one_shop_does_not_slow_another(time):
    pace = Pace(1.0, burst=1, monotonic=time.monotonic, sleep=time.sleep)
    pace.take("7", deadline=time.at_s + 60)
    pace.take("8", deadline=time.at_s + 60)
    assert time.slept == []


def test_the_pace_refuses_a_turn_beyond_the_deadline_and_does_not_use_it_up(time):
    pace = Pace(1.0, burst=1, monotonic=time.monotonic, sleep=time.sleep)
    pace.take("7", deadline=time.at_s)
    for _ in range(3):
        with pytest.raises(UpstreamFailed) as caught:
            pace.take("7", deadline=time.at_s + 0.5)
        assert caught.value.retry_after_s == pytest.approx(1.0)
    assert time.slept == []


def test_a_throttled_shop_is_left_alone_for_as_long_as_upstream_asks(client, shop, upstream, time):
    upstream.answers(lambda _: httpx.Response(429, headers={"retry-after": "3"}), ok)
    started = time.at_s
    client.warehouses(shop)
    assert time.at_s - started >= 3
    assert len(upstream.requests) == 2


def test_throttled_is_told_apart_so_that_the_shop_can_be_held(client, shop, upstream, time):
    upstream.answers(lambda _: envelope(code=36009002, status=429, headers={"retry-after": "9"}))
    with pytest.raises(Throttled):
        client.warehouses(shop, deadline=Time().at_s + 2)
