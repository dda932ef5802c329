"""Costs: what a unit of a SKU cost the seller on a day, and so what an order cost.

A cost that is not known is missing and named; it is never zero. Amounts are Decimals in major units of the currency
beside them, positive = cost; days are local days of the shop. Reading the costs table is `cost_rows`' work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from service.core.ledger.reconciling import ZERO
from service.core.orders import Order, OrderStatus
from service.core.strict_json import read

#: Stands for the SKU where a cost is that of sending a whole order: all of it is `fulfilment`.
SENDING = ""
_MOST_BUNDLE_BYTES = 256 * 1024


class CostSource(StrEnum):
    """Where a cost was stated: the costs tab, a CSV file, a fulfilment invoice, the account's own setting."""

    TABLE = "table"
    IMPORT = "import"
    INVOICE = "invoice"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one unit of a SKU costs: the goods, the packaging, and what the seller pays to have the unit sent.

    In force from `from_day` (None: always was) through `to_day` (None: until the next one starts).
    """

    sku_id: str
    currency: str
    unit: Decimal
    packaging: Decimal = ZERO
    fulfilment: Decimal = ZERO
    from_day: date | None = None
    to_day: date | None = None
    source: CostSource = CostSource.TABLE

    @property
    def starts(self) -> date:
        return self.from_day or date.min

    @property
    def ends(self) -> date:
        """The last day stated; the last day there is when none is stated."""
        return self.to_day or date.max


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One of the SKUs that a bundle is packed from, and how many of it go into one bundle."""

    sku_id: str
    count: int


@dataclass(frozen=True, slots=True)
class OrderCost:
    """What the seller paid to have one whole order sent: postage, a warehouse's invoice, a fulfilment fee."""

    amount: Decimal
    currency: str
    source: CostSource = CostSource.INVOICE


@dataclass(frozen=True, slots=True)
class Cogs:
    """The fourth pool of an order or a line. With anything `missing` there is no total: `total` is None.

    `missing`: SKUs whose cost is not known in this currency on this day, components of bundles included.
    """

    currency: str
    product: Decimal = ZERO
    packaging: Decimal = ZERO
    fulfilment: Decimal = ZERO
    missing: tuple[str, ...] = ()
    sources: frozenset[CostSource] = frozenset()

    @property
    def total(self) -> Decimal | None:
        return None if self.missing else self.product + self.packaging + self.fulfilment

    def __add__(self, other: "Cogs") -> "Cogs":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Cogs(
            self.currency,
            self.product + other.product,
            self.packaging + other.packaging,
            self.fulfilment + other.fulfilment,
            missing=tuple(sorted({*self.missing, *other.missing})),
            sources=self.sources | other.sources,
        )


@dataclass(frozen=True, slots=True)
class CostBook:
    """All costs of a shop, by SKU, SENDING among them.

    `bundles`: SKU → what it is packed from, where its own cost is not stated.
    """

    costs: Mapping[str, tuple[Cost, ...]] = field(default_factory=dict)
    bundles: Mapping[str, tuple[BundlePart, ...]] = field(default_factory=dict)

    def cost_on(self, sku_id: str, day: date) -> Cost | None:
        """The cost in force that day: the one that started last, unless it has ended. No gap is filled from before."""
        started = [cost for cost in self.costs.get(sku_id, ()) if cost.starts <= day]
        last = max(started, key=lambda cost: cost.starts, default=None)
        return last if last is not None and day <= last.ends else None

    def cogs_of(self, sku_id: str, count: int, *, day: date, currency: str) -> Cogs:
        """What `count` units cost: by the SKU's own cost, else by its components. A cost in another currency is none.

        Nothing is asked of a cost for no units. Goods without an id have none: what SENDING costs is not theirs.
        """
        return self._cogs(sku_id, count, day=day, currency=currency, seen=frozenset())

    def _cogs(self, sku_id: str, count: int, *, day: date, currency: str, seen: frozenset[str]) -> Cogs:
        if not count:
            return Cogs(currency)
        cost = self.cost_on(sku_id, day) if sku_id != SENDING else None
        if cost is not None and cost.currency == currency:
            return Cogs(
                currency,
                cost.unit * count,
                cost.packaging * count,
                cost.fulfilment * count,
                sources=frozenset({cost.source}),
            )
        parts = self.bundles.get(sku_id, ())
        is_odd = any(part.count < 1 for part in parts)  # a bundle of none of something would cost nothing
        if cost is not None or not parts or is_odd or sku_id in seen:
            return Cogs(currency, missing=(sku_id,))
        total = Cogs(currency)
        for part in parts:
            total += self._cogs(part.sku_id, part.count * count, day=day, currency=currency, seen=seen | {sku_id})
        return total


def book_of(costs: Iterable[Cost], bundles: Mapping[str, Sequence[BundlePart]] | None = None) -> CostBook:
    """A book of these costs, in any order."""
    by_sku: dict[str, list[Cost]] = {}
    for cost in costs:
        by_sku.setdefault(cost.sku_id, []).append(cost)
    return CostBook(
        {sku: tuple(sorted(found, key=lambda cost: cost.starts)) for sku, found in by_sku.items()},
        {sku: tuple(parts) for sku, parts in (bundles or {}).items()},
    )


def bundles_of(order: Order) -> Mapping[str, tuple[BundlePart, ...]]:
    """What the bundles of an order are packed from, as upstream said with it; empty when it said nothing usable."""
    text = order.extra.get("bundles", "")
    if not text:
        return {}
    try:
        stated = read(text.encode(), most_bytes=_MOST_BUNDLE_BYTES, most_levels=4)
        return {
            sku: tuple(BundlePart(str(part["sku_id"]), int(part["count"])) for part in parts)
            for sku, parts in stated.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def units_sent(order: Order) -> Mapping[str, int]:
    """How many units of each SKU left or will leave: cancelled lines and orders never sent do not count."""
    if order.status == OrderStatus.CANCELLED and order.collected_at is None:
        return {}
    is_whole = order.status == OrderStatus.CANCELLED  # lost or refused on its way: every unit was sent
    counts: dict[str, int] = {}
    for line in order.lines:
        if is_whole or line.status != OrderStatus.CANCELLED:
            counts[line.sku_id] = counts.get(line.sku_id, 0) + 1
    return counts
