"""Who has which role: members, invitations, one member, and the account's switches for optional columns and deeds.

Form fields: `email`, `role`, `days` (access ends after so many days; empty for no end), and one per switch, named as
the parameter `switch`. Parameters: `member_id`, `invitation_id`, `switch`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, field_error, footer, heading, listed, section
from cards.markup import bold
from cards.people_words import role_choices, role_title
from cards.widgets import Choice, Style, Widget, button, buttons, dropdown, line, paragraph, radio, switch, text_field
from cards.words import Words

EMAIL_LIMIT = 254  # characters of an address
MAX_GROUPS = 8  # roles with switches on one card
MAX_SWITCHES = 6  # switches of one role: all together stay below the limits of widgets and size


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member. `name` is the address when no name is known; `ends_s`: seconds until the access ends."""

    member_id: str
    name: str
    role: str
    is_you: bool = False
    ends_s: int | None = None


@dataclass(frozen=True, slots=True)
class SentInvitation:
    """An invitation that is open."""

    invitation_id: str
    email: str
    role: str
    expires_s: int


@dataclass(frozen=True, slots=True)
class People:
    """The members and open invitations of an account."""

    account_name: str
    members: tuple[MemberLine, ...]
    invitations: tuple[SentInvitation, ...] = ()
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class InviteForm:
    """Whom to invite, as what. `endings` offers when the access ends, its words display-ready."""

    account_name: str
    roles: tuple[str, ...]
    email: str = ""
    role: str = ""
    endings: tuple[Choice, ...] = ()
    email_error: str = ""
    role_error: str = ""


@dataclass(frozen=True, slots=True)
class InvitationSent:
    """An invitation that was just made, with the one-time code that its guest may be asked for."""

    account_name: str
    email: str
    role: str
    code: str


@dataclass(frozen=True, slots=True)
class MemberDetail:
    """One member. `roles` are those the viewer may give; `files` are titles of bound files for the member's role."""

    member_id: str
    name: str
    email: str
    role: str
    roles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    joined: str = ""
    is_you: bool = False
    role_error: str = ""
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class ConfirmRevoke:
    """What happens when a member's access ends; `files` are titles that they can still open in Drive."""

    member_id: str
    name: str
    role: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleSwitch:
    """One optional cell of the matrices: what it opens, in display-ready words."""

    switch: str
    label: str
    sentence: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class SwitchGroup:
    """The switches of one role."""

    role: str
    switches: tuple[RoleSwitch, ...]


@dataclass(frozen=True, slots=True)
class RoleSwitches:
    """Every optional cell of an account. `pausing` names tabs that a change has just paused."""

    account_name: str
    groups: tuple[SwitchGroup, ...]
    pausing: tuple[str, ...] = ()


def people(view: People, words: Words) -> Card:
    """Members, open invitations, and the ways to change them."""
    shown, more = listed(view.members, words, limit=25)
    waiting, later = listed(view.invitations, words, limit=15)
    invite = switches = None
    if Action.INVITE in view.may:
        invite = button(words("Invite someone"), Press(Action.INVITE), style=Style.FILLED)
    if Action.ROLE_SWITCHES in view.may:
        switches = button(words("Set what roles see"), Press(Action.ROLE_SWITCHES))
    return card(
        heading(words("People"), view.account_name),
        [
            section(buttons(invite, switches)),
            section([_member(each, view.may, words) for each in shown], more, header=words("Members")),
            section(
                [widget for each in waiting for widget in _sent(each, view.may, words)], later, header=words("Invited")
            ),
        ],
    )


def _member(member: MemberLine, may: frozenset[Action], words: Words) -> Widget:
    remarks = [words("This is you")] if member.is_you else []
    if member.ends_s is not None:
        remarks.append(words("Access ends {moment}", moment=words.ago(-member.ends_s)))
    on = Press(Action.MEMBER, {"member_id": member.member_id}) if Action.MEMBER in may else None
    return line(
        member.name,
        top=role_title(member.role, words),
        bottom=" · ".join(remarks),
        start=icon(Icon.PERSON, words),
        on=on,
    )


def _sent(invitation: SentInvitation, may: frozenset[Action], words: Words) -> list[Widget]:
    """Whom; the button below, because an address needs the whole width."""
    press = Press(Action.REVOKE_INVITATION, {"invitation_id": invitation.invitation_id})
    revoke = button(words("Withdraw"), press, style=Style.BORDERLESS) if press.action in may else None
    guest = line(
        invitation.email,
        top=role_title(invitation.role, words),
        bottom=words("Expires {moment}", moment=words.ago(-invitation.expires_s)),
        start=icon(Icon.INVITATION, words),
    )
    return [guest, *buttons(revoke)]


def invite_form(view: InviteForm, words: Words) -> Card:
    """Address, role, and when the access ends."""
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
    role = section(
        radio("role", words("Role"), role_choices(view.roles, view.role, words)), field_error(view.role_error, words)
    )
    until = section(dropdown("days", words("Access ends"), view.endings) if view.endings else None)
    note = section(paragraph(words("They accept by opening Rowstream with that address within 7 days.")))
    send = button(words("Make invitation"), Press(Action.SEND_INVITATION))
    back = button(words("Show people"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(
        heading(words("Invite someone"), view.account_name), [whom, role, until, note], fixed=footer(send, back)
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


def member_detail(view: MemberDetail, words: Words) -> Card:
    """Who this is, what they can open, and changing or ending it."""
    known = {"member_id": view.member_id}
    who = section(
        line(bold(view.name), top=role_title(view.role, words), bottom=view.email, start=icon(Icon.PERSON, words)),
        line(view.joined, top=words("Joined"), start=icon(Icon.CLOCK, words)) if view.joined else None,
    )
    change = section()
    if view.roles and Action.CHANGE_ROLE in view.may:
        press = Press(Action.CHANGE_ROLE, known)
        change = section(
            radio("role", words("New role"), role_choices(view.roles, view.role, words)),
            field_error(view.role_error, words),
            buttons(button(words("Change role"), press, style=Style.FILLED)),
            header=words("Role"),
        )
    end = None
    if Action.REVOKE_MEMBER in view.may and not view.is_you:
        end = button(words("End access"), Press(Action.REVOKE_MEMBER, known), style=Style.BORDERLESS)
    back = None
    if Action.PEOPLE in view.may:
        back = button(words("Show people"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(
        heading(view.name, words("Member")),
        [who, _files(view.files, words("Files for this role"), words), change, section(buttons(end, back))],
    )


def _files(files: tuple[str, ...], header: str, words: Words) -> Section:
    shown, more = listed(files, words, limit=10)
    return section([line(each, start=icon(Icon.SHEET, words)) for each in shown], more, header=header, open_lines=3)


def confirm_revoke(view: ConfirmRevoke, words: Words) -> Card:
    """What ends here and what must be ended in Drive, then the button."""
    said = section(
        line(bold(view.name), top=role_title(view.role, words), start=icon(Icon.PERSON, words)),
        paragraph(words("Access to Rowstream ends at once.")),
    )
    stays = section()
    if view.files:
        shown = [line(each, start=icon(Icon.SHEET, words)) for each in view.files[:10]]
        stays = section(
            paragraph(words("These files are shared with them in Drive. Remove them there too: we pause until then.")),
            shown,
            header=words("Still shared"),
        )
    submit = button(words("End access"), Press(Action.CONFIRM_REVOKE, {"member_id": view.member_id}))
    keep = button(words("Keep access"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(heading(words("End someone's access")), [said, stays], fixed=footer(submit, keep))


def role_switches(view: RoleSwitches, words: Words) -> Card:
    """A switch per optional cell, sent as soon as it is moved."""
    lead = section(
        paragraph(words("Some things are closed unless you open them. A change counts at once, also in sheets."))
    )
    paused = section()
    if view.pausing:
        paused = section(
            line(bold(words("These tabs were paused")), start=icon(Icon.PAUSED, words)),
            [line(each, start=icon(Icon.SHEET, words)) for each in view.pausing[:10]],
        )
    groups = [_group(group, words) for group in view.groups[:MAX_GROUPS]]
    back = button(words("Show people"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(heading(words("What roles see"), view.account_name), [lead, paused, *groups, section(buttons(back))])


def _group(group: SwitchGroup, words: Words) -> Section:
    header = words("{role} may also", role=role_title(group.role, words))
    return section([_switch(each) for each in group.switches[:MAX_SWITCHES]], header=header)


def _switch(each: RoleSwitch) -> Widget:
    press = Press(Action.SET_SWITCH, {"switch": each.switch})
    return switch(each.label, name=each.switch, on=each.is_on, press=press, bottom=each.sentence)
