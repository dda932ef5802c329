"""Rows and columns that come, go and move, and everything that moves along."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.sandbox.sheets.areas import Shift


def span(dimension, start, end, sheet_id=0):
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}


def insert(dimension, start, end, **more):
    return {"insertDimension": {"range": span(dimension, start, end), **more}}


def delete(dimension, start, end):
    return {"deleteDimension": {"range": span(dimension, start, end)}}


def move(dimension, start, end, destination):
    return {"moveDimension": {"source": span(dimension, start, end), "destinationIndex": destination}}


@pytest.fixture
def book(api):
    made = api.new(rows=10, columns=6)
    api.write(
        made,
        "A1",
        [["k", "n", "f"], ["k1", 1, "=B2*2"], ["k2", 2, "=B3*2"], ["t", "=SUM(B2:B3)", "=$B$2"]],
        "USER_ENTERED",
    )
    return made


def formulas(api, book, cells="Sheet1"):
    return [[v for v in row if str(v).startswith("=")] for row in api.values(book, cells, valueRenderOption="FORMULA")]


def test_rows_inserted_shift_cells_and_references(api, book):
    api.batch(book, insert("ROWS", 2, 4))
    assert api.values(book)[0:2] == [["k", "n", "f"], ["k1", "1", "2"]]
    assert api.values(book)[4:] == [["k2", "2", "4"], ["t", "3", "1"]]
    assert formulas(api, book) == [[], ["=B2*2"], [], [], ["=B5*2"], ["=SUM(B2:B5)", "=$B$2"]]
    assert api.get(book)["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 12


def test_columns_inserted_shift_cells_and_references(api, book):
    api.batch(book, insert("COLUMNS", 1, 2))
    assert formulas(api, book) == [[], ["=C2*2"], ["=C3*2"], ["=SUM(C2:C3)", "=$C$2"]]
    assert api.values(book)[1] == ["k1", "", "1", "2"]


def test_deleted_row_makes_lost_references(api, book):
    api.batch(book, delete("ROWS", 1, 2))
    assert formulas(api, book) == [[], ["=B2*2"], ["=SUM(B2:B2)", "=#REF!"]]
    assert api.values(book)[2] == ["t", "2", "#REF!"]
    error = api.cells(book, "C3", "effectiveValue")[0][0]["errorValue"]
    assert error["type"] == "REF"


def test_deleted_column_makes_lost_references(api, book):
    api.batch(book, delete("COLUMNS", 1, 2))
    assert formulas(api, book) == [[], ["=#REF!*2"], ["=#REF!*2"], ["=#REF!"]]


def test_moved_row_keeps_its_references(api, book):
    api.batch(book, move("ROWS", 1, 2, 4))
    assert api.values(book, "A1:A4") == [["k"], ["k2"], ["t"], ["k1"]]
    assert formulas(api, book, "A2:C4") == [["=B2*2"], ["=SUM(B2:B2)", "=$B$4"], ["=B4*2"]]


def test_moved_column_is_followed_by_references(api, book):
    api.batch(book, move("COLUMNS", 1, 2, 0))
    assert api.values(book)[1] == ["1", "k1", "2"]
    assert formulas(api, book) == [[], ["=A2*2"], ["=A3*2"], ["=SUM(A2:A3)", "=$A$2"]]


def test_references_across_tabs_follow_too(api, book):
    api.batch(book, {"addSheet": {"properties": {"title": "My Sums", "sheetId": 5}}})
    api.write(book, "'My Sums'!A1", [["=SUM(Sheet1!B2:B3)+Sheet1!$B$3"]], "USER_ENTERED")
    api.batch(book, insert("ROWS", 0, 1), insert("COLUMNS", 0, 1))
    assert api.values(book, "'My Sums'!A1", valueRenderOption="FORMULA") == [["=SUM(Sheet1!C3:C4)+Sheet1!$C$4"]]
    rename = {"properties": {"sheetId": 0, "title": "Live orders"}, "fields": "title"}
    api.batch(book, {"updateSheetProperties": rename})
    told = api.values(book, "'My Sums'!A1", valueRenderOption="FORMULA")
    assert told == [["=SUM('Live orders'!C3:C4)+'Live orders'!$C$4"]]
    assert api.values(book, "'My Sums'!A1") == [["5"]]


def test_inserted_rows_take_formats_but_no_values(api, book):
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    where = {"sheetId": 0, "startRowIndex": 3, "endRowIndex": 4}
    api.batch(book, {"repeatCell": {"range": where, "cell": bold, "fields": "userEnteredFormat"}})
    api.batch(book, insert("ROWS", 4, 5, inheritFromBefore=True), insert("ROWS", 1, 2))
    assert api.cells(book, "A6", "userEnteredFormat") == [[{"textFormat": {"bold": True}}]]
    assert api.cells(book, "A6:F6") == [[None] * 6]
    assert api.cells(book, "A2", "userEnteredFormat") == []


def test_inherit_from_before_needs_a_row_before(api, book):
    assert "inheritFromBefore" in api.batch(book, insert("ROWS", 0, 1, inheritFromBefore=True))["message"]


def test_not_every_row_may_go(api, book):
    refusal = api.batch(book, delete("ROWS", 0, 10))
    assert "not possible to delete all non-frozen rows" in refusal["message"]
    assert api.batch(book, delete("ROWS", 8, 20))["code"] == 400


def test_a_tab_shrinks_with_its_cells_and_grows_blank(api, book):
    for rows in (2, 10):
        properties = {"sheetId": 0, "gridProperties": {"rowCount": rows}}
        request = {"properties": properties, "fields": "gridProperties.rowCount"}
        api.batch(book, {"updateSheetProperties": request})
    assert api.values(book) == [["k", "n", "f"], ["k1", "1", "2"]]
    assert api.read(book, "Sheet1")["range"] == "Sheet1!A1:F10"


def test_ranges_of_rules_shift_and_grow(api, book):
    where = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 4, "startColumnIndex": 1, "endColumnIndex": 2}
    rule = {
        "ranges": [where],
        "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}},
    }
    api.batch(
        book,
        {"addNamedRange": {"namedRange": {"name": "Numbers", "range": where}}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"setBasicFilter": {"filter": {"range": where}}},
        {"addProtectedRange": {"protectedRange": {"range": where}}},
        {"mergeCells": {"range": {"sheetId": 0, "startRowIndex": 7, "endRowIndex": 9, "endColumnIndex": 2}}},
    )
    api.batch(book, insert("ROWS", 2, 4), insert("COLUMNS", 0, 1), delete("ROWS", 1, 2))
    after = {"startRowIndex": 1, "endRowIndex": 5, "startColumnIndex": 2, "endColumnIndex": 3}
    told = api.get(book)
    sheet = told["sheets"][0]
    assert told["namedRanges"][0]["range"] == after
    assert sheet["conditionalFormats"][0]["ranges"] == [after]
    assert sheet["basicFilter"]["range"] == after
    assert sheet["protectedRanges"][0]["range"] == after
    assert sheet["merges"] == [{"startRowIndex": 8, "endRowIndex": 10, "startColumnIndex": 1, "endColumnIndex": 3}]


def test_hidden_and_wide_columns_keep_their_properties_when_moved(api, book):
    api.batch(
        book,
        {
            "updateDimensionProperties": {
                "range": span("COLUMNS", 1, 2),
                "properties": {"pixelSize": 250, "hiddenByUser": True},
                "fields": "pixelSize,hiddenByUser",
            }
        },
        move("COLUMNS", 1, 2, 4),
    )
    fields = "sheets.data.columnMetadata"
    (data,) = api.get(book, ranges="Sheet1!A1:F1", fields=fields)["sheets"][0]["data"]
    assert data["columnMetadata"][3] == {"pixelSize": 250, "hiddenByUser": True}
    assert data["columnMetadata"][1] == {"pixelSize": 100}


def test_groups_nest(api, book):
    api.batch(book, {"addDimensionGroup": {"range": span("ROWS", 1, 4)}})
    answer = api.batch(book, {"addDimensionGroup": {"range": span("ROWS", 1, 2)}})
    groups = answer["replies"][0]["addDimensionGroup"]["dimensionGroups"]
    assert [group["depth"] for group in groups] == [1, 2]
    api.batch(book, {"deleteDimensionGroup": {"range": span("ROWS", 1, 2)}})
    assert len(api.get(book)["sheets"][0]["rowGroups"]) == 1


def test_a_group_is_collapsed_and_opened(api, book):
    where = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}
    api.batch(book, {"addDimensionGroup": {"range": where}})

    def fold(collapsed):
        group = {"range": where, "depth": 1, "collapsed": collapsed}
        api.batch(book, {"updateDimensionGroup": {"dimensionGroup": group, "fields": "collapsed"}})
        told = api.get(book, ranges="A1:A4", fields="sheets(rowGroups.collapsed,data.rowMetadata.hiddenByUser)")
        (sheet,) = told["sheets"]
        return sheet["rowGroups"], sheet["data"][0]["rowMetadata"]

    assert fold(True) == ([{"collapsed": True}], [{}, {"hiddenByUser": True}, {"hiddenByUser": True}, {}])
    assert fold(False) == ([{}], [{}, {}, {}, {}])
    wrong = {"dimensionGroup": {"range": where, "depth": 2}, "fields": "collapsed"}
    assert api.batch(book, {"updateDimensionGroup": wrong})["code"] == 400


def test_auto_resize_follows_the_longest_text(api, book):
    api.write(book, "D1", [["x" * 1000]])
    api.batch(book, {"autoResizeDimensions": {"dimensions": span("COLUMNS", 3, 4)}})
    (data,) = api.get(book, ranges="Sheet1!D1", fields="sheets.data.columnMetadata.pixelSize")["sheets"][0]["data"]
    assert data["columnMetadata"] == [{"pixelSize": 8691}]


SHIFTS = st.one_of(
    st.tuples(st.just("insert"), st.integers(0, 9), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("delete"), st.integers(0, 7), st.integers(1, 2), st.just(0)),
    st.tuples(st.just("move"), st.integers(0, 7), st.integers(1, 2), st.integers(0, 9)),
)


@settings(max_examples=200, deadline=None)
@given(SHIFTS)
def test_shift_agrees_with_moving_a_list(given_shift):
    """Where `at` says a row goes is where it is found after the same deed was done to a list."""
    action, start, count, destination = given_shift
    rows = list(range(9))
    if action == "move" and start <= destination <= start + count:
        destination = 0 if start else 9
    shift = Shift(0, "ROWS", action, start, start + count, destination)
    block = rows[start : start + count]
    after = list(rows)
    if action == "insert":
        after[start:start] = [None] * count
    else:
        del after[start : start + count]
    if action == "move":
        target = destination if destination <= start else destination - len(block)
        after[target:target] = block
    for row in rows:
        place = shift.at(row)
        assert (after.index(row) if row in after else None) == place


def test_formulas_of_rules_follow(api, book):
    """A rule drawn over a column keeps looking at it when a column is put in to its left."""
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": '=AND($B2<>"";$B2-NOW()<2/24)'}]}
    where = {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 2}
    rule = {"ranges": [where], "booleanRule": {"condition": condition, "format": {"textFormat": {"bold": True}}}}
    api.batch(book, {"addConditionalFormatRule": {"rule": rule, "index": 0}})
    api.batch(book, insert("COLUMNS", 0, 1), insert("ROWS", 0, 1))
    (told,) = api.get(book)["sheets"][0]["conditionalFormats"]
    assert told["ranges"] == [{"startRowIndex": 2, "startColumnIndex": 2, "endColumnIndex": 3}]
    assert told["booleanRule"]["condition"]["values"] == [{"userEnteredValue": '=AND($C3<>"";$C3-NOW()<2/24)'}]
    api.batch(book, delete("COLUMNS", 2, 3))
    assert "conditionalFormats" not in api.get(book)["sheets"][0]


def test_charts_follow(api, book):
    source = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 1}
    chart = {
        "spec": {"basicChart": {"series": [{"series": {"sourceRange": {"sources": [source]}}}]}},
        "position": {"overlayPosition": {"anchorCell": {"rowIndex": 1, "columnIndex": 2}}},
    }
    api.batch(book, {"addChart": {"chart": chart}}, insert("ROWS", 1, 3))
    (told,) = api.get(book)["sheets"][0]["charts"]
    (moved,) = told["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"]
    assert moved == {"startRowIndex": 0, "endRowIndex": 7, "startColumnIndex": 0, "endColumnIndex": 1}
    assert told["position"]["overlayPosition"]["anchorCell"] == {"rowIndex": 3, "columnIndex": 2}
