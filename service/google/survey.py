"""A whole spreadsheet as it is written: every text in it with its place, whatever hides it. Nothing is judged here.

One read tells the tabs and all that hangs on them, further reads tell their rows in chunks. Hidden tabs, rows and
columns are read like any others. What Google tells nobody by this API (comments, drawings, pictures, the version
history, scripts) is not here. Indexes count from 0; ends are exclusive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.core.hunting.hunt import SeenCell
from service.core.hunting.places import Hidden, Part, Place, a1_of
from service.google.grid import Json, row_range

SURVEY_FIELDS = (
    "properties.title,namedRanges,developerMetadata,dataSources(dataSourceId),"
    "sheets(properties(sheetId,title,hidden,sheetType,gridProperties(rowCount,columnCount)),"
    "conditionalFormats,filterViews,basicFilter,protectedRanges,charts,slicers,tables,developerMetadata)"
)
ROWS_FIELDS = (
    "sheets(properties.sheetId,data(startRow,startColumn,"
    "rowData.values(userEnteredValue,effectiveValue,formattedValue,note,hyperlink,textFormatRuns.format.link,chipRuns,"
    "dataValidation,pivotTable,dataSourceTable.dataSourceId,dataSourceFormula.dataSourceId),"
    "rowMetadata(hiddenByUser,hiddenByFilter,developerMetadata(metadataKey,metadataValue)),"
    "columnMetadata(hiddenByUser,developerMetadata(metadataKey,metadataValue))))"
)

_OF_SHEET: Mapping[str, Part] = {
    "conditionalFormats": Part.CONDITION,
    "filterViews": Part.FILTER,
    "basicFilter": Part.FILTER,
    "protectedRanges": Part.PROTECTION,
    "charts": Part.CHART,
    "slicers": Part.OBJECT,
    "tables": Part.OBJECT,
    "developerMetadata": Part.METADATA,
}
#: What Google calls things by, not people.
_IDS = frozenset({"sheetId", "namedRangeId", "filterViewId", "tableId", "metadataId", "dataSourceId"})


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One tab. `row_count` and `column_count` are 0 for one without cells (a chart's own tab).

    `is_linked`: it shows what lies in another system.
    """

    sheet_id: int
    title: str
    is_hidden: bool
    row_count: int
    column_count: int
    is_linked: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """The spreadsheet but for its cells. `texts`: all that people wrote, or had written, into it."""

    title: str
    sheets: Sequence[SheetFacts]
    texts: Sequence[tuple[Place, str]]


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row that holds anything."""

    row: int
    hidden: Hidden
    cells: Sequence[SeenCell]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one tab, and what is noted about rows and columns. `linked`: cells that show another system's data."""

    rows: Sequence[SeenRow]
    hidden_columns: frozenset[int]
    texts: Sequence[tuple[Place, str]]
    linked: Sequence[Place]


def read_survey(answer: Mapping[str, Any]) -> Survey:
    """The survey in an answer with SURVEY_FIELDS."""
    title = str(answer.get("properties", {}).get("title", ""))
    texts = [(Place(None, Part.TITLE), title)]
    for named in answer.get("namedRanges", ()):
        area = named.get("range", {})
        texts.append((Place(int(area.get("sheetId", 0)), Part.RANGE_NAME, _corner(area)), str(named.get("name", ""))))
    texts += [(Place(None, Part.METADATA), text) for text in _texts(answer.get("developerMetadata", ()))]
    sheets = []
    for sheet in answer.get("sheets", ()):
        facts = _facts(sheet["properties"])
        sheets.append(facts)
        texts += _texts_of_sheet(sheet, facts)
    return Survey(title, sheets, texts)


def _facts(properties: Mapping[str, Any]) -> SheetFacts:
    sizes = properties.get("gridProperties", {})
    return SheetFacts(
        sheet_id=int(properties.get("sheetId", 0)),
        title=str(properties.get("title", "")),
        is_hidden=bool(properties.get("hidden")),
        row_count=int(sizes.get("rowCount", 0)),
        column_count=int(sizes.get("columnCount", 0)),
        is_linked=properties.get("sheetType") == "DATA_SOURCE",
    )


def _texts_of_sheet(sheet: Mapping[str, Any], facts: SheetFacts) -> Iterator[tuple[Place, str]]:
    hidden = Hidden.TAB if facts.is_hidden else Hidden.NO
    yield Place(facts.sheet_id, Part.TITLE, "", hidden), facts.title
    for name, part in _OF_SHEET.items():
        held = sheet.get(name, ())
        for one in [held] if isinstance(held, Mapping) else held:
            place = Place(facts.sheet_id, part, _corner_of(one), hidden)
            yield from ((place, text) for text in _texts(one))


def _corner_of(thing: Mapping[str, Any]) -> str:
    """The first cell of what a thing is about, where it says so."""
    area = thing.get("range") or next(iter(thing.get("ranges", ())), None)
    if area is None:
        anchor = thing.get("position", {}).get("overlayPosition", {}).get("anchorCell")
        return a1_of(int(anchor.get("rowIndex", 0)), int(anchor.get("columnIndex", 0))) if anchor else ""
    return _corner(area)


def _corner(area: Mapping[str, Any]) -> str:
    return a1_of(int(area.get("startRowIndex", 0)), int(area.get("startColumnIndex", 0)))


def _texts(node: Any) -> Iterator[str]:
    """Every text inside, at any depth, under whatever name; ids of Google's are none."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for name, inner in node.items():
            if name not in _IDS:
                yield from _texts(inner)
    elif isinstance(node, Sequence):
        for inner in node:
            yield from _texts(inner)


# --- rows ------------------------------------------------------------------------------------------------------------


def rows_filter(sheet_id: int, start: int, end: int) -> Json:
    """The data filter of these rows, every column of them."""
    return {"gridRange": row_range(sheet_id, start, end)}


def read_chunk(answer: Mapping[str, Any], sheet: SheetFacts) -> Chunk:
    """The rows in an answer with ROWS_FIELDS about this tab."""
    rows: list[SeenRow] = []
    texts: list[tuple[Place, str]] = []
    linked: list[Place] = []
    hidden_columns: set[int] = set()
    for block in _blocks(answer, sheet.sheet_id):
        start, left = int(block.get("startRow", 0)), int(block.get("startColumn", 0))
        about_rows = block.get("rowMetadata", ())
        for at, column in enumerate(block.get("columnMetadata", ()), left):
            if column.get("hiddenByUser"):
                hidden_columns.add(at)
            texts += _noted(column, Place(sheet.sheet_id, Part.METADATA, a1_of(0, at)))
        for at, row in enumerate(about_rows, start):
            texts += _noted(row, Place(sheet.sheet_id, Part.METADATA, a1_of(at, 0)))
        for at, row in enumerate(block.get("rowData", ()), start):
            about = about_rows[at - start] if at - start < len(about_rows) else {}
            hidden = Hidden.ROW if about.get("hiddenByUser") or about.get("hiddenByFilter") else Hidden.NO
            cells = []
            for place, cell in enumerate(row.get("values", ()), left):
                if cell:
                    cells.append(_seen(cell, at, place))
                    if "dataSourceTable" in cell or "dataSourceFormula" in cell:
                        linked.append(Place(sheet.sheet_id, Part.CELL, a1_of(at, place)))
            if cells:
                rows.append(SeenRow(at, hidden, cells))
    return Chunk(rows, frozenset(hidden_columns), texts, linked)


def _blocks(answer: Mapping[str, Any], sheet_id: int) -> Iterator[Mapping[str, Any]]:
    for sheet in answer.get("sheets", ()):
        if int(sheet.get("properties", {}).get("sheetId", 0)) == sheet_id:
            yield from sheet.get("data", ())


def _noted(line: Mapping[str, Any], place: Place) -> Iterator[tuple[Place, str]]:
    return ((place, text) for text in _texts(line.get("developerMetadata", ())))


def _seen(cell: Mapping[str, Any], row: int, column: int) -> SeenCell:
    entered, effective = cell.get("userEnteredValue", {}), cell.get("effectiveValue", {})
    number = effective.get("numberValue", entered.get("numberValue"))
    texts = [entered.get("stringValue"), entered.get("formulaValue"), cell.get("formattedValue")]
    texts.append(effective.get("stringValue"))
    return SeenCell(
        row,
        column,
        tuple(dict.fromkeys(text for text in texts if text)),
        None if number is None else Decimal(repr(number)),
        () if _PLAIN.issuperset(cell) else tuple(_extras(cell)),
        effective.get("errorValue", {}).get("type") == "LOADING",
    )


_PLAIN = frozenset({"userEnteredValue", "effectiveValue", "formattedValue"})


def _extras(cell: Mapping[str, Any]) -> Iterable[tuple[Part, str]]:
    """What hangs on the cell, each text once."""
    parts = {
        "note": Part.NOTE,
        "hyperlink": Part.LINK,
        "textFormatRuns": Part.LINK,
        "chipRuns": Part.LINK,
        "dataValidation": Part.CHOICES,
        "pivotTable": Part.OBJECT,
    }
    return dict.fromkeys((part, text) for name, part in parts.items() for text in _texts(cell.get(name, ())))
