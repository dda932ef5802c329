"""What people do to a bound spreadsheet with their hands. Each deed is a few small numbers, made to fit what is there.

A deed becomes requests as a batchUpdate has them, so that it can be done twice: in the sheet and in its shadow. All
that is typed carries a token of its own: «17». Rows and columns count from 0; sentences name them as people see them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from stateful import cell_deeds, line_deeds, tab_deeds
from stateful.bound import BoundTab, sheet_of
from stateful.place import Doing, Place

from service.sandbox.sheets.state.workbook import Workbook


@dataclass(frozen=True)
class Deed:
    """One deed: its name in DEEDS or BESIDE, and numbers that choose place and kind."""

    name: str
    a: int = 0
    b: int = 0
    c: int = 0
    tab: int = 0


@dataclass
class Hands:
    """Whoever works in the sheet. `book`, `tabs`: what there is; tokens never repeat within a schedule."""

    book: Workbook
    tabs: Sequence[BoundTab]

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def plan(self, deed: Deed) -> Doing:
        """The sentence and the requests. No requests: there is nothing there to do it to."""
        tab = self.tabs[deed.tab % len(self.tabs)]
        sheet = sheet_of(self.book, tab.sheet_id)
        if sheet is None:
            return ("Maya looks for the tab, which is gone.", [])
        place = Place(sheet, tab, lambda: next(self._numbers), is_named=len(self.tabs) > 1)
        return DEEDS[deed.name](place, deed.a, deed.b, deed.c)


DEEDS: Mapping[str, Callable[[Place, int, int, int], Doing]] = {
    "type a note": cell_deeds.type_note,
    "type over": cell_deeds.type_over,
    "type a formula": cell_deeds.type_formula,
    "clear": cell_deeds.clear,
    "note": cell_deeds.note,
    "total": cell_deeds.total,
    "own row": cell_deeds.own_row,
    "copy cells": cell_deeds.copy_cells,
    "sort": line_deeds.sort,
    "sort part": line_deeds.sort_part,
    "filter": line_deeds.set_filter,
    "clear filter": line_deeds.clear_filter,
    "insert rows": line_deeds.insert_rows,
    "delete rows": line_deeds.delete_rows,
    "move row": line_deeds.move_row,
    "copy row": line_deeds.copy_row,
    "hide rows": line_deeds.hide_rows,
    "cut grid": line_deeds.cut_grid,
    "insert columns": line_deeds.insert_columns,
    "move column": line_deeds.move_column,
    "delete column": line_deeds.delete_column,
    "delete key": line_deeds.delete_key,
    "hide column": line_deeds.hide_column,
    "rename header": line_deeds.rename_header,
    "rename tab": tab_deeds.rename_tab,
    "freeze": tab_deeds.freeze,
    "add tab": tab_deeds.add_tab,
    "double tab": tab_deeds.double_tab,
    "delete tab": tab_deeds.delete_tab,
    "protect": tab_deeds.protect,
    "unprotect": tab_deeds.unprotect,
}
#: What people do beside the sheet: the play knows how.
COPY_FILE, GO_ON, CHANGE_PROFILE = "copy file", "go on", "change profile"
PROTECTING = "protect"
BESIDE = (COPY_FILE, GO_ON, CHANGE_PROFILE)
RARE = frozenset({"delete key", "delete tab", "protect", "unprotect", "double tab", *BESIDE})
#: Deeds that put values of ours into other cells of ours. What stands there then was hers to put there: such a cell may
#: be named when it is replaced, like a text of hers, and nobody can tell which value was carried where.
MIXING = frozenset({"sort part", "copy row", "copy cells"})
#: Deeds whose outcome follows what cells hold. While the product still owes a cell, the same deed would do one thing
#: to the sheet and another to its shadow, so nobody does them then.
BY_CONTENT = frozenset({"sort", "sort part", "filter", "copy row", "copy cells", "double tab"})
