"""Rows that an answered write missed, or hit in passing: what they show, as far as its own answer tells. Reads only.

A row of which it is known what it shows is written like any other, and a person's text in it is told from ours. Called
under the spreadsheet's lease, before the write is settled.
"""

from collections.abc import Collection, Mapping
from typing import Any

from service.core.cells import BLANK, Cell, Form
from service.flows import images, typed_over
from service.flows.passes import Pass
from service.google import grid
from service.google.batch import RowUpdate, TabEdit
from service.google.tabs import TabView
from service.store import intents, rows
from service.store.records import SheetRow
from service.store.rows import Settled


def seen(this: Pass, edit: TabEdit, after: TabView, row_keys: Collection[str]) -> list[Settled]:
    """What those of these rows show that stand once in the answer. The images of all of them held until the write: what
    they show now is that, but for the cells that the write put into the rows which it came upon.
    """
    standing: dict[str, list[int]] = {}
    for at in after.rows:
        standing.setdefault(after.key_at(at, edit.tab), []).append(at)
    with this.services.store.read() as tx:
        known = rows.known(tx, edit.tab.binding_id, [key for key in row_keys if len(standing.get(key, ())) == 1])
    found = []
    for row_key, row in known.items():
        (at,) = standing[row_key]
        image = None if row.copies else _image(this, edit, after, row=row, at=at)
        if image is not None:
            found.append(Settled(row_key, row.settled, image, at))
    return found


def _image(this: Pass, edit: TabEdit, after: TabView, *, row: SheetRow, at: int) -> dict[str, Any] | None:
    """None when it cannot be told: what a formula of ours was written as is not what it reads as in another row."""
    sent = _sent_to(edit, at)
    image = {key: kept for key, kept in (row.image or {}).items() if key in after.columns}
    new: dict[str, Cell] = {}
    for key in image:
        if (put := sent.get(after.columns[key])) is None:
            continue
        row_key, column, cell = put
        if not grid.is_same(cell, after.cell(at, after.columns[key])):
            return None
        if cell.form is Form.FORMULA and (row_key, column) != (row.row_key, key):
            return None
        new[key] = cell
    return image | images.keep(this.services.store.sealer, new) if image else None


def _sent_to(edit: TabEdit, at: int) -> dict[int, tuple[str, str, Cell]]:
    """Grid column → what was written there into the grid row: for which row and column of ours, and the cell."""
    columns = edit.view.columns
    return {
        columns[key]: (update.row_key, key, cell)
        for update in edit.updates
        if update.row == at
        for key, cell in update.cells.items()
        if key in columns
    }


def typed(
    this: Pass, edit: TabEdit, known: Mapping[str, SheetRow], told: Collection[tuple[str, str]]
) -> set[tuple[int, str]]:
    """Cells of rows of ours (`known`, by key) that showed a person's text before the write, by grid row and column key;
    but those that are `told` of otherwise (row key, column key).
    """
    sealer, view, found = this.services.store.sealer, edit.view, set[tuple[int, str]]()
    with this.services.store.read() as tx:
        sent = typed_over.prints_of(intents.open_parts(tx, this.file.spreadsheet_id, edit.tab.binding_id))
    for at in view.rows:
        row = known.get(view.key_at(at, edit.tab))
        if row is not None and row.image is not None:
            cells = {key: view.cell(at, column) for key, column in view.columns.items() if key in row.image}
            keys = typed_over.keys(found=cells, kept=images.recall(sealer, row.image, cells))
            theirs = (key for key in keys if images.print_of(sealer, cells[key]) not in sent)
            found.update((at, key) for key in theirs if (row.row_key, key) not in told)
    return found


def unhurt(
    this: Pass, edit: TabEdit, after: TabView, row_keys: Collection[str], *, known: Mapping[str, SheetRow]
) -> set[str]:
    """Those of these rows that stand nowhere in the answer, because others have come to stand where they were: rows of
    ours (`known`, by key), or such as show nothing of theirs. The answer shows every place that was written, so nothing
    was written into them.
    """
    if after.columns.get(edit.tab.key_column) != edit.view.columns.get(edit.tab.key_column):
        return set()
    standing = {after.key_at(at, edit.tab) for at in after.rows}
    found: dict[str, bool] = {}
    for update in edit.updates:
        key = update.row_key
        if key in row_keys and key not in standing:
            is_another = after.key_at(update.row, edit.tab) in known or _is_gone(this, after, update, known.get(key))
            found[key] = found.get(key, True) and is_another
    return {key for key, is_another in found.items() if is_another}


def _is_gone(this: Pass, after: TabView, update: RowUpdate, row: SheetRow | None) -> bool:
    """Whether the place shows nothing of what the row showed there beside what was sent, and it did show something. If
    only its key were gone it would.
    """
    if row is None or row.image is None:
        return False
    left = {key: after.cell(update.row, at) for key, at in after.columns.items() if key not in update.cells}
    kept = images.recall(this.services.store.sealer, {key: row.image[key] for key in left if key in row.image}, left)
    told = {key: cell for key, cell in kept.items() if cell != BLANK and cell.form is not Form.FORMULA}
    return bool(told) and not any(grid.is_same(cell, left[key]) for key, cell in told.items())
