"""Inviting an address or a domain, and who may take it."""

import pytest
from flows.guests import GUEST, RAVI, invited, join
from flows.rig import MAYA, SAM, actor, caller, open_account

from service.core.roles import Role
from service.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from service.flows import invitations, manage, members
from service.sandbox.people import person_of


@pytest.fixture
def owner(services):
    return open_account(services, MAYA)


def test_an_address_google_speaks_for_needs_no_code(services, owner):
    invitations.invite(services, owner, email="  Ravi.Menon@GMAIL.com ", role=Role.SUPPORT)
    invitations.accept(services, caller(RAVI), invited(services, RAVI).id)
    assert actor(services, RAVI).role is Role.SUPPORT


def test_an_address_google_does_not_speak_for_needs_the_code(services, owner):
    """Its mailbox may have changed hands since the Google account was made."""
    guest = caller(GUEST, authoritative=False)
    code = invitations.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, GUEST)
    for wrong in ("", "00000000" if code != "00000000" else "11111111"):
        with pytest.raises(BadInput) as problem:
            invitations.accept(services, guest, invitation.id, code=wrong)
        assert problem.value.field == "code"
    invitations.accept(services, guest, invitation.id, code=f" {code} ")
    assert actor(services, GUEST).role is Role.CLIENT


def test_an_unverified_address_sees_and_takes_no_invitation(services, owner):
    code = invitations.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, GUEST)
    unverified = caller(GUEST, email_verified=False, authoritative=False)
    assert list(manage.standing(services, unverified, "").invitations) == []
    with pytest.raises(NotAllowed):
        invitations.accept(services, unverified, invitation.id, code=code)


def test_an_invitation_is_for_its_address_only(services, owner):
    code = invitations.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, GUEST)
    with pytest.raises(NotFound):
        invitations.accept(services, caller(RAVI), invitation.id, code=code)


def test_after_five_wrong_codes_the_right_one_is_too_late(services, owner):
    guest = caller(GUEST, authoritative=False)
    code = invitations.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, GUEST)
    wrong = "12345678" if code != "12345678" else "87654321"
    for _ in range(invitations.CODE_TRIES):
        with pytest.raises(BadInput):
            invitations.accept(services, guest, invitation.id, code=wrong)
    with pytest.raises(TooMuch):
        invitations.accept(services, guest, invitation.id, code=code)
    fresh = invitations.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitations.accept(services, guest, invited(services, GUEST).id, code=fresh)


def test_a_second_google_account_of_the_same_address_comes_too_late(services, owner):
    """First sub wins: an address that changed hands brings no second member."""
    invitations.invite(services, owner, email=RAVI.email, role=Role.SUPPORT)
    invitation = invited(services, RAVI)
    invitations.accept(services, caller(RAVI), invitation.id)
    with pytest.raises(NotFound):
        invitations.accept(services, caller(RAVI, sub="2" * 21), invitation.id)


def test_an_invitation_ends_after_seven_days(services, owner, clock):
    invitations.invite(services, owner, email=RAVI.email, role=Role.SUPPORT)
    invitation = invited(services, RAVI)
    clock.advance(7 * 86_400)
    with pytest.raises(NotFound):
        invitations.accept(services, caller(RAVI), invitation.id)


def test_a_new_invitation_takes_the_place_of_the_old_one(services, owner):
    invitations.invite(services, owner, email=RAVI.email, role=Role.SUPPORT)
    first = invited(services, RAVI)
    invitations.invite(services, owner, email=RAVI.email, role=Role.CLIENT)
    assert len(members.everybody(services, owner).invitations) == 1
    with pytest.raises(NotFound):
        invitations.accept(services, caller(RAVI), first.id)
    invitations.accept(services, caller(RAVI), invited(services, RAVI).id)
    assert actor(services, RAVI).role is Role.CLIENT


def test_a_code_does_not_open_another_invitation(services, owner):
    rival = open_account(services, person_of("ola@rival.example"), "Rival")
    code = invitations.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitations.invite(services, rival, email=GUEST.email, role=Role.OWNER)
    guest = caller(GUEST, authoritative=False)
    theirs = next(row for row, account in manage.standing(services, guest, "").invitations if account.name == "Rival")
    with pytest.raises(BadInput):
        invitations.accept(services, guest, theirs.id, code=code)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@", "@b.example", "a b@c.example", "a@b", "a@" + "x" * 260 + ".example"]
)
def test_what_is_no_address_is_hinted_at(services, owner, address):
    with pytest.raises(BadInput) as problem:
        invitations.invite(services, owner, email=address, role=Role.CLIENT)
    assert problem.value.field == "email"


def test_roles_that_do_not_exist_are_given_to_nobody(services, owner):
    for role in ("", "stranger", "root", "OWNER"):
        with pytest.raises(BadInput):
            invitations.invite(services, owner, email=RAVI.email, role=role)


def test_a_member_is_not_invited_again(services, owner):
    join(services, owner, SAM, Role.WAREHOUSE)
    with pytest.raises(Conflict):
        invitations.invite(services, owner, email=SAM.email.upper(), role=Role.ADMIN)


def test_open_invitations_are_limited(services, owner):
    for number in range(invitations.MOST_INVITATIONS):
        invitations.invite(services, owner, email=f"guest{number}@x.example", role=Role.CLIENT)
    with pytest.raises(TooMuch):
        invitations.invite(services, owner, email="one-more@x.example", role=Role.CLIENT)
