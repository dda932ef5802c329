"""Rows of ours into which a write without an answer fell that was meant for another: other rows or columns had come to
stand in its places. What we wrote there last is known, but not whether a person had typed over it since: each such cell
is named, once, and the row is written anew.

Whoever reads the places first tells it, since the next write puts right what shows it. Called under the spreadsheet's
lease.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.cells import BLANK
from service.flows import images, resting, typed_over
from service.flows.passes import Pass, hold, name_cells
from service.google import grid
from service.google.tabs import OwnedTab, TabView
from service.store import intents, rows
from service.store.records import IntentRow, SheetRow

Part = Mapping[str, Any]


def name(this: Pass, views: Mapping[int, TabView], owned: Iterable[OwnedTab]) -> None:
    """What these views (by sheet id) show of it is in the history; what was told of a place is not told again."""
    with this.services.store.read() as tx:
        unsettled = intents.open_intents(tx, this.file.spreadsheet_id)
    for tab in owned if unsettled else ():
        ours = [one for one in unsettled if tab.binding_id in one.body]
        if (view := views.get(tab.sheet_id)) is not None:
            scene = _Scene(this, tab, view, [one.body[tab.binding_id] for one in ours])
            for intent in ours:
                _name(this, scene, intent)


def _name(this: Pass, scene: "_Scene", intent: IntentRow) -> None:
    tab, part = scene.tab, intent.body[scene.tab.binding_id]
    places = [at for at in part.get("places", ()) if at not in part.get(intents.TOLD, ())]
    standing = {at: scene.view.key_at(at, tab) for at in places if part.get("sent")}
    with this.services.store.read() as tx:
        known = rows.known(tx, tab.binding_id, set(standing.values()) - {""})
    found = {at: scene.fallen(part, known[key], at) for at, key in standing.items() if key in known}
    hit = {at: cells for at, cells in found.items() if cells}
    if not hit:
        return
    told = {standing[at]: at for at in hit if known[standing[at]].is_known}
    shown = resting.look_at(this, tab, scene.view, told)  # so that a person's text beside it is told by the next write
    with this.services.store.write() as tx:
        hold(this, tx)
        name_cells(this, tx, [f"{scene.view.title}!{cell}" for cells in hit.values() for cell in cells])
        intents.note_told(tx, intent.id, tab.binding_id, hit.keys())
        rows.make_unknown(tx, tab.binding_id, {standing[at] for at in hit}, this.services.clock.now())
        rows.settle(tx, tab.binding_id, shown)


@dataclass(frozen=True)
class _Scene:
    """A tab as it is now, and what unsettled writes sent to it."""

    this: Pass
    tab: OwnedTab
    view: TabView
    parts: Sequence[Part]

    def fallen(self, part: Part, row: SheetRow, at: int) -> list[str]:
        """The cells of ours in this row that show what a write sent there for another row or column, by their addresses
        of then, but those that are known to have held nothing of a person's; none when nothing tells that it came.
        """
        for row_key in part["updated"]:
            sent = part["sent"].get(row_key, {})
            for columns in self._placements(part, sent):
                strange = {key: columns[key] for key in sent if not self._is_meant(row, row_key, key, columns)}
                if self._shows(at, sent, columns) and any(self._tells(row, at, column) for column in strange.values()):
                    typed = self._typed(part, row)
                    theirs = [key for key, at in strange.items() if typed is None or self._owners[at] in typed]
                    return sorted(grid.a1_cell(at, part["columns"][key]) for key in theirs)
        return []

    def _typed(self, part: Part, row: SheetRow) -> set[str] | None:
        """Column keys of the cells in which a person's text stood when the write was sent, or when the row was last
        read since then; None when nobody knows.
        """
        memory, binding_id = self.this.services.memory, self.tab.binding_id
        for edit in memory.unanswered_in([binding_id]):
            is_it = list(dict.fromkeys(one.row_key for one in edit.updates)) == list(part["updated"])
            for view in (edit.view, memory.seen(binding_id)) if is_it else ():
                if view is not None and (typed := self._typed_in(view, row)) is not None:
                    return typed
        return None

    def _typed_in(self, view: TabView, row: SheetRow) -> set[str] | None:
        """Column keys of the cells that show a person's text in this view, which is earlier; None without the row."""
        sealer, sent = self.this.services.store.sealer, typed_over.prints_of(self.parts)
        standing = [at for at in view.rows if view.key_at(at, self.tab) == row.row_key]
        found = set[str]()
        for at in standing:
            cells = {key: view.cell(at, column) for key, column in view.columns.items() if key != self.tab.key_column}
            keys = typed_over.keys(found=cells, kept=images.recall(sealer, row.image or {}, cells))
            found.update(key for key in keys if images.print_of(sealer, cells[key]) not in sent)
        return found if standing else None

    def _placements(self, part: Part, sent: Mapping[str, str]) -> list[Mapping[str, int]]:
        """Where the columns were when the write was sent, and where they are now: they may have moved after it came."""
        then, now = part["columns"], self.view.columns
        return [columns for columns in (then, now) if sent and columns.keys() >= sent.keys()]

    def _is_meant(self, row: SheetRow, row_key: str, key: str, columns: Mapping[str, int]) -> bool:
        """Whether the cell is the one that the write was to fill, or none of ours."""
        owner = self._owners.get(columns[key])
        return owner in {None, self.tab.key_column} or (row.row_key == row_key and owner == key)

    @property
    def _owners(self) -> dict[int, str]:
        return {column: key for key, column in self.view.columns.items() if key not in self.view.proposed}

    def _shows(self, at: int, sent: Mapping[str, str], columns: Mapping[str, int]) -> bool:
        """Whether all that was sent to a row stands in this one."""
        return all(self._print(at, columns[key]) == shown for key, shown in sent.items())

    def _tells(self, row: SheetRow, at: int, column: int) -> bool:
        """Whether the cell shows neither what was written last into this row, nor nothing, nor what may have been sent
        to it.
        """
        key, cell, image = self._owners.get(column, ""), self.view.cell(at, column), row.image or {}
        if cell == BLANK or key not in image:
            return False
        own = typed_over.sent_to(row.row_key, self.parts)
        if own is None and any(row.row_key in {*part["updated"], *part["inserted"]} for part in self.parts):
            return False  # that is not known
        kept = images.recall(self.this.services.store.sealer, {key: image[key]}, {key: cell})
        return bool(typed_over.keys(found={key: cell}, kept=kept)) and self._print(at, column) not in (own or {}).get(
            key, ()
        )

    def _print(self, at: int, column: int) -> str:
        return images.print_of(self.this.services.store.sealer, self.view.cell(at, column))
