"""A shop moves to another account only when its old consent is dead and the seller consents anew."""

import pytest

from service.store import shops as shop_store


@pytest.fixture
def services(routed):
    return routed.services


@pytest.fixture
def connected(routed, start, people):
    """The owner's shop, live."""
    browser = routed.browser()
    browser.sign_in(browser.start(start(people["owner"])), people["owner"].email)
    browser.consent()
    return browser


def test_shop_with_a_dead_consent_moves_with_a_fresh_one(routed, services, connected, start, people, rows):
    """The old account keeps its record as disconnected, the new one starts without any data of the shop."""
    (old,) = rows()["shops"]
    with services.store.write() as tx:
        consent_id = shop_store.shop_unscoped(tx, old[0]).consent_id
        shop_store.end_consent(tx, consent_id)
    other = routed.browser()
    other.sign_in(other.start(start(people["stranger"], "Menon Goods")), people["stranger"].email)
    assert "Connected" in other.consent().text
    states = {row[1]: row for row in rows()["shops"]}
    assert len(states) == 2
    with services.store.read() as tx:
        before = shop_store.shop_unscoped(tx, old[0])
        holder = shop_store.shop_holding(tx, before.tiktok_shop_id)
    assert before.state == "disconnected"
    assert holder.account_id != before.account_id
    assert holder.state == "live"
    assert sum(1 for row in rows()["audit"] if "take-over-shop" in row) == 2
