"""The page that takes one file of costs: a link of a press shows a form, the file is read once, the page says what came
of it.

The link is the proof: single-use, ten minutes, of one person whose role is asked again. What a file means is decided by
`flows.cost_files`; here are addresses, sizes and pages. Only what is drawn here may post, and only here.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from cards.cost_faults import FaultLine, fault_sentence
from cards.late import LateModule
from cards.words import Words
from service.core.ledger.cost_text import MOST_BYTES
from service.errors import BadInput, NotAuthentic
from service.flows import Services
from service.web import headers, steps
from service.web.limits import Limits, TooFast, retry_after
from service.web.problems import new_reference, note, row_of, sentence_of

PATH = "/costs/import"
FAULTS_SHOWN = 200
_ROOM = 64 * 1024  # around the file: the form's own parts
_SPENT = (
    "This link was already used or has expired: it takes one file, within ten minutes. Go back to Google Sheets and"
    " press the button again."
)

cost_files = LateModule("service.flows.cost_files")


def create_cost_import(services: Services, limits: Limits) -> Blueprint:
    """`/costs/import`: the form, and the file."""
    room = Blueprint("cost import", __name__)

    @room.before_request
    def begin() -> None:
        if request.method not in {"GET", "POST"}:
            abort(HTTPStatus.METHOD_NOT_ALLOWED)
        limits.count_try()
        request.max_content_length = MOST_BYTES + _ROOM

    @room.get(PATH)
    def show() -> AnyResponse:
        steps.secret("ticket")
        return _form()

    @room.post(PATH)
    def take() -> AnyResponse:
        ticket = steps.secret("ticket")
        file = request.files.get("file")
        if file is None or not file.filename:
            return _form("Choose a file first.")
        try:
            report = cost_files.take(services, ticket, file.read())
        except BadInput as problem:
            return _form(sentence_of(problem))
        return make_response(render_template("costs_imported.html", **_told(report)))

    @room.errorhandler(Exception)
    def explain(problem: Exception) -> AnyResponse:
        if isinstance(problem, HTTPException):
            if problem.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                return _form("The file is too large. Split it into smaller ones.")
            return Response(status=problem.code)
        return _explain(problem)

    return room


def _form(error: str = "") -> AnyResponse:
    """The form; nothing is used up. It posts to its own address."""
    headers.allow_form()
    return make_response(render_template("costs_import.html", error=error), 400 if error else 200)


def _told(report: Any) -> dict[str, object]:
    """What the page says of a `cost_tabs.Report`."""
    words = Words()
    faults = [
        FaultLine(one.row, one.wrong, one.column or "", one.text, one.other_row) for one in report.faults[:FAULTS_SHOWN]
    ]
    return {
        "report": report,
        "lines": [(one.row, one.heading, fault_sentence(one, words)) for one in faults],
        "rest": len(report.faults) - len(faults),
    }


def _explain(problem: Exception) -> AnyResponse:
    reference = "" if isinstance(problem, TooFast) else new_reference()
    if reference:  # a flood leaves no lines in the log
        note(problem, reference=reference, event="costs.problem")
    sentence = _SPENT if isinstance(problem, NotAuthentic) else sentence_of(problem)
    page = render_template("costs_refused.html", sentence=sentence, reference=reference)
    return make_response(page, row_of(problem).status, retry_after(problem))
