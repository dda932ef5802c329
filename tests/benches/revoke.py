"""From the press that ends a membership until nothing more is written where that person reads, while orders pour in.

The product runs in a process of its own, web and jobs together, and every call to Google takes as long as in the real
world. Sam can open every file; orders change all the time, so that flushes are under way in many files at once when the
owner presses "Remove". Looked at then: the last cell of an order that reached any of the files, and when each of them
is paused for its reader. Quotas are off: they would slow the writers, and make the stop look sooner than it is.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from cards.actions import Action
from service.core.roles import Role
from service.flows import Services, invitations, manage, members
from service.sandbox.people import Person, person_of
from service.sandbox.sheets.state.files import Permission, permission_id_of, share
from service.sandbox.sheets.state.workbook import Workbook
from service.store import sheets
from tests.benches import grounds, stream
from tests.benches.grounds import Account, Grounds
from tests.benches.harness import Bar, Figure, Grid, Report
from tests.benches.processes import LOOPBACK, SERVE_ALL, BrokenError, Program, answer, free_port, running

SIZES = (1, 8, 32)
SAM = "sam@packright.example"
LATENCY_S = 0.4
#: What may come on top of the one write that was already on its way.
OURS_S = 0.7
#: The design's one cycle: who can open a file is asked again at most so much later.
CYCLE_S = 60.0
LEAD_S = 12.0  # orders pour in for so long before the press: each file has found its own pace by then
ORDERS_PER_S = 6
QUIET_S = 6.0  # nothing new anywhere for so long: it has stopped
STOPS_WITHIN_S = 90.0
LOOK_EVERY_S = 0.004


@dataclass(slots=True)
class _File:
    """One bound spreadsheet. `last_s`: when an order's number was last seen that was not there before."""

    spreadsheet_id: str
    workbook: Workbook
    version: int = -1
    seen: set[str] = field(default_factory=set)
    last_s: float = 0.0

    def look(self) -> None:
        """What is new in it is noted."""
        if self.workbook.version == self.version:
            return
        with self.workbook.reading():
            self.version = self.workbook.version
            found = {text for text in stream._texts(self.workbook) if len(text) == 18 and text.isdigit()}
        if found - self.seen:
            self.seen |= found
            self.last_s = time.perf_counter()


@dataclass(frozen=True, slots=True)
class _Stop:
    """Seconds from the press: until it was answered, the last new order arrived anywhere, and every file is paused."""

    files: int
    answered_s: float
    last_s: float
    paused_s: float
    under_way: int  # files that got an order within the second before the press


def run(sizes: Sequence[int] = SIZES, *, lead_s: float = LEAD_S, quiet_s: float = QUIET_S) -> Report:
    """Each size with a product and files of its own."""
    report = Report("revoke", f"revoked while orders pour in, {LATENCY_S} s per call: until nothing more is written")
    found = [_measured(size, lead_s=lead_s, quiet_s=quiet_s) for size in sizes]
    for one in found:
        name = f"{one.files} bindings"
        bar = Bar("≤", LATENCY_S + OURS_S)
        report.figures += [
            Figure(f"{name}: press to last new row", one.last_s, "s", bar=bar),
            Figure(f"{name}: press to every file paused", one.paused_s, "s", bar=Bar("≤", CYCLE_S)),
        ]
    rows = [(str(one.files), str(one.under_way), f"{one.answered_s:.2f}") for one in found]
    report.grids.append(Grid("how it went", ("bindings", "being written at the press", "press answered after s"), rows))
    report.notes.append(
        f"bar: one write on its way ({LATENCY_S} s) + {OURS_S} s; paused within one cycle ({CYCLE_S:.0f} s)"
    )
    return report


def _measured(size: int, *, lead_s: float, quiet_s: float) -> _Stop:
    with grounds.opened() as ground:
        port = free_port()
        settings = ground.settings(
            base_url=f"http://{LOOPBACK}:{port}", database_url=f"sqlite:///{ground.folder / 'revoke.db'}"
        )
        ground.world.market.webhook_url = None  # notices go where the product asks for them
        ground.world.emulator.quotas.is_on = False
        services = grounds.local_services(settings)
        account = ground.open_account(services)
        shops = ground.connect_shops(services, account, 1)
        sam = person_of(SAM)
        _join(ground, services, account, sam)
        ids = [ground.bind_file(services, account, title=f"Orders {number}") for number in range(size)]
        for one in ids:
            number = permission_id_of("user", sam.email)
            share(ground.world.emulator.state.files[one], Permission(number, "user", "reader", sam.email))
        command = (*SERVE_ALL, "--port", str(port))
        environ = grounds.environ_of(settings)
        with running(command, port=port, log=ground.folder / "revoke.log", environ=environ) as program:
            ground.world.market.start()
            stream.wait_until(lambda: stream.is_ready(program), stream.SETTLES_WITHIN_S, "the product does not answer")
            stream.set_up(services, account, shops, ids)
            files = [_File(one, ground.world.emulator.state.workbook(one)) for one in ids]
            stream.slow_down(ground)
            found = _play(ground, program, services, account, files, lead_s=lead_s, quiet_s=quiet_s)
        services.store.engine.dispose()
    return found


def _join(ground: Grounds, services: Services, account: Account, person: Person) -> None:
    caller = ground.caller(person)
    code = invitations.invite(services, account.actor, email=person.email, role=Role.WAREHOUSE)
    ((invitation, _account),) = manage.standing(services, caller, "").invitations
    invitations.accept(services, caller, invitation.id, code=code)


def _play(
    ground: Grounds, program: Program, services: Services, account: Account, files: Sequence[_File], *, lead_s: float,
    quiet_s: float,
) -> _Stop:  # fmt: skip
    everybody = members.everybody(services, account.actor).members
    member_id = next(row.id for row in everybody if row.email == SAM)
    for _tick in _pouring(ground, lead_s):
        _look(files)
    pressed_s = time.perf_counter()
    ask = ground.press(
        f"http://{LOOPBACK}:{program.port}", Action.CONFIRM_REVOKE, parameters={"member_id": member_id}
    )  # fmt: skip
    under_way = sum(1 for one in files if pressed_s - one.last_s < 1.0)
    status, _body = answer(program.port, ask)
    answered_s = time.perf_counter() - pressed_s
    if status != HTTPStatus.OK or any(
        row.id == member_id for row in members.everybody(services, account.actor).members
    ):
        raise BrokenError(f"the press was answered {status} and ended no membership")
    paused_s = 0.0
    for now_s in _pouring(ground, STOPS_WITHIN_S):
        _look(files)
        if not paused_s and _are_paused(services, files):
            paused_s = now_s - pressed_s
        if paused_s and now_s - max(pressed_s, *(one.last_s for one in files)) > quiet_s:
            break
    else:
        program.check()
        raise BrokenError(f"the files are not all paused, or still written, after {STOPS_WITHIN_S:.0f} s")
    last_s = max(0.0, *(one.last_s - pressed_s for one in files))
    return _Stop(len(files), answered_s, last_s, paused_s, under_way)


def _pouring(ground: Grounds, within_s: float) -> Iterator[float]:
    """The moments until then, in seconds, while new orders come in."""
    started_s = time.perf_counter()
    made = 0
    while (now_s := time.perf_counter()) - started_s < within_s:
        if (now_s - started_s) * ORDERS_PER_S >= made:
            ground.world.market.place_orders(1, kind="NORMAL")
            made += 1
        yield now_s
        time.sleep(LOOK_EVERY_S)


def _look(files: Sequence[_File]) -> None:
    for one in files:
        one.look()


def _are_paused(services: Services, files: Sequence[_File]) -> bool:
    with services.store.read() as tx:
        rows = [sheets.file_unscoped(tx, one.spreadsheet_id) for one in files]
    return all(row is not None and row.state == "paused" for row in rows)
