"""The product's own TikTok client in front of a scripted upstream, with time in the test's hand."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import stamina
from scripted_upstream import API_URL, APP, DATA, NOW, Time, Upstream

from service.tiktok.access import ShopAccess
from service.tiktok.calls import CallRecord, RetryPolicy, Sender
from service.tiktok.client import TikTokClient
from service.tiktok.gateway import Gateway
from service.tiktok.pace import Pace


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
