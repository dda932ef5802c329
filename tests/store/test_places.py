"""Where rows stand: what a full read of the keys says of every row, at once and in few statements."""

from datetime import timedelta

import pytest
from store.conftest import NOW

from service.core.cells import text_cell
from service.store import fills, intents, places, rows
from service.store.records import IntentRow
from service.store.rows import DELETED, NewRow, Settled

MINUTE = timedelta(minutes=1)
HERE = "bloom-binding"


@pytest.fixture
def add(bloom):
    """Adds rows with these keys; those with a place have been written there."""

    def add(**positions):
        new = [NewRow(key, "bloom-shop", f"order-{key}", "", NOW) for key in positions]
        bloom.write(rows.add_rows, HERE, new, now=NOW)
        image = {"status": text_cell("x").to_json()}
        done = [Settled(key, 1, image, at) for key, at in positions.items() if at is not None]
        bloom.write(rows.settle, HERE, done)

    return add


def place(bloom, now=NOW, **found):
    return bloom.write(places.place, HERE, {key: [at] if isinstance(at, int) else at for key, at in found.items()},
                       now=now)  # fmt: skip


def row(bloom, key):
    return bloom.read(rows.known, HERE, [key])[key]


def positions(bloom, *keys):
    known = bloom.read(rows.known, HERE, keys)
    return [known[key].position for key in keys]


def dirty(bloom, now=NOW):
    return [row.row_key for row in bloom.read(fills.dirty, [HERE], now=now, limit=1000)]


def test_a_full_read_places_every_row_and_unplaces_the_missing(bloom, add):
    add(a=1, b=2, c=3)
    placed = place(bloom, a=1, c=9)
    assert positions(bloom, "a", "b", "c") == [1, None, 9]
    assert (placed.moved, placed.standing, placed.taken) == (1, 3, frozenset({1, 9}))
    assert placed.missed == {"b": places.Missed(2, None)}


def test_a_row_that_was_never_written_is_not_missed(bloom, add):
    add(a=None)
    assert place(bloom).missed == {}
    assert place(bloom, a=4).missed == {}
    assert positions(bloom, "a") == [4]


def test_placing_what_stands_where_it_stood_moves_nothing(bloom, add):
    add(a=4)
    assert place(bloom, a=4).moved == 0
    assert dirty(bloom) == []


def test_a_deleted_row_stays_deleted_until_somebody_sees_it(bloom, add):
    add(a=DELETED)
    assert place(bloom).missed == {}
    assert positions(bloom, "a") == [DELETED]
    assert place(bloom, a=5).back == ("a",)
    found = row(bloom, "a")
    assert (found.position, found.is_known) == (5, False)
    assert dirty(bloom) == ["a"]


def test_a_row_found_again_was_never_missed(bloom, add):
    add(a=1)
    bloom.write(rows.note_absent, HERE, ["a"], NOW)
    place(bloom, a=3)
    assert row(bloom, "a").absent_at is None


def test_copies_are_told_once_and_the_row_stays_the_one_it_was(bloom, add):
    """The known place is the row's own, wherever its copies stand."""
    add(a=6, b=2)
    assert place(bloom, a=[3, 6, 9], b=2).copied == {"a": (3, 9)}
    found = row(bloom, "a")
    assert (found.position, found.copies) == (6, [3, 9])
    assert place(bloom, a=[3, 6, 9], b=2).copied == {}
    assert place(bloom, a=[4, 7, 10], b=2).copied == {}, "the same copies, further down"
    assert place(bloom, a=[4, 7, 10, 11], b=2).copied == {"a": (7, 10, 11)}
    assert place(bloom, a=4, b=2).single == ("a",)
    assert row(bloom, "a").copies is None


def letters(count):
    return [f"k{number:04d}" for number in range(count)]


@pytest.mark.parametrize(
    "change",
    [
        lambda at: at + 1,
        lambda at: at + 3 if at >= 40 else at,
        lambda at: at - 2 if at >= 100 else at,
        lambda at: at - 1 if at >= 100 else at - 3 if at >= 150 else at,
        lambda at: at + 5 if at < 60 else at - 59 if at < 119 else at,
        lambda at: 400 - at,
        lambda at: at + 1 if at % 2 else at - 1,
    ],
)
def test_many_rows_move_exactly(bloom, add, change):
    """Inserted and deleted rows shift whole stretches, sorting mixes all: each row ends where it was found."""
    keys = letters(200)
    old = {key: number + 10 for number, key in enumerate(keys)}
    add(**old)
    new = {key: change(at) for key, at in old.items()}
    placed = place(bloom, **new)
    assert positions(bloom, *keys) == [new[key] for key in keys]
    assert placed.moved == sum(1 for key in keys if old[key] != new[key])


def test_deleted_rows_and_shifted_ones_in_one_read(bloom, add):
    keys = letters(200)
    old = {key: number + 10 for number, key in enumerate(keys)}
    add(**old)
    gone = set(keys[50:60])
    new = {key: at if at < 60 else at - 10 for key, at in old.items() if key not in gone}
    placed = place(bloom, **new)
    assert set(placed.missed) == gone
    assert positions(bloom, *keys) == [new.get(key) for key in keys]


def test_two_rows_believed_at_one_place_are_moved_by_their_keys(bloom, add):
    """Places are hints: a stretch must not carry along what only seemed to stand there."""
    keys = letters(120)
    old = {key: number // 2 for number, key in enumerate(keys)}
    add(**old)
    new = {key: number + 300 for number, key in enumerate(keys)}
    place(bloom, **new)
    assert positions(bloom, *keys) == [new[key] for key in keys]


def test_a_buried_row_waits_for_nothing(bloom, add):
    add(a=1)
    place(bloom)
    bloom.write(rows.make_unknown, HERE, ["a"], NOW)
    bloom.write(places.bury, HERE, ["a"])
    found = row(bloom, "a")
    assert (found.position, found.settled, found.absent_at) == (DELETED, found.version, None)
    assert dirty(bloom, NOW + MINUTE) == []


def test_a_row_put_back_is_looked_for_before_it_is_inserted(bloom, add):
    """Somebody may have undone the deletion: it counts as sent long ago, so nobody inserts it blindly."""
    add(a=DELETED, b=2)
    assert bloom.write(places.put_back, HERE, ["a", "b"], NOW) == 1, "a row that stands is left alone"
    found = row(bloom, "a")
    assert (found.image, found.position, found.sent_at) == (None, None, NOW - intents.LATE_WRITE)
    assert dirty(bloom) == ["a"]
    assert place(bloom, b=2).missed == {}, "it is new to the sheet: not missed but inserted"
    assert row(bloom, "b").position == 2


def test_missing_rows_are_those_missed_and_not_yet_deleted(bloom, add):
    add(a=1, b=2, c=3, d=None)
    placed = place(bloom, c=3)
    bloom.write(rows.note_absent, HERE, placed.missed, NOW)
    assert bloom.read(places.missing, HERE) == ["a", "b"]
    bloom.write(places.bury, HERE, ["a"])
    assert bloom.read(places.missing, HERE) == ["b"]
    assert [one.row_key for one in bloom.read(places.deleted, HERE, limit=9)] == ["a"]


def test_doubting_all_leaves_deleted_rows_alone(bloom, add):
    add(a=1, b=DELETED, c=None)
    bloom.write(places.doubt_all, HERE, NOW)
    assert not row(bloom, "a").is_known
    assert set(dirty(bloom)) == {"a", "c"}
    assert row(bloom, "b").position == DELETED


def test_rows_that_an_unanswered_write_names_are_in_doubt(bloom):
    body = {HERE: {"inserted": ["a"], "updated": ["b"], "places": [1]}, "other": {"inserted": [], "updated": ["c"]}}
    bloom.write(intents.add_intent, IntentRow("i", "bloom-file", 1, NOW, body))
    assert bloom.read(places.in_doubt, "bloom-file", HERE) == {"a", "b"}
    assert bloom.read(places.in_doubt, "bloom-file", "nobody") == set()
