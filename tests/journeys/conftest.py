"""Where most stories begin: an account, its shop, and a sheet that follows it."""

import pytest
from team import build_team

WATCH_LIST = "SLA Watch List"


@pytest.fixture
def team(product, people):
    """The owner has an account and an empty spreadsheet."""
    return build_team(product, people)


@pytest.fixture
def connected(team):
    """The owner's shop is connected, with its past fetched."""
    return team.connect()


@pytest.fixture
def live(connected):
    """The sheet follows the shop for the warehouse."""
    return connected.bind()
