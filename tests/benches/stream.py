"""From a webhook to its cell while everything is quiet: one change at a time, each in a sheet at rest.

The product runs in a process of its own, web and jobs together; TikTok, Sheets and Drive are stood in for by this one,
and every call to them takes as long as in the real world. Each sheet has a shop of its own; they take turns, so that
each is quiet before its next change. The clock runs from the moment the market changes the order (its notice leaves at
once) until the sheet holds the cell.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import cycle

from service.flows import Services
from service.jobs import EngineWake
from service.sandbox.sheets.state.workbook import Workbook
from service.store import rows, sheets
from service.store.records import ShopRow
from tests.benches import grounds
from tests.benches.grounds import Account, Grounds
from tests.benches.harness import Bar, Figure, Report, percentile
from tests.benches.processes import LOOPBACK, SERVE_ALL, Ask, BrokenError, Program, answer, free_port, running

FILES = 8
CHANGES = 48
#: Just slower than one writer may write by quota; eight files in turn leave each ten seconds of quiet.
SPACING_S = 1.4
LATENCY_S = 0.4
#: What may come on top of one call to TikTok, one read and one write.
OURS_S = 0.7
LOOK_EVERY_S = 0.004
SETTLES_WITHIN_S = 40.0
ARRIVES_WITHIN_S = 15.0
#: One writer's quota is empty after the set-up and grows back in this time.
REST_S = 20.0


@dataclass(slots=True)
class _File:
    """One bound spreadsheet, its shop in the market, and the orders that may be shipped."""

    workbook: Workbook
    tiktok_shop_id: str
    shippable: list[str] = field(default_factory=list)
    seen_version: int = 0
    seen: frozenset[str] = frozenset()

    def shows(self, text: str) -> bool:
        """Whether a cell holds the text."""
        if self.workbook.version != self.seen_version:
            with self.workbook.reading():
                self.seen_version = self.workbook.version
                self.seen = frozenset(_texts(self.workbook))
        return text in self.seen


@dataclass(slots=True)
class _Change:
    """One change on its way: what will be in the sheet, and since when."""

    file: _File
    text: str
    kind: str
    sent_s: float
    took_s: float = 0.0


def run() -> Report:
    """New orders and parcels in turn, over the files in turn."""
    report = Report("stream", f"webhook to cell, idle: {CHANGES} changes over {FILES} sheets, {LATENCY_S} s per call")
    with grounds.opened() as ground:
        port = free_port()
        url = f"sqlite:///{ground.folder / 'stream.db'}"
        settings = ground.settings(base_url=f"http://{LOOPBACK}:{port}", database_url=url)
        ground.world.market.webhook_url = None  # notices go where the product asks for them
        services = grounds.local_services(settings)
        account = ground.open_account(services)
        shops = ground.connect_shops(services, account, FILES)
        ids = [ground.bind_file(services, account, title=shop.name, shop=shop) for shop in shops]
        command = (*SERVE_ALL, "--port", str(port))
        environ = grounds.environ_of(settings)
        with running(command, port=port, log=ground.folder / "stream.log", environ=environ) as program:
            ground.world.market.start()
            wait_until(lambda: is_ready(program), SETTLES_WITHIN_S, "the product does not answer")
            set_up(services, account, shops, ids)
            files = [_file(ground, shop, one) for shop, one in zip(shops, ids, strict=True)]
            time.sleep(REST_S)
            slow_down(ground)
            changes = _play(ground, program, files)
        services.store.engine.dispose()
    _report(report, changes)
    return report


def _report(report: Report, changes: Sequence[_Change]) -> None:
    took = [change.took_s for change in changes]
    bar = Bar("≤", 3 * LATENCY_S + OURS_S)
    report.figures += [
        Figure("webhook to cell, p50", percentile(took, 50), "s"),
        Figure("webhook to cell, p99", percentile(took, 99), "s", bar=bar),
        Figure("of it ours, p50 (less TikTok + read + write)", percentile(took, 50) - 3 * LATENCY_S, "s"),
    ]
    for kind in ("new order", "parcel"):
        of_kind = [change.took_s for change in changes if change.kind == kind]
        report.figures.append(Figure(f"  {kind}, p50", percentile(of_kind, 50), "s"))
        report.figures.append(Figure(f"  {kind}, slowest", max(of_kind), "s"))
    report.notes.append(f"bar: TikTok + read + write ({3 * LATENCY_S:.1f} s) + {OURS_S} s")


# --- before ---


def set_up(services: Services, account: Account, shops: Sequence[ShopRow], ids: Sequence[str]) -> None:
    """Every tab is made, every shop is fetched, nothing is left to do."""
    wake = EngineWake(services.settings.database_url, services.clock.now)
    with services.store.write() as tx:
        for shop in shops:
            wake.shop(tx, shop.id)
        for spreadsheet_id in ids:
            wake.sheet(tx, spreadsheet_id)
    wait_until(lambda: _is_settled(services, account, ids), SETTLES_WITHIN_S, "the sheets are not set up")


def _is_settled(services: Services, account: Account, ids: Sequence[str]) -> bool:
    with services.store.read() as tx:
        bound = sheets.bindings_of_account(tx, account.account_id)
        is_dirty = any(rows.has_dirty(tx, one, services.clock.now()) for one in ids)
    return not is_dirty and all(row.state == "live" and row.fill_at is None for row in bound)


def is_ready(program: Program) -> bool:
    """Whether the product answers."""
    program.check()
    try:
        return answer(program.port, Ask("/readyz"))[0] == HTTPStatus.OK
    except OSError:
        return False


def wait_until(is_done: Callable[[], bool], within_s: float, complaint: str) -> None:
    """BrokenError with the complaint when it does not come true in time."""
    deadline = time.monotonic() + within_s
    while not is_done():
        if time.monotonic() > deadline:
            raise BrokenError(f"{complaint} within {within_s:.0f} s")
        time.sleep(LOOK_EVERY_S * 10)


def _file(ground: Grounds, shop: ShopRow, spreadsheet_id: str) -> _File:
    return _File(ground.world.emulator.state.workbook(spreadsheet_id), shop.tiktok_shop_id)


def slow_down(ground: Grounds) -> None:
    """From here on every call takes its time."""
    ground.world.market.world.faults.change({"slow_s": LATENCY_S})
    ground.world.emulator.faults.latency_s = LATENCY_S


# --- the changes ---


def _play(ground: Grounds, program: Program, files: Sequence[_File]) -> list[_Change]:
    """Every change is made at its time and watched until it arrives; several may be on their way in different files."""
    done: list[_Change] = []
    waiting: list[_Change] = []
    turns = cycle(files)
    started_s = time.perf_counter()
    while len(done) < CHANGES:
        made = len(done) + len(waiting)
        if made < CHANGES and time.perf_counter() - started_s >= made * SPACING_S:
            waiting.append(_make(ground, next(turns), is_parcel=made // len(files) % 2 == 1))
        for change in waiting:
            if change.file.shows(change.text):
                change.took_s = time.perf_counter() - change.sent_s
        done += [change for change in waiting if change.took_s]
        waiting = [change for change in waiting if not change.took_s]
        if waiting and time.perf_counter() - waiting[0].sent_s > ARRIVES_WITHIN_S:
            program.check()
            raise BrokenError(f"a {waiting[0].kind} has not arrived within {ARRIVES_WITHIN_S:.0f} s")
        time.sleep(LOOK_EVERY_S)
    return done


def _make(ground: Grounds, file: _File, *, is_parcel: bool) -> _Change:
    market = ground.world.market
    sent_s = time.perf_counter()
    if is_parcel and file.shippable:
        order = market.take_step(file.shippable.pop(), "ship")
        return _Change(file, str(market.world.show(order)["tracking_number"]), "parcel", sent_s)
    (order,) = market.place_orders(1, shop_id=file.tiktok_shop_id, kind="NORMAL")
    file.shippable.append(order.id)
    return _Change(file, order.id, "new order", sent_s)


def _texts(workbook: Workbook) -> Iterator[str]:
    for sheet in workbook.sheets:
        for index in range(len(sheet.grid.rows)):
            for column in range(sheet.grid.column_count):
                cell = sheet.grid.cell(index, column)
                if cell is not None and isinstance(cell.value, str):
                    yield cell.value
