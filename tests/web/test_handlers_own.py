"""One's own: the accounts, finding one of many, leaving one, owning one, help, signing out."""

import pytest
from drivers import caller_of, clicks

from cards.actions import Action
from service.flows import manage


@pytest.fixture
def team(begin):
    return begin(until="opened")


def test_account_shows_memberships_and_plan(team):
    team.join("warehouse")
    packer = team.sidebar("warehouse").post("account")
    assert packer.says("Bloom & Thread")
    assert packer.says("Growth")
    assert "Manage people" not in packer.labels()


def test_sign_out_revokes_at_google_and_keeps_the_membership(team):
    """Google forgets the consent; on the way back in it asks again, and the account is still there."""
    owner = team.sidebar("owner").post("sign-out")
    assert owner.says("Sheets that our writer keeps up go on.")
    event = owner.event("confirm-sign-out", {}, {})
    token = event["authorizationEventObject"]["userOAuthToken"]
    bearers = team.product.world.identity.bearers
    assert bearers.find(token) is not None
    owner._apply(owner.send("confirm-sign-out", event).get_json())
    assert owner.says("You are signed out")
    assert bearers.find(token) is None
    assert len(team.members()) == 1


def test_help_leads_to_the_pages_and_to_support(team):
    owner = team.sidebar("owner").post("help")
    assert owner.says("support@rowstream.example")


# --- accounts ---


def account_of(click):
    """The account that this click chooses; empty for any other."""
    return click.parameters.get("account_id", "")


def test_one_of_fifty_accounts_is_found(team):
    """An agency: pages to turn, and a search that keeps to what it found."""
    agency = team.people["owner"]
    for number in range(2, 51):
        manage.open_account(team.product.services, caller_of(agency), f"Seller {number}")
    sidebar = team.sidebar("owner").post("choose-account")
    assert sidebar.says("1 to 15 of 50")
    sidebar.press("Show next")
    assert sidebar.says("16 to 30 of 50")
    sidebar.press("Find", form={"find": "SELLER 4"})
    assert sidebar.says("Seller 42")
    assert not sidebar.says("Seller 39")
    assert not sidebar.says("Bloom & Thread")
    sidebar.press("Find", form={"find": "nobody"})
    assert sidebar.says("No account of yours is called so.")
    sidebar.press("Find", form={"find": "seller 37"})
    sidebar.post("choose-account", account_id=next(filter(None, map(account_of, clicks(sidebar.card)))))
    assert sidebar.says("Seller 37, owner")


def test_leaving_is_confirmed_and_ends_at_once(team):
    team.join("warehouse")
    packer = team.sidebar("warehouse").post("account").press("Leave this account")
    assert packer.says("To come back you need a new invitation.")
    packer.press("Leave account")
    assert packer.says("You have left this account")
    assert [row.role for row in team.members()] == ["owner"]
    assert "Leave this account" not in team.sidebar("warehouse").post("account").labels()


def test_last_owner_is_told_what_to_do_first(team):
    owner = team.sidebar("owner").post("account").press("Leave this account")
    assert owner.says("You are the last owner")
    owner.post("confirm-leave", account_id=team.account_id)
    assert owner.says("This is the last owner. Make somebody else an owner first.")
    assert [row.role for row in team.members()] == ["owner"]


def test_account_is_handed_over_with_both_saying_yes(team):
    team.join("admin")
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1).press("Hand the account over")
    assert owner.says("Will be the owner")
    owner.press("Offer account")
    assert owner.says("Offered the account")
    admin = team.sidebar("admin").post("account")
    assert admin.says("Become the owner")
    assert admin.press("Become owner").toast == "The account is yours"
    assert {row.email: row.role for row in team.members()} == {
        team.people["admin"].email: "owner",
        team.people["owner"].email: "admin",
    }
    assert "Hand the account over" not in team.sidebar("owner").post("people").press(Action.MEMBER, at=0).labels()
