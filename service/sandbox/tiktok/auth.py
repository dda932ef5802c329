"""The authorization hosts in one app: consent page, code exchange and refresh, and the end of a consent.

Everything here runs on wall time. Errors of the token endpoints come with HTTP 200, as observed.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from service.sandbox.tiktok.calls import CallBook
from service.sandbox.tiktok.gate import read_query, request_id
from service.sandbox.tiktok.notice_kinds import deauthorization
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.state import SCOPES, AccessToken, AuthCode, RefreshToken, Seller
from service.sandbox.tiktok.world import World

CODE_LIFE_S = 30 * 60
ACCESS_LIFE_S = 7 * 86_400
REFRESH_LIFE_S = 100 * 365 * 86_400  # live values lie around the year 2125
BAD_CODE, BAD_REFRESH = 36004004, 36004005
_BAD_PARAMETER = 98001004


def issue_code(world: World, seller_id: str) -> str:
    """A fresh single-use code of the seller (KeyError when unknown), as the consent page hands it out."""
    world.state.sellers[seller_id]
    code = f"TTP_{secrets.token_urlsafe(40)}"
    world.state.codes[code] = AuthCode(seller_id=seller_id, issued_at=world.wall())
    world.changes += 1
    return code


def expire_access(world: World, seller_id: str | None = None) -> None:
    """Every access token (of the seller, or of all) is expired from now on."""
    for token in world.state.access_tokens.values():
        token.dead = token.dead or seller_id in {None, token.seller_id}
    world.changes += 1


def revoke_refresh(world: World, seller_id: str | None = None) -> None:
    """Every refresh token (of the seller, or of all) is unknown from now on."""
    kept = {text: one for text, one in world.state.refresh_tokens.items() if seller_id not in {None, one.seller_id}}
    world.state.refresh_tokens = kept
    world.changes += 1


def deauthorize(world: World, seller_id: str) -> None:
    """The seller ends the consent: each shop's notice goes out, then the tokens are dead."""
    for shop in world.shops_of(seller_id):
        deauthorization(world, shop.id)
    if seller_id in world.state.connected:
        world.state.connected.remove(seller_id)
    expire_access(world, seller_id)
    revoke_refresh(world, seller_id)


def create_auth_app(world: World, calls: CallBook, redirect_url: Callable[[], str | None]) -> Flask:
    """The WSGI app; `redirect_url` gives the app's callback address, which is a setting of the app and no parameter."""
    app = Flask("tiktok_auth", static_folder=None, root_path=str(Path(__file__).parent))

    @app.get("/open/authorize")
    def show_consent() -> Response:
        problem = _problem(world, request.args.get("service_id"), redirect_url())
        page = render_template("consent.html", problem=problem, sellers=_choices(world), carried=request.args.to_dict())
        return Response(page, status=400 if problem else 200, headers={"Cache-Control": "no-store"})

    @app.post("/open/authorize")
    def decide() -> AnyResponse:
        sent = {**request.args.to_dict(), **request.form.to_dict()}
        target = redirect_url()
        problem = _problem(world, sent.get("service_id", world.state.service_id), target)
        seller = world.state.sellers.get(sent.get("seller") or next(iter(world.state.sellers)))
        if problem or target is None or seller is None or sent.get("decision") not in {"allow", "deny"}:
            page = render_template("consent.html", problem=problem or "The choice is missing.", sellers=[], carried={})
            return Response(page, status=400)
        with world.lock:
            outcome = _outcome(world, seller, sent)
        return redirect(_with_query(target, outcome), 302)

    @app.get("/api/v2/token/get")
    def get_token() -> Response:
        return _answer(world, calls, _exchange)

    @app.get("/api/v2/token/refresh")
    def refresh_token() -> Response:
        return _answer(world, calls, _refresh)

    @app.route("/api/v2/token/get", methods=["POST"], endpoint="no_post_get")
    @app.route("/api/v2/token/refresh", methods=["POST"], endpoint="no_post_refresh")
    def refuse_post() -> Response:
        calls.add(f"POST {request.path}", status=404, code=None)
        return Response(status=404)

    return app


def _outcome(world: World, seller: Seller, sent: dict[str, str]) -> dict[str, str]:
    state = {"state": sent["state"]} if "state" in sent else {}
    if sent["decision"] == "deny":
        return {"error": "auth_denied", "code": "null"} | state
    return {
        "app_key": world.state.app_key,
        "code": issue_code(world, seller.id),
        "locale": REGIONS[seller.region].locale,
        "shop_region": seller.region,
    } | state


def _problem(world: World, service_id: str | None, target: str | None) -> str:
    if service_id != world.state.service_id:
        return "No app with this service id exists."
    return "" if target else "The app has no redirect address yet."


def _choices(world: World) -> list[dict[str, str]]:
    return [
        {
            "id": seller.id,
            "name": seller.name,
            "region": REGIONS[seller.region].country,
            "shops": ", ".join(shop.name for shop in world.shops_of(seller.id)),
        }
        for seller in world.state.sellers.values()
    ]


def _with_query(address: str, added: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(added))))
    return urlunsplit(parts._replace(query=query))


class _TokenRefusal(Exception):  # noqa: N818 - an answer of the vendor, not a fault of ours
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _answer(world: World, calls: CallBook, work: Callable[[World, dict[str, str]], dict[str, Any]]) -> Response:
    envelope: dict[str, Any]
    with world.lock:
        if world.faults.take("auth_unavailable"):
            calls.add(f"GET {request.path}", status=503, code=None)
            return Response(status=503)
        try:
            envelope = {"code": 0, "message": "success", "data": work(world, read_query(request))}
        except _TokenRefusal as refusal:
            envelope = {"code": refusal.code, "message": refusal.message}
        world.changes += 1
    envelope["request_id"] = request_id()
    calls.add(f"GET {request.path}", status=200, code=envelope["code"])
    return Response(msgspec.json.encode(envelope, order="sorted"), content_type="application/json; charset=utf-8")


def _check_app(world: World, query: dict[str, str], grant_type: str) -> None:
    if (query.get("app_key"), query.get("app_secret")) != (world.state.app_key, world.state.app_secret):
        raise _TokenRefusal(_BAD_PARAMETER, "The app_key or app_secret is invalid.")
    if query.get("grant_type") != grant_type:
        raise _TokenRefusal(_BAD_PARAMETER, "The grant_type is invalid.")


def _exchange(world: World, query: dict[str, str]) -> dict[str, Any]:
    _check_app(world, query, "authorized_code")
    code = world.state.codes.get(query.get("auth_code", ""))
    if code is None or code.spent or world.wall() - code.issued_at > CODE_LIFE_S:
        raise _TokenRefusal(BAD_CODE, "The authorization code is invalid, spent or expired.")
    code.spent = True
    if world.state.sellers[code.seller_id].user_type == 0 and code.seller_id not in world.state.connected:
        world.state.connected.append(code.seller_id)
    return _grant(world, code.seller_id, _new_refresh(world, code.seller_id))


def _refresh(world: World, query: dict[str, str]) -> dict[str, Any]:
    _check_app(world, query, "refresh_token")
    text = query.get("refresh_token", "")
    known = world.state.refresh_tokens.get(text)
    if known is None or world.wall() >= known.expires_at:
        raise _TokenRefusal(BAD_REFRESH, "The refresh token is unknown.")
    if world.faults.rotate_refresh_tokens:
        del world.state.refresh_tokens[text]
        text = _new_refresh(world, known.seller_id)
    return _grant(world, known.seller_id, text)


def _new_refresh(world: World, seller_id: str) -> str:
    text = f"TTP_{secrets.token_urlsafe(36)}"
    expires_at = int(world.wall()) + REFRESH_LIFE_S
    world.state.refresh_tokens[text] = RefreshToken(seller_id=seller_id, expires_at=expires_at)
    return text


def _grant(world: World, seller_id: str, refresh: str) -> dict[str, Any]:
    seller = world.state.sellers[seller_id]
    access = f"TTP_{secrets.token_urlsafe(48)}"
    expires_at = int(world.wall()) + ACCESS_LIFE_S
    world.state.access_tokens[access] = AccessToken(seller_id=seller_id, expires_at=expires_at)
    return {
        "access_token": access,
        "access_token_expire_in": expires_at,
        "refresh_token": refresh,
        "refresh_token_expire_in": world.state.refresh_tokens[refresh].expires_at,
        "open_id": seller.open_id,
        "seller_name": seller.name,
        "seller_base_region": seller.region,
        "user_type": seller.user_type,
        "granted_scopes": [scope for scope in SCOPES if scope not in world.faults.missing_scopes],
    }
