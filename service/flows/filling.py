"""Backfill: the orders we hold become rows of a binding, newest first, in chunks. Started, ended and measured here.

What is marked here waits behind every live change and is written by the passes; where the backfill stands is kept in
the binding, so that it goes on after a kill at any line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from service.core.roles import Actor
from service.flows import Services, chunks
from service.flows.passes import Pass, hold
from service.flows.sources import Bound
from service.store import deeds, fills, sheets
from service.store.records import BindingRow, FlushRow
from service.store.session import Tx

BEGIN = datetime(9999, 1, 1, tzinfo=UTC)  # the backfill goes from here backwards
#: Rows that are marked and not written yet: enough for the next pass, few enough to be forgotten quickly.
ROWS_AHEAD = 6000
#: Of a filter that lets little through, many chunks have no row; a live change does not wait for all of them.
CHUNKS_PER_PASS = 8
#: Pace is measured over the latest passes, as long as they followed each other.
PACE_OVER = timedelta(minutes=5)
ONE_INSTANT = timedelta(microseconds=1)
LAST_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a backfill has come, in rows. `total` is an estimate while orders are left to look at.

    `reading`: the share (0 to 1) of the shops' history that is read from TikTok, None when all of it is.
    `per_minute`: rows a minute lately, None when that cannot be told.
    """

    done: int
    total: int
    reading: float | None = None
    per_minute: float | None = None

    @property
    def left_s(self) -> float | None:
        """Seconds until the last row is written at the present pace; None when more orders may come, or no pace."""
        if self.reading is not None or not self.per_minute:
            return None
        return max(self.total - self.done, 0) / self.per_minute * 60


def is_open(row: BindingRow) -> bool:
    """Whether the next pass has to look after the binding's backfill."""
    return row.fill_at is not None or row.fill_stopped_at is not None


def counted(tx: Tx, row: BindingRow) -> BindingRow:
    """A binding to be, with the number of orders its backfill has to look at."""
    total = chunks.count(tx, row, since=row.fill_from_at, before=row.fill_at or BEGIN)
    return replace(row, fill_total=total)


# --- started and ended by people -------------------------------------------------------------------------------------


def reach_back(services: Services, days: int | None) -> datetime | None:
    """The creation of the oldest order that is wanted; None = all we hold. In market time, as orders are."""
    return None if days is None else services.clock.market() - timedelta(days=days)


def fetch_older(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str, *, days: int | None) -> bool:
    """The tab will also show orders of the last `days` (None = all we hold). Returns whether that is further back.

    A backfill that was stopped goes on from where it stood; one that runs goes further.
    """
    with services.store.write() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        before, since = row.fill_from_at, reach_back(services, days)
        is_further = before is not None and (since is None or since < before)
        if not is_further and row.fill_stopped_at is None:
            return False
        if is_further and before is not None:
            more = chunks.count(tx, row, since=since, before=before)
            is_running = row.fill_at is not None
            sheets.update_binding(
                tx,
                row.id,
                fill_from_at=since,
                fill_at=row.fill_at or before,
                fill_total=row.fill_total + more if is_running else more,
                fill_seen=row.fill_seen if is_running else 0,
                fill_started_at=services.clock.now(),
            )
        sheets.update_binding(tx, row.id, fill_stopped_at=None)
        _record(services, tx, actor, row, deed="fetch-older")
        services.wake.sheet(tx, spreadsheet_id)
    return True


def stop(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> str:
    """The backfill ends: rows it has not written are forgotten, written ones stay and stay live. Returns the title.

    Done by the next pass, which has the sheet to itself.
    """
    with services.store.write() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        sheets.update_binding(tx, row.id, fill_stopped_at=services.clock.now())
        _record(services, tx, actor, row, deed="stop-backfill")
        services.wake.sheet(tx, spreadsheet_id)
    return row.tab_title


def _record(services: Services, tx: Tx, actor: Actor, row: BindingRow, *, deed: str) -> None:
    deeds.record(
        tx,
        actor.account_id,
        sub=actor.sub,
        deed=deed,
        subject=row.tab_title,
        at=services.clock.now(),
        spreadsheet_id=row.spreadsheet_id,
    )


# --- done by passes --------------------------------------------------------------------------------------------------


def advance(this: Pass, bound: Bound) -> None:
    """An asked end is done; else enough orders are looked at to give the next pass rows to write."""
    if bound.row.fill_stopped_at is not None:
        _end(this, bound.row.id)
        return
    _mark(this.services, bound, bound.row, sending=0)


def advance_beside(services: Services, bound: Bound, *, sending: int) -> None:
    """The same while `sending` rows of the binding are being written: they wait no more.

    An asked end is left alone, and so is a binding that has another profile than the one at hand.
    """
    with services.store.read() as tx:
        row = sheets.binding_unscoped(tx, bound.row.id)
    if row is not None and row.fill_stopped_at is None and row.profile == bound.row.profile:
        _mark(services, bound, row, sending=sending)


def _mark(services: Services, bound: Bound, row: BindingRow | None, *, sending: int) -> None:
    for _ in range(CHUNKS_PER_PASS):
        if row is None or row.fill_at is None or row.row_total - row.row_done - sending >= ROWS_AHEAD:
            return
        row = chunks.mark(services, bound, row)


def _end(this: Pass, binding_id: str) -> None:
    """What was marked and never sent is forgotten, and older orders are no longer wanted.

    The last day is none of the past: its orders still come in late from TikTok, and each of them is written.
    """
    with this.services.store.write() as tx:
        hold(this, tx)
        row = sheets.binding_unscoped(tx, binding_id)
        if row is None or row.fill_stopped_at is None:
            return
        newest = fills.newest_fill(tx, binding_id)
        reached = [at for at in (newest + ONE_INSTANT if newest else None, row.fill_at, row.fill_from_at) if at]
        changes: dict[str, object] = {"fill_stopped_at": None}
        if reached:
            edge = min(max(reached), this.services.clock.market() - LAST_DAY)
            fills.drop_fill(tx, binding_id, before=edge)
            changes |= {"fill_from_at": edge, "fill_at": None, "fill_total": row.fill_seen}
            if row.fill_at is not None and row.fill_at > edge:
                left = chunks.count(tx, row, since=edge, before=row.fill_at)
                changes |= {"fill_at": row.fill_at, "fill_total": row.fill_seen + left}
        sheets.update_binding(tx, binding_id, **changes)
    this.tally.remarks.append("the backfill was stopped")


# --- measured --------------------------------------------------------------------------------------------------------


def extent(row: BindingRow, history: Sequence[FlushRow], *, now: datetime, reading: float | None = None) -> Extent:
    """How far the backfill has come, from kept counters. `history`: the file's latest passes, newest first."""
    per_order = row.row_total / row.fill_seen if row.fill_seen else 1.0
    unseen = max(row.fill_total - row.fill_seen, 0) if row.fill_at is not None else 0
    return Extent(row.row_done, row.row_total + round(unseen * min(per_order, 10.0)), reading, _pace(history, now))


def _pace(history: Sequence[FlushRow], now: datetime) -> float | None:
    """Rows a minute over the latest passes; None until two of them inserted something."""
    recent = [flush for flush in history if flush.inserted and now - flush.at <= PACE_OVER]
    if len(recent) < 2:
        return None
    taken_s = max((now - recent[-1].at).total_seconds(), 1.0)
    return sum(flush.inserted for flush in recent[:-1]) * 60 / taken_s
