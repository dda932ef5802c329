"""Years of orders into an empty sheet: rows per second, calls and memory, against pandas and gspread-dataframe.

Both start from the same orders in the same database, write requests of at most 2 MB and make no more calls than one
writer may (45 a minute, 15 at once). Where that quota says wait, neither waits: the seconds are left out and counted,
so that the bench ends in minutes and its rows per second are still those of a writer held to the quota. What else a
call takes in the real world is the emulator's time here; each side runs in a process of its own.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.benches import beside, bound, children, grounds
from tests.benches.bound import TAB
from tests.benches.children import Cost
from tests.benches.grounds import OWNER, SCRIPT_SCOPES, Grounds
from tests.benches.harness import Bar, Figure, Grid, Report, median
from tests.benches.processes import BrokenError

SIZES = (10_000, 100_000)
ROUNDS = (3, 3)  # of each size: a machine has moods
PEER = "tests.benches.frame_peer"
OURS, THEIRS = "Rowstream", "gspread-dataframe"
HEAD = (
    "rows", "", "rows/s", "s", "of it quota waits", "own processor s", "emulator's", "calls", "sent MB",
    "MB above start",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fill:
    """One fill of one size by one side."""

    side: str
    count: int
    cost: Cost
    calls: Mapping[str, Any]
    emulator_s: float
    start_kb: int

    @property
    def waited_s(self) -> float:
        return float(self.cost.result["waited_s"])

    @property
    def seconds(self) -> float:
        """What it would have taken with the waits."""
        return self.cost.took_s + self.waited_s

    @property
    def per_s(self) -> float:
        return self.count / self.seconds

    @property
    def grown_mb(self) -> float:
        """The most memory of the process, above what it had when it was ready."""
        return (self.cost.peak_kb - self.start_kb) / 1024

    def row(self) -> tuple[str, ...]:
        sent = self.calls["by_service"]["sheets"]["bytes_in"]
        cells = (
            f"{self.per_s:,.0f}",
            f"{self.seconds:.1f}",
            f"{self.waited_s:.1f}",
            f"{self.cost.processor_s:.1f}",
            f"{self.emulator_s:.1f}",
            str(self.calls["reads"] + self.calls["writes"]),
            f"{sent / 1e6:.1f}",
            f"{self.grown_mb:.0f}",
        )
        return (f"{self.count:,}", self.side, *cells)


def run(sizes: Sequence[int] = SIZES, rounds: Sequence[int] = ROUNDS) -> Report:
    """Each size so many times, the sides in turn, every fill by a fresh process."""
    report = Report("backfill", "orders into an empty sheet, 2 MB a request, 45 calls a minute and 15 at once")
    found: dict[tuple[str, int], list[Fill]] = {(side, size): [] for size in sizes for side in (OURS, THEIRS)}
    with grounds.opened() as ground:
        ground.world.emulator.quotas.is_on = False  # both keep to the quota by their own clocks
        for size, times in zip(sizes, rounds, strict=True):
            for _ in range(times):
                for fill in _fill_both(ground, size):
                    found[fill.side, size].append(fill)
    report.grids.append(Grid("every fill", HEAD, [fill.row() for fills in found.values() for fill in fills]))
    _judge(report, found, sizes)
    return report


def _judge(report: Report, found: Mapping[tuple[str, int], Sequence[Fill]], sizes: Sequence[int]) -> None:
    for size in sizes:
        ours, theirs = (median(fill.per_s for fill in found[side, size]) for side in (OURS, THEIRS))
        report.figures.append(Figure(f"rows/s, {size:,} orders", ours, "rows/s", theirs, THEIRS, Bar("≥", 0.8)))
    small, large = sizes
    per_row, per_row_small = (
        1000 * median(fill.seconds for fill in found[OURS, size]) / size for size in (large, small)
    )
    free, free_small = (1000 * median(fill.cost.took_s for fill in found[OURS, size]) / size for size in (large, small))
    grown, grown_small = (median(fill.grown_mb for fill in found[OURS, size]) for size in (large, small))
    beside_ = f"{small:,} orders"
    report.figures += [
        Figure(f"time per row, {large:,} orders", per_row, "ms", per_row_small, beside_, Bar("≤", 1.15)),
        Figure(f"the same without quota waits, {large:,} orders", free, "ms", free_small, beside_),
        Figure(f"memory above start, {large:,} orders", grown, "MB", grown_small, beside_, Bar("≤", 1.3)),
    ]


def _fill_both(ground: Grounds, count: int) -> list[Fill]:
    with bound.opened(ground, count=count) as sheet:
        ours = _timed(ground, OURS, count, sheet.settle, start_kb=sheet.start_kb)
        _check(ground, sheet.spreadsheet_id, TAB, count)
        database = sheet.settings["database_url"].removeprefix("sqlite:///")
        return [ours, _fill_by_frames(ground, Path(database), count)]


def _timed(ground: Grounds, side: str, count: int, deed: Callable[[], Cost], *, start_kb: int) -> Fill:
    """The emulator's processor time is this process's: nothing else runs in it meanwhile."""
    ground.world.emulator.calls.reset()
    used_s = time.process_time()
    cost = deed()
    return Fill(side, count, cost, ground.world.emulator.calls.summary(), time.process_time() - used_s, start_kb)


def _fill_by_frames(ground: Grounds, database: Path, count: int) -> Fill:
    emulator, at = ground.world.emulator, ground.world.contract()
    spreadsheet_id = emulator.state.create_spreadsheet(OWNER, "Orders").file_id
    bearer = ground.world.identity.bearers.issue(OWNER, scopes=SCRIPT_SCOPES, client_id="scripts")
    with children.child(PEER, log=ground.folder / "frames.log") as process:
        start_kb = process.ask("open", sheets_url=at["sheets"], drive_url=at["drive"], bearer=bearer).result
        deed = partial(process.ask, "fill", spreadsheet_id=spreadsheet_id, database=str(database), count=count)
        fill = _timed(ground, THEIRS, count, deed, start_kb=start_kb)
    _check(ground, spreadsheet_id, "Sheet1", count)
    return fill


def _check(ground: Grounds, spreadsheet_id: str, title: str, count: int) -> None:
    """Every order stands in the sheet once; then the file is let go. BrokenError otherwise."""
    state = ground.world.emulator.state
    sheet = beside.tab(state.workbook(spreadsheet_id), title)
    cells = [sheet.grid.cell(row, 0) for row in range(1, len(sheet.grid.rows))]
    keys = [cell.value for cell in cells if cell is not None and cell.value is not None]
    if len(keys) != count or len(set(keys)) != count:
        raise BrokenError(f"{title} holds {len(set(keys))} of {count} orders in {len(keys)} rows")
    state.delete(spreadsheet_id)
