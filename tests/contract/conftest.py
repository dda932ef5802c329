"""The emulator over real sockets, or the real service when the environment hands over a bearer for it.

With `ROWSTREAM_CONTRACT_BEARER` set to an access token with the scopes spreadsheets and drive, the same bodies also run
against Google; files they make are deleted afterwards.
"""

import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from contract.clients import GspreadClient, OfficialClient, PlainClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from service.sandbox.sheets import create_emulator, nobody

BEARER = os.environ.get("ROWSTREAM_CONTRACT_BEARER", "")
SERVICES = ["emulator", "google"] if BEARER else ["emulator"]


@dataclass(frozen=True)
class Service:
    """Where the API is, and with which bearer. Addresses end in a slash."""

    sheets: str
    drive: str
    bearer: str


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *args, **kwargs):
        pass


def not_here(_environ, start_response):
    start_response("404 Not Found", [("Content-Length", "0")])
    return [b""]


@pytest.fixture(scope="session")
def emulated():
    """A served emulator whose every answer is checked against Google's schema."""
    built = create_emulator(data_dir=None, people=nobody, now=lambda: datetime.now(UTC), answers="every")
    built.quotas.is_on = False
    mounts = {"/google/sheets": built.sheets_app, "/google/drive": built.drive_app, "/control": built.control_app}
    server = make_server("127.0.0.1", 0, DispatcherMiddleware(not_here, mounts), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield built, f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()
    built.close()


@pytest.fixture(params=SERVICES, scope="session")
def service(request, emulated):
    if request.param == "google":
        return Service("https://sheets.googleapis.com/", "https://www.googleapis.com/", BEARER)
    base = emulated[1]
    return Service(f"{base}google/sheets/", f"{base}google/drive/", "any-token")


@pytest.fixture(
    params=[OfficialClient, GspreadClient, PlainClient], ids=["official", "gspread", "plain"], scope="module"
)
def client(request, service):
    """Each client in turn, with the same verbs."""
    made = request.param(service)
    yield made
    made.close()


@pytest.fixture
def book(client):
    """A new spreadsheet, gone afterwards."""
    made = client.create("Contract")
    yield made
    client.delete(made)


@pytest.fixture(scope="module")
def plain(service):
    """Plain HTTP."""
    made = PlainClient(service)
    yield made
    made.close()


@pytest.fixture
def paper(plain):
    """A new spreadsheet for plain HTTP."""
    made = plain.create("Contract")
    yield made
    plain.delete(made)
