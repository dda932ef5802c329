"""What a period's orders came to in one currency: revenue, where it goes as a picture and in figures, what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Press
from cards.icons import Icon, icon
from cards.layout import Section, section
from cards.markup import DONE, TO_DO, Html, bold, coloured, joined, rich, trim
from cards.widgets import PROGRESS_CELLS, Widget, button, buttons, line
from cards.words import Words, mark

MONEY_LIMIT = 30  # characters of an amount


class PoolKind(StrEnum):
    """What revenue goes into, and what is left of it."""

    TAX = "tax"
    PLATFORM = "platform"
    MARKETING = "marketing"
    COGS = "cogs"
    LEFT = "left"


_POOL_WORDS: Mapping[PoolKind, str] = {
    PoolKind.TAX: mark("Taxes"),
    PoolKind.PLATFORM: mark("Platform fees"),
    PoolKind.MARKETING: mark("Marketing"),
    PoolKind.COGS: mark("Cost of goods"),
}
#: Colours that differ also for those who see fewer of them; each stands beside its word.
_COLOURS: Mapping[PoolKind, str] = {
    PoolKind.TAX: "#6a3d9a",
    PoolKind.PLATFORM: "#1f78b4",
    PoolKind.MARKETING: "#e08214",
    PoolKind.COGS: "#5f6368",
    PoolKind.LEFT: DONE,
}


@dataclass(frozen=True, slots=True)
class PoolLine:
    """One pool. `share`: of a thousand of revenue."""

    amount: str
    share: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What a period's orders came to in one currency. `open_settlement`, `open_net`: the part that is estimated, "" for
    none. `net` is "" for who may not see it; it is of `profits` orders. `left`: the share of revenue that is left.
    """

    currency: str
    revenue: str
    tax: PoolLine
    platform: PoolLine
    marketing: PoolLine
    settlement: str
    cogs: PoolLine | None = None
    left: int = 0
    open_settlement: str = ""
    net: str = ""
    open_net: str = ""
    profits: int = 0
    costless: int = 0
    unknown: int = 0
    unreadable: int = 0


def shares_bar(shares: Mapping[PoolKind, int]) -> Html:
    """Where a thousand of revenue goes, as a bar of `PROGRESS_CELLS`; each pool that takes anything is seen in it."""
    shown = {kind: share for kind, share in shares.items() if share > 0}
    if not shown:
        return coloured("█" * PROGRESS_CELLS, TO_DO)
    total = sum(shown.values())
    cells = {kind: max(1, share * PROGRESS_CELLS // total) for kind, share in shown.items()}
    widest = max(shown, key=lambda kind: shown[kind])
    cells[widest] = max(1, cells[widest] + PROGRESS_CELLS - sum(cells.values()))
    return joined((coloured("█" * count, _COLOURS[kind]) for kind, count in cells.items()), by="")


def _pools(each: Earned) -> dict[PoolKind, PoolLine]:
    found = {PoolKind.TAX: each.tax, PoolKind.PLATFORM: each.platform, PoolKind.MARKETING: each.marketing}
    return found if each.cogs is None else {**found, PoolKind.COGS: each.cogs}


def earned_section(each: Earned, costs: Press | None, words: Words) -> Section:
    """Revenue, the pools, settlement and profit, and what is in no sum. `costs` leads to where costs are entered."""
    pools = _pools(each)
    shares = {**{kind: pool.share for kind, pool in pools.items()}, PoolKind.LEFT: each.left}
    return section(
        line(bold(each.revenue, limit=MONEY_LIMIT), top=words("Revenue")),
        line(shares_bar(shares), top=words("Where it goes")),
        [_pool(kind, pool, each, words) for kind, pool in pools.items()],
        line(
            bold(each.settlement, limit=MONEY_LIMIT),
            top=words("Settlement, what TikTok pays"),
            bottom=words("{amount} of it is estimated", amount=trim(each.open_settlement, MONEY_LIMIT))
            if each.open_settlement
            else "",
        ),
        _net(each, words),
        [_remark(told, words) for told in _gaps(each, words)],
        buttons(button(words("Enter missing costs"), costs)) if costs and each.costless else None,
        header=words("What they came to, in {currency}", currency=each.currency),
    )


def _pool(kind: PoolKind, pool: PoolLine, each: Earned, words: Words) -> Widget:
    square = coloured("■", _COLOURS[kind])
    is_part = kind is PoolKind.COGS and each.costless
    return line(
        joined((square, rich(pool.amount, limit=MONEY_LIMIT)), by=" "),
        top=words(_POOL_WORDS[kind]),
        bottom=words("As far as costs are known") if is_part else "",
    )


def _net(each: Earned, words: Words) -> Widget | None:
    if not each.net:
        return None
    bottom = words("{amount} of it is estimated", amount=trim(each.open_net, MONEY_LIMIT)) if each.open_net else ""
    square = coloured("■", _COLOURS[PoolKind.LEFT])
    top = words.plural("Net profit of {count} order", "Net profit of {count} orders", each.profits)
    return line(joined((square, bold(each.net, limit=MONEY_LIMIT)), by=" "), top=top, bottom=bottom)


def _gaps(each: Earned, words: Words) -> list[str]:
    """What is in no sum, or not in all of them."""
    found = []
    if each.costless:
        found.append(
            words.plural(
                "{count} order has goods without a cost: it is not in the profit",
                "{count} orders have goods without a cost: they are not in the profit",
                each.costless,
            )
        )
    if each.unknown:
        found.append(
            words.plural(
                "{count} order is in no sum: nothing says yet what TikTok will take",
                "{count} orders are in no sum: nothing says yet what TikTok will take",
                each.unknown,
            )
        )
    if each.unreadable:
        found.append(
            words.plural(
                "{count} order is in no sum: TikTok states it in two currencies",
                "{count} orders are in no sum: TikTok states them in two currencies",
                each.unreadable,
            )
        )
    return found


def _remark(told: str, words: Words) -> Widget:
    return line(told, start=icon(Icon.WARNING, words))
