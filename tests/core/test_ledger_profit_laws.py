"""Profit of any order with any entries: pools, settlement and lines come to it, in whatever sequence entries arrive."""

from datetime import date
from decimal import Decimal

from core.made_entries import CENTS, d, entries
from core.made_orders import CREATED, make_line, make_order, make_payment, real_policies
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.costs import Cost, OrderCost, book_of
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms
from service.core.ledger.line_profit import profit_by_sku
from service.core.ledger.profit import profit_of
from service.core.ledger.rates import OwnTerms

DAY = date(2026, 11, 20)

PRICES = st.lists(st.integers(0, 100_000), min_size=1, max_size=5)


@st.composite
def orders_with_entries(draw):
    """An order of one to five SKUs, any entries of it, and terms of every sort."""
    prices = draw(PRICES)
    lines = tuple(
        make_line(
            at,
            "ABCDE"[at],
            str(Decimal(minor).scaleb(-2)),
            sale_price=None
            if draw(st.booleans()) and at == 1
            else make_line(1, "A", str(Decimal(minor).scaleb(-2))).sale_price,
        )
        for at, minor in enumerate(prices)
    )
    total = str(Decimal(sum(prices)).scaleb(-2))
    order = make_order(
        order_id="O1", lines=lines, payment=make_payment(items_gross=total, items_net=total, total=total),
        is_sample=draw(st.booleans()), status=draw(st.sampled_from(["DELIVERED", "CANCELLED"])), collected_at=CREATED,
    )  # fmt: skip
    found = [
        type(one)(
            **{
                **{name: getattr(one, name) for name in one.__dataclass_fields__},
                "sku_id": sku,
                "statement_id": "S2" if sku else "S1",
            }
        )
        for one in draw(st.lists(entries(), max_size=4))
        for sku in [draw(st.sampled_from(["", *(line.sku_id for line in lines)])) if one.kind == "ORDER" else ""]
    ]
    terms = Terms(
        book=book_of(Cost(line.sku_id, "GBP", draw(CENTS.map(abs))) for line in lines),
        tax=TaxTerms(draw(st.sampled_from(TaxMode)), d(20)),
        rules=real_policies().fee_rules(market="GB", shipping="SELLER", day=DAY),
        own=OwnTerms(affiliate_percent=draw(st.none() | st.just(d("12.5")))),
    )
    facts = Facts(
        order, DAY, tuple(found), sending=OrderCost(draw(CENTS.map(abs)), "GBP"), outside_ads=draw(CENTS.map(abs))
    )
    return facts, terms


@given(orders_with_entries())
def test_pools_come_to_revenue_less_net_profit(found):
    """The four pools and nothing else lie between revenue and net profit, whatever upstream stated."""
    facts, terms = found
    profit = profit_of(facts, terms)
    for outcome in (profit.estimated, profit.settled, profit.shown):
        if outcome is not None:
            pools = outcome.pools
            four = pools.tax + pools.platform.total + pools.marketing.total + outcome.cogs.total
            assert pools.revenue - outcome.net == four


@given(orders_with_entries())
def test_settled_profit_is_the_settlement_less_what_is_not_upstreams(found):
    facts, terms = found
    profit = profit_of(facts, terms)
    if profit.settled is not None:
        settled = profit.settled
        is_sample = facts.order.is_sample
        outside = settled.seller_vat + (d(0) if is_sample else facts.outside_ads)
        sample = -settled.pools.settlement + settled.settlement if is_sample else d(0)
        assert settled.net == settled.settlement - settled.cogs.total - outside - sample


@given(orders_with_entries())
def test_lines_add_up_to_the_order_exactly(found):
    """Pool by pool, field by field, cost by cost, and profit."""
    facts, terms = found
    profit = profit_of(facts, terms)
    lines = profit_by_sku(profit, facts, terms)
    for name in ("estimated", "settled", "shown"):
        whole = getattr(profit, name)
        if whole is None:
            continue
        parts = [getattr(line, name) for line in lines.values()]
        assert sum((part.net for part in parts), d(0)) == whole.net
        assert sum((part.settlement for part in parts), d(0)) == whole.settlement
        assert sum((part.seller_vat for part in parts), d(0)) == whole.seller_vat
        summed = sum((part.pools for part in parts[1:]), parts[0].pools)
        assert {field: amount for field, amount in summed.fields.items() if amount} == {
            field: amount for field, amount in whole.pools.fields.items() if amount
        }
        assert summed.platform == whole.pools.platform


@given(orders_with_entries(), st.randoms(use_true_random=False))
def test_permuting_entries_changes_no_profit(found, mixer):
    facts, terms = found
    mixed = list(facts.entries)
    mixer.shuffle(mixed)
    turned = Facts(facts.order, facts.day, tuple(mixed), sending=facts.sending, outside_ads=facts.outside_ads)
    assert profit_of(turned, terms) == profit_of(facts, terms)
