"""Delivers notices: signed, at once, in order per shop, tried again as the vendor does, and disturbed on request.

What a notice says is in `notice_kinds`. Waiting and retrying run on wall time; the notice's own timestamp is market
time. Notices that wait when the process ends are lost, as a client must expect.
"""

import heapq
import itertools
import threading
from collections import deque
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from service.sandbox.tiktok.calls import CallBook
from service.sandbox.tiktok.notice_kinds import EVENT_TYPES
from service.sandbox.tiktok.signing import sign_notice
from service.sandbox.tiktok.world import World

WORKERS = 4
TIMEOUT_S = 3.0
RETRY_AFTER_S = (120, 30 * 60, 3 * 3_600, 12 * 3_600)  # the vendor's configuration guide
UNKNOWN_TYPE = 999
_ID_BASE = 7_380_000_000_000_000_000
_IDLE_S = 0.25  # a worker looks at the time this often while something waits
_RECEIVED = {200, 401}  # 401 says "received, not authentic"


class Letter(Struct, eq=False):
    """One notice on its way to one address."""

    lane: str  # letters of one lane go one after another
    address: str
    body: bytes
    signature: str
    attempt: int = 0


class Postman:
    """Queues notices and delivers them from a few threads, or from the caller's with `deliver_due`."""

    def __init__(self, world: World, calls: CallBook) -> None:
        self.webhook_url: str | None = None
        self.transport: httpx.BaseTransport | None = None  # set before start: tests post straight into a WSGI app
        self._world = world
        self._calls = calls
        self._ready = threading.Condition()
        self._waiting: list[tuple[float, int, Letter]] = []
        self._lanes: dict[str, deque[Letter]] = {}
        self._busy: set[str] = set()
        self._numbers = itertools.count()
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()
        self._client: httpx.Client | None = None

    def notify(self, shop_id: str, kind: int, content: dict[str, Any]) -> None:
        """Queue a notice about the shop, with whatever the faults add. The caller holds the world's lock."""
        faults = self._world.faults
        if faults.take("webhook_unknown_type"):
            self._calls.add_notice("unknown_type")
            self._send(shop_id, self.envelope(shop_id, UNKNOWN_TYPE, {"something": "new"}), kind=kind)
        body = self.envelope(shop_id, kind, content)
        if faults.take("webhook_forged"):
            self._calls.add_notice("forged")
            self._send(shop_id, body, kind=kind, secret="not the secret")  # noqa: S106 - the point of a forgery
        if faults.take("webhook_lost"):
            self._calls.add_notice("lost")
            return
        for copy in range(1 + faults.webhook_duplicated):
            if copy:
                self._calls.add_notice("duplicated")
            self._send(shop_id, body, kind=kind)

    def envelope(self, shop_id: str, kind: int, content: dict[str, Any]) -> bytes:
        """The raw body of a notice, with an id of its own and the market's time."""
        number = _ID_BASE + self._world.count("notice") * 1_000_003
        return msgspec.json.encode(
            {
                "type": kind,
                "tts_notification_id": str(number),
                "shop_id": shop_id,
                "timestamp": self._world.clock.timestamp(),
                "data": content,
            }
        )

    def address_of(self, shop_id: str, kind: int) -> str | None:
        """The shop's own address for the event, else the app's."""
        own = self._world.state.subscriptions.get(shop_id, {}).get(EVENT_TYPES.get(kind, ""))
        return own.address if own else self.webhook_url

    def start(self) -> None:
        """Delivery runs in the background from here on."""
        self._http()  # building a client takes long enough to delay the first notice
        self._threads = [threading.Thread(target=self._work, name=f"webhooks-{n}", daemon=True) for n in range(WORKERS)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """No delivery runs any more; what waits is dropped."""
        with self._ready:
            self._closing.set()
            self._ready.notify_all()
        for thread in self._threads:
            thread.join()
        if self._client is not None:
            self._client.close()

    def deliver_due(self) -> int:
        """Deliver in the calling thread everything that is due now; how many attempts that were."""
        attempts = 0
        while (letter := self._take()) is not None:
            self._attempt(letter)
            attempts += 1
        return attempts

    def waiting(self) -> int:
        """Notices not yet delivered or given up."""
        with self._ready:
            return len(self._waiting) + sum(map(len, self._lanes.values())) + len(self._busy)

    def _send(self, shop_id: str, body: bytes, *, kind: int, secret: str | None = None) -> None:
        address = self.address_of(shop_id, kind)
        if address is None:
            self._calls.add_notice("without_address")
            return
        faults, state = self._world.faults, self._world.state
        signature = sign_notice(state.app_key, secret or state.app_secret, body)
        number = next(self._numbers)
        wait_s, lane = faults.webhook_late_s, shop_id
        if faults.webhook_unordered:
            lane = f"{shop_id}#{number}"
            wait_s += (number * 7_919 % 1_000) / 1_000
        self._calls.add_notice("sent")
        self._queue(Letter(lane=lane, address=address, body=body, signature=signature), wait_s=wait_s)

    def _queue(self, letter: Letter, *, wait_s: float) -> None:
        with self._ready:
            heapq.heappush(self._waiting, (self._world.wall() + wait_s, next(self._numbers), letter))
            self._ready.notify()

    def _work(self) -> None:
        while not self._closing.is_set():
            letter = self._take()
            if letter is not None:
                self._attempt(letter)
                continue
            with self._ready:
                if not (self._closing.is_set() or self._has_due()):
                    self._ready.wait(_IDLE_S if self._waiting else None)

    def _has_due(self) -> bool:
        due = bool(self._waiting) and self._waiting[0][0] <= self._world.wall()
        return due or any(lane not in self._busy for lane in self._lanes)

    def _take(self) -> Letter | None:
        with self._ready:
            now = self._world.wall()
            while self._waiting and self._waiting[0][0] <= now:
                letter = heapq.heappop(self._waiting)[2]
                self._lanes.setdefault(letter.lane, deque()).append(letter)
            lane = next((name for name in self._lanes if name not in self._busy), None)
            if lane is None:
                return None
            letter = self._lanes[lane].popleft()
            if not self._lanes[lane]:
                del self._lanes[lane]
            self._busy.add(lane)
            return letter

    def _attempt(self, letter: Letter) -> None:
        received = self._post(letter)
        self._calls.add_notice("delivered" if received else "failed")
        if not received:
            self._try_later(letter)
        with self._ready:
            self._busy.discard(letter.lane)
            self._ready.notify()

    def _try_later(self, letter: Letter) -> None:
        if letter.attempt >= len(RETRY_AFTER_S):
            self._calls.add_notice("given_up")
            return
        wait_s = RETRY_AFTER_S[letter.attempt] * self._world.faults.webhook_retry_scale
        letter.attempt += 1
        self._queue(letter, wait_s=wait_s)

    def _post(self, letter: Letter) -> bool:
        headers = {"Authorization": letter.signature, "Content-Type": "application/json"}
        try:
            answer = self._http().post(letter.address, content=letter.body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return answer.status_code in _RECEIVED

    def _http(self) -> httpx.Client:
        with self._ready:
            if self._client is None:
                self._client = httpx.Client(timeout=TIMEOUT_S, transport=self.transport, trust_env=False)
            return self._client
