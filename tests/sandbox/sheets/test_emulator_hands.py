"""A user's hands and the live picture of a spreadsheet."""

import threading

import pytest

from service.sandbox.sheets.hands import DEEDS, parameters

PROTECTED_TEXT = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)


@pytest.fixture
def book(api):
    made = api.new(rows=20, columns=5)
    api.write(made, "A1", [["Order", "Qty"], ["b", 2], ["a", 1]])
    return made


@pytest.fixture
def act(control):
    """A deed through the control door."""

    def do(deed, spreadsheet_id, **arguments):
        response = control.post(f"/hands/{deed}", json={"spreadsheet_id": spreadsheet_id, **arguments})
        assert response.status_code == 200, response.text
        return response.json()

    return do


def picture(control, book, **query):
    return control.get(f"/spreadsheets/{book}", params=query).json()


@pytest.mark.parametrize(
    ("deed", "arguments", "after"),
    [
        ("type", {"cell": "B3", "text": "=B2*10"}, [["Order", "Qty"], ["b", "2"], ["a", "20"]]),
        (
            "paste",
            {"cell": "A4", "rows": [["c", "3"], ["d"]]},
            [["Order", "Qty"], ["b", "2"], ["a", "1"], ["c", "3"], ["d"]],
        ),
        ("clear", {"cells": "B2:B3"}, [["Order", "Qty"], ["b"], ["a"]]),
        ("sort", {"column": "A"}, [["Order", "Qty"], ["a", "1"], ["b", "2"]]),
        ("sort", {"column": "A", "cells": "A2:A3"}, [["Order", "Qty"], ["a", "2"], ["b", "1"]]),
        ("sort", {"column": "B", "order": "DESCENDING"}, [["Order", "Qty"], ["b", "2"], ["a", "1"]]),
        ("insert", {"dimension": "ROWS", "at": 1}, [["Order", "Qty"], [], ["b", "2"], ["a", "1"]]),
        ("insert", {"dimension": "COLUMNS", "at": 0}, [["", "Order", "Qty"], ["", "b", "2"], ["", "a", "1"]]),
        ("delete", {"dimension": "ROWS", "at": 1}, [["Order", "Qty"], ["a", "1"]]),
        ("move", {"dimension": "COLUMNS", "at": 0, "to": 2}, [["Qty", "Order"], ["2", "b"], ["1", "a"]]),
        ("duplicate-row", {"at": 1}, [["Order", "Qty"], ["b", "2"], ["b", "2"], ["a", "1"]]),
        ("duplicate-row", {"at": 2, "to": 1}, [["Order", "Qty"], ["a", "1"], ["b", "2"], ["a", "1"]]),
        ("duplicate-row", {"at": 1, "to": 3}, [["Order", "Qty"], ["b", "2"], ["a", "1"], ["b", "2"]]),
        ("copy", {"cells": "A2:B2", "to": "A4"}, [["Order", "Qty"], ["b", "2"], ["a", "1"], ["b", "2"]]),
        ("cut", {"cells": "A2:B2", "to": "B4"}, [["Order", "Qty"], [], ["a", "1"], ["", "b", "2"]]),
        ("replace", {"find": "b", "replacement": "7"}, [["Order", "Qty"], ["7", "2"], ["a", "1"]]),
        ("tick-boxes", {"cells": "C2:C3"}, [["Order", "Qty"], ["b", "2", "FALSE"], ["a", "1", "FALSE"]]),
        ("sort-filter", {"column": "A"}, [["Order", "Qty"], ["a", "1"], ["b", "2"]]),
        ("merge", {"cells": "A2:A3"}, [["Order", "Qty"], ["b", "2"], ["", "1"]]),
        ("rename-header", {"column": "B", "text": "Pieces"}, [["Order", "Pieces"], ["b", "2"], ["a", "1"]]),
    ],
)
@pytest.mark.parametrize("door", ["control", "in process"])
def test_deeds_on_cells(api, emulator, act, book, deed, arguments, after, door):
    """Both doors do the same."""
    if door == "control":
        act(deed, book, **arguments)
    else:
        getattr(emulator.hands, DEEDS[deed])(book, **arguments)
    assert api.values(book) == after
    assert act("read", book) == {"rows": after}


def test_deeds_on_tabs(api, act, book):
    number = act("add-tab", book, title="Notes")["sheet_id"]
    act("rename-tab", book, title="Live", sheet_id=0)
    assert [s["properties"]["title"] for s in api.get(book)["sheets"]] == ["Live", "Notes"]
    act("delete-tab", book, sheet_id=number)
    assert len(api.get(book)["sheets"]) == 1


def test_tabs_change_places_and_are_copied(api, act, book):
    act("add-tab", book, title="Notes")
    act("move-tab", book, index=2, sheet_id=0)
    copy = act("duplicate-tab", book, sheet_id=0)["sheet_id"]
    act("hide-tab", book, sheet_id=0)
    titles = [(s["properties"]["title"], s["properties"].get("hidden", False)) for s in api.get(book)["sheets"]]
    assert titles == [("Notes", False), ("Sheet1", True), ("Copy of Sheet1", False)]
    act("show-tab", book, sheet_id=0)
    act("freeze", book, rows=2, columns=1, sheet_id=copy)
    grid = api.get(book)["sheets"][2]["properties"]["gridProperties"]
    assert (grid["frozenRowCount"], grid["frozenColumnCount"]) == (2, 1)
    act("freeze", book, sheet_id=copy)
    assert "frozenRowCount" not in api.get(book)["sheets"][2]["properties"]["gridProperties"]


def test_a_sort_by_the_filter_keeps_its_criteria_and_takes_hidden_rows_along(api, control, act, book):
    act("filter", book, column="B", hidden_values=["2"])
    act("sort-filter", book, column="A", order="ASCENDING")
    assert api.values(book) == [["Order", "Qty"], ["a", "1"], ["b", "2"]]
    (sheet,) = picture(control, book)["sheets"]
    assert sheet["hidden_rows"] == [2]


def test_notes_and_looks_leave_values_alone(api, act, book):
    act("note", book, cells="A2:B2", text="call first")
    act("dress", book, cells="A2", look={"backgroundColor": {"red": 1}, "textFormat": {"bold": True}})
    assert api.cells(book, "A2:B2", "note") == [["call first", "call first"]]
    assert api.cells(book, "A2", "userEnteredFormat")[0][0]["textFormat"] == {"bold": True}
    act("note", book, cells="A2:B2", text="")
    assert api.cells(book, "A2:B2", "note") == [[None, None]]
    assert api.values(book, "A2:B2") == [["b", "2"]]


def test_rows_and_columns_change_their_size(control, act, book):
    act("resize", book, dimension="COLUMNS", at=1, pixels=240)
    (sheet,) = picture(control, book)["sheets"]
    assert sheet["columns"][1]["width"] == 240


def test_a_person_with_a_name_needs_a_permission_and_is_bound_by_protections(as_person, control, act):
    """Sam edits as Sam: the file says who changed it last, and what is protected stays shut to him."""
    maya = as_person("maya")
    book = maya.create(properties={"title": "Orders"})["spreadsheetId"]
    sam = {"spreadsheet_id": book, "cell": "A1", "text": "x", "by": "sam@packright.example"}
    assert control.post("/hands/type", json=sam).status_code == 403
    maya.share(book, "sam@packright.example")
    assert control.post("/hands/type", json=sam).status_code == 200
    editor = maya.file("GET", f"/files/{book}", params={"fields": "lastModifyingUser(emailAddress,me)"})
    assert editor == {"lastModifyingUser": {"emailAddress": "sam@packright.example", "me": False}}
    act("protect", book, cells="A1:B2")
    refused = control.post("/hands/type", json=sam)
    assert refused.status_code == 400
    assert refused.json()["error"] == PROTECTED_TEXT
    act("unprotect", book)
    act("protect", book, cells="A1:B2", warning_only=True)
    assert control.post("/hands/type", json=sam).status_code == 200
    act("unprotect", book)
    act("protect", book, editors=["sam@packright.example"])
    assert control.post("/hands/type", json=sam).status_code == 200


def test_a_copy_of_the_file_belongs_to_its_copier(as_person, control, act):
    maya = as_person("maya")
    book = maya.create(properties={"title": "Orders"})["spreadsheetId"]
    act("type", book, cell="A1", text="Order")
    copy = act("copy-file", book)["spreadsheet_id"]
    assert maya.file("GET", f"/files/{copy}", params={"fields": "name,ownedByMe"}) == {
        "name": "Copy of Orders",
        "ownedByMe": True,
    }
    assert maya.values(copy) == [["Order"]]
    maya.share(book, "sam@packright.example", "reader")
    copied = act("copy-file", book, title="Sam's", by="sam@packright.example")["spreadsheet_id"]
    assert act("read", copied, by="sam@packright.example") == {"rows": [["Order"]]}
    assert maya.file("GET", f"/files/{copied}")["code"] == 404
    stranger = {"spreadsheet_id": book, "by": "stranger@else.example"}
    assert control.post("/hands/copy-file", json=stranger).status_code == 403


def test_every_deed_says_what_it_takes(control, book):
    """A wrong key is answered with the right ones, for every deed there is."""
    for deed in DEEDS:
        told = control.post(f"/hands/{deed}", json={"spreadsheet_id": book, "colour": "red"}).json()["error"]
        assert parameters(deed) in told


def test_filtering_and_hiding(control, act, book):
    act("filter", book, column="A", hidden_values=["b"])
    act("hide", book, dimension="COLUMNS", at=1)
    (sheet,) = picture(control, book)["sheets"]
    assert sheet["hidden_rows"] == [1]
    assert sheet["columns"][1]["hidden"] is True
    act("clear-filter", book)
    act("show", book, dimension="COLUMNS", at=1)
    (sheet,) = picture(control, book)["sheets"]
    assert sheet["hidden_rows"] == []
    assert sheet["columns"][1]["hidden"] is False


def test_hands_reach_what_is_protected(api, act, book):
    """They are the owner's."""
    api.batch(book, {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}})
    act("type", book, cell="A2", text="mine")
    assert api.values(book, "A2") == [["mine"]]


@pytest.mark.parametrize(
    ("deed", "arguments", "status"),
    [
        ("juggle", {}, 404),
        ("type", {"cell": "A1"}, 400),
        ("type", {"cell": "A1", "text": "x", "colour": "red"}, 400),
        ("type", {"cell": "Z1", "text": "x"}, 400),
        ("delete-tab", {"sheet_id": 0}, 400),
    ],
)
def test_impossible_deeds_are_refused(control, book, deed, arguments, status):
    response = control.post(f"/hands/{deed}", json={"spreadsheet_id": book, **arguments})
    assert response.status_code == status
    assert response.json()["error"]


def test_unknown_spreadsheet_is_404(control):
    assert control.post("/hands/sort", json={"spreadsheet_id": "x", "column": "A"}).status_code == 404
    assert control.get("/spreadsheets/x").status_code == 404
    assert control.post("/grants", json={"spreadsheet_id": "x", "email": "a@b.c"}).status_code == 404


def test_list_of_spreadsheets(control, as_person):
    book = as_person("maya").create(properties={"title": "Orders"})["spreadsheetId"]
    (told,) = control.get("/spreadsheets").json()["spreadsheets"]
    assert told == {"id": book, "title": "Orders", "version": told["version"], "owner": "maya@bloom.example"}


def test_picture_shows_texts_kinds_and_looks(api, control, book):
    style = {
        "textFormat": {"bold": True, "foregroundColor": {"blue": 1}},
        "backgroundColor": {"red": 1, "green": 1},
        "horizontalAlignment": "CENTER",
    }
    cells = [
        {"userEnteredValue": {"stringValue": "Head"}, "userEnteredFormat": style, "note": "why"},
        {
            "userEnteredValue": {"numberValue": 43831},
            "userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}},
        },
        {"userEnteredValue": {"boolValue": True}},
        {"userEnteredValue": {"formulaValue": "=1/0"}},
        {"userEnteredValue": {"stringValue": "https://example.com/x"}},
    ]
    start = {"sheetId": 0, "rowIndex": 4, "columnIndex": 0}
    api.batch(
        book,
        {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": "*"}},
        {
            "updateCells": {
                "start": start | {"columnIndex": 4},
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "https://example.com/x"}}]}],
                "fields": "userEnteredValue",
            }
        },
    )
    (sheet,) = picture(control, book)["sheets"]
    index, drawn = sheet["rows"][-1]
    assert index == 4
    assert drawn[0] == {
        "c": 0,
        "t": "Head",
        "k": "text",
        "note": "why",
        "bold": True,
        "color": "#0000ff",
        "background": "#ffff00",
        "align": "center",
    }
    assert [(cell["t"], cell["k"]) for cell in drawn[1:4]] == [
        ("2020-01-01", "date"),
        ("TRUE", "boolean"),
        ("#DIV/0!", "error"),
    ]
    assert drawn[3]["f"] == "=1/0"
    assert drawn[4]["link"] == "https://example.com/x"
    assert sheet["frozen_rows"] == 0
    assert (sheet["row_count"], sheet["column_count"], sheet["stored_rows"]) == (20, 5, 5)


def test_picture_draws_conditional_colours(api, control, book):
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$B2>1"}]}
    rule = {
        "ranges": [{"sheetId": 0, "startRowIndex": 1, "endColumnIndex": 2}],
        "booleanRule": {"condition": condition, "format": {"backgroundColor": {"red": 1}}},
    }
    api.batch(book, {"addConditionalFormatRule": {"rule": rule, "index": 0}})
    (sheet,) = picture(control, book)["sheets"]
    assert [row[1][0].get("background") for row in sheet["rows"][:3]] == [None, "#ff0000", None]


def test_picture_shows_as_many_rows_as_asked(api, control, book):
    (sheet,) = picture(control, book, rows=2)["sheets"]
    assert [row[0] for row in sheet["rows"]] == [0, 1]


def test_picture_waits_for_a_change(api, control, emulator, book):
    """With `since` at the present version the answer comes with the next change, not before."""
    version = picture(control, book)["version"]
    told = []
    waiting = threading.Thread(target=lambda: told.append(picture(control, book, since=version)))
    waiting.start()
    api.write(book, "A2", [["changed"]])
    waiting.join(timeout=10)
    assert told[0]["version"] > version
    assert told[0]["sheets"][0]["rows"][1][1][0]["t"] == "changed"


def test_calls_that_change_nothing_do_not_wake_anyone(api, control, book):
    version = picture(control, book)["version"]
    api.read(book, "A1")
    api.write(book, "A2", [["b"]])
    assert api.batch(book, {"deleteSheet": {"sheetId": 4}})["code"] == 400
    assert picture(control, book)["version"] == version
