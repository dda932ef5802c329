"""Who changed a file last, when, and how often: as Drive tells it after calls and after hands."""

import pytest

FIELDS = "version,modifiedTime,lastModifyingUser(emailAddress,me)"


@pytest.fixture
def maya(as_person):
    return as_person("maya")


@pytest.fixture
def book(maya):
    """Maya's spreadsheet, which Sam may edit too and has open with the add-on."""
    made = maya.create(properties={"title": "Orders"})["spreadsheetId"]
    maya.share(made, "sam@packright.example")
    return made


@pytest.fixture
def sam(as_person, control, book):
    control.post("/grants", json={"email": "sam@packright.example", "spreadsheet_id": book})
    return as_person("sam")


def told(api, book):
    return api.file("GET", f"/files/{book}", params={"fields": FIELDS})


WRITES = {
    "batch": lambda api, book: api.batch(book, {"addSheet": {"properties": {"title": "T"}}}),
    "update": lambda api, book: api.write(book, "A1", [["x"]]),
    "append": lambda api, book: api.append(book, "A1", [["x"]]),
    "copy of a tab": lambda api, book: api.post(book, "/sheets/0:copyTo", {"destinationSpreadsheetId": book}),
    "rename": lambda api, book: api.file("PATCH", f"/files/{book}", json={"name": "Other"}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_call_makes_its_caller_the_last_editor(maya, sam, wall, book, write):
    before = told(maya, book)
    wall.at += 60
    write(sam, book)
    after = told(maya, book)
    assert int(after["version"]) > int(before["version"])
    assert after["modifiedTime"] > before["modifiedTime"]
    assert after["lastModifyingUser"] == {"emailAddress": "sam@packright.example", "me": False}
    assert told(sam, book)["lastModifyingUser"]["me"] is True


DEEDS = {
    "type": {"cell": "A1", "text": "x"},
    "sort": {"column": "A"},
    "insert": {"dimension": "ROWS", "at": 0},
    "note": {"cells": "A1", "text": "n"},
    "rename-tab": {"title": "Live"},
    "freeze": {"rows": 1},
}


@pytest.mark.parametrize(("deed", "arguments"), DEEDS.items(), ids=DEEDS)
def test_hands_make_their_owner_the_last_editor(maya, sam, control, wall, book, deed, arguments):
    sam.write(book, "A1", [["b"], ["c"], ["a"]])
    wall.at += 60
    before = told(maya, book)
    control.post(f"/hands/{deed}", json={"spreadsheet_id": book, **arguments})
    after = told(maya, book)
    assert int(after["version"]) > int(before["version"])
    assert after["modifiedTime"] > before["modifiedTime"]
    assert after["lastModifyingUser"] == {"emailAddress": "maya@bloom.example", "me": True}


def test_reading_and_refusals_change_nothing(maya, sam, control, wall, book):
    before = told(maya, book)
    wall.at += 60
    sam.read(book, "A1")
    sam.batch(book, {"deleteSheet": {"sheetId": 9}})
    sam.write(book, "ZZ9", [["x"]])
    control.post("/hands/type", json={"spreadsheet_id": book, "cell": "ZZ9", "text": "x"})
    assert told(maya, book) == before


def test_sharing_raises_the_version_and_not_the_change_time(maya, wall, book):
    before = told(maya, book)
    wall.at += 60
    maya.share(book, "third@else.example", "reader")
    after = told(maya, book)
    assert int(after["version"]) > int(before["version"])
    assert after["modifiedTime"] == before["modifiedTime"]
    assert after["lastModifyingUser"] == before["lastModifyingUser"]


def test_a_late_call_counts_when_it_lands(maya, sam, control, wall, book):
    control.post("/faults", json={"late": {"seconds": 100}})
    with pytest.raises(ConnectionResetError):
        sam.write(book, "A1", [["late"]])
    before = told(maya, book)
    wall.at += 100
    after = told(maya, book)
    assert int(after["version"]) > int(before["version"])
    assert after["lastModifyingUser"]["emailAddress"] == "sam@packright.example"
