"""The webhook's door: proved bytes are durable before the answer; anything else is a bare status and no trace."""

import json
from datetime import timedelta

import pytest

from service.flows import ingest, upkeep
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


def with_changes(raw, **changes):
    return json.dumps({**json.loads(raw), **changes}).encode()


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: text.replace('{"type"', '{"shop_id": "1", "type"'),
        lambda text: text.replace('"order_id"', '"order_id": "1", "order_id"'),
        lambda text: text.replace('"order_id"', '"x": NaN, "order_id"'),
        lambda text: text.replace('"order_id"', '"x": ' + "[" * 20 + "]" * 20 + ', "order_id"'),
        lambda text: text.replace('"order_id"', '"x": ' + "[" * 60_000 + "]" * 60_000 + ', "order_id"'),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode().replace(b"AWAITING", b"\xff\xfe"),
        lambda text: text + "{}",
    ],
)
def test_proved_notice_that_could_be_read_in_two_ways_changes_nothing(post, notice, rows, mangle):
    """A key that stands twice, another encoding, a pit of brackets: no honest sender writes it, whatever the proof."""
    mangled = mangle(notice.decode())
    before = rows()
    answer = post(mangled if isinstance(mangled, bytes) else mangled.encode())
    assert (answer.status_code, answer.data) == (400, b"")
    assert rows() == before


def test_replay_after_its_id_is_forgotten_changes_nothing(post, notice, rows, connected, clock):
    """The signature knows no time. Ids are kept for three days, and nothing of two days ago is taken."""
    assert ingest.REPLAY_WINDOW + timedelta(hours=12) < upkeep.KEEP_NOTICES
    assert post(notice).status_code == 200
    connected.settle()
    clock.advance(ingest.REPLAY_WINDOW.total_seconds() + 60)
    before = rows()
    assert post(notice).status_code == 200
    assert post(with_changes(notice, tts_notification_id="another")).status_code == 200
    assert rows() == before


def test_late_delivery_of_half_a_day_is_taken(post, notice, rows, connected, clock):
    """The vendor tries again after 2 minutes, 30 minutes, 3 hours and 12 hours."""
    clock.advance(12 * 3600 + 40 * 60)
    assert post(notice).status_code == 200
    assert "7327112393057371910" in str(rows()["notices"])


def test_notices_out_of_order_end_in_the_order_as_it_is(connected, post, notice, rows):
    """A hint never carries the order: an older one after a newer one only leads to another look."""
    (order_id,) = connected.shop().place(1)
    connected.shop().step(order_id, "ship")
    shipped = [row for row in rows()["orders"] if order_id in row]
    shop_id = connected.world.market.world.default_shop().id
    for number, status in enumerate(("IN_TRANSIT", "AWAITING_COLLECTION", "AWAITING_SHIPMENT", "UNPAID")):
        data = {"order_id": order_id, "order_status": status, "update_time": 1_700_000_000 - number}
        raw = with_changes(notice, tts_notification_id=f"late-{number}", shop_id=shop_id, data=data)
        assert post(raw).status_code == 200
    connected.settle()
    (was,), (now,) = shipped, [row for row in rows()["orders"] if order_id in row]
    assert (now[1], now[3]) == (order_id, was[3])
    assert was[3] != "AWAITING_SHIPMENT"


def test_old_farewell_does_not_end_a_newer_consent(post, notice, rows, connected):
    """A replayed or late deauthorisation speaks of the consent before: the shop stays connected."""
    shop_id = connected.world.market.world.default_shop().id
    old = connected.world.market.clock.timestamp() - 3600
    raw = with_changes(notice, type=6, shop_id=shop_id, timestamp=old, data={"update_time": old})
    assert post(raw).status_code == 200
    assert "dead" not in str(rows()["consents"])


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
