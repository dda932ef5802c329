"""The pages a browser goes through when a shop is connected: start, signed in, and the vendor's callback.

Each step takes a single-use secret from its address and, after the first, a cookie of the same browser. What is true
afterwards is decided by `flows.connect`; here are addresses, the cookie and the pages.
"""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from service.errors import Conflict, NotAuthentic
from service.flows import Services, connect
from service.web import headers, steps
from service.web.limits import Limits, TooFast, retry_after
from service.web.problems import new_reference, note, row_of, sentence_of

START_PATH, SIGNED_IN_PATH, CALLBACK_PATH = "/connect/start", "/connect/signed-in", "/tiktok/callback"

_SPENT = (
    "This link was already used, has expired, or was opened in another browser. Nothing was connected. Go back to"
    " Google Sheets and press the button again."
)


def create_connect(services: Services, limits: Limits) -> Blueprint:
    """`/connect/start`, `/connect/signed-in` and `/tiktok/callback`."""
    rooms = Blueprint("connect", __name__)
    cookie = steps.cookie_name(https=services.settings.is_https)

    @rooms.before_request
    def only_get() -> None:
        steps.begin(limits)

    @rooms.get(START_PATH)
    def start() -> AnyResponse:
        leaving = connect.begin_sign_in(services, steps.secret("ticket"))
        return steps.with_cookie(redirect(leaving.url), cookie, leaving.cookie, secure=services.settings.is_https)

    @rooms.get(SIGNED_IN_PATH)
    def signed_in() -> AnyResponse:
        if request.args.get("error"):
            raise Conflict("You did not sign in with Google, so nothing was connected.")
        named, fresh = connect.finish_sign_in(
            services, state=steps.secret("state"), code=request.args.get("code", ""), cookie=steps.cookie(cookie)
        )
        page = make_response(render_template("connect_account.html", named=named))
        return steps.with_cookie(page, cookie, fresh, secure=services.settings.is_https)

    @rooms.get(CALLBACK_PATH)
    def come_back() -> AnyResponse:
        steps.secret("state")
        connected = connect.finish(services, request.args.to_dict(), cookie=steps.cookie(cookie))
        page = make_response(render_template("connect_done.html", connected=connected, **_closing(connected.refused)))
        return steps.without_cookie(page, cookie, secure=services.settings.is_https)

    @rooms.errorhandler(Exception)
    def explain(problem: Exception) -> AnyResponse:
        return Response(status=problem.code) if isinstance(problem, HTTPException) else _explain(problem)

    return rooms


def _closing(refused: tuple[Any, ...]) -> dict[str, str]:
    """A page with bad news stays until the person has read it."""
    return {"nonce": ""} if refused else {"nonce": headers.nonce()}


def _explain(problem: Exception) -> AnyResponse:
    reference = "" if isinstance(problem, TooFast) else new_reference()
    if reference:  # a flood leaves no lines in the log
        note(problem, reference=reference, event="connect.problem", path=request.path)
    sentence = _SPENT if isinstance(problem, NotAuthentic) else sentence_of(problem)
    page = render_template("connect_problem.html", sentence=sentence, reference=reference)
    return make_response(page, row_of(problem).status, retry_after(problem))
