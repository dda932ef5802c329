"""Tie a profile to a tab of a spreadsheet. What becomes of the tie afterwards is `care`.

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
from service.core.roles import Actor, Audience, Group
from service.core.rows import Grain
from service.errors import BadInput, Conflict, NotAllowed, NotFound
from service.flows import Services, filling, intruders, share, writers
from service.flows.intruders import Intruder
from service.flows.writers import Admitted
from service.google import setup
from service.google.drive import FileFacts
from service.google.identities import UserIdentity
from service.store import archives, costs, deeds, people, sheets
from service.store.records import BindingRow, FileRow
from service.store.session import Tx

BUDGET_S = 15.0
#: Readers whom nobody can name before the file is ours: it begins paused, and says what to do about them.
BEGINS_PAUSED = frozenset({intruders.GROUP, intruders.UNLISTED})
TITLE_LIMIT = 100
TAB_FIELDS = "properties(title,timeZone,autoRecalc),sheets(properties(sheetId,title,hidden,gridProperties))"
CONTENT_FIELDS = "sheets(properties.sheetId,data.rowData.values.userEnteredValue)"
NEW_TAB = "new"


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the open spreadsheet. `is_bound`: one of our bindings writes it."""

    sheet_id: int
    title: str
    is_bound: bool


@dataclass(frozen=True, slots=True)
class Target:
    """The open spreadsheet as the caller sees it. `audience`: the role it is already written for, if any.

    `tabs`: those in sight; `sheet_ids`: of all there are.
    """

    spreadsheet_id: str
    title: str
    time_zone: str
    auto_recalc: str
    can_share: bool
    audience: str | None
    tabs: Sequence[Tab]
    sheet_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class BindWish:
    """What a person asks for. `tab`: NEW_TAB or the sheet id of an existing one, as text."""

    spreadsheet_id: str
    profile: Profile
    audience: str
    tab: str = NEW_TAB
    title: str = ""
    wants_ticking: bool = False
    days_back: int | None = None  # orders created earlier are left out; None = all we hold
    window_days: int | None = None  # orders finished for longer go into an archive tab; None = they stay
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
        audience=file.audience if file and bound else None,
        tabs=[
            Tab(int(tab.get("sheetId", 0)), tab.get("title", ""), int(tab.get("sheetId", 0)) in bound)
            for tab in tabs
            if not tab.get("hidden")
        ],
        sheet_ids=frozenset(int(tab.get("sheetId", 0)) for tab in tabs),
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

    A file whose readers Google does not tell begins paused: only once it is ours can an owner approve them by name.
    NotAllowed for columns the audience may not see; KeptOut when nobody may be let in to write; TabInUse until a
    yes; Conflict when the file is written for another audience or somebody may open it who may not see this.
    """
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
    check(wish.profile, account.audience(wish.audience))
    here = target(services, actor, identity, wish.spreadsheet_id)
    if here.audience is not None and here.audience != wish.audience:
        raise Conflict(
            "This spreadsheet is already written for {role}. Use a separate spreadsheet for another role.",
            values={"role": account.audience(here.audience).name},
        )
    _check_costs(services, account.audience(wish.audience), here)
    found = _readers_beyond(services, actor, identity, wish.spreadsheet_id, profile=wish.profile, role=wish.audience)
    _refuse([one for one in found if here.audience is not None or one.why not in BEGINS_PAUSED])
    chosen = _choose_tab(services, identity, wish, here)
    writer = writers.keep_or_admit(services, actor, identity, wish.spreadsheet_id, budget_s=BUDGET_S)
    return _record(services, actor, wish, here, chosen=chosen, writer=writer, hidden=found)


def _check_costs(services: Services, audience: Audience, here: Target) -> None:
    """Nothing, unless the file has a tab of costs that this audience may not see. One that was deleted is forgotten."""
    with services.store.read() as tx:
        tab = costs.tab_in(tx, here.spreadsheet_id)
    if tab is None:
        return
    if tab.sheet_id not in here.sheet_ids:
        with services.store.write() as tx:
            costs.drop_tab(tx, here.spreadsheet_id)
    elif not audience.may_see(Group.COST):
        raise Conflict(
            "This spreadsheet has a tab of costs, which {role} may not see. Use a separate spreadsheet for them.",
            values={"role": audience.name},
        )


def check_readers(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, *, profile: Profile, role: str = ""
) -> None:
    """Nobody can open the file who may not see all of it, this profile included. Conflict names who can.

    `role`: whom the file would be written for; empty for whom it is.
    """
    _refuse(_readers_beyond(services, actor, identity, spreadsheet_id, profile=profile, role=role))


def _readers_beyond(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, *, profile: Profile, role: str
) -> list[Intruder]:
    """Who can open the file and may not see all of it, were this profile in it."""
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    return share.look(
        services,
        identity,
        spreadsheet_id,
        account_id=actor.account_id,
        extra=[profile],
        approved=file.approved_readers if file else (),
        written_for=role,
    )


def _refuse(found: Sequence[Intruder]) -> None:
    """Nothing for nobody."""
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
    writer: Admitted,
    hidden: Sequence[Intruder],
) -> str:
    binding_id, now = services.new_id(), services.clock.now()
    # A settled transaction is never finished with: a statement without some of its lines adds up to nothing.
    window_days = None if wish.profile.grain is Grain.TRANSACTION else wish.window_days
    with services.store.write() as tx:
        account = people.account(tx, actor.account_id)
        audience = account.audience(wish.audience)
        check(wish.profile, audience)  # the switches may have changed since we looked
        file = _own_file(tx, actor, wish.spreadsheet_id)
        if file is None:
            sheets.add_file(tx, _file_row(services, actor, wish, here, writer=writer))
        else:
            by = {"writer_email": writer.email, "consent_id": writer.consent_id}
            sheets.update_file(tx, wish.spreadsheet_id, audience=wish.audience, **by)
        sheets.update_file(tx, wish.spreadsheet_id, **share.beginning(hidden))
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
            window_days=window_days,
            roll_due_at=None if window_days is None else now,
        )
        _stop_gone(tx, row, now)
        sheets.add_binding(tx, filling.counted(tx, row), created_by=actor.member_id)
        deeds.record(
            tx,
            actor.account_id,
            sub=actor.sub,
            deed="bind",
            subject=f"{wish.profile.name} for {audience.name}",
            at=now,
            spreadsheet_id=wish.spreadsheet_id,
        )
        services.wake.sheet(tx, wish.spreadsheet_id)
    return binding_id


def _stop_gone(tx: Tx, row: BindingRow, now: datetime) -> None:
    """Tabs of this profile that are gone are over: the new one is in their place."""
    for other in sheets.bindings_in(tx, row.spreadsheet_id):
        is_gone = other.state == "paused" and other.reason == "tab-gone"
        is_same = all(other.profile[key] == row.profile[key] for key in ("name", "preset", "profile_id", "grain"))
        if is_gone and is_same and other.archive_of is None:
            _hand_over(tx, other, row, now)
            sheets.stop_binding(tx, other.id, now)


def _hand_over(tx: Tx, gone: BindingRow, row: BindingRow, now: datetime) -> None:
    """The archive of a tab that is gone goes on as that of the new one, if its rows are called and look the same."""
    archive = archives.archive_of(tx, gone.id)
    if archive is None:
        return
    if archive.profile == row.profile and archive.mask is None and row.mask is None:
        sheets.update_binding(tx, archive.id, archive_of=row.id, window_days=row.window_days)
    else:
        sheets.stop_binding(tx, archive.id, now)


def _file_row(services: Services, actor: Actor, wish: BindWish, here: Target, *, writer: Admitted) -> FileRow:
    return FileRow(
        spreadsheet_id=wish.spreadsheet_id,
        account_id=actor.account_id,
        title=here.title,
        audience=wish.audience,
        writer_email=writer.email,
        consent_id=writer.consent_id,
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
