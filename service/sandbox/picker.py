"""The stand-in for Google's Picker: a script that product pages load, and the window in which a person chooses a file.

A choice grants `drive.file` to the client whose token the page gave, if that client's project is the one that the page
named: Google grants nothing without it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, make_response, render_template, request

from service.sandbox.bearers import Bearer
from service.sandbox.identity import PICKER_KEY, Identity
from service.sandbox.sheets import Person
from service.sandbox.sheets.state.files import SPREADSHEET, DriveFile, State

SCRIPT = Path(__file__).parent / "static" / "picker.js"


def add_picker(app: Flask, identity: Identity, state: State) -> None:
    """`picker.js` and `picker` are served by `app`."""

    @app.get("/picker.js")
    def send_script() -> Response:
        return Response(SCRIPT.read_text("utf-8"), mimetype="text/javascript")

    @app.get("/picker")
    def show_files() -> Response:
        bearer = _bearer(identity, request.args)
        wanted = {one for one in request.args.get("ids", "").split(",") if one}
        found = [
            file
            for file in state.spreadsheets()
            if not file.is_trashed and state.role_of(Person(bearer.email), file) is not None
        ]
        shown = [file for file in found if not wanted or file.file_id in wanted]
        kept = {name: request.args.get(name, "") for name in ("token", "app", "key", "origin")}
        return make_response(render_template("picker.html", files=shown, kept=kept, email=bearer.email))

    @app.post("/picker")
    def choose() -> Response:
        bearer = _bearer(identity, request.form)
        file = state.files.get(request.form.get("file_id", ""))
        if file is None or state.role_of(Person(bearer.email), file) is None:
            abort(404)
        state.grant(bearer.email, file.file_id, client=bearer.client_id)
        told = {"action": "picked", "docs": [_document(file)]}
        return make_response(render_template("picked.html", told=told, origin=request.form.get("origin", "")))


def _bearer(identity: Identity, fields: Mapping[str, str]) -> Bearer:
    """Whose token the page gave. 403 for a key or a project that is not the product's."""
    bearer = identity.bearers.find(fields.get("token", ""))
    if bearer is None:
        abort(401)
    if fields.get("key") != PICKER_KEY or not bearer.client_id.startswith(f"{fields.get('app', '')}-"):
        abort(403)
    return bearer


def _document(file: DriveFile) -> dict[str, Any]:
    """What Google tells the page of a chosen file, as far as pages need it."""
    return {"id": file.file_id, "name": file.title, "mimeType": SPREADSHEET, "type": "document"}
