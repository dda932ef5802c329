"""An upstream that answers as scripted, time that only the test moves, and the vendor's signature written once more."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from service.tiktok.access import App

DATA = Path(__file__).parent / "data"
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
