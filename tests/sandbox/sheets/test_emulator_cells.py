"""CellData: masks, typed values, formats, colours, links and what grid data leaves out."""

import pytest

ORIGIN = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}


def put(api, book, data, fields, start=ORIGIN):
    request = {"updateCells": {"start": start, "rows": [{"values": [data]}], "fields": fields}}
    return api.batch(book, request)


def number(api, book, value, pattern=None, kind="NUMBER"):
    """The text a number shows under a format."""
    data = {"userEnteredValue": {"numberValue": value}}
    if kind:
        data["userEnteredFormat"] = {"numberFormat": {"type": kind} | ({"pattern": pattern} if pattern else {})}
    put(api, book, data, "userEnteredValue,userEnteredFormat")
    return api.values(book, "A1")[0][0]


def test_values_are_typed_and_never_parsed(api):
    book = api.new()
    typed = [
        {"stringValue": "=1+1"},
        {"stringValue": "576461413840000123"},
        {"numberValue": 1.5},
        {"boolValue": False},
        {"formulaValue": "=C1*2"},
    ]
    row = {"values": [{"userEnteredValue": value} for value in typed]}
    api.batch(book, {"updateCells": {"start": ORIGIN, "rows": [row], "fields": "userEnteredValue"}})
    assert api.cells(book, "A1:E1") == [typed]
    effective = api.cells(book, "A1:E1", "effectiveValue")[0]
    assert effective[0] == {"stringValue": "=1+1"}
    assert effective[4] == {"numberValue": 3}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"numberValue": 0}, {"boolValue": False}),
        ({"boolValue": True}, {"numberValue": 1}),
        ({"numberValue": 1}, {"boolValue": True}),
        ({"stringValue": "1"}, {"numberValue": 1}),
    ],
)
@pytest.mark.parametrize("way", ["updateCells", "repeatCell", "values"])
def test_a_value_of_another_type_replaces_its_equal(api, before, after, way):
    """FALSE is not 0 and TRUE is not 1."""
    book = api.new(rows=2, columns=2)
    for value in (before, after):
        cell = {"userEnteredValue": value}
        start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
        write = {"start": start, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}
        corner = {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}
        fill = {"range": corner, "cell": cell, "fields": "userEnteredValue"}
        if way == "values":
            api.write(book, "A1", [list(value.values())])
        else:
            api.batch(book, {way: write if way == "updateCells" else fill})
    assert api.cells(book, "A1") == [[after]]


def test_two_kinds_of_value_at_once_are_refused(api):
    book = api.new()
    refusal = put(api, book, {"userEnteredValue": {"stringValue": "a", "numberValue": 1}}, "userEnteredValue")
    assert "oneof" in refusal["message"]


def test_mask_touches_only_what_it_names(api):
    book = api.new()
    full = {
        "userEnteredValue": {"stringValue": "v"},
        "note": "n",
        "userEnteredFormat": {"textFormat": {"bold": True, "italic": True}, "horizontalAlignment": "RIGHT"},
        "dataValidation": {"condition": {"type": "BOOLEAN"}, "strict": True},
    }
    put(api, book, full, "*")
    put(api, book, {"userEnteredValue": {"stringValue": "w"}}, "userEnteredValue")
    put(api, book, {}, "userEnteredFormat.textFormat.bold")
    (data,) = api.get(book, ranges="A1", includeGridData=True)["sheets"][0]["data"]
    cell = data["rowData"][0]["values"][0]
    assert cell["userEnteredValue"] == {"stringValue": "w"}
    assert cell["note"] == "n"
    assert cell["userEnteredFormat"] == {"textFormat": {"italic": True}, "horizontalAlignment": "RIGHT"}
    assert cell["dataValidation"] == full["dataValidation"]


def test_enum_values_that_say_nothing_are_dropped(api):
    book = api.new()
    style = {"wrapStrategy": "WRAP_STRATEGY_UNSPECIFIED", "textFormat": {"bold": True}}
    put(api, book, {"userEnteredFormat": style}, "userEnteredFormat")
    assert api.cells(book, "A1", "userEnteredFormat") == [[{"textFormat": {"bold": True}}]]


def test_masked_field_without_data_is_cleared(api):
    book = api.new()
    put(api, book, {"userEnteredValue": {"stringValue": "v"}, "note": "n"}, "*")
    put(api, book, {}, "userEnteredValue,note")
    assert api.get(book, ranges="A1", fields="sheets.data") == {
        "sheets": [{"data": [{"rowMetadata": [{"pixelSize": 21}], "columnMetadata": [{"pixelSize": 100}]}]}]
    }


def test_range_beyond_its_rows_is_cleared_in_the_masked_fields(api):
    book = api.new()
    api.write(book, "A1", [["a", "b"], ["c", "d"], ["e", "f"]])
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    rows = [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}]
    api.batch(book, {"updateCells": {"range": where, "rows": rows, "fields": "userEnteredValue"}})
    assert api.values(book) == [["x"], [], ["e", "f"]]


def test_ragged_rows_are_taken_with_a_start(api):
    book = api.new()
    rows = [{"values": [{"note": "1"}]}, {}, {"values": [{"note": "2"}, {"note": "3"}]}]
    api.batch(book, {"updateCells": {"start": ORIGIN, "rows": rows, "fields": "note"}})
    assert api.cells(book, "A1:C3", "note") == [["1"], [], ["2", "3"]]


@pytest.mark.parametrize(
    ("given", "kept"),
    [(0.5, 0.49803922), (0.99, 0.9882353), (0.24, 0.23921569), (1, 1), (0, None), (0.49803922, 0.49803922)],
)
def test_colours_are_eight_bits_floored(api, given, kept):
    book = api.new()
    put(api, book, {"userEnteredFormat": {"backgroundColor": {"red": given, "blue": 1}}}, "userEnteredFormat")
    ((style,),) = api.cells(book, "A1", "userEnteredFormat")
    assert style["backgroundColor"] == {"blue": 1} | ({} if kept is None else {"red": kept})
    assert style["backgroundColorStyle"] == {"rgbColor": style["backgroundColor"]}


def test_every_colour_level_survives_being_written_again(api):
    book = api.new()
    rows = [{"values": [{"userEnteredFormat": {"backgroundColor": {"red": level / 255}}}]} for level in range(256)]
    request = {"updateCells": {"start": ORIGIN, "rows": rows, "fields": "userEnteredFormat"}}
    api.batch(book, request)
    first = api.cells(book, "A1:A256", "userEnteredFormat")
    again = [{"values": [{"userEnteredFormat": style}]} for (style,) in first]
    request["updateCells"]["rows"] = again
    api.batch(book, request)
    assert api.cells(book, "A1:A256", "userEnteredFormat") == first


@pytest.mark.parametrize("text", ["https://example.com/x", "example.com", "shop.example.co.uk/a?b=1", "http://a.io"])
def test_text_that_is_one_address_becomes_a_link(api, text):
    book = api.new()
    api.write(book, "A1", [[text, f"see {text}"]])
    assert api.cells(book, "A1:B1", "hyperlink")[0][0] is not None
    assert api.cells(book, "A1:B1", "hyperlink")[0][1] is None


@pytest.mark.parametrize("text", ["576461413840000123", "A-1.5", "Dr. Who", "file.txt", "3.14", "a@b"])
def test_ordinary_text_stays_text(api, text):
    book = api.new()
    api.write(book, "A1", [[text]])
    assert api.cells(book, "A1", "hyperlink") == [[None]]


def test_link_in_the_mask_writes_the_address_without_a_link(api):
    book = api.new()
    fields = "userEnteredValue,userEnteredFormat.textFormat.link"
    put(api, book, {"userEnteredValue": {"stringValue": "example.com"}}, fields)
    assert api.cells(book, "A1", "hyperlink") == [[None]]
    put(api, book, {"userEnteredValue": {"stringValue": "example.com"}}, "userEnteredValue")
    assert api.cells(book, "A1", "hyperlink") == [["http://example.com"]]
    put(api, book, {"userEnteredValue": {"stringValue": "plain"}}, "userEnteredValue")
    assert api.cells(book, "A1", "hyperlink") == [[None]]


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "shown"),
    [
        (1234.5, "NUMBER", "#,##0.00", "1,234.50"),
        (-1234.5, "NUMBER", "#,##0.00", "-1,234.50"),
        (-3, "NUMBER", "0;(0);zero", "(3)"),
        (0, "NUMBER", "0;(0);zero", "zero"),
        (0.125, "PERCENT", "0.0%", "12.5%"),
        (19.9, "CURRENCY", '"$"#,##0.00', "$19.90"),
        (19.9, "CURRENCY", "[$£]#,##0.00", "£19.90"),
        (1234, "CURRENCY", '#,##0" IDR"', "1,234 IDR"),
        (1.005, "NUMBER", "0.00", "1.01"),
        (1234567, "NUMBER", "#,##0,", "1,235"),
        (0.5, "NUMBER", "#.##", ".5"),
        (1500, "SCIENTIFIC", "0.00E+00", "1.50E+03"),
        (43831.5, "DATE_TIME", "yyyy-mm-dd hh:mm:ss", "2020-01-01 12:00:00"),
        (43831.5, "DATE", "ddd, mmm d yyyy", "Wed, Jan 1 2020"),
        (43831.75, "TIME", "h:mm am/pm", "6:00 PM"),
        (1.5, "TIME", "[h]:mm", "36:00"),
        (-0.25, "TIME", "[h]:mm", "-6:00"),
        (0.0423611111, "TIME", "[hh]:mm:ss", "01:01:00"),
        (2.5, "DATE_TIME", "M/d/yyyy H:mm", "1/1/1900 12:00"),
        (12, "TEXT", "@", "12"),
        (1 / 3, None, None, "0.3333333333"),
        (10000 / 3, None, None, "3333.333333"),
        (1e-5, None, None, "0.00001"),
        (123456789012345, None, None, "123456789012345"),
    ],
)
def test_numbers_show_as_their_format_says(api, value, kind, pattern, shown):
    assert number(api, api.new(), value, pattern, kind) == shown


def test_locale_of_the_spreadsheet_draws_the_marks(api):
    book = api.create(properties={"title": "D", "locale": "de_DE"})["spreadsheetId"]
    assert number(api, book, 1234.5, "#,##0.00") == "1.234,50"
    api.write(book, "B1", [["1.234,5"]], mode="USER_ENTERED")
    assert api.values(book, "B1", valueRenderOption="UNFORMATTED_VALUE") == [[1234.5]]


def test_repeat_cell_fills_formulas_down(api):
    book = api.new(rows=5, columns=3)
    api.write(book, "A1", [[1], [2], [3]])
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 9, "startColumnIndex": 1, "endColumnIndex": 2}
    cell = {"userEnteredValue": {"formulaValue": "=A1*10"}}
    api.batch(book, {"repeatCell": {"range": where, "cell": cell, "fields": "userEnteredValue"}})
    assert api.values(book, "B1:B5", valueRenderOption="FORMULA") == [
        ["=A1*10"],
        ["=A2*10"],
        ["=A3*10"],
        ["=A4*10"],
        ["=A5*10"],
    ]
    assert api.values(book, "B1:B3") == [["10"], ["20"], ["30"]]


def test_append_cells_goes_below_the_last_value_anywhere(api):
    book = api.new(rows=3, columns=3)
    api.write(book, "C2", [[False]])
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]} for text in "xy"]
    api.batch(book, {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}})
    assert api.values(book) == [[], ["", "", "FALSE"], ["x"], ["y"]]
    assert api.get(book)["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 4


def test_grid_data_starts_where_asked_and_leaves_zeros_out(api):
    book = api.new()
    api.write(book, "C3", [["x"]])
    data = api.get(book, ranges=["B2:D4", "A1:A2"], fields="sheets.data(startRow,startColumn,rowData)")["sheets"][0][
        "data"
    ]
    assert (data[0]["startRow"], data[0]["startColumn"]) == (1, 1)
    assert [len(row.get("values", [])) for row in data[0]["rowData"]] == [0, 2]
    assert data[1] == {}


def test_validation_and_borders(api):
    book = api.new(rows=4, columns=4)
    where = {"sheetId": 0, "endRowIndex": 2, "endColumnIndex": 2}
    rule = {
        "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "a"}]},
        "strict": False,
        "showCustomUi": True,
    }
    line = {"style": "SOLID", "color": {"red": 1}}
    api.batch(
        book,
        {"setDataValidation": {"range": where, "rule": rule}},
        {"updateBorders": {"range": where, "top": line, "innerVertical": line}},
    )
    told = api.cells(book, "A1:B2", "dataValidation")
    assert told[1][1] == {"condition": rule["condition"], "showCustomUi": True}
    borders = api.cells(book, "A1:B2", "userEnteredFormat")
    assert set(borders[0][0]["borders"]) == {"top", "right"}
    assert set(borders[1][0]["borders"]) == {"right"}
    api.batch(book, {"setDataValidation": {"range": where}})
    assert api.cells(book, "A1:B2", "dataValidation") == [[None, None], [None, None]]
