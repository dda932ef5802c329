"""Roles of the account's own: making, changing and retiring them. What such a role may be is decided in the core."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.core import custom_roles
from service.core.custom_roles import Choice
from service.core.roles import CUSTOM_PREFIX, Actor, CustomRole
from service.errors import Conflict, NotAllowed, NotFound, TooMuch
from service.flows import Services, design
from service.store import deeds, invitations, people, sheets
from service.store.session import Tx


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A role of the account's own and who has it. `may_change`: whether it is within what the viewer has."""

    role: CustomRole
    member_count: int
    may_change: bool


def own_roles(services: Services, actor: Actor) -> list[OwnRole]:
    """The roles of the account's own that were not retired, by name."""
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
        held = [row.role for row in people.members_of(tx, actor.scope, services.clock.now())]
    mine = account.audience(actor.audience.text)
    return [
        OwnRole(one, held.count(one.text), custom_roles.is_within(account.audience(one.text), mine))
        for one in custom_roles.in_use(account.custom_roles)
    ]


def own_role(services: Services, actor: Actor, role_id: str) -> OwnRole:
    """One of them. NotFound for a retired or foreign one."""
    found = next((one for one in own_roles(services, actor) if one.role.role_id == role_id), None)
    if found is None:
        raise NotFound("This role does not exist any more.")
    return found


def make(services: Services, actor: Actor, choice: Choice) -> CustomRole:
    """The account has this role. NotAllowed for more than the actor has; BadInput for what cannot be a role."""
    now, role_id = services.clock.now(), services.new_id()
    with services.store.write() as tx:
        account = people.hold_account(tx, actor.account_id)
        live = custom_roles.in_use(account.custom_roles)
        if len(live) >= custom_roles.MOST_ROLES:
            raise TooMuch(
                "An account has at most {most} roles of its own.", values={"most": str(custom_roles.MOST_ROLES)}
            )
        granter = account.audience(actor.audience.text)
        role = custom_roles.make(granter, role_id, choice, names=[one.name for one in live])
        kept = custom_roles.to_json(role, created_by=actor.member_id, created_at=now)
        people.set_custom_roles(tx, actor.account_id, {**account.custom_roles, role_id: kept})
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="make-role", subject=_said(role), at=now)
    return role


def change(services: Services, actor: Actor, role_id: str, choice: Choice) -> CustomRole:
    """The role is this from now on, for everybody who has it. Sheets written for it are looked at anew.

    NotAllowed when the role, before or after, holds more than the actor.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        account = people.hold_account(tx, actor.account_id)
        kept = _live(account.custom_roles, role_id)
        granter = account.audience(actor.audience.text)
        if not custom_roles.is_within(account.audience(CUSTOM_PREFIX + role_id), granter):
            raise NotAllowed("This role sees or does more than yours, so you cannot change it. Ask an owner.",
                             granted_by="owner")  # fmt: skip
        others = [one.name for one in custom_roles.in_use(account.custom_roles) if one.role_id != role_id]
        role = custom_roles.make(granter, role_id, choice, names=others)
        fresh = custom_roles.to_json(role, created_by=kept["created_by"], created_at=now)
        after = {**fresh, "created_at": kept["created_at"]}
        people.set_custom_roles(tx, actor.account_id, {**account.custom_roles, role_id: after})
        design.recheck(services, tx, actor.account_id)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="change-own-role", subject=_said(role), at=now)
    return role


def retire(services: Services, actor: Actor, role_id: str) -> str:
    """The role can be given to nobody any more. Returns its name. Conflict while anybody or any sheet has it."""
    now = services.clock.now()
    with services.store.write() as tx:
        account = people.hold_account(tx, actor.account_id)
        kept = _live(account.custom_roles, role_id)
        _check_unused(services, tx, actor, CUSTOM_PREFIX + role_id)
        after = {**kept, "retired_at": now.isoformat()}
        people.set_custom_roles(tx, actor.account_id, {**account.custom_roles, role_id: after})
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="retire-role", subject=kept["name"], at=now)
    return str(kept["name"])


def _live(kept: Mapping[str, Any], role_id: str) -> Mapping[str, Any]:
    found = kept.get(role_id)
    if found is None or found.get("retired_at"):
        raise NotFound("This role does not exist any more.")
    return dict(found)


def _check_unused(services: Services, tx: Tx, actor: Actor, text: str) -> None:
    now = services.clock.now()
    having = [row.email for row in people.members_of(tx, actor.scope, now) if row.role == text]
    if having:
        raise Conflict("{name} still has this role. Give them another one first.", values={"name": having[0]})
    if invitations.uses_role(tx, actor.scope, text, now):
        raise Conflict("An open invitation gives this role. Withdraw it first.")
    written = [row.title for row in sheets.files_of(tx, actor.scope) if row.audience == text]
    written += [row.tab_title for row in sheets.bindings_of_account(tx, actor.account_id) if row.audience == text]
    if written:
        raise Conflict("{file} is written for this role. Stop its tabs first.", values={"file": written[0]})


def _said(role: CustomRole) -> str:
    """The line of the record: the name, and what was chosen."""
    return f"{role.name}: {', '.join(sorted([*role.groups, *role.permissions]))}"
