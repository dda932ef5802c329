"""Edits of bound tabs → one atomic batch whose answer proves itself. Pure: builds requests, checks answers.

Updates go to rows whose place a spot read just proved; new rows are inserted below the last row with any content, so
they are blank by construction, and what somebody types there meanwhile is pushed down. Only owned, changed cells are
sent; a key cell is written once, with its row. What went wrong is `damage`'s business. Indexes count from 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import msgspec

from service.core.cells import BLANK, Cell, Form
from service.google import grid
from service.google.grid import Json
from service.google.tabs import TAB_FIELDS, OwnedTab, TabView

ANSWER_FIELDS = f"updatedSpreadsheet({TAB_FIELDS})"
NO_LINK = "userEnteredFormat.textFormat.link"
NUMBER_FORMAT = "userEnteredFormat.numberFormat"
FormatRun = tuple[int, int, tuple[str, str]]
#: How close to its limit a write comes that was too large at first: rows weigh differently.
CLOSE = 0.98
SPARE_ROWS = 20  # blank rows that a tab which is full to its end gets below the new ones


@dataclass(frozen=True, slots=True)
class RowUpdate:
    """Changed cells of a row that stands at `row`. A row that a person copied has one for each place."""

    row_key: str
    row: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class RowInsert:
    """All cells of a row that is not there yet. `formats`: column key → NumberFormat JSON; rows that need the same ones
    best share the mapping itself.
    """

    row_key: str
    cells: Mapping[str, Cell]
    formats: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TabEdit:
    """What one pass wants to change in one tab, and the view it is based on."""

    tab: OwnedTab
    view: TabView
    foreign: frozenset[str]  # columns whose text other people wrote
    updates: Sequence[RowUpdate] = ()
    inserts: Sequence[RowInsert] = ()

    @property
    def insert_at(self) -> int:
        """The grid row at which new rows begin."""
        return max(self.view.content_end, self.tab.header_row + 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answer proved of one tab: row key → row, for rows that show in every place what was wanted.

    `missed`: rows that do not, with what is not known of them any more. `has_moved`: the row that was our last is no
    longer where it was, so rows are being moved about.
    """

    proved: Mapping[str, int] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    has_moved: bool = False


def body_of(edits: Sequence[TabEdit]) -> Json:
    """The batchUpdate body: every edit, and the request to see all of it afterwards."""
    return {
        "requests": [request for edit in edits for request in _requests(edit)],
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": [range_ for edit in edits for range_ in _ranges(edit)],
    }


def within(edits: Sequence[TabEdit], limit: int) -> list[TabEdit]:
    """The edits with as many of their new rows as keep the body within `limit` bytes, one of each at least.

    Weighed only where columns do not stand side by side in our order: rows are chosen by what they weigh when they do.
    """
    if all(not edit.inserts or _is_in_order(edit) for edit in edits):
        return list(edits)
    found = list(edits)
    while (weight := len(msgspec.json.encode(body_of(found)))) > limit and any(len(one.inserts) > 1 for one in found):
        share = limit / weight * CLOSE
        found = [replace(one, inserts=one.inserts[: max(int(len(one.inserts) * share), 1)]) for one in found]
    return found


def _is_in_order(edit: TabEdit) -> bool:
    columns = edit.view.columns
    ours = [columns[key] for key in edit.tab.headers if key in columns]
    return not ours or ours == list(range(ours[0], ours[0] + len(edit.tab.headers)))


def owner_of(edits: Sequence[TabEdit], index: int) -> TabEdit | None:
    """The edit whose request stands at `index` (from 0) of the batch; None when there is no such request."""
    for edit in edits:
        count = len(_requests(edit))
        if index < count:
            return edit
        index -= count
    return None


def _requests(edit: TabEdit) -> list[Json]:
    found = [request for update in edit.updates for request in _update_requests(edit, update)]
    return found + (_insert_requests(edit) if edit.inserts else [])


def _update_requests(edit: TabEdit, update: RowUpdate) -> list[Json]:
    """One updateCells per run of neighbouring columns; link-like foreign text in a run of its own mask."""
    by_column = {edit.view.columns[key]: key for key in update.cells if key in edit.view.columns}
    references = references_in(edit.view, update.row)
    plain = [column for column, key in by_column.items() if not _needs_no_link(edit, key, update.cells[key])]
    linked = [column for column in by_column if column not in plain]
    found = []
    for columns, fields in ((plain, "userEnteredValue"), (linked, f"userEnteredValue,{NO_LINK}")):
        for start, end in grid.runs(columns):
            values = [update.cells[by_column[column]] for column in range(start, end)]
            data = [{"userEnteredValue": grid.value_of(cell, references)} for cell in values]
            found.append(update_cells(edit.tab.sheet_id, update.row, start, rows=[{"values": data}], fields=fields))
    return found


def _insert_requests(edit: TabEdit) -> list[Json]:
    """Rows put in, after the grid has grown if they come at its end: one cannot insert where nothing is."""
    at, count = edit.insert_at, len(edit.inserts)
    sheet_id = edit.tab.sheet_id
    where: Json = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": at, "endIndex": at + count}
    found: list[Json] = []
    if at >= edit.view.row_count:
        lacking = at - edit.view.row_count + SPARE_ROWS
        found.append({"appendDimension": {"sheetId": sheet_id, "dimension": "ROWS", "length": lacking}})
    found.append({"insertDimension": {"range": where, "inheritFromBefore": at > edit.tab.header_row + 1}})
    found += _format_requests(edit)
    by_column = {column: key for key, column in edit.view.columns.items()}
    for start, end in grid.runs(by_column):
        keys = [by_column[column] for column in range(start, end)]
        data = [_insert_row(edit, insert, at + offset, keys=keys) for offset, insert in enumerate(edit.inserts)]
        found.append(update_cells(sheet_id, at, start, rows=data, fields=f"userEnteredValue,{NO_LINK}"))
    return found


def _format_requests(edit: TabEdit) -> list[Json]:
    """The number formats of new rows, by area: most rows share them, and one beside each cell is half of a request. A
    link that a row takes over from the one above goes too.
    """
    alike = [(formats, sum(1 for _ in some)) for formats, some in groupby(insert.formats for insert in edit.inserts)]
    formats = {at: tuple(_format_runs(alike, key)) for key, at in edit.view.columns.items()}
    found = []
    for start, end in grid.runs(formats):
        for runs, columns in groupby(range(start, end), key=formats.__getitem__):
            sides = list(columns)
            found += [_repeat_format(edit, run, sides[0], sides[-1] + 1) for run in runs]
    return found


def _format_runs(alike: Sequence[tuple[Mapping[str, Json], int]], key: str) -> Iterator[FormatRun]:
    """The new rows that share a column's format: first, one past the last (counted from 0 among them), the format.

    `alike`: the formats of all columns, and how many neighbouring rows share all of them.
    """
    start = 0
    for chosen, some in groupby(alike, key=lambda run: _format_of(run[0], key)):
        end = start + sum(count for _, count in some)
        yield start, end, chosen
        start = end


def _format_of(formats: Mapping[str, Json], key: str) -> tuple[str, str]:
    """Type and pattern; both empty where the column has none."""
    chosen = formats.get(key, {})
    return chosen.get("type", ""), chosen.get("pattern", "")


def _repeat_format(edit: TabEdit, run: FormatRun, start: int, end: int) -> Json:
    first, last, (kind, pattern) = run
    area = grid.row_range(edit.tab.sheet_id, edit.insert_at + first, edit.insert_at + last)
    cell = {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}} if kind else {}
    columns = {"startColumnIndex": start, "endColumnIndex": end}
    return {"repeatCell": {"range": {**area, **columns}, "cell": cell, "fields": f"{NUMBER_FORMAT},{NO_LINK}"}}


def _insert_row(edit: TabEdit, insert: RowInsert, row: int, *, keys: Sequence[str]) -> Json:
    """A new row is blank already, so nothing is said of blank cells at its end."""
    references = references_in(edit.view, row)
    cells = [insert.cells.get(key, BLANK) for key in keys]
    while cells and cells[-1] == BLANK:
        cells.pop()
    return {
        "values": [{"userEnteredValue": grid.value_of(cell, references)} if cell != BLANK else {} for cell in cells]
    }


def update_cells(sheet_id: int, row: int, column: int, *, rows: list[Json], fields: str) -> Json:
    """The request that writes these rows of CellData from a cell on."""
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": rows, "fields": fields}}


def _needs_no_link(edit: TabEdit, key: str, cell: Cell) -> bool:
    return key in edit.foreign and grid.would_become_link(cell)


class _References(dict[str, str]):
    """Column key → A1 reference of its cell in this row, made when a formula asks for it: few rows have one."""

    def __init__(self, view: TabView, row: int) -> None:
        self._columns, self._row = view.columns, row

    def __missing__(self, key: str) -> str:
        return grid.a1_cell(self._row, self._columns[key])


def references_in(view: TabView, row: int) -> Mapping[str, str]:
    """Column key → A1 reference of its cell in this row. To be asked for a key, not looked through."""
    return _References(view, row)


def literal_cells(cells: Mapping[str, Cell], view: TabView, row: int) -> dict[int, Cell]:
    """Our cells by grid column as they read in this row: formulas with their references."""
    references = references_in(view, row)
    return {view.columns[key]: _literal(cell, references) for key, cell in cells.items() if key in view.columns}


def _literal(cell: Cell, references: Mapping[str, str]) -> Cell:
    return Cell(Form.FORMULA, grid.formula_text(cell, references)) if cell.form is Form.FORMULA else cell


def _ranges(edit: TabEdit) -> list[str]:
    """Header, every written row, our former last row, and everything from the last row with content down."""
    header, tail = edit.tab.header_row, max(edit.insert_at - 1, edit.tab.header_row)
    last = _last_row(edit)
    written = [update.row for update in edit.updates] + ([] if last is None else [last])
    found = [(header, header + 1), *grid.runs((row for row in written if row < tail), gap=2)]
    end = max(edit.view.row_count, edit.insert_at) + len(edit.inserts)
    return [grid.a1_rows(edit.view.title, start, end) for start, end in [*found, (tail, end)]]


def _last_row(edit: TabEdit) -> int | None:
    """The last row of ours that the view shows; new rows come below it."""
    return next((row for row in sorted(edit.view.rows, reverse=True) if edit.view.key_at(row, edit.tab)), None)


def verify(edit: TabEdit, after: TabView | None) -> Verdict:
    """What `after` (the tab in the write's own answer) proves. None = the tab was not in the answer."""
    if after is None:
        sent = [update.row_key for update in edit.updates] + [insert.row_key for insert in edit.inserts]
        return Verdict(missed=tuple(dict.fromkeys(sent)))
    proved: dict[str, int] = {}
    missed: dict[str, None] = {}
    for row_key, row, is_right in _found(edit, after):
        if is_right and after.key_at(row, edit.tab) == row_key:
            proved.setdefault(row_key, row)
        else:
            missed[row_key] = None
    right = {key: row for key, row in proved.items() if key not in missed} if missed else proved
    return Verdict(proved=right, missed=tuple(missed), has_moved=_has_moved(edit, after))


def _found(edit: TabEdit, after: TabView) -> Iterator[tuple[str, int, bool]]:
    """(row key, row after the write, whether every cell went into its own column and is there) of every edit."""
    columns = edit.view.columns
    stayed = {key for key, at in columns.items() if after.columns.get(key) == at}
    for update in edit.updates:
        written = [key for key in update.cells if key in columns]
        shows = (grid.is_same(update.cells[key], after.cell(update.row, columns[key])) for key in written)
        yield update.row_key, update.row, stayed.issuperset(written) and all(shows)
    are_in_place = len(stayed) == len(columns)
    blank = (BLANK,) * (max(columns.values(), default=0) + 1)
    for row, insert in enumerate(edit.inserts, edit.insert_at):
        shown = (*after.rows.get(row, ()), *blank)
        wanted = [insert.cells.get(key, BLANK) for key in columns]
        found = [shown[at] for at in columns.values()]
        # Nearly all are equal as they are, which is a third of the work of asking cell by cell.
        yield insert.row_key, row, are_in_place and (wanted == found or all(map(grid.is_same, wanted, found)))


def _has_moved(edit: TabEdit, after: TabView) -> bool:
    last = _last_row(edit)
    return last is not None and after.key_at(last, edit.tab) != edit.view.key_at(last, edit.tab)


def key_cell(row_key: str) -> Cell:
    """The key as it stands in its cell."""
    return Cell(Form.TEXT, row_key)
