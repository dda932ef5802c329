"""Rows that are to be written again because their columns change, and tabs that are not done with it."""

from datetime import timedelta

import pytest
from store.conftest import NOW

from service.core.cells import text_cell
from service.store import fills, intents, reshaping, roll_offs, rows, sheets
from service.store.records import IntentRow
from service.store.rows import NewRow, Settled

SECOND = timedelta(seconds=1)
TAB = "bloom-binding"


@pytest.fixture
def written(bloom):
    """Three rows that stand in the tab."""
    new = [NewRow(key, "bloom-shop", f"order-{key}", "", NOW) for key in "abc"]
    bloom.write(rows.add_rows, TAB, new, now=NOW)
    image = {"status": text_cell("x").to_json()}
    bloom.write(rows.settle, TAB, [Settled(key, 1, image, at) for at, key in enumerate("abc", 1)])
    return bloom


def known(bloom):
    return bloom.read(rows.known, TAB, list("abc"))


def test_rows_wait_behind_live_changes(written):
    written.write(rows.mark_orders, "bloom", [("bloom-shop", "order-b")], NOW)
    assert written.write(reshaping.mark_as_fill, TAB, NOW + SECOND) == 3
    found = known(written)
    assert {key: row.is_fill for key, row in found.items()} == {"a": True, "b": False, "c": True}
    assert all(row.version > row.settled for row in found.values())
    assert found["b"].dirty_at == NOW, "since it already was"
    first = written.read(fills.dirty, [TAB], now=NOW + SECOND, limit=1)
    assert [row.row_key for row in first] == ["b"]


def test_a_live_change_takes_a_row_out_of_the_queue(written):
    written.write(reshaping.mark_as_fill, TAB, NOW)
    written.write(rows.mark_orders, "bloom", [("bloom-shop", "order-c")], NOW + SECOND)
    assert not known(written)["c"].is_fill


def test_old_cells_may_show_until_every_row_dirty_since_then_is_settled(written):
    written.write(rows.mark_all, TAB, NOW + SECOND)
    assert not written.read(reshaping.is_any_older, TAB, NOW)
    assert written.read(reshaping.is_any_older, TAB, NOW + SECOND)
    written.write(rows.settle, TAB, [Settled(key, 2, {}, 1) for key in "ab"])
    assert written.read(reshaping.is_any_older, TAB, NOW + SECOND)
    written.write(rows.settle, TAB, [Settled("c", 2, {}, 1)])
    assert not written.read(reshaping.is_any_older, TAB, NOW + SECOND)
    written.write(rows.mark_orders, "bloom", [("bloom-shop", "order-a")], NOW + 2 * SECOND)
    assert not written.read(reshaping.is_any_older, TAB, NOW + SECOND), "what changed later never showed them"


def test_a_write_without_an_answer_concerns_the_tabs_it_names(bloom):
    bloom.write(intents.add_intent, IntentRow("i", "bloom-file", 1, NOW, {TAB: {"updated": []}}))
    assert bloom.read(reshaping.is_any_unanswered, "bloom-file", TAB)
    assert not bloom.read(reshaping.is_any_unanswered, "bloom-file", "another")
    bloom.write(intents.settle_intents, ["i"])
    assert not bloom.read(reshaping.is_any_unanswered, "bloom-file", TAB)


def test_what_waits_until_its_tab_goes_on_holds_up_no_other(bloom):
    """Nothing of it can still arrive; once its own tab goes on it is looked after first."""
    bloom.write(intents.add_intent, IntentRow("i", "bloom-file", 1, NOW, {TAB: {"updated": []}}))
    bloom.write(sheets.update_binding, TAB, state="paused", reason="protected")
    assert bloom.read(roll_offs.is_unanswered, "bloom-file")
    bloom.write(intents.let_wait, "bloom-file", TAB)
    assert not bloom.read(roll_offs.is_unanswered, "bloom-file")
    bloom.write(sheets.update_binding, TAB, state="live", reason="")
    assert bloom.read(roll_offs.is_unanswered, "bloom-file")


def test_unfinished_tabs_are_found_by_what_is_beside_their_profile(bloom):
    assert bloom.read(reshaping.unfinished) == []
    bloom.write(sheets.update_binding, TAB, profile={"name": "reshaping"})
    assert bloom.read(reshaping.unfinished) == []
    bloom.write(sheets.update_binding, TAB, profile={"name": "x", "reshaping": {"coming": {"status": "c1"}}})
    assert [row.id for row in bloom.read(reshaping.unfinished)] == [TAB]
    bloom.write(sheets.update_binding, TAB, state="paused")
    assert bloom.read(reshaping.unfinished) == []
