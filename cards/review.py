"""The access review: who can see what, what they never used, and a yes or an end for each.

Parameters: `member_id`, `spreadsheet_id` of the file an approval is for as `file_id`, `reader_id`, `page`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Pager, Section, card, footer, heading, listed, pages, section
from cards.markup import bold
from cards.own_roles import OwnRoleLine
from cards.people import DomainOffer, SentInvitation
from cards.people_words import role_title
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph
from cards.words import Words

PEOPLE_SHOWN = 6  # people of one page
FILES_SHOWN = 3
RIGHTS_SHOWN = 15  # of one kind; there are no more groups of columns
FEW = 5  # approvals, invitations or roles of one card


@dataclass(frozen=True, slots=True)
class ReviewedPerson:
    """One member. `sees`, `unused`: rights in words; `files`: titles of sheets written for their role; `seen`: when
    they were last here. `is_confirmed`: in this review.
    """

    member_id: str
    name: str
    role: str
    sees: tuple[str, ...]
    files: tuple[str, ...] = ()
    seen: str = ""
    is_idle: bool = False
    unused: tuple[str, ...] = ()
    is_confirmed: bool = False
    is_you: bool = False


@dataclass(frozen=True, slots=True)
class ApprovedReader:
    """Somebody who can open a file and was let stay. `approved`: when, in words."""

    file_id: str
    title: str
    reader_id: str
    name: str
    approved: str = ""


@dataclass(frozen=True, slots=True)
class AccessReview:
    """A page of the people, and everything else that opens something. `due`: a sentence on when this is asked for."""

    account_name: str
    people: tuple[ReviewedPerson, ...]
    pager: Pager
    open_count: int
    due: str
    is_due: bool = False
    invitations: tuple[SentInvitation, ...] = ()
    offers: tuple[DomainOffer, ...] = ()
    readers: tuple[ApprovedReader, ...] = ()
    roles: tuple[OwnRoleLine, ...] = ()
    may: frozenset[Action] = frozenset()


def access_review(view: AccessReview, words: Words) -> Card:
    """Where the review stands, the people of this page, what else is open, and the end of it."""
    done = button(words("All reviewed"), Press(Action.FINISH_REVIEW))
    return card(
        heading(words("Access review"), view.account_name),
        [
            section(_state(view, words)),
            *(_person(each, view, words) for each in view.people[:PEOPLE_SHOWN]),
            section(pages(view.pager, Press(Action.ACCESS_REVIEW), words) if Action.ACCESS_REVIEW in view.may else []),
            _waiting(view, words),
            _readers(view, words),
            _roles(view, words),
        ],
        fixed=footer(done) if Action.FINISH_REVIEW in view.may else None,
    )


def _state(view: AccessReview, words: Words) -> list[Widget]:
    left = words.plural("{count} person to look at", "{count} people to look at", view.open_count)
    said = left if view.open_count else words("Everybody is confirmed")
    return [
        line(bold(said), bottom=view.due, start=icon(Icon.WARNING if view.is_due else Icon.SAFE, words)),
        paragraph(words("Confirm who still needs what they have, and end what nobody needs.")),
    ]


def _person(person: ReviewedPerson, view: AccessReview, words: Words) -> Section:
    role = role_title(person.role, words)
    top = words("{role}, this is you", role=role) if person.is_you else role
    known = {"member_id": person.member_id}
    here = {**known, "page": str(view.pager.first - 1)}
    sign = Icon.LIVE if person.is_confirmed else Icon.WARNING if person.is_idle else Icon.PERSON
    confirm = None if person.is_confirmed else _door(words("Confirm"), Press(Action.CONFIRM_ACCESS, here), view)
    end = _door(words("End access"), Press(Action.REVOKE_MEMBER, known), view, Style.BORDERLESS)
    change = Press(Action.MEMBER, known) if Action.MEMBER in view.may else None
    return section(
        line(bold(person.name), top=top, bottom=person.seen, start=icon(sign, words), on=change),
        _has(person, words),
        buttons(confirm, None if person.is_you else end),
    )


def _has(person: ReviewedPerson, words: Words) -> list[Widget]:
    """What the person has, and what of it they left alone."""
    titles, more = ", ".join(person.files[:FILES_SHOWN]), len(person.files) - FILES_SHOWN
    if more > 0:
        titles = words("{names} and {count} more", names=titles, count=more)
    told = (
        (words("Sees"), ", ".join(person.sees[:RIGHTS_SHOWN]) or words("No columns")),
        (words("Sheets for this role"), titles),
        (words("Not used for 90 days"), ", ".join(person.unused[:RIGHTS_SHOWN])),
    )
    return [line(text, top=top) for top, text in told if text]


def _door(label: str, press: Press, view: AccessReview, style: Style = Style.OUTLINED) -> Button | None:
    return button(label, press, style=style) if press.action in view.may else None


def _waiting(view: AccessReview, words: Words) -> Section:
    """Invitations of people and of companies: both open something once they are taken."""
    found: list[Widget] = []
    for one in view.invitations[:FEW]:
        expires = words("Expires {moment}", moment=words.ago(-one.expires_s))
        found.append(
            line(one.email, top=role_title(one.role, words), bottom=expires, start=icon(Icon.INVITATION, words))
        )
        found += buttons(_withdraw(one.invitation_id, view, words))
    for offer in view.offers[:FEW]:
        came = words.plural("{count} person has joined", "{count} people have joined", len(offer.joined))
        everyone = words("Everyone at {domain}", domain=offer.domain)
        found.append(line(everyone, top=role_title(offer.role, words), bottom=came, start=icon(Icon.PEOPLE, words)))
        found += buttons(_withdraw(offer.invitation_id, view, words))
    rest = max(0, len(view.invitations) - FEW) + max(0, len(view.offers) - FEW)
    more = paragraph(words.plural("And {count} more", "And {count} more", rest)) if rest else None
    return section(found, more, header=words("Open invitations"))


def _withdraw(invitation_id: str, view: AccessReview, words: Words) -> Button | None:
    press = Press(Action.REVOKE_INVITATION, {"invitation_id": invitation_id})
    return _door(words("Withdraw"), press, view, Style.BORDERLESS)


def _readers(view: AccessReview, words: Words) -> Section:
    shown, more = listed(view.readers, words, limit=FEW)
    found: list[Widget] = []
    for one in shown:
        found.append(
            line(
                one.name or words("Somebody you approved"),
                top=words("Can open {title}", title=one.title),
                bottom=one.approved,
                start=icon(Icon.SEEN, words),
            )
        )
        press = Press(Action.WITHDRAW_APPROVAL, {"file_id": one.file_id, "reader_id": one.reader_id})
        found += buttons(_door(words("Withdraw approval"), press, view, Style.BORDERLESS))
    return section(found, more, header=words("Approved readers"))


def _roles(view: AccessReview, words: Words) -> Section:
    shown, more = listed(view.roles, words, limit=FEW)
    lines = [
        line(
            each.name,
            top=words("Made from {role}", role=role_title(each.base, words)),
            bottom=words.plural("{count} person", "{count} people", each.member_count),
            start=icon(Icon.PEOPLE, words),
            on=Press(Action.OWN_ROLE, {"role_id": each.role_id}) if Action.OWN_ROLE in view.may else None,
        )
        for each in shown
    ]
    return section(lines, more, header=words("Roles of your own"))
