"""The account's people: who is in it, what each of them has, ending that, and handing the account over."""

from collections.abc import Mapping

from cards.access import Access
from cards.ownership import ConfirmOffer
from cards.people import (
    AccessEnded,
    ConfirmRevoke,
    DomainOffer,
    LeftFile,
    MemberDetail,
    MemberLine,
    People,
    SentInvitation,
)
from cards.reply import Reply, Show
from cards.words import mark
from service.core.roles import Role
from service.errors import BadInput, NotGranted
from service.flows import consents, manage, members, overview, ownership, readers
from service.flows.members import Everybody, Invited, Member
from service.flows.readers import Removed
from service.web.ask import Ask
from service.web.handlers.access import Typed, access_of, last_day, typed
from service.web.handlers.lines import role_name

#: Why somebody is still in a file, as the flow says it.
_LEFT_WORDS: Mapping[str, str] = {
    "no-right": mark("You may not change who can open this file. Ask its owner."),
    "not-opened": mark("Open this file with Rowstream first, or ask its owner."),
    "inherited": mark("The access comes from a folder or a shared drive. Change it there."),
    "owner": mark("The file is theirs. Make a copy and connect that instead."),
    "no-time": mark("Google took too long. Open the file and check its sharing."),
    "no-answer": mark("Google did not do it. Open the file and check its sharing."),
}


def people(ask: Ask) -> Reply:
    """Members, open invitations and standing offers."""
    return Reply(people_view(ask))


def member(ask: Ask) -> Reply:
    """One member. `member_id`."""
    return Reply(_member(ask))


def change_role(ask: Ask) -> Reply:
    """The member has another role, other shops, or another end. `member_id`; form: `role`, `shops`, `until`."""
    given = Typed("", None, None)
    try:
        given = typed(ask)
        members.change(
            ask.services,
            ask.actor,
            ask.param("member_id"),
            role=given.role,
            shop_ids=given.shop_ids,
            expires_at=given.expires_at,
        )
    except BadInput as problem:
        return Reply(_member(ask, access=access_of(ask, given, problem=problem)), Show.UPDATE)
    return Reply(_member(ask), Show.UPDATE, toast=ask.words("The access is changed"))


def revoke_member(ask: Ask) -> Reply:
    """What ends, before it does. `member_id`."""
    row = members.member(ask.services, ask.actor, ask.param("member_id"))
    files = overview.file_titles_for(ask.services, ask.actor, row.role)
    stops = consents.titles_by(ask.services, ask.actor, row.sub)
    return Reply(ConfirmRevoke(row.id, row.email, role_name(ask, row.role), tuple(files), tuple(stops)))


def confirm_revoke(ask: Ask) -> Reply:
    """The person is no member any more, and where asked, in no connected file. `member_id`; form: `remove`."""
    wants_removal = ask.flag("remove")
    email = members.revoke(ask.services, ask.actor, ask.param("member_id"))
    toast = ask.words("{name} has no access any more", name=email)
    if not wants_removal:
        return Reply(people_view(ask), Show.UPDATE, toast=toast)
    try:
        removed = readers.remove_everywhere(ask.services, ask.actor, ask.identity, email)
    except NotGranted:  # without a token nothing can be done in Drive; that the access ended here stands
        return Reply(people_view(ask), Show.UPDATE, toast=toast)
    return Reply(_ended(ask, email, removed), Show.UPDATE, toast=toast)


def _ended(ask: Ask, email: str, removed: Removed) -> AccessEnded:
    left = tuple(LeftFile(place.title, ask.words(_LEFT_WORDS[place.why])) for place in removed.left)
    return AccessEnded(email, tuple(place.title for place in removed.done), left)


def offer_ownership(ask: Ask) -> Reply:
    """What handing the account over means, before it is offered. `member_id`."""
    row = members.member(ask.services, ask.actor, ask.param("member_id"))
    name = manage.account(ask.services, ask.actor.scope).name
    return Reply(ConfirmOffer(row.id, row.email, name))


def confirm_offer(ask: Ask) -> Reply:
    """The member may become the owner. `member_id`."""
    row = ownership.offer(ask.services, ask.actor, ask.param("member_id"))
    return Reply(people_view(ask), Show.UPDATE, toast=ask.words("The account is offered to {name}", name=row.email))


# --- views -----------------------------------------------------------------------------------------------------------


def people_view(ask: Ask) -> People:
    """Everybody as they are now."""
    found = members.everybody(ask.services, ask.actor)
    return People(
        account_name=found.account.name,
        members=tuple(_line(ask, found, row) for row in found.members),
        invitations=tuple(_sent(ask, found, row) for row in found.invitations if not row.domain),
        offers=tuple(_offer(ask, found, row) for row in found.invitations if row.domain),
        may=ask.may,
    )


def _line(ask: Ask, found: Everybody, row: Member) -> MemberLine:
    ends_s = None if row.expires_at is None else int((row.expires_at - ask.services.clock.now()).total_seconds())
    return MemberLine(
        member_id=row.id,
        name=row.email,
        role=found.role_name(row.role),
        is_you=row.id == ask.actor.member_id,
        ends_s=ends_s,
        came_by=found.came_by.get(row.email, ""),
    )


def _sent(ask: Ask, found: Everybody, row: Invited) -> SentInvitation:
    return SentInvitation(
        invitation_id=row.id,
        email=row.email,
        role=found.role_name(row.role),
        expires_s=_left_s(ask, row),
        is_offer=ownership.is_offer(row),
    )


def _offer(ask: Ask, found: Everybody, row: Invited) -> DomainOffer:
    here = [one.email for one in found.members if found.came_by.get(one.email) == row.domain]
    return DomainOffer(row.id, row.domain, found.role_name(row.role), _left_s(ask, row), tuple(here))


def _left_s(ask: Ask, row: Invited) -> int:
    return int((row.expires_at - ask.services.clock.now()).total_seconds())


def _member(ask: Ask, *, access: Access | None = None) -> MemberDetail:
    found = members.everybody(ask.services, ask.actor)
    row = members.member(ask.services, ask.actor, ask.param("member_id"))
    may_change = row.role != Role.OWNER or ask.actor.role is Role.OWNER
    now = Typed(row.role, row.shop_ids, row.expires_at)
    ends = last_day(ask, row.expires_at)
    return MemberDetail(
        member_id=row.id,
        name=row.email,
        role=role_name(ask, row.role),
        access=(access or access_of(ask, now)) if may_change else None,
        files=tuple(overview.file_titles_for(ask.services, ask.actor, row.role)),
        joined=ask.words.day(row.joined_at.date()),
        seen=_seen(ask, row),
        ends="" if ends is None else ask.words.day(ends),
        shops=", ".join(_shop_names(ask, row)),
        came_by=found.came_by.get(row.email, ""),
        is_you=row.id == ask.actor.member_id,
        may=ask.may,
    )


def _seen(ask: Ask, row: Member) -> str:
    if row.seen_at is None:
        return ask.words("Not yet")
    return ask.words.ago((ask.services.clock.now() - row.seen_at).total_seconds())


def _shop_names(ask: Ask, row: Member) -> list[str]:
    if row.shop_ids is None:
        return []
    known = {shop.shop_id: shop.name for shop in overview.shops_of(ask.services, ask.actor)}
    return [known.get(shop_id, shop_id) for shop_id in row.shop_ids]
