"""Connecting a shop in one browser, as one person, once: every other way in is shut."""

import threading

import httpx
import pytest
from flows.rig import MAYA, SAM, actor, attach_shop, caller, open_account, scope
from local_world import WORLD_URL

from service.core.roles import Role
from service.errors import BadInput, Conflict, NotAllowed, NotAuthentic, NotFound
from service.flows import connect, ingest, invitations, manage
from service.sandbox.people import person_of
from service.store import orders, people, shops, tables

RIVAL = person_of("ola@rival.example")


@pytest.fixture
def owner(services):
    """An account without a shop."""
    return open_account(services, MAYA)


class Browser:
    """One browser: its way through Google's and TikTok's pages."""

    def __init__(self, services, world):
        self.services, self.world = services, world

    def start(self, ticket):
        """Our start page sends it to Google."""
        self.leaving = connect.begin_sign_in(self.services, ticket)
        return self.leaving

    def sign_in(self, person=MAYA, *, cookie=None):
        """Google's page, then back on ours: the page that names the account."""
        code, state = self.google(person)
        named, fresh = connect.finish_sign_in(
            self.services, state=state, code=code, cookie=self.leaving.cookie if cookie is None else cookie
        )
        self.named, self.cookie = named, fresh
        return named

    def google(self, person=MAYA):
        return self._decide(self.leaving.url, {"email": person.email, "decision": "allow"})

    def tiktok(self, decision="allow", **more):
        """TikTok's consent page; the query it sends the browser back with."""
        return self._ask(self.named.urls[""], {"decision": decision, **more})

    def _decide(self, url, choice):
        query = self._ask(url, choice)
        return query["code"], query["state"]

    def _ask(self, url, choice):
        sent = dict(httpx.URL(url).params)
        answer = self.world.http.post(str(httpx.URL(url).copy_with(query=None)), data={**sent, **choice})
        assert answer.status_code == 302, answer.text
        return dict(httpx.URL(answer.headers["location"]).params)


@pytest.fixture
def browser(services, local_world):
    return Browser(services, local_world)


def ticket_of(services, who):
    return connect.start(services, who).partition("ticket=")[2]


def shops_of(services, who):
    return connect.shops_of(services, who.scope)


def test_the_whole_way_ends_with_the_shop_in_the_account(services, owner, browser):
    browser.start(ticket_of(services, owner))
    named = browser.sign_in()
    assert (named.account_name, named.email) == ("Bloom & Thread", MAYA.email)
    connected = connect.finish(services, browser.tiktok(), cookie=browser.cookie)
    assert connected.names == ("Bloom & Thread",)
    assert connected.refused == ()
    assert [shop.state for shop in shops_of(services, owner)] == ["live"]


def test_a_start_ticket_works_once(services, owner, browser):
    ticket = ticket_of(services, owner)
    browser.start(ticket)
    with pytest.raises(NotAuthentic):
        browser.start(ticket)


@pytest.mark.parametrize("ticket", ["", "made up", "x" * 500])
def test_a_made_up_ticket_leads_nowhere(services, owner, browser, ticket):
    with pytest.raises(NotAuthentic):
        browser.start(ticket)


def test_a_ticket_is_good_for_ten_minutes(services, owner, browser, clock):
    ticket = ticket_of(services, owner)
    clock.advance(600)
    with pytest.raises(NotAuthentic):
        browser.start(ticket)


def test_a_stolen_link_does_not_let_another_person_in(services, owner, browser, local_world):
    """Ola opens Maya's link in his own browser and signs in as himself: refused, and the way is spent."""
    browser.start(ticket_of(services, owner))
    with pytest.raises(NotAllowed):
        browser.sign_in(RIVAL)
    assert shops_of(services, owner) == []


def test_a_sign_in_comes_back_to_the_browser_it_left(services, owner, browser):
    """Without the cookie of that browser, or with another's, the state is worth nothing; and it is spent by trying."""
    browser.start(ticket_of(services, owner))
    with pytest.raises(NotAuthentic):
        browser.sign_in(cookie="another browser's")
    with pytest.raises(NotAuthentic):
        browser.sign_in()


def test_a_sign_in_state_works_once(services, owner, browser):
    browser.start(ticket_of(services, owner))
    code, state = browser.google()
    connect.finish_sign_in(services, state=state, code=code, cookie=browser.leaving.cookie)
    with pytest.raises(NotAuthentic):
        connect.finish_sign_in(services, state=state, code=code, cookie=browser.leaving.cookie)


def test_a_sign_in_state_does_not_finish_a_consent(services, owner, browser):
    """Each secret is for its own step."""
    browser.start(ticket_of(services, owner))
    _, state = browser.google()
    with pytest.raises(NotAuthentic):
        connect.finish(services, {"code": "c", "state": state}, cookie=browser.leaving.cookie)


def test_a_consent_comes_back_to_the_browser_it_left(services, owner, browser):
    browser.start(ticket_of(services, owner))
    browser.sign_in()
    query = browser.tiktok()
    with pytest.raises(NotAuthentic):
        connect.finish(services, query, cookie="another browser's")
    with pytest.raises(NotAuthentic):
        connect.finish(services, query, cookie=browser.cookie)
    assert shops_of(services, owner) == []


def test_a_replayed_consent_is_refused(services, owner, browser):
    browser.start(ticket_of(services, owner))
    browser.sign_in()
    query = browser.tiktok()
    connect.finish(services, query, cookie=browser.cookie)
    with pytest.raises(NotAuthentic):
        connect.finish(services, query, cookie=browser.cookie)


def test_a_consent_that_took_longer_than_ten_minutes_is_refused(services, owner, browser, clock):
    browser.start(ticket_of(services, owner))
    browser.sign_in()
    query = browser.tiktok()
    clock.advance(600)
    with pytest.raises(NotAuthentic):
        connect.finish(services, query, cookie=browser.cookie)


@pytest.mark.parametrize("query", [{}, {"code": "x"}, {"state": "made up", "code": "x"}])
def test_a_callback_out_of_nowhere_is_refused(services, owner, query):
    with pytest.raises(NotAuthentic):
        connect.finish(services, query, cookie="")


def test_a_seller_who_refuses_connects_nothing(services, owner, browser):
    browser.start(ticket_of(services, owner))
    browser.sign_in()
    with pytest.raises(Conflict):
        connect.finish(services, browser.tiktok("deny"), cookie=browser.cookie)
    assert shops_of(services, owner) == []


def test_a_creator_s_login_opens_no_shop(services, owner, browser):
    """Consenting with the wrong kind of login is common; the sentence says what to choose."""
    browser.start(ticket_of(services, owner))
    browser.sign_in()
    with pytest.raises(BadInput, match="as the seller"):
        connect.finish(services, browser.tiktok(seller="creator-nina"), cookie=browser.cookie)
    assert shops_of(services, owner) == []


def test_a_member_removed_on_the_way_connects_nothing(services, owner, browser):
    """The membership is asked again when the consent comes back."""
    browser.start(ticket_of(services, owner))
    browser.sign_in()
    query = browser.tiktok()
    with services.store.write() as tx:
        people.revoke_member(tx, owner.member_id, services.clock.now())
    with pytest.raises(NotAllowed):
        connect.finish(services, query, cookie=browser.cookie)
    with services.store.read() as tx:
        assert tx.execute(tables.shops.select()).all() == []


def test_secrets_are_stored_as_hashes_only(services, owner, browser):
    """Who reads the database can walk no way to its end."""
    ticket = ticket_of(services, owner)
    browser.start(ticket)
    code, state = browser.google()
    with services.store.read() as tx:
        kept = repr([tuple(row) for row in tx.execute(tables.tickets.select())])
    for secret in (ticket, state, browser.leaving.cookie, code):
        assert secret not in kept


# --- one account per shop --------------------------------------------------------------------------------------------


def test_a_shop_held_elsewhere_is_refused_and_its_owner_masked(services, owner, local_world):
    """A second account's consent attaches nothing and learns nothing but a masked address."""
    attach_shop(services, local_world, owner)
    rival = open_account(services, RIVAL, "Rival")
    tokens = services.oauth.exchange(local_world.market.authorize("bloom-and-thread"))
    opened = services.tiktok.shops(tokens.access_token)
    connected = connect._attach(services, tokens, opened, sub=rival.sub, account_id=rival.account_id)
    assert connected.names == ()
    (refused,) = connected.refused
    assert (refused.name, refused.owner) == ("Bloom & Thread", "m***@bloomthread.example")
    assert shops_of(services, rival) == []
    assert [shop.state for shop in shops_of(services, owner)] == ["live"]


@pytest.mark.parametrize(
    ("email", "shown"), [("maya@bloom.example", "m***@bloom.example"), ("m@x", "m***@x"), ("", "***@")]
)
def test_addresses_of_strangers_are_masked(email, shown):
    assert connect.masked(email) == shown


def test_a_consent_given_again_renews_the_shop_and_keeps_its_orders(rig):
    placed = rig.place(2)
    rig.write(shops.end_consent, rig.shop.consent_id)
    again = attach_shop(rig.services, rig.world, rig.owner)
    assert again.id == rig.shop.id
    assert again.state == "live"
    assert again.consent_id != rig.shop.consent_id
    found = rig.read(orders.newest, rig.services.store.sealer, scope(rig), limit=9)
    assert {order.order_id for order in found} == set(placed)


def test_a_shop_that_comes_back_writes_the_same_rows_again(rig, paper):
    """Disconnected and connected once more: its rows in the sheet are the same rows, and they live on."""
    (order_id,) = rig.place(1)
    rig.settle()
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    assert shops_of(rig.services, rig.owner) == []
    rig.clock.advance(60)
    rig.shop = attach_shop(rig.services, rig.world, rig.owner)
    rig.ship(order_id)
    rig.settle()
    assert {row["Status"] for row in paper.rows()} == {"AWAITING_COLLECTION"}
    paper.assert_right()


def test_a_disconnected_shop_is_asked_nothing_any_more(rig):
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    rig.world.market.calls.clear()
    rig.live_through(1300, step_s=100)
    assert rig.world.market.calls.show()["total"] == 0
    assert ingest.run_shop(rig.services, rig.shop.id) is None


def test_another_account_s_shop_cannot_be_disconnected(rig):
    rival = open_account(rig.services, RIVAL, "Rival")
    with pytest.raises(NotFound):
        connect.disconnect(rig.services, rival, rig.shop.id)
    assert [shop.state for shop in shops_of(rig.services, rig.owner)] == ["live"]


def test_a_reconnected_shop_does_not_wait_for_an_old_back_off(rig):
    """It had failed for long; the fresh consent is followed at once."""
    with rig.services.store.write() as tx:
        rig.wake.shop(tx, rig.shop.id, delay_s=900)
    rig.write(shops.end_consent, rig.shop.consent_id)
    attach_shop(rig.services, rig.world, rig.owner)
    rig.wake.run_all(rig.services, patience_s=0)
    assert rig.read(shops.shop_unscoped, rig.shop.id).subscribed_at is not None


@pytest.mark.every_database
def test_two_accounts_that_connect_one_shop_at_once_are_told_apart(services, owner, local_world):
    """One has it; the other hears that it is taken, or being taken, and nothing of theirs is left behind."""
    rival = open_account(services, RIVAL, "Rival")
    go, ends = threading.Barrier(2), []

    def attach(who):
        tokens = services.oauth.exchange(local_world.market.authorize("bloom-and-thread"))
        opened = services.tiktok.shops(tokens.access_token)
        go.wait(timeout=30)
        try:
            found = connect._attach(services, tokens, opened, sub=who.sub, account_id=who.account_id)
            ends.append("refused" if found.refused else "has it")
        except Conflict:
            ends.append("refused")

    threads = [threading.Thread(target=attach, args=(who,)) for who in (owner, rival)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(ends) == ["has it", "refused"]
    assert sorted(len(shops_of(services, who)) for who in (owner, rival)) == [0, 1]


def test_two_sellers_bring_two_shops_into_one_account(rig):
    attach_shop(rig.services, rig.world, rig.owner, seller="harbour-lane")
    assert [shop.name for shop in shops_of(rig.services, rig.owner)] == ["Bloom & Thread", "Harbour Lane"]


def test_who_may_not_connect_any_more_attaches_nothing(services, owner, local_world):
    """Sam was an admin when he pressed the button and packs parcels now."""
    code = invitations.invite(services, owner, email=SAM.email, role=Role.WAREHOUSE)
    invitation = manage.standing(services, caller(SAM), "").invitations[0][0]
    invitations.accept(services, caller(SAM), invitation.id, code=code)
    tokens = services.oauth.exchange(local_world.market.authorize("bloom-and-thread"))
    opened = services.tiktok.shops(tokens.access_token)
    with pytest.raises(NotAllowed):
        connect._attach(services, tokens, opened, sub=SAM.sub, account_id=owner.account_id)
    assert shops_of(services, owner) == []
    assert actor(services, SAM).role is Role.WAREHOUSE


def test_the_world_s_addresses_are_the_ones_the_browser_is_sent_to(services, owner, browser):
    assert browser.start(ticket_of(services, owner)).url.startswith(f"{WORLD_URL}/identity/authorize?")
