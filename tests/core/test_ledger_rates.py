"""Estimates: which source is trusted, which rule holds on which day, and rates made of the same orders."""

from datetime import UTC, date, datetime, timedelta

import pytest
from core.made_entries import d, make_entry, make_estimate
from core.made_orders import make_line, make_order, make_payment, real_policies

from service.core.ledger.fields import GROUP_OF_FIELD
from service.core.ledger.pools import pools_of
from service.core.ledger.rates import (
    FEWEST_ORDERS,
    LAST_ORDERS,
    OwnTerms,
    RecentRates,
    Settled,
    Trust,
    estimate,
    has_risen,
    recent_rates,
)
from service.core.ledger.sales import Refund, sale_of
from service.core.policies import parse_policies

DAY = date(2026, 11, 20)
A, B = make_line(1, "A").sku_id, make_line(1, "B").sku_id


def sale(price: str = "100.00", *, currency: str = "GBP", region: str = "GB", units: int = 1, refunds=(), **amounts):
    lines = tuple(make_line(at + 1, "A", price, currency) for at in range(units))
    payment = make_payment(currency, **({"items_gross": price, "items_net": price, "total": price} | amounts))
    return sale_of(make_order(lines=lines, payment=payment, region=region), day=DAY, refunds=refunds)


def rules(market: str, day: date = DAY, shipping: str = "SELLER"):
    return real_policies().fee_rules(market=market, shipping=shipping, day=day)


def settled(number: int, *, fee: str = "-10", revenue: str = "100", skus=(A,), **amounts) -> Settled:
    entry = make_entry(
        number,
        order_id=f"O{number}",
        amounts={
            "revenue.subtotal_before_discount_amount": revenue,
            "fee.platform_commission_amount": fee,
            **{f"fee.{name}": value for name, value in amounts.items()},
        },
    )
    at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=number)
    return Settled(f"O{number}", frozenset(skus), at, pools_of([entry], "GBP"))


def test_every_shipped_fee_is_a_field_we_know_with_a_source():
    fees = real_policies().fees
    assert {"US", "GB", "DE", "FR", "IT", "ES", "IE", "TH", "MY"} == {rule.market for rule in fees}
    assert all(rule.field in GROUP_OF_FIELD and rule.source for rule in fees)


def test_a_fee_holds_from_its_own_day_on():
    def percent(day):
        return [(rule.field, rule.percent) for rule in rules("DE", day)]

    assert percent(date(2026, 1, 7)) == [("platform_commission_amount", 5)]
    assert percent(date(2026, 1, 8)) == [("platform_commission_amount", 9)]
    assert percent(date(2020, 1, 1)) == []


def test_the_flat_fee_is_for_orders_the_seller_ships():
    assert [rule.field for rule in rules("GB", shipping="TIKTOK")] == ["platform_commission_amount"]
    assert [rule.flat for rule in rules("GB") if rule.field == "transaction_fee_amount"] == [d("0.50")]
    assert [rule.field for rule in rules("GB", date(2025, 7, 14))] == ["platform_commission_amount"]


def test_buyers_shipping_is_in_the_base_where_the_rule_says_so():
    found = estimate(sale(ship_paid="10.00", total="110.00"), rules=rules("GB"))
    assert found.pools.fields["platform_commission_amount"] == d("-9.90")


def test_a_cap_is_counted_by_item_and_a_kept_fee_is_not_given_back():
    """Thailand's growth fee: at most 199 baht an item, and a refund does not bring it back."""
    refund = Refund(A, 1, d("5000"))
    dear = sale("10000.00", currency="THB", region="TH", units=2)
    fees = estimate(dear, rules=rules("TH")).pools.fields
    assert (fees["seller_growth_fee_amount"], fees["transaction_fee_amount"]) == (-398, d("-321.00"))
    fees = estimate(
        sale("10000.00", currency="THB", region="TH", units=2, refunds=(refund,)), rules=rules("TH")
    ).pools.fields
    assert (fees["seller_growth_fee_amount"], fees["transaction_fee_amount"]) == (-398, d("-160.50"))


def test_the_refund_fee_has_its_cap_and_is_not_for_orders_never_sent():
    def fee(**changes):
        refund = Refund(A, 1, d("1000"), **changes)
        found = estimate(sale("1000.00", currency="USD", region="US", refunds=(refund,)), rules=rules("US"))
        return found.pools.fields.get("refund_administration_fee_amount")

    assert (fee(), fee(before_shipping=True)) == (-5, None)


def test_fees_are_rounded_one_by_one_half_up():
    """9 % of 0.50 is 4.5 pence: five, as the statement will say."""
    assert estimate(sale("0.50"), rules=rules("GB", shipping="TIKTOK")).pools.fields["platform_commission_amount"] == d(
        "-0.05"
    )
    dong = sale("105", currency="VND", region="VN")
    assert estimate(dong, own=OwnTerms({"transaction_fee_amount": d(5)})).pools.fields["transaction_fee_amount"] == -5


def test_the_sellers_own_rate_goes_before_the_table():
    found = estimate(sale(), rules=rules("GB"), own=OwnTerms({"platform_commission_amount": d(5)}))
    assert found.pools.fields["platform_commission_amount"] == -5


def test_trust_goes_from_upstreams_list_to_recent_orders_to_the_table():
    recent = recent_rates([settled(number) for number in range(FEWEST_ORDERS)], sku_ids=[A], currency="GBP")
    told = make_estimate(
        settlement="80", revenue="100", fee_tax="-20", amounts={"fee.platform_commission_amount": "-20"}
    )
    sources = {"recent": recent, "rules": rules("GB")}
    found = [
        estimate(sale(), unsettled=[told], **sources),
        estimate(sale(), **sources),
        estimate(sale(), rules=rules("GB")),
    ]
    assert [one.trust for one in found] == [Trust.UNSETTLED, Trust.RECENT, Trust.TABLE]
    assert [one.pools.platform.core for one in found] == [20, 10, d("9.50")]
    assert estimate(sale()) is None


def test_an_empty_line_of_the_unsettled_list_is_no_estimate():
    assert estimate(sale(), unsettled=[make_estimate()], rules=rules("GB")).trust is Trust.TABLE


def test_every_charge_says_what_it_was_taken_of_and_why():
    found = estimate(sale(), rules=rules("GB"), own=OwnTerms(affiliate_percent=d(20)))
    assert [(one.field, one.cost, one.base) for one in found.charges] == [
        ("platform_commission_amount", 9, 100),
        ("transaction_fee_amount", d("0.50"), 0),
        ("affiliate_commission_amount", 20, 100),
    ]
    assert all(one.source for one in found.charges)


def test_a_rate_is_made_of_the_newest_orders_that_sold_the_same():
    """The same orders above and below the line; samples, other SKUs and unexplained orders tell no rate."""
    odd = make_entry(99, settlement="50", revenue="100", amounts={"revenue.subtotal_before_discount_amount": "100"})
    others = [
        settled(90, skus=(B,), fee="-50"),
        settled(91, revenue="0", fee="-50"),
        Settled("O99", frozenset({A}), None, pools_of([odd], "GBP")),
    ]
    old = [settled(number, fee="-50") for number in range(5)]
    new = [settled(10 + number, fee="-9", moon_fee="-1") for number in range(LAST_ORDERS)]
    found = recent_rates([*old, *others, *new], sku_ids=[A], currency="GBP")
    assert (found.orders, found.revenue) == (LAST_ORDERS, 3000)
    assert (found.fee("platform_commission_amount", d(50)), found.fee("moon_fee", d(50))) == (d("-4.50"), d("-0.50"))


def test_fees_stated_in_one_sum_are_a_rate_like_those_stated_by_name():
    """A total without its parts is charged all the same: leaving it out would promise more than is ever paid."""

    def one(number: int) -> Settled:
        entry = make_entry(number, settlement="85", revenue="100", shipping="-5", fee_tax="-10")
        return Settled(f"O{number}", frozenset({A}), None, pools_of([entry], "GBP"))

    recent = recent_rates([one(number) for number in range(FEWEST_ORDERS)], sku_ids=[A], currency="GBP")
    assert recent.share == d("0.15")
    expected = estimate(sale("50.00"), recent=recent).pools
    assert (expected.settlement, expected.revenue) == (d("42.50"), 50)
    assert (expected.platform.logistics, expected.platform.unclassified) == (d("2.50"), 5)


def test_too_few_orders_are_no_rate():
    few = [settled(number) for number in range(FEWEST_ORDERS - 1)]
    assert recent_rates(few, sku_ids=[A], currency="GBP") is None
    assert recent_rates([*few, settled(9)], sku_ids=[A], currency="USD") is None


def test_a_penalty_is_no_rate():
    fine = make_entry(50, kind="PLATFORM_PENALTY", order_id="", adjustment_order_id="O1", settlement="-30")
    found = [settled(number) for number in range(4)]
    found.append(Settled("O5", frozenset({A}), None, found[0].pools + pools_of([fine], "GBP")))
    assert recent_rates(found, sku_ids=[A], currency="GBP").fields == {"platform_commission_amount": -50}


@pytest.mark.parametrize(
    ("before", "after", "revenue", "risen"),
    [("-6", "-10", 1000, True), ("-6", "-8.5", 1000, False), ("-30", "-34", 1000, False), ("-6", "-10", 10, False)],
    ids=["clearly", "under-three-points", "under-fifteen-percent", "too-little-sold"],
)
def test_a_rate_has_risen_when_both_limits_are_passed(before, after, revenue, risen):
    def rates(percent):
        return RecentRates("GBP", 9, d(revenue), {"platform_commission_amount": d(percent) * revenue / 100})

    assert has_risen(rates(before), rates(after), least_revenue=d(100)) is risen


FEE = {
    "market": "XX", "field": "referral_fee_amount", "base": "paid", "per": "order", "percent": "6",
    "effective_from": date(2026, 1, 1), "source": "a page", "certainty": "D",
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"percent": 6},
        {"percent": 6.5},
        {"percent": "6 %"},
        {"percent": "101"},
        {"base": "nothing"},
        {"percent": "0"},
        {"per": "day"},
        {"cap": "0"},
        {"effective_to": date(2026, 1, 1)},
        {"certainty": "E"},
        {"certaintly": "D"},
        {"market": "YY"},
    ],
    ids=lambda change: f"{next(iter(change))}={next(iter(change.values()))}",
)
def test_a_wrong_fee_rule_is_refused_by_name(change):
    """A percentage written as a number would be a float: it is refused like any other slip."""
    market = {"code": "XX", "name": "Testland", "time_zone": "UTC", "currency": "EUR"}
    assert parse_policies([{"market": [market], "fee": [FEE]}]).fees[0].percent == 6
    with pytest.raises(ValueError, match="fee"):
        parse_policies([{"market": [market], "fee": [FEE | change]}])
