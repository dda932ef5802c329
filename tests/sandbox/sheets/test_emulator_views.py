"""What the picture of a sheet tells of filter views, lists and warnings: what a person sees, while nothing moves."""

import pytest

DUE = [
    ["Order", "Due", "Status"],
    ["a", "2026-11-24", "NEW"],
    ["b", "2026-11-23 14:30", "LATE"],
    ["c", "2026-11-23 09:00", "NEW"],
    ["d", "", "BY HAND"],
]
COLUMN_C = {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 2, "endColumnIndex": 3}


@pytest.fixture
def filled(api):
    """Four rows below a header; the emulator's own today is the day of two of them."""
    book = api.new(rows=20, columns=5)
    api.write(book, "A1", DUE, "USER_ENTERED")
    return book


def picture(control, book):
    (sheet,) = control.get(f"/spreadsheets/{book}").json()["sheets"]
    return sheet


def view(title, spec, **more):
    return {"addFilterView": {"filter": {"title": title, "range": {"sheetId": 0}, "filterSpecs": [spec], **more}}}


def spec(column, kind, **value):
    condition = {"type": kind, **({"values": [value]} if value else {})}
    return {"columnIndex": column, "filterCriteria": {"condition": condition}}


def shown(control, book):
    return {one["title"]: one["rows"] for one in picture(control, book)["views"]}


@pytest.mark.parametrize(
    ("criterion", "rows"),
    [
        (spec(1, "DATE_EQ", userEnteredValue="=TODAY()"), [2, 3]),
        (spec(1, "DATE_BEFORE", relativeDate="TOMORROW"), [2, 3]),
        (spec(2, "TEXT_EQ", userEnteredValue="NEW"), [1, 3]),
        (spec(1, "NOT_BLANK"), [1, 2, 3]),
        ({"columnIndex": 2, "filterCriteria": {"hiddenValues": ["new"]}}, [2, 4]),
    ],
)
def test_a_view_shows_the_rows_that_meet_it(api, control, filled, criterion, rows):
    api.batch(filled, view("Mine", criterion))
    assert shown(control, filled) == {"Mine": rows}


def test_a_view_has_an_order_of_its_own_and_moves_nothing(api, control, filled):
    """Blank cells come last; everybody without the view sees the rows as they are."""
    before = api.values(filled)
    order = [{"dimensionIndex": 1, "sortOrder": "ASCENDING"}]
    api.batch(filled, view("Soonest", spec(0, "NOT_BLANK"), sortSpecs=order))
    assert shown(control, filled) == {"Soonest": [3, 2, 1, 4]}
    assert api.values(filled) == before
    assert picture(control, filled)["hidden_rows"] == []


def test_rows_that_come_later_are_in_the_view(api, control, filled):
    api.batch(filled, view("New", spec(2, "TEXT_EQ", userEnteredValue="NEW")))
    api.write(filled, "A6", [["e", "2026-11-25", "NEW"]], "USER_ENTERED")
    assert shown(control, filled) == {"New": [1, 3, 5]}


def test_a_word_that_is_not_in_its_list_is_marked(api, control, filled):
    """Blank cells are not, and neither is anything without a list."""
    words = [{"userEnteredValue": word} for word in ("NEW", "LATE")]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": words}}
    api.batch(filled, {"setDataValidation": {"range": COLUMN_C, "rule": rule}})
    marked = [
        (row, cell["c"]) for row, cells in picture(control, filled)["rows"] for cell in cells if cell.get("wrong")
    ]
    assert marked == [(4, 2)]


def test_a_warning_is_told_with_its_columns(api, control, filled):
    """A protection that refuses is none of these: the emulator itself refuses."""
    warned = {"range": {**COLUMN_C}, "description": "Ours.", "warningOnly": True}
    refused = {"range": {"sheetId": 0, "endColumnIndex": 1}}
    api.batch(
        filled, {"addProtectedRange": {"protectedRange": warned}}, {"addProtectedRange": {"protectedRange": refused}}
    )
    assert picture(control, filled)["warnings"] == [{"columns": [2, 3], "says": "Ours."}]


def test_rows_are_counted_to_the_last_value_and_blank_ones_are_not_drawn(api, control, filled):
    """Formats of rows to come are no content."""
    below = {"sheetId": 0, "startRowIndex": 5}
    cell = {"userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}}}
    api.batch(filled, {"repeatCell": {"range": below, "cell": cell, "fields": "userEnteredFormat.numberFormat"}})
    sheet = picture(control, filled)
    assert sheet["stored_rows"] == 5
    assert [row for row, _ in sheet["rows"]] == [0, 1, 2, 3, 4]
