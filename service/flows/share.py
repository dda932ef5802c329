"""Who can open a bound file against who may: the file is the only boundary Sheets has.

Before a flush the ids of the file's permissions are compared with those of the last whole look, at most once a minute;
the whole list is compared when they differ, when Drive does not tell them, when a right has changed, hourly, before
anything wider is written, and on demand. A reader too many, or a list that nobody can read, pauses the file and names
the reason; it goes on by itself once a look finds everything in order. Looks ask Drive, whose quota is apart from that
of Sheets, and which no live change waits for.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.core.cost_audience import costs_profile
from service.core.profiles import Profile
from service.core.roles import Actor, Audience
from service.flows import Services, writers
from service.flows import intruders as judge
from service.flows.intruders import ANYONE, Intruder
from service.google.drive import Permission as Reader
from service.google.drive import Unlistable
from service.google.identities import Identity
from service.google.problems import FileGone, WriterShutOut
from service.store import costs, people, readership, sheets
from service.store.records import AccountRow, FileRow
from service.store.session import Tx

__all__ = ["ANYONE", "LEAK", "UNLISTED", "Intruder"]

LOOK_AGAIN = timedelta(seconds=60)
LIST_AGAIN = timedelta(hours=1)
#: A file that is paused for its readers is looked at again so long after the first, the second and every later look.
WHILE_PAUSED = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1))
LEAK, UNLISTED = "leak", judge.UNLISTED
REASONS = frozenset({LEAK, UNLISTED})
NAMED = 3  # readers that a reason in words names
IDLE_BUDGET_S = 4.0  # beside a pass it stays within the time of a job
LOOKS_PER_SWEEP = 100


@dataclass(frozen=True, slots=True)
class _Seen:
    """The list of readers, None when nobody lets us read it, and the arrangement that stands for it then."""

    readers: tuple[Reader, ...] | None
    arrangement: str = ""
    comes_from: str = ""

    @property
    def ids(self) -> list[str] | None:
        return None if self.readers is None else sorted(reader.permission_id for reader in self.readers)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a whole look found, and whether the file may be written."""

    found: Sequence[Intruder]
    may_write: bool


def look(
    services: Services,
    identity: Identity,
    spreadsheet_id: str,
    *,
    account_id: str,
    extra: Sequence[Profile] = (),
    approved: Sequence[str] = (),
    written_for: str = "",
    budget_s: float = 10.0,
) -> list[Intruder]:
    """Who could see more than they may in this file, were `extra` bound beside what already is. Nothing is changed.

    `written_for`: the role the file would be for; empty for the one it is for, if it is ours already.

    A file that is bound is seen with its writer's eyes, another with those of `identity`. WriterShutOut or FileGone
    when it is our writer who sees nothing of the file any more.
    """
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    eyes = _eyes(services, file, identity) if file is not None and file.account_id == account_id else identity
    seen = _see(services, eyes, spreadsheet_id, budget_s=budget_s)
    with services.store.read() as tx:
        profiles = [*_profiles(tx, spreadsheet_id), *extra]
        role = written_for or (file.audience if file is not None else "")
        return _judge(services, tx, seen, account_id=account_id, profiles=profiles, approved=approved, written_for=role)


def guard(services: Services, identity: Identity, file: FileRow, *, budget_s: float) -> bool:
    """Whether the file may be written now. Pauses the file when somebody is in it who may not be, and resumes one that
    was paused for that and is clean again.
    """
    if _is_sure(services, file):
        return True
    eyes = _eyes(services, file, identity)
    if _is_unchanged(services, eyes, file, budget_s=budget_s):
        return True
    return compare(services, eyes, file.spreadsheet_id, budget_s=budget_s).may_write


def _eyes(services: Services, file: FileRow, identity: Identity) -> Identity:
    """An editor who may not list readers would pause the file otherwise: it is looked at by its writer."""
    return writers.writer_of(services, file) or identity


def _is_sure(services: Services, file: FileRow) -> bool:
    """Whether the last look stands for this moment: it is young, and nobody's membership has run out since."""
    now = services.clock.now()
    if file.state != "live" or file.checked_at is None or now - file.checked_at >= LOOK_AGAIN:
        return False
    with services.store.read() as tx:
        return stands(services, tx, file)


def stands(services: Services, tx: Tx, file: FileRow) -> bool:
    """Whether nobody's right has changed since the last look, nor run out by itself."""
    if file.checked_at is None:
        return False
    return not readership.has_ended(tx, file.account_id, since=file.checked_at, now=services.clock.now())


def _is_unchanged(services: Services, eyes: Identity, file: FileRow, *, budget_s: float) -> bool:
    """Whether the permissions are those that the last whole look found in order, told by their ids alone."""
    now = services.clock.now()
    if file.state != "live" or file.checked_at is None or file.permission_ids is None or file.intruders:
        return False
    if file.listed_at is None or now - file.listed_at >= LIST_AGAIN:
        return False
    with services.store.read() as tx:
        if readership.has_ended(tx, file.account_id, since=file.checked_at, now=now):
            return False
    facts = services.google.drive.file(eyes, file.spreadsheet_id, budget_s=budget_s)
    if facts.permission_ids is None or facts.permission_ids != frozenset(file.permission_ids):
        return False
    with services.store.write() as tx:
        return readership.confirm(tx, file.spreadsheet_id, now)


def compare(services: Services, eyes: Identity, spreadsheet_id: str, *, budget_s: float) -> Verdict:
    """The whole list was compared with the members, and the file is paused or goes on by what was found.

    One that is paused for another reason stays so.
    """
    seen = _see(services, eyes, spreadsheet_id, budget_s=budget_s)
    with services.store.write() as tx:
        file = readership.hold(tx, spreadsheet_id)  # somebody may have paused it, or left it, while Drive was asked
        if file is None:
            return Verdict((), may_write=False)
        approved = judge.lasting(file.approved_readers, seen.ids, seen.arrangement)
        profiles = _profiles(tx, spreadsheet_id)
        found = _judge(
            services,
            tx,
            seen,
            account_id=file.account_id,
            profiles=profiles,
            approved=approved,
            written_for=file.audience,
        )
        if file.state != "live" and file.reason not in REASONS:
            return Verdict(found, may_write=False)
        _note(services, tx, file, seen, found=found, approved=approved)
        return Verdict(found, may_write=not found)


def _see(services: Services, eyes: Identity, spreadsheet_id: str, *, budget_s: float) -> _Seen:
    drive = services.google.drive
    readers = drive.permissions(eyes, spreadsheet_id, budget_s=budget_s)
    if not isinstance(readers, Unlistable):
        return _Seen(readers)
    try:
        facts = drive.file(eyes, spreadsheet_id, budget_s=budget_s)
    except (WriterShutOut, FileGone):  # Drive hides a file that is not ours, Sheets says why: gone, or not shared
        services.google.get(eyes, spreadsheet_id, fields="spreadsheetId", budget_s=budget_s)
        raise
    return _Seen(None, facts.arrangement, "drive" if facts.drive_id else "")


def _profiles(tx: Tx, spreadsheet_id: str) -> list[Profile]:
    """What stands in the file: its tabs, and costs if one of them holds those."""
    bound = [Profile.from_json(row.profile) for row in sheets.bindings_in(tx, spreadsheet_id)]
    tab = costs.tab_in(tx, spreadsheet_id)
    return bound if tab is None else [*bound, costs_profile(tab.shop_ids)]


def _judge(
    services: Services,
    tx: Tx,
    seen: _Seen,
    *,
    account_id: str,
    profiles: Sequence[Profile],
    approved: Sequence[str],
    written_for: str,
) -> list[Intruder]:
    account = people.account(tx, account_id)
    if account.closed_at is not None:  # nobody is a member any more; what is still written only takes buyers away
        return []
    if seen.readers is None:
        hidden = judge.unlisted(seen.arrangement, seen.comes_from)
        return [] if hidden.reader_id in approved else [hidden]
    return judge.find(
        seen.readers,
        profiles=profiles,
        account=account,
        members=readership.memberships(tx, account_id),
        writers=services.writers.emails,
        approved=approved,
        now=services.clock.now(),
        written_for=written_for,
    )


def _note(
    services: Services, tx: Tx, file: FileRow, seen: _Seen, *, found: Sequence[Intruder], approved: Sequence[str]
) -> None:
    """The file is as the look found it, in the transaction that holds its row."""
    now = services.clock.now()
    looked = {
        "checked_at": now,
        "listed_at": now,
        "permission_ids": seen.ids,
        "approved_readers": list(approved),
        "intruders": [one.to_json() for one in found] or None,
    }
    if not found:
        was_paused = {"tries": 0, "not_before": None} if file.state != "live" else {}
        sheets.update_file(tx, file.spreadsheet_id, **looked, **was_paused, state="live", reason="", reason_text="")
        if was_paused:
            services.wake.sheet(tx, file.spreadsheet_id)
        return
    looks = file.tries + 1 if file.state != "live" else 1
    not_before = _next_look_at(found, now, looks=looks)
    sheets.update_file(tx, file.spreadsheet_id, **looked, **_pause_for(found), tries=looks, not_before=not_before)


def _pause_for(found: Sequence[Intruder]) -> dict[str, Any]:
    """How a file stands that these can open."""
    reason = UNLISTED if found[0].why == UNLISTED else LEAK
    return {"state": "paused", "reason": reason, "reason_text": ", ".join(one.label for one in found[:NAMED])}


def beginning(found: Sequence[Intruder]) -> dict[str, Any]:
    """How a file stands that is bound anew, or for one more tab, by what a look just found: nothing of an earlier pause
    is left, and its writer looks once more before anything is written.
    """
    fresh = {"tries": 0, "not_before": None, "checked_at": None, "intruders": [one.to_json() for one in found] or None}
    return fresh | (_pause_for(found) if found else {"state": "live", "reason": "", "reason_text": ""})


def _next_look_at(found: Sequence[Intruder], now: datetime, *, looks: int) -> datetime:
    """Later from look to look; at once when a reader's time in the file is over."""
    ends = [one.until for one in found if one.until is not None and one.until > now]
    return min([now + WHILE_PAUSED[min(looks, len(WHILE_PAUSED)) - 1], *ends])


@contextmanager
def guarding(services: Services, identity: Identity, file: FileRow, *, budget_s: float) -> Iterator[Callable[[], bool]]:
    """`guard` while the block goes on reading: a look at the permissions takes as long as a read of the sheet.

    The value is to be called before anything is written; it waits for the answer, which is `guard`'s, as are its
    Problems.
    """
    if _is_sure(services, file):
        yield lambda: True
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="guard") as beside:
        yield beside.submit(guard, services, identity, file, budget_s=budget_s).result


def check_now(services: Services, actor: Actor, identity: Identity, spreadsheet_id: str) -> list[Intruder]:
    """The comparison on demand: the file is paused or resumed by what it finds."""
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
    eyes = _eyes(services, file, identity)
    return list(compare(services, eyes, spreadsheet_id, budget_s=10.0).found)


def audience_of(account: AccountRow, file: FileRow) -> Audience:
    """For whom everything in this file is projected."""
    return account.audience(file.audience)


# --- looks though nothing is written ---------------------------------------------------------------------------------


def doubt(services: Services, tx: Tx, account_id: str) -> None:
    """Somebody's right has changed: a pass that runs sends nothing more, and every file of the account is compared
    anew, those that were paused for their readers too.
    """
    for spreadsheet_id in readership.doubt(tx, account_id):
        services.wake.sheet(tx, spreadsheet_id)


def wake_due(services: Services) -> None:
    """Files whose readers are to be looked at are woken, whether or not there is anything to write."""
    now = services.clock.now()
    with services.store.write() as tx:
        readership.doubt_changed(tx, now, reasons=REASONS)
        due = readership.due(tx, now, listed_before=now - LIST_AGAIN, reasons=REASONS, limit=LOOKS_PER_SWEEP)
        for file in due:
            services.wake.sheet(tx, file.spreadsheet_id)


def look_if_due(services: Services, spreadsheet_id: str) -> FileRow | None:
    """The readers were looked at, where that was due though nothing is written. The file as it is then.

    Problems are the caller's, as those of a flush are.
    """
    now = services.clock.now()
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    writer = writers.writer_of(services, file) if file else None
    if file is None or writer is None or not _is_look_due(file, now):
        return file
    compare(services, writer, spreadsheet_id, budget_s=IDLE_BUDGET_S)
    with services.store.read() as tx:
        return sheets.file_unscoped(tx, spreadsheet_id)


def _is_look_due(file: FileRow, now: datetime) -> bool:
    is_rested = file.not_before is None or file.not_before <= now
    if file.state != "live":
        return file.reason in REASONS and (file.checked_at is None or is_rested)
    is_old = file.listed_at is None or now - file.listed_at >= LIST_AGAIN
    return is_rested and (file.checked_at is None or (is_old and file.checked_at <= now))
