"""The proof that the test of schedules can fail: a writer that people's hands do break is found broken by it."""

import pytest
from hypothesis import Phase, given, settings
from stateful.naive import write_where_it_stood
from stateful.play import BrokenError, Figures, Play
from stateful.schedules import QUIET, SCENES, schedules


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
