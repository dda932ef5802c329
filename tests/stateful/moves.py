"""Rows that the product takes out of a tab: through a hidden tab of its own, and only such as nobody would miss.

What such a write does is done in the shadow as well, so that whatever it takes away from people is gone there too. So
each request is looked at before: a row that a person would miss may go into the hidden tab, and has to come back.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from stateful.bound import TOKEN, BoundTab, Json, content, sheet_of, text_of

from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

#: Requests of a write that makes, fills, empties or deletes a tab of the product's own.
WHOLE = frozenset({"addSheet", "cutPaste", "deleteSheet"})
_NEVER = frozenset({"moveDimension", "deleteRange", "insertRange", "sortRange"})
_BLANK = content(None)


@dataclass
class Moves:
    """The product's own tabs of one spreadsheet. `made`: the id of each → whether a person would miss the row, row by
    row. `keys`: the row keys of a family.
    """

    tabs: Sequence[BoundTab]
    keys: Callable[[str], Collection[str]]
    made: dict[int, dict[int, bool]] = field(default_factory=dict)

    def against(self, shadow: Workbook, request: Json) -> list[str]:
        """What is wrong with a request that is about to be done in the shadow."""
        ((kind, body),) = request.items()
        if kind in _NEVER:
            return [f"the product sent {kind}"]
        if kind == "addSheet":
            self.made[body["properties"]["sheetId"]] = {}
        if kind == "cutPaste":
            self._carry(shadow, body)
        if kind == "deleteDimension":
            return self._not_blank(shadow, body["range"])
        return self._missed(shadow, body["sheetId"]) if kind == "deleteSheet" else []

    def _carry(self, shadow: Workbook, body: Json) -> None:
        source, target = body["source"], body["destination"]
        sheet = sheet_of(shadow, source["sheetId"])
        tab = next((one for one in self.tabs if one.sheet_id == source["sheetId"]), None)
        into = self.made.get(target["sheetId"])
        if sheet is None or tab is None or into is None:
            return
        for offset, row in enumerate(range(source["startRowIndex"], source["endRowIndex"])):
            into[target["rowIndex"] + offset] = self._is_missed(sheet, tab, row)

    def _is_missed(self, sheet: Sheet, tab: BoundTab, row: int) -> bool:
        """Whether somebody wrote into the row, or it is none of ours."""
        ours = set(tab.columns(sheet).values())
        cells = {at: sheet.grid.cell(row, at) for at in range(sheet.grid.column_count)}
        filled = {at: cell for at, cell in cells.items() if cell is not None and content(cell) != _BLANK}
        if not filled:
            return False
        is_own = any(at not in ours or cell.note or TOKEN.search(text_of(cell)) for at, cell in filled.items())
        return is_own or tab.key_at(sheet, row) not in self.keys(tab.family)

    def _not_blank(self, shadow: Workbook, where: Json) -> list[str]:
        sheet = sheet_of(shadow, where["sheetId"])
        rows = range(where["startIndex"], where["endIndex"])
        if sheet is None or where["dimension"] != "ROWS":
            return ["the product deleted columns"]
        return [f"the product deleted row {row + 1} of {sheet.title}" for row in rows if _is_filled(sheet, row)]

    def _missed(self, shadow: Workbook, sheet_id: int) -> list[str]:
        sheet = sheet_of(shadow, sheet_id)
        if sheet_id not in self.made or sheet is None:
            return ["the product deleted a tab that is not its own"]
        missed = [row for row, is_missed in self.made.pop(sheet_id).items() if is_missed and _is_filled(sheet, row)]
        shown = [[text_of(sheet.grid.cell(row, at)) for at in range(sheet.grid.column_count)] for row in missed]
        return [f"the product took a row away that is not its own: {[text for text in one if text]}" for one in shown]


def _is_filled(sheet: Sheet, row: int) -> bool:
    cells = (sheet.grid.cell(row, at) for at in range(sheet.grid.column_count))
    return any(content(cell) != _BLANK for cell in cells)
