"""The tie-out: statements against their lines, payouts against their statements; every difference by name.

Amounts come in display-ready, one currency at a time. Parameters, the period in force: `span`, `first`, `last`,
`shop`; `currency`; `list`: statements or payouts; `page`: where a page begins; `statement_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cards.actions import Action, Press
from cards.desk_money import MONEY_LIMIT
from cards.icons import Icon, icon
from cards.layout import Card, Pager, Section, card, heading, listed, pages, section
from cards.markup import bold, faint, joined, rich, trim
from cards.widgets import Widget, button, buttons, line, paragraph
from cards.words import Words, mark

LINES_SHOWN = 10  # statements or payouts of one page
RESIDUALS_SHOWN = 5
MAX_REMARK = 120  # characters below a line of a long list


class Verdict(StrEnum):
    """How a tie-out stands."""

    TIES = "ties"
    UNPAID = "unpaid"
    DIFFERS = "differs"
    INCOMPLETE = "incomplete"
    EMPTY = "empty"


class Step(StrEnum):
    """Between which two figures a difference was found."""

    ENTRIES = "entries"
    RESERVE = "reserve"
    PAYABLE = "payable"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True)
class Difference:
    """A residual: what TikTok states, what adding up finds, and the difference. `id`: the statement's or payout's."""

    step: Step
    id: str
    stated: str
    found: str
    amount: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A period's tie-out in one currency. `statements`: how many there are, of which `incomplete` miss lines, `waiting`
    are still to be added up and `large` are too long for that. `residual`: what all differences come to, which cancel
    each other where `cancels`. `settlement`, `payable`: what the statements came to; `reserve` "" for none.
    """

    currency: str
    verdict: Verdict
    statements: int
    residual: str
    settlement: str
    payable: str
    reserve: str = ""
    incomplete: int = 0
    waiting: int = 0
    large: int = 0
    cancels: bool = False
    has_payouts: bool = True


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement in a list. `verdict`: of this one alone; `has_odd`: something in it needs a look."""

    statement_id: str
    day: str
    settlement: str
    verdict: Verdict
    paid: str = ""
    has_odd: bool = False


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """A payout. `payment_id` is "" for what is not paid yet. `bank`: what reached the bank, with its rate and day."""

    payment_id: str
    payable: str
    statements: int
    verdict: Verdict
    bank: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class TieOut:
    """A shop's tie-out in one currency; one page of its statements, or of its payouts. `asked`: what is in force.

    `unexplained`: amounts that no field of TikTok's names, "" for none; `unknown`: fields that we do not know.
    """

    shop_name: str
    days: str
    tie: Tie
    pager: Pager
    statements: tuple[StatementLine, ...] = ()
    payouts: tuple[PayoutLine, ...] | None = None
    differences: tuple[Difference, ...] = ()
    unexplained: str = ""
    unknown: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)
    may: frozenset[Action] = frozenset()


_STEP_WORDS: Mapping[Step, str] = {
    Step.ENTRIES: mark("Statement {id}: its lines do not add up to its settlement"),
    Step.RESERVE: mark("Statement {id}: its lines do not add up to what it says is held back"),
    Step.PAYABLE: mark("Statement {id}: settlement and what is held back are not what it says will be paid"),
    Step.PAYOUT: mark("Payout {id}: it is not what its statements come to"),
}
SIGNS: Mapping[Verdict, Icon] = {
    Verdict.TIES: Icon.SAFE,
    Verdict.UNPAID: Icon.CLOCK,
    Verdict.DIFFERS: Icon.WARNING,
    Verdict.INCOMPLETE: Icon.WORKING,
    Verdict.EMPTY: Icon.CLOCK,
}


# --- the tie-out in brief --------------------------------------------------------------------------------------------


def tie_line(tie: Tie, on: Press | None, words: Words) -> Widget:
    """The verdict in one line."""
    said, why = _verdict(tie, words)
    return line(bold(said), bottom=why, start=icon(SIGNS[tie.verdict], words), on=on)


def _verdict(tie: Tie, words: Words) -> tuple[str, str]:
    count = words.plural("{count} statement", "{count} statements", tie.statements)
    if tie.verdict is Verdict.TIES:
        said = words("Ties out, difference {amount}", amount=tie.residual)
        return said, count if tie.has_payouts else words("{count}; no payouts to compare with", count=count)
    if tie.verdict is Verdict.UNPAID:
        return words("Ties out, difference {amount}", amount=tie.residual), words(
            "{count}; not all of it is paid out yet", count=count
        )
    if tie.verdict is Verdict.DIFFERS:
        if tie.cancels:
            return words("Differences that cancel each other"), count
        return words("Differs by {amount}", amount=tie.residual), count
    if tie.verdict is Verdict.EMPTY:
        return words("No statements in these days"), ""
    return words("Not complete yet"), _missing(tie, count, words)


def _missing(tie: Tie, count: str, words: Words) -> str:
    """What keeps the whole from being said."""
    parts = []
    if tie.incomplete:
        parts.append(words("lines of {missing} are still coming", missing=tie.incomplete))
    if tie.waiting:
        parts.append(words("{missing} are still to be added up", missing=tie.waiting))
    if tie.large:
        parts.append(words("{missing} are too long for a card, take their file", missing=tie.large))
    return words("{count}: {missing}", count=count, missing=", ".join(parts))


def sums_lines(tie: Tie, words: Words) -> list[Widget]:
    """What the statements came to."""
    held = (
        [line(rich(tie.reserve, limit=MONEY_LIMIT), top=words("Held back (minus) or released"))] if tie.reserve else []
    )
    is_part = bool(tie.incomplete or tie.waiting or tie.large)
    return [
        line(
            rich(tie.settlement, limit=MONEY_LIMIT),
            top=words("Settlement of those that are complete") if is_part else words("Settlement"),
        ),
        *held,
        line(bold(tie.payable, limit=MONEY_LIMIT), top=words("Payable in all")),
    ]


# --- the tie-out -----------------------------------------------------------------------------------------------------


def tie_out(view: TieOut, words: Words) -> Card:
    """The verdict with every difference, then a page of statements or of payouts."""
    tie = view.tie
    other = _other_list(view, words)
    return card(
        heading(words("Tie-out in {currency}", currency=tie.currency), view.shop_name),
        [
            section(
                paragraph(faint(words("{days}, by UTC days", days=view.days))),
                tie_line(tie, None, words),
                _no_payouts(tie, words),
                sums_lines(tie, words),
            ),
            differences_section(view.differences, words),
            to_look_at(view.unexplained, view.unknown, words),
            _list(view, words),
            section(other),
        ],
    )


def _no_payouts(tie: Tie, words: Words) -> Widget | None:
    if tie.has_payouts:
        return None
    return paragraph(
        words(
            "TikTok lists no payouts in this market: the balance is withdrawn. Statements are held against their lines."
        )
    )


def differences_section(found: tuple[Difference, ...], words: Words) -> Section:
    shown, more = listed(found, words, limit=RESIDUALS_SHOWN)
    return section([_difference(each, words) for each in shown], more, header=words("Differences") if found else "")


def _difference(each: Difference, words: Words) -> Widget:
    beside = words("Stated {stated}, added up {found}", stated=each.stated, found=each.found)
    told = words(_STEP_WORDS[each.step], id=each.id)
    return line(joined((bold(each.amount, limit=MONEY_LIMIT), told)), bottom=beside, start=icon(Icon.WARNING, words))


def to_look_at(unexplained: str, unknown: tuple[str, ...], words: Words) -> Section:
    """What ties out and yet is not understood."""
    told = []
    if unexplained:
        told.append(line(words("{amount} of fees that no field of TikTok's names", amount=unexplained),
                         start=icon(Icon.FLAG, words)))  # fmt: skip
    if unknown:
        shown, more = listed(unknown, words, limit=RESIDUALS_SHOWN)
        names = ", ".join(shown)
        told.append(line(words("New to us: {names}", names=names), start=icon(Icon.FLAG, words),
                         bottom=words("Counted under platform fees")))  # fmt: skip
        told += more
    return section(told, header=words("To look at") if told else "")


def _list(view: TieOut, words: Words) -> Section:
    turn = Press(Action.TIE_OUT, view.asked)
    turns = pages(view.pager, turn, words) if Action.TIE_OUT in view.may else []
    if view.payouts is not None:
        shown = [payout_line(each, words) for each in view.payouts[:LINES_SHOWN]]
        return section(shown, turns, header=words("Payouts") if shown else "")
    rows = [_statement(each, view, words) for each in view.statements[:LINES_SHOWN]]
    return section(rows, turns, header=words("Statements") if rows else "")


def _statement(each: StatementLine, view: TieOut, words: Words) -> Widget:
    known = {"shop": view.asked.get("shop", ""), "statement_id": each.statement_id}
    on = Press(Action.STATEMENT, known) if Action.STATEMENT in view.may else None
    remarks = [each.paid] if each.paid else []
    if each.verdict is Verdict.INCOMPLETE:
        remarks.append(words("Not all lines are here"))
    if each.verdict is Verdict.DIFFERS:
        remarks.append(words("Differs"))
    if each.has_odd:
        remarks.append(words("Something to look at"))
    sign = Icon.FLAG if each.has_odd and each.verdict is Verdict.TIES else SIGNS[each.verdict]
    return line(
        bold(each.settlement, limit=MONEY_LIMIT),
        top=each.day,
        bottom=trim(" · ".join(remarks), MAX_REMARK),
        start=icon(sign, words),
        on=on,
    )


def payout_line(each: PayoutLine, words: Words) -> Widget:
    count = words.plural("{count} statement", "{count} statements", each.statements)
    if not each.payment_id:
        return line(
            bold(each.payable, limit=MONEY_LIMIT),
            top=words("Not paid yet"),
            bottom=count,
            start=icon(Icon.CLOCK, words),
        )
    parts = [each.bank, each.status, count]
    if each.verdict is Verdict.DIFFERS:
        parts.append(words("Differs"))
    bottom = trim(" · ".join(part for part in parts if part), MAX_REMARK)
    top = words("Payout {id}", id=each.payment_id)
    return line(bold(each.payable, limit=MONEY_LIMIT), top=top, bottom=bottom, start=icon(SIGNS[each.verdict], words))


def _other_list(view: TieOut, words: Words) -> list[Widget]:
    if not view.tie.has_payouts or Action.TIE_OUT not in view.may:
        return []
    asked = {key: value for key, value in view.asked.items() if key != "page"}
    if view.payouts is None:
        return buttons(button(words("Show payouts"), Press(Action.TIE_OUT, {**asked, "list": "payouts", "page": "0"})))
    return buttons(
        button(words("Show statements"), Press(Action.TIE_OUT, {**asked, "list": "statements", "page": "0"}))
    )
