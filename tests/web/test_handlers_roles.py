"""What roles see and do: the switches of the seven, and roles of the account's own."""

import pytest

from cards.actions import Action
from service.core import custom_roles
from service.core.roles import EVERYBODY, Audience, Group, Permission, Role, Switch
from service.store import people as people_store
from service.web.right_words import DOES_WORDS, NOT_YET, SEES_WORDS, SWITCH_WORDS


@pytest.fixture
def team(begin):
    return begin(until="opened")


def test_switches_are_in_words_and_only_those_that_open_something(team):
    """A switch for what is not built would promise nothing; each other one says what it opens."""
    owner = team.sidebar("owner").post("people").press("Set what roles see")
    assert set(SWITCH_WORDS) == set(Switch)
    shown = {name for name in Switch if f'"{name.value}"' in str(owner.card).replace("'", '"')}
    assert shown == set(Switch) - NOT_YET
    assert owner.says("Masked order numbers")


def test_switch_is_kept_and_shown_as_it_is(team):
    owner = team.sidebar("owner").post("role-switches")
    owner.post("set-switch", switch="warehouse:PII", form={"warehouse:PII": True})
    assert owner.toast == "Saved"
    assert team.product.sidebar(team.people["owner"], spreadsheet_id=team.sheet.spreadsheet_id)
    again = team.sidebar("owner").post("role-switches")
    control = str(again.card).partition("warehouse:PII")[2]
    assert "'selected': True" in control[:120]


def test_unknown_switch_is_refused(team):
    assert team.sidebar("owner").post("set-switch", switch="warehouse:ALL").says("There is no such choice.")


# --- roles of the account's own ---


def made(team, **form):
    """The owner's card after making a role from the warehouse's."""
    owner = team.sidebar("owner").post("own-roles").press("Make a role").press(Action.OWN_ROLE, at=1)
    return owner.press("Save role", form={"role_name": "Night shift", **form})


def test_every_right_that_can_be_chosen_has_its_words():
    """Those that everybody has or nobody can be given are not chosen."""
    assert set(SEES_WORDS) == set(Group)
    assert set(DOES_WORDS) == set(Permission) - EVERYBODY - custom_roles.RESERVED


def test_role_begins_with_what_its_base_has(team):
    owner = team.sidebar("owner").post("own-roles").press("Make a role")
    assert "Owner" not in owner.texts()
    owner.press(Action.OWN_ROLE, at=1)
    assert owner.says("Made from Warehouse")
    chosen = {
        item["value"]
        for section in owner.card["sections"]
        for widget in section["widgets"]
        for item in widget.get("selectionInput", {}).get("items", ())
        if item["selected"]
    }
    warehouse = Audience(Role.WAREHOUSE)
    assert {group.value for group in Group if warehouse.may_see(group)} <= chosen
    assert not any(group.value in chosen for group in (Group.REVENUE, Group.NOTES_INTERNAL))


def test_role_is_made_given_changed_and_removed(team):
    owner = made(team, groups=["ID_MASKED", "ITEM", "STATUS"], permissions=["orders:see"])
    assert owner.toast == "The role is saved"
    assert owner.says("Night shift")
    role_id = next(one.role_id for one in _own(team))
    guest = team.people["warehouse"]
    owner.post("invite").press(Action.SEND_INVITATION, form={"email": guest.email, "role": f"custom:{role_id}"})
    assert owner.says("Night shift")
    packer = team.product.sidebar(guest).open()
    assert packer.says("Join as Night shift")
    packer.press("Accept invitation")
    assert team.sidebar("warehouse").says("Bloom & Thread, Night shift")
    owner.post("own-roles")
    assert owner.says("1 person")
    owner.press(Action.OWN_ROLE, at=1)
    assert owner.says("1 person has this role.")
    assert owner.press("Remove this role").says(f"{guest.email} still has this role.")
    owner.post("own-role", role_id=role_id)
    owner.press("Save role", form={"role_name": "Day shift", "groups": ["STATUS"], "permissions": []})
    assert team.sidebar("warehouse").says("Bloom & Thread, Day shift")
    team.sidebar("owner").post("change-role", member_id=team.members()[1].id, form={"role": "warehouse"})
    owner.post("own-role", role_id=role_id).press("Remove this role")
    assert owner.toast == "Day shift is removed"


def _own(team):
    with team.product.services.store.read() as tx:
        return custom_roles.in_use(people_store.account(tx, team.account_id).custom_roles)


@pytest.mark.parametrize(
    ("form", "hint"),
    [
        ({"role_name": ""}, "Give the role a name of at most 40 characters."),
        ({"role_name": "Warehouse"}, "There is a role with this name already."),
        ({"groups": []}, "Choose at least one thing to see."),
        ({"groups": ["ID", "STATUS"], "permissions": []}, "Order numbers contain the masked ones."),
        ({"groups": ["STATUS"], "permissions": ["notes:write"]}, "A role cannot change what it does not see."),
    ],
)
def test_what_cannot_be_a_role_is_hinted_at(team, form, hint):
    owner = made(team, **form)
    assert owner.title == "New role"
    assert owner.says(hint)


def test_forged_right_is_refused(team):
    """The form offers only what the owner may give; buyers' data is shut for owners here."""
    owner = team.sidebar("owner")
    for forged in ({"groups": ["STATUS", "PII"]}, {"groups": ["STATUS"], "permissions": ["people:manage"]}):
        owner.post("save-role", once_key=str(forged), base="warehouse", form={"role_name": "Odd", **forged})
        assert owner.says("Choose only offered values.")
    owner.post("save-role", once_key="base", base="owner", form={"role_name": "Odd", "groups": ["STATUS"]})
    assert owner.says("Choose what the role is made from.")
    assert _own(team) == ()


def test_admin_sees_a_wider_role_and_cannot_change_it(team):
    """The owner opened buyers' data for owners only, and made a role with it."""
    team.join("admin").switch(Switch.OWNER_PII)
    made(team, groups=["ID_MASKED", "STATUS", "PII"], permissions=[])
    admin = team.sidebar("admin").post("own-roles").press(Action.OWN_ROLE, at=1)
    assert admin.says("This role sees or does more than yours")
    assert "Save role" not in admin.labels()
    assert f"custom:{_own(team)[0].role_id}" not in str(admin.post("invite").card)
    admin.post("save-role", once_key="k", role_id=_own(team)[0].role_id,
               form={"role_name": "Mine", "groups": ["STATUS"]})  # fmt: skip
    assert admin.says("This role sees or does more than yours")


def test_sheet_is_bound_for_a_role_of_ones_own(team):
    """It stands among the seven, by its name, wherever a sheet is connected."""
    made(team, groups=["ID_MASKED", "ITEM", "STATUS"], permissions=[])
    role = f"custom:{_own(team)[0].role_id}"
    team.connect()
    team.product.shop().place(2)
    owner = team.sidebar("owner").post("bind-form", profile_id="preset:agency_client")
    assert owner.says("Night shift")
    owner.press(Action.BIND, form={"tab": ["new"], "audience": [role]})
    assert owner.toast.startswith("Connected")
    team.product.settle(patience_s=60)
    assert team.sidebar("owner").says("Written for Night shift")
    assert len(team.sheet.cells("Agency client")) == 2
