"""INFERABLE: what follows from columns side by side. Reading two figures can be reading a third.

A column asks for the strictest group of its inputs (`Column.inputs`), and a group for every group it reveals
(`roles.IMPLIES`), so whoever may see a result may see what it is made of. This list is the second line: columns that,
put together, tell another one. A profile in which they meet for an audience that may not see the third is refused, and
a sheet is searched for them.
A result that follows from inputs which may all be seen is kept from nobody: only inputs are told here, never sums.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inference:
    """Whoever sees every column of `shown` can work out the column `told`. All are keys of columns."""

    shown: frozenset[str]
    told: str


def _one(told: str, *shown: str) -> Inference:
    return Inference(frozenset(shown), told)


def _each_of(result: str, *inputs: str) -> tuple[Inference, ...]:
    """A result with all of its inputs but one tells that one."""
    return tuple(_one(told, result, *(one for one in inputs if one != told)) for told in inputs)


INFERABLE: tuple[Inference, ...] = (
    # what the buyer pays
    *_each_of("revenue", "items_net", "platform_discount"),
    *_each_of("items_net", "items_gross", "seller_discount", "platform_discount"),
    *_each_of("order_total", "items_net", "ship_paid", "tax_collected"),
    # what stays: profit in its pools, as a share, and against the payout
    *_each_of("net_profit", "revenue", "pool_tax", "pool_platform", "pool_marketing", "pool_cogs"),
    _one("net_profit", "margin", "revenue"),
    _one("revenue", "margin", "net_profit"),
    _one("pool_cogs", "roi", "net_profit"),
    _one("net_profit", "roi", "pool_cogs"),
    _one("pool_cogs", "settlement", "net_profit"),
    _one("pool_cogs", "settlement", "margin", "revenue"),
    *_each_of("fee_rate", "pool_platform", "pool_marketing", "revenue"),
    *_each_of("pool_cogs", "cost_product", "cost_fulfilment"),
    _one("unit_cost", "cost_product", "qty"),
    *_each_of("profit_delta", "est_profit", "set_profit"),
    # what a link or a longer text contains
    _one("order_id", "order_url"),
    _one("tracking", "tracking_url"),
    _one("postcode", "address"),
    _one("city", "address"),
    _one("sla_due", "sla_left"),
)


def told_by(shown: Iterable[str]) -> frozenset[str]:
    """The columns that follow from these, directly or by way of others, without these themselves."""
    start = frozenset(shown)
    known = set(start)
    while True:
        new = {rule.told for rule in INFERABLE if rule.shown <= known} - known
        if not new:
            return frozenset(known - start)
        known |= new


def told_beyond(shown: Iterable[str], may_see: Callable[[str], bool]) -> tuple[str, ...]:
    """The columns that follow from these and that may not be seen, in alphabetical order."""
    return tuple(sorted(key for key in told_by(shown) if not may_see(key)))
