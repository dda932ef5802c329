"""A scripted upstream behind the product's own client, with time in the test's hand."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import stamina

from service.tiktok.access import App, ShopAccess
from service.tiktok.calls import CallRecord, RetryPolicy, Sender
from service.tiktok.client import TikTokClient
from service.tiktok.gateway import Gateway
from service.tiktok.pace import Pace

DATA = Path(__file__).parent.parent / "data"
NOW = datetime(2026, 11, 1, 9, 0, 0, tzinfo=UTC)
APP = App(key="29a39d", secret="e59af819cc", service_id="7300000000000000001")
API_URL = "https://api.test/prefix"


@dataclass
class Time:
    """Monotonic time that only sleeping and the test move."""

    at_s: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at_s += seconds


def envelope(data=None, *, code=0, message="Success", status=200, headers=None) -> httpx.Response:
    body = {"code": code, "message": message, "request_id": "202611010000000A1B2C", "data": data}
    return httpx.Response(status, json=body, headers=headers)


@dataclass
class Upstream:
    """Answers in the order they were scripted; the last one stays. A callable or an exception may stand for one."""

    script: list = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def answers(self, *script) -> "Upstream":
        self.script = list(script)
        return self

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step(request) if callable(step) else step

    @property
    def bodies(self) -> list:
        return [json.loads(request.content) if request.content else None for request in self.requests]


def independent_sign(request: httpx.Request, path: str, secret: str) -> str:
    """The vendor's algorithm once more, written from its description, over what really went out."""
    pairs = sorted((name, value) for name, value in request.url.params.multi_items() if name != "sign")
    text = secret + path + "".join(name + value for name, value in pairs) + request.content.decode() + secret
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """The policy's own number of attempts, without its pauses."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def records() -> list[CallRecord]:
    return []


@pytest.fixture
def sender(upstream, time, records) -> Sender:
    http = httpx.Client(transport=httpx.MockTransport(upstream))
    return Sender(http, RetryPolicy(attempts=4), monotonic=time.monotonic, on_call=records.append)


@pytest.fixture
def pace(time) -> Pace:
    return Pace(monotonic=time.monotonic, sleep=time.sleep)


@pytest.fixture
def gateway(sender, pace) -> Gateway:
    return Gateway(APP, sender, api_url=API_URL, clock=lambda: NOW, pace=pace)


@pytest.fixture
def unreadable() -> list:
    return []


@pytest.fixture
def client(gateway, unreadable) -> TikTokClient:
    return TikTokClient(gateway, clock=lambda: NOW, on_unreadable=unreadable.append)


@pytest.fixture
def shop() -> ShopAccess:
    return ShopAccess("7495000000000000001", "GCP_cipher+/==", "TTP_token", region="GB")


@pytest.fixture
def sample_order() -> Callable[[str], dict]:
    """A recorded order by its file's name."""
    return lambda name: json.loads((DATA / "orders" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def order_json() -> Callable[..., dict]:
    """A small order for paging tests."""
    return lambda order_id, update_time=1793503700, **more: {
        "id": order_id,
        "status": "AWAITING_SHIPMENT",
        "create_time": 1793500000,
        "update_time": update_time,
        "payment": {"currency": "GBP", "total_amount": "1.00"},
        **more,
    }
