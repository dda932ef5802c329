"""What a bound tab looks like now: its columns, the rows asked for, where its content ends. One read each.

A column is proposed by our developer metadata, else by its header text when that is unique; rows are found by the text
of the key cell. Nothing is written here. Indexes count from 0.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.core.cells import BLANK, Cell, Form
from service.google import grid
from service.google.grid import Json

COLUMN_KEY = "rowstream.column"
CLAIM_KEY = "rowstream.claim"  # on a column that is to be marked again, and proves nothing
TAB_FIELDS = (
    "properties(title,locale,timeZone,autoRecalc),"
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "data(startRow,startColumn,rowData.values.userEnteredValue,columnMetadata.developerMetadata("
    "metadataId,metadataKey,metadataValue)))"
)
KEY_FIELDS = "sheets(properties.sheetId,data(startRow,rowData.values.userEnteredValue))"


@dataclass(frozen=True, slots=True)
class OwnedTab:
    """What we believe of a bound tab: `headers` column key → header text; `key_column` finds a row."""

    binding_id: str
    sheet_id: int
    header_row: int
    headers: Mapping[str, str]
    key_column: str


@dataclass(frozen=True, slots=True)
class TabView:
    """What a read or an answer said of a tab. Rows that were asked for and are absent here are blank."""

    title: str
    row_count: int
    column_count: int
    columns: Mapping[str, int]  # column key → grid column
    missing: tuple[str, ...]  # owned columns that were not found
    rows: Mapping[int, tuple[Cell, ...]]
    content_end: int  # one past the last row with any content among the rows read
    proposed: frozenset[str] = frozenset()  # columns found by their header alone: somebody else's may be called so too
    unmarked: frozenset[str] = frozenset()  # owned columns whose mark stands nowhere
    claims: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)  # key → metadata id, grid column

    def cell(self, row: int, column: int) -> Cell:
        """The cell as read; blank outside what was read."""
        cells = self.rows.get(row, ())
        return cells[column] if column < len(cells) else BLANK

    def without(self, keys: Collection[str]) -> "TabView":
        """The same without these columns: they are not ours."""
        columns = {key: at for key, at in self.columns.items() if key not in keys}
        return replace(self, columns=columns, missing=(*self.missing, *sorted(keys)), proposed=frozenset())

    def only(self, keys: Collection[str]) -> "TabView":
        """The same with these columns as the only ones that are ours."""
        return self.without([key for key in self.columns if key not in keys])

    def key_at(self, row: int, tab: OwnedTab) -> str:
        """The row key at this row, empty when there is none."""
        column = self.columns.get(tab.key_column)
        cell = BLANK if column is None else self.cell(row, column)
        return cell.value if cell.form is Form.TEXT else ""


@dataclass(frozen=True, slots=True)
class FileView:
    """A spreadsheet's properties and the tabs that were asked for, by sheet id; a deleted tab is absent."""

    time_zone: str
    locale: str
    auto_recalc: str
    tabs: Mapping[int, TabView] = field(default_factory=dict)


def spot_filters(tab: OwnedTab, *, rows: Collection[int], tail_from: int) -> list[Json]:
    """The data filters of a spot read: header, the rows to be touched, and everything from `tail_from` down."""
    ranges = [(tab.header_row, tab.header_row + 1)]
    ranges += grid.runs((row for row in rows if row < tail_from), gap=2)
    found = [{"gridRange": grid.row_range(tab.sheet_id, start, end)} for start, end in ranges]
    return [*found, {"gridRange": grid.row_range(tab.sheet_id, tail_from)}]


def read_view(answer: Mapping[str, Any], tabs: Sequence[OwnedTab]) -> FileView:
    """The answer of a spot read, or of a write that returned the same fields."""
    properties = answer.get("properties", {})
    by_id = {int(sheet["properties"].get("sheetId", 0)): sheet for sheet in answer.get("sheets", ())}
    return FileView(
        time_zone=properties.get("timeZone", ""),
        locale=properties.get("locale", ""),
        auto_recalc=properties.get("autoRecalc", ""),
        tabs={tab.sheet_id: _tab_view(by_id[tab.sheet_id], tab) for tab in tabs if tab.sheet_id in by_id},
    )


def _tab_view(sheet: Mapping[str, Any], tab: OwnedTab) -> TabView:
    properties = sheet["properties"]
    size = properties.get("gridProperties", {})
    data = sheet.get("data", ())
    rows = grid.grid_rows(data)
    marks = _marks(data, COLUMN_KEY, tab.binding_id)
    marked = {key: list(dict.fromkeys(at for _number, at in found)) for key, found in marks.items()}
    columns = locate(tab, header=rows.get(tab.header_row, ()), marked=marked)
    filled = (index for index in sorted(rows, reverse=True) if any(cell != BLANK for cell in rows[index]))
    return TabView(
        title=str(properties.get("title", "")),
        row_count=int(size.get("rowCount", 0)),
        column_count=int(size.get("columnCount", 0)),
        columns=columns,
        missing=tuple(key for key in tab.headers if key not in columns),
        rows=rows,
        content_end=next(filled, -1) + 1,
        proposed=frozenset(key for key in columns if len(marked.get(key, ())) != 1),
        unmarked=frozenset(key for key in tab.headers if key not in marked),
        claims=_marks(data, CLAIM_KEY, tab.binding_id),
    )


def _marks(data: Sequence[Mapping[str, Any]], metadata_key: str, binding_id: str) -> dict[str, list[tuple[int, int]]]:
    """Column key → id and grid column of each entry of ours for it (a copied column may carry it twice)."""
    found: dict[str, list[tuple[int, int]]] = {}
    for block in data:
        start = int(block.get("startColumn", 0))
        for offset, column in enumerate(block.get("columnMetadata", ())):
            for mark in column.get("developerMetadata", ()):
                owner, _, key = str(mark.get("metadataValue", "")).partition(":")
                entry = (int(mark.get("metadataId", 0)), start + offset)
                if mark.get("metadataKey") == metadata_key and owner == binding_id:
                    places = found.setdefault(key, [])
                    if entry not in places:  # each block of the answer tells it
                        places.append(entry)
    return found


def locate(tab: OwnedTab, *, header: Sequence[Cell], marked: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Column key → grid column: by metadata when it marks exactly one, else by a header text that is unique."""
    columns = {key: marked[key][0] for key in tab.headers if len(marked.get(key, ())) == 1}
    taken = set(columns.values())
    texts: dict[str, list[int]] = {}
    for index, cell in enumerate(header):
        if cell.form is Form.TEXT and index not in taken:
            texts.setdefault(cell.value, []).append(index)
    for key, text in tab.headers.items():
        places = texts.get(text, ())
        if key not in columns and len(places) == 1:
            columns[key] = places[0]
    return columns


def key_filters(tab: OwnedTab, column: int) -> list[Json]:
    """The data filter of a full key read: the key column below the header."""
    bounds = {"startColumnIndex": column, "endColumnIndex": column + 1}
    return [{"gridRange": {**grid.row_range(tab.sheet_id, tab.header_row + 1), **bounds}}]


def read_keys(answer: Mapping[str, Any], sheet_id: int) -> dict[str, list[int]]:
    """Row key → the rows that carry it, top first (a copied row carries it twice)."""
    found: dict[str, list[int]] = {}
    for sheet in answer.get("sheets", ()):
        if int(sheet["properties"].get("sheetId", 0)) != sheet_id:
            continue
        for row, cells in sorted(grid.grid_rows(sheet.get("data", ())).items()):
            if cells and cells[0].form is Form.TEXT:
                found.setdefault(cells[0].value, []).append(row)
    return found
