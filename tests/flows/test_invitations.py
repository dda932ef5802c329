"""Inviting an address or a domain, and who may take it."""

from datetime import timedelta

import pytest
from doubles import START
from flows.guests import GUEST, RAVI, THEO, invited, join, member_id
from flows.rig import MAYA, SAM, actor, caller, open_account

from service.core.roles import Role
from service.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from service.flows import invitations, manage, members
from service.sandbox.people import person_of
from service.store import deeds

DOMAIN = "packright.example"

pytestmark = pytest.mark.every_database


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


# --- how far and how long --------------------------------------------------------------------------------------------


def test_an_invitation_gives_its_shops_and_its_end(rig):
    ends_at = rig.clock.now() + timedelta(days=30)
    sam = join(rig.services, rig.owner, SAM, Role.WAREHOUSE, shop_ids=[rig.shop.id], expires_at=ends_at)
    assert sam.shop_ids == {rig.shop.id}
    (row,) = [row for row in members.everybody(rig.services, rig.owner).members if row.email == SAM.email]
    assert (row.shop_ids, row.expires_at) == ([rig.shop.id], ends_at)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"shop_ids": ["another-accounts-shop"]}, "shops"),
        ({"shop_ids": []}, "shops"),
        ({"expires_at": START - timedelta(days=1)}, "until"),
        ({"role": Role.OWNER, "expires_at": START + timedelta(days=9)}, "until"),
        ({"role": "custom:nothing"}, "role"),
    ],
)
def test_what_cannot_be_given_is_hinted_at_the_field(services, owner, wish, field):
    with pytest.raises(BadInput) as refused:
        invitations.invite(services, owner, **{"email": SAM.email, "role": Role.WAREHOUSE} | wish)
    assert refused.value.field == field


def test_nobody_gives_more_shops_or_a_later_end_than_their_own(rig):
    """An admin of one shop, for a month, lets nobody see another shop or stay longer; all of theirs is theirs."""
    ends_at = rig.clock.now() + timedelta(days=30)
    theo = join(rig.services, rig.owner, THEO, Role.ADMIN, shop_ids=[rig.shop.id], expires_at=ends_at)
    for later in (None, ends_at + timedelta(days=1)):
        with pytest.raises(BadInput):
            invitations.invite(rig.services, theo, email=SAM.email, role=Role.WAREHOUSE, expires_at=later)
    sam = join(rig.services, theo, SAM, Role.WAREHOUSE, expires_at=ends_at)
    assert sam.shop_ids == {rig.shop.id}


def test_an_invitation_for_a_time_that_is_over_is_none(services, owner, clock):
    soon = clock.now() + timedelta(days=2)
    invitations.invite(services, owner, email=RAVI.email, role=Role.SUPPORT, expires_at=soon)
    clock.advance(2 * 86_400)
    assert manage.standing(services, caller(RAVI), "").invitations == []


# --- whole domains ---------------------------------------------------------------------------------------------------


@pytest.fixture
def open_door(services, owner):
    """Everybody at the packer's company may join."""
    assert invitations.invite_domain(services, owner, domain=" @PackRight.example ", role=Role.WAREHOUSE) == DOMAIN
    return invited(services, SAM)


def test_everybody_at_an_invited_domain_may_join_and_is_named(services, owner, open_door):
    """The offer stands; who came in by it is on record, and their owners are told which domain let them in."""
    kim = person_of(f"kim@{DOMAIN}")
    for person in (SAM, kim):
        invitations.accept(services, caller(person), open_door.id)
        assert actor(services, person).role is Role.WAREHOUSE
    found = members.everybody(services, owner)
    assert found.came_by == {SAM.email: DOMAIN, kim.email: DOMAIN}
    assert [row.domain for row in found.invitations] == [DOMAIN]
    with services.store.read() as tx:
        assert deeds.last_record(tx, owner.account_id, deed="join-by-domain")[0] == kim.sub


@pytest.mark.parametrize(
    "who",
    [
        caller(RAVI),
        caller(SAM, authoritative=False),
        caller(SAM, email_verified=False),
        caller(SAM, hd="else.example"),
        caller(SAM, hd=None),
        caller(person_of(f"sam@{DOMAIN}.evil.example")),
    ],
    ids=["other domain", "not authoritative", "not verified", "other Workspace", "no Workspace", "lookalike"],
)
def test_only_people_google_vouches_for_there_are_let_in(services, open_door, who):
    """An address in the domain is not enough: anybody can open a Google account with one."""
    assert manage.standing(services, who, "").invitations == []
    with pytest.raises((NotFound, NotAllowed)):
        invitations.accept(services, who, open_door.id)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.FINANCE])
def test_the_account_and_its_money_are_offered_to_no_domain(services, owner, role):
    with pytest.raises(BadInput) as refused:
        invitations.invite_domain(services, owner, domain=DOMAIN, role=role)
    assert refused.value.field == "role"


@pytest.mark.parametrize(
    "domain", ["", "packright", "a@b.example", "gmail.com", "x" * 250 + ".com", "-a.example", "a b.c"]
)
def test_what_is_no_company_s_domain_is_hinted_at(services, owner, domain):
    with pytest.raises(BadInput) as refused:
        invitations.invite_domain(services, owner, domain=domain, role=Role.CLIENT)
    assert refused.value.field == "domain"


def test_a_withdrawn_offer_lets_nobody_in_and_keeps_who_came(services, owner, open_door):
    invitations.accept(services, caller(SAM), open_door.id)
    invitations.withdraw(services, owner, open_door.id)
    assert manage.standing(services, caller(person_of(f"kim@{DOMAIN}")), "").invitations == []
    assert actor(services, SAM).role is Role.WAREHOUSE


def test_whoever_was_let_go_does_not_come_back_by_the_domain(services, owner, clock, open_door):
    """The offer still stands for colleagues; for this person only an invitation of their own."""
    invitations.accept(services, caller(SAM), open_door.id)
    clock.advance(60)
    members.revoke(services, owner, member_id(services, owner, SAM))
    clock.advance(60)
    assert manage.standing(services, caller(SAM), "").invitations == []
    with pytest.raises(NotFound):
        invitations.accept(services, caller(SAM), open_door.id)
    invitations.invite(services, owner, email=SAM.email, role=Role.WAREHOUSE)
    invitations.accept(services, caller(SAM), invited(services, SAM).id)
    assert actor(services, SAM).role is Role.WAREHOUSE


def test_a_membership_by_domain_ends_when_the_offer_says(services, owner, clock):
    ends_at = clock.now() + timedelta(days=10)
    invitations.invite_domain(services, owner, domain=DOMAIN, role=Role.CLIENT, expires_at=ends_at)
    invitations.accept(services, caller(SAM), invited(services, SAM).id)
    clock.advance(10 * 86_400)
    standing = manage.standing(services, caller(SAM), "")
    assert (standing.actor, standing.invitations) == (None, [])


def test_a_new_offer_to_a_domain_takes_the_place_of_the_old_one(services, owner, open_door):
    invitations.invite_domain(services, owner, domain=DOMAIN, role=Role.SUPPORT)
    with pytest.raises(NotFound):
        invitations.accept(services, caller(SAM), open_door.id)
    invitations.accept(services, caller(SAM), invited(services, SAM).id)
    assert actor(services, SAM).role is Role.SUPPORT


def test_coming_in_withdraws_what_else_was_open_for_the_person(services, owner, open_door):
    """Else a later yes to the other one would be a surprise."""
    invitations.invite(services, owner, email=SAM.email, role=Role.ADMIN)
    invitations.accept(services, caller(SAM), open_door.id)
    assert [row.domain for row in members.everybody(services, owner).invitations] == [DOMAIN]
