"""The payout auditor: fees that TikTok charged otherwise than its rules say, most money first, each with its evidence.

Amounts come in display-ready, never added across currencies. Parameters: `days`, `page`. Form field: `days`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Pager, Section, card, heading, listed, pages, section
from cards.markup import bold, faint
from cards.widgets import Choice, Style, Widget, button, buttons, dropdown, line, paragraph
from cards.words import Words

FINDINGS_SHOWN = 12  # of one page
RULES_SHOWN = 10
CURRENCIES_SHOWN = 12  # of all markets


@dataclass(frozen=True, slots=True)
class AuditTotal:
    """What rules that hold found in one currency: charged too much and too little, "" for nothing."""

    currency: str
    over: str
    under: str


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """One fee by one rule in one shop and currency. `source` "": the seller stated the rate.

    `fitting` of `count` orders were charged exactly so. `over`, `under`: what the others come to, "" for nothing.
    """

    name: str
    shop: str
    currency: str
    source: str
    count: int
    fitting: int
    over: str = ""
    over_count: int = 0
    under: str = ""
    under_count: int = 0


@dataclass(frozen=True, slots=True)
class FeeFinding:
    """One fee of one order. `difference` with its sign; `rule`: how it should be worked out, in words.

    `order_key` "": the reader has no way to the order. `order`: its number, "" where that is not told.
    """

    order_key: str
    order: str
    day: str
    name: str
    difference: str
    charged: str
    expected: str
    rule: str
    statements: str
    is_over: bool = True


@dataclass(frozen=True, slots=True)
class FeeAudit:
    """The auditor. `days`: the choices; `asked`: the one in force. `rules` hold; by `doubtful` ones nothing is claimed.

    `is_walking`: older orders are still being checked. `may_export`: the findings can be taken away.
    """

    days: tuple[Choice, ...]
    asked: str
    totals: tuple[AuditTotal, ...] = ()
    rules: tuple[CheckedRule, ...] = ()
    doubtful: tuple[CheckedRule, ...] = ()
    findings: tuple[FeeFinding, ...] = ()
    pager: Pager | None = None
    is_walking: bool = False
    may_export: bool = False


def fee_audit(view: FeeAudit, words: Words) -> Card:
    """What was found, by order, and by which rules."""
    return card(
        heading(words("Payout auditor"), words("What TikTok charged against its own rules")),
        [
            _period(view, words),
            section(_totals(view, words), header=words("Found")),
            _findings(view, words),
            _rules(view, words),
            _doubtful(view, words),
            section(buttons(button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS))),
        ],
    )


def _period(view: FeeAudit, words: Words) -> Section:
    return section(
        dropdown("days", words("Orders settled in"), view.days),
        buttons(button(words("Check these days"), Press(Action.FEE_AUDIT))),
    )


def _totals(view: FeeAudit, words: Words) -> list[Widget]:
    """The sums, or what there is to say instead of them."""
    shown: list[Widget] = []
    if view.is_walking:
        shown.append(line(words("Older orders are still being checked"), start=icon(Icon.WORKING, words)))
    found = [each for each in view.totals[:CURRENCIES_SHOWN] if each.over or each.under]
    for each in found:
        if each.over:
            shown.append(
                line(bold(each.over), top=words("Charged too much, {currency}", currency=each.currency),
                     start=icon(Icon.WARNING, words))
            )  # fmt: skip
        if each.under:
            shown.append(line(each.under, top=words("Charged too little, {currency}", currency=each.currency)))
    if not found and view.rules:
        shown.append(line(bold(words("Every fee is as its rule says")), start=icon(Icon.LIVE, words)))
    if not view.rules and not view.doubtful:
        shown.append(line(words("No fees to check in these days"), start=icon(Icon.CLOCK, words)))
    return shown


def _findings(view: FeeAudit, words: Words) -> Section:
    """The orders, and the way to take them away."""
    turn = Press(Action.FEE_AUDIT, {"days": view.asked})
    export = None
    if view.may_export and view.findings:
        export = button(words("Download the list"), Press(Action.EXPORT_FEE_AUDIT, {"days": view.asked}))
    return section(
        [_finding(each, words) for each in view.findings[:FINDINGS_SHOWN]],
        pages(view.pager, turn, words) if view.pager else None,
        buttons(export),
        header=words("Orders, most money first"),
    )


def _finding(each: FeeFinding, words: Words) -> Widget:
    told = words("Charged {charged} instead of {expected}: {rule}", charged=each.charged, expected=each.expected,
                 rule=each.rule)  # fmt: skip
    top = words("Order {number}", number=each.order) if each.order else ""
    stated = words("Statement {number}, {day}", number=each.statements, day=each.day)
    return line(
        bold(words("{difference} · {fee}", difference=each.difference, fee=each.name)),
        top=top,
        bottom=f"{told} · {stated}",
        start=icon(Icon.WARNING if each.is_over else Icon.ORDER, words),
        on=Press(Action.ORDER, {"order_key": each.order_key}) if each.order_key else None,
    )


def _rules(view: FeeAudit, words: Words) -> Section:
    shown, more = listed(view.rules, words, limit=RULES_SHOWN)
    return section(
        [_rule(each, words) for each in shown],
        more,
        header=words("By these rules"),
        open_lines=2 if len(view.rules) > 2 else None,
    )


def _rule(each: CheckedRule, words: Words) -> Widget:
    parts = [words("{fitting} of {count} orders fit", fitting=each.fitting, count=each.count)]
    if each.over:
        parts.append(words("{amount} too much in {count}", amount=each.over, count=each.over_count))
    if each.under:
        parts.append(words("{amount} too little in {count}", amount=each.under, count=each.under_count))
    source = each.source or words("The rate that you stated for this shop")
    return line(" · ".join(parts), top=f"{each.name}, {each.shop}, {each.currency}", bottom=source)


def _doubtful(view: FeeAudit, words: Words) -> Section:
    """Rules that the shop's own orders do not bear out: said, and not added up."""
    if not view.doubtful:
        return section()
    told = words(
        "TikTok charges your shop otherwise than these rules say, in most orders. We take it that another rate was"
        " agreed, and claim nothing. If you know the rate, state it under taxes and rates."
    )
    shown, more = listed(view.doubtful, words, limit=RULES_SHOWN)
    return section(
        paragraph(faint(told)),
        [_rule(each, words) for each in shown],
        more,
        header=words("Not claimed"),
        open_lines=1,
    )
