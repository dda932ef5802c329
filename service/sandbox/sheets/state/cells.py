"""One cell as an immutable value. What a cell shows (formats, formula results) is worked out elsewhere.

`value` is text, a number (always a float), a boolean, a Formula, or None for a blank cell.
"""

from typing import Any

import msgspec

from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.limits import EXACT_INTEGER
from service.sandbox.sheets.state.rules import Rule

Json = dict[str, Any]
Value = str | float | bool | Formula | None


class Cell(msgspec.Struct, frozen=True, gc=False):
    """A cell that holds something: a value, a format, a note, a rule or text runs.

    Tabs hold millions of them and none refers back to anything, so they are kept out of the collector's rounds.
    """

    value: Value = None
    format: Json | None = None
    note: str | None = None
    rule: Rule | None = None
    runs: tuple[Json, ...] | None = None

    @property
    def is_content(self) -> bool:
        """Does it count as data when a tab is searched for its last row? An empty checkbox does."""
        return self.value is not None or (self.rule is not None and self.rule.is_checkbox)

    @property
    def is_blank(self) -> bool:
        """Nothing at all is left; such a cell is stored as None."""
        return self == BLANK


BLANK = Cell()


def round_number(number: float) -> float:
    """A number as Sheets keeps it: a double, and integers beyond 15 digits rounded to 15 significant ones."""
    value = float(number)
    if -EXACT_INTEGER < value < EXACT_INTEGER:
        return value
    return float(f"{value:.15g}")


def differs(one: Cell | None, other: Cell | None) -> bool:
    """Do the cells hold anything different? FALSE is not 0 and TRUE is not 1, though Python takes them for equal."""
    if one is None or other is None:
        return one is not other
    return one != other or type(one.value) is not type(other.value)


def kept(cell: Cell) -> Cell | None:
    """The cell as it is stored: None when nothing is left in it."""
    return None if cell == BLANK else cell
