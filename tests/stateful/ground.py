"""The product and the world around it for schedules: made once, begun anew in milliseconds.

A layout is a spreadsheet with tabs already bound and set up. Its database and its workbook are kept as they were then,
and every schedule begins with copies of them.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from doubles import Clock, Wake
from flows.rig import MAYA, Paper, Rig, attach_shop, open_account
from local_world import HURRIED_PER_S, LocalWorld
from stateful.bound import BoundTab, marked_slots
from stateful.orderbook import Orderbook, open_book
from stateful.traffic import Traffic

from service import telemetry
from service.app import Wires, build_services
from service.core.columns import COLUMNS
from service.core.profiles import ChosenColumn, Profile, key_column
from service.core.roles import Role, Switch
from service.core.rows import Grain
from service.flows import Services, design
from service.sandbox.sheets.state.files import DriveFile
from service.sandbox.sheets.state.workbook import Workbook
from service.store import people, sheets, shops
from service.store.records import BindingRow
from service.tiktok.pace import Pace

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
WINDOW_DAYS = 60
WINDOWED = ("a tab and its archive",)


class FileWake(Wake):
    """Wake-ups of spreadsheets alone: the orders of schedules do not come from a shop's polls."""

    def shop(self, tx: Any, shop_id: str, *, delay_s: float = 0) -> None:
        """Nobody is woken."""


@dataclass(frozen=True)
class Layout:
    """A bound spreadsheet as every schedule begins with it."""

    name: str
    at: datetime
    database: sqlite3.Connection
    file: DriveFile
    workbook: Workbook
    permissions: Mapping[str, Any]
    tabs: tuple[BoundTab, ...]

    @property
    def has_window(self) -> bool:
        """Whether finished orders leave for an archive."""
        return self.name in WINDOWED


@dataclass
class Ground:
    """The one product of all schedules. `begin` makes it new."""

    services: Services
    clock: Clock
    wake: FileWake
    world: LocalWorld
    traffic: Traffic
    rig: Rig
    layouts: dict[str, Layout] = field(default_factory=dict)

    def begin(self, name: str) -> Layout:
        """Database, workbook, clock, faults and wake-ups are as they were when the layout was made."""
        if name not in self.layouts:
            self._reset(self.layouts["bare"])
            self.layouts[name] = self._made(name)
        layout = self.layouts[name]
        self._reset(layout)
        return layout

    def open_book(self, spreadsheet_ids: Sequence[str]) -> Orderbook:
        """No orders yet, for the tabs of these files."""
        return open_book(self.services, spreadsheet_ids, self.rig.shop.id, tick=lambda: self.clock.advance(1))

    def _reset(self, layout: Layout) -> None:
        _copy(layout.database, _connection(self.services))
        self.clock.at = layout.at
        self.clock.market_clock._offset_s = 0.0
        self.wake.waiting.clear()
        memory = self.services.memory
        for kept in (  # of another schedule's rows, called alike
            memory._answers, memory._needed, memory._unanswered, memory._seen, memory._blanked, memory._said,
            memory._hurt, memory._refused, memory._told, memory._ahead,
        ):  # fmt: skip
            kept.clear()
        emulator = self.world.emulator
        emulator.faults.clear()
        emulator.quotas._used.clear()
        emulator.calls.reset()
        self.traffic.ledger = None
        layout.file.workbook = layout.workbook.twin(layout.file.file_id, "Orders")
        layout.file.permissions = dict(layout.permissions)
        emulator.state.files = {layout.file.file_id: layout.file}

    def _made(self, name: str) -> Layout:
        paper = make_file(self.rig, f"file-{name.replace(' ', '-')}")
        bound = LAYOUT_MAKERS[name](self.rig, paper)
        self.rig.settle()
        # who may read the file is proved elsewhere
        self.rig.write(sheets.update_file, paper.spreadsheet_id, checked_at=NEVER)
        return as_layout(self.rig, name, paper, bound)


def make_file(rig: Rig, file_id: str) -> Paper:
    """A spreadsheet under an id that is the same in every run, so that schedules are."""
    state = rig.world.emulator.state
    file = state.create_spreadsheet(MAYA.email, "Orders")
    state.files.pop(file.file_id)
    assert file.workbook is not None
    file.file_id = file.workbook.spreadsheet_id = file_id
    file.workbook.properties |= {"locale": "en_GB", "timeZone": "Europe/London"}
    state.add(file)
    state.grant(MAYA.email, file_id)
    return Paper(rig, file_id)


def as_layout(rig: Rig, name: str, paper: Paper, bound: list[BindingRow]) -> Layout:
    """The file as it is now, to begin with again and again."""
    file = rig.world.emulator.state.files[paper.spreadsheet_id]
    assert file.workbook is not None
    database = sqlite3.connect(":memory:", check_same_thread=False)
    _copy(_connection(rig.services), database)
    return Layout(
        name,
        rig.clock.now(),
        database,
        file,
        file.workbook.twin(file.file_id, "Orders"),
        dict(file.permissions),
        tuple(_tab(rig, file.workbook, row) for row in bound),
    )


def _tab(rig: Rig, workbook: Workbook, row: BindingRow) -> BoundTab:
    found = rig.binding(row.id)
    audience = rig.read(people.account, found.account_id).audience(found.audience)
    slots = marked_slots(workbook, workbook.sheet(found.sheet_id), found.id)
    return BoundTab(found.id, found.sheet_id, key_column(Profile.from_json(found.profile), audience), slots, found.id)


def raise_ground(folder: Path, *, database_url: str, keys: Path, spreadsheets: Any) -> Iterator[Ground]:
    """A ground in this folder, taken down in the end."""
    clock = Clock()
    world = LocalWorld(folder, clock, keys=keys)
    wake = FileWake(clock)
    traffic = Traffic(world.app, clock)
    settings = world.settings(database_url)
    telemetry.configure("error")
    with httpx.Client(transport=traffic) as google:
        wires = Wires(google=google, tiktok=world.http, pace=Pace(HURRIED_PER_S))
        built = build_services(settings, clock=clock, wake=wake, wires=wires)
        built.google.__dict__["_spreadsheets"] = spreadsheets  # what it would build at its first call
        numbers = count(1)
        services = replace(built, new_id=lambda: f"{next(numbers):032x}")
        owner = open_account(services, MAYA)
        shop = attach_shop(services, world, owner)
        rig = Rig(services, clock, wake, world, owner.account_id, owner, shop)
        rig.write(quieten, shop.id)
        ground = Ground(services, clock, wake, world, traffic, rig)
        ground.layouts["bare"] = as_layout(rig, "bare", make_file(rig, "file-bare"), [])
        yield ground
    built.store.engine.dispose()
    world.close()


def quieten(tx: Any, shop_id: str) -> None:
    """The shop is prepared, imported, and not polled any more."""
    shops.mark_prepared(tx, shop_id, warehouses={}, at=NEVER - timedelta(days=365 * 70))
    shops.move_import(tx, shop_id, None)
    shops.move_poll(tx, shop_id, polled_until=NEVER - timedelta(days=365 * 74), next_poll_at=NEVER)


def _connection(services: Services) -> sqlite3.Connection:
    with services.store.engine.connect() as connection:
        found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    source.backup(target)


# --- layouts ---------------------------------------------------------------------------------------------------------


def _profile(name: str, grain: Grain, *keys: str) -> Profile:
    return Profile("", name, grain, tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys))


def _own(rig: Rig, profile: Profile) -> Profile:
    """The same as a profile of the account's own, which it can change."""
    ref = design.clone(rig.services, rig.owner, "preset:sla_watch_list", name=profile.name, role=Role.WAREHOUSE)
    row = rig.read(sheets.profile, rig.owner.scope, ref)
    body = {**row.body, **profile.to_json()}
    rig.write(sheets.update_profile, rig.owner.scope, ref, name=profile.name, body=body)
    return design.profile_for(rig.services, rig.owner, ref, Role.WAREHOUSE).profile


def _one_tab(rig: Rig, paper: Paper) -> list[BindingRow]:
    """A line per SKU for the warehouse, filtered by status, with the countdown, which is a formula of ours."""
    return [rig.bind(paper, _own(rig, rig.preset("sla_watch_list", Role.WAREHOUSE)))]


def _two_tabs(rig: Rig, paper: Paper) -> list[BindingRow]:
    """Beside the watch list a tab with a row per order, whose key is the order id in sight."""
    whole = _profile("All orders", Grain.ORDER, "order_id", "status", "provider", "tracking", "note", "updated_at")
    return [rig.bind(paper), rig.bind(paper, whole)]


def _with_archive(rig: Rig, paper: Paper) -> list[BindingRow]:
    """Every order; those that were finished for 60 days leave for an archive tab."""
    whole = _profile("All orders", Grain.ORDER, "order_id", "status", "provider", "tracking", "note", "updated_at")
    return [rig.bind(paper, _own(rig, whole), window_days=WINDOW_DAYS)]


def _masked(rig: Rig, paper: Paper) -> list[BindingRow]:
    """For a client who may not know order ids: keys are hashes."""
    rig.switch(Switch.CLIENT_ID)
    rig.switch(Switch.CLIENT_FULFIL)
    client = _profile("Client", Grain.ORDER, "order_ref", "items", "status", "tracking", "delivered_at")
    return [rig.bind(paper, client, audience=Role.CLIENT)]


def _beside_theirs(rig: Rig, paper: Paper) -> list[BindingRow]:
    """A tab of theirs, with a header, rows, a formula, a filter, frozen rows and a hidden column: ours stand beside."""
    lines = (
        [f"«{number}»" for number in (9001, 9002, 9003, 9004)],
        *([f"«{9010 + 10 * row + column}»" for column in range(3)] for row in range(4)),
    )
    cells = [{"values": [{"userEnteredValue": {"stringValue": text}} for text in line]} for line in lines]
    total = {"values": [{"userEnteredValue": {"formulaValue": '=COUNTA(A2:A5)&"«9005»"'}}]}
    where = {"startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 4}
    hidden = {"dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    frozen = {"gridProperties": {"frozenRowCount": 2}}
    paper.change(
        {"updateCells": {"start": {"rowIndex": 0}, "rows": cells, "fields": "userEnteredValue"}},
        {"updateCells": {"start": {"rowIndex": 1, "columnIndex": 3}, "rows": [total], "fields": "userEnteredValue"}},
        {"setBasicFilter": {"filter": {"range": where}}},
        {
            "updateDimensionProperties": {
                "range": hidden,
                "properties": {"hiddenByUser": True},
                "fields": "hiddenByUser",
            }
        },
        {"updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}},
    )
    return [rig.bind(paper, tab="0", has_said_yes=True)]


LAYOUT_MAKERS: dict[str, Callable[[Rig, Paper], list[BindingRow]]] = {
    "bare": lambda _rig, _paper: [],
    "one tab": _one_tab,
    "two tabs": _two_tabs,
    "masked": _masked,
    "columns beside theirs": _beside_theirs,
    "a tab and its archive": _with_archive,
}
LAYOUTS = tuple(name for name in LAYOUT_MAKERS if name != "bare")
