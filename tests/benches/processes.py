"""Programs that a bench starts and ends, and the plain HTTP by which it asks them. Loopback only."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 30.0
STOPS_WITHIN_S = 10.0
LOOK_EVERY_S = 0.002  # how often a starting server is tried: the grain of what `start` can see
LOG_SHOWN = 2000  # characters of a program's log in the message when it fails

#: One process with threads, as the product serves itself; the peers get the same.
THREADS = 16
GUNICORN = (
    sys.executable, "-m", "gunicorn", "--workers", "1", "--worker-class", "gthread", "--threads", str(THREADS),
    "--keep-alive", "75", "--log-level", "warning",
)  # fmt: skip


class BrokenError(Exception):
    """A program ended or answered otherwise than it must: the bench has nothing to measure."""


AS_SHIPPED = ROOT / "tests" / "benches" / "as_shipped"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==", re.MULTILINE)


def as_shipped() -> dict[str, str]:
    """The environment in which a program finds no package but those that ship with us: not the tools of the checks.

    It keeps its bytecode, as what is installed does: else a developer's setting would have ours compiled at each start,
    and not the libraries of the peers.
    """
    ships = {_plain(name) for name in _PINNED.findall((ROOT / "requirements.txt").read_text())}
    absent = [
        package
        for package, owners in packages_distributions().items()
        if not {_plain(owner) for owner in owners} & (ships | {"rowstream"})
    ]
    return {
        "PYTHONPATH": str(AS_SHIPPED),
        "PYTHONDONTWRITEBYTECODE": "",
        "BENCH_ABSENT_PACKAGES": " ".join(sorted(absent)),
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


#: The product's own commands: the web only, and web and jobs in one process.
SERVE = (sys.executable, "-m", "service", "serve")
SERVE_ALL = (sys.executable, "-m", "service", "all")


@dataclass(frozen=True, slots=True)
class Program:
    """A running program. `started_s` is the moment before it was started, on the monotonic clock."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    started_s: float

    def check(self) -> None:
        """Raises BrokenError when it has ended."""
        if self.process.poll() is not None:
            said = self.log.read_text(errors="replace")[-LOG_SHOWN:]
            raise BrokenError(f"it ended with {self.process.returncode} and said:\n{said}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], *, port: int, log: Path, environ: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """The program, alive for the block and ended with its children after it."""
    with log.open("ab") as sink:
        started_s = time.perf_counter()
        process = subprocess.Popen(
            list(command), env={**os.environ, **(environ or {})}, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sink,
            stderr=sink, start_new_session=True,
        )  # fmt: skip
    try:
        yield Program(process, port, log, started_s)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `body` None = GET."""

    path: str
    body: bytes | None = None
    headers: Mapping[str, str] | None = None


def await_listener(program: Program) -> None:
    """The program listens. BrokenError when it ends before, or takes too long."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        program.check()
        try:
            socket.create_connection((LOOPBACK, program.port), timeout=STARTS_WITHIN_S).close()
        except ConnectionRefusedError:
            time.sleep(LOOK_EVERY_S)
        else:
            return
    raise BrokenError(f"nobody listens on port {program.port}")


@dataclass(frozen=True, slots=True)
class First:
    """A program's first answer: wall and processor seconds since it was started, children included."""

    wall_s: float
    processor_s: float
    content: bytes


def first_answer(program: Program, ask: Ask) -> First:
    """What the program answers first, and when. BrokenError unless it is a 200."""
    await_listener(program)
    status, content = answer(program.port, ask)
    wall_s = time.perf_counter() - program.started_s
    if status != http.client.OK:
        raise BrokenError(f"{ask.path} answered {status}: {content[:LOG_SHOWN]!r}")
    return First(wall_s, _processor_s(program), content)


def _processor_s(program: Program) -> float:
    main = psutil.Process(program.process.pid)
    times = [one.cpu_times() for one in (main, *main.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def answer(port: int, ask: Ask) -> tuple[int, bytes]:
    """The status and content that one request on a connection of its own gets."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=STARTS_WITHIN_S)
    try:
        headers = {"Content-Type": "application/json", **(ask.headers or {})}
        connection.request("GET" if ask.body is None else "POST", ask.path, body=ask.body, headers=headers)
        got = connection.getresponse()
        return got.status, got.read()
    finally:
        connection.close()
