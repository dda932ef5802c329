"""Who has which role: members, invitations, standing offers, one member, and the end of an access.

Form fields: those of `access`, and `remove` (on, or absent). Parameters: `member_id`, `invitation_id`.
"""

from dataclasses import dataclass

from cards.access import Access, access_fields
from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, footer, heading, listed, section
from cards.markup import bold, faint
from cards.people_words import role_title
from cards.widgets import Button, Choice, Style, Widget, button, buttons, check_boxes, line, paragraph
from cards.words import Words


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member. `name` is the address when no name is known; `ends_s`: seconds until the access ends.

    `came_by`: the domain whose offer let them in.
    """

    member_id: str
    name: str
    role: str
    is_you: bool = False
    ends_s: int | None = None
    came_by: str = ""


@dataclass(frozen=True, slots=True)
class SentInvitation:
    """An invitation that is open. `is_offer`: it hands the account over to a member."""

    invitation_id: str
    email: str
    role: str
    expires_s: int
    is_offer: bool = False


@dataclass(frozen=True, slots=True)
class DomainOffer:
    """A company whose people may join. `joined`: the addresses of those who did and are still here."""

    invitation_id: str
    domain: str
    role: str
    expires_s: int
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """The members, open invitations and standing offers of an account."""

    account_name: str
    members: tuple[MemberLine, ...]
    invitations: tuple[SentInvitation, ...] = ()
    offers: tuple[DomainOffer, ...] = ()
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class MemberDetail:
    """One member. `access`: what the viewer may give instead, None when they may not change this one.

    `files` are titles of bound files for the member's role; the other texts are display-ready, empty when there is
    nothing to say.
    """

    member_id: str
    name: str
    role: str
    access: Access | None = None
    files: tuple[str, ...] = ()
    joined: str = ""
    seen: str = ""
    ends: str = ""
    shops: str = ""
    came_by: str = ""
    is_you: bool = False
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class ConfirmRevoke:
    """What happens when a member's access ends; `files` are titles that they can still open in Drive, `stops` those
    that are written by their own consent.
    """

    member_id: str
    name: str
    role: str
    files: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that the person can still open, and why, in words."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccessEnded:
    """Somebody's access ended and they were taken out of files in Drive: `done`, and `left` where that was not ours."""

    name: str
    done: tuple[str, ...] = ()
    left: tuple[LeftFile, ...] = ()


def people(view: People, words: Words) -> Card:
    """Members, open invitations, standing offers, and the ways to change them."""
    shown, more = listed(view.members, words, limit=25)
    waiting, later = listed(view.invitations, words, limit=12)
    offers, further = listed(view.offers, words, limit=6)

    def door(label: str, action: Action, style: Style = Style.OUTLINED) -> Button | None:
        return button(label, Press(action), style=style) if action in view.may else None

    doors = buttons(
        door(words("Invite someone"), Action.INVITE, Style.FILLED),
        door(words("Invite a company"), Action.INVITE_DOMAIN),
        door(words("Set what roles see"), Action.ROLE_SWITCHES),
        door(words("Make roles"), Action.OWN_ROLES),
        door(words("Review access"), Action.ACCESS_REVIEW),
        door(words("Show the record"), Action.AUDIT_LOG),
    )
    return card(
        heading(words("People"), view.account_name),
        [
            section(doors),
            section([_member(each, view.may, words) for each in shown], more, header=words("Members")),
            section(
                [widget for each in waiting for widget in _sent(each, view.may, words)], later, header=words("Invited")
            ),
            section(
                [widget for each in offers for widget in _offer(each, view.may, words)],
                further,
                header=words("Companies that may join"),
            ),
        ],
    )


def _member(member: MemberLine, may: frozenset[Action], words: Words) -> Widget:
    remarks = [words("This is you")] if member.is_you else []
    if member.came_by:
        remarks.append(words("Joined as one of {domain}", domain=member.came_by))
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


def _withdraw(invitation_id: str, may: frozenset[Action], words: Words) -> list[Widget]:
    press = Press(Action.REVOKE_INVITATION, {"invitation_id": invitation_id})
    return buttons(button(words("Withdraw"), press, style=Style.BORDERLESS) if press.action in may else None)


def _sent(invitation: SentInvitation, may: frozenset[Action], words: Words) -> list[Widget]:
    """Whom; the button below, because an address needs the whole width."""
    role = role_title(invitation.role, words)
    guest = line(
        invitation.email,
        top=words("Offered the account") if invitation.is_offer else role,
        bottom=words("Expires {moment}", moment=words.ago(-invitation.expires_s)),
        start=icon(Icon.INVITATION, words),
    )
    return [guest, *_withdraw(invitation.invitation_id, may, words)]


def _offer(offer: DomainOffer, may: frozenset[Action], words: Words) -> list[Widget]:
    """Which company, and who came."""
    came, more = ", ".join(offer.joined[:3]), len(offer.joined) - 3
    names = words("{names} and {count} more", names=came, count=more) if more > 0 else came
    company = line(
        words("Everyone at {domain}", domain=offer.domain),
        top=role_title(offer.role, words),
        bottom=words("Joined: {names}", names=names) if came else words("Nobody has joined yet"),
        start=icon(Icon.PEOPLE, words),
    )
    return [company, *_withdraw(offer.invitation_id, may, words)]


def member_detail(view: MemberDetail, words: Words) -> Card:
    """Who this is, what they can open, and changing or ending it."""
    known = {"member_id": view.member_id}
    facts = (
        (words("Joined"), view.joined, Icon.CLOCK),
        (words("Joined as one of"), view.came_by, Icon.INVITATION),
        (words("Last here"), view.seen, Icon.SEEN),
        (words("Access ends"), view.ends, Icon.LATE),
        (words("Only these shops"), view.shops, Icon.STORE),
    )
    who = section(
        line(bold(view.name), top=role_title(view.role, words), start=icon(Icon.PERSON, words)),
        [line(text, top=top, start=icon(sign, words)) for top, text, sign in facts if text],
    )
    return card(
        heading(view.name, words("Member")),
        [
            who,
            _files(view.files, words("Files for this role"), words),
            *_change(view, known, words),
            section(_endings(view, known, words)),
        ],
    )


def _change(view: MemberDetail, known: dict[str, str], words: Words) -> list[Section]:
    if view.access is None or Action.CHANGE_ROLE not in view.may:
        return []
    change = button(words("Change access"), Press(Action.CHANGE_ROLE, known), style=Style.FILLED)
    return [*access_fields(view.access, words("Role"), words), section(buttons(change))]


def _endings(view: MemberDetail, known: dict[str, str], words: Words) -> list[Widget]:
    offer = end = back = None
    if Action.OFFER_OWNERSHIP in view.may and not view.is_you and view.role != "owner":
        offer = button(words("Hand the account over"), Press(Action.OFFER_OWNERSHIP, known))
    if Action.REVOKE_MEMBER in view.may and not view.is_you:
        end = button(words("End access"), Press(Action.REVOKE_MEMBER, known), style=Style.BORDERLESS)
    if Action.PEOPLE in view.may:
        back = button(words("Show people"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return buttons(offer, end, back)


def _files(files: tuple[str, ...], header: str, words: Words) -> Section:
    shown, more = listed(files, words, limit=10)
    return section([line(each, start=icon(Icon.SHEET, words)) for each in shown], more, header=header, open_lines=3)


def confirm_revoke(view: ConfirmRevoke, words: Words) -> Card:
    """What ends here, what is to end in Drive too, then the button."""
    said = section(
        line(bold(view.name), top=role_title(view.role, words), start=icon(Icon.PERSON, words)),
        paragraph(words("Access to Rowstream ends at once. Invitations they made are withdrawn.")),
    )
    also = Choice(
        "on",
        words("Also remove this person from the sheets"),
        selected=True,
        hint=words("From every connected file, with your own right to share it"),
    )
    sheets = section(
        check_boxes("remove", words("In Google"), [also]),
        paragraph(faint(words("A file that they can still open pauses. What they have seen, they have seen."))),
        [line(each, start=icon(Icon.SHEET, words)) for each in view.files[:10]],
        header=words("Sheets"),
    )
    stops = section(
        [line(each, start=icon(Icon.SHEET, words)) for each in view.stops[:10]],
        paragraph(faint(words("They are written by this person's consent. Somebody else can give theirs."))),
        header=words("These files stop updating"),
    )
    parts = [said, *([stops] if view.stops else []), sheets]
    submit = button(words("End access"), Press(Action.CONFIRM_REVOKE, {"member_id": view.member_id}))
    keep = button(words("Keep access"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(heading(words("End someone's access")), parts, fixed=footer(submit, keep))


def access_ended(view: AccessEnded, words: Words) -> Card:
    """From which files the person is out, and where that is still to be done, with why."""
    said = section(
        line(bold(view.name), top=words("Has no access any more"), start=icon(Icon.PERSON, words)),
        None if view.done or view.left else paragraph(words("No connected file was shared with them by name.")),
    )
    done, more = listed(view.done, words, limit=15)
    left, further = listed(view.left, words, limit=15)
    back = button(words("Show people"), Press(Action.PEOPLE), style=Style.OUTLINED)
    return card(
        heading(words("Access ended")),
        [
            said,
            section([line(each, start=icon(Icon.LIVE, words)) for each in done], more, header=words("Removed from")),
            section(
                [line(each.title, bottom=each.reason, start=icon(Icon.WARNING, words)) for each in left],
                further,
                header=words("Can still open"),
            ),
            section(buttons(back)),
        ],
    )
