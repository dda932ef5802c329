"""One's own: which account, what Rowstream knows of the person, help, and signing out.

Parameters: `account_id`, `find`, `page`.
Form field: `find`.
"""

from dataclasses import dataclass

from cards.actions import Action, Link, Press
from cards.icons import Icon, icon
from cards.layout import Card, Pager, branded, card, footer, heading, listed, pages, section
from cards.markup import bold
from cards.people_words import role_title
from cards.welcome import InvitationLine, invitation_section
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph, text_field
from cards.words import Words

FEW_ACCOUNTS = 10  # that are found by looking; more can be searched
FIND_LIMIT = 60  # characters of a search


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account that the viewer is a member of."""

    account_id: str
    name: str
    role: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class ChooseAccount:
    """The accounts to choose from in an unbound file: one page of those found. A bound file decides by itself.

    `total`: of all accounts of the viewer; many of them can be searched by `find`.
    """

    accounts: tuple[AccountLine, ...]
    total: int
    pager: Pager
    find: str = ""


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """The person, their accounts, and what they are invited to. `has_consents`: we write as them somewhere."""

    email: str
    accounts: tuple[AccountLine, ...] = ()
    plan: str = ""
    invitations: tuple[InvitationLine, ...] = ()
    may: frozenset[Action] = frozenset()
    has_consents: bool = False


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
    """Every account with the viewer's role in it; a field to find one where there are many."""
    find = Press(Action.CHOOSE_ACCOUNT, {"page": "0"})
    search = section()
    if view.total > FEW_ACCOUNTS:
        search = section(
            text_field("find", words("Find an account"), value=view.find, limit=FIND_LIMIT),
            buttons(button(words("Find"), find)),
        )
    turn = Press(Action.CHOOSE_ACCOUNT, {"find": view.find} if view.find else {})
    none = None if view.accounts else paragraph(words("No account of yours is called so."))
    new = button(words("Open another account"), Press(Action.NEW_ACCOUNT), style=Style.BORDERLESS)
    shown, more = listed(view.accounts, words)
    return card(
        heading(words("Choose an account"), words("For this sheet")),
        [
            search,
            section([_account(each, words) for each in shown], more, none, pages(view.pager, turn, words)),
            section(buttons(new)),
        ],
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

    def quiet(label: str, action: Action) -> Button | None:
        return button(label, Press(action), style=Style.BORDERLESS) if action in view.may else None

    shown, more = listed(view.accounts, words, limit=10)
    return card(
        branded(words("Manage account"), view.email, words),
        [
            *(invitation_section(each, Style.OUTLINED, words) for each in view.invitations[:3]),
            section([_account(each, words) for each in shown], more, header=words("Your accounts")),
            section(line(view.plan, top=words("Plan"), start=icon(Icon.PRESET, words)) if view.plan else None),
            section(
                buttons(
                    door(words("Manage shops"), Action.SHOPS),
                    door(words("Manage people"), Action.PEOPLE),
                    door(words("Manage buyers' data"), Action.PRIVACY),
                    door(words("Switch account"), Action.CHOOSE_ACCOUNT) if len(view.accounts) > 1 else None,
                    door(words("Your consents"), Action.OWN_CONSENTS) if view.has_consents else None,
                    door(words("Leave this account"), Action.LEAVE_ACCOUNT),
                    button(words("Sign out"), Press(Action.SIGN_OUT), style=Style.BORDERLESS),
                )
            ),
            section(
                buttons(
                    quiet(words("Delete my data"), Action.DELETE_ME),
                    quiet(words("Close this account"), Action.CLOSE_ACCOUNT),
                ),
                header=words("For good"),
            ),
        ],
    )


def confirm_sign_out(view: ConfirmSignOut, words: Words) -> Card:
    """What ends, then the button."""
    said = section(
        line(bold(view.email), start=icon(Icon.PERSON, words)),
        paragraph(
            words("We forget your session, and the consents you gave us end. Sheets that our writer keeps up go on.")
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
