"""Everything the product sends out, as it crosses the wire: who asked whom for what, with which body."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from local_world import WORLD_URL, LocalWorld

_FILES = (f"{WORLD_URL}/sheets/v4/spreadsheets/", f"{WORLD_URL}/drive/drive/v3/files/")


@dataclass(frozen=True)
class Sent:
    """One request. `who` is the address behind the bearer, empty without one; `body` is what was sent, as text."""

    who: str
    method: str
    url: str
    body: str

    @property
    def file_id(self) -> str:
        """The file of Google's that it is about, empty for anything else."""
        place = next((self.url.removeprefix(start) for start in _FILES if self.url.startswith(start)), "")
        return place.partition("/")[0].partition(":")[0].partition("?")[0]


@dataclass
class Wiretap(httpx.BaseTransport):
    """Between the product and the local world: passes everything on, and remembers it.

    `instead` answers the next requests itself, one each, as long as what it is given fits: None passes the request on.
    """

    inner: httpx.BaseTransport
    world: LocalWorld
    sent: list[Sent] = field(default_factory=list)
    instead: list[Callable[[Sent], httpx.Response | None]] = field(default_factory=list)

    @classmethod
    def on(cls, world: LocalWorld) -> "Wiretap":
        """The world's wire is tapped from now on."""
        tap = cls(world.http._transport, world)
        world.http._transport = tap
        return tap

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read().decode("utf-8", "replace")
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        known = self.world.identity.bearers.find_even_expired(bearer) if bearer else None
        asked = Sent(known.email if known else "", request.method, str(request.url), body)
        self.sent.append(asked)
        answer = self.instead[0](asked) if self.instead else None
        if answer is None:
            return self.inner.handle_request(request)
        del self.instead[0]
        return answer

    def about(self, file_id: str) -> list[Sent]:
        """The requests about one file."""
        return [one for one in self.sent if one.file_id == file_id]
