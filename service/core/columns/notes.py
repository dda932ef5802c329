"""NOTES: what people wrote. A set of notes is internal or shared; outsiders see shared ones only, TikTok's never."""

from collections.abc import Callable

from service.core import kinds
from service.core.columns.record import Column
from service.core.roles import Group
from service.core.rows import RowSource

_NEEDS = frozenset({Group.NOTES})

#: The colours of a flag, as Seller Center has them.
FLAGS = ("red", "orange", "yellow", "green", "blue", "purple")
CUSTOM_COUNT = 5


def _custom(place: int) -> Callable[[RowSource], str | None]:
    """The reader of one custom column, counted from 0."""
    return lambda row: row.notes.customs[place] or None if place < len(row.notes.customs) else None


COLUMNS = (
    Column(
        key="flag",
        header="Flag",
        kind=kinds.ENUM,
        group=Group.NOTES,
        needs=_NEEDS,
        reader=lambda row: row.notes.flag or None,
        sentence="A colour to find it again.",
        example="red",
        choices=FLAGS,
        owned_note=True,
        is_internal=True,
    ),
    Column(
        key="note",
        header="Note",
        kind=kinds.NOTE,
        group=Group.NOTES,
        needs=_NEEDS,
        reader=lambda row: row.notes.note or None,
        sentence="Your own words about the order; they stay with it through every sort and sync.",
        example="Ask for a photo",
        owned_note=True,
        is_internal=True,
    ),
    Column(
        key="tiktok_note",
        header="Seller note",
        kind=kinds.TXT,
        group=Group.NOTES,
        needs=_NEEDS | {Group.NOTES_INTERNAL},
        reader=lambda row: row.order.seller_note or None,
        sentence="The note typed in Seller Center; for your own team only.",
        example="VIP",
    ),
    Column(
        key="assignee",
        header="Assignee",
        kind=kinds.NOTE,
        group=Group.NOTES,
        needs=_NEEDS,
        reader=lambda row: row.notes.assignee or None,
        sentence="Who looks after it.",
        example="Sam",
        owned_note=True,
        is_internal=True,
    ),
    *(
        Column(
            key=f"custom_{number}",
            header=f"Custom {number}",
            kind=kinds.NOTE,
            group=Group.NOTES,
            needs=_NEEDS,
            reader=_custom(number - 1),
            sentence="A column of your own; give it the name you like.",
            example="Shelf 4",
            owned_note=True,
            is_internal=True,
        )
        for number in range(1, CUSTOM_COUNT + 1)
    ),
)
