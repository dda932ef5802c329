"""Reconciling one entry: which of its amounts are counted, and what is left over against its stated totals.

Upstream states totals and parts, some parts twice under other names, not always all of them. A part is counted once;
what the parts do not cover is a gap with a name, never spread and never dropped. Amounts keep upstream's sign.
Summing entries into pools is `pools`' work.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from service.core.ledger.entries import RESERVE_KIND, Figures, Section
from service.core.ledger.fields import (
    ALTERNATIVES,
    EXPLAINING,
    Group,
    Pool,
    is_adjustment,
    name_of,
    place_of,
    place_of_kind,
    plain_kind,
)

ZERO = Decimal(0)
_SPELLINGS = frozenset(name for row in ALTERNATIVES for names in row for name in names)
#: Before the kind in the name of an adjustment, so that no kind is taken for a field.
ADJUSTMENT = "adjustment."
#: A stated total that has no parts is counted whole, under its own name → its line.
WHOLE: Mapping[str, Group] = {
    "revenue_amount": Group.SALES,
    "shipping_cost_amount": Group.LOGISTICS,
    "fee_tax_amount": Group.UNCLASSIFIED,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One counted amount: `name` is the field, or `adjustment.` and the kind. `is_known` false: flag it."""

    name: str
    group: Group
    amount: Decimal
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """How an entry was understood. `settlement` is always the parts and `unexplained` together.

    `told` are the amounts that explain others, by name. `gaps` say by section how much more the stated total is than
    its parts (only where it is not zero); `unexplained` is what they come to, against the stated settlement.
    """

    settlement: Decimal
    parts: tuple[Part, ...]
    told: Mapping[str, Decimal]
    gaps: Mapping[str, Decimal]
    unexplained: Decimal


@dataclass(frozen=True, slots=True)
class _Total:
    """One stated total of an entry: its name, the breakdowns it is the sum of, where it goes without any."""

    name: str
    sections: frozenset[str]
    bare: Part
    stated: Decimal | None


def reconcile(figures: Figures) -> Reading:
    """The entry read so that its parts come to its totals, or as near as it can be. A reserve has no parts at all.

    Idempotent and without regard to the order of the amounts.
    """
    told = _told(figures)
    if plain_kind(figures.kind) == RESERVE_KIND.lower():
        return Reading(ZERO, (), told, {}, ZERO)
    parts: list[Part] = []
    gaps: dict[str, Decimal] = {}
    whole = ZERO
    for total in _totals(figures):
        counted = _counted(figures.amounts, total)
        covered = _sum(part.amount for part in counted)
        stated = covered if total.stated is None else total.stated
        parts += counted
        whole += stated
        if stated != covered:
            gaps[total.name] = stated - covered
    own = _own_amount(figures, whole)
    if _is_stated_twice(figures, whole):
        parts, gaps, whole = [], {}, ZERO
    if own:
        parts.append(_adjustment(figures.kind, own))
    settlement = whole + own if figures.settlement is None else figures.settlement
    if settlement != whole + own:
        gaps["settlement"] = settlement - whole - own
    return Reading(settlement, tuple(parts), told, gaps, settlement - _sum(part.amount for part in parts))


def _totals(figures: Figures) -> tuple[_Total, ...]:
    return (
        _Total("revenue", frozenset({Section.REVENUE}), _whole("revenue_amount", figures.revenue), figures.revenue),
        _Total(
            "shipping",
            frozenset({Section.SHIPPING}),
            _whole("shipping_cost_amount", figures.shipping),
            figures.shipping,
        ),
        _Total(
            "fee_tax",
            frozenset({Section.FEE, Section.TAX}),
            _whole("fee_tax_amount", figures.fee_tax),
            figures.fee_tax,
        ),
    )


def _whole(name: str, stated: Decimal | None) -> Part:
    """A total as one part. Of fees and taxes nobody knows then which they are."""
    group = WHOLE[name]
    return Part(name, group, stated or ZERO, is_known=group is not Group.UNCLASSIFIED)


def _told(figures: Figures) -> Mapping[str, Decimal]:
    """What explains other amounts, by name; the same name in two places is told once, as it stands first by path."""
    told: dict[str, Decimal] = {}
    for path in sorted(figures.amounts):
        if place_of(path).pool is Pool.MEMO:
            told.setdefault(name_of(path), figures.amounts[path])
    return told


def _own_amount(figures: Figures, whole: Decimal) -> Decimal:
    """The adjustment of this entry. An adjustment that states only its settlement is that settlement."""
    if figures.adjustment is not None:
        return figures.adjustment
    if is_adjustment(figures.kind) and figures.settlement is not None:
        return figures.settlement - whole
    return ZERO


def _is_stated_twice(figures: Figures, whole: Decimal) -> bool:
    """Whether the adjustment alone is the settlement, so that the breakdowns beside it only say what it is made of."""
    return (
        bool(whole)
        and is_adjustment(figures.kind)
        and figures.adjustment is not None
        and figures.adjustment == figures.settlement
    )


def _adjustment(kind: str, amount: Decimal) -> Part:
    if not is_adjustment(kind):
        return Part("adjustment_amount", Group.ADJUSTMENTS, amount)
    place = place_of_kind(kind)
    return Part(f"{ADJUSTMENT}{plain_kind(kind)}", place.group, amount, place.is_known)


def _counted(amounts: Mapping[str, Decimal], total: _Total) -> list[Part]:
    """The members of a total that are counted: the first reading that comes to it, else the plainest one."""
    members = _members(amounts, total.sections)
    if not members:
        return [total.bare] if total.stated else []
    plainest = next(_readings(members))
    fitting = (one for one in _readings(members) if _sum(members[path] for path in one) == total.stated)
    chosen = next(fitting, plainest)
    return [_part(path, members[path]) for path in chosen]


def _members(amounts: Mapping[str, Decimal], sections: frozenset[str]) -> dict[str, Decimal]:
    """The amounts of these breakdowns that may be counted, by path; of two spellings of a name only the newer one."""
    members: dict[str, Decimal] = {}
    for path in sorted(amounts):
        if path.partition(".")[0] not in sections or place_of(path).pool is Pool.MEMO or not amounts[path]:
            continue
        head, _, leaf = path.rpartition(".")
        newer = f"{head}.{name_of(path)}"
        if leaf == name_of(path) or not amounts.get(newer):
            members[path] = amounts[path]
    return members


def _readings(members: Mapping[str, Decimal]) -> Iterator[tuple[str, ...]]:
    """Every way to count each amount once, the plainest first. Both spellings of one amount are in none of them."""
    choices = []
    if any(name_of(path) in _SPELLINGS for path in members):  # most lines spell nothing in two ways
        choices += [dropped for row in ALTERNATIVES if (dropped := _dropped(members, row))]
    explaining = frozenset(path for path in members if _explains(path))
    if explaining and explaining != members.keys():
        choices.append([explaining, frozenset()])
    for leaving in product(*choices):
        yield tuple(path for path in members if not any(path in paths for paths in leaving))


def _dropped(members: Mapping[str, Decimal], row: tuple[frozenset[str], ...]) -> list[frozenset[str]]:
    """For each spelling that is present, the paths of the others; nothing to choose where only one is."""
    spellings = [paths for names in row if (paths := frozenset(path for path in members if name_of(path) in names))]
    everything: frozenset[str] = frozenset().union(*spellings)
    return [everything - one for one in spellings] if len(spellings) > 1 else []


def _explains(path: str) -> bool:
    """Whether a member is likely a part of another one: by its name, or because it stands deeper than a field does."""
    return name_of(path) in EXPLAINING or path.count(".") > 1


def _part(path: str, amount: Decimal) -> Part:
    place = place_of(path)
    return Part(name_of(path), place.group, amount, place.is_known)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
