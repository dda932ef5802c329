"""Each write of a roll-off meets each fate: lost after it was applied, its sender killed, late, or late while values of
its rows went there and back. No order is lost, doubled or stale, and nothing of people's own is gone.

What a cut, a deletion and a return survive that are only late or lost is told beside them.
"""

import contextlib
from collections import Counter

import pytest
from flows.aging import ARCHIVE, KEY, aged
from flows.mishaps import KilledError, interpose
from flows.sends import BACK, FATES, KILLED, LATE, strike

from service.core.columns import COLUMNS
from service.flows.roll_moves import LOST_TITLE

PAID_BY = COLUMNS["payment_method"].header


def sort(scene):
    """What people do right before the rows are cut out: others leave the tab with them."""
    scene.paper.hand("sort", "A", order="DESCENDING")


def insert_a_column(scene):
    """What they do before these come back: they stand under other headings, and are laid out once more."""
    scene.paper.hand("insert", "COLUMNS", 2)


def delete_the_tab(scene):
    """What leaves the rows without a tab to come back to. What was still in it goes with it."""
    staged = [text for title in scene.titles() if title.startswith("Rowstream is") for text in texts(scene, title)]
    scene.own &= Counter(staged)
    scene.new = [order_id for order_id in scene.new if order_id in staged]
    scene.paper.hand("delete_tab")


def texts(scene, title):
    return [str(cell) for row in scene.paper.grid(tab=title) for cell in row if cell != ""]


#: The write, and the deeds before each write of the turn that leads to it.
DEEDS = {
    "roll_moves.take_out": (),
    "roll_moves._return 1": (sort,),
    "roll_moves._return 2": (sort, insert_a_column),
    "roll_moves._delete": (),
}
CASES = [
    ("roll_moves.take_out", BACK),
    ("roll_moves._return 1", KILLED),
    ("roll_moves._return 1", BACK),
    *(("roll_moves._return 2", fate) for fate in FATES),
    ("roll_moves._delete", BACK),
]
#: Rows that were laid out under headings of a moment before, and are laid out anew only when others stand there.
NAMED_ALONE = {("roll_moves._return 2", LATE), ("roll_moves._return 2", BACK)}


def struck(rig, scene, place, fate, deeds):
    """A turn in which people do this before its writes, and the write from this place meets its fate."""
    google = interpose(rig)
    google.before["batch_update"] = [lambda deed=deed: deed(scene) for deed in deeds]
    met = strike(rig, place, fate)
    with contextlib.suppress(KilledError):
        scene.run()
    met.bury()
    assert met.is_over
    if fate == BACK:
        go_there_and_back(rig, scene)


def go_there_and_back(rig, scene):
    """Every order is paid by another way, and that is seen in the tabs, and then by the first again."""
    world = rig.world.market.world
    before = {one: world.show(world.orders[one])["payment_method_name"] for one in [*scene.old, *scene.new]}
    for order_id in before:
        rig.edit(order_id, payment_method_name="Barter")
    rig.live_through(30, step_s=10)
    for order_id, name in before.items():
        rig.edit(order_id, payment_method_name=name)


def assert_paid_right(rig, scene):
    """Every order shows how it was paid, in whichever tab it stands."""
    world = rig.world.market.world
    standing = [*scene.paper.rows(), *scene.paper.rows(tab=ARCHIVE)]
    shown = {row[KEY]: row[PAID_BY] for row in standing if row.get(KEY) in {*scene.old, *scene.new}}
    assert shown == {one: world.show(world.orders[one])["payment_method_name"] for one in [*scene.old, *scene.new]}


@pytest.mark.parametrize(("place", "fate"), CASES, ids=[f"{place}, {fate}" for place, fate in CASES])
def test_a_write_of_a_roll_off_that_meets_its_fate_loses_nothing(rig, place, fate):
    """Remarks that came back under other headings by a write which nobody answered are named there."""
    scene = aged(rig, old=3, new=2)
    scene.copy()
    struck(rig, scene, place, fate, DEEDS[place])
    scene.come_to_rest()
    assert scene.unnamed() == set()
    if (place, fate) in NAMED_ALONE:
        scene.own &= scene.texts()
    scene.assert_nothing_is_lost()
    assert_paid_right(rig, scene)


@pytest.mark.parametrize("fate", FATES)
def test_rows_without_a_tab_to_come_back_to_are_shown_once_whatever_becomes_of_the_write(rig, fate):
    scene = aged(rig, old=3, new=2)
    scene.copy()
    struck(rig, scene, "roll_moves._show", fate, (sort, delete_the_tab))
    scene.come_to_rest()
    (shown,) = [title for title in scene.titles() if title.startswith(LOST_TITLE)]
    assert not [title for title in scene.titles() if title.startswith("Rowstream is")]
    assert scene.own <= Counter(texts(scene, shown))
    assert Counter(scene.new) <= Counter(texts(scene, shown))
    assert sorted(scene.archived()) == sorted(scene.old)
    assert scene.binding().reason == "tab-gone"
