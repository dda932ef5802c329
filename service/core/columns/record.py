"""Column: one record of the catalogue. Everything else about a column follows from it."""

from collections.abc import Callable
from dataclasses import dataclass

from service.core.kinds import Kind, Value
from service.core.roles import Group
from service.core.rows import ORDER_GRAINS, Grain, RowSource

#: Every grain in which a row is of an order; which columns stand at transaction grain is told by `transactions`.
EVERY_GRAIN = ORDER_GRAINS
#: Whatever needs one of these is worked out from what finance knows.
_OF_BOOKS = frozenset({Group.FEES, Group.COST, Group.PROFIT})
_NOT_OF_ONE = "Here each row is one settled transaction, and this is known of whole orders only."


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, what it says, who may see it and where it comes from.

    `key`: its identity, never changed once released. `header`: the default heading, renamable.
    `group`: where it stands in the catalogue. `needs`: every group an audience must be allowed, the strictest group of
    its inputs included. `reader`: the value of a row, None for unknown. `sentence`, `example`: for people.
    `inputs`: keys of the columns it is worked out from and tells something of; empty for what is read as it stands, and
    for a value that was shortened or keyed so that its source cannot be told from it.
    `choices`: known words of an enum, never a complete list. `owned_note`: people write it, in the sheet too.
    `is_internal`: its value is hidden from outsiders while the row's notes are not shared.
    `grains`: where it makes sense; `refusal` says why not at another grain of orders. `of_entry`: the value of a row
    that is a transaction, for a column that has one of its own there. `from_books`: it reads the books though it needs
    no group of theirs.
    """

    key: str
    header: str
    kind: Kind
    group: Group
    needs: frozenset[Group]
    reader: Callable[[RowSource], Value | None]
    sentence: str
    example: str
    choices: tuple[str, ...] = ()
    owned_note: bool = False
    is_internal: bool = False
    inputs: tuple[str, ...] = ()
    grains: frozenset[Grain] = EVERY_GRAIN
    refusal: str = ""
    of_entry: Callable[[RowSource], Value | None] | None = None
    from_books: bool = False

    @property
    def reads_books(self) -> bool:
        """Whether a row needs the books of its order for this column."""
        return self.from_books or not self.needs.isdisjoint(_OF_BOOKS)

    def reader_at(self, grain: Grain) -> Callable[[RowSource], Value | None]:
        """What reads the value of a row of this grain."""
        return self.of_entry if grain is Grain.TRANSACTION and self.of_entry is not None else self.reader

    def refusal_at(self, grain: Grain) -> str:
        """Why the column does not stand at this grain, for people."""
        return _NOT_OF_ONE if grain is Grain.TRANSACTION else self.refusal


def joined(values: list[str], separator: str = ", ") -> str | None:
    """Each different text once, in order of appearance; None when there is none."""
    if len(values) == 1:  # of nearly every order
        return values[0] or None
    return separator.join(dict.fromkeys(value for value in values if value)) or None
