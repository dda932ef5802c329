"""From the start of a web-only process to its first card, against what a bare add-on on Google's client would take.

Each run starts a program, waits until it listens, sends one request and stops the clock when the whole answer is here.
Ours proves two signed tokens, asks the database who is calling and draws the home card. The runs alternate. All find
only the packages that ship: httpx and structlog load more where the checks' tools are installed too.
"""

import json
from collections.abc import Mapping, Sequence

from cards.actions import Action
from tests.benches import grounds, processes
from tests.benches.grounds import Grounds
from tests.benches.harness import Bar, Figure, Report, median
from tests.benches.processes import GUNICORN, LOOPBACK, SERVE, Ask, BrokenError, First, first_answer, free_port

RUNS = 7
CARD = Ask("/card", b"{}")
BARE = "bare Flask + Google client"
IMPORTS = "bare import of our libraries"


def run() -> Report:
    """Ours, the bare add-on and the bare import of our libraries, in turn; one run before to fill the caches."""
    report = Report("start", f"process start to first card, web only, median of {RUNS} alternating runs")
    with grounds.opened() as ground:
        settings = ground.settings(database_url=f"sqlite:///{ground.folder / 'start.db'}")
        services = grounds.local_services(settings)
        ground.open_account(services)
        services.store.engine.dispose()
        ours: list[First] = []
        bare: list[First] = []
        imports: list[First] = []
        for _ in range(RUNS + 1):
            bare.append(_peer(ground, "bare_google"))
            imports.append(_peer(ground, "bare_imports"))
            ours.append(_ours(ground, settings))
    wall, processor = _wall(ours), _processor(ours)
    report.figures += [
        Figure("to the first card", wall, "s", _wall(bare), BARE, Bar("≤", 3.0)),
        Figure("to the first card", wall, "s", _wall(imports), IMPORTS),
        Figure("processor time of it", processor, "s", _processor(bare), BARE),
        Figure("processor time of it", processor, "s", _processor(imports), IMPORTS),
    ]
    return report


def _wall(runs: Sequence[First]) -> float:
    return median(run.wall_s for run in runs[1:])


def _processor(runs: Sequence[First]) -> float:
    return median(run.processor_s for run in runs[1:])


def _ours(ground: Grounds, settings: Mapping[str, str]) -> First:
    port = free_port()
    base_url = f"http://{LOOPBACK}:{port}"
    environ = grounds.environ_of({**settings, "base_url": base_url})
    first = _timed(ground, (*SERVE, "--port", str(port)), environ, port=port, ask=ground.press(base_url, Action.HOME))
    if "pushCard" not in json.loads(first.content)["action"]["navigations"][0]:
        raise BrokenError(f"no card: {first.content[:200]!r}")
    return first


def _peer(ground: Grounds, name: str) -> First:
    port = free_port()
    command = (*GUNICORN, "--bind", f"{LOOPBACK}:{port}", f"tests.benches.peers:{name}()")
    return _timed(ground, command, {}, port=port, ask=CARD)


def _timed(ground: Grounds, command: Sequence[str], environ: Mapping[str, str], *, port: int, ask: Ask) -> First:
    shipped = {**processes.as_shipped(), **environ}
    with processes.running(command, port=port, log=ground.folder / "start.log", environ=shipped) as program:
        return first_answer(program, ask)
