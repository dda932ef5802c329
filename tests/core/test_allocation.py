"""Splitting amounts: the parts always add up."""

import pytest
from core.made_orders import make_line
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.allocation import allocate, share_of
from service.core.orders import Money

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


@settings(max_examples=150)
@given(st.integers(-(10**7), 10**7), WEIGHTS)
def test_the_parts_add_up_and_none_is_of_the_other_sign(total, weights):
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert all(part == 0 or (part > 0) == (total > 0) for part in parts)


@settings(max_examples=80)
@given(st.integers(0, 10**7), st.lists(st.integers(1, 10**4), min_size=2, max_size=6))
def test_all_but_the_last_are_the_rounded_share_while_enough_is_left(total, weights):
    parts = allocate(total, weights)
    left = total
    for part, weight in zip(parts[:-1], weights, strict=False):
        assert part == min((2 * total * weight + sum(weights)) // (2 * sum(weights)), left)
        left -= part


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1000, [1, 1, 1], (333, 333, 334)),
        (-1000, [1, 1, 1], (-333, -333, -334)),
        (100, [0, 0], (50, 50)),
        (99, [0, 5], (0, 99)),
        (3, [1, 1, 1, 1, 1], (1, 1, 1, 0, 0)),
    ],
)
def test_the_last_row_takes_the_rounding(total, weights, parts):
    assert allocate(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_an_amount_needs_rows_and_honest_weights(weights):
    with pytest.raises(ValueError, match=r"row|weights"):
        allocate(100, weights)


def test_shares_go_by_net_value_and_by_units_where_a_price_is_missing():
    cheap, dear = make_line(1, price="10.00"), make_line(2, "B", price="30.00")
    assert share_of(Money(400, "GBP"), [[cheap], [dear]], 1) == Money(300, "GBP")
    unpriced = make_line(3, "C", sale_price=None)
    assert share_of(Money(400, "GBP"), [[cheap], [unpriced, unpriced, unpriced]], 1) == Money(300, "GBP")
