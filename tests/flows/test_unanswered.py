"""Writes that nobody settled, looked after once they can no longer arrive: what is remembered of them is put back."""

from datetime import timedelta

import pytest
from flows.mishaps import interpose

from service.errors import UpstreamFailed
from service.google import grid
from service.store import intents, leases, sheets

HEADER, REMARK = "To do", "call them first"


@pytest.fixture
def listed(rig, paper):
    """Orders on the sheet."""
    rig.place(4)
    rig.settle()
    return paper


@pytest.fixture
def remarked(rig, listed):
    """Beside each order a remark of the owner's in a column of her own, right of ours."""
    paper = listed
    rig.clock.advance(60)
    column = chr(ord("A") + len(paper.grid()[0]))
    paper.type(f"{column}1", HEADER)
    for row in range(2, len(paper.grid()) + 1):
        paper.type(f"{column}{row}", f"{REMARK} {row}")
    return paper


def write_into_silence(rig, paper, *, row):
    """A tracking number is written into this row of ours, and nobody answers."""
    rig.clock.advance(60)
    rig.edit(paper.rows()[row]["Order ID"], tracking_number="FIRST")
    rig.fail("dropped_after")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(paper)


def remarks(paper):
    return sorted(str(text) for row in paper.grid() for text in row if str(text).startswith(REMARK))


def take_over(rig, paper):
    """Another worker has the sheet from now on."""
    later = rig.clock.now() + timedelta(seconds=31)
    until = later + timedelta(seconds=30)
    assert rig.write(leases.take_lease, paper.spreadsheet_id, holder="another", now=later, until=until)


def release(tx, paper):
    sheets.update_file(tx, paper.spreadsheet_id, lease_holder=None, lease_until=None)


def ship_while_her_column_moves(rig, paper):
    """An order is shipped; between our read and our write she drags her remarks to where the tracking stood. The lease
    is lost before anything is settled.
    """
    order_id = rig.world.market.world.state.orders[0].id
    rig.ship(order_id)
    google = interpose(rig)
    at = paper.column("Tracking #")
    google.before["batch_update"] = [lambda: paper.hand("move", "COLUMNS", paper.column(HEADER), to=at)]
    google.after["batch_update"] = [lambda: take_over(rig, paper)]
    rig.run_pass(paper)
    assert rig.history(paper)[0].outcome == "unknown"
    rig.write(release, paper)


def test_a_write_whose_lease_was_lost_gives_back_what_it_fell_upon(rig, remarked):
    """Its answer came, and nobody was there to act on it: what it was based on is kept all the same."""
    before = remarks(remarked)
    ship_while_her_column_moves(rig, remarked)
    assert remarks(remarked) != before, "the write fell into her column"
    assert rig.read(intents.late_intents, remarked.spreadsheet_id, rig.clock.now() + timedelta(seconds=200))
    rig.live_through(260, step_s=10)
    assert remarks(remarked) == before
    remarked.assert_right()


def test_a_process_that_forgot_such_a_write_names_where_it_fell(rig, remarked):
    """Another process has only the places: it cannot give back, and says so."""
    ship_while_her_column_moves(rig, remarked)
    (intent,) = rig.read(intents.late_intents, remarked.spreadsheet_id, rig.clock.now() + timedelta(seconds=200))
    rig.services.memory.unanswered(intent.id)
    rig.live_through(260, step_s=10)
    named = {cell for line in rig.history(remarked) for cell in line.cells or []}
    assert any(cell.startswith(f"{remarked.tab}!") for cell in named)
    remarked.assert_right()


def test_what_a_dead_process_put_into_a_new_column_of_people_s_goes(rig, remarked):
    """A column was put in under the write, and its sender died: what it sent is told by its fingerprint."""
    rig.clock.advance(60)
    rig.edit(remarked.rows()[0]["Order ID"], tracking_number="FIRST")
    at = remarked.column("Tracking #")
    rig.fail("dropped_after")
    google = interpose(rig)
    google.before["batch_update"] = [lambda: remarked.hand("insert", "COLUMNS", at)]
    with pytest.raises(UpstreamFailed):
        rig.run_pass(remarked)
    rig.services.memory._unanswered.clear()
    assert remarked.grid()[1][at] == "FIRST"
    rig.live_through(400, step_s=30)
    assert [row[at] for row in remarked.grid()[1:] if row[at]] == []
    remarked.assert_right()


def test_a_repair_that_falls_upon_somebody_s_row_names_it_there(rig, listed):
    """A row of hers was put in under the write, and another one under its repair, whose lease is lost: both times the
    cell that was written over is named, and nothing else of the second row.
    """
    rig.clock.advance(60)
    rig.edit(listed.rows()[0]["Order ID"], tracking_number="FIRST")
    tracking, flag = listed.column("Tracking #"), listed.column("Flag")
    google = interpose(rig)

    def put_in(text):
        listed.hand("insert", "ROWS", 1)
        listed.type(f"{grid.column_letters(tracking)}2", text)
        listed.type(f"{grid.column_letters(flag)}2", f"beside {text}")

    google.before["batch_update"] = [lambda: put_in("hers"), lambda: put_in("hers too")]
    google.after["batch_update"] = [lambda: None, lambda: take_over(rig, listed)]
    rig.run_pass(listed)
    rig.write(release, listed)
    rig.live_through(300, step_s=10)
    cell = f"{listed.tab}!{grid.a1_cell(1, tracking)}"
    assert [name for line in rig.history(listed) for name in line.cells or []] == [cell, cell]
    listed.assert_right()


def test_what_a_late_write_put_into_her_column_goes_though_the_column_moved_since(rig, listed):
    """She put a column in where the write was going to fall, and drags it away before the write is over: a flush that
    comes by in between has seen what is in it.
    """
    rig.clock.advance(60)
    rig.edit(listed.rows()[0]["Order ID"], tracking_number="FIRST")
    at = listed.column("Tracking #")
    rig.fail("dropped_after")
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("insert", "COLUMNS", at)]
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    assert listed.grid()[1][at] == "FIRST"
    rig.live_through(30, step_s=10)
    listed.hand("move", "COLUMNS", at, to=at - 2)
    rig.live_through(300, step_s=30)
    assert [row[at - 2] for row in listed.grid()[1:] if row[at - 2]] == []
    listed.assert_right()


def test_a_row_that_she_cleared_after_a_write_without_an_answer_is_not_named(rig, listed):
    """The write came to its own row. That the row cannot be told any more when the write is over is her doing."""
    write_into_silence(rig, listed, row=1)
    listed.hand("clear", "A2:E9")
    letter = grid.column_letters(listed.column("Key"))
    listed.hand("clear", f"{letter}2:{letter}9")
    rig.live_through(400, step_s=30)
    assert [name for line in rig.history(listed) for name in line.cells or []] == []


def test_a_write_into_rows_that_the_tab_no_longer_has_is_over_all_the_same(rig, listed):
    """She deletes all rows below the first, to the end of the tab: Google refuses to show where it was sent to."""
    write_into_silence(rig, listed, row=-1)
    (tab,) = (it["properties"] for it in listed.look("sheets.properties")["sheets"] if it["properties"]["index"] == 1)
    listed.hand("delete", "ROWS", 2, count=tab["gridProperties"]["rowCount"] - 2)
    rig.live_through(400, step_s=30)
    assert rig.read(intents.late_intents, listed.spreadsheet_id, rig.clock.now()) == []
    assert rig.dirty(listed) == []
    listed.assert_right()


def test_a_forgotten_write_that_came_to_its_own_row_names_nothing_there_though_the_key_column_went(rig, listed):
    """The row shows what it showed last and what was sent to it: nothing of hers was written over."""
    write_into_silence(rig, listed, row=1)
    rig.services.memory._unanswered.clear()
    listed.hand("delete", "COLUMNS", listed.column("Key"))
    rig.live_through(400, step_s=30)
    assert rig.only_binding(listed).reason == "key-gone"
    assert [name for line in rig.history(listed) for name in line.cells or []] == []
