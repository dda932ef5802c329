"""What a press brings along: the caller's own Google identity, and the key that makes it count once."""

import hashlib

from service.errors import NotGranted
from service.flows import Services
from service.google.identities import UserIdentity
from service.google.tokens import Caller
from service.store import people

__all__ = ["UserIdentity", "give_back_once", "identity_of", "take_once"]

FILE_SCOPE = "https://www.googleapis.com/auth/drive.file"


def identity_of(caller: Caller) -> UserIdentity:
    """The caller's own short-lived identity. NotGranted when the token or the scope for files did not come."""
    if not caller.user_token or (caller.scopes is not None and FILE_SCOPE not in caller.scopes):
        raise NotGranted("Rowstream needs your permission to work in this sheet.", scopes=[FILE_SCOPE])
    return UserIdentity(caller.user_token)


def take_once(services: Services, caller: Caller, *, action: str, key: str) -> bool:
    """Whether this is the caller's first press with this key: one insert decides, also between two at once."""
    with services.store.write() as tx:
        return people.take_once(tx, _own(caller, action, key), services.clock.now())


def give_back_once(services: Services, caller: Caller, *, action: str, key: str) -> None:
    """The press came to nothing and may be repeated with the same key. Idempotent."""
    with services.store.write() as tx:
        people.give_back_once(tx, _own(caller, action, key))


def _own(caller: Caller, action: str, key: str) -> str:
    """A key comes back from outside: it is the caller's own, and of one length."""
    return hashlib.sha256(f"{caller.sub}\n{action}\n{key}".encode()).hexdigest()
