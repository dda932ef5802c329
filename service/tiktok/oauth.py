"""A seller's consent: where the browser goes, what comes back, and the tokens behind it. Keeps nothing.

Both token addresses are GET with everything in the query, the app's secret too, so they are never logged and never
part of a message. Storing, sealing and serialising refreshes is the flows' work.
Source: vendor page "Authorization", read 2026-10.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from service.errors import BadInput, UpstreamFailed
from service.tiktok.access import App
from service.tiktok.answers import MalformedError, Scalar, decode
from service.tiktok.calls import Request, Sender
from service.tiktok.faults import TOKEN_CODES
from service.tiktok.scalars import instant, text, whole

TOKEN_GET_PATH = "/api/v2/token/get"  # noqa: S105 - an address, not a secret
TOKEN_REFRESH_PATH = "/api/v2/token/refresh"  # noqa: S105 - an address, not a secret

#: `user_type` of a seller. A creator (1) or partner (3) can consent by mistake; their tokens open no shop.
SELLER = 0

#: What the main job reads: shops and webhooks, orders. Without these a consent is of no use.
NEEDED_SCOPES = ("seller.authorization.info", "seller.order.info")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one consent gives. Refresh tokens commonly live past the year 2100."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    open_id: str
    seller_name: str
    seller_base_region: str
    user_type: int
    granted_scopes: tuple[str, ...]

    def lacking(self) -> tuple[str, ...]:
        """The needed scopes that were not granted; empty too when upstream did not list any (older answers)."""
        if not self.granted_scopes:
            return ()
        return tuple(scope for scope in NEEDED_SCOPES if scope not in self.granted_scopes)


@dataclass(frozen=True, slots=True)
class Callback:
    """What the browser brought back: `code` is empty when the seller refused. `state` is not yet checked."""

    code: str = field(repr=False)
    state: str = field(repr=False)
    shop_region: str


class _TokenWire(msgspec.Struct):
    access_token: Scalar = None
    access_token_expire_in: Scalar = None  # absolute seconds, whatever the name says
    refresh_token: Scalar = None
    refresh_token_expire_in: Scalar = None  # the same
    open_id: Scalar = None
    seller_name: Scalar = None
    seller_base_region: Scalar = None
    user_type: Scalar = None
    granted_scopes: list[Scalar] | None = None


def read_callback(query: Mapping[str, str]) -> Callback:
    """The callback's query, understood. The vendor writes a refusal as `error=…` and as the literal code `null`."""
    code = query.get("code", "").strip()
    is_refused = bool(query.get("error")) or code in {"", "null"}
    return Callback("" if is_refused else code, query.get("state", ""), query.get("shop_region", ""))


class TikTokOAuth:
    """Consent addresses and token exchange of one app.

    `authorize_urls` maps a seller's region to the page of its market; the empty region is the rest of the world.
    """

    def __init__(self, app: App, sender: Sender, *, auth_url: str, authorize_urls: Mapping[str, str]) -> None:
        self._app = app
        self._sender = sender
        self._auth_url = auth_url.rstrip("/")
        self._authorize_urls = dict(authorize_urls)

    def consent_url(self, region: str, *, state: str) -> str:
        """Where the seller's browser goes to consent. `state` comes back unchanged."""
        page = self._authorize_urls.get(region.upper()) or self._authorize_urls[""]
        return f"{page}?{urlencode({'service_id': self._app.service_id, 'state': state})}"

    def exchange(self, code: str, *, deadline: float | None = None) -> Tokens:
        """Tokens for a callback's code. NotConnected if it is spent or older than 30 minutes, BadInput if the person
        who consented is no seller.
        """
        return self._tokens(TOKEN_GET_PATH, {"auth_code": code, "grant_type": "authorized_code"}, deadline)

    def refresh(self, refresh_token: str, *, deadline: float | None = None) -> Tokens:
        """New tokens. Keep both: whether the old refresh token still works is not promised. NotConnected if unknown.

        Two refreshes of one seller must not run at once; that is the caller's to see to.
        """
        return self._tokens(
            TOKEN_REFRESH_PATH, {"refresh_token": refresh_token, "grant_type": "refresh_token"}, deadline
        )

    def _tokens(self, path: str, grant: Mapping[str, str], given: float | None) -> Tokens:
        deadline = self._sender.deadline(given)
        query = urlencode({"app_key": self._app.key, "app_secret": self._app.secret, **grant})
        request = Request(path.rpartition("/")[2], "GET", f"{self._auth_url}{path}?{query}", {})
        data = self._sender.repeat(
            lambda: self._sender.exchange(request, codes=TOKEN_CODES, deadline=deadline), deadline=deadline
        )
        return _read_tokens(data)


def _read_tokens(data: bytes) -> Tokens:
    try:
        wire = decode(data, _TokenWire)
    except MalformedError as error:
        raise _not_understood("tokens of another shape") from error
    # Absent is tolerated: the shops call that follows tells a foreign token apart (101000).
    if wire.user_type is not None and whole(wire.user_type) != SELLER:
        raise BadInput(
            "This TikTok account is not a shop's. Sign in to TikTok as the seller and connect again.",
            detail=f"user_type={text(wire.user_type)[:8]}",
        )
    access_expires_at, refresh_expires_at = instant(wire.access_token_expire_in), instant(wire.refresh_token_expire_in)
    access_token, refresh_token = text(wire.access_token), text(wire.refresh_token)
    if not access_token or not refresh_token or access_expires_at is None or refresh_expires_at is None:
        raise _not_understood("tokens or their expiry missing")
    return Tokens(
        access_token=access_token,
        refresh_token=refresh_token,
        access_expires_at=access_expires_at,
        refresh_expires_at=refresh_expires_at,
        open_id=text(wire.open_id),
        seller_name=text(wire.seller_name),
        seller_base_region=text(wire.seller_base_region),
        user_type=SELLER,
        granted_scopes=tuple(text(scope) for scope in wire.granted_scopes or ()),
    )


def _not_understood(detail: str) -> UpstreamFailed:
    return UpstreamFailed(
        "TikTok Shop answered in a way we do not understand. Please tell support.", permanent=True, detail=detail
    )
