"""Notices and what is newer: whatever is late, lost, repeated or masked, the truth is stored once."""

from dataclasses import replace

import pytest
from flows.listening import faults, known, made, notice, shop_now, stored
from local_world import WORLD_URL

from service.core.plans import PlanId
from service.errors import UpstreamFailed
from service.flows import ingest, upkeep
from service.store import notices, tables
from service.tiktok.webhook import NoticeKind

pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


# --- notices ---------------------------------------------------------------------------------------------------------


def test_a_notice_is_taken_durably_and_followed_by_a_job(rig):
    """Nothing upstream is asked while the webhook waits for its answer."""
    placed = made(rig, 2)
    rig.world.market.calls.clear()
    assert ingest.receive(rig.services, notice(rig, placed)) == "taken"
    assert rig.world.market.calls.show()["total"] == 0
    assert known(rig) == set()
    rig.settle(patience_s=0)
    assert known(rig) == set(placed)
    assert rig.read(notices.waiting, rig.shop.tiktok_shop_id, limit=9) == []


def test_a_repeated_notice_changes_nothing(rig):
    placed = made(rig)
    assert ingest.receive(rig.services, notice(rig, placed)) == "taken"
    rig.settle(patience_s=0)
    assert ingest.receive(rig.services, notice(rig, placed)) == "repeated"
    assert rig.wake.waiting == []


def test_many_notices_enqueue_one_job(rig):
    placed = made(rig, 5)
    for number, order_id in enumerate(placed):
        ingest.receive(rig.services, notice(rig, [order_id], number=f"n{number}"))
    assert len(rig.wake.waiting) == 1
    rig.settle(patience_s=0)
    assert known(rig) == set(placed)


def test_kinds_we_do_not_use_and_unknown_shops_are_forgotten(rig):
    assert ingest.receive(rig.services, notice(rig, kind=NoticeKind.IGNORED)) == "ignored"
    assert ingest.receive(rig.services, notice(rig, ["1"], shop_id="7400000000000000000")) == "unknown shop"
    assert ingest.receive(rig.services, replace(notice(rig, ["1"]), shop_id="")) == "unknown shop"
    assert rig.wake.waiting == []
    assert rig.read(notices.shops_waiting) == []


def test_a_notice_about_an_order_nobody_knows_is_done_with(rig):
    """One foreign id fails the vendor's whole call: the other orders come all the same."""
    placed = made(rig, 2)
    ingest.receive(rig.services, notice(rig, [placed[0], "576400000000000001", placed[1]]))
    rig.settle(patience_s=0)
    assert known(rig) == set(placed)
    assert rig.read(notices.shops_waiting) == []


def test_notices_out_of_order_end_in_the_truth(rig):
    """A notice is a hint: the order is fetched as it is now, whichever notice came first."""
    (order_id,) = made(rig)
    first, second = notice(rig, [order_id], number="n1"), notice(rig, [order_id], number="n2")
    rig.clock.advance(5)
    rig.world.market.take_step(order_id, "ship")
    ingest.receive(rig.services, second)
    rig.settle(patience_s=0)
    assert stored(rig, order_id).status == "AWAITING_COLLECTION"
    ingest.receive(rig.services, first)
    rig.settle(patience_s=0)
    assert stored(rig, order_id).status == "AWAITING_COLLECTION"


def test_a_failed_fetch_leaves_the_notice_waiting(rig):
    placed = made(rig)
    ingest.receive(rig.services, notice(rig, placed))
    faults(rig, unavailable=9, only_path="/order/")
    rig.settle(patience_s=0)
    assert rig.read(notices.shops_waiting) == [rig.shop.tiktok_shop_id]
    assert shop_now(rig).tries == 1
    faults(rig, reset=True)
    rig.live_through(30)
    assert known(rig) == set(placed)
    assert (shop_now(rig).tries, shop_now(rig).trouble) == (0, None)


def test_on_a_plan_that_only_polls_notices_are_not_followed(rig):
    with rig.services.store.write() as tx:
        tx.execute(tables.accounts.update().values(plan=PlanId.STARTER.value))
    placed = made(rig)
    ingest.receive(rig.services, notice(rig, placed))
    rig.settle(patience_s=0)
    assert known(rig) == set()
    assert rig.read(notices.shops_waiting) == []


# --- what is newer ---------------------------------------------------------------------------------------------------


def test_content_that_changes_without_moving_its_time_is_seen(rig, paper):
    """The vendor may edit addresses, tracking and notes without moving update_time."""
    (order_id,) = rig.place(1)
    rig.settle()
    before = stored(rig, order_id)
    changes = {"recipient_address": {**address(rig, order_id), "name": "Somebody Else"}, "seller_note": "careful"}
    body = {"order_id": order_id, "changes": changes, "bump": False, "notify": False}
    assert rig.world.http.post(f"{WORLD_URL}/tiktok/control/edit", json=body).is_success
    rig.clock.advance(5)
    rig.fetch([order_id])
    after = stored(rig, order_id)
    assert after.updated_at == before.updated_at
    assert (after.recipient.name, after.seller_note) == ("Somebody Else", "careful")
    assert rig.dirty(paper)


def test_a_masked_address_never_replaces_a_good_one(rig):
    """There is no call to unmask: what was known stays known, and the rest of the order moves on."""
    (order_id,) = rig.place(1)
    good = stored(rig, order_id).recipient
    assert good.name
    assert "*" not in good.phone
    rig.edit(order_id, shipping_type="TIKTOK", seller_note="by platform")
    shown = rig.world.market.world.show(rig.world.market.world.orders[order_id])
    assert "*" in shown["recipient_address"]["name"]
    after = stored(rig, order_id)
    assert after.recipient == good
    assert after.seller_note == "by platform"


def test_a_status_never_moves_back(rig):
    (order_id,) = rig.place(1)
    for step in ("ship", "scan", "deliver"):
        rig.clock.advance(1)
        rig.world.market.take_step(order_id, step)
    rig.fetch([order_id])
    rig.edit(order_id, status="AWAITING_SHIPMENT")
    assert stored(rig, order_id).status == "DELIVERED"


def test_an_older_answer_that_comes_late_changes_nothing(rig):
    """Two fetches cross: the one that began earlier and ended later brings the older order."""
    (order_id,) = rig.place(1)
    old = stored(rig, order_id)
    rig.ship(order_id)
    new = stored(rig, order_id)
    assert ingest.save(rig.services, rig.shop, [old]) == 0
    assert stored(rig, order_id) == new


def test_search_and_detail_of_one_order_do_not_fight(rig, paper):
    """The search shows a little less than the detail: taking turns must not make the row dirty again and again."""
    placed = rig.place(3)
    rig.settle()
    rig.clock.advance(700)
    rig.sweep()
    rig.settle(patience_s=0)
    assert rig.dirty(paper) == []
    rig.clock.advance(5)
    rig.fetch(placed)
    assert rig.dirty(paper) == []


def address(rig, order_id):
    return rig.world.market.world.show(rig.world.market.world.orders[order_id])["recipient_address"]


# --- back-off --------------------------------------------------------------------------------------------------------


def test_tries_come_later_and_later_up_to_a_quarter_of_an_hour():
    failed = UpstreamFailed("x")
    assert [ingest.back_off_s(failed, tries) for tries in (1, 2, 3, 9, 10, 40)] == [2, 4, 8, 512, 900, 900]


def test_what_the_vendor_asks_for_is_the_least(rig):
    asked_for = UpstreamFailed("x", retry_after_s=120)
    assert ingest.back_off_s(asked_for, 1) == 120
    assert ingest.put_off(rig.services, rig.shop.id, asked_for) == 120
    assert ingest.run_shop(rig.services, rig.shop.id) == pytest.approx(120)


def test_trouble_is_told_and_taken_back(rig):
    ingest.put_off(rig.services, rig.shop.id, UpstreamFailed("TikTok is away."))
    assert (shop_now(rig).trouble, shop_now(rig).tries) == ("TikTok is away.", 1)
    rig.clock.advance(3)
    ingest.run_shop(rig.services, rig.shop.id)
    assert (shop_now(rig).trouble, shop_now(rig).tries) == (None, 0)


def test_a_shop_that_is_gone_is_put_off_by_nobody(rig):
    assert ingest.put_off(rig.services, "nobody-s", UpstreamFailed("x")) is None
    assert ingest.run_shop(rig.services, "nobody-s") is None


# --- time alone ------------------------------------------------------------------------------------------------------


def test_rows_whose_urgency_changed_by_time_alone_are_written_again(rig, paper):
    """Nobody touched the order; its deadline came nearer, and the sheet says so."""
    rig.place(2)
    rig.settle()
    before = {row["Urgency"] for row in paper.rows()}
    assert before == {"ok"}
    rig.clock.advance(40 * 3600)
    rig.world.market.tick()
    upkeep.wake_due(rig.services)
    rig.settle()
    assert before.isdisjoint(row["Urgency"] for row in paper.rows() if row["Status"] == "AWAITING_SHIPMENT")
