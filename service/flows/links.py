"""Links that work without a session: issued to one person in the sidebar, redeemed once, within minutes, in a browser.

A link is a secret, signed so that a guess never reaches the database, and a ticket under its hash that says what may be
fetched by whom. What the person may do is asked again when the link is opened: rights of five minutes ago prove
nothing. What a link brings is produced elsewhere.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, Signer

from service.core.roles import Actor
from service.errors import NotAllowed, NotAuthentic
from service.flows import Services, manage
from service.store import deeds, shops

LIFE = timedelta(minutes=5)
PURPOSE = "download"
LONGEST_TOKEN = 256  # characters; ours have 87


@dataclass(frozen=True, slots=True)
class Claim:
    """What a redeemed link stands for. `kind` and `subject` are as they were issued; `actor` as the person is now."""

    actor: Actor
    kind: str
    subject: str
    spreadsheet_id: str


@dataclass(frozen=True, slots=True)
class Export:
    """A file to hand over. `title` becomes its name; `rows` is how much it tells, for the record."""

    title: str
    suffix: str
    mimetype: str
    content: Iterable[bytes]
    rows: int


def issue(services: Services, actor: Actor, *, kind: str, subject: str, spreadsheet_id: str = "") -> str:
    """The path of a link that brings `kind` of `subject` to this person once, within five minutes.

    The caller has checked that the person may have it now. `spreadsheet_id`: the sheet it was asked for in.
    """
    secret = secrets.token_urlsafe(32)
    sealed = services.store.sealer.seal(json.dumps([kind, subject, spreadsheet_id]))
    with services.store.write() as tx:
        shops.add_ticket(
            tx,
            _hash(secret),
            purpose=PURPOSE,
            sub=actor.sub,
            account_id=actor.account_id,
            expires_at=services.clock.now() + LIFE,
            sealed=sealed,
        )
    return f"/download/{_signer(services).sign(secret).decode()}"


def redeem(services: Services, token: str) -> Claim:
    """What the link stands for; it is used up by this. NotAuthentic for one that is forged, spent or too old.

    NotAllowed when its person is no member of the account any more.
    """
    secret = _proved(services, token)
    with services.store.write() as tx:
        found = shops.take_ticket(tx, _hash(secret), purpose=PURPOSE, now=services.clock.now())
    if found is None:
        raise NotAuthentic("download link spent, expired or unknown")
    kind, subject, spreadsheet_id = json.loads(services.store.sealer.unseal(found["sealed"]))
    actor = manage.actor_of(services, found["sub"], found["account_id"])
    if actor is None:
        raise NotAllowed("You are no longer a member of this account.")
    return Claim(actor, kind, subject, spreadsheet_id)


def record(services: Services, claim: Claim, export: Export) -> None:
    """Who took what out, how much of it and from which sheet, on record."""
    with services.store.write() as tx:
        deeds.record(
            tx,
            claim.actor.account_id,
            sub=claim.actor.sub,
            deed="export",
            subject=f"{claim.kind} {export.title}: {export.rows} rows",
            at=services.clock.now(),
            spreadsheet_id=claim.spreadsheet_id,
        )


def _proved(services: Services, token: str) -> str:
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
        raise NotAuthentic("no download link")
    try:
        return _signer(services).unsign(token).decode()
    except BadSignature:
        raise NotAuthentic("download link not signed by us") from None


def _signer(services: Services) -> Signer:
    """Signs under the first key, knows them all: the library wants the newest last."""
    keys = services.settings.secret_keys[::-1]
    return Signer(list(keys), salt=f"rowstream.{PURPOSE}", key_derivation="hmac", digest_method=hashlib.sha256)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
