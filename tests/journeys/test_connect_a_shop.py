"""A seller gives consent in the browser, and the sidebar tells how it goes until orders are there."""

import sqlalchemy as sa
from drivers import connect_shop, open_account
from team import Team

from cards.actions import Action
from service.flows import upkeep
from service.store import shops
from service.store.tables import recipients


def test_owner_goes_from_the_button_to_the_first_orders(team):
    """One press, two pages, and the past is on its way without another press."""
    shop = team.product.shop()
    past = shop.history(20)
    sidebar = team.sidebar("owner")
    page = connect_shop(team.product, sidebar)
    assert "Bloom &amp; Thread" in page.text
    team.product.settle(patience_s=60)
    assert sidebar.open().says("Bloom & Thread")
    sidebar.post("orders")
    assert set(past) <= set(sidebar.labels())


def test_sidebar_knows_each_stage_of_the_consent(team):
    """Not begun, waiting on a page, done: the card changes when it is asked again."""
    sidebar = team.sidebar("owner").press(Action.CONNECT_SHOP)
    begin = sidebar.link_of("Continue to TikTok")
    browser = team.product.browser()
    google = browser.start(begin)
    assert sidebar.post("connect-status").says("Waiting for TikTok")
    browser.sign_in(google, sidebar.person.email)
    browser.consent()
    team.product.settle()
    assert sidebar.post("connect-status").title == "Your shop is connected"


def test_refused_consent_can_be_given_again(team):
    """A change of mind costs nothing: the same button starts anew."""
    sidebar = team.sidebar("owner").press(Action.CONNECT_SHOP)
    browser = team.product.browser()
    browser.sign_in(browser.start(sidebar.link_of("Continue to TikTok")), sidebar.person.email)
    assert "You did not give permission" in browser.consent("deny").text
    team.product.clock.advance(60)
    assert sidebar.post("connect-status").says("The consent was refused on the TikTok page.")
    connect_shop(team.product, sidebar.open())
    assert sidebar.open().says("Bloom & Thread")


def test_consent_that_ended_is_renewed_and_nothing_was_lost(live):
    """Orders of the days between are in the sheet after the seller came back; no row was made twice."""
    shop, market = live.product.shop(), live.product.world.market
    before = shop.place(2)
    live.product.settle(patience_s=20)
    market.deauthorize(market.world.default_shop().id)
    live.product.settle()
    assert live.sidebar("owner").says("The shop's consent has expired")
    between = [order.id for order in market.place_orders(2)]
    live.product.clock.advance(3600)
    connect_again(live)
    live.product.settle(patience_s=60)
    found = [row["Order ID"] for row in live.sheet.cells("SLA Watch List")]
    assert set(found) == {*before, *between}
    keys = [row["Key"] for row in live.sheet.cells("SLA Watch List")]
    assert len(keys) == len(set(keys))


def test_member_who_lost_the_right_meanwhile_connects_nothing(team):
    """The right counts when the shop is attached, not when the button was pressed."""
    team.join("admin")
    admin = team.sidebar("admin").press(Action.CONNECT_SHOP)
    browser = team.product.browser()
    browser.sign_in(browser.start(admin.link_of("Continue to TikTok")), admin.person.email)
    (member,) = (one for one in team.members() if one.role == "admin")
    team.sidebar("owner").post("change-role", form={"role": "accountant"}, member_id=member.id)
    assert browser.consent().status_code == 403
    assert team.shops() == []


def test_each_account_connects_its_own_shop(team):
    """Two sellers, two accounts: each sees its own shop and orders, and neither the other's."""
    connect_shop(team.product, team.sidebar("owner"))
    other = team.people["stranger"]
    sheet = open_account(team.product, other, name="Harbour Lane Goods")
    theirs = team.product.sidebar(other, spreadsheet_id=sheet.spreadsheet_id)
    connect_shop(team.product, theirs, seller="harbour-lane")
    assert theirs.open().says("Harbour Lane")
    assert not theirs.says("Bloom & Thread")
    assert not team.sidebar("owner").says("Harbour Lane")


def test_shop_that_moves_to_another_account_leaves_rows_and_no_buyers_behind(live):
    """The old consent is dead, the seller gives a fresh one to somebody else: each account knows only its own part."""
    product, market = live.product, live.product.world.market
    first = product.shop().place(1)
    product.settle(patience_s=20)
    market.deauthorize(market.world.default_shop().id)
    product.settle()
    product.clock.advance(60)
    other = live.people["stranger"]
    theirs = Team(
        product, {**live.people, "owner": other}, open_account(product, other, name="New Owner Ltd")
    ).connect()
    theirs.bind()
    (second,) = product.shop().place(1)
    product.settle(patience_s=60)
    assert {row["Order ID"] for row in live.sheet.cells("SLA Watch List")} == set(first)
    assert {row["Order ID"] for row in theirs.sheet.cells("SLA Watch List")} == {*first, second}
    assert live.sidebar("owner").says("Bloom & Thread is not connected any more, so nothing new arrives.")
    (left,), (held,) = live.shops(), theirs.shops()
    with product.services.store.read() as tx:
        holders = set(tx.execute(sa.select(recipients.c.shop_id)).scalars())
    assert left.id not in holders
    assert held.id in holders


def wait_for_the_poll(team):
    """Ten minutes pass, and the schedule looks around."""
    team.product.clock.advance(600)
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=60)


def connect_again(team):
    """The owner renews the consent of the shop that lost it."""
    (row,) = team.shops()
    assert row.state == "expired"
    sidebar = team.sidebar("owner").post("connect-shop", shop_id=row.id)
    browser = team.product.browser()
    browser.sign_in(browser.start(sidebar.link_of("Continue to TikTok")), sidebar.person.email)
    browser.consent()
    with team.product.services.store.read() as tx:
        assert shops.shop_unscoped(tx, row.id).state == "live"
    team.product.settle()
    wait_for_the_poll(team)
