"""Dirty, settled, unknown, deleted: what a row of a sheet can be, and who may move it."""

from datetime import timedelta

import pytest
from store.conftest import NOW, binding

from service.core.cells import text_cell
from service.store import fills, flushes, intents, rows, sheets
from service.store.records import FlushRow, IntentRow
from service.store.rows import NewRow, Settled

MINUTE = timedelta(minutes=1)


def new_row(key, *, order_id="", at=NOW, shop_id="bloom-shop"):
    return NewRow(key, shop_id, order_id or f"order-{key}", "", at)


def image(text):
    return {"status": text_cell(text).to_json()}


@pytest.fixture
def add(bloom):
    def add(*keys, at=NOW, binding_id="bloom-binding"):
        return bloom.write(rows.add_rows, binding_id, [new_row(key, at=at) for key in keys], now=at)

    return add


@pytest.fixture
def settle(bloom):
    def settle(key, version, text="x", position=1):
        done = Settled(key, version, image(text), position)
        bloom.write(rows.settle, "bloom-binding", [done])

    return settle


def dirty(bloom, now=NOW, limit=100):
    return [row.row_key for row in bloom.read(fills.dirty, ["bloom-binding"], now=now, limit=limit)]


def row(bloom, key):
    return bloom.read(rows.known, "bloom-binding", [key])[key]


def mark(bloom, key, *, account="bloom", at=NOW):
    return bloom.write(rows.mark_orders, account, [("bloom-shop", f"order-{key}")], at)


def test_new_rows_are_dirty_and_counted(bloom, add):
    assert add("a", "b") == 2
    assert dirty(bloom) == ["a", "b"]
    assert bloom.read(sheets.binding_unscoped, "bloom-binding").row_total == 2
    assert bloom.read(rows.has_dirty, "bloom-file", NOW)


def test_a_row_is_added_once(bloom, add, settle):
    """Adding it again, as every save does, changes nothing: not its version, not its image."""
    add("a")
    settle("a", 1)
    assert add("a", "b") == 1
    assert dirty(bloom) == ["b"]
    assert row(bloom, "a").version == 1
    assert bloom.read(sheets.binding_unscoped, "bloom-binding").row_total == 2


def test_thousands_of_rows_are_added_and_found_at_once(bloom, add):
    keys = [f"{number:05d}" for number in range(1_203)]
    assert add(*keys) == 1_203
    assert len(bloom.read(rows.known, "bloom-binding", keys)) == 1_203
    assert len(dirty(bloom, limit=1_000)) == 1_000


def test_marking_touches_rows_that_exist_and_no_others(bloom, add, settle):
    add("a", "b")
    settle("a", 1)
    settle("b", 1)
    assert mark(bloom, "a") == {"bloom-binding"}
    assert mark(bloom, "unknown") == set()
    assert dirty(bloom) == ["a"]


def test_marking_knows_the_account(bloom, add, settle):
    """Another account's marks do not reach these rows, whatever ids they name."""
    bloom.furnish("other")
    add("a")
    settle("a", 1)
    assert mark(bloom, "a", account="other") == set()
    assert dirty(bloom) == []


def test_a_stopped_binding_is_marked_no_more(bloom, add, settle):
    add("a")
    settle("a", 1)
    bloom.write(sheets.stop_binding, "bloom-binding", NOW)
    assert mark(bloom, "a") == set()


def test_a_pass_settles_exactly_the_version_it_sent(bloom, add, settle):
    """The order changed again while the pass was on its way: the row stays dirty, since the change came."""
    add("a", at=NOW)
    mark(bloom, "a", at=NOW + MINUTE)
    settle("a", 1)
    assert dirty(bloom) == ["a"]
    assert row(bloom, "a").dirty_at == NOW, "since when somebody waits does not move"
    settle("a", 2)
    assert dirty(bloom) == []
    assert row(bloom, "a").dirty_at is None


def test_a_version_passed_is_not_moved_back(bloom, add, settle):
    """A slow pass of long ago comes home after a newer one: what it learnt is old."""
    add("a")
    mark(bloom, "a")
    settle("a", 2, "new", 7)
    settle("a", 1, "old", 3)
    found = row(bloom, "a")
    assert (found.settled, found.image, found.position) == (2, image("new"), 7)


def test_a_row_counts_as_done_once(bloom, add, settle):
    add("a", "b")
    settle("a", 1)
    mark(bloom, "a")
    settle("a", 2)
    assert bloom.read(sheets.binding_unscoped, "bloom-binding").row_done == 1


def test_live_changes_come_before_the_backfill_and_the_backfill_newest_first(bloom, add):
    old = [new_row(f"old{number}", at=NOW - timedelta(days=number)) for number in (3, 1, 2)]
    bloom.write(rows.add_fill_rows, "bloom-binding", old, now=NOW - timedelta(hours=1))
    add("live", at=NOW)
    assert dirty(bloom) == ["live", "old1", "old2", "old3"]
    assert dirty(bloom, limit=2) == ["live", "old1"]


def test_a_marked_backfill_row_becomes_a_live_one(bloom):
    """Its order just changed: somebody looks at it now."""
    old = [new_row("a", at=NOW - timedelta(days=9)), new_row("b", at=NOW - timedelta(days=1))]
    bloom.write(rows.add_fill_rows, "bloom-binding", old, now=NOW)
    mark(bloom, "a", at=NOW + MINUTE)
    assert dirty(bloom, now=NOW + MINUTE) == ["a", "b"]


def test_the_longest_waiting_change_goes_first(bloom, add):
    add("late", at=NOW + MINUTE)
    add("early", at=NOW)
    assert dirty(bloom, now=NOW + MINUTE) == ["early", "late"]


def test_mark_all_dirties_every_row_of_one_binding(bloom, add, settle):
    bloom.write(sheets.add_binding, binding("bloom", number=2), created_by="m")
    add("a")
    add("a", binding_id="bloom-binding2")
    settle("a", 1)
    assert bloom.write(rows.mark_all, "bloom-binding", NOW) == 1
    assert dirty(bloom) == ["a"]
    assert bloom.read(rows.known, "bloom-binding2", ["a"])["a"].version == 1


def test_unknown_rows_keep_their_image_and_are_dirty(bloom, add, settle):
    """The image may be wrong, so that it is compared with nothing; it is not forgotten."""
    add("a", "b")
    settle("a", 1)
    settle("b", 1)
    bloom.write(rows.make_unknown, "bloom-binding", ["a"], NOW)
    found = row(bloom, "a")
    assert (found.is_known, found.image) == (False, image("x"))
    assert dirty(bloom) == ["a"]
    settle("a", found.version)
    assert row(bloom, "a").is_known


def test_a_suspect_row_is_unknown_and_not_dirty_by_itself(bloom, add, settle):
    add("a")
    settle("a", 1)
    bloom.write(rows.suspect, "bloom-binding", ["a"])
    assert not row(bloom, "a").is_known
    assert dirty(bloom) == []
    bloom.write(rows.trust, "bloom-binding", ["a"])
    assert row(bloom, "a").is_known


def test_an_insert_that_was_sent_is_remembered_until_it_is_settled_or_taken_back(bloom, add, settle):
    add("a", "b")
    bloom.write(rows.note_sent, "bloom-binding", ["a", "b"], NOW)
    assert row(bloom, "a").sent_at == NOW
    settle("a", 1)
    bloom.write(rows.note_sent, "bloom-binding", ["b"], None)
    assert row(bloom, "a").sent_at is None
    assert row(bloom, "b").sent_at is None


# --- places ----------------------------------------------------------------------------------------------------------


def test_a_row_missed_once_rests_for_a_minute(bloom, add):
    add("a")
    bloom.write(rows.note_absent, "bloom-binding", ["a"], NOW)
    assert dirty(bloom, now=NOW + timedelta(seconds=59)) == []
    assert not bloom.read(rows.has_dirty, "bloom-file", NOW + timedelta(seconds=59))
    assert dirty(bloom, now=NOW + timedelta(seconds=60)) == ["a"]


def test_places_below_the_end_of_a_tab_are_forgotten(bloom, add, settle):
    add("a", "b")
    settle("a", 1, position=4)
    settle("b", 1, position=5)
    bloom.write(rows.forget_places, "bloom-binding", beyond=5)
    assert [row(bloom, key).position for key in "ab"] == [4, None]


# --- files, intents, history -----------------------------------------------------------------------------------------


def test_dirty_files_are_live_past_their_wait_and_have_something_to_do(bloom, add):
    assert bloom.read(rows.dirty_files, NOW) == []
    add("a")
    assert bloom.read(rows.dirty_files, NOW) == ["bloom-file"]
    assert bloom.read(rows.dirty_count_of_writer, "writer@x") == 1
    bloom.write(sheets.update_file, "bloom-file", not_before=NOW + MINUTE)
    assert bloom.read(rows.dirty_files, NOW) == []
    assert bloom.read(rows.dirty_files, NOW + MINUTE) == ["bloom-file"]
    bloom.write(sheets.update_file, "bloom-file", state="paused")
    assert bloom.read(rows.dirty_files, NOW + MINUTE) == []


def test_rows_of_a_paused_binding_wake_nobody(bloom, add):
    add("a")
    bloom.write(sheets.update_binding, "bloom-binding", state="paused")
    assert bloom.read(rows.dirty_files, NOW) == []
    assert not bloom.read(rows.has_dirty, "bloom-file", NOW)


def test_an_unanswered_write_wakes_its_file_when_it_can_no_longer_arrive(bloom):
    intent = IntentRow("i1", "bloom-file", 3, NOW, {"bloom-binding": {"inserted": [], "updated": ["a"]}})
    bloom.write(intents.add_intent, intent)
    early, late = NOW + intents.LATE_WRITE - timedelta(seconds=1), NOW + intents.LATE_WRITE
    assert bloom.read(rows.dirty_files, early) == []
    assert bloom.read(intents.late_intents, "bloom-file", early) == []
    assert bloom.read(rows.dirty_files, late) == ["bloom-file"]
    assert bloom.read(intents.late_intents, "bloom-file", late) == [intent]
    bloom.write(intents.settle_intents, ["i1"])
    assert bloom.read(rows.dirty_files, late) == []


def test_the_sync_history_is_newest_first_and_forgotten_after_its_time(bloom):
    for number in range(3):
        line = FlushRow(NOW + MINUTE * number, number, 0, 0, 1, 1, 50, "ok", "")
        bloom.write(flushes.add, f"f{number}", "bloom-file", line)
    assert [line.inserted for line in bloom.read(flushes.recent, "bloom-file", limit=2)] == [2, 1]
    assert bloom.write(flushes.forget, NOW + MINUTE) == 1
    assert len(bloom.read(flushes.recent, "bloom-file", limit=9)) == 2
