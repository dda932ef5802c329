"""People in the sidebar: who has what, changing it, and the end of access."""

import pytest
from drivers import connect_shop

from cards.actions import Action


@pytest.fixture
def team(begin):
    return begin(until="opened")


def test_role_is_changed_and_counts_at_once(team):
    team.join("warehouse")
    team.connect().bind()
    packer = team.sidebar("warehouse")
    assert "Manage people" not in packer.labels()
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1)
    assert owner.says("Files for this role")
    owner.press("Change access", form={"role": "admin"})
    assert owner.toast == "The access is changed"
    assert "Manage people" in team.sidebar("warehouse").labels()


def test_role_that_does_not_exist_is_hinted_at(team):
    team.join("warehouse")
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1)
    owner.press("Change access", form={"role": ["boss"]})
    assert owner.says("Choose a role.")


def test_admin_makes_and_unmakes_no_owner(team):
    """Owners are made by owners: the form does not offer it, and a forged press is refused."""
    team.join("admin")
    admin = team.sidebar("admin").post("invite")
    assert "Owner" not in admin.texts()
    owner_id = next(row.id for row in team.members() if row.role == "owner")
    admin.post("change-role", member_id=owner_id, form={"role": "client"})
    assert admin.says("Only an owner can change an owner.")
    admin.post("confirm-revoke", member_id=owner_id)
    assert admin.says("Only an owner can change an owner.")
    assert [row.role for row in team.members()] == ["owner", "admin"]


def test_last_owner_stays(team):
    owner_id = team.members()[0].id
    owner = team.sidebar("owner").post("change-role", member_id=owner_id, form={"role": "client"})
    assert owner.says("This is the last owner. Make somebody else an owner first.")


def test_end_of_access_names_the_files_that_stay_shared(team):
    team.join("warehouse")
    team.connect().bind()
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1).press("End access")
    assert owner.says("Orders")
    owner.press("End access")
    assert owner.toast == f"{team.people['warehouse'].email} has no access any more"
    assert team.sidebar("warehouse").says("Nothing to show here")


def test_end_of_access_takes_the_person_out_of_the_sheets(team):
    """By the owner's own right to share: the file no longer lists the packer, and the card says so."""
    team.join("warehouse").connect().bind()
    packer = team.people["warehouse"].email
    team.sheet.share(team.people["warehouse"], "reader")
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1).press("End access")
    owner.press("End access", form={"remove": True})
    assert owner.title == "Access ended"
    assert owner.says("Removed from")
    assert packer not in readers(team)


def test_end_of_access_leaves_the_sheets_alone_where_asked(team):
    team.join("warehouse").connect().bind()
    packer = team.people["warehouse"].email
    team.sheet.share(team.people["warehouse"], "reader")
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1).press("End access")
    owner.press("End access", form={"remove": None})
    assert owner.title == "People"
    assert packer in readers(team)


def test_shops_are_chosen_where_there_are_several(team):
    team.join("warehouse").connect()
    team.product.clock.advance(60)
    connect_shop(team.product, team.sidebar("owner").post("shops"), seller="harbour-lane")
    shops = team.shops()
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1)
    owner.press("Change access", form={"role": "warehouse", "shops": [shops[0].id]})
    assert owner.toast == "The access is changed"
    assert team.members()[1].shop_ids == [shops[0].id]
    owner.press("Change access", form={"shops": []})
    assert team.members()[1].shop_ids is None


def readers(team):
    """Who can open the bound file, by address."""
    file = team.product.world.emulator.state.files[team.sheet.spreadsheet_id]
    return {permission.address for permission in file.permissions.values()}
