"""Every place of the flows from which a write goes to a spreadsheet, found in the code; and a fate for the next of one.

A place is the call by which a batch of its own leaves: functions that pass on what they are handed are no places, their
callers are. It is called by module and function, with a number where a function sends more than one.
"""

import ast
import contextlib
import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flows.mishaps import Fate, KilledError, MortalStore

from service import flows
from service.flows.memory import Memory

ROOM = Path(flows.__file__).parent
#: Functions that send what they are handed, by more than one caller.
PASSING_ON = frozenset(
    {
        "corrections._write", "corrections._write_key", "reshaping._send", "reshaping._send_once", "roll_moves._send",
        "sending.send", "standing._send", "summaries._change",
    }
)  # fmt: skip
HANDED = frozenset({"body", "request", "requests"})
LOST, KILLED, LATE, BACK = "answer lost", "killed", "late", "there and back"
FATES = (LOST, KILLED, LATE, BACK)


@dataclass(frozen=True)
class Place:
    """A call in the code. `first`, `last`: its lines; `is_handed`: whether its function is handed what it sends."""

    module: str
    function: str
    number: int
    first: int
    last: int
    is_handed: bool
    is_only: bool = True

    @property
    def door(self) -> str:
        return f"{self.module}.{self.function}"

    def __str__(self) -> str:
        return self.door if self.is_only else f"{self.door} {self.number}"


@cache
def calls() -> tuple[Place, ...]:
    """Every call that sends, those within functions that pass on included."""
    found = [place for path in sorted(ROOM.glob("*.py")) for place in _calls_in(path)]
    often = Counter(one.door for one in found)
    return tuple(replace(one, is_only=often[one.door] == 1) for one in found)


def places() -> list[str]:
    """What a write may be sent by."""
    return [str(one) for one in calls() if one.door not in PASSING_ON]


def _calls_in(path: Path) -> Iterator[Place]:
    tree = ast.parse(path.read_text())
    doors = {door.partition(".")[2] for door in PASSING_ON if door.startswith(f"{path.stem}.")}
    doors |= {"batch_update"} | ({"send"} if _imports_send(tree) else set())
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        arguments = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
        sent = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _name(node) in doors]
        for number, node in enumerate(sorted(sent, key=lambda one: one.lineno), start=1):
            last = node.end_lineno or node.lineno
            yield Place(path.stem, function.name, number, node.lineno, last, bool(arguments & HANDED))


def _imports_send(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "service.flows.sending" and "send" in _names(node)
        for node in tree.body
    )


def _names(node: ast.ImportFrom) -> set[str]:
    return {one.name for one in node.names}


def _name(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def callers(door: str) -> int:
    """How many calls of this function its module holds."""
    module, _, name = door.partition(".")
    tree = ast.parse((ROOM / f"{module}.py").read_text())
    return sum(isinstance(node, ast.Call) and _name(node) == name for node in ast.walk(tree))


# --- a fate ----------------------------------------------------------------------------------------------------------


def place_of_this_call() -> str:
    """From which place the call comes that is under way. Empty: from none of the flows."""
    frame = inspect.currentframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        for one in calls() if path.parent == ROOM else ():
            is_it = (one.module, one.function) == (path.stem, frame.f_code.co_name)
            if is_it and one.door not in PASSING_ON and one.first <= frame.f_lineno <= one.last:
                return str(one)
        frame = frame.f_back
    return ""


@dataclass
class Struck:
    """Google for a process whose next write from `place` meets `fate`. `whole`: the parts that know nothing of it."""

    rig: Any
    place: str
    fate: str
    whole: Any
    end: Fate
    is_over: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole.google, name)

    def batch_update(self, *arguments: Any, **more: Any) -> Any:
        self.end.check()
        if self.is_over or place_of_this_call() != self.place:
            return self.whole.google.batch_update(*arguments, **more)
        self.is_over = True
        if self.fate != KILLED:
            self.rig.fail("dropped_after" if self.fate == LOST else "late")
            return self.whole.google.batch_update(*arguments, **more)
        self.whole.google.batch_update(*arguments, **more)
        self.end.is_dead = True
        raise KilledError

    def bury(self) -> None:
        """A dead process is gone with all that it remembered, and its lease runs out; any other goes on as before."""
        self.rig.services = self.whole
        if self.end.is_dead:
            self.rig.services = replace(self.whole, memory=Memory())
            self.rig.clock.advance(31)


def strike(rig: Any, place: str, fate: str) -> Struck:
    """The rig's next write from this place meets this fate. Whoever struck asks in the end whether it came to that."""
    assert place in places()
    end = Fate(dies_at=0)
    found = Struck(rig, place, fate, rig.services, end)
    rig.services = replace(rig.services, google=found, store=MortalStore(rig.services.store, end))
    return found


def live_until_struck(met: Struck, *, patience_s: int = 600) -> None:
    """Time passes until the write has met its fate; then whoever died is buried."""
    with contextlib.suppress(KilledError):
        for _ in range(patience_s // 10):
            if met.is_over:
                break
            met.rig.live_through(10)
    met.bury()
    assert met.is_over, f"{met.place} was never sent"
