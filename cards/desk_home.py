"""The line on home that says how fresh the finances are, and the way to the desk."""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Section, section
from cards.markup import bold
from cards.widgets import Style, button, buttons, line
from cards.words import Words


@dataclass(frozen=True, slots=True)
class FinanceLine:
    """The finances of all shops. `read_s`: seconds since the one that was read longest ago, None while one never was.

    `troubles`: shops whose finances cannot be read.
    """

    read_s: int | None = None
    troubles: int = 0


def finance_section(found: FinanceLine | None, may: frozenset[Action], words: Words) -> Section:
    """One line and the way to the desk; nothing for who may not see it."""
    if found is None or Action.DESK not in may:
        return section()
    mood = Icon.WARNING if found.troubles else Icon.LIVE if found.read_s is not None else Icon.WORKING
    told = line(bold(_said(found, words)), bottom=words("Coverage, tie-out and payouts"), start=icon(mood, words))
    way = button(words("Open the finance desk"), Press(Action.DESK), style=Style.BORDERLESS)
    return section(told, buttons(way))


def _said(found: FinanceLine, words: Words) -> str:
    if found.troubles:
        many = "The finances of {count} shops cannot be read"
        return words.plural("The finances of a shop cannot be read", many, found.troubles)
    if found.read_s is None:
        return words("The finances are not read yet")
    return words("Finances read {moment}", moment=words.ago(found.read_s))
