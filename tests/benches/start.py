"""From the start of a web-only process to its first card, against what a bare add-on on Google's client would take.

Each run starts a program, waits until it listens, sends one request and stops the clock when the whole answer is here.
Ours proves two signed tokens, asks the database who is calling and draws the home card. The runs alternate.
"""

import json
from collections.abc import Sequence

from cards.actions import Action
from tests.benches import grounds
from tests.benches.grounds import Grounds
from tests.benches.harness import Bar, Figure, Report, median
from tests.benches.processes import GUNICORN, LOOPBACK, SERVE, Ask, BrokenError, first_answer, free_port, running

RUNS = 7
CARD = Ask("/card", b"{}")


def run() -> Report:
    """Ours, the bare add-on and the bare import of our libraries, in turn; one run before to fill the caches."""
    report = Report("start", f"process start to first answer, median of {RUNS} alternating runs")
    with grounds.opened() as ground:
        settings = ground.settings(database_url=f"sqlite:///{ground.folder / 'start.db'}")
        services = grounds.local_services(settings)
        ground.open_account(services)
        services.store.engine.dispose()
        ours, google, imports = ([], [], [])
        for _ in range(RUNS + 1):
            google.append(_peer(ground, "bare_google"))
            imports.append(_peer(ground, "bare_imports"))
            ours.append(_ours(ground, settings))
    first = median(ours[1:])
    report.figures += [
        Figure("to the first card", first, "s", median(google[1:]), "bare Flask + Google client", Bar("≤", 3.0)),
        Figure("to the first card", first, "s", median(imports[1:]), "bare import of our libraries"),
        Figure("slowest run", max(ours[1:]), "s", max(google[1:]), "bare Flask + Google client"),
    ]
    return report


def _ours(ground: Grounds, settings: dict[str, str]) -> float:
    port = free_port()
    base_url = f"http://{LOOPBACK}:{port}"
    environ = grounds.environ_of({**settings, "base_url": base_url})
    seconds, content = _timed(ground, (*SERVE, "--port", str(port)), port, environ, ground.press(base_url, Action.HOME))
    if "pushCard" not in json.loads(content)["action"]["navigations"][0]:
        raise BrokenError(f"no card: {content[:200]!r}")
    return seconds


def _peer(ground: Grounds, name: str) -> float:
    port = free_port()
    command = (*GUNICORN, "--bind", f"{LOOPBACK}:{port}", f"tests.benches.peers:{name}()")
    return _timed(ground, command, port, {}, CARD)[0]


def _timed(
    ground: Grounds, command: Sequence[str], port: int, environ: dict[str, str], ask: Ask
) -> tuple[float, bytes]:
    with running(command, port=port, log=ground.folder / "start.log", environ=environ) as program:
        return first_answer(program, ask)
