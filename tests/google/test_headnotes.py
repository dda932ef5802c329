"""The first heading of a tab: found wherever people put it, and changed with one request that shows what it did."""

import pytest

from service.google import headnotes
from service.google.tabs import COLUMN_KEY, OwnedTab

TAB = OwnedTab("b1", 7, 0, {"order_id": "Order ID", "status": "Status"}, "order_id")


def text(words, note=""):
    cell = {"userEnteredValue": {"stringValue": words}} if words else {}
    return {**cell, **({"note": note} if note else {})}


def answer(*rows, marks=("order_id", "status"), hidden=(), sheet_id=7):
    columns = [
        {
            **({"hiddenByUser": True} if at in hidden else {}),
            **({"developerMetadata": [{"metadataKey": COLUMN_KEY, "metadataValue": f"b1:{key}"}]} if key else {}),
        }
        for at, key in enumerate(marks)
    ]
    data = {"rowData": [{"values": list(row)} for row in rows], "columnMetadata": columns}
    size = {"rowCount": 21, "columnCount": 6}
    return {
        "sheets": [{"properties": {"sheetId": sheet_id, "title": "Orders", "gridProperties": size}, "data": [data]}]
    }


def place(found):
    return found.key, found.first.row, found.first.column, found.first.note


def test_the_first_heading_is_found_with_its_note():
    found = headnotes.find(answer([text("Order ID", "why"), text("Status")]), TAB)
    assert place(found) == ("order_id", 0, 0, "why")
    assert [one.text for one in found.all] == ["Order ID", "Status"]


def test_rows_and_columns_of_peoples_own_before_it_change_nothing():
    found = headnotes.find(
        answer(
            [text("Our list", "mine")],
            [text("Mine"), text("Order ID", "why"), text("Status")],
            marks=("", "order_id", "status"),
        ),
        TAB,
    )
    assert place(found) == ("order_id", 1, 1, "why")


def test_a_renamed_heading_is_found_by_its_note():
    found = headnotes.find(answer([text("")], [text("Nummer", "why"), text("Status")]), TAB)
    assert place(found) == ("order_id", 1, 0, "why")


def test_a_heading_without_name_and_note_is_where_it_was():
    assert place(headnotes.find(answer([text("Nummer"), text("Status")]), TAB)) == ("order_id", 0, 0, "")


def test_a_hidden_column_is_passed_over_while_another_is_in_sight():
    rows = [text("Order ID", "why"), text("Status", "where")]
    assert place(headnotes.find(answer(rows, hidden={0}), TAB)) == ("status", 0, 1, "where")
    assert place(headnotes.find(answer(rows, hidden={0, 1}), TAB)) == ("order_id", 0, 0, "why")


@pytest.mark.parametrize(
    "lost",
    [answer([text("Mine")], marks=("",)), answer([text("Order ID")], sheet_id=8), {}],
    ids=["columns", "tab", "all"],
)
def test_where_nothing_of_ours_is_left_nothing_is_found(lost):
    assert headnotes.find(lost, TAB) is None


def test_a_change_touches_one_note_and_asks_to_see_the_top():
    found = headnotes.find(answer([text("Order ID", "why"), text("Status")]), TAB)
    body = headnotes.change(TAB, found, {found.first: "why\n\nmore"})
    (request,) = body["requests"]
    assert request["updateCells"]["fields"] == "note"
    assert request["updateCells"]["rows"] == [{"values": [{"note": "why\n\nmore"}]}]
    assert body["responseRanges"] == ["'Orders'!1:10"]
    assert headnotes.change(TAB, found, {found.first: ""})["requests"][0]["updateCells"]["rows"] == [{"values": [{}]}]
