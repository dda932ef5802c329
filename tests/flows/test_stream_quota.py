"""Google's quotas and our pace: never refused, first change at once, twenty busy sheets all fresh."""

from datetime import timedelta

import pytest

from service.core.roles import Role
from service.flows import quota, stream

LIVE_BURST = quota.IDENTITY_BURST - quota.LEFT_BY_LIVE


def test_the_first_change_after_quiet_goes_at_once(rig, paper):
    """No timer: the wake-up that the change enqueued writes it."""
    rig.clock.advance(120)
    rig.place(1)
    rig.wake.run_all(rig.services, patience_s=0)
    paper.assert_right()
    assert len(paper.rows()) > 0


def test_a_burst_is_seen_soon_and_not_one_write_per_order(rig, paper):
    """Thirty orders within thirty seconds, one by one: few writes, and the last is there within seconds."""
    rig.clock.advance(120)
    rig.calls()
    for _ in range(30):
        rig.place(1)
        rig.wake.run_all(rig.services, patience_s=1)
        rig.clock.advance(max(1 - (rig.clock.timestamp() % 1), 0))
    started = rig.clock.now()
    rig.settle(patience_s=30)
    assert rig.clock.now() - started <= timedelta(seconds=quota.SHORTEST_INTERVAL_S)
    reads, writes = rig.calls()
    paper.assert_right()
    assert writes <= quota.FILE_BURST + 30 / quota.SHORTEST_INTERVAL_S + 2
    assert reads <= writes


def test_twenty_busy_sheets_never_meet_google_s_limit(rig):
    """A minute of orders for twenty sheets of one writer: the emulator counts 60 a minute and refuses none."""
    papers = []
    for _ in range(20):
        paper = rig.spreadsheet()
        rig.bind(paper)
        papers.append(paper)
    rig.settle(patience_s=120)
    rig.clock.advance(120)
    rig.calls()
    started = rig.clock.now()
    while rig.clock.now() - started < timedelta(seconds=40):
        rig.place(1)
        rig.live_through(10)
    rig.live_through(30)
    summary = rig.world.emulator.calls.summary()
    assert "429" not in summary["by_status"]
    for paper in papers:
        assert rig.dirty(paper) == []
    papers[0].assert_right()
    papers[-1].assert_right()
    per_minute = summary["writes"] * 60 / (rig.clock.now() - started).total_seconds()
    assert 30 < per_minute <= 60


def test_a_pass_takes_its_room_before_it_speaks(rig, paper):
    """No slot: nothing is asked, and the pass says when to come again."""
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    rig.place(1)
    spent = take_all(rig, writer)
    assert spent <= quota.IDENTITY_BURST
    rig.calls()
    wait_s = rig.run_pass(paper)
    assert 0 < wait_s < 5
    assert rig.calls() == (0, 0)
    rig.settle()
    paper.assert_right()


def take_all(rig, identity, take=quota.take):
    """Every write that may go now is taken; how many there were."""
    for taken in range(100):
        try:
            take(rig.services, identity, write=1)
        except quota.NoSlotError:
            return taken
    pytest.fail("there is no limit")


def test_what_was_taken_is_given_back_when_there_is_no_room_for_all(rig, paper):
    """A read slot is not lost because no write slot was left."""
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    rig.clock.advance(600)
    assert take_all(rig, writer) == LIVE_BURST
    for _ in range(5):
        with pytest.raises(quota.NoSlotError):
            quota.take(rig.services, writer, read=1, write=1)
    for _ in range(LIVE_BURST):
        quota.take(rig.services, writer, read=1)


def test_two_people_and_the_writer_have_quotas_of_their_own(rig, paper):
    """A person who refreshes all day takes nothing from the stream."""
    rig.clock.advance(60)
    for _ in range(10):
        rig.place(1)
        stream.refresh_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    rig.clock.advance(3)  # the project's quota is one for all
    for _ in range(LIVE_BURST):
        quota.take(rig.services, writer, read=1, write=1)


def test_sheets_of_one_file_share_its_pace(rig, paper):
    rig.bind(paper, rig.preset("sla_watch_list", Role.WAREHOUSE, name="Second list"))
    rig.settle()
    rig.clock.advance(120)
    rig.place(3)
    rig.calls()
    rig.wake.run_all(rig.services, patience_s=0)
    assert rig.calls() == (1, 1)


def test_healing_and_set_up_find_room_when_the_stream_has_taken_all_of_its_own(rig, paper):
    """In every minute, whatever the stream takes: a call of care finds a slot, and there are sixty in all."""
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    rig.clock.advance(600)
    cared = taken = 0
    for _ in range(60):
        taken += take_all(rig, writer)
        if rig.clock.timestamp() % 10 < 1:
            quota.take_care(rig.services, writer, write=1)
            cared += 1
        rig.clock.advance(1)
    assert cared == 6
    assert taken + cared <= 60


def test_backfill_and_audits_leave_room_for_a_live_change(rig, paper):
    """Nothing waits: they take what is left, and a live change still goes at once."""
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    rig.clock.advance(600)
    assert take_all(rig, writer, quota.take_idle) == quota.IDENTITY_BURST - quota.LEFT_BY_IDLE
    quota.take(rig.services, writer, write=1)


def test_a_backfill_alone_gets_nearly_every_slot(rig, paper):
    """A minute with nothing else to do: more than fifty of the sixty writes."""
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    rig.clock.advance(600)
    taken = 0
    for _ in range(60):
        taken += take_all(rig, writer, quota.take_idle)
        rig.clock.advance(1)
    assert 50 <= taken <= 60


def test_backfill_and_audits_get_a_fifth_while_live_changes_wait(rig, paper):
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    rig.place(1)
    rig.clock.advance(600)
    taken = 0
    for _ in range(60):
        taken += take_all(rig, writer, quota.take_idle)
        rig.clock.advance(1)
    assert 9 <= taken <= 12 + quota.IDLE_BURST


def test_sheets_that_must_be_read_in_full_do_not_keep_each_other_from_it(rig):
    """Each turn needs three reads and begins with one: sheets that begin again as soon as there is room for one more
    would eat each other's for ever.
    """
    papers = [rig.spreadsheet() for _ in range(5)]
    for paper in papers:
        rig.bind(paper)
    rig.place(4)
    rig.settle()
    rig.clock.advance(120)
    for order_id in {row.order_id for row in rig.all_rows(papers[0]).values()}:
        rig.ship(order_id)
    for paper in papers:
        paper.hand("sort", "N", order="DESCENDING")
    rig.live_through(60)
    for paper in papers:
        paper.assert_right()
        assert rig.dirty(paper) == []
