"""How far a backfill has come: rows to come, pace and time left."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.flows import filling
from service.store.records import FlushRow

DAY = timedelta(days=1)


def flush(now, seconds_ago, inserted):
    return FlushRow(now - timedelta(seconds=seconds_ago), inserted, 0, 0, 1, 1, 900, "ok", "")


def extent_of(rig, paper, history=(), **changes):
    row = replace(rig.only_binding(paper), **changes)
    return filling.extent(row, history, now=rig.clock.now(), reading=None)


def test_the_rows_to_come_are_estimated_from_the_orders_left_to_look_at(rig, paper):
    """Half of the orders looked at had two rows each: as many again are to come."""
    open_ = {"fill_at": filling.BEGIN, "fill_seen": 500, "fill_total": 1000, "row_total": 1000, "row_done": 250}
    found = extent_of(rig, paper, **open_)
    assert (found.done, found.total) == (250, 2000)


def test_pace_and_time_left_come_from_the_latest_passes(rig, paper):
    now = rig.clock.now()
    history = [flush(now, 0, 600), flush(now, 30, 600), flush(now, 60, 600), flush(now, 9_000, 5)]
    found = extent_of(rig, paper, history, fill_at=None, row_total=4800, row_done=2400)
    assert found.per_minute == pytest.approx(1200)
    assert found.left_s == pytest.approx(120)


def test_time_left_is_not_told_while_the_history_is_still_being_read(rig, paper):
    now = rig.clock.now()
    history = [flush(now, 0, 600), flush(now, 30, 600)]
    row = replace(rig.only_binding(paper), row_total=4800, row_done=2400)
    found = filling.extent(row, history, now=now, reading=0.4)
    assert found.per_minute
    assert found.left_s is None
