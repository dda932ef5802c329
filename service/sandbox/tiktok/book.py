"""The orders of one shop, findable by id and by either time without walking all of them."""

from bisect import bisect_left, insort

from service.sandbox.tiktok.state import Order

Entry = tuple[int, str]


class Book:
    """Two sorted lists of (Unix seconds, order id), plus the orders the search does not show yet."""

    def __init__(self) -> None:
        self.by_id: dict[str, Order] = {}
        self._created: list[Entry] = []
        self._updated: list[Entry] = []
        self._fresh: dict[str, float] = {}

    def add(self, order: Order) -> None:
        """The order is found by id and by both times."""
        self.by_id[order.id] = order
        insort(self._created, (order.create_time, order.id))
        insort(self._updated, (order.update_time, order.id))

    def hide(self, order_id: str, *, until: float) -> None:
        """The search does not show the order before `until` (wall)."""
        self._fresh[order_id] = until

    def move(self, order: Order, *, update_time: int) -> None:
        """The order carries the new update time and, if it is in the book already, is found under it."""
        if order.id not in self.by_id:
            order.update_time = update_time
            return
        self._drop(self._updated, (order.update_time, order.id))
        order.update_time = update_time
        insort(self._updated, (update_time, order.id))

    def recreate(self, order: Order, *, create_time: int) -> None:
        """The order carries another creation time and is found under it."""
        self._drop(self._created, (order.create_time, order.id))
        order.create_time = create_time
        insort(self._created, (create_time, order.id))

    def window(self, field: str, low: int | None, high: int | None) -> list[Entry]:
        """Entries with low <= time < high, ascending; `field` is create_time or update_time."""
        entries = self._created if field == "create_time" else self._updated
        start = 0 if low is None else bisect_left(entries, (low, ""))
        end = len(entries) if high is None else bisect_left(entries, (high, ""))
        return entries[start:end]

    def lagging(self, wall: float) -> set[str]:
        """Ids the search must not show yet."""
        if self._fresh:
            self._fresh = {order_id: at for order_id, at in self._fresh.items() if at > wall}
        return set(self._fresh)

    def _drop(self, entries: list[Entry], entry: Entry) -> None:
        del entries[bisect_left(entries, entry)]
