"""One signed call to the shop API: signature, time stamp, the shop's pace, a spent token renewed, a wrong clock
corrected. Which call means what is `client`'s work; how often it is repeated is `calls`' policy.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from service.errors import UpstreamFailed
from service.tiktok.access import App, ShopAccess
from service.tiktok.answers import MalformedError, decode
from service.tiktok.calls import Request, Sender
from service.tiktok.endpoints import ENDPOINTS, Endpoint
from service.tiktok.faults import API_CODES, ClockRejected, Throttled, TokenRejected
from service.tiktok.pace import Pace
from service.tiktok.signing import sign

Wire = TypeVar("Wire")

#: How long a shop is left alone when upstream throttles without saying for how long.
THROTTLE_PAUSE_S = 1.0


class Gateway:
    """The door to the API of one app. Safe to share between threads; keeps nothing but a clock correction."""

    def __init__(
        self,
        app: App,
        sender: Sender,
        *,
        api_url: str,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
        endpoints: Mapping[str, Endpoint] = ENDPOINTS,
    ) -> None:
        """`api_url` may carry a path prefix; it is not signed. `clock` is wall time, aware."""
        self._app = app
        self._sender = sender
        self._api_url = api_url.rstrip("/")
        self._clock = clock
        self._pace = pace or Pace()
        self._endpoints = endpoints
        self._clock_correction = timedelta(0)

    def deadline(self, given: float | None) -> float:
        """The caller's deadline (a monotonic second), or the sender's own budget from now on."""
        return self._sender.deadline(given)

    def ask(
        self,
        name: str,
        shop: ShopAccess,
        wire: type[Wire],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        about: str = "",
        deadline: float | None = None,
    ) -> Wire:
        """The call's data as a `wire`. The body is serialised once; those bytes are signed and sent.

        `about`: the id of what is asked for, where the path names one.
        """
        until = self._sender.deadline(deadline)
        params = {key: value for key, value in (query or {}).items() if value}
        content = msgspec.json.encode(body) if body else b""
        endpoint = self._endpoints[name].about(about)
        data = self._cured(
            shop,
            lambda token: self._sender.repeat(
                lambda: self._attempt(endpoint, shop, token, params=params, body=content, deadline=until),
                deadline=until,
            ),
        )
        try:
            return decode(data, wire)
        except MalformedError as error:
            raise UpstreamFailed(
                "TikTok Shop answered in a way we do not understand. Please tell support.",
                permanent=True,
                detail=f"{name}: data of another shape",
            ) from error

    def _cured(self, shop: ShopAccess, call: Callable[[str], bytes]) -> bytes:
        """The call's answer; a spent token is renewed and a wrong clock corrected, once each, then it is repeated."""
        token = shop.token("")
        is_renewed = is_corrected = False
        while True:
            try:
                return call(token)
            except TokenRejected:
                fresh = token if is_renewed else shop.token(token)
                if fresh == token:
                    raise
                token, is_renewed = fresh, True
            except ClockRejected as fault:
                if is_corrected or fault.server_at is None:
                    raise
                self._clock_correction = fault.server_at - self._clock()
                is_corrected = True

    def _attempt(
        self,
        endpoint: Endpoint,
        shop: ShopAccess,
        token: str,
        *,
        params: Mapping[str, str],
        body: bytes,
        deadline: float,
    ) -> bytes:
        """One exchange at the shop's pace, with a time stamp and signature of its own."""
        self._pace.take(shop.shop_id, deadline=deadline)
        request = self._signed(endpoint, shop.cipher, token, params=params, body=body)
        try:
            return self._sender.exchange(request, codes=API_CODES, deadline=deadline, shop_id=shop.shop_id)
        except Throttled as fault:
            self._pace.hold(shop.shop_id, for_s=fault.retry_after_s or THROTTLE_PAUSE_S)
            raise

    def _signed(
        self, endpoint: Endpoint, cipher: str, token: str, *, params: Mapping[str, str], body: bytes
    ) -> Request:
        stamp = int((self._clock() + self._clock_correction).timestamp())
        query = {**params, "app_key": self._app.key, "timestamp": str(stamp)}
        if cipher:
            query["shop_cipher"] = cipher
        query["sign"] = sign(endpoint.path, query, self._app.secret, body=body)
        return Request(
            name=endpoint.name,
            method=endpoint.method,
            url=f"{self._api_url}{endpoint.path}?{urlencode(query, quote_via=quote, safe='')}",
            headers={"content-type": "application/json", "x-tts-access-token": token},
            body=body,
            is_write=endpoint.is_write,
        )
