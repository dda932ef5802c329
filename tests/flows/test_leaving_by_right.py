"""Rows that leave by right: their owned cells go, but the key; leaving by status alone takes nothing away."""

from dataclasses import replace

import pytest

from service.core.presets import PRESETS
from service.core.roles import Role, Switch
from service.flows import connect
from service.store import rows

BUYERS = ("Recipient", "Address", "Phone", "Postcode")


def warehouse_of(rig, order_id):
    (row,) = [one for one in rig.world.market.world.orders.values() if one.id == order_id]
    return rig.world.market.world.show(row)["warehouse_id"]


def cells_but(row, *kept):
    return {header: value for header, value in row.items() if value != "" and header not in kept}


def test_buyers_of_a_disconnected_shop_are_gone_from_its_tabs(rig):
    """The rows stay, and everything in them that is no buyer's."""
    rig.switch(Switch.WAREHOUSE_PII)
    rig.place(3, kind="NORMAL")
    paper = rig.bound(rig.preset("pick_and_ship", Role.WAREHOUSE))
    paper.tab = rig.only_binding(paper).tab_title
    before = paper.by_key()
    assert all(row["Recipient"] for row in before.values())
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    rig.settle()
    after = paper.by_key()
    assert all(row[header] == "" for row in after.values() for header in BUYERS)
    changed = {header for key in before for header in before[key] if before[key][header] != after[key][header]}
    assert changed <= {*BUYERS, "Time left"}


def test_a_tab_without_buyers_is_left_alone_by_a_disconnection(rig, paper):
    rig.place(2)
    rig.settle()
    rig.calls()
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    rig.settle()
    assert rig.calls() == (0, 0)


@pytest.fixture
def one_warehouse(rig):
    """A tab for the warehouse that ships the first of two orders."""
    (order_id,) = rig.place(1, kind="NORMAL")
    mine = warehouse_of(rig, order_id)
    profile = rig.preset("sla_watch_list", Role.WAREHOUSE)
    paper = rig.bound(replace(profile, row_filter=replace(profile.row_filter, warehouse_ids=(mine,))))
    return paper, order_id, mine


def test_an_order_that_goes_to_another_warehouse_leaves_its_key_alone(rig, one_warehouse):
    """What this warehouse may not know any more is cleared; it comes back with the order."""
    paper, order_id, mine = one_warehouse
    paper.hand("insert", "COLUMNS", 3)
    paper.type("D1", "Mine")
    paper.type("D2", "my remark")
    rig.clock.advance(60)
    rig.edit(order_id, warehouse_id="7000000000000000999")
    rig.settle()
    (row,) = paper.rows()
    assert cells_but(row, "Key") == {"Mine": "my remark"}
    rig.edit(order_id, warehouse_id=mine)
    rig.settle()
    paper.assert_right()
    assert paper.rows()[0]["Mine"] == "my remark"


def test_an_order_that_leaves_the_filter_by_its_status_keeps_its_row(rig, one_warehouse):
    paper, order_id, _mine = one_warehouse
    rig.ship(order_id)
    rig.world.market.take_step(order_id, "scan")
    rig.clock.advance(60)
    rig.fetch([order_id])
    rig.settle()
    (status,) = [row["Status"] for row in paper.rows()]
    assert status not in PRESETS["sla_watch_list"].row_filter.statuses
    assert paper.rows()[0]["Order ID"] == order_id
    assert all(row.position != rows.DELETED for row in rig.all_rows(paper).values())
