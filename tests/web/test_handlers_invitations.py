"""Inviting people in the sidebar: one by address with and without a code, and everybody at a company."""

import re

import pytest
from drivers import clicks, wrapped

from cards.actions import Action

#: 31 December 2026, as the picker sends a day.
NEW_YEARS_EVE = {"dateInput": {"msSinceEpoch": "1798675200000"}}


@pytest.fixture
def team(begin):
    return begin(until="opened")


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


# --- how far, how long, and whole companies ---


def test_end_of_access_is_asked_for_as_a_day_and_shown(team):
    """The last day counts to its end, where the owner is."""
    form = {"email": team.people["warehouse"].email, "role": "warehouse", "until": NEW_YEARS_EVE}
    team.sidebar("owner").post("invite").press(Action.SEND_INVITATION, form=form)
    team.product.sidebar(team.people["warehouse"]).open().press(Action.ACCEPT_INVITATION)
    owner = team.sidebar("owner").post("people")
    assert owner.says("Access ends in")
    owner.press(Action.MEMBER, at=1)
    assert owner.says("31 Dec 2026")


def test_day_that_is_over_is_hinted_at(team):
    past = {"dateInput": {"msSinceEpoch": "1577836800000"}}
    owner = team.sidebar("owner").post("invite")
    owner.press(Action.SEND_INVITATION, form={"email": "sam@packright.example", "role": "warehouse", "until": past})
    assert owner.title == "Invite someone"
    assert owner.says("Choose a day that is still to come.")


def test_day_at_the_end_of_time_is_hinted_at(team):
    last = {"dateInput": {"msSinceEpoch": "253402214400000"}}
    owner = team.sidebar("owner").post("invite")
    owner.press(Action.SEND_INVITATION, form={"email": "sam@packright.example", "role": "warehouse", "until": last})
    assert owner.says("Choose an earlier day.")


def test_company_is_let_in_and_who_joined_is_named(team):
    owner = team.sidebar("owner").post("people").press("Invite a company")
    assert "Owner" not in owner.texts()
    assert "Finance" not in owner.texts()
    owner.press("Let them join", form={"domain": "packright.example", "role": "warehouse"})
    assert owner.says("Everyone at packright.example")
    guest = team.product.sidebar(team.people["warehouse"]).open()
    assert guest.says("Join as warehouse")
    assert guest.press("Accept invitation").toast == "Welcome"
    owner.press("Show people")
    assert owner.says("Joined: sam@packright.example")
    assert owner.says("Joined as one of packright.example")
    owner.press("Withdraw")
    assert not owner.says("Companies that may join")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ({"domain": "packright", "role": "warehouse"}, "Enter a domain like company.com."),
        ({"domain": "gmail.com", "role": "warehouse"}, "Anybody can have an address at gmail.com."),
        ({"domain": "packright.example", "role": ["finance"]}, "This role is given to people by name only."),
        ({"domain": "packright.example", "role": []}, "Choose a role."),
    ],
)
def test_wrong_offer_to_a_company_is_hinted_at_the_field(team, typed, hint):
    owner = team.sidebar("owner").post("invite-domain")
    owner.post("send-domain-invitation", once_key="k", form=typed)
    assert owner.title == "Invite a company"
    assert owner.says(hint)
