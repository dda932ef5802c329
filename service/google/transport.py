"""One call to Google: identity in, time limit kept, bytes counted, every failure turned into a Problem.

Requests are built by google-api-python-client and sent by httpx instead of its own httplib2, for three reasons:
httplib2 silently sends a request again when the connection drops before the answer, which would double our inserts;
it is not safe for threads; and its time-out counts per read, not per call. Nothing is ever repeated here, but for one
case: a writer's token that Google refuses (401, nothing applied) is renewed once.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from service.google.identities import Identity
from service.google.refusals import Asked, CallKind, classify_answer, classify_silence, out_of_time

if TYPE_CHECKING:
    import httplib2

#: Google works on one request for at most 180 s; no call of ours waits longer, whatever its budget.
LONGEST_CALL_S = 185.0
CONNECT_TIMEOUT_S = 10.0
#: Set by httpx for the body it really sends.
_HOP_HEADERS = frozenset({"content-length", "host", "connection"})


@dataclass(frozen=True, slots=True)
class Call:
    """What one call cost. Bytes are bodies as they crossed the wire; `status` is 0 without an answer.

    `method` is Google's name, e.g. `sheets.spreadsheets.batchUpdate`; a repeated call after 401 counts once.
    """

    method: str
    kind: CallKind
    identity: str
    ms: float
    bytes_out: int
    bytes_in: int
    status: int
    ok: bool


def open_http(verify: SSLContext | bool = True) -> httpx.Client:  # noqa: FBT001, FBT002 - httpx's own parameter
    """A client fit for Google: connections stay open between two flushes (Google keeps idle ones for minutes)."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=60.0)
    return httpx.Client(verify=verify, limits=limits, timeout=CONNECT_TIMEOUT_S)


def ignore(_call: Call) -> None:
    """The observer that wants to know nothing."""


class Transport:
    """Sends requests of google-api-python-client. Safe for many threads, like the httpx client it is given."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        on_call: Callable[[Call], None] = ignore,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.now = now
        self._http = http
        self._on_call = on_call

    def send(self, request: Any, identity: Identity, *, kind: CallKind, budget_s: float) -> dict[str, Any]:
        """The parsed answer ({} for one without a body), or a Problem. `budget_s`: seconds for all of it."""
        # Whoever has a request has loaded the library; whoever only shows a first card has not.
        from googleapiclient.errors import HttpError

        asked = Asked(str(request.methodId), kind, identity.kind, identity.name, identity.email)
        request.postproc = _parsed
        started = self.now()
        exchange = _Exchange(self._http, identity, asked, until=started + min(budget_s, LONGEST_CALL_S), now=self.now)
        ok = False
        try:
            answer = _object(request.execute(http=exchange, num_retries=0), status=exchange.status)
            ok = True
        except HttpError as error:
            raise exchange.problem_of(error.content) from error
        except (httpx.HTTPError, OSError) as error:
            raise classify_silence(asked, error) from error
        except ValueError as error:
            raise exchange.problem_of(b"") from error
        finally:
            self._on_call(exchange.account(ok=ok, ms=(self.now() - started) * 1000))
        return answer


def _parsed(_answer: object, content: bytes) -> Any:
    """What JSON says, several times faster than the library: a large write has a large answer."""
    try:
        return msgspec.json.decode(content) if content else None
    except msgspec.DecodeError as error:
        raise ValueError("not JSON") from error


def _object(answer: Any, *, status: int) -> dict[str, Any]:
    if status == httpx.codes.NO_CONTENT:
        return {}
    if not isinstance(answer, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one kind with unparsable JSON
    return answer


@dataclass(slots=True)
class _Exchange:
    """Looks like httplib2's client to google-api-python-client, for the length of one call."""

    http: httpx.Client
    identity: Identity
    asked: Asked
    until: float
    now: Callable[[], float]
    bytes_out: int = 0
    bytes_in: int = 0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(
        self, uri: str, method: str, *, body: str | None, headers: Mapping[str, str]
    ) -> "tuple[httplib2.Response, bytes]":
        """The final answer in httplib2's terms."""
        # See `send`.
        import httplib2

        token = self.identity.bearer(self.http, timeout_s=self._left_s())
        content = self._send(uri, method, body, {**headers, "authorization": f"Bearer {token}"})
        if self.status == httpx.codes.UNAUTHORIZED:
            newer = self.identity.renew(token, self.http, timeout_s=self._left_s())
            if newer is not None:
                content = self._send(uri, method, body, {**headers, "authorization": f"Bearer {newer}"})
        return httplib2.Response({**self.headers, "status": str(self.status)}), content

    def problem_of(self, content: bytes) -> Exception:
        return classify_answer(self.asked, status=self.status, headers=self.headers, content=content)

    def account(self, *, ok: bool, ms: float) -> Call:
        asked = self.asked
        return Call(asked.method, asked.kind, asked.identity_name, ms, self.bytes_out, self.bytes_in, self.status, ok)

    def _send(self, uri: str, method: str, body: str | None, headers: Mapping[str, str]) -> bytes:
        """The whole body, read within the time that is left; `status` and `headers` are set."""
        content = (body or "").encode()
        left_s = self._left_s()
        sent = {name: value for name, value in headers.items() if name.lower() not in _HOP_HEADERS}
        timeout = httpx.Timeout(left_s, connect=min(left_s, CONNECT_TIMEOUT_S), pool=min(left_s, CONNECT_TIMEOUT_S))
        self.status, self.headers = 0, {}
        self.bytes_out += len(content)
        with self.http.stream(method, uri, content=content or None, headers=sent, timeout=timeout) as answer:
            chunks = []
            try:
                for chunk in answer.iter_bytes():
                    chunks.append(chunk)
                    if self.now() > self.until:
                        raise httpx.ReadTimeout("the answer came too slowly")
            finally:
                self.bytes_in += answer.num_bytes_downloaded
            self.status, self.headers = answer.status_code, answer.headers
        return b"".join(chunks)

    def _left_s(self) -> float:
        left_s = self.until - self.now()
        if left_s <= 0:
            raise out_of_time(self.asked)
        return left_s
