"""What roles see and do: the optional cells of the seven, and roles of the account's own."""

from collections.abc import Collection

from cards.own_roles import ROLE_NAME_LIMIT, ChooseBase, OwnRoleForm, OwnRoleLine, OwnRoles
from cards.reply import Reply, Show
from cards.role_switches import RoleSwitch, RoleSwitches, SwitchGroup
from cards.widgets import Choice
from service.core import custom_roles
from service.core.custom_roles import BASES
from service.core.roles import Audience, CustomRole, Group, Permission, Role, Switch
from service.errors import BadInput, Problem
from service.flows import design, manage, members
from service.flows import own_roles as flow
from service.web.ask import Ask
from service.web.handlers.welcome import said
from service.web.right_words import (
    DEEDS_TO_COME,
    DOES_WORDS,
    GROUPS_IN_USE,
    NOT_YET,
    SEES_WORDS,
    SWITCH_WORDS,
)

_ERRORS = {"role_name": "name_error", "groups": "groups_error", "permissions": "permissions_error"}


def role_switches(ask: Ask) -> Reply:
    """Every optional cell of the matrices."""
    return Reply(_switches(ask))


def set_switch(ask: Ask) -> Reply:
    """One of them is opened or shut, and tabs that may not show something any more rest. `switch`; form: its name."""
    name = ask.param("switch")
    members.set_switch(ask.services, ask.actor, name, wanted="on" if ask.flag(name) else "off")
    return Reply(_switches(ask), Show.UPDATE, toast=ask.words("Saved"))


def _switches(ask: Ask) -> RoleSwitches:
    account = manage.account(ask.services, ask.actor.scope)
    shown = [switch for switch in Switch if switch not in NOT_YET]
    groups = []
    for role in Role:
        own = [switch for switch in shown if switch.value.partition(":")[0] == role]
        if own:
            groups.append(SwitchGroup(role, tuple(_switch(ask, one, account.switches) for one in own)))
    resting = design.tabs_without_rights(ask.services, ask.actor)
    pausing = tuple(ask.words("{tab} in {file}", tab=tab, file=file) for tab, file in resting)
    return RoleSwitches(account.name, tuple(groups), pausing)


def _switch(ask: Ask, switch: Switch, on: list[str]) -> RoleSwitch:
    label, sentence = SWITCH_WORDS[switch]
    return RoleSwitch(switch, ask.words(label), ask.words(sentence), is_on=switch in on)


# --- roles of the account's own --------------------------------------------------------------------------------------


def own_roles(ask: Ask) -> Reply:
    """The roles there are."""
    return Reply(_roles(ask))


def own_role(ask: Ask) -> Reply:
    """One of them by `role_id`; a new one, beginning with what `base` has; or the choice of such a base."""
    given = ask.event.parameters
    if given.get("role_id"):
        return Reply(_form(ask, flow.own_role(ask.services, ask.actor, given["role_id"]).role))
    if not given.get("base"):
        name = manage.account(ask.services, ask.actor.scope).name
        return Reply(ChooseBase(name, tuple(role.value for role in BASES)))
    return Reply(_form(ask, _beginning(ask, _base(ask))))


def save_role(ask: Ask) -> Reply:
    """The role is as chosen. `role_id` or `base`; form: `role_name`, `groups`, `permissions`."""
    role_id = ask.event.parameters.get("role_id", "")
    before = flow.own_role(ask.services, ask.actor, role_id).role if role_id else None
    wanted = _chosen(ask, before)
    choice = custom_roles.Choice(wanted.name, wanted.base, wanted.groups, wanted.permissions)
    try:
        if before is None:
            flow.make(ask.services, ask.actor, choice)
        else:
            flow.change(ask.services, ask.actor, role_id, choice)
    except BadInput as problem:
        return ask.nothing_done(Reply(_form(ask, wanted, problem), Show.UPDATE))
    return Reply(_roles(ask), Show.BACK_AND_UPDATE, toast=ask.words("The role is saved"))


def retire_role(ask: Ask) -> Reply:
    """The role can be given to nobody any more. `role_id`."""
    name = flow.retire(ask.services, ask.actor, ask.param("role_id"))
    return Reply(_roles(ask), Show.BACK_AND_UPDATE, toast=ask.words("{role} is removed", role=name))


def _roles(ask: Ask) -> OwnRoles:
    found = flow.own_roles(ask.services, ask.actor)
    lines = tuple(OwnRoleLine(one.role.role_id, one.role.name, one.role.base, one.member_count) for one in found)
    return OwnRoles(manage.account(ask.services, ask.actor.scope).name, lines)


def _base(ask: Ask) -> Role:
    wanted = ask.param("base")
    if wanted not in set(BASES):
        raise BadInput("Choose what the role is made from.", field="base")
    return Role(wanted)


def _beginning(ask: Ask, base: Role) -> CustomRole:
    """A role without a name that has what its base has and the granter may give."""
    like, granter = Audience(base, ask.actor.audience.switches), ask.actor.audience
    groups = frozenset(one for one in custom_roles.choosable_groups(granter) if like.may_see(one))
    permissions = frozenset(one for one in custom_roles.choosable_permissions(granter) if like.may_do(one))
    return CustomRole("", "", base, groups, permissions)


def _chosen(ask: Ask, before: CustomRole | None) -> CustomRole:
    """What was chosen, over what the form does not show and the role had before."""
    groups, permissions = _offered(ask)
    kept_groups = before.groups - GROUPS_IN_USE if before else frozenset()
    kept_permissions = before.permissions & DEEDS_TO_COME if before else frozenset()
    return CustomRole(
        role_id=before.role_id if before else "",
        name=ask.text("role_name", limit=ROLE_NAME_LIMIT),
        base=before.base if before else _base(ask),
        groups=kept_groups | {Group(one) for one in ask.choices("groups", groups)},
        permissions=kept_permissions | {Permission(one) for one in ask.choices("permissions", permissions)},
    )


def _offered(ask: Ask) -> tuple[list[Group], list[Permission]]:
    """What this person may put into a role, as far as it opens something."""
    granter = ask.actor.audience
    groups = [one for one in custom_roles.choosable_groups(granter) if one in GROUPS_IN_USE]
    return groups, [one for one in custom_roles.choosable_permissions(granter) if one not in DEEDS_TO_COME]


def _form(ask: Ask, role: CustomRole, problem: Problem | None = None) -> OwnRoleForm:
    known = flow.own_role(ask.services, ask.actor, role.role_id) if role.role_id else None
    field = problem.field if isinstance(problem, BadInput) else ""
    groups, permissions = _offered(ask)
    warning = ""
    if known is not None and not known.may_change:
        warning = ask.words("This role sees or does more than yours, so you cannot change it. Ask an owner.")
    errors = {_ERRORS[field]: said(ask, problem)} if problem is not None and field in _ERRORS else {}
    if problem is not None and not errors:
        warning = said(ask, problem)
    return OwnRoleForm(
        role_id=role.role_id,
        base=role.base,
        name=role.name,
        groups=tuple(_choice(ask, one, SEES_WORDS[one], chosen=role.groups) for one in groups),
        permissions=tuple(_choice(ask, one, DOES_WORDS[one], chosen=role.permissions) for one in permissions),
        member_count=known.member_count if known else 0,
        warning=warning,
        **errors,
    )


def _choice(ask: Ask, right: str, called: tuple[str, str], *, chosen: Collection[str]) -> Choice:
    label, hint = called
    return Choice(right, ask.words(label), right in chosen, ask.words(hint))
