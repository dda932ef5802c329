"""An undo log: every change to a workbook goes through these few verbs, so a refused batch leaves no trace.

Cells, ranges and rules are immutable values and are replaced whole; that keeps an undo as cheap as the change.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Journal:
    """Changes since `begin`, newest last, each as the call that takes it back."""

    def __init__(self) -> None:
        self.serial = 0
        """Number of the present change. What was made in it needs no undo of its own: it goes with its maker's."""
        self._undo: list[tuple[Callable[..., object], tuple[Any, ...]]] = []

    @property
    def is_empty(self) -> bool:
        return not self._undo

    def begin(self) -> None:
        self.serial += 1
        self._undo = []

    def assign(self, target: object, name: str, value: object) -> None:
        """Set an attribute."""
        self._undo.append((setattr, (target, name, getattr(target, name))))
        setattr(target, name, value)

    def put(self, cells: list[Any], index: int, value: object) -> None:
        """Set one place of a list."""
        self._undo.append((cells.__setitem__, (index, cells[index])))
        cells[index] = value

    def splice(self, items: list[Any], start: int, stop: int, new: list[Any]) -> None:
        """Replace items[start:stop] by `new`; lengths may differ."""
        self._undo.append((_splice, (items, start, start + len(new), items[start:stop])))
        items[start:stop] = new

    def set_item(self, mapping: dict[Any, Any], key: object, value: object) -> None:
        """Set one key of a dictionary."""
        if key in mapping:
            self._undo.append((mapping.__setitem__, (key, mapping[key])))
        else:
            self._undo.append((mapping.pop, (key,)))
        mapping[key] = value

    def drop_item(self, mapping: dict[Any, Any], key: object) -> None:
        """Remove one key of a dictionary."""
        self._undo.append((mapping.__setitem__, (key, mapping[key])))
        del mapping[key]

    def rollback(self) -> None:
        """Take everything back since `begin`, newest first."""
        while self._undo:
            call, arguments = self._undo.pop()
            call(*arguments)


def _splice(items: list[Any], start: int, stop: int, new: list[Any]) -> None:
    items[start:stop] = new
