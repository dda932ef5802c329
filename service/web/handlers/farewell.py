"""Going for good: deleting one's own data, closing an account. Each is told before it is done and takes a typed yes."""

from cards.farewell import (
    TYPED_LIMIT,
    CloseAccount,
    ClosedAccount,
    DeletedMe,
    DeleteMe,
    OtherOwners,
    OwnsAccounts,
)
from cards.reply import Reply, Show
from service.errors import BadInput, NotFound
from service.flows import farewell
from service.web.ask import Ask
from service.web.handlers.welcome import said


def delete_me(ask: Ask) -> Reply:
    """What is deleted, before it is; or why it cannot be."""
    return Reply(_deletion(ask))


def confirm_delete_me(ask: Ask) -> Reply:
    """The person is forgotten. Form: `typed`."""
    view = _deletion(ask)
    if isinstance(view, OwnsAccounts):
        return Reply(view, Show.UPDATE)
    try:
        farewell.delete_me(ask.services, ask.caller, ask.text("typed", limit=TYPED_LIMIT))
    except BadInput as problem:
        return Reply(_deletion(ask, error=said(ask, problem)), Show.UPDATE)
    return Reply(DeletedMe(), Show.ROOT)


def _deletion(ask: Ask, *, error: str = "") -> DeleteMe | OwnsAccounts:
    found = farewell.stakes(ask.services, ask.caller)
    if found.owned:
        return OwnsAccounts(ask.caller.email, tuple(found.owned), ask.may)
    return DeleteMe(ask.caller.email, tuple(found.accounts), tuple(found.files), error)


def close_account(ask: Ask) -> Reply:
    """What ends with the account, before it does; or why it cannot be closed."""
    return Reply(_closing(ask))


def confirm_close_account(ask: Ask) -> Reply:
    """The account that the card named is closed. `account_id`; form: `typed`."""
    if ask.param("account_id") != ask.actor.account_id:
        raise NotFound("This account does not exist.")
    view = _closing(ask)
    if isinstance(view, OtherOwners):
        return Reply(view, Show.UPDATE)
    try:
        is_cleaning = farewell.close(ask.services, ask.actor, ask.text("typed", limit=TYPED_LIMIT))
    except BadInput as problem:
        return Reply(_closing(ask, error=said(ask, problem)), Show.UPDATE)
    return Reply(ClosedAccount(view.account_name, is_cleaning), Show.ROOT)


def _closing(ask: Ask, *, error: str = "") -> CloseAccount | OtherOwners:
    found = farewell.closing(ask.services, ask.actor)
    if found.other_owners:
        return OtherOwners(found.name, tuple(found.other_owners))
    account_id = ask.actor.account_id
    return CloseAccount(account_id, found.name, tuple(found.shops), tuple(found.files), found.people, error)
