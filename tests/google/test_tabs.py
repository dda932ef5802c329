"""Locating columns and rows: our mark first, a unique header next, never a guess."""

import pytest

from service.core.cells import BLANK, text_cell
from service.google import tabs
from service.google.tabs import COLUMN_KEY, OwnedTab

TAB = OwnedTab("b1", 11, 0, {"order_id": "Order ID", "status": "Status", "qty": "Qty"}, "order_id")


def mark(key, owner="b1", name=COLUMN_KEY, number=1):
    return {"metadataId": number, "metadataKey": name, "metadataValue": f"{owner}:{key}"}


def columns(*marks):
    """columnMetadata for columns in order; None = no mark."""
    return [{"developerMetadata": list(found)} if found else {} for found in marks]


def row(*texts):
    return {"values": [{"userEnteredValue": {"stringValue": text}} if text else {} for text in texts]}


def answer(rows, marks=(), *, start=0, sheet_id=11, row_count=30, more=()):
    data = [{"startRow": start, "rowData": rows, "columnMetadata": columns(*marks)}, *more]
    properties = {"sheetId": sheet_id, "title": "Orders", "gridProperties": {"rowCount": row_count, "columnCount": 6}}
    return {"properties": {"timeZone": "Europe/London"}, "sheets": [{"properties": properties, "data": data}]}


def view(rows, marks=(), **more):
    return tabs.read_view(answer(rows, marks, **more), [TAB]).tabs[11]


def test_a_mark_finds_a_column_under_any_header():
    found = view([row("Bestellung", "mine", "Stand")], [[mark("order_id")], [], [mark("status")]])
    assert found.columns == {"order_id": 0, "status": 2}
    assert found.missing == ("qty",)


def test_a_unique_header_finds_a_column_that_lost_its_mark():
    found = view([row("mine", "Order ID", "Status", "Qty")], [[], [mark("order_id")], [], []])
    assert found.columns == {"order_id": 1, "status": 2, "qty": 3}


def test_a_header_that_stands_twice_finds_nothing():
    """Two columns called Status: writing either would be a guess."""
    found = view([row("Order ID", "Status", "Status", "Qty")])
    assert found.columns == {"order_id": 0, "qty": 3}
    assert found.missing == ("status",)


def test_a_copied_column_carries_our_mark_twice_and_is_not_guessed_by_it():
    """Two columns marked as status, one of them still under our header: the header decides."""
    found = view([row("Order ID", "Status", "Old status")], [[], [mark("status")], [mark("status", number=2)]])
    assert found.columns["status"] == 1


def test_a_marked_column_is_not_found_again_by_its_header():
    """The user's own "Status" beside our renamed one is left alone: the mark outranks the text."""
    found = view([row("Order ID", "Status", "State")], [[], [], [mark("status")]])
    assert found.columns["status"] == 2


@pytest.mark.parametrize("strange", [mark("status", owner="b2"), mark("status", name="other.tool"), {"metadataId": 3}])
def test_marks_of_others_mean_nothing(strange):
    """Another binding's mark (a copied tab), another tool's, or one without a value."""
    found = view([row("Order ID", "x", "Qty")], [[], [strange], []])
    assert "status" not in found.columns


def test_a_mark_told_by_two_blocks_is_one_mark():
    """Each block of a read repeats the metadata of its columns."""
    again = {"startRow": 4, "rowData": [row("5", "", "")], "columnMetadata": columns([mark("order_id")], [], [])}
    found = view([row("x", "Status", "Qty")], [[mark("order_id")], [], []], more=[again])
    assert found.columns["order_id"] == 0


def test_blocks_that_begin_further_right_count_their_columns_from_there():
    block = {"startRow": 0, "startColumn": 3, "columnMetadata": columns([mark("status")])}
    found = view([row("Order ID", "a", "b")], more=[block])
    assert found.columns["status"] == 3


def test_content_ends_below_the_last_row_with_anything_in_it():
    """A user's remark far below our rows is content: new rows go below it."""
    tail = {"startRow": 6, "rowData": [row("77"), row(""), row("", "", "", "my total"), row("")]}
    found = view([row("Order ID", "Status", "Qty")], more=[tail])
    assert found.content_end == 9


def test_an_empty_tab_has_no_content():
    assert view([]).content_end == 0


def test_keys_are_text_only():
    """A key that a paste turned into a number is no key; neither is a blank."""
    tail = {"startRow": 1, "rowData": [row("77"), {"values": [{"userEnteredValue": {"numberValue": 78}}]}, row("")]}
    found = view([row("Order ID", "Status", "Qty")], more=[tail])
    assert [found.key_at(at, TAB) for at in (1, 2, 3, 99)] == ["77", "", "", ""]


def test_cells_outside_what_was_read_are_blank():
    found = view([row("Order ID")])
    assert found.cell(0, 0) == text_cell("Order ID")
    assert found.cell(0, 9) == BLANK
    assert found.cell(500, 0) == BLANK


def test_a_tab_that_is_not_in_the_answer_is_absent():
    other = OwnedTab("b2", 12, 0, {"order_id": "Order ID"}, "order_id")
    assert set(tabs.read_view(answer([row("Order ID")]), [TAB, other]).tabs) == {11}


def test_the_first_tab_of_a_file_has_the_id_zero_and_google_leaves_zeros_out():
    tab = OwnedTab("b1", 0, 0, {"order_id": "Order ID"}, "order_id")
    raw = answer([row("Order ID")])
    del raw["sheets"][0]["properties"]["sheetId"]
    assert tabs.read_view(raw, [tab]).tabs[0].columns == {"order_id": 0}


def test_spot_filters_ask_for_header_touched_rows_and_the_tail_only():
    found = tabs.spot_filters(TAB, rows=[5, 6, 8, 40, 99], tail_from=90)
    spans = [(one["gridRange"]["startRowIndex"], one["gridRange"].get("endRowIndex")) for one in found]
    assert spans == [(0, 1), (5, 9), (40, 41), (90, None)]


def test_a_full_key_read_asks_for_one_column_below_the_header():
    (found,) = tabs.key_filters(TAB, 3)
    assert found["gridRange"] == {"sheetId": 11, "startRowIndex": 1, "startColumnIndex": 3, "endColumnIndex": 4}


def test_duplicated_keys_are_all_read_top_first():
    """A copied row carries its key twice; both places are known, the upper one leads."""
    data = [{"startRow": 1, "rowData": [row("a"), row("b"), row("a"), row("")]}]
    raw = {"sheets": [{"properties": {"sheetId": 9}, "data": []}, {"properties": {"sheetId": 11}, "data": data}]}
    assert tabs.read_keys(raw, 11) == {"a": [1, 3], "b": [2]}
