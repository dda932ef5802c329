"""Splitting an order's pools over its lines, so that the lines add up to the order exactly, field by field."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from service.core.allocation import allocate
from service.core.currencies import exponent
from service.core.ledger.pools import Pools


def split_amount(value: Decimal, weights: Sequence[int], currency: str) -> tuple[Decimal, ...]:
    """`value` in parts of whole minor units by `weights`; what is smaller than a minor unit stays with the last one.

    The sum is exactly `value`. ValueError for no weights or a negative one.
    """
    decimals = exponent(currency)
    minor = int(value.scaleb(decimals))
    shares = [Decimal(share).scaleb(-decimals) for share in allocate(minor, weights)]
    shares[-1] += value - Decimal(minor).scaleb(-decimals)
    return tuple(shares)


def split_pools(pools: Pools, weights: Sequence[int]) -> tuple[Pools, ...]:
    """The pools in as many parts as there are weights, every field and line of them split on its own."""
    columns = [split_amount(part.amount, weights, pools.currency) for part in pools.parts]
    unexplained = split_amount(pools.unexplained, weights, pools.currency)
    reserve = split_amount(pools.reserve, weights, pools.currency)
    told = {name: split_amount(amount, weights, pools.currency) for name, amount in pools.told.items()}
    return tuple(
        Pools(
            pools.currency,
            tuple(replace(part, amount=column[at]) for part, column in zip(pools.parts, columns, strict=True)),
            unexplained[at],
            told={name: shares[at] for name, shares in told.items()},
            reserve=reserve[at],
        )
        for at in range(len(weights))
    )
