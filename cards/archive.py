"""Finished orders: how long a tab keeps them, and the archive tab that takes the older ones.

Form field: `keep_days` (ALWAYS or a number of days). Parameter: `binding_id`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Section, section
from cards.markup import bold, faint
from cards.widgets import Choice, Widget, button, buttons, dropdown, line, paragraph
from cards.words import Words

ALWAYS = "always"
#: Days for which a tab can keep finished orders, beside always.
KEEP_DAYS = (30, 60, 90, 365)
#: What is chosen until somebody chooses: long enough for returns and payouts, short enough for a tab to stay quick.
USUAL = "60"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a tab keeps finished orders (`days`), and its archive: `archive_name` is empty while there is none.
    Without `days` nothing in the tab is ever finished with.

    `archived`: rows in it. `live_name`: the tab whose archive this one is; empty for any other.
    """

    days: str = ALWAYS
    archive_name: str = ""
    archived: int = 0
    live_name: str = ""


def how_long(chosen: str, words: Words) -> list[Widget]:
    """The choice when a tab is bound."""
    return [_choice(chosen, words), paragraph(faint(words("Older ones move to an archive tab of this file.")))]


def finished_orders(keeping: Keeping, binding_id: str, may: frozenset[Action], words: Words) -> Section:
    """Where finished orders are, and for how long they are kept; nothing where there is nothing to say or choose."""
    if keeping.live_name:
        whose = words("Finished orders of {tab}", tab=keeping.live_name)
        return section(line(bold(whose), top=words("Archive"), start=icon(Icon.HISTORY, words)))
    if Action.KEEP_FINISHED not in may or not keeping.days:
        return section(_archive_line(keeping, words))
    press = Press(Action.KEEP_FINISHED, {"binding_id": binding_id})
    return section(
        _archive_line(keeping, words),
        _choice(keeping.days, words),
        paragraph(faint(words("Older ones move to an archive tab of this file, where they stay up to date."))),
        paragraph(faint(words("A row in which somebody wrote something stays here."))),
        paragraph(faint(words("A formula that points at one row of this tab loses it when that row moves."))),
        buttons(button(words("Save"), press)),
        header=words("Finished orders"),
    )


def _archive_line(keeping: Keeping, words: Words) -> Widget | None:
    if not keeping.archive_name:
        return None
    said = words.plural(
        "{count} row of finished orders is in {tab}",
        "{count} rows of finished orders are in {tab}",
        keeping.archived,
        tab=keeping.archive_name,
    )
    return line(said, start=icon(Icon.HISTORY, words))


def _choice(chosen: str, words: Words) -> Widget:
    choices = [Choice(str(days), _named(days, words), chosen == str(days)) for days in KEEP_DAYS]
    choices.append(Choice(ALWAYS, words("Always"), chosen == ALWAYS))
    return dropdown("keep_days", words("Keep finished orders for"), choices)


def _named(days: int, words: Words) -> str:
    return words("1 year") if days == 365 else words.plural("{count} day", "{count} days", days)
