"""The calls of the product on their way to Google: counted, interrupted, held back, and each write witnessed.

Everything that reaches a spreadsheet passes here, so this is where a person's hands come between two calls and where
the ledger compares the sheet before and after a write.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from doubles import Clock
from stateful.judging import Window
from stateful.ledger import Ledger


@dataclass(frozen=True)
class Held:
    """A write that is still on its way. `window`: what its sender had read."""

    due_s: float
    request: httpx.Request
    window: Window


@dataclass
class Pass:
    """What is to happen to the calls of one pass. `before`: number of a call from 1 (0 = the first write) → deeds."""

    before: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    late_s: float | None = None
    calls: int = 0

    def deeds(self, *, is_write: bool) -> list[Callable[[], None]]:
        """The deeds whose moment is now, each handed out once."""
        self.calls += 1
        return (self.before.pop(0, []) if is_write else []) + self.before.pop(self.calls, [])

    def hold_s(self, *, is_write: bool) -> float | None:
        """For how long this call stays on its way; None = not at all."""
        if not is_write:
            return None
        late_s, self.late_s = self.late_s, None
        return late_s


class Traffic(httpx.BaseTransport):
    """The wire to Google, in this process. `ledger` is the one of the schedule that runs."""

    def __init__(self, app: Any, clock: Clock) -> None:
        self._inner = httpx.WSGITransport(app=app)
        self._clock = clock
        self._held: list[Held] = []
        self.now = Pass()
        self.ledger: Ledger | None = None
        self.reads = self.writes = 0

    def begin(self, ledger: Ledger) -> None:
        """A new schedule: nothing is on its way."""
        self._held.clear()
        self.ledger, self.now = ledger, Pass()
        self.reads = self.writes = 0

    @property
    def next_due_s(self) -> float | None:
        """When the next held write arrives."""
        return min((one.due_s for one in self._held), default=None)

    def deliver(self) -> None:
        """Held writes whose time has come arrive, earliest first; nobody waits for their answers."""
        due = sorted((one for one in self._held if one.due_s <= self._clock.timestamp()), key=lambda one: one.due_s)
        for one in due:
            self._held.remove(one)
            self._write(one.request, one.window)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The call with everything that happens to it. Calls to Drive and to the issuer just pass."""
        if "/v4/spreadsheets" not in request.url.path or self.ledger is None:
            return self._send(request)
        is_write = is_writing(request)
        if self.ledger.book.spreadsheet_id not in request.url.path:
            self.ledger.harm.append(f"the product called {request.method} {request.url.path}, which is not bound")
        self.deliver()
        for deed in self.now.deeds(is_write=is_write):
            deed()
        hold_s = self.now.hold_s(is_write=is_write)
        if hold_s is not None:
            request.read()
            self._held.append(Held(self._clock.timestamp() + hold_s, request, self.ledger.window()))
            raise httpx.ReadTimeout("no answer in time", request=request)
        if is_write:
            return self._write(request, self.ledger.window())
        self.reads += 1
        self.ledger.note_read()
        return self._send(request)

    def _write(self, request: httpx.Request, window: Window) -> httpx.Response:
        self.writes += 1
        assert self.ledger is not None
        request.read()
        with self.ledger.witnessing(requests_of(request), window):
            answer = self._send(request)
        if answer.is_error:
            self.ledger.note_refusal(window)
        return answer

    def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._inner.handle_request(request)
        except ConnectionResetError as dropped:
            raise httpx.RemoteProtocolError(str(dropped), request=request) from dropped


def is_writing(request: httpx.Request) -> bool:
    """Whether the call may change a spreadsheet."""
    path = request.url.path
    return request.method != "GET" and not path.endswith((":getByDataFilter", ":batchGetByDataFilter", ":search"))


def requests_of(request: httpx.Request) -> list[dict[str, Any]]:
    """The requests of a batchUpdate; none for other kinds of writes."""
    if not request.url.path.endswith(":batchUpdate") or "/values" in request.url.path:
        return []
    content = request.content
    if request.headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    return list(json.loads(content).get("requests", []))
