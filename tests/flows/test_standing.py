"""A tab that stands still says so on its first heading, and stops when it goes on. Nobody's words are lost."""

import contextlib
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore, interpose
from flows.sends import BACK, FATES, strike

from service.core.roles import Role
from service.flows import care, standing, stream
from service.flows.memory import Memory
from service.flows.standing import MARK, compose
from service.sandbox.sheets.state.files import Permission, permission_id_of, unshare
from service.sandbox.sheets.state.files import share as grant_access
from service.store import sheets
from service.store.tables import shops

EXPLAINED = "TikTok's number of the order"


def notes(paper, *, tab=""):
    """Heading → its note."""
    fields = "sheets(properties.title,data(rowData.values(userEnteredValue,note)))"
    (found,) = [one for one in paper.look(fields)["sheets"] if one["properties"]["title"] == (tab or paper.tab)]
    cells = found["data"][0]["rowData"][0]["values"]
    return {
        cell.get("userEnteredValue", {}).get("stringValue", f"blank {at}"): cell.get("note", "")
        for at, cell in enumerate(cells)
    }


def first_note(paper, *, tab=""):
    return next(iter(notes(paper, tab=tab).values()))


def pause(rig, paper):
    care.pause(rig.services, rig.owner, paper.spreadsheet_id)
    keep(rig)


def resume(rig, paper):
    care.resume(rig.services, rig.owner, paper.spreadsheet_id)
    keep(rig)


def set_shop(rig, state):
    """The shop's own state, as losing or giving its permission sets it."""
    with rig.services.store.write() as tx:
        tx.execute(sa.update(shops).where(shops.c.id == rig.shop.id).values(state=state))


def keep(rig):
    """What happens within ten seconds."""
    rig.sweep()
    rig.settle(patience_s=5)


# --- the words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("note", ["", "mine", "mine\n", "two\n\nparts", "ends in blanks  \n\n"])
def test_a_line_is_put_below_a_note_and_taken_off_without_a_trace(note):
    line = f"{MARK}somebody paused it. Since 2026-11-23 09:00. More."
    assert line in compose(note, line)
    assert compose(compose(note, line), "") == note


def test_a_line_with_the_same_reason_keeps_its_moment():
    early = compose("mine", f"{MARK}somebody paused it. Since 2026-11-23 09:00. More.")
    assert compose(early, f"{MARK}somebody paused it. Since 2026-11-23 12:00. More.") == early


def test_another_reason_takes_the_place_of_the_first():
    early = compose("mine", f"{MARK}somebody paused it. Since 2026-11-23 09:00. More.")
    late = f"{MARK}the spreadsheet is full. Since 2026-11-23 12:00. More."
    assert compose(early, late) == f"mine\n\n{late}"


def test_what_people_wrote_below_the_line_stays():
    line = f"{MARK}somebody paused it. Since 2026-11-23 09:00. More."
    assert compose(f"ours\n\n{line}\ncall Sam", "") == "ours\ncall Sam"


# --- in the sheet ----------------------------------------------------------------------------------------------------


def test_a_paused_tab_says_so_and_stops_saying_it(rig, paper):
    """The explanation of the column stays above it; the other headings are as they were."""
    before = notes(paper)
    pause(rig, paper)
    said = notes(paper)
    assert said["Order ID"] == (
        f"{before['Order ID']}\n\nNot updated by Rowstream: somebody paused it. Since 2026-11-23 09:00. "
        "The Rowstream sidebar says what helps."
    )
    assert EXPLAINED in said["Order ID"]
    assert {**said, "Order ID": before["Order ID"]} == before
    resume(rig, paper)
    assert notes(paper) == before


def test_it_is_said_once_and_costs_nothing_afterwards(rig, paper):
    """One read and one write per change; looking around again asks Google nothing."""
    rig.calls()
    pause(rig, paper)
    assert rig.calls() == (1, 1)
    for _ in range(5):
        rig.clock.advance(10)
        keep(rig)
    assert rig.calls() == (0, 0)
    (last,) = [flush for flush in rig.history(paper) if flush.kind == standing.KIND]
    assert last.outcome == "ok"
    assert "why rows are not updated" in last.reason


def test_what_a_person_wrote_into_the_note_is_kept(rig, paper):
    mine = "Ask Sam before sorting this!\n"
    cell = {"userEnteredValue": {"stringValue": "Order ID"}, "note": mine}
    start = {"sheetId": paper.sheet_id(), "rowIndex": 0, "columnIndex": 0}
    paper.change({"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "note"}})
    pause(rig, paper)
    assert first_note(paper).startswith(mine)
    assert MARK in first_note(paper)
    resume(rig, paper)
    assert first_note(paper) == mine


def test_a_shop_whose_permission_ran_out_is_said_on_its_tabs(rig, paper):
    set_shop(rig, "expired")
    keep(rig)
    assert f"{MARK}a shop's permission has run out." in first_note(paper)
    set_shop(rig, "live")
    keep(rig)
    assert MARK not in first_note(paper)


def test_a_disconnected_shop_is_said_on_its_tabs(rig, paper):
    set_shop(rig, "disconnected")
    keep(rig)
    assert f"{MARK}its shop is disconnected." in first_note(paper)


def test_one_paused_tab_says_it_and_the_other_does_not(rig, paper):
    rig.bind(paper, rig.preset("sla_watch_list", Role.WAREHOUSE, name="Second list"))
    rig.settle()
    second = next(row for row in rig.read(sheets.bindings_in, paper.spreadsheet_id) if row.tab_title == "Second list")
    rig.write(sheets.update_binding, second.id, state="paused", reason="rights")
    keep(rig)
    assert f"{MARK}its readers may no longer see all of its columns." in first_note(paper, tab="Second list")
    assert MARK not in first_note(paper)


def test_a_leak_is_said_without_naming_anybody(rig, paper):
    """Whoever can open the file reads the note: it names no person."""
    held = rig.world.emulator.state.files[paper.spreadsheet_id]
    grant_access(held, Permission("anyoneWithLink", "anyone", "reader"))
    rig.place(1)
    rig.clock.advance(61)
    rig.settle()
    assert rig.file(paper).reason == "leak"
    keep(rig)
    assert f"{MARK}somebody can open this file who may not see it." in first_note(paper)
    assert "@" not in first_note(paper)


def test_a_tab_that_is_stopped_says_so_for_good(rig, paper):
    """By the hand of who stops it, and then nobody of ours touches the file again."""
    rig.place(1)
    rig.settle()
    binding = rig.only_binding(paper)
    standing.say_stopped(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, binding.id)
    care.stop(rig.services, rig.owner, paper.spreadsheet_id, binding.id)
    assert f"{MARK}somebody ended its connection." in first_note(paper)
    assert EXPLAINED in first_note(paper)
    rig.calls()
    rig.place(1)
    rig.live_through(60)
    assert rig.calls() == (0, 0)


@pytest.mark.parametrize("fault", ["unavailable_before", "dropped_after", "too_many_requests"])
def test_a_tab_that_cannot_say_so_is_stopped_all_the_same(rig, paper, fault):
    rig.fail(fault)
    binding = rig.only_binding(paper)
    standing.say_stopped(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, binding.id)
    care.stop(rig.services, rig.owner, paper.spreadsheet_id, binding.id)
    assert rig.file(paper) is None


def test_a_stop_that_fails_after_it_was_said_takes_the_words_back(rig, paper):
    before = notes(paper)
    binding = rig.only_binding(paper)
    standing.say_stopped(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, binding.id)
    keep(rig)
    assert notes(paper) == before


def test_where_the_writer_is_shut_out_nothing_is_tried(rig, paper):
    unshare(
        rig.world.emulator.state.files[paper.spreadsheet_id], permission_id_of("user", rig.file(paper).writer_email)
    )
    rig.place(1)
    rig.clock.advance(61)
    rig.settle()
    assert rig.file(paper).reason == "writer-removed"
    rig.calls()
    for _ in range(3):
        rig.clock.advance(10)
        keep(rig)
    assert rig.calls() == (0, 0)


def test_the_heading_is_found_where_people_moved_and_renamed_it(rig, paper):
    """A line above, a column to the left, another name: the note goes to the heading and to nothing else."""
    paper.hand("insert", "ROWS", 0)
    paper.hand("insert", "COLUMNS", 0)
    pause(rig, paper)
    fields = "sheets(properties.title,data(rowData.values(userEnteredValue,note)))"
    (found,) = [one for one in paper.look(fields)["sheets"] if one["properties"]["title"] == paper.tab]
    noted = [
        (row, column)
        for row, line in enumerate(found["data"][0]["rowData"])
        for column, cell in enumerate(line.get("values", ()))
        if MARK in cell.get("note", "")
    ]
    assert noted == [(1, 1)]


def test_a_hidden_column_does_not_hide_it(rig, paper):
    first = {"sheetId": paper.sheet_id(), "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    hide = {"range": first, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    paper.change({"updateDimensionProperties": hide})
    pause(rig, paper)
    assert [heading for heading, note in notes(paper).items() if MARK in note] == ["SKU"]


# --- mishaps ---------------------------------------------------------------------------------------------------------


def test_a_column_that_moves_between_our_read_and_our_write_keeps_its_own_note(rig, paper):
    """What was hit instead is put right, and the heading gets its line all the same."""
    before = notes(paper)
    google = interpose(rig)
    google.before["batch_update"] = [lambda: paper.hand("move", "COLUMNS", 1, to=0)]
    pause(rig, paper)
    rig.live_through(300)
    after = notes(paper)
    assert set(after) == set(before)
    assert [heading for heading, note in after.items() if MARK in note] == [next(iter(after))]
    assert {heading: note.partition(f"\n\n{MARK}")[0] for heading, note in after.items()} == before


@pytest.mark.parametrize("fate", FATES)
def test_a_note_that_the_line_fell_upon_is_its_own_again_whatever_became_of_the_write_that_put_it_back(
    rig, paper, fate
):
    """There and back: the tab goes on meanwhile, and stands still again."""
    before = notes(paper)
    google = interpose(rig)
    google.before["batch_update"] = [lambda: paper.hand("move", "COLUMNS", 1, to=0)]
    met = strike(rig, "standing._write 2", fate)
    with contextlib.suppress(KilledError):
        pause(rig, paper)
    met.bury()
    assert met.is_over
    if fate == BACK:
        resume(rig, paper)
        rig.live_through(20)
        pause(rig, paper)
    rig.live_through(300, step_s=20)
    after = notes(paper)
    assert [heading for heading, note in after.items() if MARK in note] == [next(iter(after))]
    assert {heading: note.partition(f"\n\n{MARK}")[0] for heading, note in after.items()} == before


@pytest.mark.parametrize("fault", ["unavailable_before", "unavailable_after", "dropped_before", "dropped_after"])
def test_an_answer_that_is_lost_leads_to_the_line_standing_there_once(rig, paper, fault):
    rig.fail(fault)
    pause(rig, paper)
    rig.live_through(300)
    assert first_note(paper).count(MARK) == 1
    assert rig.only_binding(paper).notice.startswith(MARK)


def test_a_line_that_arrives_late_is_taken_off_again(rig, paper):
    """The write was given up, the tab resumed meanwhile; then the write lands."""
    before = notes(paper)
    rig.line.hold()
    pause(rig, paper)
    assert notes(paper) == before
    resume(rig, paper)
    rig.live_through(30)
    rig.line.deliver()
    assert MARK in first_note(paper)
    rig.live_through(300)
    assert notes(paper) == before
    assert rig.only_binding(paper).notice == ""


@pytest.mark.parametrize(
    ("is_moved_on", "has_died"), [(False, False), (True, False), (True, True)], ids=["", "it moves on", "nobody knows"]
)
def test_a_line_that_arrives_late_upon_another_heading_is_taken_off_there(rig, paper, is_moved_on, has_died):
    """Her own note comes back where it is remembered; where it is not, no line of ours stays on her heading."""
    start = {"sheetId": paper.sheet_id(), "rowIndex": 0, "columnIndex": 2}
    paper.change({"updateCells": {"start": start, "rows": [{"values": [{"note": "call Sam"}]}], "fields": "note"}})
    before = notes(paper)
    hers = list(before)[2]
    rig.line.hold()
    pause(rig, paper)
    paper.hand("move", "COLUMNS", 2, to=0)
    rig.line.deliver()
    assert MARK in notes(paper)[hers]
    if is_moved_on:
        paper.hand("move", "COLUMNS", 0, to=3)
    if has_died:
        object.__setattr__(rig.services, "memory", Memory())
    rig.live_through(300)
    after = notes(paper)
    assert [heading for heading, note in after.items() if MARK in note] == ["Order ID" if is_moved_on else hers]
    left = {heading: note.partition(f"\n\n{MARK}")[0] for heading, note in after.items()}
    if has_died:
        assert left.pop(hers) == before["Order ID"]
        del before[hers]
    assert left == before


@pytest.mark.parametrize("deed", ["another comes first", "it is hidden"])
def test_a_line_goes_with_the_pause_wherever_its_heading_stands_by_then(rig, paper, deed):
    """Another column of ours is the first in sight when the tab goes on."""
    before = notes(paper)
    pause(rig, paper)
    first = {"sheetId": paper.sheet_id(), "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    hide = {"range": first, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    move = {"source": first, "destinationIndex": 3}
    paper.change({"updateDimensionProperties": hide} if deed == "it is hidden" else {"moveDimension": move})
    resume(rig, paper)
    assert notes(paper) == before


def test_a_process_that_dies_at_any_moment_leaves_the_right_words(rig, paper):
    """Pausing and going on in turns, cut off after every commit and every write."""
    before = notes(paper)

    def run_and_die(moment):
        fate = Fate(moment)
        mortal = replace(
            rig.services, store=MortalStore(rig.services.store, fate), google=MortalGoogle(rig.services.google, fate)
        )
        with contextlib.suppress(KilledError):
            stream.run_pass(mortal, paper.spreadsheet_id)
        return fate.is_dead

    moments = 0
    for moment in range(1, 30):
        care.pause(rig.services, rig.owner, paper.spreadsheet_id)
        died = run_and_die(moment)
        rig.live_through(300, step_s=50)
        assert first_note(paper).count(MARK) == 1, moment
        care.resume(rig.services, rig.owner, paper.spreadsheet_id)
        died = run_and_die(moment) or died
        rig.live_through(300, step_s=50)
        assert notes(paper) == before, moment
        if not died:
            break
        moments += 1
    assert moments > 3
