"""Where in a tab the cells stand that a write without an answer has put there, told by a later view of it. Pure.

What they did there, and how it is put right, is `damage`. Indexes count from 0.
"""

from collections.abc import Collection, Mapping

from service.core.cells import BLANK, Cell, Form
from service.google import grid
from service.google.batch import TabEdit, literal_cells
from service.google.damage import Put, puts_of
from service.google.shifts import is_alike
from service.google.tabs import TabView

#: How much further than ours a column of people's may have gone: they take out some of those that they put in.
BEYOND = 2


def landed(edit: TabEdit, after: TabView) -> list[Put]:
    """The updated cells that stand in the row to which they were sent, as a later view shows: an unanswered write put
    them there. Either where they were sent, or, when their column was moved since, where that is by now; or where a
    column of people's is by now that stood there then.
    """
    found = []
    for put in puts_of(edit):
        literal = literal_cells(
            {key: put.cells[at] for key, at in edit.view.columns.items() if at in put.cells}, edit.view, put.row
        )
        there = _places_now(edit, after, put.row, literal) | _drifted(edit, after, put, literal)
        cells = {there[at]: cell for at, cell in put.cells.items() if _tells(literal[at], after, put.row, there[at])}
        if cells and put.insert is None:
            moved = {now: at for at, now in there.items() if now != at}
            blank = (now for at, now in there.items() if literal[at] == after.cell(put.row, now) == BLANK)
            found.append(Put(put.row_key, put.row, cells, emptied=tuple(blank), sent_to=moved))
        elif put.insert is None:
            found += _taken_along(edit, after, put, literal)
    return found


def _taken_along(edit: TabEdit, after: TabView, put: Put, sent: Mapping[int, Cell]) -> list[Put]:
    """Such cells in columns of people's that the row took along to where it stands now."""
    ours = set(after.columns.values())
    rows = [row for row in after.rows if row != put.row and after.key_at(row, edit.tab) == put.row_key]
    telling = {at: cell for at, cell in sent.items() if at not in ours and cell.form is not Form.FORMULA}
    cells = {row: {at: put.cells[at] for at, cell in telling.items() if _tells(cell, after, row, at)} for row in rows}
    return [Put(put.row_key, row, some) for row, some in cells.items() if some and len(rows) == 1]


def _places_now(edit: TabEdit, after: TabView, row: int, sent: Mapping[int, Cell]) -> dict[int, int]:
    """Where what was sent to each column of a row stands now: there, or where its column has been moved to. Of what was
    sent blank the other cells tell.
    """
    now = {at: after.columns.get(key, at) for key, at in edit.view.columns.items() if at in sent}
    moved = {at for at, cell in sent.items() if not _tells(cell, after, row, at) and _tells(cell, after, row, now[at])}
    stayed = any(_tells(cell, after, row, at) for at, cell in sent.items() if now[at] != at)
    blank = {at for at, cell in sent.items() if cell == BLANK} if moved and not stayed else set[int]()
    return {at: now[at] if at in moved | blank else at for at in sent}


def _drifted(edit: TabEdit, after: TabView, put: Put, sent: Mapping[int, Cell]) -> dict[int, int]:
    """Where such cells stand now that fell into a column of people's which other columns, gone or put in since, have
    pushed on: in one such column alone, hardly further on than any of ours went, and not in their own.
    """
    ours = set(after.columns.values())
    now = {at: after.columns.get(key, at) for key, at in edit.view.columns.items()}
    steps, gone = [to - at for at, to in now.items()], len(edit.view.columns.keys() - after.columns.keys())
    if not (any(steps) or gone) or not _is_there_still(edit, after, put):
        return {}
    theirs = {cell for at, cell in enumerate(edit.view.rows.get(put.row, ())) if at not in now}
    found = dict[int, int]()
    for at, cell in sent.items():
        if cell.form is Form.FORMULA or cell in theirs or any(_tells(cell, after, put.row, it) for it in (at, now[at])):
            continue
        reach = range(max(at + min(*steps, 0) - gone - BEYOND, 0), at + max(*steps, 0) + BEYOND + 1)
        places = [it for it in reach if it not in ours and _tells(cell, after, put.row, it)]
        found |= {at: places[0]} if len(places) == 1 else {}
    return found


def _is_there_still(edit: TabEdit, after: TabView, put: Put) -> bool:
    """Whether the row stands where the write was sent: by its key, or, when that column is gone, by what it did not
    write of ours.
    """
    if edit.tab.key_column in after.columns:
        return after.key_at(put.row, edit.tab) == put.row_key
    kept = {at: after.columns[key] for key, at in edit.view.columns.items() if key in after.columns}
    pairs = (
        (edit.view.cell(put.row, old), after.cell(put.row, new)) for old, new in kept.items() if old not in put.cells
    )
    return all(is_alike(was, is_) or is_ in put.cells.values() for was, is_ in pairs)


def _tells(sent: Cell, after: TabView, row: int, column: int) -> bool:
    """Whether the cell shows what was sent, and that is not nothing."""
    shown = after.cell(row, column)
    return shown != BLANK and _reads_as(sent, shown)


def astray(edit: TabEdit, after: TabView) -> list[tuple[Put, int]]:
    """Updates of an unanswered write that stand, by themselves, in another row than they were sent to, with that row:
    their own row was gone, and what came in above has pushed them down. One cell alone tells nothing.
    """
    found, there = [], {put.row for put in landed(edit, after)}
    standing = {after.key_at(row, edit.tab) for row in after.rows}
    for put in puts_of(edit):
        rows = [row for row in after.rows if row != put.row and _is_alone(edit, put, after, row)]
        is_gone = put.row not in there and put.row_key not in standing  # else people may have carried its cells
        if put.insert is None and is_gone and len(rows) == 1:
            found.append((put, rows[0]))
    return found


def displaced(edit: TabEdit, after: TabView, known: Collection[str], *, without: Collection[int] = ()) -> list[Put]:
    """Updates of an unanswered write of which a row that is none of ours (`known`: their keys; `without`: rows that are
    known otherwise) shows several cells in our columns, or one that it did not show before, or nothing else there: rows
    came or went under it, and their own may be back where they were sent. Whether the text is ours nobody can tell;
    whoever had something there may miss it.
    """
    puts = [put for put in puts_of(edit) if put.insert is None]
    elsewhere = after.rows.keys() - {edit.tab.header_row, *(put.row for put in landed(edit, after))}
    rows = [row for row in elsewhere - set(without) if after.key_at(row, edit.tab) not in known]
    return [put for put in puts if any(_may_hold(edit, put, after, row) for row in rows)]


def _may_hold(edit: TabEdit, put: Put, after: TabView, row: int) -> bool:
    """Whether the row may show cells that were sent to another. Of one that was not seen before a cell alone among
    others tells nothing.
    """
    there = {after.columns.get(key, at): put.cells.get(at, BLANK) for key, at in edit.view.columns.items()}
    shown = {at: cell for at, cell in enumerate(after.rows[row]) if cell not in (BLANK, edit.view.cell(row, at))}
    told = {at for at, cell in shown.items() if cell.form is not Form.FORMULA and there.get(at) == cell}
    is_alone = told == shown.keys() & set(after.columns.values())
    return bool(told) and (row in edit.view.rows or len(told) > 1 or is_alone)


def _is_alone(edit: TabEdit, put: Put, after: TabView, row: int) -> bool:
    """Whether the row shows what was sent, two cells of it at least, and nothing else."""
    columns = {at: key for key, at in edit.view.columns.items()}
    literal = literal_cells({columns[at]: cell for at, cell in put.cells.items()}, edit.view, row)
    wanted = {at: cell for at, cell in literal.items() if cell != BLANK}
    shown = {at: cell for at, cell in enumerate(after.rows[row]) if cell != BLANK}
    return len(wanted) > 1 and wanted.keys() == shown.keys() and all(_reads_as(wanted[at], shown[at]) for at in wanted)


def _reads_as(sent: Cell, shown: Cell) -> bool:
    """Whether the cell shows what was sent: of a formula, whose separators follow the sheet's language, the same."""
    if sent.form is Form.FORMULA and shown.form is Form.FORMULA:
        return grid.reads_alike(sent.value, shown.value)
    return sent == shown
