"""The Profit Ledger in a sheet: estimated, then settled, to the cent, beside a person's own column."""

import contextlib
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

import pytest
import sqlalchemy as sa
from flows.listening import faults
from flows.rig import scope
from local_world import WORLD_URL

from service.core.columns import COLUMNS
from service.core.ledger.costs import Cost
from service.core.ledger.rates import Trust
from service.core.profiles import ChosenColumn
from service.core.roles import Role, Switch
from service.flows import browse, costs, finance, trial
from service.flows.books import books_of
from service.flows.design import Designed
from service.store import finance_reading

DAY_S = 86_400
TAB = "Profit Ledger"
MORE = ("cost_missing", "est_profit", "set_profit", "profit_delta", "refunded", "statement_id", "payout_status")
POOLS = ("Tax", "Platform fees", "Marketing", "COGS")
UNIT = Decimal("1.37")
pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


@pytest.fixture
def ledger(rig):
    """Two orders to be shipped, in the Profit Ledger with a few columns more and a column of a person's own."""
    faults(rig, qps=100_000)
    rig.order_ids = rig.place(2)
    own = rig.preset("profit_ledger", Role.FINANCE)
    more = tuple(ChosenColumn(key, COLUMNS[key].header) for key in MORE)
    rig.profile = rig.preset("profit_ledger", Role.FINANCE, columns=(*own.columns, *more))
    rig.paper = rig.bound(rig.profile, audience=Role.FINANCE)
    rig.paper.tab = TAB
    rig.paper.type("X1", "My remark")
    for number, key in enumerate(rig.paper.keys("Order ID"), 2):
        rig.paper.type(f"X{number}", f"remark on {key}")
    return rig


def look(rig):
    """Time until the next round of finance passes, and what is due runs."""
    rig.clock.advance(finance.EVERY.total_seconds() + 1)
    rig.sweep()
    rig.settle()


def row_of(rig, order_id):
    """The order's row, money as Decimal; and no remark has moved."""
    rows = rig.paper.by_key("Order ID")
    assert {row["My remark"] for row in rows.values()} == {f"remark on {key}" for key in rows}
    assert rows[order_id]["My remark"] == f"remark on {order_id}"
    return {
        name: Decimal(repr(value)) if type(value) in {int, float} else value for name, value in rows[order_id].items()
    }


def state_costs(rig, *order_ids):
    """Every SKU of these orders costs the same."""
    found = {line.sku_id for order_id in order_ids for line in stored(rig, order_id).lines}
    costs.state(rig.services, rig.owner, [Cost(sku_id, "GBP", UNIT) for sku_id in sorted(found)])
    rig.settle()


def stored(rig, order_id):
    with rig.services.store.read() as tx:
        return browse.order_of(rig.services, tx, rig.owner, order_id)[0]


def deliver(rig, order_id):
    """The order is shipped, arrives, and its days of grace pass; the product knows."""
    rig.ship(order_id)
    rig.world.market.advance(40 * DAY_S)
    rig.fetch([order_id])
    look(rig)


def told(rig, order_id):
    """Settlement and revenue of the order, as its statements say."""
    lines = rig.read(finance_reading.entries_of, scope(rig), rig.shop.id, [order_id])[order_id]
    whole = [one for one in lines if not one.sku_id and one.kind == "ORDER"]
    return sum(one.settlement for one in whole), sum(one.revenue for one in whole)


def test_an_order_is_estimated_then_settled_then_refunded_to_the_cent(ledger):
    rig, (order_id, other) = ledger, ledger.order_ids
    blank = row_of(rig, order_id)
    assert (blank["Basis"], blank["Cost missing"]) == ("estimated", True)
    assert (blank["Net profit"], blank["COGS"], blank["Settlement"], blank["Settled"]) == ("", "", "", "")
    assert blank["Platform fees"] > 0

    state_costs(rig, order_id, other)
    expected = row_of(rig, order_id)
    assert expected["Cost missing"] is False
    assert expected["Revenue"] - sum(expected[pool] for pool in POOLS) == expected["Net profit"]
    assert (expected["Estimated profit"], expected["Settled profit"]) == (expected["Net profit"], "")

    deliver(rig, order_id)
    settled = row_of(rig, order_id)
    settlement, revenue = told(rig, order_id)
    vat = (revenue / 6).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)  # 20 % in the price
    cogs = UNIT * len(stored(rig, order_id).lines)
    assert (settled["Basis"], settled["Settlement"], settled["Revenue"]) == ("settled", settlement, revenue)
    assert settled["Net profit"] == settled["Settled profit"] == settlement - cogs - vat
    assert settled["Revenue"] - sum(settled[pool] for pool in POOLS) == settled["Net profit"]
    assert settled["Est→settled"] == settled["Settled profit"] - settled["Estimated profit"]
    assert settled["Refunded"] == 0

    answer = rig.world.http.post(f"{WORLD_URL}/tiktok/control/finance/refunds", json={"order_id": order_id})
    assert answer.is_success, answer.text
    rig.world.market.advance(3 * DAY_S)
    look(rig)
    refunded = row_of(rig, order_id)
    after, left = told(rig, order_id)
    assert after < settlement
    assert (refunded["Settlement"], refunded["Revenue"]) == (after, left)
    assert refunded["Refunded"] == revenue - left
    assert refunded["Statement"].startswith(f"{settled['Statement']}, ")
    assert refunded["Estimated profit"] == settled["Estimated profit"]
    rig.paper.assert_right(key="Order ID")


def test_the_order_card_and_the_preview_tell_the_same_and_to_others_nothing(ledger):
    rig, (order_id, _) = ledger, ledger.order_ids
    state_costs(rig, order_id)
    shown = row_of(rig, order_id)["Net profit"]
    told = browse.detail(rig.services, rig.owner, order_id, locale="en_GB")
    assert (told.earned.net, told.earned.basis, told.earned.is_cost_missing) == (f"£{shown:.2f}", "estimated", False)
    assert [name for name, _words in told.earned.parts][:5] == ["Revenue", *POOLS]
    assert "PROFIT" not in told.groups
    rig.switch(Switch.ACCOUNTANT_COST)
    first = trial.preview(rig.services, rig.owner, Designed("", rig.profile, Role.FINANCE.value), locale="en_GB").rows
    assert f"£{shown:.2f}" in {dict(row)["Net profit"] for row in first}


@contextlib.contextmanager
def statements(rig):
    """What the database is asked meanwhile."""
    asked = []

    def heard(_connection, _cursor, statement, *_):
        asked.append(statement)

    sa.event.listen(rig.services.store.engine, "before_cursor_execute", heard)
    yield asked
    sa.event.remove(rig.services.store.engine, "before_cursor_execute", heard)


def test_books_of_many_orders_take_no_more_queries_than_of_few(rig):
    counts = []
    for count in (2, 30):
        found = {order_id: stored(rig, order_id) for order_id in rig.place(count)}
        with rig.services.store.read() as tx, statements(rig) as asked:
            made = books_of(rig.services, tx, rig.shop, found)
        assert set(made) == set(found)
        counts.append(len(asked))
    assert counts[1] <= counts[0] <= 12


def test_before_tiktok_estimates_an_order_the_shop_s_own_recent_sales_do(rig):
    """And not the dated table, which knows neither creators nor what this shop has agreed."""
    faults(rig, qps=100_000)
    rig.world.market.seed_history(80, days=40)
    rig.world.market.advance(DAY_S)
    sold = [order.id for order in rig.world.market.world.orders.values() if order.shop_id == rig.shop.tiktok_shop_id]
    rig.fetch(sold)
    look(rig)
    with rig.services.store.read() as tx:
        entries = finance_reading.entries_of(tx, scope(rig), rig.shop.id, sold)
    skus = Counter(line.sku_id for order_id in entries for line in stored(rig, order_id).lines)
    common = skus.most_common(1)[0][0]
    fresh = next(
        one for one in map(partial(stored, rig), rig.place(20)) if {line.sku_id for line in one.lines} == {common}
    )
    rig.services.memory._recent_sales.clear()  # some minutes later
    with rig.services.store.read() as tx:
        made = books_of(rig.services, tx, rig.shop, {fresh.order_id: fresh})[fresh.order_id]
    assert made.profit.trust is Trust.RECENT
    assert made.profit.shown.pools.platform.core > 0


def test_a_tab_without_money_asks_finance_for_nothing(rig):
    """What a warehouse's rows cost does not grow by what the finance team is shown."""
    rig.place(1)
    paper = rig.spreadsheet()
    rig.bind(paper)
    with statements(rig) as asked:
        rig.run_pass(paper)
    assert paper.keys()
    finances = ("entries", "unsettled", "statements", "payments", "costs", "kept_estimates", "shop_terms")
    assert not [one for one in asked for table in finances if re.search(rf"FROM {table}\b", one)]
