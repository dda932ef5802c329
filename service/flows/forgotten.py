"""Writes without an answer that nobody remembers any more: their intent tells places, columns and fingerprints, and not
what stood there before. So what they left can be taken away or named, and nothing be given back.

Called under the spreadsheet's lease, once they can no longer arrive. Nothing is written here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from service.core.cells import BLANK, Form
from service.flows import images, typed_over
from service.flows.passes import Pass
from service.google import damage, grid, traces
from service.google.repairs import Repair
from service.google.tabs import OwnedTab, TabView
from service.store import intents, rows


def landed(this: Pass, part: Mapping[str, Any], view: TabView) -> Iterable[Repair]:
    """What the write put into columns of people's: a cell at the place that it was sent to, in a column that is none of
    ours by now, which shows the very value that it sent there. What stood there before nobody knows any more.
    """
    prints = [*part.get("sent", {}).values()]
    ours, sealer = set(view.columns.values()), this.services.store.sealer
    for row in part.get("places", ()):
        cells = {
            column: BLANK
            for key, column in part.get("columns", {}).items()
            if column not in ours
            and (shown := view.cell(row, column)) != BLANK
            and shown.form is not Form.FORMULA
            and images.print_of(sealer, shown) in {sent[key] for sent in prints if key in sent}
        }
        if cells:
            yield Repair(row, cells)


def doubtful(this: Pass, tab: OwnedTab, part: Mapping[str, Any], view: TabView) -> Iterable[str]:
    """Cells in the written rows that stood in a column of ours when it was sent, where the column is none of ours any
    more or the row is none; as far as it is known what was sent, only those that show it, or whose column was moved
    since and shows it where it is by now. What a write that is remembered may have put there is named for that one.
    """
    edits = this.services.memory.unanswered_in([tab.binding_id])
    told_of = damage.hits_of(put for edit in edits for put in traces.landed(edit, view))
    ours, sent, sealer = set(view.columns.values()), part.get("sent", {}), this.services.store.sealer
    prints = sent.values() if sent.keys() >= {*part["updated"]} else None
    standing = {row: view.key_at(row, tab) for row in part.get("places", ())}
    with this.services.store.read() as tx:
        known = rows.known(tx, tab.binding_id, set(standing.values()) - {""})
    for row, row_key in standing.items():
        is_ours = row_key in known or (not row_key and _is_noted(this, tab, part, view, row))
        for key, column in part.get("columns", {}).items():
            told = None if prints is None else {it[key] for it in prints if key in it}
            places = {column, view.columns.get(key, column)} if told is not None and not is_ours else {column}
            places -= told_of.get(row, set())
            shown = {at: cell for at in places if (cell := view.cell(row, at)) != BLANK}
            if any(
                (at not in ours or not is_ours) and (told is None or images.print_of(sealer, cell) in told)
                for at, cell in shown.items()
            ):
                yield grid.a1_cell(row, column)


def _is_noted(this: Pass, tab: OwnedTab, part: Mapping[str, Any], view: TabView, at: int) -> bool:
    """Whether a row shows, but for what unsettled writes sent, what the order's row showed that was last seen there and
    to which this write was sent.
    """
    with this.services.store.read() as tx:
        row = rows.row_at(tx, tab.binding_id, at)
        parts = intents.open_parts(tx, this.file.spreadsheet_id, tab.binding_id)
    if (
        row is None
        or row.image is None
        or row.row_key not in part["updated"]
        or not all(map(typed_over.is_told, parts))
    ):
        return False
    sealer, image, anywhere = this.services.store.sealer, row.image, typed_over.prints_of(parts)
    cells = {key: view.cell(at, column) for key, column in view.columns.items() if key in image}
    kept = images.recall(sealer, image, cells)
    is_left = any(cell != BLANK and kept.get(key) == cell for key, cell in cells.items())
    return is_left and not typed_over.unsure_keys(
        found=cells, kept=kept, prints=dict.fromkeys(cells, anywhere), print_of=lambda it: images.print_of(sealer, it)
    )
