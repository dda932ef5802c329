"""Rows of orders that were finished long ago move to an archive tab: each order in one of the two, nothing lost."""

import pytest

from service.core.roles import Role
from service.store import archives, roll_offs

DAY = 86_400
TAB, ARCHIVE = "Orders", "Orders archive"


def bind_all(rig, *, days=60):
    """A tab that shows every order, with this window."""
    paper = rig.spreadsheet()
    rig.bind(paper, rig.preset("accountant", Role.OWNER), audience=Role.OWNER, window_days=days, title=TAB)
    paper.tab = TAB
    rig.settle()
    return paper


def age(rig, days):
    """Market time goes on, and the shop's orders with it."""
    rig.world.market.advance(days * DAY)
    rig.fetch([order.id for order in rig.world.market.world.orders.values()])
    rig.settle()


def test_rows_of_long_finished_orders_move_to_the_archive(rig):
    paper = bind_all(rig)
    old = rig.place(5)
    rig.settle()
    age(rig, 100)
    new = rig.place(3)
    rig.settle()
    rig.live_through(600)
    assert set(paper.by_key("Order ID")) == set(new)
    assert set(paper.by_key("Order ID", tab=ARCHIVE)) == set(old)
    print(rig.history(paper))
