"""Writing as a person: why and what that means, that it is done, and the consents they gave, each with its end.

Parameters: `consent_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Link, Opens, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, listed, section
from cards.markup import bold
from cards.widgets import Style, button, buttons, line, paragraph
from cards.words import Words, mark


class Why(StrEnum):
    """Why our own writer does not write."""

    CLOSED = "closed"  # the organisation lets nobody in from outside
    NO_RIGHT = "no-right"  # the person may not share the file
    ENDED = "ended"  # a consent was used before


_WHY: Mapping[Why, str] = {
    Why.CLOSED: mark("Your organisation does not let our writer in"),
    Why.NO_RIGHT: mark("You may not share this file with our writer"),
    Why.ENDED: mark("The consent to write here has ended"),
}
_RATHER: Mapping[Why, str] = {
    Why.CLOSED: mark("Rather not? Your Google Workspace administrator can allow this address instead:"),
    Why.NO_RIGHT: mark("Rather not? The owner of the file can make this address an editor instead:"),
    Why.ENDED: mark("Rather not? Whoever may share the file can make this address an editor instead:"),
}


@dataclass(frozen=True, slots=True)
class WriteAsMe:
    """Before the consent. `url` is our own start page with its single-use ticket; `email` the person's own address.

    `writer_name`: whom somebody else would have to let in instead.
    """

    url: str
    email: str
    account_name: str
    writer_name: str
    why: Why = Why.CLOSED


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The consent is given, and the open file has no tab of ours yet."""

    email: str
    account_name: str
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent that the viewer gave: for which account, on which day, and the titles of the files written by it."""

    consent_id: str
    account_name: str
    day: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnConsents:
    """All of them."""

    email: str
    consents: tuple[ConsentLine, ...] = ()


def write_as_me(view: WriteAsMe, words: Words) -> Card:
    """Why our writer is out, what the consent lets us do and how it ends, and the button."""
    instead = words("Rowstream can write into this file as you: {email}.", email=view.email)
    said = section(
        line(bold(words(_WHY[view.why])), start=icon(Icon.LOCKED, words)),
        paragraph(instead),
        line(
            words("Only files that you choose"),
            bottom=words("Google asks you and shows you the list"),
            start=icon(Icon.SAFE, words),
        ),
        line(
            words("The version history names you"),
            bottom=words("Our changes look like yours there"),
            start=icon(Icon.HISTORY, words),
        ),
        line(
            words("You can end it at any time"),
            bottom=words("Under Manage account. Signing out or leaving ends it too"),
            start=icon(Icon.BROKEN, words),
        ),
        buttons(
            button(words("Continue to Google"), Link(view.url, Opens.OVERLAY), style=Style.FILLED),
            button(words("Check again"), Press(Action.WRITE_AS_ME)),
        ),
    )
    rather = section(
        paragraph(words(_RATHER[view.why])),
        line(view.writer_name, start=icon(Icon.WRITER, words)),
    )
    return card(heading(words("Write as you"), view.account_name), [said, rather])


def consent_given(view: ConsentGiven, words: Words) -> Card:
    """That it is done, and the next step."""
    choose = None
    if Action.CHOOSE_PROFILE in view.may:
        choose = button(words("Choose a profile"), Press(Action.CHOOSE_PROFILE), style=Style.FILLED)
    said = section(
        line(bold(words("We may write here as you")), bottom=view.email, start=icon(Icon.LIVE, words)),
        paragraph(words("Connect a tab now, as you would have before.")),
        buttons(choose, button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)),
    )
    return card(heading(words("Write as you"), view.account_name), [said])


def own_consents(view: OwnConsents, words: Words) -> Card:
    """Each consent with what stops when it ends, and the button that ends it."""
    none = section(
        line(bold(words("You gave no consent")), start=icon(Icon.SAFE, words)),
        paragraph(words("Nothing is written as you while you are away.")),
    )
    shown, more = listed(view.consents, words, limit=10)
    home = section(more, buttons(button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)))
    parts = [_consent(each, words) for each in shown] or [none]
    return card(heading(words("Your consents"), view.email), [*parts, home])


def _consent(consent: ConsentLine, words: Words) -> Section:
    shown, more = listed(consent.files, words, limit=10)
    files = [line(title, start=icon(Icon.SHEET, words)) for title in shown]
    stops = paragraph(words("These files stop updating when it ends. What they show stays."))
    unused = paragraph(words("No file is written by it."))
    end = Press(Action.END_CONSENT, {"consent_id": consent.consent_id})
    return section(
        line(
            bold(words("We write as you")),
            top=consent.account_name,
            bottom=words("Since {day}", day=consent.day),
            start=icon(Icon.WRITER, words),
        ),
        [stops, *files, *more] if files else unused,
        buttons(button(words("End consent"), end)),
    )
