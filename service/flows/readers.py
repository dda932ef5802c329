"""What a person may do about those who can open a file: let one stay, or take their access away in Google.

Access is taken away with the caller's own token and right to share; ours can only look. Every deed is on record.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from service.core.roles import Actor
from service.errors import Conflict, NotAllowed, NotFound, NotGranted, Problem
from service.flows import Services, share
from service.flows.intruders import NAMELESS, OWNER, UNLISTED, Intruder
from service.google.drive import Unlistable
from service.google.identities import UserIdentity
from service.google.problems import SharingBlocked
from service.store import deeds, readership, sheets
from service.store.records import FileRow
from service.store.session import Tx

BUDGET_S = 10.0
EVERYWHERE_BUDGET_S = 12.0  # for all files together: a press has to answer
AT_ONCE = 4  # files; Google applies only one change of permissions at a time in each

Why = Literal["", "no-right", "not-opened", "inherited", "owner", "no-time", "no-answer"]
Outcome = Literal["done", "no-right", "not-opened", "inherited", "owner", "no-time", "no-answer"]
_REFUSALS: tuple[tuple[type[Problem], Outcome], ...] = (
    (NotGranted, "not-opened"),
    (NotFound, "not-opened"),
    (NotAllowed, "no-right"),
    (SharingBlocked, "no-right"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A file a person was, or was not, removed from. `why` not: the caller may not change the sharing, has not opened
    the file with Rowstream, the access comes from a folder or drive, the person owns it, or Google took too long.
    """

    spreadsheet_id: str
    title: str
    why: Why = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """`done`: files that the person could open and cannot by name any more. `left`: files where it must be done by
    somebody else, or where nobody told whether the person is in them; the next look at them pauses what leaks.
    """

    done: tuple[Place, ...] = ()
    left: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What the caller may do about a file's sharing, and who else may: `owner_email` is "" on a shared drive."""

    can_share: bool = False
    owner_email: str = ""
    is_on_drive: bool = False


def means(services: Services, identity: UserIdentity, spreadsheet_id: str) -> Means:
    """What Google lets the caller do. Nothing, where it does not say."""
    try:
        facts = services.google.drive.file(identity, spreadsheet_id, budget_s=BUDGET_S)
    except Problem:
        return Means()
    return Means(facts.can_share, facts.owner_email, facts.drive_id is not None)


def approve_reader(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, reader_id: str
) -> Intruder:
    """The owner lets this reader stay, by name, on record. Returns whom.

    It holds as long as the reader is in the file, and for a list that Google keeps, until the file is shared in another
    way. Conflict for a link: it names nobody.
    """
    chosen = _intruder(services, actor, identity, spreadsheet_id, reader_id)
    if chosen.why in NAMELESS:
        raise Conflict("A link names nobody, so nobody can be approved by it. Turn it off under Share.")
    with services.store.write() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        approved = sorted({*file.approved_readers, reader_id})
        sheets.update_file(tx, spreadsheet_id, approved_readers=approved, checked_at=None)
        deeds.record(
            tx, actor.account_id, sub=actor.sub, deed="approve-reader", subject=chosen.label, at=services.clock.now(),
            spreadsheet_id=spreadsheet_id, body={"reader_id": reader_id},
        )  # fmt: skip
    share.check_now(services, actor, identity, spreadsheet_id)
    return chosen


def remove_reader(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, reader_id: str
) -> Intruder:
    """This reader who may not see the file cannot open it any more, by the caller's own right to share. Returns whom.

    NotAllowed when the caller may not change the sharing, Conflict where it cannot be ended at the file.
    """
    chosen = _intruder(services, actor, identity, spreadsheet_id, reader_id)
    if not is_removable(chosen):
        raise Conflict("{reader} cannot be removed here.", values={"reader": chosen.label})
    services.google.drive.remove_permission(identity, spreadsheet_id, reader_id, budget_s=BUDGET_S)
    with services.store.write() as tx:
        readership.doubt_file(tx, spreadsheet_id)
        _record(services, tx, actor, deed="remove-reader", subject=chosen.label, spreadsheet_id=spreadsheet_id)
    share.check_now(services, actor, identity, spreadsheet_id)
    return chosen


def is_removable(reader: Intruder) -> bool:
    """Whether the access was given at the file and may be ended there by whoever may share it."""
    return reader.why not in {OWNER, UNLISTED} and not reader.comes_from


def _intruder(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, reader_id: str
) -> Intruder:
    """The reader, as a look found them just now. NotFound for anybody who is fine or gone."""
    found = share.check_now(services, actor, identity, spreadsheet_id)
    chosen = next((one for one in found if one.reader_id == reader_id), None)
    if chosen is None:
        raise NotFound("This person is not in the file any more.")
    return chosen


def _record(services: Services, tx: Tx, actor: Actor, *, deed: str, subject: str, spreadsheet_id: str) -> None:
    now = services.clock.now()
    deeds.record(tx, actor.account_id, sub=actor.sub, deed=deed, subject=subject, at=now, spreadsheet_id=spreadsheet_id)


# --- everywhere ------------------------------------------------------------------------------------------------------


def remove_everywhere(services: Services, actor: Actor, identity: UserIdentity, email: str) -> Removed:
    """The person cannot open any bound file of the account by their own name any more, as far as the caller's token
    may see to it. Every file is compared anew, so that what stays open does not get another row.

    Several files at once, about twelve seconds in all. Files that do not list the person are in neither list.
    """
    with services.store.read() as tx:
        files = sheets.files_of(tx, actor.scope)
    until = time.monotonic() + EVERYWHERE_BUDGET_S
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="remove") as pool:
        outcomes = list(pool.map(lambda file: _remove(services, identity, file, email=email, until=until), files))
    places = [
        Place(file.spreadsheet_id, file.title, "" if outcome == "done" else outcome)
        for file, outcome in zip(files, outcomes, strict=True)
        if outcome is not None
    ]
    done = tuple(place for place in places if not place.why)
    with services.store.write() as tx:
        for place in done:
            _record(services, tx, actor, deed="remove-reader", subject=email, spreadsheet_id=place.spreadsheet_id)
        share.doubt(services, tx, actor.account_id)
    return Removed(done, tuple(place for place in places if place.why))


def _remove(services: Services, identity: UserIdentity, file: FileRow, *, email: str, until: float) -> Outcome | None:
    """What became of the person's access to one file; None when they have none of their own."""
    left_s = until - time.monotonic()
    if left_s <= 0:
        return "no-time"
    drive = services.google.drive
    try:
        listed = drive.permissions(identity, file.spreadsheet_id, budget_s=left_s)
        if isinstance(listed, Unlistable):
            return "no-right"
        held = [one for one in listed if one.type == "user" and one.email.lower() == email.lower() and not one.deleted]
        if not held:
            return None
        if held[0].role == "owner":
            return "owner"
        if held[0].comes_from:
            return "inherited"
        drive.remove_permission(
            identity, file.spreadsheet_id, held[0].permission_id, budget_s=max(until - time.monotonic(), 0.1)
        )
    except Problem as problem:
        return next((word for kind, word in _REFUSALS if isinstance(problem, kind)), "no-answer")
    return "done"
