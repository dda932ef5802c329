"""What a person sees before a sheet of theirs is live: allowing the file, first run, invitations, an unbound file.

Also the two cards that must say as little as possible: the stranger's and the copied file's.
Form fields: `account_name`, `code`. Parameters: `invitation_id`, `account_id`.
"""

from dataclasses import dataclass

from cards.actions import Action, Link, Opens, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, branded, card, field_error, footer, heading, listed, section
from cards.markup import bold
from cards.news import Leak, news_section
from cards.people_words import role_word
from cards.shops import ShopLine, shop_line
from cards.trouble import Trouble
from cards.widgets import Style, Widget, button, buttons, line, paragraph, text_field
from cards.words import Words

ACCOUNT_NAME_LIMIT = 60  # characters; shown in headers
CODE_LIMIT = 12  # characters of a one-time code, with room for spaces


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One of the viewer's bound files. `url` opens it in Google Sheets."""

    title: str
    url: str
    account_name: str
    updated_s: int | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class AllowFile:
    """The open file is not granted to the add-on yet."""

    sheets: tuple[SheetLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AllowFileHelp:
    """The grant was refused, or Google said it was given and still does not name the file."""


@dataclass(frozen=True, slots=True)
class FirstRun:
    """A person without account or invitation, or one who opens another account (`is_first` false)."""

    email: str
    account_name: str = ""
    error: str = ""
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that waits for the viewer. `is_offer`: the viewer is a member and is offered the account."""

    invitation_id: str
    account_name: str
    role: str
    expires_s: int
    is_offer: bool = False


@dataclass(frozen=True, slots=True)
class Invitations:
    """A person who was invited and has not accepted yet."""

    invitations: tuple[InvitationLine, ...]


@dataclass(frozen=True, slots=True)
class ConfirmCode:
    """An invitation to an address that needs proof: the one-time code that the person who invites has handed over."""

    invitation_id: str
    account_name: str
    email: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class UnboundFile:
    """A member in a file that is not bound: the next step, and the sheets they have elsewhere."""

    file_title: str
    account_name: str
    role: str
    shops: tuple[ShopLine, ...] = ()
    sheets: tuple[SheetLine, ...] = ()
    leaks: tuple[Leak, ...] = ()
    account_count: int = 1
    invitations: tuple[InvitationLine, ...] = ()
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """A copy of a bound file. It carries the look of one and is not one."""

    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class Stranger:
    """A person without membership in a bound file. The card names nobody and shows nothing."""


def allow_file(view: AllowFile, words: Words) -> Card:
    """Why the file is needed, and the one button."""
    ask = section(
        paragraph(words("Rowstream writes your TikTok Shop orders into the sheet you choose and keeps them current.")),
        line(
            bold(words("Only this sheet")),
            bottom=words("We see the file you allow and no other file in your Drive."),
            start=icon(Icon.SAFE, words),
        ),
        buttons(button(words("Allow access to this sheet"), Press(Action.ALLOW_FILE), style=Style.FILLED)),
    )
    return card(
        branded(words("Rowstream"), words("Orders, live in your sheet"), words), [ask, your_sheets(view.sheets, words)]
    )


def allow_file_help(_view: AllowFileHelp, words: Words) -> Card:
    """What to try when the grant did not arrive; never the same button alone."""
    steps = (
        words("Reload this browser tab and open Rowstream again."),
        words("Check that you are signed in with the Google account that can edit this file."),
        words("If your organisation blocks add-ons, ask its administrator to allow Rowstream."),
    )
    tries = [line(step, top=words("Step {number}", number=number)) for number, step in enumerate(steps, 1)]
    ways = buttons(
        button(words("Check again"), Press(Action.RETURN_HOME), style=Style.FILLED),
        button(words("Ask for access again"), Press(Action.ALLOW_FILE)),
        button(words("Open help"), Press(Action.HELP), style=Style.BORDERLESS),
    )
    lead = paragraph(words("Google has not given us access to this sheet yet. Nothing was changed."))
    return card(heading(words("We cannot see this sheet yet")), [section(lead), section(tries, ways)])


def first_run(view: FirstRun, words: Words) -> Card:
    """Welcome, one sentence, and the name of the new account."""
    greeting = (
        words("Your TikTok Shop orders, live in this sheet. Each person sees only their part.")
        if view.is_first
        else words("An account is one seller business with its shops and its people.")
    )
    form = section(
        paragraph(greeting),
        text_field(
            "account_name",
            words("Name of your business"),
            value=view.account_name,
            hint=words("Your team sees this name"),
            limit=ACCOUNT_NAME_LIMIT,
        ),
        field_error(view.error, words),
        line(view.email, top=words("You will be the owner"), start=icon(Icon.PERSON, words)),
    )
    title = words("Welcome to Rowstream") if view.is_first else words("Open another account")
    submit = button(words("Open account"), Press(Action.OPEN_ACCOUNT))
    return card(branded(title, words("Orders, live in your sheet"), words), [form], fixed=footer(submit))


def invitations(view: Invitations, words: Words) -> Card:
    """Who invited as what, and a button to accept."""
    shown, more = listed(view.invitations, words, limit=10)
    style = Style.FILLED if len(view.invitations) == 1 else Style.OUTLINED
    waiting = [invitation_section(each, style, words) for each in shown]
    other = section(
        paragraph(words("Not for you? You can open an account of your own.")),
        buttons(button(words("Open my own account"), Press(Action.NEW_ACCOUNT), style=Style.BORDERLESS)),
    )
    return card(
        branded(words("You are invited"), words("Orders, live in your sheet"), words), [*waiting, section(more), other]
    )


def invitation_section(invitation: InvitationLine, style: Style, words: Words) -> Section:
    """One invitation, what it gives, and the button to accept."""
    press = Press(Action.ACCEPT_INVITATION, {"invitation_id": invitation.invitation_id})
    role = role_word(invitation.role, words)
    accept = words("Become owner") if invitation.is_offer else words("Accept invitation")
    return section(
        line(
            bold(invitation.account_name),
            top=words("Become the owner") if invitation.is_offer else words("Join as {role}", role=role),
            bottom=words("Expires {moment}", moment=words.ago(-invitation.expires_s)),
            start=icon(Icon.INVITATION, words),
        ),
        buttons(button(accept, press, style=style)),
    )


def confirm_code(view: ConfirmCode, words: Words) -> Card:
    """The field for the code, and where to get it."""
    form = section(
        paragraph(
            words("Google cannot tell us that {email} is yours, so this invitation needs a code.", email=view.email)
        ),
        paragraph(words("The person who invited you has it. Ask for it by phone or message, not by e-mail.")),
        text_field("code", words("Code of the invitation"), limit=CODE_LIMIT),
        field_error(view.error, words),
    )
    known = {"invitation_id": view.invitation_id}
    submit = button(words("Confirm code"), Press(Action.CONFIRM_CODE, known))
    home = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    return card(heading(words("Confirm your address"), view.account_name), [form], fixed=footer(submit, home))


def unbound_file(view: UnboundFile, words: Words) -> Card:
    """The next step for this file, the account's shops, and the viewer's sheets elsewhere."""
    subtitle = words("{account}, {role}", account=view.account_name, role=role_word(view.role, words))
    shops = [shop_line(each, words) for each in view.shops[:5]]
    return card(
        branded(view.file_title, subtitle, words),
        [
            section(_next_step(view, words), header=words("Next step")),
            news_section((), view.leaks, words),
            section(shops, header=words("Shops")),
            *(invitation_section(each, Style.OUTLINED, words) for each in view.invitations[:3]),
            your_sheets(view.sheets, words),
            section(_other_doors(view, words)),
        ],
    )


def _next_step(view: UnboundFile, words: Words) -> list[Widget]:
    if view.shops and Action.CHOOSE_PROFILE in view.may:
        sentence = words("Choose what this sheet shows, and for whom.")
        step = button(words("Choose a profile"), Press(Action.CHOOSE_PROFILE), style=Style.FILLED)
    elif not view.shops and Action.CONNECT_SHOP in view.may:
        sentence = words("Connect your TikTok Shop. Then choose what this sheet shows.")
        step = button(words("Connect a shop"), Press(Action.CONNECT_SHOP), style=Style.FILLED)
    else:
        return [paragraph(words("This file is not connected. An owner or admin of your account can connect it."))]
    return [paragraph(sentence), *buttons(step)]


def _other_doors(view: UnboundFile, words: Words) -> list[Widget]:
    def door(label: str, action: Action) -> dict[str, object] | None:
        return button(label, Press(action), style=Style.BORDERLESS) if action in view.may else None

    switch = view.account_count > 1
    return buttons(
        door(words("Manage people"), Action.PEOPLE),
        door(words("Manage shops"), Action.SHOPS) if view.shops else None,
        door(words("Show costs"), Action.COSTS) if view.shops else None,
        door(words("Open the finance desk"), Action.DESK) if view.shops else None,
        door(words("Switch account"), Action.CHOOSE_ACCOUNT) if switch else None,
    )


def your_sheets(sheets: tuple[SheetLine, ...], words: Words) -> Section:
    """The viewer's sheets elsewhere, each opening in a browser tab; empty when there are none."""
    shown, more = listed(sheets, words, limit=10)
    return section([_sheet(each, words) for each in shown], more, header=words("Your sheets"), open_lines=3)


def _sheet(sheet: SheetLine, words: Words) -> Widget:
    if sheet.trouble is not None:
        state = words("Needs attention")
    elif sheet.updated_s is None:
        state = words("Not updated yet")
    else:
        state = words("Updated {moment}", moment=words.ago(sheet.updated_s))
    return line(
        sheet.title,
        top=sheet.account_name,
        bottom=state,
        start=icon(Icon.SHEET if sheet.trouble is None else Icon.WARNING, words),
        on=Link(sheet.url, Opens.TAB),
    )


def copied_file(view: CopiedFile, words: Words) -> Card:
    """That this is a copy, what that means, and what can be done with it."""
    said = section(
        line(bold(words("A copy, not updated")), start=icon(Icon.COPY, words)),
        paragraph(words("This file was copied from a connected sheet. Its rows stay as they were when it was copied.")),
    )
    offer = Action.CHOOSE_PROFILE in view.may
    choose = button(words("Connect this file"), Press(Action.CHOOSE_PROFILE), style=Style.FILLED) if offer else None
    return card(heading(words("This is a copy")), [said, section(buttons(choose))])


def stranger(_view: Stranger, words: Words) -> Card:
    """That there is nothing here for this person, without saying who could change it by name."""
    return card(
        branded(words("Rowstream"), words("Orders, live in your sheet"), words),
        [
            section(
                line(bold(words("Nothing to show here")), start=icon(Icon.LOCKED, words)),
                paragraph(
                    words("Your Google account has no access to the data behind this file. Ask the one who shared it.")
                ),
                buttons(
                    button(words("Check again"), Press(Action.RETURN_HOME)),
                    button(words("Open help"), Press(Action.HELP), style=Style.BORDERLESS),
                ),
            )
        ],
    )
