"""Pools: entries summed into revenue and the pools that upstream takes its share through.

Here signs turn round, once: in a pool a cost is positive and a credit negative. What no field explains is a line of the
platform pool with its own name, so that revenue minus the pools is always exactly what was settled. COGS is not
upstream's and is added by `profit`. Reserves are timing: told, never a cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from service.core.ledger.entries import NOTHING, RESERVE_KIND, Entry, Figures
from service.core.ledger.fields import Group, plain_kind
from service.core.ledger.reconciling import ZERO, Part, reconcile


@dataclass(frozen=True, slots=True)
class Platform:
    """What TikTok charges. `unclassified`: fees whose name we do not know. `unexplained`: stated, but by no field."""

    core: Decimal = ZERO
    logistics: Decimal = ZERO
    adjustments: Decimal = ZERO
    unclassified: Decimal = ZERO
    unexplained: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.core + self.logistics + self.adjustments + self.unclassified + self.unexplained

    def __add__(self, other: "Platform") -> "Platform":
        return Platform(
            self.core + other.core,
            self.logistics + other.logistics,
            self.adjustments + other.adjustments,
            self.unclassified + other.unclassified,
            self.unexplained + other.unexplained,
        )


@dataclass(frozen=True, slots=True)
class Marketing:
    """What the sale cost to win: creators and partners, promotion and ads, samples given away."""

    creators: Decimal = ZERO
    promotion: Decimal = ZERO
    samples: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.creators + self.promotion + self.samples

    def __add__(self, other: "Marketing") -> "Marketing":
        return Marketing(self.creators + other.creators, self.promotion + other.promotion, self.samples + other.samples)


@dataclass(frozen=True, slots=True)
class Pools:
    """Revenue and three of the four pools, in major units of `currency`; the fourth, COGS, is the seller's own.

    `fields`: every counted field or kind of adjustment, summed with upstream's sign. `told`: sums of what explains
    them (buyer's payment, sales tax). `unknown`: names no table knows. `reserve`: held back (negative) and released.
    """

    currency: str
    revenue: Decimal = ZERO
    tax: Decimal = ZERO
    platform: Platform = field(default_factory=Platform)
    marketing: Marketing = field(default_factory=Marketing)
    fields: Mapping[str, Decimal] = field(default_factory=lambda: NOTHING)
    told: Mapping[str, Decimal] = field(default_factory=lambda: NOTHING)
    unknown: frozenset[str] = frozenset()
    reserve: Decimal = ZERO

    @property
    def settlement(self) -> Decimal:
        """What upstream pays for these entries, before any reserve: revenue minus every pool."""
        return self.revenue - self.tax - self.platform.total - self.marketing.total

    @property
    def needs_a_look(self) -> bool:
        """Whether a name is unknown or an amount unexplained."""
        return bool(self.unknown) or self.platform.unexplained != 0

    def __add__(self, other: "Pools") -> "Pools":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Pools(
            self.currency,
            self.revenue + other.revenue,
            self.tax + other.tax,
            self.platform + other.platform,
            self.marketing + other.marketing,
            fields=_summed(self.fields, other.fields),
            told=_summed(self.told, other.told),
            unknown=self.unknown | other.unknown,
            reserve=self.reserve + other.reserve,
        )


def pools_of(entries: Iterable[Entry], currency: str) -> Pools:
    """These entries summed; no entries are empty pools. ValueError for an entry of another currency."""
    total = Pools(currency)
    for entry in counted(list(entries)):
        total += pools_of_one(entry)
    return total


def pools_by_currency(entries: Iterable[Entry]) -> Mapping[str, Pools]:
    """The entries summed apart for each currency: there is no total over currencies."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.currency, []).append(entry)
    return {currency: pools_of(found[currency], currency) for currency in sorted(found)}


def pools_by_sku(entries: Iterable[Entry], currency: str) -> Mapping[str, Pools]:
    """What upstream itself says each SKU came to; empty where it says nothing by SKU."""
    found: dict[str, Pools] = {}
    for entry in entries:
        if entry.sku_id:
            found[entry.sku_id] = found.get(entry.sku_id, Pools(currency)) + pools_of_one(entry)
    return found


def pools_of_one(figures: Figures) -> Pools:
    """One entry, or one of upstream's estimates, as pools. Its settlement is exactly the stated one."""
    reading = reconcile(figures)
    lines: dict[Group, Decimal] = {}
    fields: dict[str, Decimal] = {}
    for part in reading.parts:
        lines[part.group] = lines.get(part.group, ZERO) + part.amount
        fields[part.name] = fields.get(part.name, ZERO) + part.amount
    return Pools(
        figures.currency,
        lines.get(Group.SALES, ZERO),
        -lines.get(Group.TAX, ZERO),
        Platform(
            core=-lines.get(Group.CORE, ZERO),
            logistics=-lines.get(Group.LOGISTICS, ZERO),
            adjustments=-lines.get(Group.ADJUSTMENTS, ZERO),
            unclassified=-lines.get(Group.UNCLASSIFIED, ZERO),
            unexplained=-reading.unexplained,
        ),
        Marketing(
            creators=-lines.get(Group.CREATORS, ZERO),
            promotion=-lines.get(Group.PROMOTION, ZERO),
            samples=-lines.get(Group.SAMPLES, ZERO),
        ),
        fields=fields,
        told=reading.told,
        unknown=_unknown(reading.parts),
        reserve=_reserve(figures),
    )


def counted(entries: Sequence[Entry]) -> list[Entry]:
    """The entries to add up: the whole order's where a statement states it, else its parts by SKU; never both."""
    whole = {(entry.about_order, entry.statement_id) for entry in entries if _is_whole(entry)}
    return [entry for entry in entries if not entry.sku_id or (entry.about_order, entry.statement_id) not in whole]


def _is_whole(entry: Entry) -> bool:
    """Whether the entry states an order's own transaction in one piece."""
    return not entry.sku_id and bool(entry.order_id) and not entry.reserve_id and not entry.adjustment_id


def _unknown(parts: Iterable[Part]) -> frozenset[str]:
    return frozenset(part.name for part in parts if not part.is_known)


def _reserve(figures: Figures) -> Decimal:
    is_reserve = isinstance(figures, Entry) and plain_kind(figures.kind) == RESERVE_KIND.lower()
    return (figures.reserve or ZERO) if is_reserve and isinstance(figures, Entry) else ZERO


def _summed(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return {name: one.get(name, ZERO) + other.get(name, ZERO) for name in sorted({*one, *other})}
