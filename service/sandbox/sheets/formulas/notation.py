r"""How a spreadsheet's locale writes formulas: separators, the decimal mark, and the titles of its tabs.

Where the comma is the decimal mark, `;` separates arguments, `\` the columns of an array, and a stray `,` is an error;
elsewhere both `,` and `;` separate arguments. Function names are English everywhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

_PIECE = re.compile(
    r"""(?P<text>"(?:[^"]|"")*"?|'(?:[^']|'')*'?)|(?P<word>[^\W\d][\w.$]*)|(?P<bracket>[(){}])"""
    r"""|(?P<number>[0-9][0-9.,]*|[.,][0-9]+)|(?P<separator>[,;\\])|(?P<other>.)""",
    re.DOTALL,
)
_COMMA_NUMBER = re.compile(r"[0-9]*(?:,[0-9]*)?\Z")
_OPERAND_END = re.compile(r"[\w)}\"%]\Z")
_IN_ARRAYS = {";": ";", "\\": ","}
_IN_CALLS = {";": ","}
_OPENING = {")": "(", "}": "{"}


class Notation(NamedTuple):
    """What a workbook lends to the reading and printing of its formulas. Titles are looked up in lower case."""

    sheet_ids: Mapping[str, int]
    title_of: Callable[[int], str | None]
    has_decimal_comma: bool = False
    is_verbatim: bool = False
    """Leave separators and numbers as they were typed, for texts of which only the references move."""

    def verbatim(self) -> "Notation":
        """The same, for conditions, which are told as they were typed."""
        return self._replace(has_decimal_comma=False, is_verbatim=True)


def plain_text(body: str, notation: Notation) -> str | None:
    """The formula in the notation it is kept in; None when it cannot be read in this locale."""
    if notation.has_decimal_comma:
        pieces = list(_from_commas(body))
        return None if None in pieces else "".join(piece or "" for piece in pieces)
    if notation.is_verbatim or (";" not in body and "\\" not in body):
        return body
    return "".join(_with_commas_between(body))


def _from_commas(body: str) -> Iterator[str | None]:
    """Pieces in the kept notation, None for each that this locale does not have."""
    brackets: list[str] = []
    before = ""
    for match in _PIECE.finditer(body):
        piece = match[0]
        _follow(brackets, piece)
        if match["number"]:
            # A comma right after an operand separates nothing and begins no number.
            is_number = _COMMA_NUMBER.match(piece) and not (piece[0] == "," and _OPERAND_END.search(before))
            yield piece.replace(",", ".") if is_number else None
        elif match["separator"]:
            yield (_IN_ARRAYS if brackets[-1:] == ["{"] else _IN_CALLS).get(piece)
        else:
            yield None if match["other"] == "." else piece
        before = piece


def _with_commas_between(body: str) -> Iterator[str]:
    """Pieces in the kept notation, of a text whose decimal mark is the point."""
    brackets: list[str] = []
    for match in _PIECE.finditer(body):
        piece = match[0]
        _follow(brackets, piece)
        chosen = _IN_ARRAYS if brackets[-1:] == ["{"] else _IN_CALLS
        yield chosen.get(piece, piece) if match["separator"] else piece


@lru_cache(maxsize=4096)
def in_commas(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """The parts of a kept formula as a locale with a decimal comma prints them."""
    brackets: list[str] = []
    return tuple(_printed(part, brackets) if isinstance(part, str) else part for part in parts)


def _printed(text: str, brackets: list[str]) -> str:
    found: list[str] = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        _follow(brackets, piece)
        between = "\\" if brackets[-1:] == ["{"] else ";"
        if match["number"]:
            # A number never holds a comma in the kept notation: what looks like one is two numbers.
            piece = between.join(number.replace(".", ",") for number in piece.split(","))
        found.append(between if match["separator"] == "," else piece)
    return "".join(found)


def _follow(brackets: list[str], piece: str) -> None:
    """Keep track of which bracket is open."""
    if piece in {"(", "{"}:
        brackets.append(piece)
    elif piece in _OPENING and brackets[-1:] == [_OPENING[piece]]:
        brackets.pop()
