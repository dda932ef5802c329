"""Figures as people write them, and which of them are an order's own.

A figure is one order's when it is exactly its amount, to the minor unit, and stands in a row that holds the order's
key. A figure of four digits or with a currency mark is told from chance by that. A shorter bare one (12, 3.49) is
weighed by its column: it counts where at least every fifth row with a figure in that column shows the row's own amount,
so that a lone one in an empty column counts and a column of weights or of parcels does not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from service.core.hunting.places import Hidden

#: Digits from which a bare figure is no chance.
TELLING_DIGITS = 4
#: One row in so many has to show its own amount for a column of short figures to be one of amounts.
ONE_IN = 5
PLACES_KEPT = 3  # of a column that is weighed
_LARGE = Decimal(10) ** 12
_NEAR = Decimal("0.000001")  # what a spreadsheet's own arithmetic is off by

_FIGURE = re.compile(
    r"(?<![\w$])(?P<before>[\u0024\u00a2-\u00a5\u20a0-\u20bf]\s?|[A-Za-z]{3}\s?)?"
    r"(?P<digits>(?>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'\u2019]\d+)*))"
    r"(?P<after>\s?[\u0024\u00a2-\u00a5\u20a0-\u20bf]|\s?[A-Z]{3}\b)?(?![\w%])"
)
_MARKS = re.compile("[\u0024\u00a2-\u00a5\u20a0-\u20bf]")
_CODES = frozenset(["GBP", "USD", "EUR", "VND", "IDR", "MYR", "PHP", "SGD", "THB", "MXN", "BRL", "JPY"])


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a cell. `values`: what it may mean ("1,234" is two numbers). `is_telling`: it is no chance.
    `is_alone`: there is nothing else in the cell.
    """

    values: frozenset[Decimal]
    is_telling: bool
    is_alone: bool = True


def figures(texts: Iterable[str], number: Decimal | None) -> list[Figure]:
    """The figures of a cell: its value when that is a number, and every one written in its texts."""
    found = [] if number is None else [Figure(frozenset({abs(number)}), _is_telling(number))]
    for text in texts:
        if any(map(str.isdigit, text)):
            found += _written(text)
    return found


def _written(text: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text):
        values = frozenset(_meanings(match["digits"]))
        if values:
            is_marked = _is_mark(match["before"]) or _is_mark(match["after"])
            is_telling = is_marked or _digit_count(match["digits"]) >= TELLING_DIGITS
            yield Figure(values, is_telling, match[0].strip() == text.strip())


def _is_mark(beside: str | None) -> bool:
    return beside is not None and (_MARKS.search(beside) is not None or beside.strip() in _CODES)


def _digit_count(text: str) -> int:
    return len(re.sub(r"\D", "", text).lstrip("0"))


def _is_telling(number: Decimal) -> bool:
    if abs(number) >= _LARGE:
        return True
    return _digit_count(f"{number.quantize(_NEAR).normalize():f}") >= TELLING_DIGITS


def _meanings(digits: str) -> Iterator[Decimal]:
    """12,34 is 12.34; 1,234 is 1234 or 1.234; 1.234,50 is 1234.50."""
    plain = re.sub(r"[ \u00a0\u202f'\u2019]", "", digits)
    marks = [mark for mark in plain if mark in ".,"]
    readings = {plain.replace(",", "").replace(".", "")} if len(plain.replace(",", ".").split(".")[-1]) == 3 else set()
    if not marks:
        readings = {plain}
    elif marks.count(marks[-1]) == 1:
        whole, _, part = plain.rpartition(marks[-1])
        readings.add(re.sub(r"[.,]", "", whole) + "." + part)
    for reading in readings:
        try:
            yield Decimal(reading)
        except InvalidOperation:
            continue


def is_amount(figure: Figure, amount: Decimal, decimals: int) -> bool:
    """Whether the figure is this amount in major units, or in minor ones where nothing else is in the cell: a year in a
    date is four digits too.
    """
    wanted = abs(amount)
    if not wanted:
        return False
    if any(abs(value - wanted) < _NEAR for value in figure.values):
        return True
    return decimals > 0 and figure.is_alone and wanted.scaleb(decimals) in figure.values


# --- columns that are weighed ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Scale:
    """What one column of a tab shows: rows of orders with a figure in it, those with a short figure of the row's own,
    and where the first of these stand: A1, the end of the order's number, the column told.
    """

    hidden: Hidden = Hidden.NO
    rows: int = 0
    own: int = 0
    places: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_leak(self) -> bool:
        return self.own > 0 and self.own * ONE_IN >= self.rows

    def note(self, place: tuple[str, str, str]) -> None:
        """One more row with a short figure of its own."""
        self.own += 1
        if len(self.places) < PLACES_KEPT:
            self.places.append(place)

    def to_json(self) -> list[Any]:
        return [self.hidden.value, self.rows, self.own, [list(place) for place in self.places]]

    @classmethod
    def from_json(cls, raw: Sequence[Any]) -> "Scale":
        """The scale `to_json` wrote."""
        return cls(Hidden(raw[0]), raw[1], raw[2], [(place[0], place[1], place[2]) for place in raw[3]])
