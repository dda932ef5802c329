"""Which of our cells show what a person put there, so that the history can name it before it is replaced. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.cells import BLANK, Cell, Form
from service.google import grid
from service.store.intents import EARLIER


@dataclass(frozen=True, slots=True)
class Typed:
    """A person's text in a cell of ours, by the cell's address ("Tab!B7"), row key and column key. `shown`: the text's
    fingerprint; the text itself is kept nowhere.
    """

    address: str
    row_key: str
    column: str
    shown: str

    def to_json(self) -> list[str]:
        return [self.address, self.row_key, self.column, self.shown]

    @staticmethod
    def from_json(raw: Any) -> "Typed":
        return Typed(*raw)


def met(part: Mapping[str, Any]) -> list[Typed]:
    """The texts that a write was to replace, by its part of an intent."""
    return [Typed.from_json(raw) for raw in part.get("typed", ())]


def sent_to(row_key: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, set[str]] | None:
    """Column key → fingerprints of all that these unsettled writes sent to a row, and those that were over before them;
    None when that is not known of one of them, or none names the row.
    """
    naming = [part for part in parts if row_key in part["updated"] or row_key in part["inserted"]]
    if not naming or any(row_key not in part.get("sent", {}) for part in naming):
        return None
    found: dict[str, set[str]] = {}
    for part in naming:
        for sent in (part["sent"], *part.get(EARLIER, ())):
            for column, shown in sent.get(row_key, {}).items():
                found.setdefault(column, set()).add(shown)
    return found


def prints_of(parts: Iterable[Mapping[str, Any]]) -> set[str]:
    """The fingerprints of all that these unsettled writes sent, and those that were over before them, to whatever row
    and column: where columns or rows move under a write it comes to stand in others. What repairs put back is not among
    it.
    """
    told = (sent for part in parts for sent in (part.get("sent", {}), *part.get(EARLIER, ())))
    return {shown for sent in told for prints in sent.values() for shown in prints.values()}


def is_told(part: Mapping[str, Any]) -> bool:
    """Whether all that this unsettled write sent is known: neither much at once nor people's own cells, put back."""
    return bool(part.get("sent")) and not part.get("repaired")


def sent_anywhere(columns: Iterable[str], part: Mapping[str, Any]) -> dict[str, set[str]] | None:
    """The fingerprints of all that a write sent, for each of these columns: it may have come to stand in other rows and
    columns. None when they are not known.
    """
    if not part.get("sent"):
        return None
    return dict.fromkeys(columns, prints_of([part]))


def keys(*, found: Mapping[str, Cell], kept: Mapping[str, Cell]) -> list[str]:
    """Column keys of the cells of a row (`found`) that show neither what we wrote last (`kept`) nor nothing. Where
    `kept` has no entry the cell is not what we wrote.
    """
    return [key for key, cell in found.items() if cell != BLANK and _is_typed(kept, key, cell)]


def unsure_keys(
    *,
    found: Mapping[str, Cell],
    kept: Mapping[str, Cell],
    prints: Mapping[str, Collection[str]],
    print_of: Callable[[Cell], str],
) -> list[str]:
    """The same for a row that may show, instead of what was written last, what unanswered writes sent to it (`prints`:
    column key → fingerprints).
    """
    typed = keys(found=found, kept=kept)
    return [key for key in typed if print_of(found[key]) not in prints.get(key, ())]


def _is_typed(kept: Mapping[str, Cell], key: str, found: Cell) -> bool:
    """A formula of ours that lost a column it points at is ours still."""
    if key not in kept:
        return True
    is_broken = kept[key].form is Form.FORMULA and found.form is Form.FORMULA
    return not is_broken and not grid.is_same(kept[key], found)
