"""spreadsheets.values: shapes and counts as recordings of the real service show them."""

import pytest


def test_raw_keeps_text_as_it_is(api):
    book = api.new()
    api.write(book, "Sheet1!A1", [["0042", "2,000,000.01", "2020-01-01", "=sum(B4:I4)", "'0042", 42, True]])
    assert api.values(book, valueRenderOption="UNFORMATTED_VALUE") == [
        ["0042", "2,000,000.01", "2020-01-01", "=sum(B4:I4)", "'0042", 42, True]
    ]


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("0042", 42, "42"),
        ("2,000,000.01", 2000000.01, "2,000,000.01"),
        ("2020-01-01", 43831, "2020-01-01"),
        ("= 1 / 1024", 0.0009765625, "0.0009765625"),
        ("'0042", "0042", "0042"),
        ("TRUE", True, "TRUE"),
        ("50%", 0.5, "50%"),
        ("$1,234.50", 1234.5, "$1,234.50"),
        ("-7", -7, "-7"),
        ("1e3", 1000, "1.00E+03"),
        ("9:30", 0.3958333333333333, "9:30"),
        ("11/23/2026", 46349, "11/23/2026"),
        ("2026-11-23 13:45:00", 46349.572916666664, "2026-11-23 13:45:00"),
        ("=A9", "", ""),
        ("+2+3", 5, "5"),
        ("5 May 2020", "5 May 2020", "5 May 2020"),
        ("1.2.3", "1.2.3", "1.2.3"),
        ("12-ABC", "12-ABC", "12-ABC"),
    ],
)
def test_typing_makes_what_a_user_would_get(api, typed, value, shown):
    book = api.new()
    api.write(book, "A1", [[typed, "end"]], mode="USER_ENTERED")
    assert api.values(book, "A1:B1", valueRenderOption="UNFORMATTED_VALUE") == [[value, "end"]]
    assert api.values(book, "A1:B1") == [[shown, "end"]]


def test_formula_option_cannot_tell_text_from_formula(api):
    """Only grid data can."""
    book = api.new()
    api.write(book, "A1", [["=1+1"]])
    api.write(book, "B1", [["=1+1"]], mode="USER_ENTERED")
    assert api.values(book, valueRenderOption="FORMULA") == [["=1+1", "=1+1"]]
    assert api.cells(book, "A1:B1") == [[{"stringValue": "=1+1"}, {"formulaValue": "=1+1"}]]


def test_null_leaves_a_cell_and_empty_text_clears_it(api):
    book = api.new()
    api.write(book, "A1:B2", [["old", "old"], ["old", "old"]])
    answer = api.write(book, "A1", [["a", None], [None, ""]])
    assert (answer["updatedCells"], answer["updatedRows"], answer["updatedColumns"]) == (2, 2, 2)
    assert api.values(book) == [["a", "old"], ["old"]]


def test_updated_range_is_the_rectangle_of_the_data(api):
    book = api.new()
    assert api.write(book, "A1", [[1, 2, 3], [4, 5, 6]])["updatedRange"] == "Sheet1!A1:C2"


def test_reading_cuts_trailing_blanks_only(api):
    book = api.new()
    api.write(book, "A1:C4", [["a", "", "c"], [], ["", "b", ""], [""]])
    assert api.values(book) == [["a", "", "c"], [], ["", "b"]]
    assert "values" not in api.read(book, "E1:F9")


def test_columns_first(api):
    book = api.new()
    api.write(book, "A1", [[1, 2], [3]])
    answer = api.read(book, "A1:C3", majorDimension="COLUMNS", valueRenderOption="UNFORMATTED_VALUE")
    assert answer == {"range": "Sheet1!A1:C3", "majorDimension": "COLUMNS", "values": [[1, 3], [2]]}
    api.sheets.put(
        f"/spreadsheets/{book}/values/E1",
        params={"valueInputOption": "RAW"},
        json={"majorDimension": "COLUMNS", "values": [["x", "y"], ["z"]]},
    )
    assert api.values(book, "E1:F2") == [["x", "z"], ["y"]]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("A1:1", "Sheet1!A1:Z1"),
        ("B1:B", "Sheet1!B1:B1000"),
        ("2:4", "Sheet1!A2:Z4"),
        ("D4:A1", "Sheet1!A1:D4"),
        ("Sheet1!B2", "Sheet1!B2"),
        ("Sheet1", "Sheet1!A1:Z1000"),
        ("sheet1!a1", "Sheet1!A1"),
        ("A1:B5000", "Sheet1!A1:B1000"),
        ("R2C1:R3C2", "Sheet1!A2:B3"),
        ("$A$1:$B$2", "Sheet1!A1:B2"),
    ],
)
def test_returned_range_is_bounded_by_the_grid(api, asked, told):
    assert api.read(api.new(), asked)["range"] == told


@pytest.mark.parametrize(
    ("title", "quoted"),
    [("My Orders", "'My Orders'"), ("🌵 x", "'🌵 x'"), ("D3", "'D3'"), ("Tom's", "'Tom''s'"), ("Orders_2", "Orders_2")],
)
def test_titles_are_quoted_only_when_needed(api, title, quoted):
    book = api.new()
    api.batch(book, {"addSheet": {"properties": {"title": title}}})
    escaped = title.replace("'", "''")
    assert api.read(book, f"'{escaped}'!A1")["range"] == f"{quoted}!A1"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("Nope!A1", "Unable to parse range: Nope!A1"),
        ("A1:B2:C3", "Unable to parse range: A1:B2:C3"),
        ("Sheet1!A1001:B", "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("AA1", "Range (Sheet1!AA1) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_bad_ranges_are_refused_in_googles_words(api, cells, message):
    refusal = api.read(api.new(), cells)
    assert refusal == {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}


def test_two_corner_range_bounds_the_write(api):
    book = api.new(title="T")
    refusal = api.write(book, "Sheet1!A2:H2", [list(range(9))])
    assert refusal["message"] == "Requested writing within range ['Sheet1'!A2:H2], but tried to write to column [I]"
    refusal = api.write(book, "A2:H2", [[1], [2]])
    assert "tried writing to row [3]" in refusal["message"]


def test_update_never_grows_the_grid(api):
    book = api.new(rows=97, columns=3)
    refusal = api.write(book, "Sheet1!D7", [["x"]])
    assert refusal["message"] == "Range (Sheet1!D7) exceeds grid limits. Max rows: 97, max columns: 3"
    assert "exceeds grid limits" in api.write(book, "A97", [["x"], ["y"]])["message"]
    assert api.values(book) == []


def test_value_input_option_is_required(api):
    book = api.new()
    response = api.sheets.put(f"/spreadsheets/{book}/values/A1", json={"values": [["x"]]})
    assert response.status_code == 400
    assert "valueInputOption" in response.json()["error"]["message"]


def test_values_come_back_with_the_cells_that_were_skipped(api):
    book = api.new()
    api.write(book, "A1:C1", [["key", "kept", "old"]])
    answer = api.post(
        book,
        "/values:batchUpdate",
        {
            "valueInputOption": "RAW",
            "includeValuesInResponse": True,
            "responseValueRenderOption": "UNFORMATTED_VALUE",
            "data": [{"range": "A1:C1", "values": [[None, None, 7]]}, {"range": "A2", "values": [["x"]]}],
        },
    )
    assert answer["responses"][0]["updatedData"]["values"] == [["key", "kept", 7]]
    totals = {name: count for name, count in answer.items() if name.startswith("total")}
    assert totals == {
        "totalUpdatedRows": 2,
        "totalUpdatedColumns": 2,
        "totalUpdatedCells": 2,
        "totalUpdatedSheets": 1,
    }


def test_batch_of_values_is_all_or_nothing(api):
    book = api.new()
    data = [{"range": "A1", "values": [["x"]]}, {"range": "Nope!A1", "values": [["y"]]}]
    refusal = api.post(book, "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert refusal["message"] == "Invalid data[1]: Unable to parse range: Nope!A1"
    assert api.values(book) == []


def test_cell_longer_than_the_limit_is_refused(api):
    book = api.new()
    data = [{"range": "A1", "values": [["x"]]}, {"range": "A2", "values": [["x" * 50_001]]}]
    refusal = api.post(book, "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert (
        refusal["message"]
        == "Invalid data[1]: Your input contains more than the maximum of 50000 characters in a single cell."
    )
    assert "updatedCells" in api.write(book, "A1", [["x" * 50_000]])


def test_wrong_cell_type_is_refused(api):
    book = api.new()
    refusal = api.write(book, "A1", [[{"a": 1}]])
    assert (refusal["code"], refusal["details"][0]["@type"]) == (400, "type.googleapis.com/google.rpc.BadRequest")
    refusal = api.post(
        book, "/values:batchUpdate", {"valueInputOption": "RAW", "data": [{"range": "A1", "values": "X"}]}
    )
    assert "data[0].values" in refusal["details"][0]["fieldViolations"][0]["field"]


def test_clear_keeps_formats_and_notes(api):
    book = api.new()
    cell = {"userEnteredValue": {"numberValue": 5}, "note": "n", "userEnteredFormat": {"textFormat": {"bold": True}}}
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    api.batch(book, {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "*"}})
    assert api.post(book, "/values/Sheet1:clear", {}) == {"spreadsheetId": book, "clearedRange": "Sheet1!A1:Z1000"}
    assert api.cells(book, "A1") == [[None]]
    assert api.cells(book, "A1", "note") == [["n"]]
    assert api.cells(book, "A1", "userEnteredFormat") == [[{"textFormat": {"bold": True}}]]


def test_batch_clear(api):
    book = api.new()
    api.write(book, "A1", [["a", "b", "c"]])
    answer = api.post(book, "/values:batchClear", {"ranges": ["A1", "C1:C"]})
    assert answer["clearedRanges"] == ["Sheet1!A1", "Sheet1!C1:C1000"]
    assert api.values(book) == [["", "b"]]


def test_capital_booleans_are_read(api):
    book = api.new()
    assert "updatedData" in api.write(book, "A1", [["x"]], includeValuesInResponse="True")


def test_long_integers_lose_what_a_double_loses(api):
    book = api.new()
    api.write(book, "A1", [[576461413840000123]])
    assert api.values(book, valueRenderOption="UNFORMATTED_VALUE") == [[576461413840000000]]
    assert api.values(book) == [["5.76461E+17"]]


def test_text_format_keeps_typed_digits(api):
    book = api.new()
    cell = {"userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}}}
    api.batch(book, {"repeatCell": {"range": {"sheetId": 0}, "cell": cell, "fields": "userEnteredFormat"}})
    api.write(book, "A1", [["576461413840000123"]], mode="USER_ENTERED")
    assert api.cells(book, "A1") == [[{"stringValue": "576461413840000123"}]]


def test_dates_print_as_serials_or_as_text(api):
    book = api.new()
    api.write(book, "A1", [["2020-01-01", 5]], mode="USER_ENTERED")
    assert api.values(book, valueRenderOption="UNFORMATTED_VALUE") == [[43831, 5]]
    texts = api.values(book, valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING")
    assert texts == [["2020-01-01", 5]]
