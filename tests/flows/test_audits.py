"""Audits: what people type over our cells is found without any change of an order, at the pace the quota leaves."""

from datetime import timedelta

import pytest
from flows.mishaps import interpose

from service.core.roles import Role, Switch
from service.errors import UpstreamFailed
from service.flows import audits, turns
from service.store import audits as audit_store
from service.store import leases, rows, sheets

MINUTE = 60
DAY = 24 * 60 * MINUTE


@pytest.fixture
def listed(rig, paper):
    """Eight orders on the sheet; nobody has looked for edits since."""
    rig.place(8)
    rig.settle()
    rig.live_through(30)
    return paper


def audited(rig, paper):
    return rig.only_binding(paper).audited_at


def audit_lines(rig, paper):
    return [line for line in rig.history(paper) if line.kind == "audit"]


def test_a_cell_typed_over_is_right_again_though_its_order_rests(rig, listed):
    """No key moved and no order changed: only comparing every cell can tell."""
    listed.type("C3", "typed over")
    listed.hand("clear", "E5")
    rig.live_through(17 * MINUTE)
    listed.assert_right()
    assert sum(line.healed for line in audit_lines(rig, listed)) == 1, "the other cell was blank anyway"


@pytest.mark.every_database
def test_a_partial_sort_is_put_right_without_any_change_of_an_order(rig, listed):
    """Our columns were sorted away from the keys; each row gets its own cells back."""
    listed.hand("sort", "B", cells="A2:C9")
    rig.live_through(17 * MINUTE)
    listed.assert_right()


def test_a_quiet_tab_is_compared_once_a_day(rig, listed):
    """Drive says that nobody edited it."""
    rig.live_through(20 * MINUTE, step_s=60)
    first = audited(rig, listed)
    rig.live_through(3 * 60 * MINUTE, step_s=300)
    assert audited(rig, listed) == first
    rig.live_through(DAY, step_s=600)
    assert audited(rig, listed) > (first or rig.clock.at - timedelta(days=2))
    assert audited(rig, listed) > rig.clock.at - timedelta(days=1, minutes=20)


def test_an_edited_tab_is_compared_at_the_next_look(rig, listed):
    rig.live_through(20 * MINUTE, step_s=60)
    first = audited(rig, listed)
    listed.type("P30", "a note far away")
    rig.live_through(16 * MINUTE, step_s=60)
    assert audited(rig, listed) != first


def test_an_edit_made_in_the_instant_of_a_look_is_found_by_the_next(rig, listed):
    """By the clocks it is no later than the edit that the look was told of; all the same it came after that."""
    rig.live_through(20 * MINUTE, step_s=60)
    listed.type("P30", "a note far away")
    rig.write(sheets.update_file, listed.spreadsheet_id, looked_at=rig.clock.now() - audits.LOOK_EVERY)
    audits.run(rig.services, listed.spreadsheet_id)
    listed.type("C4", "typed over")
    rig.live_through(20 * MINUTE, step_s=60)
    listed.assert_right()


def test_an_edit_hidden_behind_our_own_write_is_found_within_the_hour(rig, listed):
    """Drive tells of the last edit alone, and that is ours."""
    listed.type("C3", "typed over")
    rig.place(1)
    rig.settle()
    rig.live_through(80 * MINUTE, step_s=60)
    listed.assert_right()


def test_a_doubt_about_who_edited_a_tab_is_kept_until_its_hour_is_over(rig, listed):
    """Our write hides an edit, and so does every later look that finds no further write: the first one remembers."""
    rig.live_through(20 * MINUTE, step_s=60)
    compared_at = audited(rig, listed)
    listed.type("C3", "typed over")
    rig.place(1)
    rig.settle()
    rig.live_through(35 * MINUTE, step_s=60)
    assert audited(rig, listed) == compared_at, "each of these looks found our own edit to be the last"
    rig.live_through(30 * MINUTE, step_s=60)
    listed.assert_right()
    assert audited(rig, listed) < compared_at + audits.IN_DOUBT_EVERY + timedelta(minutes=2)


def test_drive_without_an_answer_leaves_the_daily_audit(rig, listed):
    """A file that tells nothing of its edits is compared all the same."""
    google = interpose(rig)

    def refuse():
        raise UpstreamFailed("Google Drive does not answer.")

    google.before["last_edit"] = [refuse] * 200
    rig.live_through(20 * MINUTE, step_s=60)
    listed.type("C3", "typed over")
    rig.live_through(DAY, step_s=600)
    listed.assert_right()


def test_keys_that_moved_bring_the_audit_forward(rig, listed):
    """A flush that had to look for its rows has found that somebody moved them: what else was moved?"""
    listed.hand("sort", "B", order="DESCENDING")
    listed.type("C3", "typed over")
    rig.ship(listed.rows()[6]["Order ID"])
    rig.live_through(2 * MINUTE)
    assert audited(rig, listed) is not None
    listed.assert_right()


def test_a_chunk_at_a_time_and_on_from_there(rig, listed):
    """The lease is free between chunks, and a run that was cut off goes on where it stopped."""
    binding = rig.only_binding(listed)
    rig.write(audit_store.hasten, [binding.id], rig.clock.now())
    listed.type("C9", "typed over")
    seen = []
    for _ in range(8):
        audits.run(rig.services, listed.spreadsheet_id, rows_per_chunk=3)
        seen.append(rig.only_binding(listed).audit_row)
        rig.clock.advance(2)
    assert set(seen) >= {None}
    assert seen[-1] is None
    assert audited(rig, listed) is not None
    rig.settle()
    listed.assert_right()


def test_live_changes_of_the_same_writer_go_first(rig, listed):
    """While rows wait, audits get a fifth of the slots: the first run is soon out of them."""
    rig.place(30)
    rig.write(audit_store.hasten, [rig.only_binding(listed).id], rig.clock.now())
    waits = [audits.run(rig.services, listed.spreadsheet_id) for _ in range(4)]
    assert any(wait is not None and wait > 1 for wait in waits)


def test_an_audit_leaves_a_sheet_alone_that_somebody_writes(rig, listed):
    rig.write(audit_store.hasten, [rig.only_binding(listed).id], rig.clock.now())
    now = rig.clock.now()
    rig.write(leases.take_lease, listed.spreadsheet_id, holder="else", now=now, until=now + turns.LEASE_LIFE)
    rig.calls()
    assert audits.run(rig.services, listed.spreadsheet_id) == audits.BUSY_S
    assert rig.calls() == (0, 0)


def test_rows_in_flight_are_not_taken_for_wrong(rig, listed):
    """What waits to be written differs from its image by right."""
    order_id = listed.rows()[0]["Order ID"]
    rig.ship(order_id)
    rig.wake.waiting.clear()
    rig.write(audit_store.hasten, [rig.only_binding(listed).id], rig.clock.now())
    audits.run(rig.services, listed.spreadsheet_id)
    assert all(line.healed == 0 for line in audit_lines(rig, listed))


def test_buyers_cells_are_compared_by_their_fingerprints(rig):
    """What is kept of a buyer tells whether a cell is theirs and nothing else."""
    rig.switch(Switch.WAREHOUSE_PII)
    rig.place(3)
    paper = rig.bound(rig.preset("pick_and_ship", Role.WAREHOUSE))
    paper.tab = rig.only_binding(paper).tab_title
    header = "Recipient"
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[paper.column(header)]
    before = [row[header] for row in paper.rows()]
    rig.live_through(20 * MINUTE, step_s=60)
    assert sum(line.healed for line in audit_lines(rig, paper)) == 0
    paper.type(f"{letter}3", "Somebody Else")
    rig.live_through(17 * MINUTE, step_s=60)
    assert [row[header] for row in paper.rows()] == before


def test_a_formula_typed_over_is_put_back(rig, listed):
    """A countdown is checked for presence: its references are the file's."""
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[listed.column("Time left")]
    listed.type(f"{letter}4", "5")
    rig.live_through(17 * MINUTE)
    assert all(str(row["Time left"]).startswith("=") for row in listed.rows(render="FORMULA") if row["Due"])


def test_a_copied_row_is_compared_too(rig, listed):
    """Every copy shows the order's cells."""
    raw = listed.grid()[2]
    at = len(listed.grid()) + 1
    listed.hand("paste", f"A{at}", [[str(value) for value in raw]])
    rig.live_through(17 * MINUTE)
    listed.type(f"K{at}", "typed over")
    rig.live_through(17 * MINUTE)
    shown = [row["Status"] for row in listed.rows() if row["Key"] == raw[listed.column("Key")]]
    assert len(set(shown)) == 1
    assert len(shown) == 2


def test_a_tab_that_is_gone_is_paused_by_its_audit(rig, listed):
    rig.world.emulator.hands.add_tab(listed.spreadsheet_id, "Mine")
    listed.change({"deleteSheet": {"sheetId": listed.sheet_id()}})
    rig.live_through(17 * MINUTE)
    binding = rig.only_binding(listed)
    assert (binding.state, binding.reason) == ("paused", "tab-gone")
    rig.calls()
    rig.live_through(30 * MINUTE, step_s=60)
    assert rig.calls()[0] < 5, "a paused tab is not asked for again and again"


def test_an_audit_killed_between_reading_and_settling_begins_that_chunk_again(rig, listed):
    """Nothing is settled by a lease that is no longer ours."""
    google = interpose(rig)
    binding_id = rig.only_binding(listed).id
    listed.type("C3", "typed over")
    rig.write(audit_store.hasten, [binding_id], rig.clock.now())

    def lose():
        rig.write(sheets.update_file, listed.spreadsheet_id, lease_epoch=999)

    google.after["get_by_filter"] = [lambda: None, lambda: None, lose]
    audits.run(rig.services, listed.spreadsheet_id)
    assert all(row.is_known for row in rig.read(rows.known, binding_id, listed.keys()).values())
    rig.live_through(2 * MINUTE)
    listed.assert_right()
