"""How often somebody may come: a person's presses, and what a source on the internet may try without proof.

Counted in the memory of each process, so that a press costs no transaction: behind N processes up to N times as much
gets through, which is still a limit. What is proved is never held back because of what is not: genuine calls of Google
and TikTok share their sources with everybody else's, so there only what failed to prove itself is counted against a
source. Pages that take a secret count every request, because each costs a look at the database to tell. The allowance
grows back evenly (GCRA), and a whole minute's worth may go at once.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from cachetools import TTLCache
from flask import request

from cards.words import mark
from service.errors import TooMuch
from service.flows import Services

MINUTE_S = 60.0
MOST_KEPT = 50_000  # people or sources remembered at once; beyond, those that came longest ago are forgotten
TOLERANCE_S = 0.001  # seconds since 1970 leave a float no finer sums
IPV6_PREFIX = 64  # what one household or machine is given: single addresses in it cost nothing


#: What a person is told who comes too often.
TOO_FAST = mark("That was a lot at once. Try again in {seconds} s.")


class TooFast(TooMuch):
    """Somebody comes too often. `retry_after_s`: whole seconds until the next one is let in."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            TOO_FAST,
            values={"seconds": str(retry_after_s)},
            detail="rate",
        )
        self.retry_after_s = retry_after_s


class Limiter:
    """`per_minute` for each key, 0 = as many as they like. Safe from any thread."""

    def __init__(self, per_minute: int, *, now: Callable[[], float]) -> None:
        self._interval_s = MINUTE_S / per_minute if per_minute else 0.0
        self._now = now
        self._lock = threading.Lock()
        #: Key → when its allowance is whole again, in seconds of `now`. Who was away for a minute has all of it.
        self._whole_at: TTLCache[str, float] = TTLCache(MOST_KEPT, ttl=2 * MINUTE_S, timer=now)

    def take(self, key: str) -> None:
        """One more is counted. TooFast, and nothing is counted, when the key has used up its minute."""
        if not self._interval_s:
            return
        now = self._now()
        with self._lock:
            # a clock that was set back must lock nobody out: nothing is ever more than a minute away
            whole_at = min(max(self._whole_at.get(key, now), now), now + MINUTE_S)
            late_s = whole_at + self._interval_s - now - MINUTE_S
            is_late = late_s > TOLERANCE_S
            self._whole_at[key] = whole_at if is_late else whole_at + self._interval_s
        if is_late:
            raise TooFast(math.ceil(late_s))


@dataclass(frozen=True, slots=True)
class Limits:
    """`presses`: of a proved person, by `sub`. `tries`: without proof, by source."""

    presses: Limiter
    tries: Limiter

    @classmethod
    def of(cls, services: Services) -> "Limits":
        """As the settings say, by the services' clock."""

        def now() -> float:
            return services.clock.now().timestamp()

        settings = services.settings
        return cls(
            presses=Limiter(settings.presses_per_minute, now=now), tries=Limiter(settings.tries_per_minute, now=now)
        )

    def count_try(self) -> None:
        """The request came without proof, or cannot be told yet. TooFast when its source has tried too often."""
        self.tries.take(source_of(request.remote_addr or ""))


def source_of(address: str) -> str:
    """Whom an address belongs to, as far as anybody can tell; "" for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, IPV6_PREFIX), strict=False))


def retry_after(problem: Exception) -> dict[str, str]:
    """The header that says when to come again, where that is known."""
    return {"Retry-After": str(problem.retry_after_s)} if isinstance(problem, TooFast) else {}
