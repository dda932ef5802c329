"""Rows that are nowhere in their tab: deleted, damaged, too many at once, or copied; each believed in its own time."""

from itertools import pairwise

import pytest
from flows.mishaps import interpose

from service.core.profiles import ChosenColumn, Profile
from service.core.rows import Grain
from service.errors import UpstreamFailed
from service.flows import absence
from service.store import audits, intents, reports, rows
from service.store.records import IntentRow
from service.store.reports import Kind

MINUTE = 60


@pytest.fixture
def listed(rig, paper):
    """Twelve orders on the sheet, none of them waiting for anything."""
    rig.place(12)
    rig.settle()
    rig.live_through(30)
    assert rig.dirty(paper) == []
    return paper


def audit_soon(rig):
    """The tab is compared when Drive is next asked who edited the file."""
    rig.live_through(16 * MINUTE)


def told(rig, paper):
    """(kind, subject) of the open reports."""
    return {(one.kind, one.subject) for one in rig.read(reports.open_reports, rig.only_binding(paper).id, limit=100)}


def places(rig, paper):
    return [one.place for one in rig.read(reports.open_reports, rig.only_binding(paper).id, limit=100)]


def positions(rig, paper):
    return {key: row.position for key, row in rig.all_rows(paper).items()}


@pytest.mark.every_database
def test_rows_deleted_while_nothing_changes_are_believed_gone_after_two_reads(rig, listed):
    """No row waits to be written; the audit finds out, looks a second time by itself, and reports it once."""
    victims = {row["Key"] for row in listed.rows()[2:4]}
    listed.hand("delete", "ROWS", 3, count=2)
    audit_soon(rig)
    rig.live_through(2 * MINUTE)
    assert {key for key, at in positions(rig, listed).items() if at == rows.DELETED} == victims
    assert told(rig, listed) == {(Kind.ROW_DELETED, key) for key in victims}
    assert sum(line.removed for line in rig.history(listed)) == 2
    listed.assert_right()


def test_one_read_is_not_enough(rig, listed):
    listed.hand("delete", "ROWS", 3)
    now = rig.clock.at
    audit_soon(rig)
    gone = [at for at in positions(rig, listed).values() if at == rows.DELETED]
    waiting = [row for row in rig.all_rows(listed).values() if row.absent_at is not None]
    assert len(gone) + len(waiting) == 1
    assert all(row.absent_at > now for row in waiting)


def test_a_row_seen_again_is_a_row_like_any_other(rig, listed):
    """Undo after the row was taken for deleted: the report is gone, the row is compared and right."""
    (raw,) = [row for row in listed.grid() if row == listed.grid()[3]]
    key = listed.rows()[2]["Key"]
    listed.hand("delete", "ROWS", 3)
    audit_soon(rig)
    rig.live_through(2 * MINUTE)
    assert told(rig, listed) == {(Kind.ROW_DELETED, key)}
    listed.hand("insert", "ROWS", 3)
    listed.hand("paste", "A4", [[str(value) for value in raw]])
    audit_soon(rig)
    assert told(rig, listed) == set()
    assert positions(rig, listed)[key] == 3
    listed.assert_right()


@pytest.mark.every_database
def test_many_rows_gone_at_once_pause_the_tab_and_ask(rig, listed):
    """Half of the rows: nothing is taken for deleted until somebody says so."""
    listed.hand("delete", "ROWS", 2, count=6)
    audit_soon(rig)
    rig.live_through(3 * MINUTE)
    binding = rig.only_binding(listed)
    assert (binding.state, binding.reason, binding.reason_text) == ("paused", absence.ROWS_MISSING, "6")
    assert rows.DELETED not in positions(rig, listed).values()
    assert told(rig, listed) == set()


def test_a_paused_tab_goes_on_by_itself_when_the_rows_are_back(rig, listed):
    """Undo is the usual answer to such a mistake."""
    before = listed.grid()
    listed.hand("delete", "ROWS", 2, count=6)
    audit_soon(rig)
    rig.live_through(3 * MINUTE)
    assert rig.only_binding(listed).state == "paused"
    listed.hand("insert", "ROWS", 2, count=6)
    listed.hand("paste", "A3", [[str(value) for value in row] for row in before[2:8]])
    audit_soon(rig)
    assert rig.only_binding(listed).state == "live"
    audit_soon(rig)
    listed.assert_right()


def test_a_few_rows_of_a_small_tab_need_no_question(rig, paper):
    rig.place(4)
    rig.settle()
    paper.hand("delete", "ROWS", 2, count=3)
    audit_soon(rig)
    rig.live_through(2 * MINUTE)
    assert rig.only_binding(paper).state == "live"
    assert len(told(rig, paper)) == 3


@pytest.mark.parametrize(("gone", "standing", "is_many"), [(5, 6, False), (6, 31, False), (6, 29, True),
                                                           (51, 100_000, True), (50, 100_000, False)])  # fmt: skip
def test_many_is_a_fifth_of_the_tab_or_fifty(gone, standing, is_many):
    assert absence.is_many(gone, standing) is is_many


@pytest.mark.parametrize("text", ["", "somebody's note", "12"])
def test_a_damaged_key_is_recognised_by_the_rest_of_its_row(rig, listed, text):
    """Cleared or typed over: the row is neither taken for deleted nor written a second time."""
    key = listed.rows()[3]["Key"]
    cell = f"{_letter(listed, 'Key')}5"
    listed.type(cell, text) if text else listed.hand("clear", cell)
    audit_soon(rig)
    rig.live_through(5 * MINUTE)
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, key)}
    assert places(rig, listed) == [cell]
    assert positions(rig, listed)[key] == 4
    rig.ship(rig.all_rows(listed)[key].order_id)
    rig.live_through(10 * MINUTE)
    assert [row["Order ID"] for row in listed.rows()].count(rig.all_rows(listed)[key].order_id) == sum(
        1 for row in rig.all_rows(listed).values() if row.order_id == rig.all_rows(listed)[key].order_id
    )
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, key)}


def test_a_damaged_key_in_the_last_row_stays_recognised(rig, listed):
    """The key column ends above it: the row is looked at where it stood."""
    last = len(listed.grid())
    key = listed.rows()[-1]["Key"]
    listed.hand("clear", f"{_letter(listed, 'Key')}{last}")
    audit_soon(rig)
    rig.live_through(20 * MINUTE)
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, key)}


def test_a_key_typed_back_closes_the_report(rig, listed):
    key = listed.rows()[3]["Key"]
    cell = f"{_letter(listed, 'Key')}5"
    listed.hand("clear", cell)
    audit_soon(rig)
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, key)}
    listed.type(cell, key)
    audit_soon(rig)
    assert told(rig, listed) == set()
    listed.assert_right()


def test_a_row_that_lost_more_than_its_key_is_a_deleted_one(rig, listed):
    """What cannot be recognised beyond doubt is not guessed."""
    key = listed.rows()[3]["Key"]
    listed.hand("clear", f"{_letter(listed, 'Key')}5")
    listed.type("A5", "something else")
    audit_soon(rig)
    rig.live_through(2 * MINUTE)
    assert told(rig, listed) == {(Kind.ROW_DELETED, key)}


def test_another_order_s_key_pasted_over_a_key_is_damage_and_a_copy(rig, listed):
    """The order whose key is gone is recognised in the row that bears a stranger's key."""
    grid = listed.rows()
    letter = _letter(listed, "Key")
    listed.type(f"{letter}5", grid[7]["Key"])
    audit_soon(rig)
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, grid[3]["Key"]), (Kind.ROW_COPIED, grid[7]["Key"])}


def test_a_key_that_our_own_unanswered_write_may_have_hurt_is_put_back_without_asking(rig, listed):
    """Somebody moves the key column to where we are about to write, and the process dies before the answer. It may have
    been she who typed it, so the history names the cell.
    """
    key = listed.rows()[3]["Key"]
    cell = f"{_letter(listed, 'Key')}5"
    binding = rig.only_binding(listed)
    body = {binding.id: {"inserted": [], "updated": [key]}}
    rig.write(intents.add_intent, IntentRow("lost", listed.spreadsheet_id, 1, rig.clock.now(), body))
    rig.write(rows.suspect, binding.id, [key])
    listed.type(cell, "AWAITING_COLLECTION")
    audit_soon(rig)
    rig.live_through(5 * MINUTE)
    assert told(rig, listed) == set()
    assert rig.named(listed) == [f"{listed.tab}!{cell}"]
    listed.assert_right()


def test_words_that_she_types_over_a_key_while_a_write_may_still_arrive_are_hers(rig, listed):
    """It is known what the write sends, and this is none of it: she is asked, then and when the write is over."""
    row = listed.rows()[3]
    cell = f"{_letter(listed, 'Key')}5"
    rig.fail("dropped_after")
    rig.ship(rig.all_rows(listed)[row["Key"]].order_id)
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    listed.type(cell, "her own words")
    look(rig, listed)
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, row["Key"])}
    rig.live_through(20 * MINUTE, step_s=30)
    assert listed.rows()[3]["Key"] == "her own words"
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, row["Key"])}


def test_words_that_she_types_over_a_key_right_before_a_write_is_answered_are_hers(rig, listed):
    """The answer shows her words, and what was sent is known: they are none of it."""
    row = listed.rows()[3]
    interpose(rig).before["batch_update"] = [lambda: listed.type(f"{_letter(listed, 'Key')}5", "her own words")]
    rig.ship(rig.all_rows(listed)[row["Key"]].order_id)
    rig.live_through(20 * MINUTE, step_s=30)
    assert listed.rows()[3]["Key"] == "her own words"
    assert told(rig, listed) == {(Kind.KEY_DAMAGED, row["Key"])}


def test_a_row_of_which_our_own_unanswered_write_hurt_more_than_the_key_is_put_back_too(rig, listed):
    """A column was deleted under the write: its cells came to stand one column further right, the last over the key."""
    key = listed.rows()[3]["Key"]
    binding = rig.only_binding(listed)
    body = {binding.id: {"inserted": [], "updated": [key]}}
    rig.write(intents.add_intent, IntentRow("lost", listed.spreadsheet_id, 1, rig.clock.now(), body))
    rig.write(rows.suspect, binding.id, [key])
    for header in ("Status", "Flag", "Key"):
        listed.type(f"{_letter(listed, header)}5", "AWAITING_COLLECTION")
    audit_soon(rig)
    rig.live_through(5 * MINUTE)
    assert told(rig, listed) == set()
    listed.assert_right()


@pytest.fixture
def narrow(rig):
    """A tab with little beside the key: no row of it is told by three cells."""
    profile = Profile("", "Narrow", Grain.ORDER, (ChosenColumn("order_id", "Key"), ChosenColumn("status", "Status")))
    paper = rig.bound(profile)
    paper.tab = "Narrow"
    rig.place(6)
    rig.settle()
    rig.live_through(30)
    return paper


def doubt(rig, paper, row_key, sent_at):
    """A write to this row was sent then and never answered."""
    body = {rig.only_binding(paper).id: {"inserted": [], "updated": [row_key]}}
    rig.write(intents.add_intent, IntentRow("lost", paper.spreadsheet_id, 1, sent_at, body))
    rig.write(rows.suspect, rig.only_binding(paper).id, [row_key])


def look(rig, paper):
    """The tab is compared now."""
    rig.write(audits.hasten, [rig.only_binding(paper).id], rig.clock.now())
    rig.live_through(15, step_s=15)


def test_a_narrow_row_is_known_where_it_was_last_seen_by_the_one_cell_that_is_left(rig, narrow):
    """A key cleared by hand is reported where it stands, and its row not taken for deleted."""
    key = narrow.rows()[2]["Key"]
    narrow.hand("clear", "A4")
    look(rig, narrow)
    rig.live_through(5 * MINUTE, step_s=30)
    assert told(rig, narrow) == {(Kind.KEY_DAMAGED, key)}
    assert positions(rig, narrow)[key] == 3


def test_a_key_of_a_narrow_row_that_our_own_write_took_is_put_back(rig, narrow):
    """A late write of ours fell over the key, and hardly anything is left to tell its row by but the place."""
    key = narrow.rows()[2]["Key"]
    doubt(rig, narrow, key, rig.clock.now())
    narrow.type("A4", "DELIVERED")
    look(rig, narrow)
    rig.live_through(5 * MINUTE, step_s=30)
    assert told(rig, narrow) == set()
    narrow.assert_right()


def test_nobody_is_taken_for_deleted_while_a_write_of_ours_may_have_taken_the_key(rig, listed):
    """Two looks find nothing of the row. Only when the write is over it is a row like any other, and deleted."""
    key = listed.rows()[3]["Key"]
    sent_at = rig.clock.now()
    doubt(rig, listed, listed.rows()[0]["Key"], sent_at)
    listed.hand("delete", "ROWS", 4)
    for _ in range(2):
        look(rig, listed)
        rig.live_through(70, step_s=10)
    assert rig.clock.now() < sent_at + intents.LATE_WRITE
    assert (positions(rig, listed)[key], told(rig, listed)) == (4, set())
    rig.live_through(6 * MINUTE, step_s=30)
    assert told(rig, listed) == {(Kind.ROW_DELETED, key)}


@pytest.mark.every_database
def test_a_copied_row_is_reported_once_and_forgotten_when_it_is_gone(rig, listed):
    key = listed.rows()[1]["Key"]
    raw = listed.grid()[2]
    at = len(listed.grid()) + 1
    listed.hand("paste", f"A{at}", [[str(value) for value in raw]])
    audit_soon(rig)
    assert told(rig, listed) == {(Kind.ROW_COPIED, key)}
    assert places(rig, listed) == [f"{_letter(listed, 'Key')}{at}"]
    assert rig.all_rows(listed)[key].copies == [at - 1]
    listed.hand("delete", "ROWS", at - 1)
    audit_soon(rig)
    assert told(rig, listed) == set()
    assert rig.all_rows(listed)[key].copies is None


def test_hands_between_the_two_reads_of_an_audit_do_no_harm(rig, listed):
    """Rows are deleted after the header was read and before the keys are: all the same, nothing is lost."""
    google = interpose(rig)
    google.after["get_by_filter"] = [lambda: listed.hand("sort", "B", order="DESCENDING")]
    listed.type("C3", "typed over")
    audit_soon(rig)
    rig.live_through(2 * MINUTE)
    listed.assert_right()
    assert told(rig, listed) == set()


def _letter(paper, header):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[paper.column(header)]


def test_a_copied_row_that_lost_its_keys_is_damaged_or_gone_and_no_copy(rig, listed):
    """Both of them did: nothing stands twice any more, until they bear it again."""
    key, letter = listed.rows()[1]["Key"], _letter(listed, "Key")
    at = len(listed.grid()) + 1
    listed.hand("paste", f"A{at}", [[str(value) for value in listed.grid()[2]]])
    audit_soon(rig)
    assert told(rig, listed) == {(Kind.ROW_COPIED, key)}
    for row in (3, at):
        listed.hand("clear", f"{letter}{row}")
    audit_soon(rig)
    assert (Kind.ROW_COPIED, key) not in told(rig, listed)
    for row in (3, at):
        listed.type(f"{letter}{row}", key)
    audit_soon(rig)
    assert told(rig, listed) == {(Kind.ROW_COPIED, key)}


def test_a_key_is_not_written_over_that_of_another_order_which_its_row_shows(rig, listed):
    """A row that a write of ours may have hurt is gone, and one that looks like it has moved up: that one is not it."""
    shown, binding_id = listed.rows(), rig.only_binding(listed).id
    at = next(at for at, (one, other) in enumerate(pairwise(shown)) if one["Items"] == other["Items"])
    gone, other = (row["Key"] for row in shown[at : at + 2])
    rig.write(rows.suspect, binding_id, [gone])
    rig.write(reports.report, {gone: "r1"}, binding_id, Kind.KEY_DAMAGED, places={gone: ""}, now=rig.clock.now())
    listed.hand("delete", "ROWS", at + 1)
    google, seen = interpose(rig), list[str]()
    google.after["batch_update"] = [lambda: seen.append(listed.rows()[at]["Key"])] * 3
    audit_soon(rig)
    rig.live_through(MINUTE)
    assert set(seen) <= {other}
    assert listed.rows()[at]["Key"] == other
