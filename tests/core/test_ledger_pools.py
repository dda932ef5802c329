"""Entries become pools: each amount once, each difference named, nothing dependent on order."""

import random
from decimal import Decimal

import pytest
from core.made_entries import d, entries, make_entry, make_estimate
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.pools import Pools, counted, pools_by_currency, pools_by_sku, pools_of, pools_of_one
from service.core.ledger.reconciling import reconcile

SALE = {"revenue.subtotal_before_discount_amount": "24.00", "revenue.seller_discount_amount": "-4.00"}


def test_a_plain_sale_falls_into_its_pools():
    """The shape the vendor's page shows: two mugs, a discount, postage and two fees."""
    pools = pools_of_one(
        make_entry(
            settlement="15.70", revenue="20.00", shipping="-0.50", fee_tax="-3.80",
            amounts=SALE | {
                "shipping.actual_shipping_fee_amount": "-3.99",
                "shipping.shipping_fee_discount_amount": "3.49",
                "shipping.supplementary.fbm_shipping_cost_amount": "-3.99",
                "shipping.supplementary.platform_shipping_fee_discount_amount": "3.49",
                "fee.platform_commission_amount": "-1.80",
                "fee.affiliate_commission_amount": "-2.00",
                "tax.local_vat_amount": "0",
            },
        )
    )  # fmt: skip
    assert (pools.revenue, pools.tax, pools.platform.core, pools.platform.logistics) == (d(20), 0, d("1.80"), d("0.50"))
    assert (pools.marketing.creators, pools.platform.unexplained, pools.settlement) == (d(2), 0, d("15.70"))
    assert pools.told["fbm_shipping_cost_amount"] == d("-3.99")
    assert not pools.needs_a_look


def test_live_mexican_sale_and_its_return_come_out_to_the_cent():
    """A deposit and its release net to nothing; the return is a second entry that adds to the first."""
    sale = make_entry(
        1, currency="MXN", settlement="105.9", revenue="134.9", shipping="0", fee_tax="-29",
        amounts={
            "revenue.subtotal_before_discount_amount": "134.9",
            "fee.sfp_service_fee_amount": "-10.79", "fee.fee_per_item_sold_amount": "-6",
            "fee.affiliate_commission_deposit": "-99", "fee.affiliate_commission_release": "99",
            "tax.isr_amount": "-2.91", "tax.iva_amount": "-9.3",
        },
    )  # fmt: skip
    back = make_entry(
        2, currency="MXN", statement_id="S2", settlement="-116.69", revenue="-134.9", fee_tax="18.21",
        amounts={
            "revenue.refund_subtotal_before_discount_amount": "-134.9",
            "fee.fee_per_item_sold_amount": "6", "tax.isr_amount": "2.91", "tax.iva_amount": "9.3",
        },
    )  # fmt: skip
    sold = pools_of([sale], "MXN")
    assert (sold.revenue, sold.tax, sold.platform.core, sold.marketing.creators) == (
        d("134.9"),
        d("12.21"),
        d("16.79"),
        0,
    )
    assert sold.settlement == d("105.9")
    assert not sold.needs_a_look
    both = pools_of([sale, back], "MXN")
    assert (both.settlement, both.revenue, both.platform.total) == (d("-10.79"), 0, d("10.79"))


def test_a_component_below_supplementary_is_never_added():
    amounts = {"shipping.actual_shipping_fee_amount": "-5", "shipping.supplementary.fbt_fulfillment_fee_amount": "-5"}
    assert pools_of_one(make_entry(shipping="-5", settlement="-5", amounts=amounts)).platform.logistics == 5
    assert pools_of_one(make_entry(amounts=amounts)).platform.logistics == 5


def test_a_total_among_the_members_is_never_added_to_them():
    pools = pools_of_one(
        make_entry(revenue="20", settlement="20", amounts=SALE | {"revenue.net_sales_amount": "20.00"})
    )
    assert (pools.revenue, pools.platform.unexplained) == (20, 0)


@pytest.mark.parametrize("total", ["-5", None])
def test_an_explaining_field_beside_direct_members_is_left_out(total):
    """Some versions flatten the supplement into the breakdown."""
    amounts = {"shipping.actual_shipping_fee_amount": "-5", "shipping.fbm_shipping_cost_amount": "-5"}
    assert pools_of_one(make_entry(shipping=total, amounts=amounts)).platform.logistics == 5


def test_an_explaining_field_counts_where_the_total_says_so():
    amounts = {"shipping.return_shipping_fee_amount": "-2", "shipping.fbt_fulfillment_fee_amount": "-3.58"}
    pools = pools_of_one(make_entry(shipping="-5.58", amounts=amounts))
    assert (pools.platform.logistics, pools.platform.unexplained) == (d("5.58"), 0)


@pytest.mark.parametrize(
    ("fee_tax", "tax", "creators"),
    [("-10", "1", "9"), ("-11", "1", "10"), (None, "1", "9")],
    ids=["after-tax", "before-tax", "unstated"],
)
def test_a_commission_before_and_after_tax_is_counted_once(fee_tax, tax, creators):
    pools = pools_of_one(
        make_entry(
            fee_tax=fee_tax,
            amounts={
                "fee.affiliate_commission_amount": "-9",
                "fee.affiliate_commission_amount_before_pit": "-10",
                "tax.pit_amount": "-1",
            },
        )
    )
    assert (pools.marketing.creators, pools.tax, pools.platform.unexplained) == (d(creators), d(tax), 0)


def test_both_commissions_are_in_no_reading_even_when_their_sum_would_fit():
    pools = pools_of_one(
        make_entry(
            fee_tax="-19",
            amounts={"fee.affiliate_commission_amount": "-9", "fee.affiliate_commission_before_pit_amount": "-10"},
        )
    )
    assert (pools.marketing.creators, pools.platform.unexplained) == (9, 10)


def test_two_spellings_of_one_field_are_counted_once():
    amounts = {"revenue.gross_sales_amount": "24", "revenue.subtotal_before_discount_amount": "24"}
    assert pools_of_one(make_entry(amounts=amounts)).revenue == 24


def test_an_unknown_fee_is_counted_and_flagged():
    pools = pools_of_one(
        make_entry(
            settlement="-3", fee_tax="-3", amounts={"fee.referral_fee_amount": "-2", "fee.moon_fee_amount": "-1"}
        )
    )
    assert (pools.platform.core, pools.platform.unclassified, pools.platform.unexplained) == (2, 1, 0)
    assert pools.unknown == {"moon_fee_amount"}
    assert pools.needs_a_look


def test_what_the_fields_do_not_cover_is_a_line_of_its_own():
    pools = pools_of_one(
        make_entry(settlement="76", revenue="100", fee_tax="-24", amounts={"fee.referral_fee_amount": "-20"})
    )
    assert (pools.platform.core, pools.platform.unexplained, pools.settlement) == (20, 4, 76)
    assert pools.needs_a_look


def test_gaps_that_cancel_each_other_are_still_named():
    reading = reconcile(
        make_entry(
            settlement="5", revenue="12", shipping="-7",
            amounts={"revenue.subtotal_before_discount_amount": "10", "shipping.actual_shipping_fee_amount": "-5"},
        )
    )  # fmt: skip
    assert reading.gaps == {"revenue": 2, "shipping": -2}
    assert reading.unexplained == 0


def test_a_settlement_that_is_not_its_totals_is_named():
    reading = reconcile(make_entry(settlement="9", revenue="10"))
    assert (reading.gaps, reading.unexplained) == ({"settlement": -1}, -1)


def test_totals_without_breakdowns_go_where_they_must():
    """A field may be absent: the money is there all the same, and unnamed fees are flagged."""
    pools = pools_of_one(make_entry(settlement="70", revenue="100", shipping="-10", fee_tax="-20"))
    assert (pools.revenue, pools.platform.logistics, pools.platform.unclassified) == (100, 10, 20)
    assert pools.unknown == {"fee_tax_amount"}


def test_an_absent_total_is_not_zero():
    pools = pools_of_one(make_entry(amounts=SALE | {"fee.referral_fee_amount": "-2"}))
    assert (pools.settlement, pools.platform.unexplained) == (18, 0)


def test_a_sign_is_never_turned_by_a_name():
    """A fee that comes positive is money given back; a discount of the seller's that comes positive adds."""
    pools = pools_of_one(
        make_entry(amounts={"fee.referral_fee_amount": "2", "revenue.seller_discount_amount": "1"}, settlement="3")
    )
    assert (pools.platform.core, pools.revenue, pools.settlement) == (-2, 1, 3)


def test_a_reserve_is_timing_and_no_cost():
    held = make_entry(1, kind="RESERVE", reserve_id="R1", reserve="-30", settlement="-30", reserve_status="collected")
    free = make_entry(2, kind="reserve", reserve_id="R1", reserve="30", statement_id="S2")
    pools = pools_of([held], "GBP")
    assert (pools.settlement, pools.platform.total, pools.reserve) == (0, 0, -30)
    assert pools_of([held, free], "GBP").reserve == 0


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("PLATFORM_PENALTY", lambda pools: pools.platform.adjustments),
        ("Violation fee", lambda pools: pools.platform.adjustments),
        ("GMV_PAYMENT_FOR_ADS", lambda pools: pools.marketing.promotion),
        ("COFUNDED_CREATOR_REWARDS", lambda pools: pools.marketing.creators),
        ("SAMPLE_SHIPPING_FEE", lambda pools: pools.marketing.samples),
        ("STAMP_DUTY", lambda pools: pools.tax),
        ("A_NEW_ONE", lambda pools: pools.platform.unclassified),
    ],
    ids=["penalty", "prose", "ads", "creators", "samples", "duty", "unknown"],
)
def test_an_adjustment_counts_once_in_its_own_pool(kind, where):
    """Stated as adjustment, as settlement, or as both with a breakdown that repeats it."""
    for stated in (
        {"adjustment": "-7", "settlement": "-7"},
        {"settlement": "-7"},
        {"adjustment": "-7", "settlement": "-7", "fee_tax": "-7", "amounts": {"fee.referral_fee_amount": "-7"}},
    ):
        pools = pools_of_one(make_entry(kind=kind, order_id="", adjustment_id="A1", **stated))
        assert (where(pools), pools.settlement, pools.platform.unexplained) == (7, -7, 0)
    assert (pools.unknown == {"adjustment.a_new_one"}) == (kind == "A_NEW_ONE")


def test_an_adjustment_inside_an_order_is_the_platforms():
    pools = pools_of_one(make_entry(settlement="17", revenue="20", adjustment="-3", amounts=SALE))
    assert (pools.platform.adjustments, pools.platform.unexplained) == (3, 0)


def test_an_order_and_its_parts_by_sku_are_never_both_counted():
    whole = make_entry(1, settlement="15", revenue="15")
    parts = [
        make_entry(2, sku_id="A", settlement="10", revenue="10"),
        make_entry(3, sku_id="B", settlement="5", revenue="5"),
    ]
    later = make_entry(4, sku_id="A", statement_id="S2", settlement="-10", revenue="-10")
    assert counted([*parts, whole, later]) == [whole, later]
    assert pools_of([*parts, whole], "GBP").settlement == 15
    assert pools_of(parts, "GBP").settlement == 15
    assert {sku: pools.settlement for sku, pools in pools_by_sku([*parts, whole, later], "GBP").items()} == {
        "A": 0,
        "B": 5,
    }


def test_an_adjustment_of_the_order_does_not_hide_its_parts():
    part = make_entry(1, sku_id="A", settlement="10", revenue="10")
    fine = make_entry(
        2, kind="PLATFORM_PENALTY", order_id="", adjustment_order_id="O1", adjustment_id="A1", settlement="-2"
    )
    assert pools_of([part, fine], "GBP").settlement == 8


def test_two_currencies_are_never_added():
    pound, peso = make_entry(1, settlement="1", revenue="1"), make_entry(2, currency="MXN", settlement="2", revenue="2")
    with pytest.raises(ValueError, match="cannot add MXN to GBP"):
        pools_of([pound, peso], "GBP")
    with pytest.raises(ValueError, match="cannot add"):
        Pools("GBP") + Pools("USD")
    assert {one: pools.settlement for one, pools in pools_by_currency([peso, pound]).items()} == {"GBP": 1, "MXN": 2}


def test_upstreams_estimate_is_read_like_an_entry():
    pools = pools_of_one(
        make_estimate(
            settlement="17", revenue="20", fee_tax="-3",
            amounts=SALE | {"fee.affiliate_commission_before_pit_amount": "-3"},
        )
    )  # fmt: skip
    assert (pools.revenue, pools.marketing.creators, pools.settlement) == (20, 3, 17)


@given(st.lists(entries(), max_size=5))
def test_revenue_minus_the_pools_is_the_settlement(found):
    """Whatever upstream states, fits or leaves out."""
    pools = pools_of(found, "GBP")
    assert pools.settlement == sum((reconcile(one).settlement for one in found), Decimal(0))
    for one in found:
        if one.settlement is not None and one.kind != "RESERVE":
            assert pools_of_one(one).settlement == one.settlement


@given(st.lists(entries(), max_size=5), st.integers(0, 10**6))
def test_order_of_entries_and_of_their_amounts_changes_nothing(found, seed):
    mixer = random.Random(seed)
    mixed = list(found)
    mixer.shuffle(mixed)
    turned = [
        type(one)(**{
            **{name: getattr(one, name) for name in one.__dataclass_fields__},
            "amounts": dict(mixer.sample(sorted(one.amounts.items()), len(one.amounts))),
        })
        for one in mixed
    ]  # fmt: skip
    assert pools_of(turned, "GBP") == pools_of(found, "GBP")


@given(entries())
def test_every_counted_field_is_in_the_lines(entry):
    """The fields by name and the lines by group are two views of the same amounts."""
    pools = pools_of_one(entry)
    named = sum(pools.fields.values(), Decimal(0))
    assert named == pools.settlement + pools.platform.unexplained
