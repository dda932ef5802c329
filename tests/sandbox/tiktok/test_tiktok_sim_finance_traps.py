"""The traps of finance in what one order earns, each provoked on purpose and read through the API."""

import pytest
from sandbox.tiktok.finance_reading import DAY_S, Desk, dec, fee_members, members, total_of

from service.sandbox.tiktok.state import Unit

TRAITS = {
    "is_fast": False,
    "gap_days": 0,
    "affiliate_bp": 0,
    "partner_bp": 0,
    "ads_bp": 0,
    "is_creator_taxed": False,
    "is_before_tax_only": False,
    "is_creator_unpaid": True,
    "deposit": "",
    "has_programme": False,
    "reserve_bp": 0,
    "unknown": "",
    "has_uncovered": False,
    "adjustment": "",
    "is_terse": True,
}


@pytest.fixture
def seller(market, signed_caller, control):
    """A shop of the market in any region: the shop and its desk."""

    def open_shop(region):
        shop = market.add_shop(region)
        control("POST", "faults", {"qps": 100_000})
        return shop, Desk(signed_caller(market, shop))

    return open_shop


@pytest.fixture
def delivered(market, control):
    """An order that has just arrived, of these units (price, seller's and platform's discount), and plainly settled."""

    def place(shop, *units, kind="NORMAL", shipping=0, **traits):
        order = market.place_orders(1, status="DELIVERED", kind=kind, shop_id=shop.id)[0]
        first = order.units[0]
        if units:
            order.units[:] = [
                Unit(
                    id=str(int(order.id) + number),
                    product=first.product,
                    variant=first.variant,
                    price_minor=price,
                    seller_off_minor=seller_off,
                    platform_off_minor=platform_off,
                )
                for number, (price, seller_off, platform_off) in enumerate(units, start=1)
            ]
            order.shipping_minor, order.shipping_seller_off_minor, order.shipping_platform_off_minor = shipping, 0, 0
        order.next_step = ""  # nobody sends it back unless the test does
        control("POST", "finance/traits", {"order_id": order.id, "traits": TRAITS | traits})
        return order

    return place


def settle(market, days=10):
    market.advance(days * DAY_S)


def line_of(desk, order):
    (line,) = [one for one in desk.lines_of(order.id) if one["type"] == "ORDER"]
    return line


def test_british_sale_costs_nine_percent_and_fifty_pence(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (2400, 0, 0), affiliate_bp=2000)
    settle(market)
    line = line_of(desk, order)
    assert fee_members(line) == {"platform_commission_amount": dec("-2.16"), "affiliate_commission_amount": dec("-4.8")}
    assert line["shipping_cost_breakdown"] == {"seller_self_shipping_service_fee_amount": "-0.50"}
    assert line["settlement_amount"] == "16.54"


def test_american_sale_counts_the_platforms_discount_as_the_sellers_revenue(market, seller, delivered):
    shop, desk = seller("US")
    order = delivered(shop, (2500, 250, 150), (2500, 250, 150), affiliate_bp=1500)
    settle(market)
    line = line_of(desk, order)
    assert (line["revenue_amount"], line["settlement_amount"]) == ("45", "36")
    assert fee_members(line) == {"referral_fee_amount": dec("-2.7"), "affiliate_commission_amount": dec("-6.3")}


def test_unit_refunded_before_settlement_is_in_the_same_line_less_the_administration_fee(
    market, control, seller, delivered
):
    shop, desk = seller("US")
    order = delivered(shop, (2500, 250, 150), (2500, 250, 150), affiliate_bp=1500)
    control("POST", "finance/refunds", {"order_id": order.id, "units": 1})
    settle(market)
    line = line_of(desk, order)
    assert line["revenue_amount"] == "22.5"
    assert line["revenue_breakdown"]["refund_subtotal_before_discount_amount"] == "-25"
    assert line["revenue_breakdown"]["seller_discount_refund_amount"] == "2.5"
    fees = fee_members(line)
    assert (fees["referral_fee_amount"], fees["refund_administration_fee_amount"]) == (dec("-1.35"), dec("-0.27"))
    label = dec(line.get("shipping_cost_breakdown", {}).get("return_shipping_label_fee_amount"))
    assert dec(line["settlement_amount"]) == dec("17.73") + label


def test_administration_fee_of_a_refund_has_a_most_per_sku(market, control, seller, delivered):
    shop, desk = seller("US")
    order = delivered(shop, (90_000, 0, 0))
    control("POST", "finance/refunds", {"order_id": order.id})
    settle(market)
    assert fee_members(line_of(desk, order)) == {"refund_administration_fee_amount": dec("-5")}


def test_refund_after_settlement_is_in_a_later_statement_and_the_sku_stands_in_both(market, control, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (1000, 0, 0), (1000, 0, 0))
    settle(market)
    control("POST", "finance/refunds", {"order_id": order.id, "units": 1})
    settle(market, days=1)
    sale, refund = desk.lines_of(order.id)
    assert (sale["revenue_amount"], refund["revenue_amount"]) == ("20.00", "-10.00")
    assert fee_members(refund)["platform_commission_amount"] == dec("0.90")
    shown = desk.order(order.id)
    first, second = shown["sku_transactions"]
    assert first["sku_id"] == second["sku_id"]
    assert first["statement_id"] != second["statement_id"]
    assert (first["quantity"], second["quantity"]) == ("2", "1")
    assert shown["revenue_amount"] == "10.00"


def test_shipping_comes_back_with_the_whole_order_only(market, control, seller, delivered):
    shop, desk = seller("GB")
    orders = [delivered(shop, (1000, 0, 0), (1000, 0, 0), shipping=349) for _ in range(2)]
    settle(market)
    for order, units in zip(orders, (1, 2), strict=True):
        control("POST", "finance/refunds", {"order_id": order.id, "units": units})
    settle(market, days=1)
    part, whole = (desk.lines_of(order.id)[1].get("shipping_cost_breakdown", {}) for order in orders)
    assert "customer_paid_shipping_fee_amount" not in part
    assert whole["customer_paid_shipping_fee_amount"] == "-3.49"
    assert whole["supplementary_component"]["refunded_customer_shipping_fee_amount"] == "-3.49"


def test_estimate_takes_the_label_for_dearer_than_it_will_be(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (5000, 0, 0))
    order.shipping_type = "TIKTOK"
    (estimate,) = desk.unsettled()
    settle(market)
    assert (estimate["est_shipping_cost_amount"], line_of(desk, order)["shipping_cost_amount"]) == ("-4.45", "-4.12")


def test_lines_of_an_order_of_two_skus_split_without_losing_a_penny(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (333, 0, 0), (667, 0, 0), shipping=349, unknown="fee", affiliate_bp=1500)
    order.units[1].variant = 1 - min(order.units[1].variant, 1)
    order.units[1].product = 2 if order.units[0].product != 2 else 3
    settle(market)
    line, shown = line_of(desk, order), desk.order(order.id)
    assert shown["total_count"] == 2
    for name in ("settlement_amount", "revenue_amount", "shipping_cost_amount", "fee_tax_amount"):
        assert dec(line[name]) == total_of(dec(row[name]) for row in shown["sku_transactions"])
    shares = [
        dec(row["shipping_cost_breakdown"]["seller_self_shipping_service_fee_amount"])
        for row in shown["sku_transactions"]
    ]
    assert sorted(shares) == [dec("-0.33"), dec("-0.17")]


@pytest.mark.parametrize(
    ("group", "place"),
    [
        ("fee", ("fee_tax_breakdown", "fee", "parcel_carbon_levy_amount")),
        ("tax", ("fee_tax_breakdown", "tax", "city_levy_amount")),
        ("shipping", ("shipping_cost_breakdown", "lane_surcharge_amount")),
    ],
)
def test_undocumented_member_is_part_of_its_total(market, seller, delivered, group, place):
    shop, desk = seller("GB")
    plain, strange = delivered(shop, (2000, 0, 0)), delivered(shop, (2000, 0, 0), unknown=group)
    settle(market)
    found = line_of(desk, strange)
    value = found
    for name in place:
        value = value[name]
    assert dec(value) == dec("-0.15")
    assert dec(line_of(desk, plain)["settlement_amount"]) - dec(found["settlement_amount"]) == dec("0.15")


def test_fee_total_may_hold_what_no_member_shows(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (10_000, 0, 0), has_uncovered=True)
    settle(market)
    line = line_of(desk, order)
    assert dec(line["fee_tax_amount"]) - total_of(fee_members(line).values()) == dec("-1.30")
    assert dec(line["settlement_amount"]) == dec("100") + dec(line["shipping_cost_amount"]) + dec(
        line["fee_tax_amount"]
    )


def test_members_that_are_zero_are_absent_in_one_line_and_zero_in_another(market, seller, delivered):
    shop, desk = seller("GB")
    terse, wordy = delivered(shop, (2000, 0, 0)), delivered(shop, (2000, 0, 0), is_terse=False)
    settle(market)
    short, long = line_of(desk, terse), line_of(desk, wordy)
    assert short["fee_tax_breakdown"] == {"fee": {"platform_commission_amount": "-1.80"}}
    assert "adjustment_amount" not in short
    assert "seller_discount_refund_amount" not in short["revenue_breakdown"]
    assert long["fee_tax_breakdown"]["tax"]["local_vat_amount"] == long["adjustment_amount"] == "0"
    assert long["revenue_breakdown"]["seller_discount_refund_amount"] == "0"
    assert short["settlement_amount"] == long["settlement_amount"]


def test_details_of_shipping_explain_it_and_are_never_part_of_it(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (5000, 0, 0), shipping=349, has_incentive_copy=False)
    order.shipping_type, order.shipping_platform_off_minor = "TIKTOK", 349
    settle(market)
    line = line_of(desk, order)
    shown = line["shipping_cost_breakdown"]
    assert members(line, "shipping_cost_breakdown") == {
        "actual_shipping_fee_amount": dec("-4.12"),
        "shipping_fee_discount_amount": dec("3.49"),
    }
    assert shown["supplementary_component"] == {
        "fbm_shipping_cost_amount": "-4.12",
        "platform_shipping_fee_discount_amount": "3.49",
    }
    assert line["shipping_cost_amount"] == "-0.63"
    assert line["supplementary_component"] == {"customer_payment_amount": "50.00"}


def test_repeated_discount_on_request_does_not_change_the_total(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (5000, 0, 0), shipping=349, has_incentive_copy=True)
    order.shipping_platform_off_minor = 349
    settle(market)
    line = line_of(desk, order)
    assert line["shipping_cost_breakdown"]["tiktok_shop_shipping_incentive_amount"] == "3.49"
    assert line["shipping_cost_amount"] == "2.99"


def test_commission_before_tax_is_the_same_money_again(market, seller, delivered):
    shop, desk = seller("VN")
    order = delivered(shop, (200_000, 0, 0), affiliate_bp=1000, is_creator_taxed=True)
    settle(market)
    fees, taxes = (line_of(desk, order)["fee_tax_breakdown"][name] for name in ("fee", "tax"))
    assert fees["affiliate_commission_amount_before_pit"] == "-20000"
    assert (fees["affiliate_commission_amount"], taxes["pit_amount"]) == ("-18000", "-2000")
    expected = -(20_000 + 8_000 + 10_000 + 3_000 + 2_000)  # creator, commission, payment, infrastructure, tax
    assert line_of(desk, order)["fee_tax_amount"] == str(expected)


def test_commission_may_be_shown_before_tax_only_and_counts_then(market, seller, delivered):
    shop, desk = seller("VN")
    order = delivered(shop, (200_000, 0, 0), affiliate_bp=1000, is_before_tax_only=True)
    settle(market)
    line = line_of(desk, order)
    assert "affiliate_commission_amount" not in line["fee_tax_breakdown"]["fee"]
    assert total_of(fee_members(line).values()) == dec(line["fee_tax_amount"]) == -43_000


def test_deposit_and_release_in_one_line_come_to_nothing(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (9900, 0, 0), affiliate_bp=1000, deposit="same")
    settle(market)
    fees = fee_members(line_of(desk, order))
    assert fees["affiliate_commission_deposit"] + fees["affiliate_commission_release"] == 0
    assert fees["affiliate_commission_deposit"] == fees["affiliate_commission_amount"] == dec("-9.90")


def test_deposit_released_days_later_changes_a_settled_order(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (9900, 0, 0), affiliate_bp=1000, deposit="later")
    settle(market, days=9)
    before = desk.order(order.id)["settlement_amount"]
    settle(market, days=6)
    sale, release = desk.lines_of(order.id)
    assert fee_members(sale)["affiliate_commission_deposit"] == dec("-9.90")
    assert "affiliate_commission_amount" not in fee_members(sale)
    assert fee_members(release) == {
        "affiliate_commission_release": dec("9.90"),
        "affiliate_commission_amount": dec("-9.90"),
    }
    assert release["revenue_amount"] == "0"
    assert desk.order(order.id)["settlement_amount"] == before
    assert desk.order(order.id)["total_count"] == 2


def test_sample_has_a_price_a_full_discount_no_revenue_and_a_shipping_fee(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, kind="SAMPLE")
    settle(market)
    sale, fee = sorted(desk.lines_of(order.id), key=lambda line: line["type"])
    revenue = members(sale, "revenue_breakdown")
    assert revenue["subtotal_before_discount_amount"] == -revenue["seller_discount_amount"] > 0
    totals = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount", "settlement_amount")
    assert {sale[name] for name in totals} == {"0"}
    assert (fee["type"], fee["adjustment_amount"]) == ("SAMPLE_SHIPPING_FEE", "-4.12")


def test_quantity_is_text_and_units_of_a_sku_are_one_row(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (1000, 0, 0), (1000, 0, 0), (1000, 0, 0))
    settle(market)
    shown = desk.order(order.id)
    assert [row["quantity"] for row in shown["sku_transactions"]] == ["3"]
    assert shown["total_count"] == 1


def test_names_and_the_currencys_place_differ_between_levels(market, seller, delivered):
    shop, desk = seller("GB")
    order = delivered(shop, (1000, 0, 0))
    (estimate,) = desk.unsettled()
    settle(market)
    line, shown = line_of(desk, order), desk.order(order.id)
    row = shown["sku_transactions"][0]
    assert ("fee_tax_amount" in line, "fee_and_tax_amount" in line) == (True, False)
    assert ("fee_tax_amount" in shown, "fee_and_tax_amount" in shown) == (False, True)
    assert ("fee_tax_amount" in row, "currency" in row, "currency" in line) == (True, False, False)
    assert (shown["currency"], estimate["currency"]) == ("GBP", "GBP")
    assert {"est_fee_tax_amount", "fee_tax_breakdown"} <= set(estimate)
    assert "fee_tax_amount" not in estimate


@pytest.mark.parametrize(("region", "text"), [("GB", "1234.50"), ("US", "1234.5"), ("VN", "123450")])
def test_amounts_have_the_currencys_decimals_and_some_markets_cut_zeros(market, seller, delivered, region, text):
    shop, desk = seller(region)
    order = delivered(shop, (123_450, 0, 0))
    settle(market)
    assert line_of(desk, order)["revenue_amount"] == text
