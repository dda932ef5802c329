"""Failures on request. What the keys of `POST {sheets_control}faults` mean stands in KEYS, which `GET faults` shows.

A fault that fails calls is given as a count (`3`: the next three calls) or as an object with `count` and any of
`method` (a name such as `spreadsheets.batchUpdate`, or its beginning), `kind` (`read` or `write`), `email`,
`spreadsheet_id`, `after` (so many calls that fit pass unharmed first) and `seconds`. Faults wait in line; each call
meets at most one of each. A call that is on its way (`late.py`) lands when the emulator's clock has come so far and
anybody calls, or at `POST faults/land`; forgetting faults does not stop it.
"""

import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

Json = dict[str, Any]

FAILING: dict[str, str] = {
    "too_many_requests": "answer 429 with Google's quota body before anything is applied",
    "unavailable_before": "answer 503 before anything is applied",
    "unavailable_after": "apply the call, then answer 503",
    "internal_error": "answer 500 before anything is applied",
    "internal_error_after": "apply the call, then answer 500",
    "dropped_before": "close the connection without an answer, nothing applied",
    "dropped_after": "apply the call, then close the connection without an answer",
    "bad_gateway": "answer 502 with an HTML page, nothing applied",
    "bad_gateway_after": "apply the call, then answer 502 with an HTML page",
    "slow": "apply the call, then wait `seconds` (default 30) before the answer",
    "slow_before": "wait `seconds` (default 30), then apply and answer",
    "late": "close the connection without an answer; the call is applied `seconds` (default 100) later",
    "late_unavailable": "answer 503; the call is applied all the same, `seconds` (default 100) later",
    "service_disabled": "answer 403: the API is not switched on in the Cloud project",
    "rate_limited": "answer 403 userRateLimitExceeded, as Drive does",
}
SETTINGS: dict[str, str] = {
    "quotas": "true or false: enforce 60 calls a minute per user and 300 per project, reads and writes apart",
    "quota_per_user": "calls a minute for one user, for reads and for writes",
    "quota_per_project": "calls a minute for one Cloud project, for reads and for writes",
    "latency_s": "seconds that every call takes before it is applied",
    "row_metadata_follows_sort": "true or false: does row developer metadata move with a sorted row",
    "recalculates_as_set": "true: NOW() moves as autoRecalc says, and with every change; false: it is new at each read",
    "language": "in which language protections refuse, as an account's language decides: en, de, fr or vi",
    "service_account_storage": "true or false: may a service account create files of its own",
    "clear": "true: forget all waiting faults first",
}
KEYS = FAILING | SETTINGS
SWITCHES = ("row_metadata_follows_sort", "recalculates_as_set", "service_account_storage")
"""Settings that stay until they are changed or faults are cleared; all are off at first."""
DEFAULT_WAIT_S = 30.0
DEFAULT_LATENESS_S = 100.0
LATE = ("late", "late_unavailable")
"""Faults after which a call lands later. Ask for writes by `kind`: a read that lands late does nothing."""


class Target(NamedTuple):
    """A call that faults may strike. `spreadsheet_id` is empty where the call names no file."""

    method: str
    kind: str
    email: str
    spreadsheet_id: str = ""


@dataclass
class Fault:
    """A failure that waits for calls to strike."""

    name: str
    count: int
    method: str = ""
    kind: str = ""
    email: str = ""
    spreadsheet_id: str = ""
    after: int = 0
    seconds: float = DEFAULT_WAIT_S

    def fits(self, target: Target) -> bool:
        """Is the call one of those that were meant?"""
        return (
            target.method.startswith(self.method)
            and self.kind in {"", target.kind}
            and self.email.lower() in {"", target.email.lower()}
            and self.spreadsheet_id in {"", target.spreadsheet_id}
        )


class Faults:
    """Waiting faults and lasting switches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self.latency_s = 0.0
        self.row_metadata_follows_sort = False
        self.recalculates_as_set = False
        self.service_account_storage = False
        self.language = "en"

    def order(self, name: str, given: int | Json) -> None:
        """Let the next calls that fit meet this failure."""
        chosen = {"count": given} if isinstance(given, int) else dict(given)
        fault = Fault(
            name,
            int(chosen.get("count", 1)),
            method=str(chosen.get("method", "")),
            kind=str(chosen.get("kind", "")),
            email=str(chosen.get("email", "")),
            spreadsheet_id=str(chosen.get("spreadsheet_id", "")),
            after=int(chosen.get("after", 0)),
            seconds=float(chosen.get("seconds", DEFAULT_LATENESS_S if name in LATE else DEFAULT_WAIT_S)),
        )
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget waiting faults and lasting switches."""
        with self._lock:
            self._waiting.clear()
        self.latency_s = 0.0
        for name in SWITCHES:
            setattr(self, name, False)
        self.language = "en"

    def draw(self, target: Target) -> dict[str, Fault]:
        """The faults that strike this call, each used up by one."""
        struck: dict[str, Fault] = {}
        with self._lock:
            for fault in self._waiting:
                if fault.name in struck or not fault.fits(target):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.count -= 1
                struck[fault.name] = fault
            self._waiting = [fault for fault in self._waiting if fault.count > 0]
        return struck

    def waiting(self) -> list[Json]:
        with self._lock:
            return [vars(fault) | {} for fault in self._waiting]
