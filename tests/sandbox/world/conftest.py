"""An identity issuer with wall time in the test's hands, a whole world with a stand-in product, and a browser."""

import shutil
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from service.sandbox.bearers import ADDON_SCOPES
from service.sandbox.identity import Identity, create_identity
from service.sandbox.launch import Program
from service.sandbox.oauth import add_routes
from service.sandbox.server import LoopbackGuard, WorldServer
from service.sandbox.world import Options, World

MAYA = "maya@bloomthread.example"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000  # a machine that does other things too
CALLBACK = "http://127.0.0.1:9/connect/google"


class Wall:
    """Wall time that stands still until it is moved."""

    def __init__(self):
        self.at = datetime.now(UTC)

    def __call__(self):
        return self.at

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def serve():
    """Serves a WSGI app behind the guard for the test's duration; returns its base address."""
    running = []

    def start(app):
        server = WorldServer(LoopbackGuard(app, port=lambda: server.port), port=0)
        server.start()
        running.append(server)
        return f"http://127.0.0.1:{server.port}/"

    yield start
    for server in running:
        server.close()


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """A data directory whose keys are made once: making RSA keys is the slow part."""
    made = tmp_path_factory.mktemp("keys")
    Identity(made, base_url="http://127.0.0.1:9/", wall=lambda: datetime.now(UTC)).close()
    return [made / name for name in ("identity_key.pem", "rowstream-writer_key.pem")]


@pytest.fixture
def data_dir(tmp_path, keys):
    """A data directory of its own with the session's keys."""
    for key in keys:
        shutil.copy(key, tmp_path)
    return tmp_path


@pytest.fixture
def identity(data_dir, wall):
    known = Identity(data_dir, base_url="http://127.0.0.1:9/", redirect_uris=(CALLBACK,), wall=wall)
    yield known
    known.close()


@pytest.fixture(scope="session")
def tls():
    """One TLS context for all clients: httpx would load the certificate store for each."""
    return ssl.create_default_context()


@pytest.fixture
def issuer(identity, serve, tls):
    """A client of the running issuer."""
    app = create_identity(identity)
    add_routes(app, identity)
    address = serve(app)
    identity.base_url = address
    identity.writer["token_uri"] = f"{address}token"
    with httpx.Client(base_url=address, verify=tls) as client:
        yield client


class WorldClient:
    """A running world seen from outside: a client per part, and one fresh file of Maya's."""

    def __init__(self, base_url, tls):
        contract = httpx.get(f"{base_url}sandbox", verify=tls).json()
        self.base_url, self.contract = base_url, contract
        self.preview = httpx.Client(base_url=base_url, verify=tls)
        self.identity = httpx.Client(base_url=contract["identity"], verify=tls)
        self.market = httpx.Client(base_url=contract["tiktok_control"], verify=tls)
        self.sheets_control = httpx.Client(base_url=contract["sheets_control"], verify=tls)
        self.product = httpx.Client(base_url=contract["addon"].removesuffix("addon/"), verify=tls)
        self.file_id = ""

    def reset(self):
        """A new file, and every scope granted."""
        self.identity.post("consents", json={"email": MAYA, "scopes": list(ADDON_SCOPES)})
        made = self.preview.post("preview/files", json={"email": MAYA, "title": "Orders"})
        self.file_id = made.json()["id"]

    def hand(self, deed, **more):
        """Somebody does something in the file by hand."""
        answer = self.sheets_control.post(f"hands/{deed}", json={"spreadsheet_id": self.file_id, **more})
        assert answer.status_code == 200, answer.text

    def close(self):
        for client in (self.preview, self.identity, self.market, self.sheets_control, self.product):
            client.close()


@pytest.fixture(scope="session")
def running_world(tmp_path_factory, keys):
    """A whole world with the stand-in product, once for all tests."""
    data_dir = tmp_path_factory.mktemp("world")
    for key in keys:
        shutil.copy(key, data_dir)
    command = (sys.executable, str(Path(__file__).parent / "stand_in.py"))
    world = World(Options(data_dir=data_dir, port=0, program=Program(command)))
    world.start()
    yield world
    world.close()


@pytest.fixture(scope="session")
def session_client(running_world, tls):
    client = WorldClient(running_world.base_url, tls)
    yield client
    client.close()


@pytest.fixture
def world_client(session_client):
    session_client.reset()
    return session_client


@pytest.fixture(scope="module")
def browser():
    """Ended with the module: an open Playwright keeps an event loop, and the job engine refuses to start in one."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def tabs(browser):
    """Browser tabs that share a cache, at the size the preview is made for."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture(scope="module")
def preview(tabs, session_client):
    """The preview in a browser tab, loaded once: loading it is the slow part."""
    session_client.reset()
    opened, errors = tabs.new_page(), []
    opened.on("pageerror", lambda error: errors.append(error))  # noqa: PLW0108 - a built-in cannot be marked
    opened.goto(session_client.base_url)
    opened.wait_for_selector("html[data-ready]")
    yield opened, errors
    opened.close()


@pytest.fixture
def page(preview, world_client):
    """The preview with Maya on a file of her own, the sidebar at home. A script error fails the test."""
    opened, errors = preview
    opened.locator(f'[data-email="{MAYA}"]').click()
    opened.locator(".doc-title").click()
    opened.get_by_role("menuitem").first.click()
    opened.wait_for_selector(f'html[data-file="{world_client.file_id}"]')
    yield opened
    found = list(errors)
    errors.clear()
    assert not found
