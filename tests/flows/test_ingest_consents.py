"""Consents: tokens are renewed in passing and once, and a consent that ended ends no other."""

import threading
from dataclasses import replace

import pytest
from flows.listening import Watched, asked, faults, known, made, notice, shop_now, stored
from flows.rig import attach_shop

from service.errors import NotConnected, UpstreamFailed
from service.flows import connect, ingest
from service.store import shops
from service.tiktok.webhook import NoticeKind

pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


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
