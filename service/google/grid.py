"""Google's cell JSON to Cells and back, grid ranges and A1. Row and column indexes count from 0; ends are exclusive."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from service.core.cells import BLANK, Cell, Form, bool_cell, number_cell

Json = dict[str, Any]

#: A whole cell that is an address or a bare domain becomes a link by itself unless the write says otherwise.
_LINK = re.compile(
    r"(?i)\s*(?:[a-z][a-z0-9+.-]*://\S+|(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?|mailto:\S+|\S+@\S+\.\S+)\s*"
)
#: An enumeration's member by its own name: looking it up in its class is half of what a cell costs.
_TEXT, _NUMBER, _FORMULA = Form.TEXT, Form.NUMBER, Form.FORMULA
PLACE = re.compile(r"\{(\w+)\}")
_LOST = "#REF!"


def cell_of(data: Mapping[str, Any]) -> Cell:
    """The Cell that a CellData holds under `userEnteredValue`; blank when it holds nothing."""
    value = data.get("userEnteredValue")
    if not value:
        return BLANK
    if "stringValue" in value:
        return Cell(_TEXT, value["stringValue"]) if value["stringValue"] else BLANK
    if "numberValue" in value:
        return number_cell(float(value["numberValue"]))
    if "boolValue" in value:
        return bool_cell(bool(value["boolValue"]))
    if "formulaValue" in value:
        return Cell(Form.FORMULA, value["formulaValue"])
    return BLANK


def value_of(cell: Cell, references: Mapping[str, str]) -> Json:
    """The ExtendedValue to write. `references`: column key → A1 reference of that column's cell in the same row."""
    form = cell.form
    if form is _TEXT:
        return {"stringValue": cell.value}
    if form is _NUMBER:
        return {"numberValue": json_number(cell.value)}
    if form is Form.BOOL:
        return {"boolValue": cell.value == "TRUE"}
    return {"formulaValue": formula_text(cell, references)} if form is _FORMULA else {}


def literal_of(cell: Cell) -> Json:
    """The ExtendedValue of a cell that stood in a sheet: a person's formula is written as it reads."""
    return {"formulaValue": cell.value} if cell.form is Form.FORMULA else value_of(cell, {})


def formula_text(cell: Cell, references: Mapping[str, str]) -> str:
    """The formula with the references of its row in its places."""
    return PLACE.sub(lambda place: references[place[1]], cell.value)


def is_formula_text(cell: Cell, found: Cell, references: Mapping[str, str]) -> bool:
    """Whether the sheet holds this very formula. A sheet's language may show other separators."""
    return reads_alike(formula_text(cell, references), found.value)


def reads_alike(formula: str, other: str) -> bool:
    """Whether two formulas are the same but for separators and spaces."""
    return plain_formula(formula) == plain_formula(other)


def plain_formula(formula: str) -> str:
    """The formula as it reads in every locale: one separator, no spaces."""
    return formula.replace(";", ",").replace(" ", "")


def json_number(text: str) -> int | float:
    """The JSON number of an exact decimal text: a double is what the sheet keeps, so this is the last step."""
    return float(text) if "." in text else int(text)


def pin(cell: Cell, cells: Mapping[str, Cell], columns: Collection[str]) -> Cell:
    """The cell as it can stand among `columns`: a formula that names a column which somebody deleted holds that
    column's number itself (from `cells`, the row's own), and is blank when there is none.
    """
    if cell.form is not _FORMULA:
        return cell
    lost = {key for key in PLACE.findall(cell.value) if key not in columns}
    if any(cells.get(key, BLANK).form is not Form.NUMBER for key in lost):
        return BLANK
    pinned = PLACE.sub(lambda place: f"({cells[place[1]].value})" if place[1] in lost else place[0], cell.value)
    return Cell(Form.FORMULA, pinned)


def is_same(wanted: Cell, found: Cell) -> bool:
    """Whether the sheet shows what was wanted. A formula is checked for presence: its references move with the row.

    One that lost a cell it points at (#REF!) shows nothing any more.
    """
    if wanted.form is _FORMULA:
        return found.form is _FORMULA and _LOST not in found.value
    if wanted == found:
        return True
    return wanted.form is _NUMBER and found.form is _NUMBER and float(wanted.value) == float(found.value)


def would_become_link(cell: Cell) -> bool:
    """Whether Google would turn this text into a link by itself."""
    return cell.form is Form.TEXT and _LINK.fullmatch(cell.value) is not None


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def a1_cell(row: int, column: int) -> str:
    """Grid indexes (from 0) as an A1 reference (rows from 1)."""
    return f"{column_letters(column)}{row + 1}"


def a1_rows(title: str, start: int, end: int) -> str:
    """Whole rows `start` to before `end` of the tab, for a responseRange."""
    quoted = title.replace("'", "''")
    return f"'{quoted}'!{start + 1}:{end}"


def row_range(sheet_id: int, start: int, end: int | None = None) -> Json:
    """Whole rows from `start`; `end` None = to the end of the grid."""
    bounds: Json = {"sheetId": sheet_id, "startRowIndex": start}
    return bounds if end is None else {**bounds, "endRowIndex": end}


def runs(indexes: Iterable[int], *, gap: int = 0) -> list[tuple[int, int]]:
    """Sorted, merged (start, end) runs covering `indexes`; runs closer than `gap` rows become one."""
    merged: list[tuple[int, int]] = []
    for index in sorted(set(indexes)):
        if merged and index <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], index + 1)
        else:
            merged.append((index, index + 1))
    return merged


def grid_rows(data: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Cell, ...]]:
    """Row index → cells from column 0, out of GridData blocks that all start at column 0."""
    found: dict[int, tuple[Cell, ...]] = {}
    for block in data:
        start = int(block.get("startRow", 0))
        for offset, row in enumerate(block.get("rowData", ())):
            found[start + offset] = tuple(cell_of(cell) for cell in row.get("values", ()))
    return found
