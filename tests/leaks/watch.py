"""The wire to Google and TikTok: what people do between two calls of a pass, and a look at every byte that is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from local_world import LocalWorld
from wiretap import Sent, Wiretap

READS = (":getByDataFilter", ":batchGetByDataFilter", ":search")


@dataclass
class Watch(Wiretap):
    """`between`: number of a call about a spreadsheet, from 1, within the present pass → what happens right before it.

    `note` gives what counts at a moment, `judge` is called with each write and with what counted before anybody came in
    between: whoever sends has asked for rights before, and can do no more.
    """

    between: Mapping[int, list[Callable[[], None]]] = field(default_factory=dict)
    calls: int = 0
    note: Callable[[], Any] = lambda: None
    judge: Callable[[Sent, Any], None] = lambda _sent, _then: None

    @classmethod
    def on(cls, world: LocalWorld) -> "Watch":
        watch = cls(world.http._transport, world)
        world.http._transport = watch
        return watch

    def begin(self) -> None:
        """A new case: nothing was said yet."""
        self.sent.clear()
        self.instead.clear()
        self.begin_pass({})

    def begin_pass(self, between: Mapping[int, list[Callable[[], None]]]) -> None:
        """Calls count from 1 again."""
        self.between, self.calls = dict(between), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The call, with what happens before it."""
        path = request.url.path
        if "/v4/spreadsheets" not in path:
            return super().handle_request(request)
        then = self.note()
        self.calls += 1
        for deed in self.between.pop(self.calls, []) if isinstance(self.between, dict) else ():
            deed()
        if request.method == "GET" or path.endswith(READS):
            return super().handle_request(request)
        before = len(self.sent)
        try:
            return super().handle_request(request)
        finally:
            for sent in self.sent[before:]:
                if sent.url == str(request.url):
                    self.judge(sent, then)
