"""How tabs and cells look beside what they hold: formats, rules, filters, frozen rows, names. All of it is people's.

The product dresses what it puts in itself, once; columns that are taken out lose what it gave them.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from msgspec.structs import replace
from stateful.bound import BoundTab, Json

from service.sandbox.sheets.formulas.references import column_letters
from service.sandbox.sheets.state.cells import BLANK, Cell, kept
from service.sandbox.sheets.state.grid import Row
from service.sandbox.sheets.state.sheet import Sheet

#: What a tab has that no write of ours into its rows may change. Ranges move with their rows and columns in both.
OF_TABS = (
    "title", "hidden", "properties", "grid_properties", "basic_filter", "filter_views", "banded_ranges", "tables",
    "merges", "charts", "slicers", "row_groups", "column_groups",
)  # fmt: skip


def undressed(
    shadow: Sheet, real: Sheet, tab: BoundTab | None, *, ours: Collection[Row | None], fresh: set[int]
) -> list[str]:
    """What looks otherwise than before a write of ours, in words. `ours`: rows that it put in, or that an earlier one
    put in under people's hands and that are dressed once more with their repair; `fresh`: slots of the columns that it
    put in.
    """
    here = f"tab {real.title}"
    found = [f"{here}: we changed its {name}" for name in OF_TABS if getattr(shadow, name) != getattr(real, name)]
    if (shadow.grid.row_count, shadow.grid.column_count) != (real.grid.row_count, real.grid.column_count):
        return found
    leaving = {tab.slots[key] for key in tab.leaving if key in tab.slots} if tab is not None else set()
    stayed = [at for at, one in enumerate(real.grid.columns) if one.slot not in fresh | leaving]
    return found + [f"{here}: we changed the {name} of {at}" for name, at in _cells(shadow, real, ours, stayed)]


def _cells(
    shadow: Sheet, real: Sheet, ours: Collection[Row | None], columns: Sequence[int]
) -> Iterator[tuple[str, str]]:
    for row, stored in enumerate(real.grid.rows):
        for column in columns:
            before, after = shadow.grid.cell(row, column), real.grid.cell(row, column)
            if before is after or not (name := _differing(before, after)):
                continue
            if stored in ours:  # dressed as our columns stood when that was sent
                shadow.grid.put(row, column, _dressed(before, after))
            else:
                yield name, f"{column_letters(column)}{row + 1}"


def _dressed(before: Cell | None, after: Cell | None) -> Cell | None:
    like = after or BLANK
    return kept(replace(before or BLANK, format=like.format, rule=like.rule))


def _differing(before: Cell | None, after: Cell | None) -> str:
    if _format(before) != _format(after):
        return "format"
    rules = [one.rule if one is not None else None for one in (before, after)]
    return "rule" if rules[0] != rules[1] else ""


def _format(cell: Cell | None) -> Json:
    """Without the link that a cell gets from its text alone, and that is switched off where others wrote the text."""
    found: dict[str, Any] = dict(cell.format or {}) if cell is not None else {}
    text = {name: it for name, it in found.pop("textFormat", {}).items() if name != "link"}
    return {**found, "textFormat": text} if text else found
