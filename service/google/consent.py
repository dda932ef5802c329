"""A person's own consent that we write as them while they are away: asking for it, what it brings, whom it makes us.

It covers the files that the person opens with us and no other (`drive.file`). Google ends it when the person or an
administrator takes it back, with some changes of the password, after six months without use, and after seven days
while the consent screen is in testing: each shows as the same refusal at the token address. Pages: Google's "Using
OAuth 2.0 to access Google APIs" (refresh token expiration) and "OAuth 2.0 for web server applications", read 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.auth import exceptions

from service.errors import Problem, UpstreamFailed
from service.google.identities import Credentials, IdentityKind, RenewedIdentity
from service.google.problems import ConsentEnded
from service.google.refusals import DRIVE_FILE_SCOPE
from service.google.signin import SignIn

#: The first two say who consents; only the last lets us do anything.
ASKED_SCOPES = ("openid", "email", DRIVE_FILE_SCOPE)
#: Refusals that are about us and not about the person.
_OURS = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})


@dataclass(frozen=True, slots=True)
class Given:
    """What a consent brought. `id_token` is not yet verified; `refresh_token` is "" when Google sent none."""

    id_token: str
    refresh_token: str
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        """Without tokens: what is printed ends in logs."""
        return f"Given(scopes={self.scopes})"

    @property
    def has_files(self) -> bool:
        """Whether the person left the tick at the files, where Google shows one."""
        return DRIVE_FILE_SCOPE in self.scopes


@dataclass(frozen=True, slots=True)
class OfflineConsent:
    """Our OAuth web client as the one that asks for an offline consent."""

    client: SignIn

    def authorize_url(self, *, state: str, nonce: str, verifier: str, login_hint: str) -> str:
        """Where to send the browser. Google asks each time, because it sends a refresh token only when it asks."""
        wishes = {"nonce": nonce, "access_type": "offline", "prompt": "consent"}
        return self.client.address(ASKED_SCOPES, state=state, verifier=verifier, login_hint=login_hint, wishes=wishes)

    def redeem(self, code: str, verifier: str) -> Given:
        """What the browser's code stands for. A code works once."""
        body = self.client.redeem(code, verifier)
        return Given(
            id_token=str(body["id_token"]),
            refresh_token=str(body.get("refresh_token", "")),
            scopes=tuple(str(body.get("scope", "")).split()),
        )

    def identity(self, *, sub: str, email: str, refresh_token: str) -> "ConsentIdentity":
        """The person, as whom we write."""
        return ConsentIdentity(self.client, sub=sub, email=email, refresh_token=refresh_token)


class ConsentIdentity(RenewedIdentity):
    """A person who lets us write as them. Google counts its calls with those that the person makes in the sidebar."""

    kind: IdentityKind = "consent"

    def __init__(self, client: SignIn, *, sub: str, email: str, refresh_token: str) -> None:
        super().__init__(lambda: _credentials(client, refresh_token), f"consent of {sub}")
        self.email = email
        self.name = f"user:{sub}"

    def __repr__(self) -> str:
        return f"ConsentIdentity({self.name})"

    def _refusal(self, error: exceptions.RefreshError) -> Problem:
        code = _code_of(error)
        if code in _OURS:
            return UpstreamFailed(
                "Signing in with Google is not set up correctly. Please tell whoever runs Rowstream for you.",
                permanent=True,
                detail=f"{self._label}: {code}",
            )
        return ConsentEnded(self.email, detail=f"{self._label}: {code or 'sign-in needed again'}")


def _credentials(client: SignIn, refresh_token: str) -> Credentials:
    """What asks for access tokens with the consent."""
    # Loaded with the first consent that is used: most deployments have none, and a start should not wait for it.
    from google.oauth2 import credentials

    made: Credentials = credentials.Credentials(  # type: ignore[no-untyped-call]  # the library ships no types
        None,
        refresh_token=refresh_token,
        token_uri=client.token_url,
        client_id=client.client_id,
        client_secret=client.client_secret,
    )
    return made


def _code_of(error: exceptions.RefreshError) -> str:
    """The protocol's word for the refusal; "" when an administrator wants the person to sign in again."""
    answer: Any = error.args[1] if len(error.args) > 1 else None
    return str(answer.get("error", ""))[:60] if isinstance(answer, Mapping) else ""
