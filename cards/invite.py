"""Inviting: one person by address, or everybody at a company; and what was made of it.

Form fields: `email` or `domain`, and those of `access`. Parameters: none.
"""

from dataclasses import dataclass

from cards.access import Access, access_fields
from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, card, field_error, footer, heading, section
from cards.markup import bold
from cards.people_words import role_title
from cards.widgets import Style, button, buttons, line, paragraph, text_field
from cards.words import Words

EMAIL_LIMIT = 254  # characters of an address
DOMAIN_LIMIT = 253  # characters of a domain


@dataclass(frozen=True, slots=True)
class InviteForm:
    """Whom to invite, and what they get."""

    account_name: str
    access: Access
    email: str = ""
    email_error: str = ""


@dataclass(frozen=True, slots=True)
class InviteDomain:
    """Which company to let in, and what its people get. Its roles are those that a whole company may have."""

    account_name: str
    access: Access
    domain: str = ""
    domain_error: str = ""


@dataclass(frozen=True, slots=True)
class InvitationSent:
    """An invitation that was just made, with the one-time code that its guest may be asked for."""

    account_name: str
    email: str
    role: str
    code: str


@dataclass(frozen=True, slots=True)
class DomainInvited:
    """A company that was just let in."""

    account_name: str
    domain: str
    role: str


def invite_form(view: InviteForm, words: Words) -> Card:
    """Address, role, shops, and when the access ends."""
    whom = section(
        text_field(
            "email",
            words("E-mail"),
            value=view.email,
            hint=words("The address they use with Google"),
            limit=EMAIL_LIMIT,
        ),
        field_error(view.email_error, words),
    )
    note = section(paragraph(words("They accept by opening Rowstream with that address within 7 days.")))
    send = button(words("Make invitation"), Press(Action.SEND_INVITATION))
    return card(
        heading(words("Invite someone"), view.account_name),
        [whom, *access_fields(view.access, words("Role"), words), note],
        fixed=footer(send, _back(words)),
    )


def _back(words: Words) -> dict[str, object]:
    return button(words("Show people"), Press(Action.PEOPLE), style=Style.BORDERLESS)


def invite_domain(view: InviteDomain, words: Words) -> Card:
    """The company's domain, and what everybody there gets."""
    lead = section(
        paragraph(words("Everybody with a Google Workspace account of this company can join by themselves.")),
        text_field(
            "domain",
            words("Domain"),
            value=view.domain,
            hint=words("What stands behind the @, such as company.com"),
            limit=DOMAIN_LIMIT,
        ),
        field_error(view.domain_error, words),
    )
    note = section(
        paragraph(words("You see who joined under People. The offer stands for a year, or until you withdraw it."))
    )
    send = button(words("Let them join"), Press(Action.SEND_DOMAIN_INVITATION))
    return card(
        heading(words("Invite a company"), view.account_name),
        [lead, *access_fields(view.access, words("Role of everybody who joins"), words), note],
        fixed=footer(send, _back(words)),
    )


def invitation_sent(view: InvitationSent, words: Words) -> Card:
    """What the guest does now, and the code to hand over."""
    role = role_title(view.role, words)
    said = section(
        line(bold(view.email), top=role, start=icon(Icon.INVITATION, words)),
        paragraph(words("Rowstream sends no mail. Tell them to open Rowstream in any sheet, with this address.")),
    )
    code = section(
        line(bold(view.code), top=words("One-time code"), start=icon(Icon.KEY, words)),
        paragraph(
            words(
                "Some addresses need this code to accept. Hand it over by phone or message. It is shown only now; a new"
                " invitation makes a new one."
            )
        ),
        header=words("If they are asked for a code"),
    )
    more = button(words("Invite someone else"), Press(Action.INVITE), style=Style.BORDERLESS)
    back = button(words("Show people"), Press(Action.PEOPLE), style=Style.OUTLINED)
    return card(heading(words("Invitation made"), view.account_name), [said, code, section(buttons(back, more))])


def domain_invited(view: DomainInvited, words: Words) -> Card:
    """Who may come now, and how."""
    said = section(
        line(
            bold(words("Everyone at {domain}", domain=view.domain)),
            top=role_title(view.role, words),
            start=icon(Icon.INVITATION, words),
        ),
        paragraph(words("Tell them to open Rowstream in any sheet. Google must know them as people of that company.")),
        paragraph(words("You share the sheet itself in Google, as before.")),
        buttons(button(words("Show people"), Press(Action.PEOPLE), style=Style.OUTLINED)),
    )
    return card(heading(words("The company can join"), view.account_name), [said])
