"""A profile that was changed since a tab was connected with it: the line that says so, and what taking it over does.

Parameters: `binding_id`; `version`, which tells the state of the profile that the person saw from later ones.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, footer, heading, listed, section
from cards.markup import bold
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words

NAMED = 12  # columns that a card names; of more it tells how many


@dataclass(frozen=True, slots=True)
class Changed:
    """What a tab would show differently, in numbers. `reason` says why it cannot take it over; empty when it can."""

    binding_id: str
    tab_name: str
    profile_name: str
    added: int = 0
    removed: int = 0
    has_filter: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmAdopt:
    """The same with its columns by their headings. `filter_words`: what it takes then; empty when the same."""

    binding_id: str
    version: str
    tab_name: str
    profile_name: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    filter_words: str = ""


def changed_profile(changed: Changed | None, may: frozenset[Action], words: Words) -> Section:
    """On the tab's own card: that its profile changed, what of it concerns the tab, and the button that brings it."""
    if changed is None or Action.ADOPT_PROFILE not in may:
        return section()
    said = words("The profile {profile} changed since this tab was connected", profile=changed.profile_name)
    if changed.reason:
        return section(_refused(said, changed, words))
    told = line(bold(said), bottom=_numbers(changed, words), start=icon(Icon.PROFILE, words))
    return section(told, buttons(button(words("Use the changed profile"), _press(changed))))


def behind(tabs: tuple[Changed, ...], may: frozenset[Action], words: Words) -> Section:
    """On the profile's card: the tabs of the open file that still show it as it was."""
    if not tabs or Action.ADOPT_PROFILE not in may:
        return section()
    shown, more = listed(tabs, words, limit=10)
    return section([_tab(one, words) for one in shown], more, header=words("Tabs that show it as it was"))


def _tab(changed: Changed, words: Words) -> Widget:
    if changed.reason:
        return _refused(changed.tab_name, changed, words)
    bottom = words("Use the changed profile")
    top = _numbers(changed, words)
    return line(bold(changed.tab_name), top=top, bottom=bottom, start=icon(Icon.SHEET, words), on=_press(changed))


def _refused(said: str, changed: Changed, words: Words) -> Widget:
    why = words("This tab cannot take it over: {reason}", reason=changed.reason)
    return line(bold(said), top=_numbers(changed, words), bottom=why, start=icon(Icon.LOCKED, words))


def _press(changed: Changed) -> Press:
    return Press(Action.ADOPT_PROFILE, {"binding_id": changed.binding_id})


def _numbers(changed: Changed, words: Words) -> str:
    parts = [
        words.plural("{count} new column", "{count} new columns", changed.added) if changed.added else "",
        words.plural("{count} taken out", "{count} taken out", changed.removed) if changed.removed else "",
        words("other rows") if changed.has_filter else "",
    ]
    return ", ".join(part for part in parts if part)


def confirm_adopt(view: ConfirmAdopt, words: Words) -> Card:
    """What happens in the sheet, piece by piece, then the button."""
    stays = paragraph(words("The order of your columns and their headings in the tab stay as they are."))
    known = {"binding_id": view.binding_id, "version": view.version}
    submit = button(words("Change this tab"), Press(Action.CONFIRM_ADOPT_PROFILE, known))
    back = Press(Action.SHEET, {"binding_id": view.binding_id})
    keep = button(words("Leave it"), back, style=Style.BORDERLESS)
    return card(
        heading(view.tab_name, view.profile_name),
        [_added(view, words), _removed(view, words), _rows(view, words), section(stays)],
        fixed=footer(submit, keep),
    )


def _added(view: ConfirmAdopt, words: Words) -> Section:
    if not view.added:
        return section()
    count = words.plural("{count} new column", "{count} new columns", len(view.added))
    return section(
        line(bold(_named(view.added, words)), top=count, start=icon(Icon.COLUMN, words)),
        paragraph(
            words(
                "New columns are put in at the right of ours and fill themselves, newest rows first. Columns of "
                "your own beside them move to the right, with all that is in them."
            )
        ),
    )


def _removed(view: ConfirmAdopt, words: Words) -> Section:
    if not view.removed:
        return section()
    count = words.plural("{count} taken out", "{count} taken out", len(view.removed))
    return section(
        line(bold(_named(view.removed, words)), top=count, start=icon(Icon.COLUMN, words)),
        paragraph(
            words(
                "What we wrote into these columns is cleared, the heading too. The columns stay and are yours then, "
                "with everything that people typed into them."
            )
        ),
    )


def _rows(view: ConfirmAdopt, words: Words) -> Section:
    if not view.filter_words:
        return section()
    return section(
        line(bold(view.filter_words), top=words("What is in this tab"), start=icon(Icon.FILTER, words)),
        paragraph(words("What fits now is added. Rows that no longer fit stay and are kept up to date.")),
    )


def _named(headers: tuple[str, ...], words: Words) -> str:
    shown, rest = ", ".join(headers[:NAMED]), len(headers) - NAMED
    if rest <= 0:
        return shown
    return words.plural("{columns} and {count} more", "{columns} and {count} more", rest, columns=shown)
