"""One's own: which account, what Rowstream knows of the person, help, and signing out. Parameter: `account_id`."""

from dataclasses import dataclass

from cards.actions import Action, Link, Press
from cards.icons import Icon, icon
from cards.layout import Card, branded, card, footer, heading, listed, section
from cards.markup import bold
from cards.people_words import role_title
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph
from cards.words import Words


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account that the viewer is a member of."""

    account_id: str
    name: str
    role: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class ChooseAccount:
    """The accounts to choose from in an unbound file. A bound file decides by itself."""

    accounts: tuple[AccountLine, ...]


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """The person and their accounts."""

    email: str
    accounts: tuple[AccountLine, ...] = ()
    plan: str = ""
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class ConfirmSignOut:
    """What signing out does. `offline_files`: titles that are written with this person's own consent."""

    email: str
    offline_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The person is signed out."""


@dataclass(frozen=True, slots=True)
class Help:
    """Where to read on and whom to ask; addresses are paths of our own service."""

    support_email: str = ""


def choose_account(view: ChooseAccount, words: Words) -> Card:
    """Every account with the viewer's role in it."""
    shown, more = listed(view.accounts, words)
    new = button(words("Open another account"), Press(Action.NEW_ACCOUNT), style=Style.BORDERLESS)
    return card(
        heading(words("Choose an account"), words("For this sheet")),
        [section([_account(each, words) for each in shown], more), section(buttons(new))],
    )


def _account(account: AccountLine, words: Words) -> Widget:
    return line(
        bold(account.name),
        top=role_title(account.role, words),
        bottom=words("In use here") if account.is_current else "",
        start=icon(Icon.STORE, words),
        on=Press(Action.CHOOSE_ACCOUNT, {"account_id": account.account_id}),
    )


def account_overview(view: AccountOverview, words: Words) -> Card:
    """Who is signed in, where they are a member, and the doors."""

    def door(label: str, action: Action) -> Button | None:
        return button(label, Press(action)) if action in view.may else None

    shown, more = listed(view.accounts, words, limit=10)
    return card(
        branded(words("Manage account"), view.email, words),
        [
            section([_account(each, words) for each in shown], more, header=words("Your accounts")),
            section(line(view.plan, top=words("Plan"), start=icon(Icon.PRESET, words)) if view.plan else None),
            section(
                buttons(
                    door(words("Manage shops"), Action.SHOPS),
                    door(words("Manage people"), Action.PEOPLE),
                    button(words("Sign out"), Press(Action.SIGN_OUT), style=Style.BORDERLESS),
                )
            ),
        ],
    )


def confirm_sign_out(view: ConfirmSignOut, words: Words) -> Card:
    """What ends, then the button."""
    said = section(
        line(bold(view.email), start=icon(Icon.PERSON, words)),
        paragraph(
            words("We forget your session and take back the consents you gave us. Sheets of your account go on.")
        ),
    )
    files = [line(each, start=icon(Icon.SHEET, words)) for each in view.offline_files[:10]]
    leave = button(words("Sign out"), Press(Action.CONFIRM_SIGN_OUT))
    stay = button(words("Stay signed in"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    stops = section(files, header=words("These files stop updating"))
    return card(heading(words("Sign out")), [said, stops], fixed=footer(leave, stay))


def signed_out(_view: SignedOut, words: Words) -> Card:
    """That it is done, and how to come back."""
    said = section(
        line(bold(words("You are signed out")), start=icon(Icon.LIVE, words)),
        paragraph(words("To come back, open Rowstream in any sheet.")),
        buttons(button(words("Sign in again"), Press(Action.RETURN_HOME))),
    )
    return card(heading(words("Goodbye")), [said])


def help_card(view: Help, words: Words) -> Card:
    """Answers, rules, and whom to write to."""
    pages = (
        (words("Read the guide"), "/help"),
        (words("Contact support"), "/support"),
        (words("Read the privacy policy"), "/privacy"),
        (words("Read the terms"), "/terms"),
    )
    links = [line(label, start=icon(Icon.OPEN, words), on=Link(path)) for label, path in pages]
    ask = (
        line(view.support_email, top=words("Write to us"), start=icon(Icon.EMAIL, words))
        if view.support_email
        else None
    )
    tip = paragraph(words("When something went wrong, send us the support reference that the card shows."))
    back = button(words("Go home"), Press(Action.RETURN_HOME))
    return card(
        branded(words("Help"), words("Orders, live in your sheet"), words),
        [section(links), section(ask, tip, buttons(back))],
    )
