"""What was called: counts by method and by identity, bytes in and out. Nothing of the content is kept."""

import threading
from collections import Counter
from typing import Any, NamedTuple

Json = dict[str, Any]


class Record(NamedTuple):
    """One finished call. `status` 0 means the connection was dropped."""

    service: str
    method: str
    kind: str
    email: str
    status: int
    bytes_in: int
    bytes_out: int


class Calls:
    """Counters since the last reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._records: Counter[tuple[str, str, str, str, int]] = Counter()
            self._bytes: Counter[tuple[str, str]] = Counter()

    def add(self, record: Record) -> None:
        with self._lock:
            self._records[record[:5]] += 1
            for side, size in (("in", record.bytes_in), ("out", record.bytes_out)):
                self._bytes["all", side] += size
                self._bytes[record.service, side] += size

    def summary(self) -> Json:
        """Totals as shown by `GET calls`; a call refused by 429 is counted under its status too."""
        with self._lock:
            records, sizes = dict(self._records), dict(self._bytes)
        methods: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        statuses: Counter[str] = Counter()
        identities: dict[str, Counter[str]] = {}
        for (service, method, kind, email, status), count in records.items():
            methods[f"{service}.{method}"] += count
            if service == "sheets":
                kinds[kind] += count
            statuses[str(status)] += count
            identities.setdefault(email, Counter())[f"{service}.{kind}"] += count
        return {
            "reads": kinds["read"],
            "writes": kinds["write"],
            "by_method": dict(sorted(methods.items())),
            "by_status": dict(sorted(statuses.items())),
            "by_identity": {email: dict(counts) for email, counts in sorted(identities.items())},
            "bytes_in": sizes.get(("all", "in"), 0),
            "bytes_out": sizes.get(("all", "out"), 0),
            "by_service": {
                service: {"bytes_in": sizes.get((service, "in"), 0), "bytes_out": sizes.get((service, "out"), 0)}
                for service in ("sheets", "drive")
            },
        }
