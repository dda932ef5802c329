from urllib.parse import parse_qs, urlsplit

import pytest

TOKEN_URL = "/api/v2/token/get"


@pytest.fixture
def auth(market):
    return market.auth_app.test_client()


def credentials(market, **more):
    return {"app_key": market.app_key, "app_secret": market.app_secret} | more


def exchange(auth, market, code):
    query = credentials(market, auth_code=code, grant_type="authorized_code")
    return auth.get(TOKEN_URL, query_string=query)


def refresh(auth, market, token):
    query = credentials(market, refresh_token=token, grant_type="refresh_token")
    return auth.get("/api/v2/token/refresh", query_string=query)


def callback(answer):
    assert answer.status_code == 302
    return {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def test_consent_page_shows_every_seller_and_both_choices(auth, market):
    page = auth.get("/open/authorize", query_string={"service_id": market.service_id, "state": "s1"}).get_data(
        as_text=True
    )
    for word in ("Bloom &amp; Thread", "Harbour Lane", "Nina Park", "Allow", "Deny", 'value="s1"'):
        assert word in page


def test_consent_page_refuses_an_unknown_app(auth):
    assert auth.get("/open/authorize", query_string={"service_id": "1"}).status_code == 400


@pytest.mark.parametrize("where", ["query", "form"])
def test_allow_redirects_with_code_state_and_the_vendors_extras(auth, market, where):
    sent = {"service_id": market.service_id, "state": "a b+c/="}
    if where == "query":
        answer = auth.post("/open/authorize", query_string=sent, data={"decision": "allow"})
    else:
        answer = auth.post("/open/authorize", data=sent | {"decision": "allow"})
    got = callback(answer)
    assert got["state"] == "a b+c/="
    assert (got["app_key"], got["locale"], got["shop_region"]) == (market.app_key, "en-GB", "GB")
    assert exchange(auth, market, got["code"]).get_json()["code"] == 0


def test_deny_redirects_with_an_error_and_the_code_null(auth, market):
    answer = auth.post("/open/authorize", query_string={"state": "s"}, data={"decision": "deny"})
    assert callback(answer) == {"error": "auth_denied", "code": "null", "state": "s"}
    assert answer.headers["Location"].startswith("https://sheets.example/consent/callback?")


def test_another_seller_can_be_chosen(auth, market):
    got = callback(auth.post("/open/authorize", data={"decision": "allow", "seller": "harbour-lane"}))
    assert exchange(auth, market, got["code"]).get_json()["data"]["seller_name"] == "Harbour Lane Goods"


def test_token_expiries_are_absolute_and_the_refresh_expiry_is_far_past_2038(auth, market, wall):
    data = exchange(auth, market, market.authorize()).get_json()["data"]
    assert data["access_token_expire_in"] == int(wall()) + 7 * 86_400
    assert data["refresh_token_expire_in"] > 2**32
    assert data["user_type"] == 0
    assert "seller.order.info" in data["granted_scopes"]


def test_code_works_once_and_for_half_an_hour(auth, market, wall):
    code = market.authorize()
    assert exchange(auth, market, code).get_json()["code"] == 0
    again = exchange(auth, market, code)
    assert (again.status_code, again.get_json()["code"]) == (200, 36004004)
    assert "data" not in again.get_json()
    late = market.authorize()
    wall.wait(30 * 60 + 1)
    assert exchange(auth, market, late).get_json()["code"] == 36004004


def test_token_endpoints_know_only_get_and_the_right_secret(auth, market):
    assert auth.post(TOKEN_URL).status_code == 404
    wrong = credentials(market, auth_code=market.authorize(), grant_type="authorized_code") | {"app_secret": "guess"}
    assert auth.get(TOKEN_URL, query_string=wrong).get_json()["code"] == 98001004


def test_refresh_gives_a_new_access_token_and_keeps_the_refresh_token(auth, market, caller):
    data = refresh(auth, market, caller.refresh).get_json()["data"]
    assert data["access_token"] != caller.access
    assert data["refresh_token"] == caller.refresh


def test_refresh_rotates_on_request_and_the_old_token_dies(auth, market, caller, control):
    control("POST", "faults", {"rotate_refresh_tokens": True})
    data = refresh(auth, market, caller.refresh).get_json()["data"]
    assert data["refresh_token"] != caller.refresh
    old = refresh(auth, market, caller.refresh)
    assert (old.status_code, old.get_json()["code"]) == (200, 36004005)
    assert refresh(auth, market, data["refresh_token"]).get_json()["code"] == 0


def test_creator_login_gets_a_token_of_another_user_type(connect, market, auth):
    data = exchange(auth, market, market.authorize("creator-nina")).get_json()["data"]
    assert data["user_type"] == 1
    creator = connect("creator-nina")
    assert creator.refusal("GET", "/authorization/202309/shops") == (401, 101000)


def test_deauthorize_kills_both_tokens_of_that_seller_only(market, auth, connect, control):
    first, second = connect(), connect("harbour-lane")
    control("POST", "deauthorize", {"shop_id": market.world.shops_of("bloom-and-thread")[0].id})
    assert first.refusal("GET", "/event/202309/webhooks") == (401, 105002)
    assert refresh(auth, market, first.refresh).get_json()["code"] == 36004005
    assert second.data("GET", "/event/202309/webhooks")["total_count"] == 0
