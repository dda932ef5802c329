"""The local stand-in for Google's accounts: certificates, ID tokens, access tokens, and whom a bearer speaks for.

The product verifies these tokens by its normal path; only the address of the certificate list differs. The OAuth
conversations (consent page, code, refresh, service account) are in `oauth`.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from service.sandbox.bearers import Bearers
from service.sandbox.issuer import ADDON_CLIENT_ID, VARIANTS, WEB_CLIENT_ID, Issuer, service_account
from service.sandbox.people import PEOPLE, Person, is_address, person_of

WRITER = "rowstream-writer"
#: The client of the preview itself: what a person does in Google's own pages, with Google's own rights.
GOOGLE_CLIENT_ID = "google-itself"
GOOGLE_SCOPES = ("https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/spreadsheets")
CERTS_MAX_AGE_S = 3600
PICKER_KEY = "picker-of-the-local-world"


@dataclass(frozen=True, slots=True)
class Client:
    """A registered OAuth web client: its secret and the exact addresses it may be sent back to."""

    client_id: str
    secret: str
    redirect_uris: tuple[str, ...]


class Identity:
    """Everything the issuer knows. `base_url` is its own address and ends in a slash."""

    def __init__(
        self,
        data_dir: Path,
        *,
        base_url: str,
        redirect_uris: tuple[str, ...] = (),
        wall: Callable[[], datetime],
    ) -> None:
        self.issuer = Issuer(data_dir, wall=wall)
        self.bearers = Bearers(data_dir, wall=wall)
        self.base_url = base_url
        self.wall = wall
        self.writer = service_account(data_dir, name=WRITER, token_uri=f"{base_url}token")
        secret = hashlib.sha256(f"client {self.writer['private_key']}".encode()).hexdigest()
        self.clients = {WEB_CLIENT_ID: Client(WEB_CLIENT_ID, secret, redirect_uris)}
        self.browser_account = ""  # whom the browser is signed in as, for the account chooser
        for person in PEOPLE:
            self.bearers.meet(person.email)

    def people(self) -> list[Person]:
        """Everybody seen so far: the seeded people, then whoever turned up."""
        return [person_of(email) for email in self.bearers.met()]

    def person_for_bearer(self, token: str) -> Person | None:
        """Whom a live access token speaks for, a service account included; None for any other text."""
        bearer = self.bearers.find(token)
        return person_of(bearer.email) if bearer else None

    def writer_key(self) -> str:
        """The writer's service account key file, as JSON text."""
        return json.dumps(self.writer)

    def addon_token(self, person: Person, *, scopes: tuple[str, ...] | None = None) -> str:
        """The access token Google puts into an add-on event: this person, the scopes they granted."""
        self.bearers.meet(person.email)
        granted = self.bearers.consented(person.email) if scopes is None else scopes
        return self.bearers.issue(person.email, scopes=granted, client_id=ADDON_CLIENT_ID)

    def google_token(self, person: Person) -> str:
        """An access token with the rights the person has in Google's own pages."""
        self.bearers.meet(person.email)
        return self.bearers.issue(person.email, scopes=GOOGLE_SCOPES, client_id=GOOGLE_CLIENT_ID)

    def close(self) -> None:
        """The files are released."""
        self.bearers.close()


def create_identity(identity: Identity) -> Flask:
    """The issuer's addresses: certs, tokens, people, consents. The OAuth ones are added by `oauth.add_routes`."""
    app = Flask("rowstream-sandbox-identity", template_folder=str(Path(__file__).parent / "templates"))

    @app.get("/certs")
    def show_certs() -> Response:
        answer = jsonify(identity.issuer.certs())
        answer.headers["Cache-Control"] = f"public, max-age={CERTS_MAX_AGE_S}, must-revalidate, no-transform"
        return answer

    @app.post("/tokens")
    def issue_tokens() -> tuple[Response, int]:
        body: Any = request.get_json(silent=True)
        problem = _token_problem(body)
        if problem:
            return jsonify(error={"code": 400, "message": problem}), 400
        return jsonify(_issue_tokens(identity, body)), 200

    @app.get("/people")
    def list_people() -> Response:
        return jsonify([describe_person(person) for person in identity.people()])

    @app.get("/consents")
    def show_consent() -> Response:
        email = request.args.get("email", "").strip().lower()
        return jsonify(email=email, scopes=list(identity.bearers.consented(email)))

    @app.post("/consents")
    def record_consent() -> tuple[Response, int]:
        body = request.get_json(silent=True) or {}
        if not is_address(body.get("email")) or not isinstance(body.get("scopes"), list):
            return jsonify(error={"code": 400, "message": 'Expected {"email", "scopes": [..]}.'}), 400
        identity.bearers.consent(body["email"].strip().lower(), map(str, body["scopes"]))
        return jsonify(email=body["email"], scopes=body["scopes"]), 200

    @app.get("/service-account")
    def show_service_account() -> Response:
        return Response(identity.writer_key(), mimetype="application/json")

    return app


def describe_person(person: Person) -> dict[str, str | None]:
    """What the list of people says about one of them."""
    return {"email": person.email, "name": person.name, "role": person.role}


def _token_problem(body: Any) -> str | None:
    if not isinstance(body, dict):
        return 'Expected a JSON body {"email", "audience"}.'
    if not is_address(body.get("email")):
        return "`email` must be one e-mail address."
    if not isinstance(body.get("audience"), str) or not body["audience"]:
        return "`audience` must be the exact address that will be called."
    if body.get("variant") is not None and body["variant"] not in VARIANTS:
        return f"`variant` is one of: {', '.join(sorted(VARIANTS))}."
    if body.get("apply_to", "both") not in {"system", "user", "both"}:
        return "`apply_to` is system, user or both."
    return None


def _issue_tokens(identity: Identity, body: dict[str, Any]) -> dict[str, Any]:
    person = person_of(body["email"])
    variant, apply_to = body.get("variant"), body.get("apply_to", "both")
    overrides: dict[str, Any] = {claim: body[claim] for claim in ("email_verified", "hd", "sub") if claim in body}
    scopes = tuple(map(str, body["scopes"])) if isinstance(body.get("scopes"), list) else None
    return {
        "user_oauth_token": identity.addon_token(person, scopes=scopes),
        "user_id_token": identity.issuer.user_token(
            person, variant=variant if apply_to != "system" else None, overrides=overrides
        ),
        "system_id_token": identity.issuer.system_token(
            body["audience"], variant=variant if apply_to != "user" else None
        ),
        "authorized_scopes": list(identity.bearers.consented(person.email) if scopes is None else scopes),
    }
