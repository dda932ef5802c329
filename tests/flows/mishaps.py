"""What may happen to the product on its way: a slow or dropped line, hands between two calls, death at any moment."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx


class Line(httpx.BaseTransport):
    """The wire to Google, in this process. It can drop, and it can be so slow that a write arrives after the client
    has given up: `hold` keeps the next writes on the way, `deliver` lets them arrive.
    """

    def __init__(self, app: Any) -> None:
        self._inner = httpx.WSGITransport(app=app)
        self._holding = 0
        self._held: list[httpx.Request] = []

    def hold(self, count: int = 1) -> None:
        self._holding = count

    def deliver(self) -> None:
        """What was held arrives, and nobody waits for the answers."""
        while self._held:
            self._inner.handle_request(self._held.pop(0)).read()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._holding and request.url.path.endswith(":batchUpdate"):
            self._holding -= 1
            request.read()
            self._held.append(request)
            raise httpx.ReadTimeout("no answer in time", request=request)
        try:
            return self._inner.handle_request(request)
        except ConnectionResetError as dropped:
            raise httpx.RemoteProtocolError(str(dropped), request=request) from dropped


class Interposed:
    """Google with somebody's hands in between: `before` and `after` run around the calls they are given for.

    Everything else is Google's client itself. A deed is done once and then forgotten.
    """

    def __init__(self, google: Any) -> None:
        self._google = google
        self.before: dict[str, list[Callable[[], None]]] = {}
        self.after: dict[str, list[Callable[[], None]]] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._google, name)
        if name == "drive":
            found = Interposed(found)
            found.before, found.after = self.before, self.after
            return found
        return self._around(name, found) if callable(found) else found

    def _around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*arguments: Any, **more: Any) -> Any:
            with contextlib.suppress(IndexError):
                self.before.get(name, []).pop(0)()
            answer = call(*arguments, **more)
            with contextlib.suppress(IndexError):
                self.after.get(name, []).pop(0)()
            return answer

        return asked


def interpose(rig: Any) -> Interposed:
    """The rig's Google from now on: what a test does between two calls."""
    google = Interposed(rig.services.google)
    rig.services = replace(rig.services, google=google)
    return google


# --- a process that may die ------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Counts what lasts; at the chosen moment, and ever after, nothing works any more."""

    dies_at: int
    moments: int = 0
    is_dead: bool = False

    def lasting(self) -> None:
        self.moments += 1
        if self.moments == self.dies_at:
            self.is_dead = True
        self.check()

    def check(self) -> None:
        if self.is_dead:
            raise KilledError


class MortalStore:
    """The store of a process that may die."""

    def __init__(self, store, fate: Fate) -> None:
        self._store, self._fate = store, fate
        self.sealer, self.engine = store.sealer, store.engine

    @contextlib.contextmanager
    def write(self):
        self._fate.check()
        with self._store.write() as tx:
            yield tx
        self._fate.lasting()

    @contextlib.contextmanager
    def read(self):
        self._fate.check()
        with self._store.read() as tx:
            yield tx


class MortalGoogle:
    """Google as a process sees it that may die before an answer reaches it."""

    def __init__(self, google, fate: Fate) -> None:
        self._google, self._fate = google, fate
        self.drive = google.drive

    def get(self, *arguments, **more):
        self._fate.check()
        return self._google.get(*arguments, **more)

    def get_by_filter(self, *arguments, **more):
        self._fate.check()
        return self._google.get_by_filter(*arguments, **more)

    def batch_update(self, *arguments, **more):
        self._fate.check()
        answer = self._google.batch_update(*arguments, **more)
        self._fate.lasting()
        return answer
