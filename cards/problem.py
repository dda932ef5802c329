"""When something did not work: what happened, what still works, the fix or the way back, and a reference to quote."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, card, heading, section
from cards.markup import MAX_TEXT, bold
from cards.people_words import role_title
from cards.widgets import Style, button, buttons, line, paragraph
from cards.words import Words, mark


@dataclass(frozen=True, slots=True)
class ProblemView:
    """A problem in the reader's language. `reference` finds it in the log; `fix` is the press that solves it."""

    sentence: str
    reference: str
    works: str = ""
    fix: Press | None = None
    back: Press | None = None


@dataclass(frozen=True, slots=True)
class NotPermitted:
    """The viewer's role does not allow it. `needed` are the roles that do; `granted_by` can give one."""

    sentence: str
    reference: str
    role: str
    needed: tuple[str, ...] = ()
    granted_by: tuple[str, ...] = ("owner", "admin")


#: What the fixing button is called. An action without a row is offered as "Try again".
_FIX_LABELS: Mapping[Action, str] = {
    Action.CONNECT_SHOP: mark("Connect the shop again"),
    Action.ALLOW_FILE: mark("Allow access to this sheet"),
    Action.FIX_WRITER: mark("Add the writer again"),
    Action.CHECK_SHARING: mark("Check sharing again"),
    Action.RESUME: mark("Resume updates"),
    Action.CHOOSE_PROFILE: mark("Choose a profile"),
    Action.REFRESH_STATUS: mark("Refresh status"),
    Action.SHOPS: mark("Manage shops"),
    Action.ORDERS: mark("Show orders"),
    Action.PEOPLE: mark("Show people"),
    Action.INVITE: mark("Invite someone"),
}


def problem(view: ProblemView, words: Words) -> Card:
    """What happened, what still works, the fix, the way back, the reference."""
    fix = None
    if view.fix is not None:
        label = words(_FIX_LABELS.get(view.fix.action, mark("Try again")))
        fix = button(label, view.fix, style=Style.FILLED)
    back = button(words("Go back"), view.back) if view.back is not None else None
    home = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    return card(
        heading(words("This did not work")),
        [
            section(
                line(bold(view.sentence, limit=MAX_TEXT), start=icon(Icon.WARNING, words)),
                line(view.works, top=words("What still works"), start=icon(Icon.LIVE, words)) if view.works else None,
                buttons(fix, back, home),
            ),
            section(_reference(view.reference, words)),
        ],
    )


def not_permitted(view: NotPermitted, words: Words) -> Card:
    """What the role does not allow, which role does, and whom to ask."""
    facts = [line(role_title(view.role, words), top=words("Your role"), start=icon(Icon.PERSON, words))]
    if view.needed:
        facts.append(line(_any_of(view.needed, words), top=words("Roles that may"), start=icon(Icon.KEY, words)))
    if view.granted_by:
        facts.append(
            line(_any_of(view.granted_by, words), top=words("Who can change your role"), start=icon(Icon.PEOPLE, words))
        )
    home = button(words("Go home"), Press(Action.RETURN_HOME))
    return card(
        heading(words("Your role does not allow this")),
        [
            section(line(bold(view.sentence, limit=MAX_TEXT), start=icon(Icon.LOCKED, words)), facts, buttons(home)),
            section(_reference(view.reference, words)),
        ],
    )


def _any_of(roles: tuple[str, ...], words: Words) -> str:
    return ", ".join(role_title(role, words) for role in roles)


def _reference(reference: str, words: Words) -> list[dict[str, object]]:
    if not reference:
        return []
    said = line(bold(reference), top=words("Support reference"), start=icon(Icon.HELP, words))
    return [said, paragraph(words("Copy it when you write to support. It holds nothing about your orders."))]
