"""A user's hands on a spreadsheet: typing, sorting, inserting, moving, renaming, hiding, outside of any API.

Each deed runs as the file's owner, or as the person `acting_as` names, under the workbook's lock, and raises version,
change time and last editor like any other change. Cells and columns are named in A1 letters (`B3`, `C`), rows of
insert, delete and move by index from 0, ends exclusive.

Two doors lead here. Over HTTP: `POST {sheets_control}hands/<deed>` with the parameters as keys. In one process, without
HTTP, disk or waiting, which is what thousands of random schedules want:

    emulator = create_emulator(
        data_dir=None, people=nobody, now=clock.market, wall=clock.timestamp, pause=clock.advance
    )
    book = emulator.state.create_spreadsheet("maya@bloom.example").file_id
    emulator.hands.type_text(book, "A1", "Order")
    emulator.hands.acting_as("sam@packright.example").sort(book, "A")
    rows = emulator.hands.read(book)

An emulator is built in about 2 ms and a deed takes some tens of microseconds, so each schedule may have its own.
"""

import inspect
from typing import TYPE_CHECKING, Any

from service.sandbox.sheets.deeds.cells import CellDeeds
from service.sandbox.sheets.deeds.lines import LineDeeds
from service.sandbox.sheets.deeds.tabs import TabDeeds
from service.sandbox.sheets.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


class Hands(CellDeeds, LineDeeds, TabDeeds):
    """What a person does in the browser."""

    def acting_as(self, email: str) -> "Hands":
        """The hands of this person: they need a permission on the file, and protections bind them."""
        return Hands(self._bench, self._late, email)

    def perform(self, deed: str, arguments: Json) -> Json:
        """The deed with this name done with these arguments, as the control door hands them over.

        `by` names the person; without it the owner acts.
        """
        name = DEEDS.get(deed)
        if name is None:
            raise ApiError(f"There is no deed {deed}; choose one of {', '.join(DEEDS)}.", code=404)
        given = dict(arguments)
        hands = self.acting_as(str(given.pop("by"))) if given.get("by") else self
        method: Callable[..., object] = getattr(hands, name)
        try:
            inspect.signature(method).bind(**given)
        except TypeError as error:
            raise ApiError(f"{deed}: {error}; it takes {parameters(deed)} and by") from None
        result = method(**given)
        return {} if result is None else {RESULTS[deed]: result}


DEEDS = {
    "type": "type_text",
    "paste": "paste",
    "clear": "clear",
    "copy": "copy",
    "cut": "cut",
    "sort": "sort",
    "replace": "replace",
    "note": "note",
    "dress": "dress",
    "tick-boxes": "tick_boxes",
    "read": "read",
    "insert": "insert",
    "delete": "delete",
    "move": "move",
    "duplicate-row": "duplicate_row",
    "resize": "resize",
    "hide": "hide",
    "show": "show",
    "rename-header": "rename_header",
    "rename-tab": "rename_tab",
    "add-tab": "add_tab",
    "duplicate-tab": "duplicate_tab",
    "delete-tab": "delete_tab",
    "move-tab": "move_tab",
    "hide-tab": "hide_tab",
    "show-tab": "show_tab",
    "freeze": "freeze",
    "filter": "filter",
    "sort-filter": "sort_filter",
    "clear-filter": "clear_filter",
    "protect": "protect",
    "unprotect": "unprotect",
    "merge": "merge",
    "rename-file": "rename_file",
    "copy-file": "copy_file",
}
"""Last part of `POST {sheets_control}hands/<deed>` → method; the body's keys are the method's parameters."""

RESULTS = {
    "read": "rows",
    "add-tab": "sheet_id",
    "duplicate-tab": "sheet_id",
    "protect": "protected_range_id",
    "copy-file": "spreadsheet_id",
}
"""Under which name the answer of a deed tells what it made or found."""


def parameters(deed: str) -> str:
    """The keys a deed takes, as its documentation lists them."""
    names = list(inspect.signature(getattr(Hands, DEEDS[deed])).parameters)
    return ", ".join(name for name in names if name != "self")
