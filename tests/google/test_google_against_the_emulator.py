"""The calls of this room against the Sheets and Drive emulator, over real sockets, as people and as a writer."""

import json
import threading
import time
from datetime import UTC, datetime

import httpx
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from service.errors import NotAllowed, NotGranted, UpstreamFailed
from service.google.client import Google
from service.google.drive import Unlistable
from service.google.identities import UserIdentity, WriterIdentity
from service.google.problems import FileGone, QuotaSpent, RangeGone, RequestRefused, WriterShutOut
from service.google.transport import open_http
from service.sandbox.sheets import create_emulator
from service.sandbox.sheets.people import Person, StaleBearerError

ADDON_SCOPES = frozenset({"drive.file", "userinfo.email"})
MAYA = UserIdentity("maya")
SAM = UserIdentity("sam")
STALE = UserIdentity("stale")
WRITER_EMAIL = "writer-1@rowstream-test.iam.gserviceaccount.com"
PEOPLE = {
    "maya": Person("maya@bloom.example", ADDON_SCOPES, "addon", display_name="Maya"),
    "sam": Person("sam@packright.example", ADDON_SCOPES, "addon", display_name="Sam"),
    "ya29.writer": Person(
        WRITER_EMAIL, frozenset({"spreadsheets", "drive.metadata.readonly"}), "writer", is_service_account=True
    ),
}


def lookup(bearer, /):
    if bearer == "stale":
        raise StaleBearerError(bearer)
    return PEOPLE.get(bearer)


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, as Google does

    def log(self, *args, **kwargs):
        pass


def token_app(_environ, start_response):
    """Google's token address, as far as a writer needs it."""
    body = json.dumps({"access_token": "ya29.writer", "expires_in": 3599, "token_type": "Bearer"}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def world(tmp_path):
    emulator = create_emulator(
        data_dir=tmp_path / "sheets", people=lookup, now=lambda: datetime.now(UTC), wall=time.time
    )
    mounted = DispatcherMiddleware(
        token_app,
        {
            "/google/sheets": emulator.sheets_app,
            "/google/drive": emulator.drive_app,
            "/sheets/control": emulator.control_app,
        },
    )
    server = make_server("127.0.0.1", 0, mounted, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()
    emulator.close()


@pytest.fixture
def calls():
    return []


@pytest.fixture
def google(world, calls):
    with open_http() as http:
        yield Google(
            sheets_url=f"{world}google/sheets/", drive_url=f"{world}google/drive/", http=http, on_call=calls.append
        )


@pytest.fixture
def writer(writer_key, world):
    return WriterIdentity({**writer_key, "token_uri": f"{world}token"})


@pytest.fixture
def sheet_id(google):
    made = google.create(MAYA, title="Orders", locale="en_GB", time_zone="Europe/London", budget_s=30)
    return made["spreadsheetId"]


def put(google, identity, sheet_id, *, row=0, text="x"):
    cells = {"rows": [{"values": [{"userEnteredValue": {"stringValue": text}}]}], "fields": "userEnteredValue"}
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": 0}
    body = {
        "requests": [{"updateCells": {**cells, "start": start}}],
        "includeSpreadsheetInResponse": True,
        "responseRanges": [f"A{row + 1}:B{row + 1}"],
    }
    fields = "updatedSpreadsheet.sheets(data(rowData.values.userEnteredValue))"
    return google.batch_update(identity, sheet_id, body=body, fields=fields, budget_s=30)


def first_cell(google, identity, sheet_id):
    answer = google.get_by_filter(
        identity,
        sheet_id,
        filters=[{"gridRange": {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}}],
        fields="sheets.data.rowData.values.userEnteredValue",
        budget_s=30,
    )
    return answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]["userEnteredValue"]


def test_person_creates_writes_and_reads_a_spreadsheet(google, sheet_id, calls):
    answer = put(google, MAYA, sheet_id, text="576461413038785752")
    cell = {"userEnteredValue": {"stringValue": "576461413038785752"}}
    assert answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"][0]["values"] == [cell]
    assert first_cell(google, MAYA, sheet_id) == cell["userEnteredValue"]
    properties = google.get(MAYA, sheet_id, fields="properties(title,locale,timeZone)", budget_s=30)["properties"]
    assert properties == {"title": "Orders", "locale": "en_GB", "timeZone": "Europe/London"}
    assert [(call.kind, call.ok) for call in calls] == [
        ("write", True),
        ("write", True),
        ("read", True),
        ("read", True),
    ]
    assert all(call.bytes_in > 0 for call in calls)


def test_writer_works_in_a_file_from_the_moment_it_is_shared(google, sheet_id, writer):
    with pytest.raises(WriterShutOut) as shut_out:
        put(google, writer, sheet_id)
    assert shut_out.value.email == WRITER_EMAIL
    with pytest.raises(WriterShutOut):
        google.drive.file(writer, sheet_id, budget_s=30)
    added = google.drive.add_writer(MAYA, sheet_id, WRITER_EMAIL, budget_s=30)
    assert added.role == "writer"
    assert google.drive.add_writer(MAYA, sheet_id, WRITER_EMAIL, budget_s=30).permission_id == added.permission_id
    put(google, writer, sheet_id, text="hello")
    assert first_cell(google, writer, sheet_id) == {"stringValue": "hello"}
    assert google.drive.file(writer, sheet_id, budget_s=30).can_edit
    google.drive.remove_permission(MAYA, sheet_id, added.permission_id, budget_s=30)
    google.drive.remove_permission(MAYA, sheet_id, added.permission_id, budget_s=30)
    with pytest.raises(WriterShutOut):
        put(google, writer, sheet_id)


def test_permissions_name_everybody(google, sheet_id):
    google.drive.add_writer(MAYA, sheet_id, WRITER_EMAIL, budget_s=30)
    listed = google.drive.permissions(MAYA, sheet_id, budget_s=30)
    assert not isinstance(listed, Unlistable)
    assert {(entry.type, entry.role, entry.email) for entry in listed} == {
        ("user", "owner", "maya@bloom.example"),
        ("user", "writer", WRITER_EMAIL),
    }


def test_facts_say_what_the_owner_may(google, sheet_id):
    facts = google.drive.file(MAYA, sheet_id, budget_s=30)
    assert (facts.name, facts.owned_by_me, facts.can_edit, facts.can_share) == ("Orders", True, True, True)
    assert facts.is_app_authorized
    assert facts.is_link_shared is False
    assert not facts.trashed


def test_stranger_learns_nothing_about_a_file(google, sheet_id):
    for call in (
        lambda: google.drive.file(SAM, sheet_id, budget_s=30),
        lambda: google.get(SAM, sheet_id, fields="properties", budget_s=30),
        lambda: google.drive.permissions(SAM, sheet_id, budget_s=30),
    ):
        with pytest.raises(NotGranted) as refused:
            call()
        assert refused.value.scopes == ()


def test_person_with_an_old_token_is_asked_again(google, sheet_id):
    with pytest.raises(NotGranted) as refused:
        google.get(STALE, sheet_id, fields="properties", budget_s=30)
    assert refused.value.scopes


def test_file_that_never_was_is_gone_for_a_writer(google, writer):
    with pytest.raises(FileGone):
        put(google, writer, "1" * 44)


def test_refused_request_is_named_and_nothing_is_applied(google, sheet_id):
    put(google, MAYA, sheet_id, text="before")
    write = {"rows": [{"values": [{"userEnteredValue": {"stringValue": "after"}}]}], "fields": "userEnteredValue"}
    good = {"updateCells": {**write, "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}}}
    nameless = {"updateCells": {**write, "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}, "fields": ""}}
    elsewhere = {"updateCells": {**write, "start": {"sheetId": 77, "rowIndex": 0, "columnIndex": 0}}}
    for bad, kind in [(nameless, RequestRefused), (elsewhere, RangeGone)]:
        with pytest.raises(kind) as refused:
            google.batch_update(MAYA, sheet_id, body={"requests": [good, bad]}, fields="replies", budget_s=30)
        assert refused.value.index == 1
        assert not refused.value.outcome_unknown
    assert first_cell(google, MAYA, sheet_id) == {"stringValue": "before"}


def test_renamed_tab_is_a_lost_range(google, sheet_id):
    with pytest.raises(RangeGone) as lost:
        google.get(MAYA, sheet_id, ranges=["Gone!A1"], fields="sheets.data", budget_s=30)
    assert lost.value.index is None


def test_reader_may_not_write(google, sheet_id, writer, world):
    google.drive.add_writer(MAYA, sheet_id, PEOPLE["sam"].email, budget_s=30)
    httpx.post(
        f"{world}sheets/control/grants", json={"email": PEOPLE["sam"].email, "spreadsheet_id": sheet_id}
    ).raise_for_status()
    put(google, SAM, sheet_id)
    listed = google.drive.permissions(MAYA, sheet_id, budget_s=30)
    sam = next(entry for entry in listed if entry.email == PEOPLE["sam"].email)
    httpx.patch(
        f"{world}google/drive/drive/v3/files/{sheet_id}/permissions/{sam.permission_id}",
        json={"role": "reader"},
        headers={"Authorization": "Bearer maya"},
    ).raise_for_status()
    with pytest.raises(NotAllowed):
        put(google, SAM, sheet_id)
    with pytest.raises(NotAllowed):
        google.drive.add_writer(SAM, sheet_id, WRITER_EMAIL, budget_s=30)


def test_eight_threads_write_each_their_own_row(google, sheet_id):
    failures = []

    def work(row):
        for turn in range(5):
            answer = put(google, MAYA, sheet_id, row=row, text=f"{row}-{turn}")
            values = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"][0]["values"]
            if values[0]["userEnteredValue"] != {"stringValue": f"{row}-{turn}"}:
                failures.append((row, turn, values))

    threads = [threading.Thread(target=work, args=(row,)) for row in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.fixture
def strike(world):
    """Orders a fault for the next batch update."""

    def strike(name):
        wish = {name: {"count": 1, "method": "spreadsheets.batchUpdate"}}
        httpx.post(f"{world}sheets/control/faults", json=wish).raise_for_status()

    return strike


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        ("unavailable_before", False),
        ("unavailable_after", True),
        ("internal_error", False),
        ("bad_gateway", False),
        ("bad_gateway_after", True),
        ("dropped_before", False),
        ("dropped_after", True),
    ],
)
def test_write_without_a_good_answer_is_unknown_and_sent_once(google, sheet_id, strike, world, fault, applied):
    """Whether it was applied cannot be told from the answer; that is why it is called unknown."""
    put(google, MAYA, sheet_id, text="before")
    httpx.delete(f"{world}sheets/control/calls").raise_for_status()
    strike(fault)
    with pytest.raises(UpstreamFailed) as failed:
        put(google, MAYA, sheet_id, text="after")
    assert failed.value.outcome_unknown
    assert not failed.value.permanent
    assert httpx.get(f"{world}sheets/control/calls").json()["writes"] == 1
    assert first_cell(google, MAYA, sheet_id) == {"stringValue": "after" if applied else "before"}


def test_spent_quota_says_whose_it_is(google, sheet_id, strike):
    strike("too_many_requests")
    with pytest.raises(QuotaSpent) as spent:
        put(google, MAYA, sheet_id)
    assert spent.value.per == "user"
    put(google, MAYA, sheet_id)


def test_quota_of_a_writer_ends_on_the_61st_write(google, sheet_id, writer):
    google.drive.add_writer(MAYA, sheet_id, WRITER_EMAIL, budget_s=30)
    for _ in range(60):
        put(google, writer, sheet_id)
    with pytest.raises(QuotaSpent):
        put(google, writer, sheet_id)
    put(google, MAYA, sheet_id)


def test_slow_answer_ends_with_the_time_given(google, sheet_id, world):
    wish = {"slow": {"count": 1, "seconds": 3, "method": "spreadsheets.batchUpdate"}}
    httpx.post(f"{world}sheets/control/faults", json=wish).raise_for_status()
    body = {"requests": [{"updateSpreadsheetProperties": {"properties": {"title": "Late"}, "fields": "title"}}]}
    with pytest.raises(UpstreamFailed) as failed:
        google.batch_update(MAYA, sheet_id, body=body, fields="replies", budget_s=0.5)
    assert failed.value.outcome_unknown


def test_file_on_a_shared_drive_tells_its_drive_and_no_ids(google, sheet_id, world):
    wish = {"spreadsheet_id": sheet_id, "drive_id": "0ADrive"}
    httpx.post(f"{world}sheets/control/shared-drive", json=wish).raise_for_status()
    facts = google.drive.file(MAYA, sheet_id, budget_s=30)
    assert facts.drive_id == "0ADrive"
