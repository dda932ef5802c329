"""Cell: what goes into one cell of a sheet, and nothing about where. Row images are made of Cells.

Equality is the comparison of images: two Cells are equal exactly when writing the second over the first would change
nothing. How a Cell becomes a Google request is `google/sheets`.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

#: Most characters a cell takes, counted as Google counts, in UTF-16 units (Sheets limits page, read 2026-11).
TEXT_LIMIT = 50_000
CUT_MARK = "… [cut]"

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Form(StrEnum):
    """What a cell holds. An instant is a number; how it is shown is the format's business."""

    BLANK = "blank"
    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"
    FORMULA = "formula"


#: By its own name: looking a member up in its class is half of what a cell costs.
_BLANK, _NUMBER, _TEXT = Form.BLANK, Form.NUMBER, Form.TEXT
_LETTER_OF = {Form.TEXT: "t", Form.NUMBER: "n", Form.BOOL: "b", Form.FORMULA: "f"}
_FORM_OF = {letter: form for form, letter in _LETTER_OF.items()}


class Cell(Struct, frozen=True, gc=False):
    """One cell's content. `value`: the text; a number as plain decimal text; TRUE or FALSE; a formula with its `=`.

    A formula may hold `{column_key}` places: the writer puts the A1 reference of that column's cell in the same row.
    Only kinds make formulas; foreign text never becomes one. A struct, because a backfill makes millions of them.
    """

    form: Form
    value: str = ""

    def to_json(self) -> list[str]:
        """A short list for row images: `[]` for blank, else letter and value."""
        return [_LETTER_OF[self.form], self.value] if self.form is not _BLANK else []

    @staticmethod
    def from_json(raw: Sequence[str]) -> "Cell":
        """The Cell that `to_json` wrote. ValueError for anything else."""
        if not raw:
            return BLANK
        letter, value = raw
        if letter not in _FORM_OF:
            raise ValueError(f"unknown form of cell {letter!r}")
        return Cell(_FORM_OF[letter], value)


BLANK = Cell(Form.BLANK)


def text_cell(text: str) -> Cell:
    """Text as itself, never parsed by the sheet; empty text is a blank cell. See `clean`."""
    cleaned = clean(text)
    return Cell(_TEXT, cleaned) if cleaned else BLANK


def number_cell(number: Decimal | float) -> Cell:
    """A number in its one spelling: plain decimal text, no exponent, no trailing zeros, no minus zero.

    A float is taken by its shortest spelling, so that a number read back from a sheet equals the one written as long
    as it has at most fifteen significant digits. ValueError for infinities and not-a-number.
    """
    is_exact = isinstance(number, Decimal)
    plain = "" if is_exact else repr(number)
    if is_exact or not number or "e" in plain or "n" in plain:  # zero has a sign; an exponent, an infinity, no number
        exact = number if isinstance(number, Decimal) else Decimal(plain)
        if not exact.is_finite():
            raise ValueError("a cell holds finite numbers only")
        plain = f"{exact:f}" if exact else "0"
    return Cell(_NUMBER, plain.rstrip("0").rstrip(".") if "." in plain else plain)


def whole_cell(number: int) -> Cell:
    """`number_cell` of a whole number."""
    return Cell(_NUMBER, str(number))


def bool_cell(answer: bool) -> Cell:  # noqa: FBT001 - the value of the cell itself
    """TRUE or FALSE."""
    return Cell(Form.BOOL, "TRUE" if answer else "FALSE")


def clean(text: str) -> str:
    """Text as a sheet can keep it, always the same for the same input.

    Line ends become LF. Characters no sheet shows (controls other than tab and LF, lone surrogates) become U+FFFD.
    Text past `TEXT_LIMIT` is cut before it and ends in `CUT_MARK`.
    """
    if len(text) <= TEXT_LIMIT // 2 and text.isprintable():  # nearly all is: neither too long nor anything to replace
        return text
    tidy = _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _units(tidy) <= TEXT_LIMIT:
        return tidy
    return _first_units(tidy, TEXT_LIMIT - _units(CUT_MARK)) + CUT_MARK


def _units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _first_units(text: str, units: int) -> str:
    """The longest beginning of at most `units` UTF-16 units that cuts no character in two."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")
