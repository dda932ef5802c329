"""CellData out of a stored cell: only the fields that are asked for are worked out."""

from typing import Any

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.formats.cellformat import effective_format
from service.sandbox.sheets.formats.locales import Words, words_of
from service.sandbox.sheets.formats.shown import shown_text
from service.sandbox.sheets.formula_errors import FormulaError
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.formulas.operators import Scalar
from service.sandbox.sheets.state.cells import BLANK, Cell
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.wire.masks import Exact, Mask, under, wants

Json = dict[str, Any]

FIELDS = (
    "userEnteredValue",
    "effectiveValue",
    "formattedValue",
    "userEnteredFormat",
    "effectiveFormat",
    "hyperlink",
    "note",
    "dataValidation",
    "textFormatRuns",
)
ENTERED_ONLY = frozenset({"userEnteredValue"})
"""What writers ask for to see what they wrote."""


def plain_number(value: float) -> float | int:
    """A number as JSON prints it: no `.0` on integers."""
    return int(value) if value == int(value) and abs(value) < 1e21 else value


def extended_value(value: Scalar) -> Json | None:
    """An ExtendedValue of a worked-out value."""
    if isinstance(value, str):
        return {"stringValue": value}
    if value is None:
        return None
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, FormulaError):
        return {"errorValue": {"type": value.kind, "message": value.message}}
    return {"numberValue": plain_number(value)}


class CellReader:
    """Reads cells of one tab for one request."""

    def __init__(self, sheet: Sheet, evaluator: Evaluator) -> None:
        self.sheet = sheet
        self.evaluator = evaluator
        self.workbook = evaluator.workbook
        self.words: Words = words_of(self.workbook.properties["locale"])
        self.notation = self.workbook.notation()

    def entered_value(self, cell: Cell, row: int, column: int) -> Json | None:
        """The userEnteredValue of a cell at these indexes."""
        if isinstance(cell.value, Formula):
            return {"formulaValue": cell.value.text(row, column, self.notation)}
        return extended_value(cell.value)

    def effective(self, cell: Cell | None, row: int, column: int) -> Scalar:
        return self.evaluator.value(self.sheet, row, column, cell)

    def shown(self, cell: Cell | None, row: int, column: int) -> str:
        """The text a user sees."""
        return shown_text(self.effective(cell, row, column), cell.format if cell else None, self.words)

    def data(self, cell: Cell | None, row: int, column: int, fields: frozenset[str]) -> Json:
        """CellData with the given fields."""
        data: Json = {}
        cell = cell or BLANK
        if "userEnteredValue" in fields and cell.value is not None:
            data["userEnteredValue"] = self.entered_value(cell, row, column)
        if fields & {"effectiveValue", "formattedValue", "effectiveFormat"}:
            self._add_effective(data, cell, (row, column), fields)
        if "userEnteredFormat" in fields and cell.format:
            data["userEnteredFormat"] = cell.format
        if "hyperlink" in fields and (link := link_of(cell)):
            data["hyperlink"] = link
        if "note" in fields and cell.note:
            data["note"] = cell.note
        if "dataValidation" in fields and cell.rule:
            data["dataValidation"] = cell.rule.json(row, column, self.notation)
        if "textFormatRuns" in fields and cell.runs:
            data["textFormatRuns"] = list(cell.runs)
        return data

    def line(self, cells: list[Cell | None], row: int, column: int, fields: frozenset[str]) -> list[Json]:
        """CellData of neighbouring cells of one row, the first of them at these indexes."""
        if fields != ENTERED_ONLY:
            return [self.data(cell, row, at, fields) for at, cell in enumerate(cells, column)]
        return [
            {} if cell is None or cell.value is None else {"userEnteredValue": self.entered_value(cell, row, at)}
            for at, cell in enumerate(cells, column)
        ]

    def _add_effective(self, data: Json, cell: Cell, at: tuple[int, int], fields: frozenset[str]) -> None:
        value = self.effective(cell, *at)
        if value is not None:
            if "effectiveValue" in fields:
                data["effectiveValue"] = extended_value(value)
            if "formattedValue" in fields:
                data["formattedValue"] = shown_text(value, cell.format, self.words)
        if "effectiveFormat" in fields and (value is not None or cell.format):
            data["effectiveFormat"] = effective_format(cell.format, is_link=link_of(cell) is not None)


def link_of(cell: Cell) -> str | None:
    """Where the whole cell links to."""
    if not cell.format:
        return None
    link: str | None = cell.format.get("textFormat", {}).get("link", {}).get("uri")
    return link


def row_data(reader: CellReader, box: Box, mask: Mask) -> list[Json]:
    """RowData for the box, with the masked fields of cells; trailing blank cells and rows are cut."""
    fields = frozenset(field for field in FIELDS if wants(mask, "values", field))
    grid = reader.sheet.grid
    spilled = reader.evaluator.spilled(reader.sheet)
    last = max((row for row, column in spilled if box.covers(row, column)), default=-1)
    rows: list[Json] = []
    filled = 0
    for row in range(box.row, max(min(box.end_row, len(grid.rows)), last + 1)):
        cells = grid.row_cells(row, box)
        width = len(cells)
        while width and cells[width - 1] is None and (row, box.column + width - 1) not in spilled:
            width -= 1
        values = reader.line(cells[:width], row, box.column, fields)
        rows.append({"values": values} if values else {})
        filled = len(rows) if values else filled
    found = rows[:filled]
    return Exact(found) if all(not below for below in under(mask, "values").values()) else found
