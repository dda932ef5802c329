"""What one order earned, as a part of its card: the profit, how sure it is, and the four pools that were taken from it.

Amounts come in projected and formatted; `basis` is one word of BASIS.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Section, section
from cards.widgets import Style, button, line
from cards.words import Words, mark

BASIS: Mapping[str, str] = {
    "estimated": mark("Estimated: TikTok has settled nothing of it yet."),
    "partial": mark("Partly settled: what is open is estimated."),
    "settled": mark("Settled: these are TikTok's own figures."),
}
#: What is seen before the section is unfolded: the profit, its basis and what is missing.
_OPEN = 3
MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One amount and what it is."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Earned:
    """The order's profit, a dash where it is not known. `confidence`: 0 to 100. `parts`: revenue and what goes off it,
    as people add them up, then what else there is of it. `may_state_costs`: the viewer is led there.
    """

    basis: str
    net: str
    margin: str
    confidence: str
    parts: tuple[Part, ...]
    is_cost_missing: bool = False
    may_state_costs: bool = False


def earned_section(view: Earned, words: Words) -> Section:
    """Profit first, then how it comes about, folded."""
    share = words("{share} of revenue", share=view.margin) if view.margin else ""
    missing = words("A cost is missing, so nobody knows what this order earned.")
    leads = view.is_cost_missing and view.may_state_costs
    state = button(words("State costs"), Press(Action.COSTS), style=Style.BORDERLESS) if leads else None
    return section(
        line(view.net, top=words("Net profit"), bottom=share),
        line(missing, start=icon(Icon.WARNING, words), end=state) if view.is_cost_missing else None,
        line(
            words(BASIS.get(view.basis, BASIS["estimated"])),
            bottom=words("Confidence {points} of 100", points=view.confidence),
        ),
        [line(part.amount, top=part.label) for part in view.parts[:MOST_PARTS]],
        header=words("Profit"),
        open_lines=_OPEN if view.is_cost_missing else _OPEN - 1,
    )
