"""The local world: one server that mounts the stand-ins for Google and TikTok, and the product as a child process.

It wires the parts and knows their addresses; what each part does is in its own room. Market time moves on request,
everything that guards access (tokens, signatures, quotas) stays on wall time.
"""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from service.sandbox import launch
from service.sandbox.addon import Addon, plain_addon
from service.sandbox.clock import MarketClock
from service.sandbox.files import PersonalFiles
from service.sandbox.identity import PICKER_KEY, Identity, create_identity, describe_person
from service.sandbox.issuer import ADDON_CLIENT_ID, SERVICE_AGENT, WEB_CLIENT_ID
from service.sandbox.oauth import add_routes
from service.sandbox.page import create_page
from service.sandbox.people import PEOPLE, person_of
from service.sandbox.picker import add_picker
from service.sandbox.preview import Stage, create_preview
from service.sandbox.server import LOOPBACK, LoopbackGuard, WorldServer
from service.sandbox.sheets import create_emulator
from service.sandbox.sheets.people import Person as Caller
from service.sandbox.sheets.people import StaleBearerError
from service.sandbox.tiktok import create_market

READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05


class NotReadyError(Exception):
    """The product did not come up; the message says what is known."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a world is started. `port` 0 takes any free one; `history` counts orders that exist before the story."""

    data_dir: Path
    port: int = 8080
    history: int = 0
    program: launch.Program = launch.PRODUCT
    describe: Callable[[str], Addon] = plain_addon


class World:
    """Everything that runs. Built, started once, closed once."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._server = WorldServer(_not_yet, port=options.port)
        self.port = self._server.port
        self.base_url = f"http://{LOOPBACK}:{self.port}/"
        self._listener = launch.listen(self.port + 1)
        self.product_url = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"
        self.clock = MarketClock(options.data_dir)
        self.identity = Identity(
            options.data_dir,
            base_url=f"{self.base_url}google/identity/",
            redirect_uris=tuple(self.product_url + path for path in launch.SIGNED_IN_PATHS),
            wall=lambda: datetime.now(UTC),
        )
        self.emulator = create_emulator(
            data_dir=options.data_dir / "sheets", people=self._caller, now=self.clock.now, wall=time.time
        )
        self.market = create_market(
            data_dir=options.data_dir / "tiktok",
            clock=self.clock,
            webhook_url=self.product_url + launch.WEBHOOK_PATH,
        )
        self.market.redirect_url = self.product_url + launch.MARKET_REDIRECT_PATH
        files = PersonalFiles(
            self.emulator.state,
            self.identity,
            drive=f"{self.base_url}google/drive/",
            sheets=f"{self.base_url}google/sheets/",
        )
        self.stage = Stage(self.identity, files, contract=self.contract, addon=options.describe(self.product_url))
        self._product = launch.ProductProcess(
            options.program, listener=self._listener, log=options.data_dir / "product.log"
        )
        self._server.app = LoopbackGuard(self._mount(), port=lambda: self.port)

    def start(
        self, *, on_death: Callable[[int], None] = lambda _code: None, abandoned: threading.Event | None = None
    ) -> None:
        """Everything answers. Raises NotReadyError when the product does not come up, or when it is `abandoned`."""
        self._server.start()
        if self.options.history and not self.market.world.orders:
            self.market.seed_history(self.options.history)
        self.market.start()
        died = threading.Event()

        def note_death(code: int) -> None:
            died.set()
            on_death(code)

        try:
            self._product.start(launch.child_environment(os.environ, self.settings()), on_death=note_death)
        except subprocess.CalledProcessError as error:
            raise NotReadyError("The product's database could not be prepared.") from error
        self._await_product(died, abandoned or threading.Event())

    def seed_once(self, seed: Callable[[Mapping[str, Any]], None]) -> None:
        """The opening scene is set, unless this data directory has had it."""
        marker = self.options.data_dir / "seeded"
        if not marker.exists():
            seed(self.contract())
            marker.touch()

    def close(self) -> None:
        """Both processes and every file are done with."""
        self._product.stop()
        self.market.close()
        self._server.close()
        self.stage.close()
        self.emulator.close()
        self.identity.close()

    def last_words(self) -> str:
        """The end of what the product logged."""
        return self._product.last_words()

    def contract(self) -> Mapping[str, Any]:
        """What `/sandbox` says: a base address for each part, and the people."""
        base = self.base_url
        return {
            "preview": base,
            "addon": f"{self.product_url}/addon/",
            "sheets": f"{base}google/sheets/",
            "drive": f"{base}google/drive/",
            "tiktok_api": f"{base}tiktok/api/",
            "tiktok_auth": f"{base}tiktok/auth/",
            "tiktok_control": f"{base}tiktok/control/",
            "sheets_control": f"{base}sheets/control/",
            "identity": f"{base}google/identity/",
            "people": [describe_person(person) for person in PEOPLE],
        }

    def settings(self) -> dict[str, str]:
        """The product's settings: every address of a vendor points into this world."""
        at = self.contract()
        return {
            "base_url": self.product_url,
            "database_url": f"sqlite:///{self.options.data_dir / 'rowstream.db'}",
            "secret_keys": launch.seal_key(self.options.data_dir),
            **self._google_settings(at),
            "tiktok_app_key": self.market.app_key,
            "tiktok_app_secret": self.market.app_secret,
            "tiktok_service_id": self.market.service_id,
            "tiktok_api_url": at["tiktok_api"],
            "tiktok_auth_url": at["tiktok_auth"],
            "tiktok_authorize_url": f"{at['tiktok_auth']}open/authorize",
            "tiktok_authorize_url_us": f"{at['tiktok_auth']}open/authorize",
            "presses_per_minute": "0",  # programs drive the local world faster than people press
            "tries_per_minute": "0",
        }

    def _google_settings(self, at: Mapping[str, Any]) -> dict[str, str]:
        return {
            "google_client_id": ADDON_CLIENT_ID,
            "google_service_agent": SERVICE_AGENT,
            "google_web_client_id": WEB_CLIENT_ID,
            "google_web_client_secret": self.identity.clients[WEB_CLIENT_ID].secret,
            "google_writers": self.identity.writer_key(),
            "google_certs_url": f"{at['identity']}certs",
            "google_authorize_url": f"{at['identity']}authorize",
            "google_token_url": f"{at['identity']}token",
            "google_revoke_url": f"{at['identity']}revoke",
            "google_picker_key": PICKER_KEY,
            "google_picker_url": f"{at['identity']}picker.js",
            "google_picker_frame_url": at["identity"],
            "google_sheets_url": at["sheets"],
            "google_drive_url": at["drive"],
        }

    def _caller(self, bearer: str, /) -> Caller | None:
        found = self.identity.bearers.find(bearer)
        if found is None:
            if self.identity.bearers.find_even_expired(bearer) is not None:
                raise StaleBearerError(bearer[:8])
            return None
        return Caller(
            email=found.email,
            scopes=frozenset(found.scopes),
            client_id=found.client_id,
            is_service_account=found.email == self.identity.writer["client_email"],
            display_name=person_of(found.email).name,
            grants=WEB_CLIENT_ID if found.client_id == WEB_CLIENT_ID else "",
        )

    def _mount(self) -> Callable[..., Any]:
        identity = create_identity(self.identity)
        add_routes(identity, self.identity)
        add_picker(identity, self.identity, self.emulator.state)
        return DispatcherMiddleware(
            create_preview(self.stage),
            {
                "/sandbox/about": create_page(self.contract),
                "/google/sheets": self.emulator.sheets_app,
                "/google/drive": self.emulator.drive_app,
                "/google/identity": identity,
                "/tiktok/api": self.market.api_app,
                "/tiktok/auth": self.market.auth_app,
                "/tiktok/control": self.market.control_app,
                "/sheets/control": self.emulator.control_app,
            },
        )

    def _await_product(self, died: threading.Event, abandoned: threading.Event) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if abandoned.is_set():
                raise NotReadyError("Stopped before everything was up.")
            if died.wait(LOOK_EVERY_S):
                raise NotReadyError("The product stopped while it was starting.")
            try:
                if httpx.get(self.product_url + launch.READY_PATH, timeout=5.0).status_code < httpx.codes.BAD_REQUEST:
                    return
            except httpx.HTTPError:
                continue
        raise NotReadyError("The product did not answer within a minute.")


def _not_yet(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"The local world is starting."]
