"""The webhook's door: proved bytes are durable before the answer; anything else is a bare status and no trace."""

import json

import pytest

from service.tiktok.webhook import signature

PATH = "/hooks/tiktok"


@pytest.fixture
def connected(routed, start, people):
    """The product with the owner's shop connected and at rest."""
    browser = routed.browser()
    browser.sign_in(browser.start(start(people["owner"])), people["owner"].email)
    assert browser.consent().status_code == 200
    routed.settle()
    return routed


@pytest.fixture
def notice(connected):
    """A genuine notice about an order of the connected shop: its raw body."""
    shop_id = connected.world.market.world.default_shop().id
    (order,) = connected.world.market.place_orders(1)
    body = {
        "type": 1,
        "tts_notification_id": "7327112393057371910",
        "shop_id": shop_id,
        "timestamp": connected.world.market.clock.timestamp(),
        "data": {"order_id": order.id, "order_status": "AWAITING_SHIPMENT", "update_time": 1},
    }
    return json.dumps(body).encode()


@pytest.fixture
def post(connected):
    """Posts a body, signed as given or as the vendor would."""
    settings = connected.services.settings

    def send(raw, authorization=None, **more):
        signed = signature(raw, settings.tiktok_app_key, settings.tiktok_app_secret)
        headers = {"Authorization": signed if authorization is None else authorization}
        return connected.app.test_client().post(PATH, data=raw, headers=headers, **more)

    return send


def test_genuine_notice_is_durable_before_the_answer(post, notice, rows, connected):
    answer = post(notice)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "7327112393057371910" in str(rows()["notices"])
    assert [one.kind for one in connected.wake.waiting if one.due_at <= connected.clock.now()] == ["ingest"]


def test_repeated_notice_changes_nothing(post, notice, rows):
    """A vendor that got no answer sends again; the second is as good as the first."""
    post(notice)
    before = rows()
    assert post(notice).status_code == 200
    assert rows() == before


@pytest.mark.parametrize("authorization", ["", "0" * 64, "Bearer x", "ünïcode", "a" * 10_000])
def test_forged_notice_changes_nothing(post, notice, rows, authorization):
    before = rows()
    answer = post(notice, authorization)
    assert (answer.status_code, answer.data) == (401, b"")
    assert rows() == before


def test_altered_notice_changes_nothing(post, notice, rows, connected):
    """One changed byte, also one that JSON would not notice."""
    settings = connected.services.settings
    signed = signature(notice, settings.tiktok_app_key, settings.tiktok_app_secret)
    before = rows()
    for altered in (notice.replace(b"7327112393057371910", b"7327112393057371911"), notice + b" "):
        assert post(altered, signed).status_code == 401
    assert rows() == before


def test_kind_of_later_years_is_taken_and_forgotten(post, rows, connected):
    shop_id = connected.world.market.world.default_shop().id
    before = rows()
    raw = json.dumps({"type": 4711, "tts_notification_id": "9", "shop_id": shop_id, "data": {"new": 1}}).encode()
    assert post(raw).status_code == 200
    assert rows() == before


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"type": "x"}', b'{"type": 1, "shop_id": "1"}', b"\xff\xfe"])
def test_proved_sender_with_a_broken_envelope_is_told_so(post, rows, raw):
    before = rows()
    answer = post(raw)
    assert (answer.status_code, answer.data) == (400, b"")
    assert rows() == before


def test_notice_of_a_shop_that_nobody_connected_is_taken_and_forgotten(post, rows):
    before = rows()
    raw = json.dumps({"type": 1, "tts_notification_id": "9", "shop_id": "1", "data": {"order_id": "2"}}).encode()
    assert post(raw).status_code == 200
    assert rows() == before


def test_oversized_notice_is_refused_unread(post, rows):
    before = rows()
    answer = post(b" " * (256 * 1024 + 1))
    assert (answer.status_code, answer.data) == (413, b"")
    assert rows() == before


def test_database_away_asks_the_vendor_to_send_again(post, notice, connected):
    """Taking a notice that is not durable would lose it."""
    with connected.services.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE notices RENAME TO notices_away")
    answer = post(notice)
    assert (answer.status_code, answer.data) == (503, b"")


def test_reading_the_webhook_is_no_method(connected):
    answer = connected.app.test_client().get(PATH)
    assert (answer.status_code, answer.data, answer.headers["Allow"]) == (405, b"", "POST")


def test_notice_reaches_the_store_through_the_market(connected, rows):
    """The whole way, signed by the market itself: the order is fetched and stored."""
    (order_id,) = connected.shop().place(1)
    assert order_id in str(rows()["orders"])
