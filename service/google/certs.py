"""Google's signing certificates, kept until Google says they are old. No token is looked at here.

Google publishes them at `https://www.googleapis.com/oauth2/v1/certs` as `{key id: PEM certificate}` and says in
Cache-Control how long they are good. google-auth would fetch them again for every token.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

#: When the answer names no lifetime.
FALLBACK_LIFETIME_S = 3600.0
#: A certificate is trusted without asking Google again for at most this long, whatever the header says.
LONGEST_LIFETIME_S = 24 * 3600.0
#: While Google cannot be asked, the last certificates stay good this long past their time; then nothing is.
LONGEST_STALE_S = 24 * 3600.0
#: The pause between two attempts caused by an error or an unknown key id: a forger must not make us hammer Google.
RETRY_PAUSE_S = 30.0
#: The same while there is nothing to trust at all, and so nobody can come in.
COLD_RETRY_PAUSE_S = 1.0
TIMEOUT_S = 5.0
_MAX_AGE = re.compile(r"max-age=(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Kept:
    """One fetched list. Times are seconds of the monotonic clock."""

    keys: Mapping[str, str] = field(default_factory=dict)
    fresh_until: float = float("-inf")
    tried_at: float = float("-inf")

    def is_trusted(self, now: float) -> bool:
        return now < self.fresh_until + LONGEST_STALE_S


class Certs:
    """Key id → PEM certificate. Safe for many threads; one of them fetches while the others use what is there."""

    def __init__(self, url: str, *, http: httpx.Client, now: Callable[[], float]) -> None:
        self._url = url
        self._http = http
        self._now = now
        self._kept = _Kept()
        self._fetching = threading.Lock()

    def find(self, key_id: str) -> str | None:
        """The certificate of this key, or None when Google does not list it or nothing could be learned.

        An unknown key id means that Google may have changed its keys, so the list is fetched once more, but not
        more often than every RETRY_PAUSE_S.
        """
        self._refresh_if(lambda kept, now: now >= kept.fresh_until)
        found = self._lookup(key_id)
        if found is None:
            self._refresh_if(lambda kept, _now: key_id not in kept.keys)
            found = self._lookup(key_id)
        return found

    def warm(self) -> None:
        """The list has been asked for, so that the first caller does not wait for it."""
        self._refresh_if(lambda kept, now: now >= kept.fresh_until)

    def _lookup(self, key_id: str) -> str | None:
        kept = self._kept
        return kept.keys.get(key_id) if kept.is_trusted(self._now()) else None

    def _refresh_if(self, wanted: Callable[[_Kept, float], bool]) -> None:
        if not self._is_due(wanted):
            return
        must_wait = not self._kept.is_trusted(self._now()) or self._now() < self._kept.fresh_until
        if not self._fetching.acquire(blocking=must_wait):
            return
        try:
            if self._is_due(wanted):
                self._kept = self._fetch()
        finally:
            self._fetching.release()

    def _is_due(self, wanted: Callable[[_Kept, float], bool]) -> bool:
        kept, now = self._kept, self._now()
        pause_s = RETRY_PAUSE_S if kept.is_trusted(now) else COLD_RETRY_PAUSE_S
        return wanted(kept, now) and now >= kept.tried_at + pause_s

    def _fetch(self) -> _Kept:
        """The newest list, or the last one again when Google does not answer with certificates."""
        now = self._now()
        try:
            answer = self._http.get(self._url, timeout=TIMEOUT_S)
            keys = _parse(answer)
        except (httpx.HTTPError, ValueError):
            return _Kept(self._kept.keys, self._kept.fresh_until, tried_at=now)
        return _Kept(keys, fresh_until=now + _lifetime_s(answer), tried_at=now)


def _parse(answer: httpx.Response) -> dict[str, str]:
    """The certificates of an answer; ValueError when it holds none."""
    if answer.status_code != httpx.codes.OK:
        raise ValueError("no certificates in the answer")
    keys = json.loads(answer.content)
    if not isinstance(keys, dict) or not keys or not all(isinstance(pem, str) for pem in keys.values()):
        raise ValueError("no certificates in the answer")
    return keys


def _lifetime_s(answer: httpx.Response) -> float:
    found = _MAX_AGE.search(answer.headers.get("cache-control", ""))
    if found is None:
        return FALLBACK_LIFETIME_S
    age = answer.headers.get("age", "")
    used = float(age) if age.isascii() and age.isdigit() else 0.0
    return min(max(float(found[1]) - used, 0.0), LONGEST_LIFETIME_S)
