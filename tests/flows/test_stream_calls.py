"""What a pass costs: one write, and one read before it that a fresh answer saves. What it reads it also respects."""

import pytest
from flows.mishaps import interpose

from service.flows.memory import Memory
from service.google.batch import SPARE_ROWS
from service.store import leases


def cost(rig, paper):
    """Reads and writes of the latest pass."""
    line = rig.history(paper)[0]
    return line.reads, line.writes


@pytest.fixture
def filled(rig, paper):
    """Four orders on the sheet, a while ago."""
    rig.place(4)
    rig.settle()
    rig.clock.advance(120)
    return paper


def ship(rig, paper, count=1):
    """The first orders that wait are shipped."""
    waiting = [row["Order ID"] for row in paper.rows() if row["Status"] == "AWAITING_SHIPMENT"]
    for order_id in list(dict.fromkeys(waiting))[:count]:
        rig.ship(order_id)


def test_a_pass_costs_one_read_and_one_write(rig, filled):
    ship(rig, filled, 2)
    rig.place(2)
    rig.run_pass(filled)
    assert cost(rig, filled) == (1, 1)
    filled.assert_right()


def test_new_orders_right_after_a_write_need_no_read(rig, filled):
    """The last answer showed the place where they go, less than two seconds ago."""
    rig.place(1)
    rig.run_pass(filled)
    rig.clock.advance(1)
    rig.place(2)
    rig.run_pass(filled)
    assert cost(rig, filled) == (0, 1)
    filled.assert_right()
    assert rig.dirty(filled) == []


def test_a_row_that_was_just_written_changes_again_without_a_read(rig, filled):
    made = rig.place(1)
    rig.run_pass(filled)
    rig.ship(made[0])
    rig.run_pass(filled)
    assert cost(rig, filled) == (0, 1)
    filled.assert_right()


def test_a_row_that_the_last_answer_did_not_show_is_read(rig, filled):
    rig.place(1)
    rig.run_pass(filled)
    first = filled.rows()[0]["Order ID"]
    rig.ship(first)
    rig.run_pass(filled)
    assert cost(rig, filled)[0] == 1
    filled.assert_right()


@pytest.mark.parametrize("reason", ["two seconds later", "somebody else wrote", "another process"])
def test_an_answer_saves_nothing_when(rig, filled, reason):
    rig.place(1)
    rig.run_pass(filled)
    if reason == "two seconds later":
        rig.clock.advance(2)
    elif reason == "another process":
        object.__setattr__(rig.services, "memory", Memory())
    else:
        now = rig.clock.now()
        epoch = rig.write(leases.take_lease, filled.spreadsheet_id, holder="another", now=now, until=now)
        rig.write(leases.release_lease, filled.spreadsheet_id, epoch=epoch)
    rig.place(1)
    rig.run_pass(filled)
    assert cost(rig, filled) == (1, 1)


def test_hands_after_a_fresh_answer_are_a_race_like_any_other(rig, filled):
    """A row of theirs put in, and all sorted, before the pass that reads nothing: nothing doubles, all ends right."""
    made = rig.place(2)
    rig.run_pass(filled)
    filled.hand("insert", "ROWS", 1)
    filled.type("B2", "mine")
    filled.hand("sort", "N", order="DESCENDING")
    rig.ship(made[0])
    rig.place(1)
    rig.run_pass(filled)
    assert cost(rig, filled)[0] <= 1
    assert rig.history(filled)[0].outcome == "raced"
    rig.live_through(100)
    filled.assert_right()
    assert [row["SKU"] for row in filled.rows() if not row["Key"]] == ["mine"]


def test_what_somebody_types_below_meanwhile_is_pushed_down(rig, filled):
    """Between read and write a total appears right where the new rows go: it stands below them, whole."""
    below = len(filled.grid()) + 1
    google = interpose(rig)
    google.before["batch_update"] = [lambda: filled.type(f"C{below}", "a total")]
    rig.place(2)
    rig.run_pass(filled)
    filled.assert_right()
    assert filled.grid()[-1][2] == "a total"


def test_a_tab_that_is_full_to_its_end_grows_with_room_to_spare(rig, filled):
    """The new rows come below; blank ones are left for people."""
    sheet_id, end = filled.sheet_id(), len(filled.grid())
    properties = {"sheetId": sheet_id, "gridProperties": {"rowCount": end}}
    filled.change({"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}})
    google = interpose(rig)
    google.before["batch_update"] = [lambda: filled.hand("paste", f"C{end + 1}", [["below"]])]
    rig.place(2)
    rig.run_pass(filled)
    filled.assert_right()
    assert filled.grid()[-1][2] == "below"
    fields = "sheets.properties(sheetId,gridProperties.rowCount)"
    (size,) = [one["properties"]["gridProperties"]["rowCount"] for one in filled.look(fields)["sheets"]
               if one["properties"].get("sheetId", 0) == sheet_id]  # fmt: skip
    assert size >= len(filled.grid()) + SPARE_ROWS - 1


def test_rows_that_are_cut_off_between_read_and_write_only_delay_it(rig, filled):
    """The place where new rows go is no longer in the grid: nothing is applied, and the next pass knows better."""
    filled.type("B20", "far below")
    google = interpose(rig)
    google.before["batch_update"] = [lambda: cut(filled)]
    ship(rig, filled)
    rig.place(2)
    rig.live_through(60)
    assert rig.only_binding(filled).state == "live"
    assert rig.file(filled).state == "live"
    filled.assert_right()
    assert rig.dirty(filled) == []


def cut(paper):
    """The grid ends right below our rows."""
    end = len([row for row in paper.rows() if row.get("Key")]) + 1
    properties = {"sheetId": paper.sheet_id(), "gridProperties": {"rowCount": end}}
    paper.change({"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}})


def test_a_copied_row_is_updated_in_every_place(rig, filled):
    """Two rows with one key: each shows the order as it is."""
    filled.hand("duplicate_row", 2)
    key = filled.keys()[1]
    filled.hand("sort", "B")
    for order_id in dict.fromkeys(row["Order ID"] for row in filled.rows()):
        rig.ship(order_id)
    rig.live_through(30)
    rig.clock.advance(60)
    (order_id,) = {row["Order ID"] for row in filled.rows() if row["Key"] == key}
    rig.world.market.take_step(order_id, "scan")
    rig.fetch([order_id])
    rig.live_through(30)
    twice = [row for row in filled.rows() if row["Key"] == key]
    assert len(twice) == 2
    assert {row["Status"] for row in twice} == {"IN_TRANSIT"}
    assert rig.dirty(filled) == []


def test_a_person_s_text_in_a_cell_of_ours_is_replaced_and_named(rig, filled):
    """It says in the history which cells these were; what was only cleared is not among them."""
    at = filled.column("Carrier")
    letter = "ABCDEFGHIJKLMN"[at]
    filled.type(f"{letter}3", "by hand")
    filled.hand("clear", f"{letter}4")
    ship(rig, filled, 9)
    rig.run_pass(filled)
    filled.assert_right()
    assert rig.history(filled)[0].cells == [f"{filled.tab}!{letter}3"]
    assert rig.history(filled)[0].outcome == "ok"


def test_a_formula_of_ours_that_somebody_overtyped_is_named_too(rig, filled):
    letter = "ABCDEFGHIJKLMN"[filled.column("Time left")]
    filled.type(f"{letter}2", "soon")
    ship(rig, filled, 9)
    rig.run_pass(filled)
    assert rig.history(filled)[0].cells == [f"{filled.tab}!{letter}2"]
    filled.assert_right()
