"""Whether a tab shows each order as often as it should, and every owned cell right. Pure comparison."""

from collections.abc import Mapping

from stateful.ledger import BoundTab, Counts

from service.core.cells import Cell, Form
from service.google import grid
from service.sandbox.sheets.formulas.formula import Broken, Formula
from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.state.sheet import Sheet


def wrong_rows(sheet: Sheet, tab: BoundTab, truth: Mapping[str, Mapping[str, Cell]], counts: Counts) -> list[str]:
    """What is wrong with our rows, in words; nothing when all is right."""
    columns = tab.columns(sheet)
    places: dict[str, list[int]] = {key: [] for key in truth}
    for row in range(len(sheet.grid.rows)):
        key = tab.key_at(sheet, row)
        if key in places:
            places[key].append(row)
    found = [
        f"{sheet.title}: {key} stands {len(at)} times, should {_often(counts, key)}"
        for key, at in places.items()
        if not counts.allows(key, len(at))
    ]
    for key, at in places.items():
        for row in at:
            found += _wrong_cells(sheet, row, columns, truth[key], here=f"{sheet.title}: {key}")
    return found


def _often(counts: Counts, key: str) -> str:
    low, high = max(0, 1 + counts.low[key]), max(0, 1 + counts.high[key])
    return f"{low}" if low == high else f"{low} to {high}"


def _wrong_cells(
    sheet: Sheet, row: int, columns: Mapping[str, int], wanted: Mapping[str, Cell], *, here: str
) -> list[str]:
    found = []
    for key, cell in wanted.items():
        if key in columns and not shows(sheet, row, columns, wanted, key=key):
            value = sheet.grid.cell(row, columns[key])
            address = f"{column_letters(columns[key])}{row + 1}"
            shown = None if value is None else value.value
            found.append(f"{here}: {key} in {address} is {shown!r}, should be {cell.value!r}")
    return found


def shows(sheet: Sheet, row: int, columns: Mapping[str, int], wanted: Mapping[str, Cell], *, key: str) -> bool:
    """Whether the cell holds exactly this: text as text, numbers as numbers, a formula that lost nothing."""
    stored = sheet.grid.cell(row, columns[key])
    value = None if stored is None else stored.value
    cell = grid.pin(wanted[key], wanted, columns)
    match cell.form:
        case Form.BLANK:
            return value is None or value == ""
        case Form.TEXT:
            return value == cell.value
        case Form.NUMBER:
            return isinstance(value, float) and value == float(cell.value)
        case Form.BOOL:
            return value is (cell.value == "TRUE")
        case Form.FORMULA:
            return isinstance(value, Formula) and not any(isinstance(part, Broken) for part in value.parts)
