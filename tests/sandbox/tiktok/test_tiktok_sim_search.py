import pytest

SEARCH = "/order/202309/orders/search"


def ids(page):
    return [order["id"] for order in page["orders"]]


def walk(caller, body=None, **query):
    """All ids of all pages, in the order given."""
    found, token = [], ""
    while True:
        page = caller.search(body, **query, **({"page_token": token} if token else {}))
        found += ids(page)
        token = page["next_page_token"]
        if not token:
            return found, page["total_count"]


@pytest.fixture
def at_once(control):
    control("POST", "faults", {"search_lag_s": 0})


def test_new_order_is_found_by_id_at_once_and_by_search_after_the_lag(caller, market, wall):
    order = market.place_orders(1)[0]
    assert caller.order(order.id)["status"] == "AWAITING_SHIPMENT"
    assert caller.search()["total_count"] == 0
    wall.wait(1.9)
    assert caller.search()["total_count"] == 0
    wall.wait(0.2)
    assert ids(caller.search()) == [order.id]


def test_pages_give_each_order_once_with_tokens_that_need_encoding(caller, market, at_once):
    made = {order.id for order in market.place_orders(23)}
    page = caller.search(page_size=10)
    assert set("/+=") <= set(page["next_page_token"])
    found, total = walk(caller, page_size=10)
    assert (sorted(found), total) == (sorted(made), 23)


@pytest.mark.parametrize("order", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["create_time", "update_time"])
def test_sorting_holds_across_pages(caller, market, wall, at_once, field, order):
    for _ in range(7):
        market.place_orders(2)
        wall.wait(10)
    found, _ = walk(caller, page_size=3, sort_field=field, sort_order=order)
    keys = [(market.world.show(market.world.orders[one])[field], one) for one in found]
    assert keys == sorted(keys, reverse=order == "DESC")
    assert len(set(found)) == 14


def test_without_sort_parameters_the_oldest_comes_first(caller, market, wall, at_once):
    first = market.place_orders(1)[0]
    wall.wait(60)
    market.place_orders(1)
    page = caller.data("POST", SEARCH, body={}, query={"page_size": 2})
    assert ids(page)[0] == first.id


def test_windows_are_half_open_on_either_time(caller, market, wall, at_once):
    moments = []
    for _ in range(3):
        moments.append(int(market.clock.timestamp()))
        market.place_orders(1, status="UNPAID")
        wall.wait(10)
    for field in ("create_time", "update_time"):
        inside = {f"{field}_ge": moments[0], f"{field}_lt": moments[2]}
        assert caller.search(inside)["total_count"] == 2
        assert caller.search({f"{field}_ge": moments[1]}, sort_field="create_time")["total_count"] == 2
    both = {"create_time_ge": moments[1], "update_time_lt": moments[2]}
    assert caller.search(both)["total_count"] == 1


def test_filters_choose_status_warehouse_buyer_and_shipping(caller, market, at_once):
    market.place_orders(12)
    market.place_orders(2, status="DELIVERED")
    assert caller.search({"order_status": "DELIVERED"})["total_count"] == 2
    everything = caller.search()["orders"]
    house = everything[0]["warehouse_id"]
    expected = sum(order["warehouse_id"] == house for order in everything)
    assert caller.search({"warehouse_ids": [house]})["total_count"] == expected
    buyer = everything[0]["user_id"]
    assert everything[0]["id"] in ids(caller.search({"buyer_user_id": buyer}))
    assert caller.search({"shipping_type": "TIKTOK"})["total_count"] == 0
    assert caller.search({"is_buyer_request_cancel": True})["total_count"] == 0


def test_order_changed_during_paging_moves_on_but_none_is_skipped(caller, market, wall, control, at_once):
    """The order already seen leaves the fixed window; those not yet seen all come."""
    made = market.place_orders(6)
    wall.wait(5)
    limit = {"update_time_lt": market.clock.timestamp()}
    first = caller.search(limit, page_size=3)
    moved = first["orders"][0]["id"]
    control("POST", "edit", {"order_id": moved, "changes": {"seller_note": "changed"}})
    second = caller.search(limit, page_size=3, page_token=first["next_page_token"])
    assert set(ids(first)) | set(ids(second)) == {order.id for order in made}
    assert ids(caller.search({"update_time_ge": limit["update_time_lt"]})) == [moved]


def test_page_shift_skips_an_order_when_another_leaves_the_window(caller, market, wall, control, at_once):
    control("POST", "faults", {"page_shift": True})
    made = market.place_orders(6)
    wall.wait(5)
    limit = {"update_time_lt": market.clock.timestamp()}
    first = caller.search(limit, page_size=3)
    control("POST", "edit", {"order_id": first["orders"][0]["id"], "changes": {"seller_note": "changed"}})
    second = caller.search(limit, page_size=3, page_token=first["next_page_token"])
    assert len(set(ids(first)) | set(ids(second))) == len(made) - 1


@pytest.mark.parametrize("token", ["abc", "Zz/+AAAA=", "Zz/+!!!!="])
def test_invented_page_token_is_refused(caller, token):
    assert caller.refusal("POST", SEARCH, body={}, query={"page_size": 5, "page_token": token}) == (400, 36009004)


def test_page_token_of_another_search_is_refused(caller, market, at_once):
    market.place_orders(3)
    token = caller.search(page_size=1)["next_page_token"]
    how = {"body": {"order_status": "UNPAID"}, "query": {"page_size": 1, "page_token": token}}
    assert caller.refusal("POST", SEARCH, **how) == (400, 36009004)


BAD = [
    ({}, {}),
    ({"page_size": 0}, {}),
    ({"page_size": 101}, {}),
    ({"page_size": "ten"}, {}),
    ({"page_size": 5, "sort_field": "paid_time"}, {}),
    ({"page_size": 5, "sort_order": "asc"}, {}),
    ({"page_size": 5}, {"order_status": "SHIPPED"}),
    ({"page_size": 5}, {"update_time_ge": "1795000000"}),
    ({"page_size": 5}, {"page_token": "x"}),
    ({"page_size": 5}, [1]),
]


@pytest.mark.parametrize(("query", "body"), BAD)
def test_bad_parameters_are_refused(caller, query, body):
    assert caller.refusal("POST", SEARCH, body=body, query=query) == (400, 36009004)


def test_unknown_body_field_is_tolerated(caller):
    assert caller.search({"favourite_colour": "green"})["total_count"] == 0


def test_search_lacks_the_payment_keys_of_the_detail(caller, market, at_once):
    order_id = market.place_orders(1)[0].id
    listed, detailed = caller.search()["orders"][0], caller.order(order_id)
    assert {"payment_card_type", "payment_method_code"} == detailed.keys() - listed.keys()
    assert listed == {key: detailed[key] for key in listed}


def test_detail_takes_fifty_ids_drops_unknown_ones_and_refuses_foreign_ones(caller, connect, market):
    made = [order.id for order in market.place_orders(50)]
    path = "/order/202309/orders"
    assert ids(caller.data("GET", path, query={"ids": ",".join(made)})) == made
    assert caller.refusal("GET", path, query={"ids": ",".join([*made, "1"])}) == (400, 36009004)
    assert ids(caller.data("GET", path, query={"ids": f"576400000000000001,{made[0]}"})) == made[:1]
    stranger = connect("harbour-lane")
    assert stranger.refusal("GET", path, query={"ids": made[0]}) == (200, 21008111)


def test_newer_detail_adds_its_fields(caller, market):
    order_id = market.place_orders(1)[0].id
    newer = caller.data("GET", "/order/202507/orders", query={"ids": order_id})["orders"][0]
    assert {"is_subscription_order", "buyer_nickname"} <= newer.keys() - caller.order(order_id).keys()
