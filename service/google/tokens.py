"""The door: proves from Google's two ID tokens who sent a request and who pressed the button.

The system token proves that Google called exactly this address for our deployment; the user token proves the person.
Both are needed, and whatever is doubtful is NotAuthentic. What a person may do is not decided here.

Rules from Google's pages on HTTP add-ons and on verifying ID tokens, read 2026-11. google-auth checks the
signature; time, audience, issuer and addresses are checked here, because its clock cannot be handed in and it
knows nothing of addresses. Its error texts quote tokens, so none of them is passed on.
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from google.auth import exceptions, jwt

from service.errors import NotAuthentic, NotGranted
from service.google.certs import Certs

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
EMAIL_SCOPE = "https://www.googleapis.com/auth/userinfo.email"
#: Google's clock and ours may differ this much; with 0, tokens issued "in the future" are refused now and then.
CLOCK_SKEW_S = 10
#: Google's tokens are under 2,000 characters.
LONGEST_TOKEN = 8192
#: Addresses in these domains belong to Google, which therefore speaks for them.
_CONSUMER_DOMAINS = frozenset({"gmail.com", "googlemail.com"})
#: Larger than any clock: switches the library's own time check off, ours follows at once.
_ANY_SKEW_S = 10**12


@dataclass(frozen=True, slots=True)
class Caller:
    """A proved person. `sub` is their stable key; an address can change hands.

    `authoritative`: Google runs the mailbox, so the address proves who they are today; otherwise it only proves who
    opened the Google account. `hd` is the Workspace domain, None for consumer accounts. `user_token` is the
    person's own short-lived access token, "" when none came. `scopes` is None when Google did not say.
    """

    sub: str
    email: str
    email_verified: bool
    hd: str | None
    authoritative: bool
    user_token: str = field(repr=False)
    scopes: frozenset[str] | None


class Door:
    """Verifies every request of the add-on, and the browser's sign-in."""

    def __init__(
        self,
        *,
        public_base_url: str,
        client_ids: Collection[str],
        service_agent: str,
        certs: Certs,
        wall: Callable[[], datetime],
    ) -> None:
        if not (public_base_url and service_agent and client_ids and all(client_ids)):
            raise ValueError(
                "The door needs the public base URL, the OAuth client ids and the service agent's address."
            )
        self._base_url = public_base_url.rstrip("/")
        self._client_ids = frozenset(client_ids)
        self._service_agent = service_agent
        self._certs = certs
        self._wall = wall

    def verify(
        self,
        *,
        path: str,
        authorization: str | None,
        system_token_in_body: str | None,
        user_id_token: str | None,
        user_oauth_token: str | None,
        authorized_scopes: Collection[str] | None,
    ) -> Caller:
        """Who pressed the button, once Google's call to `path` (no query) is proved; NotAuthentic otherwise.

        NotGranted when Google called but may not say who: the person has not granted their address.
        """
        header_token = _bearer_of(authorization)
        self._verify_system(header_token, path)
        if system_token_in_body is not None and system_token_in_body != header_token:
            self._verify_system(system_token_in_body, path)
        scopes = None if authorized_scopes is None else frozenset(authorized_scopes)
        if not user_id_token:
            raise _missing_person(scopes)
        claims = self._verify_claims(user_id_token, self._client_ids)
        return _caller(claims, user_token=user_oauth_token or "", scopes=scopes)

    def verify_sign_in(self, id_token: str, *, client_id: str, nonce: str) -> Caller:
        """Who signed in in the browser, for the sign-in that was started with `nonce`."""
        claims = self._verify_claims(id_token, {client_id})
        claimed = claims.get("nonce")
        if not nonce or not isinstance(claimed, str) or not hmac.compare_digest(claimed.encode(), nonce.encode()):
            raise NotAuthentic("sign-in token carries another nonce")
        return _caller(claims, user_token="", scopes=None)

    def _verify_system(self, token: str, path: str) -> None:
        claims = self._verify_claims(token, {self._base_url + path})
        if claims.get("email") != self._service_agent:
            raise NotAuthentic(f"system token of another sender: {claims.get('email')!r}")
        if claims.get("email_verified") is not True:
            raise NotAuthentic("system token without a verified address")

    def _verify_claims(self, token: str, audiences: Collection[str]) -> Mapping[str, Any]:
        claims = _signed_claims(token, self._certs)
        issuer, audience = claims.get("iss"), claims.get("aud")
        if not isinstance(issuer, str) or issuer not in ISSUERS:
            raise NotAuthentic(f"token of another issuer: {issuer!r}")
        if not isinstance(audience, str) or audience not in audiences:
            raise NotAuthentic(f"token for another audience: {audience!r}")
        _check_time(claims, now=self._wall().timestamp())
        return claims


def is_authoritative(email: str, *, email_verified: bool, hd: str | None) -> bool:
    """Whether Google runs the mailbox of this address and has verified it."""
    domain = email.rpartition("@")[2].lower()
    return email_verified and bool(domain) and (domain in _CONSUMER_DOMAINS or domain == (hd or "").lower())


def _bearer_of(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthentic("no bearer token in the header")
    return token


def _missing_person(scopes: frozenset[str] | None) -> NotAuthentic | NotGranted:
    if scopes is not None and EMAIL_SCOPE in scopes:
        return NotAuthentic("user token missing although the address was granted")
    return NotGranted(
        "Rowstream needs to know your email address to find your account. Allow it and try again.",
        scopes=[EMAIL_SCOPE],
    )


def _signed_claims(token: str, certs: Certs) -> Mapping[str, Any]:
    """The claims of a token that Google signed with RS256. Nothing but the signature is checked."""
    if len(token) > LONGEST_TOKEN:
        raise NotAuthentic("token too long")
    try:
        header = jwt.decode_header(token)  # type: ignore[no-untyped-call]  # the library ships no types
        key_id = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(key_id, str):
            raise NotAuthentic("token not signed with RS256 and a named key")
        certificate = certs.find(key_id)
        if certificate is None:
            raise NotAuthentic(f"no certificate for key id {key_id[:80]!r}")
        claims: Mapping[str, Any] = jwt.decode(  # type: ignore[no-untyped-call]  # the library ships no types
            token, certs={key_id: certificate}, clock_skew_in_seconds=_ANY_SKEW_S
        )
    except (exceptions.GoogleAuthError, ValueError, TypeError, RecursionError) as error:
        raise NotAuthentic(f"token not readable or not signed by Google ({type(error).__name__})") from None
    return claims


def _check_time(claims: Mapping[str, Any], *, now: float) -> None:
    issued_at, expires_at = claims.get("iat"), claims.get("exp")
    if type(issued_at) is not int or type(expires_at) is not int:
        raise NotAuthentic("token without times")
    if now < issued_at - CLOCK_SKEW_S:
        raise NotAuthentic(f"token used {issued_at - now:.0f} s too early: compare the clocks")
    if now > expires_at + CLOCK_SKEW_S:
        raise NotAuthentic(f"token expired {now - expires_at:.0f} s ago")


def _caller(claims: Mapping[str, Any], *, user_token: str, scopes: frozenset[str] | None) -> Caller:
    sub, email, hd = claims.get("sub"), claims.get("email"), claims.get("hd")
    if not isinstance(sub, str) or not sub or not isinstance(email, str) or "@" not in email:
        raise NotAuthentic("user token names nobody")
    if hd is not None and not isinstance(hd, str):
        raise NotAuthentic("user token with an unreadable domain")
    verified = claims.get("email_verified") is True
    return Caller(
        sub=sub,
        email=email.lower(),
        email_verified=verified,
        hd=hd.lower() if hd else None,
        authoritative=is_authoritative(email, email_verified=verified, hd=hd),
        user_token=user_token,
        scopes=scopes,
    )
