"""Counts what was asked of the simulator and how it answered. Counts only: never a body, a token or an address."""

import threading
from collections import Counter
from typing import Any


class CallBook:
    """Counts by endpoint (method and path template), HTTP status and vendor code; notices by outcome."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def add(self, endpoint: str, *, status: int, code: int | None) -> None:
        with self._lock:
            self._total += 1
            self._endpoints.setdefault(endpoint, Counter())["count"] += 1
            self._statuses.setdefault(endpoint, Counter())[str(status)] += 1
            self._codes.setdefault(endpoint, Counter())["none" if code is None else str(code)] += 1

    def add_notice(self, outcome: str) -> None:
        """`outcome` is a word of `webhooks`: sent, delivered, failed, given_up, lost, forged, unknown_type…"""
        with self._lock:
            self._notices[outcome] += 1

    def clear(self) -> None:
        with self._lock:
            self._total = 0
            self._endpoints: dict[str, Counter[str]] = {}
            self._statuses: dict[str, Counter[str]] = {}
            self._codes: dict[str, Counter[str]] = {}
            self._notices: Counter[str] = Counter()

    def show(self) -> dict[str, Any]:
        """`{"total", "by_endpoint": {endpoint: {"count", "by_status", "by_code"}}, "webhooks": {outcome: count}}`."""
        with self._lock:
            by_endpoint = {
                endpoint: {
                    "count": count["count"],
                    "by_status": dict(self._statuses[endpoint]),
                    "by_code": dict(self._codes[endpoint]),
                }
                for endpoint, count in sorted(self._endpoints.items())
            }
            return {"total": self._total, "by_endpoint": by_endpoint, "webhooks": dict(self._notices)}
