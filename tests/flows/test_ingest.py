"""Notices, polls and the import of the past: whatever is late, lost, repeated or masked, the truth is stored once."""

import contextlib
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import stamina
from flows.mishaps import Fate, KilledError, MortalStore
from flows.rig import attach_shop, scope
from local_world import WORLD_URL

from service.core.plans import PlanId
from service.errors import NotConnected, UpstreamFailed
from service.flows import connect, ingest, upkeep
from service.store import notices, orders, shops, tables
from service.tiktok.webhook import Notice, NoticeKind


def notice(rig, order_ids=(), *, number="n1", kind=NoticeKind.ORDERS_CHANGED, shop_id="", at=None):
    return Notice(
        notice_id=number,
        type=1,
        kind=kind,
        shop_id=shop_id or rig.shop.tiktok_shop_id,
        seller_open_id="",
        order_ids=tuple(order_ids),
        cancel_id="",
        return_id="",
        status="",
        happened_at=at,
        expires_at=None,
        app_key="",
    )


def made(rig, count=1, **wishes):
    """Orders that nobody told us of."""
    with rig.world.market.world.quiet():  # no notice, and no lag of the search
        return [order.id for order in rig.world.market.place_orders(count, **wishes)]


def stored(rig, order_id):
    return rig.read(orders.one, rig.services.store.sealer, scope(rig), order_id)


def known(rig):
    found = rig.read(orders.newest, rig.services.store.sealer, scope(rig), limit=1000)
    return {order.order_id for order in found}


def shop_now(rig):
    return rig.read(shops.shop_unscoped, rig.shop.id)


def faults(rig, **changes):
    assert rig.world.http.post(f"{WORLD_URL}/tiktok/control/faults", json=changes).is_success


def asked(rig, path):
    """How often an endpoint whose address ends so was asked."""
    by_endpoint = rig.world.market.calls.show()["by_endpoint"]
    return sum(one["count"] for endpoint, one in by_endpoint.items() if endpoint.endswith(path))


@pytest.fixture(autouse=True)
def no_retries_inside_a_call():
    """The client's own short retries wait in real time; what comes after them is what is tested here."""
    with stamina.set_testing(True, attempts=1):
        yield


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


class Watched:
    """A store that tells after each commit."""

    def __init__(self, store, tell):
        self._store, self._tell = store, tell
        self.sealer, self.read = store.sealer, store.read

    @contextlib.contextmanager
    def write(self):
        with self._store.write() as tx:
            yield tx
        self._tell()


# --- consents --------------------------------------------------------------------------------------------------------


def consent_now(rig):
    return rig.read(shops.consent, shop_now(rig).consent_id)


def test_a_refused_access_token_is_renewed_in_passing(rig):
    placed = made(rig, 2)
    faults(rig, expire_access_tokens=True)
    rig.fetch(placed)
    assert known(rig) == set(placed)
    assert consent_now(rig).version == 2


def test_a_token_is_renewed_before_it_runs_out_and_only_then(rig):
    rig.world.market.calls.clear()
    rig.fetch(made(rig))
    assert asked(rig, "/token/refresh") == 0
    left = consent_now(rig).access_expires_at - rig.clock.now()
    rig.clock.advance((left - connect.RENEW_BEFORE).total_seconds() + 1)
    rig.fetch(made(rig))
    rig.fetch(made(rig))
    assert asked(rig, "/token/refresh") == 1


def test_two_workers_renew_one_token_once(rig):
    """Both see that it is about to run out; one renews, the other goes on with what is still good."""
    left = consent_now(rig).access_expires_at - rig.clock.now()
    rig.clock.advance((left - connect.RENEW_BEFORE).total_seconds() + 1)
    rig.world.market.calls.clear()
    tokens, go = [], threading.Barrier(2)

    def ask():
        go.wait()
        tokens.append(connect.access_token(rig.services, shop_now(rig).consent_id, rejected=""))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(tokens) == 2
    assert asked(rig, "/token/refresh") == 1
    assert consent_now(rig).version == 2


def test_who_comes_while_a_dead_token_is_being_renewed_is_told_to_wait(rig):
    consent = consent_now(rig)
    now = rig.clock.now()
    assert rig.write(shops.claim_refresh, consent.id, version=1, now=now, until=now + connect.RENEW_CLAIM)
    token, _ = shops.unseal_pair(rig.services.store.sealer, consent.tokens)
    with pytest.raises(UpstreamFailed) as problem:
        connect.access_token(rig.services, consent.id, rejected=token)
    assert problem.value.retry_after_s == connect.RENEW_RETRY_S
    rig.clock.advance(31)
    assert connect.access_token(rig.services, consent.id, rejected=token) != token


def test_a_rotated_refresh_token_is_the_one_that_is_kept(rig):
    faults(rig, rotate_refresh_tokens=True, expire_access_tokens=True)
    _, before = shops.unseal_pair(rig.services.store.sealer, consent_now(rig).tokens)
    rig.fetch(made(rig))
    _, after = shops.unseal_pair(rig.services.store.sealer, consent_now(rig).tokens)
    assert after != before
    faults(rig, expire_access_tokens=True)
    rig.fetch(made(rig))
    assert consent_now(rig).version == 3


def test_a_revoked_consent_expires_the_shop_and_asks_nobody_any_more(rig):
    faults(rig, expire_access_tokens=True, revoke_refresh_tokens=True)
    ingest.receive(rig.services, notice(rig, made(rig)))
    rig.settle(patience_s=0)
    assert shop_now(rig).state == "expired"
    assert consent_now(rig).state == "dead"
    rig.world.market.calls.clear()
    rig.live_through(1300, step_s=100)
    assert rig.world.market.calls.show()["total"] == 0
    with pytest.raises(NotConnected):
        connect.access_token(rig.services, consent_now(rig).id, rejected="")


def test_a_token_host_that_is_away_ends_no_consent(rig):
    faults(rig, expire_access_tokens=True, auth_unavailable=9)
    with pytest.raises(UpstreamFailed):
        rig.fetch(made(rig))
    assert consent_now(rig).state == "live"
    assert consent_now(rig).refreshing_until is None, "the claim is free again"
    faults(rig, reset=True)
    rig.fetch(made(rig))


def test_the_notice_of_a_withdrawn_consent_expires_its_shops(rig):
    revoked = notice(rig, kind=NoticeKind.SHOP_REVOKED, at=rig.clock.now())
    assert ingest.receive(rig.services, revoked) == "deauthorised"
    assert shop_now(rig).state == "expired"
    assert ingest.run_shop(rig.services, rig.shop.id) is None


def test_a_late_notice_of_a_withdrawal_does_not_end_the_consent_given_since(rig):
    """The seller withdrew, thought again and connected; only then the notice arrived."""
    withdrawn_at = rig.clock.now()
    rig.clock.advance(60)
    rig.write(shops.end_consent, shop_now(rig).consent_id)
    attach_shop(rig.services, rig.world, rig.owner)
    late = notice(rig, kind=NoticeKind.SHOP_REVOKED, at=withdrawn_at)
    assert ingest.receive(rig.services, late) == "late"
    assert shop_now(rig).state == "live"


def test_a_failure_under_the_old_consent_does_not_end_the_one_given_since(rig):
    """While the run's last call was under way the seller connected again; the refusal belongs to the old consent."""
    placed = made(rig, 1)
    ingest.receive(rig.services, notice(rig, placed))
    old = shop_now(rig)
    faults(rig, expire_access_tokens=True, revoke_refresh_tokens=True)

    def connect_again():
        if shop_now(rig).consent_id == old.consent_id and consent_now(rig).refreshing_until is not None:
            attach_shop(rig.services, rig.world, rig.owner)

    late = replace(rig.services, store=Watched(rig.services.store, connect_again))
    with pytest.raises(NotConnected) as problem:
        ingest.run_shop(late, rig.shop.id)
    assert ingest.put_off(rig.services, rig.shop.id, problem.value) is None
    fresh = shop_now(rig)
    assert fresh.consent_id != old.consent_id
    assert (fresh.state, fresh.trouble, fresh.tries, consent_now(rig).state) == ("live", None, 0, "live")
    assert rig.read(shops.consent, old.consent_id).state == "dead"
    faults(rig, reset=True)
    rig.settle(patience_s=0)
    assert known(rig) == set(placed)


def test_a_call_refused_for_good_ends_the_consent_it_was_made_under(rig):
    """Also when the refusal comes from the shop's side and no token was renewed; nobody asks again."""
    old = shop_now(rig)
    ingest.receive(rig.services, notice(rig, made(rig)))
    faults(rig, expire_access_tokens=True, revoke_refresh_tokens=True)
    with pytest.raises(NotConnected) as problem:
        ingest.run_shop(rig.services, rig.shop.id)
    assert ingest.put_off(rig.services, rig.shop.id, problem.value) is None
    assert (shop_now(rig).state, shop_now(rig).trouble) == ("expired", problem.value.sentence)
    assert rig.read(shops.consent, old.consent_id).state == "dead"


def test_what_is_fetched_is_dated_by_the_time_of_the_market(rig):
    """Where the market is ahead, as in the local world, a cell that says when we fetched lies behind no order's own."""
    rig.world.market.clock.advance(86_400 * 3)
    (order_id,) = made(rig)
    rig.fetch([order_id])
    order = stored(rig, order_id)
    assert order.fetched_at >= order.created_at
    assert order.fetched_at == rig.clock.market()


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
