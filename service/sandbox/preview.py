"""The preview's own addresses: its pages, the pictures and scripts, and presses carried out as Google would.

Sheets, sharing and the market are played by the browser at their own addresses; what needs a person's rights in
Google's own pages (a list of their files, a share dialog) goes through here with a token of theirs.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from service.sandbox.addon import Addon
from service.sandbox.examples import draw_examples
from service.sandbox.files import PersonalFiles, RefusedError
from service.sandbox.frontend import Frontend, Reader
from service.sandbox.identity import Identity, describe_person
from service.sandbox.people import is_address

STATIC = Path(__file__).parent / "static"
PRESSES_KEPT = 200
PAGE_POLICY = (
    "default-src 'self'; img-src * data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class Stage:
    """What the preview's addresses share: the front end, the identity, the last presses."""

    def __init__(
        self, identity: Identity, files: PersonalFiles, *, contract: Callable[[], Mapping[str, Any]], addon: Addon
    ) -> None:
        self.identity = identity
        self.files = files
        self.contract = contract
        self.addon = addon
        self.presses: deque[dict[str, Any]] = deque(maxlen=PRESSES_KEPT)
        self._frontend: Frontend | None = None

    @property
    def frontend(self) -> Frontend:
        """Google's front end, made when the world knows its addresses."""
        if self._frontend is None:
            self._frontend = Frontend(self.contract())
        return self._frontend

    def close(self) -> None:
        """Connections are closed."""
        self.files.close()
        if self._frontend is not None:
            self._frontend.close()


def create_preview(stage: Stage) -> Flask:
    """The pages at `/`, `/gallery`, and the addresses below `/preview/`."""
    app = Flask("rowstream-sandbox-preview", static_folder=str(STATIC), static_url_path="/static")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0
    app.after_request(_guard_page)
    _add_pages(app, stage)
    _add_presses(app, stage)
    _add_files(app, stage.files)
    return app


def _guard_page(answer: Response) -> Response:
    """Only our own scripts run; pictures of cards may come from anywhere."""
    if answer.mimetype == "text/html":
        answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return answer


def _add_pages(app: Flask, stage: Stage) -> None:
    @app.get("/")
    def show_preview() -> Response:
        return app.send_static_file("preview.html")

    @app.get("/gallery")
    def show_gallery() -> Response:
        return app.send_static_file("gallery.html")

    @app.get("/sandbox")
    def show_contract() -> Response:
        return jsonify(stage.contract())

    @app.get("/preview/world")
    def describe_world() -> Response:
        return jsonify(
            {
                **stage.contract(),
                **asdict(stage.addon),
                "people": [describe_person(person) for person in stage.identity.people()],
            }
        )

    @app.get("/preview/gallery")
    def list_examples() -> Response:
        return jsonify(draw_examples(stage.contract()["addon"].removesuffix("/addon/")))


def _add_presses(app: Flask, stage: Stage) -> None:
    @app.post("/preview/press")
    def press() -> Response:
        body = _body()
        stage.identity.browser_account = _email(body)
        reply = stage.frontend.press(
            stage.identity.browser_account,
            str(body.get("url", "")),
            spreadsheet_id=body.get("spreadsheet_id"),
            parameters=body.get("parameters") or {},
            form_inputs=body.get("form_inputs") or {},
            reader=Reader(str(body.get("locale", "en-GB")), str(body.get("time_zone", "Europe/London"))),
        )
        size = len(json.dumps(reply.body)) if reply.body is not None else 0
        line = {"url": body.get("url"), "status": reply.status, "elapsed_ms": reply.elapsed_ms, "size": size}
        stage.presses.append({**line, "email": body["email"], "at": time.time()})
        return jsonify({**line, "body": reply.body})

    @app.get("/preview/presses")
    def list_presses() -> Response:
        return jsonify(list(stage.presses))


def _add_files(app: Flask, files: PersonalFiles) -> None:
    @app.get("/preview/files")
    def list_files() -> Response:
        return jsonify(files=files.list_for(_email(request.args)))

    @app.get("/preview/files/<spreadsheet_id>")
    def show_file(spreadsheet_id: str) -> Response:
        return jsonify(file=files.find(_email(request.args), spreadsheet_id))

    @app.post("/preview/files")
    def create_file() -> Response:
        body = _body()
        return jsonify(files.create(_email(body), str(body.get("title") or "Untitled spreadsheet")))

    @app.post("/preview/shares")
    def list_shares() -> Response:
        body = _body()
        return jsonify(files.shares(_email(body), str(body["spreadsheet_id"])))

    @app.post("/preview/share")
    def share() -> Response:
        body = _body()
        keys = ("type", "role", "emailAddress", "domain", "expirationTime")
        wanted = {key: str(body[key]) for key in keys if body.get(key)}
        files.share(_email(body), str(body["spreadsheet_id"]), wanted)
        return jsonify({})

    @app.post("/preview/unshare")
    def unshare() -> Response:
        body = _body()
        files.unshare(_email(body), str(body["spreadsheet_id"]), str(body["permission_id"]))
        return jsonify({})

    @app.errorhandler(RefusedError)
    def refuse(refusal: RefusedError) -> tuple[Response, int]:
        return jsonify(message=str(refusal)), refusal.status


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        refusal = jsonify(message="Expected a JSON body.")
        refusal.status_code = 400
        abort(refusal)
    return body


def _email(body: Mapping[str, Any]) -> str:
    if not is_address(body.get("email")):
        refusal = jsonify(message="Expected the address of a person.")
        refusal.status_code = 400
        abort(refusal)
    return str(body["email"]).strip().lower()
