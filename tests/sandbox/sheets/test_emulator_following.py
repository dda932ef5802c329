"""What points at cells follows them: rules on cells, filters, names, in every way rows and columns can go."""

import pytest


def line(kind, start, end, sheet_id=0):
    return {"sheetId": sheet_id, "dimension": kind, "startIndex": start, "endIndex": end}


def insert(kind, start, end):
    return {"insertDimension": {"range": line(kind, start, end), "inheritFromBefore": start > 0}}


def delete(kind, start, end):
    return {"deleteDimension": {"range": line(kind, start, end)}}


def move(kind, start, end, to):
    return {"moveDimension": {"source": line(kind, start, end), "destinationIndex": to}}


def area(rows, columns):
    return {
        "sheetId": 0,
        "startRowIndex": rows[0],
        "endRowIndex": rows[1],
        "startColumnIndex": columns[0],
        "endColumnIndex": columns[1],
    }


def validate(where, kind, *values):
    rule = {"condition": {"type": kind, "values": [{"userEnteredValue": value} for value in values]}, "strict": True}
    return {"setDataValidation": {"range": where, "rule": rule}}


@pytest.fixture
def book(api):
    return api.new(rows=20, columns=8)


def rules(api, book, cells):
    return [
        [rule and [value["userEnteredValue"] for value in rule["condition"]["values"]] for rule in row]
        for row in api.cells(book, cells, "dataValidation")
    ]


def test_a_relative_rule_looks_at_its_own_row_everywhere(api, book):
    api.batch(book, validate(area((1, 4), (2, 3)), "CUSTOM_FORMULA", "=LEN($B2)<5"))
    assert rules(api, book, "C2:C4") == [[["=LEN($B2)<5"]], [["=LEN($B3)<5"]], [["=LEN($B4)<5"]]]


@pytest.mark.parametrize(
    ("change", "cells", "after"),
    [
        (insert("ROWS", 0, 2), "C4", "=COUNTIF($B$4:$B$12;B4)<2"),
        (insert("ROWS", 5, 6), "C2", "=COUNTIF($B$2:$B$11;B2)<2"),
        (insert("COLUMNS", 0, 1), "D2", "=COUNTIF($C$2:$C$10;C2)<2"),
        (delete("ROWS", 5, 7), "C2", "=COUNTIF($B$2:$B$8;B2)<2"),
        (move("COLUMNS", 1, 2, 8), "B2", "=COUNTIF($H$2:$H$10;H2)<2"),
        (delete("COLUMNS", 1, 2), "B2", "=COUNTIF(#REF!;#REF!)<2"),
    ],
    ids=["rows above", "rows inside", "column left", "rows gone", "column moved", "column gone"],
)
def test_formulas_of_cell_rules_follow(api, book, change, cells, after):
    api.batch(book, validate(area((1, 2), (2, 3)), "CUSTOM_FORMULA", "=COUNTIF($B$2:$B$10;B2)<2"))
    api.batch(book, change)
    assert rules(api, book, cells) == [[[after]]]


def test_a_list_in_another_tab_is_followed_and_copied(api, book):
    api.batch(book, {"addSheet": {"properties": {"sheetId": 5, "title": "Lists"}}})
    api.batch(book, validate(area((1, 3), (0, 1)), "ONE_OF_RANGE", "=Lists!$A$1:$A$3"))
    api.batch(book, {"insertDimension": {"range": line("ROWS", 0, 1, 5)}})
    assert rules(api, book, "A2:A3") == [[["=Lists!$A$2:$A$4"]]] * 2
    api.batch(book, insert("ROWS", 3, 5))
    api.batch(book, {"insertDimension": {"range": line("ROWS", 0, 1, 5)}})
    assert rules(api, book, "A2:A5") == [[["=Lists!$A$3:$A$5"]]] * 4


def test_items_of_a_list_are_no_formulas(api, book):
    api.batch(book, validate(area((1, 2), (0, 1)), "ONE_OF_LIST", "=A1", "Shipped"), insert("ROWS", 0, 1))
    assert rules(api, book, "A3") == [[["=A1", "Shipped"]]]


def test_a_refused_batch_leaves_rules_as_they_were(api, book):
    api.batch(book, validate(area((1, 2), (0, 1)), "CUSTOM_FORMULA", "=$B$9>0"))
    assert api.batch(book, insert("ROWS", 0, 1), {"deleteSheet": {"sheetId": 9}})["code"] == 400
    assert rules(api, book, "A2") == [[["=$B$9>0"]]]


def view(api, book):
    return api.get(book)["sheets"][0]["filterViews"][0]


def test_filter_views_follow_with_their_columns_and_formulas(api, book):
    due = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": '=AND($C2<>"";$C2<TODAY()+1)'}]}
    specs = [{"columnIndex": 2, "filterCriteria": {"condition": due}}]
    sorting = [{"dimensionIndex": 2, "sortOrder": "ASCENDING"}]
    wanted = {"title": "Due today", "range": {"sheetId": 0}, "filterSpecs": specs, "sortSpecs": sorting}
    api.batch(book, {"addFilterView": {"filter": wanted}})
    api.batch(book, insert("COLUMNS", 0, 1))
    told = view(api, book)
    assert told["filterSpecs"][0]["columnIndex"] == 3
    assert told["sortSpecs"][0]["dimensionIndex"] == 3
    (value,) = told["filterSpecs"][0]["filterCriteria"]["condition"]["values"]
    assert value == {"userEnteredValue": '=AND($D2<>"";$D2<TODAY()+1)'}
    api.batch(book, delete("COLUMNS", 3, 4))
    assert "filterSpecs" not in view(api, book)
    assert view(api, book)["title"] == "Due today"


def test_the_old_map_of_criteria_follows_too(api, book):
    criteria = {"1": {"hiddenValues": ["x"]}, "3": {"hiddenValues": ["y"]}}
    api.batch(book, {"setBasicFilter": {"filter": {"range": {"sheetId": 0}, "criteria": criteria}}})
    api.batch(book, delete("COLUMNS", 1, 2))
    assert api.get(book)["sheets"][0]["basicFilter"]["criteria"] == {"2": {"hiddenValues": ["y"]}}


def test_a_name_whose_cells_are_gone_stays_and_names_nothing(api, book):
    where = area((0, 1), (4, 5))
    api.batch(book, {"addNamedRange": {"namedRange": {"namedRangeId": "n1", "name": "totals", "range": where}}})
    api.batch(book, delete("COLUMNS", 4, 5), insert("COLUMNS", 0, 1))
    assert api.get(book)["namedRanges"] == [{"namedRangeId": "n1", "name": "totals"}]
    assert api.read(book, "totals")["message"] == "Unable to parse range: totals"
    api.batch(book, {"deleteNamedRange": {"namedRangeId": "n1"}}, {"addSheet": {"properties": {"title": "T"}}})
    assert "namedRanges" not in api.get(book)


def test_a_sort_by_hand_and_a_copy_keep_rules_with_their_cells(api, book, emulator):
    api.batch(book, validate(area((1, 2), (0, 1)), "CUSTOM_FORMULA", "=$B2>0"))
    api.write(book, "A2", [["b"], ["a"]])
    emulator.hands.copy(book, "A2", "A9")
    assert rules(api, book, "A9") == [[["=$B9>0"]]]
    emulator.hands.sort(book, "A", cells="A2:A3")
    assert rules(api, book, "A2:A3") == [[None], [["=$B3>0"]]]
