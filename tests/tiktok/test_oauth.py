"""Consent: the page, what comes back from it, and the tokens."""

import logging
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from scripted_upstream import APP, envelope

from service.errors import BadInput, NotConnected, UpstreamFailed
from service.tiktok.oauth import TikTokOAuth, read_callback

ACCESS_UNTIL, REFRESH_UNTIL = 1794104800, 4907520000
GRANTED = {
    "access_token": "TTP_access_secret",
    "access_token_expire_in": ACCESS_UNTIL,
    "refresh_token": "TTP_refresh_secret",
    "refresh_token_expire_in": REFRESH_UNTIL,
    "open_id": "7010736057180325637",
    "seller_name": "Mugs Ltd",
    "seller_base_region": "GB",
    "user_type": 0,
    "granted_scopes": ["seller.authorization.info", "seller.order.info", "seller.finance.info"],
}


@pytest.fixture
def oauth(sender) -> TikTokOAuth:
    return TikTokOAuth(
        APP,
        sender,
        auth_url="https://auth.test/",
        authorize_urls={"": "https://services.test/open/authorize", "US": "https://us.services.test/open/authorize"},
    )


@pytest.mark.parametrize(
    ("region", "page"),
    [("GB", "https://services.test/open/authorize"), ("us", "https://us.services.test/open/authorize")],
)
def test_consent_page_belongs_to_the_market_and_names_the_service(oauth, region, page):
    url = urlsplit(oauth.consent_url(region, state="a b&c"))
    assert f"{url.scheme}://{url.netloc}{url.path}" == page
    assert parse_qs(url.query) == {"service_id": [APP.service_id], "state": ["a b&c"]}


def test_exchange_asks_by_get_with_everything_in_the_query(oauth, upstream):
    upstream.answers(envelope(GRANTED))
    oauth.exchange("the+code")
    request = upstream.requests[0]
    assert (request.method, request.url.path) == ("GET", "/api/v2/token/get")
    assert dict(request.url.params) == {
        "app_key": APP.key,
        "app_secret": APP.secret,
        "auth_code": "the+code",
        "grant_type": "authorized_code",
    }


def test_refresh_asks_with_the_refresh_token_and_returns_both_new_tokens(oauth, upstream):
    upstream.answers(envelope(GRANTED))
    tokens = oauth.refresh("old refresh")
    assert upstream.requests[0].url.path == "/api/v2/token/refresh"
    assert upstream.requests[0].url.params["grant_type"] == "refresh_token"
    assert upstream.requests[0].url.params["refresh_token"] == "old refresh"
    assert (tokens.access_token, tokens.refresh_token) == ("TTP_access_secret", "TTP_refresh_secret")


def test_expiries_are_absolute_instants_also_past_2038(oauth, upstream):
    upstream.answers(envelope(GRANTED))
    tokens = oauth.exchange("code")
    assert tokens.access_expires_at == datetime.fromtimestamp(ACCESS_UNTIL, tz=UTC)
    assert tokens.refresh_expires_at == datetime(2125, 7, 7, tzinfo=UTC)
    assert (tokens.open_id, tokens.seller_name) == ("7010736057180325637", "Mugs Ltd")


def test_a_needed_scope_that_was_not_granted_is_named(oauth, upstream):
    upstream.answers(
        envelope(GRANTED),
        envelope({**GRANTED, "granted_scopes": ["seller.order.info"]}),
        envelope({name: value for name, value in GRANTED.items() if name != "granted_scopes"}),
    )
    assert oauth.exchange("code").lacking() == ()
    assert oauth.exchange("code").lacking() == ("seller.authorization.info",)
    assert oauth.exchange("code").lacking() == ()


@pytest.mark.parametrize("user_type", [1, 3, "1", "seller", True])
def test_a_person_who_is_no_seller_is_refused(oauth, upstream, user_type):
    upstream.answers(envelope({**GRANTED, "user_type": user_type}))
    with pytest.raises(BadInput):
        oauth.exchange("code")


@pytest.mark.parametrize("user_type", [0, "0", None])
def test_a_seller_or_an_answer_that_does_not_say_is_accepted(oauth, upstream, user_type):
    upstream.answers(envelope({**GRANTED, "user_type": user_type}))
    assert oauth.exchange("code").user_type == 0


@pytest.mark.parametrize("code", [36004004, 36004005, 98001004, 98001005, 98001006])
def test_a_spent_code_or_unknown_token_means_connect_again(oauth, upstream, code):
    upstream.answers(httpx.Response(200, json={"code": code, "message": "no", "request_id": "r"}))
    for ask in (oauth.exchange, oauth.refresh):
        with pytest.raises(NotConnected):
            ask("x")
    assert len(upstream.requests) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": ""},
        {"refresh_token": None},
        {"access_token_expire_in": 0},
        {"refresh_token_expire_in": "never"},
        {"granted_scopes": "all"},
    ],
)
def test_incomplete_tokens_are_a_lasting_failure(oauth, upstream, changes):
    upstream.answers(envelope({**GRANTED, **changes}))
    with pytest.raises(UpstreamFailed) as caught:
        oauth.exchange("code")
    assert caught.value.permanent


def test_a_passing_failure_is_repeated(oauth, upstream):
    upstream.answers(httpx.Response(503), httpx.ConnectError("refused"), envelope(GRANTED))
    assert oauth.refresh("r").access_token == "TTP_access_secret"


def test_the_apps_secret_the_code_and_the_tokens_stay_out_of_logs_and_messages(oauth, upstream, caplog):
    upstream.answers(envelope(GRANTED), httpx.Response(404, text="<html>"))
    with caplog.at_level(logging.DEBUG):
        tokens = oauth.exchange("the-code")
        with pytest.raises(UpstreamFailed) as caught:
            oauth.refresh("the-refresh-token")
    assert caught.value.__cause__ is None
    told = caplog.text + repr(tokens) + repr(caught.value) + caught.value.detail
    assert "HTTP Request: GET https://auth.test/api/v2/token/get" in caplog.text
    for secret in (APP.secret, "the-code", "the-refresh-token", "TTP_access_secret", "TTP_refresh_secret"):
        assert secret not in told


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"code": "abc", "state": "s", "shop_region": "GB", "app_key": "k", "locale": "en"}, "abc"),
        ({"code": "null", "state": "s", "error": "auth_denied"}, ""),
        ({"code": "null", "state": "s"}, ""),
        ({"code": "abc", "state": "s", "error": "access_denied"}, ""),
        ({"state": "s"}, ""),
        ({"code": " ", "state": "s"}, ""),
    ],
)
def test_the_callback_is_a_code_or_a_refusal(query, code):
    found = read_callback(query)
    assert (found.code, found.state) == (code, "s")
    assert found.shop_region == query.get("shop_region", "")
