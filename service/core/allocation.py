"""Splitting an amount of the whole order over its rows, so that the rows add up to it exactly."""

from collections.abc import Sequence

from service.core.orders import Line, Money


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` minor units split in proportion to `weights` (none negative); the sum is exactly `total`.

    Each share is rounded half up, the last row takes the rounding, and no share passes what is left. Without any
    weight all rows count the same. ValueError for no rows.
    """
    if not weights:
        raise ValueError("an amount needs a row to go to")
    if min(weights) < 0:
        raise ValueError("weights are never negative")
    parts = list(weights) if any(weights) else [1] * len(weights)
    whole, left, sign = sum(parts), abs(total), -1 if total < 0 else 1
    shares: list[int] = []
    for part in parts[:-1]:
        share = min((abs(total) * part * 2 + whole) // (whole * 2), left)
        shares.append(sign * share)
        left -= share
    return (*shares, sign * left)


def net_value(lines: Sequence[Line]) -> int | None:
    """What the buyer pays for these units, in minor units; None when a unit does not state its price."""
    prices = [line.sale_price for line in lines]
    return sum(max(price.minor, 0) for price in prices if price) if all(prices) else None


def share_of(total: Money, groups: Sequence[Sequence[Line]], index: int) -> Money:
    """The part of an order's amount that belongs to the group at `index`, by net line value.

    Where any unit lacks its price, groups count by their number of units.
    """
    values = [net_value(group) for group in groups]
    known = [value for value in values if value is not None]
    weights = known if len(known) == len(values) else [len(group) for group in groups]
    return Money(allocate(total.minor, weights)[index], total.currency)
