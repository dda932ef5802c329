"""What a column calls itself, and what follows from columns side by side.

A figure we do not hold (what a product cost, what somebody's own margin is) cannot be compared; a heading that names it
is taken at its word where figures stand below.
"""

import re
from collections.abc import Collection, Mapping

from service.core.columns import COLUMNS
from service.core.hunting.texts import squeeze
from service.core.inference import told_by
from service.core.kinds import KindId
from service.core.profiles import may_see
from service.core.roles import Audience, Group

#: Figures that no column of the catalogue may hold yet: key → the group they would be of, and what people call them.
FIGURES: Mapping[str, tuple[Group, tuple[str, ...]]] = {
    "pool_cogs": (Group.COST, ("cost", "costs", "cogs", "cost of goods", "cost of goods sold", "total cost")),
    "cost_product": (Group.COST, ("product cost", "item cost", "goods cost", "landed cost")),
    "cost_fulfilment": (Group.COST, ("fulfilment cost", "fulfillment cost")),
    "unit_cost": (Group.COST, ("unit cost", "cost price", "purchase price", "buying price", "cost per unit")),
    "net_profit": (Group.PROFIT, ("profit", "net profit", "gross profit", "profits", "contribution", "earnings")),
    "margin": (Group.PROFIT, ("margin", "margins", "gross margin", "net margin", "profit margin")),
    "roi": (Group.PROFIT, ("roi", "return on investment", "markup", "mark up")),
    "settlement": (Group.FEES, ("settlement", "payout", "payouts", "settlement amount", "net payout")),
    "pool_platform": (Group.FEES, ("fee", "fees", "platform fee", "platform fees", "tiktok fee", "tiktok fees",
                                   "referral fee", "transaction fee", "commission", "commissions")),
    "pool_marketing": (Group.FEES, ("affiliate commission", "affiliate fee", "creator commission", "ad spend")),
    "revenue": (Group.REVENUE, ("revenue", "sales", "net sales", "gross sales", "turnover", "gmv")),
    "order_total": (Group.REVENUE, ("order total", "order value", "order amount", "total price", "amount paid")),
    "items_net": (Group.REVENUE, ("sale price", "selling price", "price paid", "retail price")),
}  # fmt: skip
_COUNTED = frozenset({KindId.MONEY, KindId.PCT})
_CURRENCY = re.compile(r"\b(?:GBP|USD|EUR|VND|IDR|MYR|PHP|SGD|THB|MXN|BRL|JPY)\b", re.IGNORECASE)


def _known() -> Mapping[str, str]:
    names = {squeeze(name).letters: key for key, (_, names) in FIGURES.items() for name in (key, *names)}
    ours = {key: column.header for key, column in COLUMNS.items() if column.kind.kind_id in _COUNTED}
    return names | {squeeze(name).letters: key for key, header in ours.items() for name in (key, header)}


_NAMES = _known()


def named_by(heading: str) -> str:
    """The key of the figure that a column with this heading holds by its own word; empty for any other."""
    if len(heading) > max(map(len, _NAMES)) * 2:
        return ""
    return _NAMES.get(squeeze(_CURRENCY.sub("", heading)).letters, "")


def is_figure(key: str) -> bool:
    """Whether the column or figure is an amount or a share."""
    return key in FIGURES or (key in COLUMNS and COLUMNS[key].kind.kind_id in _COUNTED)


def may_know(key: str, audience: Audience) -> bool:
    """Whether the audience may see the column or figure `key`; yes for what nobody has given a group."""
    if key in COLUMNS:
        return may_see(key, audience)
    return key not in FIGURES or audience.may_see(FIGURES[key][0])


def title_of(key: str) -> str:
    """What the column or figure is called in a sentence."""
    if key in COLUMNS:
        return COLUMNS[key].header
    return FIGURES[key][1][0].capitalize() if key in FIGURES else key


def told(shown: Collection[str], found: Collection[str], audience: Audience) -> tuple[str, ...]:
    """Forbidden figures that follow from what is shown, alone or beside what was `found`; not from `found` alone."""
    new = told_by({*shown, *found}) - told_by(found) - set(found)
    return tuple(sorted(key for key in new if not may_know(key, audience)))
