"""Each write that makes, marks or takes down a column meets each fate: lost after it was applied, its sender killed,
late, or late while what it is about went there and back. Columns stand there once, and nobody's heading is gone.

What most of them survive that are only late or lost is told beside what they do.
"""

import contextlib

import pytest
from flows.adopting import standing
from flows.comparing import told
from flows.mishaps import KilledError, interpose
from flows.sends import BACK, FATES, KILLED, LATE, live_until_struck, strike

from service.errors import UpstreamFailed
from service.flows import repairs
from service.google.grid import column_letters
from service.store.reports import Kind

MINUTE = 60
NOTE = "My note"


@pytest.fixture
def own(rig):
    return standing(rig, NOTE, count=3)


def change(own, *, add=(), take_out=()):
    if add:
        own.add(*add)
    own.take_out(*take_out)
    own.adopt()


def headings(own):
    """How often ours and theirs stand there."""
    shown = own.paper.grid()[0]
    return {name: shown.count(name) for name in ("Shop", "Carrier", NOTE)}


# --- a changed profile -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_wanted_again", [True, False], ids=["there and back", "taken out meanwhile"])
def test_a_column_that_comes_late_stands_there_as_the_profile_says_by_then(rig, own, is_wanted_again):
    before = own.notes()
    change(own, add=["shop_name"])
    live_until_struck(strike(rig, "reshaping._put_in", LATE))
    change(own, take_out=["shop_name"])
    rig.live_through(20)
    if is_wanted_again:
        change(own, add=["shop_name"])
    rig.live_through(10 * MINUTE, step_s=30)
    assert headings(own) == {"Shop": int(is_wanted_again), "Carrier": 1, NOTE: 1}
    assert own.notes() == before
    assert own.is_calm()
    own.assert_right()


@pytest.mark.parametrize("place", ["reshaping._blank", "reshaping._take_out"])
def test_a_column_that_is_wanted_again_before_it_is_taken_down_late_stands_there(rig, own, place):
    before = own.notes()
    change(own, take_out=["provider"])
    live_until_struck(strike(rig, place, BACK))
    change(own, add=["provider"])
    rig.live_through(10 * MINUTE, step_s=30)
    assert headings(own) == {"Shop": 0, "Carrier": 1, NOTE: 1}
    assert own.notes() == before
    assert own.is_calm()
    own.assert_right()


def test_marks_that_are_taken_off_late_are_those_of_the_column_that_went(rig, own):
    before = own.notes()
    change(own, take_out=["provider"])
    live_until_struck(strike(rig, "reshaping._take_out", LATE))
    rig.live_through(6 * MINUTE, step_s=30)
    assert headings(own) == {"Shop": 0, "Carrier": 0, NOTE: 1}
    assert own.notes() == before
    assert own.is_calm()
    own.assert_right()


@pytest.mark.parametrize("fate", FATES)
def test_a_heading_that_is_written_once_more_stands_there_once_by_any_fate(rig, own, fate):
    """Its column was being taken down when somebody wanted it again; there and back: they do without it once more."""
    change(own, take_out=["provider"])
    live_until_struck(strike(rig, "reshaping._blank", KILLED))
    change(own, add=["provider"])
    met = strike(rig, "reshaping._name_again", fate)
    live_until_struck(met)
    if fate == BACK:
        change(own, take_out=["provider"])
        rig.live_through(20)
        change(own, add=["provider"])
    rig.live_through(10 * MINUTE, step_s=30)
    assert headings(own) == {"Shop": 0, "Carrier": 1, NOTE: 1}
    assert own.is_calm()
    own.assert_right()


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("place", ["reshaping._give_back", "late_heads._give_back"])
def test_a_heading_that_was_blanked_by_mistake_comes_back_by_any_fate(rig, own, place, fate):
    """Hers came under our hands, at once or late; it is named, and put back once more where nobody knows if it was."""
    before = own.notes()
    change(own, take_out=["provider"])
    rig.run_pass(own.paper)
    at = own.paper.column("Carrier")
    if place.startswith("late"):
        live_until_struck(strike(rig, "reshaping._blank", LATE))
        own.paper.hand("move", "COLUMNS", own.paper.column(NOTE), to=at)
    else:
        google = interpose(rig)
        google.before["batch_update"] = [lambda: own.paper.hand("move", "COLUMNS", own.paper.column(NOTE), to=at)]
    met = strike(rig, place, fate)
    live_until_struck(met)
    if fate == BACK:
        for text in ("Hers", NOTE):
            own.paper.type(f"{column_letters(at)}1", text)
    rig.live_through(8 * MINUTE, step_s=30)
    named = set(rig.named(own.paper))
    assert named == {f"{own.paper.tab}!{column_letters(at)}1"}
    assert headings(own) == {"Shop": 0, "Carrier": 0, NOTE: 1}
    assert own.notes() == before
    assert own.is_calm()


# --- a column that a person deleted ----------------------------------------------------------------------------------


def press(rig, own):
    """Somebody wants the deleted column back."""
    report_id = told(rig, own.paper)[Kind.COLUMN_DELETED, "provider"]
    with contextlib.suppress(KilledError, UpstreamFailed):
        repairs.restore_column(rig.services, rig.owner, rig.identity(), own.paper.spreadsheet_id, report_id)


def delete(rig, own):
    own.paper.hand("delete", "COLUMNS", own.paper.column("Carrier"))
    rig.ship(own.paper.rows()[0]["Order ID"])
    rig.settle()


@pytest.mark.usefixtures("no_retries_inside_a_call")
@pytest.mark.parametrize("fate", [KILLED, BACK])
def test_a_column_that_is_put_back_at_a_press_stands_there_once_by_any_fate(rig, own, fate):
    """Pressed again while the first press is on its way, and deleted once more, it comes with that first press."""
    before = own.notes()
    delete(rig, own)
    met = strike(rig, "repairs._add_column", fate)
    press(rig, own)
    met.bury()
    assert met.is_over
    if fate == BACK:
        press(rig, own)
        rig.settle()
        assert headings(own)["Carrier"] == 1
        delete(rig, own)
    rig.live_through(25 * MINUTE, step_s=60)
    assert headings(own) == {"Shop": 0, "Carrier": 1, NOTE: 1}
    assert own.notes() == before
    assert told(rig, own.paper) == {}
    own.assert_right()
