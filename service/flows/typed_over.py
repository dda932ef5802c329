"""Which of our cells show what a person put there, so that the history can name it before it is replaced. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.core.cells import BLANK, Cell, Form
from service.google import grid


@dataclass(frozen=True, slots=True)
class Typed:
    """A person's text in a cell of ours, by the cell's address ("Tab!B7"), row key and column key. `shown`: the text's
    fingerprint; the text itself is kept nowhere.
    """

    address: str
    row_key: str
    column: str
    shown: str

    def to_json(self) -> list[str]:
        return [self.address, self.row_key, self.column, self.shown]

    @staticmethod
    def from_json(raw: Any) -> "Typed":
        return Typed(*raw)


def keys(*, found: Mapping[str, Cell], kept: Mapping[str, Cell]) -> list[str]:
    """Column keys of the cells of a row (`found`) that show neither what we wrote last (`kept`) nor nothing. Where
    `kept` has no entry the cell is not what we wrote.
    """
    return [key for key, cell in found.items() if cell != BLANK and _is_typed(kept, key, cell)]


def _is_typed(kept: Mapping[str, Cell], key: str, found: Cell) -> bool:
    """A formula of ours that lost a column it points at is ours still."""
    if key not in kept:
        return True
    is_broken = kept[key].form is Form.FORMULA and found.form is Form.FORMULA
    return not is_broken and not grid.is_same(kept[key], found)
