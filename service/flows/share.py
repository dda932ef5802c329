"""Who can open a bound file against who may: the file is the only boundary Sheets has.

Compared before binding, on demand, and before a flush when the last look is older than a minute. A reader whose role
may not see everything in the file, a link share, or a list that cannot be read pauses the file and names the reason.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.core.profiles import Profile, may_see, sheet_columns
from service.core.roles import Actor, Audience, Permission, Role, Scope
from service.errors import NotFound
from service.flows import Services
from service.google.drive import Permission as Reader
from service.google.drive import Unlistable
from service.google.identities import Identity
from service.store import people, sheets
from service.store.records import AccountRow, BindingRow, FileRow, MemberRow

LOOK_AGAIN = timedelta(seconds=60)
LEAK, UNLISTED = "leak", "unlisted"
ANYONE = "anyone with the link"


@dataclass(frozen=True, slots=True)
class Intruder:
    """A reader who may see more than their role allows. `label` names them in words; `reader_id` is Drive's."""

    reader_id: str
    label: str
    why: str


def intruders(
    readers: Sequence[Reader],
    *,
    profiles: Sequence[Profile],
    account: AccountRow,
    members: Sequence[MemberRow],
    writers: Sequence[str],
    approved: Sequence[str],
) -> list[Intruder]:
    """Readers of a file who may not see every column of every profile written into it. Pure."""
    by_email = {member.email.lower(): member for member in members}
    known_writers = {email.lower() for email in writers}
    found = []
    for reader in readers:
        email = reader.email.lower()
        if reader.deleted or reader.permission_id in approved or email in known_writers:
            continue
        if reader.type == "anyone":
            found.append(Intruder(reader.permission_id, ANYONE, "link"))
        elif reader.type == "domain":
            found.append(Intruder(reader.permission_id, f"everyone at {reader.domain}", "domain"))
        elif reader.type == "group":
            found.append(Intruder(reader.permission_id, f"the group {email}", "group"))
        elif (member := by_email.get(email)) is None:
            found.append(Intruder(reader.permission_id, email or reader.name or "somebody", "unknown"))
        elif not _may_see_all(account.audience(member.role), profiles):
            found.append(Intruder(reader.permission_id, f"{email} ({member.role})", "role"))
    return found


def _may_see_all(audience: Audience, profiles: Sequence[Profile]) -> bool:
    """Whoever may open the matrix's optional cells for themselves is no leak when one is shut."""
    if audience.may_do(Permission.PEOPLE_MANAGE):
        return True
    return all(may_see(column.key, audience) for profile in profiles for column in sheet_columns(profile, audience))


def look(
    services: Services,
    identity: Identity,
    spreadsheet_id: str,
    *,
    account_id: str,
    bound: Sequence[BindingRow],
    extra: Sequence[Profile] = (),
    approved: Sequence[str] = (),
    budget_s: float = 10.0,
) -> list[Intruder]:
    """Who could see more than they may in this file, were `extra` bound beside what already is.

    WriterShutOut or FileGone when it is our writer who sees nothing of the file any more.
    """
    readers = services.google.drive.permissions(identity, spreadsheet_id, budget_s=budget_s)
    if isinstance(readers, Unlistable):
        if identity.kind == "writer":  # Drive hides a file that is not ours, Sheets says why: gone, or not shared
            services.google.get(identity, spreadsheet_id, fields="spreadsheetId", budget_s=budget_s)
        return [Intruder("", "people Google does not let us list", UNLISTED)]
    with services.store.read() as tx:
        account = people.account(tx, account_id)
        members = people.members_of(tx, Scope(account_id), services.clock.now())
    profiles = [Profile.from_json(row.profile) for row in bound] + list(extra)
    return intruders(
        readers,
        profiles=profiles,
        account=account,
        members=members,
        writers=services.writers.emails,
        approved=approved,
    )


def guard(services: Services, identity: Identity, file: FileRow, *, budget_s: float) -> bool:
    """Whether the file may be written now. Looks at most once a minute; pauses the file when somebody is in it who
    may not be, and resumes one that was paused for that and is clean again.
    """
    now = services.clock.now()
    if _was_looked_at(file, now):
        return True
    with services.store.read() as tx:
        bound = sheets.bindings_in(tx, file.spreadsheet_id)
    found = look(
        services,
        identity,
        file.spreadsheet_id,
        account_id=file.account_id,
        bound=bound,
        approved=file.approved_readers,
        budget_s=budget_s,
    )
    with services.store.write() as tx:
        fresh = sheets.file_unscoped(tx, file.spreadsheet_id)  # somebody may have paused it while Drive was asked
        if fresh is None or (fresh.state != "live" and fresh.reason not in {LEAK, UNLISTED}):
            return False
        if found:
            reason = UNLISTED if found[0].why == UNLISTED else LEAK
            text = ", ".join(one.label for one in found[:3])
            sheets.update_file(tx, file.spreadsheet_id, state="paused", reason=reason, reason_text=text, checked_at=now)
        else:
            sheets.update_file(tx, file.spreadsheet_id, state="live", reason="", reason_text="", checked_at=now)
            if fresh.state != "live":
                services.wake.sheet(tx, file.spreadsheet_id)
    return not found


def _was_looked_at(file: FileRow, now: datetime) -> bool:
    """Whether the last look is young enough to stand for this moment."""
    return file.state == "live" and file.checked_at is not None and now - file.checked_at < LOOK_AGAIN


@contextmanager
def guarding(services: Services, identity: Identity, file: FileRow, *, budget_s: float) -> Iterator[Callable[[], bool]]:
    """`guard` while the block goes on reading: a look at the permissions takes as long as a read of the sheet.

    The value is to be called before anything is written; it waits for the answer, which is `guard`'s, as are its
    Problems.
    """
    if _was_looked_at(file, services.clock.now()):
        yield lambda: True
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="guard") as beside:
        yield beside.submit(guard, services, identity, file, budget_s=budget_s).result


def check_now(services: Services, actor: Actor, identity: Identity, spreadsheet_id: str) -> list[Intruder]:
    """The comparison on demand: the file is paused or resumed by what it finds.

    Seen with the writer's eyes, as before every flush: an editor who may not list readers would pause it otherwise.
    """
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        bound = sheets.bindings_in(tx, spreadsheet_id)
    with services.store.write() as tx:
        sheets.update_file(tx, spreadsheet_id, checked_at=None)
        file = sheets.file(tx, actor.scope, spreadsheet_id)
    eyes = services.writers.by_email(file.writer_email) or identity
    guard(services, eyes, file, budget_s=10.0)
    return look(services, eyes, spreadsheet_id, account_id=file.account_id, bound=bound, approved=file.approved_readers)


def approve_reader(services: Services, actor: Actor, identity: Identity, spreadsheet_id: str, reader_id: str) -> str:
    """The owner lets this reader stay, by name, on record. Returns the name."""
    found = check_now(services, actor, identity, spreadsheet_id)
    chosen = next((one for one in found if one.reader_id == reader_id), None)
    if chosen is None:
        raise NotFound("This person is not in the file any more.")
    now = services.clock.now()
    with services.store.write() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        approved = sorted({*file.approved_readers, reader_id})
        sheets.update_file(tx, spreadsheet_id, approved_readers=approved, checked_at=None)
        people.record(
            tx,
            actor.account_id,
            sub=actor.sub,
            deed="approve-reader",
            subject=chosen.label,
            at=now,
            spreadsheet_id=spreadsheet_id,
        )
    check_now(services, actor, identity, spreadsheet_id)
    return chosen.label


def audience_of(account: AccountRow, file: FileRow) -> Audience:
    """For whom everything in this file is projected."""
    return account.audience(Role(file.audience))
