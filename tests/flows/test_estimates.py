"""What an order was expected to come to is kept, once and for good, in the transaction that replaces it."""

import contextlib
from dataclasses import replace

import pytest
from flows.listening import faults
from flows.mishaps import Fate, KilledError, MortalStore
from flows.rig import scope
from local_world import WORLD_URL
from msgspec import structs

from service.core.ledger.history import StepKind
from service.core.ledger.rates import Trust
from service.core.ledger.settling import Basis
from service.flows import connect, finance, profit_history
from service.flows.books import books_of
from service.store import finance as ledger
from service.store import finance_reading, orders, profits, shops

DAY_S = 86_400
pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


@pytest.fixture
def trading(rig):
    """The shop with one delivered order, known here, of which no finance was read yet."""
    faults(rig, qps=100_000)
    rig.write(ledger.open_cursors, rig.clock.now() + finance.EVERY)
    (placed,) = rig.world.market.place_orders(1, status="DELIVERED")
    rig.clock.advance(10)
    rig.sweep()
    rig.settle(patience_s=0)
    return rig, placed.id


def look(rig):
    """Finance is read as far as it goes."""
    rig.clock.advance(finance.SWEEP_EVERY.total_seconds())
    rig.sweep()
    rig.settle(patience_s=0)


def lines(rig, order_id):
    return rig.read(profits.lines_of, scope(rig), rig.shop.id, order_id)


def profit(rig, order_id):
    with rig.services.store.read() as tx:
        known = orders.stored_without_buyers(tx, shop_id=rig.shop.id, order_ids=[order_id])
        return books_of(rig.services, tx, rig.shop, known)[order_id].profit


def test_an_estimate_is_replaced_by_upstream_s_and_the_last_one_stays_beside_what_was_settled(trading):
    rig, order_id = trading
    look(rig)
    first, own = lines(rig, order_id)
    assert (first.estimate.trust, own.estimate.trust) == (Trust.TABLE, Trust.UNSETTLED)
    before = profit(rig, order_id)
    assert (before.basis, before.estimated.pools) == (Basis.ESTIMATED, before.shown.pools)
    rig.world.market.advance(40 * DAY_S)
    look(rig)
    assert [one.is_last for one in lines(rig, order_id)] == [False, True]
    after = profit(rig, order_id)
    assert (after.basis, after.trust) == (Basis.SETTLED, Trust.UNSETTLED)
    assert (after.estimated, after.settled) == (before.estimated, after.shown)


def test_rules_of_a_market_say_nothing_of_a_sale_in_another_currency(trading):
    """Their flat amounts and caps are pounds: no dollars are estimated or audited by them."""
    rig, order_id = trading
    look(rig)
    with rig.services.store.read() as tx:
        (order,) = orders.stored_without_buyers(tx, shop_id=rig.shop.id, order_ids=[order_id]).values()
        abroad = structs.replace(order, payment=structs.replace(order.payment, currency="USD"))
        found = [books_of(rig.services, tx, rig.shop, {order_id: one})[order_id].terms.rules for one in (order, abroad)]
    assert found[0]
    assert found[1] == ()


def test_a_late_refund_changes_what_was_settled_and_not_what_was_expected(trading):
    rig, order_id = trading
    look(rig)
    rig.world.market.advance(40 * DAY_S)
    look(rig)
    kept, settled = lines(rig, order_id), profit(rig, order_id)
    answer = rig.world.http.post(f"{WORLD_URL}/tiktok/control/finance/refunds", json={"order_id": order_id})
    assert answer.is_success, answer.text
    rig.world.market.advance(5 * DAY_S)
    look(rig)
    after = profit(rig, order_id)
    assert after.settled.pools.revenue < settled.settled.pools.revenue
    assert (after.estimated.pools, lines(rig, order_id)) == (settled.estimated.pools, kept)
    steps = profit_history.look(rig.services, rig.owner, order_id, locale="en").steps
    assert {StepKind.REFUND, StepKind.SETTLED, StepKind.ESTIMATE} <= {one.kind for one in steps}
    assert steps[0].outcome == after.shown


def test_a_process_that_dies_anywhere_keeps_each_estimate_once(trading):
    """Killed after each commit in turn: what is settled never stands without what was expected before."""
    rig, order_id = trading
    look(rig)
    whole = [(one.number, one.estimate) for one in lines(rig, order_id)]
    rig.world.market.advance(40 * DAY_S)
    rig.clock.advance(finance.EVERY.total_seconds() + 1)
    access = connect.access(rig.services, rig.shop)
    shop = rig.read(shops.shop_unscoped, rig.shop.id)
    rig.write(ledger.open_cursors, rig.clock.now())
    deaths = 0
    for _ in range(100):
        fate = Fate(1)
        parts = replace(rig.services, store=MortalStore(rig.services.store, fate))
        with contextlib.suppress(KilledError):
            finance.run(parts, shop, access, deadline=float("inf"))
        deaths += fate.is_dead
        settled = rig.read(finance_reading.entries_of, scope(rig), shop.id, [order_id])
        assert bool(settled) == lines(rig, order_id)[-1].is_last
        if not fate.is_dead:
            break
    assert deaths > 3
    assert [(one.number, one.estimate) for one in lines(rig, order_id)] == whole
