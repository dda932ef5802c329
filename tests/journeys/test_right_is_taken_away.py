"""Somebody may see less than before: nothing more is written for them, and what stands is named as standing."""

from dataclasses import replace

import pytest
from drivers import caller_of
from flows.mishaps import Interposed

from cards.actions import Action
from service.flows import manage, members, upkeep

LABELS = "3PL pick & ship"


@pytest.fixture
def labels(connected):
    """The warehouse's file shows addresses, which the owner allowed."""
    return connected.switch("warehouse:PII").bind("preset:pick_and_ship")


def minute_later(team):
    """The readers of a file are looked at again after a minute."""
    team.product.clock.advance(61)
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=30)


def order_ids(team, tab):
    return {row["Order ID"] for row in team.sheet.cells(tab)}


def turn_off(team, switch):
    team.sidebar("owner").post("role-switches").post("set-switch", switch=switch)


def test_switch_turned_off_stops_the_tab_and_on_again_catches_up(labels):
    shop = labels.product.shop()
    first = shop.place(2)
    labels.product.settle(patience_s=30)
    turn_off(labels, "warehouse:PII")
    second = shop.place(2)
    minute_later(labels)
    assert order_ids(labels, LABELS) == set(first)
    assert labels.sidebar("owner").says("A column is no longer allowed")
    labels.switch("warehouse:PII")
    minute_later(labels)
    assert order_ids(labels, LABELS) == {*first, *second}


def test_switches_card_names_the_tabs_that_rest(labels):
    turn_off(labels, "warehouse:PII")
    assert labels.sidebar("owner").post("role-switches").says(f"{LABELS} in Orders")


def test_switch_turned_off_while_a_pass_reads_sends_nothing(labels):
    """The right is looked at once more in the transaction before the write."""
    services, market = labels.product.services, labels.product.world.market
    owner = manage.standing(services, caller_of(labels.people["owner"]), labels.sheet.spreadsheet_id).actor
    google = Interposed(services.google)
    google.after["get_by_filter"] = [lambda: members.set_switch(services, owner, "warehouse:PII", wanted="off")]
    before = labels.sheet.grid(LABELS)
    market.place_orders(1)
    while market.deliver_due():
        continue
    labels.product.wake.run_all(replace(services, google=google), patience_s=60)
    assert google.after["get_by_filter"] == []
    assert labels.sheet.grid(LABELS) == before


def test_revoked_member_who_can_still_open_the_file_stops_it_by_name(live):
    """Membership ended, but Google's sharing did not: the sheet waits until the owner has removed the reader."""
    live.join("warehouse")
    live.sheet.share(live.people["warehouse"])
    shop = live.product.shop()
    first = shop.place(1)
    minute_later(live)
    assert order_ids(live, "SLA Watch List") == set(first)
    end_membership(live, "warehouse")
    second = shop.place(1)
    minute_later(live)
    assert order_ids(live, "SLA Watch List") == set(first)
    owner = live.sidebar("owner")
    assert owner.says(live.people["warehouse"].email)
    live.sheet.unshare(live.people["warehouse"])
    owner.press(Action.CHECK_SHARING)
    minute_later(live)
    assert order_ids(live, "SLA Watch List") == {*first, *second}


def test_revoked_member_is_a_stranger_at_once(live):
    live.join("warehouse")
    packer = live.sidebar("warehouse")
    assert packer.says("SLA Watch List")
    end_membership(live, "warehouse")
    assert live.sidebar("warehouse").says("Nothing to show here")
    packer.post("orders")
    assert packer.says("Nothing to show here")


def test_role_changed_to_one_that_may_see_less_stops_the_file_they_can_open(live):
    """The file is written for the warehouse; an accountant may not see deadlines, and can open it."""
    live.join("warehouse")
    live.sheet.share(live.people["warehouse"])
    (member,) = (one for one in live.members() if one.role == "warehouse")
    sidebar = live.sidebar("owner").post("member", member_id=member.id)
    sidebar.press(Action.CHANGE_ROLE, form={"role": ["accountant"]})
    placed = live.product.shop().place(1)
    minute_later(live)
    assert not order_ids(live, "SLA Watch List") & set(placed)
    assert live.sidebar("owner").says("accountant")


def test_orders_card_follows_the_role_from_one_press_to_the_next(connected):
    """Support sees the buyer; after the change to accountant the same press shows the price and no buyer."""
    connected.join("support")
    (order_id,) = connected.product.shop().place(1, overrides={"recipient_address": {"name": "Odette Quill"}})
    sidebar = connected.sidebar("support").post("order", order_key=order_id)
    assert sidebar.says("Odette Quill")
    (member,) = (one for one in connected.members() if one.role == "support")
    connected.sidebar("owner").post("change-role", form={"role": "accountant"}, member_id=member.id)
    sidebar.post("order", order_key=order_id)
    assert not sidebar.says("Odette Quill")
    assert sidebar.says("Order total")


def end_membership(team, role):
    """Here, and not in Google: the person is left in the sheets."""
    (member,) = (one for one in team.members() if one.role == role)
    sidebar = team.sidebar("owner").post("people").press(team.people[role].email)
    sidebar.press(Action.REVOKE_MEMBER).press(Action.CONFIRM_REVOKE, form={"remove": None})
    assert member.id not in {one.id for one in team.members()}
