"""Looking after bound spreadsheets: their state, pause, resume, stop, give the writer its right back.

Every deed is on record. What is to be written is left to the next pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.core.profiles import Profile, check
from service.core.roles import Actor, Audience
from service.errors import NotAllowed
from service.flows import Services, archives, bind, design, erasing, share, writers
from service.google.identities import UserIdentity
from service.store import deeds, flushes, leases, people, rows, sheets, shops
from service.store.records import BindingRow, FileRow, FlushRow
from service.store.session import Tx

HISTORY_SHOWN = 30  # passes that a card knows of: a few are listed, all of them tell the pace


@dataclass(frozen=True, slots=True)
class SheetStatus:
    """State of one bound spreadsheet, for cards."""

    file: FileRow
    bindings: Sequence[BindingRow]
    flushes: Sequence[FlushRow]
    has_pending: bool


def status(services: Services, actor: Actor, spreadsheet_id: str) -> SheetStatus:
    """State of a bound spreadsheet of the actor's account. NotFound otherwise."""
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        return SheetStatus(
            file=file,
            bindings=sheets.bindings_in(tx, spreadsheet_id),
            flushes=flushes.recent(tx, spreadsheet_id, limit=HISTORY_SHOWN),
            has_pending=rows.has_dirty(tx, spreadsheet_id, services.clock.now()),
        )


def files(services: Services, actor: Actor) -> list[FileRow]:
    """The bound spreadsheets of the actor's account."""
    with services.store.read() as tx:
        return sheets.files_of(tx, actor.scope)


def pause(services: Services, actor: Actor, spreadsheet_id: str) -> None:
    """Nothing is written until somebody resumes; changes are kept and follow then."""
    _set_state(services, actor, spreadsheet_id, state="paused", reason="asked")


def resume(services: Services, actor: Actor, spreadsheet_id: str) -> None:
    """Writing goes on with everything that changed meanwhile. What is still in the way pauses the file again.

    A tab that rests for a reason of its own goes on resting, unless it was for a right that its readers have again.
    """
    _set_state(services, actor, spreadsheet_id, state="live", reason="")


def resume_tab(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> None:
    """This tab is written again, and rests again when what was in the way still is. NotAllowed when its readers may
    not see all of it.
    """
    with services.store.write() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        audience = share.audience_of(people.account(tx, actor.account_id), file)
        check(Profile.from_json(row.profile), audience)
        state = "live" if row.state == "paused" else row.state  # one that could not be set up is still to be
        sheets.update_binding(tx, row.id, state=state, reason="", reason_text="")
        _record_deed(services, tx, actor, spreadsheet_id, deed="resume-tab", subject=row.tab_title)
        leases.unqueue_file(tx, spreadsheet_id)
        services.wake.sheet(tx, spreadsheet_id)


def try_now(services: Services, actor: Actor, spreadsheet_id: str) -> None:
    """The writer and the shops that were put off after a failure try again at once; how often they failed stays known,
    so that the next failure is waited out as long as before.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        sheets.update_file(tx, spreadsheet_id, not_before=None)
        for shop in shops.shops_of(tx, actor.scope):
            if shop.state == "live" and shop.not_before is not None and shop.not_before > now:
                shops.note_trouble(tx, shop.id, sentence=shop.trouble, tries=shop.tries, not_before=None)
                leases.unqueue_shop(tx, shop.id)
                services.wake.shop(tx, shop.id)
        _record_deed(services, tx, actor, spreadsheet_id, deed="try-now", subject=file.title)
        leases.unqueue_file(tx, spreadsheet_id)
        services.wake.sheet(tx, spreadsheet_id)


def _set_state(services: Services, actor: Actor, spreadsheet_id: str, *, state: str, reason: str) -> None:
    with services.store.write() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        sheets.update_file(
            tx, spreadsheet_id, state=state, reason=reason, reason_text="", not_before=None, tries=0, checked_at=None
        )
        if state == "live":
            _revive_allowed(tx, actor, file)
        deed = "pause" if state == "paused" else "resume"
        _record_deed(services, tx, actor, spreadsheet_id, deed=deed, subject=spreadsheet_id)
        if state == "live":
            leases.unqueue_file(tx, spreadsheet_id)  # a wake-up that waits out a back-off is not waited for
            services.wake.sheet(tx, spreadsheet_id)


def _revive_allowed(tx: Tx, actor: Actor, file: FileRow) -> None:
    """Tabs that rest because their readers lost a right are written again if those have it now."""
    audience = share.audience_of(people.account(tx, actor.account_id), file)
    for row in sheets.bindings_in(tx, file.spreadsheet_id):
        lacks_right = row.state == "paused" and row.reason == design.RIGHTS
        if lacks_right and _is_allowed(Profile.from_json(row.profile), audience):
            sheets.update_binding(tx, row.id, state="live", reason="", reason_text="")


def _is_allowed(profile: Profile, audience: Audience) -> bool:
    try:
        check(profile, audience)
    except NotAllowed:
        return False
    return True


def _record_deed(services: Services, tx: Tx, actor: Actor, spreadsheet_id: str, *, deed: str, subject: str) -> None:
    now = services.clock.now()
    deeds.record(tx, actor.account_id, sub=actor.sub, deed=deed, subject=subject, at=now, spreadsheet_id=spreadsheet_id)


def stop(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> str:
    """The tab is written no more, nor is its archive; what they show stays. Returns the tab's title.

    Conflict while rows are on their way from one to the other, and while deleted buyers are being cleared from them.
    """
    with services.store.write() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        erasing.refuse_unclean(tx, row)
        archives.stop(services, tx, row)
        sheets.release_file(tx, spreadsheet_id)
        _record_deed(services, tx, actor, spreadsheet_id, deed="stop", subject=row.tab_title)
    return row.tab_title


def fix_writer(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> None:
    """The writer may edit the file again, by the caller's own right to share it, and writing goes on: a service account
    of ours, or the caller by their own consent where it cannot be let in. KeptOut without one.
    """
    bind.prove_editor(services, identity, spreadsheet_id)
    with services.store.read() as tx:
        sheets.file(tx, actor.scope, spreadsheet_id)
    writer = writers.admit(services, actor, identity, spreadsheet_id, budget_s=bind.BUDGET_S)
    with services.store.write() as tx:
        sheets.update_file(tx, spreadsheet_id, writer_email=writer.email, consent_id=writer.consent_id)
    resume(services, actor, spreadsheet_id)
