"""The backfill: newest first, behind live changes, resumable, ended and reached back by people, honestly measured."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from flows.filled import shown, spend, store, wide
from flows.mishaps import interpose
from msgspec import structs

from service.core.orders import OrderStatus
from service.core.profiles import ChosenColumn
from service.core.rows import Grain
from service.errors import NotFound
from service.flows import chunks, connect, filling, ingest, quota, sources
from service.store import fills, orders

DAY = timedelta(days=1)


@pytest.fixture
def small_steps(rig):
    """Writes of a few rows, so that a backfill takes many passes."""
    rig.services = replace(rig.services, settings=replace(rig.services.settings, write_bytes=12_000))


def age(rig, order_ids, *, step=DAY):
    """The orders were created one `step` apart, the first one step ago. Their ids, newest first."""
    now = rig.clock.market()
    with rig.services.store.write() as tx:
        found = orders.stored(tx, rig.services.store.sealer, shop_id=rig.shop.id, order_ids=order_ids)
        for number, order_id in enumerate(order_ids, start=1):
            store(rig, tx, structs.replace(found[order_id], created_at=now - step * number))
    return order_ids


def begun(rig, count=30, **wishes):
    """A bound tab whose backfill has begun: some rows stand, the others wait."""
    ids = age(rig, rig.place(count))
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig), **wishes)
    for _ in range(2):
        rig.run_pass(paper)
        rig.clock.advance(2)
    return paper, ids


def test_a_backfill_of_many_passes_ends_with_every_order_newest_first(rig, small_steps):
    paper, ids = begun(rig)
    assert 0 < len(shown(paper)) < len(set(ids))
    rig.settle()
    assert list(dict.fromkeys(shown(paper))) == ids
    paper.assert_right()
    binding = rig.only_binding(paper)
    assert (binding.fill_at, binding.fill_seen, binding.fill_total) == (None, 30, 30)


def test_a_live_change_goes_before_the_rest_of_the_backfill(rig, small_steps):
    """An order placed in the middle of it stands there with the next pass."""
    paper, _ids = begun(rig)
    (fresh,) = rig.place(1)
    rig.run_pass(paper)
    assert fresh in shown(paper)
    assert rig.dirty(paper), "the backfill is not over"


def test_an_old_order_that_changes_meanwhile_is_written_at_once(rig, small_steps):
    """Its row waited at the end of the backfill; a change makes it live."""
    paper, ids = begun(rig)
    rig.ship(ids[-1])
    rig.clock.advance(10)
    rig.run_pass(paper)
    assert ids[-1] in shown(paper)


def test_a_backfill_alone_keeps_to_the_quota_and_not_to_the_pace_of_live_changes(rig, small_steps):
    """Pass after pass with no wait in between, as long as there is a slot."""
    ids = age(rig, rig.place(16))
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig))
    assert [rig.run_pass(paper) for _ in range(2)] == [0.0, 0.0]
    assert len(set(shown(paper))) >= len(ids) // 2


def test_a_backfill_alone_comes_for_nearly_every_slot(rig, small_steps):
    """When the burst is spent it waits for the next slot, and hardly longer."""
    age(rig, rig.place(60))
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig))
    spend(rig, paper, left=5)
    waits = [rig.run_pass(paper) for _ in range(6)]
    assert waits[-1] > 0, "the burst is spent"
    assert waits[-1] <= 1.6 * quota.PER_IDENTITY.total_seconds()
    rig.settle()
    paper.assert_right()


@pytest.mark.parametrize("moment", ["get_by_filter", "batch_update"])
def test_a_kill_in_the_middle_loses_and_doubles_nothing(rig, small_steps, moment):
    """The process ends after any call; another one goes on where the first stood."""
    paper, ids = begun(rig)
    google = interpose(rig)

    def die():
        raise KeyboardInterrupt

    google.after[moment] = [die]
    with pytest.raises(KeyboardInterrupt):
        rig.run_pass(paper)
    rig.clock.advance(240)
    rig.live_through(30)
    rig.settle()
    assert sorted(set(shown(paper))) == sorted(ids)
    paper.assert_right()


def test_a_stopped_backfill_leaves_what_is_written_and_keeps_it_live(rig, small_steps):
    paper, ids = begun(rig)
    before = set(shown(paper))
    binding = rig.only_binding(paper)
    filling.stop(rig.services, rig.owner, paper.spreadsheet_id, binding.id)
    rig.settle()
    assert set(shown(paper)) == before
    assert rig.dirty(paper) == []
    binding = rig.only_binding(paper)
    assert (binding.fill_at, binding.fill_stopped_at) == (None, None)
    assert binding.row_total == binding.row_done
    rig.ship(next(order_id for order_id in ids if order_id in before))
    (fresh,) = rig.place(1)
    rig.settle()
    assert set(shown(paper)) == before | {fresh}
    paper.assert_right()


def test_a_stop_while_a_pass_is_under_way_never_orphans_a_row(rig, small_steps):
    """Pressed between reading and writing: what that pass sends is ours, what it does not send is dropped."""
    paper, ids = begun(rig)
    binding = rig.only_binding(paper)
    google = interpose(rig)
    google.after["get_by_filter"] = [lambda: filling.stop(rig.services, rig.owner, paper.spreadsheet_id, binding.id)]
    rig.run_pass(paper)
    rig.settle()
    assert set(shown(paper)) == set(rig.all_rows(paper)) or len(rig.all_rows(paper)) == len(paper.rows())
    assert 0 < len(set(shown(paper))) < len(ids)
    paper.assert_right()


def test_a_stop_before_anything_was_written_lets_new_orders_in(rig, small_steps):
    """Nothing of the past, everything from now on."""
    age(rig, rig.place(10))
    paper = rig.spreadsheet()
    binding = rig.bind(paper, wide(rig))
    filling.stop(rig.services, rig.owner, paper.spreadsheet_id, binding.id)
    rig.clock.advance(60)  # the newest of them is older than a day
    rig.settle()
    assert shown(paper) == []
    (fresh,) = rig.place(1)
    rig.settle()
    assert set(shown(paper)) == {fresh}


def test_a_stopped_backfill_goes_on_where_it_stood(rig, small_steps):
    paper, ids = begun(rig)
    binding = rig.only_binding(paper)
    filling.stop(rig.services, rig.owner, paper.spreadsheet_id, binding.id)
    rig.settle()
    assert filling.fetch_older(rig.services, rig.owner, paper.spreadsheet_id, binding.id, days=None)
    rig.settle()
    assert sorted(set(shown(paper))) == sorted(ids)
    paper.assert_right()
    assert rig.only_binding(paper).fill_from_at is None


def test_a_stop_that_was_taken_back_before_the_next_pass_changes_nothing(rig, small_steps):
    paper, ids = begun(rig)
    binding = rig.only_binding(paper)
    filling.stop(rig.services, rig.owner, paper.spreadsheet_id, binding.id)
    assert filling.fetch_older(rig.services, rig.owner, paper.spreadsheet_id, binding.id, days=None)
    rig.settle()
    assert sorted(set(shown(paper))) == sorted(ids)


def test_a_tab_reaches_as_far_back_as_it_was_asked_to_and_further_later(rig):
    ids = age(rig, rig.place(12), step=10 * DAY)
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig), days_back=35)
    binding = rig.only_binding(paper)
    assert binding.fill_total == 3, "counted before anything is read"
    rig.settle()
    assert list(dict.fromkeys(shown(paper))) == ids[:3]
    assert not filling.fetch_older(rig.services, rig.owner, paper.spreadsheet_id, binding.id, days=30)
    assert filling.fetch_older(rig.services, rig.owner, paper.spreadsheet_id, binding.id, days=65)
    rig.settle()
    assert list(dict.fromkeys(shown(paper))) == ids[:6]
    paper.assert_right()


def test_an_order_older_than_the_tab_reaches_gets_no_row_when_it_changes(rig):
    """What stands there is kept up to date; what was left out stays out until somebody fetches it."""
    ids = age(rig, rig.place(2), step=50 * DAY)
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig), days_back=60)
    rig.settle()
    bound = sources.open_binding(rig.services, rig.only_binding(paper))
    found = rig.read(orders.stored, rig.services.store.sealer, shop_id=rig.shop.id, order_ids=ids)
    wanted = {key: sources.wanted_rows(rig.services, bound, one, shop=rig.shop) for key, one in found.items()}
    assert [bool(wanted[key]) for key in ids] == [True, False]
    assert set(shown(paper)) == {ids[0]}


def test_history_read_from_tiktok_waits_behind_live_changes(rig, paper):
    """Orders of the import are a backfill, whichever way they come."""
    placed = [order.id for order in rig.world.market.place_orders(3)]
    found = rig.services.tiktok.orders(connect.access(rig.services, rig.shop), placed, deadline=float("inf"))
    ingest.save_past(rig.services, rig.shop, list(found))
    assert {row.is_fill for row in rig.dirty(paper)} == {True}
    (fresh,) = rig.place(1)
    assert rig.dirty(paper)[0].order_id == fresh
    rig.settle()
    assert set(shown(paper)) == {*placed, fresh}


def test_only_the_account_s_own_tabs_are_stopped(rig, small_steps):
    paper, _ids = begun(rig)
    other = rig.spreadsheet("Another")
    foreign = rig.bind(other, wide(rig, name="Elsewhere"))
    with pytest.raises(NotFound):
        filling.stop(rig.services, rig.owner, paper.spreadsheet_id, foreign.id)
    with pytest.raises(NotFound):
        filling.fetch_older(rig.services, rig.owner, paper.spreadsheet_id, foreign.id, days=None)


def test_a_chunk_of_orders_is_looked_at_once(rig):
    """More orders than one look takes: each gets its row, and the look stops when enough rows wait."""
    first = rig.place(1)[0]
    with rig.services.store.write() as tx:
        found = orders.stored(tx, rig.services.store.sealer, shop_id=rig.shop.id, order_ids=[first])[first]
        for number in range(chunks.ORDERS_PER_CHUNK + 20):
            copy = structs.replace(
                found, order_id=str(int(first) + 1 + number), created_at=found.created_at - DAY * number / 50
            )
            store(rig, tx, copy)
    binding = rig.bind(rig.spreadsheet(), wide(rig))
    bound = sources.open_binding(rig.services, binding)
    half = chunks.mark(rig.services, bound, binding)
    assert chunks.ORDERS_PER_CHUNK <= half.fill_seen < half.fill_total
    assert chunks.mark(rig.services, bound, binding) is None, "somebody else went on meanwhile"
    whole = chunks.mark(rig.services, bound, half)
    assert (whole.fill_at, whole.fill_seen) == (None, whole.fill_total) == (None, chunks.ORDERS_PER_CHUNK + 21)


def test_a_tab_of_every_order_gets_the_same_rows_without_reading_one(rig):
    """What asks nothing of an order is marked by the database alone: the same rows, in the same chunks."""
    age(rig, rig.place(5))
    profile = replace(wide(rig), grain=Grain.ORDER, columns=(ChosenColumn("order_id", "Order ID"),))
    every = replace(profile, name="Every one")
    asking = replace(profile, row_filter=replace(profile.row_filter, statuses=tuple(OrderStatus)))
    marked = []
    for wish in (every, asking):
        binding = rig.bind(rig.spreadsheet(), wish)
        marked.append(chunks.mark(rig.services, sources.open_binding(rig.services, binding), binding))
    first, second = marked
    counted = [(row.fill_at, row.fill_seen, row.fill_total, row.row_total) for row in (first, second)]
    assert counted[0] == counted[1] == (None, 5, 5, 5)
    found = [rig.read(fills.dirty, [one], now=rig.clock.now(), limit=99) for one in (first.id, second.id)]
    assert len(found[0]) == 5
    assert [msgspec.structs.replace(row, binding_id="") for row in found[0]] == [
        msgspec.structs.replace(row, binding_id="") for row in found[1]
    ]


def test_an_order_that_was_there_before_its_tab_comes_into_the_due_window_by_time_alone(rig):
    """Its own clocks knew nothing of the tab's window: their next limit is 24 hours."""
    (order_id,) = rig.place(1)
    found = wide(rig)
    paper = rig.bound(replace(found, row_filter=replace(found.row_filter, due_within_h=30)))
    assert shown(paper) == []
    order = rig.read(orders.stored, rig.services.store.sealer, shop_id=rig.shop.id, order_ids=[order_id])[order_id]
    due_at = sources.marks(rig.services, order).sla_due_at
    rig.world.market.advance((due_at - timedelta(hours=30) - rig.clock.market()).total_seconds() + 60)
    rig.sweep()
    rig.settle()
    assert order_id in shown(paper)
