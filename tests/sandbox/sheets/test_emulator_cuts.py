"""Cells cut into another tab, rows deleted behind them, tabs that come and go by their caller's own ids."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STAGING = 77
PAST_ALL = 9
VALUES = "data.rowData.values.userEnteredValue"


def area(rows, columns=(0, 4), sheet_id=0):
    return {
        "sheetId": sheet_id,
        "startRowIndex": rows[0],
        "endRowIndex": rows[1],
        "startColumnIndex": columns[0],
        "endColumnIndex": columns[1],
    }


def cut(source, row, column=0, *, sheet_id=STAGING, kind="PASTE_NORMAL"):
    place = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    return {"cutPaste": {"source": source, "destination": place, "pasteType": kind}}


def tab(sheet_id=STAGING, title="Staging", **more):
    size = {"rowCount": 20, "columnCount": 8}
    return {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, "gridProperties": size, **more}}}


def rows(kind, start, end, sheet_id=0, **more):
    where = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": start, "endIndex": end}
    return {kind: {"range": where, **more}}


def formulas(api, book, cells):
    return api.values(book, cells, valueRenderOption="FORMULA")


@pytest.fixture
def book(api):
    """Three orders, a formula of each row, sums below, and a tab that looks at it all."""
    made = api.new(rows=10, columns=8)
    api.batch(made, {"addSheet": {"properties": {"sheetId": 5, "title": "Desk"}}})
    values = [
        ["k", "n", "f", "note"],
        *([f"k{n}", n, f"=B{n + 1}*2", f"hers {n}"] for n in (1, 2, 3)),
        ["t", "=SUM(B2:B4)"],
    ]
    api.write(made, "A1", values, mode="USER_ENTERED")
    api.write(
        made,
        "Desk!A1",
        [["=Sheet1!B3", "=SUM(Sheet1!A3:D3)", "=SUM(Sheet1!B2:B4)", "=SUM(Sheet1!B:B)", "=Sheet1!$C$3"]],
        mode="USER_ENTERED",
    )
    return made


def test_a_row_is_cut_into_a_hidden_tab_that_the_same_batch_makes(api, book):
    """The answer shows it there, its place is deleted, and nobody sees the tab."""
    told = api.batch(
        book,
        tab(hidden=True),
        cut(area((2, 3)), 0),
        rows("deleteDimension", 2, 3),
        includeSpreadsheetInResponse=True,
        responseIncludeGridData=True,
        responseRanges=["Staging!1:1"],
        query={"fields": f"replies,updatedSpreadsheet.sheets(properties(sheetId,hidden),{VALUES})"},
    )
    assert [set(reply) for reply in told["replies"]] == [{"addSheet"}, set(), set()]
    (sheet,) = told["updatedSpreadsheet"]["sheets"]
    assert sheet["properties"] == {"sheetId": STAGING, "hidden": True}
    assert [cell["userEnteredValue"] for cell in sheet["data"][0]["rowData"][0]["values"]] == [
        {"stringValue": "k2"},
        {"numberValue": 2},
        {"formulaValue": "=B1*2"},
        {"stringValue": "hers 2"},
    ]
    assert [row[0] for row in api.values(book)] == ["k", "k1", "k3", "t"]


def test_formulas_that_pointed_at_what_was_cut_follow_it(api, book):
    """Ranges only when all of them was cut: those with an open side, or of which a part is left, stay."""
    api.batch(book, tab(), cut(area((2, 3)), 4))
    assert formulas(api, book, "Desk!A1:E1") == [
        ["=Staging!B5", "=SUM(Staging!A5:D5)", "=SUM(Sheet1!B2:B4)", "=SUM(Sheet1!B:B)", "=Staging!$C$5"]
    ]
    assert formulas(api, book, "B5") == [["=SUM(B2:B4)"]]
    assert api.values(book, "Desk!A1:E1") == [["2", "6", "4", "8", "4"]]


def test_a_formula_that_is_cut_goes_on_pointing_at_what_was_left(api, book):
    api.batch(book, tab(title="My archive"), cut(area((2, 3), (2, 3)), 6, 1))
    assert formulas(api, book, "'My archive'!B7") == [["=Sheet1!B3*2"]]
    assert api.values(book, "'My archive'!B7") == [["4"]]
    api.batch(book, rows("insertDimension", 0, 2))
    assert formulas(api, book, "'My archive'!B7") == [["=Sheet1!B5*2"]]


def test_a_formula_beside_what_was_cut_follows_from_then_on(api, book):
    """It looked at its own row only until then."""
    api.batch(book, tab(), cut(area((2, 3), (1, 2)), 3))
    assert formulas(api, book, "C3") == [["=Staging!A4*2"]]
    api.batch(book, rows("insertDimension", 0, 1, STAGING))
    assert formulas(api, book, "C3") == [["=Staging!A5*2"]]
    api.batch(book, rows("deleteDimension", 4, 5, STAGING))
    assert formulas(api, book, "C3") == [["=#REF!*2"]]


def test_looks_notes_and_rules_go_along_and_row_metadata_does_not(api, book):
    rule = {"condition": {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Desk!$A$1:$A$3"}]}}
    cell = {"userEnteredFormat": {"textFormat": {"bold": True}}, "note": "call her", "dataValidation": rule}
    where = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}}
    mark = {"metadataId": 3, "metadataKey": "row", "visibility": "DOCUMENT", "location": where}
    fields = "userEnteredFormat,note,dataValidation"
    api.batch(
        book,
        {"repeatCell": {"range": area((2, 3), (0, 1)), "cell": cell, "fields": fields}},
        {"createDeveloperMetadata": {"developerMetadata": mark}},
        tab(),
        cut(area((2, 3)), 0),
    )
    for field, value in cell.items():
        assert api.cells(book, "Staging!A1", field) == [[value]]
        assert api.cells(book, "A3", field) == []
    location = api.get(book, ranges="3:3", fields="sheets.data.rowMetadata.developerMetadata.metadataId")
    assert location["sheets"][0]["data"][0]["rowMetadata"] == [{"developerMetadata": [{"metadataId": 3}]}]


def test_ranges_that_lie_wholly_in_the_block_follow_and_others_stay(api, book):
    inside, beyond, column = area((2, 4)), area((2, 6)), {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 1}
    look = {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$B3>1"}]}, "format": {}}
    ranges = (inside, beyond, column)
    api.batch(
        book,
        *({"addNamedRange": {"namedRange": {"name": f"n{at}", "range": one}}} for at, one in enumerate(ranges)),
        *({"addProtectedRange": {"protectedRange": {"range": one, "warningOnly": True}}} for one in ranges),
        *(
            {"addConditionalFormatRule": {"index": at, "rule": {"ranges": [one], "booleanRule": look}}}
            for at, one in enumerate(ranges)
        ),
        {"mergeCells": {"range": area((2, 3), (2, 4))}},
        tab(),
    )
    api.batch(book, cut(inside, 6, 1))
    moved = area((6, 8), (1, 5), STAGING)
    told = api.get(book)
    assert [named["range"] for named in told["namedRanges"]] == [
        moved,
        *({name: value for name, value in one.items() if name != "sheetId"} for one in ranges[1:]),
    ]
    source, _, target = told["sheets"]
    assert [held["range"] for held in target["protectedRanges"]] == [moved]
    assert len(source["protectedRanges"]) == 2
    (rule,) = target["conditionalFormats"]
    assert rule["ranges"] == [moved]
    assert rule["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=$C7>1"}]
    assert len(source["conditionalFormats"]) == 2
    assert {
        held["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for held in source["conditionalFormats"]
    } == {"=$B3>1"}
    assert target["merges"] == [area((6, 7), (3, 5), STAGING)]
    assert "merges" not in source


def test_a_chart_follows_its_source_and_stays_where_it_floats(api, book):
    source = {"sourceRange": {"sources": [area((1, 4), (1, 2))]}}
    spec = {"basicChart": {"chartType": "LINE", "series": [{"series": source}]}}
    anchor = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 2, "columnIndex": 3}}}
    api.batch(book, {"addChart": {"chart": {"chartId": 6, "spec": spec, "position": anchor}}}, tab())
    api.batch(book, cut(area((1, 4)), 0))
    (chart,) = api.get(book)["sheets"][0]["charts"]
    assert chart["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"] == [
        area((0, 3), (1, 2), STAGING)
    ]
    assert chart["position"]["overlayPosition"]["anchorCell"] == {"rowIndex": 2, "columnIndex": 3}


def test_merges_give_way_where_a_cut_is_pasted_over_them(api, book):
    api.batch(book, {"mergeCells": {"range": area((6, 8), (0, 2))}}, {"mergeCells": {"range": area((2, 3), (2, 4))}})
    api.batch(book, cut(area((2, 3)), 3, sheet_id=0), cut(area((4, 5)), 6, sheet_id=0))
    (merge,) = api.get(book)["sheets"][0]["merges"]
    assert {"sheetId": 0} | merge == area((3, 4), (2, 4))


def test_all_is_cut_whatever_is_pasted(api, book):
    """As values: what the formulas showed, in the looks of the place, and no merge any more."""
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    api.batch(
        book,
        {"mergeCells": {"range": area((1, 3), (3, 4))}},
        {"repeatCell": {"range": area((1, 5)), "cell": bold, "fields": "userEnteredFormat"}},
        tab(),
        cut(area((1, 5)), 0, kind="PASTE_VALUES"),
    )
    assert formulas(api, book, "Staging!A1:C4") == [["k1", 1, 2], ["k2", 2, 4], ["k3", 3, 6], ["t", 6]]
    assert api.cells(book, "Staging!A1", "userEnteredFormat") == [[None]]
    assert api.values(book) == [["k", "n", "f", "note"]]
    assert all("merges" not in sheet for sheet in api.get(book)["sheets"])


def test_a_deleted_tab_takes_its_references_with_it_for_good(api, book):
    """Also when another tab has its id and its title afterwards."""
    api.batch(book, tab(), cut(area((2, 3)), 4))
    api.batch(book, {"addNamedRange": {"namedRange": {"name": "kept", "range": area((4, 5), sheet_id=STAGING)}}})
    told = api.batch(book, {"deleteSheet": {"sheetId": STAGING}}, tab())
    assert told["replies"][1]["addSheet"]["properties"]["sheetId"] == STAGING
    api.write(book, "Staging!B5", [[11]])
    assert formulas(api, book, "Desk!A1:C1") == [["=#REF!", "=SUM(#REF!)", "=SUM(Sheet1!B2:B4)"]]
    assert "namedRanges" not in api.get(book)


def test_a_refused_batch_brings_a_deleted_tab_and_its_references_back(api, book):
    api.batch(book, tab(), cut(area((2, 3)), 4))
    before = api.get(book, includeGridData=True)
    told = api.batch(book, {"deleteSheet": {"sheetId": STAGING}}, tab(5), cut(area((0, 1)), 0))
    assert told["message"] == "Invalid requests[1].addSheet: A sheet with id 5 already exists."
    assert api.get(book, includeGridData=True) == before


def test_an_id_in_use_stops_the_whole_cut(api, book):
    """A batch that arrives twice changes nothing the second time."""
    batch = (tab(hidden=True), cut(area((2, 3)), 0), rows("deleteDimension", 2, 3))
    assert "replies" in api.batch(book, *batch)
    before = api.get(book, includeGridData=True)
    assert api.batch(book, *batch)["code"] == 400
    assert api.get(book, includeGridData=True) == before


def test_a_hidden_tab_is_no_reason_to_let_the_last_visible_one_go(api):
    book = api.new()
    told = api.batch(book, tab(hidden=True), {"deleteSheet": {"sheetId": 0}})
    assert "can't remove all the visible sheets" in told["message"]
    shown = {"properties": {"sheetId": STAGING, "title": "Moved", "hidden": False}, "fields": "title,hidden"}
    told = api.batch(book, tab(hidden=True), {"updateSheetProperties": shown}, {"deleteSheet": {"sheetId": 0}})
    assert "replies" in told
    assert [sheet["properties"]["title"] for sheet in api.get(book)["sheets"]] == ["Moved"]


def test_deleted_rows_are_lost_to_formulas_of_other_tabs(api, book):
    api.batch(book, rows("deleteDimension", 2, 4))
    assert formulas(api, book, "Desk!A1:E1") == [
        ["=#REF!", "=SUM(#REF!)", "=SUM(Sheet1!B2:B2)", "=SUM(Sheet1!B:B)", "=#REF!"]
    ]
    assert formulas(api, book, "A1:C3") == [["k", "n", "f"], ["k1", 1, "=B2*2"], ["t", "=SUM(B2:B2)"]]


def spelled(api, book, title):
    """Formulas and values of a tab, without the name of the first one before references."""
    return [[str(value).replace("Sheet1!", "") for value in row] for row in formulas(api, book, title)]


def runs(places):
    """(first, one past the last) of neighbouring places."""
    found = []
    for place in sorted(places):
        if found and found[-1][1] == place:
            found[-1][1] = place + 1
        else:
            found.append([place, place + 1])
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(1, PAST_ALL - 1), min_size=1, max_size=PAST_ALL - 2))
def test_rows_that_are_cut_out_and_brought_back_are_as_they_were(api, places):
    """With their places deleted and put in again meanwhile, and with everything that points at them.

    A reference that left its tab and came back names the tab from then on.
    """
    book = api.new(rows=PAST_ALL + 1, columns=6)
    lines = [[f"k{n}", n, f"=B{n + 1}*2", f"=$B${n + 1}", f"=D{n % 4 + 1}"] for n in range(PAST_ALL)]
    api.write(book, "A1", lines, mode="USER_ENTERED")
    api.batch(book, {"addSheet": {"properties": {"sheetId": 5, "title": "Desk"}}})
    api.write(book, "Desk!A1", [[f"=Sheet1!B{n + 1}"] for n in range(PAST_ALL)], mode="USER_ENTERED")
    before = [spelled(api, book, cells) for cells in ("Sheet1", "Desk")]
    out, offset = [tab(hidden=True)], 0
    for start, end in runs(places):
        out.append(cut(area((start, end), (0, 6)), offset))
        offset += end - start
    out += [rows("deleteDimension", start, end) for start, end in reversed(runs(places))]
    assert "replies" in api.batch(book, *out)
    left = [row[0] for row in formulas(api, book, "Sheet1")]
    assert left == [f"k{n}" for n in range(PAST_ALL) if n not in places]
    assert [row[0] for row in formulas(api, book, "Staging")] == [f"k{n}" for n in sorted(places)]
    assert [row[0] for row in api.values(book, "Desk")] == [str(n) for n in range(PAST_ALL)]
    back = []
    for row, place in enumerate(sorted(places)):
        back.append(rows("insertDimension", place, place + 1, inheritFromBefore=True))
        back.append(cut(area((row, row + 1), (0, 6), STAGING), place, sheet_id=0))
    assert "replies" in api.batch(book, *back, {"deleteSheet": {"sheetId": STAGING}})
    assert [spelled(api, book, cells) for cells in ("Sheet1", "Desk")] == before
