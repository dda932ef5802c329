"""What a person keeps beside our columns, and what is left of it: cells counted by what they say of which order.

A note belongs to its order: a note that stands beside another order afterwards is as lost as one that is gone. Read
straight from the emulator's state, so that looking costs no call.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from service.sandbox.sheets import Emulator
from service.sandbox.sheets.deeds.grip import Order
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.hands import Hands
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

NOTES, CHECKS, OWN = "My notes", "My check", "My column"
MINE = (NOTES, CHECKS, OWN)
#: Every so many orders carry a note; each carries a formula that says which order it belongs to.
NOTE_EVERY = 4
OWN_AT = 2  # where the person puts a column of their own: between ours
SORTED_BY = "D"

#: (order id, heading, what the cell shows)
Mark = tuple[str, str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A tab as it stands: what each order's row shows under each heading. An order twice is two entries."""

    header: Sequence[Any]
    rows: Sequence[Mapping[str, Any]]
    key_header: str

    def marks(self) -> Counter[Mark]:
        """The person's own cells, with the order they stand beside."""
        return Counter(
            (str(row.get(self.key_header)), heading, row[heading])
            for row in self.rows
            for heading in MINE
            if row.get(heading) not in {None, ""}
        )

    def by_key(self) -> dict[str, list[Mapping[str, Any]]]:
        """Order id → its rows."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for row in self.rows:
            found.setdefault(str(row.get(self.key_header)), []).append(row)
        return found


def show(emulator: Emulator, spreadsheet_id: str, title: str, *, key_header: str) -> Shown:
    """The tab, formulas worked out."""
    workbook = emulator.state.workbook(spreadsheet_id)
    with workbook.reading():
        sheet = tab(workbook, title)
        evaluator = Evaluator(workbook, 0.0)
        lines = [_line(evaluator, sheet, index) for index in range(len(sheet.grid.rows))]
    header = lines[0] if lines else []
    rows = [
        {str(heading): value for heading, value in zip(header, line, strict=True) if heading is not None}
        for line in lines[1:]
        if any(value is not None for value in line)
    ]
    return Shown(header, rows, key_header)


def _line(evaluator: Evaluator, sheet: Sheet, index: int) -> list[Any]:
    cells = sheet.grid.row_cells(index, sheet.grid.box())
    return [evaluator.value(sheet, index, column, cell) for column, cell in enumerate(cells)]


def tab(workbook: Workbook, title: str) -> Sheet:
    """The tab of this title; KeyError when there is none."""
    found = workbook.titled(title)
    if found is None:
        raise KeyError(title)
    return found


def keep_notes(hands: Hands, spreadsheet_id: str, sheet: Sheet, *, width: int) -> None:
    """Two columns to the right of ours: notes on some orders, and a formula on each that names its order."""
    keys = _keys(sheet)
    block = [[NOTES, CHECKS]] + [
        [f"ask about {key[-7:]}" if number % NOTE_EVERY == 0 else "", f'="#"&RIGHT(A{number + 2},9)']
        for number, key in enumerate(keys)
    ]
    hands.paste(spreadsheet_id, f"{_letter(width)}1", block, sheet_id=sheet.sheet_id)


def sort_and_insert(hands: Hands, spreadsheet_id: str, sheet: Sheet, *, order: Order) -> None:
    """The person sorts the tab and puts a blank column in between ours: two clicks."""
    hands.sort(spreadsheet_id, SORTED_BY, sheet_id=sheet.sheet_id, order=order)
    hands.insert(spreadsheet_id, "COLUMNS", OWN_AT, sheet_id=sheet.sheet_id)


def fill_own_column(hands: Hands, spreadsheet_id: str, sheet: Sheet) -> None:
    """The new column gets a heading and a word on some orders."""
    keys = _keys(sheet)
    block = [[OWN]] + [[f"mine {key[-7:]}" if number % NOTE_EVERY == 1 else ""] for number, key in enumerate(keys)]
    hands.paste(spreadsheet_id, f"{_letter(OWN_AT)}1", block, sheet_id=sheet.sheet_id)


def _keys(sheet: Sheet) -> list[str]:
    """The order ids below the header, in the order of the rows; a blank row ends them."""
    cells = (sheet.grid.cell(index, 0) for index in range(1, len(sheet.grid.rows)))
    return [str(cell.value) for cell in takewhile(lambda cell: cell is not None and cell.value is not None, cells)]


def _letter(column: int) -> str:
    return chr(ord("A") + column)
