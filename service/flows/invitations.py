"""Inviting an address or a whole domain, accepting, and withdrawing.

A person is their Google `sub`; an invitation is an address, taken once, by the first `sub` that may speak for it. One
to a domain stands for everybody whom Google vouches for there; it never gives the account away, and whoever was let go
since it was made needs an invitation of their own.
"""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from service.core.roles import Actor, Group, Permission, Role
from service.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from service.flows import Services, granting, ownership
from service.flows.granting import Grant
from service.google.tokens import Caller
from service.store import deeds, invitations, people
from service.store.records import AccountRow, InvitationRow, MemberRow
from service.store.session import Tx

INVITATION_LIFE = timedelta(days=7)
DOMAIN_LIFE = timedelta(days=365)
MOST_INVITATIONS = 50
CODE_TRIES = 5

#: Never offered to a whole domain, nor is a role of the account's own that sees or does any of this.
_NOT_FOR_DOMAINS = (Role.OWNER, Role.ADMIN, Role.FINANCE)
_TOO_MUCH_TO_SEE = (Group.COST, Group.PROFIT)
_TOO_MUCH_TO_DO = (Permission.SHOP_CONNECT, Permission.SHEET_BIND, Permission.PROVE)

#: Where anybody gets an address: a domain that vouches for nobody. Google names no domain for such accounts anyway.
_PUBLIC_DOMAINS = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "gmx.net",
     "proton.me", "protonmail.com", "aol.com", "qq.com", "163.com"}
)  # fmt: skip
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def invite(
    services: Services,
    actor: Actor,
    *,
    email: str,
    role: str,
    shop_ids: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """An open invitation for this address, 7 days long. Returns the one-time code to hand over by another way.

    The code is needed only by an address that Google does not speak for. One that waits already is replaced.
    """
    address = email.strip().lower()
    if not _is_address(address):
        raise BadInput("Enter an e-mail address like name@company.com.", field="email")
    code, now = f"{secrets.randbelow(10**8):08d}", services.clock.now()
    with services.store.write() as tx:
        given = granting.check(tx, actor, Grant(role, shop_ids, expires_at), now=now)
        if any(member.email == address for member in people.members_of(tx, actor.scope, now)):
            raise Conflict("{email} is already a member.", values={"email": address})
        waiting = invitations.open_of(tx, actor.scope, now)
        invitations.withdraw_for(tx, actor.account_id, address, now)
        row = _row(services, actor, given, now=now, life=INVITATION_LIFE, already=waiting)
        invitations.add(tx, replace(row, email=address))
        invitations.set_code(tx, row.id, invitations.hash_code(row.id, code))
        deeds.record(
            tx, actor.account_id, sub=actor.sub, deed="invite", subject=_said(tx, actor, address, given), at=now
        )
    return code


def invite_domain(
    services: Services,
    actor: Actor,
    *,
    domain: str,
    role: str,
    shop_ids: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A standing invitation for everybody whom Google vouches for at this domain. Returns the domain, tidied.

    One that stands for the domain already is replaced; who came in by it stays.
    """
    name, now = domain.strip().lower().removeprefix("@"), services.clock.now()
    if not _DOMAIN.fullmatch(name):
        raise BadInput("Enter a domain like company.com.", field="domain")
    if name in _PUBLIC_DOMAINS:
        raise BadInput("Anybody can have an address at {domain}. Invite people one by one.", field="domain",
                       values={"domain": name})  # fmt: skip
    with services.store.write() as tx:
        given = granting.check(tx, actor, Grant(role, shop_ids, expires_at), now=now)
        if not fits_domain(people.account(tx, actor.account_id), given.role):
            raise BadInput("This role is given to people by name only.", field="role")
        waiting = invitations.open_of(tx, actor.scope, now)
        for row in waiting:
            if row.domain == name:
                invitations.withdraw(tx, actor.scope, row.id, now)
        row = _row(services, actor, given, now=now, life=DOMAIN_LIFE, already=waiting)
        invitations.add(tx, replace(row, domain=name))
        subject = _said(tx, actor, f"everyone at {name}", given)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="invite-domain", subject=subject, at=now)
    return name


def fits_domain(account: AccountRow, role: str) -> bool:
    """Whether the role may be offered to a whole domain."""
    audience = account.audience(role)
    if audience.custom is None:
        return audience.role not in _NOT_FOR_DOMAINS
    sees = any(audience.may_see(group) for group in _TOO_MUCH_TO_SEE)
    return not sees and not any(audience.may_do(one) for one in _TOO_MUCH_TO_DO)


def _row(
    services: Services, actor: Actor, grant: Grant, *, now: datetime, life: timedelta, already: Sequence[InvitationRow]
) -> InvitationRow:
    """An open invitation for nobody yet. TooMuch beside very many others."""
    if len(already) >= MOST_INVITATIONS:
        raise TooMuch("There are too many open invitations. Withdraw some first.")
    return InvitationRow(
        id=services.new_id(),
        account_id=actor.account_id,
        email="",
        role=grant.role,
        invited_by=actor.member_id,
        created_at=now,
        expires_at=now + life,
        code_hash=None,
        code_tries=0,
        accepted_at=None,
        revoked_at=None,
        shop_ids=None if grant.shop_ids is None else list(grant.shop_ids),
        member_expires_at=grant.expires_at,
    )


def _said(tx: Tx, actor: Actor, whom: str, grant: Grant) -> str:
    """The line of the record: whom, as what, how far and how long."""
    role = people.account(tx, actor.account_id).audience(grant.role).name
    shops = "" if grant.shop_ids is None else f", shops {', '.join(grant.shop_ids)}"
    until = "" if grant.expires_at is None else f", until {grant.expires_at.date()}"
    return f"{whom} as {role}{shops}{until}"


def withdraw(services: Services, actor: Actor, invitation_id: str) -> None:
    """The invitation can no longer be taken."""
    now = services.clock.now()
    with services.store.write() as tx:
        row = invitations.one_of(tx, actor.scope, invitation_id, now)
        invitations.withdraw(tx, actor.scope, invitation_id, now)
        subject = invitation_id if row is None else row.email or f"everyone at {row.domain}"
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="revoke-invitation", subject=subject, at=now)


# --- on the other side -----------------------------------------------------------------------------------------------


def waiting_for(tx: Tx, caller: Caller, mine: Sequence[MemberRow], now: datetime) -> list[InvitationRow]:
    """What this person may accept now. `mine`: their memberships. Nothing for an address that nobody has verified."""
    if not caller.email_verified:
        return []
    domain = caller.hd or "" if caller.authoritative else ""
    here = {member.account_id for member in mine}
    return [
        row
        for row in invitations.waiting_for(tx, caller.email, now, domain=domain)
        if not row.domain or (row.account_id not in here and not _was_let_go(tx, caller, row, now))
    ]


def _was_let_go(tx: Tx, caller: Caller, row: InvitationRow, now: datetime) -> bool:
    return people.has_left(tx, caller.sub, row.account_id, since=row.created_at, now=now)


def accept(services: Services, caller: Caller, invitation_id: str, *, code: str = "") -> str:
    """The caller is a member under the invitation. Returns the account's id.

    An address that Google speaks for is enough; any other needs the one-time code. The first `sub` wins. Of a member,
    it is the offer to become the owner.
    """
    now = services.clock.now()
    if not caller.email_verified:
        raise NotAllowed("Google has not verified your address, so this invitation cannot be taken with it.")
    with services.store.write() as tx:
        mine = people.memberships(tx, caller.sub, now)
        row = next((one for one in waiting_for(tx, caller, mine, now) if one.id == invitation_id), None)
        if row is None:
            raise NotFound("This invitation is no longer open. Ask for a new one.")
        member = next((one for one in mine if one.account_id == row.account_id), None)
        is_right = (
            bool(code)
            and row.code_hash is not None
            and hmac.compare_digest(row.code_hash, invitations.hash_code(row.id, code))
        )
        if row.code_tries >= CODE_TRIES:
            raise TooMuch("Too many wrong codes. Ask for a new invitation.")
        if not is_right and code:
            invitations.count_try(tx, row.id)
        may = caller.authoritative or is_right or member is not None
        if may and member is not None:
            ownership.take(services, tx, member, row)
        elif may:
            _join(services, tx, caller, row)
    if not may:
        if code:
            raise BadInput("This code is not right.", field="code")
        raise BadInput("Enter the code that came with your invitation.", field="code")
    return row.account_id


def _join(services: Services, tx: Tx, caller: Caller, row: InvitationRow) -> None:
    now = services.clock.now()
    if row.domain:
        _leave_trace(services, tx, caller, row)
    elif not invitations.take(tx, row.id, caller.sub, now):
        raise NotFound("This invitation is no longer open. Ask for a new one.")
    people.see_person(tx, caller.sub, email=caller.email, now=now)
    people.add_member(
        tx,
        MemberRow(
            id=services.new_id(),
            account_id=row.account_id,
            sub=caller.sub,
            email=caller.email,
            role=row.role,
            shop_ids=row.shop_ids,
            joined_at=now,
            revoked_at=None,
            expires_at=row.member_expires_at,
        ),
    )
    invitations.withdraw_for(tx, row.account_id, caller.email, now)
    people.choose_account(tx, caller.sub, row.account_id)
    role = people.account(tx, row.account_id).audience(row.role).name
    deed, by = ("join-by-domain", f", by the offer to {row.domain}") if row.domain else ("accept-invitation", "")
    subject = f"{caller.email} as {role}{by}"
    deeds.record(tx, row.account_id, sub=caller.sub, deed=deed, subject=subject, at=now)


def _leave_trace(services: Services, tx: Tx, caller: Caller, row: InvitationRow) -> None:
    """A line of the person's own beside the domain's: who came in by it is named for as long as the account is."""
    own = replace(row, id=services.new_id(), email=caller.email.lower())
    invitations.add_taken(tx, own, caller.sub, services.clock.now())


def _is_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(local and at and "." in domain.strip(".")) and len(text) <= 254 and not any(c.isspace() for c in text)
