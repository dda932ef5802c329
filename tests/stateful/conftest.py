"""The ground of all schedules, raised once, and how they are drawn: 200 here, always the same ones."""

import shutil

import pytest
from hypothesis import HealthCheck, Phase, settings
from stateful.deeds import Deed
from stateful.ground import raise_ground
from stateful.play import Figures, Play
from stateful.schedules import Round, Schedule, Trade

SCHEDULES = 200
# To explain a failure, every line of every try at shrinking it is traced and kept: gigabytes, and minutes.
PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": False, "phases": PHASES}
settings.register_profile("schedules", derandomize=True, database=None, **COMMON)
settings.register_profile("schedules-nightly", **COMMON)


@pytest.fixture(scope="session")
def many():
    """How many schedules are played in all."""
    return SCHEDULES


@pytest.fixture(scope="session")
def chosen():
    """How schedules are drawn: the same ones each time."""
    return settings.get_profile("schedules")


@pytest.fixture(scope="session")
def ground(tmp_path_factory, migrated_sqlite, world_keys, spreadsheets):
    folder = tmp_path_factory.mktemp("ground")
    path = folder / "rowstream.db"
    shutil.copy(migrated_sqlite.removeprefix("sqlite:///"), path)
    world = folder / "world"
    world.mkdir()
    yield from raise_ground(world, database_url=f"sqlite:///{path}", keys=world_keys, spreadsheets=spreadsheets)


@pytest.fixture(scope="session")
def figures():
    found = Figures()
    yield found
    print(f"\n{found}")


@pytest.fixture
def play(ground):
    """Orders on one tab, and a remark of Maya's beside the first."""
    found = Play(ground, Schedule("one tab", ()), Figures())
    found.play(Round((Trade("place", 2),), wait_s=61))
    found.do(Deed("type a note"))
    return found
