"""One statement: what it came to and whether it ties, whatever is not understood of it, and where it was paid.

Amounts come in display-ready. Parameters: `shop`, `statement_id`.
"""

from dataclasses import dataclass

from cards.desk_money import MONEY_LIMIT
from cards.desk_tie import (
    RESIDUALS_SHOWN,
    SIGNS,
    Difference,
    PayoutLine,
    Verdict,
    differences_section,
    payout_line,
    to_look_at,
)
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, listed, section
from cards.markup import bold, joined, rich
from cards.widgets import Widget, line, paragraph, progress_bar
from cards.words import Words

AMOUNTS_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Amount:
    """One figure of a statement, by its name."""

    label: str
    value: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class OddLine:
    """A line of which no field explains an amount."""

    title: str
    unexplained: str


@dataclass(frozen=True, slots=True)
class StatementDetail:
    """One statement. `lines` of `total` are here; `total` is 0 where TikTok has not said how many there are.

    `is_large`: all of them are here, and too many to be added up.
    """

    shop_id: str
    shop_name: str
    statement_id: str
    day: str
    verdict: Verdict
    lines: int
    total: int = 0
    amounts: tuple[Amount, ...] = ()
    differences: tuple[Difference, ...] = ()
    unexplained: str = ""
    odd: tuple[OddLine, ...] = ()
    unknown: tuple[str, ...] = ()
    payout: PayoutLine | None = None
    has_payouts: bool = True
    is_large: bool = False


def statement(view: StatementDetail, words: Words) -> Card:
    """What it came to and whether it ties; then whatever is not understood of it, and where it was paid."""
    return card(
        heading(view.day or words("Statement without a day"), view.shop_name),
        [
            section(
                line(view.statement_id, top=words("Statement")),
                _standing(view, words),
            ),
            section(
                [_amount(each) for each in view.amounts[:AMOUNTS_SHOWN]],
                header=words("What it came to") if view.amounts else "",
            ),
            differences_section(view.differences, words),
            to_look_at(view.unexplained, view.unknown, words),
            _odd(view, words),
            _paid(view, words),
        ],
    )


def _amount(each: Amount) -> Widget:
    shown = bold(each.value, limit=MONEY_LIMIT) if each.is_total else rich(each.value, limit=MONEY_LIMIT)
    return line(shown, top=each.label)


def _standing(view: StatementDetail, words: Words) -> list[Widget]:
    lines = words.plural("{count} line", "{count} lines", view.lines)
    if view.is_large:
        told = words("Too long to add up on a card. Download the transactions of its day.")
        return [line(told, bottom=lines, start=icon(Icon.WARNING, words))]
    if view.verdict is Verdict.INCOMPLETE:
        told = bold(words("Not all lines are here yet"))
        bar = [progress_bar(view.lines, view.total)] if view.total else []
        beside = words("{lines} of {total}", lines=lines, total=view.total) if view.total else lines
        calm = paragraph(words("It is not tied out before the last line is here."))
        return [line(joined((told, *bar)), bottom=beside, start=icon(Icon.WORKING, words)), calm]
    said = words("It does not tie out") if view.verdict is Verdict.DIFFERS else words("It ties out with its lines")
    return [line(bold(said), bottom=lines, start=icon(SIGNS[view.verdict], words))]


def _odd(view: StatementDetail, words: Words) -> Section:
    shown, more = listed(view.odd, words, limit=RESIDUALS_SHOWN)
    return section(
        [line(each.unexplained, top=each.title, start=icon(Icon.FLAG, words)) for each in shown],
        more,
        header=words("Lines with an unexplained amount") if shown else "",
    )


def _paid(view: StatementDetail, words: Words) -> Section:
    if not view.has_payouts:
        return section(paragraph(words("TikTok lists no payouts in this market.")), header=words("Payout"))
    if view.payout is None:
        return section(line(words("Not paid yet"), start=icon(Icon.CLOCK, words)), header=words("Payout"))
    return section(payout_line(view.payout, words), header=words("Payout"))
