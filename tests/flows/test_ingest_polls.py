"""Polls and the import of the past: what no notice told of is found all the same, once and completely."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from flows.listening import Watched, asked, faults, known, made, shop_now
from flows.mishaps import Fate, KilledError, MortalStore
from flows.rig import scope

from service.errors import UpstreamFailed
from service.flows import ingest
from service.store import orders, shops

pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


# --- the poll --------------------------------------------------------------------------------------------------------


def poll(rig, after_s=601):
    rig.clock.advance(after_s)
    rig.sweep()
    rig.settle(patience_s=0)


def test_a_lost_notice_is_made_good_by_the_poll(rig, paper):
    """Webhooks are never relied on alone."""
    placed = made(rig, 3)
    poll(rig)
    assert known(rig) == set(placed)
    rig.settle()
    paper.assert_right()
    assert {row["Order ID"] for row in paper.rows()} == set(placed)


def test_a_poll_comes_when_the_plan_says_and_not_before(rig):
    poll(rig)
    rig.world.market.calls.clear()
    rig.clock.advance(590)
    rig.sweep()
    rig.settle(patience_s=0)
    assert asked(rig, "/orders/search") == 0
    poll(rig, after_s=20)
    assert asked(rig, "/orders/search") > 0


def test_an_order_the_search_did_not_show_yet_comes_with_the_next_poll(rig):
    """The search lags behind; each window overlaps the last."""
    poll(rig)
    faults(rig, search_lag_s=30)
    placed = [order.id for order in rig.world.market.place_orders(2)]
    rig.clock.advance(5)
    rig.write(shops.move_poll, rig.shop.id, polled_until=shop_now(rig).polled_until, next_poll_at=rig.clock.now())
    rig.sweep()
    rig.settle(patience_s=0)
    assert known(rig) == set()
    assert shop_now(rig).polled_until >= rig.clock.market() - timedelta(seconds=1)
    poll(rig)
    assert known(rig) == set(placed)


def test_the_cursor_moves_after_the_save_and_never_before(rig):
    """Death in the middle of a poll: the next one asks for the same window again."""
    placed = made(rig, 120)
    rig.clock.advance(601)
    before = shop_now(rig).polled_until
    mortal = replace(rig.services, store=MortalStore(rig.services.store, Fate(2)))
    with pytest.raises(KilledError):
        ingest.run_shop(mortal, rig.shop.id)
    assert 0 < len(known(rig)) < 120
    assert shop_now(rig).polled_until == before
    poll(rig, after_s=1)
    assert known(rig) == set(placed)
    assert shop_now(rig).polled_until > before


def test_a_poll_that_fails_half_way_moves_no_cursor(rig):
    made(rig, 120)
    rig.clock.advance(601)
    before = shop_now(rig).polled_until
    faults(rig, throttle=1, only_path="/orders/search")
    with pytest.raises(UpstreamFailed):
        ingest.run_shop(rig.services, rig.shop.id)
    assert shop_now(rig).polled_until == before
    assert shop_now(rig).next_poll_at <= rig.clock.now()


def test_a_long_silence_is_not_caught_up_poll_by_poll(rig):
    """The machine slept for a day: one poll covers the day, and the next comes after its interval."""
    rig.clock.advance(86_400)
    rig.world.market.calls.clear()
    poll(rig, after_s=0)
    assert asked(rig, "/orders/search") < 5
    assert shop_now(rig).next_poll_at > rig.clock.now()


# --- the past --------------------------------------------------------------------------------------------------------


def test_the_past_comes_newest_first_and_completely(rig):
    rig.world.market.seed_history(250, days=20)
    expected = {order.id for order in rig.world.market.world.state.orders}
    start_import(rig)
    saved = []
    services = replace(rig.services, store=Watched(rig.services.store, lambda: saved.append(known(rig))))
    ingest.run_shop(services, rig.shop.id)
    assert known(rig) == expected
    assert shop_now(rig).import_at is None
    first = next(step for step in saved if step)
    created = {order.id: order.create_time for order in rig.world.market.world.state.orders}
    assert min(created[one] for one in first) >= max(created[one] for one in expected - first)


def test_the_import_resumes_after_a_death_and_misses_nothing(rig):
    rig.world.market.seed_history(250, days=20)
    expected = {order.id for order in rig.world.market.world.state.orders}
    start_import(rig)
    for moment in (1, 3, 4):
        mortal = replace(rig.services, store=MortalStore(rig.services.store, Fate(moment)))
        with contextlib.suppress(KilledError):
            ingest.run_shop(mortal, rig.shop.id)
    assert shop_now(rig).import_at is not None
    rig.live_through(30)
    assert known(rig) == expected
    assert shop_now(rig).import_at is None


def test_the_past_ends_where_the_settings_say(rig):
    """Sixty days of history and not more."""
    rig.world.market.seed_history(60, days=100)
    start_import(rig)
    rig.live_through(30)
    found = rig.read(orders.newest, rig.services.store.sealer, scope(rig), limit=1000)
    assert found
    assert min(order.created_at for order in found) >= rig.clock.market() - timedelta(days=60, minutes=1)


def start_import(rig):
    rig.write(shops.move_import, rig.shop.id, rig.clock.market() + timedelta(seconds=1))
    rig.write(
        shops.move_poll,
        rig.shop.id,
        polled_until=rig.clock.market(),
        next_poll_at=rig.clock.now() + timedelta(minutes=10),
    )
