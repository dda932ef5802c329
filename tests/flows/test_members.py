"""Who may make whom what, for which shops and how long; and the account's optional cells."""

import pytest
from flows.guests import RAVI, THEO, invited, join, member_id
from flows.rig import MAYA, SAM, actor, caller, open_account

from service.core.roles import Role, Switch
from service.errors import BadInput, Conflict, NotAllowed, NotFound
from service.flows import invitations, manage, members
from service.sandbox.people import person_of
from service.store import people


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
        sub, at = people.last_record(tx, owner.account_id, deed="set-switch")
    assert (sub, at) == (MAYA.sub, services.clock.now())
