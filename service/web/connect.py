"""The pages a browser goes through when a shop is connected: start, signed in, and the vendor's callback.

Each step takes a single-use secret from its address and, after the first, a cookie of the same browser. What is true
afterwards is decided by `flows.connect`; here are addresses, the cookie and the pages.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from service.errors import Conflict, NotAuthentic
from service.flows import Services, connect
from service.web import headers
from service.web.limits import Limits, TooFast, retry_after
from service.web.problems import new_reference, note, row_of, sentence_of

START_PATH, SIGNED_IN_PATH, CALLBACK_PATH = "/connect/start", "/connect/signed-in", "/tiktok/callback"
COOKIE_LIFE_S = 600  # as long as the secrets that go with it
LONGEST_SECRET = 512  # characters; ours are 43, and nothing longer is looked up

_SPENT = (
    "This link was already used, has expired, or was opened in another browser. Nothing was connected. Go back to"
    " Google Sheets and press the button again."
)


def create_connect(services: Services, limits: Limits) -> Blueprint:
    """`/connect/start`, `/connect/signed-in` and `/tiktok/callback`."""
    rooms = Blueprint("connect", __name__)
    cookie = cookie_name(https=services.settings.is_https)

    @rooms.before_request
    def only_get() -> None:
        """Each step uses something up, so nothing that merely looks (HEAD) may take it."""
        if request.method != "GET":
            abort(HTTPStatus.METHOD_NOT_ALLOWED)
        limits.count_try()

    @rooms.get(START_PATH)
    def start() -> AnyResponse:
        leaving = connect.begin_sign_in(services, _secret("ticket"))
        return _with_cookie(redirect(leaving.url), cookie, leaving.cookie, secure=services.settings.is_https)

    @rooms.get(SIGNED_IN_PATH)
    def signed_in() -> AnyResponse:
        if request.args.get("error"):
            raise Conflict("You did not sign in with Google, so nothing was connected.")
        named, fresh = connect.finish_sign_in(
            services, state=_secret("state"), code=request.args.get("code", ""), cookie=_cookie(cookie)
        )
        page = make_response(render_template("connect_account.html", named=named))
        return _with_cookie(page, cookie, fresh, secure=services.settings.is_https)

    @rooms.get(CALLBACK_PATH)
    def come_back() -> AnyResponse:
        _secret("state")
        connected = connect.finish(services, request.args.to_dict(), cookie=_cookie(cookie))
        page = make_response(render_template("connect_done.html", connected=connected, **_closing(connected.refused)))
        page.delete_cookie(cookie, secure=services.settings.is_https, httponly=True, samesite="Lax")
        return page

    @rooms.errorhandler(Exception)
    def explain(problem: Exception) -> AnyResponse:
        return Response(status=problem.code) if isinstance(problem, HTTPException) else _explain(problem)

    return rooms


def cookie_name(*, https: bool) -> str:
    """The prefix makes the browser keep the cookie to this host; browsers refuse it without https."""
    return "__Host-rowstream" if https else "rowstream"


def _secret(name: str) -> str:
    """A single-use secret from the address; NotAuthentic for what cannot be one."""
    value = request.args.get(name, "")
    if not 0 < len(value) <= LONGEST_SECRET:
        raise NotAuthentic(f"no {name} in the address")
    return value


def _cookie(name: str) -> str:
    value = request.cookies.get(name, "")
    if not 0 < len(value) <= LONGEST_SECRET:
        raise NotAuthentic("no cookie of this browser")
    return value


def _with_cookie(answer: AnyResponse, name: str, value: str, *, secure: bool) -> AnyResponse:
    """Lax, because the browser comes back from Google and TikTok by a link; nothing of ours is posted."""
    answer.set_cookie(name, value, max_age=COOKIE_LIFE_S, secure=secure, httponly=True, samesite="Lax", path="/")
    return answer


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
