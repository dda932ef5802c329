"""Who may make whom what, for which shops and how long; and the account's optional cells."""

from datetime import timedelta

import pytest
from flows.guests import RAVI, THEO, invited, join, member_id
from flows.rig import MAYA, SAM, actor, caller, open_account

from service.core.roles import Role, Switch
from service.errors import BadInput, Conflict, NotAllowed, NotFound
from service.flows import invitations, manage, members, ownership
from service.sandbox.people import person_of
from service.store import deeds


@pytest.fixture
def owner(services):
    return open_account(services, MAYA)


def test_the_last_owner_stays_one(services, owner):
    for attempt in (
        lambda: members.change_role(services, owner, owner.member_id, role=Role.ADMIN),
        lambda: members.revoke(services, owner, owner.member_id),
    ):
        with pytest.raises(Conflict, match="last owner"):
            attempt()


def test_one_of_two_owners_may_go(services, owner):
    theo = join(services, owner, THEO, Role.OWNER)
    members.revoke(services, theo, owner.member_id)
    assert manage.standing(services, caller(MAYA), "").actor is None
    with pytest.raises(Conflict):
        members.revoke(services, theo, theo.member_id)


def test_an_admin_touches_no_owner_and_makes_none(services, owner):
    theo = join(services, owner, THEO, Role.ADMIN)
    sam = join(services, owner, SAM, Role.WAREHOUSE)
    for attempt in (
        lambda: members.change_role(services, theo, owner.member_id, role=Role.CLIENT),
        lambda: members.revoke(services, theo, owner.member_id),
        lambda: members.change_role(services, theo, sam.member_id, role=Role.OWNER),
        lambda: members.change_role(services, theo, theo.member_id, role=Role.OWNER),
        lambda: invitations.invite(services, theo, email=RAVI.email, role=Role.OWNER),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    members.change_role(services, theo, sam.member_id, role=Role.SUPPORT)
    assert actor(services, SAM).role is Role.SUPPORT


def test_a_role_counts_from_the_next_press_on(services, owner):
    join(services, owner, SAM, Role.WAREHOUSE)
    members.change_role(services, owner, member_id(services, owner, SAM), role=Role.FINANCE)
    assert actor(services, SAM).role is Role.FINANCE
    members.revoke(services, owner, member_id(services, owner, SAM))
    assert manage.standing(services, caller(SAM), "").actor is None


def test_members_of_another_account_are_not_found(services, owner):
    """Their ids are known; nothing is said about them."""
    rival = open_account(services, person_of("ola@rival.example"), "Rival")
    invitations.invite(services, owner, email=RAVI.email, role=Role.CLIENT)
    invitation = invited(services, RAVI)
    for attempt in (
        lambda: members.member(services, rival, owner.member_id),
        lambda: members.change_role(services, rival, owner.member_id, role=Role.CLIENT),
        lambda: members.revoke(services, rival, owner.member_id),
        lambda: invitations.withdraw(services, rival, invitation.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert actor(services, MAYA).role is Role.OWNER


def test_optional_cells_are_shut_until_they_are_opened(services, owner):
    assert manage.account(services, owner.scope).switches == []
    members.set_switch(services, owner, Switch.WAREHOUSE_PII, wanted="on")
    members.set_switch(services, owner, Switch.CLIENT_ID, wanted="on")
    account = members.set_switch(services, owner, Switch.WAREHOUSE_PII, wanted="off")
    assert account.switches == [Switch.CLIENT_ID]
    with pytest.raises(BadInput):
        members.set_switch(services, owner, "warehouse:everything", wanted="on")


def test_what_people_did_is_on_record(services, owner):
    members.set_switch(services, owner, Switch.CLIENT_ID, wanted="on")
    with services.store.read() as tx:
        sub, at = deeds.last_record(tx, owner.account_id, deed="set-switch")
    assert (sub, at) == (MAYA.sub, services.clock.now())


# --- memberships that end --------------------------------------------------------------------------------------------


def test_a_membership_that_ran_out_is_none(services, owner, clock):
    """For the person, for the list, for every press that is still open."""
    ends_at = clock.now() + timedelta(hours=1)
    sam = join(services, owner, SAM, Role.WAREHOUSE, expires_at=ends_at)
    known = member_id(services, owner, SAM)
    clock.advance(3599)
    assert manage.standing(services, caller(SAM), "").actor is not None
    clock.advance(1)
    assert manage.standing(services, caller(SAM), "").actor is None
    assert manage.actor_of(services, SAM.sub, sam.account_id) is None
    assert [row.email for row in members.everybody(services, owner).members] == [MAYA.email]
    with pytest.raises(NotFound):
        members.member(services, owner, known)


def test_whose_membership_ran_out_may_be_invited_again(services, owner, clock):
    join(services, owner, SAM, Role.WAREHOUSE, expires_at=clock.now() + timedelta(hours=1))
    clock.advance(3600)
    assert join(services, owner, SAM, Role.SUPPORT).role is Role.SUPPORT


def test_a_sheet_pauses_for_a_membership_that_ran_out(rig, paper):
    """Like for a revocation: the person still has the file, and is a stranger in it now."""
    join(rig.services, rig.owner, SAM, Role.WAREHOUSE, expires_at=rig.clock.now() + timedelta(minutes=30))
    rig.services.google.drive.add_writer(rig.identity(), paper.spreadsheet_id, SAM.email, budget_s=10)
    rig.clock.advance(61)
    rig.place(1)
    rig.live_through(20)
    assert rig.file(paper).state == "live"
    rig.clock.advance(1800)
    rig.place(1)
    rig.live_through(90)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", "leak")
    assert SAM.email in rig.file(paper).reason_text


def test_who_was_last_seen_is_kept_to_the_hour(services, owner, clock):
    first = members.member(services, owner, owner.member_id).seen_at
    clock.advance(3599)
    manage.standing(services, caller(MAYA), "")
    assert members.member(services, owner, owner.member_id).seen_at == first
    clock.advance(1)
    manage.standing(services, caller(MAYA), "")
    assert members.member(services, owner, owner.member_id).seen_at == clock.now()


def test_an_invitation_that_was_never_taken_up_says_never_seen(services, owner):
    """Joining is not visiting: the access review counts from the first press after it."""
    code = invitations.invite(services, owner, email=SAM.email, role=Role.WAREHOUSE)
    invitations.accept(services, caller(SAM), invited(services, SAM).id, code=code)
    assert members.member(services, owner, member_id(services, owner, SAM)).seen_at is None


# --- changing how far and how long -----------------------------------------------------------------------------------


def test_role_shops_and_end_are_changed_together(rig):
    join(rig.services, rig.owner, SAM, Role.WAREHOUSE)
    known, ends_at = member_id(rig.services, rig.owner, SAM), rig.clock.now() + timedelta(days=7)
    members.change(rig.services, rig.owner, known, role=Role.SUPPORT, shop_ids=[rig.shop.id], expires_at=ends_at)
    sam = actor(rig.services, SAM)
    assert (sam.role, sam.shop_ids) == (Role.SUPPORT, {rig.shop.id})
    members.change_role(rig.services, rig.owner, known, role=Role.FINANCE)
    row = members.member(rig.services, rig.owner, known)
    assert (row.role, row.shop_ids, row.expires_at) == (Role.FINANCE, [rig.shop.id], ends_at)


def test_an_owner_has_every_shop_and_no_end(rig):
    """Also one who was limited before; and nobody can put an end to an owner by a date."""
    join(rig.services, rig.owner, THEO, Role.ADMIN, shop_ids=[rig.shop.id],
         expires_at=rig.clock.now() + timedelta(days=7))  # fmt: skip
    known = member_id(rig.services, rig.owner, THEO)
    members.change_role(rig.services, rig.owner, known, role=Role.OWNER)
    row = members.member(rig.services, rig.owner, known)
    assert (row.role, row.shop_ids, row.expires_at) == (Role.OWNER, None, None)
    with pytest.raises(BadInput):
        members.change(rig.services, rig.owner, known, role=Role.OWNER, shop_ids=None,
                       expires_at=rig.clock.now() + timedelta(days=7))  # fmt: skip


def test_nobody_lengthens_their_own_access(services, owner, clock):
    ends_at = clock.now() + timedelta(days=7)
    theo = join(services, owner, THEO, Role.ADMIN, expires_at=ends_at)
    with pytest.raises(BadInput):
        members.change(services, theo, theo.member_id, role=Role.ADMIN, shop_ids=None, expires_at=None)
    assert members.member(services, owner, theo.member_id).expires_at == ends_at


# --- in sheets -------------------------------------------------------------------------------------------------------


def test_a_member_of_some_shops_is_a_leak_in_a_sheet_of_all(rig, paper):
    """Not only columns: rows of shops that are not theirs are in the file as well."""
    sam = join(rig.services, rig.owner, SAM, Role.WAREHOUSE)
    rig.services.google.drive.add_writer(rig.identity(), paper.spreadsheet_id, SAM.email, budget_s=10)
    rig.clock.advance(61)
    rig.place(1)
    rig.live_through(20)
    assert rig.file(paper).state == "live"
    members.change(rig.services, rig.owner, sam.member_id, role=Role.WAREHOUSE, shop_ids=[rig.shop.id],
                   expires_at=None)  # fmt: skip
    rig.place(1)
    rig.live_through(90)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", "leak")
    members.change(rig.services, rig.owner, sam.member_id, role=Role.WAREHOUSE, shop_ids=None, expires_at=None)
    rig.live_through(90)
    assert rig.file(paper).state == "live"


# --- what a member has opened for others -----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["revoked", "made something else", "left"])
def test_who_may_invite_no_more_lets_nobody_in(services, owner, ending):
    """An invitation and a standing offer of theirs would be a door that nobody watches."""
    theo = join(services, owner, THEO, Role.ADMIN)
    invitations.invite(services, theo, email=RAVI.email, role=Role.CLIENT)
    invitations.invite_domain(services, theo, domain="packright.example", role=Role.CLIENT)
    invitations.invite(services, owner, email="kept@agency.example", role=Role.CLIENT)
    if ending == "revoked":
        members.revoke(services, owner, theo.member_id)
    elif ending == "left":
        ownership.leave(services, theo)
    else:
        members.change_role(services, owner, theo.member_id, role=Role.SUPPORT)
    assert [row.email for row in members.everybody(services, owner).invitations] == ["kept@agency.example"]
    assert manage.standing(services, caller(RAVI), "").invitations == []
    assert manage.standing(services, caller(SAM), "").invitations == []


def test_an_admin_who_becomes_owner_keeps_what_they_opened(services, owner):
    theo = join(services, owner, THEO, Role.ADMIN)
    invitations.invite(services, theo, email=RAVI.email, role=Role.CLIENT)
    members.change_role(services, owner, theo.member_id, role=Role.OWNER)
    assert [row.email for row in members.everybody(services, owner).invitations] == [RAVI.email]
