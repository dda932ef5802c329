"""Roll-off: rows of orders that were finished long ago move from a live tab to its archive, a chunk at a time.

First they are written into the archive like any row, and only when they are proved to stand there do they leave the
live tab (`roll_moves`). A row in which people wrote something stays where it is, for good. Lives on what the quota has
left, one step to a turn; what is to be done next is told by the rows themselves, so that a kill anywhere costs nothing.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from service.core.finality import FINISHED_STATUSES
from service.core.roles import Audience
from service.flows import (
    Services,
    archives,
    corrections,
    damaged_keys,
    filling,
    finding,
    quota,
    roll_checks,
    roll_moves,
    share,
    sources,
    turns,
    writers,
)
from service.flows.due_rows import TabWork
from service.flows.passes import Pass, hold
from service.flows.quota import NoSlotError
from service.flows.roll_checks import Beside
from service.google.problems import RequestRefused
from service.store import archives as archive_store
from service.store import audits, people, roll_offs, rows, sheets, shops
from service.store.records import BindingRow, SheetRow
from service.store.rows import NewRow
from service.store.session import Tx

KIND = "roll-off"
ROWS_PER_STEP = 200
RUN_BUDGET_S = 60.0
TURN_BUDGET_S = 20.0
BUSY_S = 1.0
LOOK_EVERY = timedelta(minutes=5)  # how often it is asked whether rows have grown old
SOON = timedelta(seconds=10)  # while rows are written into the archive, or a write may still arrive
AFTER_THE_BACKFILL = timedelta(minutes=1)
MISPLACED_AGAIN = timedelta(minutes=2)  # rows that stand elsewhere than noted are found by an audit first
LOOKED_AT_ONCE = 100


def due_files(services: Services, *, limit: int = LOOKED_AT_ONCE) -> list[str]:
    """Spreadsheets with rows to move, or with a move under way. Tabs where there is nothing to do are looked at later.

    Read this before the live jobs, never after.
    """
    now = services.clock.now()
    with services.store.read() as tx:
        due = roll_offs.due(tx, now, limit=limit)
        busy = [row for row in due if _has_work(services, tx, row)]
    idle = [row for row in due if row not in busy]
    if idle:
        with services.store.write() as tx:
            for row in idle:
                roll_offs.look_again(tx, [row.id], now + LOOK_EVERY if row.window_days is not None else None)
    return sorted({row.spreadsheet_id for row in busy})


def _has_work(services: Services, tx: Tx, row: BindingRow) -> bool:
    archive = archive_store.archive_of(tx, row.id)
    if any(roll_offs.move_of(tx, each.id) is not None for each in (row, archive) if each is not None):
        return True
    if archive is not None and roll_offs.is_moving(tx, row.id, archive.id):
        return True
    return bool(_ripe(services, tx, row, archive, limit=1))


def _ripe(services: Services, tx: Tx, row: BindingRow, archive: BindingRow | None, *, limit: int) -> list[SheetRow]:
    """Rows of the live tab that are old enough to leave it."""
    if row.window_days is None or filling.is_open(row):
        return []
    before = services.clock.market() - timedelta(days=row.window_days)
    beside = "" if archive is None else archive.id
    return roll_offs.ripe(tx, row.id, statuses=FINISHED_STATUSES, before=before, beside=beside, limit=limit)


def run(services: Services, spreadsheet_id: str, *, rows_per_step: int = ROWS_PER_STEP) -> float | None:
    """As much of the file's roll-off as one run and the quota allow. Seconds until it can go on; None = nothing is due.

    Problems are the caller's, as those of a flush are.
    """
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    writer = writers.writer_of(services, file) if file else None
    if file is None or file.state != "live" or writer is None:
        return None
    until = time.monotonic() + RUN_BUDGET_S
    while time.monotonic() < until:
        with services.store.read() as tx:
            due = roll_offs.due(tx, services.clock.now(), spreadsheet_id=spreadsheet_id, limit=1)
        if not due:
            return None
        work = partial(_step, live_id=due[0].id, rows_per_step=rows_per_step)
        try:
            done = turns.take(services, file, writer, work=work, budget_s=TURN_BUDGET_S, kind=KIND)
        except NoSlotError as full:
            return full.wait_s
        if done is None:  # somebody else has the spreadsheet
            return BUSY_S
    return BUSY_S


def _step(this: Pass, *, live_id: str, rows_per_step: int) -> None:
    """One step: a move that was cut off goes on, or rows leave a tab, or rows are copied; and when the next one is."""
    with this.services.store.read() as tx:
        live = sheets.binding_unscoped(tx, live_id)
        archive = archive_store.archive_of(tx, live_id)
        file = sheets.file_unscoped(tx, this.file.spreadsheet_id)
        account = people.account(tx, this.file.account_id)
    if live is None or file is None or file.state != "live":
        return
    _later(this, live, SOON)
    audience = share.audience_of(account, file)
    with share.guarding(this.services, this.identity, file, budget_s=this.budget_s) as may_write:
        step = _Step(replace(this, may_write=may_write), live, archive, audience, rows_per_step)
        if not step.go_on():
            step.begin()


def _later(this: Pass, live: BindingRow, for_: timedelta | None) -> None:
    """The next look at this tab is so much later; None = not before somebody asks for it."""
    at = None if for_ is None else this.services.clock.now() + for_
    with this.services.store.write() as tx:
        hold(this, tx)
        roll_offs.look_again(tx, [live.id], at)


class _Step:
    """One step of one live tab."""

    def __init__(
        self, this: Pass, live: BindingRow, archive: BindingRow | None, audience: Audience, limit: int
    ) -> None:
        self._this, self._live, self._archive, self._limit = this, live, archive, limit
        self._audience = audience

    def go_on(self) -> bool:
        """A move that is under way goes on. Whether there was one."""
        for row in (self._live, self._archive):
            with self._this.services.store.read() as tx:
                move = None if row is None else roll_offs.move_of(tx, row.id)
            if row is not None and move is not None:
                roll_moves.resume(self._this, self._open(row), move)
                return True
        return False

    def begin(self) -> None:
        """Rows that stand in both tabs leave one of them; when none does, old rows are written into the archive."""
        if not self._is_at_rest():
            return
        if self._archive is not None and self._leave(self._live, self._archive):
            return
        with self._this.services.store.read() as tx:
            ripe = _ripe(self._this.services, tx, self._live, self._archive, limit=self._limit)
        if ripe:
            self._copy(ripe)
        else:
            _later(self._this, self._live, LOOK_EVERY if self._live.window_days is not None else None)

    def _is_at_rest(self) -> bool:
        """Whether nothing else is about to change the tabs: a write that may still arrive, columns that come or go."""
        both = [row for row in (self._live, self._archive) if row is not None]
        if filling.is_open(self._live):
            _later(self._this, self._live, AFTER_THE_BACKFILL)
            return False
        if any(row.state != "live" or not sources.without_mask(row).reshaping.is_done for row in both):
            _later(self._this, self._live, AFTER_THE_BACKFILL)
            return False
        with self._this.services.store.read() as tx:
            return not roll_offs.is_unanswered(tx, self._this.file.spreadsheet_id)

    # --- rows that stand in both -------------------------------------------------------------------------------------

    def _leave(self, live: BindingRow, archive: BindingRow) -> bool:
        """Rows that stand in the archive leave the live tab, and those that stay there leave the archive. Whether any
        are on their way; those that are still being written into the archive are waited for.
        """
        now = self._this.services.clock.now()
        with self._this.services.store.write() as tx:
            hold(self._this, tx)
            roll_offs.stay(tx, live.id, roll_offs.copied(tx, live.id, archive.id), now)
            if not roll_offs.is_moving(tx, live.id, archive.id):
                return False
            leaving = roll_offs.doubled(tx, live.id, archive.id, limit=self._limit)
            unwanted = roll_offs.unwanted(tx, live.id, archive.id, limit=self._limit)
            twice = roll_offs.kept_twice(tx, live.id, archive.id, limit=1)
        if leaving:
            self._take_out(live, archive, leaving)
        elif twice:
            self._clear_one(archive, twice[0])
        elif unwanted:
            self._take_out(archive, live, unwanted)
        return True

    def _clear_one(self, archive: BindingRow, row: SheetRow) -> None:
        """One of the places at which a row stands in the archive shows nothing of ours any more: that which we put in.
        The others are people's copies, and stay; so does whatever they wrote beside.
        """
        this = self._this
        quota.take_idle(this.services, this.identity, read=1)
        one = self._open(archive)
        view = finding.read_header(this, one.tab, rows_too=[row.position or 0])
        if view is not None and damaged_keys.shows(this, one, view, row.position or 0, row_key=row.row_key):
            try:
                corrections.clear_copy(this, one, at=row.position or 0, row_key=row.row_key)
            except RequestRefused as problem:
                this.tally.remarks.append(problem.sentence)
        with this.services.store.write() as tx:
            hold(this, tx)
            roll_offs.stay(tx, archive.id, [row.row_key], this.services.clock.now())
            audits.hasten(tx, [archive.id], this.services.clock.now())

    def _take_out(self, row: BindingRow, other: BindingRow, leaving: Sequence[SheetRow]) -> None:
        with self._this.services.store.read() as tx:
            known = rows.known(tx, other.id, [each.row_key for each in leaving])
        places = {key: each.position for key, each in known.items() if each.position is not None}
        roll_moves.take_out(self._this, self._open(row), leaving, beside=Beside(self._open(other), places))

    def _open(self, row: BindingRow) -> TabWork:
        return finding.open_tab(self._this.services, row, self._audience)

    # --- rows that are to stand in both ------------------------------------------------------------------------------

    def _copy(self, ripe: Sequence[SheetRow]) -> None:
        """Old rows that hold nothing of a person's are to be written into the archive, which is made for the first."""
        this, live = self._this, self._live
        quota.take_idle(this.services, this.identity, read=2)
        one = self._open(live)
        found = roll_checks.look(this, one, ripe)
        if found is None:
            roll_moves.rest(this, one, roll_moves.NOT_TOLD_AGAIN)
            return
        roll_checks.note(this, one, found)
        with this.services.store.write() as tx:
            hold(this, tx)
            shown = self._still_shown(tx, one, ripe)
            going = [row for row in ripe if row.row_key in found.right and row.row_key in shown]
            left = [row.row_key for row in ripe if row.row_key in found.right and row.row_key not in shown]
            roll_offs.stay(tx, live.id, left, this.services.clock.now())  # they show what no order makes any more
            if going:
                archive = archives.open_archive(this.services, tx, live)
                new = [NewRow(row.row_key, row.shop_id, row.order_id, row.sku_id, row.sort_at) for row in going]
                rows.add_moving(tx, archive.id, new, now=this.services.clock.now())
                this.services.wake.sheet(tx, this.file.spreadsheet_id)
        if not going and not left and not found.owned:
            _later(this, live, MISPLACED_AGAIN)

    def _still_shown(self, tx: Tx, one: TabWork, ripe: Sequence[SheetRow]) -> set[str]:
        """Keys of the rows that their orders still make, for these readers: the archive shows them as the tab does."""
        shown: set[str] = set()
        for shop_id in {row.shop_id for row in ripe}:
            shop = shops.shop_unscoped(tx, shop_id)
            if shop is None:
                continue
            ids = sorted({row.order_id for row in ripe if row.shop_id == shop_id})
            found, notes = sources.load(self._this.services, tx, shop_id=shop_id, order_ids=ids)
            for order in found.values():
                if one.bound.profile.row_filter.entitles(order):
                    made = sources.rows_of(
                        self._this.services, one.bound, order, shop=shop, note=notes.get(order.order_id)
                    )
                    shown.update(each.row_key for each in made)
        return shown
