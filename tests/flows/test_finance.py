"""Finance comes in by itself, completely and once, whatever dies, fails or is missing on the way."""

import contextlib
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flows.listening import asked, faults
from flows.mishaps import Fate, KilledError, MortalStore
from flows.rig import scope
from local_world import WORLD_URL

from service.core.ledger.entries import RESERVE_KIND
from service.core.roles import Group
from service.flows import connect, finance, finance_tabs
from service.flows.erasing import Erase
from service.store import finance as ledger
from service.store import finance_reading, shops
from service.tiktok.finance_calls import every

DAY_S = 86_400
pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


@pytest.fixture
def settled(rig):
    """The shop after some weeks of trade; the product has seen none of its finance."""
    faults(rig, qps=100_000)
    rig.world.market.seed_history(60, days=40)
    rig.world.market.advance(DAY_S)
    rig.clock.advance(5)
    return rig


def look(rig):
    """Time until the next round passes, and what is due runs."""
    rig.clock.advance(finance.EVERY.total_seconds() + 1)
    rig.sweep()
    rig.settle(patience_s=0)


def told(rig):
    """Everything that is stored, comparable."""
    ask = scope(rig)
    found = rig.read(finance_reading.statements_of, ask)
    ids = [one.statement_id for _, one, _ in found]
    lines = rig.read(finance_reading.lines_of, ask, rig.shop.id, ids)
    about = sorted({one.about_order for one in lines})
    return {
        "statements": found,
        "lines": {one.entry_id: one for one in lines},
        "entries": rig.read(finance_reading.entries_of, ask, rig.shop.id, about),
        "payments": rig.read(finance_reading.payments_of, ask),
    }


def cursor(rig):
    return rig.read(ledger.cursor, rig.shop.id)


def control(rig, path, **body):
    answer = rig.world.http.post(f"{WORLD_URL}/tiktok/control/finance/{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


def counts(rig):
    return rig.world.http.get(f"{WORLD_URL}/tiktok/control/finance", params={"shop_id": rig.shop.tiktok_shop_id}).json()


def summed(amounts):
    return sum((one for one in amounts if one is not None), Decimal(0))


def test_every_statement_line_and_payment_of_the_market_is_stored_and_adds_up(settled):
    look(settled)
    found, market = told(settled), counts(settled)
    assert len(found["statements"]) == market["statements"] > 3
    assert len(found["lines"]) == market["lines"]
    assert len(found["payments"]) == market["payments"] > 0
    for _shop_id, statement, is_read in found["statements"]:
        assert is_read
        lines = [one for one in found["lines"].values() if one.statement_id == statement.statement_id]
        sales = [one for one in lines if one.kind != RESERVE_KIND]
        assert summed(one.settlement for one in sales) == statement.settlement
        assert statement.payable == statement.settlement + statement.reserve
    assert settled.read(ledger.to_read, settled.shop.id, limit=9) == []
    assert finance.troubles(settled.services, settled.owner) == {}


def test_orders_of_several_skus_are_read_by_sku_and_add_up_to_their_lines(settled):
    look(settled)
    by_sku = 0
    for order_id, entries in told(settled)["entries"].items():
        parts = [one for one in entries if one.sku_id]
        lines = [one for one in entries if one.kind == "ORDER" and not one.sku_id]
        if parts:
            by_sku += 1
            assert summed(one.settlement for one in parts) == summed(one.settlement for one in lines), order_id
            assert {one.settled_at for one in parts} <= {one.settled_at for one in lines}
    assert by_sku > 0
    assert settled.read(ledger.wanted_orders, settled.shop.id, limit=9) == []


def test_looking_again_changes_nothing(settled):
    look(settled)
    before = told(settled)
    settled.world.market.calls.clear()
    look(settled)
    assert told(settled) == before
    assert asked(settled, "/statement_transactions") == 0


def test_a_refund_after_settlement_comes_in_and_the_order_is_read_anew(settled):
    look(settled)
    multi = [order_id for order_id, entries in told(settled)["entries"].items() if any(one.sku_id for one in entries)]
    refundable = None
    for order_id in multi:
        answer = settled.world.http.post(f"{WORLD_URL}/tiktok/control/finance/refunds", json={"order_id": order_id})
        if answer.is_success:
            refundable = order_id
            break
    assert refundable is not None
    before = told(settled)["entries"][refundable]
    settled.world.market.advance(3 * DAY_S)
    look(settled)
    after = told(settled)["entries"][refundable]
    assert len([one for one in after if not one.sku_id]) > len([one for one in before if not one.sku_id])
    assert len({one.statement_id for one in after if one.sku_id}) > len(
        {one.statement_id for one in before if one.sku_id}
    )


def test_an_adjustment_without_an_order_is_stored(settled):
    look(settled)
    control(settled, "adjustments", type="Moon rent", amount_minor=-321)
    settled.world.market.advance(2 * DAY_S)
    look(settled)
    (found,) = [one for one in told(settled)["lines"].values() if one.kind == "Moon rent"]
    assert (found.about_order, found.settlement) == ("", Decimal("-3.21"))
    flagged = {
        entry_id: flags for _shop, _statement, entry_id, flags in settled.read(finance_reading.flags_of, scope(settled))
    }
    assert flagged[found.entry_id] == ["unknown:type"]


def test_a_payment_s_progress_is_followed_without_reading_its_statements_again(settled):
    look(settled)
    control(settled, "adjustments", type="REBATE", amount_minor=50_000)
    settled.world.market.advance(DAY_S)
    look(settled)
    assert "PROCESSING" in {one.payment_status for _, one, _ in told(settled)["statements"]}
    settled.world.market.advance(1)
    settled.world.market.calls.clear()
    settled.clock.advance(4 * DAY_S)
    settled.world.market.tick()
    look(settled)
    assert "PAID" in {one.status for _, one in told(settled)["payments"]}
    assert all(is_read for _, _, is_read in told(settled)["statements"])


def test_estimates_go_when_upstream_lists_them_no_more(settled):
    (placed,) = settled.world.market.place_orders(1, status="DELIVERED")
    settled.clock.advance(10)
    look(settled)
    estimates = settled.read(finance_reading.unsettled_of, scope(settled), settled.shop.id, [placed.id])
    assert estimates[placed.id][0].settlement is not None
    settled.world.market.advance(40 * DAY_S)
    look(settled)
    assert settled.read(finance_reading.unsettled_of, scope(settled), settled.shop.id, [placed.id]) == {}
    assert placed.id in told(settled)["entries"]


def test_more_estimates_than_a_page_holds_all_come(settled):
    placed = {order.id for order in settled.world.market.place_orders(130, status="DELIVERED")}
    settled.clock.advance(10)
    look(settled)
    calls, access = settled.services.tiktok.finance, connect.access(settled.services, settled.shop)
    until = settled.clock.market()
    pages = every(lambda token: calls.unsettled(access, since=None, until=until, page_token=token))
    listed = {one.value.about_order for page in pages for one in page.rows} & placed
    assert len(listed) > 110  # some settle so fast that they are never listed
    assert set(settled.read(finance_reading.unsettled_of, scope(settled), settled.shop.id, placed)) == listed


def test_a_shop_without_the_scope_is_told_once_and_asked_no_more_until_it_is_connected_again(settled):
    faults(settled, missing_scopes=["seller.finance.info"])
    look(settled)
    shop = settled.read(shops.shop_unscoped, settled.shop.id)
    assert shop.state == "live"  # orders go on
    (sentence,) = finance.troubles(settled.services, settled.owner).values()
    assert "allow finance" in sentence
    settled.world.market.calls.clear()
    for _ in range(4):
        look(settled)
    assert asked(settled, "/statements") == 0
    assert asked(settled, "/orders/search") > 0
    faults(settled, missing_scopes=[])
    look(settled)
    assert asked(settled, "/statements") == 0
    settled.write(ledger.move_cursor, replace(cursor(settled), refused_consent_id="the consent before"))
    look(settled)
    assert asked(settled, "/statements") > 0
    assert finance.troubles(settled.services, settled.owner) == {}


def test_a_failing_look_is_put_off_later_and_later_and_keeps_no_order_waiting(settled):
    look(settled)
    before = cursor(settled)
    settled.write(ledger.move_cursor, replace(before, statements_at=None, next_at=settled.clock.now()))
    access = connect.access(settled.services, settled.shop)
    faults(settled, unavailable=100)
    assert finance.run(settled.services, settled.shop, access, deadline=float("inf")) is False
    first = cursor(settled)
    assert first.trouble
    assert first.tries == 1
    assert first.next_at > settled.clock.now()
    settled.clock.at = first.next_at
    assert finance.run(settled.services, settled.shop, access, deadline=float("inf")) is False
    second = cursor(settled)
    assert second.next_at - first.next_at > first.next_at - settled.clock.now() + timedelta(seconds=60)
    faults(settled, unavailable=0)
    settled.clock.at = second.next_at
    finance.run(settled.services, settled.shop, access, deadline=float("inf"))
    assert (cursor(settled).trouble, cursor(settled).tries) == (None, 0)


def test_a_page_token_that_is_refused_costs_a_new_beginning(settled):
    look(settled)
    statement = told(settled)["statements"][0][1]
    with settled.services.store.write() as tx:
        ledger.put_statements(
            tx, settled.shop, [Stated(replace(statement, settlement=Decimal(0)))], settled.clock.now()
        )
        ledger.move_reading(
            tx, settled.shop.id, statement.statement_id, begun_at=settled.clock.now(), page_token="no such page"
        )
    look(settled)
    look(settled)
    assert all(is_read for _, _, is_read in told(settled)["statements"])


def test_an_order_that_tiktok_refuses_keeps_nothing_else_waiting(settled):
    """It would be asked for first again and again, and no estimate would ever come."""
    look(settled)
    settled.write(ledger.want_orders, settled.shop.id, ["not/an/order"], settled.clock.now())
    swept_at = cursor(settled).swept_at
    settled.clock.advance(finance.SWEEP_EVERY.total_seconds())
    look(settled)
    assert cursor(settled).swept_at > swept_at
    assert cursor(settled).trouble
    assert [one for one, _at in settled.read(ledger.wanted_orders, settled.shop.id, limit=9)] == ["not/an/order"]


class Stated:
    def __init__(self, value):
        self.value, self.record, self.flags = value, {}, ()


def test_a_process_that_dies_anywhere_leaves_nothing_wrong(settled):
    """Killed after each commit in turn, and gone on with by another: the same in the end as without a death."""
    settled.write(ledger.open_cursors, settled.clock.now())
    access = connect.access(settled.services, settled.shop)
    shop = settled.read(shops.shop_unscoped, settled.shop.id)

    def run(store):
        parts = replace(settled.services, store=store)
        while finance.run(parts, shop, access, deadline=float("inf")):
            pass

    run(settled.services.store)
    whole = told(settled)
    assert whole["lines"]
    settled.write(ledger.forget_shop, settled.shop.id)
    deaths = 0
    settled.write(ledger.open_cursors, settled.clock.now())
    for moment in range(1, 400):
        fate = Fate(1 if moment % 2 else 3)
        with contextlib.suppress(KilledError):
            run(MortalStore(settled.services.store, fate))
        deaths += fate.is_dead
        if not fate.is_dead:
            break
    assert deaths > 20
    assert not settled.read(ledger.to_read, settled.shop.id, limit=9)
    assert told(settled) == whole


def test_a_shop_that_is_taken_away_gets_no_more(settled):
    settled.write(ledger.open_cursors, settled.clock.now())
    access = connect.access(settled.services, settled.shop)
    settled.write(shops.disconnect_shop, settled.shop.id)
    finance.run(settled.services, settled.shop, access, deadline=float("inf"))
    assert told(settled)["statements"] == []


def test_only_tabs_that_show_finance_are_told_of_it(settled, paper):
    """The warehouse's list has nothing of it; a list with what buyers paid stands for one that has."""
    bindings = [settled.only_binding(paper)]
    assert finance_tabs.showing(bindings) == []
    chosen = {**bindings[0].profile, "columns": [["currency", ""]]}
    assert finance_tabs.showing([replace(bindings[0], profile=chosen)], frozenset({Group.REVENUE})) != []


def test_a_stretch_ends_and_the_next_one_goes_on_where_it_stopped(settled):
    """In between the shop's notices come first: a run says that more waits, and does not go on by itself."""
    settled.write(ledger.open_cursors, settled.clock.now())
    access = connect.access(settled.services, settled.shop)
    assert finance.run(settled.services, settled.shop, access, deadline=float("inf"), stretch_s=0) is True
    assert asked(settled, "/statements") == 1
    waiting = settled.read(ledger.to_read, settled.shop.id, limit=99)
    assert len(waiting) == counts(settled)["statements"]
    settled.world.market.calls.clear()
    assert finance.run(settled.services, settled.shop, access, deadline=float("inf")) is False
    assert asked(settled, "/statements") == 0
    assert settled.read(ledger.to_read, settled.shop.id, limit=99) == []


def test_a_job_that_is_nearly_over_begins_no_stretch(settled):
    settled.write(ledger.open_cursors, settled.clock.now())
    access = connect.access(settled.services, settled.shop)
    assert finance.run(settled.services, settled.shop, access, deadline=time.monotonic() + 1) is True
    assert asked(settled, "/statements") == 0
    assert cursor(settled).trouble is None


def test_a_statement_longer_than_a_page_is_complete_though_its_reader_died_between_pages(settled):
    placed = {order.id for order in settled.world.market.place_orders(150, status="DELIVERED")}
    settled.world.market.advance(30 * DAY_S)
    settled.write(ledger.open_cursors, settled.clock.now())
    access = connect.access(settled.services, settled.shop)
    assert finance.run(settled.services, settled.shop, access, deadline=float("inf"), stretch_s=0) is True
    half = None
    for _ in range(200):
        parts = replace(settled.services, store=MortalStore(settled.services.store, Fate(1)))
        with contextlib.suppress(KilledError):
            finance.run(parts, settled.shop, access, deadline=float("inf"))
        waiting = settled.read(ledger.to_read, settled.shop.id, limit=99)
        half = half or next((one for one in waiting if one.page_token), None)
        if not waiting:
            break
    assert half is not None
    found = told(settled)
    lines = [one for one in found["lines"].values() if one.statement_id == half.statement.statement_id]
    assert len(lines) > 100
    assert len(found["lines"]) == counts(settled)["lines"]
    sales = [one for one in lines if one.kind != RESERVE_KIND]
    assert summed(one.settlement for one in sales) == half.statement.settlement
    assert placed <= {one.about_order for one in found["lines"].values()} | {""}


def test_a_shop_whose_orders_are_deleted_keeps_no_finance_either(settled):
    look(settled)
    connect.disconnect(settled.services, settled.owner, settled.shop.id, erase=Erase.ORDERS)
    for _ in range(3):
        settled.clock.advance(10)
        settled.sweep()
    assert told(settled)["statements"] == []
    assert cursor(settled) is None
