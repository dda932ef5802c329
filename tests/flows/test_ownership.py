"""Handing an account over, leaving it, and getting it back."""

import threading

import pytest
from flows.guests import GUEST, RAVI, THEO, invited, join, member_id
from flows.rig import MAYA, SAM, actor, caller, open_account

from service.core.roles import Role
from service.errors import BadInput, Conflict, NotAllowed, NotFound
from service.flows import invitations, manage, members, ownership
from service.store import deeds, people

pytestmark = pytest.mark.every_database


@pytest.fixture
def owner(services):
    return open_account(services, MAYA)


@pytest.fixture
def theo(services, owner):
    return join(services, owner, THEO, Role.ADMIN)


def roles(services, viewer):
    return {row.email: row.role for row in members.everybody(services, viewer).members}


def test_with_the_yes_owner_and_member_change_places(services, owner, theo):
    ownership.offer(services, owner, theo.member_id)
    assert roles(services, owner)[THEO.email] == Role.ADMIN, "nothing changes before the yes"
    invitations.accept(services, caller(THEO), invited(services, THEO).id)
    assert roles(services, theo) == {THEO.email: Role.OWNER, MAYA.email: Role.ADMIN}
    with services.store.read() as tx:
        assert deeds.last_record(tx, owner.account_id, deed="offer-ownership")[0] == MAYA.sub
        assert deeds.last_record(tx, owner.account_id, deed="take-ownership")[0] == THEO.sub


def test_a_member_needs_no_code_for_the_offer(services, owner, theo):
    """They are known by their Google account already, whatever their address."""
    ownership.offer(services, owner, theo.member_id)
    invitations.accept(services, caller(THEO, authoritative=False), invited(services, THEO).id)
    assert actor(services, THEO).role is Role.OWNER


def test_only_the_one_it_was_offered_to_can_take_it(services, owner, theo):
    join(services, owner, SAM, Role.WAREHOUSE)
    ownership.offer(services, owner, theo.member_id)
    offered = invited(services, THEO)
    for other in (SAM, RAVI):
        with pytest.raises(NotFound):
            invitations.accept(services, caller(other), offered.id)


def test_only_an_owner_hands_over_and_only_to_a_member_who_is_none(services, owner, theo):
    sam = join(services, owner, SAM, Role.WAREHOUSE)
    with pytest.raises(NotAllowed):
        ownership.offer(services, theo, sam.member_id)
    with pytest.raises(Conflict):
        ownership.offer(services, owner, owner.member_id)
    with pytest.raises(NotFound):
        ownership.offer(services, owner, "somebody-else-s-member")


def test_an_offer_ends_with_a_withdrawal_with_another_offer_and_with_its_giver(services, owner, theo, clock):
    sam = join(services, owner, SAM, Role.SUPPORT)
    ownership.offer(services, owner, theo.member_id)
    first = invited(services, THEO)
    ownership.offer(services, owner, sam.member_id)
    with pytest.raises(NotFound):
        invitations.accept(services, caller(THEO), first.id)
    second = invited(services, SAM)
    invitations.withdraw(services, owner, second.id)
    with pytest.raises(NotFound):
        invitations.accept(services, caller(SAM), second.id)
    ownership.offer(services, owner, theo.member_id)
    third = invited(services, THEO)
    members.change_role(services, owner, sam.member_id, role=Role.OWNER)
    members.change_role(services, actor(services, SAM), owner.member_id, role=Role.ADMIN)
    with pytest.raises(NotFound):
        invitations.accept(services, caller(THEO), third.id)
    assert roles(services, theo)[THEO.email] == Role.ADMIN


def test_an_owner_s_invitation_to_a_stranger_changes_nobody_else(services, owner):
    """It lets a second owner in; that is no handing over."""
    join(services, owner, GUEST, Role.OWNER)
    assert roles(services, owner) == {MAYA.email: Role.OWNER, GUEST.email: Role.OWNER}


def test_anybody_may_leave_but_the_last_owner(services, owner, theo):
    assert ownership.is_last_owner(services, owner)
    with pytest.raises(Conflict):
        ownership.leave(services, owner)
    assert not ownership.is_last_owner(services, theo)
    assert ownership.leave(services, theo) == "Bloom & Thread"
    assert manage.standing(services, caller(THEO), "").actor is None
    join(services, owner, SAM, Role.OWNER)
    ownership.leave(services, owner)
    assert roles(services, actor(services, SAM)) == {SAM.email: Role.OWNER}


def test_leaving_one_account_keeps_the_others(services, owner):
    agency = open_account(services, GUEST, "Agency")
    join(services, agency, SAM, Role.SUPPORT)
    sam = join(services, owner, SAM, Role.CLIENT)
    ownership.leave(services, sam)
    assert actor(services, SAM).account_id == agency.account_id


# --- when the owner's Google account is gone -------------------------------------------------------------------------


def test_an_operator_makes_a_member_the_owner(services, owner, theo):
    found = ownership.recover(services, owner.account_id, f" {THEO.email.upper()} ")
    assert (found.account_name, found.email, found.code) == ("Bloom & Thread", THEO.email, "")
    assert actor(services, THEO).role is Role.OWNER
    members.revoke(services, actor(services, THEO), owner.member_id)
    assert roles(services, theo) == {THEO.email: Role.OWNER}
    with services.store.read() as tx:
        assert deeds.last_record(tx, owner.account_id, deed="recover-owner")[0] == ownership.OPERATOR


def test_an_operator_lets_a_new_owner_in_by_a_code(services, owner):
    """An address that Google does not speak for needs it, like any invitation; the old owner can be ended then."""
    found = ownership.recover(services, owner.account_id, GUEST.email)
    guest = caller(GUEST, authoritative=False)
    offered = manage.standing(services, guest, "").invitations[0][0]
    with pytest.raises(BadInput):
        invitations.accept(services, guest, offered.id)
    invitations.accept(services, guest, offered.id, code=found.code)
    assert roles(services, owner) == {MAYA.email: Role.OWNER, GUEST.email: Role.OWNER}
    assert member_id(services, owner, GUEST)


def test_an_operator_s_slip_changes_nothing(services, owner):
    with pytest.raises(NotFound):
        ownership.recover(services, "no-such-account", THEO.email)
    with pytest.raises(BadInput):
        ownership.recover(services, owner.account_id, "theo")
    assert roles(services, owner) == {MAYA.email: Role.OWNER}


def test_of_two_owners_who_leave_at_the_same_moment_one_stays(services, owner):
    """Each sees the other still there; the account's row lets one of them go first."""
    sam = join(services, owner, SAM, Role.OWNER)
    go, refused = threading.Barrier(2), []

    def leave(who):
        go.wait()
        try:
            ownership.leave(services, who)
        except Conflict:
            refused.append(who.email)

    threads = [threading.Thread(target=leave, args=(who,)) for who in (owner, sam)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(refused) == 1
    with services.store.read() as tx:
        left = people.members_of(tx, owner.scope, services.clock.now())
    assert [row.email for row in left] == refused
