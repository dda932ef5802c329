"""The ground of all cases, raised once in a file of tests, and how many are played: 500, at night as many as asked."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from leaks.ground import raise_ground
from leaks.play import Figures

CASES = int(os.environ.get("ROWSTREAM_LEAKS", "500"))
# To explain a failure, every line of every try at shrinking it is traced and kept: gigabytes, and minutes.
PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": False, "phases": PHASES}
settings.register_profile("leaks", derandomize=True, database=None, **COMMON)
settings.register_profile("leaks-nightly", verbosity=Verbosity.normal, **COMMON)


@pytest.fixture(scope="session")
def many():
    """How many cases are played."""
    return CASES


@pytest.fixture(scope="session")
def chosen():
    """How cases are drawn: the same ones each time, or at night new ones, with those that failed before first."""
    return settings.get_profile("leaks-nightly" if "ROWSTREAM_LEAKS" in os.environ else "leaks")


@pytest.fixture(scope="module")
def ground(tmp_path_factory, migrated_sqlite, world_keys, spreadsheets):
    """Of one file of tests: whoever builds a product later takes its log lines over."""
    folder = tmp_path_factory.mktemp("leaks")
    path = folder / "rowstream.db"
    shutil.copy(migrated_sqlite.removeprefix("sqlite:///"), path)
    world = folder / "world"
    world.mkdir()
    yield from raise_ground(world, database_url=f"sqlite:///{path}", keys=world_keys, spreadsheets=spreadsheets)


@pytest.fixture(scope="module")
def figures():
    found = Figures()
    yield found
    print(f"\n{found}")
