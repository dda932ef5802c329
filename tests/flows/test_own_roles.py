"""Roles of an account's own: made, given, changed while sheets are written for them, and retired."""

from dataclasses import replace

import pytest
from flows.guests import THEO, join, member_id
from flows.rig import MAYA, SAM, actor, open_account

from service.core.custom_roles import MOST_ROLES, Choice
from service.core.profiles import ChosenColumn, Profile
from service.core.roles import Group, Permission, Role, Switch
from service.core.rows import Grain
from service.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from service.flows import design, granting, invitations, members, own_roles
from service.sandbox.people import person_of

NIGHT = Choice(
    "Night shift",
    Role.WAREHOUSE,
    frozenset({Group.ID_MASKED, Group.ITEM, Group.STATUS, Group.FULFIL}),
    frozenset({Permission.ORDERS_SEE}),
)
BOOKS = Choice("Books", Role.FINANCE, frozenset(Group) - {Group.PII}, frozenset())

pytestmark = pytest.mark.every_database


@pytest.fixture
def owner(services):
    return open_account(services, MAYA)


def test_a_role_is_made_given_and_counts_at_once(services, owner):
    role = own_roles.make(services, owner, NIGHT)
    sam = join(services, owner, SAM, role.text)
    assert (sam.audience.name, sam.audience.may_see(Group.ITEM), sam.audience.may_see(Group.SLA)) == (
        "Night shift", True, False,
    )  # fmt: skip
    own_roles.change(services, owner, role.role_id, replace(NIGHT, groups=NIGHT.groups | {Group.SLA}))
    assert actor(services, SAM).audience.may_see(Group.SLA)
    assert [(one.role.name, one.member_count) for one in own_roles.own_roles(services, owner)] == [("Night shift", 1)]


def test_an_admin_gives_and_changes_no_role_that_is_wider_than_theirs(services, owner):
    """The owner opened buyers' data for owners only; a role with it is out of the admin's hands."""
    members.set_switch(services, owner, Switch.OWNER_PII, wanted="on")
    owner = actor(services, MAYA)
    labels = own_roles.make(services, owner, replace(NIGHT, name="Labels", groups=NIGHT.groups | {Group.PII}))
    theo = join(services, owner, THEO, Role.ADMIN)
    assert labels.text not in members.givable(services, theo).roles
    assert not own_roles.own_role(services, theo, labels.role_id).may_change
    for attempt in (
        lambda: invitations.invite(services, theo, email=SAM.email, role=labels.text),
        lambda: own_roles.change(services, theo, labels.role_id, NIGHT),
        lambda: own_roles.make(services, theo, replace(NIGHT, name="Mine", groups=NIGHT.groups | {Group.PII})),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert labels.text in members.givable(services, owner).roles


def test_what_is_shut_for_those_who_give_roles_is_shut_in_the_roles_they_made(services, owner):
    members.set_switch(services, owner, Switch.OWNER_PII, wanted="on")
    wide = replace(NIGHT, groups=NIGHT.groups | {Group.PII})
    sam = join(services, owner, SAM, own_roles.make(services, actor(services, MAYA), wide).text)
    assert sam.audience.may_see(Group.PII)
    members.set_switch(services, owner, Switch.OWNER_PII, wanted="off")
    assert not actor(services, SAM).audience.may_see(Group.PII)


def test_names_are_unique_and_the_number_is_limited(services, owner):
    own_roles.make(services, owner, NIGHT)
    with pytest.raises(BadInput):
        own_roles.make(services, owner, replace(NIGHT, name="night  SHIFT"))
    for number in range(1, MOST_ROLES):
        own_roles.make(services, owner, replace(NIGHT, name=f"Shift {number}"))
    with pytest.raises(TooMuch):
        own_roles.make(services, owner, replace(NIGHT, name="One more"))


def test_roles_of_another_account_are_not_found(services, owner):
    role = own_roles.make(services, owner, NIGHT)
    rival = open_account(services, person_of("ola@rival.example"), "Rival")
    for attempt in (
        lambda: own_roles.own_role(services, rival, role.role_id),
        lambda: own_roles.change(services, rival, role.role_id, NIGHT),
        lambda: own_roles.retire(services, rival, role.role_id),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(BadInput):
        invitations.invite(services, rival, email=SAM.email, role=role.text)


def test_a_role_in_use_is_not_retired(services, owner):
    role = own_roles.make(services, owner, NIGHT)
    invitations.invite(services, owner, email=SAM.email, role=role.text)
    with pytest.raises(Conflict):
        own_roles.retire(services, owner, role.role_id)
    (waiting,) = members.everybody(services, owner).invitations
    invitations.withdraw(services, owner, waiting.id)
    join(services, owner, SAM, role.text)
    with pytest.raises(Conflict) as refused:
        own_roles.retire(services, owner, role.role_id)
    assert SAM.email in refused.value.sentence
    members.change_role(services, owner, member_id(services, owner, SAM), role=Role.WAREHOUSE)
    assert own_roles.retire(services, owner, role.role_id) == "Night shift"
    assert own_roles.own_roles(services, owner) == []
    with pytest.raises(BadInput):
        invitations.invite(services, owner, email=THEO.email, role=role.text)


def test_the_money_is_offered_to_no_domain_by_a_role_of_ones_own(services, owner):
    night, books = own_roles.make(services, owner, NIGHT), own_roles.make(services, owner, BOOKS)
    invitations.invite_domain(services, owner, domain="packright.example", role=night.text)
    with pytest.raises(BadInput):
        invitations.invite_domain(services, owner, domain="hartbooks.example", role=books.text)


# --- in sheets -------------------------------------------------------------------------------------------------------


def profile(*keys):
    return Profile("", "SLA Watch List", Grain.ORDER, tuple(ChosenColumn(key, key) for key in keys))


def test_a_sheet_is_written_for_a_role_of_ones_own_and_follows_it(rig):
    """Narrowed, its tab pauses; opened again, it goes on. Order numbers never were in it."""
    role = own_roles.make(rig.services, rig.owner, NIGHT)
    assert role.text in design.roles(rig.services, rig.owner)
    (order_id,) = rig.place(1)
    paper = rig.bound(profile("order_ref", "items", "tracking"), audience=role.text)
    rig.settle()
    assert rig.only_binding(paper).audience == role.text
    assert [row["order_ref"] for row in paper.rows()] == [order_id[-6:]]
    assert order_id not in str(paper.grid())
    own_roles.change(rig.services, rig.owner, role.role_id, replace(NIGHT, groups=NIGHT.groups - {Group.FULFIL}))
    assert (rig.only_binding(paper).state, rig.only_binding(paper).reason) == ("paused", "rights")
    rig.place(1)
    rig.live_through(30)
    assert len(paper.rows()) == 1
    own_roles.change(rig.services, rig.owner, role.role_id, NIGHT)
    rig.live_through(30)
    assert len(paper.rows()) == 2
    with pytest.raises(Conflict):
        own_roles.retire(rig.services, rig.owner, role.role_id)


def test_a_sheet_for_a_role_of_ones_own_refuses_what_it_was_made_without(rig):
    role = own_roles.make(rig.services, rig.owner, NIGHT)
    with pytest.raises(NotAllowed) as refused:
        rig.bound(profile("order_ref", "revenue"), audience=role.text)
    assert "Night shift was made without: Revenue" in refused.value.sentence


def test_givable_roles_are_the_seven_and_ones_own(services, owner):
    role = own_roles.make(services, owner, NIGHT)
    account = members.everybody(services, owner).account
    assert granting.givable_roles(account, owner) == [*(one.value for one in Role), role.text]
