"""The HTTP side: quotas, faults, counted calls, compression, long reads and odd paths."""

import gzip
import io
import json

import httpx
import pytest

from service.sandbox.sheets.gate import DroppedConnectionError


def body_of(response):
    return response.json()["error"]


def test_sixty_calls_a_minute_for_one_user(emulator, api, as_person, wall):
    emulator.quotas.is_on = True
    book = api.new()
    assert [api.read(book, "A1").get("code") for _ in range(61)] == [None] * 60 + [429]
    assert "updatedCells" in api.write(book, "A1", [["x"]])
    other = as_person("other")
    assert other.get(book)["code"] == 403
    wall.at += 60
    assert "code" not in api.read(book, "A1")


def test_the_429_is_the_recorded_one(emulator, api):
    emulator.quotas.is_on = True
    book = api.new()
    for _ in range(59):
        api.write(book, "A1", [["x"]])
    response = api.sheets.post(f"/spreadsheets/{book}:batchUpdate", json={"requests": []})
    assert response.status_code == 429
    assert "retry-after" not in response.headers
    error = body_of(response)
    assert error["message"] == (
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:123'."
    )
    assert error["status"] == "RESOURCE_EXHAUSTED"
    (detail,) = error["details"]
    assert detail["reason"] == "RATE_LIMIT_EXCEEDED"
    assert detail["metadata"]["quota_limit"] == "WriteRequestsPerMinutePerUser"
    assert detail["metadata"]["quota_metric"] == "sheets.googleapis.com/write_requests"


def test_three_hundred_calls_a_minute_for_the_project(emulator, as_person):
    emulator.quotas.is_on = True
    for number in range(5):
        user = as_person(f"user-{number}")
        assert [user.get("nope")["code"] for _ in range(60)] == [404] * 60
    refusal = as_person("user-6").get("nope")
    assert refusal["details"][0]["metadata"]["quota_limit"] == "ReadRequestsPerMinutePerProject"


def test_quotas_can_be_switched_and_sized(control, api):
    control.post("/faults", json={"quotas": True, "quota_per_user": 2})
    assert [api.get("nope")["code"] for _ in range(3)] == [404, 404, 429]
    control.post("/faults", json={"quotas": False})
    assert api.get("nope")["code"] == 404


@pytest.mark.parametrize(
    ("name", "status", "applied"),
    [
        ("too_many_requests", 429, False),
        ("unavailable_before", 503, False),
        ("unavailable_after", 503, True),
        ("internal_error", 500, False),
        ("internal_error_after", 500, True),
        ("bad_gateway", 502, False),
        ("bad_gateway_after", 502, True),
        ("rate_limited", 403, False),
    ],
)
def test_failures_on_request(api, control, name, status, applied):
    book = api.new()
    control.post("/faults", json={name: {"count": 1, "method": "spreadsheets.values.update"}})
    assert "range" in api.read(book, "A1")
    response = api.sheets.put(
        f"/spreadsheets/{book}/values/A1", params={"valueInputOption": "RAW"}, json={"values": [["x"]]}
    )
    assert response.status_code == status
    assert (response.headers["content-type"] == "text/html; charset=UTF-8") is (status == 502)
    assert api.values(book) == ([["x"]] if applied else [])
    assert "updatedCells" in api.write(book, "A2", [["y"]])


@pytest.mark.parametrize(("name", "applied"), [("dropped_before", False), ("dropped_after", True)])
def test_dropped_answers(api, control, name, applied):
    book = api.new()
    control.post("/faults", json={name: 1})
    with pytest.raises(DroppedConnectionError):
        api.write(book, "A1", [["x"]])
    assert api.values(book) == ([["x"]] if applied else [])


def test_faults_are_shown_explained_and_cleared(api, control):
    told = control.post("/faults", json={"unavailable_before": {"count": 2, "kind": "write"}, "latency_s": 0}).json()
    assert told["waiting"][0]["name"] == "unavailable_before"
    assert set(told["keys"]) > {"dropped_after", "quotas", "row_metadata_follows_sort"}
    assert control.request("DELETE", "/faults").json()["waiting"] == []
    assert control.post("/faults", json={"nope": 1}).status_code == 400
    assert control.post("/faults", json={"slow": "very"}).status_code == 400
    assert control.post("/faults", json=[]).status_code == 400


def test_faults_may_name_one_person(as_person, control):
    maya = as_person("maya")
    book = maya.new()
    control.post("/faults", json={"unavailable_before": {"count": 1, "email": "sam@packright.example"}})
    assert "code" not in maya.get(book)
    assert as_person("sam").get(book)["code"] == 503


def test_faults_may_name_one_file_and_let_calls_pass_first(api, control):
    hit, spared = api.new(rows=2, columns=2), api.new(rows=2, columns=2)
    control.post("/faults", json={"unavailable_before": {"spreadsheet_id": hit, "after": 1, "kind": "write"}})
    assert api.write(spared, "A1", [["x"]])["updatedCells"] == 1
    assert api.read(hit, "A1")["range"] == "Sheet1!A1"
    assert api.write(hit, "A1", [["x"]])["updatedCells"] == 1
    assert api.write(hit, "A1", [["x"]])["code"] == 503
    assert api.write(hit, "A1", [["x"]])["updatedCells"] == 1
    refused = control.post("/faults", json={"slow": {"seconds": "long"}})
    assert (refused.status_code, "spreadsheet_id" in refused.json()["error"]) == (400, True)


def test_an_api_that_was_never_switched_on(api, control):
    control.post("/faults", json={"service_disabled": 2})
    told = api.get("any")
    assert (told["code"], told["status"]) == (403, "PERMISSION_DENIED")
    assert told["message"].startswith("Google Sheets API has not been used in project 123 before or it is disabled.")
    assert told["details"][0]["reason"] == "SERVICE_DISABLED"
    assert api.file("GET", "/files/any")["errors"][0]["reason"] == "accessNotConfigured"


@pytest.mark.parametrize(("language", "word"), [("en", "protected"), ("de", "geschützte"), ("vi", "bảo vệ")])
def test_protections_refuse_in_the_language_of_the_account(as_person, control, language, word):
    """A caller cannot go by the words."""
    maya, writer = as_person("maya"), as_person("writer")
    book = maya.create(properties={"title": "T"})["spreadsheetId"]
    maya.share(book, "writer@rowstream.iam.gserviceaccount.com")
    maya.batch(book, {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}})
    control.post("/faults", json={"language": language})
    told = writer.write(book, "A1", [["x"]])
    assert (told["code"], told["status"], word in told["message"]) == (400, "INVALID_ARGUMENT", True)
    assert control.post("/faults", json={"language": "xx"}).status_code == 400


def test_slow_answers_take_their_time(api, control):
    book = api.new()
    control.post("/faults", json={"slow": {"count": 1, "seconds": 0.05}})
    assert api.sheets.get(f"/spreadsheets/{book}").elapsed.total_seconds() >= 0.05


def test_calls_are_counted_by_method_and_person(as_person, control):
    maya = as_person("maya")
    book = maya.new()
    control.request("DELETE", "/calls")
    maya.write(book, "A1", [["x"]])
    maya.read(book, "A1")
    maya.get(book)
    maya.file("GET", f"/files/{book}")
    maya.get("nope")
    told = control.get("/calls").json()
    assert (told["reads"], told["writes"]) == (3, 1)
    assert told["by_method"] == {
        "drive.files.get": 1,
        "sheets.spreadsheets.get": 2,
        "sheets.spreadsheets.values.get": 1,
        "sheets.spreadsheets.values.update": 1,
    }
    assert told["by_status"] == {"200": 4, "404": 1}
    counts = told["by_identity"]["maya@bloom.example"]
    assert counts == {"drive.read": 1, "sheets.read": 3, "sheets.write": 1}
    assert told["bytes_in"] > 0
    assert told["bytes_out"] > told["by_service"]["drive"]["bytes_out"] > 0


def test_answers_are_compressed_when_welcome(api):
    book = api.new()
    api.write(book, "A1", [["x" * 3000]])
    plain = api.sheets.get(f"/spreadsheets/{book}/values/A1", headers={"Accept-Encoding": "identity"})
    packed = api.sheets.get(f"/spreadsheets/{book}/values/A1", headers={"Accept-Encoding": "gzip, deflate"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()


def test_requests_may_be_compressed(api):
    book = api.new()
    body = gzip.compress(json.dumps({"values": [["x"]]}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    url = f"/spreadsheets/{book}/values/A1"
    api.sheets.put(url, params={"valueInputOption": "RAW"}, content=body, headers=headers)
    assert api.values(book) == [["x"]]
    broken = api.sheets.put(url, params={"valueInputOption": "RAW"}, content=b"no gzip", headers=headers)
    assert broken.status_code == 400


def test_a_long_read_may_come_as_a_post(api):
    """As the Python client sends it: the query in a form body."""
    book = api.new()
    api.write(book, "A1", [["a"], ["b"]])
    form = "ranges=A1&ranges=Sheet1%21A2%3AB2&majorDimension=ROWS"
    response = api.sheets.post(
        f"/spreadsheets/{book}/values:batchGet",
        content=form,
        headers={"x-http-method-override": "GET", "content-type": "application/x-www-form-urlencoded"},
    )
    assert [r["values"] for r in response.json()["valueRanges"]] == [[["a"]], [["b"]]]


def test_ranges_arrive_percent_encoded_or_not(api):
    book = api.new()
    api.batch(book, {"addSheet": {"properties": {"title": "My/Orders: x"}}})
    for path in ("%27My%2FOrders%3A%20x%27%21A1%3AB2", "'My/Orders: x'!A1:B2"):
        assert api.read(book, path)["range"] == "'My/Orders: x'!A1:B2"
        assert api.append(book, path, [["x"]])["updates"]["updatedRows"] == 1
        assert api.post(book, f"/values/{path}:clear", {})["clearedRange"] == "'My/Orders: x'!A1:B2"


def test_raw_address_wins_over_the_decoded_path(emulator, api):
    """Servers hand both over; only the raw one still tells a slash in a range from a slash in the path."""
    book = api.new()
    seen = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "/google/sheets",
        "PATH_INFO": f"/v4/spreadsheets/{book}/values/Sheet1!A1:B2",
        "RAW_URI": f"/google/sheets/v4/spreadsheets/{book}/values/Sheet1%21A1%3AB2?majorDimension=ROWS",
        "QUERY_STRING": "majorDimension=ROWS",
        "HTTP_AUTHORIZATION": "Bearer anyone",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    (answer,) = emulator.sheets_app(environ, lambda status, headers: seen.append(status))
    assert seen == ["200 OK"]
    assert json.loads(answer)["range"] == "Sheet1!A1:B2"


@pytest.mark.parametrize("query", [{"nope": "1"}, {"majorDimension": "DIAGONAL"}, {"prettyPrint": "maybe"}])
def test_bad_parameters_are_refused(api, query):
    assert api.read(api.new(), "A1", **query)["code"] == 400


def test_broken_json_is_refused(api):
    response = api.sheets.post("/spreadsheets", content=b"{no json", headers={"Content-Type": "application/json"})
    assert body_of(response)["message"].startswith("Invalid JSON payload received. Unexpected token.")


def test_a_body_of_more_than_ten_megabytes_is_refused(api):
    book = api.new(rows=3, columns=1)
    told = api.write(book, "A1", [["x" * 5_000_000], ["y" * 5_500_000]])
    assert (told["code"], told["message"]) == (400, "Request payload size exceeds the limit: 10485760 bytes.")


def test_addresses_that_are_no_method_are_404(api):
    assert api.sheets.get("/nothing").status_code == 404
    assert api.sheets.delete(f"/spreadsheets/{api.new()}").status_code == 404


def test_methods_that_are_not_imitated_say_so(api):
    book = api.new()
    assert "not imitated" in api.file("GET", f"/files/{book}/export", params={"mimeType": "text/csv"})["message"]


def test_drive_answers_below_its_full_prefix_and_without_it(emulator, api):
    book = api.new()
    with httpx.Client(transport=httpx.WSGITransport(emulator.drive_app), base_url="http://drive") as client:
        told = client.get(f"/files/{book}", headers={"Authorization": "Bearer anyone"})
    assert told.json()["id"] == book


def test_headers_look_like_googles(api):
    headers = api.sheets.get(f"/spreadsheets/{api.new()}").headers
    assert headers["content-type"] == "application/json; charset=UTF-8"
    assert headers["server"] == "ESF"
    assert headers["vary"] == "Origin, X-Origin, Referer"
