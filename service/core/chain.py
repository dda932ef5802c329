"""The chain of an account's audit lines: each line is sealed together with the seal of the line before it, and the end
of the chain is sealed, too. Whoever has the database and not the key cannot change, remove, put in, move or cut off a
line without breaking it. PURE: keys and rows come in, what does not fit comes out.

What it cannot tell by itself: that the whole account was put back to an earlier moment, key, chain and all. The seal of
a line that somebody kept elsewhere tells that (`Walk.kept`).

The form of what is sealed never changes: lines of years ago are proved with it.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

BEGINNING = ""  # what the first line of all follows
#: What the first line follows where the beginning of a chain was gone when it was needed: no seal reads so.
LOST = "lost"
MOST_FAULTS = 20  # that are told; one is as bad as all


class Fault(StrEnum):
    """How a chain is broken at a place."""

    CHANGED = "changed"  # the line is not the one that was sealed, or was never sealed
    GAP = "gap"  # the line is as it was sealed, but not what came before it
    START = "start"  # lines at the beginning are missing
    END = "end"  # lines at the end are missing, or more are there than were sealed
    HEAD = "head"  # what says where the chain ends was changed or is gone
    KEPT = "kept"  # a line is not the one whose seal was kept elsewhere


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is stored, every value just as the database gives it, whatever somebody made of it.

    `values`: id, instant, person, role, deed, subject, spreadsheet and details, in this order.
    """

    values: tuple[Any, ...]
    prev: Any
    hash: Any


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends. `count`: lines that are kept; `let_go`: lines before them that are not any more; `first`: the
    seal that the first kept line follows; `last`: the newest line's.
    """

    account_id: str
    count: int
    let_go: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not fit. `number`: of the line in the whole record, counted from 1."""

    fault: Fault
    number: int


def seal_line(key: bytes, account_id: str, values: Sequence[Any], prev: str) -> str:
    """The seal of a line of the account that follows the line sealed `prev`."""
    return _seal(key, ["line", account_id, *values, prev])


def seal_head(key: bytes, head: Head) -> str:
    """The seal of where the chain ends."""
    return _seal(key, ["head", head.account_id, head.count, head.let_go, head.first, head.last])


def _seal(key: bytes, parts: Sequence[Any]) -> str:
    # What is no text, number or nothing was put there by somebody; it is told apart by how it prints.
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"), default=repr)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Walk:
    """Goes along a chain, line by line in the order of their ids, and notes where it does not fit."""

    def __init__(self, key: bytes, head: Head, seal: str, *, kept: tuple[int, str] | None = None) -> None:
        """`seal`: what is stored beside the head. `kept`: number and seal of a line, as somebody noted them down."""
        self._key = key
        self._head = head
        self._follows: Any = head.first
        self._kept = kept
        self.number = head.let_go
        self.fault_count = 0
        self.faults: list[Broken] = []
        if seal != seal_head(key, head):
            self._note(Fault.HEAD, head.let_go + head.count)
        if head.first == LOST:
            self._note(Fault.START, head.let_go + 1)

    def step(self, line: Line) -> None:
        """The next line."""
        self.number += 1
        is_first = self.number == self._head.let_go + 1
        if line.hash != seal_line(self._key, self._head.account_id, line.values, line.prev):
            self._note(Fault.CHANGED, self.number)
        elif line.prev != self._follows:
            self._note(Fault.START if is_first else Fault.GAP, self.number)
        if self._kept and self._kept[0] == self.number and line.hash != self._kept[1]:
            self._note(Fault.KEPT, self.number)
        self._follows = line.hash

    def skip(self) -> None:
        """The next line cannot be read at all."""
        self.number += 1
        self._note(Fault.CHANGED, self.number)
        self._follows = None

    def end(self) -> list[Broken]:
        """There are no more lines. What does not fit, the first place first; empty when the chain is whole."""
        head = self._head
        if (self.number - head.let_go, self._follows) != (head.count, head.last):
            self._note(Fault.END, self.number)
        if self._kept and not head.let_go < self._kept[0] <= self.number:
            is_let_go = 0 < self._kept[0] <= head.let_go
            # Of lines that were let go only the last one's seal is still known.
            if not is_let_go or (self._kept[0] == head.let_go and self._kept[1] != head.first):
                self._note(Fault.KEPT, self._kept[0])
        return self.faults

    def _note(self, fault: Fault, number: int) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Broken(fault, number))
