"""Single-use secrets of browser flows: ten minutes, kept as hashes, taken by one conditional UPDATE.

What a secret stands for is said by who issues it; here is that it works once, and only in the browser it was given to.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.errors import NotAuthentic
from service.flows import Services
from service.store import shops
from service.store.session import Tx

LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser goes next, and the cookie value it must bring back."""

    url: str
    cookie: str


def new_secret() -> str:
    """A fresh one: 32 random bytes, 43 characters, fit for an address, a cookie and PKCE."""
    return secrets.token_urlsafe(32)


def issue(
    services: Services,
    tx: Tx,
    secret: str,
    *,
    purpose: str,
    sub: str,
    account_id: str,
    sealed: bytes | None = None,
    cookie: str = "",
) -> None:
    """The secret will be honoured once, with this cookie where one is named."""
    shops.add_ticket(
        tx,
        hash_of(secret),
        purpose=purpose,
        sub=sub,
        account_id=account_id,
        expires_at=services.clock.now() + LIFE,
        sealed=sealed,
        cookie_hash=hash_of(cookie) if cookie else None,
    )


def take(services: Services, secret: str, *, purpose: str, cookie: str = "") -> Mapping[str, Any]:
    """What the secret stands for; it is used up by this. NotAuthentic when it is spent, or of another browser."""
    with services.store.write() as tx:
        found = shops.take_ticket(tx, hash_of(secret), purpose=purpose, now=services.clock.now())
    if found is None:
        raise NotAuthentic(f"{purpose}: spent, expired or unknown")
    if found["cookie_hash"] is not None and found["cookie_hash"] != hash_of(cookie):
        raise NotAuthentic(f"{purpose}: the cookie does not match")
    return found


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
