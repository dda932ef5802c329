"""Conditions of formats, filters and rules: which cells meet them, and what they may compare with."""

from datetime import UTC, datetime

import pytest

TODAY = 46349
"""23 November 2026, the day of these tests."""


@pytest.mark.parametrize(
    ("condition", "hit"),
    [
        ({"type": "DATE_EQ", "values": [{"userEnteredValue": "=TODAY()"}]}, {"today"}),
        ({"type": "DATE_BEFORE", "values": [{"relativeDate": "TODAY"}]}, {"yesterday", "last week", "last year"}),
        ({"type": "DATE_AFTER", "values": [{"relativeDate": "TODAY"}]}, {"tomorrow"}),
        ({"type": "DATE_ON_OR_AFTER", "values": [{"relativeDate": "TOMORROW"}]}, {"tomorrow"}),
        (
            {"type": "DATE_ON_OR_BEFORE", "values": [{"relativeDate": "YESTERDAY"}]},
            {"yesterday", "last week", "last year"},
        ),
        (
            {"type": "DATE_AFTER", "values": [{"relativeDate": "PAST_WEEK"}]},
            {"today", "tomorrow", "yesterday", "last week"},
        ),
        ({"type": "DATE_BEFORE", "values": [{"relativeDate": "PAST_MONTH"}]}, {"last year"}),
        ({"type": "DATE_BEFORE", "values": [{"relativeDate": "PAST_YEAR"}]}, set()),
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


AREA = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 2}


def users(condition):
    """Every request that sets a condition, by what it is set on."""
    rule = {"ranges": [AREA], "booleanRule": {"condition": condition, "format": {"textFormat": {"bold": True}}}}
    criteria = {"condition": condition}
    view = {"title": "V", "filterViewId": 5, "range": AREA}
    return {
        "format": [{"addConditionalFormatRule": {"rule": rule, "index": 0}}],
        "filter": [{"setBasicFilter": {"filter": {"range": AREA, "filterSpecs": [{"filterCriteria": criteria}]}}}],
        "view": [{"addFilterView": {"filter": view | {"criteria": {"1": criteria}}}}],
        "changed view": [
            {"addFilterView": {"filter": view}},
            {
                "updateFilterView": {
                    "filter": {"filterViewId": 5, "filterSpecs": [{"filterCriteria": criteria}]},
                    "fields": "filterSpecs",
                }
            },
        ],
    }


def rules(condition):
    """Every request that makes a condition a rule for what may be typed."""
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    cell = {"dataValidation": {"condition": condition}}
    return {
        "rule": [{"setDataValidation": {"range": AREA, "rule": {"condition": condition}}}],
        "cell": [{"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "dataValidation"}}],
        "area": [{"repeatCell": {"range": AREA, "cell": cell, "fields": "dataValidation"}}],
    }


@pytest.mark.parametrize("user", users({}))
@pytest.mark.parametrize("kind", ["DATE_EQ", "DATE_BETWEEN", "NUMBER_EQ", "TEXT_EQ", "CUSTOM_FORMULA"])
def test_a_relative_date_is_refused_where_nothing_is_before_or_after_it(api, kind, user):
    book = api.new()
    told = api.batch(book, *users({"type": kind, "values": [{"relativeDate": "TODAY"}]})[user])
    assert (told["code"], f"relativeDate is not supported for conditions of type {kind}." in told["message"]) == (
        400,
        True,
    )
    assert set(api.get(book)["sheets"][0]) == {"properties"}


@pytest.mark.parametrize("user", users({}))
@pytest.mark.parametrize("kind", ["DATE_BEFORE", "DATE_AFTER", "DATE_ON_OR_BEFORE", "DATE_ON_OR_AFTER"])
def test_a_relative_date_is_taken_where_one_may_lie_on_a_side_of_it(api, kind, user):
    assert "replies" in api.batch(api.new(), *users({"type": kind, "values": [{"relativeDate": "PAST_WEEK"}]})[user])


@pytest.mark.parametrize("way", rules({}))
@pytest.mark.parametrize("kind", ["DATE_BEFORE", "DATE_EQ"])
def test_no_rule_takes_a_relative_date(api, kind, way):
    told = api.batch(api.new(), *rules({"type": kind, "values": [{"relativeDate": "TODAY"}]})[way])
    assert (told["code"], "relativeDate is not supported in data validation." in told["message"]) == (400, True)
    dated = {"type": kind, "values": [{"userEnteredValue": "=TODAY()"}]}
    assert "replies" in api.batch(api.new(), *rules(dated)[way])


def test_a_month_back_from_its_end_is_the_end_of_the_month_before(api, control, market):
    """On 31 March, the 28th of February is a month back and the 27th is longer ago."""
    market.at = datetime(2026, 3, 31, 12, tzinfo=UTC)
    book = api.new(rows=3, columns=1)
    api.write(book, "A1", [["2026-02-27"], ["2026-02-28"], ["2026-03-01"]], mode="USER_ENTERED")
    condition = {"type": "DATE_BEFORE", "values": [{"relativeDate": "PAST_MONTH"}]}
    view = {"title": "Old", "range": {"sheetId": 0}, "filterSpecs": [{"filterCriteria": {"condition": condition}}]}
    api.batch(book, {"setBasicFilter": {"filter": {key: view[key] for key in ("range", "filterSpecs")}}})
    (sheet,) = control.get(f"/spreadsheets/{book}").json()["sheets"]
    assert sheet["hidden_rows"] == [1, 2]
