from collections import Counter

import pytest

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import create_market
from service.sandbox.tiktok.state import STATUSES

HOUR_S = 3_600
DAY_S = 24 * HOUR_S


@pytest.mark.parametrize("status", STATUSES)
def test_order_reaches_every_status_exactly_now(market, status):
    order = market.place_orders(1, status=status)[0]
    shown = market.world.show(order)
    assert (shown["status"], shown["update_time"]) == (status, market.clock.timestamp())
    assert shown["create_time"] <= shown["update_time"]


def test_hold_ends_an_hour_after_payment(market, wall):
    orders = market.place_orders(40, status="ON_HOLD")
    market.advance(HOUR_S - 1)
    assert {order.status for order in orders} <= {"ON_HOLD", "CANCELLED"}
    market.advance(1)
    assert not any(order.status == "ON_HOLD" for order in orders)
    released = [order for order in orders if order.status == "AWAITING_SHIPMENT"]
    assert all(order.update_time == order.paid_time + HOUR_S for order in released)


def test_wall_time_alone_moves_orders_too(market, wall):
    order = market.place_orders(1, status="UNPAID", kind="NORMAL")[0]
    wall.wait(11 * 60)
    market.tick()
    assert order.status in {"ON_HOLD", "UNPAID"}
    assert order.next_at > market.clock.timestamp()


def test_everything_ends_and_the_ways_of_ending_are_many(market):
    orders = market.place_orders(600)
    market.advance(60 * DAY_S)
    ends = Counter((order.status, order.cancel_by) for order in orders)
    assert {status for status, _ in ends} == {"COMPLETED", "CANCELLED"}
    assert {by for _, by in ends} == {"", "BUYER", "SELLER", "SYSTEM"}
    assert ends["COMPLETED", ""] > 500
    late = [order for order in orders if order.rts_time and order.rts_time > market.world.show(order)["rts_sla_time"]]
    assert 0 < len(late) < 60
    assert Counter(record.status for record in market.world.returns.values())["RETURN_OR_REFUND_REQUEST_COMPLETE"] > 0


def test_status_never_runs_backwards_and_update_time_follows_each_move(market):
    """Hour by hour over twelve days, except for the end by cancellation."""
    orders = market.place_orders(60)
    seen = {order.id: (order.status, order.update_time) for order in orders}
    for _ in range(12 * 24):
        market.advance(HOUR_S)
        for order in orders:
            status, updated = seen[order.id]
            assert STATUSES.index(order.status) >= STATUSES.index(status)
            assert order.update_time >= updated
            assert order.status == status or order.update_time > updated
            seen[order.id] = (order.status, order.update_time)


def test_one_long_advance_equals_many_short_ones(wall):
    def live(steps):
        market = create_market(data_dir=None, clock=MarketClock(None, wall=wall), webhook_url=None, wall=wall)
        orders = market.place_orders(80)
        for step in steps:
            market.advance(step)
        return [market.world.show(order) for order in orders]

    assert live([5 * DAY_S]) == live([6 * HOUR_S] * 20)


def test_shipped_order_has_carrier_tracking_and_package_everywhere(market):
    shown = market.world.show(market.place_orders(1, status="AWAITING_COLLECTION")[0])
    line = shown["line_items"][0]
    assert shown["tracking_number"] == line["tracking_number"] != ""
    assert (shown["shipping_provider"], shown["shipping_provider_id"]) == (
        line["shipping_provider_name"],
        line["shipping_provider_id"],
    )
    assert shown["packages"] == [{"id": line["package_id"]}]
    assert (line["display_status"], line["package_status"]) == ("AWAITING_COLLECTION", "PROCESSING")


def test_partly_shipped_order_shows_it_line_by_line_and_then_ships_the_rest(market):
    order = market.place_orders(1, status="PARTIALLY_SHIPPING")[0]
    lines = market.world.show(order)["line_items"]
    assert [line["display_status"] for line in lines[:2]] == ["AWAITING_COLLECTION", "AWAITING_SHIPMENT"]
    assert "package_id" not in lines[1]
    market.advance(27 * HOUR_S)
    assert order.status not in {"PARTIALLY_SHIPPING", "AWAITING_SHIPMENT"}
    assert len(order.packages) == 2


def test_buyer_request_waits_for_an_answer_and_is_found_by_the_search(caller, market, wall):
    orders = market.place_orders(120)
    market.advance(3 * HOUR_S)
    waiting = {order.id for order in orders if order.cancel_pending}
    assert waiting
    wall.wait(3)
    found = caller.search({"is_buyer_request_cancel": True}, page_size=100)["orders"]
    assert {order["id"] for order in found} >= waiting
    assert all(order["request_cancel_time"] <= market.clock.timestamp() for order in found)
    page = caller.data(
        "POST",
        "/return_refund/202309/cancellations/search",
        body={"cancel_status": ["CANCELLATION_REQUEST_PENDING"]},
        query={"page_size": 50},
    )
    records = {record["order_id"]: record for record in page["cancellations"]}
    assert waiting <= records.keys()
    one = records[waiting.pop()]
    assert (one["cancel_type"], one["role"]) == ("BUYER_CANCEL", "BUYER")
    assert one["seller_next_action_response"][0]["deadline"] == one["create_time"] + DAY_S


def test_edited_return_gets_a_new_id_linked_to_the_old(market):
    market.place_orders(900, status="DELIVERED")
    market.advance(4 * DAY_S)
    edited = [record for record in market.world.returns.values() if record.next_id]
    assert edited
    for record in edited:
        assert record.status == "RETURN_OR_REFUND_REQUEST_CANCEL"
        assert market.world.returns[record.next_id].previous_id == record.id


def test_history_is_silent_spread_over_the_statuses_and_found_at_once(caller, market):
    made = market.seed_history(60)
    assert len(made) == 60
    assert {order.status for order in made} == set(STATUSES)
    assert caller.search(page_size=100)["total_count"] == 60
    assert "sent" not in market.calls.show()["webhooks"]
