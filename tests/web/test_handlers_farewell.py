"""Deleting one's own data and closing an account, as the cards lead there."""

import pytest
from team import ROLES, build_team

from cards.actions import Action


@pytest.fixture
def team(begin):
    return begin("admin", "warehouse", until="joined")


def test_member_deletes_what_is_known_of_them(team):
    """Told before, done after the right word, and no card of the account afterwards."""
    sam = team.people["warehouse"].email
    packer = team.sidebar("warehouse").post("account").press("Delete my data")
    assert packer.says("Bloom & Thread")
    packer.press("Delete my data", form={"typed": "sam"})
    assert packer.says(f"Type {sam} to confirm.")
    packer.press("Delete my data", form={"typed": sam})
    assert packer.says("Your data is deleted")
    assert sam not in {one.email for one in team.members()}
    assert not team.sidebar("warehouse").says("Bloom & Thread")


def test_deleting_ends_the_token_at_google(team):
    packer = team.sidebar("warehouse")
    event = packer.event(
        "confirm-delete-me", {}, {"typed": {"stringInputs": {"value": [team.people["warehouse"].email]}}}
    )
    assert packer.send("confirm-delete-me", event).status_code == 200
    token = event["authorizationEventObject"]["userOAuthToken"]
    assert team.product.world.identity.bearers.find(token) is None


def test_last_owner_is_shown_both_ways_out(team):
    owner = team.sidebar("owner").post(Action.DELETE_ME)
    assert owner.says("You are the last owner")
    assert {"Show people", "Close account"} <= set(owner.labels())
    owner.post(Action.CONFIRM_DELETE_ME, form={"typed": team.people["owner"].email})
    assert owner.says("You are the last owner")
    assert len(team.members()) == 3


def test_stranger_deletes_what_little_there_is(team):
    """Somebody who only ever looked in: no account is named, and the word is still asked for."""
    stranger = team.product.sidebar(team.people["stranger"], spreadsheet_id=team.sheet.spreadsheet_id)
    stranger.post(Action.DELETE_ME)
    assert not stranger.says("Bloom & Thread")
    stranger.press("Delete my data", form={"typed": team.people["stranger"].email})
    assert stranger.says("Your data is deleted")


def test_owner_closes_the_account_by_its_name(team):
    owner = team.sidebar("owner").post(Action.ACCOUNT).press("Close this account")
    assert owner.says("3 people lose access")
    owner.press("Close account", form={"typed": "nothing"})
    assert owner.says("Type Bloom & Thread to confirm.")
    owner.press("Close account", form={"typed": "Bloom & Thread"})
    assert owner.says("The account is closed")
    for role in ("owner", "admin", "warehouse"):
        assert not team.sidebar(role).says("Bloom & Thread")


def test_second_owner_keeps_the_account_open(team):
    (admin,) = (one for one in team.members() if one.role == "admin")
    team.sidebar("owner").post("change-role", form={"role": "owner"}, member_id=admin.id)
    owner = team.sidebar("owner").post(Action.CLOSE_ACCOUNT)
    assert owner.says("Others own this account too")
    assert owner.says(team.people["admin"].email)
    owner.post(Action.CONFIRM_CLOSE_ACCOUNT, form={"typed": "Bloom & Thread"}, account_id=team.account_id)
    assert owner.says("Others own this account too")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_nobody_but_an_owner_is_offered_to_close(product, people, role):
    team = build_team(product, people).join(role)
    card = team.sidebar(role).post(Action.ACCOUNT)
    assert "Close this account" not in card.labels()
    assert "Delete my data" in card.labels()
