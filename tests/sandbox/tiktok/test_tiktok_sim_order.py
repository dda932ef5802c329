from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import create_market

ZONES = {"GB": "Europe/London", "US": "America/Los_Angeles", "VN": "Asia/Ho_Chi_Minh"}
CURRENCIES = {"GB": "GBP", "US": "USD", "VN": "VND"}


@pytest.fixture(params=["GB", "US", "VN"])
def region(request):
    return request.param


@pytest.fixture
def shop(market, region):
    return market.world.default_shop() if region == "GB" else market.add_shop(region)


@pytest.fixture
def place(market):
    """Place orders and see them as the detail call would show them."""

    def place_and_show(count, **how):
        return [market.world.show(order) for order in market.place_orders(count, **how)]

    return place_and_show


def test_payment_adds_up_to_the_minor_unit(place, shop, region):
    for order in place(150, shop_id=shop.id):
        pay = {key: Decimal(value) for key, value in order["payment"].items() if key != "currency"}
        lines = order["line_items"]
        assert order["payment"]["currency"] == CURRENCIES[region]
        assert (
            pay["sub_total"] == pay["original_total_product_price"] - pay["seller_discount"] - pay["platform_discount"]
        )
        discounts = sum(pay[f"shipping_fee_{who}_discount"] for who in ("seller", "platform", "cofunded"))
        assert pay["shipping_fee"] == pay["original_shipping_fee"] - discounts
        assert pay["total_amount"] == pay["sub_total"] + pay["shipping_fee"] + pay["tax"]
        assert pay["sub_total"] == sum(Decimal(line["sale_price"]) for line in lines)
        assert pay["seller_discount"] == sum(Decimal(line["seller_discount"]) for line in lines)
        assert pay["original_total_product_price"] == sum(Decimal(line["original_price"]) for line in lines)


def test_dong_has_no_decimals_and_sales_tax_is_american(place, market):
    dong = place(20, shop_id=market.add_shop("VN").id)
    assert all("." not in order["payment"]["total_amount"] for order in dong)
    dollars = place(20, shop_id=market.add_shop("US").id)
    assert all(Decimal(order["payment"]["tax"]) > 0 for order in dollars)
    assert all(line["item_tax"][0]["tax_type"] == "SALES_TAX" for order in dollars for line in order["line_items"])


def test_each_unit_is_a_line_of_its_own(place):
    orders = place(200)
    assert all("quantity" not in line for order in orders for line in order["line_items"])
    repeated = [
        order for order in orders if len({line["sku_id"] for line in order["line_items"]}) < len(order["line_items"])
    ]
    assert repeated
    every = [line["id"] for order in orders for line in order["line_items"]]
    assert len(set(every)) == len(every)


def test_ids_are_digits_that_a_spreadsheet_number_would_damage(place):
    for order in place(50):
        assert order["id"].startswith("5764")
        assert len(order["id"]) == 18
        assert order["id"].isdecimal()


def test_deadlines_fall_at_the_last_second_of_a_local_working_day(place, shop, region):
    order = place(1, shop_id=shop.id)[0]
    names = ("rts_sla_time", "tts_sla_time", "shipping_due_time", "collection_due_time", "delivery_sla_time")
    for name in names:
        local = datetime.fromtimestamp(order[name], UTC).astimezone(ZoneInfo(ZONES[region]))
        assert (local.hour, local.minute, local.second) == (23, 59, 59)
        assert local.weekday() < 5
    assert order["rts_sla_time"] <= order["tts_sla_time"] <= order["collection_due_time"]
    assert order["cancel_order_sla_time"] == order["collection_due_time"]


def test_times_that_have_not_come_are_absent(place):
    unpaid = place(1, status="UNPAID")[0]
    assert not {"paid_time", "rts_time", "collection_time", "delivery_time", "cancel_time"} & unpaid.keys()
    delivered = place(1, status="DELIVERED")[0]
    assert delivered["paid_time"] < delivered["rts_time"] < delivered["collection_time"] < delivered["delivery_time"]
    assert delivered["update_time"] == delivered["delivery_time"]


def test_default_order_is_paid_past_the_hold_and_the_sellers_to_ship(place):
    order = place(1)[0]
    assert order["status"] == "AWAITING_SHIPMENT"
    assert order["update_time"] - order["paid_time"] == 3_600
    assert order["is_on_hold_order"] is True
    assert (order["fulfillment_type"], order["shipping_type"]) == ("FULFILLMENT_BY_SELLER", "SELLER")
    assert order["tracking_number"] == ""


def test_british_package_exists_only_after_shipping_vietnamese_from_payment(place, market):
    british = place(1)[0]
    assert british["packages"] == []
    assert "package_id" not in british["line_items"][0]
    vietnamese = place(1, shop_id=market.add_shop("VN").id)[0]
    assert vietnamese["packages"][0]["id"] == vietnamese["line_items"][0]["package_id"]
    assert vietnamese["tracking_number"] == ""


def test_address_is_absent_unpaid_empty_on_hold_and_full_afterwards(place):
    assert "recipient_address" not in place(1, status="UNPAID")[0]
    held = place(1, status="ON_HOLD")[0]["recipient_address"]
    assert not any(held.values())
    full = place(1)[0]["recipient_address"]
    assert full["name"]
    assert full["post_town"]
    assert [district["address_level"] for district in full["district_info"]] == ["L0", "L1", "L2", "L3"]


def test_address_is_masked_for_platform_shipping(place):
    address = place(1, overrides={"shipping_type": "TIKTOK"})[0]["recipient_address"]
    assert "*" in address["name"]
    assert "*" in address["address_line1"]
    assert address["phone_number"].startswith("(+44)***")


def test_american_address_is_masked_when_cancelled_and_a_month_after_completion(place, market):
    shop = market.add_shop("US")
    assert "*" in place(1, shop_id=shop.id, status="CANCELLED")[0]["recipient_address"]["postal_code"]
    done = market.place_orders(1, shop_id=shop.id, status="COMPLETED")[0]
    assert "*" not in market.world.show(done)["recipient_address"]["name"]
    market.advance(31 * 86_400)
    masked = market.world.show(done)["recipient_address"]
    assert "*" in masked["name"]
    assert "*" in masked["district_info"][3]["address_name"]
    market.advance(60 * 86_400)
    assert market.world.show(done)["recipient_address"]["name"] == ""


def test_kinds_show_samples_gifts_bundles_and_cash(place, market):
    sample = place(1, kind="SAMPLE")[0]
    assert sample["is_sample_order"] is True
    assert Decimal(sample["payment"]["total_amount"]) == 0
    gift = place(1, kind="GIFT")[0]["line_items"][-1]
    assert gift["is_gift"] is True
    assert (Decimal(gift["sale_price"]), gift["gift_retail_price"]) == (0, "4.50")
    bundle = place(1, kind="BUNDLE")[0]["line_items"][0]
    assert len(bundle["combined_listing_skus"]) == 3
    cash = place(1, kind="COD", shop_id=market.add_shop("VN").id)[0]
    assert cash["is_cod"] is True
    assert "paid_time" not in cash
    pre = place(1, kind="PRE_ORDER", status="ON_HOLD")[0]
    assert pre["order_type"] == "PRE_ORDER"
    assert pre["release_date"] > pre["create_time"] + 2 * 86_400


def test_buyers_have_names_from_many_scripts_and_some_skus_have_no_code(place):
    orders = place(150)
    names = {order["recipient_address"]["name"] for order in orders}
    for sign in ("ë", "م", "王", "🌸", "Ż"):
        assert any(sign in name for name in names), sign
    assert "" in {line["seller_sku"] for order in orders for line in order["line_items"]}


def test_same_seed_gives_the_same_orders(wall):
    def first_orders(seed):
        market = create_market(
            data_dir=None, clock=MarketClock(None, wall=wall), webhook_url=None, wall=wall, seed=seed
        )
        return [market.world.show(order)["line_items"] for order in market.place_orders(5)]

    assert first_orders(7) == first_orders(7)
    assert first_orders(7) != first_orders(8)


def test_price_detail_agrees_with_the_payment(caller, market):
    order_id = market.place_orders(1)[0].id
    detail = caller.data("GET", f"/order/202407/orders/{order_id}/price_detail")
    assert detail["payment"] == caller.order(order_id)["payment"]["total_amount"]
    assert {line["id"] for line in detail["line_items"]} == {
        line["id"] for line in caller.order(order_id)["line_items"]
    }
