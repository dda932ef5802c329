"""The sweep and the night: what is due is woken, what was left behind is taken over, what is old is forgotten."""

from datetime import timedelta

import pytest
from flows.rig import MAYA, open_account

from service.flows import care, upkeep
from service.sandbox.people import person_of
from service.store import flushes, leases, notices, people, sheets, shops
from service.store.records import FlushRow, NoticeRow


@pytest.fixture
def quiet(rig, paper):
    """A bound sheet and a polled shop: nothing is due."""
    rig.place(2)
    rig.settle()
    rig.clock.advance(601)
    rig.sweep()
    rig.settle()
    assert rig.wake.waiting == []
    return rig


def woken(rig):
    return {(one.kind, one.subject) for one in rig.wake.waiting}


def test_a_quiet_world_wakes_nobody(quiet):
    quiet.sweep()
    assert woken(quiet) == set()


def test_a_due_poll_wakes_its_shop_and_no_other(quiet):
    quiet.clock.advance(601)
    upkeep.wake_due(quiet.services)
    assert woken(quiet) == {("ingest", quiet.shop.id)}


def test_a_shop_that_waits_out_a_failure_is_left_alone(quiet):
    quiet.clock.advance(601)
    later = quiet.clock.now() + timedelta(minutes=5)
    quiet.write(shops.note_trouble, quiet.shop.id, sentence="x", tries=3, not_before=later)
    quiet.sweep()
    assert woken(quiet) == set()


def test_a_dirty_sheet_without_a_job_is_taken_over(quiet, paper):
    """The job that had it is gone, and the flag still says that one waits."""
    quiet.place(1)
    quiet.wake.waiting.clear()
    assert quiet.file(paper).queued
    assert upkeep.stale_sheets(quiet.services) == [paper.spreadsheet_id]
    upkeep.rewake_sheets(quiet.services, [paper.spreadsheet_id])
    assert woken(quiet) == {("flush", paper.spreadsheet_id)}
    quiet.settle()
    paper.assert_right()


def test_a_sheet_that_came_clean_meanwhile_is_not_woken(quiet, paper):
    """The dirty were read first, the live jobs second: what was written in between needs nobody."""
    upkeep.rewake_sheets(quiet.services, [paper.spreadsheet_id])
    assert woken(quiet) == set()


def test_a_paused_sheet_is_not_taken_over(quiet, paper):
    care.pause(quiet.services, quiet.owner, paper.spreadsheet_id)
    quiet.place(1)
    quiet.wake.waiting.clear()
    assert upkeep.stale_sheets(quiet.services) == []


def test_waiting_notices_without_a_job_are_taken_over(quiet):
    notice = NoticeRow("n1", quiet.shop.tiktok_shop_id, 1, ["1"])
    quiet.write(notices.put, notice, quiet.clock.now())
    quiet.write(leases.queue_shop, quiet.shop.id, quiet.clock.now())
    assert upkeep.stale_shops(quiet.services) == [quiet.shop.id]
    upkeep.rewake_shops(quiet.services, [quiet.shop.id])
    assert woken(quiet) == {("ingest", quiet.shop.id)}


def test_notices_of_an_expired_shop_wake_nobody(quiet):
    quiet.write(notices.put, NoticeRow("n1", quiet.shop.tiktok_shop_id, 1, ["1"]), quiet.clock.now())
    quiet.write(shops.end_consent, quiet.shop.consent_id)
    assert upkeep.stale_shops(quiet.services) == []


def test_a_set_up_whose_wake_up_was_lost_is_finished(quiet):
    """Bound, and the process died before its job: the tab is made all the same."""
    paper = quiet.spreadsheet()
    quiet.bind(paper)
    quiet.wake.waiting.clear()
    quiet.write(leases.unqueue_file, paper.spreadsheet_id)
    quiet.live_through(20)
    paper.assert_right()
    assert len(paper.rows()) > 0


def test_a_paused_backfill_is_not_woken_every_ten_seconds(quiet):
    paper = quiet.spreadsheet()
    binding = quiet.bind(paper)
    quiet.wake.waiting.clear()
    quiet.write(leases.unqueue_file, paper.spreadsheet_id)
    quiet.write(sheets.update_binding, binding.id, state="paused")
    quiet.sweep()
    quiet.settle(patience_s=0)  # the tab says that it stands still
    quiet.sweep()
    assert woken(quiet) == set()


def test_a_night_forgets_what_is_old_and_keeps_what_is_not(quiet, paper):
    old, now = quiet.clock.now() - timedelta(days=40), quiet.clock.now()
    for number, at in enumerate((old, now)):
        quiet.write(people.take_once, f"key{number}", at)
        quiet.write(notices.put, NoticeRow(f"n{number}", "shop", 1, []), at)
        quiet.write(notices.finish, [f"n{number}"], at)
        quiet.write(flushes.add, f"f{number}", paper.spreadsheet_id, FlushRow(at, 0, 0, 0, 1, 1, 1, "ok", "old"))
        quiet.write(shops.add_ticket, f"t{number}", purpose="p", sub="1", account_id="a", expires_at=at)
    upkeep.forget_old(quiet.services)
    assert quiet.write(people.take_once, "key0", now)
    assert not quiet.write(people.take_once, "key1", now)
    assert quiet.write(notices.put, NoticeRow("n0", "shop", 1, []), now)
    assert not quiet.write(notices.put, NoticeRow("n1", "shop", 1, []), now)
    assert [line.at for line in quiet.history(paper) if line.reason == "old"] == [now]
    earlier = old - timedelta(seconds=1)
    assert quiet.write(shops.take_ticket, "t0", purpose="p", now=earlier) is None
    assert quiet.write(shops.take_ticket, "t1", purpose="p", now=earlier) is not None


def test_rows_that_change_by_time_alone_wake_their_own_account_s_sheets_only(quiet, paper):
    other = open_account(quiet.services, person_of("ola@rival.example"), "Rival")
    assert other.account_id != quiet.account_id
    quiet.clock.advance(44 * 3600)
    upkeep.wake_due(quiet.services)
    assert ("flush", paper.spreadsheet_id) in woken(quiet)
    assert all(kind == "ingest" or subject == paper.spreadsheet_id for kind, subject in woken(quiet))
    assert quiet.owner.email == MAYA.email
