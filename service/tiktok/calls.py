"""How a request reaches upstream and how often: one HTTP exchange, and the one retry policy of this room.

The whole answer is read within a time and a size limit. A call repeats only what faults say is transient, with full
jitter, at least as long as upstream asks, and never past the caller's deadline (a monotonic second).
Nothing here knows endpoints, tokens or orders. No address is ever logged: token addresses hold the app's secret.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import httpx
import stamina

from service.errors import UpstreamFailed
from service.tiktok.answers import Answer, data_of, open_envelope
from service.tiktok.faults import Reaction

Result = TypeVar("Result")

#: The largest answer read. A page of 100 orders stays below 2 MB.
MAX_ANSWER_BYTES = 16 * 1024 * 1024

#: Failures before anything was sent: their outcome is known, nothing happened upstream.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_OUT_OF_TIME = "TikTok Shop did not answer in time. We keep trying and nothing is lost."


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When to stop and how long to wait. `total_s` is the budget of a caller who names no deadline."""

    attempts: int = 4
    total_s: float = 20.0
    call_s: float = 10.0
    wait_first_s: float = 1.0
    wait_most_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request, signed and ready. `name` is the endpoint's, for records; the URL never leaves this room."""

    name: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    is_write: bool = False


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is told about one exchange: no address, no content. `status` 0 and `code` None: there was no answer."""

    endpoint: str
    shop_id: str
    status: int
    code: int | None
    took_s: float


class Patience:
    """Decides after each failure of one call: the seconds to wait, or False to give up. Counts failures."""

    def __init__(self, policy: RetryPolicy, *, deadline: float, monotonic: Callable[[], float]) -> None:
        self._policy = policy
        self._deadline = deadline
        self._monotonic = monotonic
        self._failures = 0

    def __call__(self, error: Exception) -> bool | float:
        if not isinstance(error, UpstreamFailed) or error.permanent:
            return False
        self._failures += 1
        ceiling_s = min(self._policy.wait_most_s, self._policy.wait_first_s * 2.0 ** (self._failures - 1))
        wait_s = (error.retry_after_s or 0.0) + random.uniform(0.0, ceiling_s)
        return wait_s if self._monotonic() + wait_s < self._deadline else False


class Sender:
    """Sends requests through one httpx client. Safe to share between threads."""

    def __init__(
        self,
        http: httpx.Client,
        policy: RetryPolicy | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        on_call: Callable[[CallRecord], None] | None = None,
    ) -> None:
        self._http = http
        self._policy = policy or RetryPolicy()
        self._monotonic = monotonic
        self._on_call = on_call
        logging.getLogger("httpx").addFilter(_hide_query)

    def deadline(self, given: float | None) -> float:
        """The caller's deadline, or the policy's own budget from now on."""
        return self._monotonic() + self._policy.total_s if given is None else given

    def repeat(self, attempt: Callable[[], Result], *, deadline: float) -> Result:
        """What `attempt` returns, tried again while its failure is transient and there is time left."""
        patience = Patience(self._policy, deadline=deadline, monotonic=self._monotonic)
        for context in stamina.retry_context(on=patience, attempts=self._policy.attempts, timeout=None):
            with context:
                return attempt()
        raise AssertionError("a retry context ends by return or by raise")

    def exchange(self, request: Request, *, codes: Mapping[int, Reaction], deadline: float, shop_id: str = "") -> bytes:
        """One try: the answer's data as JSON. Raises the Problem its code stands for."""
        started = self._monotonic()
        status: int = 0
        code: int | None = None
        try:
            answer = self._receive(request, until=min(deadline, started + self._policy.call_s))
            envelope = open_envelope(answer.body)
            status, code = answer.status, None if envelope is None else int(envelope.code)
            return data_of(answer, envelope, codes=codes, shop_id=shop_id)
        finally:
            if self._on_call:
                took_s = self._monotonic() - started
                self._on_call(CallRecord(request.name, shop_id, status, code, took_s))

    def _receive(self, request: Request, *, until: float) -> Answer:
        left_s = until - self._monotonic()
        if left_s <= 0:
            raise UpstreamFailed(_OUT_OF_TIME, detail=f"{request.name}: no time left to ask")
        try:
            return self._read(request, left_s=left_s, until=until)
        except httpx.RequestError as error:
            # `from None`: the cause holds the request, and with it an address that may carry a secret.
            raise UpstreamFailed(
                _OUT_OF_TIME
                if isinstance(error, httpx.TimeoutException)
                else "TikTok Shop cannot be reached. We keep trying and nothing is lost.",
                outcome_unknown=request.is_write and not isinstance(error, NOT_SENT),
                detail=f"{request.name}: {type(error).__name__}",
            ) from None

    def _read(self, request: Request, *, left_s: float, until: float) -> Answer:
        with self._http.stream(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body or None,
            timeout=left_s,
            follow_redirects=False,
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise httpx.DecodingError("answer too large", request=response.request)
                if self._monotonic() > until:  # each read has its own time-out; many slow ones must end too
                    raise httpx.ReadTimeout("answer too slow", request=response.request)
            return Answer(request.name, response.status_code, bytes(body), response.headers)


def _hide_query(record: logging.LogRecord) -> bool:
    """The line that httpx logs for each call stays, its address without the query: ours carry secrets there."""
    if isinstance(record.args, tuple):
        record.args = tuple(arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args)
    return True
