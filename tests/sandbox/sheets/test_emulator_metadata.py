"""Developer metadata: where it may sit, how it is found, and what carries it along."""

import pytest


def entry(key, location, value="", number=None):
    made = {"metadataKey": key, "metadataValue": value, "location": location, "visibility": "DOCUMENT"}
    if number is not None:
        made["metadataId"] = number
    return {"createDeveloperMetadata": {"developerMetadata": made}}


def line(dimension, at, sheet_id=0):
    span = {"sheetId": sheet_id, "dimension": dimension, "startIndex": at, "endIndex": at + 1}
    return {"dimensionRange": span}


def lookup(**wanted):
    return {"developerMetadataLookup": wanted}


def search(api, book, *filters):
    told = api.post(book, "/developerMetadata:search", {"dataFilters": list(filters)})
    return [match["developerMetadata"] for match in told.get("matchedDeveloperMetadata", [])]


def place(api, book, number):
    (found,) = search(api, book, lookup(metadataId=number))
    return found["location"]["dimensionRange"]["startIndex"]


def sort(by, end_column=None):
    where = {"sheetId": 0, "startRowIndex": 1} | ({"endColumnIndex": end_column} if end_column else {})
    return {"sortRange": {"range": where, "sortSpecs": [{"dimensionIndex": by}]}}


@pytest.fixture
def book(api):
    made = api.new(rows=10, columns=6)
    api.write(made, "A1", [["k", "v"], ["c", "3"], ["a", "1"], ["b", "2"]])
    api.batch(
        made,
        entry("column", line("COLUMNS", 1), "sku", number=11),
        entry("row", line("ROWS", 1), "c", number=12),
        entry("tab", {"sheetId": 0}, number=13),
        entry("file", {"spreadsheet": True}, number=14),
    )
    return made


def test_every_level_is_found_and_told(api, book):
    kinds = {
        found["metadataId"]: found["location"]["locationType"]
        for found in search(api, book, lookup(visibility="DOCUMENT"))
    }
    assert kinds == {11: "COLUMN", 12: "ROW", 13: "SHEET", 14: "SPREADSHEET"}
    told = api.get(book, ranges="A1:B2", includeGridData=True)
    assert told["developerMetadata"][0]["location"] == {"locationType": "SPREADSHEET", "spreadsheet": True}
    sheet = told["sheets"][0]
    assert sheet["developerMetadata"][0]["metadataKey"] == "tab"
    assert sheet["data"][0]["columnMetadata"][1]["developerMetadata"][0]["metadataValue"] == "sku"
    assert sheet["data"][0]["rowMetadata"][1]["developerMetadata"][0]["metadataId"] == 12


def test_get_by_id(api, book):
    told = api._told(api.sheets.get(f"/spreadsheets/{book}/developerMetadata/11"))
    assert told["location"]["dimensionRange"] == {"dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    assert api._told(api.sheets.get(f"/spreadsheets/{book}/developerMetadata/99"))["code"] == 404


def test_an_id_in_use_is_refused(api, book):
    assert "already exists" in api.batch(book, entry("x", {"sheetId": 0}, number=11))["message"]


def test_only_single_rows_and_columns_carry_it(api, book):
    wide = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 2}}
    assert "single row or column" in api.batch(book, entry("x", wide))["message"]


def test_it_moves_with_its_row_and_column(api, book):
    api.batch(
        book,
        {"insertDimension": {"range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}}},
        {"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}}},
    )
    assert (place(api, book, 11), place(api, book, 12)) == (2, 3)
    source = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}
    api.batch(book, {"moveDimension": {"source": source, "destinationIndex": 6}})
    assert place(api, book, 11) == 5


def test_it_goes_with_its_row(api, book):
    gone = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    api.batch(book, {"deleteDimension": {"range": gone}})
    assert search(api, book, lookup(metadataKey="row")) == []


@pytest.mark.parametrize(("follows", "after"), [(False, 1), (True, 3)])
def test_a_sort_carries_row_metadata_only_if_the_switch_says_so(api, book, control, follows, after):
    """Whether it does so at Google is an open question: both answers can be had."""
    control.post("/faults", json={"row_metadata_follows_sort": follows})
    api.batch(book, sort(0))
    assert api.values(book, "A2:A4") == [["a"], ["b"], ["c"]]
    assert place(api, book, 12) == after
    rows = api.values(book, "A2:B4")
    by_filter = api.filtered(book, lookup(metadataId=12), fields="sheets.data(startRow,rowData.values.formattedValue)")
    (data,) = by_filter["sheets"][0]["data"]
    assert data["startRow"] == after
    assert [cell["formattedValue"] for cell in data["rowData"][0]["values"]] == rows[after - 1]


@pytest.mark.parametrize(("follows", "after"), [(False, 1), (True, 3)])
@pytest.mark.parametrize("way", ["sort", "sort-filter"])
def test_sorts_by_hand_and_by_the_filter_obey_the_same_switch(api, book, control, way, follows, after):
    control.post("/faults", json={"row_metadata_follows_sort": follows})
    deed = {"spreadsheet_id": book, "column": "A"}
    assert control.post(f"/hands/{way}", json=deed).status_code == 200
    assert place(api, book, 12) == after


def test_data_filters_pick_whole_columns(api, book):
    told = api.filtered(
        book,
        lookup(metadataKey="column"),
        {"gridRange": {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}},
        fields="sheets.data(startColumn,rowData.values.formattedValue,columnMetadata.developerMetadata.metadataId)",
    )
    column, header = told["sheets"][0]["data"]
    assert column["startColumn"] == 1
    assert [row["values"][0]["formattedValue"] for row in column["rowData"]] == ["v", "3", "1", "2"]
    assert header["columnMetadata"][1] == {"developerMetadata": [{"metadataId": 11}]}


def test_values_by_data_filter(api, book):
    told = api.post(
        book,
        "/values:batchGetByDataFilter",
        {"dataFilters": [lookup(metadataKey="column")], "majorDimension": "COLUMNS"},
    )
    assert told["valueRanges"][0]["valueRange"]["values"] == [["v", "3", "1", "2"]]
    written = api.post(
        book,
        "/values:batchUpdateByDataFilter",
        {
            "valueInputOption": "RAW",
            "data": [{"dataFilter": lookup(metadataId=12), "values": [[None, "33"]], "majorDimension": "ROWS"}],
        },
    )
    assert written["totalUpdatedCells"] == 1
    assert api.values(book, "A2:B2") == [["c", "33"]]
    cleared = api.post(book, "/values:batchClearByDataFilter", {"dataFilters": [lookup(metadataId=12)]})
    assert cleared["clearedRanges"] == ["Sheet1!A2:F2"]
    assert api.values(book, "A2:B2") == []


def test_filters_outside_the_grid_or_of_no_kind_are_refused(api, book):
    beyond = {"gridRange": {"sheetId": 0, "startRowIndex": 10}}
    assert "exceeds grid limits" in api.filtered(book, beyond)["message"]
    assert "exactly one of" in api.filtered(book, {})["message"]
    assert api.filtered(book, {"gridRange": {"sheetId": 9}})["message"] == "No grid with id: 9"


def test_update_and_delete_by_filter(api, book):
    change = {
        "dataFilters": [lookup(metadataKey="column")],
        "developerMetadata": {"metadataValue": "qty"},
        "fields": "metadataValue",
    }
    told = api.batch(book, {"updateDeveloperMetadata": change})
    assert told["replies"][0]["updateDeveloperMetadata"]["developerMetadata"][0]["metadataValue"] == "qty"
    api.batch(book, {"deleteDeveloperMetadata": {"dataFilter": lookup(metadataKey="column")}})
    assert search(api, book, lookup(metadataId=11)) == []


def test_locations_narrow_a_search(api, book):
    at = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    exact = lookup(metadataLocation=at, locationMatchingStrategy="EXACT_LOCATION")
    touching = lookup(metadataLocation={"sheetId": 0}, locationMatchingStrategy="INTERSECTING_LOCATION")
    assert [found["metadataId"] for found in search(api, book, exact)] == [12]
    assert [found["metadataId"] for found in search(api, book, touching)] == [11, 12, 13]


def test_deleted_tab_takes_its_metadata_along(api, book):
    api.batch(book, {"addSheet": {"properties": {"title": "Two"}}}, {"deleteSheet": {"sheetId": 0}})
    assert [found["metadataId"] for found in search(api, book, lookup(visibility="DOCUMENT"))] == [14]


def test_copy_of_the_file_carries_it_with_the_same_ids(api, book):
    copied = api.file("POST", f"/files/{book}/copy", json={"name": "Copy"})["id"]
    assert [found["metadataId"] for found in search(api, copied, lookup(visibility="DOCUMENT"))] == [11, 12, 13, 14]
    gone = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    api.batch(copied, {"deleteDimension": {"range": gone}})
    assert place(api, book, 12) == 1
    assert api.values(book)[1] == ["c", "3"]
