"""What an edit of costs changes: the costs a SKU has afterwards, and the days on which it costs something else.

Pure. Days are local days of the shop; None stands for "always" at the beginning and "for good" at the end.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.core.ledger.costs import Cost, CostBook, CostSource, book_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day through the last one; None = without beginning, without end."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One cost of a SKU that was, and what is in its place; None = nothing."""

    before: Cost | None
    after: Cost | None


def with_stated(kept: Iterable[Cost], stated: Iterable[Cost]) -> tuple[Cost, ...]:
    """The costs of one SKU once these are stated: of two that start on one day the stated one holds.

    One that says the same as what is kept leaves it as it is, whoever said it first.
    """
    found = {cost.starts: cost for cost in kept}
    for cost in stated:
        known = found.get(cost.starts)
        if known is None or not _says_the_same(known, cost):
            found[cost.starts] = cost
    return tuple(found[starts] for starts in sorted(found))


def with_table(kept: Iterable[Cost], stated: Sequence[Cost]) -> tuple[Cost, ...]:
    """The same for a table that holds all there is to say of the SKU: what an earlier reading of it brought and what it
    states no more is gone. Costs from elsewhere stay.
    """
    starts = {cost.starts for cost in stated}
    left = (cost for cost in kept if cost.source is not CostSource.TABLE or cost.starts in starts)
    return with_stated(left, stated)


def _says_the_same(one: Cost, other: Cost) -> bool:
    return _contents(one) == _contents(other)


def _contents(cost: Cost) -> tuple[object, ...]:
    return (cost.currency, cost.unit, cost.packaging, cost.fulfilment, cost.starts, cost.to_day)


def changes(before: Collection[Cost], after: Collection[Cost]) -> list[Change]:
    """What became of each cost, in the order of the days they start on."""
    were, are = ({cost.starts: cost for cost in costs} for costs in (before, after))
    pairs = ((were.get(starts), are.get(starts)) for starts in sorted({*were, *are}))
    return [Change(was, is_now) for was, is_now in pairs if was != is_now]


def changed_days(before: Collection[Cost], after: Collection[Cost]) -> list[Days]:
    """The days on which a SKU with these costs costs something else than with those, in as few stretches as can be."""
    old, new = (book_of(replace(cost, sku_id="") for cost in costs) for costs in (before, after))
    bounds = sorted({date.min, *_bounds(before), *_bounds(after)})
    found: list[Days] = []
    for index, first in enumerate(bounds):
        last = bounds[index + 1] - _DAY if index + 1 < len(bounds) else None
        if _on(old, first) != _on(new, first):
            _extend(found, None if first == date.min else first, last)
    return found


def _bounds(costs: Collection[Cost]) -> Iterable[date]:
    """Every day on which the cost may become another one."""
    for cost in costs:
        yield cost.starts
        if cost.to_day is not None and cost.to_day < date.max:
            yield cost.to_day + _DAY


def _on(book: CostBook, day: date) -> tuple[object, ...] | None:
    """What a unit costs that day, and who said so; not since when."""
    cost = book.cost_on("", day)
    return None if cost is None else (cost.currency, cost.unit, cost.packaging, cost.fulfilment, cost.source)


def _extend(found: list[Days], first: date | None, last: date | None) -> None:
    """The stretch is among those found, joined to the one that ends the day before."""
    if found and first is not None and found[-1].last == first - _DAY:
        found[-1] = Days(found[-1].first, last)
    else:
        found.append(Days(first, last))
