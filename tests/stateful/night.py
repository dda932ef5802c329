"""A night of random schedules, in small batches: each has a seed of its own; one that fails is told and left behind.

Run by `python -m tests.stateful`, which says in the environment what is asked for; the suite does not collect it.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from stateful.ground import Ground
from stateful.play import BrokenError, Figures, Play
from stateful.schedules import SCENES, Scene, schedules

BATCH = 50
FOUND_BEFORE = ".hypothesis/schedules"  # schedules that failed once, a folder for each scene: they are played first


@dataclass(frozen=True)
class Wishes:
    """What somebody asks of a night. `first_seed`: of the first batch of each scene, counted up from there."""

    schedules: int
    first_seed: int
    scenes: Sequence[str]
    shrinks: bool

    @property
    def phases(self) -> tuple[Phase, ...]:
        return (Phase.generate, Phase.shrink) if self.shrinks else (Phase.generate,)


@dataclass
class Tale:
    """What came of one scene. `share`: how many of it are to be played; `failures`: seed of the batch and the story."""

    scene: Scene
    share: int
    played: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)

    def __str__(self) -> str:
        seeds = ", ".join(str(number) for number, _ in self.failures)
        return f"{self.scene.name}: {self.played} played, {len(self.failures)} broken" + (
            f" ({seeds})" if seeds else ""
        )


@pytest.fixture(scope="session")
def wishes():
    return Wishes(**json.loads(os.environ["ROWSTREAM_NIGHT"]))


@pytest.mark.timeout(12 * 3600)
def test_a_night_of_schedules(ground, figures, wishes):
    """The scenes take turns, so that a night cut short has seen something of each."""
    chosen = [scene for scene in SCENES if scene.name in wishes.scenes]
    share, more = divmod(wishes.schedules, len(chosen))
    tales = [Tale(scene, share + (at < more)) for at, scene in enumerate(chosen)]
    seeds = count(wishes.first_seed)
    while left := [tale for tale in tales if tale.played < tale.share]:
        number = next(seeds)
        for tale in left:
            _batch(ground, figures, tale, wishes, number=number)
            say(f"{tale}, of {tale.share}; seed {number}")
    say("\n".join(["", *(str(tale) for tale in tales), str(figures)]))
    assert not any(tale.failures for tale in tales)


def _batch(ground: Ground, figures: Figures, tale: Tale, wishes: Wishes, *, number: int) -> None:
    """So many schedules of this seed, or as many as it takes to break one, which is then shrunk."""
    is_broken, many = False, min(BATCH, tale.share - tale.played)
    phases = (Phase.reuse, *wishes.phases) if number == wishes.first_seed else wishes.phases
    found_before = DirectoryBasedExampleDatabase(f"{FOUND_BEFORE}/{tale.scene.name}")

    @seed(number)
    @settings(
        settings.get_profile("schedules-nightly"), max_examples=many, phases=phases, database=found_before,
        report_multiple_bugs=False,
    )  # fmt: skip
    @given(schedule=schedules(tale.scene))
    def hold(schedule):
        nonlocal is_broken
        tale.played += not is_broken
        try:
            Play(ground, schedule, figures).perform()
        except BrokenError:
            is_broken = True
            raise

    try:
        hold()
    except BrokenError as broken:
        notes = "\n".join(getattr(broken, "__notes__", ()))
        tale.failures.append((number, str(broken)))
        say(f"{broken}{notes}\nAgain: --scene {tale.scene.name} --seed {number} --schedules {BATCH}\n")


def say(text: str) -> None:
    """A line of the log, at once."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)
