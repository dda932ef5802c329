"""The process dies after any commit and after any write to Google, and another one goes on: each order once, all right.

A dead process does nothing more: no clean-up, no release of its lease. States differ only after something durable, so
these are the moments at which it dies.
"""

import contextlib
from dataclasses import replace

import pytest
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore, interpose

from service.flows import stream
from service.flows.memory import Memory


def run_and_die(rig, paper, *, moment):
    """One pass by a process that dies at this moment. Whether it did."""
    fate = Fate(moment)
    mortal = replace(
        rig.services,
        store=MortalStore(rig.services.store, fate),
        google=MortalGoogle(rig.services.google, fate),
        memory=Memory(),
    )
    with contextlib.suppress(KilledError):
        stream.run_pass(mortal, paper.spreadsheet_id)
    return fate.is_dead


def until_it_survives(round_):
    """Rounds in which the process dies at moment 1, 2, 3 … until it lives to the end; how many moments there are."""
    for moment in range(1, 100):
        if not round_(moment):
            return moment - 1
    pytest.fail("it never comes to its end")


def test_a_process_that_dies_while_it_sets_up_and_fills_a_sheet_leaves_nothing_wrong(rig):
    """Bind, set-up and first fill, cut off at every moment: one tab, one header, each order once."""
    rig.place(4)

    def round_(moment):
        paper = rig.spreadsheet()
        rig.bind(paper)
        died = run_and_die(rig, paper, moment=moment)
        rig.live_through(300, step_s=50)
        titles = [one["properties"]["title"] for one in paper.look("sheets.properties.title")["sheets"]]
        assert titles == ["Sheet1", "SLA Watch List"], moment
        paper.assert_right()
        assert len(paper.rows()) == len(rig.all_rows(paper)) > 0, moment
        assert rig.dirty(paper) == [], moment
        rig.unbind(paper)
        return died

    assert until_it_survives(round_) > 8


def recover(rig, paper, moment):
    """Time passes, and every owned cell is right, none stands twice and nothing is left to do."""
    rig.live_through(300, step_s=50)
    paper.assert_right()
    assert len(paper.rows()) == len(rig.all_rows(paper)), moment
    assert rig.dirty(paper) == [], moment


def test_a_process_that_dies_while_it_updates_and_inserts_leaves_nothing_wrong(rig, paper):
    """One sheet through all the deaths: new orders and changed ones, every owned cell right, none twice."""
    rig.place(6)
    rig.settle()

    def round_(moment):
        rig.clock.advance(60)
        waiting = [row["Order ID"] for row in paper.rows() if row["Status"] == "AWAITING_SHIPMENT"]
        for order_id in dict.fromkeys(waiting[:2]):
            rig.ship(order_id)
        rig.place(2)
        died = run_and_die(rig, paper, moment=moment)
        recover(rig, paper, moment)
        return died

    assert until_it_survives(round_) > 5


def test_a_process_that_dies_while_it_puts_right_what_a_race_did_leaves_nothing_wrong(rig, paper):
    """A column is put in before each write; between the write and its repair the process dies, or in either of them."""
    rig.place(6)
    rig.settle()
    places = iter(range(3, 40))

    def round_(moment):
        rig.clock.advance(60)
        rig.ship(next(row["Order ID"] for row in paper.rows() if row["Status"] == "AWAITING_SHIPMENT"))
        rig.place(1)
        google = interpose(rig)
        google.before["batch_update"] = [lambda: paper.hand("insert", "COLUMNS", next(places))]
        died = run_and_die(rig, paper, moment=moment)
        recover(rig, paper, moment)
        return died

    assert until_it_survives(round_) > 6


def test_a_dead_process_s_lease_is_taken_over_when_its_time_is_up(rig, paper):
    """Nobody released it; half a minute later another pass has the sheet."""
    rig.place(2)
    assert run_and_die(rig, paper, moment=3)
    assert rig.file(paper).lease_holder is not None
    rig.clock.advance(29)
    assert rig.run_pass(paper) == stream.BUSY_S
    rig.clock.advance(2)
    rig.run_pass(paper)
    rig.live_through(200)
    paper.assert_right()
