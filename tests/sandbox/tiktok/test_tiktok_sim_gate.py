import json

import pytest

from service.sandbox.tiktok.signing import sign_request

SHOPS = "/authorization/202309/shops"
SEARCH = "/order/202309/orders/search"


def test_shops_call_answers_in_the_vendors_envelope(caller):
    caller.cipher = None
    answer = caller.call("GET", SHOPS)
    content = answer.get_json()
    assert (content["code"], content["message"]) == (0, "Success")
    assert content["request_id"]
    assert list(content) == sorted(content)
    shop = content["data"]["shops"][0]
    assert (shop["name"], shop["region"], shop["seller_type"]) == ("Bloom & Thread", "GB", "LOCAL")


def test_every_refusal_carries_data_null_and_a_request_id(caller):
    content = caller.call("GET", "/order/202309/orders", query={"ids": ""}).get_json()
    assert content["data"] is None
    assert content["request_id"]


# Each row breaks one thing; every later check is broken too, so the answer shows which check comes first.
BROKEN_IN_ORDER = [
    ({"app_key": "nobody", "timestamp": "1", "sign": "x", "shop_cipher": None}, (400, 36009004), "app_key"),
    ({"timestamp": "1", "sign": "x", "shop_cipher": None}, (400, 36009004), "timestamp"),
    ({"sign": "x", "shop_cipher": None}, (401, 106001), "sign"),
    ({"shop_cipher": None}, (401, 105002), "expired"),
]


@pytest.mark.parametrize(("changes", "expected", "word"), BROKEN_IN_ORDER)
def test_checks_come_in_the_documented_order(caller, control, changes, expected, word):
    control("POST", "faults", {"expire_access_tokens": True, "missing_scopes": ["seller.order.info"]})
    answer = caller.call("POST", SEARCH, body={}, query={"page_size": 500}, **changes)
    assert (answer.status_code, answer.get_json()["code"]) == expected
    assert word in answer.get_json()["message"]


def test_scope_comes_before_cipher_and_cipher_before_parameters(caller, control):
    control("POST", "faults", {"missing_scopes": ["seller.order.info"]})
    assert caller.refusal("POST", SEARCH, body={}, shop_cipher=None) == (401, 105005)
    control("DELETE", "faults")
    assert caller.refusal("POST", SEARCH, body={}, shop_cipher=None) == (400, 106013)
    assert caller.refusal("POST", SEARCH, body={}, shop_cipher="GB_wrong") == (400, 106011)
    assert caller.refusal("POST", SEARCH, body={}) == (400, 36009004)


def test_unknown_path_version_and_method_are_told_apart_before_anything_else(caller):
    assert caller.refusal("GET", "/order/202309/parcels", sign="x") == (404, 36009009)
    assert caller.refusal("GET", "/order/202212/orders", sign="x") == (400, 36009014)
    assert caller.refusal("POST", "/order/202309/orders", sign="x") == (400, 36009010)


def test_sign_must_be_lowercase(caller, market, wall):
    query = {"app_key": market.app_key, "timestamp": str(int(wall())), "shop_cipher": caller.cipher}
    sign = sign_request(market.app_secret, "/event/202309/webhooks", query)
    assert caller.call("GET", "/event/202309/webhooks", sign=sign).status_code == 200
    assert caller.refusal("GET", "/event/202309/webhooks", sign=sign.upper()) == (401, 106001)


def test_sign_covers_the_raw_body_not_its_meaning(caller, market, wall):
    query = {"app_key": market.app_key, "timestamp": str(int(wall())), "shop_cipher": caller.cipher, "page_size": "1"}
    signed_for = json.dumps({"order_status": "UNPAID"}).encode()
    sign = sign_request(market.app_secret, SEARCH, query, body=signed_for)
    how = {"query": {"page_size": 1}, "sign": sign}
    assert caller.call("POST", SEARCH, raw=signed_for, **how).status_code == 200
    assert caller.refusal("POST", SEARCH, raw=b'{"order_status":"UNPAID"}', **how) == (401, 106001)


def test_sign_is_accepted_with_and_without_the_mount_prefix(caller):
    assert caller.call("GET", "/event/202309/webhooks", prefix="/tiktok/api").status_code == 200
    caller.cipher = caller.cipher + "x"
    assert caller.refusal("GET", "/event/202309/webhooks", prefix="/tiktok/api") == (400, 106011)


@pytest.mark.parametrize(("drift_s", "status"), [(-300, 200), (-301, 400), (30, 200), (31, 400)])
def test_timestamp_window_is_300_seconds_back_and_30_ahead(caller, wall, drift_s, status):
    assert caller.call("GET", "/event/202309/webhooks", timestamp=int(wall()) + drift_s).status_code == status


def test_cipher_is_refused_where_it_does_not_belong(caller):
    assert caller.refusal("GET", SHOPS) == (400, 36009004)


def test_token_and_foreign_cipher_do_not_match(caller, connect):
    caller.cipher = connect("harbour-lane").cipher
    assert caller.refusal("GET", "/event/202309/webhooks") == (401, 101000)


def test_access_token_expires_after_seven_days_of_wall_time_not_of_market_time(caller, market, wall):
    market.advance(30 * 86_400)
    assert caller.call("GET", "/event/202309/webhooks").status_code == 200
    wall.wait(7 * 86_400)
    assert caller.refusal("GET", "/event/202309/webhooks") == (401, 105002)


def test_malformed_token_is_a_bad_request_that_names_the_header(caller):
    caller.access = "nonsense"
    answer = caller.call("GET", "/event/202309/webhooks")
    assert (answer.status_code, answer.get_json()["code"]) == (400, 36009004)
    assert "x-tts-access-token" in answer.get_json()["message"]


def test_fifty_calls_a_second_per_endpoint_and_shop_then_429(caller, wall):
    answers = [caller.call("GET", "/event/202309/webhooks") for _ in range(51)]
    assert [answer.status_code for answer in answers].count(200) == 50
    assert answers[-1].get_json()["code"] == 36009002
    assert answers[-1].headers["Retry-After"] == "1"
    assert caller.call("GET", "/logistics/202309/warehouses").status_code == 200
    wall.wait(1)
    assert caller.call("GET", "/event/202309/webhooks").status_code == 200


FAULTS = [
    ("throttle", 429, 36009002),
    ("internal_error", 500, 36009003),
    ("upstream_timeout", 504, 36009007),
    ("unavailable", 503, None),
    ("html_error", 502, None),
]


@pytest.mark.parametrize(("fault", "status", "code"), FAULTS)
def test_counted_fault_strikes_its_path_once_and_is_over(caller, control, fault, status, code):
    assert control("POST", "faults", {fault: 1, "only_path": "webhooks"})["faults"][fault] == 1
    assert caller.call("GET", "/logistics/202309/warehouses").status_code == 200
    broken = caller.call("GET", "/event/202309/webhooks")
    assert broken.status_code == status
    if code is not None:
        assert broken.get_json()["code"] == code
    assert caller.call("GET", "/event/202309/webhooks").status_code == 200
