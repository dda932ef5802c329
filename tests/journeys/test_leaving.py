"""Leaving: a shop is disconnected, a person signs out, and what stays behind is said beforehand."""

import sqlalchemy as sa

from cards.actions import Action
from service.flows import upkeep
from service.store.tables import recipients

TAB = "SLA Watch List"


def test_disconnected_shop_brings_nothing_new_and_its_buyers_are_forgotten(live):
    """What the sheet shows stays; orders of later are not fetched, notices are taken and forgotten."""
    first = live.product.shop().place(2)
    live.product.settle(patience_s=20)
    owner = live.sidebar("owner").press("Manage shops").press(Action.DISCONNECT_SHOP)
    assert owner.says(TAB)
    owner.press(Action.CONFIRM_DISCONNECT_SHOP)
    assert owner.toast == "Bloom & Thread is disconnected"
    live.product.shop().place(2)
    live.product.clock.advance(1800)
    upkeep.wake_due(live.product.services)
    live.product.settle(patience_s=60)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(first)
    with live.product.services.store.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(recipients)).scalar_one() == 0
    assert live.sidebar("owner").says("Bloom & Thread is not connected any more, so nothing new arrives.")


def test_shop_that_comes_back_brings_what_happened_meanwhile_into_the_same_rows(live):
    shop = live.product.shop()
    (order_id,) = shop.place(1, kind="NORMAL")
    live.product.settle(patience_s=20)
    owner = live.sidebar("owner").press("Manage shops").press(Action.DISCONNECT_SHOP)
    owner.press(Action.CONFIRM_DISCONNECT_SHOP)
    live.product.clock.advance(600)
    shop.step(order_id, "ship")
    live.connect()
    live.product.clock.advance(60)
    live.product.settle(patience_s=120)
    rows = live.sheet.cells(TAB)
    assert {row["Order ID"] for row in rows} == {order_id}
    assert {row["Status"] for row in rows} == {"AWAITING_COLLECTION"}
    assert len({row["Key"] for row in rows}) == len(rows)


def test_signing_out_stops_no_sheet_and_ends_no_membership(live):
    """The sheet is written by the writer and goes on; who comes back finds everything as it was."""
    live.join("admin")
    admin = live.sidebar("admin").post("sign-out").press(Action.CONFIRM_SIGN_OUT)
    assert admin.title == "Goodbye"
    placed = live.product.shop().place(1)
    live.product.settle(patience_s=30)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(placed)
    assert live.sidebar("admin").says("Bloom & Thread, admin")


def test_token_that_was_signed_out_opens_nothing_at_google(live):
    """Revoking is Google's: what the person's token could do, it can do no more."""
    live.join("admin")
    sidebar = live.sidebar("admin")
    event = sidebar.event("confirm-sign-out", {}, {})
    token = event["authorizationEventObject"]["userOAuthToken"]
    assert sidebar.send("confirm-sign-out", event).status_code == 200
    assert live.product.world.identity.bearers.find(token) is None


def test_last_owner_stays_owner(connected):
    """An account is never left without somebody who can hand it on."""
    (row,) = (one for one in connected.members() if one.role == "owner")
    owner = connected.sidebar("owner").post("change-role", form={"role": "client"}, member_id=row.id)
    assert owner.says("This is the last owner")
    owner.post("confirm-revoke", member_id=row.id)
    assert owner.says("This is the last owner")
    assert [one.role for one in connected.members()] == ["owner"]


def test_stopped_tab_keeps_its_rows_and_gets_no_more(live):
    first = live.product.shop().place(2)
    live.product.settle(patience_s=20)
    (binding,) = live.bindings()
    owner = live.sidebar("owner").post("sheet", binding_id=binding.id).press(Action.STOP)
    owner.press(Action.CONFIRM_STOP)
    live.product.shop().place(2)
    live.product.settle(patience_s=30)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(first)
    assert live.sidebar("owner").says("Choose what this sheet shows, and for whom.")
