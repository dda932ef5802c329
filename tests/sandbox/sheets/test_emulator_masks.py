"""The `fields` parameter: its grammar, what it cuts, and what it is refused for."""

import pytest


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ("spreadsheetId", {"spreadsheetId": "ID"}),
        ("properties.title", {"properties": {"title": "Book"}}),
        ("properties/title", {"properties": {"title": "Book"}}),
        ("properties(title,locale)", {"properties": {"title": "Book", "locale": "en_US"}}),
        ("sheets.properties(sheetId,index)", {"sheets": [{"properties": {"sheetId": 0, "index": 0}}]}),
        ("sheets(properties/title)", {"sheets": [{"properties": {"title": "Sheet1"}}]}),
        ("namedRanges", {}),
        ("sheets/data/rowData/values/note", {"sheets": [{"data": [{}]}]}),
        (
            "sheets.properties.gridProperties(*)",
            {"sheets": [{"properties": {"gridProperties": {"rowCount": 1000, "columnCount": 26}}}]},
        ),
    ],
)
def test_mask_cuts_the_answer(api, fields, answer):
    book = api.new()
    told = api.get(book, fields=fields)
    assert told == ({"spreadsheetId": book} if "spreadsheetId" in answer else answer)


def test_mask_decides_about_grid_data(api):
    book = api.new()
    api.write(book, "A1", [["x"]])
    assert "data" not in api.get(book, includeGridData="true", fields="sheets.properties")["sheets"][0]
    told = api.get(book, includeGridData="false", fields="sheets.data.rowData.values.formattedValue")
    assert told == {"sheets": [{"data": [{"rowData": [{"values": [{"formattedValue": "x"}]}]}]}]}


def test_star_is_everything(api):
    book = api.new()
    assert "data" in api.get(book, fields="*")["sheets"][0]
    assert "data" not in api.get(book)["sheets"][0]


@pytest.mark.parametrize(
    "fields", ["nope", "sheets.nope", "sheets(properties", "properties.title.deeper", "sheets.properties.title(a)"]
)
def test_bad_masks_are_refused(api, fields):
    refusal = api.get(api.new(), fields=fields)
    assert refusal["code"] == 400
    assert "Error expanding 'fields' parameter." in refusal["details"][0]["fieldViolations"][0]["description"]


def test_bad_update_mask_is_refused(api):
    book = api.new()
    properties = {"properties": {"sheetId": 0, "title": "x"}, "fields": "tittle"}
    refusal = api.batch(book, {"updateSheetProperties": properties})
    assert "Field 'tittle' could not be found in request message." in refusal["message"]


def test_values_masks_work_too(api):
    book = api.new()
    api.write(book, "A1", [["x"]])
    assert api.read(book, "A1:B2", fields="values") == {"values": [["x"]]}


def test_pretty_print_is_on_unless_told_otherwise(api):
    book = api.new()
    pretty = api.sheets.get(f"/spreadsheets/{book}").text
    compact = api.sheets.get(f"/spreadsheets/{book}", params={"prettyPrint": "false"}).text
    assert pretty.startswith('{\n  "spreadsheetId"')
    assert pretty.endswith("}\n")
    assert compact.startswith('{"spreadsheetId":"')
    assert len(compact) < len(pretty)


def test_drive_masks_reach_into_lists_of_nameless_messages(api):
    book = api.new()
    told = api.file("GET", f"/files/{book}/permissions", params={"fields": "permissions(id,permissionDetails(role))"})
    assert set(told["permissions"][0]) >= {"id"}
    refused = api.file("GET", f"/files/{book}/permissions", params={"fields": "permissions(permissionDetails(nope))"})
    assert (refused["code"], "permissions.permissionDetails.nope" in refused["message"]) == (400, True)
    maps = api.file("GET", f"/files/{book}", params={"fields": "id,exportLinks(anything)"})
    assert maps["id"] == book
