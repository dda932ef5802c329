"""The access review: who can see what, with a yes or an end for each, and the end of the review."""

from cards.layout import Pager
from cards.own_roles import OwnRoleLine
from cards.people import DomainOffer, SentInvitation
from cards.reply import Reply, Show
from cards.review import PEOPLE_SHOWN, AccessReview, ApprovedReader, ReviewedPerson
from service.core.roles import Group
from service.flows import ownership, review
from service.flows.review import Approved, Person, Review
from service.web.ask import Ask
from service.web.right_words import DOES_WORDS, GROUPS_IN_USE, SEES_WORDS


def access_review(ask: Ask) -> Reply:
    """Everybody and everything that opens something. `page`: where a page of the people begins, or nothing."""
    return Reply(_view(ask), Show.UPDATE if "page" in ask.event.parameters else Show.PUSH)


def confirm_access(ask: Ask) -> Reply:
    """The member keeps what they have. `member_id`, `page`."""
    email = review.confirm(ask.services, ask.actor, ask.param("member_id"))
    return Reply(_view(ask), Show.UPDATE, toast=ask.words("{name} keeps their access", name=email))


def withdraw_approval(ask: Ask) -> Reply:
    """A reader that was let stay is as any other again. `file_id`, `reader_id`."""
    review.withdraw_approval(ask.services, ask.actor, ask.param("file_id"), ask.param("reader_id"))
    return Reply(_view(ask), Show.UPDATE, toast=ask.words("The approval is withdrawn"))


def finish_review(ask: Ask) -> Reply:
    """Everything was looked through; the next review is due in a quarter."""
    due = review.finish(ask.services, ask.actor)
    toast = ask.words("Done. The next review is due on {day}", day=ask.words.day(due.date()))
    return Reply(_view(ask), Show.UPDATE, toast=toast)


# --- views -----------------------------------------------------------------------------------------------------------


def _view(ask: Ask) -> AccessReview:
    found = review.look(ask.services, ask.actor)
    due = review.due_at(found.account)
    is_due = ask.services.clock.now() >= due
    day = ask.words.day(due.date())
    pager = _pager(ask, len(found.people))
    return AccessReview(
        account_name=found.account.name,
        people=tuple(_person(ask, found, one) for one in found.people[pager.first - 1 : pager.last]),
        pager=pager,
        open_count=sum(not review.is_confirmed(found.account, one.row) for one in found.people),
        due=ask.words("Due since {day}", day=day) if is_due else ask.words("Next due on {day}", day=day),
        is_due=is_due,
        invitations=tuple(_sent(ask, found, row) for row in found.invitations if not row.domain),
        offers=tuple(_offer(ask, found, row) for row in found.invitations if row.domain),
        readers=tuple(_reader(ask, one) for one in found.approved),
        roles=tuple(OwnRoleLine(one.role_id, one.name, one.base, one.member_count) for one in found.roles),
        may=ask.may,
    )


def _pager(ask: Ask, total: int) -> Pager:
    given = ask.event.parameters.get("page", "0")
    wanted = int(given[:6]) if given.isascii() and given.isdecimal() else 0
    first = min(wanted, max(total - 1, 0)) // PEOPLE_SHOWN * PEOPLE_SHOWN
    last = min(first + PEOPLE_SHOWN, total)
    return Pager(first + 1, last, total, str(first - PEOPLE_SHOWN) if first else "", str(last) if last < total else "")


def _person(ask: Ask, found: Review, one: Person) -> ReviewedPerson:
    now, row = ask.services.clock.now(), one.row
    seen, is_idle = ask.words("Has not been here yet"), True
    if row.seen_at is not None:
        seen = ask.words("Last here {moment}", moment=ask.words.ago((now - row.seen_at).total_seconds()))
        is_idle = now - row.seen_at > review.UNUSED
    unused = [ask.words(DOES_WORDS[right][0]) for right in one.unused if right in DOES_WORDS]
    if one.sees_unused:
        unused.append(ask.words(SEES_WORDS[Group.PII][0]))
    sees = [group for group in SEES_WORDS if group in GROUPS_IN_USE and one.audience.may_see(group)]
    if Group.ID in sees:  # the masked number is in it
        sees = [group for group in sees if group is not Group.ID_MASKED]
    return ReviewedPerson(
        member_id=row.id,
        name=row.email,
        role=one.audience.name,
        sees=tuple(ask.words(SEES_WORDS[group][0]) for group in sees),
        files=one.files,
        seen=seen,
        is_idle=is_idle,
        unused=tuple(unused),
        is_confirmed=review.is_confirmed(found.account, row),
        is_you=row.id == ask.actor.member_id,
    )


def _sent(ask: Ask, found: Review, row: review.Invited) -> SentInvitation:
    role = found.account.audience(row.role).name
    return SentInvitation(row.id, row.email, role, _left_s(ask, row), is_offer=ownership.is_offer(row))


def _offer(ask: Ask, found: Review, row: review.Invited) -> DomainOffer:
    joined = tuple(one.row.email for one in found.people if found.came_by.get(one.row.email) == row.domain)
    return DomainOffer(row.id, row.domain, found.account.audience(row.role).name, _left_s(ask, row), joined)


def _left_s(ask: Ask, row: review.Invited) -> int:
    return int((row.expires_at - ask.services.clock.now()).total_seconds())


def _reader(ask: Ask, one: Approved) -> ApprovedReader:
    approved = ""
    if one.approved_at is not None:
        ago = ask.words.ago((ask.services.clock.now() - one.approved_at).total_seconds())
        approved = ask.words("Approved {moment}", moment=ago)
    return ApprovedReader(one.spreadsheet_id, one.title, one.reader_id, one.name, approved)
