"""Edits to one batch, its answer to a verdict: only owned, changed cells go out, and nothing is believed unproved."""

import msgspec
import pytest

from service.core.cells import BLANK, Cell, Form, number_cell, text_cell
from service.google import batch
from service.google.batch import RowInsert, RowUpdate, TabEdit, Verdict
from service.google.tabs import OwnedTab, TabView

TAB = OwnedTab("b1", 11, 0, {"order_id": "Order ID", "status": "Status", "note": "Note"}, "order_id")
COLUMNS = {"order_id": 0, "status": 1, "note": 3}
FORMAT = {"type": "TEXT", "pattern": "@"}


def view(rows=None, *, columns=COLUMNS, row_count=20, title="Orders"):
    found = {0: tuple(text_cell(text) for text in ("Order ID", "Status", "mine", "Note")), **(rows or {})}
    end = max((row for row, cells in found.items() if any(cell != BLANK for cell in cells)), default=-1) + 1
    missing = tuple(key for key in TAB.headers if key not in columns)
    return TabView(title, row_count, 6, columns, missing, found, end)


def row(key, status="old", user="hers", note=""):
    return (text_cell(key), text_cell(status), text_cell(user), text_cell(note))


def edit(*, updates=(), inserts=(), view_=None, foreign=("note",)):
    return TabEdit(TAB, view_ or view({1: row("a"), 2: row("b")}), frozenset(foreign), updates, inserts)


def kinds(body):
    return [next(iter(request)) for request in body["requests"]]


def written(body):
    """(row, column, values, mask) of every updateCells."""
    found = []
    for request in body["requests"]:
        if "updateCells" in request:
            cells = request["updateCells"]
            start = cells["start"]
            values = [[cell.get("userEnteredValue", {}) for cell in line["values"]] for line in cells["rows"]]
            found.append((start["rowIndex"], start["columnIndex"], values, cells["fields"]))
    return found


def formatted(body):
    """(first row, one past the last, first column, one past the last, format or None) of every repeatCell."""
    found = []
    for request in body["requests"]:
        if "repeatCell" in request:
            at = request["repeatCell"]["range"]
            chosen = request["repeatCell"]["cell"].get("userEnteredFormat", {}).get("numberFormat")
            rows, columns = (at["startRowIndex"], at["endRowIndex"]), (at["startColumnIndex"], at["endColumnIndex"])
            found.append((*rows, *columns, chosen))
    return found


# --- the body --------------------------------------------------------------------------------------------------------


def test_nothing_is_said_of_blank_cells_at_the_end_of_a_new_row():
    """It is blank already; what stands between filled cells has to be passed over."""
    whole = view({1: row("a")}, columns={"order_id": 0, "status": 1, "note": 2})
    rows = [
        RowInsert("c", {"order_id": text_cell("c")}),
        RowInsert("d", {"order_id": text_cell("d"), "note": text_cell("x")}),
    ]
    ((_, _, values, _),) = written(batch.body_of([edit(inserts=rows, view_=whole)]))
    assert values == [[{"stringValue": "c"}], [{"stringValue": "d"}, {}, {"stringValue": "x"}]]


def test_a_new_row_takes_over_no_link_from_the_row_above():
    body = batch.body_of([edit(inserts=[RowInsert("c", {"order_id": text_cell("c")})])])
    masks = {request["repeatCell"]["fields"] for request in body["requests"] if "repeatCell" in request}
    assert masks == {"userEnteredFormat.numberFormat,userEnteredFormat.textFormat.link"}
    assert sum(end - start for _, _, start, end, _ in formatted(body)) == len(COLUMNS)


def test_an_update_sends_its_changed_cells_and_nothing_else():
    body = batch.body_of([edit(updates=[RowUpdate("b", 2, {"status": text_cell("SHIPPED")})])])
    assert written(body) == [(2, 1, [[{"stringValue": "SHIPPED"}]], "userEnteredValue")]


def test_neighbouring_cells_share_a_request_and_others_do_not():
    """Between Status and Note stands a user's column: it is in nobody's range."""
    cells = {"status": text_cell("x"), "note": text_cell("y")}
    body = batch.body_of([edit(updates=[RowUpdate("a", 1, cells)])])
    assert [(at, column) for at, column, _, _ in written(body)] == [(1, 1), (1, 3)]


def test_foreign_text_that_would_become_a_link_takes_the_link_off_with_it():
    body = batch.body_of([edit(updates=[RowUpdate("a", 1, {"note": text_cell("example.com")})])])
    ((_, _, _, fields),) = written(body)
    assert fields == "userEnteredValue,userEnteredFormat.textFormat.link"


def test_our_own_links_stay_links():
    """A carrier's tracking page is ours, not foreign."""
    body = batch.body_of([edit(updates=[RowUpdate("a", 1, {"note": text_cell("https://dhl.example/1")})], foreign=())])
    ((_, _, _, fields),) = written(body)
    assert fields == "userEnteredValue"


def test_a_cleared_cell_is_sent_as_nothing():
    body = batch.body_of([edit(updates=[RowUpdate("a", 1, {"status": BLANK})])])
    assert written(body)[0][2] == [[{}]]


def test_cells_of_columns_that_are_not_there_are_not_sent():
    missing = view({1: row("a")}, columns={"order_id": 0})
    body = batch.body_of([edit(updates=[RowUpdate("a", 1, {"status": text_cell("x")})], view_=missing)])
    assert body["requests"] == []


def test_new_rows_are_put_in_below_the_last_content():
    """Below a user's own remark too, and blank by construction."""
    remark = view({1: row("a"), 7: (BLANK, BLANK, text_cell("my total"))})
    body = batch.body_of([edit(inserts=[RowInsert("c", {"order_id": text_cell("c")})], view_=remark)])
    where = body["requests"][0]["insertDimension"]
    assert where["range"] == {"sheetId": 11, "dimension": "ROWS", "startIndex": 8, "endIndex": 9}
    assert where["inheritFromBefore"]


def test_the_first_rows_do_not_inherit_the_header_s_look():
    body = batch.body_of([edit(inserts=[RowInsert("c", {"order_id": text_cell("c")})], view_=view())])
    assert body["requests"][0]["insertDimension"]["inheritFromBefore"] is False


def new_rows(count):
    return [RowInsert(f"k{number}", {"order_id": text_cell(f"k{number}")}) for number in range(count)]


def test_a_body_is_kept_within_its_limit_where_columns_stand_apart():
    one = edit(inserts=new_rows(200))
    limit = len(msgspec.json.encode(batch.body_of([one]))) // 2
    (found,) = batch.within([one], limit)
    assert 0.85 * limit < len(msgspec.json.encode(batch.body_of([found]))) <= limit
    assert found.inserts == one.inserts[: len(found.inserts)]


@pytest.mark.parametrize("limit", [100, 10**6], ids=["too small", "large"])
def test_updates_and_one_new_row_go_whatever_they_weigh(limit):
    one = edit(updates=[RowUpdate("a", 1, {"status": text_cell("new")})], inserts=new_rows(9))
    (found,) = batch.within([one], limit)
    assert found.updates == one.updates
    assert len(found.inserts) == (1 if limit == 100 else 9)


def test_rows_that_were_weighed_as_their_columns_stand_all_go():
    in_order = view(columns={"order_id": 0, "status": 1, "note": 2})
    one = edit(inserts=new_rows(200), view_=in_order)
    assert batch.within([one], 100) == [one]


def test_a_tab_that_is_full_to_its_last_row_grows_first():
    """Rows are put in even there, so that what somebody writes below meanwhile is pushed down and not written over."""
    full = view({1: row("a")}, row_count=2)
    body = batch.body_of([edit(inserts=[RowInsert("c", {"order_id": text_cell("c")})], view_=full)])
    grown = {"sheetId": 11, "dimension": "ROWS", "length": batch.SPARE_ROWS}
    assert body["requests"][0] == {"appendDimension": grown}
    where = {"sheetId": 11, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    assert body["requests"][1] == {"insertDimension": {"range": where, "inheritFromBefore": True}}


def test_new_rows_write_every_owned_column_with_its_format_and_no_link():
    inserts = [RowInsert(key, {"order_id": text_cell(key)}, {"order_id": FORMAT}) for key in ("c", "d")]
    body = batch.body_of([edit(inserts=inserts)])
    assert [(at, column, len(lines)) for at, column, lines, _ in written(body)] == [(3, 0, 2), (3, 3, 2)]
    for _, _, _, fields in written(body):
        assert fields == "userEnteredValue,userEnteredFormat.textFormat.link"
    assert formatted(body) == [(3, 5, 0, 1, FORMAT), (3, 5, 1, 2, None), (3, 5, 3, 4, None)]


def test_formats_of_new_rows_are_given_once_for_all_that_share_them():
    """Beside each cell they would be half of a large request."""
    pounds, dollars = {"status": {**FORMAT, "pattern": "£"}}, {"status": {**FORMAT, "pattern": "$"}}
    inserts = [RowInsert(key, {}, chosen) for key, chosen in (("c", pounds), ("d", pounds), ("e", dollars))]
    found = formatted(batch.body_of([edit(inserts=inserts)]))
    assert [one for one in found if one[4]] == [(3, 5, 1, 2, pounds["status"]), (5, 6, 1, 2, dollars["status"])]
    assert {(one[0], one[1]) for one in found if not one[4]} == {(3, 6)}


def test_a_formula_points_into_its_own_row():
    cells = {"order_id": text_cell("c"), "status": Cell(Form.FORMULA, "={note}")}
    body = batch.body_of([edit(inserts=[RowInsert("c", cells)])])
    assert written(body)[0][2][0][1] == {"formulaValue": "=D4"}


def test_the_answer_is_asked_to_show_header_and_every_written_row():
    """Its own proof: header, the updated rows, and from the former last row down, so that it saves the next read."""
    body = batch.body_of(
        [
            edit(
                updates=[RowUpdate("a", 1, {"status": text_cell("x")})],
                inserts=[RowInsert("c", {}), RowInsert("d", {})],
            )
        ]
    )
    assert body["includeSpreadsheetInResponse"]
    assert body["responseIncludeGridData"]
    assert body["responseRanges"] == ["'Orders'!1:1", "'Orders'!2:2", "'Orders'!3:22"]


def test_the_request_google_names_leads_to_its_edit():
    one = edit(updates=[RowUpdate("a", 1, {"status": text_cell("x"), "note": text_cell("y")})])
    two = edit(inserts=[RowInsert("c", {"order_id": text_cell("c")})])
    assert [batch.owner_of([one, two], index) for index in (0, 1)] == [one, one]
    assert [batch.owner_of([one, two], index) for index in (2, 6)] == [two, two]
    assert batch.owner_of([one, two], 7) is None


# --- the verdict -----------------------------------------------------------------------------------------------------

UPDATE = RowUpdate("a", 1, {"status": text_cell("new")})
INSERT = RowInsert("c", {"order_id": text_cell("c"), "status": text_cell("new")})
DONE = {1: row("a", "new"), 2: row("b"), 3: (text_cell("c"), text_cell("new"), BLANK, BLANK)}


def verdict(after, **more):
    return batch.verify(edit(updates=[UPDATE], inserts=[INSERT], **more), after)


def test_all_right_proves_every_row_and_its_place():
    found = verdict(view(DONE))
    assert found == Verdict(proved={"a": 1, "c": 3})


def test_a_row_of_another_order_there_is_missed():
    """Sorted in between: our cells went into a row of our own that holds another order."""
    found = verdict(view({**DONE, 1: row("b", "new"), 2: row("a")}))
    assert found == Verdict(proved={"c": 3}, missed=("a",), has_moved=True)


def test_a_row_without_a_key_there_is_missed():
    found = verdict(view({**DONE, 1: (BLANK, text_cell("new"), text_cell("hers"), BLANK)}))
    assert found.missed == ("a",)


def test_a_moved_column_proves_only_rows_whose_cells_went_into_it_before_it_moved():
    """Status went one column off: a row of which only the note was written is right, all others are missed."""
    moved = {"order_id": 0, "status": 2, "note": 3}
    noted = RowUpdate("b", 2, {"note": text_cell("new")})
    shown = {**DONE, 2: row("b", note="new")}
    found = batch.verify(edit(updates=[UPDATE, noted], inserts=[INSERT]), view(shown, columns=moved))
    assert found == Verdict(proved={"b": 2}, missed=("a", "c"))


def test_a_row_that_stands_twice_is_proved_when_both_places_show_it():
    """A person copied it; one copy was moved away meanwhile."""
    twice = [UPDATE, RowUpdate("a", 2, {"status": text_cell("new")})]
    assert batch.verify(edit(updates=twice), view({1: row("a", "new"), 2: row("a", "new")})).proved == {"a": 1}
    assert batch.verify(edit(updates=twice), view({1: row("a", "new"), 2: row("b")})).missed == ("a",)


def test_a_last_row_that_is_elsewhere_tells_of_a_move():
    """The rows written are right, but what was our last row is not: the others have to be looked at."""
    found = verdict(view({**DONE, 2: row("d")}))
    assert found.has_moved
    assert found.missed == ()


def test_a_column_that_vanished_meanwhile_proves_nothing():
    found = verdict(view(DONE, columns={"order_id": 0, "note": 3}))
    assert found.missed == ("a", "c")


def test_a_cell_that_shows_something_else_is_missed():
    """Somebody typed into it in the same moment."""
    found = verdict(view({**DONE, 1: row("a", "typed")}))
    assert found.proved == {"c": 3}
    assert found.missed == ("a",)


def test_a_tab_that_is_not_in_the_answer_proves_nothing():
    assert verdict(None).missed == ("a", "c")


def test_a_number_proves_itself_however_it_is_spelled():
    wanted = RowUpdate("a", 1, {"status": number_cell(12.5)})
    shown = (text_cell("a"), Cell(Form.NUMBER, "12.50"), text_cell("hers"), BLANK)
    assert batch.verify(edit(updates=[wanted]), view({1: shown})).proved == {"a": 1}
