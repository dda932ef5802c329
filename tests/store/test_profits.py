"""Kept estimates: a line for each change, the last one before the first settlement, and none after it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from core.made_entries import make_estimate
from store.conftest import NOW, shop

from service.core.ledger.rates import Estimate, of_unsettled
from service.core.roles import Scope
from service.store import profits

BLOOM, SHOP = Scope("bloom"), shop("bloom")


def expected(pence: int) -> Estimate:
    """Upstream's own estimate of an order that is charged so much."""
    fee = Decimal(-pence).scaleb(-2)
    stated = make_estimate(amounts={"fee.platform_commission_amount": str(fee)}, fee_tax=str(fee), revenue="20.00")
    return of_unsettled([stated], "GBP")


def lines(house, order_id="O1", scope=BLOOM):
    return house.read(profits.lines_of, scope, "bloom-shop", order_id)


def test_an_estimate_comes_back_to_the_last_digit(bloom):
    bloom.write(profits.keep_last, SHOP, {"O1": expected(181)}, now=NOW)
    assert bloom.read(profits.kept_of, "bloom-shop", ["O1", "O2"]) == {"O1": expected(181)}


def test_a_line_is_added_for_each_change_and_for_nothing_else(bloom):
    for pence in (180, 180, 181):
        bloom.write(profits.keep, SHOP, {"O1": expected(pence)}, now=NOW + timedelta(hours=pence))
    assert [(one.number, one.estimate) for one in lines(bloom)] == [(0, expected(180)), (1, expected(181))]
    assert bloom.read(profits.kept_of, "bloom-shop", ["O1"]) == {}  # nothing of it is settled


def test_the_estimate_before_settlement_is_the_last_and_stays(bloom):
    bloom.write(profits.keep, SHOP, {"O1": expected(180)}, now=NOW)
    for pence in (180, 200):
        later = NOW + timedelta(hours=pence)
        bloom.write(profits.keep_last, SHOP, {"O1": expected(pence)}, now=later)
        bloom.write(profits.keep, SHOP, {"O1": expected(220)}, now=later)
    (only,) = lines(bloom)
    assert (only.at, only.is_last, only.estimate) == (NOW, True, expected(180))


def test_a_changing_estimate_keeps_its_beginning_and_its_end(bloom):
    for pence in range(100, 150):
        bloom.write(profits.keep, SHOP, {"O1": expected(pence)}, now=NOW + timedelta(hours=pence))
    found = lines(bloom)
    assert len(found) == profits.MOST_LINES
    assert (found[0].estimate, found[-1].estimate) == (expected(100), expected(149))


def test_another_account_and_another_shop_s_people_read_none(bloom):
    bloom.write(profits.keep, SHOP, {"O1": expected(180)}, now=NOW)
    assert lines(bloom)
    assert lines(bloom, scope=Scope("other")) == []
    assert lines(bloom, scope=Scope("bloom", frozenset({"another-shop"}))) == []


def test_a_deleted_shop_leaves_none(bloom):
    bloom.write(profits.keep, SHOP, {"O1": expected(180)}, now=NOW)
    bloom.write(profits.forget_shop, "bloom-shop")
    assert lines(bloom) == []


def test_an_order_of_another_shop_is_another_order(bloom):
    bloom.write(profits.keep_last, SHOP, {"O1": expected(180)}, now=NOW)
    elsewhere = replace(SHOP, id="other-shop")
    assert bloom.read(profits.kept_of, elsewhere.id, ["O1"]) == {}
