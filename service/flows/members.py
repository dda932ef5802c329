"""The members of an account: who is one, what they are given, ending it; and the account's optional cells.

Whatever changes a right here puts the account's sheets in doubt in the same transaction: nothing more is written until
their readers were looked at anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.core.roles import Actor, Permission, Role, Switch
from service.errors import BadInput, NotAllowed
from service.flows import Services, design, granting, ownership
from service.flows.granting import Grant
from service.store import deeds, invitations, people, shops
from service.store.records import AccountRow, InvitationRow, MemberRow
from service.store.session import Tx

Member = MemberRow
Invited = InvitationRow


@dataclass(frozen=True, slots=True)
class Everybody:
    """Who is in the account and who may come. `came_by`: address → the domain whose standing offer let them in."""

    account: AccountRow
    members: list[MemberRow]
    invitations: list[InvitationRow]
    came_by: dict[str, str]

    def role_name(self, role: str) -> str:
        """What a role that is written down is called: its own name, or the key of one of the seven."""
        return self.account.audience(role).name


@dataclass(frozen=True, slots=True)
class Givable:
    """What the actor may give: roles as they are written down with their names, shops by id, the last possible end."""

    roles: dict[str, str]
    shops: dict[str, str]
    no_later_than: datetime | None


def everybody(services: Services, actor: Actor) -> Everybody:
    """Members, open invitations and standing offers of the actor's account."""
    now = services.clock.now()
    with services.store.read() as tx:
        return Everybody(
            account=people.account(tx, actor.account_id),
            members=people.members_of(tx, actor.scope, now),
            invitations=invitations.open_of(tx, actor.scope, now),
            came_by={email: domain for email, domain, _at in reversed(invitations.joined_by_domain(tx, actor.scope))},
        )


def givable(services: Services, actor: Actor) -> Givable:
    """What the actor may put into an invitation or a change."""
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
        ends_at = people.member(tx, actor.scope, actor.member_id, services.clock.now()).expires_at
        known = shops.shops_of(tx, actor.scope)
    roles = {role: account.audience(role).name for role in granting.givable_roles(account, actor)}
    return Givable(roles, {shop.id: shop.name for shop in known}, ends_at)


def member(services: Services, actor: Actor, member_id: str) -> MemberRow:
    """A member of the actor's account. NotFound otherwise."""
    with services.store.read() as tx:
        return people.member(tx, actor.scope, member_id, services.clock.now())


def change(
    services: Services,
    actor: Actor,
    member_id: str,
    *,
    role: str,
    shop_ids: Sequence[str] | None,
    expires_at: datetime | None,
) -> None:
    """The member has this role, these shops and this end from now on.

    Only an owner makes or unmakes owners; the last owner stays one.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        target = people.member(tx, actor.scope, member_id, now)
        if role != Role.OWNER:
            _check_may_touch(services, tx, actor, target)
        given = granting.check(tx, actor, Grant(role, shop_ids, expires_at), now=now)
        people.change_role(tx, target.id, given.role)
        people.change_reach(tx, target.id, shop_ids=given.shop_ids, expires_at=given.expires_at)
        design.recheck(services, tx, actor.account_id)
        audience = people.account(tx, actor.account_id).audience(given.role)
        if not audience.may_do(Permission.PEOPLE_MANAGE):
            invitations.withdraw_by(tx, actor.account_id, target.id, now)
        subject = f"{target.email} to {audience.name}"
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="change-role", subject=subject, at=now)


def change_role(services: Services, actor: Actor, member_id: str, *, role: str) -> None:
    """The member has this role, with the shops and the end they had; an owner has all shops and no end."""
    row = member(services, actor, member_id)
    shop_ids, expires_at = (None, None) if role == Role.OWNER else (row.shop_ids, row.expires_at)
    change(services, actor, member_id, role=role, shop_ids=shop_ids, expires_at=expires_at)


def revoke(services: Services, actor: Actor, member_id: str) -> str:
    """The person is no member any more, and what they invited others to is withdrawn. Returns their address."""
    now = services.clock.now()
    with services.store.write() as tx:
        target = people.member(tx, actor.scope, member_id, now)
        _check_may_touch(services, tx, actor, target)
        people.revoke_member(tx, target.id, now)
        invitations.withdraw_by(tx, actor.account_id, target.id, now)
        design.recheck(services, tx, actor.account_id)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="revoke-member", subject=target.email, at=now)
    return target.email


def _check_may_touch(services: Services, tx: Tx, actor: Actor, target: MemberRow) -> None:
    if target.role == Role.OWNER and actor.role is not Role.OWNER:
        raise NotAllowed("Only an owner can change an owner.", needed=Permission.PEOPLE_MANAGE, granted_by="owner")
    ownership.check_not_last(tx, services, target)


def set_switch(services: Services, actor: Actor, name: str, *, wanted: str) -> AccountRow:
    """One optional cell of the matrices is open (`on`) or shut (`off`). Returns the account as it is now."""
    if name not in {switch.value for switch in Switch}:
        raise BadInput("There is no such choice.")
    now = services.clock.now()
    with services.store.write() as tx:
        before = people.hold_account(tx, actor.account_id)
        after = {*before.switches, name} if wanted == "on" else set(before.switches) - {name}
        people.set_switches(tx, actor.account_id, sorted(after))
        design.recheck(services, tx, actor.account_id)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="set-switch", subject=f"{name} {wanted}", at=now)
        return people.account(tx, actor.account_id)
