"""Amounts and pools split over lines: nothing is lost, nothing is made, smaller than a minor unit or not."""

from decimal import Decimal

import pytest
from core.made_entries import d, entries, make_entry
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.entries import Amount
from service.core.ledger.pools import pools_of, pools_of_one, total_of
from service.core.ledger.splitting import split_amount, split_pools

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=6)
ODD = st.decimals(min_value=-(10**6), max_value=10**6, places=5)


def test_a_split_goes_by_weight_and_the_last_takes_the_rounding():
    assert split_amount(d("10.00"), [1, 1, 1], "GBP") == (d("3.33"), d("3.33"), d("3.34"))
    assert split_amount(d("-10"), [2, 1], "VND") == (-7, -3)


def test_what_is_smaller_than_a_minor_unit_stays_with_the_last():
    assert split_amount(d("0.005"), [1, 1], "GBP") == (0, d("0.005"))
    assert split_amount(d("10.5"), [1, 1], "VND") == (5, d("5.5"))


@given(ODD, WEIGHTS, st.sampled_from(["GBP", "VND", "USD"]))
def test_the_parts_of_an_amount_come_to_it(value, weights, currency):
    shares = split_amount(value, weights, currency)
    assert sum(shares, Decimal(0)) == value
    assert len(shares) == len(weights)


@given(st.lists(entries(), max_size=3), WEIGHTS)
def test_the_parts_of_pools_come_to_them_in_every_field(found, weights):
    pools = pools_of(found, "GBP")
    assert total_of(split_pools(pools, weights), "GBP") == pools


def test_what_explains_amounts_is_summed_beside_them():
    one = make_entry(1, revenue="5", settlement="5", amounts={"supplementary.sales_tax_amount": "1.50"})
    other = make_entry(2, revenue="5", settlement="5", amounts={"supplementary.sales_tax_amount": "0.50"})
    assert pools_of([one, other], "GBP").told == {"sales_tax_amount": 2}
    assert (pools_of_one(one) + pools_of_one(other)).told == {"sales_tax_amount": 2}


def test_amounts_of_two_currencies_are_never_added():
    assert Amount(d(1), "GBP") + Amount(d(2), "GBP") == Amount(d(3), "GBP")
    with pytest.raises(ValueError, match="cannot add USD to GBP"):
        Amount(d(1), "GBP") + Amount(d(2), "USD")
