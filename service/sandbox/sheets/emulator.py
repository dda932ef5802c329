"""Builds the emulator: state, the two services, the control door and the disk. Nothing else builds anything."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from wsgiref.types import WSGIApplication

from service.sandbox.sheets.calls import Calls
from service.sandbox.sheets.control import Control
from service.sandbox.sheets.disk import Disk
from service.sandbox.sheets.drive.files import Files
from service.sandbox.sheets.drive.permissions import Permissions
from service.sandbox.sheets.faults import Faults
from service.sandbox.sheets.gate import Gate, Shared
from service.sandbox.sheets.hands import Hands
from service.sandbox.sheets.late import Late
from service.sandbox.sheets.people import PeopleLookup
from service.sandbox.sheets.quota import Quotas
from service.sandbox.sheets.spreadsheets import Bench
from service.sandbox.sheets.state.files import State
from service.sandbox.sheets.values.methods import Values
from service.sandbox.sheets.wire.discovery import load_discovery


@dataclass(frozen=True)
class Emulator:
    """The running emulator. `sheets_app`, `drive_app` and `control_app` are WSGI applications to be mounted.

    `state` holds the files, `hands` edits them as a user would, `quotas`, `faults`, `late` and `calls` are what the
    control door turns and shows.
    """

    sheets_app: WSGIApplication
    drive_app: WSGIApplication
    control_app: WSGIApplication
    state: State
    hands: Hands
    quotas: Quotas
    faults: Faults
    late: Late
    calls: Calls
    disk: Disk | None

    def close(self) -> None:
        """Write what is not yet on disk and stop the background writer."""
        if self.disk is not None:
            self.disk.close()


def create_emulator(
    *,
    data_dir: Path | None,
    people: PeopleLookup,
    now: Callable[[], datetime],
    wall: Callable[[], float] = time.time,
    pause: Callable[[float], object] | None = None,
    answers: Literal["every", "sampled"] = "sampled",
) -> Emulator:
    """An emulator with its own state; with `data_dir` the state is loaded from there and kept there.

    `people` tells who a bearer is, None for an anonymous local user. `now` is market time for NOW(), `wall` is the
    clock of quotas, file times and late calls; `pause` lets its seconds pass for slow answers (a test hands in the
    step of its own clock). `answers` says whether every answer is checked against Google's schema or only
    those small enough for it to cost nothing; tests ask for every one.
    """
    state = State(wall)
    quotas, faults, calls, late = Quotas(wall), Faults(), Calls(), Late(wall)
    disk = None if data_dir is None else Disk(data_dir / "spreadsheets", state)
    shared = Shared(people, quotas, faults, calls, late, pause or threading.Event().wait, answers)
    bench = Bench(state, faults, now)
    hands = Hands(bench, late)
    sheets_handlers = {**bench.handlers(), **Values(bench).handlers()}
    drive_handlers = {**Files(state, faults).handlers(), **Permissions(state).handlers()}
    return Emulator(
        sheets_app=Gate("sheets", load_discovery("sheets.v4"), sheets_handlers, shared),
        drive_app=Gate("drive", load_discovery("drive.v3"), drive_handlers, shared),
        control_app=Control(bench, hands, shared).app,
        state=state,
        hands=hands,
        quotas=quotas,
        faults=faults,
        late=late,
        calls=calls,
        disk=disk,
    )
