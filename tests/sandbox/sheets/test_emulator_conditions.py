"""Conditions of formats, filters and rules: which cells meet them."""

import pytest

TODAY = 46349
"""23 November 2026, the day of these tests."""


@pytest.mark.parametrize(
    ("condition", "hit"),
    [
        ({"type": "DATE_EQ", "values": [{"relativeDate": "TODAY"}]}, {"today"}),
        ({"type": "DATE_BEFORE", "values": [{"relativeDate": "TODAY"}]}, {"yesterday", "last week", "last year"}),
        ({"type": "DATE_AFTER", "values": [{"relativeDate": "TODAY"}]}, {"tomorrow"}),
        ({"type": "DATE_EQ", "values": [{"relativeDate": "TOMORROW"}]}, {"tomorrow"}),
        ({"type": "DATE_EQ", "values": [{"relativeDate": "YESTERDAY"}]}, {"yesterday"}),
        ({"type": "DATE_EQ", "values": [{"relativeDate": "PAST_WEEK"}]}, {"today", "yesterday", "last week"}),
        (
            {"type": "DATE_EQ", "values": [{"relativeDate": "PAST_YEAR"}]},
            {"today", "yesterday", "last week", "last year"},
        ),
        ({"type": "DATE_IS_VALID"}, {"today", "tomorrow", "yesterday", "last week", "last year"}),
        ({"type": "DATE_ON_OR_AFTER", "values": [{"userEnteredValue": "2026-11-23"}]}, {"today", "tomorrow"}),
        (
            {"type": "NUMBER_LESS_THAN_EQ", "values": [{"userEnteredValue": "46349"}]},
            {"yesterday", "last week", "last year"},
        ),
        ({"type": "BOOLEAN"}, {"tick"}),
        ({"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "maya@bloom.example"}]}, {"mail"}),
        ({"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=$B$7:$B$8"}]}, {"mail", "page"}),
        ({"type": "TEXT_IS_EMAIL"}, {"mail"}),
        ({"type": "TEXT_IS_URL"}, {"page"}),
        (
            {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=AND(ISNUMBER($B1);$B1-NOW()<0)"}]},
            {"yesterday", "last week", "last year"},
        ),
        ({"type": "NOT_BLANK"}, {"today", "tomorrow", "yesterday", "last week", "last year", "tick", "mail", "page"}),
        ({"type": "BLANK"}, {"nothing"}),
    ],
)
def test_conditions_are_met_by_the_right_cells(api, control, condition, hit):
    """As a conditional format over the column shows them at noon."""
    book = api.new(rows=12, columns=3)
    cells = {
        "today": TODAY + 0.75,
        "tomorrow": TODAY + 1.2,
        "yesterday": TODAY - 0.5,
        "last week": TODAY - 6,
        "last year": TODAY - 200,
        "tick": True,
        "mail": "maya@bloom.example",
        "page": "https://bloom.example/x",
        "nothing": "",
    }
    api.write(book, "A1", [[name, value] for name, value in cells.items()])
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": len(cells), "startColumnIndex": 1, "endColumnIndex": 2}
    rule = {"ranges": [where], "booleanRule": {"condition": condition, "format": {"backgroundColor": {"red": 1}}}}
    api.batch(book, {"addConditionalFormatRule": {"rule": rule, "index": 0}})
    (sheet,) = control.get(f"/spreadsheets/{book}").json()["sheets"]
    red = {
        index for index, row in sheet["rows"] for cell in row if cell["c"] == 1 and cell.get("background") == "#ff0000"
    }
    assert {name for index, name in enumerate(cells) if index in red} == hit
