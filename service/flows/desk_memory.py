"""What this process remembers of sums it has made for the finance desk: each with what it was made from.

Nothing here is anybody's to see: whoever takes a sum out has read, within their scope, that what it was made from still
stands. Bounded, and lost with the process.
"""

import threading
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from cachetools import LRUCache

if TYPE_CHECKING:  # the first card of a process waits for no ledger
    from collections.abc import Mapping

    from service.core.ledger.sums import OrderSums
    from service.core.ledger.tie_out import StatementTie

MOST_TIES = 4_000
MOST_DAYS = 8_000

Basis = tuple[object, ...]


@dataclass(slots=True)
class DeskMemory:
    """Safe for many threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ties: "LRUCache[tuple[str, str], tuple[datetime, StatementTie]]" = field(
        default_factory=lambda: LRUCache(MOST_TIES)
    )
    _days: "LRUCache[tuple[str, date], tuple[Basis, Mapping[str, OrderSums]]]" = field(
        default_factory=lambda: LRUCache(MOST_DAYS)
    )

    def keep_tie(self, shop_id: str, tie: "StatementTie", *, read_at: datetime) -> None:
        """The statement was added up as its lines were since `read_at`."""
        with self._lock:
            self._ties[shop_id, tie.statement.statement_id] = (read_at, tie)

    def tie(self, shop_id: str, statement_id: str, *, read_at: datetime) -> "StatementTie | None":
        """What the statement was added up to, if its lines are still the same."""
        with self._lock:
            found = self._ties.get((shop_id, statement_id))
        return found[1] if found is not None and found[0] == read_at else None

    def keep_day(self, shop_id: str, day: date, *, basis: Basis, sums: "Mapping[str, OrderSums]") -> None:
        """The orders of a day of the shop were added up."""
        with self._lock:
            self._days[shop_id, day] = (basis, sums)

    def day(self, shop_id: str, day: date, *, basis: Basis) -> "Mapping[str, OrderSums] | None":
        """The sums of the day, if they were made from the same."""
        with self._lock:
            found = self._days.get((shop_id, day))
        return found[1] if found is not None and found[0] == basis else None
