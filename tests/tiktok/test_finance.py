"""Finance rows of every shape become exact entries, and nothing of anybody is kept beside them."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from scripted_upstream import envelope

from service.core.ledger.entries import Amount, Statement
from service.core.ledger.reconciling import reconcile
from service.errors import NotFound, UpstreamFailed
from service.tiktok import finance
from service.tiktok.answers import MalformedError, decode_open
from service.tiktok.faults import ScopeLacking
from service.tiktok.finance_calls import every
from service.tiktok.finance_record import breakdown, flags_of, record

AT = datetime(2026, 11, 1, tzinfo=UTC)
STATEMENT = Statement("7238000000000000001", "GBP", AT, Decimal("15.70"))
SINCE, UNTIL = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)

ORDER_LINE = {
    "id": "7238000000000000009",
    "type": "ORDER",
    "order_id": "576400000000000011",
    "order_create_time": 1793500000,
    "settlement_amount": "15.70",
    "revenue_amount": "20.00",
    "shipping_cost_amount": "-0.50",
    "fee_tax_amount": "-3.80",
    "revenue_breakdown": {"subtotal_before_discount_amount": "24.00", "seller_discount_amount": "-4.00"},
    "shipping_cost_breakdown": {
        "actual_shipping_fee_amount": "-3.99",
        "shipping_fee_discount_amount": "3.49",
        "supplementary_component": {"fbm_shipping_cost_amount": "-3.99"},
    },
    "fee_tax_breakdown": {"fee": {"platform_commission_amount": "-3.80"}, "tax": {"local_vat_amount": "0"}},
    "supplementary_component": {"customer_payment_amount": "19.00"},
}


def entry(row, *, currency="GBP"):
    return finance.read_entry(row, statement_id=STATEMENT.statement_id, currency=currency, settled_at=AT)


def test_an_order_line_is_read_with_every_amount_at_its_path():
    found = entry(ORDER_LINE)
    assert found.value.amounts == {
        "revenue.subtotal_before_discount_amount": Decimal("24.00"),
        "revenue.seller_discount_amount": Decimal("-4.00"),
        "shipping.actual_shipping_fee_amount": Decimal("-3.99"),
        "shipping.shipping_fee_discount_amount": Decimal("3.49"),
        "shipping.supplementary.fbm_shipping_cost_amount": Decimal("-3.99"),
        "fee.platform_commission_amount": Decimal("-3.80"),
        "tax.local_vat_amount": Decimal(0),
        "supplementary.customer_payment_amount": Decimal("19.00"),
    }
    assert found.flags == ()
    assert found.value.order_id == "576400000000000011"
    assert found.value.settled_at == AT
    assert reconcile(found.value).unexplained == 0


def test_what_is_absent_is_not_zero():
    found = entry({"id": "1", "type": "REBATE", "adjustment_amount": "1.00", "order_create_time": 0}).value
    assert (found.settlement, found.revenue, found.adjustment) == (None, None, Decimal("1.00"))
    assert found.order_created_at is None
    assert found.about_order == ""


def test_a_new_fee_is_read_kept_and_flagged():
    row = json.loads(json.dumps(ORDER_LINE))
    row["fee_tax_breakdown"]["fee"]["sparkle_fee_amount"] = "-0.10"
    row["fee_tax_breakdown"]["levy"] = {"green_levy_amount": "-0.20"}
    row["fee_tax_breakdown"]["bare_amount"] = -1
    found = entry(row)
    assert found.value.amounts["fee.sparkle_fee_amount"] == Decimal("-0.10")
    assert found.value.amounts["fee.levy.green_levy_amount"] == Decimal("-0.20")
    assert found.value.amounts["fee.bare_amount"] == Decimal(-1)
    assert found.flags == (
        "unknown:fee.bare_amount",
        "unknown:fee.levy.green_levy_amount",
        "unknown:fee.sparkle_fee_amount",
    )
    assert found.record == row


@pytest.mark.parametrize("value", ["n/a", ["1.00"], "1e3"])
def test_an_amount_that_cannot_be_read_is_flagged_not_guessed(value):
    row = ORDER_LINE | {"fee_tax_breakdown": {"fee": {"platform_commission_amount": value}}}
    found = entry(row)
    assert "fee.platform_commission_amount" not in found.value.amounts
    assert found.flags == ("unreadable:fee.platform_commission_amount",)
    assert entry(ORDER_LINE | {"settlement_amount": value}).flags == ("unreadable:settlement_amount",)


def test_a_total_of_an_unknown_name_and_an_unknown_kind_are_flagged():
    found = entry(
        {"id": "1", "type": "Moon rent", "settlement_amount": "-1.00", "moon_fee": "-1.00", "x_breakdown": {}}
    )
    assert found.flags == ("unknown:moon_fee", "unknown:type", "unknown:x_breakdown")
    assert entry({"id": "2", "type": "Violation fee", "settlement_amount": "-1.00"}).flags == ()


def test_numbers_are_read_digit_by_digit():
    """A JSON number goes into no float on its way, however many digits it has."""
    row = decode_open(
        b'{"id":7238000000000000009,"type":"ORDER","settlement_amount":123456789012.10,"revenue_amount":-0.3}'
    )
    found = entry(row).value
    assert (found.entry_id, str(found.settlement), str(found.revenue)) == (
        "7238000000000000009",
        "123456789012.10",
        "-0.3",
    )


def test_broken_text_is_mended_and_no_object_is_refused():
    assert decode_open(b'{"type":"a\xff","n":1.50}') == {"type": "a\ufffd", "n": "1.50"}
    with pytest.raises(MalformedError):
        decode_open(b"[1]")


def test_a_reserve_names_its_order_and_comes_in_any_letter_case():
    row = {"id": "3", "type": "RESERVE", "reserve_id": "4", "associated_order_id": "576", "reserve_amount": "-2.00",
           "reserve_status": "Collected", "settlement_amount": "0"}  # fmt: skip
    found = entry(row).value
    assert (found.order_id, found.reserve_status, found.reserve) == ("576", "COLLECTED", Decimal("-2.00"))


def test_a_line_without_an_id_has_the_same_name_each_time():
    nameless = {"type": "REBATE", "settlement_amount": "1.00"}
    assert entry(nameless).value.entry_id == entry(dict(nameless)).value.entry_id
    assert entry(nameless).value.entry_id != entry(nameless | {"settlement_amount": "2.00"}).value.entry_id
    assert entry(nameless | {"adjustment_id": "9"}).value.entry_id == f"{STATEMENT.statement_id}-REBATE-9"


def test_nothing_that_is_somebody_s_is_kept():
    """A field that is new tomorrow may be anything: text goes, and so does a number whose name speaks of a person."""
    secrets = {
        "buyer_name": "Nadia Okafor",
        "recipient": {"phone": "07700900123"},
        "phone_number": "07700900123",
        "customer_user_id": "7100000000000000001",
        "memo": "call Nadia",
        "tags": ["Nadia"],
        "delivery_address": {"line": "1"},
    }
    row = ORDER_LINE | secrets | {"fee_tax_breakdown": {"fee": {"contact_phone": "07700900123", "x_fee": "1"}}}
    kept = record(row)
    assert not secrets.keys() & kept.keys()
    assert kept["fee_tax_breakdown"] == {"fee": {"x_fee": "1"}}
    assert "0770" not in json.dumps(kept)
    assert "Nadia" not in json.dumps(kept)


def test_the_buyer_s_share_of_a_fee_is_no_person():
    row = {"fee_tax_breakdown": {"fee": {"buyer_fault_return_shipping_fee": "-1.00"}}}
    assert record(row) == row


def test_of_a_bank_account_four_digits_are_kept():
    found = finance.read_payment(
        {"id": "5", "bank_account": "GB29NWBK60161331926819", "amount": {"value": "1", "currency": "GBP"}}
    )
    assert found is not None
    assert found.record["bank_account"] == "****6819"
    assert record({"bank_account": "Nadia"}) == {"bank_account": "****"}


def test_a_statement_has_its_revenue_under_two_names_and_zero_times_are_unknown():
    row = {"id": "7", "currency": "gbp", "statement_time": 1793500000, "net_sales_amount": "5", "payment_time": 0}
    found = finance.read_statement(row)
    assert found is not None
    assert (found.value.revenue, found.value.currency, found.value.paid_at) == (Decimal(5), "GBP", None)
    twin = finance.read_statement({"id": "8", "currency": "VND", "revenue_amount": "5000"})
    assert twin is not None
    assert twin.value.revenue == Decimal(5000)
    assert finance.read_statement({"currency": "GBP"}) is None


def test_an_estimate_is_due_at_a_time_or_in_words():
    told = finance.read_unsettled({"id": "1", "currency": "GBP", "estimated_settlement": "Delivered + 8 days"}).value
    assert (told.due_at, told.due_words) == (None, "Delivered + 8 days")
    timed = finance.read_unsettled({"id": "1", "currency": "GBP", "estimated_settlement": "1793500000"}).value
    assert timed.due_at == datetime.fromtimestamp(1793500000, UTC)
    assert timed.due_words == ""
    assert finance.read_unsettled({"id": "1", "estimated_settlement": 0}).value.due_words == ""


def test_a_payment_exchanges_and_a_withdrawal_stands_beside_its_currency():
    row = {"id": "1", "status": "PAID", "amount": {"value": "13.02", "currency": "USD"}, "exchange_rate": "1.302000",
           "payment_amount_before_exchange": {"value": "10", "currency": "GBP"}, "paid_time": 0}  # fmt: skip
    found = finance.read_payment(row)
    assert found is not None
    assert found.value.amount == Amount(Decimal("13.02"), "USD")
    assert found.value.before_exchange == Amount(Decimal(10), "GBP")
    assert (found.value.exchange_rate, found.value.paid_at, found.flags) == (Decimal("1.302000"), None, ())
    moved = finance.read_withdrawal({"id": "2", "type": "WITHDRAW", "amount": "5000", "currency": "VND"})
    assert moved is not None
    assert moved.value.amount == Amount(Decimal(5000), "VND")


def test_the_same_sku_twice_in_a_statement_is_two_entries(client, upstream, shop):
    part = {
        "sku_id": "17",
        "statement_id": "72",
        "quantity": "2",
        "settlement_amount": "1.00",
        "fee_and_tax_amount": "-1",
    }
    upstream.answers(
        envelope({"order_id": "576", "currency": "GBP", "total_count": 2, "sku_transactions": [part, part]})
    )
    first, second = client.finance.order_entries(shop, "576")
    assert first.value.entry_id != second.value.entry_id
    assert (first.value.quantity, first.value.currency, first.value.fee_tax) == (2, "GBP", Decimal(-1))


def test_an_id_in_the_path_is_escaped_and_signed(client, upstream, shop):
    upstream.answers(envelope({"total_count": 0}))
    assert client.finance.order_entries(shop, "5/6?a") == ()
    assert upstream.requests[0].url.raw_path.startswith(
        b"/prefix/finance/202501/orders/5%2F6%3Fa/statement_transactions?"
    )


def test_a_page_that_repeats_its_token_is_no_circle(client, upstream, shop):
    upstream.answers(envelope({"statements": [{"id": "1"}, {"currency": "GBP"}], "next_page_token": "t"}))
    pages = every(lambda token: client.finance.statements(shop, since=SINCE, until=UNTIL, page_token=token))
    assert next(pages).unnamed == 1
    next(pages)
    with pytest.raises(UpstreamFailed):
        next(pages)


def test_entries_of_another_shape_are_told_and_not_half_read(client, upstream, shop):
    upstream.answers(envelope({"currency": "GBP", "transactions": [ORDER_LINE, "x"]}))
    with pytest.raises(UpstreamFailed) as caught:
        client.finance.entries(shop, STATEMENT)
    assert caught.value.permanent


def test_a_missing_right_and_a_missing_market_are_told_apart(client, upstream, shop):
    upstream.answers(envelope(code=105005, message="no scope", status=401))
    with pytest.raises(ScopeLacking):
        client.finance.statements(shop, since=SINCE, until=UNTIL)
    upstream.answers(envelope(code=22005007, message="Merchant not found"))
    with pytest.raises(NotFound):
        client.finance.payments(shop, since=SINCE, until=UNTIL)


def test_deep_nesting_ends_somewhere():
    row: dict = {"fee_amount": "1"}
    for _ in range(50):
        row = {"deeper": row}
    assert breakdown({"fee_tax_breakdown": row}) == {}
    assert flags_of({"fee_tax_breakdown": row}) == ()
    assert len(json.dumps(record({"fee_tax_breakdown": row}))) < 300
