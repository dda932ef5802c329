"""A shop moves to another account only with the seller's fresh consent: to a dead one's place, or asked for in time."""

from datetime import timedelta

import pytest
from drivers import connect_shop
from team import build_team

from cards.actions import Action
from service.store import people as people_store
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


# --- a shop that is live ---

WEEK_S = 7 * 24 * 3600


@pytest.fixture
def ask(routed, start, people):
    """The stranger's account goes through the consent for the same shop; the last page."""

    def go():
        other = routed.browser()
        other.sign_in(other.start(start(people["stranger"], "Menon Goods")), people["stranger"].email)
        return other.consent().text

    return go


def holders(services, rows):
    """The account of the shop that is not disconnected."""
    (shop,) = [row for row in rows()["shops"] if "disconnected" not in row]
    with services.store.read() as tx:
        return people_store.account(tx, shop[1]).name


def test_live_shop_stays_and_both_accounts_have_the_request_on_record(services, connected, ask, rows, people, clock):
    """The page says when it could move; who asks is not the old account's business."""
    page = ask()
    assert "Not connected" in page
    assert (clock.now() + timedelta(days=7)).strftime("%d %B %Y") in page
    assert holders(services, rows) == "Bloom & Thread"
    assert len(rows()["consents"]) == 1, "tokens that open nothing are not kept"
    told = [row for row in rows()["audit"] if "claim-shop" in row]
    assert len(told) == 2
    assert sum(1 for row in told if people["stranger"].sub in row) == 1


def test_live_shop_moves_with_a_second_consent_a_week_later(services, connected, ask, rows, clock):
    ask()
    clock.advance(WEEK_S - 60)
    assert "Not connected" in ask()
    clock.advance(120)
    assert "Connected. You can close this window." in ask()
    assert holders(services, rows) == "Menon Goods"
    assert sum(1 for row in rows()["audit"] if "take-over-shop" in row) == 2


def test_asking_alone_moves_nothing_however_late(services, connected, ask, rows, clock):
    ask()
    clock.advance(20 * WEEK_S)
    assert holders(services, rows) == "Bloom & Thread"


def test_request_that_was_not_confirmed_lapses_after_a_month(services, connected, ask, rows, clock):
    ask()
    clock.advance(31 * 24 * 3600)
    assert "Not connected" in ask()
    assert holders(services, rows) == "Bloom & Thread"


def test_shop_that_went_back_is_asked_for_anew(services, routed, connected, ask, rows, start, people, clock):
    """The request of before was settled: it must not move the shop back and forth without notice."""
    ask()
    clock.advance(WEEK_S + 60)
    ask()
    assert holders(services, rows) == "Menon Goods"
    back = routed.browser()
    for _ in range(2):
        back.sign_in(back.start(start(people["owner"])), people["owner"].email)
        back.consent()
        clock.advance(WEEK_S + 60)
    assert holders(services, rows) == "Bloom & Thread"
    assert "Not connected" in ask()


def test_owners_are_told_on_their_home_card(product, people, clock):
    """An admin connected a shop, a stranger asks for it, it moved away: news to owners who did not do it themselves."""
    team = build_team(product, people).join("admin").connect()
    team.bind()
    assert not team.sidebar("owner").says("News")
    connect_shop(product, team.sidebar("admin").post("shops"))
    told = team.sidebar("owner")
    assert told.says(f"{people['admin'].email} connected")
    assert not team.sidebar("admin").says("connected the shop")
    stranger = product.sidebar(people["stranger"], spreadsheet_id=product.sheet(people["stranger"]).spreadsheet_id)
    stranger.press(Action.OPEN_ACCOUNT, form={"account_name": "Menon Goods"})
    connect_shop(product, stranger)
    told = team.sidebar("owner")
    assert told.says("Another account asks for")
    assert not told.says(people["stranger"].email)
    clock.advance(WEEK_S + 60)
    assert not team.sidebar("owner").says("connected Bloom"), "a week later it is news no more"
    connect_shop(product, product.sidebar(people["stranger"], spreadsheet_id=stranger.spreadsheet_id).post("shops"))
    assert team.sidebar("owner").says("moved to another account")
