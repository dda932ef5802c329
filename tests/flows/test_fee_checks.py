"""Fees are checked as they settle and rates looked at each day, once each, whatever dies; and nothing is made up."""

import contextlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flows.listening import faults
from flows.mishaps import Fate, KilledError, MortalStore
from flows.rig import scope
from local_world import WORLD_URL

from service.core.ledger.auditing import OWN_RATE
from service.core.ledger.drift import rises_of
from service.core.ledger.shop_terms import ShopTerms
from service.core.roles import Scope
from service.errors import NotFound
from service.flows import connect, fee_drifts, finance
from service.flows.fee_checks import walk_on
from service.store import fee_checks, shop_terms, shops
from service.store import fee_drifts as kept_drifts
from service.store import finance as ledger

DAY_S = 86_400
COMMISSION = "platform_commission_amount"
pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


@pytest.fixture
def settled(rig):
    """The shop after weeks of trade, all of its orders known here; the product has seen none of its finance."""
    faults(rig, qps=100_000)
    rig.world.market.seed_history(60, days=40)
    rig.fetch(sorted(rig.world.market.world.orders))
    rig.world.market.advance(DAY_S)
    rig.clock.advance(5)
    begin(rig)
    return rig


def begin(rig):
    """The shop's past is here, and finance is due."""
    rig.write(ledger.open_cursors, rig.clock.now() + finance.EVERY)
    rig.sweep()
    rig.settle(patience_s=0)
    rig.clock.advance(finance.EVERY.total_seconds())


def read_all(rig):
    """Finance is read to its end."""
    shop = rig.read(shops.shop_unscoped, rig.shop.id)
    assert shop.import_at is None
    access = connect.access(rig.services, shop)
    while finance.run(rig.services, shop, access, deadline=float("inf")):
        pass


def tallies(rig, asked=None):
    now = rig.clock.now()
    period = {"since": now - timedelta(days=400), "until": now + timedelta(days=400)}
    found = rig.read(fee_checks.tallies, asked or scope(rig), **period)
    return found, rig.read(fee_checks.findings, asked or scope(rig), of=found, limit=500, **period)


def test_a_shop_that_is_charged_by_the_rules_has_no_findings(settled):
    read_all(settled)
    found, _ = tallies(settled)
    (commission,) = [one for one in found if one.field == COMMISSION]
    assert commission.holds
    assert (commission.over_count, commission.under_count) == (0, 0)
    stored = settled.read(fee_checks.settled_after, settled.shop.id, "", limit=500)
    assert 20 < commission.fitting <= len(stored)


def test_a_rule_that_no_order_bears_out_accuses_nobody(settled):
    """The market charges its fee of each order under another name: the rule is in doubt."""
    read_all(settled)
    found, _ = tallies(settled)
    (per_order,) = [one for one in found if one.field == "transaction_fee_amount"]
    assert per_order.under_count > 20
    assert not per_order.holds


def test_a_rate_of_the_seller_s_own_has_every_order_checked_again(settled):
    read_all(settled)
    terms = ShopTerms(date(2020, 1, 1), commission_percent=Decimal(8))
    settled.write(shop_terms.put, settled.shop, terms, settled.clock.now())
    settled.clock.advance(finance.EVERY.total_seconds() + 1)
    read_all(settled)
    found, listed = tallies(settled)
    (own,) = [one for one in found if one.field == COMMISSION]
    assert (own.certainty, own.under_count) == (OWN_RATE, 0)
    assert own.over_count > 20
    over = [one.check for one in listed if one.check.field == COMMISSION]
    assert own.over_minor == sum(one.difference for one in over) * 100
    assert [one.difference for one in over] == sorted((one.difference for one in over), reverse=True)


def test_a_refund_after_settlement_has_its_order_checked_again(settled):
    read_all(settled)
    before = {finding.order_id: finding.check.statement_ids for finding in tallies(settled)[1]}
    refunded = next(order_id for order_id in sorted(before) if refund(settled, order_id).is_success)
    settled.world.market.advance(5 * DAY_S)
    settled.clock.advance(finance.EVERY.total_seconds() + 1)
    read_all(settled)
    after = {finding.order_id: finding.check.statement_ids for finding in tallies(settled)[1]}
    assert set(after[refunded]) > set(before[refunded])


def refund(rig, order_id):
    return rig.world.http.post(f"{WORLD_URL}/tiktok/control/finance/refunds", json={"order_id": order_id})


def test_a_process_that_dies_anywhere_checks_each_order_once(settled):
    access = connect.access(settled.services, settled.shop)
    shop = settled.read(shops.shop_unscoped, settled.shop.id)
    deaths = 0
    for moment in range(400):
        fate = Fate(1 if moment % 2 else 3)
        with contextlib.suppress(KilledError):
            parts = replace(settled.services, store=MortalStore(settled.services.store, fate))
            finance.run(parts, shop, access, deadline=float("inf"))
        deaths += fate.is_dead
        if not fate.is_dead:
            break
    assert deaths > 20
    died = tallies(settled)
    settled.write(fee_checks.forget_shop, shop.id)
    walk_on(settled.services, shop, lambda: True)
    assert tallies(settled) == died


def test_nobody_else_reads_them(settled):
    read_all(settled)
    assert tallies(settled)[0]
    assert tallies(settled, Scope("another-account")) == ([], [])
    assert tallies(settled, Scope(settled.shop.account_id, frozenset({"another-shop"}))) == ([], [])


# --- rates that rise --------------------------------------------------------------------------------------------------

PLAIN = {
    "has_programme": False, "unknown": "", "deposit": "", "partner_bp": 0, "ads_bp": 0, "has_uncovered": False,
    "adjustment": "", "is_fast": False, "gap_days": 0, "reserve_bp": 0,
}  # fmt: skip


def trade(rig, *, affiliate_bp):
    """Enough orders to tell a rate, settled and read."""
    for order in rig.world.market.place_orders(40, status="DELIVERED"):
        body = {"order_id": order.id, "traits": PLAIN | {"affiliate_bp": affiliate_bp}}
        assert rig.world.http.post(f"{WORLD_URL}/tiktok/control/finance/traits", json=body).is_success
    rig.world.market.advance(12 * DAY_S)
    rig.clock.advance(fee_drifts.LOOK_EVERY.total_seconds() + 1)
    read_all(rig)


@pytest.fixture
def risen(rig):
    """A shop whose creators take a fifth of what they took nothing of before."""
    faults(rig, qps=100_000)
    begin(rig)
    trade(rig, affiliate_bp=0)
    assert fee_drifts.told(rig.services, rig.owner) == []
    trade(rig, affiliate_bp=2_000)
    return rig


def test_a_rise_is_told_once_with_the_fee_that_rose(risen):
    (told,) = fee_drifts.told(risen.services, risen.owner)
    assert (told.shop_name, told.row.currency) == (risen.shop.name, "GBP")
    assert rises_of(told.row.drift)[0].field == "affiliate_commission_amount"
    for _ in range(3):
        risen.clock.advance(fee_drifts.LOOK_EVERY.total_seconds() + 1)
        read_all(risen)
        fee_drifts.look(risen.services, risen.shop)
    assert [one.row.id for one in fee_drifts.told(risen.services, risen.owner)] == [told.row.id]


def test_a_rise_that_somebody_took_note_of_is_told_no_more(risen):
    (told,) = fee_drifts.told(risen.services, risen.owner)
    fee_drifts.dismiss(risen.services, risen.owner, told.row.id)
    fee_drifts.dismiss(risen.services, risen.owner, told.row.id)
    risen.clock.advance(fee_drifts.LOOK_EVERY.total_seconds() + 1)
    read_all(risen)
    assert fee_drifts.told(risen.services, risen.owner) == []
    assert fee_drifts.show(risen.services, risen.owner, told.row.id).row.drift == told.row.drift


def test_a_rise_of_another_account_is_not_found(risen):
    (told,) = fee_drifts.told(risen.services, risen.owner)
    stranger = replace(risen.owner, account_id="another-account")
    for ask in (fee_drifts.show, fee_drifts.dismiss):
        with pytest.raises(NotFound):
            ask(risen.services, stranger, told.row.id)
    assert fee_drifts.told(risen.services, stranger) == []


def test_rates_that_fall_again_end_the_rise_and_one_look_a_day_is_enough(risen):
    """It stays told until somebody takes note of it."""
    trade(risen, affiliate_bp=0)
    trade(risen, affiliate_bp=0)
    (told,) = fee_drifts.told(risen.services, risen.owner)
    assert told.row.is_over
    assert risen.read(kept_drifts.under_way, risen.shop.id) == {}
    walk = risen.read(fee_checks.walk_of, risen.shop)
    risen.clock.advance(60)
    fee_drifts.look(risen.services, risen.shop)
    assert risen.read(fee_checks.walk_of, risen.shop).looked_at == walk.looked_at
