"""Composition root: Settings → store and clients → Services → Flask. Nothing else builds anything.

Nothing exists before a function here is called, and nothing is asked of anybody: no connection is opened and no
certificate fetched until the first request. Build after the fork; connections must not be shared between processes.
"""

import gc
import threading
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files

import httpx
from flask import Flask

from service import telemetry
from service.core.policies import Policies, parse_policies
from service.flows import Clock, Services, Wake, WallClock
from service.google.certs import Certs
from service.google.client import Google
from service.google.consent import OfflineConsent
from service.google.identities import WriterPool
from service.google.signin import SignIn
from service.google.tokens import Door
from service.google.transport import Call, open_http
from service.settings import Settings, SettingsError
from service.store.sealed import Sealer
from service.store.session import Store, Tx, make_engine
from service.tiktok.access import App
from service.tiktok.calls import CallRecord, Sender
from service.tiktok.client import TikTokClient
from service.tiktok.gateway import Gateway
from service.tiktok.oauth import TikTokOAuth
from service.tiktok.pace import Pace
from service.tiktok.wire import Unreadable
from service.web import site
from service.web.entries import Registry, load_all

#: Paths of ours that others are told.
SIGNED_IN_PATH = "/connect/signed-in"
CONSENTED_PATH = "/consent/given"
#: New objects until the youngest are looked through; younger rounds until the next older ones are.
GARBAGE_THRESHOLDS = (50_000, 20, 100)


@dataclass(frozen=True, slots=True)
class Wires:
    """How the outside is reached, and how fast. Tests hand in clients that lead to in-process stand-ins."""

    google: httpx.Client
    tiktok: httpx.Client
    pace: Pace = field(default_factory=Pace)


def open_wires() -> Wires:
    """Clients to the real outside."""
    verify = httpx.create_ssl_context()  # one for both: reading the certificates takes 20 ms
    return Wires(google=open_http(verify), tiktok=httpx.Client(verify=verify, follow_redirects=False))


def build_services(
    settings: Settings, *, clock: Clock | None = None, wake: Wake | None = None, wires: Wires | None = None
) -> Services:
    """Every part, wired. SettingsError when a setting cannot be used."""
    clock = clock or WallClock()
    wires = wires or open_wires()
    app = App(settings.tiktok_app_key, settings.tiktok_app_secret, settings.tiktok_service_id)
    sender = Sender(wires.tiktok, on_call=_count_tiktok)
    gateway = Gateway(app, sender, api_url=settings.tiktok_api_url, clock=clock.now, pace=wires.pace)
    return Services(
        settings=settings,
        store=Store(make_engine(settings.database_url), _sealer(settings)),
        clock=clock,
        wake=wake or LateWake(settings.database_url, clock.now),
        google=Google(
            sheets_url=settings.google_sheets_url,
            drive_url=settings.google_drive_url,
            http=wires.google,
            on_call=_count_google,
        ),
        writers=_writers(settings),
        door=_door(settings, clock, wires.google),
        sign_in=_sign_in(settings, wires.google, SIGNED_IN_PATH),
        offline=OfflineConsent(_sign_in(settings, wires.google, CONSENTED_PATH)),
        tiktok=TikTokClient(gateway, clock=clock.market, on_unreadable=_note_unreadable),
        oauth=TikTokOAuth(
            app,
            sender,
            auth_url=settings.tiktok_auth_url,
            authorize_urls={"": settings.tiktok_authorize_url, "US": settings.tiktok_authorize_url_us},
        ),
        policies=read_policies(),
    )


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    wake: Wake | None = None,
    wires: Wires | None = None,
    registry: Registry | None = None,
) -> Flask:
    """The web application; `app.extensions["rowstream"]` holds its Services. Jobs are not started."""
    telemetry.configure(settings.log_level)
    services = build_services(settings, clock=clock, wake=wake, wires=wires)
    registry = _registry() if registry is None else registry
    app = site.create_site(services, registry)
    app.extensions["rowstream"] = services
    if isinstance(services.wake, LateWake):
        _warm_after_first_answer(app, services, registry)
    return app


def check_settings(settings: Settings) -> None:
    """Raises SettingsError for what reads well and cannot be used: keys that are none."""
    _sealer(settings)
    _writers(settings)


def relax_collector() -> None:
    """Cycles of garbage are looked for less often: a pass makes thousands of rows that hold each other's cells and no
    cycle, and looking through them anew took a fifth of its time.
    """
    gc.set_threshold(*GARBAGE_THRESHOLDS)


def start_jobs(services: Services) -> None:
    """This process runs jobs from here on. Call it after the fork."""
    # The engine takes longer to import than everything else together, and a web-only process never needs it here.
    from service import jobs

    relax_collector()
    _warm_calendars(services)
    jobs.start(services)


def stop_jobs() -> None:
    """Running passes finish, nothing new is taken."""
    # See start_jobs; by now the import costs nothing.
    from service import jobs

    jobs.stop()


@cache
def read_policies() -> Policies:
    """The dated rules that ship with the product."""
    folder = files("service.core.policies")
    tables = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return parse_policies([tomllib.loads(one.read_text(encoding="utf-8")) for one in tables])


# --- wake-ups ---


class LateWake:
    """`Wake` by the engine, which is imported at the first wake-up or by `warm`, whichever comes first.

    The first card of a fresh process must not wait for an import that it does not need.
    """

    def __init__(self, database_url: str, now: Callable[[], datetime]) -> None:
        self._database_url = database_url
        self._now = now
        self._lock = threading.Lock()
        self._built: Wake | None = None

    def sheet(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        """A flush of this spreadsheet will run after `delay_s`."""
        self._engine().sheet(tx, spreadsheet_id, delay_s=delay_s)

    def shop(self, tx: Tx, shop_id: str, *, delay_s: float = 0) -> None:
        """An ingest of this shop will run after `delay_s`."""
        self._engine().shop(tx, shop_id, delay_s=delay_s)

    def audit(self, tx: Tx, spreadsheet_id: str) -> None:
        """The audits of this spreadsheet that are due will run."""
        self._engine().audit(tx, spreadsheet_id)

    def roll_off(self, tx: Tx, spreadsheet_id: str) -> None:
        """Old finished rows of this spreadsheet will move to their archive."""
        self._engine().roll_off(tx, spreadsheet_id)

    def proof(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        """The proof of this spreadsheet that is under way will go on after `delay_s`."""
        self._engine().proof(tx, spreadsheet_id, delay_s=delay_s)

    def warm(self) -> None:
        """The engine is imported. Idempotent; safe from any thread."""
        self._engine()

    def _engine(self) -> Wake:
        with self._lock:
            if self._built is None:
                # See the class: this import is the whole point of it.
                from service.jobs import EngineWake

                self._built = EngineWake(self._database_url, self._now)
            return self._built


def _warm_after_first_answer(app: Flask, services: Services, registry: Registry) -> None:
    """What a first card does without is loaded in the background as soon as the first answer is out."""
    once = threading.Lock()

    @app.teardown_request
    def warm(_problem: BaseException | None) -> None:
        if once.acquire(blocking=False):
            threading.Thread(target=_warm, args=(services, registry), name="warm", daemon=True).start()


def _warm(services: Services, registry: Registry) -> None:
    """The other handlers and their screens for the next press, the engine for the first webhook, Google's library for
    the first sheet, the calendars for the first order.
    """
    load_all(registry)
    if isinstance(services.wake, LateWake):
        services.wake.warm()
    services.google.warm()
    _warm_calendars(services)


def _warm_calendars(services: Services) -> None:
    """The holidays are loaded: that takes a third of a second, for which no transaction should wait."""
    today = services.clock.market().date()
    for market in services.policies.markets.values():
        market.calendar.ahead(today, 1)


# --- parts ---


def _registry() -> Registry:
    # The handlers reach every room; tests that bring a registry of their own do without them.
    from service.web.registry import REGISTRY

    return REGISTRY


def _sealer(settings: Settings) -> Sealer:
    try:
        return Sealer(settings.secret_keys)
    except ValueError:
        raise SettingsError(
            "ROWSTREAM_SECRET_KEYS must hold Fernet keys: 32 random bytes in url-safe base64, separated by commas."
        ) from None


def _writers(settings: Settings) -> WriterPool:
    try:
        return WriterPool.from_json(settings.google_writers)
    except ValueError as error:
        raise SettingsError(f"ROWSTREAM_GOOGLE_WRITERS cannot be used. {error}") from None


def _door(settings: Settings, clock: Clock, http: httpx.Client) -> Door:
    return Door(
        public_base_url=settings.base_url,
        client_ids=[settings.google_client_id],
        service_agent=settings.google_service_agent,
        certs=Certs(settings.google_certs_url, http=http, now=time.monotonic),
        wall=clock.now,
    )


def _sign_in(settings: Settings, http: httpx.Client, path: str) -> SignIn:
    return SignIn(
        client_id=settings.google_web_client_id,
        client_secret=settings.google_web_client_secret,
        redirect_url=settings.base_url + path,
        authorize_at_url=settings.google_authorize_url,
        token_url=settings.google_token_url,
        revoke_url=settings.google_revoke_url,
        http=http,
    )


def _count_google(call: Call) -> None:
    outcome = "ok" if call.ok else str(call.status or "no answer")
    telemetry.GOOGLE_CALLS.labels(call.kind, outcome).inc()


def _count_tiktok(call: CallRecord) -> None:
    is_fine = call.code == 0
    telemetry.TIKTOK_CALLS.labels(
        call.endpoint, "ok" if is_fine else str(call.code or call.status or "no answer")
    ).inc()


def _note_unreadable(order: Unreadable) -> None:
    telemetry.log().warning("order.unreadable", shop_id=order.shop_id, reason=order.reason)
