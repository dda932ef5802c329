"""Where most stories begin: an account, its shop, and a sheet that follows it."""

import pytest
from journeys.consent_giving import bind_by_consent, close_domain
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


@pytest.fixture
def closed(connected):
    """The owner's organisation shares no file with the outside; the shop is connected, nothing is bound."""
    close_domain(connected.product)
    return connected


@pytest.fixture
def with_admin(closed):
    """An admin of the same organisation, who may edit the file."""
    closed.join("admin")
    closed.product.world.emulator.state.closed.clear()  # they are of another domain here, and are let in beforehand
    closed.sheet.share(closed.people["admin"])
    close_domain(closed.product)
    return closed


@pytest.fixture
def personal(closed):
    """The sheet follows the shop, written as its owner."""
    return bind_by_consent(closed)
