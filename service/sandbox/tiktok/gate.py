"""The API's front door: what every call must prove, in which order, and the envelope of every answer.

Order of checks (the simulator's choice, the vendor documents none): path, app key, timestamp, sign, token, scope,
shop cipher, quota, parameters. Codes and HTTP statuses: Partner Center "Common errors" (2025-12) and observed answers.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec
from flask import Request, Response

from service.sandbox.tiktok.signing import sign_request
from service.sandbox.tiktok.state import SCOPES, Shop
from service.sandbox.tiktok.world import World

PAST_S, FUTURE_S = 300, 30
ACCESS_HEADER = "x-tts-access-token"


class Refusal(Exception):  # noqa: N818 - an answer of the vendor, not a fault of ours
    """An answer with a code other than 0."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Call:
    """A call that passed the door; the only argument of every handler beside the ids of its path."""

    world: World
    query: dict[str, str]
    body: bytes
    seller_id: str
    chosen_shop: Shop | None

    @property
    def shop(self) -> Shop:
        """The shop the cipher names. LookupError at an endpoint that takes no cipher."""
        if self.chosen_shop is None:
            raise LookupError("This endpoint is not for one shop.")
        return self.chosen_shop


class Need(NamedTuple):
    """What an endpoint asks of its caller."""

    scope: str
    is_for_shop: bool


def read_query(request: Request) -> dict[str, str]:
    """Decoded parameters; of a repeated key the first value counts, as in the vendor's own sample."""
    query: dict[str, str] = {}
    for key, value in parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True):
        query.setdefault(key, value)
    return query


def check_call(world: World, request: Request, need: Need) -> Call:
    """Everything between the path and the parameters holds, or a Refusal says what does not."""
    query, body = read_query(request), request.get_data()
    _check_app(world, query)
    _check_timestamp(query, world.wall())
    _check_sign(world, request, query)
    seller_id = _check_token(world, request)
    if need.scope not in SCOPES or need.scope in world.faults.missing_scopes:
        raise Refusal(105005, f"Access denied: the scope {need.scope} has not been granted.", status=401)
    return Call(world, query, body, seller_id, _check_cipher(world, query, need, seller_id=seller_id))


def _check_app(world: World, query: dict[str, str]) -> None:
    if query.get("app_key") != world.state.app_key:
        raise Refusal(36009004, "Invalid app_key. Check the app_key of your app.")


def _check_timestamp(query: dict[str, str], now: float) -> None:
    text = query.get("timestamp", "")
    if not (text.isdecimal() and len(text) == 10):
        raise Refusal(36009004, "Invalid timestamp: ten digits of Unix seconds are needed.")
    if not now - PAST_S <= int(text) <= now + FUTURE_S:
        raise Refusal(36009004, "The timestamp is out of the accepted window.")


def _check_sign(world: World, request: Request, query: dict[str, str]) -> None:
    sent = query.get("sign", "")
    if not sent:
        raise Refusal(36009004, "The parameter sign is missing.")
    body = b"" if request.mimetype == "multipart/form-data" else request.get_data()
    paths = {request.path, request.environ.get("SCRIPT_NAME", "") + request.path}
    right = (sign_request(world.state.app_secret, path, query, body=body) for path in paths)
    if not any(hmac.compare_digest(sign.encode(), sent.encode()) for sign in right):
        raise Refusal(106001, "The sign is invalid.", status=401)


def _check_token(world: World, request: Request) -> str:
    sent = request.headers.get(ACCESS_HEADER, "")
    token = world.state.access_tokens.get(sent)
    if token is None:
        raise Refusal(36009004, f"Invalid credentials: {ACCESS_HEADER} is {'malformed' if sent else 'missing'}.")
    if token.dead or world.wall() >= token.expires_at:
        raise Refusal(105002, f"Expired credentials: {ACCESS_HEADER} has expired.", status=401)
    if world.state.sellers[token.seller_id].user_type != 0:
        raise Refusal(101000, "The access token belongs to another type of user.", status=401)
    return token.seller_id


def _check_cipher(world: World, query: dict[str, str], need: Need, *, seller_id: str) -> Shop | None:
    sent = query.get("shop_cipher")
    if not need.is_for_shop:
        if sent is not None:
            raise Refusal(36009004, "Unexpected parameter shop_cipher: this endpoint does not take it.")
        return None
    if not sent:
        raise Refusal(106013, "The parameter shop_cipher is missing.")
    shop = next((one for one in world.state.shops.values() if one.cipher == sent), None)
    if shop is None:
        raise Refusal(106011, "The shop_cipher is invalid.")
    if shop.seller_id != seller_id:
        raise Refusal(101000, "The access token and the shop_cipher do not match.", status=401)
    return shop


def answer(content: dict[str, Any]) -> Response:
    """Code 0 around the content, keys sorted."""
    return _envelope({"code": 0, "message": "Success", "request_id": request_id(), "data": content})


def refuse(refusal: Refusal) -> Response:
    """The refusal's code and message around no data."""
    envelope = {"code": refusal.code, "message": refusal.message, "request_id": request_id(), "data": None}
    return _envelope(envelope, status=refusal.status)


def request_id() -> str:
    return datetime.now(UTC).strftime("%Y%m%d%H%M%S") + secrets.token_hex(10).upper()


def _envelope(content: dict[str, Any], *, status: int = 200) -> Response:
    body = msgspec.json.encode(content, order="sorted")
    return Response(body, status=status, content_type="application/json; charset=utf-8")
