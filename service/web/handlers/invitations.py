"""Inviting people: one by address, or everybody at a company; and withdrawing it."""

from functools import partial

from cards.invite import DomainInvited, InvitationSent, InviteDomain, InviteForm
from cards.reply import Reply, Show
from service.errors import BadInput, Conflict, NotAllowed, Problem
from service.flows import invitations, manage
from service.web.ask import Ask
from service.web.handlers.access import Typed, access_of, is_of_access, typed
from service.web.handlers.lines import role_name
from service.web.handlers.people import people_view
from service.web.handlers.welcome import said

_NOTHING = Typed("", None, None)


def invite(ask: Ask) -> Reply:
    """The form for an invitation."""
    return Reply(_form(ask, "", _NOTHING))


def send_invitation(ask: Ask) -> Reply:
    """An invitation is open, and its one-time code is shown once. Form: `email`, `role`, `shops`, `until`."""
    email, given = ask.text("email"), _NOTHING
    try:
        given = typed(ask)
        code = invitations.invite(
            ask.services,
            ask.actor,
            email=email,
            role=given.role,
            shop_ids=given.shop_ids,
            expires_at=given.expires_at,
        )
    except (BadInput, Conflict) as problem:
        return ask.nothing_done(Reply(_form(ask, email, given, problem), Show.UPDATE))
    view = InvitationSent(_account_name(ask), email.lower(), role_name(ask, given.role), code)
    return Reply(view, Show.UPDATE)


def _form(ask: Ask, email: str, given: Typed, problem: Problem | None = None) -> InviteForm:
    hint = "" if problem is None or is_of_access(problem) else said(ask, problem)
    return InviteForm(_account_name(ask), access_of(ask, given, problem=problem), email, hint)


def invite_domain(ask: Ask) -> Reply:
    """The form for everybody at a company."""
    return Reply(_domain_form(ask, "", _NOTHING))


def send_domain_invitation(ask: Ask) -> Reply:
    """Everybody at the company may join. Form: `domain`, `role`, `shops`, `until`."""
    domain, given = ask.text("domain"), _NOTHING
    try:
        given = typed(ask)
        name = invitations.invite_domain(
            ask.services,
            ask.actor,
            domain=domain,
            role=given.role,
            shop_ids=given.shop_ids,
            expires_at=given.expires_at,
        )
    except (BadInput, Conflict, NotAllowed) as problem:
        return ask.nothing_done(Reply(_domain_form(ask, domain, given, problem), Show.UPDATE))
    return Reply(DomainInvited(_account_name(ask), name, role_name(ask, given.role)), Show.UPDATE)


def _domain_form(ask: Ask, domain: str, given: Typed, problem: Problem | None = None) -> InviteDomain:
    account = manage.account(ask.services, ask.actor.scope)
    access = access_of(ask, given, problem=problem, fits=partial(invitations.fits_domain, account))
    hint = "" if problem is None or is_of_access(problem) else said(ask, problem)
    return InviteDomain(account.name, access, domain, hint)


def revoke_invitation(ask: Ask) -> Reply:
    """The invitation can no longer be taken. `invitation_id`."""
    invitations.withdraw(ask.services, ask.actor, ask.param("invitation_id"))
    return Reply(people_view(ask), Show.UPDATE, toast=ask.words("The invitation is withdrawn"))


def _account_name(ask: Ask) -> str:
    return manage.account(ask.services, ask.actor.scope).name
