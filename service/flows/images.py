"""Images: what a row of a sheet last showed, as it is kept. Nothing here asks Google or decides what to write.

A buyer's data is kept as a keyed fingerprint: enough to tell whether it changed, and nothing to read. So the only place
where it lies is sealed, and forgetting it there forgets it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from service.core.cells import BLANK, Cell, Form
from service.core.columns import COLUMNS
from service.core.roles import Group
from service.google import grid
from service.google.references import shape_of
from service.store.records import SheetRow
from service.store.sealed import Sealer

_FINGERPRINT = "#"  # in the place of a cell's letter
_PERSONAL = frozenset(key for key, column in COLUMNS.items() if Group.PII in column.needs)


def keep(sealer: Sealer, cells: Mapping[str, Cell]) -> dict[str, list[str]]:
    """The image of these cells, by column key, as the store keeps it."""
    plain = {key: cell.to_json() for key, cell in cells.items()}
    sealed = {key: _fingerprint(sealer, cells[key]) for key in _PERSONAL & cells.keys() if cells[key] != BLANK}
    return {**plain, **sealed} if sealed else plain


def print_of(sealer: Sealer, cell: Cell) -> str:
    """What tells that a cell still shows what it showed, without keeping it: for cells that hold people's own text. Of
    a formula without its references, which move.
    """
    letter_and_value = cell.to_json()
    if cell.form is Form.FORMULA:
        letter_and_value[1] = shape_of(cell.value)
    return sealer.fingerprint("\n".join(letter_and_value))


def is_personal(key: str) -> bool:
    """Whether the column holds a buyer's data."""
    return key in _PERSONAL


def recall(sealer: Sealer, image: Mapping[str, Any], cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells that a kept image stands for.

    A buyer's cell is among them only when it is the very one of `cells`; else it is left out, as one not known.
    """
    found = {key: _recalled(sealer, raw, cells.get(key)) for key, raw in image.items()}
    return {key: cell for key, cell in found.items() if cell is not None}


def is_own_text(sealer: Sealer, row: SheetRow, key: str, found: Cell) -> bool:
    """Whether a cell shows what a person wrote there, in a column that is taken out: not what we showed, or something
    after what we showed was cleared. While it is not known what we showed, what stands there may be ours.
    """
    kept = (row.image or {}).get(key)
    if kept is None:
        return row.image is not None
    if kept == BLANK.to_json():
        return True
    is_shown = recall(sealer, {key: kept}, {key: found}).get(key)
    return row.is_known and not (is_shown is not None and grid.is_same(is_shown, found))


def _recalled(sealer: Sealer, raw: Sequence[str], cell: Cell | None) -> Cell | None:
    if not raw or raw[0] != _FINGERPRINT:
        return Cell.from_json(raw)
    return cell if cell is not None and list(raw) == _fingerprint(sealer, cell) else None


def _fingerprint(sealer: Sealer, cell: Cell) -> list[str]:
    return [_FINGERPRINT, sealer.fingerprint("\n".join(cell.to_json()))]
