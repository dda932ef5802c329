"""When the readers of a bound file are looked at, how little that takes, and how a paused file goes on by itself."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flows.boundary import end_membership, join, let_in, put_out
from flows.mishaps import interpose
from flows.rig import SAM

from service.core.roles import Role
from service.flows import care, share
from service.store.tables import members


def drive_calls(rig):
    """Whole lists and single files asked for since the last time."""
    methods = rig.world.emulator.calls.summary()["by_method"]
    rig.world.emulator.calls.reset()
    return methods.get("drive.permissions.list", 0), methods.get("drive.files.get", 0)


def look_again(rig):
    """A minute later there is something to write."""
    rig.clock.advance(61)
    rig.place(1)
    rig.settle(patience_s=0)


def test_within_a_minute_of_a_look_nobody_is_asked(rig, paper):
    drive_calls(rig)
    rig.place(1)
    rig.settle(patience_s=0)
    assert drive_calls(rig) == (0, 0)


def test_before_a_write_the_ids_of_the_permissions_are_enough(rig, paper):
    """One small answer however many people are in the file; the whole list only when something is different."""
    drive_calls(rig)
    look_again(rig)
    assert drive_calls(rig) == (0, 1)
    join(rig, SAM, Role.WAREHOUSE)
    let_in(rig, paper, SAM.email)
    look_again(rig)
    assert drive_calls(rig) == (1, 1)
    assert rig.file(paper).state == "live"
    paper.assert_right()


def test_where_drive_keeps_the_ids_to_itself_the_whole_list_is_read(rig, paper):
    """A file on a shared drive has no ids of permissions."""
    rig.world.emulator.state.files[paper.spreadsheet_id].drive_id = "0Drive"
    drive_calls(rig)
    look_again(rig)
    assert drive_calls(rig)[0] == 1
    look_again(rig)
    assert drive_calls(rig)[0] == 1
    paper.assert_right()


def looks_within(rig, paper, seconds):
    """When the whole list was read in that time, in seconds from now."""
    begins_at, found = rig.clock.now(), []
    while (rig.clock.now() - begins_at).total_seconds() < seconds:
        rig.live_through(30, step_s=30)
        listed_at = rig.file(paper).listed_at
        if listed_at > begins_at and listed_at not in found:
            found.append(listed_at)
    return [(at - begins_at).total_seconds() for at in found]


def test_the_whole_list_is_read_every_hour_though_nothing_streams(rig, paper):
    """By the sweep; no row waits for it, and the sheet itself is not written."""
    rig.live_through(60)
    rig.calls()
    assert looks_within(rig, paper, 3900) == pytest.approx([3540], abs=60)
    assert rig.calls()[1] == 0


def test_a_leak_in_a_quiet_file_is_found_within_the_hour(rig, paper):
    let_in(rig, paper, "nosy@y.example")
    rig.live_through(3660, step_s=60)
    file = rig.file(paper)
    assert (file.state, file.reason) == ("paused", share.LEAK)
    assert [(one["label"], one["why"]) for one in file.intruders] == [("nosy@y.example", "unknown")]


def test_a_look_in_vain_is_repeated_after_a_minute_then_five_then_every_hour(rig, paper):
    let_in(rig, paper, "nosy@y.example")
    look_again(rig)
    assert rig.file(paper).state == "paused"
    assert looks_within(rig, paper, 4200) == pytest.approx([60, 360, 3960], abs=60)


def test_once_the_leak_is_closed_it_goes_on_by_itself(rig, paper):
    nosy = let_in(rig, paper, "nosy@y.example")
    look_again(rig)
    before = paper.keys()
    put_out(rig, paper, nosy)
    rig.live_through(80)
    file = rig.file(paper)
    assert (file.state, file.reason, file.reason_text, file.intruders) == ("live", "", "", None)
    assert (file.tries, file.not_before) == (0, None)
    assert len(paper.keys()) > len(before)
    paper.assert_right()


def test_a_failed_look_while_paused_neither_resumes_nor_gives_up(rig, paper):
    """Drive has an outage: the file stays paused for its readers and is looked at again soon."""
    nosy = let_in(rig, paper, "nosy@y.example")
    look_again(rig)
    put_out(rig, paper, nosy)
    rig.fail("unavailable_before", method="permissions.list")
    rig.clock.advance(61)
    rig.sweep()
    rig.wake.run_all(rig.services)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", share.LEAK)
    rig.live_through(40)
    assert rig.file(paper).state == "live"


def test_whoever_joins_with_a_fitting_role_is_no_leak_any_more(rig, paper):
    """Nobody needs to press anything: joining is enough."""
    let_in(rig, paper, SAM.email)
    look_again(rig)
    assert rig.file(paper).reason_text == SAM.email
    rig.live_through(400)
    rig.clock.advance(1)  # not in the very instant of a look
    join(rig, SAM, Role.WAREHOUSE)
    rig.live_through(20)
    assert rig.file(paper).state == "live"
    paper.assert_right()


def test_a_membership_that_runs_out_is_a_leak_at_once(rig, paper):
    """Though nobody presses anything and no permission of the file changes."""
    join(rig, SAM, Role.WAREHOUSE)
    let_in(rig, paper, SAM.email)
    rig.live_through(20)
    end_membership(rig, SAM, rig.clock.now() + timedelta(seconds=90))
    look_again(rig)
    rig.clock.advance(28)
    rig.place(1)
    rig.settle(patience_s=0)
    assert rig.file(paper).state == "live"
    rig.clock.advance(2)
    before = paper.grid()
    rig.place(1)
    rig.settle(patience_s=0)
    assert (rig.file(paper).state, rig.file(paper).intruders[0]["why"]) == ("paused", "ended")
    assert paper.grid() == before


def test_a_membership_that_runs_out_in_a_quiet_file_is_seen_by_the_sweep(rig, paper):
    join(rig, SAM, Role.WAREHOUSE)
    let_in(rig, paper, SAM.email)
    rig.live_through(20)
    end_membership(rig, SAM, rig.clock.now() + timedelta(seconds=30))
    rig.live_through(50)
    assert rig.file(paper).state == "paused"


def test_an_address_that_changed_at_google_is_still_the_member(rig, paper):
    """A person is their Google id: the address is the one that Google last gave."""
    join(rig, SAM, Role.WAREHOUSE)
    with rig.services.store.write() as tx:
        tx.execute(sa.update(members).where(members.c.sub == SAM.sub).values(email="sam.old@packright.example"))
    let_in(rig, paper, SAM.email)
    look_again(rig)
    assert rig.file(paper).state == "live"


@pytest.mark.parametrize("call", ["permissions", "file"])
def test_a_pause_by_hand_while_drive_is_asked_stands(rig, paper, call):
    if call == "permissions":
        let_in(rig, paper, "nosy@y.example")
    google = interpose(rig)
    google.after[call] = [lambda: care.pause(rig.services, rig.owner, paper.spreadsheet_id)]
    rig.clock.advance(61)
    rig.place(1)
    rig.run_pass(paper)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", "asked")
    assert paper.rows() == []
