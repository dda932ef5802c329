"""What the steps of a browser's way through our pages share: single-use secrets in addresses, and one cookie.

Every step uses something up, so nothing that merely looks (HEAD) may take it. What a step does is decided by flows.
"""

from http import HTTPStatus

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from service.errors import NotAuthentic
from service.web.limits import Limits

COOKIE_LIFE_S = 600  # as long as the secrets that go with it
LONGEST_SECRET = 512  # characters; ours are 43, and nothing longer is looked up


def begin(limits: Limits) -> None:
    """Only GET goes on, and no faster than the limit for those who proved nothing."""
    if request.method != "GET":
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    limits.count_try()


def cookie_name(*, https: bool) -> str:
    """The prefix makes the browser keep the cookie to this host; browsers refuse it without https."""
    return "__Host-rowstream" if https else "rowstream"


def secret(name: str) -> str:
    """A single-use secret from the address; NotAuthentic for what cannot be one."""
    value = request.args.get(name, "")
    if not 0 < len(value) <= LONGEST_SECRET:
        raise NotAuthentic(f"no {name} in the address")
    return value


def cookie(name: str) -> str:
    """The browser's cookie; NotAuthentic without one."""
    value = request.cookies.get(name, "")
    if not 0 < len(value) <= LONGEST_SECRET:
        raise NotAuthentic("no cookie of this browser")
    return value


def with_cookie(answer: AnyResponse, name: str, value: str, *, secure: bool) -> AnyResponse:
    """Lax, because the browser comes back from Google and TikTok by a link; nothing of ours is posted."""
    answer.set_cookie(name, value, max_age=COOKIE_LIFE_S, secure=secure, httponly=True, samesite="Lax", path="/")
    return answer


def without_cookie(answer: AnyResponse, name: str, *, secure: bool) -> AnyResponse:
    """The cookie has served."""
    answer.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")
    return answer
