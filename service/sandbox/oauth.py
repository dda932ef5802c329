"""OAuth as Google speaks it: account chooser, code with PKCE, refresh, service account grant, revocation.

Rules are those of Google's OAuth 2.0 pages for web server applications and service accounts (and RFC 7523, RFC 7636),
read 2026-11. Not imitated: device codes, incremental authorisation, token introspection, domain-wide delegation.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request
from google.auth import exceptions, jwt
from werkzeug.wrappers import Response as Redirect

from service.sandbox.bearers import Bearer
from service.sandbox.identity import Client, Identity
from service.sandbox.issuer import LIFETIME_S, WEB_CLIENT_ID, public_key
from service.sandbox.people import PEOPLE, is_address, person_of

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: google-auth always writes this audience into a service account's assertion, whatever the token address is.
GOOGLE_TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret
CLOCK_SKEW_S = 10
_KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "access_type",
    "prompt",
)
_SCOPE_WORDS = {
    "openid": "Know who you are on Google",
    "email": "See your primary Google Account email address",
    "https://www.googleapis.com/auth/userinfo.email": "See your primary Google Account email address",
    "profile": "See your personal info, including any you made publicly available",
    "https://www.googleapis.com/auth/drive.file": (
        "See, edit, create and delete only the specific Google Drive files you use with this app"
    ),
}


class OAuthError(Exception):
    """An OAuth error answer: the protocol's own code and a sentence."""

    def __init__(self, code: str, sentence: str, *, status: int = 400) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.status = code, sentence, status


def add_routes(app: Flask, identity: Identity) -> None:
    """The consent page and the token addresses are served by `app`."""
    _add_consent_routes(app, identity)
    _add_token_routes(app, identity)

    @app.errorhandler(OAuthError)
    def refuse(refusal: OAuthError) -> tuple[Response, int]:
        return jsonify(error=refusal.code, error_description=refusal.sentence), refusal.status


def _add_consent_routes(app: Flask, identity: Identity) -> None:
    @app.get("/authorize")
    def choose_account() -> Response | tuple[str, int]:
        problem = _authorize_problem(identity, request.args)
        if problem:
            return render_template("oauth_error.html", problem=problem), 400
        return _consent_page(request.args, signed_in=identity.browser_account)

    @app.post("/authorize")
    def decide() -> Redirect | tuple[str, int]:
        problem = _authorize_problem(identity, request.form)
        if problem:
            return render_template("oauth_error.html", problem=problem), 400
        return redirect(_decide(identity, request.form), 302)


def _add_token_routes(app: Flask, identity: Identity) -> None:
    grants: Mapping[str, Callable[[Identity, Mapping[str, str]], dict[str, Any]]] = {
        "authorization_code": _redeem_code,
        "refresh_token": _refresh,
        JWT_BEARER: _grant_service_account,
    }

    @app.post("/token")
    def issue_token() -> tuple[Response, int]:
        grant = grants.get(request.form.get("grant_type", ""))
        if grant is None:
            raise OAuthError("unsupported_grant_type", "Invalid grant_type.")
        answer = jsonify(grant(identity, request.form))
        answer.headers["Cache-Control"] = "no-store"
        return answer, 200

    @app.post("/revoke")
    def revoke_token() -> tuple[Response, int]:
        if not identity.bearers.revoke(request.values.get("token", "")):
            raise OAuthError("invalid_token", "Token expired or revoked")
        return jsonify({}), 200

    @app.post("/revocations")
    def take_back() -> tuple[Response, int]:
        """In their Google account the person takes back what they gave the product in the browser."""
        body = request.get_json(silent=True) or {}
        if not is_address(body.get("email")):
            raise OAuthError("invalid_request", 'Expected {"email"}.')
        identity.bearers.revoke_all(body["email"].strip().lower(), WEB_CLIENT_ID)
        return jsonify(email=body["email"]), 200

    @app.get("/userinfo")
    def show_user() -> tuple[Response, int]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        person = identity.person_for_bearer(token) if scheme == "Bearer" else None
        if person is None:
            raise OAuthError("invalid_token", "Invalid Credentials", status=401)
        claims = {"sub": person.sub, "email": person.email, "email_verified": True, "hd": person.hd}
        return jsonify({name: value for name, value in claims.items() if value is not None}), 200


def _authorize_problem(identity: Identity, fields: Mapping[str, str]) -> str | None:
    client = identity.clients.get(fields.get("client_id", ""))
    if client is None:
        return "The OAuth client was not found (401: invalid_client)."
    if fields.get("redirect_uri") not in client.redirect_uris:
        return "The redirect address is not registered for this client (400: redirect_uri_mismatch)."
    if fields.get("response_type") != "code":
        return "Only response_type=code is offered (400: unsupported_response_type)."
    if not fields.get("scope", "").strip():
        return "Missing required parameter: scope (400: invalid_request)."
    if fields.get("code_challenge") and fields.get("code_challenge_method") != "S256":
        return "Only the S256 code challenge is offered (400: invalid_request)."
    return None


def _consent_page(fields: Mapping[str, str], *, signed_in: str) -> Response:
    hint = fields.get("login_hint", "").strip().lower() or signed_in
    people = sorted(PEOPLE, key=lambda person: person.email != hint)
    if is_address(hint) and all(person.email != hint for person in PEOPLE):
        people.insert(0, person_of(hint))
    page = render_template(
        "consent.html",
        people=people,
        hint=hint,
        kept={name: fields[name] for name in _KEPT if name in fields},
        wishes=list(dict.fromkeys(_SCOPE_WORDS.get(scope, scope) for scope in fields["scope"].split())),
    )
    return make_response(page)


def _decide(identity: Identity, fields: Mapping[str, str]) -> str:
    state = {"state": fields["state"]} if "state" in fields else {}
    separator = "&" if "?" in fields["redirect_uri"] else "?"
    if fields.get("decision") == "deny" or not is_address(fields.get("email")):
        return f"{fields['redirect_uri']}{separator}{urlencode({'error': 'access_denied', **state})}"
    person = person_of(fields["email"])
    identity.bearers.meet(person.email)
    kept = {name: fields[name] for name in _KEPT if name in fields}
    code = identity.bearers.issue_code({**kept, "email": person.email})
    answer = {**state, "code": code, "scope": fields["scope"], "authuser": "0"}
    return f"{fields['redirect_uri']}{separator}{urlencode(answer)}"


def _redeem_code(identity: Identity, form: Mapping[str, str]) -> dict[str, Any]:
    client = _authenticate(identity, form)
    kept = identity.bearers.take_code(form.get("code", ""))
    if kept is None or kept["client_id"] != client.client_id:
        raise OAuthError("invalid_grant", "Malformed auth code.")
    if kept["redirect_uri"] != form.get("redirect_uri"):
        raise OAuthError("redirect_uri_mismatch", "Bad Request")
    _check_verifier(kept.get("code_challenge"), form.get("code_verifier", ""))
    scopes = tuple(kept["scope"].split())
    answer = _answer(identity, Bearer(kept["email"], scopes, client.client_id))
    if "openid" in scopes:
        nonce = {"nonce": kept["nonce"]} if "nonce" in kept else {}
        answer["id_token"] = identity.issuer.user_token(
            person_of(kept["email"]), audience=client.client_id, overrides=nonce
        )
    first_time = not identity.bearers.has_refresh(kept["email"], client.client_id)
    if kept.get("access_type") == "offline" and (first_time or "consent" in kept.get("prompt", "").split()):
        answer["refresh_token"] = identity.bearers.issue_refresh(
            kept["email"], scopes=scopes, client_id=client.client_id
        )
    return answer


def _refresh(identity: Identity, form: Mapping[str, str]) -> dict[str, Any]:
    client = _authenticate(identity, form)
    bearer = identity.bearers.find_refresh(form.get("refresh_token", ""))
    if bearer is None or bearer.client_id != client.client_id:
        raise OAuthError("invalid_grant", "Token has been expired or revoked.")
    return _answer(identity, bearer)


def _grant_service_account(identity: Identity, form: Mapping[str, str]) -> dict[str, Any]:
    claims = _verified_assertion(identity, form.get("assertion", ""))
    if claims.get("sub", claims["iss"]) != claims["iss"]:
        raise OAuthError("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method.")
    scopes = tuple(str(claims.get("scope", "")).split())
    if not scopes:
        raise OAuthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    return _answer(identity, Bearer(claims["iss"], scopes, identity.writer["client_id"]))


def _verified_assertion(identity: Identity, assertion: str) -> dict[str, Any]:
    key = public_key(identity.writer["private_key"])
    try:
        claims: dict[str, Any] = jwt.decode(  # type: ignore[no-untyped-call]  # the library ships no types
            assertion,
            certs={identity.writer["private_key_id"]: key},
            audience=[identity.writer["token_uri"], GOOGLE_TOKEN_AUDIENCE],
            clock_skew_in_seconds=CLOCK_SKEW_S,
        )
    except (exceptions.GoogleAuthError, ValueError) as error:
        raise OAuthError("invalid_grant", "Invalid JWT Signature, audience or time.") from error
    if claims.get("iss") != identity.writer["client_email"]:
        raise OAuthError("invalid_grant", "Invalid grant: account not found")
    if int(claims["exp"]) - int(claims["iat"]) > LIFETIME_S:
        raise OAuthError("invalid_grant", "Invalid JWT: the token must be short-lived (60 minutes).")
    return claims


def _authenticate(identity: Identity, form: Mapping[str, str]) -> Client:
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if request.authorization is not None and request.authorization.type == "basic":
        client_id = request.authorization.username or ""
        secret = request.authorization.password or ""
    client = identity.clients.get(client_id)
    if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
        raise OAuthError("invalid_client", "The OAuth client was not found.", status=401)
    return client


def _check_verifier(challenge: str | None, verifier: str) -> None:
    if challenge is None:
        return
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    try:
        matches = hmac.compare_digest(digest, challenge)
    except (TypeError, binascii.Error):
        matches = False
    if not matches:
        raise OAuthError("invalid_grant", "Invalid code verifier.")


def _answer(identity: Identity, bearer: Bearer) -> dict[str, Any]:
    token = identity.bearers.issue(bearer.email, scopes=bearer.scopes, client_id=bearer.client_id)
    return {
        "access_token": token,
        "expires_in": LIFETIME_S - 1,
        "scope": " ".join(bearer.scopes),
        "token_type": "Bearer",
    }
