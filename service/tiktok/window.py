"""Which orders a search asks for, and the pages it comes in. Pure values; asking is `client`'s work."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from service.core.orders import Order
from service.tiktok.wire import Unreadable


class SortField(StrEnum):
    """Upstream's own names: the field a window cuts and a search is sorted by."""

    UPDATED = "update_time"
    CREATED = "create_time"


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open: from `start_at` up to, not including, `until_at`, both aware. Upstream counts in whole seconds, so
    the window is widened to them. The upper bound is always given: an open one would move while pages are read.

    `status`: only orders in this status, "" = all.
    """

    by: SortField
    start_at: datetime
    until_at: datetime
    status: str = ""

    @classmethod
    def updated(cls, start_at: datetime, until_at: datetime, *, status: str = "") -> "Window":
        """Orders by last change, oldest first: an order that changes meanwhile leaves towards the next window."""
        return cls(SortField.UPDATED, start_at, until_at, status)

    @classmethod
    def created(cls, start_at: datetime, until_at: datetime, *, status: str = "") -> "Window":
        """Orders by creation, newest first: for a backfill, since creation never moves."""
        return cls(SortField.CREATED, start_at, until_at, status)

    @property
    def direction(self) -> str:
        """Always sent: documentation and live behaviour differ about the default."""
        return "ASC" if self.by is SortField.UPDATED else "DESC"

    @property
    def is_empty(self) -> bool:
        return self.start_at >= self.until_at

    def filters(self) -> dict[str, int | str]:
        """The body of the search."""
        body: dict[str, int | str] = {
            f"{self.by}_ge": math.floor(self.start_at.timestamp()),
            f"{self.by}_lt": math.ceil(self.until_at.timestamp()),
        }
        return body | ({"order_status": self.status} if self.status else {})

    def after(self, orders: Sequence[Order]) -> "Window":
        """What is left once a page of `orders` was read, the last one's second included, since others may share it.

        Orders that have moved out of the window meanwhile are no measure. The window itself when nothing is left out:
        no order inside, all in its first second, or a page that does not come in the order asked for.
        """
        inside = [at for order in orders if self.start_at <= (at := self._instant(order)) < self.until_at]
        if not inside or inside != sorted(inside, reverse=self.by is SortField.CREATED):
            return self
        if self.by is SortField.UPDATED:
            return replace(self, start_at=inside[-1])
        return replace(self, until_at=min(self.until_at, inside[-1] + timedelta(seconds=1)))

    def _instant(self, order: Order) -> datetime:
        return order.updated_at if self.by is SortField.UPDATED else order.created_at


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search. `next_page_token` is "" on the last one. An unreadable order is named, never dropped
    silently.
    """

    orders: tuple[Order, ...]
    next_page_token: str
    unreadable: tuple[Unreadable, ...] = ()
