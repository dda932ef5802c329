"""Who is calling, what they are here, and who may make whom what."""

from dataclasses import replace

import pytest
from flows.rig import MAYA, SAM, actor, caller, open_account

from service.core.roles import Permission, Role, Switch
from service.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from service.flows import manage
from service.sandbox.people import person_of
from service.store import people

THEO = person_of("theo@bloomthread.example")
RAVI = person_of("ravi.menon@gmail.com")
GUEST = person_of("guest@agency.example")


@pytest.fixture
def owner(services):
    return open_account(services, MAYA)


def invited(services, who, person):
    """The open invitation this person sees."""
    return manage.standing(services, caller(person), "").invitations[0][0]


def join(services, owner, person, role):
    code = manage.invite(services, owner, email=person.email, role=role)
    manage.accept_invitation(services, caller(person), invited(services, owner, person).id, code=code)
    return actor(services, person)


def member_id(services, owner, person):
    return next(row.id for row in manage.members(services, owner)[0] if row.email == person.email)


# --- accounts and standing -------------------------------------------------------------------------------------------


def test_whoever_opens_an_account_owns_it(services, owner):
    assert owner.role is Role.OWNER
    assert manage.account(services, owner.scope).name == "Bloom & Thread"
    assert manage.account(services, owner.scope).plan == services.settings.default_plan


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "x" * 81])
def test_an_account_needs_a_name_of_a_sensible_length(services, name):
    with pytest.raises(BadInput):
        manage.open_account(services, caller(MAYA), name)


def test_a_name_is_tidied(services):
    open_account(services, MAYA, "  Bloom \n &  Thread ")
    assert manage.account(services, actor(services, MAYA).scope).name == "Bloom & Thread"


def test_a_stranger_is_nobody_here(services, owner):
    standing = manage.standing(services, caller(RAVI), "")
    assert (standing.actor, standing.account) == (None, None)
    assert not standing.accounts
    assert not standing.invitations
    with pytest.raises(NotFound):
        manage.require(standing.actor, Permission.SHEET_STATUS)


def test_a_bound_file_decides_the_account(rig, paper):
    """Maya also works elsewhere and has chosen that; in this file she is in this account."""
    manage.open_account(rig.services, caller(MAYA), "Second")
    assert manage.standing(rig.services, caller(MAYA), "").account.name == "Second"
    assert manage.standing(rig.services, caller(MAYA), paper.spreadsheet_id).account.name == "Bloom & Thread"
    stranger = manage.standing(rig.services, caller(RAVI), paper.spreadsheet_id)
    assert (stranger.actor, stranger.account) == (None, None)


def test_of_several_accounts_one_is_chosen(services, owner):
    manage.open_account(services, caller(MAYA), "Second")
    manage.choose_account(services, caller(MAYA), owner.account_id)
    assert manage.standing(services, caller(MAYA), "").account.name == "Bloom & Thread"
    with pytest.raises(NotFound):
        manage.choose_account(services, caller(RAVI), owner.account_id)


def test_a_role_that_does_not_include_it_is_told_whom_to_ask(services, owner):
    sam = join(services, owner, SAM, Role.WAREHOUSE)
    assert manage.require(sam, Permission.SHEET_REFRESH) == sam
    with pytest.raises(NotAllowed) as problem:
        manage.require(sam, Permission.SHOP_CONNECT)
    assert problem.value.granted_by == "owner, admin"


# --- invitations -----------------------------------------------------------------------------------------------------


def test_an_address_google_speaks_for_needs_no_code(services, owner):
    manage.invite(services, owner, email="  Ravi.Menon@GMAIL.com ", role=Role.SUPPORT)
    manage.accept_invitation(services, caller(RAVI), invited(services, owner, RAVI).id)
    assert actor(services, RAVI).role is Role.SUPPORT


def test_an_address_google_does_not_speak_for_needs_the_code(services, owner):
    """Its mailbox may have changed hands since the Google account was made."""
    guest = caller(GUEST, authoritative=False)
    code = manage.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, owner, GUEST)
    for wrong in ("", "00000000" if code != "00000000" else "11111111"):
        with pytest.raises(BadInput) as problem:
            manage.accept_invitation(services, guest, invitation.id, code=wrong)
        assert problem.value.field == "code"
    manage.accept_invitation(services, guest, invitation.id, code=f" {code} ")
    assert actor(services, GUEST).role is Role.CLIENT


def test_an_unverified_address_sees_and_takes_no_invitation(services, owner):
    code = manage.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, owner, GUEST)
    unverified = caller(GUEST, email_verified=False, authoritative=False)
    assert list(manage.standing(services, unverified, "").invitations) == []
    with pytest.raises(NotAllowed):
        manage.accept_invitation(services, unverified, invitation.id, code=code)


def test_an_invitation_is_for_its_address_only(services, owner):
    code = manage.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, owner, GUEST)
    with pytest.raises(NotFound):
        manage.accept_invitation(services, caller(RAVI), invitation.id, code=code)


def test_after_five_wrong_codes_the_right_one_is_too_late(services, owner):
    guest = caller(GUEST, authoritative=False)
    code = manage.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    invitation = invited(services, owner, GUEST)
    wrong = "12345678" if code != "12345678" else "87654321"
    for _ in range(manage.CODE_TRIES):
        with pytest.raises(BadInput):
            manage.accept_invitation(services, guest, invitation.id, code=wrong)
    with pytest.raises(TooMuch):
        manage.accept_invitation(services, guest, invitation.id, code=code)
    fresh = manage.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    manage.accept_invitation(services, guest, invited(services, owner, GUEST).id, code=fresh)


def test_a_second_google_account_of_the_same_address_comes_too_late(services, owner):
    """First sub wins: an address that changed hands brings no second member."""
    manage.invite(services, owner, email=RAVI.email, role=Role.SUPPORT)
    invitation = invited(services, owner, RAVI)
    manage.accept_invitation(services, caller(RAVI), invitation.id)
    with pytest.raises(NotFound):
        manage.accept_invitation(services, caller(RAVI, sub="2" * 21), invitation.id)


def test_an_invitation_ends_after_seven_days(services, owner, clock):
    manage.invite(services, owner, email=RAVI.email, role=Role.SUPPORT)
    invitation = invited(services, owner, RAVI)
    clock.advance(7 * 86_400)
    with pytest.raises(NotFound):
        manage.accept_invitation(services, caller(RAVI), invitation.id)


def test_a_new_invitation_takes_the_place_of_the_old_one(services, owner):
    manage.invite(services, owner, email=RAVI.email, role=Role.SUPPORT)
    first = invited(services, owner, RAVI)
    manage.invite(services, owner, email=RAVI.email, role=Role.CLIENT)
    assert len(manage.members(services, owner)[1]) == 1
    with pytest.raises(NotFound):
        manage.accept_invitation(services, caller(RAVI), first.id)
    manage.accept_invitation(services, caller(RAVI), invited(services, owner, RAVI).id)
    assert actor(services, RAVI).role is Role.CLIENT


def test_a_code_does_not_open_another_invitation(services, owner):
    rival = open_account(services, person_of("ola@rival.example"), "Rival")
    code = manage.invite(services, owner, email=GUEST.email, role=Role.CLIENT)
    manage.invite(services, rival, email=GUEST.email, role=Role.OWNER)
    guest = caller(GUEST, authoritative=False)
    theirs = next(row for row, name in manage.standing(services, guest, "").invitations if name == "Rival")
    with pytest.raises(BadInput):
        manage.accept_invitation(services, guest, theirs.id, code=code)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@", "@b.example", "a b@c.example", "a@b", "a@" + "x" * 260 + ".example"]
)
def test_what_is_no_address_is_hinted_at(services, owner, address):
    with pytest.raises(BadInput) as problem:
        manage.invite(services, owner, email=address, role=Role.CLIENT)
    assert problem.value.field == "email"


def test_roles_that_do_not_exist_are_given_to_nobody(services, owner):
    for role in ("", "stranger", "root", "OWNER"):
        with pytest.raises(BadInput):
            manage.invite(services, owner, email=RAVI.email, role=role)


def test_a_member_is_not_invited_again(services, owner):
    join(services, owner, SAM, Role.WAREHOUSE)
    with pytest.raises(Conflict):
        manage.invite(services, owner, email=SAM.email.upper(), role=Role.ADMIN)


def test_open_invitations_are_limited(services, owner):
    for number in range(manage.MOST_INVITATIONS):
        manage.invite(services, owner, email=f"guest{number}@x.example", role=Role.CLIENT)
    with pytest.raises(TooMuch):
        manage.invite(services, owner, email="one-more@x.example", role=Role.CLIENT)


# --- owners and admins -----------------------------------------------------------------------------------------------


def test_the_last_owner_stays_one(services, owner):
    for attempt in (
        lambda: manage.change_role(services, owner, owner.member_id, role=Role.ADMIN),
        lambda: manage.revoke_member(services, owner, owner.member_id),
    ):
        with pytest.raises(Conflict, match="last owner"):
            attempt()


def test_one_of_two_owners_may_go(services, owner):
    theo = join(services, owner, THEO, Role.OWNER)
    manage.revoke_member(services, theo, owner.member_id)
    assert manage.standing(services, caller(MAYA), "").actor is None
    with pytest.raises(Conflict):
        manage.revoke_member(services, theo, theo.member_id)


def test_an_admin_touches_no_owner_and_makes_none(services, owner):
    theo = join(services, owner, THEO, Role.ADMIN)
    sam = join(services, owner, SAM, Role.WAREHOUSE)
    for attempt in (
        lambda: manage.change_role(services, theo, owner.member_id, role=Role.CLIENT),
        lambda: manage.revoke_member(services, theo, owner.member_id),
        lambda: manage.change_role(services, theo, sam.member_id, role=Role.OWNER),
        lambda: manage.change_role(services, theo, theo.member_id, role=Role.OWNER),
        lambda: manage.invite(services, theo, email=RAVI.email, role=Role.OWNER),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    manage.change_role(services, theo, sam.member_id, role=Role.SUPPORT)
    assert actor(services, SAM).role is Role.SUPPORT


def test_a_role_counts_from_the_next_press_on(services, owner):
    join(services, owner, SAM, Role.WAREHOUSE)
    manage.change_role(services, owner, member_id(services, owner, SAM), role=Role.FINANCE)
    assert actor(services, SAM).role is Role.FINANCE
    manage.revoke_member(services, owner, member_id(services, owner, SAM))
    assert manage.standing(services, caller(SAM), "").actor is None


def test_members_of_another_account_are_not_found(services, owner):
    """Their ids are known; nothing is said about them."""
    rival = open_account(services, person_of("ola@rival.example"), "Rival")
    manage.invite(services, owner, email=RAVI.email, role=Role.CLIENT)
    invitation = invited(services, owner, RAVI)
    for attempt in (
        lambda: manage.member(services, rival, owner.member_id),
        lambda: manage.change_role(services, rival, owner.member_id, role=Role.CLIENT),
        lambda: manage.revoke_member(services, rival, owner.member_id),
        lambda: manage.revoke_invitation(services, rival, invitation.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert actor(services, MAYA).role is Role.OWNER


# --- switches and leaving --------------------------------------------------------------------------------------------


def test_optional_cells_are_shut_until_they_are_opened(services, owner):
    assert manage.account(services, owner.scope).switches == []
    manage.set_switch(services, owner, Switch.WAREHOUSE_PII, wanted="on")
    manage.set_switch(services, owner, Switch.CLIENT_ID, wanted="on")
    account = manage.set_switch(services, owner, Switch.WAREHOUSE_PII, wanted="off")
    assert account.switches == [Switch.CLIENT_ID]
    with pytest.raises(BadInput):
        manage.set_switch(services, owner, "warehouse:everything", wanted="on")


def test_what_people_did_is_on_record(services, owner):
    manage.set_switch(services, owner, Switch.CLIENT_ID, wanted="on")
    with services.store.read() as tx:
        sub, at = people.last_record(tx, owner.account_id, deed="set-switch")
    assert (sub, at) == (MAYA.sub, services.clock.now())


def test_signing_out_revokes_at_google_and_keeps_the_membership(services, local_world, owner):
    here = caller(MAYA, local_world)
    manage.sign_out(services, here)
    assert local_world.identity.bearers.find(here.user_token) is None
    assert manage.standing(services, replace(here, user_token=""), "").actor is not None
