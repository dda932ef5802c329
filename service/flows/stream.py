"""Dirty rows → cells → one verified batch → images: one pass over a spreadsheet, and what a failed one leads to.

One serial writer per spreadsheet: the lease row. A pass takes what is dirty, in bounded time, and says when it wants
to run again; it never loops until clean, so that no sheet starves another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from service.core.roles import Actor
from service.errors import NotAllowed, NotFound, NotGranted, Problem, UpstreamFailed
from service.flows import (
    Services,
    ahead,
    consents,
    due_rows,
    filling,
    mending,
    quota,
    reshaping,
    share,
    sources,
    standing,
    tab_setup,
    turns,
    unanswered,
    writers,
    writing,
)
from service.flows.due_rows import TabWork
from service.flows.passes import LEAKING, Pass, Tally, pause_binding
from service.flows.quota import NoSlotError
from service.flows.sources import Bound
from service.google.identities import UserIdentity
from service.google.problems import (
    CellProtected,
    ConsentEnded,
    FileFull,
    FileGone,
    QuotaSpent,
    RangeGone,
    RequestRefused,
    WriterShutOut,
)
from service.store import deeds, intents, people, rows, sheets, shops
from service.store.records import AccountRow, FileRow

PASS_BUDGET_S = 25.0
REFRESH_BUDGET_S = 15.0
BUSY_S = 1.0
AGAIN_S = 1.0
LONGEST_BACK_OFF_S = 900.0

#: Why a file is paused, by what Google said. Each has a card with a button that fixes it.
_PAUSES: tuple[tuple[type[Problem], str], ...] = (
    (ConsentEnded, consents.ENDED),
    (WriterShutOut, "writer-removed"),
    (FileGone, "file-gone"),
    (FileFull, "full"),
    (CellProtected, "protected"),
    (NotGranted, "writer-removed"),
    (NotAllowed, "blocked"),
    (NotFound, "file-gone"),
)


@dataclass(frozen=True, slots=True)
class RefreshOutcome:
    """What "Refresh now" came to."""

    status: Literal["written", "nothing", "busy", "paused"]
    inserted: int = 0
    updated: int = 0


def run_pass(services: Services, spreadsheet_id: str) -> float | None:
    """One pass by the file's writer. Returns seconds until the next one, None when nothing is left.

    Problems are the caller's to hand to `put_off`.
    """
    now = services.clock.now()
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    if file is None:
        return None
    was_live = file.state == "live"
    if not was_live:
        file = share.look_if_due(services, spreadsheet_id) or file
    told = standing.tell(services, file)
    if not was_live:  # one that goes on since that look was woken by it
        return told
    if file.not_before is not None and file.not_before > now:
        return (file.not_before - now).total_seconds()
    writer = writers.need_writer(services, file)
    try:
        cost = _pace(services, file)
    except NoSlotError as early:
        return early.wait_s
    try:
        done = turns.take(services, file, writer, work=_work, budget_s=PASS_BUDGET_S)
    except NoSlotError as full:
        quota.unpace(services, spreadsheet_id, cost)
        spread_s = quota.spread_s(spreadsheet_id, now, cost) if cost else quota.idle_spread_s(services, file)
        return full.wait_s + spread_s
    if done is None:
        quota.unpace(services, spreadsheet_id, cost)
        return BUSY_S
    if file.tries:  # what failed before may have been found done: then nothing was written, and yet all is well
        with services.store.write() as tx:
            sheets.update_file(tx, spreadsheet_id, tries=0)
    return _next(services, spreadsheet_id, done)


def _pace(services: Services, file: FileRow) -> timedelta:
    """What this pass costs the file's own pace: nothing when no live change waits, since a backfill keeps to the quota
    alone. NoSlotError when its turn comes later.
    """
    with services.store.write() as tx:
        if not rows.has_live_dirty(tx, file.spreadsheet_id, services.clock.now()):
            return timedelta(0)
        dirty_files = rows.dirty_count_of_writer(tx, file.writer_email)
        return quota.pace(services, tx, file.spreadsheet_id, dirty_files=dirty_files)


def _next(services: Services, spreadsheet_id: str, done: Tally) -> float | None:
    if not (done.reads or done.writes):
        share.look_if_due(services, spreadsheet_id)
    with services.store.read() as tx:
        bound = sheets.bindings_in(tx, spreadsheet_id)
        is_filling = any(filling.is_open(row) and row.state == "live" for row in bound)
        file = sheets.file_unscoped(tx, spreadsheet_id)
        now = services.clock.now()
        is_live = rows.has_live_dirty(tx, spreadsheet_id, now)
        is_filling = is_filling or rows.has_dirty(tx, spreadsheet_id, now)
        is_reshaping = reshaping.is_any_due(tx, spreadsheet_id)
    if file is None or file.state != "live":
        return None
    if is_live or is_reshaping:
        return AGAIN_S
    return 0.0 if is_filling else None


def refresh_now(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> RefreshOutcome:
    """What waits is written now, by the caller's own token, under the same lease; the shops are asked again too.

    Without the lease within two seconds, or without room in the caller's own quota, it only says so.
    """
    with services.store.write() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        for shop in shops.shops_of(tx, actor.scope):
            if shop.state == "live":
                shops.move_poll(tx, shop.id, polled_until=shop.polled_until, next_poll_at=services.clock.now())
                services.wake.shop(tx, shop.id)
    if file.state != "live":
        return RefreshOutcome("paused")
    own = UserIdentity(identity.token, name=f"user:{actor.sub}")
    try:
        tally = turns.await_turn(services, file, own, work=_work, budget_s=REFRESH_BUDGET_S)
    except NoSlotError:
        tally = None
    if tally is None:
        return RefreshOutcome("busy")
    with services.store.write() as tx:
        deeds.record(
            tx,
            actor.account_id,
            sub=actor.sub,
            deed="refresh-now",
            subject=spreadsheet_id,
            at=services.clock.now(),
            spreadsheet_id=spreadsheet_id,
        )
    status: Literal["written", "nothing"] = "written" if tally.inserted or tally.updated else "nothing"
    return RefreshOutcome(status, tally.inserted, tally.updated)


def _work(this: Pass) -> None:
    services, file = this.services, this.file
    with services.store.read() as tx:
        account = people.account(tx, file.account_id)
        bound = [sources.open_binding(services, row) for row in sheets.bindings_in(tx, file.spreadsheet_id)]
    if not _is_anything_due(services, file, bound):
        return
    with share.guarding(services, this.identity, file, budget_s=this.budget_s) as may_write:
        _work_guarded(replace(this, may_write=may_write), account, bound)


def _work_guarded(this: Pass, account: AccountRow, bound: Sequence[Bound]) -> None:
    audience = share.audience_of(account, this.file)
    new = [one for one in bound if tab_setup.is_due(one.row)]
    if new and not this.may_write():
        this.tally.remarks.append(LEAKING)
        return
    for one in new:
        tab_setup.set_up(this, one, audience)
    mending.go_on(this)
    live = _live(this.services, this.file)
    for one in live:
        filling.advance(this, one)
    unanswered.close(this, live, audience)
    live = reshaping.advance(this, live, audience)
    work = _collect(this, account, live)
    wanted = [one for one in work if one.refused is None]
    beside = ahead.beside(this.services, this.file.spreadsheet_id, live, wanted)
    writing.write(replace(this, beside=beside), wanted)


def _is_anything_due(services: Services, file: FileRow, bound: Sequence[Bound]) -> bool:
    if any(tab_setup.is_due(one.row) or filling.is_open(one.row) for one in bound):
        return True
    if mending.is_any_left(services, file.spreadsheet_id, [one.row.id for one in bound if one.row.state == "live"]):
        return True
    now = services.clock.now()
    with services.store.read() as tx:
        late = intents.late_intents(tx, file.spreadsheet_id, now)
        if any(reshaping.is_due(tx, one) for one in bound):
            return True
        return bool(late) or rows.has_dirty(tx, file.spreadsheet_id, now)


def _live(services: Services, file: FileRow) -> list[Bound]:
    with services.store.read() as tx:
        found = sheets.bindings_in(tx, file.spreadsheet_id)
    return [sources.open_binding(services, row) for row in found if row.state == "live"]


def _collect(this: Pass, account: AccountRow, live: Sequence[Bound]) -> list[TabWork]:
    """The work, projected for the file's audience. A binding whose audience lost a right is paused, not trimmed.

    NoSlotError before anything is projected when nothing but a backfill waits and has no room: then it would be in
    vain, and what was made ready would be used up.
    """
    with this.services.store.read() as tx:
        now, spreadsheet_id = this.services.clock.now(), this.file.spreadsheet_id
        is_fill = not rows.has_live_dirty(tx, spreadsheet_id, now) and rows.has_dirty(tx, spreadsheet_id, now)
    if is_fill:
        quota.check_idle(this.services, this.identity, write=1)
    with this.services.store.read() as tx:
        file = sheets.file_unscoped(tx, this.file.spreadsheet_id) or this.file
        audience = share.audience_of(account, file)
        ready = ahead.recall(this.services, tx, file, live, audience=audience)
        work = due_rows.collect(this.services, tx, file, live, audience=audience, ready=ready)
    for one in work:
        if one.refused is not None:
            pause_binding(this, one.bound.row.id, "rights", one.refused.sentence)
    return work


def put_off(services: Services, spreadsheet_id: str, problem: Problem) -> float | None:
    """What a failed pass leads to: a pause that names the reason, or a later try. Returns the seconds until it."""
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    if file is None:
        return None
    if isinstance(problem, QuotaSpent):
        writer = writers.writer_of(services, file)
        return _wait_for_quota(services, spreadsheet_id, quota.back_off(services, writer, problem)) if writer else None
    if isinstance(problem, RangeGone):
        _look_for_tabs(services, file)
        return AGAIN_S
    reason = next((word for kind, word in _PAUSES if isinstance(problem, kind)), None)
    if reason is None and isinstance(problem, RequestRefused):
        reason = "refused"
    if isinstance(problem, ConsentEnded) and file.consent_id is not None:
        consents.note_end(services, file.consent_id)
    with services.store.write() as tx:
        if reason is not None:
            sheets.update_file(tx, spreadsheet_id, state="paused", reason=reason, reason_text=problem.sentence)
            return None
        tries = file.tries + 1
        asked = problem.retry_after_s if isinstance(problem, UpstreamFailed) else None
        delay_s = max(asked or 0.0, min(2.0**tries, LONGEST_BACK_OFF_S))
        not_before = services.clock.now() + timedelta(seconds=delay_s)
        sheets.update_file(tx, spreadsheet_id, tries=tries, not_before=not_before)
    return delay_s


def _wait_for_quota(services: Services, spreadsheet_id: str, wait_s: float) -> float:
    """Nothing failed, so no try is counted; until when it waits is on record, for people to see."""
    with services.store.write() as tx:
        not_before = services.clock.now() + timedelta(seconds=wait_s)
        sheets.update_file(tx, spreadsheet_id, not_before=not_before)
    return wait_s


def _look_for_tabs(services: Services, file: FileRow) -> None:
    """Tabs that are gone pause their bindings, renamed ones are known by their new title, and no row is believed to
    stand below the end of its tab.
    """
    writer = writers.writer_of(services, file)
    if writer is None:
        return
    answer = services.google.get(
        writer,
        file.spreadsheet_id,
        fields="sheets.properties(sheetId,title,gridProperties.rowCount)",
        budget_s=PASS_BUDGET_S,
    )
    tabs = {int(one["properties"].get("sheetId", 0)): one["properties"] for one in answer.get("sheets", ())}
    with services.store.write() as tx:
        for row in sheets.bindings_in(tx, file.spreadsheet_id):
            tab = tabs.get(row.sheet_id)
            if tab is not None:
                sheets.update_binding(tx, row.id, tab_title=str(tab.get("title", "")))
                rows.forget_places(tx, row.id, beyond=int(tab.get("gridProperties", {}).get("rowCount", 0)))
            elif row.state not in tab_setup.SETTING_UP:
                sheets.update_binding(tx, row.id, state="paused", reason="tab-gone", reason_text=row.tab_title)
