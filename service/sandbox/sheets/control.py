"""The control door: grants, faults, counted calls, a user's hands, and live snapshots for the preview page.

Everything is JSON; `manual.MANUAL` says what each address takes. It is no part of Google's API and asks for no bearer:
whoever mounts it keeps strangers out.
"""

from typing import Any

from flask import Flask, Response, jsonify, request

from service.sandbox.sheets.errors import PROTECTED_TEXTS, ApiError
from service.sandbox.sheets.faults import FAILING, KEYS, SWITCHES
from service.sandbox.sheets.gate import Shared
from service.sandbox.sheets.hands import Hands
from service.sandbox.sheets.snapshot import ROWS_SHOWN, snapshot
from service.sandbox.sheets.spreadsheets import Bench
from service.sandbox.sheets.state.files import (
    ROLES,
    DriveFile,
    Permission,
    move_to_drive,
    permission_id_of,
    take_from_drive,
)

Json = dict[str, Any]

LONG_POLL_S = 20.0


class Control:
    """Builds the Flask application; the handlers are its methods."""

    def __init__(self, bench: Bench, hands: Hands, shared: Shared) -> None:
        self.bench = bench
        self.hands = hands
        self.quotas = shared.quotas
        self.calls = shared.calls
        self.late = shared.late
        self.app = self._build()

    def _build(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/grants", view_func=self.grant, methods=["POST"])
        app.add_url_rule("/shared-drive", view_func=self.move_to_drive, methods=["POST"])
        app.add_url_rule("/readers", view_func=self.hide_readers, methods=["POST"])
        app.add_url_rule("/groups", view_func=self.set_group, methods=["POST"])
        app.add_url_rule("/accounts", view_func=self.end_account, methods=["POST"])
        app.add_url_rule("/domains", view_func=self.close_domain, methods=["POST"])
        app.add_url_rule("/clients", view_func=self.join_clients, methods=["POST"])
        app.add_url_rule("/faults", view_func=self.set_faults, methods=["POST"])
        app.add_url_rule("/faults", view_func=self.show_faults, methods=["GET"])
        app.add_url_rule("/faults", view_func=self.clear_faults, methods=["DELETE"])
        app.add_url_rule("/faults/land", view_func=self.land_late_calls, methods=["POST"])
        app.add_url_rule("/calls", view_func=self.show_calls, methods=["GET"])
        app.add_url_rule("/calls", view_func=self.reset_calls, methods=["DELETE"])
        app.add_url_rule("/hands/<deed>", view_func=self.use_hands, methods=["POST"])
        app.add_url_rule("/spreadsheets", view_func=self.list_spreadsheets, methods=["GET"])
        app.add_url_rule("/spreadsheets/<spreadsheet_id>", view_func=self.show_spreadsheet, methods=["GET"])
        app.register_error_handler(ApiError, _refused)
        app.before_request(self.late.land_due)
        return app

    def _file(self, spreadsheet_id: str) -> DriveFile:
        file = self.bench.state.files.get(spreadsheet_id)
        if file is None or file.workbook is None:
            raise ApiError(f"There is no spreadsheet {spreadsheet_id}.", code=404)
        return file

    def grant(self) -> Response:
        body = _body()
        self._file(_text(body, "spreadsheet_id"))
        self.bench.state.grant(_text(body, "email"), body["spreadsheet_id"])
        return jsonify({})

    def move_to_drive(self) -> Response:
        """The file goes onto a shared drive with these members; without an id it is its manager's own again."""
        body = _body()
        file = self._file(_text(body, "spreadsheet_id"))
        if not body.get("drive_id"):
            take_from_drive(file)
            return jsonify({})
        move_to_drive(file, _text(body, "drive_id"), [_member(entry) for entry in body.get("members", [])])
        return jsonify({})

    def hide_readers(self) -> Response:
        """From now on only who manages the file is told who can open it; or, with `hidden` false, every editor."""
        body = _body()
        file = self._file(_text(body, "spreadsheet_id"))
        file.hides_readers = bool(body.get("hidden", True))
        file.revision += 1
        return jsonify({})

    def end_account(self) -> Response:
        """A person's Google account is deleted; what was shared with it stays in the lists and opens nothing."""
        self.bench.state.gone.add(_text(_body(), "email").lower())
        return jsonify({})

    def close_domain(self) -> Response:
        """Files of this domain's people are shared with nobody outside from now on; or, with `closed` false, again."""
        body = _body()
        domain = _text(body, "domain").lower()
        closed = self.bench.state.closed
        closed.add(domain) if body.get("closed", True) else closed.discard(domain)
        return jsonify({"closed": sorted(closed)})

    def join_clients(self) -> Response:
        """Whether a grant made with the add-on counts for the project's other clients too."""
        self.bench.state.shares_grants = bool(_body().get("share_grants", True))
        return jsonify({"share_grants": self.bench.state.shares_grants})

    def set_group(self) -> Response:
        body = _body()
        members = {str(member).lower() for member in body.get("members", [])}
        self.bench.state.groups[_text(body, "email").lower()] = members
        return jsonify({})

    def set_faults(self) -> Response:
        body = _body()
        unknown = sorted(set(body) - set(KEYS))
        if unknown:
            raise ApiError(f"Unknown keys: {', '.join(unknown)}. Known: {', '.join(KEYS)}.")
        faults = self.bench.faults
        if body.get("clear"):
            faults.clear()
        for name in FAILING:
            if name in body:
                faults.order(name, _order(name, body[name]))
        self.quotas.is_on = bool(body.get("quotas", self.quotas.is_on))
        self.quotas.per_user = int(body.get("quota_per_user", self.quotas.per_user))
        self.quotas.per_project = int(body.get("quota_per_project", self.quotas.per_project))
        faults.latency_s = float(body.get("latency_s", faults.latency_s))
        for name in SWITCHES:
            setattr(faults, name, bool(body.get(name, getattr(faults, name))))
        faults.language = _language(body.get("language", faults.language))
        return self.show_faults()

    def show_faults(self) -> Response:
        faults = self.bench.faults
        settings = {
            "quotas": self.quotas.is_on,
            "quota_per_user": self.quotas.per_user,
            "quota_per_project": self.quotas.per_project,
            "latency_s": faults.latency_s,
            "language": faults.language,
            **{name: getattr(faults, name) for name in SWITCHES},
        }
        on_the_way = self.late.waiting()
        return jsonify({"settings": settings, "waiting": faults.waiting(), "on_the_way": on_the_way, "keys": KEYS})

    def clear_faults(self) -> Response:
        self.bench.faults.clear()
        return self.show_faults()

    def land_late_calls(self) -> Response:
        """Every call that is on its way lands now."""
        return jsonify({"landed": self.late.land()})

    def show_calls(self) -> Response:
        return jsonify(self.calls.summary())

    def reset_calls(self) -> Response:
        self.calls.reset()
        return jsonify({})

    def use_hands(self, deed: str) -> Response:
        return jsonify(self.hands.perform(deed, _body()))

    def list_spreadsheets(self) -> Response:
        found = [
            {"id": f.file_id, "title": f.title, "version": f.workbook.version, "owner": f.owner}
            for f in self.bench.state.spreadsheets()
            if f.workbook is not None
        ]
        return jsonify({"spreadsheets": found})

    def show_spreadsheet(self, spreadsheet_id: str) -> Response:
        """The snapshot once the version is above `since`; without `since` at once."""
        workbook = self._file(spreadsheet_id).workbook
        if workbook is None:
            raise ApiError(f"There is no spreadsheet {spreadsheet_id}.", code=404)
        since = request.args.get("since", default=-1, type=int)
        rows = request.args.get("rows", default=ROWS_SHOWN, type=int)
        workbook.wait_beyond(since, LONG_POLL_S)
        with workbook.reading():
            return jsonify(snapshot(self.bench.evaluator(workbook), rows))


def _refused(refusal: ApiError) -> tuple[Response, int]:
    return jsonify({"error": refusal.message}), refusal.code


def _body() -> Json:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ApiError("The body must be a JSON object.")
    return body


NUMBERS = ("count", "after", "seconds")
ORDER = (*NUMBERS, "method", "kind", "email", "spreadsheet_id")
"""Keys of a fault given as an object."""


def _order(name: str, given: Any) -> int | Json:
    """A count, or an object whose numbers are numbers."""
    numbers = [given] if not isinstance(given, dict) else [given.get(key, 0) for key in NUMBERS]
    if not all(isinstance(number, (int, float)) for number in numbers):
        raise ApiError(f"{name} takes a count, or an object: {', '.join(ORDER)}.")
    return given if isinstance(given, dict) else int(given)


def _language(name: str) -> str:
    if name not in PROTECTED_TEXTS:
        raise ApiError(f"language is one of {', '.join(PROTECTED_TEXTS)}.")
    return name


def _member(entry: Any) -> Permission:
    """Somebody who is in a shared drive: an address, and a role (reader) and kind (user) where they are others."""
    if not isinstance(entry, dict):
        raise ApiError("A member is an object: email, role, type.")
    email, role = _text(entry, "email"), str(entry.get("role", "reader"))
    kind = str(entry.get("type", "user"))
    if role not in ROLES or kind not in {"user", "group"}:
        raise ApiError(f"A member's role is one of {', '.join(ROLES)}, its type user or group.")
    return Permission(permission_id_of(kind, email), kind, role, email)


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError(f"{name} is required.")
    return value
