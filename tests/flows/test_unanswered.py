"""Writes that nobody settled, looked after once they can no longer arrive: what is remembered of them is put back."""

from datetime import timedelta

import pytest
from flows.mishaps import interpose

from service.errors import UpstreamFailed
from service.store import intents, leases, sheets

HEADER, REMARK = "To do", "call them first"


@pytest.fixture
def remarked(rig, paper):
    """Orders on the sheet, and beside each a remark of the owner's in a column of her own, right of ours."""
    rig.place(4)
    rig.settle()
    rig.clock.advance(60)
    column = chr(ord("A") + len(paper.grid()[0]))
    paper.type(f"{column}1", HEADER)
    for row in range(2, len(paper.grid()) + 1):
        paper.type(f"{column}{row}", f"{REMARK} {row}")
    return paper


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
