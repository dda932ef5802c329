"""The ground of schedules with the engine that runs in production: real jobs, real threads, real time, many files.

Nothing is run by hand here; people act whenever they do, and whoever waits waits for facts. The clock that the product
is given runs with the wall's and can skip ahead, so that what is due in an hour is due now.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from flows.rig import MAYA, Rig, attach_shop, open_account
from local_world import HURRIED_PER_S, LocalWorld
from running import RunningClock, eventually
from stateful.ground import LAYOUT_MAKERS, NEVER, FileWake, Layout, as_layout, make_file, quieten
from stateful.orderbook import Orderbook, open_book
from stateful.play import Play
from stateful.schedules import Round
from stateful.traffic import Traffic, is_writing, requests_of

from service import jobs
from service.app import Wires, build_services
from service.flows import Services
from service.store import sheets
from service.tiktok.pace import Pace

if TYPE_CHECKING:
    from stateful.ledger import Ledger


class SkippingClock(RunningClock):
    """Wall time, ahead of itself by as much as it was told to skip."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        super().__init__()

    def now(self):
        return super().now() + self.ahead

    def skip(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


class Lines(Traffic):
    """The wire to Google, shared by every worker: each write is witnessed by its own file's ledger."""

    def __init__(self, app: Any, clock: Any) -> None:
        super().__init__(app, clock)
        self.ledgers: dict[str, Ledger] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        parts = request.url.path.replace(":", "/").split("/")
        ledger = next((self.ledgers[part] for part in parts if part in self.ledgers), None)
        if ledger is None:
            return self._send(request)
        if not is_writing(request):
            ledger.note_read()
            return self._send(request)
        request.read()
        with ledger.book.lock, ledger.witnessing(requests_of(request), ledger.window()):
            return self._send(request)


@dataclass
class EngineGround:
    """Files that are bound and kept by running jobs. `begin` hands them out, one to a schedule."""

    services: Services
    clock: SkippingClock
    world: LocalWorld
    traffic: Lines
    rig: Rig
    layouts: list[Layout] = field(default_factory=list)
    book: Orderbook | None = None

    def begin(self, name: str) -> Layout:
        found = next(one for one in self.layouts if one.name == name)
        self.layouts.remove(found)
        return found

    def open_book(self, spreadsheet_ids: Sequence[str]) -> Orderbook:
        """One book of orders for all: every file of the account shows them."""
        del spreadsheet_ids
        assert self.book is not None
        return self.book


class EnginePlay(Play):
    """A schedule beside running jobs: its trades, deeds and faults happen one after the other, while passes run."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ground.traffic.ledgers[self.spreadsheet_id] = self.ledger

    def play(self, one: Round) -> None:
        for trade in one.trades:
            self.story.append(self.orders.act(trade.name, trade.a, trade.b))
        if one.weather is not None:
            self._under(one.weather, {})
        for deed in (*one.deeds, *(deed for _, deed in one.inside)):
            self.do(deed)


@contextmanager
def raise_engine(
    folder: Path, *, database_url: str, keys: Path, spreadsheets: Any, wanted: Sequence[str]
) -> Iterator[EngineGround]:
    """A ground whose files have these layouts, kept by the jobs of this process."""
    clock = SkippingClock()
    world = LocalWorld(folder, clock, keys=keys)
    traffic = Lines(world.app, clock)
    with httpx.Client(transport=traffic) as google:
        wires = Wires(google=google, tiktok=world.http, pace=Pace(HURRIED_PER_S))
        services = build_services(world.settings(database_url), clock=clock, wires=wires)
        services.google.__dict__["_spreadsheets"] = spreadsheets  # what it would build at its first call
        silent = replace(services, wake=FileWake(clock))  # until the jobs run
        owner = open_account(silent, MAYA)
        shop = attach_shop(silent, world, owner)
        rig = Rig(services, clock, silent.wake, world, owner.account_id, owner, shop)
        rig.write(quieten, shop.id)
        ground = EngineGround(services, clock, world, traffic, rig)
        jobs.start(services)
        try:
            _bind(ground, wanted)
            yield ground
        finally:
            jobs.stop()
            services.store.engine.dispose()
            world.close()


def _bind(ground: EngineGround, wanted: Sequence[str]) -> None:
    """Every file is bound, and the jobs have set its tabs up."""
    rig = ground.rig
    made = []
    for number, name in enumerate(wanted):
        paper = make_file(rig, f"file-{number}-{name.replace(' ', '-')}")
        made.append((name, paper, LAYOUT_MAKERS[name](rig, paper)))
        rig.write(sheets.update_file, paper.spreadsheet_id, checked_at=NEVER)
    rows = [row.id for _, _, bound in made for row in bound]
    eventually(lambda: all(rig.binding(row).state == "live" for row in rows))
    ground.layouts = [as_layout(rig, name, paper, bound) for name, paper, bound in made]
    files = [paper.spreadsheet_id for _, paper, _ in made]
    ground.book = open_book(ground.services, files, rig.shop.id, tick=lambda: None)
