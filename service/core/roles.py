"""Who may see which group of columns and do what: both matrices, as data.

A Role is what a member holds in one account. A Group is a set of columns of the catalogue. A Permission is what an
action needs. Optional cells of the matrices are account switches (Switch), off by default.
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
    Permission.PROVE: (YES, YES, NO, NO, NO, NO, NO),
    Permission.ACCOUNT_OWN: (YES, NO, NO, NO, NO, NO, NO),
}

#: Seeing the first group reveals the second: a role must be allowed both before it is shown the first.
IMPLIES: Mapping[Group, Group] = {Group.PROFIT: Group.COST, Group.NOTES_INTERNAL: Group.NOTES}


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom something is projected: a role, under the account's switches. The unit of every visibility check."""

    role: Role
    switches: frozenset[Switch] = frozenset()

    def may_see(self, group: Group) -> bool:
        """Whether this audience may see columns of `group`, and of everything the group reveals."""
        implied = IMPLIES.get(group)
        return self._open(SEES[group]) and (implied is None or self.may_see(implied))

    def may_do(self, permission: Permission) -> bool:
        """Whether a member of this role may do what needs `permission`."""
        return self._open(DOES[permission])

    def missing_switches(self, group: Group) -> frozenset[Switch] | None:
        """The account switches still to be turned on before this audience sees `group`; None if none can open it."""
        cell = SEES[group][_ROLES.index(self.role)]
        if cell == NO:
            return None
        implied = self.missing_switches(IMPLIES[group]) if group in IMPLIES else frozenset()
        own = {cell} - self.switches if isinstance(cell, Switch) else set()
        return None if implied is None else implied | own

    def _open(self, row: tuple[Mark, ...]) -> bool:
        cell = row[_ROLES.index(self.role)]
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
