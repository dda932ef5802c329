"""What people do to a bound sheet between two passes: everything of theirs stays, everything of ours stays right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.core.roles import Role
from service.store import rows

NOTE = "My note"


@pytest.fixture
def noted(rig, paper):
    """Eight orders on the sheet, and a column of the user's own in the middle with a remark on each row."""
    rig.place(8)
    rig.settle()
    at = 3
    paper.hand("insert", "COLUMNS", at)
    paper.type(f"{'ABCDEF'[at]}1", NOTE)
    for number, key in enumerate(paper.keys(), start=2):
        paper.type(f"{'ABCDEF'[at]}{number}", f"about {key}")
    rig.clock.advance(120)
    return paper


def go_on(rig, paper):
    """The world moves: half of the orders are shipped, new ones come, and everything is written."""
    placed = sorted({row.order_id for row in rig.all_rows(paper).values()})
    for order_id in placed[::2]:
        rig.ship(order_id)
    rig.place(4)
    rig.settle()
    assert rig.dirty(paper) == []


def assert_remarks_stay(paper, before, *, key="Key", note=NOTE):
    """Each remark stands beside the row it was written for."""
    now = {row[key]: row.get(note, "") for row in paper.rows() if row.get(key)}
    assert before == {k: now.get(k) for k in before}


def remarks(paper):
    return {row["Key"]: row[NOTE] for row in paper.rows()}


def shrink(paper):
    """The grid ends right below the last row with content."""
    url_rows = len(paper.grid())
    properties = {"sheetId": paper.sheet_id(), "gridProperties": {"rowCount": url_rows}}
    paper.change({"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}})


HANDS = {
    "nothing": lambda paper: None,
    "sort by one of our columns": lambda paper: paper.hand("sort", "B"),
    "sort by their column, downwards": lambda paper: paper.hand("sort", "D", order="DESCENDING"),
    "insert a row at the top": lambda paper: paper.hand("insert", "ROWS", 1),
    "insert rows in the middle": lambda paper: paper.hand("insert", "ROWS", 4, count=3),
    "insert a row above the header": lambda paper: paper.hand("insert", "ROWS", 0),
    "insert a column at the left": lambda paper: paper.hand("insert", "COLUMNS", 0),
    "insert two columns before the key": lambda paper: paper.hand("insert", "COLUMNS", 14, count=2),
    "move a row": lambda paper: paper.hand("move", "ROWS", 2, to=7),
    "move the key column to the front": lambda paper: paper.hand("move", "COLUMNS", 14, to=0),
    "move our first column to the end": lambda paper: paper.hand("move", "COLUMNS", 0, to=9),
    "rename the tab": lambda paper: rename_tab(paper, "Sam's list"),
    "hide rows and columns": lambda paper: (paper.hand("hide", "ROWS", 2, count=2), paper.hand("hide", "COLUMNS", 5)),
    "set a filter": lambda paper: paper.hand("filter", "M", ["AWAITING_SHIPMENT"]),
    "write a total below": lambda paper: paper.type("D25", "=COUNTA(D2:D24)"),
    "delete the blank rows below": shrink,
    "add a tab in front": lambda paper: paper.rig.world.emulator.hands.add_tab(paper.spreadsheet_id, "Mine"),
    "type over an owned cell": lambda paper: paper.type("C3", "typed over"),
    "clear some owned cells": lambda paper: paper.hand("clear", "E2:H5"),
}


def rename_tab(paper, title):
    paper.hand("rename_tab", title)
    paper.tab = title


@pytest.mark.parametrize("deed", HANDS)
def test_everything_stays_right_after(rig, noted, deed):
    """Between two passes somebody does this; afterwards each order is there once, right, beside its own remark."""
    before = remarks(noted)
    HANDS[deed](noted)
    go_on(rig, noted)
    header_at = next(index for index, row in enumerate(noted.grid()) if "Key" in row)
    if header_at:
        noted.hand("delete", "ROWS", 0, count=header_at)  # only so that this test can read the sheet by its header
    touched = {row.row_key for row in rig.all_rows(noted).values()}
    noted_rows = [row for row in noted.rows() if row.get("Key") in touched]
    assert len(noted_rows) == len(touched)
    if deed not in {"type over an owned cell", "clear some owned cells"}:
        noted.assert_right()
    assert_remarks_stay(noted, before)


def test_a_cell_typed_over_is_right_again_once_its_row_changes(rig, noted):
    """What people type into an owned cell is replaced with the row's next update, whichever cell changed."""
    order_id = noted.rows()[2]["Order ID"]
    noted.type("C4", "typed over")
    rig.ship(order_id)
    rig.settle()
    noted.assert_right()


def test_a_partly_sorted_sheet_is_found_and_repaired(rig, noted):
    """Sorting only our columns tears the remarks off; the keys moved, so the owned cells follow them everywhere."""
    noted.hand("sort", "B", cells="A2:C9")
    keys = noted.keys()
    for order_id in {row.order_id for row in rig.all_rows(noted).values()}:
        rig.ship(order_id)
    rig.settle()
    assert noted.keys() == keys, "the key column itself was not touched"
    noted.assert_right()


def test_renamed_headers_are_kept(rig, noted):
    noted.hand("rename_header", "A", "Bestellung")
    noted.hand("rename_header", "O", "Schlüssel")
    go_on(rig, noted)
    assert noted.grid()[0][0] == "Bestellung"
    noted.assert_right(renamed={"Order ID": "Bestellung", "Key": "Schlüssel"})


def test_a_deleted_column_is_reported_and_not_made_again(rig, noted):
    column = noted.column("Carrier")
    noted.hand("delete", "COLUMNS", column)
    go_on(rig, noted)
    assert "Carrier" not in noted.grid()[0]
    noted.assert_right(without=["Carrier"])
    assert "deleted columns: Carrier" in rig.history(noted)[0].reason
    assert rig.only_binding(noted).state == "live"


def test_a_column_of_their_own_under_our_header_is_left_alone(rig, noted):
    """Somebody deletes our "Status" and types a column of that name: not one of its cells is written over."""
    at = noted.column("Status")
    letter = "ABCDEFGHIJKLMNOP"[at]
    noted.hand("delete", "COLUMNS", at)
    noted.hand("insert", "COLUMNS", at)
    noted.type(f"{letter}1", "Status")
    hers = {}
    for number, row in enumerate(noted.rows(), start=2):
        noted.type(f"{letter}{number}", f"asked Sam {number}")
        hers[row["Key"]] = f"asked Sam {number}"
    go_on(rig, noted)
    assert {key: row["Status"] for key, row in noted.by_key().items() if row["Status"]} == hers
    assert "deleted columns: Status" in rig.history(noted)[0].reason
    noted.assert_right(without=["Status"])


def test_a_few_words_under_a_header_that_was_blank_with_us_are_not_cleared(rig, noted):
    """Our "Flag" was empty everywhere; hers is too, but for two words: those prove that it is hers."""
    at = noted.column("Flag")
    letter = "ABCDEFGHIJKLMNOP"[at]
    noted.hand("delete", "COLUMNS", at)
    noted.hand("insert", "COLUMNS", at)
    for row, text in ((1, "Flag"), (3, "urgent"), (6, "ask")):
        noted.type(f"{letter}{row}", text)
    go_on(rig, noted)
    assert [row["Flag"] for row in noted.rows() if row["Flag"]] == ["urgent", "ask"]


def test_a_column_that_only_lost_its_mark_is_ours_by_what_it_shows(rig, noted):
    """Marks get lost when people copy columns about; known rows still show there what we wrote."""
    lookup = {"developerMetadataLookup": {"metadataKey": "rowstream.column"}}
    noted.change({"deleteDeveloperMetadata": {"dataFilter": lookup}})
    go_on(rig, noted)
    noted.assert_right()
    assert rig.only_binding(noted).state == "live"


def test_a_countdown_survives_the_deletion_of_its_deadline(rig, noted):
    """ "Time left" points at "Due": without that column it counts to the deadline itself, and the tab goes on."""
    noted.hand("delete", "COLUMNS", noted.column("Due"))
    for order_id in {row.order_id for row in rig.all_rows(noted).values()}:
        rig.ship(order_id)
    rig.settle()
    noted.assert_right(without=["Due"])
    (formula, *_) = [row["Time left"] for row in noted.rows(render="FORMULA")]
    assert formula.startswith("=")
    assert "#REF!" not in formula


def test_a_countdown_without_its_deadline_s_column_follows_the_deadline(rig):
    """The profile shows "Time left" alone: the deadline stands inside the formula, and moves with the order's."""
    (order_id,) = rig.place(1, kind="SAMPLE")
    watch = rig.preset("sla_watch_list", Role.WAREHOUSE)
    paper = rig.bound(replace(watch, columns=tuple(one for one in watch.columns if one.key != "sla_due")))
    (before,) = [row["Time left"] for row in paper.rows()]
    looked_at = rig.clock.timestamp()
    due = rig.world.market.world.show(rig.world.market.world.orders[order_id])["rts_sla_time"]
    rig.clock.advance(60)
    rig.edit(order_id, rts_sla_time=due + 7200)
    rig.settle()
    (after,) = [row["Time left"] for row in paper.rows()]
    assert round((after - before) * 86_400) == 7200 - (rig.clock.timestamp() - looked_at)


def test_formats_notes_and_colours_of_people_survive_updates(rig, noted):
    """Only values of owned cells are sent: whatever people did to their look stays."""
    sheet_id = noted.sheet_id()
    where = {"sheetId": sheet_id, "startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 12, "endColumnIndex": 13}
    look = {"userEnteredFormat": {"textFormat": {"bold": True}}, "note": "watch this"}
    noted.change({"repeatCell": {"range": where, "cell": look, "fields": "userEnteredFormat.textFormat.bold,note"}})
    rig.ship(noted.rows()[0]["Order ID"])
    rig.settle()
    fields = "sheets(properties.sheetId,data(rowData(values(note,userEnteredFormat.textFormat.bold))))"
    (tab,) = [one for one in noted.look(fields)["sheets"] if one["properties"].get("sheetId", 0) == sheet_id]
    cell = tab["data"][0]["rowData"][1]["values"][12]
    assert cell["note"] == "watch this"
    assert cell["userEnteredFormat"]["textFormat"]["bold"] is True


def test_a_row_deleted_by_hand_is_not_written_again(rig, noted):
    """Believed after two reads a minute apart; then its order may change as it likes."""
    victim = noted.rows()[3]
    noted.hand("delete", "ROWS", 4)
    rig.ship(victim["Order ID"])
    rig.run_pass(noted)
    stored = rig.all_rows(noted)[victim["Key"]]
    assert stored.position != rows.DELETED, "one read is not enough"
    assert stored.version > stored.settled
    rig.live_through(90)
    assert rig.all_rows(noted)[victim["Key"]].position == rows.DELETED
    rig.world.market.take_step(victim["Order ID"], "scan")
    rig.fetch([victim["Order ID"]])
    rig.live_through(30)
    assert victim["Key"] not in noted.by_key()
    assert rig.dirty(noted) == []


def test_a_deleted_row_that_comes_back_is_updated_again(rig, noted):
    """Undo brings it back: seen once more, it is a row like any other."""
    victim = noted.rows()[3]
    (raw,) = [row for row in noted.grid() if victim["Key"] in row]
    noted.hand("delete", "ROWS", 4)
    rig.ship(victim["Order ID"])
    rig.live_through(90)
    noted.hand("insert", "ROWS", 2)
    noted.hand("paste", "A3", [[str(value) for value in raw]])
    noted.hand("move", "ROWS", 5, to=8)  # something of ours moves, so that the keys are read
    for order_id in {row.order_id for row in rig.all_rows(noted).values()} - {victim["Order ID"]}:
        rig.ship(order_id)
    rig.live_through(60)
    assert rig.all_rows(noted)[victim["Key"]].position != rows.DELETED
    assert noted.by_key()[victim["Key"]]["Status"] == "AWAITING_COLLECTION"


def test_a_row_missed_once_and_found_again_starts_from_the_beginning(rig, noted):
    """Two misses count only when nobody saw the row in between."""
    victim = noted.rows()[3]
    key_cell = f"O{4 + 1}"
    noted.hand("clear", key_cell)
    rig.ship(victim["Order ID"])
    rig.run_pass(noted)
    assert rig.all_rows(noted)[victim["Key"]].absent_at is not None
    noted.type(key_cell, victim["Key"])
    rig.live_through(360)
    stored = rig.all_rows(noted)[victim["Key"]]
    assert stored.absent_at is None
    noted.assert_right()


def test_rows_deleted_from_the_end_with_their_grid_do_not_stop_the_tab(rig, noted):
    """The grid is shorter than where we last saw our rows: asking beyond it must not fail for ever."""
    sheet_id = noted.sheet_id()
    properties = {"sheetId": sheet_id, "gridProperties": {"rowCount": 8}}
    noted.change({"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}})
    left = set(noted.keys())
    for order_id in {row.order_id for row in rig.all_rows(noted).values()}:
        rig.ship(order_id)
    rig.live_through(120)
    assert set(noted.keys()) == left
    assert {row["Status"] for row in noted.rows()} == {"AWAITING_COLLECTION"}
    assert rig.dirty(noted) == []
    rig.place(2)
    rig.live_through(20)
    noted.assert_right()


def test_a_blank_tab_is_filled_and_a_full_one_shared(rig):
    """An existing tab: ours alone when blank; beside what it holds when its owner said yes."""
    rig.place(3)
    paper = rig.spreadsheet()
    first = rig.bind(paper, tab="0")
    assert first.state == "blank-tab"
    rig.settle()
    paper.tab = "Sheet1"
    paper.assert_right()
    other = rig.spreadsheet()
    other.tab = "Sheet1"
    other.hand("paste", "A1", [["Mine", "Too"], ["1", "2"]])
    rig.bind(other, tab="0", has_said_yes=True)
    rig.settle()
    grid = other.grid()
    assert grid[1][-2:] == ["Mine", "Too"]
    assert grid[2][-2:] == [1, 2]
    other.assert_right()


def test_people_s_edits_right_after_binding_are_not_written_over(rig):
    """A tab that was blank when bound and is not when we come is treated as theirs."""
    rig.place(2)
    paper = rig.spreadsheet()
    rig.bind(paper, tab="0")
    paper.tab = "Sheet1"
    paper.type("A1", "mine")
    rig.settle()
    assert "mine" in [cell for row in paper.grid() for cell in row]
    paper.assert_right()


def test_hands_change_nothing_for_order_grain_either(rig):
    """The key may be the order id itself."""
    rig.place(5)
    paper = rig.bound(rig.preset("sales_by_order", Role.ACCOUNTANT), audience=Role.ACCOUNTANT)
    paper.tab = "Sales by order"
    paper.hand("sort", "C", order="DESCENDING")
    paper.hand("insert", "COLUMNS", 1)
    rig.clock.advance(timedelta(minutes=2).total_seconds())
    for order_id in paper.keys("Order ID")[:3]:
        rig.ship(order_id)
    rig.place(2)
    rig.settle()
    paper.assert_right(key="Order ID")
