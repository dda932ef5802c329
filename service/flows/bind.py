"""Tie a profile to a tab of a spreadsheet, and look after the tie: pause, resume, stop, give the writer its right back.

A spreadsheet id from a request is acted on only after the caller's own token proved that they may edit that file. A
file belongs to one account and has one audience. What the tab gets is written by the first pass, so that a click that
is cut off leaves nothing half done.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.core.cells import clean
from service.core.profiles import Profile, check, is_masked
from service.core.roles import Actor, Audience, Role
from service.errors import BadInput, Conflict, NotAllowed, NotFound
from service.flows import Services, filling, share
from service.google import setup
from service.google.drive import FileFacts
from service.google.identities import UserIdentity
from service.store import leases, people, rows, sheets, shops
from service.store.records import BindingRow, FileRow, FlushRow
from service.store.session import Tx

BUDGET_S = 15.0
TITLE_LIMIT = 100
TAB_FIELDS = "properties(title,timeZone,autoRecalc),sheets(properties(sheetId,title,hidden,gridProperties))"
CONTENT_FIELDS = "sheets(properties.sheetId,data.rowData.values.userEnteredValue)"
NEW_TAB = "new"
WRITER_REMOVED = "writer-removed"
RIGHTS = "rights"  # why a tab is paused whose readers may not see all of it any more
HISTORY_SHOWN = 30  # passes that a card knows of: a few are listed, all of them tell the pace


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the open spreadsheet. `is_bound`: one of our bindings writes it."""

    sheet_id: int
    title: str
    is_bound: bool


@dataclass(frozen=True, slots=True)
class Target:
    """The open spreadsheet as the caller sees it. `audience`: the role it is already written for, if any."""

    spreadsheet_id: str
    title: str
    time_zone: str
    auto_recalc: str
    can_share: bool
    audience: Role | None
    tabs: Sequence[Tab]


@dataclass(frozen=True, slots=True)
class BindWish:
    """What a person asks for. `tab`: NEW_TAB or the sheet id of an existing one, as text."""

    spreadsheet_id: str
    profile: Profile
    audience: Role
    tab: str = NEW_TAB
    title: str = ""
    wants_ticking: bool = False
    days_back: int | None = None  # orders created earlier are left out; None = all we hold
    has_said_yes: bool = False  # to add our columns beside what the tab already holds


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The tab to be. `sheet_id` None = one of our own. `state`: how the first pass will set it up."""

    title: str
    sheet_id: int | None
    state: str


class TabInUse(Conflict):
    """The chosen tab holds something; nothing was changed. `title` names it; a yes puts our columns beside it."""

    def __init__(self, title: str) -> None:
        super().__init__(
            "The tab {title} already holds something. Rowstream can add its columns to the left of it.",
            values={"title": title},
        )
        self.title = title


@dataclass(frozen=True, slots=True)
class SheetStatus:
    """State of one bound spreadsheet, for cards."""

    file: FileRow
    bindings: Sequence[BindingRow]
    flushes: Sequence[FlushRow]
    has_pending: bool


def target(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> Target:
    """The spreadsheet, once the caller's token proved that they may edit it and that it is not another account's."""
    facts = prove_editor(services, identity, spreadsheet_id)
    answer = services.google.get(identity, spreadsheet_id, fields=TAB_FIELDS, budget_s=BUDGET_S)
    with services.store.read() as tx:
        file = _own_file(tx, actor, spreadsheet_id)
        bound = {row.sheet_id for row in sheets.bindings_in(tx, spreadsheet_id)} if file else set()
    properties = answer.get("properties", {})
    tabs = [one["properties"] for one in answer.get("sheets", ())]
    return Target(
        spreadsheet_id=spreadsheet_id,
        title=properties.get("title", facts.name),
        time_zone=properties.get("timeZone", "Etc/GMT"),
        auto_recalc=properties.get("autoRecalc", "ON_CHANGE"),
        can_share=facts.can_share,
        audience=Role(file.audience) if file and bound else None,
        tabs=[
            Tab(int(tab.get("sheetId", 0)), tab.get("title", ""), int(tab.get("sheetId", 0)) in bound)
            for tab in tabs
            if not tab.get("hidden")
        ],
    )


def prove_editor(services: Services, identity: UserIdentity, spreadsheet_id: str) -> FileFacts:
    """The file, when the caller's own token may edit it. NotFound otherwise: nothing is said about foreign files."""
    if not spreadsheet_id:
        raise NotFound("Open a spreadsheet first.")
    facts = services.google.drive.file(identity, spreadsheet_id, budget_s=BUDGET_S)
    if facts.trashed:
        raise NotFound("This spreadsheet is in the bin.")
    if not facts.can_edit:
        raise NotAllowed("You can only view this spreadsheet. Ask its owner to let you edit it.")
    return facts


def bind(services: Services, actor: Actor, identity: UserIdentity, wish: BindWish) -> str:
    """The tab will show the profile, for one audience, from the next pass on. Returns the binding's id.

    NotAllowed for columns the audience may not see; TabInUse until a yes; Conflict when the file is written for another
    audience or somebody may open it who may not see this.
    """
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
    check(wish.profile, account.audience(wish.audience))
    here = target(services, actor, identity, wish.spreadsheet_id)
    if here.audience is not None and here.audience is not wish.audience:
        raise Conflict(
            "This spreadsheet is already written for {role}. Use a separate spreadsheet for another role.",
            values={"role": here.audience},
        )
    _check_readers(services, actor, identity, wish)
    chosen = _choose_tab(services, identity, wish, here)
    with services.store.read() as tx:
        writer = services.writers.pick(sheets.writer_load(tx))
        known = sheets.file_unscoped(tx, wish.spreadsheet_id)
    writer_email = known.writer_email if known else writer.name
    services.google.drive.add_writer(identity, wish.spreadsheet_id, writer_email, budget_s=BUDGET_S)
    return _record(services, actor, wish, here, chosen=chosen, writer_email=writer_email)


def _check_readers(services: Services, actor: Actor, identity: UserIdentity, wish: BindWish) -> None:
    """Nobody may open the file who may not see all of it, the new profile included."""
    with services.store.read() as tx:
        bound = sheets.bindings_in(tx, wish.spreadsheet_id)
        file = sheets.file_unscoped(tx, wish.spreadsheet_id)
    found = share.look(
        services,
        identity,
        wish.spreadsheet_id,
        account_id=actor.account_id,
        bound=bound,
        extra=[wish.profile],
        approved=file.approved_readers if file else (),
    )
    if found:
        raise Conflict(
            "This spreadsheet can be opened by {reader}, who may not see these columns. Remove them under Share first.",
            values={"reader": found[0].label},
        )


def _choose_tab(services: Services, identity: UserIdentity, wish: BindWish, here: Target) -> _Chosen:
    """The tab to be. TabInUse when an existing one holds something and nobody said yes."""
    if wish.tab == NEW_TAB:
        return _Chosen(_free_title(wish.title or wish.profile.name, {tab.title for tab in here.tabs}), None, "new-tab")
    chosen = next((tab for tab in here.tabs if str(tab.sheet_id) == wish.tab), None)
    if chosen is None:
        raise BadInput("This tab is not there any more. Choose another.", field="tab")
    if chosen.is_bound:
        raise Conflict("The tab {title} already shows a profile.", values={"title": chosen.title})
    if is_blank(services, identity, wish.spreadsheet_id, chosen):
        return _Chosen(chosen.title, chosen.sheet_id, "blank-tab")
    if not wish.has_said_yes:
        raise TabInUse(chosen.title)
    return _Chosen(chosen.title, chosen.sheet_id, "shared-tab")


def is_blank(services: Services, identity: UserIdentity, spreadsheet_id: str, tab: Tab) -> bool:
    """Whether the tab holds no value at all."""
    answer = services.google.get_by_filter(
        identity,
        spreadsheet_id,
        filters=[{"gridRange": {"sheetId": tab.sheet_id}}],
        fields=CONTENT_FIELDS,
        budget_s=BUDGET_S,
    )
    return not any(
        cell.get("userEnteredValue")
        for sheet in answer.get("sheets", ())
        for block in sheet.get("data", ())
        for row in block.get("rowData", ())
        for cell in row.get("values", ())
    )


def _free_title(wanted: str, taken: set[str]) -> str:
    """The title as one line of characters that a sheet shows, with a number where another tab is called so."""
    plain = " ".join(clean(wanted).replace("\ufffd", " ").split())[:TITLE_LIMIT].rstrip() or "Orders"
    title, number = plain, 2
    while title in taken:
        title, number = f"{plain[: TITLE_LIMIT - 4].rstrip()} {number}", number + 1
    return title


def _record(
    services: Services,
    actor: Actor,
    wish: BindWish,
    here: Target,
    *,
    chosen: _Chosen,
    writer_email: str,
) -> str:
    binding_id, now = services.new_id(), services.clock.now()
    with services.store.write() as tx:
        account = people.account(tx, actor.account_id)
        audience = account.audience(wish.audience)
        check(wish.profile, audience)  # the switches may have changed since we looked
        file = _own_file(tx, actor, wish.spreadsheet_id)
        if file is None:
            sheets.add_file(tx, _file_row(services, actor, wish, here, writer_email=writer_email))
        else:
            sheets.update_file(tx, wish.spreadsheet_id, audience=wish.audience, state="live", reason="", reason_text="")
        needs_mask = is_masked(audience, wish.profile.grain)
        mask = services.store.sealer.seal(secrets.token_bytes(32).hex()) if needs_mask else None
        row = BindingRow(
            id=binding_id,
            account_id=actor.account_id,
            spreadsheet_id=wish.spreadsheet_id,
            sheet_id=setup.sheet_id_for(binding_id) if chosen.sheet_id is None else chosen.sheet_id,
            tab_title=chosen.title,
            profile=wish.profile.to_json(),
            profile_id=wish.profile.profile_id or None,
            audience=wish.audience,
            mask=mask,
            header_row=0,
            state=chosen.state,
            reason="",
            reason_text="",
            fill_at=filling.BEGIN,
            fill_total=0,
            fill_started_at=now,
            fill_from_at=filling.reach_back(services, wish.days_back),
            row_total=0,
            row_done=0,
            is_ticking=wish.wants_ticking,
            created_at=now,
        )
        _stop_gone(tx, row, now)
        sheets.add_binding(tx, filling.counted(tx, row), created_by=actor.member_id)
        people.record(
            tx,
            actor.account_id,
            sub=actor.sub,
            deed="bind",
            subject=f"{wish.profile.name} for {wish.audience}",
            at=now,
            spreadsheet_id=wish.spreadsheet_id,
        )
        services.wake.sheet(tx, wish.spreadsheet_id)
    return binding_id


def _stop_gone(tx: Tx, row: BindingRow, now: datetime) -> None:
    """Tabs of this profile that are gone are over: the new one is in their place."""
    for other in sheets.bindings_in(tx, row.spreadsheet_id):
        is_gone = other.state == "paused" and other.reason == "tab-gone"
        is_same = all(other.profile[key] == row.profile[key] for key in ("name", "preset", "profile_id"))
        if is_gone and is_same:
            sheets.stop_binding(tx, other.id, now)


def _file_row(services: Services, actor: Actor, wish: BindWish, here: Target, *, writer_email: str) -> FileRow:
    return FileRow(
        spreadsheet_id=wish.spreadsheet_id,
        account_id=actor.account_id,
        title=here.title,
        audience=wish.audience,
        writer_email=writer_email,
        time_zone=here.time_zone,
        state="live",
        reason="",
        reason_text="",
        approved_readers=[],
        lease_holder=None,
        lease_epoch=0,
        lease_until=None,
        queued=False,
        not_before=None,
        pace_at=None,
        tries=0,
        checked_at=None,
        flushed_at=None,
        created_at=services.clock.now(),
    )


def _own_file(tx: Tx, actor: Actor, spreadsheet_id: str) -> FileRow | None:
    """The file's row, None when nobody has bound it. NotFound when another account has."""
    file = sheets.file_unscoped(tx, spreadsheet_id)
    if file is not None and file.account_id != actor.account_id:
        raise NotFound("There is nothing here for your Google account.")
    return file


# --- looking after it ------------------------------------------------------------------------------------------------


def status(services: Services, actor: Actor, spreadsheet_id: str) -> SheetStatus:
    """State of a bound spreadsheet of the actor's account. NotFound otherwise."""
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        return SheetStatus(
            file=file,
            bindings=sheets.bindings_in(tx, spreadsheet_id),
            flushes=rows.recent_flushes(tx, spreadsheet_id, limit=HISTORY_SHOWN),
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
        row = _binding(tx, actor, spreadsheet_id, binding_id)
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
        if row.state == "paused" and row.reason == RIGHTS and _is_allowed(Profile.from_json(row.profile), audience):
            sheets.update_binding(tx, row.id, state="live", reason="", reason_text="")


def _is_allowed(profile: Profile, audience: Audience) -> bool:
    try:
        check(profile, audience)
    except NotAllowed:
        return False
    return True


def _binding(tx: Tx, actor: Actor, spreadsheet_id: str, binding_id: str) -> BindingRow:
    row = sheets.binding(tx, actor.scope, binding_id)
    if row.spreadsheet_id != spreadsheet_id:
        raise NotFound("This tab is not connected to Rowstream.")
    return row


def _record_deed(services: Services, tx: Tx, actor: Actor, spreadsheet_id: str, *, deed: str, subject: str) -> None:
    now = services.clock.now()
    people.record(
        tx, actor.account_id, sub=actor.sub, deed=deed, subject=subject, at=now, spreadsheet_id=spreadsheet_id
    )


def stop(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> str:
    """The tab is written no more; what it shows stays. Returns the tab's title."""
    with services.store.write() as tx:
        row = _binding(tx, actor, spreadsheet_id, binding_id)
        sheets.stop_binding(tx, row.id, services.clock.now())
        sheets.release_file(tx, spreadsheet_id)
        _record_deed(services, tx, actor, spreadsheet_id, deed="stop", subject=row.tab_title)
    return row.tab_title


def fix_writer(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> None:
    """The writer may edit the file again, by the caller's own right to share it, and writing goes on."""
    prove_editor(services, identity, spreadsheet_id)
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
    services.google.drive.add_writer(identity, spreadsheet_id, file.writer_email, budget_s=BUDGET_S)
    resume(services, actor, spreadsheet_id)
