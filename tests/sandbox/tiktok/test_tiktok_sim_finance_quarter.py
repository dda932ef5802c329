"""A quarter of 5,000 orders in three markets, read through the API: every identity of the finance reference holds."""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from sandbox.tiktok.finance_reading import (
    DAY_S,
    TOTALS,
    Desk,
    dec,
    fee_members,
    is_reserve,
    members,
    total_of,
)

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import create_market
from service.sandbox.tiktok.finance_quarter import play_quarter

ORDERS = 5_000
NOW = 1_795_000_000.0
CURRENCIES = {"GB": "GBP", "US": "USD", "VN": "VND"}
DECIMALS = {"GBP": 2, "USD": 2, "VND": 0}


@pytest.fixture(scope="module")
def quarter():
    """The market with its quarter, all of it settled."""
    market = create_market(data_dir=None, clock=MarketClock(None, wall=lambda: NOW), webhook_url=None, wall=lambda: NOW)
    market.world.faults.change({"qps": 1_000_000})
    play_quarter(market.world, "bloom-and-thread", orders=ORDERS)
    yield market
    market.close()


@pytest.fixture(scope="module")
def desks(quarter, signed_caller):
    """A desk for each market's shop."""
    shops = quarter.world.shops_of("bloom-and-thread")
    found = {shop.region: Desk(signed_caller(quarter, shop)) for shop in shops}
    assert set(found) == set(CURRENCIES)
    return found


@pytest.fixture(scope="module")
def read(desks):
    """region → (statement, its head, its lines), oldest first."""
    return {
        region: [(one, desk.head(one["id"]), desk.lines(one["id"])) for one in desk.statements()]
        for region, desk in desks.items()
    }


@pytest.fixture(scope="module", params=sorted(CURRENCIES))
def region(request):
    return request.param


def test_quarter_is_large_and_has_everything_in_it(quarter, read):
    every = [line for books in read.values() for _, _, lines in books for line in lines]
    kinds = Counter(line["type"] for line in every)
    assert len(quarter.world.orders) == ORDERS
    assert kinds["ORDER"] > 3_500
    assert kinds["RESERVE"] > 200
    assert {kind for kind in kinds if " " in kind} >= {"Violation fee", "Bill payment", "Sales proceed"}
    assert {"GMV_PAYMENT_FOR_ADS", "SAMPLE_SHIPPING_FEE", "PLATFORM_PENALTY", "LOGISTICS_REIMBURSEMENT"} <= set(kinds)
    refunded = "refund_subtotal_before_discount_amount"
    assert sum(members(line, "revenue_breakdown").get(refunded, 0) < 0 for line in every) > 100
    assert sum(dec(line.get("revenue_amount")) < 0 for line in every) > 30


def test_each_line_of_an_order_adds_up(read, region):
    """settlement = revenue + shipping + fees and taxes; revenue = its members; shipping = its direct members."""
    lines = [line for _, _, lines in read[region] for line in lines if line["type"] == "ORDER"]
    assert lines
    for line in lines:
        assert dec(line["settlement_amount"]) == total_of(dec(line[name]) for name in TOTALS)
        assert dec(line["revenue_amount"]) == total_of(members(line, "revenue_breakdown").values())
        assert dec(line["shipping_cost_amount"]) == total_of(members(line, "shipping_cost_breakdown").values())
        assert "currency" not in line


def test_fees_add_up_but_for_the_few_that_are_not_explained(read, region):
    gaps = []
    for _, _, lines in read[region]:
        gaps += [dec(one["fee_tax_amount"]) - total_of(fee_members(one).values()) for one in lines if "order_id" in one]
    named = [gap for gap in gaps if gap]
    assert 0 < len(named) < len(gaps) / 50
    assert all(gap < 0 for gap in named)


def test_an_adjustment_is_its_settlement_and_a_reserve_is_not_in_it(read, region):
    for _, _, lines in read[region]:
        for line in lines:
            if is_reserve(line):
                assert line["settlement_amount"] == "0"
            elif line["type"] != "ORDER":
                assert line["settlement_amount"] == line["adjustment_amount"]


def test_each_statement_ties_out_with_its_lines(read, region):
    for one, head, lines in read[region]:
        settled = total_of(dec(line["settlement_amount"]) for line in lines)
        assert dec(one["settlement_amount"]) == dec(head["total_settlement_amount"]) == settled
        assert dec(head["total_reserve_amount"]) == total_of(dec(line.get("reserve_amount")) for line in lines)
        assert dec(head["payable_amount"]) == settled + dec(head["total_reserve_amount"])
        assert head["total_count"] == len(lines) == len({line["id"] for line in lines})
        parts = head["total_settlement_breakdown"]
        orders = [line for line in lines if line["type"] == "ORDER"]
        for name, total in zip(TOTALS, ("revenue", "shipping_cost", "fee_tax"), strict=True):
            assert dec(parts[f"total_{total}_amount"]) == total_of(dec(line[name]) for line in orders)
        assert settled == total_of(map(dec, parts.values()))


def test_each_statement_of_the_list_adds_up_in_its_markets_own_words(read, region):
    for one, _, _ in read[region]:
        sales = one["revenue_amount"] if region == "VN" else one["net_sales_amount"]
        parts = (sales, one.get("shipping_cost_amount"), one["fee_amount"], one["adjustment_amount"])
        assert dec(one["settlement_amount"]) == total_of(map(dec, parts))
        assert ("revenue_amount" in one, "shipping_cost_amount" in one) == (region == "VN", region != "VN")


def test_statements_are_utc_days_one_each_and_in_the_past(quarter, read, region):
    times = [one["statement_time"] for one, _, _ in read[region]]
    assert all(time % DAY_S == 0 for time in times)
    assert times == sorted(set(times))
    assert times[-1] <= quarter.clock.timestamp()
    assert len(times) > 60


def test_each_market_has_its_currency_and_its_decimals(read, region):
    currency = CURRENCIES[region]
    for one, head, lines in read[region]:
        assert one["currency"] == head["currency"] == currency
        texts = [text for line in lines for name, text in line.items() if name.endswith("_amount")]
        assert all(-Decimal(text).as_tuple().exponent <= DECIMALS[currency] for text in texts)


def test_payments_are_the_statements_they_merge_to_the_cent(desks, read):
    for region in ("GB", "US"):
        merged = defaultdict(list)
        for one, head, _ in read[region]:
            if "payment_id" in one:
                merged[one["payment_id"]].append(head)
        payments = {payment["id"]: payment for payment in desks[region].payments()}
        assert set(merged) == set(payments)
        for payment_id, heads in merged.items():
            shown = payments[payment_id]
            payment = {name: dec(value["value"]) for name, value in shown.items() if isinstance(value, dict)}
            assert payment["settlement_amount"] == total_of(dec(head["total_settlement_amount"]) for head in heads)
            assert payment["reserve_amount"] == total_of(dec(head["total_reserve_amount"]) for head in heads)
            assert payment["payment_amount_before_exchange"] == total_of(dec(head["payable_amount"]) for head in heads)
            assert payment["amount"] == payment["payment_amount_before_exchange"]
        assert max(map(len, merged.values())) > 1


def test_balance_of_the_market_without_payments_is_its_statements(desks, read):
    moves = desks["VN"].withdrawals()
    settled = total_of(dec(move["amount"]) for move in moves if move["type"] == "SETTLE")
    taken = total_of(dec(move["amount"]) for move in moves if move["type"] == "WITHDRAW")
    assert settled == total_of(dec(one["settlement_amount"]) for one, _, _ in read["VN"])
    assert 0 < taken <= settled
    assert {one["payment_status"] for one, _, _ in read["VN"]} == {"SETTLED"}
    assert not any("payment_id" in one for one, _, _ in read["VN"])


def test_reserve_that_is_held_is_released_and_nothing_else_is(read):
    for region in ("GB", "US"):
        reserves = [line for _, _, lines in read[region] for line in lines if is_reserve(line)]
        by_order = defaultdict(list)
        for line in reserves:
            by_order[line["associated_order_id"]].append(dec(line["reserve_amount"]))
        assert by_order
        for amounts in by_order.values():
            assert amounts[0] < 0
            assert amounts[1:] in ([], [-amounts[0]])
    assert not any(is_reserve(line) for _, _, lines in read["VN"] for line in lines)


def test_orders_own_answer_is_its_lines_split_by_sku_to_the_cent(desks, read, region):
    """Every twentieth settled order, refunds and releases in other statements included."""
    by_order = defaultdict(lambda: defaultdict(Decimal))
    for one, _, lines in read[region]:
        for line in lines:
            if "order_id" in line:
                by_order[line["order_id"]][one["id"]] += dec(line["settlement_amount"])
    chosen = [order_id for order_id, parts in by_order.items() if len(parts) > 1] + sorted(by_order)[::20]
    for order_id in chosen:
        shown = desks[region].order(order_id)
        found = defaultdict(Decimal)
        for row in shown["sku_transactions"]:
            found[row["statement_id"]] += dec(row["settlement_amount"])
            assert dec(row["settlement_amount"]) == total_of(dec(row[name]) for name in TOTALS)
        assert found == by_order[order_id]
        keys = [(row["sku_id"], row["statement_id"]) for row in shown["sku_transactions"]]
        assert shown["total_count"] == len(keys) == len(set(keys))
        totals = [shown[name] for name in ("revenue_amount", "shipping_cost_amount", "fee_and_tax_amount")]
        assert dec(shown["settlement_amount"]) == total_of(map(dec, totals)) == total_of(found.values())


def test_estimates_add_up_page_by_page_and_altogether(desks, region):
    desk = desks[region]
    estimates = desk.unsettled(page_size=7)
    first = desk.caller.data(
        "GET", "/finance/202507/orders/unsettled", query={"sort_field": "order_create_time", "page_size": 1}
    )
    assert first["total_count"] == len(estimates) > 20
    for one in estimates:
        names = ("est_revenue_amount", "est_shipping_cost_amount", "est_fee_tax_amount", "est_adjustment_amount")
        assert dec(one["est_settlement_amount"]) == total_of(dec(one.get(name)) for name in names)
        assert dec(one.get("est_fee_tax_amount")) == total_of(fee_members(one).values())
    for name in ("settlement", "revenue", "adjustment"):
        whole = total_of(dec(one.get(f"est_{name}_amount")) for one in estimates)
        assert dec(first[f"sum_est_{name}_amount"]) == whole


def test_every_settled_order_was_delivered_and_none_is_also_unsettled(quarter, desks, read, region):
    open_ids = {one.get("order_id") for one in desks[region].unsettled()}
    settled = {line["order_id"] for _, _, lines in read[region] for line in lines if "order_id" in line}
    assert not settled & open_ids
    assert all(quarter.world.orders[order_id].delivery_time for order_id in settled)


def test_quarter_is_the_same_in_every_run():
    def play(orders):
        market = create_market(
            data_dir=None, clock=MarketClock(None, wall=lambda: NOW), webhook_url=None, wall=lambda: NOW
        )
        play_quarter(market.world, "bloom-and-thread", orders=orders)
        state = market.world.state.finance
        return state.statements, state.postings, state.payments, state.withdrawals

    assert play(300) == play(300)
