"""Calls that are still on their way: received and unanswered, applied when their time has come or when told to land.

No clock of its own: the emulator's wall clock decides, and it is looked at whenever anybody does anything. What a call
would have answered is lost, as it is for its sender.
"""

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from service.sandbox.sheets.errors import ApiError

Json = dict[str, Any]


class Letter(NamedTuple):
    """One call on its way. `due_s` is wall time in seconds since 1970; `apply` does what it asks for."""

    method: str
    email: str
    due_s: float
    apply: Callable[[], object]


class Late:
    """The calls on their way, in the order in which they were sent."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._lock = threading.Lock()
        self._letters: list[Letter] = []

    def send(self, after_s: float, letter: Callable[[float], Letter]) -> None:
        """Keep a call back for so many seconds; `letter` is given the moment at which it lands."""
        with self._lock:
            self._letters.append(letter(self._wall() + after_s))

    def land_due(self) -> None:
        """Apply every call whose time has come, earliest first."""
        if self._letters:
            self._land(lambda letter, now_s: letter.due_s <= now_s)

    def land(self) -> list[Json]:
        """Apply every call that is on its way, now. Tells each with its status, and why it was refused."""
        return self._land(lambda _letter, _now_s: True)

    def _land(self, is_wanted: Callable[[Letter, float], bool]) -> list[Json]:
        with self._lock:
            now_s = self._wall()
            landing = [letter for letter in self._letters if is_wanted(letter, now_s)]
            self._letters = [letter for letter in self._letters if letter not in landing]
        return [_applied(letter) for letter in sorted(landing, key=lambda letter: letter.due_s)]

    def waiting(self) -> list[Json]:
        """What is on its way: method, who sent it, and when it lands."""
        with self._lock:
            return [{"method": one.method, "email": one.email, "due_s": one.due_s} for one in self._letters]


def _applied(letter: Letter) -> Json:
    told: Json = {"method": letter.method, "status": 200}
    try:
        letter.apply()
    except ApiError as refusal:
        told |= {"status": refusal.code, "message": refusal.message}
    return told
