"""spreadsheets.batchUpdate: order, replies, atomicity, the state after it, and the words of refusals."""

import copy
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.sandbox.sheets.archive import pack_file

ORIGIN = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}


def text_rows(*rows):
    return [{"values": [{"userEnteredValue": {"stringValue": text}} for text in row]} for row in rows]


def write(start, *rows):
    return {"updateCells": {"start": start, "rows": text_rows(*rows), "fields": "userEnteredValue"}}


def test_replies_come_in_order_and_empty_where_nothing_is_told(api):
    book = api.new()
    answer = api.batch(book, write(ORIGIN, ["a"]), {"addSheet": {"properties": {"title": "Two", "sheetId": 7}}})
    assert answer["replies"][0] == {}
    properties = answer["replies"][1]["addSheet"]["properties"]
    assert properties == {
        "sheetId": 7,
        "title": "Two",
        "index": 1,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 1000, "columnCount": 26},
    }


def test_state_after_the_batch_comes_back_as_the_mask_says(api):
    book = api.new()
    api.write(book, "A1", [["key", "status"], ["k1", "old"]])
    answer = api.batch(
        book,
        {"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}}},
        write({"sheetId": 0, "rowIndex": 2, "columnIndex": 0}, ["k2", "new"]),
        includeSpreadsheetInResponse=True,
        responseRanges=["Sheet1!A2:B3", "Sheet1!A1:1"],
        query={
            "fields": "replies,updatedSpreadsheet.sheets"
            "(properties.sheetId,data(startRow,rowData.values.userEnteredValue))"
        },
    )
    (sheet,) = answer["updatedSpreadsheet"]["sheets"]
    assert sheet["properties"] == {"sheetId": 0}
    first, header = sheet["data"]
    assert first["startRow"] == 1
    assert [[c["userEnteredValue"]["stringValue"] for c in row["values"]] for row in first["rowData"]] == [
        ["k1", "old"],
        ["k2", "new"],
    ]
    assert "startRow" not in header
    assert "spreadsheetId" not in answer


def test_state_without_mask_has_grid_data_only_when_asked(api):
    book = api.new()
    plain = api.batch(book, write(ORIGIN, ["a"]), includeSpreadsheetInResponse=True)
    assert "data" not in plain["updatedSpreadsheet"]["sheets"][0]
    full = api.batch(
        book,
        write(ORIGIN, ["b"]),
        includeSpreadsheetInResponse=True,
        responseIncludeGridData=True,
        responseRanges=["A1"],
    )
    cell = full["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["formattedValue"] == "b"
    assert cell["effectiveFormat"]["hyperlinkDisplayType"] == "PLAIN_TEXT"


def test_one_bad_request_undoes_all(api, emulator):
    book = api.new()
    api.write(book, "A1", [["a", "b"], ["c", "d"]])
    before = api.get(book, includeGridData=True)
    refusal = api.batch(
        book,
        write(ORIGIN, ["x"]),
        {"deleteDimension": {"range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}}},
        {"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 3}}},
        {"addSheet": {"properties": {"title": "Sheet1"}}},
    )
    assert refusal["message"] == (
        'Invalid requests[3].addSheet: A sheet with the name "Sheet1" already exists. Please enter another name.'
    )
    assert api.get(book, includeGridData=True) == before


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"updateCells": {"start": ORIGIN, "rows": text_rows(["a"])}},
            (
                "Invalid requests[0].updateCells: At least one field must be listed in 'fields'. "
                "(Use '*' to indicate all fields.)"
            ),
        ),
        (
            write({"sheetId": 0, "rowIndex": 0, "columnIndex": 25}, ["a", "b"]),
            "Invalid requests[0].updateCells: Attempting to write column: 26, beyond the last requested column of: 25",
        ),
        (write(ORIGIN | {"sheetId": 5}, ["a"]), "Invalid requests[0].updateCells: No grid with id: 5"),
        (
            {"updateSheetProperties": {"properties": {"sheetId": 0}, "fields": "*"}},
            "Invalid requests[0].updateSheetProperties: The sheet name cannot be empty.",
        ),
        (
            {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}},
            "Invalid requests[0].updateSheetProperties: You can't hide all the sheets in a document.",
        ),
        (
            {
                "repeatCell": {
                    "range": {"sheetId": 0, "startRowIndex": 1000, "startColumnIndex": 0, "endColumnIndex": 2},
                    "cell": {},
                    "fields": "note",
                }
            },
            (
                "Invalid requests[0].repeatCell: Range (Sheet1!A1001:B) exceeds grid limits. "
                "Max rows: 1000, max columns: 26"
            ),
        ),
        (
            {"addSlicer": {"slicer": {}}},
            "Invalid requests[0].addSlicer: this kind of request is not imitated by the sandbox.",
        ),
    ],
)
def test_refusals_name_the_request(api, request_, message):
    refusal = api.batch(api.new(), request_)
    assert (refusal["code"], refusal["status"], refusal["message"]) == (400, "INVALID_ARGUMENT", message)


def test_unknown_names_are_refused_with_their_place(api):
    book = api.new()
    refusal = api.batch(book, {"updateCells": {"rows": [{"values": [{"userEnteredValue": {"text": "x"}}]}]}})
    assert refusal["message"] == (
        'Invalid JSON payload received. Unknown name "text" at '
        "'requests[0].updateCells.rows[0].values[0].userEnteredValue': Cannot find field."
    )
    (detail,) = refusal["details"]
    assert detail["fieldViolations"][0]["field"] == "requests[0].updateCells.rows[0].values[0].userEnteredValue"


@pytest.mark.parametrize(
    ("body", "piece"),
    [
        ({"requests": [{"addSheet": {"properties": {"title": 5}}}]}, "TYPE_STRING"),
        ({"requests": [{"addSheet": {"properties": {"sheetId": "x"}}}]}, "TYPE_INT32"),
        ({"requests": [{"addSheet": {"properties": {"hidden": "yes"}}}]}, "TYPE_BOOL"),
        ({"requests": [{"sortRange": {"sortSpecs": [{"sortOrder": "UP"}]}}]}, "TYPE_ENUM"),
        ({"requests": "addSheet"}, "requests"),
        ({"requests": []}, "Must specify at least one request."),
    ],
)
def test_wrong_types_are_refused(api, body, piece):
    refusal = api.post(api.new(), ":batchUpdate", body)
    assert refusal["code"] == 400
    assert piece in refusal["message"]


def test_numbers_may_come_as_text_and_nulls_count_as_absent(api):
    book = api.new()
    answer = api.batch(book, {"addSheet": {"properties": {"title": "N", "sheetId": "12", "hidden": None}}})
    assert answer["replies"][0]["addSheet"]["properties"]["sheetId"] == 12


def test_lists_may_be_nested_or_left_out_around_one_message(api):
    """Google's reader takes both, and clients rely on it."""
    book = api.new()
    assert len(api.post(book, ":batchUpdate", {"requests": [[{"addSheet": {}}], {"addSheet": {}}]})["replies"]) == 2
    assert len(api.post(book, ":batchUpdate", {"requests": {"addSheet": {}}})["replies"]) == 1


def test_more_than_100000_requests_are_refused(api):
    book = api.new()
    refusal = api.batch(book, *([{"clearBasicFilter": {"sheetId": 0}}] * 100_001))
    assert refusal["message"] == "Cannot exceed 100000 requests in a single batch."


def test_an_id_in_use_makes_a_repeat_fail(api):
    """A structural request with an id of one's own is safe to send again."""
    book = api.new()
    request = {"addNamedRange": {"namedRange": {"namedRangeId": "mine", "name": "Keys", "range": {"sheetId": 0}}}}
    assert "replies" in api.batch(book, request)
    assert api.batch(book, request)["code"] == 400
    assert len(api.get(book)["namedRanges"]) == 1


def test_ten_million_cells_are_the_limit(api):
    book = api.new()
    refusal = api.batch(book, {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}})
    assert refusal["message"] == (
        "Invalid requests[0].appendDimension: This action would increase the number of cells in the workbook above "
        "the limit of 10000000 cells."
    )
    grown = api.batch(book, {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 383_000}})
    assert grown["replies"] == [{}]


def test_columns_end_at_zzz(api):
    book = api.new(rows=2, columns=18_278)
    refusal = api.batch(book, {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 1}})
    assert "18278 columns" in refusal["message"]
    assert api.read(book, "ZZZ1")["range"] == "Sheet1!ZZZ1"


def test_calls_at_the_same_time_serialise(as_person):
    """Each sees the whole effect of the one before: no row is written over."""
    book = as_person("one").new(rows=1, columns=2)
    barrier = threading.Barrier(4)

    def add(worker):
        own = as_person("one")
        barrier.wait()
        for number in range(10):
            rows = text_rows([f"{worker}-{number}", "x"])
            request = {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}}
            assert own.batch(book, request)["replies"] == [{}]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    keys = [row[0] for row in as_person("one").values(book)]
    assert sorted(keys) == sorted(f"{worker}-{number}" for worker in range(4) for number in range(10))


SPANS = st.tuples(st.sampled_from(["ROWS", "COLUMNS"]), st.integers(0, 4), st.integers(1, 2))


def dimension(kind, at, count):
    return {"range": {"sheetId": 0, "dimension": kind, "startIndex": at, "endIndex": at + count}}


def repeated(where):
    cell = {"userEnteredFormat": {"textFormat": {"italic": True}}, "note": "seen"}
    return {"repeatCell": {"range": where, "cell": cell, "fields": "userEnteredFormat,note"}}


def cut(row, sheet_id):
    source = {"sheetId": 0, "startRowIndex": row, "endRowIndex": row + 2, "endColumnIndex": 3}
    return {"cutPaste": {"source": source, "destination": {"sheetId": sheet_id, "rowIndex": 2, "columnIndex": 1}}}


REQUESTS = st.one_of(
    SPANS.map(lambda span: {"insertDimension": dimension(*span)}),
    SPANS.map(lambda span: {"deleteDimension": dimension(*span)}),
    SPANS.map(lambda span: {"moveDimension": {"source": dimension(*span)["range"], "destinationIndex": 7}}),
    st.integers(0, 3).map(
        lambda at: write({"sheetId": 0, "rowIndex": at, "columnIndex": at}, ["x", "=1"], ["", "https://a.com"])
    ),
    st.integers(0, 3).map(lambda at: {"sortRange": {"range": {"sheetId": 0}, "sortSpecs": [{"dimensionIndex": at}]}}),
    st.integers(0, 3).map(
        lambda at: {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataKey": "k",
                    "visibility": "DOCUMENT",
                    "location": {"dimensionRange": dimension("ROWS", at, 1)["range"]},
                }
            }
        }
    ),
    st.just(
        {
            "setBasicFilter": {
                "filter": {
                    "range": {"sheetId": 0},
                    "filterSpecs": [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["b"]}}],
                }
            }
        }
    ),
    st.just({"mergeCells": {"range": {"sheetId": 0, "endRowIndex": 2, "endColumnIndex": 2}}}),
    st.just(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"rowCount": 4}},
                "fields": "gridProperties.rowCount",
            }
        }
    ),
    st.just({"findReplace": {"find": "b", "replacement": "=A1", "allSheets": True}}),
    st.integers(0, 3).map(lambda at: repeated({"sheetId": 0, "startRowIndex": at, "endColumnIndex": 2})),
    st.just({"addSheet": {"properties": {"sheetId": 6, "title": "Six"}}}),
    st.just({"deleteSheet": {"sheetId": 6}}),
    st.tuples(st.integers(0, 3), st.sampled_from([0, 6])).map(lambda place: cut(*place)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(REQUESTS, max_size=6))
def test_a_refused_batch_leaves_no_trace(api, emulator, requests):
    """Whatever came before in the batch, a refused last request leaves the file as it was."""
    book = api.new(rows=8, columns=8)
    api.write(
        book,
        "A1",
        [["c", "=B2", "3"], ["a", "5", "=SUM(B1:B3)"], ["b", "=$A$1", "1"]],
        mode="USER_ENTERED",
    )
    api.batch(
        book,
        {"addNamedRange": {"namedRange": {"name": "N", "range": {"sheetId": 0, "endRowIndex": 2}}}},
        # Rows put in beside these share their looks, and with them their cells.
        repeated({"sheetId": 0, "startRowIndex": 1, "endRowIndex": 5, "endColumnIndex": 3}),
    )
    file = emulator.state.files[book]
    before = json.loads(json.dumps(copy.deepcopy(pack_file(file))))
    assert api.batch(book, *requests, {"deleteSheet": {"sheetId": 99}})["code"] == 400
    assert json.loads(json.dumps(pack_file(file))) == before
