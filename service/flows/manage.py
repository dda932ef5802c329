"""Who is calling, what they are here, and their accounts: opening one, choosing one, signing out.

A person is their Google `sub`. What members, invitations and roles are about is in the modules of their names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.core.roles import Actor, Permission, Role, Scope, who_can_grant
from service.errors import BadInput, NotAllowed, NotFound
from service.flows import Services, invitations, noting
from service.google.tokens import Caller
from service.store import deeds, people, sheets
from service.store.records import AccountRow, FileRow, InvitationRow, MemberRow

NAME_LIMIT = 80
#: A member's last visit is kept to the hour: it is for the owner who wonders whether somebody still comes.
SEEN_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a caller is in this spreadsheet. `actor` None = a stranger here (no membership that counts)."""

    caller: Caller
    actor: Actor | None
    account: AccountRow | None
    file: FileRow | None
    accounts: Sequence[AccountRow] = ()
    invitations: Sequence[tuple[InvitationRow, AccountRow]] = ()


def standing(services: Services, caller: Caller, spreadsheet_id: str) -> Standing:
    """Who the caller is here. A bound file decides the account; elsewhere the person's choice does."""
    now = services.clock.now()
    with services.store.write() as tx:
        person = people.see_person(tx, caller.sub, email=caller.email, now=now)
        if person.signed_out_at is not None:
            people.mark_signed_out(tx, caller.sub, None)
        members = people.memberships(tx, caller.sub, now)
        waiting = invitations.waiting_for(tx, caller, members, now)
        known = people.accounts_by_id(tx, {row.account_id for row in members} | {row.account_id for row in waiting})
        file = sheets.file_unscoped(tx, spreadsheet_id) if spreadsheet_id else None
        wanted = file.account_id if file else _chosen(person.chosen_account_id, members)
        member = next((row for row in members if row.account_id == wanted), None)
        if member is not None and (member.seen_at is None or now - member.seen_at >= SEEN_AGAIN):
            people.mark_seen(tx, member.id, now)
    account = known[member.account_id] if member else None
    actor = _actor(member, account) if member and account else None
    accounts = [known[row.account_id] for row in members]
    return Standing(caller, actor, account, file, accounts, [(row, known[row.account_id]) for row in waiting])


def actor_of(services: Services, sub: str, account_id: str) -> Actor | None:
    """The person as a member of this account, as they are now; None when they are none any more."""
    with services.store.read() as tx:
        member = people.membership(tx, sub, account_id, services.clock.now())
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
        owner = MemberRow(
            id=services.new_id(),
            account_id=account_id,
            sub=caller.sub,
            email=caller.email,
            role=Role.OWNER,
            shop_ids=None,
            joined_at=now,
            revoked_at=None,
        )
        people.add_member(tx, owner)
        people.choose_account(tx, caller.sub, account_id)
        deeds.record(tx, account_id, sub=caller.sub, deed="open-account", subject=account_id, at=now)
    return account_id


def choose_account(services: Services, caller: Caller, account_id: str) -> None:
    """Unbound files show this account. NotFound when the caller is no member of it."""
    with services.store.write() as tx:
        if people.membership(tx, caller.sub, account_id, services.clock.now()) is None:
            raise NotFound("This account does not exist.")
        people.choose_account(tx, caller.sub, account_id)


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
        noting.signed_out(services, tx, caller)


def require(actor: Actor | None, permission: Permission) -> Actor:
    """The actor, when there is one and the role allows `permission`; else NotFound (stranger) or NotAllowed."""
    if actor is None:
        raise NotFound("There is nothing here for your Google account.")
    if not actor.audience.may_do(permission):
        granters = ", ".join(who_can_grant(permission))
        raise NotAllowed(
            "Your role ({role}) does not include this. Ask: {granters}.",
            values={"role": actor.audience.name, "granters": granters},
            needed=permission,
            granted_by=granters,
        )
    return actor
