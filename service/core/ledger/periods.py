"""Periods of the finance desk: whole days, and the two ways they are cut.

Orders are counted by the days of their shop, statements by UTC days: a statement is cut at 00:00 UTC and holds the day
before. The two are said apart wherever both are shown. What today is comes in.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

LONGEST_DAYS = 400
FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2099, 12, 31)
#: Orders younger than this are mostly not settled yet, and are never compared with older ones without saying so.
UNSETTLED_DAYS = 14
#: After a cut and not at it: the statement of a cut holds the day that ends there.
_INSTANT = timedelta(microseconds=1)


class Span(StrEnum):
    """The periods to choose from; OWN: from one day to another."""

    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    LAST_14 = "last-14"
    LAST_30 = "last-30"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included. ValueError for one that ends before it begins, is too long or out of range."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not FIRST_DAY <= self.first <= self.last <= LAST_DAY or self.days > LONGEST_DAYS:
            raise ValueError(f"no period: {self.first} to {self.last}")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def is_young(self, today: date) -> bool:
        """Whether it reaches into the days that are mostly unsettled."""
        return self.last > today - timedelta(days=UNSETTLED_DAYS)

    def of_orders(self, where: tzinfo) -> tuple[datetime, datetime]:
        """[since, until) of the instants in these days by the clocks of `where`."""
        return _midnight(self.first, where), _midnight(self.last + timedelta(days=1), where)

    def of_statements(self) -> tuple[datetime, datetime]:
        """[since, until) of the times of the statements that hold these UTC days."""
        since, until = self.of_orders(UTC)
        return since + _INSTANT, until + _INSTANT


def period_of(span: Span, today: date) -> Period:
    """The days of a span as of `today`. ValueError for OWN, whose days are asked for."""
    if span is Span.THIS_MONTH:
        return Period(today.replace(day=1), today)
    if span is Span.LAST_MONTH:
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last)
    if span is Span.OWN:
        raise ValueError("days of one's own come from whoever asks")
    length = UNSETTLED_DAYS if span is Span.LAST_14 else 30
    return Period(today - timedelta(days=length - 1), today)


def _midnight(day: date, where: tzinfo) -> datetime:
    return datetime.combine(day, time.min, where).astimezone(UTC)
