"""Large bodies: recognised quickly or read closely, they mean the same, and the collector stands aside meanwhile."""

import copy
import gc
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.resources import files
from threading import Barrier

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sandbox.sheets import create_emulator, nobody
from service.sandbox.sheets.collector import held_off
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.wire.discovery import load_discovery
from service.sandbox.sheets.wire.plainbody import WORTH_BYTES, PlainBodies

SHEETS = load_discovery("sheets.v4")
BATCH = SHEETS.match("POST", "v4/spreadsheets/abc:batchUpdate").method
THREADS, ROUNDS = 6, 4
REFERENCE = BATCH.spec["request"]["$ref"]
BODY = {
    "requests": [
        {"insertDimension": {"range": {"sheetId": 7, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}}},
        {
            "repeatCell": {
                "range": {"sheetId": 7, "startRowIndex": 1},
                "cell": {"userEnteredFormat": {"textFormat": {"bold": True, "fontSize": 9}, "padding": {}}},
                "fields": "userEnteredFormat",
            }
        },
        {
            "updateCells": {
                "start": {"sheetId": 7, "rowIndex": 1, "columnIndex": 0},
                "rows": [
                    {"values": [{"userEnteredValue": {"stringValue": "576461413840000001"}}, {}]},
                    {"values": [{"userEnteredValue": {"numberValue": 46349.25}}, {"userEnteredValue": {}}]},
                ],
                "fields": "userEnteredValue",
            }
        },
        {"addFilterView": {"filter": {"criteria": {"2": {"hiddenValues": ["x"]}}}}},
    ],
    "includeSpreadsheetInResponse": True,
    "responseRanges": ["A1:B2"],
}
ODD = st.sampled_from([None, "12", "x", "", 12, 12.0, 1.5, -0.0, 10**20, True, [], {}, [None], [[{}]], {"nope": 1}])


@pytest.fixture(scope="module")
def plain():
    document = files("googleapiclient") / "discovery_cache" / "documents" / "sheets.v4.json"
    return PlainBodies(json.loads(document.read_text("utf-8"))["schemas"])


def places(value, above=()):
    """Paths of everything below a value, itself included."""
    yield above
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in steps:
        yield from places(entry, (*above, step))


def changed(body, path, value):
    """The body with something else standing at a path, or beside it where the path is that of an object."""
    body = copy.deepcopy(body)
    at = body
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return body


@pytest.mark.timeout(60)
def test_many_threads_may_meet_a_schema_for_the_first_time_at_once():
    """Each spreadsheet is written by a thread of its own; the first large bodies of all arrive together."""
    document = files("googleapiclient") / "discovery_cache" / "documents" / "sheets.v4.json"
    schemas = json.loads(document.read_text("utf-8"))["schemas"]
    raw = json.dumps(BODY).encode()
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(ROUNDS):
            fresh, together = PlainBodies(schemas), Barrier(THREADS)

            def meet(bodies=fresh, barrier=together):
                barrier.wait()
                return bodies.fits(REFERENCE, raw)

            assert all(one.result() for one in [pool.submit(meet) for _ in range(THREADS)])


def read(raw):
    """What the emulator makes of a body: the value as JSON text, or the words of the refusal."""
    try:
        return json.dumps(SHEETS.read_body(BATCH, raw))
    except ApiError as refusal:
        return refusal.message


@given(st.sampled_from([path for path in places(BODY) if path]), ODD)
def test_a_body_means_the_same_whatever_its_size(path, value):
    raw = json.dumps(changed(BODY, path, value)).encode()
    assert read(raw + b" " * WORTH_BYTES) == read(raw)


@given(st.sampled_from([path for path in places(BODY) if path]))
def test_an_unknown_name_is_found_wherever_it_stands(path):
    raw = json.dumps(changed(BODY, path, {"nope": 1})).encode() + b" " * WORTH_BYTES
    # The values of a map and the items of a list are messages too, so no place takes this object but a map of its own.
    assert "nope" in read(raw) or "Invalid value" in read(raw)


def test_what_fits_is_recognised_and_nothing_else(plain):
    """Else every large body would be read closely, or a wrong one not at all."""
    assert plain.fits(REFERENCE, json.dumps(BODY).encode())
    for path, value in (
        (("requests", 0, "insertDimension", "range", "sheetId"), "7"),
        (("requests", 0, "insertDimension", "range", "sheetId"), 7.0),
        (("requests", 0, "insertDimension", "range", "dimension"), "DIAGONALS"),
        (("requests", 0, "insertDimension", "range", "dimension"), None),
        (("requests", 0, "insertDimension", "rang"), {}),
        (("requests", 2, "updateCells", "rows"), {}),
        (("requests", 2, "updateCells", "rows", 0, "values", 0, "userEnteredValue", "numberValue"), True),
        (("requests", 3, "addFilterView", "filter", "criteria", "2", "hiddenValues", 0), 5),
        (("includeSpreadsheetInResponse",), 1),
    ):
        assert not plain.fits(REFERENCE, json.dumps(changed(BODY, path, value)).encode()), path
    assert not plain.fits(REFERENCE, b'{"requests": [{"addSheet": {}}')
    assert not plain.fits(REFERENCE, b'{"responseRanges": ["\xff"]}')
    assert not plain.fits(REFERENCE, b'{"responseRanges": ["\\ud800"]}')


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b'{"values": [["\\ud83d\\ude00"]]}', None),
        (b'{"values": [["\\ud83d"]]}', "Missing low surrogate."),
        (b'{"values": [["\xff"]]}', "Encountered non UTF-8 code points."),
        (b'{"values": [[NaN]]}', "Unexpected token."),
        (b'{"values": [["a\x01"]]}', "Unexpected token."),
        (b'{"values": [["a"]],}', "Unexpected token."),
    ],
)
@pytest.mark.parametrize("padding", [b"", b" " * WORTH_BYTES])
def test_what_is_no_text_is_refused_at_any_size(api, raw, told, padding):
    book = api.new()
    url = f"/spreadsheets/{book}/values/A1"
    answer = api.sheets.put(url, params={"valueInputOption": "RAW"}, content=raw + padding)
    assert answer.status_code == (400 if told else 200)
    assert told is None or told in answer.json()["error"]["message"]


def test_the_collector_stands_aside_and_comes_back():
    assert gc.isenabled()
    with held_off():
        assert not gc.isenabled()
        with held_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ApiError), held_off():
        raise ApiError("refused")
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with held_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_nobody_waits_with_the_collector_off():
    """A slow answer takes its time when the call is done."""
    seen = []
    now = datetime(2026, 11, 23, tzinfo=UTC)
    built = create_emulator(
        data_dir=None, people=nobody, now=lambda: now, pause=lambda _seconds: seen.append(gc.isenabled())
    )
    built.faults.order("slow", 1)
    built.faults.latency_s = 0.3
    transport = httpx.WSGITransport(built.sheets_app)
    with httpx.Client(
        transport=transport, base_url="http://sheets/v4", headers={"Authorization": "Bearer x"}
    ) as client:
        assert client.post("/spreadsheets", json={}).status_code == 200
    assert seen == [True, True]
