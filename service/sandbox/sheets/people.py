"""Who is calling: what the emulator needs to know of a bearer, and how scopes and grants decide what it may open.

The identity issuer lives elsewhere; here is only the shape it must answer with.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

SCOPE_PREFIX = "https://www.googleapis.com/auth/"
EVERYTHING = frozenset({"drive", "spreadsheets"})


class StaleBearerError(Exception):
    """Raised by a lookup for a bearer that was once issued and has expired or been revoked: answered with 401."""


def short_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Scope names without Google's common prefix, whichever way they were written."""
    return frozenset(scope.removeprefix(SCOPE_PREFIX) for scope in scopes)


@dataclass(frozen=True)
class Person:
    """A caller. `client_id` names the app whose token it is; `scopes` may be short names or full addresses.

    `grants`: under which name its own `drive.file` grants are kept; empty for those made with the add-on.
    """

    email: str
    scopes: frozenset[str] = EVERYTHING
    client_id: str = "local"
    is_service_account: bool = False
    display_name: str = ""
    grants: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2].lower()


class PeopleLookup(Protocol):
    """Bearer to person; None means "not one of mine", which the emulator takes for an anonymous local user."""

    def __call__(self, bearer: str, /) -> Person | None: ...


def anonymous(bearer: str) -> Person:
    """A local user of its own for each unknown bearer; the same bearer is always the same user."""
    digest = hashlib.sha256(bearer.encode()).hexdigest()[:12]
    return Person(email=f"local-{digest}@users.invalid", display_name="Local user")


def nobody(bearer: str, /) -> Person | None:  # noqa: ARG001 - the signature is the protocol's
    """The lookup of an emulator without an identity issuer: every bearer is an anonymous local user."""
    return None
