"""Somebody is invited by their address: who may take the invitation, with what proof, and who may not."""

import pytest
from drivers import plain, texts_of

from cards.actions import Action
from service.core.roles import Scope
from service.sandbox.people import person_of
from service.store import invitations

GMAIL = person_of("noor.haddad@gmail.com")
WORKSPACE = person_of("sam@packright.example")
#: A Google account on an address whose mail Google does not run: no `hd`.
ELSEWHERE = person_of("kim@small-studio.example")
NO_DOMAIN = {"hd": None}
DAY_S = 86_400


def invite(team, email, role="support"):
    """The owner invites; returns the one-time code that the card shows."""
    owner = team.sidebar("owner").post("people").press(Action.INVITE)
    owner.press(Action.SEND_INVITATION, form={"email": email, "role": [role]})
    (code,) = {
        word for text in texts_of(owner.card) for word in plain(text).split() if word.isdigit() and len(word) == 8
    }
    return code


def visit(team, person, **claims):
    """The person opens the add-on for the first time."""
    sidebar = team.product.sidebar(person)
    sidebar.claims = claims
    return sidebar.open()


def roles(team):
    return {member.email: member.role for member in team.members()}


# --- who may take it at once ---


@pytest.mark.parametrize("guest", [GMAIL, WORKSPACE], ids=["gmail", "workspace"])
def test_address_that_google_speaks_for_takes_the_invitation_with_one_press(team, guest):
    invite(team, guest.email)
    sidebar = visit(team, guest)
    assert sidebar.says("Join as support")
    assert sidebar.press("Accept invitation").toast == "Welcome"
    assert roles(team)[guest.email] == "support"


def test_capital_letters_and_spaces_in_the_address_do_not_matter(team):
    invite(team, f"  {GMAIL.email.upper()} ")
    assert visit(team, GMAIL).press("Accept invitation").toast == "Welcome"


# --- who needs the code ---


def test_address_that_google_does_not_speak_for_needs_the_code(team):
    """Whoever owns the mailbox today may be another than the one with the old Google account: the code decides."""
    code = invite(team, ELSEWHERE.email)
    guest = visit(team, ELSEWHERE, **NO_DOMAIN).press("Accept invitation")
    assert ELSEWHERE.email not in roles(team)
    guest.press(Action.CONFIRM_CODE, form={"code": code})
    assert guest.toast == "Welcome"
    assert roles(team)[ELSEWHERE.email] == "support"


def test_domain_of_another_organisation_does_not_speak_for_the_address(team):
    """`hd` counts only when it is the address's own domain."""
    invite(team, ELSEWHERE.email)
    visit(team, ELSEWHERE, hd="packright.example").press("Accept invitation")
    assert ELSEWHERE.email not in roles(team)


def test_wrong_code_is_counted_and_after_five_the_right_one_is_too_late(team):
    code = invite(team, ELSEWHERE.email)
    guest = visit(team, ELSEWHERE, **NO_DOMAIN).press("Accept invitation")
    for wrong in range(5):
        guest.press(Action.CONFIRM_CODE, form={"code": f"1111111{wrong}"})
        assert guest.says("This code is not right.")
    guest.press(Action.CONFIRM_CODE, form={"code": code})
    assert guest.says("Too many wrong codes")
    assert ELSEWHERE.email not in roles(team)


def test_code_of_one_invitation_does_not_open_another(team):
    """Each code belongs to its own invitation, also for the same address."""
    old = invite(team, ELSEWHERE.email, "support")
    new = invite(team, ELSEWHERE.email, "warehouse")
    guest = visit(team, ELSEWHERE, **NO_DOMAIN).press("Accept invitation")
    guest.press(Action.CONFIRM_CODE, form={"code": old})
    assert ELSEWHERE.email not in roles(team)
    guest.press(Action.CONFIRM_CODE, form={"code": new})
    assert roles(team)[ELSEWHERE.email] == "warehouse"


# --- who may not ---


def test_address_that_google_has_not_verified_sees_and_takes_nothing(team, product):
    """Neither with a press nor with the right code and the invitation's id in hand."""
    code = invite(team, GMAIL.email)
    (row,) = open_invitations(team)
    guest = visit(team, GMAIL, email_verified=False)
    assert not guest.says("Join as")
    guest.post("accept-invitation", invitation_id=row.id)
    guest.post("confirm-code", form={"code": code}, invitation_id=row.id)
    assert guest.says("Google has not verified your address")
    assert GMAIL.email not in roles(team)


def test_invitation_to_somebody_else_is_not_found_even_by_its_id_and_code(team):
    code = invite(team, GMAIL.email)
    (row,) = open_invitations(team)
    other = visit(team, person_of("mallory@gmail.com"))
    assert not other.says("Join as")
    for action in ("accept-invitation", "confirm-code"):
        other.post(action, form={"code": code}, invitation_id=row.id)
        assert other.says("This invitation is no longer open")
    assert "mallory@gmail.com" not in roles(team)


def test_invitation_is_taken_once_and_the_first_account_wins(team):
    """An address may belong to a second Google account later: what was taken is taken."""
    invite(team, GMAIL.email)
    (row,) = open_invitations(team)
    visit(team, GMAIL).press("Accept invitation")
    second = visit(team, GMAIL, sub="199999999999999999999")
    second.post("accept-invitation", invitation_id=row.id)
    assert second.says("This invitation is no longer open")
    assert [member.sub for member in team.members() if member.email == GMAIL.email] == [GMAIL.sub]


def test_invitation_runs_out_after_seven_days(team):
    invite(team, GMAIL.email)
    (row,) = open_invitations(team)
    team.product.clock.advance(7 * DAY_S - 60)
    assert visit(team, GMAIL).says("Join as support")
    team.product.clock.advance(120)
    late = visit(team, GMAIL)
    assert not late.says("Join as support")
    late.post("accept-invitation", invitation_id=row.id)
    assert GMAIL.email not in roles(team)


def test_withdrawn_invitation_cannot_be_taken(team):
    invite(team, GMAIL.email)
    guest = visit(team, GMAIL)
    team.sidebar("owner").post("people").press(Action.REVOKE_INVITATION)
    guest.press("Accept invitation")
    assert guest.says("This invitation is no longer open")
    assert GMAIL.email not in roles(team)


def test_member_who_left_can_be_invited_again_into_another_role(team):
    """The old membership stays on record and opens nothing."""
    invite(team, GMAIL.email, "finance")
    visit(team, GMAIL).press("Accept invitation")
    owner = team.sidebar("owner").post("people").press(GMAIL.email)
    owner.press(Action.REVOKE_MEMBER).press(Action.CONFIRM_REVOKE)
    assert GMAIL.email not in roles(team)
    invite(team, GMAIL.email, "warehouse")
    visit(team, GMAIL).press("Accept invitation")
    assert roles(team)[GMAIL.email] == "warehouse"


def test_admin_invites_everybody_but_owners(team):
    """Nobody gives more than they have."""
    team.join("admin")
    admin = team.sidebar("admin").post("invite")
    admin.post("send-invitation", form={"email": GMAIL.email, "role": "owner"}, once_key="k")
    assert open_invitations(team) == []
    admin.post("send-invitation", form={"email": GMAIL.email, "role": "admin"}, once_key="l")
    assert [row.role for row in open_invitations(team)] == ["admin"]


def open_invitations(team):
    services = team.product.services
    with services.store.read() as tx:
        return invitations.open_of(tx, Scope(team.account_id), services.clock.now())
