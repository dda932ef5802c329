"""References inside a formula, moved along as Google moves them when rows and columns of a tab move. Pure.

Used to put a person's formula back as it would read now. Text in quotes, names and references to other tabs stay as
they are. Indexes count from 0.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from service.google import grid

LOST = "#REF!"
_CORNER = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*"
_COLUMN = r"\$?[A-Za-z]{1,3}"
_ROW = r"\$?[1-9][0-9]*"
_TOKEN = re.compile(
    rf"""
    (?P<text>"(?:[^"]|"")*")
    | (?<![\w.$])
      (?P<tab>(?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)?
      (?P<first>{_CORNER}|{_COLUMN}(?=:)|{_ROW}(?=:))
      (?::(?P<last>{_CORNER}|{_COLUMN}|{_ROW}))?
      (?![\w.!]|\s*\()
    """,
    re.VERBOSE,
)
_SIDES = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")

#: An old span (first and last index) → where it is now, None when nothing of it is left.
Mover = Callable[[int, int], tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class _Corner:
    """One end of a reference: column and row, None where it has none, and their dollar signs."""

    column_sign: str
    column: int | None
    row_sign: str
    row: int | None

    def text(self) -> str:
        letters = "" if self.column is None else f"{self.column_sign}{grid.column_letters(self.column)}"
        return letters + ("" if self.row is None else f"{self.row_sign}{self.row + 1}")


def moved_formula(formula: str, *, title: str, columns: Mover, rows: Mover) -> str:
    """The formula after the columns and rows of the tab called `title`, in which it stands, moved."""
    return _TOKEN.sub(lambda token: _moved_token(token, title, columns=columns, rows=rows), formula)


def shape_of(formula: str) -> str:
    """What stays the same of a formula wherever it is moved to: all but its references, and how it is spaced. Places of
    columns that are not filled in yet count as references.
    """
    told = _TOKEN.sub(lambda token: token["text"] or "#", grid.PLACE.sub("#", formula))
    return grid.plain_formula(told).replace(LOST, "#").casefold()


def _moved_token(token: re.Match[str], title: str, *, columns: Mover, rows: Mover) -> str:
    tab = token["tab"] or ""
    if token["text"] or (tab and tab[:-1].strip("'").replace("''", "'") != title):
        return token[0]
    first = _corner(token["first"])
    last = _corner(token["last"]) if token["last"] else first
    across = _span(columns, first.column, last.column)
    down = _span(rows, first.row, last.row)
    if across is None or down is None:
        return tab + LOST
    start = _Corner(first.column_sign, across[0], first.row_sign, down[0])
    end = _Corner(last.column_sign, across[1], last.row_sign, down[1])
    return tab + (f"{start.text()}:{end.text()}" if token["last"] else start.text())


def _span(move: Mover, first: int | None, last: int | None) -> tuple[int | None, int | None] | None:
    """Both ends after the move; a side that a corner does not have stays open. None when all of it is gone."""
    if first is None or last is None:
        only = first if first is not None else last
        found = None if only is None else move(only, only)
        if only is not None and found is None:
            return None
        moved = found[0] if found else None
        return (moved if first is not None else None, moved if last is not None else None)
    if first <= last:
        return move(first, last)
    backwards = move(last, first)
    return None if backwards is None else (backwards[1], backwards[0])


def _corner(text: str) -> _Corner:
    found = _SIDES.fullmatch(text)
    if found is None:  # the token's pattern lets nothing else through
        raise ValueError(f"not a corner: {text}")
    first_sign, letters, second_sign, digits = found.groups()
    if not letters:
        return _Corner("", None, first_sign or second_sign, int(digits) - 1)
    return _Corner(first_sign, grid.column_index(letters), second_sign, int(digits) - 1 if digits else None)
