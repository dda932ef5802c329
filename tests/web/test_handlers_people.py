"""People: inviting, accepting with and without a code, roles, the end of access, and the switches."""

import re

import pytest
from drivers import clicks, wrapped
from team import build_team

from cards.actions import Action
from service.core.roles import Switch
from service.web.handlers.people import NOT_YET, SWITCH_WORDS


@pytest.fixture
def team(product, people):
    return build_team(product, people)


def invited(team, email, role):
    """The owner's card after inviting; it shows the one-time code."""
    return team.sidebar("owner").post("invite").press(Action.SEND_INVITATION, form={"email": email, "role": role})


def code_of(sidebar):
    return next(text for text in sidebar.texts() if re.fullmatch(r"\d{8}", text))


def test_invitation_shows_its_code_once(team):
    """No mail is sent: the card says what the guest does, and the code to hand over."""
    owner = invited(team, "sam@packright.example", "warehouse")
    code = code_of(owner)
    assert owner.says("Rowstream sends no mail.")
    owner.press("Show people")
    assert owner.says("sam@packright.example")
    assert not owner.says(code)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ({"email": "sam", "role": "warehouse"}, "Enter an e-mail address like name@company.com."),
        ({"email": "sam@packright.example", "role": []}, "Choose a role."),
    ],
)
def test_wrong_invitation_is_hinted_at_the_field(team, typed, hint):
    owner = team.sidebar("owner").post("invite").press(Action.SEND_INVITATION, form=typed)
    assert owner.title == "Invite someone"
    assert owner.says(hint)


def test_member_is_not_invited_again(team):
    team.join("warehouse")
    owner = invited(team, team.people["warehouse"].email, "support")
    assert owner.says(f"{team.people['warehouse'].email} is already a member.")


def test_address_google_does_not_speak_for_needs_the_code(team):
    """A Google account may carry any verified address: only the code proves that the right person has it."""
    guest = team.people["warehouse"]
    code = code_of(invited(team, guest.email, "warehouse"))
    sidebar = team.product.sidebar(guest).open()
    invitation_id = next(one for one in clicks(sidebar.card) if one.action == "accept-invitation").parameters[
        "invitation_id"
    ]

    def post(action, **typed):
        form = {name: wrapped(value) for name, value in typed.items()}
        event = sidebar.event(action, {"invitation_id": invitation_id}, form, hd=None)
        sidebar._apply(sidebar.send(action, event).get_json())
        return sidebar

    assert post("accept-invitation").title == "Confirm your address"
    assert post("confirm-code", code="00000000").says("This code is not right.")
    assert post("confirm-code", code=code).toast == "Welcome"


def test_invitation_can_be_withdrawn(team):
    invited(team, team.people["warehouse"].email, "warehouse")
    guest = team.product.sidebar(team.people["warehouse"]).open()
    owner = team.sidebar("owner").post("people").press("Withdraw")
    assert owner.toast == "The invitation is withdrawn"
    assert guest.press("Accept invitation").says("This invitation is no longer open. Ask for a new one.")


def test_role_is_changed_and_counts_at_once(team):
    team.join("warehouse")
    team.connect().bind()
    packer = team.sidebar("warehouse")
    assert "Manage people" not in packer.labels()
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1)
    assert owner.says("Files for this role")
    owner.press("Change role", form={"role": "admin"})
    assert owner.toast == "The role is changed"
    assert "Manage people" in team.sidebar("warehouse").labels()


def test_role_that_does_not_exist_is_hinted_at(team):
    team.join("warehouse")
    owner = team.sidebar("owner").post("people").press(Action.MEMBER, at=1)
    owner.press("Change role", form={"role": ["boss"]})
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


# --- one's own ---


def test_account_shows_memberships_and_plan(team):
    team.join("warehouse")
    packer = team.sidebar("warehouse").post("account")
    assert packer.says("Bloom & Thread")
    assert packer.says("Growth")
    assert "Manage people" not in packer.labels()


def test_sign_out_revokes_at_google_and_keeps_the_membership(team):
    """Google forgets the consent; on the way back in it asks again, and the account is still there."""
    owner = team.sidebar("owner").post("sign-out")
    assert owner.says("Sheets of your account go on.")
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
