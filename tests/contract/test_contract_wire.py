"""The wire as recordings show it: the default file, masks, zero values, pretty print, long reads, a batch's answer."""

import gzip
import json

import pytest
from contract.clients import OfficialClient, RefusedError

DEFAULT_FORMAT = (
    '{"backgroundColor":{"red":1,"green":1,"blue":1},"padding":{"top":2,"right":3,"bottom":2,"left":3},'
    '"verticalAlignment":"BOTTOM","wrapStrategy":"OVERFLOW_CELL","textFormat":{"foregroundColor":{},'
    '"fontFamily":"arial,sans,sans-serif","fontSize":10,"bold":false,"italic":false,"strikethrough":false,'
    '"underline":false,"foregroundColorStyle":{"rgbColor":{}}},'
    '"backgroundColorStyle":{"rgbColor":{"red":1,"green":1,"blue":1}}}'
)
THEME = (
    '{"primaryFontFamily":"Arial","themeColors":[{"colorType":"TEXT","color":{"rgbColor":{}}},'
    '{"colorType":"BACKGROUND","color":{"rgbColor":{"red":1,"green":1,"blue":1}}},'
    '{"colorType":"ACCENT1","color":{"rgbColor":{"red":0.25882354,"green":0.52156866,"blue":0.95686275}}},'
    '{"colorType":"ACCENT2","color":{"rgbColor":{"red":0.91764706,"green":0.2627451,"blue":0.20784314}}},'
    '{"colorType":"ACCENT3","color":{"rgbColor":{"red":0.9843137,"green":0.7372549,"blue":0.015686275}}},'
    '{"colorType":"ACCENT4","color":{"rgbColor":{"red":0.20392157,"green":0.65882355,"blue":0.3254902}}},'
    '{"colorType":"ACCENT5","color":{"rgbColor":{"red":1,"green":0.42745098,"blue":0.003921569}}},'
    '{"colorType":"ACCENT6","color":{"rgbColor":{"red":0.27450982,"green":0.7411765,"blue":0.7764706}}},'
    '{"colorType":"LINK","color":{"rgbColor":{"red":0.06666667,"green":0.33333334,"blue":0.8}}}]}'
)
TABS = (
    '[{"properties":{"sheetId":0,"title":"Sheet1","index":0,"sheetType":"GRID",'
    '"gridProperties":{"rowCount":1000,"columnCount":26}}}]'
)
"""What 395 recordings of new files have in common, byte for byte."""


def default_file(book, title):
    return (
        f'{{"spreadsheetId":"{book}","properties":{{"title":"{title}","locale":"en_US","autoRecalc":"ON_CHANGE",'
        f'"timeZone":"Etc/GMT","defaultFormat":{DEFAULT_FORMAT},"spreadsheetTheme":{THEME}}},"sheets":{TABS},'
        f'"spreadsheetUrl":"https://docs.google.com/spreadsheets/d/{book}/edit"}}'
    )


def test_a_new_file_is_the_recorded_one_byte_for_byte(plain, paper):
    told = plain.send("GET", f"v4/spreadsheets/{paper}", params={"prettyPrint": "false"})
    assert told.text == default_file(paper, "Contract")


def test_answers_are_printed_with_two_spaces_unless_told_otherwise(plain, paper):
    told = plain.send("GET", f"v4/spreadsheets/{paper}")
    assert told.text == json.dumps(json.loads(default_file(paper, "Contract")), indent=2) + "\n"
    assert told.headers["content-type"] == "application/json; charset=UTF-8"
    assert told.headers["vary"] == "Origin, X-Origin, Referer"
    assert told.headers["cache-control"] == "private"


def test_an_id_is_44_characters_of_a_small_alphabet(client, book):
    assert len(book) == 44
    assert book.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "fields",
    [
        "sheets/data/rowData/values/note",
        "sheets.data.rowData.values.note",
        "sheets(data(rowData(values(note))))",
        "sheets/data.rowData(values/note)",
    ],
)
def test_masks_in_every_spelling(client, book, fields):
    start = {"sheetId": 0, "rowIndex": 1, "columnIndex": 0}
    change = {"start": start, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}
    client.structure(book, {"updateCells": change})
    assert client.get(book, fields=fields) == {"sheets": [{"data": [{"rowData": [{}, {"values": [{"note": "n"}]}]}]}]}


def test_a_masked_answer_with_nothing_to_say(client, book):
    assert client.get(book, fields="namedRanges") == {}
    assert client.get(book, fields="sheets.data.rowData.values.note") == {"sheets": [{"data": [{}]}]}


def test_a_mask_decides_about_grid_data_whatever_else_is_asked(client, book):
    client.update(book, "A1", [["x"]])
    bare = client.get(book, fields="spreadsheetId", includeGridData="true")
    assert bare == {"spreadsheetId": book}
    told = client.get(book, fields="sheets.data.rowData.values.formattedValue", includeGridData="false")
    assert told["sheets"][0]["data"][0]["rowData"] == [{"values": [{"formattedValue": "x"}]}]


def test_what_a_batch_changed_comes_back_in_its_own_answer(client, book):
    """Masked and by range, after the update: header, key cells, and the column's metadata."""
    column = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    entry = {
        "metadataId": 4,
        "metadataKey": "column",
        "metadataValue": "key",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": column},
    }
    told = client.call(
        "spreadsheets.batchUpdate",
        {
            "requests": [
                {"createDeveloperMetadata": {"developerMetadata": entry}},
                {
                    "updateCells": {
                        "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 0},
                        "rows": [{"values": [{"userEnteredValue": {"stringValue": text}}]} for text in ("key", "a")],
                        "fields": "userEnteredValue",
                    }
                },
            ],
            "includeSpreadsheetInResponse": True,
            "responseRanges": ["Sheet1!A2:B2"],
        },
        spreadsheetId=book,
        fields="replies.createDeveloperMetadata.developerMetadata.metadataId,"
        "updatedSpreadsheet.sheets.data(startRow,rowData.values.userEnteredValue,columnMetadata.developerMetadata)",
    )
    assert told["replies"] == [{"createDeveloperMetadata": {"developerMetadata": {"metadataId": 4}}}, {}]
    (data,) = told["updatedSpreadsheet"]["sheets"][0]["data"]
    assert data["startRow"] == 1
    assert data["rowData"] == [{"values": [{"userEnteredValue": {"stringValue": "a"}}]}]
    (mark,) = data["columnMetadata"][0]["developerMetadata"]
    assert mark["location"]["dimensionRange"] == {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}


def test_columns_tell_their_metadata_only_when_ranges_are_asked(client, book):
    column = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    entry = {
        "metadataKey": "k",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": column},
    }
    client.structure(book, {"createDeveloperMetadata": {"developerMetadata": entry}})
    fields = "sheets.data.columnMetadata.developerMetadata.metadataKey"
    ranged = client.get(book, fields=fields, ranges="A1:B1")["sheets"][0]["data"][0]["columnMetadata"]
    assert ranged == [{}, {"developerMetadata": [{"metadataKey": "k"}]}]
    assert all(one == {} for one in client.get(book, fields=fields)["sheets"][0]["data"][0]["columnMetadata"])
    found = client.call(
        "spreadsheets.developerMetadata.search",
        {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}]},
        spreadsheetId=book,
    )
    assert found["matchedDeveloperMetadata"][0]["developerMetadata"]["metadataKey"] == "k"


def test_zeros_are_left_out_but_for_bounds_ids_and_places(client, book):
    """Sheet ids of ranges, false and empty things go; row and column bounds and a tab's own id and index stay."""
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    named = {"namedRangeId": "n", "name": "corner", "range": where}
    told = client.structure(book, {"addNamedRange": {"namedRange": named}})
    bounds = {name: bound for name, bound in where.items() if name != "sheetId"}
    assert told["replies"][0]["addNamedRange"]["namedRange"]["range"] == bounds
    client.update(book, "B2", [["x"]])
    told = client.get(
        book, ranges=["A1", "B2"], fields="sheets(properties(sheetId,index,hidden),data(startRow,startColumn,rowData))"
    )
    assert told["sheets"][0]["properties"] == {"sheetId": 0, "index": 0}
    first, second = told["sheets"][0]["data"]
    assert first == {}
    assert (second["startRow"], second["startColumn"]) == (1, 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"red": 0.5, "green": 0.99, "blue": 0.24}, {"red": 0.49803922, "green": 0.9882353, "blue": 0.23921569}),
        ({"red": 0, "green": 1}, {"green": 1}),
    ],
)
def test_colours_are_eight_bits_floored_and_stand_twice(client, book, given, kept):
    look = {"userEnteredFormat": {"backgroundColor": given}}
    wish = {"range": {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}, "cell": look}
    client.structure(book, {"repeatCell": {**wish, "fields": "userEnteredFormat.backgroundColor"}})
    told = client.get(book, ranges="A1", fields="sheets.data.rowData.values.userEnteredFormat")
    held = told["sheets"][0]["data"][0]["rowData"][0]["values"][0]["userEnteredFormat"]
    assert held == {"backgroundColor": kept, "backgroundColorStyle": {"rgbColor": kept}}


def test_a_tab_keeps_its_own_id_and_a_repeat_is_refused(client, book):
    wish = {"addSheet": {"properties": {"sheetId": 77, "title": "Live"}}}
    reply = client.structure(book, wish)["replies"][0]["addSheet"]["properties"]
    assert reply == {
        "sheetId": 77,
        "title": "Live",
        "index": 1,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 1000, "columnCount": 26},
    }
    with pytest.raises(RefusedError) as refused:
        client.structure(book, wish)
    assert refused.value.code == 400


def test_a_long_read_goes_as_a_post(service):
    """The official client turns a GET whose address is longer than 2,048 characters into a POST."""
    client = OfficialClient(service)
    book = client.create("Long")
    client.update(book, "A1", [["x"]])
    many = client.read(book, *[f"Sheet1!A{row}:Z{row}" for row in range(1, 301)])
    client.delete(book)
    client.close()
    assert len(many) == 300
    assert many[0] == [["x"]]


def test_a_post_may_stand_for_a_get(plain, paper):
    plain.update(paper, "A1", [["x"]])
    headers = {"x-http-method-override": "GET", "content-type": "application/x-www-form-urlencoded"}
    query = "ranges=Sheet1%21A1&ranges=B1&prettyPrint=false"
    told = plain.send("POST", f"v4/spreadsheets/{paper}/values:batchGet", content=query, headers=headers)
    assert [one["range"] for one in told.json()["valueRanges"]] == ["Sheet1!A1", "Sheet1!B1"]
    assert "\n" not in told.text


def test_ranges_come_percent_encoded(plain, paper):
    change = {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "My Orders"}, "fields": "title"}}
    plain.structure(paper, change)
    told = plain.send("GET", f"v4/spreadsheets/{paper}/values/%27My%20Orders%27%21A1%3AB2")
    assert told.json()["range"] == "'My Orders'!A1:B2"
    query = {"valueInputOption": "RAW"}
    path = f"v4/spreadsheets/{paper}/values/%27My%20Orders%27%21A1:append"
    assert plain.send("POST", path, params=query, json={"values": [["x"]]}).status_code == 200


def test_answers_are_compressed_for_who_wants_it(plain, paper):
    plain.update(paper, "A1", [["x" * 500]] * 9)
    headers = {"accept-encoding": "gzip, deflate", "user-agent": "tests (gzip)"}
    with plain.http.stream("GET", f"{plain.service.sheets}v4/spreadsheets/{paper}", headers=headers) as told:
        assert told.headers["content-encoding"] == "gzip"
    body = gzip.compress(json.dumps({"values": [["packed"]]}).encode())
    sent = {"content-encoding": "gzip", "content-type": "application/json"}
    query = {"valueInputOption": "RAW"}
    path = f"v4/spreadsheets/{paper}/values/A1"
    assert plain.send("PUT", path, params=query, content=body, headers=sent).status_code == 200
    assert plain.read(paper, "A1") == [[["packed"]]]


def test_booleans_of_the_query_may_be_capital(plain, paper):
    plain.update(paper, "A1", [["x"]])
    told = plain.send("GET", f"v4/spreadsheets/{paper}", params={"includeGridData": "True", "prettyPrint": "False"})
    assert "data" in told.json()["sheets"][0]
    assert "\n" not in told.text


def test_system_parameters_are_taken(plain, paper):
    query = {"quotaUser": "someone", "$.xgafv": "2", "alt": "json", "key": "k"}
    assert plain.send("GET", f"v4/spreadsheets/{paper}", params=query).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        rb'{"values": [["\ud800 half"]]}',
        rb'{"values": [["\udc00"]]}',
        b'{"values": [["\xed\xa0\x80"]]}',
        b'{"values": [[NaN]]}',
    ],
    ids=["high half", "low half", "half as bytes", "not a number"],
)
def test_what_is_no_json_text_is_refused_and_changes_nothing(plain, paper, body):
    """Half a surrogate pair is no text, wherever it stands."""
    sent = {"content-type": "application/json"}
    told = plain.send(
        "PUT", f"v4/spreadsheets/{paper}/values/A1", params={"valueInputOption": "RAW"}, content=body, headers=sent
    )
    assert told.status_code == 400
    assert told.json()["error"]["message"].startswith("Invalid JSON payload received. ")
    assert plain.read(paper, "A1") == [[]]


def test_a_pair_of_surrogates_is_one_character(plain, paper):
    body = rb'{"values": [["\ud83d\ude80 go"]]}'
    sent = {"content-type": "application/json"}
    plain.send(
        "PUT", f"v4/spreadsheets/{paper}/values/A1", params={"valueInputOption": "RAW"}, content=body, headers=sent
    )
    assert plain.read(paper, "A1") == [[["🚀 go"]]]
