"""A profile of one's own: cloned, changed, looked at, and then what the tab shows, column by column."""

import pytest
from drivers import clicks
from local_world import WORLD_URL

from cards.actions import Action
from service.flows import upkeep

OWN = "My SLA Watch List"


@pytest.fixture
def editor(connected):
    """The owner's own copy of the watch list, open for changes."""
    sidebar = connected.sidebar("owner").post("choose-profile").press("SLA Watch List")
    return sidebar.press("Make a copy")


def draft_of(sidebar):
    """The profile that the buttons of this card change."""
    return next(one.parameters["draft_id"] for one in clicks(sidebar.card) if "draft_id" in one.parameters)


def columns_of(sidebar):
    """The columns the editor lists, in their order."""
    return [one.label for one in clicks(sidebar.card) if one.action == "column"]


def test_tab_shows_the_chosen_columns_in_the_chosen_order(connected, editor):
    """Taken out, added, moved and renamed in the sidebar: the header of the tab says exactly that."""
    draft = draft_of(editor)
    for header in ("Carrier", "Tracking #", "Clock", "Time left", "Urgency", "Flag"):
        editor.press(header).press(Action.REMOVE_COLUMN)
    editor.post("add-column", form={"columns": ["product_name", "warehouse"]}, draft_id=draft)
    editor.press("Due").press("Move left")
    editor.press("Due").press("Make it first")
    editor.press("Due").press(Action.RENAME_COLUMN, form={"header": "Ship by"})
    assert columns_of(editor) == [
        "Ship by", "Order ID", "SKU", "Items", "Qty", "Status", "Note", "Product", "Warehouse",
    ]  # fmt: skip
    editor.press(Action.SAVE_PROFILE, form={"profile_name": "Packing desk", "audience": ["warehouse"]})
    connected.product.shop().place(2)
    connected.bind(draft)
    header, *rows = connected.sheet.grid("Packing desk")
    assert header[:9] == ["Ship by", "Order ID", "SKU", "Items", "Qty", "Status", "Note", "Product", "Warehouse"]
    assert header[9:] == ["Key"]
    assert rows


def test_profile_that_asks_for_what_its_role_may_not_see_is_refused_with_a_reason(connected, editor):
    """Nothing is trimmed: the profile stays as it was, and the card says which column and who can allow it."""
    draft, before = draft_of(editor), columns_of(editor)
    editor.post("add-column", form={"columns": ["product_name", "phone"]}, draft_id=draft)
    assert editor.says("The role warehouse may not see: Phone")
    assert columns_of(editor) == before
    editor.post("add-column", form={"columns": ["order_total"]}, draft_id=draft)
    assert editor.says("cannot be shown here")
    assert columns_of(editor) == before


def test_profile_may_not_be_given_to_a_role_that_may_see_less(connected, editor):
    """The role is part of the profile: changing it is checked like a column."""
    draft = draft_of(editor)
    editor.press(Action.SAVE_PROFILE, form={"profile_name": OWN, "audience": ["client"]})
    assert editor.says("The role client may never see")
    connected.sidebar("owner").post("bind-form", profile_id=draft)
    sidebar = connected.sidebar("owner").post("bind", form={"tab": ["new"], "audience": ["client"]}, profile_id=draft,
                                              once_key="k")  # fmt: skip
    assert sidebar.says("may never see")
    assert connected.bindings() == []


def test_filter_decides_which_orders_come(connected, editor):
    """Status and SKU in, everything else out; the preview counts before anything is written."""
    shop = connected.product.shop()
    (chosen, _other) = shop.place(2, kind="NORMAL", overrides={"line_items": {"*": {"seller_sku": "PLAIN-1"}}})
    change_sku(connected, chosen, "WANTED-7")
    draft = draft_of(editor)
    editor.post("edit-filter", draft_id=draft)
    editor.press(Action.SAVE_FILTER, form={"status": ["AWAITING_SHIPMENT"], "sku": "WANTED-7"})
    assert editor.says("Status: awaiting shipment; SKU: WANTED-7")
    assert [label for label in editor.texts() if label.startswith("1 ")]
    connected.bind(draft)
    assert {row["Order ID"] for row in connected.sheet.cells(OWN)} == {chosen}


def test_tab_keeps_the_profile_it_was_bound_with(connected, editor):
    """Changing a saved profile afterwards does not pull columns from under people's hands."""
    draft = draft_of(editor)
    connected.product.shop().place(1)
    connected.bind(draft)
    before = connected.sheet.grid(OWN)[0]
    connected.sidebar("owner").post("edit-columns", profile_id=draft).press("Items").press(Action.REMOVE_COLUMN)
    connected.product.shop().place(1)
    connected.product.settle(patience_s=20)
    assert connected.sheet.grid(OWN)[0] == before
    assert all(row["Items"] for row in connected.sheet.cells(OWN))


def test_preview_hides_from_the_owner_what_the_owner_may_not_see(connected):
    """The profile is for support, who may see buyers; the person who designs it may not, and does not."""
    connected.product.shop().place(1, overrides={"recipient_address": {"name": "Odette Quill"}})
    sidebar = connected.sidebar("owner").post("clone-profile", profile_id="preset:pick_and_ship", once_key="c")
    draft = draft_of(sidebar)
    sidebar.post("column", draft_id=draft, column_key="recipient").press("Make it first")
    sidebar.press(Action.SAVE_PROFILE, form={"profile_name": "For support", "audience": ["support"]})
    assert sidebar.says("Recipient")
    assert sidebar.says("Not shown to your role")
    assert not sidebar.says("Odette Quill")


def change_sku(team, order_id, sku):
    """The seller renames the SKU of this order's lines."""
    team.product.clock.advance(5)
    body = {"order_id": order_id, "changes": {"line_items": {"*": {"seller_sku": sku}}}}
    assert team.product.world.http.post(f"{WORLD_URL}/tiktok/control/edit", json=body).is_success
    team.product.clock.advance(600)
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=20)
