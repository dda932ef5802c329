"""A schedule played against the product and the emulator, told as a story, and judged at rest."""

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from doubles import WakeUp, run_job
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore
from stateful import answers, leftovers, wishes
from stateful.bound import BoundTab, Standing, sheet_of, text_of
from stateful.deeds import BESIDE, BY_CONTENT, CHANGE_PROFILE, COPY_FILE, MIXING, PROTECTING, Deed, Hands
from stateful.ground import NEVER, WINDOW_DAYS, Ground
from stateful.ledger import Counts, Ledger
from stateful.naming import Naming, may_stay
from stateful.rightness import left_behind, wrong_cells, wrong_counts
from stateful.schedules import FLUSH, ROLL_OFF, Round, Schedule, Weather
from stateful.traffic import Pass

from service.core.changes import reshaping_of
from service.core.profiles import Profile, key_column, sheet_columns
from service.flows import Services, rolling, upkeep
from service.flows.memory import Memory
from service.flows.roll_moves import LOST_TITLE
from service.sandbox.sheets.state.sheet import Sheet
from service.store import fills, leases, people, places, roll_offs, rows, sheets

SWEEP_S = 61.0
STAGING = "Rowstream is moving rows"  # what the tab is called through which rows leave
#: How time goes by until everything is at rest, in seconds: rows that are missed are looked for after one minute,
#: unanswered writes after three, an edited tab is compared after a quarter of an hour, one in doubt after an hour.
REST_S = (61, 61, 61, 200, 300, 600, 61, 1000, 1000, 1600, 61, 61)
ROLL_SWEEP_S = 200.0  # a roll-off takes several steps, each after a look around
PATIENCE = 150  # rounds of jobs within one stretch of time: more of them means that something turns in circles


class BrokenError(AssertionError):
    """The words of the design do not hold. Tells the story."""


@dataclass
class Figures:
    """What a run of schedules came to, for its summary."""

    schedules: int = 0
    deeds: int = 0
    hits: int = 0  # people's cells that a write in a window changed, most of them put right again
    named: int = 0  # those that stayed different, each named in the history
    replaced: int = 0  # people's texts in our own cells, replaced by what is right
    passes: int = 0
    weather: Counter[str] = field(default_factory=Counter)


@dataclass
class Play:
    """One schedule on its way. `keeper`: somebody else who keeps the sheet in the product's place."""

    ground: Ground
    schedule: Schedule
    figures: Figures
    keeper: Callable[["Play"], None] | None = None

    def __post_init__(self) -> None:
        self.layout = self.ground.begin(self.schedule.layout)
        self.services = self.ground.services
        self.spreadsheet_id = self.layout.file.file_id
        workbook = self.layout.file.workbook
        assert workbook is not None
        self.orders = self.ground.open_book([self.spreadsheet_id])
        self.tabs = [tab.twin() for tab in self.layout.tabs]  # those of the product, more as it makes an archive
        self.is_reshaped = self.layout.has_window  # whether its tabs and columns may be others than at first
        self.ledger = Ledger(
            workbook, self.tabs, keys=self.orders.keys, is_unsure=self._is_unsure, standing=self._standing,
            is_unsettled=lambda sheet_id: leftovers.is_unsettled(self, sheet_id),
        )  # fmt: skip
        self.naming, self.hands = Naming(self.services, self.spreadsheet_id, self.ledger), Hands(workbook, self.tabs)
        self.ground.traffic.begin(self.ledger)
        faults = self.ground.world.emulator.faults
        faults.row_metadata_follows_sort = self.schedule.row_metadata_follows_sort
        faults.language = self.schedule.language
        self.story: list[str] = []
        self.protected: set[int] = set()  # sheet ids of tabs that were ever protected from us
        self.accepted: set[tuple[str, str]] = set()  # binding ids and keys of rows that may stay away
        self.copies: dict[str, int] = {}  # file ids of copies → the version that each was copied as

    # --- the story ---

    def perform(self) -> None:
        """The whole schedule, and the judgement. BrokenError with the story when the words do not hold."""
        try:
            for one in self.schedule.rounds:
                self.play(one)
            self.rest()
        except BrokenError:
            raise
        except Exception as error:
            raise BrokenError(self.told([f"{type(error).__name__}: {error}"])) from error
        self.judge()
        self.count()

    def play(self, one: Round) -> None:
        for trade in one.trades:
            self.story.append(self.orders.act(trade.name, trade.a, trade.b))
        for deed in one.deeds:
            self.do(deed)
        self._pass(one)
        self.live(one.wait_s)
        self.story.append(f"{one.wait_s} s pass.")

    def do(self, deed: Deed, *, when: str = "") -> None:
        """A person's deed, now."""
        if deed.name in BESIDE:
            self._do_beside(deed)
            return
        if deed.name in BY_CONTENT and self.ledger.shadow is not None:
            return
        with self.ledger.book.lock:  # what was planned for a place is done there
            sentence, requests = self.hands.plan(deed)
            refusal = self.ledger.do(requests) if requests else ""
        self.ground.world.emulator.state.touch(self.layout.file, self.layout.file.owner)
        self.ledger.is_mixed = self.ledger.is_mixed or deed.name in MIXING
        if deed.name == PROTECTING and not refusal:
            self.protected.add(self.tabs[deed.tab % len(self.tabs)].sheet_id)
        self.tell(when + sentence + (f" Google refuses: {refusal}" if refusal else ""))

    def tell(self, sentence: str) -> None:
        """The story goes on with this."""
        self.story.append(sentence)

    def _do_beside(self, deed: Deed) -> None:
        if deed.name == CHANGE_PROFILE:
            self.is_reshaped = True
            self.tell(wishes.change_profile(self, deed))
        elif deed.name == COPY_FILE:
            emulator = self.ground.world.emulator
            copy = emulator.state.files[emulator.hands.copy_file(self.spreadsheet_id)]
            assert copy.workbook is not None
            self.copies[copy.file_id] = copy.workbook.version
            self.tell("Maya makes a copy of the file.")
        else:
            answers.go_on(self)

    def _pass(self, one: Round) -> None:
        before: dict[int, list[Callable[[], None]]] = {}
        for number, deed in one.inside:
            when = f"… before call {number}: " if number else "… before the write: "
            before.setdefault(number, []).append(lambda deed=deed, when=when: self.do(deed, when=when))
        begins = "A pass begins." if one.job == FLUSH else "A roll-off begins."
        self.story.append(begins + (f" {_told(one.weather)}" if one.weather else ""))
        services = self._under(one.weather, before)
        late_s = one.weather.number if one.weather and one.weather.kind == "late" else None
        self.ground.traffic.now = Pass(before, late_s)
        waiting = self.ground.wake.waiting
        waiting[:] = [it for it in waiting if it.kind != one.job]  # the pass is the job that waited
        if one.job == ROLL_OFF:
            with self.services.store.write() as tx:
                live = [tab.binding_id for tab in self.tabs if not tab.is_archive]
                roll_offs.look_again(tx, live, self.services.clock.now())
        with contextlib.suppress(KilledError):
            self._run(services, kind=one.job)
        self.ground.traffic.now = Pass()
        self.ground.world.emulator.faults._waiting.clear()

    def _under(self, weather: Weather | None, before: dict[int, list[Callable[[], None]]]) -> Services:
        """The services of a pass in this weather."""
        if weather is None:
            return self.services
        self.figures.weather[weather.fault or weather.kind] += 1
        if weather.kind == "fault":
            method = "spreadsheets.getByDataFilter" if weather.hits_read else "spreadsheets.batchUpdate"
            self.ground.world.emulator.faults.order(weather.fault, {"count": 1, "method": method})
        if weather.kind == "lease":
            before.setdefault(0, []).append(self._take_over)
        if weather.kind == "kill":
            fate = Fate(weather.number)
            return replace(
                self.services,
                store=MortalStore(self.services.store, fate),
                google=MortalGoogle(self.services.google, fate),
                memory=self.services.memory if before else Memory(),
            )
        return self.services

    def _take_over(self) -> None:
        """Another worker has the sheet from now on; its lease ends by itself."""
        with self.services.store.write() as tx:
            later = self.services.clock.now() + timedelta(seconds=31)
            leases.take_lease(
                tx, self.spreadsheet_id, holder="another", now=later, until=later + timedelta(seconds=30)
            )  # fmt: skip

    def _run(self, services: Services, *, kind: str) -> None:
        """One pass over the sheet, by whoever keeps it."""
        self.ledger.begin_pass()
        self.figures.passes += 1
        if self.keeper is not None:
            self.keeper(self)
        else:
            try:
                run_job(services, WakeUp(services.clock.now(), kind, self.spreadsheet_id))
            finally:  # it may die after it has named something
                self.naming.note()

    # --- time ---

    def live(self, seconds: float, *, sweep_s: float = SWEEP_S) -> None:
        """Time passes as in production: jobs run when they are due, late writes arrive, the sweep looks around."""
        clock, wake = self.ground.clock, self.ground.wake
        end = clock.timestamp() + seconds
        sweep_at = clock.timestamp() + min(sweep_s, seconds)
        for _ in range(PATIENCE):
            self._move_on(min(sweep_at, end))
            for one in [one for one in wake.waiting if one.due_at <= clock.at]:
                wake.waiting.remove(one)
                self._run(self.services, kind=one.kind)
            if clock.timestamp() >= sweep_at - 0.001:
                self.sweep()
                sweep_at = clock.timestamp() + sweep_s
            if clock.timestamp() >= end - 0.001 and all(one.due_at > clock.at for one in wake.waiting):
                return
        raise BrokenError(self.told([f"the jobs do not come to rest: {wake.waiting}"]))

    def _move_on(self, until: float) -> None:
        """The clock goes to whatever comes first; what was held on its way arrives."""
        clock, traffic = self.ground.clock, self.ground.traffic
        dues = [one.due_at.timestamp() for one in self.ground.wake.waiting]
        moment = min([until, *dues, *([traffic.next_due_s] if traffic.next_due_s else [])])
        clock.at += timedelta(seconds=max(moment - clock.timestamp(), 0))
        traffic.deliver()

    def sweep(self) -> None:
        """What the sweep of the jobs does for sheets, shops and readers aside."""
        upkeep.wake_changing(self.services)
        stale, audits = upkeep.stale_sheets(self.services), upkeep.due_audits(self.services)
        old = rolling.due_files(self.services) if self.layout.has_window else []
        live = {(one.kind, one.subject) for one in self.ground.wake.waiting}
        upkeep.rewake_sheets(self.services, [one for one in stale if ("flush", one) not in live])
        upkeep.wake_audits(self.services, [one for one in audits if ("audit", one) not in live])
        upkeep.wake_roll_offs(self.services, [one for one in old if (ROLL_OFF, one) not in live])

    def rest(self) -> None:
        """Whatever a person has to answer is answered, and everything comes to rest."""
        for seconds in REST_S if self.keeper is None else (61, 61):
            self.live(seconds, sweep_s=min(seconds, ROLL_SWEEP_S) if self.layout.has_window else seconds)
            if self.keeper is None:
                answers.clear_the_way(self)
                answers.go_on(self)

    # --- the judgement ---

    def judge(self) -> None:
        """The words of the design at rest."""
        if found := self.wrong():
            raise BrokenError(self.told(found))

    def wrong(self) -> list[str]:
        """What is against the words of the design now."""
        found = list(self.ledger.harm)
        found += [f"never put right: {loss}" for loss in self.ledger.outstanding() if not may_stay(loss)]
        found += self.naming.misnamed(is_mixed=self.ledger.is_mixed)
        found += [
            f"the product wrote into the copy {one}"
            for one, version in self.copies.items()
            if self._version(one) != version
        ]
        for family in dict.fromkeys(tab.family for tab in self.tabs):
            found += self._of_family([tab for tab in self.tabs if tab.family == family])
        return found + (leftovers.left_over(self) if self.keeper is None else [])

    def _version(self, file_id: str) -> int:
        workbook = self.ground.world.emulator.state.files[file_id].workbook
        assert workbook is not None
        return workbook.version

    def _of_family(self, tabs: list[BoundTab]) -> list[str]:
        """What is wrong in a tab, or in a tab and its archive together."""
        family, found = tabs[0].family, list[str]()
        truth, counts = self.orders.truth(family), self.ledger.counts[family]
        here = []
        for tab in tabs:
            found += self._of_tab(tab)
            sheet = sheet_of(self.ledger.book, tab.sheet_id)
            if sheet is not None and tab.key in tab.columns(sheet):
                here.append((sheet, tab))
                found += wrong_cells(sheet, tab, truth)
                found += [] if self.ledger.is_mixed else left_behind(sheet, tab, truth)
        if len(here) == len(tabs):
            kept = self._kept_by_protection(here, counts)
            found += wrong_counts(here, truth.keys() - self._laid_aside() - kept, counts)
            found += self._of_rolling(family, here)
        return found

    def _kept_by_protection(self, here: list[tuple[Sheet, BoundTab]], counts: Counts) -> set[str]:
        """Keys of rows that stand in the archive and could not leave a tab which a person has protected, once in each,
        people's copies aside: it is tried again a day later.
        """
        if not any(sheet.sheet_id in self.protected for sheet, _ in here) or len(here) < 2:
            return set()
        first, second = (self.ledger.keys_in(tab) for _, tab in here)
        return {key for key in first if second[key] == 1 and (first[key] == 1 or counts.allows(key, first[key]))}

    def _laid_aside(self) -> set[str]:
        """Keys in a tab that shows people rows which have nowhere else to go."""
        return {
            text_of(cell)
            for sheet in self.ledger.book.sheets
            if sheet.title.startswith(LOST_TITLE)
            for row in sheet.grid.rows
            for cell in (row.cells if row else ())
        }

    def _of_rolling(self, family: str, here: list[tuple[Sheet, BoundTab]]) -> list[str]:
        """Rows on their way to the archive have arrived; where nobody worked in the tab, every old order is there."""
        if not self.layout.has_window or self.keeper is not None:
            return []
        names = [sheet.title for sheet in self.ledger.book.sheets]
        found = [f"rows are still on their way: {name}" for name in names if name.startswith(STAGING)]
        if not self.ledger.deeds:
            old = self.orders.finished(family, days=WINDOW_DAYS)
            standing = {key for sheet, tab in here if not tab.is_archive for key in self.ledger.keys_in(tab)}
            found += [f"{key} is old and has not left the tab" for key in sorted(old & standing)]
        return found

    def _of_tab(self, tab: BoundTab) -> list[str]:
        sheet = sheet_of(self.ledger.book, tab.sheet_id)
        with self.services.store.read() as tx:
            row = sheets.binding_unscoped(tx, tab.binding_id)
            left = fills.dirty(tx, [tab.binding_id], now=NEVER, limit=50)
        if sheet is None or tab.key not in tab.columns(sheet):
            return [] if row.state == "paused" or not left else [f"{row.tab_title} lost its key and is {row.state}"]
        found = [f"the tab {row.tab_title} is {row.state}: {row.reason}"] if row.state != "live" else []
        counts = self.ledger.counts[tab.family]
        waiting = [one.row_key for one in left if counts.allows(one.row_key, 0)]  # for a person: its key is damaged
        found += [f"still dirty: {one.row_key}" for one in left if self.keeper is None and one.row_key not in waiting]
        return found

    def headers(self, tab: BoundTab) -> dict[str, str]:
        """Column key → header as the tab was set up, in its order."""
        sheet = self.layout.workbook.sheet(tab.sheet_id)
        return {key: text_of(sheet.grid.cell(0, column)) for key, column in tab.columns(sheet).items()}

    def _is_unsure(self, family: str, key: str) -> bool:
        """Whether the product itself does not know yet if it has put this row there, is about to carry it from one tab
        to the other, or may have hurt its key by a write without an answer, which it then puts back.
        """
        with self.services.store.read() as tx:
            bound = [row for row in sheets.bindings_in(tx, self.spreadsheet_id) if family in {row.id, row.archive_of}]
            found = [row for one in bound for row in rows.known(tx, one.id, [key]).values()]
            moves = [move for one in bound if (move := roll_offs.move_of(tx, one.id)) is not None]
            in_doubt = {key for one in bound for key in places.in_doubt(tx, self.spreadsheet_id, one.id)}
        is_moving = any(key == each.row.row_key for move in moves for each in move.leaving)
        if is_moving or len(found) != 1 or key in in_doubt:
            return True
        return found[0].settled == 0 or found[0].sent_at is not None or not found[0].is_known

    def _standing(self) -> list[Standing]:
        """What the product says of its tabs; nothing while they are as they were at the beginning."""
        if not self.is_reshaped:
            return []
        with self.services.store.read() as tx:
            file = sheets.file_unscoped(tx, self.spreadsheet_id)
            audience = people.account(tx, file.account_id).audience(file.audience)
            bound = sheets.bindings_in(tx, self.spreadsheet_id)
        found = []
        for row in bound:
            profile, reshaping = Profile.from_json(row.profile), reshaping_of(row.profile)
            owned = {column.key for column in sheet_columns(profile, audience)} | set(reshaping.leaving)
            leaving = frozenset(reshaping.leaving)
            family = row.archive_of or row.id
            key = key_column(profile, audience)
            found.append(Standing(row.id, row.sheet_id, key, family, frozenset(owned), leaving))
        return found

    def told(self, found: list[str]) -> str:
        """The story and what is wrong at its end."""
        numbered = [f"{number:3}. {sentence}" for number, sentence in enumerate(self.story, start=1)]
        opening = f"\nA spreadsheet with {self.schedule.layout}; Google speaks {self.schedule.language}."
        return "\n".join([opening, *numbered, "At rest:", *found, ""])

    def count(self) -> None:
        """The schedule is over and held: it goes into the figures."""
        figures, ledger = self.figures, self.ledger
        figures.schedules += 1
        figures.deeds += ledger.deeds
        figures.hits += ledger.hits
        figures.named += len(ledger.outstanding())
        figures.replaced += len(ledger.replaced)


def _told(weather: Weather) -> str:
    match weather.kind:
        case "late":
            return f"Its write stays on its way for {weather.number} s."
        case "kill":
            return f"Its process dies after {weather.number} durable step(s)."
        case "lease":
            return "Another worker takes over before its write."
        case _:
            return f"Google's {'read' if weather.hits_read else 'write'} fails: {weather.fault}."
