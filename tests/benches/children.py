"""A process of its own that does one deed after another, so that its processor time and its memory are its own.

The parent writes a deed as a line of JSON, the child answers with a line: what came of it, and what it cost. Nothing is
measured here but the deed itself; the emulator and the set-up run in the parent.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benches.processes import LOG_SHOWN, ROOT, BrokenError

STOPS_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a deed came to. Seconds of wall and processor; `peak_kb`: the most resident memory so far."""

    result: Any
    took_s: float
    processor_s: float
    peak_kb: int


class Child:
    """The parent's end."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process, self._log = process, log

    def ask(self, deed: str, **given: Any) -> Cost:
        """The deed is done. BrokenError, with the child's last words, when it failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"deed": deed, "given": given}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise BrokenError(f"{deed} failed:\n{self._log.read_text(errors='replace')[-LOG_SHOWN:]}")
        return Cost(**json.loads(line))

    def close(self) -> None:
        """The child has ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            assert self._process.stdout is not None
            self._process.stdout.close()


@contextmanager
def child(module: str, *, log: Path) -> Iterator[Child]:
    """The module's deeds in a fresh process, for the block."""
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sink,
            text=True,
        )  # fmt: skip
    parent = Child(process, log)
    try:
        yield parent
    finally:
        parent.close()


def serve(deeds: Mapping[str, Callable[..., Any]]) -> None:
    """The child's end: deeds as they come, until nobody asks any more. What a deed returns must be JSON."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what is logged meanwhile is no answer
    for line in sys.stdin:
        asked = json.loads(line)
        deed, given = deeds[asked["deed"]], asked["given"]
        started_s, used_s = time.perf_counter(), time.process_time()
        result = deed(**given)
        cost = Cost(result, time.perf_counter() - started_s, time.process_time() - used_s, peak_kb())
        fields = {name: getattr(cost, name) for name in Cost.__slots__}
        answers.write(json.dumps(fields) + "\n")
        answers.flush()


def settle_memory() -> int:
    """What was loaded stays out of the collector's way, as in a serving process. Returns the resident KiB."""
    gc.collect()
    gc.freeze()
    return _status("VmRSS")


def peak_kb() -> int:
    """The most memory that was ever resident in this process, in KiB."""
    return _status("VmHWM")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise BrokenError(f"the kernel does not tell {name}")
