"""A turn: one pass with the spreadsheet's lease, and its line in the sync history, however it ended."""

import time
from collections.abc import Callable
from datetime import timedelta

from service.errors import Problem
from service.flows import Services, quota
from service.flows.passes import CELLS_NAMED, ChangedError, LeaseLostError, Pass, Tally
from service.flows.quota import NoSlotError
from service.google.identities import Identity
from service.store import audits, flushes, leases, sheets
from service.store.records import FileRow, FlushRow
from service.telemetry import PASS_SECONDS, log

LEASE_LIFE = timedelta(seconds=30)
PATIENCE_S = 2.0  # how long a person is kept waiting for a turn
STEP_S = 0.25
FLUSH = "flush"
QUIET = frozenset({"audit", "roll-off"})  # kinds of turns that come in many steps, most of which only look
READS_TO_FIND_ROWS = 2  # what a turn asks for at once when its first read shows that rows have moved


def take(
    services: Services,
    file: FileRow,
    identity: Identity,
    *,
    work: Callable[[Pass], None],
    budget_s: float,
    kind: str = FLUSH,
) -> Tally | None:
    """`work` with the spreadsheet to itself, at most `budget_s` long; None when somebody else has it.

    Whatever ends it, it is in the history (under `kind`) and the lease is free again. Raises the Problem that ended it;
    NoSlotError before anything is done when the last turn did not get far enough and there is still no room for more.
    """
    if kind == FLUSH:
        quota.check(services, identity, read=services.memory.needed_reads(file.spreadsheet_id))
    now = services.clock.now()
    holder = services.new_id()
    with services.store.write() as tx:
        epoch = leases.take_lease(tx, file.spreadsheet_id, holder=holder, now=now, until=now + LEASE_LIFE)
    if epoch is None:
        return None
    started = time.monotonic()
    # by its turn first: two lines of the same instant stand in the order in which they happened
    line_id = f"{epoch:010d}-{services.new_id()}"
    this = Pass(services, file, identity, epoch, started + budget_s, Tally(), line_id, kind)
    outcome, reason = "ok", ""
    try:
        work(this)
    except LeaseLostError:
        outcome, reason = "unknown", "another worker took over"
    except ChangedError:
        reason = "settings changed meanwhile; nothing was sent"
    except NoSlotError:
        _leave_to_the_next(this)
        raise
    except Problem as problem:
        outcome = "unknown" if getattr(problem, "outcome_unknown", False) else "failed"
        reason = problem.sentence
        raise
    else:
        if kind == FLUSH:
            services.memory.has_had_room(file.spreadsheet_id)
    finally:
        _record(this, outcome=outcome, reason=reason, seconds=time.monotonic() - started)
        with services.store.write() as tx:
            leases.release_lease(tx, file.spreadsheet_id, epoch=epoch)
    return this.tally


def _leave_to_the_next(this: Pass) -> None:
    """The turn ended for want of room: what it knows of the sheet spares the next one a call."""
    memory, spreadsheet_id = this.services.memory, this.file.spreadsheet_id
    if this.tally.reads:  # made again by the next one: begun with room for fewer, it would get no further
        memory.need_reads(spreadsheet_id, this.tally.reads + READS_TO_FIND_ROWS)
    if not this.tally.writes:
        memory.wrote_nothing(spreadsheet_id, epoch=this.epoch)


def await_turn(
    services: Services,
    file: FileRow,
    identity: Identity,
    *,
    work: Callable[[Pass], None],
    budget_s: float,
    kind: str = FLUSH,
) -> Tally | None:
    """The same as soon as nobody else has the spreadsheet, for somebody who waits in front of a card; None when
    somebody still has it after two seconds.
    """
    deadline = time.monotonic() + PATIENCE_S
    while (tally := take(services, file, identity, work=work, budget_s=budget_s, kind=kind)) is None:
        if time.monotonic() > deadline:
            return None
        time.sleep(STEP_S)
    return tally


def _record(this: Pass, *, outcome: str, reason: str, seconds: float) -> None:
    """One line of the sync history, for passes that spoke to Google or failed."""
    tally = this.tally
    PASS_SECONDS.observe(seconds)
    if not (tally.reads or tally.writes or tally.remarks or outcome != "ok"):
        return
    is_told = tally.unchanged or tally.healed or tally.removed or tally.remarks or tally.cells
    if this.kind in QUIET and outcome == "ok" and not is_told:
        return  # one of many chunks that found nothing: the last one tells of the whole audit
    row = FlushRow(
        at=this.services.clock.now(),
        inserted=tally.inserted,
        updated=tally.updated,
        unchanged=tally.unchanged,
        reads=tally.reads,
        writes=tally.writes,
        ms=round(seconds * 1000),
        outcome="raced" if outcome == "ok" and tally.raced else outcome,
        reason="; ".join([*tally.remarks, *([reason] if reason else [])])[:500],
        kind=this.kind,
        healed=tally.healed,
        removed=tally.removed,
        cells=tally.cells[:CELLS_NAMED] or None,
    )
    with this.services.store.write() as tx:
        if sheets.file_unscoped(tx, this.file.spreadsheet_id) is not None:  # its last tab may have been stopped
            flushes.put(tx, this.line_id, this.file.spreadsheet_id, row)
            if tally.raced:  # somebody's hands were in the tab: what else did they touch?
                bound = [one.id for one in sheets.bindings_in(tx, this.file.spreadsheet_id)]
                audits.hasten(tx, bound, this.services.clock.now())
    log().info(
        "pass",
        spreadsheet_id=this.file.spreadsheet_id,
        inserted=row.inserted,
        updated=row.updated,
        reads=row.reads,
        writes=row.writes,
        ms=row.ms,
        outcome=row.outcome,
        epoch=this.epoch,
    )
