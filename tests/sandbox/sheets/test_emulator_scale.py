"""Large tabs: what touches a few rows costs the same whatever the size, and nothing is quadratic."""

import itertools
import time
from datetime import UTC, datetime

import httpx
import pytest

from service.sandbox.sheets import create_emulator, nobody

SMALL, LARGE = 1_000, 20_000


def filled(client, rows):
    sheet = {"properties": {"sheetId": 0, "gridProperties": {"rowCount": rows + 10, "columnCount": 16}}}
    book = client.post("/spreadsheets", json={"sheets": [sheet]}).json()["spreadsheetId"]
    values = [[f"57646141384{row:07d}", *["open"] * 4, row, f"=F{row + 1}*2"] for row in range(rows)]
    for start in range(0, rows, 10_000):
        response = client.put(
            f"/spreadsheets/{book}/values/A{start + 1}",
            params={"valueInputOption": "USER_ENTERED"},
            json={"values": values[start : start + 10_000]},
        )
        assert response.status_code == 200
    response = client.post(f"/spreadsheets/{book}:batchUpdate", json={"requests": dressing(rows)})
    assert response.status_code == 200
    return book


def dressing(rows):
    """What a tab of ours carries: a list to choose from in every row, colours, a filter view, a name, a protection."""
    column = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": rows, "startColumnIndex": 2, "endColumnIndex": 3}
    options = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "open"}]}}
    late = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$F2<NOW()"}]}
    colour = {"ranges": [{"sheetId": 0}], "booleanRule": {"condition": late, "format": {"textFormat": {"bold": True}}}}
    view = {"title": "Late", "range": {"sheetId": 0}, "filterSpecs": [{"filterCriteria": {"condition": late}}]}
    return [
        {"setDataValidation": {"range": column, "rule": options}},
        {"addConditionalFormatRule": {"index": 0, "rule": colour}},
        {"addFilterView": {"filter": view}},
        {"addNamedRange": {"namedRange": {"name": "orders", "range": column}}},
        {"addProtectedRange": {"protectedRange": {"range": column, "warningOnly": True}}},
    ]


@pytest.fixture(scope="module")
def books():
    built = create_emulator(data_dir=None, people=nobody, now=lambda: datetime.now(UTC))
    built.quotas.is_on = False
    client = httpx.Client(
        transport=httpx.WSGITransport(built.sheets_app),
        base_url="http://sheets/v4",
        headers={"Authorization": "Bearer anyone"},
    )
    yield client, {size: filled(client, size) for size in (SMALL, LARGE)}
    client.close()
    built.close()


def best(work, rounds=5):
    """Shortest CPU seconds of a few runs in this thread."""
    times = []
    for _ in range(rounds):
        started = time.thread_time()
        work()
        times.append(time.thread_time() - started)
    return min(times)


def flush(client, book, size):
    scattered = [
        {
            "updateCells": {
                "start": {"sheetId": 0, "rowIndex": (37 * n) % size, "columnIndex": 2},
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "done"}}]}],
                "fields": "userEnteredValue",
            }
        }
        for n in range(100)
    ]
    end = {
        "range": {"sheetId": 0, "dimension": "ROWS", "startIndex": size, "endIndex": size + 5},
        "inheritFromBefore": True,
    }
    body = {
        "requests": [{"insertDimension": end}, *scattered],
        "includeSpreadsheetInResponse": True,
        "responseRanges": [f"A{size}:P{size + 5}"],
    }
    fields = "updatedSpreadsheet.sheets.data.rowData.values.userEnteredValue"
    response = client.post(f"/spreadsheets/{book}:batchUpdate", params={"fields": fields}, json=body)
    assert response.status_code == 200


def spot_read(client, book, size):
    filters = [
        {"gridRange": {"sheetId": 0, "startRowIndex": (37 * n) % size, "endRowIndex": (37 * n) % size + 1}}
        for n in range(100)
    ]
    fields = "sheets.data(startRow,rowData.values.userEnteredValue,columnMetadata.developerMetadata)"
    body = {"dataFilters": filters}
    response = client.post(f"/spreadsheets/{book}:getByDataFilter", params={"fields": fields}, json=body)
    assert response.status_code == 200


def cut_there_and_back(client, book, size):
    """Scattered rows into a tab of their own, as rows that leave go, and back again."""
    tab = {"sheetId": 9, "title": "Staging", "hidden": True, "gridProperties": {"rowCount": 100, "columnCount": 16}}
    there, back = [], []
    for row in range(100):
        place = (37 * row) % size
        own = {"sheetId": 0, "startRowIndex": place, "endRowIndex": place + 1}
        staged = {"sheetId": 9, "startRowIndex": row, "endRowIndex": row + 1}
        there.append({"cutPaste": {"source": own, "destination": {"sheetId": 9, "rowIndex": row}}})
        back.append({"cutPaste": {"source": staged, "destination": {"sheetId": 0, "rowIndex": place}}})
    requests = [{"addSheet": {"properties": tab}}, *there, *back, {"deleteSheet": {"sheetId": 9}}]
    assert client.post(f"/spreadsheets/{book}:batchUpdate", json={"requests": requests}).status_code == 200


@pytest.mark.parametrize("work", [flush, spot_read, cut_there_and_back])
def test_small_work_costs_the_same_on_a_large_tab(books, work):
    client, by_size = books
    small, large = (best(lambda size=size: work(client, by_size[size], size)) for size in (SMALL, LARGE))
    assert large < 4 * small + 0.02


def test_a_refused_batch_costs_what_it_touched(books):
    client, by_size = books

    def refused(size):
        requests = [
            {"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 5, "endIndex": 6}}},
            {"deleteSheet": {"sheetId": 77}},
        ]
        assert client.post(f"/spreadsheets/{by_size[size]}:batchUpdate", json={"requests": requests}).status_code == 400

    small, large = (best(lambda size=size: refused(size)) for size in (SMALL, LARGE))
    assert large < 4 * small + 0.02


TYPED, PLAIN = 3_000, 12


def typed_rows(text):
    """Rows put in, given number formats and filled with typed cells, all of it told again: one write of a backfill."""
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": TYPED + 1}
    area = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": TYPED + 1, "startColumnIndex": 0, "endColumnIndex": 6}
    dress = {"userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}}}
    values = [{"userEnteredValue": {"stringValue": text}} for _ in range(PLAIN)]
    start = {"sheetId": 0, "rowIndex": 1, "columnIndex": 0}
    fields = "userEnteredValue,userEnteredFormat.textFormat.link"
    requests = [
        {"insertDimension": {"range": rows}},
        {"repeatCell": {"range": area, "cell": dress, "fields": "userEnteredFormat.numberFormat"}},
        {"updateCells": {"start": start, "rows": [{"values": values}] * TYPED, "fields": fields}},
    ]
    return {"requests": requests, "includeSpreadsheetInResponse": True, "responseRanges": [f"1:{TYPED + 1}"]}


def test_typed_rows_cost_little_more_than_plain_ones(books):
    """What a typed batch is checked and asked for may not make its writer look slow beside others."""
    client, by_size = books
    book = by_size[SMALL]
    texts = (f"57646141384{number:07d}" for number in itertools.count())
    mask = {"fields": "updatedSpreadsheet.sheets.data.rowData.values.userEnteredValue", "prettyPrint": "false"}

    def plainly():
        address = f"/spreadsheets/{book}/values/A1:L{TYPED}"
        values = {"values": [[next(texts)] * PLAIN] * TYPED}
        assert client.put(address, params={"valueInputOption": "RAW"}, json=values).status_code == 200

    def typed():
        batch = typed_rows(next(texts))
        assert client.post(f"/spreadsheets/{book}:batchUpdate", params=mask, json=batch).status_code == 200

    typed()  # makes the room that the plain write fills
    assert best(typed) < 4 * best(plainly)


def test_full_reads_grow_in_step_with_the_rows(books):
    client, by_size = books

    def keys(size):
        assert client.get(f"/spreadsheets/{by_size[size]}/values/A:A").status_code == 200

    small, large = (best(lambda size=size: keys(size), rounds=2) for size in (SMALL, LARGE))
    assert large < 3 * (LARGE / SMALL) * small + 0.05
