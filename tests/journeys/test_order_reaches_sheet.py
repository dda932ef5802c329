"""The main job: an order that was just paid stands in the sheet, changes in place, and stands there once."""

import pytest
from local_world import WORLD_URL

from service.flows import upkeep

TAB = "SLA Watch List"
ADDRESS = {"recipient_address": {"full_address": "7 Elm Row, Leeds, LS1 4AB", "name": "Ada Flint"}}


def still(rows, order_id):
    """The order's rows without the countdown, which ticks by itself."""
    return [{**row, "Time left": ""} for row in rows if row["Order ID"] == order_id]


def ids(sheet, tab=TAB):
    return [row["Order ID"] for row in sheet.cells(tab)]


@pytest.mark.every_database
def test_paid_order_is_a_row_within_one_pass(live):
    """Webhook, fetch, save, write: nothing else is asked of anybody, and the ids are exact."""
    placed = live.product.shop().place(25)
    live.product.settle(patience_s=5)
    found = ids(live.sheet)
    assert set(found) == set(placed)
    assert all(len(order_id) == 18 and order_id.isdigit() for order_id in found)


@pytest.mark.every_database
def test_shipped_order_changes_in_the_same_row(live):
    """The row that waited to be shipped says who carries it; no row comes and none goes."""
    shop = live.product.shop()
    first, second = shop.place(2, kind="NORMAL")
    live.product.settle(patience_s=20)
    before = live.sheet.cells(TAB)
    live.product.clock.advance(60)
    shop.step(first, "ship")
    live.product.settle(patience_s=20)
    after = live.sheet.cells(TAB)
    assert [row["Key"] for row in after] == [row["Key"] for row in before]
    shipped = [row for row in after if row["Order ID"] == first]
    assert all(row["Status"] == "AWAITING_COLLECTION" and row["Carrier"] and row["Tracking #"] for row in shipped)
    assert still(after, second) == still(before, second)


def test_notices_lost_doubled_and_out_of_order_change_nothing_but_the_moment(live):
    """A notice is a hint: what is missed comes with the next poll, what comes twice comes once."""
    market = live.product.world.market
    market.world.faults.change({"webhook_lost": 2, "webhook_duplicated": 1, "webhook_unordered": True})
    placed = live.product.shop().place(5)
    live.product.clock.advance(1)
    live.product.settle(patience_s=20)
    wait_for_the_poll(live)
    assert sorted(set(ids(live.sheet))) == sorted(placed)
    keys = [row["Key"] for row in live.sheet.cells(TAB)]
    assert len(keys) == len(set(keys))


def test_forged_notice_is_refused_and_the_genuine_one_behind_it_is_followed(live):
    live.product.world.market.world.faults.change({"webhook_forged": 3, "webhook_unknown_type": 1})
    placed = live.product.shop().place(1)
    live.product.settle(patience_s=20)
    assert set(ids(live.sheet)) == set(placed)
    assert live.product.world.market.calls.show()["webhooks"]["forged"] >= 1


def test_address_edited_without_a_new_update_time_reaches_the_label(connected):
    """Upstream does not always move the update time; what we fetch later and differs is newer."""
    connected.switch("warehouse:PII").bind("preset:pick_and_ship")
    (order_id,) = connected.product.shop().place(1, kind="NORMAL")
    connected.product.settle(patience_s=20)
    connected.product.clock.advance(60)
    change(connected, order_id, ADDRESS, bump=False)
    rows = [row for row in connected.sheet.cells("3PL pick & ship") if row["Order ID"] == order_id]
    assert rows
    assert all(row["Address"] == "7 Elm Row, Leeds, LS1 4AB" and row["Recipient"] == "Ada Flint" for row in rows)


def test_cancelled_order_stays_in_its_row_and_says_so(live):
    """A row once written is updated for good, also when its order leaves the filter."""
    shop = live.product.shop()
    (order_id,) = shop.place(1, kind="NORMAL")
    live.product.settle(patience_s=20)
    live.product.clock.advance(60)
    shop.step(order_id, "stock_cancel")
    live.product.settle(patience_s=20)
    assert {row["Status"] for row in live.sheet.cells(TAB) if row["Order ID"] == order_id} == {"CANCELLED"}


def test_past_orders_fill_the_sheet_newest_first(connected):
    """Whoever binds a tab finds what waits already, and the sidebar counts it."""
    connected.product.shop().place(3)
    connected.bind()
    sidebar = connected.sidebar("owner")
    assert len(set(ids(connected.sheet))) == 3
    assert sidebar.says(TAB)
    assert not sidebar.says("of 3 rows")


def change(team, order_id, changes, *, bump=True):
    """The buyer or the seller edits the order in TikTok, and we hear of it."""
    body = {"order_id": order_id, "changes": changes, "bump": bump}
    answer = team.product.world.http.post(f"{WORLD_URL}/tiktok/control/edit", json=body)
    assert answer.is_success, answer.text
    team.product.settle(patience_s=20)


def wait_for_the_poll(team):
    """Ten minutes pass, and the schedule looks around."""
    team.product.clock.advance(600)
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=60)
