"""Pools: entries summed into revenue and the pools that upstream takes its share through.

Here signs turn round, once: in a pool a cost is positive and a credit negative. What no field explains is a line of the
platform pool with its own name, so that revenue minus the pools is always exactly what was settled. COGS is not
upstream's and is added by `profit`. Reserves are timing: told, never a cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True)
class Marketing:
    """What the sale cost to win: creators and partners, promotion and ads, samples given away."""

    creators: Decimal = ZERO
    promotion: Decimal = ZERO
    samples: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.creators + self.promotion + self.samples


@dataclass(frozen=True, slots=True)
class Pools:
    """Revenue and three of the four pools, in major units of `currency`; the fourth, COGS, is the seller's own.

    `parts`: every counted field or adjustment once, with upstream's sign, sorted; all pools are sums of them.
    `unexplained`: a cost that no part covers. `told`: sums of what explains parts (buyer's payment, sales tax).
    `reserve`: held back (negative) and released. Build them with `pools_of` or `pools_of_parts`.
    """

    currency: str
    parts: tuple[Part, ...] = ()
    unexplained: Decimal = ZERO
    told: Mapping[str, Decimal] = field(default_factory=lambda: NOTHING)
    reserve: Decimal = ZERO

    @property
    def revenue(self) -> Decimal:
        return self._of(Group.SALES)

    @property
    def tax(self) -> Decimal:
        return -self._of(Group.TAX)

    @property
    def platform(self) -> Platform:
        return Platform(
            -self._of(Group.CORE),
            -self._of(Group.LOGISTICS),
            -self._of(Group.ADJUSTMENTS),
            unclassified=-self._of(Group.UNCLASSIFIED),
            unexplained=self.unexplained,
        )

    @property
    def marketing(self) -> Marketing:
        return Marketing(-self._of(Group.CREATORS), -self._of(Group.PROMOTION), -self._of(Group.SAMPLES))

    @property
    def settlement(self) -> Decimal:
        """What is left of revenue after these pools: for upstream's entries, what upstream pays before any reserve."""
        return sum((part.amount for part in self.parts), -self.unexplained)

    @property
    def fields(self) -> Mapping[str, Decimal]:
        """Every counted field or adjustment (`adjustment.` and its kind) by name, with upstream's sign."""
        found: dict[str, Decimal] = {}
        for part in self.parts:
            found[part.name] = found.get(part.name, ZERO) + part.amount
        return found

    @property
    def unknown(self) -> frozenset[str]:
        """Names that no table knows."""
        return frozenset(part.name for part in self.parts if not part.is_known)

    @property
    def needs_a_look(self) -> bool:
        """Whether a name is unknown or an amount unexplained."""
        return self.unexplained != 0 or any(not part.is_known for part in self.parts)

    def _of(self, group: Group) -> Decimal:
        return sum((part.amount for part in self.parts if part.group is group), ZERO)

    def __add__(self, other: "Pools") -> "Pools":
        return total_of((self, other), self.currency)

    def __neg__(self) -> "Pools":
        return Pools(
            self.currency,
            tuple(replace(part, amount=-part.amount) for part in self.parts),
            -self.unexplained,
            told={name: -amount for name, amount in self.told.items()},
            reserve=-self.reserve,
        )

    def __sub__(self, other: "Pools") -> "Pools":
        return self + -other


def pools_of_parts(
    currency: str,
    parts: Iterable[Part],
    *,
    unexplained: Decimal = ZERO,
    told: Mapping[str, Decimal] = NOTHING,
    reserve: Decimal = ZERO,
) -> Pools:
    """Parts, with upstream's sign, as pools: those of one name and line are summed. `unexplained` is a cost already."""
    found: dict[tuple[Group, str, bool], Decimal] = {}
    for part in parts:
        key = (part.group, part.name, part.is_known)
        found[key] = found.get(key, ZERO) + part.amount
    merged = tuple(Part(name, group, found[group, name, known], known) for group, name, known in sorted(found))
    return Pools(currency, merged, unexplained, told=told, reserve=reserve)


def pools_of(entries: Iterable[Entry], currency: str) -> Pools:
    """These entries summed; no entries are empty pools. ValueError for an entry of another currency."""
    return total_of((pools_of_one(entry) for entry in counted(list(entries))), currency)


def total_of(found: Iterable[Pools], currency: str) -> Pools:
    """All of them added up at once; none of them are empty pools. ValueError for one of another currency."""
    parts: list[Part] = []
    told: dict[str, Decimal] = {}
    unexplained = reserve = ZERO
    for pools in found:
        if pools.currency != currency:
            raise ValueError(f"cannot add {pools.currency} to {currency}")
        parts += pools.parts
        unexplained += pools.unexplained
        reserve += pools.reserve
        for name, amount in pools.told.items():
            told[name] = told.get(name, ZERO) + amount
    return pools_of_parts(currency, parts, unexplained=unexplained, told=dict(sorted(told.items())), reserve=reserve)


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
    return pools_of_parts(
        figures.currency,
        reading.parts,
        unexplained=-reading.unexplained,
        told=reading.told,
        reserve=_reserve(figures),
    )


def counted(entries: Sequence[Entry]) -> list[Entry]:
    """The entries to add up: the whole order's where a statement states it, else its parts by SKU; never both."""
    whole = {(entry.about_order, entry.statement_id) for entry in entries if _is_whole(entry)}
    return [entry for entry in entries if not entry.sku_id or (entry.about_order, entry.statement_id) not in whole]


def _is_whole(entry: Entry) -> bool:
    """Whether the entry states an order's own transaction in one piece."""
    return not entry.sku_id and bool(entry.order_id) and not entry.reserve_id and not entry.adjustment_id


def _reserve(figures: Figures) -> Decimal:
    is_reserve = isinstance(figures, Entry) and plain_kind(figures.kind) == RESERVE_KIND.lower()
    return (figures.reserve or ZERO) if is_reserve and isinstance(figures, Entry) else ZERO
