"""Shops: giving, waiting for and renewing a consent; taking a shop away."""

import pytest
from drivers import connect_shop

from cards.actions import Action
from service.store import orders, shops


@pytest.fixture
def team(begin):
    return begin(until="opened")


def begun(team):
    """The start page was opened and the browser is back from Google; TikTok has not been asked."""
    owner = team.sidebar("owner").press("Connect a shop")
    browser = team.product.browser()
    browser.sign_in(browser.start(owner.link_of("Continue to TikTok")), owner.person.email)
    return owner, browser


def test_status_before_the_page_was_opened_shows_the_start_again(team):
    owner = team.sidebar("owner").press("Connect a shop").press("Refresh")
    assert owner.title == "Connect a shop"
    assert "Continue to TikTok" in owner.labels()


def test_status_waits_while_the_page_is_open(team):
    owner, _browser = begun(team)
    owner.press("Refresh")
    assert owner.says("Waiting for TikTok")
    assert owner.says("10 minutes")


def test_status_of_a_page_left_open_says_that_it_ran_out(team):
    owner, _browser = begun(team)
    team.product.clock.advance(700)
    assert owner.press("Refresh").says("The page was open for too long or was used already.")


def test_refused_consent_is_said_and_changes_nothing(team):
    owner, browser = begun(team)
    browser.consent("deny")
    team.product.clock.advance(60)
    assert owner.press("Refresh").says("The consent was refused on the TikTok page.")
    assert team.shops() == []


def test_given_consent_shows_the_shop_and_the_next_step(team):
    owner = team.sidebar("owner")
    connect_shop(team.product, owner)
    owner.press("Refresh")
    assert owner.title == "Your shop is connected"
    assert "Choose a profile" in owner.labels()


def test_closing_the_window_after_a_consent_brings_the_good_news(team):
    """Google repeats the press when the window closes: it must not look as if nothing had happened."""
    owner = team.sidebar("owner")
    connect_shop(team.product, owner)
    owner.post("connect-shop")
    assert owner.title == "Your shop is connected"
    team.product.clock.advance(60)
    owner.post("connect-shop")
    assert owner.title == "Connect a shop", "later the button connects another one"


def test_shops_are_listed_with_their_consent(team):
    team.connect()
    owner = team.sidebar("owner").press("Manage shops")
    assert owner.says("Connected")
    assert any(text.startswith("Consent ends") for text in owner.texts())


def test_disconnecting_names_what_stops_and_forgets_the_buyers(team):
    """Rows stay in the sheet, orders in the database; names and addresses are gone at once."""
    team.connect()
    (order_id,) = team.product.shop().place(1)
    team.bind()
    shop = team.shops()[0]
    owner = team.sidebar("owner").press("Manage shops").press("Disconnect")
    assert owner.says("SLA Watch List")
    owner.press("Disconnect shop")
    assert owner.says("Disconnected")
    services = team.product.services
    with services.store.read() as tx:
        kept = orders.stored(tx, services.store.sealer, shop_id=shop.id, order_ids=[order_id])[order_id]
    assert kept.recipient == orders.EMPTY


def test_shop_connected_again_goes_on_where_it_stopped(team):
    """The same record: rows that stand in sheets keep their orders; the past is fetched once more."""
    team.connect()
    (order_id,) = team.product.shop().place(1)
    before = team.shops()[0].id
    team.product.clock.advance(60)  # until the market's search finds the order
    owner = team.sidebar("owner").press("Manage shops").press("Disconnect").press("Disconnect shop")
    owner.press("Connect again")
    assert owner.says("Renew the consent of Bloom & Thread.")
    browser = team.product.browser()
    browser.sign_in(browser.start(owner.link_of("Continue to TikTok")), owner.person.email)
    browser.consent()
    team.product.settle()
    assert [shop.id for shop in team.shops()] == [before]
    services = team.product.services
    with services.store.read() as tx:
        again = orders.stored(tx, services.store.sealer, shop_id=before, order_ids=[order_id])[order_id]
    assert again.recipient != orders.EMPTY


def test_expired_shop_offers_to_connect_again(team):
    team.connect()
    with team.product.services.store.write() as tx:
        shops.end_consent(tx, team.shops()[0].consent_id)
    owner = team.sidebar("owner").post("shops")
    assert owner.says("Consent expired")
    owner.press(Action.CONNECT_SHOP)
    assert owner.says("Renew the consent of Bloom & Thread.")
