"""Spreadsheets kept on disk come back as they were."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from service.sandbox.sheets import create_emulator, nobody
from service.sandbox.sheets.disk import UnreadableArchiveError


def started(folder):
    built = create_emulator(data_dir=folder, people=nobody, now=lambda: datetime.now(UTC), answers="every")
    built.quotas.is_on = False
    client = httpx.Client(
        transport=httpx.WSGITransport(built.sheets_app),
        base_url="http://sheets/v4",
        headers={"Authorization": "Bearer anyone"},
    )
    return built, client


def test_everything_survives_a_restart(tmp_path):
    built, client = started(tmp_path)
    book = client.post("/spreadsheets", json={"properties": {"title": "B", "timeZone": "Asia/Jakarta"}}).json()[
        "spreadsheetId"
    ]
    line = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    style = {"numberFormat": {"type": "TEXT", "pattern": "@"}}
    cells = [
        {"userEnteredValue": {"stringValue": "576461413840000123"}, "userEnteredFormat": style, "note": "n"},
        {"userEnteredValue": {"formulaValue": "=Later!A1&C1"}},
        {"userEnteredValue": {"numberValue": 7}},
        {"userEnteredValue": {"boolValue": True}, "dataValidation": {"condition": {"type": "BOOLEAN"}}},
    ]
    mark = {"metadataId": 5, "metadataKey": "k", "visibility": "DOCUMENT", "location": {"dimensionRange": line}}
    row = {"metadataId": 6, "metadataKey": "r", "visibility": "PROJECT"}
    row["location"] = {"dimensionRange": line | {"dimension": "ROWS"}}
    requests = [
        {"addSheet": {"properties": {"title": "Later", "sheetId": 3}}},
        {"updateCells": {"start": {"sheetId": 0}, "rows": [{"values": cells}], "fields": "*"}},
        {"createDeveloperMetadata": {"developerMetadata": mark}},
        {"createDeveloperMetadata": {"developerMetadata": row}},
        {
            "createDeveloperMetadata": {
                "developerMetadata": {"metadataKey": "s", "visibility": "DOCUMENT", "location": {"sheetId": 3}}
            }
        },
        {"addNamedRange": {"namedRange": {"name": "N", "range": {"sheetId": 0}}}},
        {"setBasicFilter": {"filter": {"range": {"sheetId": 0}}}},
        {
            "updateDimensionProperties": {
                "range": line,
                "properties": {"pixelSize": 33, "hiddenByUser": True},
                "fields": "*",
            }
        },
        {"moveDimension": {"source": line, "destinationIndex": 5}},
    ]
    assert client.post(f"/spreadsheets/{book}:batchUpdate", json={"requests": requests}).status_code == 200
    built.state.grant("maya@bloom.example", book)
    everything = {"fields": "*", "ranges": ["Sheet1!A1:H9", "Later!A1:B2"]}
    before = client.get(f"/spreadsheets/{book}", params=everything).json()
    version = built.state.workbook(book).version
    built.close()

    again, client = started(tmp_path)
    assert client.get(f"/spreadsheets/{book}", params=everything).json() == before
    assert again.state.workbook(book).version == version
    assert again.state.files[book].granted >= {"maya@bloom.example"}
    insertion = {"range": {"sheetId": 3, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}
    client.post(f"/spreadsheets/{book}:batchUpdate", json={"requests": [{"insertDimension": insertion}]})
    told = client.get(f"/spreadsheets/{book}/values/E1", params={"valueRenderOption": "FORMULA"}).json()
    assert told["values"] == [["=Later!A2&B1"]]
    again.close()


def test_unreadable_archives_are_named(tmp_path):
    folder = tmp_path / "spreadsheets"
    folder.mkdir()
    (folder / "old.json").write_text('{"archive": 0}', "utf-8")
    with pytest.raises(UnreadableArchiveError, match=r"old\.json"):
        started(tmp_path)


def test_changes_are_written_in_the_background(tmp_path):
    built, client = started(tmp_path)
    book = client.post("/spreadsheets", json={"properties": {"title": "B"}}).json()["spreadsheetId"]
    built.disk.save(regardless_of_pace=True)
    path = tmp_path / "spreadsheets" / f"{book}.json"
    assert json.loads(path.read_text("utf-8"))["workbook"]["properties"]["title"] == "B"
    client.put(f"/spreadsheets/{book}/values/A1", params={"valueInputOption": "RAW"}, json={"values": [["x"]]})
    built.close()
    assert "x" in path.read_text("utf-8")
    assert list(path.parent.glob("*.fresh")) == []


def test_deleted_files_leave_the_disk(tmp_path):
    built, client = started(tmp_path)
    book = client.post("/spreadsheets", json={}).json()["spreadsheetId"]
    built.disk.save(regardless_of_pace=True)
    built.state.delete(book)
    built.close()
    assert list((tmp_path / "spreadsheets").iterdir()) == []


def test_the_writer_thread_saves_without_being_asked(tmp_path):
    built, client = started(tmp_path)
    book = client.post("/spreadsheets", json={}).json()["spreadsheetId"]
    path = tmp_path / "spreadsheets" / f"{book}.json"
    saved = built.disk.wait_saved(book, timeout_s=10)
    built.close()
    assert saved
    assert path.exists()
