"""Google's per-minute quotas: reads and writes, per user and per project, refilled each wall-clock minute."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from service.sandbox.sheets.errors import PROJECT_NUMBER, ApiError
from service.sandbox.sheets.limits import QUOTA_PER_PROJECT, QUOTA_PER_USER, QUOTA_WINDOW_S

Json = dict[str, Any]
Kind = Literal["read", "write"]


class Bucket(NamedTuple):
    kind: Kind
    scope: Literal["user", "project"]
    name: str


class Quotas:
    """Counts calls by minute. `is_on` False lets everything through and counts nothing."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self.is_on = True
        self.per_user = QUOTA_PER_USER
        self.per_project = QUOTA_PER_PROJECT
        self._wall = wall
        self._lock = threading.Lock()
        self._minute = -1
        self._used: Counter[Bucket] = Counter()

    def charge(self, kind: Kind, user: str, project: str) -> None:
        """Count one call, or refuse it with 429; a refused call costs nothing."""
        if not self.is_on:
            return
        mine, ours = Bucket(kind, "user", f"{project}:{user}"), Bucket(kind, "project", project)
        with self._lock:
            minute = int(self._wall() // QUOTA_WINDOW_S)
            if minute != self._minute:
                self._minute = minute
                self._used.clear()
            if self._used[ours] >= self.per_project:
                raise too_many_requests(kind, "project", self.per_project)
            if self._used[mine] >= self.per_user:
                raise too_many_requests(kind, "user", self.per_user)
            self._used[mine] += 1
            self._used[ours] += 1


def too_many_requests(kind: Kind, scope: str, limit: int) -> ApiError:
    """The recorded 429. It has no Retry-After header."""
    word = kind.capitalize()
    per = "per minute per user" if scope == "user" else "per minute"
    limit_name = f"{word}RequestsPerMinutePer" + ("User" if scope == "user" else "Project")
    details: Json = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "quota_limit": limit_name,
            "quota_limit_value": str(limit),
            "quota_location": "global",
            "consumer": f"projects/{PROJECT_NUMBER}",
            "quota_metric": f"sheets.googleapis.com/{kind}_requests",
            "service": "sheets.googleapis.com",
        },
    }
    return ApiError(
        f"Quota exceeded for quota metric '{word} requests' and limit '{word} requests {per}' of service "
        f"'sheets.googleapis.com' for consumer 'project_number:{PROJECT_NUMBER}'.",
        code=429,
        details=[details],
        reason="rateLimitExceeded",
    )
