"""Whether tabs show each order as often as they should, and every owned cell right. Pure comparison."""

from collections.abc import Collection, Mapping, Sequence

from stateful.bound import TOKEN, BoundTab, text_of
from stateful.ledger import Counts

from service.core.cells import Cell, Form
from service.google import grid
from service.sandbox.sheets.formulas.formula import Broken, Formula
from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.state.sheet import Sheet

Truth = Mapping[str, Mapping[str, Cell]]
Here = tuple[Sheet, BoundTab]


def wrong_counts(here: Sequence[Here], keys: Collection[str], counts: Counts) -> list[str]:
    """Orders that stand too often or not often enough in a family of tabs, in words."""
    found = dict.fromkeys(keys, 0)
    for sheet, tab in here:
        for key, rows in _places(sheet, tab, keys).items():
            found[key] += len(rows)
    return [
        f"{here[0][0].title}: {key} stands {many} times, should {_often(counts, key)}"
        for key, many in found.items()
        if not counts.allows(key, many)
    ]


def wrong_cells(sheet: Sheet, tab: BoundTab, truth: Truth) -> list[str]:
    """What our rows of a tab show wrongly, in words."""
    columns, found = tab.columns(sheet), list[str]()
    for key, at in _places(sheet, tab, truth).items():
        for row in at:
            found += _wrong_cells(sheet, row, columns, truth[key], here=f"{sheet.title}: {key}")
    return found


def left_behind(sheet: Sheet, tab: BoundTab, keys: Collection[str]) -> list[str]:
    """Values of ours in columns that are ours no more, beside keys of ours."""
    places = sheet.grid.column_positions()
    former = {places[slot]: key for slot, key in tab.former.items() if slot in places}
    rows = [row for at in _places(sheet, tab, keys).values() for row in at]
    return [
        f"{sheet.title}: {column_letters(column)}{row + 1} still shows {text!r} of {key}, which was taken out"
        for row in rows
        for column, key in former.items()
        if (text := text_of(sheet.grid.cell(row, column))) and not TOKEN.search(text)
    ]


def _places(sheet: Sheet, tab: BoundTab, keys: Collection[str]) -> dict[str, list[int]]:
    """Where the rows with these keys stand."""
    found: dict[str, list[int]] = {}
    for row in range(len(sheet.grid.rows)):
        key = tab.key_at(sheet, row)
        if key in keys:
            found.setdefault(key, []).append(row)
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
