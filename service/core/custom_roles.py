"""Roles of an account's own: a choice of groups and permissions, never wider than that of who chooses.

What a choice may not do is decided here, before it is kept: go beyond the granter, show what would reveal something
that was left out, allow a deed on what is not shown. What a kept choice opens is decided by `Audience`, which asks the
same again. Kept as plain values in the account's row: role id → `to_json`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.core.roles import (
    CUSTOM_PREFIX,
    EVERYBODY,
    IMPLIES,
    NEEDS_SIGHT,
    RESERVED,
    Audience,
    CustomRole,
    Group,
    Permission,
    Role,
    Switch,
)
from service.errors import BadInput, NotAllowed

NAME_LIMIT = 40  # characters
MOST_ROLES = 30  # of one account that are in use

#: What a role of one's own may be made from. Owners and admins hold what cannot be chosen.
BASES = (Role.FINANCE, Role.WAREHOUSE, Role.SUPPORT, Role.ACCOUNTANT, Role.CLIENT)

#: Of a role that is not known any more: it opens nothing.
GONE = "removed role"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person asks a role of their own to be."""

    name: str
    base: Role
    groups: frozenset[Group]
    permissions: frozenset[Permission]


def choosable_groups(granter: Audience) -> tuple[Group, ...]:
    """The groups this granter may put into a role."""
    return tuple(group for group in Group if granter.may_see(group))


def choosable_permissions(granter: Audience) -> tuple[Permission, ...]:
    """The permissions this granter may put into a role; those that everybody has are not chosen."""
    never = RESERVED | EVERYBODY
    return tuple(one for one in Permission if one not in never and granter.may_do(one))


def is_within(inner: Audience, outer: Audience) -> bool:
    """Whether `inner` may see and do nothing that `outer` may not."""
    sees = all(outer.may_see(group) for group in Group if inner.may_see(group))
    return sees and all(outer.may_do(one) for one in Permission if inner.may_do(one))


def make(granter: Audience, role_id: str, choice: Choice, *, names: Iterable[str] = ()) -> CustomRole:
    """The role as chosen. `names`: of the account's other roles.

    NotAllowed for what the granter does not hold; BadInput, with the field, for a name that cannot be used, a base that
    is none, a group that reveals one left out, and a permission for what is not shown.
    """
    name = _name(choice.name, names)
    if choice.base not in BASES:
        raise BadInput("Choose what the role is made from.", field="base")
    if not choice.groups:
        raise BadInput("Choose at least one thing to see.", field="groups")
    beyond = [group for group in choice.groups if not granter.may_see(group)]
    beyond_deeds = [one for one in choice.permissions if not granter.may_do(one) or one in RESERVED]
    if beyond or beyond_deeds:
        raise NotAllowed(
            "A role cannot see or do more than the person who makes it. Ask an owner.",
            needed=", ".join(sorted([*beyond, *beyond_deeds])),
            granted_by="owner",
        )
    for group in sorted(choice.groups):
        _check_reveals(group, choice.groups)
    for permission in sorted(choice.permissions):
        if not choice.groups.issuperset(NEEDS_SIGHT.get(permission, ())):
            raise BadInput("A role cannot change what it does not see.", field="permissions", detail=permission)
    return CustomRole(role_id, name, choice.base, choice.groups, choice.permissions - EVERYBODY)


def _name(typed: str, names: Iterable[str]) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise BadInput("Give the role a name of at most {limit} characters.", field="role_name",
                       values={"limit": str(NAME_LIMIT)})  # fmt: skip
    taken = {role.value for role in Role} | {other.casefold() for other in names}
    if name.casefold() in taken:
        raise BadInput("There is a role with this name already.", field="role_name")
    return name


#: Group → why it cannot stand alone.
_REVEALS: Mapping[Group, Callable[[], BadInput]] = {
    Group.ID: lambda: BadInput("Order numbers contain the masked ones. Choose both.", field="groups"),
    Group.FEES: lambda: BadInput(
        "Fees and payouts tell the revenue. Choose Revenue too, or leave Fees out.", field="groups"
    ),
    Group.PROFIT: lambda: BadInput(
        "Profit tells revenue, fees and costs. Choose all of them, or leave Profit out.", field="groups"
    ),
    Group.NOTES_INTERNAL: lambda: BadInput("Internal notes are notes. Choose Notes too.", field="groups"),
}


def _check_reveals(group: Group, chosen: Collection[Group]) -> None:
    if not set(IMPLIES.get(group, ())) <= set(chosen):
        reason = _REVEALS[group]
        raise reason()


# --- kept with the account -------------------------------------------------------------------------------------------


def to_json(role: CustomRole, *, created_by: str, created_at: datetime) -> dict[str, Any]:
    """Plain values for storing, in an order that does not depend on chance. `created_by`: a member id."""
    return {
        "name": role.name,
        "base": role.base.value,
        "groups": sorted(role.groups),
        "permissions": sorted(role.permissions),
        "created_by": created_by,
        "created_at": created_at.isoformat(),
        "retired_at": None,
    }


def from_json(role_id: str, raw: Mapping[str, Any]) -> CustomRole:
    """The role `to_json` wrote. A group or permission the code no longer knows is not in it."""
    groups, permissions = {one.value for one in Group}, {one.value for one in Permission}
    return CustomRole(
        role_id=role_id,
        name=raw["name"],
        base=Role(raw["base"]),
        groups=frozenset(Group(one) for one in raw["groups"] if one in groups),
        permissions=frozenset(Permission(one) for one in raw["permissions"] if one in permissions),
    )


def in_use(kept: Mapping[str, Any]) -> tuple[CustomRole, ...]:
    """The account's own roles that were not retired, by name."""
    live = (from_json(role_id, raw) for role_id, raw in kept.items() if not raw.get("retired_at"))
    return tuple(sorted(live, key=lambda role: (role.name.casefold(), role.role_id)))


def audience_for(text: str, *, switches: frozenset[Switch], kept: Mapping[str, Any]) -> Audience:
    """The role that is written down as `text`, under an account's switches and with its own roles.

    One that is unknown or retired sees nothing: a right is never guessed.
    """
    if not text.startswith(CUSTOM_PREFIX):
        return Audience(Role(text), switches)
    role_id = text.removeprefix(CUSTOM_PREFIX)
    raw = kept.get(role_id)
    role = CustomRole(role_id, GONE, Role.CLIENT) if raw is None or raw.get("retired_at") else from_json(role_id, raw)
    return Audience(role.base, switches, role)
