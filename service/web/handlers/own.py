"""One's own: the accounts, help, signing out. Open to everybody who is signed in, in any file."""

from cards.account import AccountLine, AccountOverview, ChooseAccount, ConfirmSignOut, Help, SignedOut
from cards.reply import Reply, Show
from service.core.plans import PLANS, PlanId
from service.flows import manage, overview
from service.web.ask import Ask


def account(ask: Ask) -> Reply:
    """Who is signed in, where they are a member, and the doors."""
    current = ask.standing.account
    plan = PLANS[PlanId(current.plan)].name if current is not None else ""
    return Reply(AccountOverview(ask.caller.email, _accounts(ask), plan, ask.may))


def help(ask: Ask) -> Reply:  # noqa: A001 - a handler is called as its action
    """Answers, rules, and whom to write to."""
    return Reply(Help(ask.services.settings.support_email))


def sign_out(ask: Ask) -> Reply:
    """What signing out does, before it is done."""
    return Reply(ConfirmSignOut(ask.caller.email))


def confirm_sign_out(ask: Ask) -> Reply:
    """Google forgets the person's consent."""
    manage.sign_out(ask.services, ask.caller)
    return Reply(SignedOut(), Show.ROOT)


def choose_account_view(ask: Ask) -> ChooseAccount:
    """The accounts of the person, the one in use here marked."""
    return ChooseAccount(_accounts(ask))


def _accounts(ask: Ask) -> tuple[AccountLine, ...]:
    current = ask.standing.account.id if ask.standing.account else ""
    return tuple(
        AccountLine(one.account_id, one.name, one.role, is_current=one.account_id == current)
        for one in overview.memberships(ask.services, ask.caller)
    )
