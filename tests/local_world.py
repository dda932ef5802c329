"""Google and TikTok in this process: the sandbox's issuer, emulator and market behind one WSGI application, no ports.

The product reaches them through its normal clients, of which only the transport differs.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography.fernet import Fernet
from doubles import Clock
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from service.app import Wires
from service.sandbox.identity import PICKER_KEY, Identity, create_identity
from service.sandbox.issuer import ADDON_CLIENT_ID, SERVICE_AGENT, WEB_CLIENT_ID
from service.sandbox.oauth import add_routes
from service.sandbox.people import person_of
from service.sandbox.picker import add_picker
from service.sandbox.sheets import Person, StaleBearerError, create_emulator
from service.sandbox.tiktok import create_market
from service.settings import PREFIX, Settings, read
from service.tiktok.pace import Pace

PRODUCT_URL = "https://rowstream.example"
WORLD_URL = "http://127.0.0.1:9"
KEYS = ("identity_key.pem", "rowstream-writer_key.pem")
HURRIED_PER_S = 1_000_000.0  # calls a second to one shop: the market has limits of its own
SEAL_KEY = Fernet.generate_key().decode()


def make_keys(folder: Path) -> Path:
    """A folder with the world's RSA keys: making them is slow, so the session makes them once."""
    Identity(folder, base_url=f"{WORLD_URL}/identity/", wall=lambda: datetime.now(UTC)).close()
    return folder


class LocalWorld:
    """Everything outside the product. `http` is a client that reaches it and nothing else."""

    def __init__(self, folder: Path, clock: Clock, *, keys: Path) -> None:
        for name in KEYS:
            shutil.copy(keys / name, folder)
        self.clock = clock
        self.identity = Identity(
            folder,
            base_url=f"{WORLD_URL}/identity/",
            redirect_uris=(f"{PRODUCT_URL}/connect/signed-in", f"{PRODUCT_URL}/consent/given"),
            wall=clock.now,
        )
        self.emulator = create_emulator(
            data_dir=None, people=self._caller, now=clock.market, wall=clock.timestamp, answers="every"
        )
        self.market = create_market(
            data_dir=None,
            clock=clock.market_clock,
            webhook_url=f"{PRODUCT_URL}/hooks/tiktok",
            wall=clock.timestamp,
        )
        self.market.redirect_url = f"{PRODUCT_URL}/tiktok/callback"
        self.refuses_revocations = False
        self.app = self._mount()
        self.http = httpx.Client(transport=httpx.WSGITransport(app=self.app))
        self.wires = Wires(google=self.http, tiktok=self.http, pace=Pace(HURRIED_PER_S))

    def settings(self, database_url: str) -> Settings:
        """The product's settings: every address of a vendor leads here."""
        values = {
            "base_url": PRODUCT_URL,
            "database_url": database_url,
            "secret_keys": SEAL_KEY,
            "google_client_id": ADDON_CLIENT_ID,
            "google_service_agent": SERVICE_AGENT,
            "google_web_client_id": WEB_CLIENT_ID,
            "google_web_client_secret": self.identity.clients[WEB_CLIENT_ID].secret,
            "google_writers": self.identity.writer_key(),
            "google_certs_url": f"{WORLD_URL}/identity/certs",
            "google_authorize_url": f"{WORLD_URL}/identity/authorize",
            "google_token_url": f"{WORLD_URL}/identity/token",
            "google_revoke_url": f"{WORLD_URL}/identity/revoke",
            "google_picker_key": PICKER_KEY,
            "google_picker_url": f"{WORLD_URL}/identity/picker.js",
            "google_picker_frame_url": f"{WORLD_URL}/identity/",
            "google_sheets_url": f"{WORLD_URL}/sheets/",
            "google_drive_url": f"{WORLD_URL}/drive/",
            "tiktok_app_key": self.market.app_key,
            "tiktok_app_secret": self.market.app_secret,
            "tiktok_service_id": self.market.service_id,
            "tiktok_api_url": f"{WORLD_URL}/tiktok/api/",
            "tiktok_auth_url": f"{WORLD_URL}/tiktok/auth/",
            "tiktok_authorize_url": f"{WORLD_URL}/tiktok/auth/open/authorize",
            "tiktok_authorize_url_us": f"{WORLD_URL}/tiktok/auth/open/authorize",
            "log_level": "error",
            "presses_per_minute": "0",  # machines press faster than people
            "tries_per_minute": "0",
        }
        return read({f"{PREFIX}{name.upper()}": value for name, value in values.items()})

    def deliver_to(self, app) -> None:
        """The market's notices go to this application."""
        self.market.webhook_transport = httpx.WSGITransport(app=app)

    def close(self) -> None:
        self.http.close()
        self.market.close()
        self.emulator.close()
        self.identity.close()

    def _caller(self, bearer: str, /) -> Person | None:
        found = self.identity.bearers.find(bearer)
        if found is None:
            if self.identity.bearers.find_even_expired(bearer) is not None:
                raise StaleBearerError(bearer[:8])
            return None
        return Person(
            email=found.email,
            scopes=frozenset(found.scopes),
            client_id=found.client_id,
            is_service_account=found.email == self.identity.writer["client_email"],
            display_name=person_of(found.email).name,
            grants=WEB_CLIENT_ID if found.client_id == WEB_CLIENT_ID else "",
        )

    def _mount(self):
        identity = create_identity(self.identity)
        add_routes(identity, self.identity)
        add_picker(identity, self.identity, self.emulator.state)
        return DispatcherMiddleware(
            _nothing_here,
            {
                "/identity": self._unless_refused(identity),
                "/sheets": self.emulator.sheets_app,
                "/drive": self.emulator.drive_app,
                "/sheets/control": self.emulator.control_app,
                "/tiktok/api": self.market.api_app,
                "/tiktok/auth": self.market.auth_app,
                "/tiktok/control": self.market.control_app,
            },
        )

    def _unless_refused(self, identity):
        """The issuer, whose address for revocations is away as long as a test says so."""

        def answer(environ, start_response):
            if self.refuses_revocations and environ["PATH_INFO"] == "/revoke":
                start_response("503 Service Unavailable", [("Content-Type", "text/html")])
                return [b"away"]
            return identity(environ, start_response)

        return answer


def _nothing_here(_environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]
