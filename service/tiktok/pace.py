"""How fast one shop is asked: a generic cell rate limiter (GCRA) in this process's memory.

It waits inside the caller's time budget and refuses beyond it; queueing is the caller's work. The vendor's figures
contradict each other (50 requests a second per shop, or "dynamic"); 5 a second is our own modest choice.
"""

import threading
import time
from collections.abc import Callable

from cachetools import LRUCache

from service.errors import UpstreamFailed

DEFAULT_RATE_PER_S = 5.0
DEFAULT_BURST = 5

#: Shops remembered. Forgetting an idle shop only gives it a fresh burst.
SHOPS_REMEMBERED = 20_000


class Pace:
    """One limiter for all threads of a process; shops do not slow each other."""

    def __init__(
        self,
        rate_per_s: float = DEFAULT_RATE_PER_S,
        *,
        burst: int = DEFAULT_BURST,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap_s = 1.0 / rate_per_s
        self._slack_s = self._gap_s * (burst - 1)
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._due_at: LRUCache[str, float] = LRUCache(maxsize=SHOPS_REMEMBERED)

    def take(self, shop_id: str, *, deadline: float) -> None:
        """One call to this shop may go now. UpstreamFailed with the wait if its turn comes after `deadline`
        (a monotonic second); a refused turn is not used up.
        """
        with self._lock:
            now = self._monotonic()
            due = max(self._due_at.get(shop_id, now), now)
            wait_s = due - self._slack_s - now
            if wait_s > 0 and now + wait_s > deadline:
                raise UpstreamFailed(
                    "TikTok Shop is being asked as fast as it allows. We continue in a moment.",
                    retry_after_s=wait_s,
                    detail="own pace: no turn within the time budget",
                )
            self._due_at[shop_id] = due + self._gap_s
        if wait_s > 0:
            self._sleep(wait_s)

    def hold(self, shop_id: str, *, for_s: float) -> None:
        """Nobody asks for this shop during the next `for_s` seconds: upstream said that we are too fast."""
        with self._lock:
            until = self._monotonic() + for_s + self._slack_s
            self._due_at[shop_id] = max(self._due_at.get(shop_id, until), until)
