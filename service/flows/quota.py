"""Google's quotas as we keep them: GCRA rows per identity and per project, charged per call, shared by every worker.

Google allows 60 reads and 60 writes a minute per identity and 300 of each per project. We plan 45 and 285, so that a
burst on top of the steady rate still fits into any minute. The burst is what people wait for: a tab of a hundred
thousand orders is twenty writes, and a dozen files that change at once are a dozen.

Who goes first is decided by how much of the burst a call must leave: healing and set-up may take the last slot, live
changes leave some to them, backfill and audits leave more to both.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from service.flows import Services
from service.google.identities import Identity
from service.google.problems import QuotaSpent
from service.store import leases, rows
from service.store.records import FileRow
from service.store.session import Tx

PER_IDENTITY = timedelta(seconds=60 / 45)
IDENTITY_BURST = 15
PER_PROJECT = timedelta(seconds=60 / 285)
PROJECT_BURST = 15
#: Slots of an identity's burst that stay unused: by live changes, so that a tab is set up or healed while a hundred
#: others stream, and by backfill and audits, one more, so that a live change never waits for them.
LEFT_BY_LIVE = 1
LEFT_BY_IDLE = 2
#: While live changes of the same writer wait, backfill and audits get a fifth of its slots and no more.
IDLE_SHARE = 5
IDLE_BURST = 2

#: A file's own pace: a few flushes at once after quiet, so that a change is seen at once and its burst soon after,
#: then one per interval.
FILE_BURST = 3
SHORTEST_INTERVAL_S = 5.0
INTERVAL_PER_DIRTY_FILE_S = PER_IDENTITY.total_seconds()


class NoSlotError(Exception):
    """The quota or the pace has no room now; `wait_s` says for how long. Not a failure: come again."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"no slot for {wait_s:.1f} s")
        self.wait_s = wait_s


class _RoomFoundError(Exception):
    """There was room, and it is not to be used yet."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """One GCRA row that a call is charged to."""

    key: str
    interval: timedelta
    burst: int


def take(services: Services, identity: Identity, **calls: int) -> None:
    """Room for these calls (`read=…, write=…`) of the live stream is taken from the quotas, all or none."""
    with services.store.write() as tx:
        _charge(services, tx, _slots(identity, calls, left=LEFT_BY_LIVE))


def check(services: Services, identity: Identity, **calls: int) -> None:
    """Nothing, and nothing is taken, when there is room for these calls of the live stream; NoSlotError otherwise.

    Of what can never be free at once only as much is asked for as can.
    """
    most = IDENTITY_BURST - LEFT_BY_LIVE
    slots = _slots(identity, {kind: min(count, most) for kind, count in calls.items()}, left=LEFT_BY_LIVE)
    if slots:
        with _only_asking(services) as tx:
            _charge(services, tx, slots)


def check_idle(services: Services, identity: Identity, **calls: int) -> None:
    """The same for backfill and audits."""
    with _only_asking(services) as tx:
        _charge_idle(services, tx, identity, calls)


@contextlib.contextmanager
def _only_asking(services: Services) -> Iterator[Tx]:
    """What is taken in the block is given back at its end."""
    with contextlib.suppress(_RoomFoundError), services.store.write() as tx:
        yield tx
        raise _RoomFoundError


def take_care(services: Services, identity: Identity, **calls: int) -> None:
    """The same for setting a tab up and for healing what hands have hurt: they go before everything else."""
    with services.store.write() as tx:
        _charge(services, tx, _slots(identity, calls, left=0))


def take_idle(services: Services, identity: Identity, **calls: int) -> None:
    """The same for backfill and audits: what nobody else wants, and a fifth while live changes of this writer wait."""
    with services.store.write() as tx:
        _charge_idle(services, tx, identity, calls)


def _charge_idle(services: Services, tx: Tx, identity: Identity, calls: Mapping[str, int]) -> None:
    if not rows.is_live_waiting(tx, identity.email, services.clock.now()):
        _charge(services, tx, _slots(identity, calls, left=LEFT_BY_IDLE))
        return
    share = [
        _Slot(f"{identity.name}:idle-{kind}", PER_IDENTITY * IDLE_SHARE, IDLE_BURST)
        for kind, count in calls.items()
        for _ in range(count)
    ]
    _charge(services, tx, [*share, *_slots(identity, calls, left=LEFT_BY_LIVE)])


def _charge(services: Services, tx: Tx, slots: Sequence[_Slot]) -> None:
    """Every slot is taken; NoSlotError when one cannot be, raised inside, so that the transaction gives all back."""
    now = services.clock.now()
    latest = None
    for slot in slots:
        until = leases.take_slot(tx, slot.key, now=now, interval=slot.interval, burst=slot.burst)
        if until is not None:
            latest = max(latest or until, until)
    if latest is not None:
        raise NoSlotError(max((latest - now).total_seconds(), 0.1))


def _slots(identity: Identity, calls: Mapping[str, int], *, left: int) -> list[_Slot]:
    found = []
    for kind, count in calls.items():
        found += [_Slot(f"project:{kind}", PER_PROJECT, PROJECT_BURST)] * count
        found += [_Slot(f"{identity.name}:{kind}", PER_IDENTITY, IDENTITY_BURST - left)] * count
    return found


def back_off(services: Services, identity: Identity, spent: QuotaSpent) -> float:
    """Google said 429: everybody who shares the quota waits. Returns the seconds."""
    wait_s = spent.retry_after_s or 10.0
    now = services.clock.now()
    with services.store.write() as tx:
        for kind in ("read", "write"):
            if spent.per != "project":
                until = now + timedelta(seconds=wait_s) + PER_IDENTITY * (IDENTITY_BURST - 1)
                leases.push_slot(tx, f"{identity.name}:{kind}", until=until)
            if spent.per == "project":
                until = now + timedelta(seconds=wait_s) + PER_PROJECT * (PROJECT_BURST - 1)
                leases.push_slot(tx, f"project:{kind}", until=until)
    return wait_s


def pace(services: Services, tx: Tx, spreadsheet_id: str, *, dirty_files: int) -> timedelta:
    """The file may be flushed now: the interval that this costs it. NoSlotError when its turn comes later.

    Oldest files go first by their own clocks.
    """
    interval = timedelta(seconds=max(SHORTEST_INTERVAL_S, INTERVAL_PER_DIRTY_FILE_S * dirty_files))
    now = services.clock.now()
    until = leases.take_slot(tx, f"file:{spreadsheet_id}", now=now, interval=interval, burst=FILE_BURST)
    if until is not None:
        raise NoSlotError(max((until - now).total_seconds(), 0.1))
    return interval


def spread_s(spreadsheet_id: str, now: datetime, cost: timedelta) -> float:
    """How much later than the next free slot this file tries again, so that not all that wait come for the same one.

    Two come for each slot on average: none stays unused, and few tries are in vain.
    """
    share = crc32(f"{spreadsheet_id} {now.timestamp()}".encode()) / 2**32
    return share * max(cost.total_seconds(), SHORTEST_INTERVAL_S) / 2


def unpace(services: Services, spreadsheet_id: str, cost: timedelta) -> None:
    """The file's turn was not used, because somebody else had the quota or the sheet: it may try again at once."""
    if cost:
        with services.store.write() as tx:
            leases.return_slot(tx, f"file:{spreadsheet_id}", interval=cost)


def idle_spread_s(services: Services, file: FileRow) -> float:
    """What `spread_s` is for a backfill, which has no pace of its own: a slot's time for each other file that waits, so
    that one alone comes for every slot and many do not all come for the same.
    """
    now = services.clock.now()
    with services.store.read() as tx:
        others = max(rows.dirty_count_of_writer(tx, file.writer_email) - 1, 0)
    share = crc32(f"{file.spreadsheet_id} {now.timestamp()}".encode()) / 2**32
    return share * (PER_IDENTITY * others).total_seconds() / 2
