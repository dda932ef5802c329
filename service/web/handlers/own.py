"""One's own: the accounts, help, signing out. Open to everybody who is signed in, in any file."""

from cards.account import (
    FIND_LIMIT,
    AccountLine,
    AccountOverview,
    ChooseAccount,
    ConfirmSignOut,
    Help,
    SignedOut,
)
from cards.actions import Action
from cards.layout import Pager
from cards.ownership import ConfirmLeave, LastOwner, Left
from cards.reply import Reply, Show
from service.core.plans import PLANS, PlanId
from service.errors import NotFound
from service.flows import consents, manage, overview, ownership
from service.web.ask import Ask
from service.web.handlers.lines import invitation_lines

PAGE = 15  # accounts that are in view at once


def account(ask: Ask) -> Reply:
    """Who is signed in, where they are a member, and the doors."""
    current = ask.standing.account
    plan = PLANS[PlanId(current.plan)].name if current is not None else ""
    view = AccountOverview(
        ask.caller.email,
        _accounts(ask),
        plan,
        invitation_lines(ask),
        _may(ask),
        has_consents=bool(consents.held_by(ask.services, ask.caller)),
    )
    return Reply(view)


def _may(ask: Ask) -> frozenset[Action]:
    """Without a membership here there is nothing to leave."""
    return ask.may if ask.standing.actor is not None else ask.may - {Action.LEAVE_ACCOUNT, Action.CLOSE_ACCOUNT}


def leave_account(ask: Ask) -> Reply:
    """What leaving means, before it is done; or why it cannot be."""
    name = manage.account(ask.services, ask.actor.scope).name
    if ownership.is_last_owner(ask.services, ask.actor):
        return Reply(LastOwner(name))
    mine = [one for one in consents.held_by(ask.services, ask.caller) if one.account_id == ask.actor.account_id]
    stops = tuple(file.title for one in mine for file in one.files)
    return Reply(ConfirmLeave(ask.actor.account_id, name, ask.actor.audience.name, stops))


def confirm_leave(ask: Ask) -> Reply:
    """The person is no member of the account that the card named, by their own wish. `account_id`."""
    if ask.param("account_id") != ask.actor.account_id:
        raise NotFound("This account does not exist.")
    return Reply(Left(ownership.leave(ask.services, ask.actor)), Show.ROOT)


def help(ask: Ask) -> Reply:  # noqa: A001 - a handler is called as its action
    """Answers, rules, and whom to write to."""
    return Reply(Help(ask.services.settings.support_email))


def sign_out(ask: Ask) -> Reply:
    """What signing out does, before it is done."""
    held = consents.held_by(ask.services, ask.caller)
    return Reply(ConfirmSignOut(ask.caller.email, tuple(file.title for one in held for file in one.files)))


def confirm_sign_out(ask: Ask) -> Reply:
    """Google forgets the person's consent, and those by which we write as them end."""
    consents.end_all(ask.services, ask.caller)
    manage.sign_out(ask.services, ask.caller)
    return Reply(SignedOut(), Show.ROOT)


def choose_account_view(ask: Ask) -> ChooseAccount:
    """The accounts of the person, the one in use here marked: those that `find` names, a page of them at a time."""
    every = sorted(_accounts(ask), key=lambda one: one.name.casefold())
    find = ask.text("find", limit=FIND_LIMIT) or ask.event.parameters.get("find", "")[:FIND_LIMIT]
    found = [one for one in every if find.casefold() in one.name.casefold()]
    page = ask.event.parameters.get("page", "0")
    wanted = int(page[:4]) if page.isdecimal() else 0
    first = min(wanted, max(len(found) - 1, 0)) // PAGE * PAGE
    shown = found[first : first + PAGE]
    pager = Pager(
        first + 1 if found else 0,
        first + len(shown),
        len(found),
        str(first - PAGE) if first else "",
        str(first + PAGE) if first + PAGE < len(found) else "",
    )
    return ChooseAccount(tuple(shown), len(every), pager, find)


def _accounts(ask: Ask) -> tuple[AccountLine, ...]:
    current = ask.standing.account.id if ask.standing.account else ""
    return tuple(
        AccountLine(one.account_id, one.name, one.role, is_current=one.account_id == current)
        for one in overview.memberships(ask.services, ask.caller)
    )
