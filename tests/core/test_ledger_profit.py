"""Profit of an order: the worked checks to the cent, what is settled beside what is estimated, and what is missing."""

import pytest
from core.made_entries import d, make_entry, make_estimate
from core.made_orders import make_line, make_order, make_payment
from core.worked_orders import (
    BOTH,
    DAY,
    SETTLED_US,
    A,
    B,
    two_sku_order,
    uk_facts,
    uk_terms,
    us_facts,
    us_order,
    us_terms,
)

from service.core.ledger.costs import Cost, OrderCost, book_of
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms
from service.core.ledger.line_profit import profit_by_sku
from service.core.ledger.profit import coverage, profit_of
from service.core.ledger.rates import Trust
from service.core.ledger.sales import Refund
from service.core.ledger.settling import Basis


def test_worked_check_us():
    profit = profit_of(us_facts(), us_terms())
    shown = profit.shown
    assert shown.pools.revenue == d("45.00")
    assert (shown.pools.tax, shown.pools.platform.total) == (0, d("2.70"))
    assert (shown.pools.marketing.total, shown.cogs.total) == (d("6.30"), d("21.20"))
    assert (shown.net, shown.settlement) == (d("14.80"), d("36.00"))
    assert (profit.basis, profit.trust, profit.confidence) == (Basis.ESTIMATED, Trust.TABLE, 60)


def test_worked_check_us_with_one_unit_refunded_and_restocked():
    refund = Refund(A, 1, d("22.50"), restocked=1)
    shown = profit_of(us_facts(refunds=(refund,)), us_terms()).shown
    assert (shown.pools.revenue, shown.pools.platform.total) == (d("22.50"), d("1.62"))
    assert shown.pools.fields["refund_administration_fee_amount"] == d("-0.27")
    assert (shown.pools.marketing.total, shown.cogs.total, shown.net) == (d("3.15"), d("13.20"), d("4.53"))


def test_worked_check_uk():
    shown = profit_of(uk_facts(), uk_terms()).shown
    assert (shown.pools.tax, shown.pools.platform.total) == (d("4.00"), d("2.66"))
    assert (shown.pools.marketing.total, shown.cogs.total, shown.net) == (d("4.80"), d("8.00"), d("4.54"))
    assert shown.margin.quantize(d("0.001")) == d("0.227")
    assert shown.roi == d("4.54") / 8


def test_live_shaped_check_settles_and_changes_after_a_return():
    """The deposit and its release cancel out; after the return only one fee is left of the whole order."""
    sale = make_entry(
        1, currency="MXN", settlement="105.9", revenue="134.9", fee_tax="-29",
        amounts={
            "revenue.subtotal_before_discount_amount": "134.9", "fee.sfp_service_fee_amount": "-10.79",
            "fee.fee_per_item_sold_amount": "-6", "fee.affiliate_commission_deposit": "-99",
            "fee.affiliate_commission_release": "99", "tax.isr_amount": "-2.91", "tax.iva_amount": "-9.3",
        },
    )  # fmt: skip
    back = make_entry(
        2, currency="MXN", statement_id="S2", settlement="-116.69", revenue="-134.9", fee_tax="18.21",
        amounts={
            "revenue.refund_subtotal_before_discount_amount": "-134.9", "fee.fee_per_item_sold_amount": "6",
            "tax.isr_amount": "2.91", "tax.iva_amount": "9.3",
        },
    )  # fmt: skip
    line = make_line(1, "A", "134.90", "MXN")
    payment = make_payment("MXN", items_gross="134.90", items_net="134.90", total="134.90")
    order = make_order(order_id="O1", lines=(line,), payment=payment, region="MX")
    terms = Terms(book=book_of([Cost(A, "MXN", d("40"))]))
    sold = profit_of(Facts(order, DAY, (sale,)), terms)
    assert (sold.basis, sold.settled.settlement, sold.settled.net) == (Basis.SETTLED, d("105.9"), d("65.9"))
    assert (sold.settled.pools.marketing.total, sold.settled.pools.tax) == (0, d("12.21"))
    refund = Refund(A, 1, d("134.9"), restocked=1)
    returned = profit_of(Facts(order, DAY, (sale, back), refunds=(refund,)), terms)
    assert (returned.basis, returned.settled.settlement, returned.settled.net) == (
        Basis.SETTLED,
        d("-10.79"),
        d("-10.79"),
    )


def test_a_missing_cost_leaves_the_profit_blank_and_never_makes_it_larger():
    profit = profit_of(us_facts(entries=(make_entry(**SETTLED_US),)), us_terms(book=book_of([])))
    assert (profit.shown.net, profit.shown.margin, profit.shown.roi, profit.delta) == (None, None, None, None)
    assert profit.shown.cogs.missing == (A,)
    assert profit.shown.settlement == d("36.00")
    assert profit.confidence == 60


def test_an_unknown_price_is_no_estimate():
    nothing = make_payment("USD", items_gross="", items_net="")
    profit = profit_of(us_facts(order=us_order(payment=nothing)), us_terms())
    assert (profit.estimated, profit.shown) == (None, None)


def test_a_discount_that_is_not_stated_is_told_by_what_was_paid():
    """List price less nothing would be revenue that nobody paid."""
    quiet = make_payment("USD", items_gross="50.00", seller_discount="", items_net="42.00", platform_discount="3.00")
    assert profit_of(us_facts(order=us_order(payment=quiet)), us_terms()).shown.pools.revenue == d("45.00")


def test_a_fine_that_is_listed_before_the_sale_is_not_all_that_comes_of_it():
    fine = make_estimate(
        kind="PLATFORM_PENALTY", currency="USD", order_id="", adjustment_order_id="576400000000000011", settlement="-2"
    )
    profit = profit_of(us_facts(unsettled=(fine,)), us_terms())
    assert (profit.basis, profit.trust) == (Basis.ESTIMATED, Trust.TABLE)
    assert (profit.shown.pools.revenue, profit.shown.net) == (d("45.00"), d("12.80"))


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "wholly-discounted"])
def test_a_sample_is_marketing_and_no_sale(marked):
    """An order that the seller discounts to nothing is a sample even where nobody marked it."""
    free = make_payment(
        "USD", items_gross="50.00", seller_discount="50.00", platform_discount="0", items_net="0", tax="0", total="0"
    )
    order = us_order(is_sample=marked, payment=free)
    fee = make_entry(
        1, kind="SAMPLE_SHIPPING_FEE", currency="USD", order_id="", adjustment_order_id=order.order_id, settlement="-4"
    )
    profit = profit_of(us_facts(order=order, entries=(fee,)), us_terms())
    shown = profit.shown
    assert not profit.is_sale
    assert (shown.pools.revenue, shown.cogs.total, shown.pools.platform.total) == (0, 0, 0)
    assert (shown.pools.marketing.samples, shown.net) == (d("25.20"), d("-25.20"))
    lines = profit_by_sku(profit, us_facts(order=order, entries=(fee,)), us_terms())
    assert lines[A].shown.net == d("-25.20")


def test_the_lines_of_a_sample_that_was_made_good_to_the_cent_add_up_to_it():
    """Nothing is left of it in any pool, and its goods are still no COGS of its lines."""
    order = us_order(is_sample=True)
    back = make_entry(
        1, kind="PLATFORM_COMPENSATION", currency="USD", order_id="", adjustment_order_id="O1", settlement="21.20"
    )
    facts = us_facts(order=order, entries=(back,))
    profit = profit_of(facts, us_terms())
    line = profit_by_sku(profit, facts, us_terms())[A].shown
    assert (line.cogs.total, line.net) == (profit.shown.cogs.total, profit.shown.net) == (0, 0)


def test_a_marked_sample_with_a_price_brings_in_nothing():
    profit = profit_of(us_facts(order=us_order(is_sample=True)), us_terms())
    assert (profit.shown.pools.revenue, profit.shown.net) == (0, d("-21.20"))


def test_an_order_that_tiktok_pays_in_full_is_a_sale():
    paid = make_payment(
        "USD", items_gross="50.00", seller_discount="0", platform_discount="50.00", items_net="0", tax="0", total="0"
    )
    profit = profit_of(us_facts(order=us_order(payment=paid)), us_terms())
    assert (profit.is_sale, profit.shown.pools.revenue) == (True, 50)


@pytest.mark.parametrize(
    "change", [{"is_replacement": True}, {"extra": {"is_exchange_order": "true"}}], ids=["replacement", "exchange"]
)
def test_a_replacement_costs_and_brings_in_nothing(change):
    profit = profit_of(us_facts(order=us_order(**change)), us_terms())
    assert (profit.is_sale, profit.shown.pools.revenue, profit.shown.net) == (False, 0, d("-21.20"))


def test_a_cancelled_order_that_was_never_sent_costs_nothing():
    profit = profit_of(Facts(us_order(status="CANCELLED"), DAY), us_terms())
    assert (profit.shown.net, profit.shown.cogs.total) == (0, 0)


def test_goods_not_fit_to_sell_again_stay_a_cost_and_packaging_always_does():
    terms = us_terms(book=book_of([Cost(A, "USD", d("8"), packaging=d("0.50"))]))
    broken, back = Refund(A, 1, d("22.50")), Refund(A, 1, d("22.50"), restocked=1)
    early = Refund(A, 1, d("22.50"), before_shipping=True)
    costs = [profit_of(us_facts(refunds=(one,)), terms).shown.cogs.total for one in (broken, back, early)]
    assert costs == [d("22.20"), d("14.20"), d("13.70")]


@pytest.mark.parametrize(
    ("mode", "took", "tax"),
    [
        (TaxMode.VAT_SELLER_REMITS, "0", "4.00"),
        (TaxMode.VAT_SELLER_REMITS, "-4.00", "4.00"),
        (TaxMode.VAT_SELLER_REMITS, "-1.00", "4.00"),
        (TaxMode.VAT_SELLER_REMITS, "-5.00", "5.00"),
        (TaxMode.MARKETPLACE_REMITS, "-4.00", "4.00"),
        (TaxMode.MARKETPLACE_REMITS, "0", "0"),
        (TaxMode.US_PASS_THROUGH, "0", "0"),
    ],
)
def test_vat_is_never_paid_twice(mode, took, tax):
    entry = make_entry(
        order_id="576400000000000011",
        settlement=str(24 + d(took)),
        revenue="24",
        fee_tax=took,
        amounts={"tax.local_vat_amount": took},
    )
    settled = profit_of(uk_facts(entries=(entry,)), uk_terms(tax=TaxTerms(mode, d(20)))).settled
    assert settled.pools.tax == d(tax)


def test_outside_ads_are_promotion():
    shown = profit_of(us_facts(outside_ads=d("1.80")), us_terms()).shown
    assert (shown.pools.marketing.promotion, shown.net, shown.settlement) == (d("1.80"), d("13.00"), d("36.00"))


def test_amounts_of_another_currency_are_refused():
    with pytest.raises(ValueError, match="cannot add"):
        profit_of(us_facts(sending=OrderCost(d(1), "GBP")), us_terms())
    with pytest.raises(ValueError, match="cannot add"):
        profit_of(us_facts(entries=(make_entry(order_id="576400000000000011", settlement="1"),)), us_terms())


def test_the_unsettled_tail_is_told_beside_every_sum():
    settled = profit_of(us_facts(entries=(make_entry(**SETTLED_US),)), us_terms())
    waiting = profit_of(us_facts(), us_terms())
    sample = profit_of(us_facts(order=us_order(is_sample=True)), us_terms())
    assert coverage([settled, waiting, waiting, sample]) == (1, 3)


def test_upstreams_figures_by_sku_go_before_any_split():
    order = two_sku_order()
    found = (
        make_entry(1, settlement="27", revenue="30", fee_tax="-3"),
        make_entry(
            2,
            sku_id=A,
            settlement="17.5",
            revenue="20",
            fee_tax="-2.5",
            amounts={"fee.platform_commission_amount": "-2.5"},
        ),
        make_entry(
            3,
            sku_id=B,
            settlement="9.5",
            revenue="10",
            fee_tax="-0.5",
            amounts={"fee.platform_commission_amount": "-0.5"},
        ),
    )
    facts, terms = Facts(order, DAY, found, sending=OrderCost(d("3"), "GBP")), Terms(book=BOTH)
    profit = profit_of(facts, terms)
    lines = profit_by_sku(profit, facts, terms)
    assert [(line.settled.settlement, line.settled.net) for line in lines.values()] == [
        (d("17.5"), d("10.5")),
        (d("9.5"), d("6.5")),
    ]
    assert profit.settled.net == 17


def test_a_missing_cost_of_one_line_leaves_the_others_their_profit():
    facts, terms = Facts(two_sku_order(), DAY), uk_terms(book=book_of([Cost(A, "GBP", d("5"))]))
    profit = profit_of(facts, terms)
    lines = profit_by_sku(profit, facts, terms)
    assert profit.shown.net is None
    assert (lines[A].shown.net is None, lines[B].shown.net is None) == (False, True)
