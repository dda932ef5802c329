"""Recorded orders in, core orders out: every oddity of upstream has a case."""

import json
from datetime import UTC, datetime

import pytest

from service.core.orders import Money, Order
from service.tiktok.wire import Unreadable, read_order

FETCHED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
SHOP = "7495000000000000001"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def read(payload, *, region="GB"):
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return read_order(raw, shop_id=SHOP, shop_region=region, fetched_at=FETCHED)


@pytest.fixture
def order(sample_order):
    def load(name: str) -> Order:
        found = read(sample_order(name))
        assert isinstance(found, Order)
        return found

    return load


def test_plain_order_keeps_every_core_fact(order):
    gb = order("gb_seller_shipping")
    assert (gb.shop_id, gb.order_id, gb.status) == (SHOP, "576400000000000011", "AWAITING_SHIPMENT")
    assert (gb.created_at, gb.paid_at, gb.updated_at) == (at(1793500000), at(1793500060), at(1793503700))
    assert gb.fetched_at == FETCHED
    assert gb.payment.items_gross == Money(3600, "GBP")
    assert gb.payment.items_net == gb.payment.total == Money(3000, "GBP")
    assert gb.payment.ship_paid == gb.payment.tax == Money(0, "GBP")
    assert gb.payment.method == "Visa"
    assert gb.recipient.name == "Test Person"
    assert gb.recipient.address == "1 Test Road, Testtown, AB1 2CD"
    assert (gb.recipient.postcode, gb.recipient.buyer_user_id) == ("AB1 2CD", "7494000000000000001")
    assert (gb.region, gb.ship_country, gb.ship_region) == ("GB", "United Kingdom", "England")
    assert (gb.package_ids, gb.warehouse_id) == (("1152000000000000001",), "6955000000000000001")
    assert (gb.handling_days, gb.extra["handling_type"], gb.seller_note) == (3, "BUSINESS_DAY", "call first")


def test_plain_order_keeps_all_seven_clocks(order):
    clocks = order("gb_seller_shipping").clocks
    assert (clocks.rts_due, clocks.tts_due) == (at(1793672800), at(1793759200))
    assert (clocks.shipping_due, clocks.collection_due) == (at(1793932000), at(1794018400))
    assert (clocks.cancel_due, clocks.delivery_sla) == (at(1793932000), at(1794200000))
    assert clocks.delivery_due == at(1794800000)


def test_three_units_of_one_sku_are_three_lines(order):
    lines = order("gb_seller_shipping").lines
    assert [line.line_id[-3:] for line in lines] == ["101", "102", "103"]
    assert {line.sku_id for line in lines} == {"1729000000000000001"}
    assert lines[0].sale_price == Money(1000, "GBP")
    assert lines[0].sku_type == "NORMAL"


def test_city_is_the_post_town_where_districts_stop_early(order):
    assert order("gb_seller_shipping").recipient.city == "TESTTOWN"


def test_masked_fields_stay_as_given_and_are_named(order):
    us = order("us_masked_on_hold")
    assert us.recipient.phone == "(+1)213-***-1234"
    assert us.extra["masked"] == "name,phone,address,city,postcode"
    assert us.recipient.address == "12** M*** St"
    assert "masked" not in order("gb_seller_shipping").extra


def test_on_hold_order_with_cancel_request(order):
    us = order("us_masked_on_hold")
    assert us.cancel_requested
    assert us.cancel_requested_at == at(1793500900)
    assert us.extra["is_on_hold_order"] == us.extra["has_updated_recipient_address"] == "true"
    assert us.package_ids == ()


def test_amounts_with_fewer_decimals_are_exact_and_finer_ones_are_rounded_and_named(order):
    payment = order("us_masked_on_hold").payment
    assert (payment.items_gross, payment.seller_discount) == (Money(5000, "USD"), Money(500, "USD"))
    assert payment.tax == Money(336, "USD")
    assert order("us_masked_on_hold").extra["amounts_rounded"] == "payment.tax"
    assert "amounts_rounded" not in order("gb_seller_shipping").extra


def test_a_line_without_currency_takes_the_payments(order):
    line = order("us_masked_on_hold").lines[0]
    assert line.sale_price == Money(4200, "USD")
    assert line.seller_sku == ""


def test_dong_has_no_minor_unit(order):
    payment = order("vn_cod_bundle").payment
    assert (payment.items_gross, payment.total) == (Money(657000, "VND"), Money(615000, "VND"))


def test_cash_on_delivery_has_no_payment_time(order):
    vn = order("vn_cod_bundle")
    assert vn.is_cod
    assert vn.paid_at is None
    assert vn.shipped_at == at(1793508000)


def test_emoji_and_right_to_left_text_survive(order):
    assert order("vn_cod_bundle").recipient.buyer_message.endswith("\U0001f69a\u200f مرحبا")


def test_bundle_parts_are_kept_by_sku(order):
    vn = order("vn_cod_bundle")
    assert json.loads(vn.extra["bundles"]) == {
        "1729000000000000031": [
            {"sku_id": "1729000000000000032", "seller_sku": "CHAI-1", "count": "2"},
            {"sku_id": "1729000000000000033", "seller_sku": "", "count": "1"},
        ]
    }
    assert [line.is_gift for line in vn.lines] == [False, True]


def test_split_order_takes_tracking_carrier_packages_and_shipping_time_from_its_lines(order):
    uk = order("uk_split_part_shipped")
    assert (uk.tracking, uk.provider) == ("H0123456789012345", "Evri")
    assert uk.package_ids == ("1152000000000000041", "1152000000000000042")
    assert uk.shipped_at == at(1793580000)
    assert (uk.split_tag, [line.status for line in uk.lines]) == (
        "SPLIT",
        ["AWAITING_COLLECTION", "AWAITING_SHIPMENT", "CANCELLED"],
    )
    assert (uk.cancel_reason, uk.cancel_by) == ("Out of stock", "OPERATOR")


def test_region_falls_back_to_the_shops(order):
    assert order("uk_split_part_shipped").region == "GB"
    assert order("br_cancelled").region == "BR"


def test_cancelled_order_names_who_and_why(order):
    br = order("br_cancelled")
    assert (br.cancel_by, br.cancel_reason) == ("SELLER", "Produto sem estoque")
    assert br.cancelled_at == at(1793599000)
    assert br.is_sample
    assert br.is_replacement
    assert br.extra["replaced_order_id"] == "576400000000000050"


def test_address_is_put_together_where_the_full_one_is_missing(order):
    recipient = order("br_cancelled").recipient
    assert (recipient.name, recipient.address) == ("Maria Teste", "Rua A, 1, Bloco B")
    assert recipient.tax_id == "123.456.789-09"


def test_no_personal_data_reaches_the_unsealed_rest(order):
    for name in ("gb_seller_shipping", "us_masked_on_hold", "vn_cod_bundle", "br_cancelled"):
        found = order(name)
        rest = json.dumps(dict(found.extra))
        secrets = [getattr(found.recipient, field) for field in found.recipient.__struct_fields__]
        assert not [secret for secret in secrets if secret and secret in rest]
        assert "Maria" not in rest


def test_dates_past_2038_are_kept(order):
    assert order("br_cancelled").release_at == datetime(2100, 1, 1, tzinfo=UTC)


def test_zero_and_absent_times_are_unknown(order):
    old = order("old_emptied")
    assert (old.shipped_at, old.collected_at, old.clocks.rts_due, old.clocks.tts_due) == (None, None, None, None)
    assert old.delivered_at == at(1693900000)


def test_emptied_fields_of_old_orders_are_empty_not_failing(order):
    old = order("old_emptied")
    assert old.recipient.name == old.recipient.city == ""
    assert (old.payment.items_net, old.payment.ship_paid, old.payment.total) == (None, None, None)
    assert old.extra["amounts_unreadable"] == "payment.total_amount"
    assert old.lines[0].original_price is None
    assert old.lines[0].sale_price == Money(1000, "EUR")


def test_drifted_types_and_unknown_words_are_tolerated(order):
    odd = order("drifted")
    assert (odd.order_id, odd.status, odd.order_type) == ("576400000000000071", "TELEPORTING", "LUCKY_DRAW")
    assert (odd.created_at, odd.updated_at) == (at(1793500000), at(1793503700))
    assert (odd.is_cod, odd.is_sample) == (True, True)
    assert odd.payment.items_net == Money(1250, "GBP")
    assert odd.payment.total == Money(1200, "GBP")
    assert (odd.warehouse_id, odd.package_ids) == ("6955000000000000001", ("1152000000000000071",))


def test_a_line_without_id_gets_the_orders_id_and_its_place(order):
    odd = order("drifted").lines[0]
    assert odd.line_id == "576400000000000071-1"
    assert odd.sale_price is None
    assert odd.original_price == Money(0, "GBP")


def test_one_spelling_for_a_cancelled_order():
    assert read({"id": "1", "status": "CANCEL", "create_time": 1}).status == "CANCELLED"


@pytest.mark.parametrize("times", [{"update_time": 5}, {"create_time": 5}])
def test_one_missing_time_is_taken_from_the_other(times):
    found = read({"id": "1", **times})
    assert (found.created_at, found.updated_at) == (at(5), at(5))


def test_text_no_database_can_keep_is_mended():
    """A lone surrogate, broken UTF-8 and NUL in a buyer's message do not cost the order."""
    raw = b'{"id":"576400000000000081","create_time":1793500000,"buyer_message":"a\\ud83d b\xff c\\u0000d"}'
    found = read(raw)
    assert isinstance(found, Order)
    message = found.recipient.buyer_message
    assert message == "a? b\ufffd cd"
    assert message.encode()


@pytest.mark.parametrize(
    ("payload", "order_id"),
    [
        ({"id": "", "create_time": 1}, ""),
        ({"create_time": 1}, ""),
        ({"id": "7", "create_time": 0}, "7"),
        ({"id": "7"}, "7"),
        ({"id": "7", "create_time": 1, "line_items": {"id": "1"}}, "7"),
        ({"id": "7", "create_time": 1, "payment": "free"}, "7"),
        ({"id": "7", "create_time": 1, "status": {"now": "x"}}, "7"),
        ([], ""),
    ],
)
def test_an_order_that_cannot_be_read_is_named(payload, order_id):
    found = read(payload)
    assert isinstance(found, Unreadable)
    assert (found.shop_id, found.order_id) == (SHOP, order_id)
    assert found.reason
