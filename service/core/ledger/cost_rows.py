"""Reading the costs table, row by row: good rows are taken, every other row is reported with what is wrong in it.

Rows come as text, from the costs tab or a CSV file: a number that went through a float would have lost cents, so the
caller reads cells as they are written. Sentences for people are made from `Wrong` elsewhere. Row numbers start at 1
with the first row below the header.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from service.core.currencies import exponent
from service.core.ledger.cost_cells import UnreadableCellError, Wrong, day_in, number_in
from service.core.ledger.costs import Cost, CostSource
from service.core.ledger.reconciling import ZERO


class CostColumn(StrEnum):
    """The columns of the table, by the heading they are born with. Only SKU_ID or SKU, and UNIT_COST, must be there."""

    SKU_ID = "SKU ID"
    SKU = "SKU"
    PRODUCT = "Product"
    CURRENCY = "Currency"
    UNIT_COST = "Unit cost"
    PACKAGING = "Packaging"
    FULFILMENT = "Own fulfilment"
    FROM = "From"
    TO = "To"


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", " ", heading).strip().casefold()


_NAMES = {_plain(column): column for column in CostColumn}
_TITLE_ROWS = 20  # above the header a seller may have put lines of their own
_TYPED = (
    CostColumn.CURRENCY,
    CostColumn.UNIT_COST,
    CostColumn.PACKAGING,
    CostColumn.FULFILMENT,
    CostColumn.FROM,
    CostColumn.TO,
)


@dataclass(frozen=True, slots=True)
class KnownSku:
    """A SKU the shop sells: its id, the seller's own code (may be empty or shared), its shop's currency."""

    sku_id: str
    seller_sku: str
    currency: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: which cell (None: the row), its text, and the row it collides with (0: none)."""

    row: int
    wrong: Wrong
    column: CostColumn | None = None
    text: str = ""
    other_row: int = 0


@dataclass(frozen=True, slots=True)
class CostRows:
    """What a table came to. `taken`: row → cost. `waiting`: rows that name a SKU and nothing yet. Blank rows vanish.

    `doubted`: SKUs that faulty rows are about, an empty one among them where a row's is not known.
    """

    taken: Mapping[int, Cost]
    faults: tuple[Fault, ...]
    waiting: tuple[int, ...] = ()
    doubted: frozenset[str] = frozenset()

    @property
    def whole(self) -> list[Cost]:
        """The costs of SKUs of which every row was taken: there is no more to say about them."""
        return [cost for cost in self.taken.values() if not {"", cost.sku_id} & self.doubted]

    @property
    def parts(self) -> list[Cost]:
        """The costs of SKUs of which a row may be missing here."""
        return [cost for cost in self.taken.values() if {"", cost.sku_id} & self.doubted]


def read_costs(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    known: Iterable[KnownSku],
    source: CostSource = CostSource.TABLE,
) -> CostRows:
    """Every row either taken, or reported with everything wrong in it, or waiting for its cost.

    A header that cannot be used is one fault in row 0, and no row is taken. Of two rows that collide the upper is kept.
    """
    places, wrong_header = _places(header)
    if wrong_header:
        return CostRows({}, tuple(wrong_header))
    skus = _Skus(known)
    taken: dict[int, Cost] = {}
    by_sku: dict[str, list[tuple[int, Cost]]] = {}
    faults: list[Fault] = []
    waiting: list[int] = []
    doubted: set[str] = set()
    for number, cells in enumerate(rows, 1):
        row = _Row(number, cells, places)
        if row.is_blank:
            continue
        if row.is_waiting:
            waiting.append(number)
            continue
        cost = row.cost(skus, source)
        clash = _clash(cost, number, by_sku.get(cost.sku_id, ())) if cost and not row.faults else None
        faults += [*row.faults, clash] if clash else row.faults
        if row.faults or clash:
            doubted.add(row.sku_id)
        if cost and not row.faults and not clash:
            taken[number] = cost
            by_sku.setdefault(cost.sku_id, []).append((number, cost))
    return CostRows(taken, tuple(faults), tuple(waiting), frozenset(doubted))


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """Where the header stands, from 0: in the first of the upper rows with two headings of ours, else in the first."""
    for index, cells in enumerate(rows[:_TITLE_ROWS]):
        if len({_plain(cell) for cell in cells if is_heading(cell)}) > 1:
            return index
    return 0


def is_heading(text: str) -> bool:
    """Whether the text names a column of the table, in whatever case and spacing."""
    return _plain(text) in _NAMES


def _places(header: Sequence[str]) -> tuple[dict[CostColumn, int], list[Fault]]:
    """Column → index from 0, and what is wrong with the header. Headings we do not know are the seller's own."""
    places: dict[CostColumn, int] = {}
    faults: list[Fault] = []
    for index, heading in enumerate(header):
        column = _NAMES.get(_plain(heading))
        if column is None:
            continue
        if column in places:
            faults.append(Fault(0, Wrong.HEADING_TWICE, column, heading))
        places.setdefault(column, index)
    if CostColumn.SKU_ID not in places and CostColumn.SKU not in places:
        faults.append(Fault(0, Wrong.HEADING_MISSING, CostColumn.SKU_ID))
    if CostColumn.UNIT_COST not in places:
        faults.append(Fault(0, Wrong.HEADING_MISSING, CostColumn.UNIT_COST))
    return places, faults


class _Skus:
    """The shop's SKUs, found by id or by the seller's code."""

    def __init__(self, known: Iterable[KnownSku]) -> None:
        self.by_id: dict[str, KnownSku] = {}
        self.by_code: dict[str, list[KnownSku]] = {}
        for sku in known:
            self.by_id[sku.sku_id] = sku
            if sku.seller_sku:
                self.by_code.setdefault(sku.seller_sku.casefold(), []).append(sku)


class _Row:
    """One row being read; what is wrong with it is gathered, so that a person sees everything at once.

    `sku_id`: the SKU it turned out to be about, once `cost` was asked for.
    """

    def __init__(self, number: int, cells: Sequence[str], places: Mapping[CostColumn, int]) -> None:
        self.number = number
        self.sku_id = ""
        self.faults: list[Fault] = []
        self._cells = {column: cells[index].strip() if index < len(cells) else "" for column, index in places.items()}

    @property
    def is_blank(self) -> bool:
        return not any(self._cells.values())

    @property
    def is_waiting(self) -> bool:
        """Whether the row names a SKU and nobody has typed a cost yet. A currency is there from the start."""
        typed = [self._text(column) for column in _TYPED if column is not CostColumn.CURRENCY]
        return not any(typed) and bool(self._text(CostColumn.SKU_ID) or self._text(CostColumn.SKU))

    def cost(self, skus: _Skus, source: CostSource) -> Cost | None:
        """The row as a cost; None when a part of it is missing. `faults` holds what is wrong."""
        sku = self._sku(skus)
        self.sku_id = sku.sku_id if sku else ""
        currency = self._currency(sku)
        unit = self._amount(CostColumn.UNIT_COST, currency)
        packaging = self._amount(CostColumn.PACKAGING, currency)
        fulfilment = self._amount(CostColumn.FULFILMENT, currency)
        from_day, to_day = self._day(CostColumn.FROM), self._day(CostColumn.TO)
        if not self._text(CostColumn.UNIT_COST):
            self._report(Wrong.COST_MISSING, CostColumn.UNIT_COST)
        if from_day and to_day and to_day < from_day:
            self._report(Wrong.ENDS_BEFORE_START, CostColumn.TO)
        if sku is None or unit is None:
            return None
        return Cost(
            sku.sku_id,
            currency,
            unit,
            packaging or ZERO,
            fulfilment or ZERO,
            from_day=from_day,
            to_day=to_day,
            source=source,
        )

    def _text(self, column: CostColumn) -> str:
        return self._cells.get(column, "")

    def _report(self, wrong: Wrong, column: CostColumn) -> None:
        self.faults.append(Fault(self.number, wrong, column, self._text(column)))

    def _sku(self, skus: _Skus) -> KnownSku | None:
        sku_id, code = self._text(CostColumn.SKU_ID).removeprefix("'"), self._text(CostColumn.SKU)
        if not sku_id and not code:
            self._report(Wrong.SKU_MISSING, CostColumn.SKU_ID)
            return None
        if not sku_id:
            return self._by_code(code, skus)
        if re.search(r"\d[.,]?\d*E\+?\d", sku_id, re.IGNORECASE):
            self._report(Wrong.SKU_ID_ROUNDED, CostColumn.SKU_ID)
            return None
        found = skus.by_id.get(sku_id)
        if found is None:
            self._report(Wrong.SKU_UNKNOWN, CostColumn.SKU_ID)
        elif code and code.casefold() != found.seller_sku.casefold() and code.casefold() in skus.by_code:
            self._report(Wrong.SKU_DISAGREES, CostColumn.SKU)
        return found

    def _by_code(self, code: str, skus: _Skus) -> KnownSku | None:
        found = skus.by_code.get(code.casefold(), [])
        if len(found) == 1:
            return found[0]
        self._report(Wrong.SKU_SHARED if found else Wrong.SKU_UNKNOWN, CostColumn.SKU)
        return None

    def _currency(self, sku: KnownSku | None) -> str:
        """The row's currency; the shop's own where none is typed."""
        typed = self._text(CostColumn.CURRENCY).upper()
        expected = sku.currency if sku else ""
        if typed and not re.fullmatch(r"[A-Z]{3}", typed):
            self._report(Wrong.CURRENCY_UNREADABLE, CostColumn.CURRENCY)
            return expected
        if typed and expected and typed != expected:
            self._report(Wrong.CURRENCY_DIFFERS, CostColumn.CURRENCY)
        return typed or expected

    def _amount(self, column: CostColumn, currency: str) -> Decimal | None:
        if not self._text(column):
            return None
        try:
            return number_in(self._text(column), currency=currency, decimals=exponent(currency) if currency else 2)
        except UnreadableCellError as found:
            self._report(found.wrong, column)
            return None

    def _day(self, column: CostColumn) -> date | None:
        if not self._text(column):
            return None
        try:
            return day_in(self._text(column))
        except UnreadableCellError as found:
            self._report(found.wrong, column)
            return None


def _clash(cost: Cost, number: int, taken: Iterable[tuple[int, Cost]]) -> Fault | None:
    """The taken row of its SKU that covers a day of this one too. An open end closes where the next cost starts."""
    for other_row, other in taken:
        if other == cost:
            return Fault(number, Wrong.ROW_TWICE, other_row=other_row)
        earlier, later = sorted((other, cost), key=lambda one: one.starts)
        if earlier.starts == later.starts or (earlier.to_day is not None and later.starts <= earlier.to_day):
            return Fault(number, Wrong.OVERLAPS, CostColumn.FROM, other_row=other_row)
    return None
