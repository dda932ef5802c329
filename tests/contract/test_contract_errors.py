"""Refusals and failures as recordings show them: exact sentences, statuses, details, and what clients make of them."""

import gspread
import httplib2
import httpx
import pytest
import requests
from contract.clients import GspreadClient, OfficialClient, PlainClient, RefusedError

BOGUS = "1BogusBogusBogusBogusBogusBogusBogusBogusBogu"
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)
BLUE = {"firstBandColor": {"blue": 1}, "secondBandColor": {}}


def cell(text):
    return {"userEnteredValue": {"stringValue": text}}


def update_cells(column, *texts, fields="userEnteredValue"):
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": [cell(text) for text in texts]}], "fields": fields}}


REFUSALS = {
    "second tab of a name": (
        [{"addSheet": {"properties": {"title": "Sheet1"}}}],
        'A sheet with the name "Sheet1" already exists. Please enter another name.',
    ),
    "last visible tab hidden": (
        [{"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}}],
        "You can't hide all the sheets in a document.",
    ),
    "tab without a name": (
        [{"updateSheetProperties": {"properties": {"sheetId": 0}, "fields": "*"}}],
        "The sheet name cannot be empty.",
    ),
    "beyond the last column": (
        [update_cells(25, "a", "b")],
        "Attempting to write column: 26, beyond the last requested column of: 25",
    ),
    "no mask": (
        [update_cells(0, "a", fields="")],
        "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)",
    ),
    "range past the end": (
        [
            {
                "repeatCell": {
                    "range": {"sheetId": 0, "startRowIndex": 1000, "startColumnIndex": 0, "endColumnIndex": 2},
                    "cell": cell("x"),
                    "fields": "userEnteredValue",
                }
            }
        ],
        "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26",
    ),
    "second banding": (
        [{"addBanding": {"bandedRange": {"range": {"sheetId": 0}, "rowProperties": BLUE}}}] * 2,
        "You cannot add alternating background colors to a range that already has alternating background colors.",
    ),
    "second protection of a tab": (
        [{"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}}] * 2,
        'Sheet "Sheet1" already has sheet protection.',
    ),
    "tab that is not there": (
        [{"updateCells": {"range": {"sheetId": 77}, "fields": "userEnteredValue"}}],
        "No grid with id: 77",
    ),
    "longer than a cell": (
        [update_cells(0, "y" * 50_001)],
        "Your input contains more than the maximum of 50000 characters in a single cell.",
    ),
    "more cells than a file holds": (
        [{"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}}],
        "This action would increase the number of cells in the workbook above the limit of 10000000 cells.",
    ),
}


@pytest.mark.parametrize(("requests_", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_refused_batch_names_its_request_and_changes_nothing(client, book, requests_, message):
    (kind,) = requests_[-1]
    with pytest.raises(RefusedError) as refused:
        client.structure(book, update_cells(3, "first"), *requests_)
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    assert refused.value.message == f"Invalid requests[{len(requests_)}].{kind}: {message}"
    assert client.read(book, "A1:Z9") == [[]]


def test_a_hundred_thousand_requests_are_the_most(plain, paper):
    wish = {"clearBasicFilter": {"sheetId": 0}}
    with pytest.raises(RefusedError) as refused:
        plain.structure(paper, *[wish] * 100_001)
    assert refused.value.message == "Cannot exceed 100000 requests in a single batch."


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda c, b: c.read(b, "Nope!A1"), "Unable to parse range: Nope!A1"),
        (lambda c, b: c.update(b, "Nope!A1", [["x"]]), "Unable to parse range: Nope!A1"),
        (
            lambda c, b: c.read(b, "Sheet1!A1001:B"),
            "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
    ],
    ids=["read", "write", "outside"],
)
def test_bad_ranges(client, book, act, message):
    with pytest.raises(RefusedError) as refused:
        act(client, book)
    assert (refused.value.code, refused.value.message) == (400, message)


def test_a_file_that_is_not_there(client):
    with pytest.raises(RefusedError) as refused:
        client.get(BOGUS)
    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
    assert refused.value.message == "Requested entity was not found."


def test_a_wrong_type_in_values_names_the_field(client, book):
    with pytest.raises(RefusedError) as refused:
        client.update(book, "A1", ["X"])
    assert refused.value.message == (
        "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""
    )
    (detail,) = refused.value.details
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert detail["fieldViolations"] == [{"field": "data.values", "description": refused.value.message}]


def test_an_unknown_field_names_its_place(client, book):
    with pytest.raises(RefusedError) as refused:
        client.structure(book, {"foo": {}})
    assert refused.value.message == (
        "Invalid JSON payload received. Unknown name \"foo\" at 'requests[0]': Cannot find field."
    )
    (detail,) = refused.value.details
    assert detail["fieldViolations"] == [{"field": "requests[0]", "description": refused.value.message}]


# --- what only the emulator can be told to do ------------------------------------------------------------------------


@pytest.fixture
def shared(emulated):
    """A file of one bearer that another, a writer, may edit: the owner's client and the writer's."""
    _, base = emulated
    ends = [PlainClient(_bases(base, bearer)) for bearer in ("owner", "writer")]
    owner, writer = ends
    book = owner.create("Shared")
    writer.create("to have a name")
    yield owner, writer, book
    for end in ends:
        end.close()


def _bases(base, bearer):
    class Bases:
        sheets, drive = f"{base}google/sheets/", f"{base}google/drive/"

    Bases.bearer = bearer
    return Bases


def share(emulated, owner, book, bearer):
    """The anonymous user behind a bearer becomes an editor."""
    made = PlainClient(_bases(emulated[1], bearer))
    own = made.create("own")
    told = made.call("files.get", service="drive", fileId=own, fields="owners.emailAddress")
    body = {"type": "user", "role": "writer", "emailAddress": told["owners"][0]["emailAddress"]}
    owner.call("permissions.create", body, service="drive", fileId=book, sendNotificationEmail=False)
    made.close()


def test_a_file_that_is_not_shared(shared):
    _, writer, book = shared
    with pytest.raises(RefusedError) as refused:
        writer.get(book)
    assert (refused.value.code, refused.value.status) == (403, "PERMISSION_DENIED")
    assert refused.value.message == "The caller does not have permission"


def test_protection_refuses_another_editor_and_a_warning_does_not(emulated, shared):
    owner, writer, book = shared
    share(emulated, owner, book, "writer")
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}
    told = owner.structure(book, {"addProtectedRange": {"protectedRange": {"range": where, "protectedRangeId": 7}}})
    reply = told["replies"][0]["addProtectedRange"]["protectedRange"]
    assert reply == {
        "protectedRangeId": 7,
        "range": {"startRowIndex": 0, "endRowIndex": 1},
        "requestingUserCanEdit": True,
        "editors": {},
    }
    with pytest.raises(RefusedError) as refused:
        writer.structure(book, update_cells(0, "x"))
    assert refused.value.message == f"Invalid requests[0].updateCells: {PROTECTED}"
    with pytest.raises(RefusedError) as refused:
        writer.update(book, "A1", [["x"]])
    assert (refused.value.code, refused.value.message) == (400, PROTECTED)
    owner.structure(book, {"deleteProtectedRange": {"protectedRangeId": 7}})
    warning = {"range": where, "protectedRangeId": 8, "warningOnly": True}
    told = owner.structure(book, {"addProtectedRange": {"protectedRange": warning}})
    assert told["replies"][0]["addProtectedRange"]["protectedRange"]["editors"] == {}
    writer.structure(book, update_cells(0, "x"))
    assert writer.read(book, "A1") == [[["x"]]]


@pytest.mark.parametrize(
    ("kind", "call"),
    [("Read", lambda c, b: c.get(b)), ("Write", lambda c, b: c.update(b, "A1", [["x"]]))],
    ids=["read", "write"],
)
@pytest.mark.parametrize("scope", ["user", "project"])
def test_the_429_is_the_recorded_one(emulated, kind, call, scope):
    built, base = emulated
    client = PlainClient(_bases(base, f"hasty {kind} {scope}"))
    book = client.create("Quota")
    built.quotas.is_on = True
    built.quotas.per_user, built.quotas.per_project = (0, 300) if scope == "user" else (60, 0)
    try:
        with pytest.raises(RefusedError) as refused:
            call(client, book)
    finally:
        built.quotas.is_on, built.quotas.per_user, built.quotas.per_project = False, 60, 300
        client.close()
    per = "per minute per user" if scope == "user" else "per minute"
    assert (refused.value.code, refused.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert refused.value.message == (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests {per}' of service "
        "'sheets.googleapis.com' for consumer 'project_number:123'."
    )
    (detail,) = refused.value.details
    assert detail == {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "quota_limit": f"{kind}RequestsPerMinutePer{scope.capitalize()}",
            "quota_limit_value": "0",
            "quota_location": "global",
            "consumer": "projects/123",
            "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
            "service": "sheets.googleapis.com",
        },
    }


@pytest.mark.parametrize("bearer", ["", "Basic abc"])
def test_no_bearer(emulated, bearer):
    headers = {"Authorization": bearer} if bearer else {}
    told = httpx.get(f"{emulated[1]}google/sheets/v4/spreadsheets/x", headers=headers)
    assert told.status_code == 401
    assert told.json()["error"]["status"] == "UNAUTHENTICATED"
    assert told.json()["error"]["message"].startswith(
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential."
    )


@pytest.mark.parametrize(
    ("fault", "code", "status", "message"),
    [
        ("unavailable_before", 503, "UNAVAILABLE", "The service is currently unavailable."),
        ("unavailable_after", 503, "UNAVAILABLE", "The service is currently unavailable."),
        ("internal_error", 500, "INTERNAL", "Internal error encountered."),
        ("internal_error_after", 500, "INTERNAL", "Internal error encountered."),
    ],
)
def test_server_errors_may_or_may_not_have_been_applied(emulated, client, book, fault, code, status, message):
    built, _ = emulated
    built.faults.order(fault, {"kind": "write"})
    with pytest.raises(RefusedError) as refused:
        client.structure(book, update_cells(0, "x"))
    assert (refused.value.code, refused.value.status, refused.value.message) == (code, status, message)
    assert client.read(book, "A1") == [[["x"]] if fault.endswith("after") else []]


CUT_OFF = (
    ConnectionError,
    requests.exceptions.ConnectionError,
    httplib2.ServerNotFoundError,
    httpx.TransportError,
    OSError,
)


@pytest.mark.parametrize(("fault", "applied"), [("dropped_before", False), ("dropped_after", True)])
@pytest.mark.parametrize("kind", [OfficialClient, GspreadClient, PlainClient])
def test_a_dropped_connection_says_nothing_of_the_outcome(emulated, service, kind, fault, applied):
    built, _ = emulated
    client = kind(service)
    book = client.create("Dropped")
    # httplib2 sends a request again by itself when a connection it kept ends without an answer, writes too.
    built.faults.order(fault, {"method": "spreadsheets.batchUpdate", "count": 9})
    with pytest.raises(CUT_OFF):
        client.structure(book, update_cells(0, "x"))
    built.faults.clear()
    assert client.read(book, "A1") == [[["x"]] if applied else []]
    client.close()


def test_the_official_client_sends_a_dropped_write_again_by_itself(emulated, service):
    """Why its transport is not to be trusted with calls that must not be repeated."""
    built, _ = emulated
    client = OfficialClient(service)
    book = client.create("Twice")
    built.faults.order("dropped_after", {"method": "spreadsheets.batchUpdate"})
    client.structure(book, {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}})
    assert client.get(book)["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1002
    client.close()


def test_a_call_may_land_long_after_its_connection_was_dropped(emulated, plain, paper):
    built, base = emulated
    built.faults.order("late", {"kind": "write", "seconds": 100})
    with pytest.raises(CUT_OFF):
        plain.structure(paper, update_cells(0, "late"))
    plain.structure(paper, update_cells(0, "meanwhile"))
    told = httpx.post(f"{base}control/faults/land").json()
    assert told == {"landed": [{"method": "spreadsheets.batchUpdate", "status": 200}]}
    assert plain.read(paper, "A1") == [[["late"]]]


def test_a_gateway_answers_with_a_page(emulated, service):
    built, _ = emulated
    client = GspreadClient(service)
    book = client.create("Page")
    built.faults.order("bad_gateway", {"method": "spreadsheets.get"})
    with pytest.raises(gspread.exceptions.APIError) as refused:
        client.client.http_client.fetch_sheet_metadata(book)
    client.close()
    assert "502" in refused.value.error["message"]
