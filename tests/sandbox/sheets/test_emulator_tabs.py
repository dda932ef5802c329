"""Tabs and the things that lie over them: properties, copies, filters, sorting, tables, charts, protection."""

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


def test_basic_filter_hides_rows_and_is_bounded(api):
    book = api.new()
    api.write(book, "A1", [["k", "n"], ["a", 1], ["b", 20], ["c", 3]])
    condition = {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "2"}]}
    specs = [
        {"columnIndex": 0, "filterCriteria": {"hiddenValues": ["C"]}},
        {"columnIndex": 1, "filterCriteria": {"condition": condition}},
    ]
    api.batch(book, {"setBasicFilter": {"filter": {"range": {"sheetId": 0}, "filterSpecs": specs}}})
    told = api.get(book, ranges="A1:A4", includeGridData=True)["sheets"][0]
    assert told["basicFilter"]["range"] == {
        "startRowIndex": 0,
        "endRowIndex": 1000,
        "startColumnIndex": 0,
        "endColumnIndex": 26,
    }
    hidden = [row.get("hiddenByFilter", False) for row in told["data"][0]["rowMetadata"]]
    assert hidden == [False, True, False, True]
    assert api.values(book, "A1:A4") == [["k"], ["a"], ["b"], ["c"]]
    api.batch(book, {"clearBasicFilter": {"sheetId": 0}})
    told = api.get(book, ranges="A1:A4", includeGridData=True)["sheets"][0]
    assert not any("hiddenByFilter" in row for row in told["data"][0]["rowMetadata"])
    assert "basicFilter" not in told


def test_filter_views_move_nothing(api):
    book = api.new()
    api.write(book, "A1", [["b"], ["a"]])
    view = {"title": "Open", "filterViewId": 5, "range": {"sheetId": 0}, "sortSpecs": [{"dimensionIndex": 0}]}
    told = api.batch(book, {"addFilterView": {"filter": view}})["replies"][0]["addFilterView"]["filter"]
    assert (told["filterViewId"], told["title"]) == (5, "Open")
    assert api.values(book) == [["b"], ["a"]]
    api.batch(
        book,
        {"updateFilterView": {"filter": {"filterViewId": 5, "title": "Late"}, "fields": "title"}},
        {"duplicateFilterView": {"filterId": 5}},
    )
    assert [v["title"] for v in api.get(book)["sheets"][0]["filterViews"]] == ["Late", "Copy of Late"]
    api.batch(book, {"deleteFilterView": {"filterId": 5}})
    assert len(api.get(book)["sheets"][0]["filterViews"]) == 1


def test_banding_may_not_overlap(api):
    book = api.new()
    banded = {"range": {"sheetId": 0, "endRowIndex": 5}, "rowProperties": {"headerColor": {"red": 0.5}}}
    told = api.batch(book, {"addBanding": {"bandedRange": banded}})["replies"][0]["addBanding"]["bandedRange"]
    assert told["rowProperties"]["headerColorStyle"] == {"rgbColor": {"red": 0.49803922}}
    refusal = api.batch(book, {"addBanding": {"bandedRange": banded}})
    assert "already has alternating background colors" in refusal["message"]
    api.batch(book, {"deleteBanding": {"bandedRangeId": told["bandedRangeId"]}})
    assert "bandedRanges" not in api.get(book)["sheets"][0]


def test_conditional_rules_shift_at_insertion(api):
    book = api.new()

    def rule(text):
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": text}]}
        style = {"backgroundColor": {"red": 1}}
        return {
            "ranges": [{"sheetId": 0, "endColumnIndex": 3}],
            "booleanRule": {"condition": condition, "format": style},
        }

    api.batch(book, *({"addConditionalFormatRule": {"rule": rule(f"=A1={n}"), "index": 0}} for n in (1, 2)))
    told = api.batch(
        book,
        {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 1}},
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
    )
    gone = told["replies"][1]["deleteConditionalFormatRule"]["rule"]
    assert gone["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=A1=1"}]
    (left,) = api.get(book)["sheets"][0]["conditionalFormats"]
    assert left["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=A1=2"}]
    assert "userEnteredValue" in api.batch(book, {"addConditionalFormatRule": {"rule": rule("no formula")}})["message"]


def test_named_ranges_are_unique_and_readable(api):
    book = api.new()
    api.write(book, "B2", [["x"]])
    where = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 2}
    told = api.batch(book, {"addNamedRange": {"namedRange": {"name": "Box", "range": where}}})
    number = told["replies"][0]["addNamedRange"]["namedRange"]["namedRangeId"]
    assert api.read(book, "box")["range"] == "Sheet1!B2:B3"
    assert (
        "already exists"
        in api.batch(book, {"addNamedRange": {"namedRange": {"name": "BOX", "range": where}}})["message"]
    )
    named = {"namedRangeId": number, "name": "Crate"}
    api.batch(book, {"updateNamedRange": {"namedRange": named, "fields": "name"}})
    assert api.values(book, "Crate") == [["x"]]
    api.batch(book, {"deleteNamedRange": {"namedRangeId": number}})
    assert api.read(book, "Crate")["message"] == "Unable to parse range: Crate"


def test_protection_binds_others_but_not_the_owner(as_person, api):
    owner, writer = as_person("owner"), as_person("writer")
    book = owner.new()
    owner.share(book, "writer@rowstream.iam.gserviceaccount.com")
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}
    told = owner.batch(book, {"addProtectedRange": {"protectedRange": {"range": where}}})
    protected = told["replies"][0]["addProtectedRange"]["protectedRange"]
    assert protected == {
        "protectedRangeId": protected["protectedRangeId"],
        "range": {"startRowIndex": 0, "endRowIndex": 1},
        "requestingUserCanEdit": True,
        "editors": {},
    }
    assert owner.get(book)["sheets"][0]["protectedRanges"][0]["editors"]["users"]
    assert "protected cell or object" in writer.write(book, "A1", [["x"]])["message"]
    assert "updatedCells" in writer.write(book, "A2", [["x"]])
    assert "updatedCells" in owner.write(book, "A1", [["x"]])
    gone = {"deleteProtectedRange": {"protectedRangeId": protected["protectedRangeId"]}}
    assert "protected" in writer.batch(book, gone)["message"]
    owner.batch(book, gone)
    assert "updatedCells" in writer.write(book, "A1", [["y"]])


def test_sheet_protection_twice_is_refused(api):
    book = api.new()
    request = {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}}
    api.batch(book, request)
    refusal = api.batch(book, request)
    assert refusal["message"] == 'Invalid requests[0].addProtectedRange: Sheet "Sheet1" already has sheet protection.'


def test_table_keeps_cells_and_brings_banding(api):
    book = api.new()
    api.write(book, "A1", [["Key", "Qty"], ["a", 1]])
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    told = api.batch(book, {"addTable": {"table": {"tableId": "77", "name": "Orders", "range": where}}})
    table = told["replies"][0]["addTable"]["table"]
    assert [c["columnName"] for c in table["columnProperties"]] == ["Key", "Qty"]
    assert "columnIndex" not in table["columnProperties"][0]
    sheet = api.get(book)["sheets"][0]
    assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert (sheet["bandedRanges"][0]["bandedRangeId"], sheet["bandedRanges"][0]["bandedRangeReference"]) == (77, "77")
    assert "bandedRanges" not in api.get(book, excludeTablesInBandedRanges="true")["sheets"][0]
    rows = [{"values": [{"userEnteredValue": {"stringValue": "lost"}}]}]
    api.batch(book, {"appendCells": {"tableId": "77", "rows": rows, "fields": "userEnteredValue"}})
    assert api.values(book) == [["Key", "Qty"], ["a", "1"]]
    assert api.get(book)["sheets"][0]["tables"][0]["range"]["endRowIndex"] == 3
    grown = {"tableId": "77", "range": where | {"endRowIndex": 9}}
    api.batch(book, {"updateTable": {"table": grown, "fields": "range"}})
    assert api.get(book)["sheets"][0]["bandedRanges"][0]["range"]["endRowIndex"] == 9
    api.batch(book, {"deleteTable": {"tableId": "77"}})
    assert "tables" not in api.get(book)["sheets"][0]


def test_ways_to_append_to_a_table(api):
    """By its id it grows and drops the values; by the tab it gets values and does not grow; values.append does both."""
    book = api.new(rows=20, columns=4)
    api.write(book, "A1", [["id", "qty"], ["a", 1]])
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    api.batch(book, {"addTable": {"table": {"tableId": "7", "name": "T", "range": where}}})

    def ends():
        (sheet,) = api.get(book)["sheets"]
        return sheet["tables"][0]["range"]["endRowIndex"], sheet["bandedRanges"][0]["range"]["endRowIndex"]

    rows = [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}]
    api.append(book, "A1:B2", [["b", 2]], insertDataOption="INSERT_ROWS")
    assert ends() == (3, 3)
    api.batch(book, {"appendCells": {"tableId": "7", "rows": rows, "fields": "userEnteredValue"}})
    assert ends() == (4, 4)
    assert api.values(book) == [["id", "qty"], ["a", "1"], ["b", "2"]]
    api.batch(book, {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}})
    assert ends() == (4, 4)
    assert api.values(book, "A4") == [["x"]]
    unknown = {"appendCells": {"tableId": "8", "rows": rows, "fields": "userEnteredValue"}}
    assert api.batch(book, unknown)["message"] == "Invalid requests[0].appendCells: No table with id: 8"


def test_a_column_of_checkboxes_counts_as_data(api, control):
    book = api.new(rows=9, columns=3)
    api.write(book, "A1", [["h"]])
    rule = {"condition": {"type": "BOOLEAN"}}
    api.batch(
        book, {"setDataValidation": {"range": {"sheetId": 0, "startColumnIndex": 2, "endRowIndex": 6}, "rule": rule}}
    )
    rows = [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}]
    api.batch(book, {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}})
    assert api.values(book, "A7") == [["x"]]


def test_chart_is_kept_and_moved(api):
    book = api.new()
    source = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 1}
    series = [{"series": {"sourceRange": {"sources": [source]}}}]
    chart = {
        "chartId": 4,
        "spec": {"title": "T", "basicChart": {"chartType": "LINE", "series": series}},
        "position": {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 1, "columnIndex": 2}}},
    }
    told = api.batch(book, {"addChart": {"chart": chart}})["replies"][0]["addChart"]["chart"]
    assert told["position"]["overlayPosition"]["widthPixels"] == 600
    source["endColumnIndex"] = 3
    refusal = api.batch(book, {"addChart": {"chart": chart | {"chartId": 5}}})
    assert "exactly one dimension of length 1" in refusal["message"]
    api.batch(book, {"deleteEmbeddedObject": {"objectId": 4}})
    assert "charts" not in api.get(book)["sheets"][0]


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
