"""A bound tab as the judge knows it, and what stands in cells. Reads only; nothing here judges."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

Json = dict[str, Any]
OWNER = "maya@bloomthread.example"
TOKEN = re.compile(r"«(\d+)»")  # in everything that a person types: tells each text from all others


@dataclass(frozen=True)
class Standing:
    """What the product says of one of its tabs: which columns it owns there, and which of them are on their way out."""

    binding_id: str
    sheet_id: int
    key: str
    family: str
    owned: frozenset[str]
    leaving: frozenset[str] = frozenset()


@dataclass
class BoundTab:
    """A tab of ours as the test knows it: column key → the slot its column keeps for life, and which one is the key.

    `family`: the binding whose rows it shows; an archive shows those of its live tab. `leaving`: columns that are being
    taken out; `former`: the slots of those that were, which are people's own by now.
    """

    binding_id: str
    sheet_id: int
    key: str
    slots: dict[str, int]
    family: str
    leaving: frozenset[str] = frozenset()
    former: dict[int, str] = field(default_factory=dict)

    @property
    def is_archive(self) -> bool:
        return self.family != self.binding_id

    def twin(self) -> "BoundTab":
        """The tab as it is now, to be followed from here."""
        return replace(self, slots=dict(self.slots), former=dict(self.former))

    def columns(self, sheet: Sheet) -> dict[str, int]:
        """Column key → where it stands now; deleted columns are left out."""
        places = sheet.grid.column_positions()
        return {key: places[slot] for key, slot in self.slots.items() if slot in places}

    def key_at(self, sheet: Sheet, row: int) -> str:
        """The text of the row's key cell, empty when there is none."""
        column = self.columns(sheet).get(self.key)
        cell = None if column is None else sheet.grid.cell(row, column)
        return cell.value if cell is not None and isinstance(cell.value, str) else ""

    def follow(self, said: Standing, marked: Mapping[str, int]) -> None:
        """The tab has the columns that the product says. `marked`: those among them that it has put in by now."""
        self.leaving = said.leaving
        self.slots.update({key: slot for key, slot in marked.items() if key in said.owned})
        for key in self.slots.keys() - said.owned:
            self.former[self.slots.pop(key)] = key


def marked_slots(book: Workbook, sheet: Sheet, binding_id: str) -> dict[str, int]:
    """Column key → slot of every column that bears a mark of this binding."""
    found = {}
    for column in sheet.grid.columns:
        for number in column.metadata_ids:
            owner, _, key = book.metadata[number].value.partition(":")
            if owner == binding_id:
                found[key] = column.slot
    return found


def sheet_of(book: Workbook, sheet_id: int) -> Sheet | None:
    """The tab with this id, None when it is gone."""
    return next((sheet for sheet in book.sheets if sheet.sheet_id == sheet_id), None)


def content(cell: Cell | None) -> object:
    """What a person sees of a cell and may not lose: its value or formula, and its note."""
    if cell is None:
        return (None, None)
    value = cell.value.parts if isinstance(cell.value, Formula) else cell.value
    return (value, cell.note)


def text_of(cell: Cell | None) -> str:
    """A cell's content in words, references of formulas left out."""
    if cell is None or cell.value is None:
        return ""
    if isinstance(cell.value, Formula):
        return "=" + "".join(part if isinstance(part, str) else "#" for part in cell.value.parts)
    return str(cell.value)


def tokens_in(book: Workbook) -> set[str]:
    """Which of people's texts stand anywhere in the spreadsheet."""
    return {
        token
        for sheet in book.sheets
        for row in sheet.grid.rows
        if row is not None
        for cell in row.cells
        if cell is not None and cell.value is not None
        for token in TOKEN.findall(text_of(cell))
    }
