"""Freshness in the sheet: a tab that stands still says so in the note on its first heading, and why.

People who only see the sheet (a warehouse, a phone) have no sidebar. Level-triggered: what a tab should say follows
from its state, `notice` of its binding holds what it does say, and any difference leads to one small verified write.
So it does not matter who paused it, or where something died. What people wrote into the note themselves is kept.

`notice` is the line, empty for none. While a write of ours may still arrive it begins with a sign and the moment of
that write: `?` when nobody knows what the tab says, `!` when it was seen to say the line that follows.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from service.core.profiles import Profile
from service.core.roles import Actor, Audience, Scope
from service.core.zones import wall, zone
from service.errors import NotAllowed, NotFound, NotGranted, Problem
from service.flows import Services, due_rows, quota, share, sources, turns, writers
from service.flows.memory import Said
from service.flows.passes import Pass, hold
from service.flows.quota import NoSlotError
from service.flows.tab_setup import SETTING_UP
from service.google import headnotes
from service.google.headnotes import Heading, Headings
from service.google.identities import Identity, UserIdentity
from service.google.problems import QuotaSpent, RangeGone, RequestRefused
from service.google.tabs import OwnedTab
from service.store import people, sheets, shops, standings
from service.store.intents import LATE_WRITE
from service.store.records import BindingRow, FileRow, ShopRow
from service.telemetry import log

MARK = "Not updated by Rowstream: "
BUDGET_S = 4.0  # with the pass that follows it is shorter than the job's own time-out
BUSY_S = 1.0
TRY_AGAIN_S = 60.0
KIND = "notice"

_UNKNOWN, _SEEN = "?", "!"
_LINE = re.compile(rf"(?:\n\n)?{re.escape(MARK)}[^\n]*")
#: Where nothing can be written, nothing is tried.
_OUT_OF_REACH = frozenset({"writer-removed", "file-gone", "blocked", "tab-gone", "consent-ended"})
_WHY: Mapping[str, str] = {
    "asked": "somebody paused it",
    "leak": "somebody can open this file who may not see it",
    "unlisted": "Google does not say who can open this file",
    "full": "the spreadsheet is full",
    "protected": "somebody protected its cells",
    "rights": "its readers may no longer see all of its columns",
    "key-gone": "the column that tells its rows apart is gone",
}
_SEE_SIDEBAR = "Rowstream has a question"
_EXPIRED = "a shop's permission has run out"
_DISCONNECTED = "its shop is disconnected"
_STOPPED = "somebody ended its connection"
_ENDED = "whoever it was written by ended their consent"


def why(file: FileRow, row: BindingRow, account_shops: Sequence[ShopRow]) -> str:
    """Why the tab stands still; empty while it is kept up. The file's reason goes first, then the tab's, the shops'."""
    if file.state != "live":
        return _WHY.get(file.reason, _SEE_SIDEBAR)
    if row.state == "paused":
        return _WHY.get(row.reason, _SEE_SIDEBAR)
    chosen = Profile.from_json(row.profile).row_filter.shop_ids
    states = [shop.state for shop in account_shops if not chosen or shop.id in chosen]
    if "expired" in states:
        return _EXPIRED
    return _DISCONNECTED if states and set(states) == {"disconnected"} else ""


def wake_doubtful(services: Services) -> None:
    """Spreadsheets with a tab that says something else than it should are woken."""
    files: dict[str, FileRow | None] = {}
    shops_of: dict[str, Sequence[ShopRow]] = {}
    wrong: set[str] = set()
    with services.store.read() as tx:
        for row in standings.standing_still(tx, settled=sorted(SETTING_UP)):
            if row.spreadsheet_id not in files:
                files[row.spreadsheet_id] = sheets.file_unscoped(tx, row.spreadsheet_id)
            if row.account_id not in shops_of:
                shops_of[row.account_id] = shops.every_shop_of(tx, Scope(row.account_id))
            file = files[row.spreadsheet_id]
            if file is not None and _is_wrong(services, file, row, shops_of[row.account_id]):
                wrong.add(row.spreadsheet_id)
    for spreadsheet_id in sorted(wrong):
        with services.store.write() as tx:
            services.wake.sheet(tx, spreadsheet_id)


def tell(services: Services, file: FileRow) -> float | None:
    """Every tab of the file says what it should. Returns the seconds until it is worth looking again, None for never.

    Whatever goes wrong here ends here: the rows are more important than what is said about them.
    """
    wrong = _wrong(services, file)
    writer = writers.writer_of(services, file)
    if not wrong or writer is None:
        return None
    try:
        taken = turns.take(services, file, writer, work=_say, budget_s=BUDGET_S, kind=KIND)
    except NoSlotError as full:
        return full.wait_s
    except QuotaSpent as spent:
        return quota.back_off(services, writer, spent)
    except Problem as problem:
        log().info("notice.problem", spreadsheet_id=file.spreadsheet_id, problem=type(problem).__name__)
        return TRY_AGAIN_S
    if taken is None:
        return BUSY_S
    return TRY_AGAIN_S if _wrong(services, file) else None


def say_stopped(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, binding_id: str) -> None:
    """The tab says that it is no longer connected, by the hand of who stops it: our writer has no business there
    afterwards. A courtesy: when it cannot be said, the tab is stopped all the same.
    """
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        row = sheets.binding(tx, actor.scope, binding_id)
    if row.spreadsheet_id != spreadsheet_id or row.state in SETTING_UP:
        return
    own = UserIdentity(identity.token, name=f"user:{actor.sub}")
    try:
        turns.take(
            services, file, own, work=lambda this: _say_why(this, file, row, _STOPPED), budget_s=BUDGET_S, kind=KIND
        )
    except (NoSlotError, Problem) as problem:
        log().info("notice.problem", spreadsheet_id=spreadsheet_id, problem=type(problem).__name__)


def say_ended(services: Services, file: FileRow, identity: Identity) -> None:
    """Every tab of the file says that its writer's consent has ended, by the last use of that consent. A courtesy."""
    try:
        turns.take(services, file, identity, work=partial(_say_each, reason=_ENDED), budget_s=BUDGET_S, kind=KIND)
    except (NoSlotError, Problem) as problem:
        log().info("notice.problem", spreadsheet_id=file.spreadsheet_id, problem=type(problem).__name__)


def _say_each(this: Pass, *, reason: str) -> None:
    with this.services.store.read() as tx:
        bound = sheets.bindings_in(tx, this.file.spreadsheet_id)
    for row in bound:
        if row.state not in SETTING_UP:
            _say_why(this, this.file, row, reason)


def _wrong(services: Services, file: FileRow) -> list[BindingRow]:
    """The file's tabs that do not say what they should, as far as they can be reached."""
    with services.store.read() as tx:
        account_shops = shops.every_shop_of(tx, Scope(file.account_id))
        rows = sheets.bindings_in(tx, file.spreadsheet_id)
    return [row for row in rows if _is_wrong(services, file, row, account_shops)]


def _is_wrong(services: Services, file: FileRow, row: BindingRow, account_shops: Sequence[ShopRow]) -> bool:
    is_out_of_reach = (file.state != "live" and file.reason in _OUT_OF_REACH) or (
        row.state == "paused" and row.reason in _OUT_OF_REACH
    )
    if is_out_of_reach or row.state in SETTING_UP:
        return False
    sent_at, line = _parts(row.notice)
    is_sure = sent_at is None or services.clock.now() < sent_at + LATE_WRITE
    is_said = line.startswith(f"{MARK}{reason}.") if (reason := why(file, row, account_shops)) else line == ""
    return row.notice.startswith(_UNKNOWN) or not is_sure or not is_said


def _parts(notice: str) -> tuple[datetime | None, str]:
    """When the write was sent that may still arrive, None for none; and the line that the tab was seen to say."""
    if not notice.startswith((_UNKNOWN, _SEEN)):
        return None, notice
    moment, _, line = notice[1:].partition(" ")
    return datetime.fromisoformat(moment), line


# --- the turn --------------------------------------------------------------------------------------------------------


def _say(this: Pass) -> None:
    with this.services.store.read() as tx:
        file = sheets.file_unscoped(tx, this.file.spreadsheet_id)
        account_shops = shops.every_shop_of(tx, Scope(this.file.account_id))
    if file is None:
        return
    for row in _wrong(this.services, file):
        _say_why(this, file, row, why(file, row, account_shops))


def _say_why(this: Pass, file: FileRow, row: BindingRow, reason: str) -> None:
    """The tab gives this reason, or none. Where it cannot, it is tried again only when there is something else."""
    line = f"{MARK}{reason}. Since {_moment(this, file)}. The Rowstream sidebar says what helps." if reason else ""
    with this.services.store.read() as tx:
        account = people.account(tx, file.account_id)
    try:
        _say_one(this, row, share.audience_of(account, file), line=line)
    except (RequestRefused, NotGranted, NotAllowed, NotFound, RangeGone) as refused:
        if getattr(refused, "outcome_unknown", False):
            raise
        _note(this, row, line)


def _moment(this: Pass, file: FileRow) -> str:
    return f"{wall(this.services.clock.now(), zone(file.time_zone)):%Y-%m-%d %H:%M}"


def _say_one(this: Pass, row: BindingRow, audience: Audience, *, line: str) -> None:
    """One read, and one write if the note has to change; then the binding knows what the tab says."""
    quota.take_care(this.services, this.identity, read=1, write=1)
    tab = due_rows.owned_tab(sources.open_binding(this.services, row), audience)
    this.tally.reads += 1
    answer = this.services.google.get_by_filter(
        this.identity,
        this.file.spreadsheet_id,
        filters=[headnotes.top_filter(tab)],
        fields=headnotes.FIELDS,
        budget_s=this.budget_s,
    )
    top = headnotes.find(answer, tab)
    if top is None:
        _note(this, row, line)
        return
    notes = _wanted(this.services.memory.said(row.id), top, line)
    if notes and not _write(this, row, tab, top, notes=notes):
        return
    said = _LINE.search(notes.get(top.first, top.first.note))
    _settle(this, row, said[0].strip() if said else "")


def _wanted(sent: Said | None, top: Headings, line: str) -> dict[Heading, str]:
    """The headings whose notes are to change: the first bears the line, and no other does, such as one that was the
    first before; and what a write without an answer fell upon has its own note again, where that is remembered.
    """
    found: dict[Heading, str] = {}
    for one in top.all:
        known = sent.before.get(one.text) if sent is not None and one.note in sent.notes else None
        is_hit = known is not None and compose(known, "") != compose(one.note, "")
        note = known if is_hit and known is not None else one.note
        found[one] = compose(note, line if one is top.first else "")
    return {one: note for one, note in found.items() if one.note != note}


def compose(note: str, line: str) -> str:
    """The note with this line of ours and no other; a line that gives the same reason stays, with its moment."""
    found = _LINE.search(note)
    if found and line and found[0].strip().partition(". ")[0] == line.partition(". ")[0]:
        return note
    rest = _LINE.sub("", note)
    return "\n\n".join(part for part in (rest, line) if part)


def _write(this: Pass, row: BindingRow, tab: OwnedTab, top: Headings, *, notes: Mapping[Heading, str]) -> bool:
    """Whether the headings show their notes. When columns moved meanwhile, what was hit instead is put right."""
    after = _send(this, row, tab, top, notes=notes)
    is_said = any(MARK in note for note in notes.values())
    this.tally.remarks.append("said on the heading why rows are not updated" if is_said else "the heading is plain")
    if after is None:
        return False
    now = {place: after.at(place.column) if after.first.row == place.row else None for place in notes}
    if after.key == top.key and all(one and one.text == place.text for place, one in now.items()):
        return all(one is not None and one.note == notes[place] for place, one in now.items())
    hit = {one: place for place, one in now.items() if one and one.text != place.text and one.note == notes[place]}
    if hit:
        before = {one: known.note if (known := top.called(one.text)) else "" for one in hit}
        quota.take_care(this.services, this.identity, write=1)
        _send(this, row, tab, after, notes=before)
    return False


def _send(
    this: Pass, row: BindingRow, tab: OwnedTab, top: Headings, *, notes: Mapping[Heading, str]
) -> Headings | None:
    """The top of the tab after the write. Until somebody settles it, what the tab says is not known."""
    _note(this, row, f"{_UNKNOWN}{this.services.clock.now().isoformat()}")
    before = {one.text: notes.get(one, one.note) for one in top.all if one.text}
    this.services.memory.keep_said(row.id, Said(frozenset(notes.values()), before))
    try:
        answer = this.services.google.batch_update(
            this.identity,
            this.file.spreadsheet_id,
            body=headnotes.change(tab, top, notes),
            fields=f"updatedSpreadsheet({headnotes.FIELDS})",
            budget_s=this.budget_s,
        )
    finally:
        this.tally.writes += 1
    return headnotes.find(answer.get("updatedSpreadsheet", {}), tab)


def _settle(this: Pass, row: BindingRow, said: str) -> None:
    """The binding knows what the tab says; while an earlier write may still change it, it will be looked at again."""
    earlier, _ = _parts(row.notice)
    if earlier is not None and this.services.clock.now() < earlier + LATE_WRITE:
        _note(this, row, f"{_SEEN}{earlier.isoformat()} {said}")
        return
    _note(this, row, said)


def _note(this: Pass, row: BindingRow, notice: str) -> None:
    with this.services.store.write() as tx:
        hold(this, tx)
        sheets.update_binding(tx, row.id, notice=notice)
