"""The one address where a file leaves the service: a link of a press is opened once, in whatever browser.

A file is kept by nobody on the way, never shown in place, and named by letters that no disk minds. KINDS says what each
kind of link needs and who makes the file; the permission is asked of the person as they are at the click.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from cards.late import LateModule
from service.core.roles import Actor, Permission
from service.errors import NotAuthentic, NotFound
from service.flows import Services, dossiers, links, manage
from service.flows.history_table import history_table
from service.flows.links import Export
from service.web.audit_table import AUDIT_LOG, audit_table
from service.web.limits import Limits, TooFast, retry_after
from service.web.problems import new_reference, note, row_of, sentence_of

LONGEST_NAME = 80  # characters, before the suffix
SYNC_HISTORY = "sync-history"
PROOF_PAGE, PROOF_DATA = "proof", "proof-data"
DESK_STATEMENTS, DESK_TRANSACTIONS, DESK_PAYOUTS = "desk-statements", "desk-transactions", "desk-payouts"
FEE_AUDIT = "fee-audit"
COSTS = "costs"

proof_reports = LateModule("service.flows.proof_reports")  # the whole hunt comes with it
desk_files = LateModule("service.flows.desk_files")
auditor = LateModule("service.flows.auditor")
cost_files = LateModule("service.flows.cost_files")

_SPENT = (
    "This link was already used or has expired: a download works once, within five minutes. Go back to Google Sheets"
    " and press the button again."
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a link of this kind needs, and who makes the file of a subject."""

    permission: Permission
    produce: Callable[[Services, Actor, str], Export]


#: The word that `links.issue` was given → what it stands for.
KINDS: Mapping[str, Kind] = {
    SYNC_HISTORY: Kind(Permission.SHEET_STATUS, history_table),
    dossiers.KIND: Kind(Permission.ACCOUNT_OWN, dossiers.export),
    PROOF_PAGE: Kind(Permission.PROVE, proof_reports.report_page),
    PROOF_DATA: Kind(Permission.PROVE, proof_reports.report_json),
    AUDIT_LOG: Kind(Permission.PROVE, audit_table),
    FEE_AUDIT: Kind(Permission.LEDGER_SEE, auditor.table),
    COSTS: Kind(Permission.COSTS_EDIT, cost_files.table),
    DESK_STATEMENTS: Kind(Permission.LEDGER_SEE, desk_files.statements_table),
    DESK_TRANSACTIONS: Kind(Permission.LEDGER_SEE, desk_files.transactions_table),
    DESK_PAYOUTS: Kind(Permission.LEDGER_SEE, desk_files.payouts_table),
}


def create_downloads(services: Services, limits: Limits, kinds: Mapping[str, Kind] = KINDS) -> Blueprint:
    """The route `/download/<token>`."""
    downloads = Blueprint("downloads", __name__)

    @downloads.before_request
    def only_get() -> None:
        """What merely looks (HEAD) must not use a link up."""
        if request.method != "GET":
            abort(HTTPStatus.METHOD_NOT_ALLOWED)
        limits.count_try()

    @downloads.get("/download/<token>")
    def download(token: str) -> Response:
        claim = links.redeem(services, token)
        kind = kinds.get(claim.kind)
        if kind is None:  # issued by another release
            raise NotFound("This download does not exist any more. Go back to Google Sheets and try again.")
        export = kind.produce(services, manage.require(claim.actor, kind.permission), claim.subject)
        links.record(services, claim, export)
        return _file(export)

    @downloads.errorhandler(Exception)
    def explain(problem: Exception) -> AnyResponse:
        return Response(status=problem.code) if isinstance(problem, HTTPException) else _explain(problem)

    return downloads


def _file(export: Export) -> Response:
    answer = Response(export.content, content_type=export.mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{safe_name(export.title)}.{export.suffix}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def safe_name(title: str) -> str:
    """The title without what a disk or a header could take for more than a letter; never empty, never hidden."""
    kept = "".join(letter if letter.isalnum() or letter in " -–_()." else " " for letter in title)
    return " ".join(kept.split())[:LONGEST_NAME].strip(" .") or "download"


def _explain(problem: Exception) -> AnyResponse:
    reference = "" if isinstance(problem, TooFast) else new_reference()
    if reference:  # a flood leaves no lines in the log
        note(problem, reference=reference, event="download.problem")
    sentence = _SPENT if isinstance(problem, NotAuthentic) else sentence_of(problem)
    page = render_template("download_problem.html", sentence=sentence, reference=reference)
    return make_response(page, row_of(problem).status, retry_after(problem))
