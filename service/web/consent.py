"""The pages a browser goes through when a person lets us write as them: start, Google's consent, choosing the file.

Each step takes a single-use secret from its address and, after the first, a cookie of the same browser. What is true
afterwards is decided by `flows.consenting`. The page with Google's Picker is the only one of ours that runs a script of
Google's and frames a page of Google's; it holds an access token of its own person, and nothing else secret.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from service.errors import Conflict, NotAuthentic
from service.flows import Services, consenting
from service.flows.consenting import Consented, Picking
from service.web import headers, steps
from service.web.limits import Limits, TooFast, retry_after
from service.web.problems import new_reference, note, row_of, sentence_of

_SPENT = (
    "This link was already used, has expired, or was opened in another browser. Nothing was changed. Go back to Google"
    " Sheets and press the button again."
)


def create_consent(services: Services, limits: Limits) -> Blueprint:
    """`/consent/start`, `/consent/given` and `/consent/picked`."""
    rooms = Blueprint("consent", __name__)
    settings = services.settings
    name = steps.cookie_name(https=settings.is_https)

    @rooms.before_request
    def only_get() -> None:
        steps.begin(limits)

    @rooms.get("/consent/start")
    def start() -> AnyResponse:
        leaving = consenting.begin(services, steps.secret("ticket"))
        return steps.with_cookie(redirect(leaving.url), name, leaving.cookie, secure=settings.is_https)

    @rooms.get("/consent/given")
    def given() -> AnyResponse:
        state, cookie = steps.secret("state"), steps.cookie(name)
        if request.args.get("error"):
            raise Conflict("You did not agree on Google's page, so nothing was changed.")
        return show(consenting.finish(services, state=state, code=request.args.get("code", ""), cookie=cookie))

    @rooms.get("/consent/picked")
    def picked() -> AnyResponse:
        return show(consenting.finish_picking(services, state=steps.secret("state"), cookie=steps.cookie(name)))

    def show(found: Consented | Picking) -> AnyResponse:
        if isinstance(found, Consented):
            page = make_response(render_template("consent_done.html", consented=found, nonce=headers.nonce()))
            return steps.without_cookie(page, name, secure=settings.is_https)
        headers.allow_frames(settings.google_picker_frame_url)
        text = render_template(
            "consent_pick.html",
            picking=found,
            picker_url=settings.google_picker_url,
            key=settings.google_picker_key,
            # The project's number, which the id of each of its clients begins with. Google grants nothing without it.
            app_id=settings.google_web_client_id.partition("-")[0],
            nonce=headers.nonce(),
        )
        return steps.with_cookie(make_response(text), name, found.cookie, secure=settings.is_https)

    @rooms.errorhandler(Exception)
    def explain(problem: Exception) -> AnyResponse:
        return Response(status=problem.code) if isinstance(problem, HTTPException) else _explain(problem)

    return rooms


def _explain(problem: Exception) -> AnyResponse:
    reference = "" if isinstance(problem, TooFast) else new_reference()
    if reference:  # a flood leaves no lines in the log
        note(problem, reference=reference, event="consent.problem", path=request.path)
    sentence = _SPENT if isinstance(problem, NotAuthentic) else sentence_of(problem)
    page = render_template("consent_problem.html", sentence=sentence, reference=reference)
    return make_response(page, row_of(problem).status, retry_after(problem))
