"""What Google leaves out of its answers: zeros, false, empty text and empty lists of plain proto fields.

Observed exceptions, which stay: row and column bounds of ranges, and `sheetId` and `index` of SheetProperties
(which is written by its own function).
"""

from typing import Any

KEPT = frozenset(
    {"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex", "startIndex", "endIndex", "editors"}
)


def without_zeros(value: Any) -> Any:
    """The same JSON as Google prints it; `editors` and colours stay even when empty."""
    if isinstance(value, list):
        return [without_zeros(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: without_zeros(entry) for name, entry in value.items() if name in KEPT or not _is_zero(entry)}


def _is_zero(value: Any) -> bool:
    return value is None or value is False or value in ("", []) or (value == 0 and not isinstance(value, bool))
