"""The whole product with the engine that runs in production, on both databases: from the consent to the cell."""

import pytest
from running import RunningClock, eventually, running
from team import build_team

TAB = "SLA Watch List"


@pytest.fixture
def clock():
    return RunningClock()


@pytest.fixture
def product(settings, local_world, clock):
    with running(settings, local_world, clock) as product:
        yield product


@pytest.mark.every_database
def test_order_reaches_its_cell_and_changes_in_place(product, people):
    """Nobody lends a hand: webhook, queue, fetch, queue, write, verified; then the same row changes."""
    team = build_team(product, people)
    team.connect()
    eventually(lambda: [shop.subscribed_at for shop in team.shops() if shop.subscribed_at and shop.import_at is None])
    team.bind()
    eventually(lambda: TAB in team.sheet.tabs())
    placed = [order.id for order in product.world.market.place_orders(5, kind="NORMAL")]
    eventually(lambda: {row["Order ID"] for row in team.sheet.cells(TAB)} == set(placed))
    keys = [row["Key"] for row in team.sheet.cells(TAB)]
    assert len(keys) == len(set(keys))
    product.world.market.take_step(placed[0], "ship")
    eventually(
        lambda: (
            {row["Status"] for row in team.sheet.cells(TAB) if row["Order ID"] == placed[0]} == {"AWAITING_COLLECTION"}
        )
    )
    assert [row["Key"] for row in team.sheet.cells(TAB)] == keys
