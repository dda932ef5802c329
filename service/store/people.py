"""Accounts, people, members, invitations and the audit trail.

A person is their Google `sub`; an invitation is an address. Instants are aware UTC and come in as arguments.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from service.core.roles import Role, Scope
from service.errors import NotFound
from service.store.records import AccountRow, InvitationRow, MemberRow, PersonRow, columns_of, many, one
from service.store.session import Tx, hits, insert_into
from service.store.tables import accounts, audit, invitations, members, once_keys, people


def see_person(tx: Tx, sub: str, *, email: str, now: datetime) -> PersonRow:
    """The person exists, with the address Google last gave. Idempotent."""
    values = {"email": email.lower(), "last_seen_at": now}
    statement = insert_into(tx, people).values(sub=sub, first_seen_at=now, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["sub"], set_=values))
    person = one(PersonRow, tx.execute(sa.select(*columns_of(people, PersonRow)).where(people.c.sub == sub)).first())
    assert person is not None  # noqa: S101 - written two lines above
    return person


def mark_signed_out(tx: Tx, sub: str, at: datetime | None) -> None:
    """The person's sign-out is on record, or lifted (None)."""
    tx.execute(sa.update(people).where(people.c.sub == sub).values(signed_out_at=at))


def choose_account(tx: Tx, sub: str, account_id: str) -> None:
    """`account_id` is what this person works on in unbound files."""
    tx.execute(sa.update(people).where(people.c.sub == sub).values(chosen_account_id=account_id))


def add_account(tx: Tx, account_id: str, *, name: str, plan: str, now: datetime) -> None:
    """A new account without members, all switches off."""
    tx.execute(sa.insert(accounts).values(id=account_id, name=name, plan=plan, switches=[], created_at=now))


def account(tx: Tx, account_id: str) -> AccountRow:
    """The account. NotFound when there is none."""
    query = sa.select(*columns_of(accounts, AccountRow)).where(accounts.c.id == account_id)
    found = one(AccountRow, tx.execute(query).first())
    if found is None:
        raise NotFound("This account does not exist.")
    return found


def set_switches(tx: Tx, account_id: str, switches: Sequence[str]) -> None:
    """Exactly these switches are on."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(switches=sorted(switches)))


def add_member(tx: Tx, member: MemberRow) -> None:
    """A live membership. The unique index refuses a second live one of the same person."""
    tx.execute(
        sa.insert(members).values(
            id=member.id, account_id=member.account_id, sub=member.sub, email=member.email.lower(), role=member.role,
            shop_ids=member.shop_ids, joined_at=member.joined_at, revoked_at=None,
        )
    )  # fmt: skip


def memberships(tx: Tx, sub: str) -> list[MemberRow]:
    """The person's live memberships, oldest first."""
    query = sa.select(*columns_of(members, MemberRow)).where(members.c.sub == sub, members.c.revoked_at.is_(None))
    return many(MemberRow, tx.execute(query.order_by(members.c.joined_at, members.c.id)))


def membership(tx: Tx, sub: str, account_id: str) -> MemberRow | None:
    """The person's live membership in this account."""
    return next((row for row in memberships(tx, sub) if row.account_id == account_id), None)


def members_of(tx: Tx, scope: Scope) -> list[MemberRow]:
    """Live members of the account, owners first, then by address."""
    query = sa.select(*columns_of(members, MemberRow)).where(
        members.c.account_id == scope.account_id, members.c.revoked_at.is_(None)
    )
    order = {role.value: rank for rank, role in enumerate(Role)}
    return sorted(many(MemberRow, tx.execute(query)), key=lambda row: (order.get(row.role, 99), row.email))


def member(tx: Tx, scope: Scope, member_id: str) -> MemberRow:
    """A live member of the account in scope. NotFound otherwise, also for another account's member."""
    found = next((row for row in members_of(tx, scope) if row.id == member_id), None)
    if found is None:
        raise NotFound("This person is not a member here.")
    return found


def change_role(tx: Tx, member_id: str, role: str) -> None:
    """The member has `role` from now on."""
    tx.execute(sa.update(members).where(members.c.id == member_id).values(role=role))


def revoke_member(tx: Tx, member_id: str, now: datetime) -> None:
    """The membership is over; kept for the record."""
    tx.execute(
        sa.update(members).where(members.c.id == member_id, members.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def add_invitation(tx: Tx, row: InvitationRow) -> None:
    """An open invitation."""
    tx.execute(
        sa.insert(invitations).values(
            id=row.id, account_id=row.account_id, email=row.email.lower(), role=row.role, invited_by=row.invited_by,
            created_at=row.created_at, expires_at=row.expires_at, code_hash=row.code_hash, code_tries=0,
        )
    )  # fmt: skip


def _open_invitations(now: datetime) -> sa.Select[tuple[object, ...]]:
    return sa.select(*columns_of(invitations, InvitationRow)).where(
        invitations.c.accepted_at.is_(None), invitations.c.revoked_at.is_(None), invitations.c.expires_at > now
    )


def invitations_for(tx: Tx, email: str, now: datetime) -> list[InvitationRow]:
    """Open invitations to this address."""
    query = _open_invitations(now).where(invitations.c.email == email.lower())
    return many(InvitationRow, tx.execute(query.order_by(invitations.c.created_at)))


def invitations_of(tx: Tx, scope: Scope, now: datetime) -> list[InvitationRow]:
    """The account's open invitations."""
    query = _open_invitations(now).where(invitations.c.account_id == scope.account_id)
    return many(InvitationRow, tx.execute(query.order_by(invitations.c.created_at)))


def accept_invitation(tx: Tx, invitation_id: str, sub: str, now: datetime) -> bool:
    """Whether this call took the invitation: one conditional UPDATE, so the first `sub` wins."""
    taken = hits(
        tx,
        sa.update(invitations)
        .where(
            invitations.c.id == invitation_id,
            invitations.c.accepted_at.is_(None),
            invitations.c.revoked_at.is_(None),
            invitations.c.expires_at > now,
        )
        .values(accepted_at=now, accepted_sub=sub),
    )
    return bool(taken)


def set_invitation_code(tx: Tx, invitation_id: str, code_hash: str) -> None:
    """A fresh one-time code; earlier tries are forgotten."""
    tx.execute(
        sa.update(invitations).where(invitations.c.id == invitation_id).values(code_hash=code_hash, code_tries=0)
    )


def count_code_try(tx: Tx, invitation_id: str) -> None:
    """One more wrong code."""
    tx.execute(
        sa.update(invitations).where(invitations.c.id == invitation_id).values(code_tries=invitations.c.code_tries + 1)
    )


def revoke_invitation(tx: Tx, scope: Scope, invitation_id: str, now: datetime) -> None:
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


def take_once(tx: Tx, key: str, now: datetime) -> bool:
    """Whether this press is the first with its key."""
    statement = insert_into(tx, once_keys).values(key=key, at=now)
    return bool(hits(tx, statement.on_conflict_do_nothing(index_elements=["key"])))


def give_back_once(tx: Tx, key: str) -> None:
    """The press came to nothing (a consent was missing, an upstream failed): it may be repeated."""
    tx.execute(sa.delete(once_keys).where(once_keys.c.key == key))


def forget_once(tx: Tx, before: datetime) -> int:
    """Keys older than `before` are gone. Returns how many."""
    return hits(tx, sa.delete(once_keys).where(once_keys.c.at < before))


def owner_addresses(tx: Tx, account_id: str) -> list[str]:
    """Addresses of the account's owners: who is told, and (masked) who holds a shop."""
    query = sa.select(members.c.email).where(
        members.c.account_id == account_id, members.c.role == Role.OWNER.value, members.c.revoked_at.is_(None)
    )
    return list(tx.execute(query.order_by(members.c.joined_at)).scalars())


def record(
    tx: Tx, account_id: str, *, sub: str, deed: str, subject: str, at: datetime, spreadsheet_id: str = ""
) -> None:
    """One more line of the audit trail: who (`sub`) did what (`deed`) to what (`subject`), from which sheet."""
    tx.execute(
        sa.insert(audit).values(
            account_id=account_id, at=at, sub=sub, deed=deed, subject=subject, spreadsheet_id=spreadsheet_id
        )
    )


def last_record(tx: Tx, account_id: str, *, deed: str, spreadsheet_id: str = "") -> tuple[str, datetime] | None:
    """Who (`sub`) did this last in the account, and when; in one spreadsheet where one is named."""
    query = sa.select(audit.c.sub, audit.c.at).where(audit.c.account_id == account_id, audit.c.deed == deed)
    if spreadsheet_id:
        query = query.where(audit.c.spreadsheet_id == spreadsheet_id)
    row = tx.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(1)).first()
    return None if row is None else (row.sub, row.at)


def address_of(tx: Tx, sub: str) -> str:
    """The address Google last gave for this person; empty for one who was never seen."""
    return tx.execute(sa.select(people.c.email).where(people.c.sub == sub)).scalar() or ""
