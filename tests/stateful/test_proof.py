"""The proof that the test of schedules can fail: a writer that people's hands do break is found broken by it."""

import pytest
from hypothesis import Phase, given, settings
from stateful.deeds import Deed
from stateful.naive import write_where_it_stood
from stateful.play import BrokenError, Figures, Play
from stateful.schedules import QUIET, SCENES, Round, Schedule, Trade, schedules


def played(ground, chosen, scene, *, many):
    @settings(chosen, max_examples=many, phases=(Phase.generate,))
    @given(schedule=schedules(scene))
    def hold(schedule):
        Play(ground, schedule, Figures(), write_where_it_stood).perform()

    hold()


def test_a_naive_writer_is_right_while_nobody_touches_the_sheet(ground, chosen):
    """So it is people's hands that break it, and not the test."""
    played(ground, chosen, QUIET, many=6)


@pytest.mark.parametrize("scene", SCENES[:2], ids=lambda scene: scene.name)
def test_a_naive_writer_is_found_broken_by_people_s_hands(ground, chosen, scene):
    """The same schedules that the product survives: a counterexample is found and told as a story."""
    with pytest.raises(BrokenError, match="At rest:"):
        played(ground, chosen, scene, many=100)


#: A person's deed between read and write, the sentence about it, and what has to be found in a careless writer's sheet.
RACES = (
    (Deed("sort", 0, 1), "Maya sorts the sheet by column A, descending.", "not named in the history: "),
    (Deed("insert rows", 0), "Maya inserts 1 row(s) at 2.", "stands 2 times, should 1"),
    (Deed("insert columns", 2), "Maya inserts 1 column(s) at C.", "never put right: "),
)


@pytest.mark.parametrize(("deed", "told", "found"), RACES, ids=[deed.name for deed, *_ in RACES])
def test_a_lost_race_is_told_from_its_beginning_to_what_is_wrong_and_the_product_loses_none(ground, deed, told, found):
    """One change of an order and one deed in the window: all that a person needs to see it happen."""
    placed = Round((Trade("place", 2), Trade("place", 1)), wait_s=61)
    raced = Round((Trade("retrack", 1, 1),), (Deed("type a note", 0),), ((0, deed),))
    schedule = Schedule("one tab", (placed, raced))
    with pytest.raises(BrokenError) as broken:
        Play(ground, schedule, Figures(), write_where_it_stood).perform()
    story, _, wrong = str(broken.value).partition("At rest:")
    assert [line.partition(". ")[2] for line in story.strip().splitlines()[1:]] == [
        "New orders …0001, …0002, …0003.",
        "New orders …0004, …0005.",
        "A pass begins.",
        "61 s pass.",
        "Order …0002 has the tracking number TRK1 now.",
        "Maya types «1» into O2.",
        "A pass begins.",
        f"… before the write: {told}",
        "1 s pass.",
    ]
    assert found in wrong
    Play(ground, schedule, Figures()).perform()
