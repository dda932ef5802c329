"""Tabs that stand still, after a write without an answer: what it did to people's cells is put right there as anywhere.

No flush follows that writes their rows anew. So what a row shows is put down as it is found: whatever a person types
there while the tab rests is told from ours when it goes on. Called under the spreadsheet's lease.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from service.core.cells import BLANK, Cell, Form
from service.flows import images, sources, typed_over
from service.flows.passes import Pass
from service.flows.sources import Bound
from service.google import grid
from service.google.tabs import OwnedTab, TabView
from service.store import intents, places, rows, sheets
from service.store.records import SheetRow
from service.store.rows import Settled
from service.store.session import Tx

#: Why tabs rest that cannot be looked at, or whose readers may not see what would be put right.
OUT_OF_REACH = frozenset({"tab-gone", "rights"})
#: Why tabs rest that Google lets nobody of ours write into.
SHUT = frozenset({"protected", "refused"})


def resting(this: Pass) -> list[Bound]:
    """The paused tabs of the file that can be looked at."""
    with this.services.store.read() as tx:
        found = sheets.bindings_in(tx, this.file.spreadsheet_id)
    still = [row for row in found if row.state == "paused" and row.reason not in OUT_OF_REACH]
    return [sources.open_binding(this.services, row) for row in still]


def look(this: Pass, tab: OwnedTab, view: TabView, row_keys: Collection[str]) -> list[Settled]:
    """What these rows show of ours; a person's text in them stands for what we wrote there last, as in any row.

    Rows are left out where the two cannot be told apart. Ask before the write without an answer is settled.
    """
    places_of = {key: [at for at in view.rows if view.key_at(at, tab) == key] for key in row_keys}
    there = {key: found[0] for key, found in places_of.items() if len(found) == 1}
    return [one for one, is_told in _look(this, tab, view, there) if is_told]


def look_at(this: Pass, tab: OwnedTab, view: TabView, standing: Mapping[str, int]) -> list[Settled]:
    """The same for rows that are known to stand at these places, whatever their key cell shows. None is left out: what
    cannot be told apart stands for what we wrote there last, or for ours where a write sent it, wherever to.
    """
    return [one for one, _ in _look(this, tab, view, standing)]


def _look(this: Pass, tab: OwnedTab, view: TabView, standing: Mapping[str, int]) -> Iterator[tuple[Settled, bool]]:
    """What each row shows, and whether all of that is told."""
    with this.services.store.read() as tx:
        known = rows.known(tx, tab.binding_id, standing.keys())
        parts = intents.open_parts(tx, this.file.spreadsheet_id, tab.binding_id)
    for row_key, row in known.items():
        if not row.copies and row.image is not None:
            image, is_told = _image(this, view, standing[row_key], row=row, parts=parts)
            yield Settled(row_key, row.settled, image, standing[row_key]), is_told


def put_down(this: Pass, tx: Tx, binding_id: str, shown: Collection[Settled]) -> None:
    """The rows show this, and are written anew when the tab goes on; but those that another write may change yet."""
    doubted = places.in_doubt(tx, this.file.spreadsheet_id, binding_id)
    rows.settle(tx, binding_id, [one for one in shown if one.row_key not in doubted])


def _image(
    this: Pass, view: TabView, at: int, *, row: SheetRow, parts: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """The row as an image would keep it; and whether it shows nothing that may be ours in a place where we did not send
    it, or of which nobody knows what was sent.
    """
    sealer, image = this.services.store.sealer, row.image or {}
    ours = {key: column for key, column in view.columns.items() if key in image and key not in view.proposed}
    cells = {key: view.cell(at, column) for key, column in ours.items()}
    kept = images.recall(sealer, image, cells)
    sent, anywhere = typed_over.sent_to(row.row_key, parts), typed_over.prints_of(parts)
    is_named = any(row.row_key in part["updated"] or row.row_key in part["inserted"] for part in parts)
    prints = {key: images.print_of(sealer, cell) for key, cell in cells.items()}
    changed = {key for key, cell in cells.items() if key not in kept or not grid.is_same(kept[key], cell)}
    landed = {key for key in changed if prints[key] in (sent or {}).get(key, ())}
    typed = {key for key in changed - landed if cells[key] != BLANK}
    astray = {key for key in typed if prints[key] in anywhere}
    is_told = not (astray or (typed and sent is None and is_named))
    is_told = is_told and not any(_is_formula(kept.get(key), cells[key]) for key in changed)
    shown = {key: cells[key] for key in changed - (typed - astray)}
    return {key: image[key] for key in cells} | images.keep(sealer, shown), is_told


def _is_formula(*cells: Cell | None) -> bool:
    """Whether one of them is: what it was written as is not what it reads as."""
    return any(cell is not None and cell.form is Form.FORMULA for cell in cells)
