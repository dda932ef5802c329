"""Why the profit of an order is what it is: every step that changed it, newest first, and the profit after each.

Amounts come in display-ready; "" = not known, or not for this reader. Parameters: `order_key`, `page`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Pager, Section, card, heading, listed, pages, section
from cards.markup import bold, faint
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words, mark

STEPS_SHOWN = 5  # of one page: each has up to a dozen lines of its own
CHARGES_SHOWN = 5
EDITS_SHOWN = 4
SKUS_NAMED = 3


class ProfitStep(StrEnum):
    """What a step is about."""

    OWN_ESTIMATE = "own-estimate"
    RECENT_RATES = "recent-rates"
    FEE_TABLE = "fee-table"
    SETTLED = "settled"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    COST = "cost"
    EXPECTED = "expected"
    NOW = "now"


class Share(StrEnum):
    """What revenue goes into, and what upstream pays of it."""

    REVENUE = "revenue"
    TAX = "tax"
    PLATFORM = "platform"
    MARKETING = "marketing"
    COGS = "cogs"
    SETTLEMENT = "settlement"


_STEP_WORDS: Mapping[ProfitStep, str] = {
    ProfitStep.OWN_ESTIMATE: mark("TikTok estimated what it will pay"),
    ProfitStep.RECENT_RATES: mark("Estimated by what your last orders were charged"),
    ProfitStep.FEE_TABLE: mark("Estimated by the fee rules of the day"),
    ProfitStep.SETTLED: mark("TikTok settled the order"),
    ProfitStep.REFUND: mark("A refund was settled"),
    ProfitStep.ADJUSTMENT: mark("TikTok adjusted it: {name}"),
    ProfitStep.COST: mark("A cost was changed"),
    ProfitStep.EXPECTED: mark("TikTok expects more to come"),
    ProfitStep.NOW: mark("What is known of the order now"),
}
_STEP_ICONS: Mapping[ProfitStep, Icon] = {
    ProfitStep.OWN_ESTIMATE: Icon.CLOCK,
    ProfitStep.RECENT_RATES: Icon.CLOCK,
    ProfitStep.FEE_TABLE: Icon.CLOCK,
    ProfitStep.SETTLED: Icon.LIVE,
    ProfitStep.COST: Icon.WRITER,
    ProfitStep.EXPECTED: Icon.CLOCK,
}
_SHARE_WORDS: Mapping[Share, str] = {
    Share.REVENUE: mark("Revenue"),
    Share.TAX: mark("Taxes"),
    Share.PLATFORM: mark("Platform fees"),
    Share.MARKETING: mark("Marketing"),
    Share.COGS: mark("Cost of goods"),
    Share.SETTLEMENT: mark("TikTok pays"),
}


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One share, and what it comes to."""

    share: Share
    amount: str


@dataclass(frozen=True, slots=True)
class Charge:
    """One estimated fee: what it comes to, what it is taken of, and who says so."""

    name: str
    amount: str
    base: str
    source: str


@dataclass(frozen=True, slots=True)
class CostEdit:
    """A cost before and after. `what`: the SKU, "" for the sending of orders. `who`: an address, "" for unsaid."""

    what: str
    before: str
    after: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step. `change`: with its sign; `net`: the profit after it. `shares`: of the line, or of the whole order."""

    kind: ProfitStep
    day: str = ""
    change: str = ""
    net: str = ""
    name: str = ""
    statement_id: str = ""
    shares: tuple[ShareLine, ...] = ()
    charges: tuple[Charge, ...] = ()
    edits: tuple[CostEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class ProfitHistory:
    """The profit of an order, and how it came to be. `settled_less`: settled less estimated, with its sign.

    `missing`: SKUs without a cost; `is_missing`: there are some, whether they may be named or not.
    """

    order_key: str
    title: str
    net: str
    steps: tuple[StepTaken, ...]
    pager: Pager
    basis: str = ""
    confidence: int = 0
    settled_less: str = ""
    is_missing: bool = False
    missing: tuple[str, ...] = ()


def profit_history(view: ProfitHistory, words: Words) -> Card:
    """The profit now, then the steps, newest first."""
    turn = Press(Action.PROFIT_HISTORY, {"order_key": view.order_key})
    back = button(words("Show the order"), Press(Action.ORDER, {"order_key": view.order_key}), style=Style.BORDERLESS)
    return card(
        heading(words("Why this profit"), view.title),
        [
            _now(view, words),
            *(_step(each, words) for each in view.steps[:STEPS_SHOWN]),
            section(pages(view.pager, turn, words), buttons(back)),
        ],
    )


def _now(view: ProfitHistory, words: Words) -> Section:
    sure = words("{percent}% of what decides it is known", percent=view.confidence)
    if view.net:
        shown = line(bold(view.net), top=words("Net profit"), bottom=f"{view.basis} · {sure}")
    else:
        shown = line(bold(words("Not known yet")), top=words("Net profit"), bottom=view.basis)
    less = None
    if view.settled_less:
        less = line(view.settled_less, top=words("Settled against estimated"))
    return section(shown, _missing(view, words), less)


def _missing(view: ProfitHistory, words: Words) -> Widget | None:
    """A missing cost is never taken for zero, and the card says what to do."""
    if not view.is_missing:
        return None
    named = ", ".join(view.missing[:SKUS_NAMED])
    told = words("The cost of {skus} is missing", skus=named) if named else words("The cost of goods is missing")
    return line(told, bottom=words("Without it the profit would look too high"), start=icon(Icon.WARNING, words))


def _step(step: StepTaken, words: Words) -> Section:
    """A step in one line, and what it is made of folded below."""
    title = words(_STEP_WORDS[step.kind], name=step.name) if step.name else words(_STEP_WORDS[step.kind])
    after = words("Net profit after it: {net}", net=step.net) if step.net else words("Net profit not known after it")
    shown = line(
        bold(step.change) if step.change else title,
        top=title if step.change else "",
        bottom=after,
        start=icon(_STEP_ICONS.get(step.kind, Icon.ORDER), words),
    )
    details = [*_edits(step, words), *_shares(step, words), *_charges(step, words)]
    if step.statement_id:
        details.append(line(step.statement_id, top=words("Statement")))
    return section(shown, details, header=step.day or words("Now"), open_lines=1 + len(_edits(step, words)))


def _shares(step: StepTaken, words: Words) -> list[Widget]:
    return [line(one.amount, top=words(_SHARE_WORDS[one.share])) for one in step.shares[: len(Share)]]


def _charges(step: StepTaken, words: Words) -> list[Widget]:
    shown, more = listed(step.charges, words, limit=CHARGES_SHOWN)
    found = []
    for each in shown:
        taken_of = words("Of {base}", base=each.base)
        found.append(line(each.amount, top=each.name, bottom=f"{taken_of} · {each.source}"))
    return [*found, *more]


def _edits(step: StepTaken, words: Words) -> list[Widget]:
    found = [_edit(each, words) for each in step.edits[:EDITS_SHOWN]]
    left = len(step.edits) - len(found)
    if left > 0:
        found.append(paragraph(faint(words.plural("and {count} more", "and {count} more", left))))
    return found


def _edit(edit: CostEdit, words: Words) -> Widget:
    before, after = (one or words("none") for one in (edit.before, edit.after))
    what = edit.what or words("Sending an order")
    return line(f"{before} → {after}", top=what, bottom=words("By {who}", who=edit.who) if edit.who else "")
