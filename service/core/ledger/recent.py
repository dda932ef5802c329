"""Recent sales: what a shop's newest settled orders were charged, asked by SKU again and again for many orders."""

from collections.abc import Collection, Iterable

from service.core.ledger.rates import FEWEST_ORDERS, RecentRates, Settled, recent_rates


class RecentSales:
    """Settled orders of one shop. Safe for many threads: an answer worked out twice is the same answer."""

    def __init__(self, settled: Iterable[Settled]) -> None:
        self._settled = tuple(settled)
        self._rates: dict[tuple[frozenset[str], str], RecentRates | None] = {}

    @property
    def is_telling(self) -> bool:
        """Whether there are enough of them for any rate."""
        return len(self._settled) >= FEWEST_ORDERS

    def rates(self, sku_ids: Collection[str], currency: str) -> RecentRates | None:
        """The rates at which these SKUs were charged last; None where too few of them settled."""
        asked = (frozenset(sku_ids), currency)
        if asked not in self._rates:
            self._rates[asked] = recent_rates(self._settled, sku_ids=asked[0], currency=currency)
        return self._rates[asked]
