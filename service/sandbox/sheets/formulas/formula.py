"""A formula as text pieces and relative references; equal formulas of different rows are one shared object.

Reading and printing only. Evaluation is in `evaluate.py`.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from weakref import WeakValueDictionary

from service.sandbox.sheets.formulas.references import Mover, Place, Reference, read_corner

_PIECE = re.compile(
    r"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
    (?P<range>(?:\$?[A-Za-z]{1,3}\$?[1-9][0-9]*|\$?[A-Za-z]{1,3}(?=:)|\$?[1-9][0-9]*(?=:))
       (?:\:(?:\$?[A-Za-z]{1,3}\$?[1-9][0-9]*|\$?[A-Za-z]{1,3}|\$?[1-9][0-9]*))?)(?![\w.(!])
  | (?P<word>[^\W\d][\w.]*)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_TITLE = re.compile(r"[^\W\d]\w*\Z")
_LOOKS_LIKE_CELL = re.compile(r"(?:[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*)\Z")


def quote_title(title: str) -> str:
    """A sheet name as it stands before `!`: quoted only when it must be."""
    if _PLAIN_TITLE.match(title) and not _LOOKS_LIKE_CELL.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


class Broken(NamedTuple):
    """A reference whose cells are gone; prints and evaluates as #REF!."""


Part = str | Reference | Broken


class Formula:
    """One formula; `parts` begins with the text right after the equals sign."""

    __slots__ = ("__weakref__", "crosses_rows", "parts", "spills", "tree")

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        self.tree: object | None = None
        references = [part for part in parts if isinstance(part, Reference)]
        self.crosses_rows = any(reference.crosses_rows for reference in references)
        words = "".join(part for part in parts if isinstance(part, str)).upper()
        self.spills = "ARRAYFORMULA(" in words or "{" in words or "SEQUENCE(" in words

    def text(self, row: int, column: int, title_of: Callable[[int], str | None]) -> str:
        """The formula as a user reads it in the cell at these indexes, with its equals sign."""
        return "=" + "".join(_print(part, row, column, title_of) for part in self.parts)

    def moved(self, mover: Mover, old: Place, new: Place) -> "Formula":
        """The formula after cells moved, its own from `old` to `new`; itself when nothing changes for it."""
        changed = False
        parts: list[Part] = []
        for part in self.parts:
            kept: Part = part
            if isinstance(part, Reference):
                kept = part.moved(mover, old, new) or Broken()
                changed = changed or kept != part
            parts.append(kept)
        return intern_formula(tuple(parts)) if changed else self


_INTERNED: WeakValueDictionary[tuple[Part, ...], Formula] = WeakValueDictionary()


def intern_formula(parts: tuple[Part, ...]) -> Formula:
    """The shared Formula with these parts."""
    found = _INTERNED.get(parts)
    if found is None:
        found = Formula(parts)
        _INTERNED[parts] = found
    return found


def _print(part: Part, row: int, column: int, title_of: Callable[[int], str | None]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Broken):
        return "#REF!"
    text = part.text(row, column)
    if text is None:
        return "#REF!"
    if part.sheet_id is None:
        return text
    title = title_of(part.sheet_id)
    return "#REF!" if title is None else f"{quote_title(title)}!{text}"


def read_formula(text: str, row: int, column: int, sheets: Mapping[str, int]) -> Formula:
    """Formula text (with or without its equals sign) as typed into the cell at these indexes.

    `sheets` maps lower-case titles to sheet ids; a title it lacks stays as text and evaluates to #REF!.
    """
    body = text.removeprefix("=")
    parts: list[Part] = []
    plain: list[str] = []
    for match in _PIECE.finditer(body):
        reference = _read_reference(match, row, column, sheets)
        if reference is None:
            plain.append(match[0])
            continue
        if plain:
            parts.append("".join(plain))
            plain = []
        parts.append(reference)
    if plain:
        parts.append("".join(plain))
    return intern_formula(tuple(parts))


def _read_reference(match: re.Match[str], row: int, column: int, sheets: Mapping[str, int]) -> Reference | None:
    if match["range"] is None:
        return None
    sheet_id: int | None = None
    if match["sheet"]:
        title = match["sheet"][:-1]
        if title.startswith("'"):
            title = title[1:-1].replace("''", "'")
        sheet_id = sheets.get(title.lower())
        if sheet_id is None:
            return None
    first, _, last = match["range"].partition(":")
    start = read_corner(first, row, column)
    end = read_corner(last, row, column) if last else None
    if start is None or (last and end is None):
        return None
    return Reference(sheet_id, start, end)
