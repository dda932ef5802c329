"""How a file begins when it is bound: paused where nobody can say who opens it, refused where somebody can."""

import pytest
from flows.boundary import let_in, put_out
from flows.rig import MAYA

from service.errors import Conflict
from service.flows import readers, share
from service.sandbox.people import person_of


def approve(rig, paper):
    (found,) = share.check_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    return readers.approve_reader(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, found.reader_id)


def test_file_that_a_group_can_open_begins_paused_and_names_the_group(rig):
    """Refused, nobody could ever approve the group: approvals are of a file that is ours."""
    rig.place(2)
    paper = rig.spreadsheet()
    let_in(rig, paper, "ops@packright.example", kind="group")
    rig.calls()
    rig.bind(paper)
    file = rig.file(paper)
    assert (file.state, file.reason, file.reason_text) == ("paused", share.LEAK, "the group ops@packright.example")
    rig.settle()
    assert paper.grid(tab="Sheet1") == []
    assert rig.calls()[1] == 0


def test_such_a_file_goes_on_once_the_group_is_approved(rig):
    rig.place(2)
    paper = rig.spreadsheet()
    let_in(rig, paper, "ops@packright.example", kind="group")
    rig.bind(paper)
    assert approve(rig, paper).why == "group"
    rig.settle()
    assert rig.file(paper).state == "live"
    paper.assert_right()


def test_such_a_file_goes_on_by_itself_once_the_group_is_gone(rig):
    rig.place(1)
    paper = rig.spreadsheet()
    group = let_in(rig, paper, "ops@packright.example", kind="group")
    rig.bind(paper)
    rig.settle()
    put_out(rig, paper, group)
    rig.live_through(80)
    assert rig.file(paper).state == "live"
    paper.assert_right()


@pytest.mark.parametrize(
    ("kind", "address"), [("anyone", ""), ("domain", "packright.example"), ("user", "nosy@else.example")]
)
def test_file_of_somebody_who_can_be_named_is_not_bound(rig, kind, address):
    """Not even beside a group: whoever it is can be removed or invited first."""
    paper = rig.spreadsheet()
    let_in(rig, paper, "ops@packright.example", kind="group")
    let_in(rig, paper, address, kind=kind)
    with pytest.raises(Conflict) as problem:
        rig.bind(paper)
    assert (address or "anyone with the link") in problem.value.sentence
    assert rig.file(paper) is None


def test_file_of_somebody_else_is_not_bound_whoever_else_is_in_it(rig):
    """An editor cannot take a file of a stranger's for their account by letting a group in."""
    paper = rig.spreadsheet()
    let_in(rig, paper, "ops@packright.example", kind="group")
    stranger = person_of("owner@else.example")
    let_in(rig, paper, stranger.email, role="owner")
    let_in(rig, paper, MAYA.email, role="writer")
    with pytest.raises(Conflict):
        rig.bind(paper)
    assert rig.file(paper) is None


def test_group_let_into_a_live_file_refuses_one_more_tab_there(rig, paper):
    """What streams already is not stopped by somebody's wish for more."""
    let_in(rig, paper, "ops@packright.example", kind="group")
    with pytest.raises(Conflict) as problem:
        rig.bind(paper)
    assert "the group ops@packright.example" in problem.value.sentence
    assert rig.file(paper).state == "live"


def test_nothing_of_an_earlier_pause_is_left_when_a_tab_is_bound(rig, paper):
    """Looked for in vain for hours, clean at last, and bound for one more tab: it goes on at once."""
    nosy = let_in(rig, paper, "nosy@else.example")
    rig.clock.advance(61)
    rig.place(1)
    rig.live_through(500)
    assert rig.file(paper).tries > 1
    put_out(rig, paper, nosy)
    rig.bind(paper)
    file = rig.file(paper)
    assert (file.state, file.reason, file.tries, file.not_before, file.intruders) == ("live", "", 0, None, None)
    rig.settle()
    assert rig.file(paper).state == "live"
    assert paper.rows()
