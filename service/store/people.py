"""Accounts, people and their memberships. What they did is in `deeds`.

A person is their Google `sub`. A membership that ran out is none: whoever reads one says what time it is. Instants are
aware UTC and come in as arguments.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.roles import Role, Scope
from service.errors import NotFound
from service.store import deeds
from service.store.records import AccountRow, MemberRow, PersonRow, columns_of, many, one
from service.store.session import Tx, hits, insert_into
from service.store.tables import accounts, members, once_keys, people

#: Made once: every pass and every press asks it, and making a statement costs more than running it.
_ACCOUNT = sa.select(*columns_of(accounts, AccountRow)).where(accounts.c.id == sa.bindparam("account"))


def see_person(tx: Tx, sub: str, *, email: str, now: datetime) -> PersonRow:
    """The person exists, with the address Google last gave; whoever was forgotten begins anew. Idempotent."""
    values = {"email": email.lower(), "last_seen_at": now, "deleted_at": None}
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
    deeds.begin(tx, account_id)


def account(tx: Tx, account_id: str) -> AccountRow:
    """The account. NotFound when there is none."""
    found = one(AccountRow, tx.execute(_ACCOUNT, {"account": account_id}).first())
    if found is None:
        raise NotFound("This account does not exist.")
    return found


def set_switches(tx: Tx, account_id: str, switches: Sequence[str]) -> None:
    """Exactly these switches are on."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(switches=sorted(switches)))


def accounts_by_id(tx: Tx, account_ids: Collection[str]) -> dict[str, AccountRow]:
    """These accounts, however many, in one read. An id without an account is not in the answer."""
    query = sa.select(*columns_of(accounts, AccountRow)).where(accounts.c.id.in_(sorted(account_ids)))
    return {row.id: row for row in many(AccountRow, tx.execute(query))}


def accounts_called(tx: Tx, text: str) -> list[AccountRow]:
    """The account of this id, or all of this name, oldest first."""
    called = sa.or_(accounts.c.id == text, accounts.c.name == text)
    query = sa.select(*columns_of(accounts, AccountRow)).where(called)
    return many(AccountRow, tx.execute(query.order_by(accounts.c.created_at, accounts.c.id)))


def set_custom_roles(tx: Tx, account_id: str, roles: Mapping[str, Any]) -> None:
    """Exactly these roles of its own are kept with the account, retired ones included."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(custom_roles=dict(roles)))


def every_account(tx: Tx) -> list[str]:
    """The ids of all accounts."""
    return list(tx.execute(sa.select(accounts.c.id).order_by(accounts.c.id)).scalars())


def keep_audit(tx: Tx, account_id: str, days: int | None) -> None:
    """The account keeps its audit trail for so many days, None = for good."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(audit_days=days))


def audit_days(tx: Tx) -> dict[str, int]:
    """Accounts that keep their audit trail for a time: id → days."""
    query = sa.select(accounts.c.id, accounts.c.audit_days).where(accounts.c.audit_days.is_not(None))
    return {row.id: row.audit_days for row in tx.execute(query.order_by(accounts.c.id))}


def hold_account(tx: Tx, account_id: str) -> AccountRow:
    """The account as it is now; nobody else changes what is kept in its row until the transaction ends."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(name=accounts.c.name))
    return account(tx, account_id)


# --- memberships -----------------------------------------------------------------------------------------------------


def add_member(tx: Tx, member: MemberRow) -> None:
    """A live membership, in the place of one of the same person that ran out. A second live one is refused."""
    earlier = sa.and_(members.c.account_id == member.account_id, members.c.sub == member.sub)
    ran_out = sa.and_(members.c.revoked_at.is_(None), members.c.expires_at <= member.joined_at)
    tx.execute(sa.update(members).where(earlier, ran_out).values(revoked_at=members.c.expires_at))
    tx.execute(
        sa.insert(members).values(
            id=member.id, account_id=member.account_id, sub=member.sub, email=member.email.lower(), role=member.role,
            shop_ids=member.shop_ids, joined_at=member.joined_at, expires_at=member.expires_at, revoked_at=None,
        )
    )  # fmt: skip


def _live(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(members.c.revoked_at.is_(None), sa.or_(members.c.expires_at.is_(None), members.c.expires_at > now))


def _open() -> sa.ColumnElement[bool]:
    """The account is not closed. Until its sheets are clean a closed one has members, who find nothing there."""
    return ~sa.exists().where(accounts.c.id == members.c.account_id, accounts.c.closed_at.is_not(None))


def memberships(tx: Tx, sub: str, now: datetime) -> list[MemberRow]:
    """The person's live memberships in accounts that are open, oldest first."""
    query = sa.select(*columns_of(members, MemberRow)).where(members.c.sub == sub, _live(now), _open())
    return many(MemberRow, tx.execute(query.order_by(members.c.joined_at, members.c.id)))


def membership(tx: Tx, sub: str, account_id: str, now: datetime) -> MemberRow | None:
    """The person's live membership in this account, if it is open."""
    query = sa.select(*columns_of(members, MemberRow)).where(
        members.c.sub == sub, members.c.account_id == account_id, _live(now), _open()
    )
    return one(MemberRow, tx.execute(query).first())


def members_of(tx: Tx, scope: Scope, now: datetime) -> list[MemberRow]:
    """Live members of the account, owners first, then by address."""
    query = sa.select(*columns_of(members, MemberRow)).where(members.c.account_id == scope.account_id, _live(now))
    order = {role.value: rank for rank, role in enumerate(Role)}
    return sorted(many(MemberRow, tx.execute(query)), key=lambda row: (order.get(row.role, 99), row.email))


def member(tx: Tx, scope: Scope, member_id: str, now: datetime) -> MemberRow:
    """A live member of the account in scope. NotFound otherwise, also for another account's member."""
    query = sa.select(*columns_of(members, MemberRow)).where(
        members.c.id == member_id, members.c.account_id == scope.account_id, _live(now)
    )
    found = one(MemberRow, tx.execute(query).first())
    if found is None:
        raise NotFound("This person is not a member here.")
    return found


def owners_of(tx: Tx, account_id: str, now: datetime) -> list[MemberRow]:
    """The account's live owners. Their rows are held: nobody makes or unmakes one until the transaction ends."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(name=accounts.c.name))
    return [row for row in members_of(tx, Scope(account_id), now) if row.role == Role.OWNER]


def has_left(tx: Tx, sub: str, account_id: str, *, since: datetime, now: datetime) -> bool:
    """Whether a membership of the person in this account has ended since, by whatever cause."""
    ended_at = sa.func.coalesce(members.c.revoked_at, members.c.expires_at)
    query = sa.select(members.c.id).where(
        members.c.sub == sub, members.c.account_id == account_id, ended_at >= since, ended_at <= now
    )
    return tx.execute(query.limit(1)).first() is not None


def mark_seen(tx: Tx, member_id: str, now: datetime) -> None:
    """The member was here."""
    tx.execute(sa.update(members).where(members.c.id == member_id).values(seen_at=now))


def change_role(tx: Tx, member_id: str, role: str) -> None:
    """The member has `role` from now on."""
    tx.execute(sa.update(members).where(members.c.id == member_id).values(role=role))


def change_reach(tx: Tx, member_id: str, *, shop_ids: Sequence[str] | None, expires_at: datetime | None) -> None:
    """The member sees these shops (None = all), until then (None = until revoked)."""
    values = {"shop_ids": None if shop_ids is None else sorted(shop_ids), "expires_at": expires_at}
    tx.execute(sa.update(members).where(members.c.id == member_id).values(**values))


def revoke_member(tx: Tx, member_id: str, now: datetime) -> None:
    """The membership is over; kept for the record."""
    tx.execute(
        sa.update(members).where(members.c.id == member_id, members.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def confirm_member(tx: Tx, member_id: str, now: datetime) -> None:
    """Somebody who may looked at what the member has, and left it so."""
    tx.execute(sa.update(members).where(members.c.id == member_id).values(reviewed_at=now))


def mark_reviewed(tx: Tx, account_id: str, now: datetime, *, due_at: datetime) -> None:
    """The account's rights were looked through, and will be again."""
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(reviewed_at=now, review_due_at=due_at))


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


def address_of(tx: Tx, sub: str) -> str:
    """The address Google last gave for this person; empty for one who was never seen."""
    return tx.execute(sa.select(people.c.email).where(people.c.sub == sub)).scalar() or ""


def addresses_of(tx: Tx, subs: Collection[str]) -> dict[str, str]:
    """The same of several: sub → address. One who was never seen is not in the answer."""
    query = sa.select(people.c.sub, people.c.email).where(people.c.sub.in_(sorted(subs)))
    return {row.sub: row.email for row in tx.execute(query)}
