"""A tab takes over a changed profile while people have their hands in it and calls fail: nothing of theirs is lost."""

import pytest
from flows.adopting import Own, standing
from flows.mishaps import interpose

from service.core.orders import OrderStatus
from service.core.roles import Role
from service.errors import UpstreamFailed
from service.flows import care
from service.flows.memory import Memory
from service.google.problems import RequestRefused

MINUTE = 60
NOTE = "My note"


@pytest.fixture
def own(rig):
    return standing(rig, NOTE, count=5)


# --- hands between our calls -----------------------------------------------------------------------------------------

HANDS = {
    "sort": lambda paper: paper.hand("sort", "A", order="DESCENDING"),
    "insert": lambda paper: paper.hand("insert", "COLUMNS", 0),
    "move": lambda paper: paper.hand("move", "COLUMNS", paper.column(NOTE), to=0),
    "rows": lambda paper: paper.hand("insert", "ROWS", 2, count=2),
    "tear": lambda paper: paper.hand("sort", "B", order="DESCENDING", cells="A2:D6"),
    "delete": lambda paper: "Carrier" in paper.grid()[0] and paper.hand("delete", "COLUMNS", paper.column("Carrier")),
}


@pytest.mark.parametrize("deed", HANDS)
@pytest.mark.parametrize("call", range(6))
def test_whatever_people_do_between_two_calls_their_texts_survive(rig, own, deed, call):
    """A column comes and one goes, and before one of our calls they sort, put columns or rows in, or move their own."""
    before = own.notes()
    own.take_out("provider")
    own.add("shop_name")
    own.adopt()
    google = interpose(rig)
    done = []

    def hand():
        HANDS[deed](own.paper)
        done.append(deed)

    google.before["get_by_filter" if call % 2 else "batch_update"] = [*[lambda: None] * (call // 2), hand]
    rig.settle()
    own.audit()
    assert done
    assert own.notes() == before
    header = own.paper.grid()[0]
    assert (header.count("Shop"), header.count("Carrier"), header.count(NOTE)) == (1, 0, 1)
    assert own.is_calm()
    own.assert_right()


def test_a_column_put_in_just_before_the_heads_are_blanked_costs_nobody_a_heading(rig, own):
    """Their own heading came under our hands: it is put back, and named in the history."""
    own.take_out("provider")
    own.adopt()
    rig.run_pass(own.paper)
    google = interpose(rig)
    at = own.paper.column("Carrier")
    google.before["batch_update"] = [lambda: own.paper.hand("move", "COLUMNS", own.paper.column(NOTE), to=at)]
    rig.clock.advance(10)
    rig.settle()
    header = own.paper.grid()[0]
    assert (header.count(NOTE), header.count("Carrier")) == (1, 0)
    assert any(line.cells for line in rig.history(own.paper))
    assert own.is_calm()


# --- calls that fail -------------------------------------------------------------------------------------------------

FAULTS = ("unavailable_before", "unavailable_after", "dropped_after", "bad_gateway_after")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("skip", range(4))
def test_an_answer_that_is_lost_costs_only_time(rig, own, fault, skip):
    """One of the writes (columns in, cells cleared, heads blanked, marks off) is refused or loses its answer."""
    before = own.notes()
    own.take_out("status")
    own.add("shop_name")
    own.adopt()
    google = interpose(rig)
    google.before["batch_update"] = [*[lambda: None] * skip, lambda: rig.fail(fault)]
    rig.live_through(6 * MINUTE, step_s=30)
    header = own.paper.grid()[0]
    assert (header.count("Shop"), header.count("Status")) == (1, 0)
    assert own.notes() == before
    assert own.is_calm()
    own.assert_right()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_call_that_lands_late_changes_nothing(rig, own, count):
    """It was given up, and what it was to do was done by another call: then it arrives."""
    own.take_out("status")
    own.add("shop_name")
    own.adopt()
    google = interpose(rig)
    line = google._google._transport._http._transport
    google.before["batch_update"] = [*[lambda: None] * (count - 1), line.hold]
    rig.live_through(6 * MINUTE, step_s=30)
    header = own.paper.grid()[0]
    line.deliver()
    rig.live_through(MINUTE)
    assert own.paper.grid()[0] == header
    assert (header.count("Shop"), header.count("Status")) == (1, 0)
    assert own.is_calm()
    own.assert_right()


@pytest.mark.parametrize("has_died", [False, True], ids=["", "and its sender died"])
def test_a_head_that_is_blanked_late_was_somebody_else_s_by_then(rig, own, has_died):
    """Their column had come to stand there: its heading is put back, or at least named."""
    own.take_out("provider")
    own.adopt()
    rig.run_pass(own.paper)
    at = own.paper.column("Carrier")
    rig.fail("late")
    rig.clock.advance(10)
    with pytest.raises(UpstreamFailed):
        rig.run_pass(own.paper)
    own.paper.hand("move", "COLUMNS", own.paper.column(NOTE), to=at)
    if has_died:
        object.__setattr__(rig.services, "memory", Memory())
    rig.live_through(6 * MINUTE, step_s=30)
    named = rig.named(own.paper)
    assert named == [f"{own.paper.tab}!{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[at]}1"]
    header = own.paper.grid()[0]
    assert (header.count(NOTE), header.count("Carrier")) == (0 if has_died else 1, 0)
    assert own.is_calm()


def test_what_google_refuses_rests_alone_until_somebody_tries_again(rig, own):
    """Somebody protected the tab: it is paused for that, and goes on where it stood."""
    google = interpose(rig)
    own.add("shop_name")
    own.adopt()

    def refuse():
        raise RequestRefused("Google refused this.", index=0, message="no")

    google.before["batch_update"] = [refuse]
    rig.settle()
    row = rig.only_binding(own.paper)
    assert (row.state, row.reason) == ("paused", "refused")
    assert rig.file(own.paper).state == "live"
    care.resume_tab(rig.services, rig.owner, own.paper.spreadsheet_id, row.id)
    rig.settle()
    assert own.is_calm()
    own.assert_right()


def test_a_lost_wake_up_is_found_by_the_sweep(rig):
    """No row waits for anything in an empty tab, and still its columns come."""
    empty = Own(rig, "sales_by_order", role=Role.ACCOUNTANT, statuses=(OrderStatus.CANCELLED.value,))
    assert empty.paper.rows() == []
    empty.add("shop_name")
    empty.adopt()
    rig.wake.waiting.clear()  # with the process that had them
    rig.live_through(MINUTE)
    assert "Shop" in empty.paper.grid()[0]


# --- the history -----------------------------------------------------------------------------------------------------


def test_history_says_which_columns_came_and_went(rig, own):
    own.take_out("provider")
    own.add("shop_name")
    own.adopt()
    rig.settle()
    said = " / ".join(line.reason for line in rig.history(own.paper))
    assert "columns added: Shop" in said
    assert "columns taken out: Carrier" in said


def test_a_paused_file_takes_the_change_over_when_it_goes_on(rig, own):
    care.pause(rig.services, rig.owner, own.paper.spreadsheet_id)
    own.add("shop_name")
    own.adopt()
    rig.settle()
    assert "Shop" not in own.paper.grid()[0]
    care.resume(rig.services, rig.owner, own.paper.spreadsheet_id)
    rig.settle()
    assert own.is_calm()
    own.assert_right()
