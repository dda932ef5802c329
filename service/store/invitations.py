"""Invitations: an address, or everybody of a Workspace domain, may become a member of an account.

One to an address is taken once, by the first person who may speak for it. One to a domain stands until it is withdrawn
or too old; each person who takes it leaves a line of their own here, with their address and the domain. Instants are
aware UTC and come in as arguments.
"""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from service.core.roles import Scope
from service.errors import NotFound
from service.store.records import InvitationRow, columns_of, many
from service.store.session import Tx, hits
from service.store.tables import invitations


def add(tx: Tx, row: InvitationRow) -> None:
    """An open invitation: of one address, or of everybody in a domain (`email` empty)."""
    tx.execute(sa.insert(invitations).values(_values(row)))


def add_taken(tx: Tx, row: InvitationRow, sub: str, now: datetime) -> None:
    """The line of one person who took the invitation of a domain."""
    tx.execute(sa.insert(invitations).values({**_values(row), "accepted_at": now, "accepted_sub": sub}))


def _values(row: InvitationRow) -> dict[str, object]:
    return {
        "id": row.id, "account_id": row.account_id, "email": row.email.lower(), "domain": row.domain.lower(),
        "role": row.role, "shop_ids": row.shop_ids, "member_expires_at": row.member_expires_at,
        "invited_by": row.invited_by, "created_at": row.created_at, "expires_at": row.expires_at,
        "code_hash": row.code_hash, "code_tries": 0,
    }  # fmt: skip


def _is_open(now: datetime) -> sa.ColumnElement[bool]:
    """Neither taken, withdrawn nor too old, and not for a membership that would be over already."""
    lasts = sa.or_(invitations.c.member_expires_at.is_(None), invitations.c.member_expires_at > now)
    return sa.and_(
        invitations.c.accepted_at.is_(None), invitations.c.revoked_at.is_(None), invitations.c.expires_at > now, lasts
    )


def waiting_for(tx: Tx, email: str, now: datetime, *, domain: str = "") -> list[InvitationRow]:
    """Open invitations to this address, and to everybody at `domain` where that is proved; oldest first."""
    if not email:
        return []
    mine = sa.and_(invitations.c.email == email.lower(), invitations.c.domain == "")
    if domain:
        mine = sa.or_(mine, sa.and_(invitations.c.domain == domain.lower(), invitations.c.email == ""))
    query = sa.select(*columns_of(invitations, InvitationRow)).where(mine, _is_open(now))
    return many(InvitationRow, tx.execute(query.order_by(invitations.c.created_at, invitations.c.id)))


def open_of(tx: Tx, scope: Scope, now: datetime) -> list[InvitationRow]:
    """The account's open invitations, those of domains included, oldest first."""
    query = sa.select(*columns_of(invitations, InvitationRow)).where(
        invitations.c.account_id == scope.account_id, _is_open(now)
    )
    return many(InvitationRow, tx.execute(query.order_by(invitations.c.created_at, invitations.c.id)))


def one_of(tx: Tx, scope: Scope, invitation_id: str, now: datetime) -> InvitationRow | None:
    """An open invitation of the account in scope; None for any other."""
    return next((row for row in open_of(tx, scope, now) if row.id == invitation_id), None)


def joined_by_domain(tx: Tx, scope: Scope) -> list[tuple[str, str, datetime]]:
    """(address, domain, when) of everybody who came in through the invitation of a domain, newest first."""
    query = sa.select(invitations.c.email, invitations.c.domain, invitations.c.accepted_at).where(
        invitations.c.account_id == scope.account_id,
        invitations.c.domain != "",
        invitations.c.email != "",
        invitations.c.accepted_at.is_not(None),
    )
    rows = tx.execute(query.order_by(invitations.c.accepted_at.desc()))
    return [(email, domain, at) for email, domain, at in rows]


def take(tx: Tx, invitation_id: str, sub: str, now: datetime) -> bool:
    """Whether this call took the invitation: one conditional UPDATE, so the first `sub` wins."""
    taken = sa.update(invitations).where(invitations.c.id == invitation_id, _is_open(now))
    return bool(hits(tx, taken.values(accepted_at=now, accepted_sub=sub)))


def withdraw_for(tx: Tx, account_id: str, email: str, now: datetime) -> None:
    """Whatever else the account had open for this address is withdrawn: the person has come in."""
    mine = sa.and_(invitations.c.account_id == account_id, invitations.c.email == email.lower())
    tx.execute(sa.update(invitations).where(mine, _is_open(now)).values(revoked_at=now))


def withdraw_by(tx: Tx, account_id: str, member_id: str, now: datetime) -> None:
    """Whatever this member has opened for others is withdrawn: who may not invite any more lets nobody in."""
    theirs = sa.and_(invitations.c.account_id == account_id, invitations.c.invited_by == member_id)
    tx.execute(sa.update(invitations).where(theirs, _is_open(now)).values(revoked_at=now))


def uses_role(tx: Tx, scope: Scope, role: str, now: datetime) -> bool:
    """Whether an open invitation of the account would give this role."""
    return any(row.role == role for row in open_of(tx, scope, now))


def hash_code(invitation_id: str, code: str) -> str:
    """What is kept of a one-time code: of no use for any other invitation."""
    return hashlib.sha256(f"{invitation_id}:{code.strip()}".encode()).hexdigest()


def set_code(tx: Tx, invitation_id: str, code_hash: str) -> None:
    """A fresh one-time code; earlier tries are forgotten."""
    tx.execute(
        sa.update(invitations).where(invitations.c.id == invitation_id).values(code_hash=code_hash, code_tries=0)
    )


def count_try(tx: Tx, invitation_id: str) -> None:
    """One more wrong code."""
    tx.execute(
        sa.update(invitations).where(invitations.c.id == invitation_id).values(code_tries=invitations.c.code_tries + 1)
    )


def withdraw(tx: Tx, scope: Scope, invitation_id: str, now: datetime) -> None:
    """The invitation can no longer be taken. NotFound for another account's."""
    done = hits(
        tx,
        sa.update(invitations)
        .where(
            invitations.c.id == invitation_id,
            invitations.c.account_id == scope.account_id,
            invitations.c.accepted_at.is_(None),
        )
        .values(revoked_at=now),
    )
    if not done:
        raise NotFound("This invitation does not exist.")
