"""What an action needs and does, and what follows from such a table: who may press what. The table is in `registry`."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.actions import Action
from cards.late import Late
from service.core.roles import Actor, Permission
from service.web.ask import Handler


@dataclass(frozen=True, slots=True)
class Entry:
    """What an action needs and does."""

    permission: Permission
    handler: Handler


Registry = Mapping[Action, Entry]

#: What a person without membership may do in somebody else's file: their own things. Everything else is one card that
#: names nobody.
OWN = frozenset(
    {
        Action.NEW_ACCOUNT,
        Action.OPEN_ACCOUNT,
        Action.CHOOSE_ACCOUNT,
        Action.ACCEPT_INVITATION,
        Action.CONFIRM_CODE,
        Action.ACCOUNT,
        Action.HELP,
        Action.SIGN_OUT,
        Action.CONFIRM_SIGN_OUT,
        Action.OWN_CONSENTS,
        Action.END_CONSENT,
        Action.DELETE_ME,
        Action.CONFIRM_DELETE_ME,
    }
)

#: Where an invited person learns of the invitation.
HOMES = frozenset({Action.HOME, Action.FILE_GRANTED, Action.RETURN_HOME})


def check_complete(registry: Registry) -> None:
    """Raises unless every Action is bound."""
    missing = [action.value for action in Action if action not in registry]
    if missing:
        raise LookupError(f"actions without a handler: {', '.join(missing)}")


def load_all(registry: Registry) -> None:
    """Handlers that stand in it by name are loaded: the next press waits for none. Safe from any thread."""
    for entry in registry.values():
        if isinstance(entry.handler, Late):
            entry.handler.load()


def may(registry: Registry, actor: Actor | None) -> frozenset[Action]:
    """The actions that this person's role allows; without a role only what any signed-in person may do."""
    return frozenset(
        action
        for action, entry in registry.items()
        if entry.permission is Permission.SIGNED_IN or (actor is not None and actor.audience.may_do(entry.permission))
    )
