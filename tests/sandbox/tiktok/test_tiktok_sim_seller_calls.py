import pytest

PROVIDER = "6671794738251726849"  # Royal Mail


@pytest.fixture
def order(market):
    return market.place_orders(1, status="PARTIALLY_SHIPPING")[0]


def mark(caller, order, *, refused=False, **changes):
    path = f"/fulfillment/202309/orders/{order.id}/packages"
    body = {"tracking_number": "AB123456789GB", "shipping_provider_id": PROVIDER} | changes
    return caller.refusal("POST", path, body=body) if refused else caller.data("POST", path, body=body)


def test_marked_lines_are_shipped_and_the_order_follows_when_all_are(caller, market):
    order = market.place_orders(1, kind="BUNDLE", overrides={})[0]
    done = mark(caller, order)
    shown = caller.order(order.id)
    assert (shown["status"], shown["tracking_number"]) == ("AWAITING_COLLECTION", "AB123456789GB")
    assert shown["packages"] == [{"id": done["package_id"]}]
    assert mark(caller, order, refused=True) == (200, 21011020)


def test_rest_of_a_partly_shipped_order_goes_in_a_second_package(caller, market, order):
    rest = [unit.id for unit in order.units[1:]]
    mark(caller, order, order_line_item_ids=rest)
    shown = caller.order(order.id)
    assert shown["status"] == "AWAITING_COLLECTION"
    assert len(shown["packages"]) == 2
    assert len({line["tracking_number"] for line in shown["line_items"]}) == 2


def test_shipping_is_refused_on_hold_with_a_bad_carrier_and_for_a_strange_line(caller, market, order):
    held = market.place_orders(1, status="ON_HOLD")[0]
    assert mark(caller, held, refused=True) == (200, 21011044)
    gone = market.place_orders(1, status="CANCELLED")[0]
    assert mark(caller, gone, refused=True) == (200, 21011041)
    assert mark(caller, order, refused=True, shipping_provider_id="1") == (200, 21011022)
    assert mark(caller, order, refused=True, order_line_item_ids=["1"]) == (200, 21011029)
    assert mark(caller, order, refused=True, tracking_number=" ") == (400, 36009004)


def test_tracking_can_be_corrected_once_within_72_hours(caller, market):
    order = market.place_orders(1, status="AWAITING_COLLECTION")[0]
    path = f"/fulfillment/202309/orders/{order.id}/shipping_info/update"
    body = {"tracking_number": "XY000000001GB", "shipping_provider_id": PROVIDER}
    caller.data("POST", path, body=body)
    assert caller.order(order.id)["tracking_number"] == "XY000000001GB"
    assert caller.refusal("POST", path, body=body) == (200, 21011051)
    late = market.place_orders(1, status="AWAITING_COLLECTION")[0]
    market.advance(73 * 3_600)
    path = f"/fulfillment/202309/orders/{late.id}/shipping_info/update"
    assert caller.refusal("POST", path, body=body) == (200, 21011049)


def test_seller_cancels_before_shipping_only_and_with_a_known_reason(caller, market):
    order = market.place_orders(1)[0]
    path = "/return_refund/202309/cancellations"
    reason = "seller_cancel_reason_out_of_stock_uk"
    assert caller.refusal("POST", path, body={"order_id": order.id, "cancel_reason": "bored"}) == (200, 25001021)
    caller.data("POST", path, body={"order_id": order.id, "cancel_reason": reason})
    shown = caller.order(order.id)
    assert (shown["status"], shown["cancellation_initiator"]) == ("CANCELLED", "SELLER")
    assert {line["display_status"] for line in shown["line_items"]} == {"CANCELLED"}
    assert caller.refusal("POST", path, body={"order_id": order.id, "cancel_reason": reason}) == (200, 25001045)


@pytest.fixture
def asked(market):
    """An order whose buyer has asked to cancel."""
    return market.take_step(market.place_orders(1)[0].id, "ask_cancel")


def test_buyer_request_blocks_shipping_until_it_is_answered(caller, market, asked):
    assert mark(caller, asked, refused=True) == (200, 21011007)
    reasons = caller.data("GET", "/return_refund/202309/reject_reasons", query={"return_or_cancel_id": asked.cancel_id})
    base = f"/return_refund/202309/cancellations/{asked.cancel_id}"
    assert caller.refusal("POST", f"{base}/reject", body={"reject_reason": "no"}) == (200, 25001014)
    caller.data("POST", f"{base}/reject", body={"reject_reason": reasons["reasons"][0]["name"]})
    assert caller.order(asked.id)["is_buyer_request_cancel"] is False
    assert caller.refusal("POST", f"{base}/approve") == (200, 25001011)
    assert mark(caller, asked)["package_id"]


def test_approved_request_cancels_the_order_for_the_buyer(caller, asked):
    caller.data("POST", f"/return_refund/202309/cancellations/{asked.cancel_id}/approve")
    shown = caller.order(asked.id)
    assert (shown["status"], shown["cancellation_initiator"]) == ("CANCELLED", "BUYER")


def test_american_shipping_answers_the_request_with_no(market, connect, control):
    made = control("POST", "shops", {"region": "US"})
    caller = connect(made["seller_id"])
    asked = market.place_orders(1, shop_id=made["shop_id"])[0]
    control("POST", "steps", {"order_id": asked.id, "step": "ask_cancel"})
    mark(caller, asked, shipping_provider_id="7117858858072016686")
    assert caller.order(asked.id)["status"] == "AWAITING_COLLECTION"
    assert market.world.cancellations[asked.cancel_id].status == "CANCELLATION_REQUEST_CANCEL"


def test_packages_are_searched_and_shown(caller, market, order):
    market.place_orders(3, status="IN_TRANSIT")
    search = "/fulfillment/202309/packages/search"
    page = caller.data("POST", search, body={"package_status": "FULFILLING"}, query={"page_size": 2})
    assert (page["total_count"], len(page["packages"])) == (3, 2)
    more = {"page_size": 2, "page_token": page["next_page_token"]}
    rest = caller.data("POST", search, body={"package_status": "FULFILLING"}, query=more)
    assert len(rest["packages"]) == 1
    package_id = order.packages[0].id
    shown = caller.data("GET", f"/fulfillment/202309/packages/{package_id}")
    assert (shown["package_id"], shown["order_line_item_ids"]) == (package_id, [order.units[0].id])
    assert caller.refusal("GET", "/fulfillment/202309/packages/12") == (200, 21011028)


def test_vietnamese_package_is_shipped_by_its_id(market, connect, control):
    made = control("POST", "shops", {"region": "VN"})
    caller = connect(made["seller_id"])
    order = market.place_orders(1, shop_id=made["shop_id"])[0]
    assert mark(caller, order, refused=True) == (200, 21008106)
    own = {"tracking_number": "851234567890", "shipping_provider_id": "6841743441349706241"}
    path = f"/fulfillment/202309/packages/{order.packages[0].id}/ship"
    caller.data("POST", path, body={"self_shipment": own})
    assert caller.order(order.id)["shipping_provider"] == "J&T Express"


def test_carriers_are_found_by_the_delivery_option_of_the_order(caller, market):
    shown = caller.order(market.place_orders(1)[0].id)
    path = f"/logistics/202309/delivery_options/{shown['delivery_option_id']}/shipping_providers"
    assert {"id": PROVIDER, "name": "Royal Mail"} in caller.data("GET", path)["shipping_providers"]
    houses = caller.data("GET", "/logistics/202309/warehouses")["warehouses"]
    assert shown["warehouse_id"] in {house["id"] for house in houses}
    options = caller.data("GET", f"/logistics/202309/warehouses/{houses[0]['id']}/delivery_options")
    assert options["delivery_options"][0]["id"] == shown["delivery_option_id"]


def test_returns_are_searched_with_their_deadline(caller, market):
    for order in market.place_orders(12, status="DELIVERED"):
        market.take_step(order.id, "ask_return")
    body = {"return_status": ["RETURN_OR_REFUND_REQUEST_PENDING"]}
    page = caller.data("POST", "/return_refund/202309/returns/search", body=body, query={"page_size": 10})
    assert page["total_count"] == 12
    one = page["return_orders"][0]
    assert one["seller_next_action_response"][0]["deadline"] == one["create_time"] + 2 * 86_400
    assert one["return_line_items"]
    low = {"page_size": 5}
    assert caller.refusal("POST", "/return_refund/202309/returns/search", body={}, query=low) == (400, 36009004)
