"""Handing an account over and leaving it: what happens, then the button.

Parameters: `member_id`, `account_id`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, card, footer, heading, section
from cards.markup import bold
from cards.people_words import role_title
from cards.widgets import Style, button, buttons, line, paragraph
from cards.words import Words


@dataclass(frozen=True, slots=True)
class ConfirmOffer:
    """The account is about to be offered to a member."""

    member_id: str
    name: str
    account_name: str


@dataclass(frozen=True, slots=True)
class ConfirmLeave:
    """The viewer is about to leave an account. `files`: titles that are written by their own consent, and stop."""

    account_id: str
    account_name: str
    role: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastOwner:
    """The viewer cannot leave: nobody else owns the account."""

    account_name: str


@dataclass(frozen=True, slots=True)
class Left:
    """The viewer has left an account."""

    account_name: str


def confirm_offer(view: ConfirmOffer, words: Words) -> Card:
    """Who would be what, and that a yes is needed."""
    said = section(
        line(bold(view.name), top=words("Will be the owner"), start=icon(Icon.PERSON, words)),
        paragraph(
            words("They accept under Manage account within 7 days. From then on you are an admin: you do everything but"
                  " change owners and close the account.")
        ),
        paragraph(words("Until they accept, nothing changes, and you can withdraw the offer under People.")),
    )  # fmt: skip
    known = {"member_id": view.member_id}
    submit = button(words("Offer account"), Press(Action.CONFIRM_OFFER, known))
    keep = button(words("Keep it"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(heading(words("Hand the account over"), view.account_name), [said], fixed=footer(submit, keep))


def confirm_leave(view: ConfirmLeave, words: Words) -> Card:
    """What ends for the viewer, and what does not."""
    said = section(
        line(bold(view.account_name), top=role_title(view.role, words), start=icon(Icon.STORE, words)),
        paragraph(words("Your access to this account ends at once. To come back you need a new invitation.")),
        paragraph(words("Sheets that are shared with you in Google pause for as long as you can still open them.")),
    )
    stops = section(
        [line(title, start=icon(Icon.SHEET, words)) for title in view.files[:10]],
        header=words("These files stop updating"),
    )
    leave = button(words("Leave account"), Press(Action.CONFIRM_LEAVE, {"account_id": view.account_id}))
    stay = button(words("Stay"), Press(Action.ACCOUNT), style=Style.BORDERLESS)
    parts = [said, *([stops] if view.files else [])]
    return card(heading(words("Leave this account")), parts, fixed=footer(leave, stay))


def last_owner(view: LastOwner, words: Words) -> Card:
    """Why not, and what to do first."""
    said = section(
        line(bold(words("You are the last owner")), top=view.account_name, start=icon(Icon.LOCKED, words)),
        paragraph(words("Make somebody else an owner first: open the person under People and hand the account over.")),
        buttons(
            button(words("Show people"), Press(Action.PEOPLE), style=Style.FILLED),
            button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS),
        ),
    )
    return card(heading(words("Leave this account")), [said])


def left(view: Left, words: Words) -> Card:
    """That it is done."""
    said = section(
        line(bold(words("You have left this account")), top=view.account_name, start=icon(Icon.LIVE, words)),
        buttons(button(words("Go home"), Press(Action.RETURN_HOME))),
    )
    return card(heading(words("Goodbye")), [said])
