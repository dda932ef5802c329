"""Business days: which local days count, and the day so many of them ahead.

The public holidays come from the `holidays` package, asked year by year, so that it never looks at a clock.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

#: No deadline is further away; a larger count is a mistake in the data.
MOST_DAYS = 200


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working week of a market. `weekend`: ISO weekdays off (Monday 1, Sunday 7). Empty country: no holidays."""

    country: str
    subdivision: str = ""
    weekend: frozenset[int] = frozenset({6, 7})

    def is_open(self, day: date) -> bool:
        """Whether `day` is a business day."""
        return day.isoweekday() not in self.weekend and day not in _closed(self.country, self.subdivision, day.year)

    def ahead(self, day: date, count: int) -> date:
        """The business day `count` business days after `day`; 0 is `day` itself, or the next one if it is closed."""
        if not 0 <= count <= MOST_DAYS:
            raise ValueError(f"{count} business days is no deadline")
        while count or not self.is_open(day):
            day += timedelta(days=1)
            count -= 1 if count and self.is_open(day) else 0
        return day


@lru_cache(maxsize=512)
def _closed(country: str, subdivision: str, year: int) -> frozenset[date]:
    """The public holidays of one year, days in lieu included."""
    if not country:
        return frozenset()
    # Imported on first use: the package takes as long to load as the rest of a card, and most orders bring their own
    # deadlines.
    from holidays import country_holidays

    return frozenset(country_holidays(country, subdiv=subdivision or None, years=year, expand=False))
