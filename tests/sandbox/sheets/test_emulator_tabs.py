"""Tabs and their content: properties, copies, sorting, searching, merging."""

import pytest


def titles(api, book):
    return [sheet["properties"]["title"] for sheet in api.get(book)["sheets"]]


def change(fields, **properties):
    return {"updateSheetProperties": {"properties": {"sheetId": 0, **properties}, "fields": fields}}


def test_new_file_is_what_recordings_show(api):
    told = api.create(properties={"title": "T"})
    properties = told["properties"]
    assert (properties["locale"], properties["timeZone"], properties["autoRecalc"]) == ("en_US", "Etc/GMT", "ON_CHANGE")
    assert properties["defaultFormat"]["textFormat"]["fontFamily"] == "arial,sans,sans-serif"
    assert properties["defaultFormat"]["textFormat"]["bold"] is False
    assert len(properties["spreadsheetTheme"]["themeColors"]) == 9
    assert told["sheets"] == [
        {
            "properties": {
                "sheetId": 0,
                "title": "Sheet1",
                "index": 0,
                "sheetType": "GRID",
                "gridProperties": {"rowCount": 1000, "columnCount": 26},
            }
        }
    ]
    assert told["spreadsheetUrl"] == f"https://docs.google.com/spreadsheets/d/{told['spreadsheetId']}/edit"
    assert len(told["spreadsheetId"]) == 44


def test_create_takes_tabs_data_names_and_zone(api):
    cell = {"userEnteredValue": {"stringValue": "x"}, "userEnteredFormat": {"textFormat": {"bold": True}}}
    data = [{"startRow": 1, "rowData": [{"values": [cell]}]}]
    sheets = [
        {"properties": {"title": "Orders", "sheetId": 3, "gridProperties": {"frozenRowCount": 1}}, "data": data},
        {"properties": {"title": "Notes"}},
    ]
    names = [{"name": "Keys", "range": {"sheetId": 3, "endColumnIndex": 1}}]
    told = api.create(properties={"title": "B", "timeZone": "Asia/Jakarta"}, sheets=sheets, namedRanges=names)
    book = told["spreadsheetId"]
    assert told["properties"]["timeZone"] == "Asia/Jakarta"
    assert titles(api, book) == ["Orders", "Notes"]
    assert told["sheets"][0]["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert api.values(book, "Keys") == [[], ["x"]]
    assert told["namedRanges"][0]["range"] == {"sheetId": 3, "endColumnIndex": 1}


def test_refused_create_leaves_no_file(api, emulator):
    sheets = [{"properties": {"title": "A"}}, {"properties": {"title": "a"}}]
    assert api.create(properties={"title": "B"}, sheets=sheets)["code"] == 400
    assert emulator.state.files == {}


def test_properties_of_a_tab(api):
    book = api.new()
    api.batch(
        book,
        change("title,tabColorStyle", title="Live", tabColorStyle={"rgbColor": {"red": 1}}),
        change(
            "gridProperties(frozenRowCount,hideGridlines)", gridProperties={"frozenRowCount": 2, "hideGridlines": True}
        ),
    )
    properties = api.get(book)["sheets"][0]["properties"]
    assert properties["title"] == "Live"
    assert properties["tabColor"] == {"red": 1}
    assert properties["gridProperties"] == {
        "rowCount": 1000,
        "columnCount": 26,
        "frozenRowCount": 2,
        "hideGridlines": True,
    }
    api.batch(book, change("gridProperties.frozenRowCount", gridProperties={}))
    assert "frozenRowCount" not in api.get(book)["sheets"][0]["properties"]["gridProperties"]


def test_tabs_change_places_and_hide(api):
    book = api.new()
    api.batch(
        book, {"addSheet": {"properties": {"title": "B"}}}, {"addSheet": {"properties": {"title": "C", "index": 0}}}
    )
    assert titles(api, book) == ["C", "Sheet1", "B"]
    api.batch(book, change("index", index=3))
    assert titles(api, book) == ["C", "B", "Sheet1"]
    api.batch(book, change("hidden", hidden=True))
    assert api.get(book)["sheets"][2]["properties"]["hidden"] is True
    assert api.read(book, "A1")["range"] == "C!A1"


def test_last_visible_tab_cannot_go(api):
    assert "remove all the visible sheets" in api.batch(api.new(), {"deleteSheet": {"sheetId": 0}})["message"]


def test_duplicate_and_copy_to_bring_cells_but_no_metadata(api):
    book, other = api.new(), api.new(title="Other")
    api.write(book, "A1", [["x", "=A1"]], mode="USER_ENTERED")
    mark = {
        "metadataKey": "k",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}},
    }
    api.batch(book, {"createDeveloperMetadata": {"developerMetadata": mark}})
    api.batch(
        book, {"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Twin", "newSheetId": 9, "insertSheetIndex": 1}}
    )
    assert api.values(book, "Twin") == [["x", "x"]]
    api.write(book, "Twin!A1", [["y"]])
    assert api.values(book, "Twin") == [["y", "y"]]
    assert api.values(book, "Sheet1") == [["x", "x"]]
    told = api.post(book, "/sheets/0:copyTo", {"destinationSpreadsheetId": other})
    assert told["title"] == "Copy of Sheet1"
    assert api.values(other, "'Copy of Sheet1'") == [["x", "x"]]
    again = api.post(book, "/sheets/0:copyTo", {"destinationSpreadsheetId": other})
    assert again["title"] == "Copy of Sheet1 2"
    found = api.post(
        book, "/developerMetadata:search", {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}]}
    )
    assert len(found["matchedDeveloperMetadata"]) == 1


def test_sort_puts_blanks_last_in_both_orders(api):
    book = api.new()
    api.write(book, "A1", [["k", "n"], ["b", 2], ["", ""], ["a", 1], ["c", "text"], ["d", True]])
    where = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 5000}
    for order, expected in (
        ("ASCENDING", [["a", "1"], ["b", "2"], ["c", "text"], ["d", "TRUE"]]),
        ("DESCENDING", [["d", "TRUE"], ["c", "text"], ["b", "2"], ["a", "1"]]),
    ):
        specs = [{"dimensionIndex": 1, "sortOrder": order}]
        api.batch(book, {"sortRange": {"range": where, "sortSpecs": specs}})
        assert api.values(book, "A2:B7") == expected


def test_partial_sort_tears_rows_apart(api):
    book = api.new()
    api.write(book, "A1", [["b", "2"], ["a", "1"]])
    where = {"sheetId": 0, "endColumnIndex": 1}
    api.batch(book, {"sortRange": {"range": where, "sortSpecs": [{"dimensionIndex": 0}]}})
    assert api.values(book) == [["a", "2"], ["b", "1"]]


def test_sort_is_stable_and_takes_notes_along(api):
    book = api.new()
    api.write(book, "A1", [["x", "2"], ["y", "1"], ["x", "1"]])
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    api.batch(book, {"updateCells": {"start": start, "rows": [{"values": [{"note": "first"}]}], "fields": "note"}})
    specs = [{"dimensionIndex": 0}, {"dimensionIndex": 1}]
    api.batch(book, {"sortRange": {"range": {"sheetId": 0}, "sortSpecs": specs}})
    assert api.values(book) == [["x", "1"], ["x", "2"], ["y", "1"]]
    assert api.cells(book, "A1:A3", "note") == [[None], ["first"], [None]]


def test_find_replace_counts_what_it_changed(api):
    book = api.new()
    api.write(book, "A1", [["cat", "Cat cat", '="cat"'], ["dog", "7"]], mode="USER_ENTERED")
    told = api.batch(book, {"findReplace": {"find": "cat", "replacement": "cow", "allSheets": True}})
    assert told["replies"][0]["findReplace"] == {
        "valuesChanged": 2,
        "occurrencesChanged": 3,
        "rowsChanged": 1,
        "sheetsChanged": 1,
    }
    assert api.values(book)[0] == ["cow", "cow cow", "cat"]
    api.batch(book, {"findReplace": {"find": "^(d)og$", "replacement": "=$17", "sheetId": 0, "searchByRegex": True}})
    assert api.cells(book, "A2") == [[{"formulaValue": "=D7"}]]


@pytest.mark.parametrize(
    ("request_", "after"),
    [
        ({"trimWhitespace": {"range": {"sheetId": 0}}}, [["a b", "1"], ["a b", "1"], ["c"]]),
        ({"deleteDuplicates": {"range": {"sheetId": 0}}}, [["  a  b", "1"], ["a b", "1"], ["c"]]),
        (
            {
                "textToColumns": {
                    "source": {"sheetId": 0, "endColumnIndex": 1},
                    "delimiterType": "CUSTOM",
                    "delimiter": "b",
                }
            },
            [["  a  "], ["a "], ["c"]],
        ),
        (
            {"insertRange": {"range": {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}, "shiftDimension": "ROWS"}},
            [["", "1"], ["  a  b", "1"], ["a b"], ["c"]],
        ),
        (
            {
                "deleteRange": {
                    "range": {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1},
                    "shiftDimension": "COLUMNS",
                }
            },
            [["1"], ["a b", "1"], ["c"]],
        ),
        (
            {
                "pasteData": {
                    "coordinate": {"sheetId": 0, "rowIndex": 3},
                    "data": "x,2\ny",
                    "delimiter": ",",
                    "type": "PASTE_NORMAL",
                }
            },
            [["  a  b", "1"], ["a b", "1"], ["c"], ["x", "2"], ["y"]],
        ),
        (
            {"autoFill": {"range": {"sheetId": 0, "endRowIndex": 4, "startColumnIndex": 1, "endColumnIndex": 2}}},
            [["  a  b", "1"], ["a b", "1"], ["c", "1"], ["", "1"]],
        ),
    ],
)
def test_content_requests(api, request_, after):
    book = api.new(rows=9, columns=4)
    api.write(book, "A1", [["  a  b", 1], ["a b", 1], ["c"]])
    assert "replies" in api.batch(book, request_)
    assert api.values(book) == after


def test_merge_keeps_the_first_value(api):
    book = api.new()
    api.write(book, "A1", [["a", "b"], ["c", "d"]])
    where = {"sheetId": 0, "endRowIndex": 2, "endColumnIndex": 2}
    api.batch(book, {"mergeCells": {"range": where, "mergeType": "MERGE_ROWS"}})
    assert api.values(book) == [["a"], ["c"]]
    assert len(api.get(book)["sheets"][0]["merges"]) == 2
    api.batch(book, {"unmergeCells": {"range": where}})
    assert "merges" not in api.get(book)["sheets"][0]


def test_spreadsheet_properties(api):
    book = api.new()

    def update(fields, **properties):
        return api.batch(book, {"updateSpreadsheetProperties": {"properties": properties, "fields": fields}})

    update("title,autoRecalc,timeZone", title="New", autoRecalc="MINUTE", timeZone="GMT-07:00")
    told = api.get(book, fields="properties(title,autoRecalc,timeZone)")["properties"]
    assert told == {"title": "New", "autoRecalc": "MINUTE", "timeZone": "GMT-07:00"}
    assert api.file("GET", f"/files/{book}")["name"] == "New"
    assert "title cannot be empty" in update("title")["message"]
    assert "Unsupported time zone" in update("timeZone", timeZone="Mars/Base")["message"]
