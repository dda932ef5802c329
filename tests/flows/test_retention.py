"""Buyers go in time, from the database and from every tab, and those that come too late are not stored at all."""

import pytest
from flows.buyers import DAY_S, HEADERS, KEY, TAB, desk_of, end, in_database, in_sheets, place, shown
from flows.rig import attach_shop

from service.core.retention import CHOICES, DEFAULT_DAYS
from service.core.roles import Role
from service.errors import BadInput
from service.flows import connect, retention, upkeep
from service.store import orders, personal, rows

JUST_SHORT = DEFAULT_DAYS * DAY_S - 600


def recipient(rig, order_id):
    found = rig.read(orders.stored, rig.services.store.sealer, shop_id=rig.shop.id, order_ids=[order_id])
    return found[order_id].recipient


def look_around(rig):
    """An hour goes by, and the sweep."""
    rig.clock.advance(3700)
    upkeep.erase_due(rig.services)
    rig.settle()


@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED"])
def test_a_week_after_its_end_an_order_has_no_buyer_any_more(rig, status, tmp_path):
    paper = desk_of(rig)
    order_id, planted = place(rig)
    end(rig, order_id, status)
    rig.settle()
    rig.world.market.advance(JUST_SHORT - 3700)
    look_around(rig)
    assert shown(paper, order_id).keys() == set(HEADERS)
    look_around(rig)
    assert shown(paper, order_id) == {}
    assert recipient(rig, order_id) == orders.EMPTY
    assert paper.by_key(KEY)[order_id]["Status"] == status
    retention.wipe_all(rig.services)
    assert in_database(rig, planted) == set()
    assert in_sheets(rig, tmp_path, planted) == set()


def test_an_order_that_goes_on_keeps_its_buyer(rig):
    paper = desk_of(rig)
    order_id, _planted = place(rig)
    rig.settle()
    rig.world.market.advance(30 * DAY_S)
    look_around(rig)
    assert shown(paper, order_id).keys() == set(HEADERS)


def test_an_order_in_the_archive_loses_its_buyer_too(rig):
    retention.set_days(rig.services, rig.owner, 30)
    paper = desk_of(rig, window_days=10)
    order_id, _planted = place(rig)
    end(rig, order_id)
    rig.settle()
    rig.world.market.advance(12 * DAY_S)
    rig.live_through(400, step_s=20)
    assert shown(paper, order_id, tab=f"{TAB} archive").keys() == set(HEADERS)
    rig.world.market.advance(20 * DAY_S)
    look_around(rig)
    assert shown(paper, order_id, tab=f"{TAB} archive") == {}


@pytest.mark.every_database
def test_no_buyer_is_kept_longer_than_the_message_of_the_end(rig):
    """Nothing after completion: the save that tells of it stores none, and the same pass clears the cells."""
    retention.set_days(rig.services, rig.owner, 0)
    paper = desk_of(rig)
    order_id, _planted = place(rig)
    rig.settle()
    assert shown(paper, order_id).keys() == set(HEADERS)
    end(rig, order_id)
    assert recipient(rig, order_id) == orders.EMPTY
    rig.settle()
    assert shown(paper, order_id) == {}


def test_a_history_that_is_read_late_brings_no_buyers(rig):
    """Orders that ended long ago are imported without them, and are not looked for again."""
    order_id, planted = place(rig)
    end(rig, order_id)
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    rig.world.market.advance(20 * DAY_S)
    rig.clock.advance(60)
    rig.shop = attach_shop(rig.services, rig.world, rig.owner)
    rig.settle()
    assert recipient(rig, order_id) == orders.EMPTY
    look_around(rig)
    assert rig.read(personal.erased, rig.shop.id, [order_id]) == {order_id}
    assert in_database(rig, planted) == set()


def test_a_shorter_time_counts_at_once_and_a_longer_one_brings_nobody_back(rig):
    retention.set_days(rig.services, rig.owner, 90)
    first, _planted = place(rig, 1)
    end(rig, first)
    rig.world.market.advance(10 * DAY_S)
    look_around(rig)
    assert recipient(rig, first) != orders.EMPTY
    retention.set_days(rig.services, rig.owner, 7)
    upkeep.erase_due(rig.services)
    assert recipient(rig, first) == orders.EMPTY
    retention.set_days(rig.services, rig.owner, 90)
    rig.fetch([first])
    assert recipient(rig, first) == orders.EMPTY


def test_a_tab_without_buyers_is_left_alone(rig):
    paper = rig.bound(rig.preset("sla_watch_list", Role.WAREHOUSE))
    (order_id,) = rig.place(1, kind="NORMAL")
    end(rig, order_id)
    rig.settle()
    rig.world.market.advance(20 * DAY_S)
    rig.calls()
    look_around(rig)
    assert recipient(rig, order_id) == orders.EMPTY
    assert rig.read(rows.has_dirty, paper.spreadsheet_id, rig.clock.now()) is False
    assert rig.calls() == (0, 0)


@pytest.mark.every_database
def test_a_long_list_goes_step_by_step_and_at_night_to_its_end(rig):
    for order_id in rig.place(5, kind="NORMAL"):
        end(rig, order_id)
    rig.world.market.advance(20 * DAY_S)
    rig.clock.advance(3700)
    left = []
    for _ in range(3):
        retention.wipe_due(rig.services, per_step=2)
        left.append(rig.read(personal.count_held, rig.owner.scope))
    assert left == [3, 1, 0]
    for order_id in rig.place(5, kind="NORMAL"):
        end(rig, order_id)
    rig.world.market.advance(20 * DAY_S)
    retention.wipe_all(rig.services, per_step=2)
    assert rig.read(personal.count_held, rig.owner.scope) == 0


def test_each_account_has_its_own_time(rig):
    assert retention.kept(rig.services, rig.owner).days == DEFAULT_DAYS
    for days in CHOICES:
        retention.set_days(rig.services, rig.owner, days)
        assert retention.kept(rig.services, rig.owner).days == days
    with pytest.raises(BadInput):
        retention.set_days(rig.services, rig.owner, 8)
