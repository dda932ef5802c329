"""Who the account belongs to: handing it over, leaving it, and getting it back when its owner's Google account is gone.

There is always an owner. Handing over is an offer to a member; with the yes, both change places.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from service.core.roles import Actor, Permission, Role, Scope
from service.errors import BadInput, Conflict, NotAllowed, NotFound
from service.flows import Services, design
from service.store import deeds, invitations, people
from service.store.records import AccountRow, InvitationRow, MemberRow
from service.store.session import Tx

OFFER_LIFE = timedelta(days=7)
#: Who did it, in the record, when it was done on the machine and not by a member.
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Recovered:
    """How an account has its owner again. `code`: set when the person must still accept; it is told nowhere else."""

    account_name: str
    email: str
    code: str = ""


def offer(services: Services, actor: Actor, member_id: str) -> MemberRow:
    """The member may become the owner for a week, and the actor an admin with it. An earlier offer is withdrawn."""
    now = services.clock.now()
    if actor.role is not Role.OWNER:
        raise NotAllowed("Only an owner can hand the account over.", needed=Permission.ACCOUNT_OWN, granted_by="owner")
    with services.store.write() as tx:
        target = people.member(tx, actor.scope, member_id, now)
        if target.role == Role.OWNER:
            raise Conflict("{name} is an owner already.", values={"name": target.email})
        for row in invitations.open_of(tx, actor.scope, now):
            if is_offer(row) and row.invited_by == actor.member_id:
                invitations.withdraw(tx, actor.scope, row.id, now)
        address = people.address_of(tx, target.sub) or target.email
        row = _row(services, actor.account_id, address, by=actor.member_id)
        invitations.add(tx, row)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="offer-ownership", subject=target.email, at=now)
    return target


def _row(services: Services, account_id: str, email: str, *, by: str) -> InvitationRow:
    now = services.clock.now()
    return InvitationRow(
        id=services.new_id(),
        account_id=account_id,
        email=email,
        role=Role.OWNER,
        invited_by=by,
        created_at=now,
        expires_at=now + OFFER_LIFE,
        code_hash=None,
        code_tries=0,
        accepted_at=None,
        revoked_at=None,
    )


def is_offer(row: InvitationRow) -> bool:
    """Whether this hands the account over to a member, rather than letting somebody in: it has no code to ask for."""
    return row.role == Role.OWNER and not row.domain and row.code_hash is None


def take(services: Services, tx: Tx, member: MemberRow, row: InvitationRow) -> None:
    """The member owns the account, without end and for every shop; who offered it is an admin from now on.

    Part of accepting, in its transaction. Conflict for any other invitation: a member needs none.
    """
    now = services.clock.now()
    if not is_offer(row):
        raise Conflict("You are already a member of this account.")
    givers = [one for one in people.owners_of(tx, row.account_id, now) if one.id == row.invited_by]
    if not givers or not invitations.take(tx, row.id, member.sub, now):
        raise NotFound("This offer is no longer open. Ask for a new one.")
    _make_owner(tx, member)
    people.change_role(tx, givers[0].id, Role.ADMIN)
    people.choose_account(tx, member.sub, row.account_id)
    design.recheck(services, tx, row.account_id)
    subject = f"{member.email}, from {givers[0].email}"
    deeds.record(tx, row.account_id, sub=member.sub, deed="take-ownership", subject=subject, at=now)


def _make_owner(tx: Tx, member: MemberRow) -> None:
    people.change_role(tx, member.id, Role.OWNER)
    people.change_reach(tx, member.id, shop_ids=None, expires_at=None)


def is_last_owner(services: Services, actor: Actor) -> bool:
    """Whether the account would be nobody's without this person."""
    with services.store.read() as tx:
        others = people.members_of(tx, Scope(actor.account_id), services.clock.now())
    return actor.role is Role.OWNER and not any(row.role == Role.OWNER and row.id != actor.member_id for row in others)


def check_not_last(tx: Tx, services: Services, member: MemberRow) -> None:
    """Conflict when the account would be nobody's without this member as its owner."""
    if member.role != Role.OWNER:
        return
    if len(people.owners_of(tx, member.account_id, services.clock.now())) == 1:
        raise Conflict("This is the last owner. Make somebody else an owner first.")


def leave(services: Services, actor: Actor) -> str:
    """The actor is no member any more, by their own wish. Returns the account's name. Conflict for the last owner."""
    now = services.clock.now()
    with services.store.write() as tx:
        mine = people.member(tx, actor.scope, actor.member_id, now)
        check_not_last(tx, services, mine)
        people.revoke_member(tx, mine.id, now)
        invitations.withdraw_by(tx, actor.account_id, mine.id, now)
        design.recheck(services, tx, actor.account_id)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="leave-account", subject=mine.email, at=now)
        return people.account(tx, actor.account_id).name


def recover(services: Services, account: str, email: str) -> Recovered:
    """The person at this address owns the account: at once if they are a member, else by an invitation with a code.

    For an operator, when the owner's Google account is gone. `account`: its id, or its name where only one is called
    so; Conflict with the ids of several. Earlier owners stay until the new one ends their access.
    """
    address, now = email.strip().lower(), services.clock.now()
    if "@" not in address:
        raise BadInput("Give the address of the new owner.", field="email")
    with services.store.write() as tx:
        account_id = _only(people.accounts_called(tx, account)).id
        found = [row for row in people.members_of(tx, Scope(account_id), now) if _is_at(tx, row, address)]
        code = ""
        if found:
            _make_owner(tx, found[0])
            design.recheck(services, tx, account_id)
        else:
            code = f"{secrets.randbelow(10**8):08d}"
            invitations.withdraw_for(tx, account_id, address, now)
            row = replace(_row(services, account_id, address, by=OPERATOR), code_hash="")
            invitations.add(tx, row)
            invitations.set_code(tx, row.id, invitations.hash_code(row.id, code))
        deeds.record(tx, account_id, sub=OPERATOR, deed="recover-owner", subject=address, at=now)
        name = people.account(tx, account_id).name
    return Recovered(name, address, code)


def _only(called: Sequence[AccountRow]) -> AccountRow:
    """The one that is called so."""
    if not called:
        raise NotFound("This account does not exist.")
    if len(called) > 1:
        ids = ", ".join(row.id for row in called)
        raise Conflict("Several accounts are called so. Name one by its id: {ids}", values={"ids": ids})
    return called[0]


def _is_at(tx: Tx, row: MemberRow, address: str) -> bool:
    return address in {row.email, people.address_of(tx, row.sub)}
