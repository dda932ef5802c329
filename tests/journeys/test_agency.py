"""An agency with several sellers: one person and an account for each, and a client who sees their own and no other."""

import pytest
from drivers import connect_shop, open_account
from team import Team, build_team

from cards.actions import Action
from service.core.roles import Switch


@pytest.fixture
def sellers(product, people):
    """Two sellers who made the agency their admin, each with a client; each with a shop of its own."""
    first = build_team(product, people)
    owner = people["stranger"]
    second = Team(product, {**people, "owner": owner}, open_account(product, owner, name="Harbour Lane"))
    connect_shop(product, first.sidebar("owner"))
    connect_shop(product, second.sidebar("owner"), seller="harbour-lane")
    for team, client in ((first, "client"), (second, "accountant")):
        invite(team, "admin", "admin")
        invite(team, client, "client")
        team.switch(Switch.CLIENT_ID)
    return first, second


def invite(team, whom, role):
    """Under Manage account an invitation is found wherever the person is, whatever else they belong to."""
    form = {"email": team.people[whom].email, "role": role}
    team.sidebar("owner").post("invite").press(Action.SEND_INVITATION, form=form)
    guest = team.product.sidebar(team.people[whom]).post("account")
    assert guest.press("Accept invitation").toast == "Welcome"


def test_agency_switches_between_its_sellers(product, people, sellers):
    """In a sheet of the agency's own, the chosen seller's shop is in view and no other's."""
    agent = people["admin"]
    sheet = product.sheet(agent, "Agency desk")
    sidebar = product.sidebar(agent, spreadsheet_id=sheet.spreadsheet_id)
    assert sidebar.says("Harbour Lane, admin"), "the account that was joined last"
    sidebar.press("Switch account")
    assert {"Bloom & Thread", "Harbour Lane"} <= set(sidebar.texts())
    sidebar.press(Action.CHOOSE_ACCOUNT, at=0)
    assert sidebar.says("Bloom & Thread, admin")
    assert not sidebar.says("Harbour Lane")


def test_each_client_sees_their_seller_s_sheet_and_is_a_stranger_in_the_other(product, people, sellers):
    """The file decides the account: in the other seller's sheet there is nothing to see."""
    first, second = sellers
    product.shop().place(2)
    for team in sellers:
        team.bind("preset:agency_client", role="client")
    assert first.sidebar("client").says("Bloom & Thread, client")
    assert second.sidebar("accountant").says("Harbour Lane, client")
    assert first.sidebar("accountant").says("Nothing to show here")
    assert second.sidebar("client").says("Nothing to show here")
    assert len(first.sheet.cells("Agency client")) == 2


def test_seller_who_parts_with_the_agency_keeps_the_account(product, people, sellers):
    """The agency leaves one seller by itself, the other ends its access: neither loses anything."""
    first, second = sellers
    agent = first.sidebar("admin").post("choose-account", account_id=first.account_id)
    agent.post("account").press("Leave this account")
    agent.press("Leave account")
    assert [row.role for row in first.members()] == ["owner", "client"]
    assert second.sidebar("admin").says("Harbour Lane, admin")
    owner = second.sidebar("owner").post("people").press(Action.MEMBER, at=1).press("End access")
    owner.press("End access", form={"remove": None})
    assert [row.role for row in second.members()] == ["owner", "client"]
    assert first.sidebar("owner").says("Bloom & Thread, owner")
