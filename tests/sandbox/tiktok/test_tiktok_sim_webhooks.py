import json
import threading

import httpx
import pytest
from flask import Flask, request

from service.sandbox.tiktok.signing import sign_notice

APP_LEVEL = "http://localhost/app/notices"


class Receiver:
    """The app's side: keeps what arrives, answers with the status it is told."""

    def __init__(self):
        self.got = []
        self.status = 200
        self.enough = threading.Event()
        self.wanted = 0
        self.app = Flask("receiver")
        self.app.add_url_rule("/<path:path>", "receive", self.receive, methods=["POST"])

    def receive(self, path):
        self.got.append((path, request.headers["Authorization"], request.get_data()))
        if len(self.got) >= self.wanted:
            self.enough.set()
        return "", self.status

    def notices(self):
        return [json.loads(body) for _, _, body in self.got]


@pytest.fixture
def receiver(market):
    receiver = Receiver()
    market.webhook_url = APP_LEVEL
    market.webhook_transport = httpx.WSGITransport(receiver.app)
    return receiver


def test_notice_is_signed_over_the_raw_body_and_points_at_the_order(caller, market, receiver):
    order = market.place_orders(1)[0]
    assert market.deliver_due() == 1
    path, signature, body = receiver.got[0]
    assert path == "app/notices"
    assert signature == sign_notice(market.app_key, market.app_secret, body)
    notice = json.loads(body)
    assert (notice["type"], notice["shop_id"], notice["timestamp"]) == (1, order.shop_id, market.clock.timestamp())
    expected = {"order_id": order.id, "order_status": "AWAITING_SHIPMENT", "is_on_hold_order": True}
    assert notice["data"] == expected | {"update_time": order.update_time}


def test_nobody_hears_of_a_shop_that_is_not_connected(market, receiver):
    market.place_orders(3)
    assert market.deliver_due() == 0


def test_notices_of_a_shop_come_in_order_with_ids_of_their_own(caller, market, receiver):
    orders = market.place_orders(20)
    market.deliver_due()
    notices = receiver.notices()
    assert [notice["data"]["order_id"] for notice in notices] == [order.id for order in orders]
    assert len({notice["tts_notification_id"] for notice in notices}) == 20


def test_subscription_of_the_shop_wins_over_the_apps_address(caller, market, receiver):
    path = "/event/202309/webhooks"
    body = {"address": "https://hooks.example/shop", "event_type": "ORDER_STATUS_CHANGE"}
    caller.data("PUT", path, body=body)
    listed = caller.data("GET", path)
    assert (listed["total_count"], listed["webhooks"][0]["address"]) == (1, "https://hooks.example/shop")
    market.place_orders(1)
    market.deliver_due()
    caller.data("DELETE", path, body={"event_type": "ORDER_STATUS_CHANGE"})
    caller.data("DELETE", path, body={"event_type": "ORDER_STATUS_CHANGE"})
    market.place_orders(1)
    market.deliver_due()
    assert [path for path, _, _ in receiver.got] == ["shop", "app/notices"]


BAD_ADDRESSES = [
    "http://hooks.example/x",
    "https://203.0.113.9/x",
    "https://hooks.example:8443/x",
    "https://hooks.example/" + "x" * 250,
    "",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_address_must_be_https_with_a_plain_domain(caller, address):
    body = {"address": address, "event_type": "ORDER_STATUS_CHANGE"}
    assert caller.refusal("PUT", "/event/202309/webhooks", body=body) == (400, 36009004)


def test_loopback_address_is_allowed_in_the_local_world(caller):
    body = {"address": "http://127.0.0.1:8080/hooks/tiktok", "event_type": "PACKAGE_UPDATE"}
    assert caller.call("PUT", "/event/202309/webhooks", body=body).status_code == 200
    unknown = body | {"event_type": "ORDER_EATEN"}
    assert caller.refusal("PUT", "/event/202309/webhooks", body=unknown) == (400, 36009004)


def test_refused_notice_is_tried_again_on_the_vendors_schedule_and_then_given_up(caller, market, receiver, wall):
    """Compressed sixty times: 2 minutes become 2 seconds, then half a minute, 3 and 12 minutes."""
    receiver.status = 500
    market.place_orders(1)
    assert market.deliver_due() == 1
    for wait_s in (2, 30, 180, 720):
        wall.wait(wait_s - 0.5)
        assert market.deliver_due() == 0
        wall.wait(0.6)
        assert market.deliver_due() == 1
    wall.wait(100_000)
    assert market.deliver_due() == 0
    assert len({body for _, _, body in receiver.got}) == 1
    counts = market.calls.show()["webhooks"]
    assert (counts["failed"], counts["given_up"]) == (5, 1)


def test_answer_401_counts_as_received(caller, market, receiver, wall):
    receiver.status = 401
    market.place_orders(1)
    market.deliver_due()
    wall.wait(10_000)
    assert market.deliver_due() == 0


def test_notice_may_be_doubled(caller, market, receiver, control):
    control("POST", "faults", {"webhook_duplicated": 2})
    market.place_orders(1)
    assert market.deliver_due() == 3
    assert len({body for _, _, body in receiver.got}) == 1


def test_notice_may_be_lost(caller, market, receiver, control):
    assert control("POST", "faults", {"webhook_lost": 2})["faults"]["webhook_lost"] == 2
    orders = market.place_orders(3)
    market.deliver_due()
    assert [notice["data"]["order_id"] for notice in receiver.notices()] == [orders[2].id]
    assert market.calls.show()["webhooks"]["lost"] == 2


def test_notice_may_be_late(caller, market, receiver, control, wall):
    control("POST", "faults", {"webhook_late_s": 40})
    market.place_orders(1)
    assert market.deliver_due() == 0
    wall.wait(41)
    assert market.deliver_due() == 1


def test_notices_may_come_unordered(caller, market, receiver, control, wall):
    control("POST", "faults", {"webhook_unordered": True})
    orders = market.place_orders(30)
    for _ in range(11):
        market.deliver_due()
        wall.wait(0.1)
    came = [notice["data"]["order_id"] for notice in receiver.notices()]
    assert sorted(came) == sorted(order.id for order in orders)
    assert came != [order.id for order in orders]


def test_forged_notice_carries_a_wrong_signature(caller, market, receiver, control):
    control("POST", "faults", {"webhook_forged": 1})
    market.place_orders(1)
    market.deliver_due()
    right = [sign_notice(market.app_key, market.app_secret, body) == sign for _, sign, body in receiver.got]
    assert right == [False, True]


def test_unknown_type_is_signed_and_comes_before_the_known_one(caller, market, receiver, control):
    control("POST", "faults", {"webhook_unknown_type": 1})
    market.place_orders(1)
    market.deliver_due()
    assert [notice["type"] for notice in receiver.notices()] == [999, 1]


def test_cancelled_order_says_cancel_and_brings_its_cancellation(caller, market, receiver, control):
    order = market.place_orders(1)[0]
    body = {"order_id": order.id, "cancel_reason": "seller_cancel_reason_out_of_stock_uk"}
    made = caller.data("POST", "/return_refund/202309/cancellations", body=body)
    market.deliver_due()
    status, cancellation = receiver.notices()[1:]
    assert (status["type"], status["data"]["order_status"]) == (1, "CANCEL")
    assert (cancellation["type"], cancellation["data"]["cancel_id"]) == (11, made["cancel_id"])


def test_end_of_consent_is_the_last_notice(caller, market, receiver, control):
    shop_id = market.world.default_shop().id
    control("POST", "deauthorize", {"shop_id": shop_id})
    market.place_orders(1, shop_id=shop_id)
    market.deliver_due()
    assert [notice["type"] for notice in receiver.notices()] == [6]


def test_any_notice_can_be_sent_by_hand(caller, market, receiver, control):
    control("POST", "notices", {"type": 7, "data": {"message": "soon", "expiration_time": "1800000000"}})
    market.deliver_due()
    assert receiver.notices()[0]["data"]["expiration_time"] == "1800000000"


def test_started_market_delivers_in_the_background_and_stops_on_close(caller, market, receiver):
    receiver.wanted = 25
    market.start()
    market.place_orders(25)
    assert receiver.enough.wait(5)
    market.close()
    assert market.waiting_notices() == 0
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("webhooks-", "market"))]
