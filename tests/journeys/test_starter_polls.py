"""Starter: no webhooks, a poll every half hour brings what changed."""

from dataclasses import replace

import pytest

from service.flows import upkeep

TAB = "SLA Watch List"


@pytest.fixture
def settings(local_world, database_url):
    """New accounts are on the smallest plan."""
    return replace(local_world.settings(database_url), default_plan="starter")


def half_an_hour_later(team):
    team.product.clock.advance(1800)
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=20)


def test_order_comes_with_the_next_poll_and_not_before(live):
    """Notices of the app as a whole may still arrive; on this plan they are taken and not followed."""
    placed = live.product.shop().place(4)
    live.product.settle(patience_s=60)
    assert live.sheet.cells(TAB) == []
    half_an_hour_later(live)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(placed)


def test_shipped_order_changes_with_the_next_poll(live):
    shop = live.product.shop()
    (order_id,) = shop.place(1, kind="NORMAL")
    half_an_hour_later(live)
    shop.step(order_id, "ship")
    half_an_hour_later(live)
    assert {row["Status"] for row in live.sheet.cells(TAB)} == {"AWAITING_COLLECTION"}


def test_nothing_was_ordered_from_tiktok_but_the_end_of_consent_is_heard(live):
    """No subscription is made for the shop. That the seller took the consent back is never missed."""
    market = live.product.world.market
    assert market.world.state.subscriptions.get(market.world.default_shop().id, {}) == {}
    market.deauthorize(market.world.default_shop().id)
    live.product.settle()
    assert [shop.state for shop in live.shops()] == ["expired"]


def test_refresh_now_asks_the_shop_at_once(live):
    """Whoever cannot wait presses the button."""
    placed = live.product.shop().place(2)
    live.product.clock.advance(60)
    sidebar = live.sidebar("owner")
    sidebar.press("Refresh now")
    live.product.settle(patience_s=20)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(placed)
