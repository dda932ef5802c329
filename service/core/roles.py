"""Who may see which group of columns and do what: both matrices, as data.

A Role is what a member holds in one account; a CustomRole is one that the account made for itself. A Group is a set of
columns of the catalogue. A Permission is what an action needs. Optional cells of the matrices are account switches
(Switch), off by default. How a custom role is made and kept is in `custom_roles`.
The registry of actions (`web/registry`) and the projection (`core/profiles`) ask here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The seven roles. A stranger has none."""

    OWNER = "owner"
    ADMIN = "admin"
    FINANCE = "finance"
    WAREHOUSE = "warehouse"
    SUPPORT = "support"
    ACCOUNTANT = "accountant"
    CLIENT = "client"


class Group(StrEnum):
    """The groups of columns that a role may or may not see. ID_MASKED is the sanitised order reference."""

    ID = "ID"
    ID_MASKED = "ID_MASKED"
    ITEM = "ITEM"
    STATUS = "STATUS"
    SLA = "SLA"
    FULFIL = "FULFIL"
    PII = "PII"
    REVENUE = "REVENUE"
    FEES = "FEES"
    COST = "COST"
    PROFIT = "PROFIT"
    NOTES = "NOTES"
    NOTES_INTERNAL = "NOTES_INTERNAL"


class Permission(StrEnum):
    """What an action needs. `SIGNED_IN` is any person whose tokens are verified, member or not."""

    SIGNED_IN = "signed-in"
    SHEET_STATUS = "sheet:status:see"
    SHEET_REFRESH = "sheet:rows:refresh"
    ORDERS_SEE = "orders:see"
    SHOP_CONNECT = "shop:connect"
    SHEET_BIND = "sheet:bind"
    PEOPLE_MANAGE = "people:manage"
    NOTES_WRITE = "notes:write"
    TRACKING_PROPOSE = "tracking:propose"
    TRACKING_APPROVE = "tracking:approve"
    CANCEL_ANSWER = "cancel:answer"
    CANCEL_START = "cancel:start"
    COSTS_EDIT = "costs:edit"
    EXPORT = "orders:export"
    LEDGER_SEE = "ledger:see"
    PROVE = "sharing:prove"
    ACCOUNT_OWN = "account:own"


class Switch(StrEnum):
    """An account's optional cells: `<role>:<what>`, each off until the owner turns it on."""

    OWNER_PII = "owner:PII"
    ADMIN_PII = "admin:PII"
    FINANCE_SLA = "finance:SLA"
    FINANCE_FULFIL = "finance:FULFIL"
    WAREHOUSE_PII = "warehouse:PII"
    SUPPORT_REVENUE = "support:REVENUE"
    ACCOUNTANT_ITEM = "accountant:ITEM"
    ACCOUNTANT_COST = "accountant:COST"
    ACCOUNTANT_PROFIT = "accountant:PROFIT"
    CLIENT_ID = "client:ID_MASKED"
    CLIENT_FULFIL = "client:FULFIL"
    CLIENT_REVENUE = "client:REVENUE"
    CLIENT_REFRESH = "client:sheet:rows:refresh"
    CLIENT_ORDERS = "client:orders:see"
    FINANCE_BIND = "finance:sheet:bind"
    WAREHOUSE_APPROVE = "warehouse:tracking:approve"
    SUPPORT_APPROVE = "support:tracking:approve"
    SUPPORT_CANCEL = "support:cancel:start"
    WAREHOUSE_EXPORT = "warehouse:orders:export"
    SUPPORT_EXPORT = "support:orders:export"


YES, NO = "●", "–"
Mark = str  # YES, NO, or the Switch that opens this place of the matrix

_ROLES = (Role.OWNER, Role.ADMIN, Role.FINANCE, Role.WAREHOUSE, Role.SUPPORT, Role.ACCOUNTANT, Role.CLIENT)

#: Group → one mark per role, in the order owner, admin, finance, warehouse, support, accountant, client.
SEES: Mapping[Group, tuple[Mark, ...]] = {
    Group.ID: (YES, YES, YES, YES, YES, YES, NO),
    Group.ID_MASKED: (YES, YES, YES, YES, YES, YES, Switch.CLIENT_ID),
    Group.ITEM: (YES, YES, YES, YES, YES, Switch.ACCOUNTANT_ITEM, YES),
    Group.STATUS: (YES, YES, YES, YES, YES, YES, YES),
    Group.SLA: (YES, YES, Switch.FINANCE_SLA, YES, YES, NO, NO),
    Group.FULFIL: (YES, YES, Switch.FINANCE_FULFIL, YES, YES, NO, Switch.CLIENT_FULFIL),
    Group.PII: (Switch.OWNER_PII, Switch.ADMIN_PII, NO, Switch.WAREHOUSE_PII, YES, NO, NO),
    Group.REVENUE: (YES, YES, YES, NO, Switch.SUPPORT_REVENUE, YES, Switch.CLIENT_REVENUE),
    Group.FEES: (YES, YES, YES, NO, NO, YES, NO),
    Group.COST: (YES, YES, YES, NO, NO, Switch.ACCOUNTANT_COST, NO),
    Group.PROFIT: (YES, YES, YES, NO, NO, Switch.ACCOUNTANT_PROFIT, NO),
    Group.NOTES: (YES, YES, YES, YES, YES, NO, NO),
    Group.NOTES_INTERNAL: (YES, YES, YES, NO, YES, NO, NO),
}

#: Permission → one mark per role, same order.
DOES: Mapping[Permission, tuple[Mark, ...]] = {
    Permission.SIGNED_IN: (YES, YES, YES, YES, YES, YES, YES),
    Permission.SHEET_STATUS: (YES, YES, YES, YES, YES, YES, YES),
    Permission.SHEET_REFRESH: (YES, YES, YES, YES, YES, YES, Switch.CLIENT_REFRESH),
    Permission.ORDERS_SEE: (YES, YES, YES, YES, YES, YES, Switch.CLIENT_ORDERS),
    Permission.SHOP_CONNECT: (YES, YES, NO, NO, NO, NO, NO),
    Permission.SHEET_BIND: (YES, YES, Switch.FINANCE_BIND, NO, NO, NO, NO),
    Permission.PEOPLE_MANAGE: (YES, YES, NO, NO, NO, NO, NO),
    Permission.NOTES_WRITE: (YES, YES, YES, YES, YES, NO, NO),
    Permission.TRACKING_PROPOSE: (YES, YES, NO, YES, YES, NO, NO),
    Permission.TRACKING_APPROVE: (YES, YES, NO, Switch.WAREHOUSE_APPROVE, Switch.SUPPORT_APPROVE, NO, NO),
    Permission.CANCEL_ANSWER: (YES, YES, NO, NO, YES, NO, NO),
    Permission.CANCEL_START: (YES, YES, NO, NO, Switch.SUPPORT_CANCEL, NO, NO),
    Permission.COSTS_EDIT: (YES, YES, YES, NO, NO, NO, NO),
    Permission.EXPORT: (YES, YES, YES, Switch.WAREHOUSE_EXPORT, Switch.SUPPORT_EXPORT, YES, NO),
    Permission.LEDGER_SEE: (YES, YES, YES, NO, NO, YES, NO),
    Permission.PROVE: (YES, YES, NO, NO, NO, NO, NO),
    Permission.ACCOUNT_OWN: (YES, NO, NO, NO, NO, NO, NO),
}

#: Seeing the first group reveals the others: an audience must be allowed all of them before it is shown the first.
#: Profit beside its margin is the revenue, beside the revenue the fees, beside both the cost. A settlement beside its
#: fees is the revenue.
IMPLIES: Mapping[Group, tuple[Group, ...]] = {
    Group.ID: (Group.ID_MASKED,),
    Group.FEES: (Group.REVENUE,),
    Group.PROFIT: (Group.COST, Group.FEES, Group.REVENUE),
    Group.NOTES_INTERNAL: (Group.NOTES,),
}

#: What cannot be done blind: the permission counts only where all these groups may be seen. Costs are stated product by
#: product, by name.
NEEDS_SIGHT: Mapping[Permission, tuple[Group, ...]] = {
    Permission.NOTES_WRITE: (Group.NOTES,),
    Permission.TRACKING_PROPOSE: (Group.FULFIL,),
    Permission.TRACKING_APPROVE: (Group.FULFIL,),
    Permission.COSTS_EDIT: (Group.COST, Group.ITEM),
    Permission.LEDGER_SEE: (Group.FEES,),
}

#: Every role has these; a choice of permissions does not name them.
EVERYBODY = frozenset(permission for permission, marks in DOES.items() if set(marks) == {YES})
#: Who gives rights has all of them, so these stay with the owner and admin.
RESERVED = frozenset({Permission.PEOPLE_MANAGE, Permission.ACCOUNT_OWN})
#: The roles that make roles. A right that none of them has any more is gone from the roles they made, too.
_GIVERS = (Role.OWNER, Role.ADMIN)

#: Before the id of a custom role wherever a role is written down as text.
CUSTOM_PREFIX = "custom:"


@dataclass(frozen=True, slots=True)
class CustomRole:
    """A role of the account's own: a choice of groups and permissions. `base`: the role it was made from, for whatever
    depends on a role's kind and not on its rights; it opens nothing by itself.
    """

    role_id: str
    name: str
    base: Role
    groups: frozenset[Group] = frozenset()
    permissions: frozenset[Permission] = frozenset()

    @property
    def text(self) -> str:
        """How the role is written down: of members, invitations, files and bindings."""
        return CUSTOM_PREFIX + self.role_id


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom something is projected: a role, under the account's switches. The unit of every visibility check.

    `custom`: the account's own role, whose choice counts instead of the matrices; `role` is then its base.
    """

    role: Role
    switches: frozenset[Switch] = frozenset()
    custom: CustomRole | None = None

    @property
    def text(self) -> str:
        """How this role is written down; the account's `audience` makes the same of it again."""
        return self.role.value if self.custom is None else self.custom.text

    @property
    def name(self) -> str:
        """The role's own name; one of the seven in English, a key of what it is called on cards."""
        return self.role.value if self.custom is None else self.custom.name

    def may_see(self, group: Group) -> bool:
        """Whether this audience may see columns of `group`, and of everything the group reveals."""
        return self._sees(group) and all(self.may_see(implied) for implied in IMPLIES.get(group, ()))

    def may_do(self, permission: Permission) -> bool:
        """Whether a member of this role may do what needs `permission`."""
        if self.custom is None:
            return self._open(DOES[permission], self.role)
        if permission in EVERYBODY:
            return True
        is_chosen = permission in self.custom.permissions and permission not in RESERVED
        return is_chosen and all(self.may_see(group) for group in NEEDS_SIGHT.get(permission, ()))

    def missing_switches(self, group: Group) -> frozenset[Switch] | None:
        """The account switches still to be turned on before this audience sees `group`; None if none can open it."""
        if self.custom is not None and group not in self.custom.groups:
            return None
        cell = SEES[group][_ROLES.index(self.role if self.custom is None else Role.OWNER)]
        if cell == NO:
            return None
        missing: frozenset[Switch] = frozenset({cell} - self.switches if isinstance(cell, Switch) else ())
        if self._sees(group):
            missing = frozenset()
        for implied in IMPLIES.get(group, ()):
            further = self.missing_switches(implied)
            if further is None:
                return None
            missing |= further
        return missing

    def _sees(self, group: Group) -> bool:
        if self.custom is None:
            return self._open(SEES[group], self.role)
        return group in self.custom.groups and any(self._open(SEES[group], giver) for giver in _GIVERS)

    def _open(self, row: tuple[Mark, ...], role: Role) -> bool:
        cell = row[_ROLES.index(role)]
        return cell == YES or (isinstance(cell, Switch) and cell in self.switches)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a store read may reach: one account, and the shops in it (None = all of them)."""

    account_id: str
    shop_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A member acting: a person (`sub`, Google's stable id) with a role in one account."""

    sub: str
    email: str
    account_id: str
    member_id: str
    audience: Audience
    shop_ids: frozenset[str] | None = None

    @property
    def role(self) -> Role:
        return self.audience.role

    @property
    def scope(self) -> Scope:
        return Scope(self.account_id, self.shop_ids)


def who_can_grant(permission: Permission) -> tuple[Role, ...]:
    """The roles that hold `permission` without a switch, for the sentence "ask your owner or admin"."""
    return tuple(role for role, cell in zip(_ROLES, DOES[permission], strict=True) if cell == YES)
