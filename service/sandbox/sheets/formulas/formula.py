"""A formula as text pieces and relative references; equal formulas of different rows are one shared object.

Kept in one notation whatever the locale: `,` between arguments and array columns, `;` between array rows, `.` as the
decimal mark. What a locale reads and prints is in `notation.py`. Evaluation is in `evaluate.py`.
"""

import re
from typing import NamedTuple
from weakref import WeakValueDictionary

from service.sandbox.sheets.formulas.notation import Notation, in_commas, plain_text
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


class Unread(NamedTuple):
    """Text that is no formula in the spreadsheet's locale; prints as it was typed and evaluates to #ERROR!."""

    text: str


Part = str | Reference | Broken | Unread


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

    def text(self, row: int, column: int, notation: Notation) -> str:
        """The formula as a user reads it in the cell at these indexes, with its equals sign."""
        parts = in_commas(self.parts) if notation.has_decimal_comma else self.parts
        return "=" + "".join(_print(part, row, column, notation) for part in parts)

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


def _print(part: Part, row: int, column: int, notation: Notation) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Unread):
        return part.text
    if isinstance(part, Broken):
        return "#REF!"
    text = part.text(row, column)
    if text is None:
        return "#REF!"
    if part.sheet_id is None:
        return text
    title = notation.title_of(part.sheet_id)
    return "#REF!" if title is None else f"{quote_title(title)}!{text}"


def read_formula(text: str, row: int, column: int, notation: Notation) -> Formula:
    """Formula text (with or without its equals sign) as typed into the cell at these indexes.

    A title that no tab has stays as text and evaluates to #REF!.
    """
    body = text.removeprefix("=")
    plain = plain_text(body, notation)
    if plain is None:
        return intern_formula((Unread(body),))
    parts: list[Part] = []
    texts: list[str] = []
    for match in _PIECE.finditer(plain):
        reference = _read_reference(match, row, column, notation)
        if reference is None:
            texts.append(match[0])
            continue
        if texts:
            parts.append("".join(texts))
            texts = []
        parts.append(reference)
    if texts:
        parts.append("".join(texts))
    return intern_formula(tuple(parts))


def _read_reference(match: re.Match[str], row: int, column: int, notation: Notation) -> Reference | None:
    if match["range"] is None:
        return None
    sheet_id: int | None = None
    if match["sheet"]:
        title = match["sheet"][:-1]
        if title.startswith("'"):
            title = title[1:-1].replace("''", "'")
        sheet_id = notation.sheet_ids.get(title.lower())
        if sheet_id is None:
            return None
    first, _, last = match["range"].partition(":")
    start = read_corner(first, row, column)
    end = read_corner(last, row, column) if last else None
    if start is None or (last and end is None):
        return None
    return Reference(sheet_id, start, end)
