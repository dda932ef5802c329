"""Going for good: deleting what is known of a person, and closing an account. What goes, what stays, a typed yes.

Parameter: `account_id`. Form field: `typed`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, card, field_error, footer, heading, listed, section
from cards.markup import bold
from cards.widgets import Style, button, buttons, line, paragraph, text_field
from cards.words import Words

TYPED_LIMIT = 120  # characters of what is typed to confirm


@dataclass(frozen=True, slots=True)
class DeleteMe:
    """The person's data is about to be deleted. `accounts`: which they leave by that; `files`: titles that stop."""

    email: str
    accounts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class OwnsAccounts:
    """The person cannot be deleted: these accounts would be nobody's without them."""

    email: str
    accounts: tuple[str, ...]
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class DeletedMe:
    """Nothing is known of the person any more."""


@dataclass(frozen=True, slots=True)
class CloseAccount:
    """An account is about to be closed by its only owner. `files`: titles of the sheets that stop."""

    account_id: str
    account_name: str
    shops: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    people: int = 1
    error: str = ""


@dataclass(frozen=True, slots=True)
class OtherOwners:
    """The account cannot be closed: others own it too."""

    account_name: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosedAccount:
    """The account is closed. `is_cleaning`: buyers' data is still being taken out of its sheets."""

    account_name: str
    is_cleaning: bool = False


def delete_me(view: DeleteMe, words: Words) -> Card:
    """What is deleted and what is not, then the typed yes."""
    accounts, more_accounts = listed(view.accounts, words, limit=10)
    files, more_files = listed(view.files, words, limit=10)
    said = section(
        line(bold(view.email), start=icon(Icon.PERSON, words)),
        paragraph(
            words("We delete your address, your memberships, your consents and invitations to you. In the record of"
                  " an account a made-up name takes your place.")
        ),
        paragraph(
            words("Lines that name your address, such as an invitation, stay as long as the record is kept.")
        ),
        paragraph(words("What was written into sheets stays there. It cannot be undone.")),
    )  # fmt: skip
    leaves = section(
        [line(name, start=icon(Icon.STORE, words)) for name in accounts],
        more_accounts,
        header=words("You leave these accounts"),
    )
    stops = section(
        [line(title, start=icon(Icon.SHEET, words)) for title in files],
        more_files,
        header=words("These files stop updating"),
    )
    ask = section(text_field("typed", words("Type your address"), limit=TYPED_LIMIT), field_error(view.error, words))
    parts = [said, *([leaves] if view.accounts else []), *([stops] if view.files else []), ask]
    keep = button(words("Keep my data"), Press(Action.ACCOUNT), style=Style.BORDERLESS)
    submit = button(words("Delete my data"), Press(Action.CONFIRM_DELETE_ME))
    return card(heading(words("Delete my data")), parts, fixed=footer(submit, keep))


def owns_accounts(view: OwnsAccounts, words: Words) -> Card:
    """Why not, and what to do first."""
    accounts, more = listed(view.accounts, words, limit=10)
    people = button(words("Show people"), Press(Action.PEOPLE)) if Action.PEOPLE in view.may else None
    close = button(words("Close account"), Press(Action.CLOSE_ACCOUNT)) if Action.CLOSE_ACCOUNT in view.may else None
    said = section(
        line(bold(words("You are the last owner")), bottom=view.email, start=icon(Icon.LOCKED, words)),
        paragraph(words("These accounts would be nobody's. First make somebody else the owner, or close them:")),
        [line(name, start=icon(Icon.STORE, words)) for name in accounts],
        more,
        buttons(people, close, button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)),
    )
    return card(heading(words("Delete my data")), [said])


def deleted_me(_view: DeletedMe, words: Words) -> Card:
    """That it is done, and what is left to do at Google."""
    said = section(
        line(bold(words("Your data is deleted")), start=icon(Icon.LIVE, words)),
        paragraph(
            words("Remove Rowstream in Google Sheets as well, under Extensions, so that it is not opened again.")
        ),
        paragraph(words("If you open it once more, you begin as somebody new.")),
    )
    return card(heading(words("Goodbye")), [said])


def close_account(view: CloseAccount, words: Words) -> Card:
    """What ends and what is deleted, then the typed yes."""
    shops, more_shops = listed(view.shops, words, limit=10)
    files, more_files = listed(view.files, words, limit=10)
    people = words.plural("{count} person loses access", "{count} people lose access", view.people)
    said = section(
        line(bold(view.account_name), bottom=people, start=icon(Icon.STORE, words)),
        paragraph(
            words("The shops are disconnected, sheets stop, and buyers' data is deleted from our database and from the"
                  " sheets. The other rows stay in the sheets. It cannot be undone.")
        ),
    )  # fmt: skip
    ends = section(
        [line(name, start=icon(Icon.BROKEN, words)) for name in shops],
        more_shops,
        [line(title, start=icon(Icon.SHEET, words)) for title in files],
        more_files,
        header=words("What stops"),
    )
    ask = section(
        text_field("typed", words("Type the account's name"), limit=TYPED_LIMIT),
        field_error(view.error, words),
    )
    parts = [said, *([ends] if view.shops or view.files else []), ask]
    submit = button(words("Close account"), Press(Action.CONFIRM_CLOSE_ACCOUNT, {"account_id": view.account_id}))
    keep = button(words("Keep it"), Press(Action.ACCOUNT), style=Style.BORDERLESS)
    return card(heading(words("Close this account")), parts, fixed=footer(submit, keep))


def other_owners(view: OtherOwners, words: Words) -> Card:
    """Why not, and whom it takes."""
    owners, more = listed(view.owners, words, limit=10)
    said = section(
        line(bold(words("Others own this account too")), top=view.account_name, start=icon(Icon.LOCKED, words)),
        paragraph(
            words("Only its last owner can close an account. These people leave it first, or change their role:")
        ),
        [line(each, start=icon(Icon.PERSON, words)) for each in owners],
        more,
        buttons(
            button(words("Show people"), Press(Action.PEOPLE), style=Style.FILLED),
            button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS),
        ),
    )
    return card(heading(words("Close this account")), [said])


def closed_account(view: ClosedAccount, words: Words) -> Card:
    """That it is done, and what is still under way."""
    cleaning = paragraph(words("Buyers' data is being taken out of the sheets. That may take a few minutes."))
    said = section(
        line(bold(words("The account is closed")), top=view.account_name, start=icon(Icon.LIVE, words)),
        cleaning if view.is_cleaning else None,
        buttons(button(words("Go home"), Press(Action.RETURN_HOME))),
    )
    return card(heading(words("Goodbye")), [said])
