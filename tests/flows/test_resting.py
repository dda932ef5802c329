"""Tabs that rest while a write without an answer may have reached them: what it did is looked after all the same."""

import pytest
from flows.mishaps import interpose

from service.core.columns import COLUMNS
from service.core.profiles import ChosenColumn, Profile
from service.core.rows import Grain
from service.errors import UpstreamFailed
from service.google import grid
from service.store import sheets


@pytest.fixture
def listed(rig, paper):
    """Orders on the sheet."""
    rig.place(4)
    rig.settle()
    rig.clock.advance(60)
    return paper


def send_into_silence(rig, paper, *, fault):
    """An order's tracking number is written, and nobody answers."""
    rig.edit(paper.rows()[0]["Order ID"], tracking_number="FIRST")
    rig.fail(fault)
    with pytest.raises(UpstreamFailed):
        rig.run_pass(paper)


def pause(rig, paper, reason):
    rig.write(sheets.update_binding, rig.only_binding(paper).id, state="paused", reason=reason)


def resume(rig, paper):
    rig.write(sheets.update_binding, rig.only_binding(paper).id, state="live", reason="")


@pytest.mark.parametrize("fault", ["dropped_before", "dropped_after"])
def test_a_text_typed_while_the_tab_rests_is_named_when_it_goes_on(rig, listed, fault):
    """Whether or not the write arrived: what the row showed when it was over is known, so hers is told from ours."""
    tracking = f"{grid.column_letters(listed.column('Tracking #'))}2"
    send_into_silence(rig, listed, fault=fault)
    pause(rig, listed, "protected")
    rig.live_through(260, step_s=20)
    listed.type(tracking, "hers")
    rig.edit(listed.rows()[0]["Order ID"], tracking_number="SECOND")
    resume(rig, listed)
    rig.live_through(90, step_s=10)
    assert rig.named(listed) == [f"{listed.tab}!{tracking}"]
    listed.assert_right()


def test_a_text_that_she_takes_back_while_the_tab_rests_is_not_named(rig, listed):
    """It stood there when the write was over, and nothing of ours has replaced it."""
    tracking = f"{grid.column_letters(listed.column('Tracking #'))}2"
    send_into_silence(rig, listed, fault="dropped_before")
    pause(rig, listed, "protected")
    listed.type(tracking, "hers")
    rig.live_through(260, step_s=20)
    listed.hand("clear", tracking)
    resume(rig, listed)
    rig.live_through(90, step_s=10)
    assert rig.named(listed) == []
    listed.assert_right()


def test_what_a_late_write_put_into_her_column_goes_though_the_tab_lost_its_key(rig, listed):
    """Nobody can tell its rows apart any more: the tab rests, and no order's value stays in a column of hers."""
    at = listed.column("Tracking #")
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("insert", "COLUMNS", at)]
    send_into_silence(rig, listed, fault="dropped_after")
    assert listed.grid()[1][at] == "FIRST"
    listed.hand("delete", "COLUMNS", listed.column("Key"))
    pause(rig, listed, "key-gone")
    rig.live_through(260, step_s=20)
    assert [row[at] for row in listed.grid()[1:] if row[at]] == []
    assert rig.only_binding(listed).reason == "key-gone"


def test_new_rows_that_came_late_into_a_tab_that_is_shut_are_put_right_when_it_goes_on(rig, listed):
    """Their keys stand where the key column was: nobody takes them out while the tab refuses us, and once their write
    was forgotten nobody would know them.
    """
    rig.place(2)
    rig.line.hold()
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    listed.hand("delete", "COLUMNS", listed.column("Carrier"))
    rig.line.deliver()
    pause(rig, listed, "protected")
    rig.live_through(400, step_s=50)
    resume(rig, listed)
    rig.live_through(120, step_s=20)
    key = listed.column("Key")
    assert [text for row in listed.grid() for text in row[key + 1 :] if text] == []
    listed.assert_right()


def test_a_row_that_shows_nothing_else_is_known_by_its_place_when_the_key_column_went(rig):
    """All that the write did not touch is blank in the row: that no other has moved tells that it came to its own."""
    rig.place(3)
    keys = ("order_id", "status", "tracking")
    columns = tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys)
    paper = rig.bound(Profile("", "Few", Grain.ORDER, columns), title="Few")
    paper.tab = "Few"
    rig.clock.advance(60)
    rig.edit(paper.rows()[1]["Order ID"], status="CANCELLED")
    rig.fail("dropped_after")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(paper)
    paper.hand("delete", "COLUMNS", 0)
    before = paper.grid()
    rig.live_through(400, step_s=30)
    assert rig.only_binding(paper).reason == "key-gone"
    assert rig.named(paper) == []
    assert paper.grid() == before
