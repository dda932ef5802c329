"""The product's ledger reads the simulated quarter: every line reconciles or is named, every statement ties out."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sandbox.tiktok.finance_reading import Desk

from service.core.ledger.fields import is_adjustment
from service.core.ledger.pools import pools_by_currency, pools_by_sku, pools_of
from service.core.ledger.reconciling import reconcile
from service.core.ledger.tie_out import Standing, day_covered, tie_out
from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import create_market
from service.sandbox.tiktok.finance_quarter import play_quarter
from service.tiktok.finance import read_entry, read_head, read_payment, read_sku_entry, read_statement

ORDERS = 5_000
NOW = 1_795_000_000.0
CURRENCIES = {"GB": "GBP", "US": "USD", "VN": "VND"}


@pytest.fixture(scope="module")
def quarter():
    market = create_market(data_dir=None, clock=MarketClock(None, wall=lambda: NOW), webhook_url=None, wall=lambda: NOW)
    market.world.faults.change({"qps": 1_000_000})
    play_quarter(market.world, "bloom-and-thread", orders=ORDERS)
    yield market
    market.close()


@pytest.fixture(scope="module")
def desks(quarter, signed_caller):
    return {shop.region: Desk(signed_caller(quarter, shop)) for shop in quarter.world.shops_of("bloom-and-thread")}


@pytest.fixture(scope="module")
def books(desks):
    """region → (statements, entries, payments), as the product understands them."""
    found = {}
    for region, desk in desks.items():
        statements, entries = [], []
        for row in desk.statements():
            head = read_head(desk.head(row["id"]))
            stated = replace(read_statement(row).value, reserve=head.reserve, payable=head.payable)
            statements.append(stated)
            entries += [
                read_entry(line, statement_id=stated.statement_id, currency=head.currency, settled_at=stated.at).value
                for line in desk.lines(stated.statement_id)
            ]
        payments = [read_payment(row).value for row in desk.payments()] if region != "VN" else []
        found[region] = (statements, entries, payments)
    return found


@pytest.fixture(params=sorted(CURRENCIES))
def region(request):
    return request.param


def test_every_statement_of_the_quarter_ties_out_with_residual_zero(books, region):
    statements, entries, payments = books[region]
    found = tie_out(statements, entries, payments)
    assert set(found) == {CURRENCIES[region]}
    tied = found[CURRENCIES[region]]
    assert len(tied.statements) == len(statements) > 60
    assert {tie.standing for tie in tied.statements} == {Standing.TIES}
    assert (tied.residuals, tied.residual) == ((), 0)
    assert tied.pools.settlement == sum((one.settlement for one in statements), Decimal(0))


def test_every_payout_that_was_made_ties_out_and_the_others_are_open(books, region):
    """South-East Asia states no payments: there all is open, and nothing pretends to tie."""
    statements, entries, payments = books[region]
    payouts = next(iter(tie_out(statements, entries, payments).values())).payouts
    standings = Counter(tie.standing for tie in payouts)
    assert standings[Standing.DIFFERS] == 0
    assert (standings[Standing.TIES] > 10) == (region != "VN")
    assert any(len(tie.statements) > 1 for tie in payouts)


def test_every_line_reconciles_but_for_the_few_that_upstream_does_not_explain(books, region):
    _, entries, _ = books[region]
    orders = [one for one in entries if one.kind == "ORDER"]
    unexplained = [one for one in orders if reconcile(one).unexplained]
    assert 0 < len(unexplained) < len(orders) / 50
    assert all(set(reconcile(one).gaps) == {"fee_tax"} for one in unexplained)
    assert (
        sum((reconcile(one).settlement for one in entries), Decimal(0))
        == pools_of(entries, CURRENCIES[region]).settlement
    )


def test_new_fees_are_flagged_and_a_reserve_is_never_one(books, region):
    pools = pools_of(books[region][1], CURRENCIES[region])
    assert pools.unknown
    assert pools.platform.unclassified != 0
    assert not any("reserve" in name for name in pools.fields)
    reserves = [one for one in books[region][1] if one.kind == "RESERVE"]
    assert bool(reserves) == (pools.reserve != 0)


def test_samples_and_adjustments_stand_in_their_own_lines(books):
    every = [one for _, entries, _ in books.values() for one in entries]
    pools = pools_by_currency(every)
    assert set(pools) == set(CURRENCIES.values())
    assert any(one.marketing.samples > 0 for one in pools.values())
    adjustments = sum(
        (one.settlement for one in every if is_adjustment(one.kind) and one.currency == "GBP"), Decimal(0)
    )
    named = sum((value for name, value in pools["GBP"].fields.items() if name.startswith("adjustment.")), Decimal(0))
    assert named == adjustments


def test_an_orders_own_answer_comes_to_the_same_as_its_lines(books, desks, region):
    """The whole order in the statements and its parts by SKU: the same pools, and together never twice."""
    _, entries, _ = books[region]
    by_order = {}
    for one in entries:
        if one.kind == "ORDER":
            by_order.setdefault(one.order_id, []).append(one)
    several = [order_id for order_id, found in by_order.items() if len(found) > 1][:15]
    for order_id in [*several, *list(by_order)[:15]]:
        answer = desks[region].order(order_id)
        seen: Counter[tuple[str, str]] = Counter()
        parts = []
        for row in answer["sku_transactions"]:
            seen[row["statement_id"], row["sku_id"]] += 1
            parts.append(read_sku_entry(row, order=answer, number=seen[row["statement_id"], row["sku_id"]]).value)
        whole = pools_of(by_order[order_id], CURRENCIES[region])
        assert pools_of(parts, CURRENCIES[region]).settlement == whole.settlement
        assert pools_of([*parts, *by_order[order_id]], CURRENCIES[region]) == whole
        by_sku = pools_by_sku(parts, CURRENCIES[region]).values()
        assert sum((one.revenue for one in by_sku), Decimal(0)) == whole.revenue


def test_statements_cover_utc_days_one_each(books, region):
    days = [day_covered(one) for one in books[region][0]]
    assert all(isinstance(day, date) for day in days)
    assert len(set(days)) == len(days)
