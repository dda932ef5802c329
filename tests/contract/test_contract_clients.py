"""The same bodies through Google's official client and through gspread: create, get, batchGet, update, batchUpdate,
append, clear, and what their errors look like.
"""

import gspread
import httplib2
import pytest
import requests
from contract.clients import GspreadClient, OfficialClient, RefusedError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError


def test_create_and_get(client, book):
    told = client.get(book)
    assert told["spreadsheetId"] == book
    assert told["properties"]["title"] == "Contract"
    assert told["sheets"][0]["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}


def test_update_and_batch_get(client, book):
    told = client.update(book, "Sheet1!A1", [["id", "qty"], ["576461413840000123", 2]])
    assert (told["updatedRange"], told["updatedCells"]) == ("Sheet1!A1:B2", 4)
    assert client.read(book, "Sheet1!A1:A", "B2", "C1:D9") == [[["id"], ["576461413840000123"]], [["2"]], []]


def test_typed_update(client, book):
    client.update(book, "A1", [["2020-01-01", "=1+1"]], mode="USER_ENTERED")
    assert client.read(book, "A1:B1") == [[["2020-01-01", "2"]]]


def test_values_batch_update(client, book):
    told = client.update_many(
        book, [{"range": "A1", "values": [["a"]]}, {"range": "Sheet1!B2:C2", "values": [["b", None]]}]
    )
    assert (told["totalUpdatedCells"], len(told["responses"])) == (2, 2)
    assert client.read(book, "A1:C2") == [[["a"], ["", "b"]]]


def test_structural_batch_update(client, book):
    told = client.structure(book, {"addSheet": {"properties": {"title": "My Orders"}}})
    assert told["replies"][0]["addSheet"]["properties"]["title"] == "My Orders"
    client.update(book, "'My Orders'!A1", [["x"]])
    assert client.read(book, "'My Orders'!A1:B2") == [[["x"]]]


def test_append(client, book):
    client.update(book, "A1", [["h1", "h2"]])
    told = client.append(book, "Sheet1!A1", [["a", "b"], ["c", "d"]])
    assert told["tableRange"] == "Sheet1!A1:B1"
    assert told["updates"]["updatedRange"] == "Sheet1!A2:B3"


def test_clear(client, book):
    client.update(book, "A1", [["a", "b"]])
    assert client.clear(book, "Sheet1!A1")["clearedRange"] == "Sheet1!A1"
    assert client.read(book, "A1:B1") == [[["", "b"]]]


@pytest.mark.parametrize(
    ("act", "code", "message"),
    [
        (lambda c, b: c.update(b, "Nope!A1", [["x"]]), 400, "Unable to parse range: Nope!A1"),
        (
            lambda c, b: c.read(b, "Sheet1!A1001:B"),
            400,
            "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        (
            lambda c, b: c.structure(b, {"addSheet": {"properties": {"title": "Sheet1"}}}),
            400,
            'Invalid requests[0].addSheet: A sheet with the name "Sheet1" already exists. Please enter another name.',
        ),
        (lambda c, _: c.get("1BogusBogusBogusBogusBogusBogusBogusBogusBogu"), 404, "Requested entity was not found."),
    ],
    ids=["parse", "limits", "title", "missing"],
)
def test_errors(client, book, act, code, message):
    with pytest.raises(RefusedError) as refused:
        act(client, book)
    assert (refused.value.code, refused.value.message) == (code, message)


def test_unknown_name_comes_with_details(client, book):
    with pytest.raises(RefusedError) as refused:
        client.structure(book, {"addSheet": {"propertys": {}}})
    (detail,) = refused.value.details
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert detail["fieldViolations"][0]["field"] == "requests[0].addSheet"


def test_long_read_goes_as_a_post(service):
    """The official client turns a GET with a long address into a POST."""
    client = OfficialClient(service)
    made = client.create("Long")
    client.update(made, "A1", [["x"]])
    many = client.read(made, *[f"Sheet1!A{row}:Z{row}" for row in range(1, 301)])
    client.delete(made)
    client.close()
    assert len(many) == 300
    assert many[0] == [["x"]]


def test_official_error_has_status_reason_and_details(emulated):
    """Quota refusals as `HttpError` shows them."""
    built, base = emulated
    built.faults.order("too_many_requests", 1)
    http = httplib2.Http(timeout=30)
    sheets = build("sheets", "v4", http=_Bearer(http), client_options={"api_endpoint": f"{base}google/sheets/"})
    with pytest.raises(HttpError) as refused:
        sheets.spreadsheets().get(spreadsheetId="any").execute()
    http.close()
    assert refused.value.status_code == 429
    assert refused.value.reason.startswith("Quota exceeded for quota metric 'Read requests'")
    assert refused.value.error_details[0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert "retry-after" not in refused.value.resp


class _Bearer:
    """An Http that adds the bearer; enough of one for the official client."""

    def __init__(self, http):
        self._http = http

    def request(self, uri, method="GET", body=None, headers=None, **more):
        return self._http.request(
            uri, method, body=body, headers={**(headers or {}), "authorization": "Bearer t"}, **more
        )


def test_dropped_connection_reads_as_one(emulated):
    built, base = emulated
    built.faults.order("dropped_before", 1)
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{base}google/sheets/v4/spreadsheets/x", headers={"Authorization": "Bearer t"}, timeout=10)


def test_html_page_is_no_json_for_gspread(emulated, service):
    built, _ = emulated
    client = GspreadClient(service)
    book = client.create("Html")
    built.faults.order("bad_gateway", {"count": 1, "method": "spreadsheets.get"})
    with pytest.raises(gspread.exceptions.APIError) as refused:
        client.client.http_client.fetch_sheet_metadata(book)
    client.close()
    assert refused.value.code == -1
    assert "<!DOCTYPE html>" in refused.value.error["message"]


def test_gspread_as_people_use_it(service):
    """Its own high-level calls: worksheets, cells, formats, notes, protection, sharing."""
    client = GspreadClient(service)
    made = client.client.create("High level")
    sheet = made.sheet1
    sheet.update([["id", "qty"], ["a", 1], ["b", 2]], "A1")
    assert sheet.get_all_records() == [{"id": "a", "qty": 1}, {"id": "b", "qty": 2}]
    assert sheet.find("b").address == "A3"
    sheet.append_row(["c", 3], value_input_option="USER_ENTERED")
    sheet.batch_update([{"range": "B2:B3", "values": [[10], [20]]}])
    sheet.insert_row(["z", 0], index=2)
    sheet.delete_rows(3)
    assert sheet.get_values() == [["id", "qty"], ["z", "0"], ["b", "20"], ["c", "3"]]
    sheet.sort((1, "asc"), range="A2:B4")
    assert sheet.col_values(1) == ["id", "b", "c", "z"]
    sheet.format("A1:B1", {"textFormat": {"bold": True}, "backgroundColor": {"red": 0.5}})
    sheet.freeze(rows=1)
    sheet.update_note("A1", "a note")
    assert sheet.get_note("A1") == "a note"
    sheet.add_protected_range("A1:B1", warning_only=True)
    sheet.set_basic_filter("A1:B4")
    sheet.merge_cells("D1:E1")
    sheet.resize(rows=50, cols=10)
    other = made.add_worksheet("Second", rows=5, cols=5)
    sheet.copy_to(made.id)
    made.share("sam@packright.example", perm_type="user", role="writer", notify=False)
    assert {p["role"] for p in made.list_permissions()} == {"owner", "writer"}
    made.del_worksheet(other)
    assert [w.title for w in made.worksheets()] == ["Sheet1", "Copy of Sheet1"]
    assert made.id in [f["id"] for f in client.client.list_spreadsheet_files()]
    client.client.del_spreadsheet(made.id)
    client.close()


def test_official_drive_client(service):
    """Permissions through the official Drive client, pages and empty answers included."""
    credentials = Credentials(service.bearer)
    options = {"api_endpoint": f"{service.drive}drive/v3/"}
    with build("drive", "v3", credentials=credentials, client_options=options) as drive:
        body = {"name": "D", "mimeType": "application/vnd.google-apps.spreadsheet"}
        book = drive.files().create(body=body, fields="id").execute()["id"]
        share = {"type": "anyone", "role": "reader"}
        made = drive.permissions().create(fileId=book, body=share, sendNotificationEmail=False).execute()
        assert made["id"] == "anyoneWithLink"
        seen, request = [], drive.permissions().list(fileId=book, pageSize=1)
        while request is not None:
            page = request.execute()
            seen += [permission["role"] for permission in page["permissions"]]
            request = drive.permissions().list_next(request, page)
        assert sorted(seen) == ["owner", "reader"]
        assert drive.permissions().delete(fileId=book, permissionId="anyoneWithLink").execute() == ""
        assert drive.files().delete(fileId=book).execute() == ""
        with pytest.raises(HttpError) as refused:
            drive.files().get(fileId=book).execute()
        assert refused.value.error_details[0]["reason"] == "notFound"
