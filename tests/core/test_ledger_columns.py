"""Columns of fees, costs and profit: they add up as people add them up, in a row and over the lines of an order."""

from datetime import timedelta
from decimal import Decimal

import pytest
from core.made_books import (
    make_books,
    make_costs,
    make_payment_to_bank,
    make_statement,
    row_with,
    rows_with,
)
from core.made_entries import d, make_entry, make_estimate
from core.made_orders import CREATED, make_line, make_order, make_payment

from service.core.columns import COLUMNS
from service.core.kinds import KindId
from service.core.ledger.costs import CostBook, OrderCost
from service.core.ledger.entries import Amount, Payment
from service.core.ledger.facts import TaxMode, TaxTerms
from service.core.ledger.rates import OwnTerms, estimate
from service.core.ledger.sales import sale_of
from service.core.orders import Money
from service.core.roles import Group
from service.core.rows import Grain

A, B = make_line(1, "A").sku_id, make_line(3, "B").sku_id
TWO_SKUS = make_order(
    lines=(make_line(1, "A"), make_line(2, "A"), make_line(3, "B", price="5.00")),
    payment=make_payment(items_gross="25.00", items_net="25.00", ship_paid="3.99", total="28.99"),
)
SAMPLE = make_order(
    is_sample=True, payment=make_payment(items_gross="20.00", seller_discount="20.00", items_net="0", total="0")
)
SALE = {
    "revenue.subtotal_before_discount_amount": "25.00",
    "fee.platform_commission_amount": "-2.25",
    "fee.transaction_fee_amount": "-0.50",
    "fee.mall_service_fee_amount": "-0.11",
    "fee.affiliate_commission_amount": "-2.50",
    "fee.affiliate_partner_commission_amount": "-0.30",
    "fee.affiliate_ads_commission_amount": "-0.20",
    "fee.gmv_max_ad_fee_amount": "-0.40",
    "fee.smart_promotion_fee_amount": "-0.15",
    "fee.never_heard_of_fee": "-0.07",
    "shipping.actual_shipping_fee_amount": "-1.00",
    "tax.vat_amount": "-0.33",
}
TOTALS = {"revenue": "25.00", "shipping": "-1.00", "fee_tax": "-6.90"}
SETTLED = make_entry(1, amounts=SALE, settlement="17.10", settled_at=CREATED, **TOTALS)
REFUND = make_entry(
    2,
    statement_id="S2",
    settlement="-9.00",
    revenue="-10.00",
    fee_tax="1.00",
    settled_at=CREATED + timedelta(days=9),
    amounts={
        "revenue.refund_subtotal_before_discount_amount": "-12.00",
        "revenue.seller_discount_refund_amount": "2.00",
        "fee.platform_commission_amount": "1.08",
        "fee.refund_administration_fee_amount": "-0.08",
    },
)
BY_SKU = (
    make_entry(3, sku_id=A, settlement="15.10", revenue="20.00", fee_tax="-4.90", settled_at=CREATED),
    make_entry(4, sku_id=B, settlement="2.00", revenue="5.00", shipping="-1.00", fee_tax="-2.00", settled_at=CREATED),
)
RATES = {"referral_fee_amount": d(6)}
POOLS = ("pool_tax", "pool_platform", "pool_marketing", "pool_cogs")
PLATFORM = ("fee_referral", "fee_transaction", "fee_refund_admin", "fee_logistics", "fee_adjust", "fee_unclassified")
BOOKED = [
    key
    for key, column in COLUMNS.items()
    if column.reads_books and column.kind.kind_id is KindId.MONEY and column.grains >= {Grain.ORDER, Grain.LINE}
]
SITUATIONS = {
    "nothing stated": {},
    "settled": {"entries": (SETTLED,)},
    "settled by sku": {"entries": (SETTLED, *BY_SKU)},
    "refunded later": {"entries": (SETTLED, REFUND)},
    "expected": {"unsettled": (make_estimate(revenue="25.00", fee_tax="-6.00", settlement="19.00"),)},
    "sending is one bill": {"entries": (SETTLED,), "sending": OrderCost(d("3.33"), "GBP")},
    "own tax": {"entries": (SETTLED,), "tax": TaxTerms(TaxMode.VAT_SELLER_REMITS, d(20))},
}


def read(key, row):
    return COLUMNS[key].reader(row)


def minor(key, row):
    return read(key, row).minor


def pounds(text):
    return Money(int(Decimal(text) * 100), "GBP")


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("order", [TWO_SKUS, SAMPLE], ids=["sale", "sample"])
def test_a_row_adds_up_to_its_profit(order, situation):
    """Revenue less the four pools, as anybody would check it in the sheet; of an order and of each of its lines."""
    books = make_books(order, **SITUATIONS[situation])
    for row in (*rows_with(books), *rows_with(books, Grain.LINE)):
        assert minor("revenue", row) - sum(minor(key, row) for key in POOLS) == minor("net_profit", row)
        assert sum(minor(key, row) for key in PLATFORM) == minor("pool_platform", row)
        assert minor("cost_product", row) + minor("cost_fulfilment", row) == minor("pool_cogs", row)


@pytest.mark.parametrize("key", BOOKED)
def test_lines_add_up_to_their_order(key):
    for situation in SITUATIONS.values():
        books = make_books(TWO_SKUS, **situation)
        whole = read(key, rows_with(books)[0])
        parts = [read(key, row) for row in rows_with(books, Grain.LINE)]
        assert parts == [None, None] if whole is None else sum(part.minor for part in parts) == whole.minor


def test_what_is_settled_is_read_by_its_lines():
    row = row_with(TWO_SKUS, entries=(SETTLED,))
    found = {key: read(key, row) for key in (*PLATFORM, "fee_affiliate", "fee_partner", "fee_ads", "refunded")}
    assert found == {
        "fee_referral": pounds("2.36"),
        "fee_transaction": pounds("0.50"),
        "fee_refund_admin": pounds("0"),
        "fee_logistics": pounds("1.00"),
        "fee_adjust": pounds("0"),
        "fee_unclassified": pounds("0.16"),
        "fee_affiliate": pounds("2.50"),
        "fee_partner": pounds("0.30"),
        "fee_ads": pounds("0.60"),
        "refunded": pounds("0"),
    }


def test_before_anything_is_settled_fees_are_estimated_and_a_settlement_is_not():
    row = row_with(TWO_SKUS)
    assert read("pool_platform", row) == pounds("3.11")  # 9 % of items and shipping, and 50 pence
    assert (read("basis", row), read("settlement", row), read("settled_at", row)) == ("estimated", None, None)
    assert (read("set_profit", row), read("profit_delta", row), read("refunded", row)) == (None, None, None)
    assert read("est_profit", row) == read("net_profit", row)


def test_estimate_and_settlement_stand_side_by_side():
    row = row_with(TWO_SKUS, entries=(SETTLED,))
    assert read("basis", row) == "settled"
    assert read("set_profit", row) == read("net_profit", row)
    assert minor("profit_delta", row) == minor("set_profit", row) - minor("est_profit", row) != 0


def test_half_of_the_fees_is_no_settled_profit():
    row = row_with(TWO_SKUS, entries=(BY_SKU[0],))
    assert (read("basis", row), read("settlement", row)) == ("partial", pounds("15.10"))
    assert (read("set_profit", row), read("profit_delta", row)) == (None, None)


def test_a_missing_cost_leaves_profit_blank_and_says_so():
    """Of the order, and of the line that misses it; the other line has its profit."""
    books = make_books(TWO_SKUS, entries=(SETTLED,), costs=make_costs(make_order(lines=(make_line(1, "A"),))))
    (whole,) = rows_with(books)
    blank = ("pool_cogs", "cost_product", "cost_fulfilment", "net_profit", "margin", "roi", "est_profit", "set_profit")
    assert [read(key, whole) for key in blank] == [None] * len(blank)
    assert read("cost_missing", whole) is True
    assert read("confidence", whole) == 60
    known, missing = rows_with(books, Grain.LINE)
    assert (read("cost_missing", known), read("cost_missing", missing)) == (False, True)
    assert read("net_profit", known) is not None
    assert (read("net_profit", missing), read("unit_cost", missing)) == (None, None)


def test_a_unit_cost_is_of_one_product():
    first, second = rows_with(make_books(TWO_SKUS), Grain.LINE)
    assert (read("unit_cost", first), read("cost_product", first)) == (pounds("3.00"), pounds("6.40"))
    assert (read("unit_cost", second), read("cost_source", second)) == (pounds("3.00"), "table")
    assert COLUMNS["unit_cost"].grains == {Grain.LINE}


@pytest.mark.parametrize("entries", [(), (make_entry(1, settlement="-4.20", shipping="-4.20"),)], ids=["new", "sent"])
def test_what_a_sample_s_goods_cost_is_in_no_column_that_accountants_see(entries):
    """The same sample at two costs: nothing that needs fees alone tells which."""
    cheap, dear = (
        row_with(SAMPLE, entries=entries, costs=make_costs(SAMPLE, unit=unit)) for unit in ("1.00", "999.00")
    )
    open_to_them = [key for key, one in COLUMNS.items() if one.needs <= {Group.FEES, Group.REVENUE}]
    shown = [key for key in open_to_them if Grain.ORDER in COLUMNS[key].grains]
    assert [read(key, cheap) for key in shown] == [read(key, dear) for key in shown]
    assert minor("net_profit", cheap) - minor("net_profit", dear) == 998_00 * len(SAMPLE.lines)


def test_a_refund_comes_in_a_later_statement_and_both_are_named():
    statements = (make_statement("S1", "P1"), make_statement("S2", "P2", payment_status="PROCESSING"))
    row = row_with(TWO_SKUS, entries=(SETTLED, REFUND), statements=statements, payments=(make_payment_to_bank("P1"),))
    assert read("statement_id", row) == "S1, S2"
    assert (read("payment_id", row), read("payout_status", row)) == ("P1, P2", "PROCESSING")
    assert read("settled_at", row) == CREATED + timedelta(days=9)
    assert (read("refunded", row), read("revenue", row)) == (pounds("10.00"), pounds("15.00"))
    assert (read("settlement", row), read("fee_refund_admin", row)) == (pounds("8.10"), pounds("0.08"))


def test_a_line_stands_in_the_statements_that_hold_its_sku():
    later = make_entry(5, sku_id=B, statement_id="S2", settlement="-1.00", settled_at=CREATED + timedelta(days=9))
    whole = make_entry(6, statement_id="S2", settlement="-1.00", settled_at=CREATED + timedelta(days=9))
    books = make_books(TWO_SKUS, entries=(SETTLED, *BY_SKU, whole, later))
    assert [read("statement_id", row) for row in rows_with(books, Grain.LINE)] == ["S1", "S1, S2"]


def test_a_reserve_is_told_and_is_no_statement_of_the_sale():
    held = make_entry(7, kind="RESERVE", reserve_id="R1", statement_id="S9", reserve="-2.50", settled_at=None)
    row = row_with(TWO_SKUS, entries=(SETTLED, held))
    assert (read("reserve", row), read("statement_id", row)) == (pounds("-2.50"), "S1")
    assert read("net_profit", row) == read("net_profit", row_with(TWO_SKUS, entries=(SETTLED,)))


def test_a_payout_in_another_currency_shows_its_rate():
    paid = Payment("P1", "PAID", Amount(d("21.60"), "USD"), before_exchange=Amount(d("17.10"), "GBP"),
                   exchange_rate=d("1.2632"))  # fmt: skip
    row = row_with(TWO_SKUS, entries=(SETTLED,), statements=(make_statement(),), payments=(paid,))
    assert (read("fx_rate", row), read("payout_status", row)) == (d("1.2632"), "PAID")
    plain = row_with(TWO_SKUS, entries=(SETTLED,), statements=(make_statement(),), payments=(make_payment_to_bank(),))
    assert read("fx_rate", plain) is None


def test_shares_are_of_what_their_sentence_says():
    """The worked check of the United Kingdom: 24.00 with 20 % VAT in it, margin of the 20.00 without."""
    order = make_order(lines=(make_line(1, "A", price="24.00"),),
                       payment=make_payment(items_gross="24", items_net="24", total="24"))  # fmt: skip
    sold = make_estimate(
        revenue="24.00",
        fee_tax="-7.46",
        amounts={
            "revenue.subtotal_before_discount_amount": "24.00",
            "fee.platform_commission_amount": "-2.16",
            "fee.transaction_fee_amount": "-0.50",
            "fee.affiliate_commission_amount": "-4.80",
        },
    )
    row = row_with(
        order,
        unsettled=(sold,),
        costs=make_costs(order, "5", "0", "3"),
        tax=TaxTerms(TaxMode.VAT_SELLER_REMITS, d(20)),
    )
    assert [read(key, row) for key in (*POOLS, "net_profit")] == [
        pounds("4.00"), pounds("2.66"), pounds("4.80"), pounds("8.00"), pounds("4.54")
    ]  # fmt: skip
    assert (read("margin", row), read("roi", row)) == (d("0.2270"), d("0.5675"))
    assert read("fee_rate", row) == d("0.3108")


def test_amounts_in_another_currency_than_the_order_s_are_added_to_nothing():
    """Blank, with the statement still named; and the order's own figure of revenue stays."""
    row = row_with(TWO_SKUS, entries=(make_entry(1, currency="USD", settlement="20.00", settled_at=CREATED),))
    blank = [key for key in BOOKED if key != "revenue"]
    assert [read(key, row) for key in blank] == [None] * len(blank)
    assert (read("statement_id", row), read("revenue", row)) == ("S1", pounds("25.00"))
    assert (read("basis", row), read("cost_missing", row)) == (None, None)


@pytest.mark.parametrize(
    ("currency", "stated", "shown"), [("GBP", "-0.125", 13), ("GBP", "-0.124", 12), ("IDR", "-1500.5", 1501)]
)
def test_an_amount_with_more_decimals_than_its_currency_is_rounded_half_up(currency, stated, shown):
    order = make_order(payment=make_payment(currency), lines=(make_line(currency=currency),))
    entry = make_entry(1, currency=currency, amounts={"fee.transaction_fee_amount": stated}, fee_tax=stated)
    assert read("fee_transaction", row_with(order, entries=(entry,), costs=CostBook())) == Money(shown, currency)


def test_without_books_nothing_is_claimed():
    row = rows_with(make_books(TWO_SKUS))[0]
    bare = type(row)(row.order, row.lines, row.shop, row.row_key, row.now)
    keys = [key for key, one in COLUMNS.items() if one.reads_books and Grain.ORDER in one.grains and key != "revenue"]
    assert [read(key, bare) for key in keys] == [None] * len(keys)


def test_goods_without_a_sku_id_are_not_told_apart():
    order = make_order(lines=(make_line(1, "A", sku_id=""), make_line(2, "B", sku_id="")))
    rows = rows_with(make_books(order), Grain.LINE)
    assert len(rows) == 2
    assert [read(key, row) for row in rows for key in ("net_profit", "unit_cost")] == [None] * 4


def test_an_estimate_kept_in_another_currency_is_held_against_nothing():
    dollars = estimate(sale_of(make_order(payment=make_payment("USD")), day=CREATED.date()), own=OwnTerms(RATES))
    row = row_with(TWO_SKUS, entries=(SETTLED,), kept=dollars)
    assert [read(key, row) for key in ("net_profit", "profit_delta", "pool_cogs")] == [None] * 3
