"""A rise of fees: which share of a shop's revenue they took before and take now, fee by fee.

Shares come in display-ready. Parameter: `drift_id`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, listed, section
from cards.markup import bold, faint
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words

FEES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class FeeShare:
    """One fee's share of revenue before and now; `points` with its sign."""

    name: str
    before: str
    after: str
    points: str
    is_risen: bool = False


@dataclass(frozen=True, slots=True)
class DriftSide:
    """One stretch of orders: how many, their revenue, and the share that all fees took of it."""

    orders: int
    revenue: str
    share: str


@dataclass(frozen=True, slots=True)
class FeeDrift:
    """A rise in one shop and currency. `since`: the day the first of the later orders settled, "" for unknown.

    `is_over`: the newest orders are no longer dearer. `is_noted`: somebody took note of it.
    """

    drift_id: str
    shop: str
    currency: str
    before: DriftSide
    after: DriftSide
    fees: tuple[FeeShare, ...]
    since: str = ""
    is_over: bool = False
    is_noted: bool = False
    may: frozenset[Action] = frozenset()


def fee_drift(view: FeeDrift, words: Words) -> Card:
    """Both rates, then each fee, the one that rose most first."""
    seen = None
    if Action.DISMISS_DRIFT in view.may and not view.is_noted:
        press = Press(Action.DISMISS_DRIFT, {"drift_id": view.drift_id})
        seen = button(words("Take note of it"), press, style=Style.FILLED)
    check = button(words("Check the fees"), Press(Action.FEE_AUDIT)) if Action.FEE_AUDIT in view.may else None
    home = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    return card(
        heading(words("Fees have risen"), f"{view.shop}, {view.currency}"),
        [
            _both(view, words),
            _fees(view, words),
            section(_told(view, words), buttons(seen, check, home)),
        ],
    )


def _both(view: FeeDrift, words: Words) -> Section:
    now = words("Orders settled since {day}", day=view.since) if view.since else words("Your newest settled orders")
    return section(
        _side(view.after, now, words, is_now=True), _side(view.before, words("The orders before them"), words)
    )


def _side(side: DriftSide, top: str, words: Words, *, is_now: bool = False) -> Widget:
    of = words.plural("{count} order, {revenue} of revenue", "{count} orders, {revenue} of revenue", side.orders,
                      revenue=side.revenue)  # fmt: skip
    share = words("{share} of revenue", share=side.share)
    return line(
        bold(share) if is_now else share, top=top, bottom=of, start=icon(Icon.WARNING, words) if is_now else None
    )


def _fees(view: FeeDrift, words: Words) -> Section:
    shown, more = listed(view.fees, words, limit=FEES_SHOWN)
    return section([_fee(each, words) for each in shown], more, header=words("Fee by fee"))


def _fee(each: FeeShare, words: Words) -> Widget:
    told = words("{before} → {after}", before=each.before, after=each.after)
    points = words("{points} points", points=each.points)
    return line(bold(told) if each.is_risen else told, top=each.name, bottom=points)


def _told(view: FeeDrift, words: Words) -> Widget:
    """How it was counted; and that it is over, where it is."""
    if view.is_over:
        return line(words("The newest orders are no longer dearer"), start=icon(Icon.LIVE, words))
    how = words("Fees and revenue of the same orders on both sides. Told once for each rise, when it is over 15% and"
                " over 3 points.")  # fmt: skip
    return paragraph(faint(how))
