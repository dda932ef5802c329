"""Writes that nobody settled, looked after once they can no longer arrive: what is remembered of them is put back."""

from datetime import timedelta

import pytest
from flows.mishaps import interpose

from service.errors import UpstreamFailed
from service.google import grid
from service.store import intents, leases, reports, sheets
from service.store.reports import Kind

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


def write_into_silence(rig, paper, *, row, fault="dropped_after"):
    """A tracking number is sent to this row of ours, and nobody answers."""
    rig.clock.advance(60)
    rig.edit(paper.rows()[row]["Order ID"], tracking_number="FIRST")
    rig.fail(fault)
    with pytest.raises(UpstreamFailed):
        rig.run_pass(paper)


def die_after_sending(rig, paper, under_the_write):
    """A tracking number is sent to the first row of ours; this happens before it arrives, and its sender is gone."""
    google = interpose(rig)
    google.before["batch_update"] = [under_the_write]
    write_into_silence(rig, paper, row=0)
    rig.services.memory._unanswered.clear()


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
    named = set(rig.named(remarked))
    assert any(cell.startswith(f"{remarked.tab}!") for cell in named)
    remarked.assert_right()


def test_what_a_dead_process_put_into_her_row_is_named_though_the_column_moved_since(rig, listed):
    """She put a row in under the write, and drags our column before it is over: her row is named as it was hit."""
    at = listed.column("Tracking #")
    die_after_sending(rig, listed, lambda: (listed.hand("insert", "ROWS", 1), listed.type("B2", "hers")))
    listed.hand("move", "COLUMNS", at, to=at + 3)
    rig.live_through(400, step_s=30)
    assert rig.named(listed) == [f"{listed.tab}!{grid.a1_cell(1, at)}"]


def test_what_a_dead_process_put_into_a_new_column_of_people_s_goes(rig, remarked):
    """A column was put in under the write, and its sender died: what it sent is told by its fingerprint."""
    at = remarked.column("Tracking #")
    die_after_sending(rig, remarked, lambda: remarked.hand("insert", "COLUMNS", at))
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
    assert rig.named(listed) == [cell, cell]
    listed.assert_right()


def test_a_repair_that_fell_beside_and_whose_lease_was_lost_is_done_where_her_column_is_by_then(rig, listed):
    """She puts a column in under the write, and another one before that under its repair; both times another worker
    takes over before anything is settled.
    """
    rig.clock.advance(60)
    rig.edit(listed.rows()[0]["Order ID"], tracking_number="FIRST")
    at = listed.column("Tracking #")
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("insert", "COLUMNS", at)] * 2
    google.after["batch_update"] = [lambda: take_over(rig, listed)] * 2
    for _ in range(2):
        rig.run_pass(listed)
        rig.write(release, listed)
        rig.edit(listed.rows()[1]["Order ID"], tracking_number="SECOND")
    assert listed.grid()[1][at + 1] == "FIRST", "the repair wrote into the new column before it"
    rig.live_through(30, step_s=10)
    assert listed.grid()[1][at : at + 3] == ["", "", "SECOND"]
    listed.assert_right()


def test_what_a_late_write_put_into_a_blank_row_is_named_though_the_row_was_pushed_down_since(rig, listed):
    """Its rows had moved up under it, and before it is over she puts one in above."""
    rig.clock.advance(60)
    last = len(listed.grid())
    rig.ship(listed.rows()[-1]["Order ID"])
    rig.fail("dropped_after")
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("delete", "ROWS", 1, count=3)]
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    at = listed.column("Status")
    assert listed.grid()[last - 1][at] != "", "it fell into a row that was blank"
    listed.hand("insert", "ROWS", 1, count=2)
    rig.live_through(400, step_s=30)
    named = set(rig.named(listed))
    assert f"{listed.tab}!{grid.a1_cell(last - 1, at)}" in named


def test_what_a_repair_left_is_taken_away_and_not_named_again(rig, listed):
    """The write fell into a row that she put in above; its repair is raced by a column that she drags, and cut off."""
    rig.clock.advance(60)
    rig.ship(listed.rows()[0]["Order ID"])
    google = interpose(rig)
    google.before["batch_update"] = [
        lambda: (listed.hand("insert", "ROWS", 1), listed.type("B2", "hers")),
        lambda: listed.hand("move", "COLUMNS", listed.column("Qty"), to=len(listed.grid()[0])),
    ]
    google.after["batch_update"] = [lambda: take_over(rig, listed)] * 2
    rig.run_pass(listed)
    rig.write(release, listed)
    rig.clock.advance(200)
    rig.run_pass(listed)
    rig.write(release, listed)
    assert len([text for text in listed.grid()[1] if text != ""]) > 1
    rig.live_through(300, step_s=10)
    assert [text for text in listed.grid()[1] if text != ""] == ["hers"]
    named = rig.named(listed)
    assert sorted(named) == sorted(set(named))
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
    assert rig.named(listed) == []


def test_a_text_over_a_new_row_that_was_settled_since_is_named_once(rig, listed):
    """It came by a write without an answer and was proved by the next one: only the audit writes over her text."""
    (order_id,) = rig.place(1)
    rig.fail("dropped_after")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    rig.edit(order_id, tracking_number="FIRST")
    rig.live_through(60, step_s=20)
    at = f"{grid.column_letters(listed.column('SKU'))}{len(listed.grid())}"
    listed.type(at, "hers")
    rig.live_through(1200, step_s=30)
    assert rig.named(listed) == [f"{listed.tab}!{at}"]
    listed.assert_right()


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
    assert rig.named(listed) == []


def test_what_fell_into_her_row_is_put_right_before_the_row_moves_on(rig, listed):
    """She put it in under the write, and a row above goes before that is over: the write's own is back in its place."""
    rig.clock.advance(60)
    at = listed.column("Tracking #")
    rig.edit(listed.rows()[1]["Order ID"], tracking_number="FIRST")
    rig.line.hold()
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    listed.hand("insert", "ROWS", 2)
    listed.type("A3", "a row of hers")
    rig.live_through(30, step_s=10)
    rig.line.deliver()
    assert listed.grid()[2][at] == "FIRST"
    rig.place(1)
    rig.live_through(10, step_s=5)
    assert "FIRST" not in listed.grid()[2]
    listed.hand("delete", "ROWS", 1)
    rig.live_through(400, step_s=30)
    assert f"{listed.tab}!{grid.a1_cell(2, at)}" in rig.named(listed)
    assert listed.grid()[1] == ["a row of hers"]


def test_what_a_remembered_write_put_there_is_not_named_for_a_forgotten_one(rig, listed):
    """Both sent the same, the second after a column had moved; only the second arrived, in a row put in meanwhile."""
    rig.clock.advance(60)
    rig.edit(listed.rows()[0]["Order ID"], tracking_number="FIRST")
    rig.fail("dropped_before")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    rig.services.memory._unanswered.clear()
    gone = f"{listed.tab}!{grid.a1_cell(1, listed.column('Tracking #'))}"
    listed.hand("move", "COLUMNS", listed.column("Items"), to=listed.column("Urgency"))
    rig.clock.advance(5)
    rig.line.hold()
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    listed.hand("insert", "ROWS", 1)
    rig.line.deliver()
    rig.live_through(500, step_s=30)
    names = rig.named(listed)
    assert f"{listed.tab}!{grid.a1_cell(1, listed.column('Tracking #'))}" in names
    assert gone not in names
    listed.assert_right()


def test_a_key_typed_over_between_two_writes_that_nobody_answers_is_left_to_her(rig, listed):
    """The second found her row no more. What one of them tells of its rows holds beside what the other tells."""
    rig.place(8)
    rig.settle()
    key = listed.rows()[0]["Key"]
    write_into_silence(rig, listed, row=0, fault="dropped_before")
    listed.type(grid.a1_cell(1, listed.column("Key")), "mine")
    write_into_silence(rig, listed, row=1, fault="dropped_before")
    rig.clock.advance(400)
    rig.live_through(1200, step_s=30)
    assert listed.rows()[0]["Key"] == "mine"
    found = rig.read(reports.open_reports, rig.only_binding(listed).id, limit=10)
    assert [(one.kind, one.subject) for one in found] == [(Kind.KEY_DAMAGED, key)]


def test_a_key_typed_over_after_two_writes_to_its_row_is_left_to_her(rig, listed):
    """They are over one after the other: what the first one sent may stand in the row while the second is looked at."""
    rig.place(8)
    rig.settle()
    key = listed.rows()[0]["Key"]
    write_into_silence(rig, listed, row=0)
    rig.clock.advance(60)
    rig.ship(listed.rows()[0]["Order ID"])
    rig.fail("dropped_before")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    listed.type(grid.a1_cell(1, listed.column("Key")), "mine")
    rig.live_through(1200, step_s=30)
    assert listed.rows()[0]["Key"] == "mine"
    found = rig.read(reports.open_reports, rig.only_binding(listed).id, limit=10)
    assert [(one.kind, one.subject) for one in found] == [(Kind.KEY_DAMAGED, key)]


def test_a_key_that_a_person_clears_while_a_write_to_its_row_is_open_is_left_to_her(rig, listed):
    """Columns stand where they stood: the write has touched no key, whether it came or not."""
    key = listed.rows()[0]["Key"]
    write_into_silence(rig, listed, row=0, fault="dropped_before")
    listed.hand("clear", grid.a1_cell(1, listed.column("Key")))
    rig.live_through(1200, step_s=30)
    assert listed.rows()[0]["Key"] == ""
    found = rig.read(reports.open_reports, rig.only_binding(listed).id, limit=10)
    assert [(one.kind, one.subject) for one in found] == [(Kind.KEY_DAMAGED, key)]


def test_a_key_typed_over_is_left_to_her_though_such_a_write_may_have_fallen_beside_it(rig, listed):
    """What was sent to one column stands in another: whether it came from us need not be told to leave the key."""
    write_into_silence(rig, listed, row=0, fault="dropped_before")
    listed.type(grid.a1_cell(1, listed.column("Carrier")), "FIRST")
    listed.type(grid.a1_cell(1, listed.column("Key")), "mine")
    rig.live_through(1200, step_s=30)
    assert listed.rows()[0]["Key"] == "mine"


@pytest.mark.parametrize("remembers", [True, False], ids=["remembered", "forgotten"])
def test_a_text_in_a_row_of_ours_that_came_under_such_a_write_is_named_where_it_was_hit(rig, listed, remembers):
    """The row is none of those that were written; whoever reads the place next knows what was sent there, and that the
    row showed something else. Told once, and put right.
    """
    at = listed.column("Tracking #")
    listed.type(grid.a1_cell(len(listed.grid()) - 2, at), "hers")
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("move", "ROWS", len(listed.grid()) - 2, to=1)]
    write_into_silence(rig, listed, row=0)
    assert listed.grid()[1][at] == "FIRST"
    if not remembers:
        rig.services.memory._unanswered.clear()
    rig.live_through(400, step_s=20)
    assert rig.named(listed) == [f"{listed.tab}!{grid.a1_cell(1, at)}"]
    listed.assert_right()
