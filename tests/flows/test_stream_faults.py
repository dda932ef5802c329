"""Google refuses, fails, drops the line or answers minutes later: no order twice, no cell wrong once it is quiet."""

from datetime import timedelta

import pytest
from flows.mishaps import interpose

from service.errors import UpstreamFailed
from service.flows import stream
from service.google.problems import QuotaSpent
from service.store import leases, rows, sheets
from service.store.tables import intents

#: Faults of the emulator by whether the write was applied although no answer came.
UNANSWERED = ["dropped_after", "unavailable_after", "bad_gateway_after"]
UNAPPLIED = ["dropped_before", "internal_error"]


def open_intents(rig):
    with rig.services.store.read() as tx:
        return tx.execute(intents.select()).all()


@pytest.mark.parametrize("fault", UNANSWERED + UNAPPLIED)
def test_an_insert_without_an_answer_is_never_made_twice(rig, paper, fault):
    """Applied or not, nobody told us: after the time Google may work, each order stands there once."""
    rig.place(5)
    rig.fail(fault)
    rig.live_through(240, step_s=30)
    paper.assert_right()
    assert len(paper.rows()) == len(rig.all_rows(paper))
    assert rig.dirty(paper) == []
    assert open_intents(rig) == []


def test_an_insert_without_an_answer_waits_until_it_can_no_longer_arrive(rig, paper):
    """Not there yet is no proof: for 190 s nobody inserts it again, and everything else goes on."""
    first = rig.place(3)
    rig.line.hold()
    with pytest.raises(UpstreamFailed) as failure:
        rig.run_pass(paper)
    assert failure.value.outcome_unknown
    rig.calls()
    rig.live_through(100, step_s=10)
    assert rig.calls()[0] <= 6, "it is looked for once a minute, not at every turn"
    later = rig.place(2)
    rig.live_through(50, step_s=25)
    assert {row["Order ID"] for row in paper.rows()} == set(later)
    rig.line.deliver()
    rig.live_through(100)
    assert {row["Order ID"] for row in paper.rows()} == {*first, *later}
    paper.assert_right()


def test_an_insert_that_never_arrived_is_made_after_190_seconds(rig, paper):
    rig.place(3)
    rig.line.hold()
    rig.wake.run_all(rig.services)
    rig.live_through(180, step_s=30)
    assert paper.rows() == []
    rig.live_through(30)
    paper.assert_right()
    assert len(paper.rows()) == len(rig.all_rows(paper)) > 0


@pytest.mark.parametrize("fault", UNANSWERED + UNAPPLIED)
def test_an_update_without_an_answer_is_repaired_soon(rig, paper, fault):
    """Its rows are unknown, so they are read and sent again; no waiting is needed for cells."""
    placed = rig.place(4)
    rig.settle()
    rig.clock.advance(60)
    for order_id in placed:
        rig.ship(order_id)
    rig.fail(fault)
    rig.live_through(40)
    paper.assert_right()
    assert rig.dirty(paper) == []
    rig.live_through(220, step_s=30)
    assert open_intents(rig) == []
    assert rig.dirty(paper) == []


def test_an_update_that_arrives_minutes_later_does_not_bring_old_values_back(rig, paper):
    """Google worked on it for two minutes while newer values were written: once it can no longer come, we look."""
    (order_id,) = rig.place(1)
    rig.settle()
    rig.clock.advance(60)
    rig.ship(order_id)
    rig.line.hold()
    with pytest.raises(UpstreamFailed):
        rig.run_pass(paper)
    rig.clock.advance(1)
    rig.world.market.take_step(order_id, "scan")
    rig.fetch([order_id])
    rig.live_through(30)
    assert {row["Status"] for row in paper.rows()} == {"IN_TRANSIT"}
    rig.line.deliver()
    assert {row["Status"] for row in paper.rows()} == {"AWAITING_COLLECTION"}, "the old write came last"
    rig.live_through(200, step_s=30)
    assert {row["Status"] for row in paper.rows()} == {"IN_TRANSIT"}


def test_a_first_set_up_without_an_answer_makes_no_second_tab(rig):
    """The tab carries our own id: asking for it again finds it."""
    rig.place(2)
    paper = rig.spreadsheet()
    rig.bind(paper)
    rig.fail("dropped_after")
    rig.live_through(60)
    titles = [one["properties"]["title"] for one in paper.look("sheets.properties.title")["sheets"]]
    assert titles == ["Sheet1", "SLA Watch List"]
    paper.assert_right()
    assert len(paper.rows()) == len(rig.all_rows(paper)) > 0


def test_a_shared_tab_s_set_up_without_an_answer_adds_its_columns_once(rig):
    """Our marks tell that the columns were already put beside what the tab holds."""
    rig.place(2)
    paper = rig.spreadsheet()
    paper.tab = "Sheet1"
    paper.hand("paste", "A1", [["Mine"], ["1"]])
    rig.bind(paper, tab="0", has_said_yes=True)
    rig.fail("unavailable_after")
    rig.live_through(60)
    assert paper.grid()[0].count("Order ID") == 1
    paper.assert_right()


@pytest.mark.parametrize("fault", ["unavailable_before", "dropped_before"])
def test_a_read_that_fails_is_tried_again_later(rig, paper, fault):
    rig.place(2)
    rig.fail(fault, count=2, method="spreadsheets.getByDataFilter")
    rig.live_through(60)
    told = [(line.outcome, bool(line.reason), line.reads, line.writes) for line in reversed(rig.history(paper))]
    assert told[-3:] == [("failed", True, 1, 0), ("failed", True, 1, 0), ("ok", False, 1, 1)]
    paper.assert_right()
    assert rig.file(paper).state == "live"


def test_tries_come_later_and_later_and_begin_anew_after_a_success(rig, paper):
    rig.place(1)
    rig.fail("unavailable_before", count=4)
    waits = []
    for _ in range(4):
        with pytest.raises(UpstreamFailed) as failure:
            rig.run_pass(paper)
        waits.append(stream.put_off(rig.services, paper.spreadsheet_id, failure.value))
        rig.clock.advance(waits[-1] + 200)
    assert waits == sorted(waits)
    assert waits[-1] >= 8
    rig.live_through(20)
    assert rig.file(paper).tries == 0
    paper.assert_right()


def test_a_file_that_waits_is_not_asked_before_its_time(rig, paper):
    rig.place(1)
    rig.fail("unavailable_before")
    with pytest.raises(UpstreamFailed) as failure:
        rig.run_pass(paper)
    wait_s = stream.put_off(rig.services, paper.spreadsheet_id, failure.value)
    rig.calls()
    assert rig.run_pass(paper) == pytest.approx(wait_s)
    assert rig.calls() == (0, 0)


def test_too_many_requests_push_everybody_of_the_same_writer_back(rig, paper):
    """The next file of that writer does not try its luck within the minute."""
    other = rig.bound()
    rig.clock.advance(60)
    rig.place(2)
    rig.fail("too_many_requests")
    rig.wake.run_all(rig.services)
    rig.calls()
    assert 58 <= rig.run_pass(other) <= 65
    assert 58 <= rig.run_pass(paper) <= 65
    assert rig.calls() == (0, 0)
    rig.live_through(90)
    paper.assert_right()
    other.assert_right()


def test_a_refused_write_leaves_nothing_open(rig, paper):
    """429 is Google's word that nothing was applied: new rows need not wait for 190 s."""
    rig.place(2)
    rig.fail("too_many_requests")
    with pytest.raises(QuotaSpent):
        rig.run_pass(paper)
    assert open_intents(rig) == []
    assert all(row.sent_at is None for row in rig.all_rows(paper).values())


def test_unanswered_intents_wake_nobody_until_they_are_over(rig, paper):
    """A quiet sheet with an unanswered write is looked at once more, row by row and as a whole, and then left alone."""
    placed = rig.place(2)
    rig.settle()
    rig.clock.advance(60)
    rig.ship(placed[0])
    rig.fail("dropped_after")
    rig.live_through(30)
    paper.assert_right()
    rig.calls()
    rig.live_through(120)
    assert rig.calls() == (0, 0)
    rig.live_through(80)
    reads, writes = rig.calls()
    assert 1 <= reads <= 6
    assert writes == 0
    assert open_intents(rig) == []


def test_a_pass_that_lost_its_lease_settles_nothing(rig, paper):
    """Another worker took over while Google was slow: what this one learnt no longer counts."""
    rig.place(3)
    google = interpose(rig)

    def take_over():
        with rig.services.store.write() as tx:
            later = rig.clock.now() + timedelta(seconds=31)
            assert leases.take_lease(
                tx, paper.spreadsheet_id, holder="another", now=later, until=later + timedelta(seconds=30)
            )

    google.after["batch_update"] = [take_over]
    rig.run_pass(paper)
    stored = rig.all_rows(paper)
    assert all(row.settled == 0 and row.image is None for row in stored.values())
    assert rig.file(paper).lease_holder == "another", "the newer lease is not released by the older pass"
    assert len(paper.rows()) == len(stored)
    rig.write(release, paper)
    rig.live_through(220, step_s=30)
    paper.assert_right()
    assert len(paper.rows()) == len(stored)


def release(tx, paper):
    sheets.update_file(tx, paper.spreadsheet_id, lease_holder=None, lease_until=None)


def test_nothing_is_sent_under_a_lost_lease(rig, paper):
    """The takeover came between reading and writing: not one byte more goes out."""
    rig.clock.advance(30)
    rig.place(3)
    google = interpose(rig)

    def take_over():
        later = rig.clock.now() + timedelta(seconds=31)
        rig.write(
            leases.take_lease, paper.spreadsheet_id, holder="another", now=later, until=later + timedelta(seconds=30)
        )

    google.after["get_by_filter"] = [take_over]
    rig.calls()
    rig.run_pass(paper)
    assert rig.calls() == (1, 0)
    assert paper.rows() == []
    assert rig.history(paper)[0].outcome == "unknown"


def test_a_sheet_that_somebody_else_writes_is_left_alone(rig, paper):
    rig.place(1)
    now = rig.clock.now()
    rig.write(leases.take_lease, paper.spreadsheet_id, holder="another", now=now, until=now + timedelta(seconds=30))
    rig.calls()
    assert rig.run_pass(paper) == stream.BUSY_S
    assert rig.calls() == (0, 0)
    rig.clock.advance(31)
    rig.settle()
    paper.assert_right()


def test_marks_that_come_while_a_pass_runs_are_not_settled_with_it(rig, paper):
    """A pass settles exactly what it sent; the order changed again meanwhile and is written once more."""
    (order_id,) = rig.place(1)
    google = interpose(rig)
    google.after["get_by_filter"] = [lambda: rig.ship(order_id)]
    assert rig.run_pass(paper) is not None
    assert all(row.version > row.settled > 0 for row in rig.all_rows(paper).values())
    rig.settle()
    assert {row["Status"] for row in paper.rows()} == {"AWAITING_COLLECTION"}
    assert rig.dirty(paper) == []
    assert rows.DELETED not in {row.position for row in rig.all_rows(paper).values()}
