"""Where something stands in a spreadsheet, and what was found there. Nothing of a forbidden value is kept but its first
two characters, and of an order the end of its number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

HINT_LENGTH = 2
REF_LENGTH = 6
PLACES_KEPT = 5  # of one finding; the others are counted


class Part(StrEnum):
    """What of a spreadsheet a text is part of."""

    CELL = "cell"
    NOTE = "note"
    CHOICES = "choices"  # a rule for what may be typed
    LINK = "link"
    TITLE = "title"  # of a tab, or of the file
    RANGE_NAME = "range-name"
    PROTECTION = "protection"
    CONDITION = "condition"  # conditional formatting
    FILTER = "filter"
    CHART = "chart"
    METADATA = "metadata"
    OBJECT = "object"  # a table, a slicer, a pivot table


class Hidden(StrEnum):
    """Why nobody sees it at a glance."""

    NO = ""
    TAB = "tab"
    COLUMN = "column"
    ROW = "row"


class Sign(StrEnum):
    """What kind of thing was found."""

    VALUE = "value"  # a forbidden value, wherever it stands
    BESIDE = "beside"  # a forbidden value of the order whose key is in the row
    HEADING = "heading"  # figures below a word for what is forbidden
    TOLD = "told"  # what follows from columns side by side
    READER = "reader"  # somebody can open the file who may not


class Place(NamedTuple):
    """`sheet_id` None: of the file. `a1` is empty for what has no cell."""

    sheet_id: int | None
    part: Part = Part.CELL
    a1: str = ""
    hidden: Hidden = Hidden.NO


@dataclass(slots=True)
class Finding:
    """What was found of one column in one part of one tab. `places`: the first ones, each with its A1 address, the end
    of the order's number and the beginning of what stands there; the last two may be empty.
    """

    sign: Sign
    column: str
    sheet_id: int | None
    part: Part
    hidden: Hidden
    count: int = 0
    places: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, a1: str, order_ref: str = "", hint: str = "") -> None:
        """One more place; the same one counts once as long as it is remembered."""
        if any(place[0] == a1 for place in self.places):
            return
        self.count += 1
        if len(self.places) < PLACES_KEPT:
            self.places.append((a1, order_ref, hint))

    def to_json(self) -> dict[str, Any]:
        return {
            "sign": self.sign.value,
            "column": self.column,
            "sheet_id": self.sheet_id,
            "part": self.part.value,
            "hidden": self.hidden.value,
            "count": self.count,
            "places": [list(place) for place in self.places],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Finding":
        """The finding `to_json` wrote."""
        return cls(
            Sign(raw["sign"]),
            raw["column"],
            raw["sheet_id"],
            Part(raw["part"]),
            Hidden(raw["hidden"]),
            raw["count"],
            [(place[0], place[1], place[2]) for place in raw["places"]],
        )


def ref_of(order_id: str) -> str:
    """The end of an order's number, which tells it to whom knows it and nobody else."""
    return order_id[-REF_LENGTH:]


def hint_of(text: str) -> str:
    """The first two characters of a value."""
    return text[:HINT_LENGTH]


def a1_of(row: int, column: int) -> str:
    """The address of a cell, both indexes from 0."""
    letters = ""
    at = column + 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
