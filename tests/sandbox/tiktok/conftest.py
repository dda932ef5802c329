"""A market in-process with a wall clock the test turns, and a caller that signs."""

import json
from dataclasses import dataclass, field

import pytest

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import Market, create_market
from service.sandbox.tiktok.signing import sign_request

CALLBACK = "https://sheets.example/consent/callback"


class Wall:
    """Wall time that stands still until told."""

    def __init__(self):
        self.now = 1_795_000_000.0  # 2026-11-18T11:06:40Z, a Wednesday

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


@dataclass
class Caller:
    """One app, one seller's token, one shop: signs and sends as the vendor's documentation says."""

    market: Market
    wall: Wall
    access: str
    refresh: str
    cipher: str | None
    headers: dict = field(default_factory=dict)

    def call(self, method, path, *, body=None, raw=None, query=None, prefix="", **changes):
        """`changes` replaces (or with None removes) parameters after defaults, before signing; sign=… goes unsigned."""
        sign = changes.pop("sign", ...)
        parameters = {"app_key": self.market.app_key, "timestamp": str(int(self.wall()))}
        if self.cipher is not None:
            parameters["shop_cipher"] = self.cipher
        parameters |= (query or {}) | changes
        parameters = {key: str(value) for key, value in parameters.items() if value is not None}
        sent = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        signed = sign_request(self.market.app_secret, prefix + path, parameters, body=sent)
        parameters["sign"] = signed if sign is ... else sign
        parameters = {key: value for key, value in parameters.items() if value is not None}
        headers = {"x-tts-access-token": self.access} | self.headers
        environ = {"SCRIPT_NAME": prefix} if prefix else {}
        return self.market.api_app.test_client().open(
            path,
            method=method,
            query_string=parameters,
            data=sent,
            headers=headers,
            content_type="application/json",
            environ_overrides=environ,
        )

    def data(self, method, path, **how):
        answer = self.call(method, path, **how).get_json()
        assert answer["code"] == 0, answer
        return answer["data"]

    def refusal(self, method, path, **how):
        answer = self.call(method, path, **how)
        return answer.status_code, answer.get_json()["code"]

    def search(self, body=None, **query):
        query = {"page_size": 50, "sort_field": "update_time", "sort_order": "ASC"} | query
        return self.data("POST", "/order/202309/orders/search", body=body or {}, query=query)

    def order(self, order_id):
        return self.data("GET", "/order/202309/orders", query={"ids": order_id})["orders"][0]


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def market(wall):
    market = create_market(data_dir=None, clock=MarketClock(None, wall=wall), webhook_url=None, wall=wall)
    market.redirect_url = CALLBACK
    yield market
    market.close()


@pytest.fixture
def connect(market, wall):
    """A caller for a seller's first shop, after a real code exchange."""

    def connect_seller(seller_id="bloom-and-thread"):
        query = {
            "app_key": market.app_key,
            "app_secret": market.app_secret,
            "auth_code": market.authorize(seller_id),
            "grant_type": "authorized_code",
        }
        token = market.auth_app.test_client().get("/api/v2/token/get", query_string=query).get_json()["data"]
        shops = market.world.shops_of(seller_id)
        cipher = shops[0].cipher if shops else None
        return Caller(market, wall, token["access_token"], token["refresh_token"], cipher)

    return connect_seller


@pytest.fixture
def caller(connect):
    return connect()


@pytest.fixture(scope="session")
def signed_caller():
    """Makes a caller for any market and shop, with a fresh token of the shop's seller."""

    def make(market, shop):
        query = {
            "app_key": market.app_key,
            "app_secret": market.app_secret,
            "auth_code": market.authorize(shop.seller_id),
            "grant_type": "authorized_code",
        }
        token = market.auth_app.test_client().get("/api/v2/token/get", query_string=query).get_json()["data"]
        return Caller(market, market.world.wall, token["access_token"], token["refresh_token"], shop.cipher)

    return make


@pytest.fixture
def control(market):
    """Posts to the tester's side and gives the answer's JSON, which must be a success."""
    client = market.control_app.test_client()

    def send(method, path, body=None):
        answer = client.open(f"/{path}", method=method, json=body)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    return send
