"""Roles of an account's own: never wider than who makes them, never revealing what was left out, gone when retired."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core import custom_roles
from service.core.columns import COLUMNS
from service.core.custom_roles import BASES, NAME_LIMIT, Choice, audience_for, is_within, make
from service.core.profiles import ChosenColumn, Profile, check, is_masked, may_see
from service.core.roles import EVERYBODY, IMPLIES, RESERVED, Audience, CustomRole, Group, Permission, Role, Switch
from service.core.rows import Grain
from service.errors import BadInput, NotAllowed, Problem

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OWNER = Audience(Role.OWNER)
PICKING = Choice(
    "Night shift",
    Role.WAREHOUSE,
    frozenset({Group.ID_MASKED, Group.ITEM, Group.STATUS, Group.FULFIL}),
    frozenset({Permission.ORDERS_SEE, Permission.TRACKING_PROPOSE}),
)

switch_sets = st.frozensets(st.sampled_from(list(Switch)))
group_sets = st.frozensets(st.sampled_from(list(Group)))
permission_sets = st.frozensets(st.sampled_from(list(Permission)))
choices = st.builds(Choice, st.just("Own"), st.sampled_from(BASES), group_sets, permission_sets)
own_roles = st.builds(CustomRole, st.just("g"), st.just("Granter"), st.sampled_from(BASES), group_sets, permission_sets)
givers = st.builds(Audience, st.sampled_from([Role.OWNER, Role.ADMIN]), switch_sets)
granters = st.builds(Audience, st.sampled_from(list(Role)), switch_sets, st.none() | own_roles)


def under(role, switches=frozenset()):
    """The audience of a custom role in an account with these switches."""
    return Audience(role.base, switches, role)


def changed(choice, **values):
    return Choice(**{name: getattr(choice, name) for name in Choice.__dataclass_fields__} | values)


@given(granters, choices)
@settings(max_examples=400)
def test_a_role_is_never_wider_than_who_makes_it(granter, choice):
    try:
        role = make(granter, "r1", choice)
    except Problem:
        return
    made = under(role, granter.switches)
    assert is_within(made, granter)
    assert all(may_see(key, granter) for key in COLUMNS if may_see(key, made))


@given(givers, permission_sets)
@settings(max_examples=300)
def test_whoever_gives_roles_can_give_all_they_hold(giver, permissions):
    """Not only refusals: the widest choice there is is made as chosen."""
    groups = frozenset(custom_roles.choosable_groups(giver))
    deeds = permissions & frozenset(custom_roles.choosable_permissions(giver))
    made = under(make(giver, "r1", Choice("Own", Role.SUPPORT, groups, deeds)), giver.switches)
    assert {group for group in Group if made.may_see(group)} == groups
    assert {one for one in Permission if made.may_do(one)} == deeds | EVERYBODY


@given(own_roles, switch_sets)
@settings(max_examples=300)
def test_a_role_never_holds_what_nobody_who_gives_roles_holds(role, switches):
    """Whatever was chosen once, or written into the database by hand: with a switch shut it is shut here too."""
    those = (Audience(Role.OWNER, switches), Audience(Role.ADMIN, switches))
    made = under(role, switches)
    for group in Group:
        assert not made.may_see(group) or any(giver.may_see(group) for giver in those)
    assert not any(made.may_do(permission) for permission in RESERVED)


@given(own_roles)
def test_a_kept_role_is_the_same_role(role):
    kept = {role.role_id: custom_roles.to_json(role, created_by="m1", created_at=NOW)}
    assert audience_for(role.text, switches=frozenset(), kept=kept) == under(role)


def test_a_role_does_what_was_chosen_and_nothing_of_its_base():
    role = make(OWNER, "r1", PICKING)
    made = under(role)
    assert [group for group in Group if made.may_see(group)] == sorted(PICKING.groups, key=list(Group).index)
    assert made.may_do(Permission.TRACKING_PROPOSE)
    assert not made.may_do(Permission.NOTES_WRITE)
    assert made.may_do(Permission.SHEET_STATUS)
    assert (made.name, made.text, made.role) == ("Night shift", "custom:r1", Role.WAREHOUSE)


def test_a_role_sees_buyers_only_while_a_giver_of_roles_does():
    buyers = changed(PICKING, groups=PICKING.groups | {Group.PII})
    with pytest.raises(NotAllowed):
        make(OWNER, "r1", buyers)
    on = frozenset({Switch.OWNER_PII})
    role = make(Audience(Role.OWNER, on), "r1", buyers)
    assert under(role, on).may_see(Group.PII)
    assert not under(role).may_see(Group.PII)
    assert under(role).missing_switches(Group.PII) == on
    assert under(role, frozenset({Switch.ADMIN_PII})).missing_switches(Group.PII) == frozenset()
    assert under(role).missing_switches(Group.COST) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "role_name"),
        ({"name": "x" * (NAME_LIMIT + 1)}, "role_name"),
        ({"name": "Line\nbreak\x07"}, "role_name"),
        ({"name": "warehouse"}, "role_name"),
        ({"name": "DAY  shift"}, "role_name"),
        ({"base": Role.OWNER}, "base"),
        ({"base": Role.ADMIN}, "base"),
        ({"groups": frozenset()}, "groups"),
        ({"groups": frozenset({Group.PROFIT, Group.REVENUE})}, "groups"),
        ({"groups": frozenset({Group.PROFIT, Group.COST})}, "groups"),
        ({"groups": frozenset({Group.FEES})}, "groups"),
        ({"groups": frozenset({Group.ID})}, "groups"),
        ({"groups": frozenset({Group.NOTES_INTERNAL})}, "groups"),
        ({"permissions": frozenset({Permission.NOTES_WRITE})}, "permissions"),
        ({"permissions": frozenset({Permission.COSTS_EDIT})}, "permissions"),
    ],
)
def test_what_cannot_be_a_role_is_said_at_the_field(changes, field):
    with pytest.raises(BadInput) as refused:
        make(OWNER, "r1", changed(PICKING, **changes), names=["Day shift"])
    assert refused.value.field == field


def test_nobody_enters_costs_without_seeing_the_products():
    """They are stated product by product: a role made without the products would be told all of their names."""
    costs = frozenset({Permission.COSTS_EDIT})
    role = CustomRole("r1", "Costs", Role.FINANCE, frozenset({Group.COST, Group.ITEM}), costs)
    blind = CustomRole("r2", "Costs", Role.FINANCE, frozenset({Group.COST}), costs)
    assert under(role).may_do(Permission.COSTS_EDIT)
    assert not under(blind).may_do(Permission.COSTS_EDIT)
    with pytest.raises(BadInput):
        make(OWNER, "r2", Choice("Costs", Role.FINANCE, blind.groups, costs))


@pytest.mark.parametrize("permission", sorted(RESERVED))
def test_giving_rights_cannot_be_given(permission):
    with pytest.raises(NotAllowed):
        make(OWNER, "r1", changed(PICKING, permissions=frozenset({permission})))
    assert permission not in custom_roles.choosable_permissions(OWNER)


def test_a_role_that_is_gone_sees_nothing():
    kept = {"r1": custom_roles.to_json(make(OWNER, "r1", PICKING), created_by="m1", created_at=NOW)}
    retired = {"r1": {**kept["r1"], "retired_at": NOW.isoformat()}}
    for gone in ({}, retired):
        made = audience_for("custom:r1", switches=frozenset(Switch), kept=gone)
        assert not any(made.may_see(group) for group in Group)
        assert {one for one in Permission if made.may_do(one)} == EVERYBODY
    assert [role.name for role in custom_roles.in_use(kept)] == ["Night shift"]
    assert custom_roles.in_use(retired) == ()


def test_words_the_code_no_longer_knows_are_left_out():
    raw = custom_roles.to_json(make(OWNER, "r1", PICKING), created_by="m1", created_at=NOW)
    raw["groups"].append("SECRETS")
    raw["permissions"].append("everything:do")
    assert custom_roles.from_json("r1", raw) == make(OWNER, "r1", PICKING)


def test_rows_for_a_role_of_ones_own_have_masked_keys_at_every_grain():
    """It may lose the right to order numbers any day, and a key is written once for good."""
    groups = PICKING.groups | {Group.ID}
    sees_ids = under(make(OWNER, "r1", changed(PICKING, groups=groups)))
    assert all(is_masked(sees_ids, grain) for grain in Grain)


def test_a_refused_column_names_the_role_and_where_to_change_it():
    columns = (ChosenColumn("order_ref", "Order"), ChosenColumn("revenue", "Revenue"))
    with pytest.raises(NotAllowed) as refused:
        check(Profile("p", "Money", Grain.ORDER, columns), under(make(OWNER, "r1", PICKING)))
    assert "The role Night shift was made without: Revenue." in refused.value.sentence


@pytest.mark.parametrize("group", IMPLIES)
def test_every_group_that_reveals_another_says_so(group):
    with pytest.raises(BadInput) as refused:
        make(OWNER, "r1", changed(PICKING, groups=frozenset({group}), permissions=frozenset()))
    assert refused.value.field == "groups"
