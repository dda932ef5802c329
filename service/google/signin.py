"""Signing a browser in with Google on our own pages: OpenID Connect, code flow with PKCE, state and nonce.

The token that comes back is verified by `tokens.Door.verify_sign_in`, not here. State, nonce and verifier are made
and kept by the caller. What more a consent may ask for is said in `consent`. Pages: Google's "OpenID Connect" and
"OAuth 2.0 for web server applications", read 2026-11.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from service.errors import BadInput, UpstreamFailed

SCOPES = ("openid", "email")
TIMEOUT_S = 10.0
_AGAIN = "Google did not answer. Go back to the sidebar and press the button again in a moment."


@dataclass(frozen=True, slots=True)
class SignIn:
    """One OAuth web client of ours. The three addresses are Google's, or those of the local world."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_url: str
    authorize_at_url: str
    token_url: str
    revoke_url: str
    http: httpx.Client = field(repr=False)

    def authorize_url(self, *, state: str, nonce: str, verifier: str, login_hint: str = "") -> str:
        """Where to send the browser. `verifier` is the PKCE secret of 43 to 128 characters that `exchange` needs."""
        wishes = {"nonce": nonce, "prompt": "select_account"}
        return self.address(SCOPES, state=state, verifier=verifier, login_hint=login_hint, wishes=wishes)

    def address(
        self, scopes: Sequence[str], *, state: str, verifier: str, login_hint: str, wishes: Mapping[str, str]
    ) -> str:
        """Google's page that asks for these scopes. `wishes`: what else the address says."""
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_url,
            "response_type": "code",
            "scope": " ".join(scopes),
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **wishes,
        }
        if login_hint:
            query["login_hint"] = login_hint
        separator = "&" if "?" in self.authorize_at_url else "?"
        return f"{self.authorize_at_url}{separator}{urlencode(query)}"

    def exchange(self, code: str, verifier: str) -> str:
        """The ID token, not yet verified, for a code that the browser brought back. A code works once."""
        return str(self.redeem(code, verifier)["id_token"])

    def redeem(self, code: str, verifier: str) -> Mapping[str, Any]:
        """Everything that a code brings, an ID token among it."""
        answer = self._post(
            self.token_url,
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": self.redirect_url,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            },
        )
        body = _json_object(answer)
        if answer.is_success and isinstance(body.get("id_token"), str):
            return body
        raise _refusal(answer, body)

    def revoke(self, token: str) -> None:
        """The access or refresh token is worthless afterwards; one that already was is fine too."""
        answer = self._post(self.revoke_url, {"token": token})
        body = _json_object(answer)
        if not answer.is_success and body.get("error") != "invalid_token":
            raise _refusal(answer, body)

    def _post(self, url: str, form: dict[str, str]) -> httpx.Response:
        try:
            return self.http.post(url, data=form, timeout=TIMEOUT_S, headers={"Accept": "application/json"})
        except httpx.HTTPError as error:
            raise UpstreamFailed(_AGAIN, detail=f"sign-in: {type(error).__name__}") from error


def challenge_of(verifier: str) -> str:
    """The PKCE challenge (S256) of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(answer.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _refusal(answer: httpx.Response, body: dict[str, Any]) -> BadInput | UpstreamFailed:
    code = str(body.get("error", ""))[:60]
    detail = f"sign-in: {answer.status_code} {code}"
    if code == "invalid_grant":
        return BadInput("This sign-in has expired or was already used. Start again from the sidebar.", detail=detail)
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error or answer.is_success:
        return UpstreamFailed(_AGAIN, detail=detail)
    return UpstreamFailed(
        "Signing in with Google is not set up correctly. Please tell whoever runs Rowstream for you.",
        permanent=True,
        detail=detail,
    )
