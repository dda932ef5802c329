"""A key put back, or a copy cleared, by a write without an answer that arrives when another row stands there."""

import contextlib

import pytest
from flows.comparing import look, told
from flows.mishaps import KilledError, interpose
from flows.sends import BACK, FATES, LOST, live_until_struck, strike

from service.errors import UpstreamFailed
from service.flows import repairs
from service.google import grid
from service.store import intents
from service.store.reports import Kind

MINUTE = 60
NOTE = "My note"
AT = 4  # the grid row of the order whose key is damaged

pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


@pytest.fixture
def listed(rig, paper):
    """Eight orders, and on the left a column of the owner's with a remark on each row."""
    rig.place(8)
    rig.settle()
    paper.hand("insert", "COLUMNS", 0)
    paper.type("A1", NOTE)
    for number, key in enumerate(paper.keys(), start=2):
        paper.type(f"A{number}", f"about {key}")
    rig.live_through(30)
    return paper


def remarks(paper):
    return {row["Key"]: row[NOTE] for row in paper.rows() if row["Key"]}


DEEDS = {Kind.KEY_DAMAGED: repairs.repair_key, Kind.ROW_COPIED: repairs.remove_copy}


def press(rig, paper, kind, report_id):
    DEEDS[kind](rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, report_id)


def put_in_a_row(paper, row=AT):
    """Right where the write is going to arrive, with words in our columns."""
    paper.hand("insert", "ROWS", row)
    for at in (1, 3, 5):
        paper.type(f"{grid.column_letters(at)}{row + 1}", f"mine {at}")


def mine(paper):
    return [cell for row in paper.grid() for cell in row if str(cell).startswith("mine")]


def press_all(rig, paper):
    for (kind, _), report_id in told(rig, paper).items():
        if kind in DEEDS:
            press(rig, paper, kind, report_id)
    look(rig, paper)


HANDS = {
    "all sorted": lambda paper: paper.hand("sort", "N", order="DESCENDING"),
    "a row put in": put_in_a_row,
    "a row deleted": lambda paper: paper.hand("delete", "ROWS", 2),
}


@pytest.mark.parametrize("deed", HANDS)
def test_a_key_that_arrives_in_another_row_leaves_it_again(rig, listed, deed):
    """Its own order changes meanwhile, and is written into no other row; then the key may be put back once more."""
    key = listed.rows()[AT - 1]["Key"]
    before = remarks(listed)
    letter = grid.column_letters(listed.column("Key"))
    listed.hand("clear", f"{letter}{AT + 1}")
    look(rig, listed)
    rig.fail("late")
    with pytest.raises(UpstreamFailed):
        press(rig, listed, Kind.KEY_DAMAGED, told(rig, listed)[Kind.KEY_DAMAGED, key])
    HANDS[deed](listed)
    hers = mine(listed)
    rig.live_through(2 * MINUTE, step_s=30)
    assert key in set(listed.keys()), "it has arrived"
    rig.ship(rig.all_rows(listed)[key].order_id)
    rig.live_through(5 * MINUTE, step_s=30)
    press_all(rig, listed)
    shown = remarks(listed)
    assert {one: shown[one] for one in before.keys() & shown.keys()} == {one: before[one] for one in shown}
    assert len(before) - len(shown) == (deed == "a row deleted")
    assert mine(listed) == hers
    assert rig.dirty(listed) == []
    assert rig.read(intents.open_parts, listed.spreadsheet_id, rig.only_binding(listed).id) == []
    listed.assert_right()
    if deed == "a row put in":
        named = set(rig.named(listed))
        assert f"{listed.tab}!{letter}{AT + 1}" in named


CLEARED = {
    "all sorted": lambda paper, at: paper.hand("sort", "A", order="DESCENDING"),
    "a row put in": put_in_a_row,
    "a row moved there": lambda paper, at: paper.hand("move", "ROWS", AT, to=at + 1),
}


@pytest.mark.parametrize("deed", CLEARED)
def test_a_copy_that_is_cleared_late_costs_no_other_order_its_row(rig, listed, deed):
    """A row of ours that was cleared instead is filled again beside its remark; of hers each cell is named."""
    before = remarks(listed)
    raw = [str(value) for value in listed.grid()[6]]
    at, key = len(listed.grid()), raw[listed.column("Key")]
    listed.hand("paste", f"A{at + 1}", [["", *raw[1:]]])
    look(rig, listed)
    rig.fail("late")
    with pytest.raises(UpstreamFailed):
        press(rig, listed, Kind.ROW_COPIED, told(rig, listed)[Kind.ROW_COPIED, key])
    CLEARED[deed](listed, at)
    rig.live_through(6 * MINUTE, step_s=30)
    press_all(rig, listed)
    assert remarks(listed) == before
    assert told(rig, listed) == {}
    assert rig.dirty(listed) == []
    listed.assert_right()
    named = set(rig.named(listed))
    hers = {f"{listed.tab}!{grid.a1_cell(at, column)}" for column in (1, 3, 5)}
    assert hers & named == (hers if deed == "a row put in" else set())


def test_a_correction_of_a_row_that_the_tab_no_longer_has_holds_nothing_up(rig, listed):
    """She deletes its row and all below it, to the end of the tab: Google refuses to show where the key was sent."""
    key, last = listed.rows()[-1]["Key"], len(listed.grid()) - 1
    listed.hand("clear", f"{grid.column_letters(listed.column('Key'))}{last + 1}")
    look(rig, listed)
    rig.fail("late")
    with pytest.raises(UpstreamFailed):
        press(rig, listed, Kind.KEY_DAMAGED, told(rig, listed)[Kind.KEY_DAMAGED, key])
    rig.live_through(2 * MINUTE, step_s=30)
    found = [it["properties"] for it in listed.look("sheets.properties(title,gridProperties.rowCount)")["sheets"]]
    (count,) = (it["gridProperties"]["rowCount"] for it in found if it["title"] == listed.tab)
    listed.hand("delete", "ROWS", last, count=count - last)
    rig.live_through(2 * MINUTE, step_s=30)
    (order_id,) = rig.place(1)
    rig.live_through(3 * MINUTE, step_s=30)
    assert order_id in {row["Order ID"] for row in listed.rows()}
    assert rig.read(intents.open_parts, listed.spreadsheet_id, rig.only_binding(listed).id) == []


# --- whatever becomes of it, and of what puts it right ---------------------------------------------------------------


def damage(rig, paper):
    """The key of a row is cleared, and that is seen. The key, and its cell."""
    cell = f"{grid.column_letters(paper.column('Key'))}{AT + 1}"
    key = paper.rows()[AT - 1]["Key"]
    paper.hand("clear", cell)
    look(rig, paper)
    return key, cell


def copy(rig, paper):
    """A copy of a row below everything, seen. Its grid row, and the text of its cells."""
    raw = [str(value) for value in paper.grid()[6]]
    at = len(paper.grid())
    paper.hand("paste", f"A{at + 1}", [["", *raw[1:]]])
    look(rig, paper)
    return at, ["", *raw[1:]]


def press_struck(rig, paper, kind, place, fate):
    """The button is pressed, and the write from this place meets its fate."""
    (report_id,) = [one for (found, _), one in told(rig, paper).items() if found == kind]
    met = strike(rig, place, fate)
    with contextlib.suppress(KilledError, UpstreamFailed):
        press(rig, paper, kind, report_id)
    met.bury()
    assert met.is_over


def assert_at_peace(rig, paper, before):
    """Everything is right after one more look, and each remark stands beside its row."""
    rig.live_through(6 * MINUTE, step_s=30)
    press_all(rig, paper)
    assert remarks(paper) == before
    assert told(rig, paper) == {}
    assert rig.dirty(paper) == []
    paper.assert_right()


def test_a_key_that_she_puts_back_and_clears_again_while_it_comes_late_stands_once(rig, listed):
    before = remarks(listed)
    key, cell = damage(rig, listed)
    press_struck(rig, listed, Kind.KEY_DAMAGED, "corrections.write_key", BACK)
    listed.type(cell, f"'{key}")
    rig.live_through(20)
    listed.hand("clear", cell)
    assert_at_peace(rig, listed, before)


@pytest.mark.parametrize("fate", [LOST, BACK])
def test_a_copy_is_cleared_once_whatever_became_of_the_write(rig, listed, fate):
    """There and back: she deletes the copy while it comes late, and pastes it once more."""
    before = remarks(listed)
    at, raw = copy(rig, listed)
    press_struck(rig, listed, Kind.ROW_COPIED, "corrections.clear_copy", fate)
    if fate == BACK:
        listed.hand("delete", "ROWS", at)
        rig.live_through(20)
        listed.hand("paste", f"A{at + 1}", [raw])
    assert_at_peace(rig, listed, before)


@pytest.mark.parametrize("fate", FATES)
def test_a_key_that_was_hit_by_a_sort_comes_back_whatever_became_of_the_write(rig, listed, fate):
    """Sorted right before a key is put back, which so falls upon another row's."""
    before = remarks(listed)
    damage(rig, listed)
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("sort", "A", order="DESCENDING")]
    press_struck(rig, listed, Kind.KEY_DAMAGED, "corrections._give_back", fate)
    if fate == BACK:
        listed.hand("sort", "A")
        rig.live_through(20)
        listed.hand("sort", "A", order="DESCENDING")
    assert_at_peace(rig, listed, before)


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("place", ["corrections.take_key_away", "corrections.give_key_back"])
def test_what_a_late_correction_hit_is_right_whatever_became_of_the_write_that_saw_to_it(rig, listed, place, fate):
    """A key fell into her row and leaves it, or a row of ours lost its key to a clearing and gets it back."""
    before = remarks(listed)
    if place.endswith("away"):
        damage(rig, listed)
        press_struck(rig, listed, Kind.KEY_DAMAGED, "corrections.write_key", BACK)
        put_in_a_row(listed)
    else:
        at, _ = copy(rig, listed)
        press_struck(rig, listed, Kind.ROW_COPIED, "corrections.clear_copy", BACK)
        listed.hand("move", "ROWS", AT, to=at + 1)
    hers = mine(listed)
    live_until_struck(strike(rig, place, fate))
    if fate == BACK:
        listed.hand("sort", "A", order="DESCENDING")
        rig.live_through(20)
        listed.hand("sort", "A")
    assert_at_peace(rig, listed, before)
    assert mine(listed) == hers
