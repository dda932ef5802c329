"""Drift: whether fees take clearly more of a shop's revenue than they did, and which of them.

The newest settled orders are held against as many before them: fees and revenue of the same orders on each side, one
currency at a time. What "clearly more" is stands in `rates.has_risen`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from service.core.ledger.rates import RecentRates, Settled, has_risen, newest_first, rates_of

#: On each side at most and at least; none of them settled longer ago.
MOST_ORDERS, FEWEST_ORDERS = 200, 20
LONGEST_AGO = timedelta(days=90)
#: Revenue on each side, below which a rate is noise: about 500 dollars. It decides nothing to the cent.
_LEAST_REVENUE: Mapping[str, Decimal] = MappingProxyType(
    {
        "IDR": Decimal(8_000_000),
        "VND": Decimal(12_500_000),
        "THB": Decimal(17_500),
        "PHP": Decimal(28_000),
        "MYR": Decimal(2_200),
        "SGD": Decimal(700),
        "JPY": Decimal(75_000),
        "MXN": Decimal(9_000),
        "BRL": Decimal(2_700),
    }
)
_LEAST_ELSEWHERE = Decimal(500)


@dataclass(frozen=True, slots=True)
class Drift:
    """Rates of two stretches of orders beside each other. `since`: when the first order of the later one settled."""

    before: RecentRates
    after: RecentRates
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rise:
    """One fee's share of revenue, before and after; 0.06 is 6 %."""

    field: str
    before: Decimal
    after: Decimal

    @property
    def points(self) -> Decimal:
        return self.after - self.before


def drift_of(settled: Iterable[Settled], currency: str) -> Drift | None:
    """The newest orders beside as many before them; None where there are too few."""
    newest = newest_first(settled, currency)
    count = min(len(newest) // 2, MOST_ORDERS)
    if count < FEWEST_ORDERS:
        return None
    after, before = newest[:count], newest[count : 2 * count]
    return Drift(rates_of(before, currency), rates_of(after, currency), after[-1].settled_at)


def is_risen(drift: Drift) -> bool:
    """Whether fees take clearly more than before, and of enough revenue to say so."""
    least = _LEAST_REVENUE.get(drift.after.currency, _LEAST_ELSEWHERE)
    return has_risen(drift.before, drift.after, least_revenue=least)


def is_further(told: Drift, drift: Drift) -> bool:
    """Whether fees have risen clearly again since a rise that was told already."""
    return is_risen(Drift(told.after, drift.after))


def rises_of(drift: Drift) -> list[Rise]:
    """Every fee of either side, the one that rose most first."""
    names = drift.before.fields.keys() | drift.after.fields.keys()
    found = [Rise(name, drift.before.share_of(name), drift.after.share_of(name)) for name in names]
    return sorted(found, key=lambda one: (-one.points, one.field))
