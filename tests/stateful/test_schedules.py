"""Random orders, user edits and faults: at rest each order is there once, every owned cell right, and nothing lost."""

import pytest
from hypothesis import given, settings
from stateful.play import Play
from stateful.schedules import SCENES, schedules


@pytest.mark.timeout(7200)  # the night plays ten times as many
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_people_or_faults_do_breaks_the_sheet(ground, figures, chosen, many, scene):
    @settings(chosen, max_examples=many // len(SCENES))
    @given(schedule=schedules(scene))
    def hold(schedule):
        Play(ground, schedule, figures).perform()

    hold()
