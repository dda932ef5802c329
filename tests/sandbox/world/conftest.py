"""An identity issuer on a loopback server, with wall time in the test's hands."""

import shutil
import ssl
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from service.sandbox.identity import Identity, create_identity
from service.sandbox.oauth import add_routes
from service.sandbox.server import LoopbackGuard, WorldServer

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
