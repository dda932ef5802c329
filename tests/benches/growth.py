"""What a flush costs as the sheet grows: 100 changed orders in a sheet of 1,000 rows, and in one of 100,000.

Processor time is that of the product's process alone: the emulator runs in another. A full key read, which only rows
that moved ask for, is printed apart: it has to follow the size of the sheet, and nothing else may.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benches import bound, grounds
from tests.benches.bound import BoundSheet
from tests.benches.grounds import Grounds
from tests.benches.harness import Bar, Figure, Grid, Report, median

SIZES = (1_000, 100_000)
CHANGES = 100
FLUSHES = 7
WARM_UP = 2
KEY_READS = 3
QUIET_S = 120.0
GROWTH = Bar("≤", 1.2)


@dataclass(slots=True)
class _Flushes:
    """What the flushes and the key reads of one size cost."""

    sheet: BoundSheet
    filled_s: float
    processor_ms: list[float] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    received: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    key_processor_ms: list[float] = field(default_factory=list)
    key_received: list[float] = field(default_factory=list)


def run(sizes: Sequence[int] = SIZES, *, changes: int = CHANGES, flushes: int = FLUSHES) -> Report:
    """The two sizes in turn, so that what else the machine does meets both."""
    report = Report("growth", f"flush of {changes} changed orders, median of {flushes} in turn")
    with ExitStack() as stack:
        ground = stack.enter_context(grounds.opened())
        ground.world.emulator.quotas.is_on = False
        found = [_filled(stack.enter_context(bound.opened(ground, count=size))) for size in sizes]
        for _ in range(WARM_UP + flushes):
            for one in found:
                _flush(ground, one, changes)
        for _ in range(WARM_UP + KEY_READS):
            for one in found:
                _read_keys(ground, one)
    _report(report, *found)
    return report


def _filled(sheet: BoundSheet) -> _Flushes:
    return _Flushes(sheet, sheet.settle().took_s)


def _flush(ground: Grounds, one: _Flushes, changes: int) -> None:
    one.sheet.change(changes, 0, mark=f"G{one.sheet.rounds}")
    ground.world.emulator.calls.reset()
    cost = one.sheet.settle(quiet_s=QUIET_S)
    calls = ground.world.emulator.calls.summary()
    one.processor_ms.append(cost.processor_s * 1000)
    one.took_ms.append(cost.took_s * 1000)
    one.sent.append(calls["bytes_in"])
    one.received.append(calls["bytes_out"])
    one.calls.append(calls["reads"] + calls["writes"])


def _read_keys(ground: Grounds, one: _Flushes) -> None:
    ground.world.emulator.calls.reset()
    cost = one.sheet.child.ask("read_keys", spreadsheet_id=one.sheet.spreadsheet_id)
    one.key_processor_ms.append(cost.processor_s * 1000)
    one.key_received.append(ground.world.emulator.calls.summary()["bytes_out"])


def _report(report: Report, small: _Flushes, large: _Flushes) -> None:
    beside = f"{small.sheet.count:,} rows"
    pairs = [
        ("flush: processor time", large.processor_ms, small.processor_ms, "ms", GROWTH),
        ("flush: bytes sent", large.sent, small.sent, "B", GROWTH),
        ("flush: bytes received", large.received, small.received, "B", GROWTH),
        ("flush: calls", large.calls, small.calls, "calls", None),
        ("flush: on the clock, with the emulator", large.took_ms, small.took_ms, "ms", None),
        ("full key read: processor time", large.key_processor_ms, small.key_processor_ms, "ms", None),
        ("full key read: bytes received", large.key_received, small.key_received, "B", None),
    ]
    report.figures += [
        Figure(name, _middle(values), unit, _middle(others), beside, bar) for name, values, others, unit, bar in pairs
    ]
    head = ("rows", "filled in s", "processor ms of each flush")
    rows = [
        (f"{one.sheet.count:,}", f"{one.filled_s:.0f}", " ".join(f"{ms:.0f}" for ms in one.processor_ms))
        for one in (small, large)
    ]
    report.grids.append(Grid("how it went", head, rows))
    times = large.sheet.count / small.sheet.count
    report.notes.append(f"the key read has {times:,.0f} times the keys to read; only rows that moved ask for it")


def _middle(values: Sequence[float]) -> float:
    return median(values[WARM_UP:])
