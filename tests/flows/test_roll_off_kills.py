"""The process dies, or Google's answer is lost, at any moment of a roll-off: each order in one tab, nothing lost."""

import contextlib
from dataclasses import replace

import pytest
from flows.aging import KEY, age, aged
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore, interpose

from service.flows import rolling
from service.flows.memory import Memory
from service.store import roll_offs

FAULTS = ("unavailable_before", "unavailable_after", "dropped_after", "late")


def die(rig, scene, *, moment):
    """A run of the roll-off by a process that dies at this moment. Whether it did."""
    fate = Fate(moment)
    mortal = replace(
        rig.services,
        store=MortalStore(rig.services.store, fate),
        google=MortalGoogle(rig.services.google, fate),
        memory=Memory(),
    )
    rig.clock.advance(30)
    rig.write(roll_offs.look_again, [scene.binding().id], rig.clock.now())
    with contextlib.suppress(KilledError):
        rolling.run(mortal, scene.paper.spreadsheet_id)
    rig.clock.advance(31)  # the dead process's lease
    return fate.is_dead


def grow_old(rig, scene, count=2):
    """So many more orders that are ripe for the archive."""
    scene.old += rig.place(count)
    rig.settle()
    age(rig, 100)
    scene.old += [order_id for order_id in scene.new if order_id not in scene.old]  # all but those with remarks
    scene.new.clear()


@pytest.fixture
def scene(rig):
    return aged(rig, old=3, new=0)


@pytest.mark.parametrize("is_copied", [False, True], ids=["while rows are copied", "while rows leave"])
def test_a_process_that_dies_leaves_each_order_in_one_tab(rig, scene, is_copied):
    for moment in range(1, 60):
        if is_copied:
            scene.run()
            rig.settle(patience_s=5)
        if not die(rig, scene, moment=moment):
            break
        scene.come_to_rest()
        scene.assert_nothing_is_lost()
        assert sorted(scene.archived()) == sorted(scene.old), moment
        grow_old(rig, scene)
    assert moment > (10 if is_copied else 6)
    scene.come_to_rest()
    scene.assert_nothing_is_lost()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", [0, 1], ids=["cut", "delete"])
def test_a_lost_answer_leaves_each_order_in_one_tab(rig, scene, fault, call):
    scene.copy()
    rig.fail(fault, after=call)
    scene.run()
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert sorted(scene.archived()) == sorted(scene.old)
    assert scene.live() == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", [0, 1, 2], ids=["cut", "return", "delete"])
def test_a_lost_answer_after_a_race_loses_nothing(rig, fault, call):
    """Somebody sorts before the rows are cut out, so that others are in the staging tab when the answer is lost."""
    scene = aged(rig)
    scene.copy()
    google = interpose(rig)
    google.before["batch_update"] = [lambda: scene.paper.hand("sort", "A", order="DESCENDING")]
    rig.fail(fault, after=call)
    scene.run()
    scene.come_to_rest()
    scene.assert_nothing_is_lost()


def test_a_late_cut_finds_other_rows_in_its_places(rig):
    """It lands a hundred seconds after the tab was sorted and new orders came: what it took by mistake goes back."""
    scene = aged(rig)
    scene.copy()
    rig.fail("late")
    scene.run()
    scene.paper.hand("sort", "A", order="DESCENDING")
    scene.new += rig.place(2)
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert set(scene.new) <= {row[KEY] for row in scene.paper.rows()}


def test_rows_that_come_back_late_under_other_headings_are_named(rig):
    """Somebody sorts before the rows are cut out, and puts a column in before those that were in the way return."""
    scene = aged(rig)
    scene.copy()
    google = interpose(rig)
    google.before["batch_update"] = [lambda: scene.paper.hand("sort", "A", order="DESCENDING")]
    rig.fail("late", after=1)
    scene.run()
    scene.paper.hand("insert", "COLUMNS", 2)
    scene.come_to_rest()
    assert scene.own - scene.texts(), "the column was put in before they came back"
    assert scene.unnamed() == set()
    assert sorted(scene.live()) == sorted(scene.new)
