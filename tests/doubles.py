"""The two things that tests must hold in their hands: time, and the wake-ups of jobs. Everything else is real."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from service.errors import Problem
from service.flows import Services, audits, ingest, proving, rolling, stream
from service.sandbox.clock import MarketClock
from service.store import leases

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MOST_RUNS = 500  # a world that is not quiet after so many jobs will never be


class Clock:
    """Wall and market time, standing still until moved. Market time is the wall's plus what the market moved ahead."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at
        self.market_clock = MarketClock(None, wall=self.timestamp)

    def now(self) -> datetime:
        return self.at

    def market(self) -> datetime:
        return self.market_clock.now()

    def timestamp(self) -> float:
        return self.at.timestamp()

    def advance(self, seconds: float) -> None:
        """The wall's time moves, and the market's with it."""
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True, order=True)
class WakeUp:
    """A job that waits: `kind` is flush, ingest, audit, roll-off or proof."""

    due_at: datetime
    kind: str
    subject: str


class Wake:
    """`Wake` without an engine: the conditional UPDATE decides as in production, and a rolled-back wake-up is none."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.waiting: list[WakeUp] = []
        self.ran: list[WakeUp] = []

    def sheet(self, tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        if leases.queue_file(tx, spreadsheet_id, self.clock.now()):
            self._after_commit(tx, "flush", spreadsheet_id, delay_s)

    def shop(self, tx, shop_id: str, *, delay_s: float = 0) -> None:
        if leases.queue_shop(tx, shop_id, self.clock.now()):
            self._after_commit(tx, "ingest", shop_id, delay_s)

    def audit(self, tx, spreadsheet_id: str) -> None:
        self._after_commit(tx, "audit", spreadsheet_id, 0)

    def roll_off(self, tx, spreadsheet_id: str) -> None:
        self._after_commit(tx, "roll-off", spreadsheet_id, 0)

    def proof(self, tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        self._after_commit(tx, "proof", spreadsheet_id, delay_s)

    def _after_commit(self, tx, kind: str, subject: str, delay_s: float) -> None:
        wake_up = WakeUp(self.clock.now() + timedelta(seconds=delay_s), kind, subject)
        sa.event.listen(tx, "after_commit", lambda _tx: self.waiting.append(wake_up), once=True)

    def run_all(self, services: Services, *, patience_s: float = 0) -> list[WakeUp]:
        """Runs every job that is due, and those due within `patience_s` by moving the clock, until none is left."""
        until = self.clock.now() + timedelta(seconds=patience_s)
        ran = list(self._due(services, until))
        self.ran += ran
        return ran

    def _due(self, services: Services, until: datetime) -> Iterator[WakeUp]:
        for _ in range(MOST_RUNS):
            if not self.waiting or min(self.waiting).due_at > until:
                return
            wake_up = min(self.waiting)
            self.waiting.remove(wake_up)
            self.clock.at = max(self.clock.at, wake_up.due_at)
            run_job(services, wake_up)
            yield wake_up
        raise AssertionError(f"the jobs do not come to rest: {self.waiting}")


def run_job(services: Services, wake_up: WakeUp) -> None:
    """What the engine's job does: one run, then a new wake-up if anything is left."""
    if wake_up.kind in _IDLE:
        run_idle(services, wake_up)
        return
    if wake_up.kind == "proof":
        run_proof(services, wake_up)
        return
    unqueue, run, put_off, again = _JOBS[wake_up.kind]
    with services.store.write() as tx:
        unqueue(tx, wake_up.subject)
    try:
        again_s = run(services, wake_up.subject)
    except Problem as problem:
        again_s = put_off(services, wake_up.subject, problem)
    if again_s is not None:
        with services.store.write() as tx:
            again(services)(tx, wake_up.subject, delay_s=again_s)


def run_idle(services: Services, wake_up: WakeUp) -> None:
    """As in production: what is left is woken by the next sweep."""
    try:
        _IDLE[wake_up.kind](services, wake_up.subject)
    except Problem as problem:
        stream.put_off(services, wake_up.subject, problem)


def run_proof(services: Services, wake_up: WakeUp) -> None:
    """It ends its own failures."""
    again_s = proving.run(services, wake_up.subject)
    if again_s is not None:
        with services.store.write() as tx:
            services.wake.proof(tx, wake_up.subject, delay_s=again_s)


_IDLE = {"audit": audits.run, "roll-off": rolling.run}
_JOBS = {
    "flush": (leases.unqueue_file, stream.run_pass, stream.put_off, lambda services: services.wake.sheet),
    "ingest": (leases.unqueue_shop, ingest.run_shop, ingest.put_off, lambda services: services.wake.shop),
}
