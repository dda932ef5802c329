"""What a small change costs in a sheet that people work in: calls, bytes, time, and the people's own cells.

Some orders stand in a sheet beside a person's notes and formulas; 50 of them change and 10 are new. Rowstream writes
them as it always does; the peers get the very same rows ready-made, each on a copy of the same file. First quietly;
then with a sort and an inserted column between a client's read and its write; then with both, and words in the new
column, just before the client begins. Everything goes over HTTP to the emulator, each side from a process of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from service.core.columns import COLUMNS
from service.sandbox.sheets.state.sheet import Sheet
from tests.benches import beside, bound, children, grounds
from tests.benches.beside import Shown
from tests.benches.between import Between
from tests.benches.bound import CARRIER, HEADERS, KEY_HEADER, TAB, BoundSheet, Change
from tests.benches.children import Child, Cost
from tests.benches.grounds import OWNER, SCRIPT_SCOPES, Grounds
from tests.benches.harness import Bar, Figure, Grid, Report
from tests.benches.processes import BrokenError

SIZES = (1_000, 10_000)
UPDATES, INSERTS = 50, 10
ROW_BY_ROW_UP_TO = 1_000  # a call for each row tells no more of a larger sheet, and takes long
LATENCY_S = 0.4
QUIET_S = 60.0
PEERS = "tests.benches.sheet_peers"
OURS, ROW_BY_ROW = "Rowstream", "gspread, row by row"
SCRIPTS = {
    "gspread, overwrite": "gspread_overwrite",
    ROW_BY_ROW: "gspread_rows",
    "gspread, best": "gspread_best",
    "pygsheets, best": "pygsheets_best",
}
HEAD = (
    "", "reads", "writes", "other", "sent kB", "got kB", "ms", f"s at {LATENCY_S} s a call", "user cells", "lost",
    "orders wrong",
)  # fmt: skip

CREATED, ITEMS, TRACKING, PROVIDER = (COLUMNS[key].header for key in ("created_at", "items", "tracking", "provider"))
#: What an update of these leaves as it was.
UNCHANGED = (KEY_HEADER, CREATED, ITEMS, COLUMNS["qty"].header)

#: A person's hands on the file with this id.
Deed = Callable[[str], None]
#: Order id → heading → what its row has to show.
Expected = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a person's hands do to the file while a client is about to write it, or has just read it."""

    name: str
    before: Deed | None = None
    between: Deed | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one client's run came to. `kept`: a person's cells before; `lost`: those that are not there any more."""

    client: str
    calls: Mapping[str, Any]
    cost: Cost
    kept: int
    lost: int
    wrong: int

    @property
    def reads(self) -> int:
        return int(self.calls["reads"])

    @property
    def writes(self) -> int:
        return int(self.calls["writes"])

    @property
    def passes(self) -> Sequence[tuple[int, int]]:
        """Reads and writes of each of our passes."""
        return [(reads, writes) for reads, writes in self.cost.result["passes"]]

    def row(self) -> tuple[str, ...]:
        every = sum(self.calls["by_method"].values())
        size = self.calls["by_service"]["sheets"]
        seconds = self.cost.took_s + LATENCY_S * every
        cells = (
            self.reads,
            self.writes,
            every - self.reads - self.writes,
            _kb(size["bytes_in"]),
            _kb(size["bytes_out"]),
        )
        cells += (
            f"{1000 * self.cost.took_s:,.0f}",
            f"{seconds:.1f}",
            f"{self.kept:,}",
            f"{self.lost:,}",
            f"{self.wrong:,}",
        )
        return (self.client, *(str(cell) for cell in cells))


def _kb(size: int) -> str:
    return f"{size / 1000:,.0f}"


def run(sizes: Sequence[int] = SIZES, *, updates: int = UPDATES, inserts: int = INSERTS) -> Report:
    """Every size, every scene, every client."""
    report = Report("calls", f"{updates} updates and {inserts} inserts in a sheet that a person works in")
    with ExitStack() as stack:
        ground = stack.enter_context(grounds.opened())
        ground.world.emulator.quotas.is_on = False
        peers = stack.enter_context(children.child(PEERS, log=ground.folder / "peers.log"))
        at = ground.world.contract()
        bearer = ground.world.identity.bearers.issue(OWNER, scopes=SCRIPT_SCOPES, client_id="scripts")
        peers.ask("open", sheets_url=at["sheets"], drive_url=at["drive"], bearer=bearer)
        for size in sizes:
            with bound.opened(ground, count=size) as sheet:
                _Stage(ground, sheet, peers, report, updates=updates, inserts=inserts).play()
    report.notes += [
        "ms on loopback; the column after it adds the latency of real calls, one after the other",
        "bytes as they crossed the wire; other calls: who may open the file, properties that a library refreshes",
        "user cells: notes and formulas beside our columns and between them, each with its order, before and after",
        "orders wrong: missing, doubled, or not showing what they should in one of our columns",
        "a race is over with its own pass and one pair of calls more; the next finds the rows that moved by a key read",
        "peers have the file open, and the rows ready-made, before their clock starts",
    ]
    return report


class _Stage:
    """One size: the bound sheet, the peers, and the person's hands."""

    def __init__(
        self, ground: Grounds, sheet: BoundSheet, peers: Child, report: Report, *, updates: int, inserts: int
    ) -> None:
        self.ground, self.sheet, self.peers, self.report = ground, sheet, peers, report
        self.updates, self.inserts = updates, inserts
        self.emulator = ground.world.emulator
        self.between = Between(ground.world._server.app)
        ground.world._server.app = self.between

    def play(self) -> None:
        """All scenes in turn; each takes the sheet as the one before left it."""
        hands, ours = self.emulator.hands, self.sheet.spreadsheet_id
        self.sheet.settle()
        beside.keep_notes(hands, ours, self._tab(ours), width=len(HEADERS))
        self.sheet.change(self.updates, self.inserts, mark="W")
        self.sheet.settle(quiet_s=QUIET_S)  # caches are warm, and who may open the file is known
        quiet, again, race, moved = (
            Scene("quietly"),
            Scene("again within 2 s of the last answer"),
            Scene("a sort and a new column between read and write", between=self._sort_and_insert),
            Scene("a sort and a filled new column just before", before=self._sort_insert_and_type),
        )
        found = {
            "quiet": self._play(quiet, mark="Q"),
            "again": self._play_again(again),
            "race": self._play(race, mark="R"),
            "moved": self._play(moved, mark="S"),
        }
        self._judge(found)

    def _judge(self, found: Mapping[str, Outcome]) -> None:
        size, every = f"{self.sheet.count:,} rows", found.values()
        quiet, again, race, moved = found["quiet"], found["again"], found["race"], found["moved"]
        self.report.figures += [
            Figure(f"{size}, quietly: reads", quiet.reads, "reads", bar=Bar("≤", 1)),
            Figure(f"{size}, quietly: writes", quiet.writes, "writes", bar=Bar("≤", 1)),
            Figure(f"{size}, again within 2 s: reads", again.reads, "reads", bar=Bar("≤", 0)),
            Figure(f"{size}, again within 2 s: writes", again.writes, "writes", bar=Bar("≤", 1)),
            Figure(
                f"{size}, a race with a sort, the pass it hit: calls", sum(race.passes[0]), "calls", bar=Bar("≤", 4)
            ),
            Figure(f"{size}, a race with a sort, until every row is right: calls", race.reads + race.writes, "calls"),
            Figure(f"{size}, a sort just before: writes", moved.writes, "writes", bar=Bar("≤", 1)),
            Figure(f"{size}, a sort just before: reads, with one of all keys", moved.reads, "reads"),
            Figure(f"{size}, all scenes: user cells lost", sum(one.lost for one in every), "cells", bar=Bar("≤", 0)),
            Figure(f"{size}, all scenes: orders wrong", sum(one.wrong for one in every), "orders", bar=Bar("≤", 0)),
        ]

    # --- one scene ---

    def _play(self, scene: Scene, *, mark: str) -> Outcome:
        """One table of the report: ours first, then each peer on a copy of the file as it was. Returns ours."""
        ours, before = self.sheet.spreadsheet_id, self._show(self.sheet.spreadsheet_id)
        copies = {client: self._copy(client) for client in SCRIPTS if self._plays(client)}
        change = self.sheet.change(self.updates, self.inserts, mark=mark)
        expected = _expected(before, change)
        outcomes = [self._run(OURS, ours, scene, expected, partial(self.sheet.settle, quiet_s=QUIET_S))]
        given = _given(self._show(ours), change)
        for client, spreadsheet_id in copies.items():
            self.peers.ask("find_tab", spreadsheet_id=spreadsheet_id, title=TAB)
            deed = partial(self.peers.ask, SCRIPTS[client], **given)
            outcomes.append(self._run(client, spreadsheet_id, scene, expected, deed))
            self.emulator.state.delete(spreadsheet_id)
        title = f"{self.sheet.count:,} rows, {scene.name}"
        self.report.grids.append(Grid(title, HEAD, [outcome.row() for outcome in outcomes]))
        return outcomes[0]

    def _play_again(self, scene: Scene) -> Outcome:
        """The same orders change again right after an answer. Only Rowstream plays: no peer remembers what it read."""
        ours, before = self.sheet.spreadsheet_id, self._show(self.sheet.spreadsheet_id)
        first = self.sheet.change(self.updates, 0, mark="A")

        def settle_twice() -> Cost:
            self.sheet.settle(quiet_s=QUIET_S)
            self.sheet.change_again(first, mark="B")
            self.emulator.calls.reset()
            return self.sheet.settle()

        outcome = self._run(OURS, ours, scene, _expected(before, replace(first, mark="B")), settle_twice)
        self.report.grids.append(Grid(f"{self.sheet.count:,} rows, {scene.name}", HEAD, [outcome.row()]))
        return outcome

    def _run(
        self, client: str, spreadsheet_id: str, scene: Scene, expected: Expected, deed: Callable[[], Cost]
    ) -> Outcome:
        if scene.before is not None:
            scene.before(spreadsheet_id)
        marks = self._show(spreadsheet_id).marks()
        if scene.between is not None:
            self.between.arm(spreadsheet_id, partial(scene.between, spreadsheet_id))
        self.emulator.calls.reset()
        cost = deed()
        calls, after = self.emulator.calls.summary(), self._show(spreadsheet_id)
        if self.between.is_armed:
            raise BrokenError(f"{client} wrote nothing")
        lost = (marks - after.marks()).total()
        return Outcome(client, calls, cost, kept=marks.total(), lost=lost, wrong=_wrong(after, expected))

    def _plays(self, client: str) -> bool:
        return client != ROW_BY_ROW or self.sheet.count <= ROW_BY_ROW_UP_TO

    def _copy(self, client: str) -> str:
        state = self.emulator.state
        return state.copy(state.files[self.sheet.spreadsheet_id], OWNER, client).file_id

    def _show(self, spreadsheet_id: str) -> Shown:
        return beside.show(self.emulator, spreadsheet_id, TAB, key_header=KEY_HEADER)

    # --- the person's hands ---

    def _tab(self, spreadsheet_id: str) -> Sheet:
        return beside.tab(self.emulator.state.workbook(spreadsheet_id), TAB)

    def _sort_and_insert(self, spreadsheet_id: str) -> None:
        beside.sort_and_insert(self.emulator.hands, spreadsheet_id, self._tab(spreadsheet_id), order="ASCENDING")

    def _sort_insert_and_type(self, spreadsheet_id: str) -> None:
        """Sorted the other way, so that rows move; the blank column of the scene before gives way to one with words."""
        hands, sheet = self.emulator.hands, self._tab(spreadsheet_id)
        hands.delete(spreadsheet_id, "COLUMNS", beside.OWN_AT, sheet_id=sheet.sheet_id)
        beside.sort_and_insert(hands, spreadsheet_id, sheet, order="DESCENDING")
        beside.fill_own_column(self.emulator.hands, spreadsheet_id, self._tab(spreadsheet_id))


# --- what should stand there ---


def _expected(before: Shown, change: Change) -> Expected:
    """Every order as it stood; the changed ones with their new parcel, the new ones with their model's items."""
    found: dict[str, dict[str, Any]] = {
        order_id: {heading: rows[0].get(heading) for heading in HEADERS} for order_id, rows in before.by_key().items()
    }
    for order_id in change.updated:
        kept = {heading: found[order_id][heading] for heading in UNCHANGED}
        found[order_id] = kept | {TRACKING: change.tracking(order_id), PROVIDER: CARRIER}
    for order_id in change.placed:
        found[order_id] = {ITEMS: found[change.model][ITEMS]}
    return found


def _wrong(after: Shown, expected: Expected) -> int:
    """How many orders are missing, doubled or show something else, and how many rows show no order at all."""
    by_key = after.by_key()
    wrong = sum(1 for key in by_key if key not in expected)
    for order_id, wanted in expected.items():
        rows = by_key.get(order_id, [])
        is_right = len(rows) == 1 and all((rows[0].get(name) or "") == (value or "") for name, value in wanted.items())
        wrong += not is_right
    return wrong


def _given(after: Shown, change: Change) -> dict[str, Any]:
    """The changed orders as whole rows, and the whole export: what a script would get."""
    rows = {
        order_id: ["" if (value := found[0].get(heading)) is None else value for heading in HEADERS]
        for order_id, found in after.by_key().items()
    }
    newest_first = sorted(rows.values(), key=lambda row: -row[HEADERS.index(CREATED)])
    return {
        "headers": list(HEADERS),
        "updates": [rows[order_id] for order_id in change.updated],
        "inserts": [rows[order_id] for order_id in change.placed],
        "everything": newest_first,
    }
