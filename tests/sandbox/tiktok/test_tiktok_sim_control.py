import json
import time

import pytest

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import HELP, MANUAL, NOT_IMITATED, create_market


def test_orders_are_made_by_default_for_the_default_shop_connected_or_not(control, market):
    made = control("POST", "orders", {"count": 25})["order_ids"]
    listed = control("GET", "orders?limit=10")
    assert (len(made), listed["total"], len(listed["orders"])) == (25, 25, 10)
    assert {order["status"] for order in listed["orders"]} == {"AWAITING_SHIPMENT"}
    assert listed["orders"][0]["shop_id"] == market.world.default_shop().id


def test_orders_go_to_the_connected_shop(control, connect):
    connect("harbour-lane")
    control("POST", "orders", {"count": 1})
    shops = {shop["seller_id"]: shop for shop in control("GET", "shops")["shops"]}
    assert (shops["harbour-lane"]["connected"], shops["harbour-lane"]["orders"]) == (True, 1)
    assert shops["bloom-and-thread"]["orders"] == 0


def test_overrides_plant_a_canary_in_any_field(control, caller):
    overrides = {
        "buyer_message": "CANARY-1",
        "recipient_address": {"name": "CANARY-2", "district_info": {"3": {"address_name": "CANARY-3"}}},
        "line_items": {"*": {"product_name": "CANARY-4"}},
        "payment": {"total_amount": "987.65"},
        "cpf": "CANARY-5",
    }
    order_id = control("POST", "orders", {"count": 1, "overrides": overrides})["order_ids"][0]
    shown = caller.order(order_id)
    text = json.dumps(shown)
    assert all(f"CANARY-{number}" in text for number in range(1, 6))
    assert shown["payment"]["total_amount"] == "987.65"
    assert shown["recipient_address"]["phone_number"]


def test_planted_address_is_still_masked_where_the_platform_masks(control, caller):
    overrides = {"recipient_address": {"name": "CANARY"}}
    made = control("POST", "orders", {"status": "UNPAID", "overrides": overrides})["order_ids"][0]
    assert "CANARY" not in json.dumps(caller.order(made))


def test_advance_moves_the_market_and_not_the_wall(control, market, wall):
    before = wall()
    answer = control("POST", "advance", {"seconds": 86_400})
    assert (answer["offset_s"], wall()) == (86_400, before)
    assert answer["timestamp"] == int(before) + 86_400
    assert control("GET", "clock")["now"] == answer["now"]


def test_burst_spreads_its_orders_over_wall_time(control, market, wall):
    assert control("POST", "burst", {"orders": 60, "over_s": 30})["to_come"] == 60
    wall.wait(10)
    market.tick()
    assert control("GET", "orders")["total"] == 20
    wall.wait(30)
    market.tick()
    assert control("GET", "orders")["total"] == 60
    assert control("GET", "clock")["burst_orders_to_come"] == 0


def test_edit_with_and_without_moving_update_time(control, caller, market, wall):
    order_id = control("POST", "orders", {})["order_ids"][0]
    before = caller.order(order_id)["update_time"]
    wall.wait(60)
    changes = {"tracking_number": "NEW1", "line_items": {"0": {"tracking_number": "NEW1"}}}
    control("POST", "edit", {"order_id": order_id, "changes": changes, "bump": False})
    shown = caller.order(order_id)
    assert (shown["tracking_number"], shown["line_items"][0]["tracking_number"]) == ("NEW1", "NEW1")
    assert shown["update_time"] == before
    control("PATCH", "edit", {"order_id": order_id, "changes": {"seller_note": "call first"}})
    shown = caller.order(order_id)
    assert (shown["seller_note"], shown["tracking_number"]) == ("call first", "NEW1")
    assert shown["update_time"] == before + 60


def test_edit_can_remove_a_key_or_a_line_and_show_an_unknown_status(control, caller, market):
    order = market.place_orders(1, status="PARTIALLY_SHIPPING")[0]
    lines = len(caller.order(order.id)["line_items"])
    changes = {"paid_time": None, "line_items": {"0": None}, "status": "SOMETHING_NEW"}
    control("POST", "edit", {"order_id": order.id, "changes": changes})
    shown = caller.order(order.id)
    assert "paid_time" not in shown
    assert (len(shown["line_items"]), shown["status"]) == (lines - 1, "SOMETHING_NEW")
    control("POST", "edit", {"order_id": order.id, "changes": {"status": "DELIVERED"}})
    assert caller.order(order.id)["status"] == "DELIVERED"


def test_edited_status_brings_its_facts_and_the_order_lives_on_from_there(control, caller, market):
    order_id = control("POST", "orders", {})["order_ids"][0]
    control("POST", "edit", {"order_id": order_id, "changes": {"status": "IN_TRANSIT"}})
    shown = caller.order(order_id)
    assert shown["status"] == "IN_TRANSIT"
    assert shown["tracking_number"]
    assert shown["collection_time"] == market.clock.timestamp()
    control("POST", "advance", {"seconds": 30 * 86_400})
    assert caller.order(order_id)["status"] in {"COMPLETED", "CANCELLED"}


def test_edited_times_move_the_order_in_the_search(control, caller, wall):
    order_id = control("POST", "orders", {})["order_ids"][0]
    wall.wait(5)
    control(
        "POST", "edit", {"order_id": order_id, "changes": {"create_time": 1_700_000_000, "update_time": 1_700_000_100}}
    )
    window = {"create_time_lt": 1_700_000_001, "update_time_lt": 1_700_000_101}
    assert [order["id"] for order in caller.search(window)["orders"]] == [order_id]


def test_calls_are_counted_by_endpoint_status_and_code(control, caller):
    control("POST", "orders", {})
    order_id = control("GET", "orders")["orders"][0]["id"]
    caller.order(order_id)
    caller.refusal("GET", "/order/202309/orders", query={"ids": order_id}, sign="x")
    caller.refusal("GET", "/nowhere")
    shown = control("GET", "calls")
    detail = shown["by_endpoint"]["GET /order/202309/orders"]
    assert detail == {"count": 2, "by_status": {"200": 1, "401": 1}, "by_code": {"0": 1, "106001": 1}}
    assert shown["by_endpoint"]["GET unknown path"]["by_code"] == {"36009009": 1}
    assert shown["by_endpoint"]["GET /api/v2/token/get"]["count"] == 1
    assert control("DELETE", "calls")["total"] == 0


def test_every_fault_is_explained_and_reset_restores_the_defaults(control):
    shown = control("GET", "faults")
    assert set(shown["faults"]) <= set(shown["help"]) == set(HELP)
    control("POST", "faults", {"throttle": 5, "search_lag_s": 9})
    after = control("POST", "faults", {"reset": True, "slow_s": 0.5})["faults"]
    assert (after["throttle"], after["search_lag_s"], after["slow_s"]) == (0, 2.0, 0.5)
    assert control("DELETE", "faults")["faults"] == shown["faults"]


def test_expired_and_revoked_tokens_are_single_acts(control, caller, connect):
    control("POST", "faults", {"expire_access_tokens": True, "revoke_refresh_tokens": True})
    assert caller.refusal("GET", "/event/202309/webhooks") == (401, 105002)
    assert connect().call("GET", "/event/202309/webhooks").status_code == 200


def test_shops_can_be_added_to_a_new_or_a_known_seller(control, caller):
    american = control("POST", "shops", {"region": "US"})
    assert american["name"] == "Juniper & Wren"
    control("POST", "shops", {"region": "VN", "name": "Bloom & Thread Việt Nam", "seller_id": "bloom-and-thread"})
    caller.cipher = None
    shops = caller.data("GET", "/authorization/202309/shops")["shops"]
    assert [shop["region"] for shop in shops] == ["GB", "VN"]
    assert len({shop["cipher"] for shop in shops}) == 2


WRONG = [
    ("orders", {"count": "many"}, 400),
    ("orders", {"status": "EATEN"}, 400),
    ("orders", {"colour": "green"}, 400),
    ("orders", {"shop_id": "1"}, 404),
    ("advance", {"seconds": -5}, 400),
    ("advance", {}, 400),
    ("faults", {"thunder": 1}, 400),
    ("edit", {"order_id": "1", "changes": {}}, 404),
]


@pytest.mark.parametrize(("path", "body", "status"), WRONG)
def test_mistakes_are_answered_with_a_sentence(market, path, body, status):
    answer = market.control_app.test_client().post(f"/{path}", json=body)
    assert answer.status_code == status
    assert answer.get_json()["error"]


def test_manual_lists_every_route_and_what_is_not_imitated_is_said(control, market):
    assert control("GET", "")["manual"] == MANUAL
    routes = {rule.rule for rule in market.control_app.url_map.iter_rules()}
    assert routes == {"/" + name.split(" ")[1] for name in MANUAL}
    assert all(sentence.endswith(".") for sentence in NOT_IMITATED)


def test_restart_keeps_orders_tokens_subscriptions_and_their_future(tmp_path, wall):
    def open_market():
        return create_market(data_dir=tmp_path, clock=MarketClock(tmp_path, wall=wall), webhook_url=None, wall=wall)

    first = open_market()
    code = first.authorize()
    order = first.place_orders(1, overrides={"cpf": "kept"})[0]
    shown = first.world.show(order)
    first.advance(60)
    first.close()
    second = open_market()
    assert (second.app_key, second.app_secret, second.service_id) == (first.app_key, first.app_secret, first.service_id)
    assert second.world.show(second.world.orders[order.id]) == shown
    query = {"app_key": second.app_key, "app_secret": second.app_secret, "auth_code": code}
    token = second.auth_app.test_client().get(
        "/api/v2/token/get", query_string=query | {"grant_type": "authorized_code"}
    )
    assert token.get_json()["code"] == 0
    second.advance(40 * 86_400)
    assert second.world.orders[order.id].status in {"COMPLETED", "CANCELLED"}
    assert second.place_orders(1)[0].id != order.id


def test_started_market_saves_itself_without_being_closed(tmp_path):
    market = create_market(data_dir=tmp_path, clock=MarketClock(tmp_path), webhook_url=None)
    market.start()
    try:
        market.place_orders(3)
        saved, give_up_at = tmp_path / "market.json", time.monotonic() + 10
        while not (saved.exists() and len(json.loads(saved.read_bytes())["orders"]) == 3):
            assert time.monotonic() < give_up_at
    finally:
        market.close()
