"""People and accounts: who is calling, what they are here, opening an account, inviting, accepting, changing, revoking.

A person is their Google `sub`; an invitation is an address, taken once, by the first `sub` that may speak for it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.core.roles import Actor, Permission, Role, Scope, Switch, who_can_grant
from service.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from service.flows import Services, design
from service.google.tokens import Caller
from service.store import people, sheets
from service.store.records import AccountRow, FileRow, InvitationRow, MemberRow
from service.store.session import Tx

INVITATION_LIFE = timedelta(days=7)
NAME_LIMIT = 80
MOST_INVITATIONS = 50
CODE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """What a caller is in this spreadsheet. `actor` None = a stranger here (no membership that counts)."""

    caller: Caller
    actor: Actor | None
    account: AccountRow | None
    file: FileRow | None
    accounts: Sequence[AccountRow] = ()
    invitations: Sequence[tuple[InvitationRow, str]] = ()  # with the account's name


def standing(services: Services, caller: Caller, spreadsheet_id: str) -> Standing:
    """Who the caller is here. A bound file decides the account; elsewhere the person's choice does."""
    now = services.clock.now()
    with services.store.write() as tx:
        person = people.see_person(tx, caller.sub, email=caller.email, now=now)
        if person.signed_out_at is not None:
            people.mark_signed_out(tx, caller.sub, None)
        members = people.memberships(tx, caller.sub)
        accounts = [people.account(tx, member.account_id) for member in members]
        file = sheets.file_unscoped(tx, spreadsheet_id) if spreadsheet_id else None
        invited = people.invitations_for(tx, caller.email, now) if caller.email_verified else []
        invitations = [(row, people.account(tx, row.account_id).name) for row in invited]
    wanted = file.account_id if file else _chosen(person.chosen_account_id, members)
    member = next((row for row in members if row.account_id == wanted), None)
    account = next((row for row in accounts if member and row.id == member.account_id), None)
    actor = _actor(member, account) if member and account else None
    return Standing(caller, actor, account, file, accounts, invitations)


def actor_of(services: Services, sub: str, account_id: str) -> Actor | None:
    """The person as a member of this account, as they are now; None when they are none any more."""
    with services.store.read() as tx:
        member = people.membership(tx, sub, account_id)
        return _actor(member, people.account(tx, account_id)) if member else None


def _chosen(chosen: str | None, members: Sequence[MemberRow]) -> str | None:
    """The account of an unbound file: the chosen one, or the only one there is."""
    ids = [member.account_id for member in members]
    if chosen in ids:
        return chosen
    return ids[0] if len(ids) == 1 else None


def _actor(member: MemberRow, account: AccountRow) -> Actor:
    shop_ids = None if member.shop_ids is None else frozenset(member.shop_ids)
    return Actor(
        sub=member.sub,
        email=member.email,
        account_id=account.id,
        member_id=member.id,
        audience=account.audience(member.role),
        shop_ids=shop_ids,
    )


def open_account(services: Services, caller: Caller, name: str) -> str:
    """The caller owns a new account of this name. Returns its id."""
    tidy = " ".join(name.split())
    if not tidy:
        raise BadInput("Give your business a name.", field="account_name")
    if len(tidy) > NAME_LIMIT:
        raise BadInput(
            "Use a name of at most {limit} characters.", field="account_name", values={"limit": str(NAME_LIMIT)}
        )
    account_id, now = services.new_id(), services.clock.now()
    with services.store.write() as tx:
        people.see_person(tx, caller.sub, email=caller.email, now=now)
        people.add_account(tx, account_id, name=tidy, plan=services.settings.default_plan, now=now)
        _add_member(services, tx, caller, account_id=account_id, role=Role.OWNER)
        people.choose_account(tx, caller.sub, account_id)
        people.record(tx, account_id, sub=caller.sub, deed="open-account", subject=account_id, at=now)
    return account_id


def choose_account(services: Services, caller: Caller, account_id: str) -> None:
    """Unbound files show this account. NotFound when the caller is no member of it."""
    with services.store.write() as tx:
        if people.membership(tx, caller.sub, account_id) is None:
            raise NotFound("This account does not exist.")
        people.choose_account(tx, caller.sub, account_id)


def _add_member(services: Services, tx: Tx, caller: Caller, *, account_id: str, role: str) -> None:
    people.add_member(
        tx,
        MemberRow(
            id=services.new_id(),
            account_id=account_id,
            sub=caller.sub,
            email=caller.email,
            role=role,
            shop_ids=None,
            joined_at=services.clock.now(),
            revoked_at=None,
        ),
    )


# --- invitations -----------------------------------------------------------------------------------------------------


def invite(services: Services, actor: Actor, *, email: str, role: str) -> str:
    """An open invitation for this address, 7 days long. Returns the one-time code to hand over by another way.

    The code is needed only by an address that Google does not speak for.
    """
    address = email.strip().lower()
    if not _is_address(address):
        raise BadInput("Enter an e-mail address like name@company.com.", field="email")
    wanted = _role(role)
    _check_may_give(actor, wanted)
    code, now = f"{secrets.randbelow(10**8):08d}", services.clock.now()
    with services.store.write() as tx:
        if any(member.email == address for member in people.members_of(tx, actor.scope)):
            raise Conflict("{email} is already a member.", values={"email": address})
        waiting = people.invitations_of(tx, actor.scope, now)
        if len(waiting) >= MOST_INVITATIONS:
            raise TooMuch("There are too many open invitations. Withdraw some first.")
        for row in waiting:
            if row.email == address:
                people.revoke_invitation(tx, actor.scope, row.id, now)
        row = InvitationRow(
            id=services.new_id(),
            account_id=actor.account_id,
            email=address,
            role=wanted,
            invited_by=actor.member_id,
            created_at=now,
            expires_at=now + INVITATION_LIFE,
            code_hash=None,
            code_tries=0,
            accepted_at=None,
            revoked_at=None,
        )
        people.add_invitation(tx, row)
        people.set_invitation_code(tx, row.id, _hash(row.id, code))
        people.record(tx, actor.account_id, sub=actor.sub, deed="invite", subject=f"{address} as {wanted}", at=now)
    return code


def accept_invitation(services: Services, caller: Caller, invitation_id: str, *, code: str = "") -> str:
    """The caller is a member under the invitation. Returns the account's id.

    An address that Google speaks for is enough; any other needs the one-time code. The first `sub` wins.
    """
    now = services.clock.now()
    if not caller.email_verified:
        raise NotAllowed("Google has not verified your address, so this invitation cannot be taken with it.")
    with services.store.write() as tx:
        mine = people.invitations_for(tx, caller.email, now)
        row = next((one for one in mine if one.id == invitation_id), None)
        if row is None:
            raise NotFound("This invitation is no longer open. Ask for a new one.")
        is_right = bool(code) and row.code_hash is not None and hmac.compare_digest(row.code_hash, _hash(row.id, code))
        if row.code_tries >= CODE_TRIES:
            raise TooMuch("Too many wrong codes. Ask for a new invitation.")
        if not is_right and code:
            people.count_code_try(tx, row.id)
        may = caller.authoritative or is_right
        if may:
            _take_invitation(services, tx, caller, row)
    if not may:
        sentence = "This code is not right." if code else "Enter the code that came with your invitation."
        raise BadInput(sentence, field="code")
    return row.account_id


def _take_invitation(services: Services, tx: Tx, caller: Caller, row: InvitationRow) -> None:
    now = services.clock.now()
    if not people.accept_invitation(tx, row.id, caller.sub, now):
        raise NotFound("This invitation is no longer open. Ask for a new one.")
    people.see_person(tx, caller.sub, email=caller.email, now=now)
    if people.membership(tx, caller.sub, row.account_id) is not None:
        raise Conflict("You are already a member of this account.")
    _add_member(services, tx, caller, account_id=row.account_id, role=row.role)
    people.choose_account(tx, caller.sub, row.account_id)
    people.record(tx, row.account_id, sub=caller.sub, deed="accept-invitation", subject=row.id, at=now)


def revoke_invitation(services: Services, actor: Actor, invitation_id: str) -> None:
    """The invitation can no longer be taken."""
    now = services.clock.now()
    with services.store.write() as tx:
        people.revoke_invitation(tx, actor.scope, invitation_id, now)
        people.record(tx, actor.account_id, sub=actor.sub, deed="revoke-invitation", subject=invitation_id, at=now)


# --- members ---------------------------------------------------------------------------------------------------------


def members(services: Services, actor: Actor) -> tuple[list[MemberRow], list[InvitationRow]]:
    """Members and open invitations of the actor's account."""
    with services.store.read() as tx:
        return people.members_of(tx, actor.scope), people.invitations_of(tx, actor.scope, services.clock.now())


def member(services: Services, actor: Actor, member_id: str) -> MemberRow:
    """A member of the actor's account. NotFound otherwise."""
    with services.store.read() as tx:
        return people.member(tx, actor.scope, member_id)


def change_role(services: Services, actor: Actor, member_id: str, *, role: str) -> None:
    """The member has this role from now on. Only an owner makes or unmakes owners; the last owner stays one."""
    wanted, now = _role(role), services.clock.now()
    with services.store.write() as tx:
        target = people.member(tx, actor.scope, member_id)
        _check_may_touch(tx, actor, target)
        _check_may_give(actor, wanted)
        people.change_role(tx, target.id, wanted)
        design.recheck(services, tx, actor.account_id)
        people.record(
            tx, actor.account_id, sub=actor.sub, deed="change-role", subject=f"{target.email} to {wanted}", at=now
        )


def revoke_member(services: Services, actor: Actor, member_id: str) -> str:
    """The person is no member any more. Returns their address."""
    now = services.clock.now()
    with services.store.write() as tx:
        target = people.member(tx, actor.scope, member_id)
        _check_may_touch(tx, actor, target)
        people.revoke_member(tx, target.id, now)
        design.recheck(services, tx, actor.account_id)
        people.record(tx, actor.account_id, sub=actor.sub, deed="revoke-member", subject=target.email, at=now)
    return target.email


def set_switch(services: Services, actor: Actor, name: str, *, wanted: str) -> AccountRow:
    """One optional cell of the matrices is open (`on`) or shut (`off`). Returns the account as it is now."""
    if name not in {switch.value for switch in Switch}:
        raise BadInput("There is no such choice.")
    now = services.clock.now()
    with services.store.write() as tx:
        before = people.account(tx, actor.account_id)
        after = {*before.switches, name} if wanted == "on" else set(before.switches) - {name}
        people.set_switches(tx, actor.account_id, sorted(after))
        design.recheck(services, tx, actor.account_id)
        people.record(tx, actor.account_id, sub=actor.sub, deed="set-switch", subject=f"{name} {wanted}", at=now)
        return people.account(tx, actor.account_id)


def account(services: Services, scope: Scope) -> AccountRow:
    """The account in scope."""
    with services.store.read() as tx:
        return people.account(tx, scope.account_id)


def sign_out(services: Services, caller: Caller) -> None:
    """Google is told to forget the consent behind the caller's token; memberships stay."""
    if caller.user_token:
        services.sign_in.revoke(caller.user_token)
    with services.store.write() as tx:
        people.see_person(tx, caller.sub, email=caller.email, now=services.clock.now())
        people.mark_signed_out(tx, caller.sub, services.clock.now())


def _check_may_touch(tx: Tx, actor: Actor, target: MemberRow) -> None:
    if target.role != Role.OWNER:
        return
    if actor.role is not Role.OWNER:
        raise NotAllowed("Only an owner can change an owner.", needed=Permission.PEOPLE_MANAGE, granted_by="owner")
    owners = [row for row in people.members_of(tx, actor.scope) if row.role == Role.OWNER]
    if len(owners) == 1:
        raise Conflict("This is the last owner. Make somebody else an owner first.")


def _check_may_give(actor: Actor, role: Role) -> None:
    if role is Role.OWNER and actor.role is not Role.OWNER:
        raise NotAllowed(
            "Only an owner can make somebody an owner.", needed=Permission.PEOPLE_MANAGE, granted_by="owner"
        )


def _role(text: str) -> Role:
    if text not in {role.value for role in Role}:
        raise BadInput("Choose a role.", field="role")
    return Role(text)


def _is_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(local and at and "." in domain.strip(".")) and len(text) <= 254 and not any(c.isspace() for c in text)


def _hash(invitation_id: str, code: str) -> str:
    return hashlib.sha256(f"{invitation_id}:{code.strip()}".encode()).hexdigest()


def require(actor: Actor | None, permission: Permission) -> Actor:
    """The actor, when there is one and the role allows `permission`; else NotFound (stranger) or NotAllowed."""
    if actor is None:
        raise NotFound("There is nothing here for your Google account.")
    if not actor.audience.may_do(permission):
        granters = ", ".join(who_can_grant(permission))
        raise NotAllowed(
            "Your role ({role}) does not include this. Ask: {granters}.",
            values={"role": actor.role, "granters": granters},
            needed=permission,
            granted_by=granters,
        )
    return actor
