"""What can be made to go wrong on request, and the sentence that explains each.

A count is used up call by call; a switch or a duration stays until it is changed or the faults are reset.
"""

from typing import Any

import msgspec
from msgspec import Struct, field

HELP: dict[str, str] = {
    "only_path": "Text a path must contain for the counted API faults and slow_s to apply; empty means every call.",
    "throttle": "So many next API calls answer HTTP 429 with code 36009002.",
    "unavailable": "So many next API calls answer HTTP 503 with an empty body.",
    "internal_error": "So many next API calls answer HTTP 500 with code 36009003.",
    "upstream_timeout": "So many next API calls answer HTTP 504 with code 36009007.",
    "html_error": "So many next API calls answer HTTP 502 with an HTML page.",
    "slow_s": "Every API answer waits so many seconds.",
    "auth_unavailable": "So many next token calls answer HTTP 503.",
    "rotate_refresh_tokens": "A refresh hands out a new refresh token and the old one dies at once.",
    "missing_scopes": "Scopes that count as not granted: their calls answer 105005.",
    "qps": "Requests a second per endpoint and shop before 429 (the vendor's 50).",
    "search_lag_s": "Seconds of wall time until the search finds a new order; by id it is there at once.",
    "page_shift": "Pages are positions, not keys: orders that move during paging are skipped or repeated.",
    "statement_late_s": "A statement is shown so many seconds of market time after the midnight it is dated.",
    "payout_failed": "So many next payments or withdrawals fail after their two days (one day); the money comes again.",
    "webhook_lost": "So many next notices are never sent.",
    "webhook_duplicated": "Every notice is sent this many times more.",
    "webhook_late_s": "Every notice waits so many seconds before its first attempt.",
    "webhook_unordered": "Notices are shuffled: each waits up to a second and none waits for another.",
    "webhook_forged": "So many next notices are preceded by a forged copy with a wrong signature.",
    "webhook_unknown_type": "So many next notices are preceded by one of a type nobody knows (999).",
    "webhook_retry_scale": "The vendor's retry times (2 min, 30 min, 3 h, 12 h) are multiplied by this.",
    "expire_access_tokens": "Once: every access token issued so far answers 105002.",
    "revoke_refresh_tokens": "Once: every refresh token issued so far answers 36004005.",
    "reset": "Once: every fault back to its default, before the others of the same request.",
}
ONCE = ("expire_access_tokens", "revoke_refresh_tokens", "reset")


class Faults(Struct, forbid_unknown_fields=True):
    only_path: str = ""
    throttle: int = 0
    unavailable: int = 0
    internal_error: int = 0
    upstream_timeout: int = 0
    html_error: int = 0
    slow_s: float = 0.0
    auth_unavailable: int = 0
    rotate_refresh_tokens: bool = False
    missing_scopes: list[str] = field(default_factory=list)
    qps: int = 50
    search_lag_s: float = 2.0
    page_shift: bool = False
    statement_late_s: int = 0
    payout_failed: int = 0
    webhook_lost: int = 0
    webhook_duplicated: int = 0
    webhook_late_s: float = 0.0
    webhook_unordered: bool = False
    webhook_forged: int = 0
    webhook_unknown_type: int = 0
    webhook_retry_scale: float = 1 / 60

    def change(self, changes: dict[str, Any]) -> None:
        """Set the named faults. msgspec.ValidationError on an unknown name or a value of the wrong sort."""
        wanted = msgspec.convert(msgspec.to_builtins(self) | changes, Faults)
        for name in self.__struct_fields__:
            setattr(self, name, getattr(wanted, name))

    def take(self, name: str) -> bool:
        """Use up one of a counted fault; whether there was one left."""
        left: int = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True
