"""One call: sent once, within its time, with its bytes counted, safe for many threads."""

import gzip
import json
import socket
import threading
from contextlib import closing

import httpx
import pytest
from googleapiclient.discovery import build
from werkzeug.serving import WSGIRequestHandler, make_server

from service.errors import NotGranted, UpstreamFailed
from service.google.client import Google
from service.google.identities import UserIdentity, WriterIdentity
from service.google.problems import FileGone
from service.google.transport import open_http

PERSON = UserIdentity("ya29.p")
SHEETS, DRIVE = "http://127.0.0.1:9/google/sheets/", "http://127.0.0.1:9/google/drive/"


@pytest.fixture
def calls():
    return []


@pytest.fixture
def google(scripted, calls, clock):
    return Google(sheets_url=SHEETS, drive_url=DRIVE, http=scripted.client(), on_call=calls.append, now=clock.now)


def grant(token):
    return httpx.Response(200, json={"access_token": token, "expires_in": 3599, "token_type": "Bearer"})


def unauthenticated():
    return httpx.Response(401, json={"error": {"code": 401, "message": "no", "status": "UNAUTHENTICATED"}})


def write(google, identity=PERSON, budget_s=30.0):
    body = {"requests": [{"addSheet": {"properties": {"title": "Bestellungen für Ümit"}}}]}
    return google.batch_update(identity, "sheet-1", body=body, fields="replies", budget_s=budget_s)


def test_write_goes_to_the_configured_address_with_mask_and_bearer(google, scripted):
    scripted.script = [httpx.Response(200, json={"replies": [{}]})]
    assert write(google) == {"replies": [{}]}
    request = scripted.seen[0]
    assert request.method == "POST"
    assert request.url.path == "/google/sheets/v4/spreadsheets/sheet-1:batchUpdate"
    assert dict(request.url.params) == {"fields": "replies", "prettyPrint": "false", "alt": "json"}
    assert request.headers["authorization"] == "Bearer ya29.p"
    assert json.loads(request.content)["requests"][0]["addSheet"]["properties"]["title"] == "Bestellungen für Ümit"


def test_drive_lies_under_its_own_address(google, scripted):
    scripted.script = [httpx.Response(200, json={"id": "f"})]
    google.drive.file(PERSON, "f/../g", budget_s=5)
    assert scripted.seen[0].url.raw_path.startswith(b"/google/drive/drive/v3/files/f%2F..%2Fg?")


def test_reads_name_ranges_filters_and_fields(google, scripted):
    scripted.script = [httpx.Response(200, json={"sheets": []}), httpx.Response(200, json={})]
    google.get(PERSON, "s", ranges=["'My Orders'!A1:B2", "T!C3"], fields="sheets.data", budget_s=5)
    google.get_by_filter(
        PERSON, "s", filters=[{"gridRange": {"sheetId": 0, "endRowIndex": 1}}], fields="sheets.data", budget_s=5
    )
    assert scripted.seen[0].url.params.get_list("ranges") == ["'My Orders'!A1:B2", "T!C3"]
    assert json.loads(scripted.seen[1].content) == {"dataFilters": [{"gridRange": {"sheetId": 0, "endRowIndex": 1}}]}


def test_long_read_travels_as_a_post_that_means_get(google, scripted):
    scripted.script = [httpx.Response(200, json={})]
    google.get(PERSON, "s", ranges=[f"T!A{row}:Z{row}" for row in range(400)], fields="sheets.data", budget_s=5)
    request = scripted.seen[0]
    assert (request.method, request.headers["x-http-method-override"]) == ("POST", "GET")
    assert request.headers["content-length"] == str(len(request.content))


def test_creating_names_zone_and_locale(google, scripted):
    scripted.script = [httpx.Response(200, json={"spreadsheetId": "new"})]
    made = google.create(PERSON, title="Orders", locale="en_GB", time_zone="Europe/London", budget_s=5)
    assert made == {"spreadsheetId": "new"}
    assert json.loads(scripted.seen[0].content) == {
        "properties": {"title": "Orders", "locale": "en_GB", "timeZone": "Europe/London"}
    }


def test_call_reports_what_crossed_the_wire(google, scripted, calls, clock):
    packed = gzip.compress(json.dumps({"replies": [{}] * 500}).encode())

    def answer(_request):
        clock.advance(0.25)
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(packed))

    scripted.script = [answer]
    assert len(write(google)["replies"]) == 500
    assert [(c.method, c.kind, c.identity, c.ms, c.status, c.ok) for c in calls] == [
        ("sheets.spreadsheets.batchUpdate", "write", "user", 250.0, 200, True)
    ]
    assert calls[0].bytes_in == len(packed)
    assert calls[0].bytes_out == len(scripted.seen[0].content)


@pytest.mark.parametrize(
    ("step", "status"),
    [
        (httpx.Response(503, content="<html>"), 503),
        (httpx.Response(200, content="<html>"), 200),
        (httpx.Response(200, content="[]"), 200),
        (httpx.ReadTimeout("slow"), 0),
        (ConnectionResetError("the server in this process hung up"), 0),
    ],
)
def test_failed_call_is_reported_and_never_repeated(google, scripted, calls, step, status):
    scripted.script = [step, httpx.Response(200, json={"replies": []})]
    with pytest.raises(UpstreamFailed) as failed:
        write(google)
    assert failed.value.outcome_unknown
    assert len(scripted.seen) == 1
    assert [(c.ok, c.status) for c in calls] == [(False, status)]


def test_writer_whose_token_is_refused_renews_it_once(google, scripted, calls, writer_key):
    writer = WriterIdentity(writer_key)
    scripted.script = [grant("ya29.1"), unauthenticated(), grant("ya29.2"), httpx.Response(200, json={"replies": []})]
    assert write(google, writer) == {"replies": []}
    bearers = [request.headers.get("authorization") for request in scripted.seen]
    assert bearers == [None, "Bearer ya29.1", None, "Bearer ya29.2"]
    assert [(c.identity, c.ok) for c in calls] == [(writer.email, True)]


def test_writer_refused_twice_gives_up_for_now(google, scripted, writer_key):
    scripted.script = [grant("ya29.1"), unauthenticated(), grant("ya29.2"), unauthenticated()]
    with pytest.raises(UpstreamFailed) as failed:
        write(google, WriterIdentity(writer_key))
    assert not failed.value.outcome_unknown
    assert not failed.value.permanent
    assert len(scripted.seen) == 4


def test_person_whose_token_is_refused_is_asked_again(google, scripted):
    scripted.script = [unauthenticated()]
    with pytest.raises(NotGranted):
        write(google)
    assert len(scripted.seen) == 1


def test_nothing_is_sent_when_the_time_is_used_up(google, scripted):
    with pytest.raises(UpstreamFailed) as failed:
        write(google, budget_s=0)
    assert scripted.seen == []
    assert not failed.value.outcome_unknown


def test_time_spent_on_the_token_counts(google, scripted, clock, writer_key):
    def slow_grant(_request):
        clock.advance(31)
        return grant("ya29.1")

    scripted.script = [slow_grant]
    with pytest.raises(UpstreamFailed) as failed:
        write(google, WriterIdentity(writer_key), budget_s=30)
    assert len(scripted.seen) == 1
    assert not failed.value.outcome_unknown


def test_answer_that_trickles_is_cut_off_at_the_limit(google, scripted, clock):
    """A time-out per read would never end such a call."""

    class Trickle(httpx.SyncByteStream):
        def __iter__(self):
            for _ in range(1000):
                clock.advance(9)
                yield b" "
            yield b"{}"

    scripted.script = [httpx.Response(200, stream=Trickle())]
    with pytest.raises(UpstreamFailed) as failed:
        write(google, budget_s=30)
    assert failed.value.outcome_unknown


class DroppingServer(threading.Thread):
    """Takes every request in full and hangs up without a word, as a proxy does when its time is over."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.requests = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/"

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with closing(connection), connection.makefile("rb") as lines:
                length = 0
                while (line := lines.readline().strip()) != b"":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                lines.read(length)
                self.requests += 1


@pytest.fixture
def dropping():
    server = DroppingServer()
    server.start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()
    server.join()


def test_dropped_connection_does_not_send_the_write_again(dropping, calls):
    """The official client alone would: its httplib2 takes the silence for a stale connection and repeats the POST."""
    with open_http() as http:
        google = Google(sheets_url=dropping.url, drive_url=dropping.url, http=http, on_call=calls.append)
        with pytest.raises(UpstreamFailed) as failed:
            write(google)
    assert failed.value.outcome_unknown
    assert dropping.requests == 1
    assert [(c.ok, c.status) for c in calls] == [(False, 0)]


def test_closed_port_is_known_not_to_be_applied():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with open_http() as http, pytest.raises(UpstreamFailed) as failed:
        write(Google(sheets_url=url, drive_url=url, http=http))
    assert not failed.value.outcome_unknown


def test_eight_threads_get_each_their_own_answer():
    """The answer names the file that was asked for; with one httplib2 client they get mixed up."""

    def echo(request):
        name = request.url.path.rpartition("/")[2].partition(":")[0]
        if name.endswith("7"):
            return httpx.Response(404, json={"error": {"code": 404, "message": name, "status": "NOT_FOUND"}})
        return httpx.Response(200, json={"spreadsheetId": name})

    counted, wrong = [], []
    http = httpx.Client(transport=httpx.MockTransport(echo))
    google = Google(sheets_url=SHEETS, drive_url=DRIVE, http=http, on_call=counted.append)
    gate = threading.Barrier(8)

    def work(thread):
        gate.wait()
        for turn in range(40):
            name = f"file-{thread}-{turn}"
            try:
                found = google.get(PERSON, name, fields="spreadsheetId", budget_s=30)["spreadsheetId"]
            except NotGranted:
                found = name if name.endswith("7") else "refused"
            if found != name:
                wrong.append((name, found))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(counted) == 320
    assert sum(not call.ok for call in counted) == 8 * 4


def test_shipped_discovery_files_know_every_method_we_use():
    """No network is needed to build the client, and Google still has the methods under these names."""
    sheets = build("sheets", "v4", http=object(), static_discovery=True).spreadsheets()
    drive = build("drive", "v3", http=object(), static_discovery=True)
    for resource, names in [
        (sheets, ["get", "getByDataFilter", "batchUpdate", "create"]),
        (drive.files(), ["get"]),
        (drive.permissions(), ["list", "create", "update", "delete"]),
    ]:
        assert all(callable(getattr(resource, name)) for name in names)


def test_writer_learns_that_the_file_is_gone(google, scripted, writer_key):
    missing = {"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}}
    scripted.script = [grant("ya29.1"), httpx.Response(404, json=missing)]
    with pytest.raises(FileGone):
        write(google, WriterIdentity(writer_key))


@pytest.fixture
def loopback():
    """A real server on a real socket that answers each file with its own name."""

    def echo(environ, start_response):
        name = environ["PATH_INFO"].rpartition("/")[2].partition(":")[0]
        body = json.dumps({"spreadsheetId": name}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    server = make_server("127.0.0.1", 0, echo, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, as Google does

    def log(self, *args, **kwargs):
        pass


def test_eight_threads_share_open_connections_without_mixing_answers(loopback):
    wrong = []
    with open_http() as http:
        google = Google(sheets_url=loopback, drive_url=loopback, http=http)
        gate = threading.Barrier(8)

        def work(thread):
            gate.wait()
            for turn in range(30):
                name = f"file-{thread}-{turn}"
                found = google.batch_update(PERSON, name, body={"requests": []}, fields="*", budget_s=30)
                wrong.extend([] if found == {"spreadsheetId": name} else [(name, found)])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
