"""The access review: who can see what in an account, what they never used, and that an owner has looked through it all.

A review is due a quarter after the account was opened, and a quarter after each one. What somebody can no longer need
is shown beside them; ending it is done where rights are ended anyway.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.core import custom_roles
from service.core.roles import CUSTOM_PREFIX, EVERYBODY, Actor, Audience, Group, Permission
from service.errors import NotFound
from service.flows import Services
from service.store import deeds, invitations, people, readership, sheets
from service.store.deeds import Wanted
from service.store.records import AccountRow, FileRow, InvitationRow, MemberRow
from service.store.session import Tx

MONTHS = 3
#: What was not used for so long is named. A younger membership has had no time to use it.
UNUSED = timedelta(days=90)
MOST_APPROVALS = 500  # lines of the record that are searched for the names of approved readers

#: Right → the deeds by which it is used. A right that leaves no trace, or does no harm where nobody needs it, such as
#: refreshing a sheet, is not named.
USES: Mapping[Permission, frozenset[str]] = {
    Permission.SHOP_CONNECT: frozenset({"connect-shop", "disconnect-shop"}),
    Permission.SHEET_BIND: frozenset(
        {"bind", "adopt-profile", "clone-profile", "change-profile", "pause", "resume", "stop", "keep-finished"}
    ),
    Permission.PEOPLE_MANAGE: frozenset(
        {"invite", "invite-domain", "change-role", "revoke-member", "revoke-invitation", "set-switch", "make-role"}
    ),
    Permission.NOTES_WRITE: frozenset({"save-note"}),
}
SEEING_BUYERS = "see-buyer"

Invited = InvitationRow


@dataclass(frozen=True, slots=True)
class Person:
    """A member as a review shows them. `sees_unused`: may see buyers and has not."""

    row: MemberRow
    audience: Audience
    files: tuple[str, ...]
    unused: tuple[Permission, ...]
    sees_unused: bool


@dataclass(frozen=True, slots=True)
class Approved:
    """A reader of a file who is no member of the right role and was let stay. `name`: as it was approved."""

    spreadsheet_id: str
    title: str
    reader_id: str
    name: str
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A live role of the account's own."""

    role_id: str
    name: str
    base: str
    member_count: int


@dataclass(frozen=True, slots=True)
class Review:
    """Everything there is to look through. `people`: who was not confirmed since the last review first. `came_by`:
    address → the domain whose standing offer let them in.
    """

    account: AccountRow
    people: tuple[Person, ...]
    invitations: tuple[InvitationRow, ...]
    approved: tuple[Approved, ...]
    roles: tuple[OwnRole, ...]
    came_by: Mapping[str, str]


def look(services: Services, actor: Actor) -> Review:
    """The account's rights as they are now."""
    now = services.clock.now()
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
        members = people.members_of(tx, actor.scope, now)
        files = sheets.files_of(tx, actor.scope)
        used = deeds.used_since(tx, actor.scope, now - UNUSED)
        found = [_person(account, row, files, used.get(row.sub, set()), now) for row in members]
        return Review(
            account=account,
            people=tuple(sorted(found, key=lambda one: is_confirmed(account, one.row))),
            invitations=tuple(invitations.open_of(tx, actor.scope, now)),
            approved=_approved(tx, actor, files),
            roles=_roles(account, members),
            came_by={email: domain for email, domain, _at in reversed(invitations.joined_by_domain(tx, actor.scope))},
        )


def is_confirmed(account: AccountRow, row: MemberRow) -> bool:
    """Whether the member was confirmed in the review that is under way."""
    begun_at = account.reviewed_at or account.created_at
    return row.reviewed_at is not None and row.reviewed_at > begun_at


def _person(account: AccountRow, row: MemberRow, files: Sequence[FileRow], used: set[str], now: datetime) -> Person:
    audience = account.audience(row.role)
    had_time = row.joined_at <= now - UNUSED
    rights = (right for right in USES if right not in EVERYBODY and audience.may_do(right))
    return Person(
        row=row,
        audience=audience,
        files=tuple(file.title for file in files if file.audience == row.role),
        unused=tuple(right for right in rights if had_time and not USES[right] & used),
        sees_unused=had_time and audience.may_see(Group.PII) and SEEING_BUYERS not in used,
    )


def _approved(tx: Tx, actor: Actor, files: Sequence[FileRow]) -> tuple[Approved, ...]:
    """Who was let stay, by the name under which it was done."""
    lines = deeds.log(tx, actor.scope, Wanted(deeds=frozenset({"approve-reader"})), limit=MOST_APPROVALS)
    named = {(line.spreadsheet_id, (line.body or {}).get("reader_id")): line for line in reversed(lines)}
    found = []
    for file in files:
        for reader_id in file.approved_readers:
            line = named.get((file.spreadsheet_id, reader_id))
            name, at = (line.subject, line.at) if line else ("", None)
            found.append(Approved(file.spreadsheet_id, file.title, reader_id, name, at))
    return tuple(found)


def _roles(account: AccountRow, members: Sequence[MemberRow]) -> tuple[OwnRole, ...]:
    held = [row.role for row in members]
    return tuple(
        OwnRole(role.role_id, role.name, role.base, held.count(CUSTOM_PREFIX + role.role_id))
        for role in custom_roles.in_use(account.custom_roles)
    )


def due_at(account: AccountRow) -> datetime:
    """When the account's rights are to be looked through."""
    return account.review_due_at or quarter_after(account.reviewed_at or account.created_at)


def is_due(services: Services, actor: Actor, account: AccountRow) -> bool:
    """Whether this person is to be reminded: an owner, once the day has come."""
    return actor.audience.may_do(Permission.ACCOUNT_OWN) and services.clock.now() >= due_at(account)


def quarter_after(at: datetime) -> datetime:
    """The same day three months later, or the last of that month where it has no such day."""
    months = at.month - 1 + MONTHS
    year, month = at.year + months // 12, months % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


# --- answers ---------------------------------------------------------------------------------------------------------


def confirm(services: Services, actor: Actor, member_id: str) -> str:
    """The member keeps what they have. Returns their address."""
    now = services.clock.now()
    with services.store.write() as tx:
        row = people.member(tx, actor.scope, member_id, now)
        people.confirm_member(tx, row.id, now)
        role = people.account(tx, actor.account_id).audience(row.role).name
        subject = f"{row.email} as {role}"
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="confirm-access", subject=subject, at=now)
    return row.email


def withdraw_approval(services: Services, actor: Actor, spreadsheet_id: str, reader_id: str) -> None:
    """The reader is as any other again: the file is looked at before its next write, and pauses for them.

    NotFound for one who is not approved.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        if reader_id not in file.approved_readers:
            raise NotFound("This reader is not approved any more.")
        name = next((one.name for one in _approved(tx, actor, [file]) if one.reader_id == reader_id), "")
        left = [one for one in file.approved_readers if one != reader_id]
        sheets.update_file(tx, spreadsheet_id, approved_readers=left)
        readership.doubt_file(tx, spreadsheet_id)
        deeds.record(
            tx, actor.account_id, sub=actor.sub, deed="withdraw-approval", subject=name or "a reader", at=now,
            spreadsheet_id=spreadsheet_id,
        )  # fmt: skip
        services.wake.sheet(tx, spreadsheet_id)


def finish(services: Services, actor: Actor) -> datetime:
    """Everything was looked through. Returns when it is due again."""
    now = services.clock.now()
    with services.store.write() as tx:
        due = quarter_after(now)
        people.mark_reviewed(tx, actor.account_id, now, due_at=due)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="finish-review", subject="", at=now)
    return due
