"""Buyers go when their shop is taken away, when one of them asks, when the account closes; nothing of them is left."""

import pytest
import sqlalchemy as sa
from flows.buyers import (
    DAY_S,
    HEADERS,
    KEY,
    TAB,
    desk_of,
    end,
    in_database,
    in_sheets,
    place,
    shown,
    sweep_until_erased,
)
from flows.rig import attach_shop, open_account, scope
from msgspec.structs import replace

from service.core.roles import Role, Switch
from service.errors import Conflict, NotFound
from service.flows import care, connect, erasing, ingest, retention, share, upkeep
from service.flows.erasing import Erase
from service.sandbox.people import person_of
from service.store import orders, people, personal, sheets, shops
from service.store.tables import accounts, audit, notes, recipients
from service.store.tables import orders as order_table

RIVAL = person_of("rival@other.example")


def stored(rig, order_id, shop_id=""):
    found = rig.read(orders.stored, rig.services.store.sealer, shop_id=shop_id or rig.shop.id, order_ids=[order_id])
    return found.get(order_id)


def count(rig, table):
    with rig.services.store.read() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


# --- a shop ----------------------------------------------------------------------------------------------------------


def test_no_byte_tells_of_the_buyers_of_a_shop_that_was_taken_away(rig, tmp_path):
    """Database, its log, sealed texts, spreadsheets, archives: searched before, so that the search is known to find."""
    rig.switch(Switch.WAREHOUSE_PII)
    retention.set_days(rig.services, rig.owner, 90)
    paper = desk_of(rig, window_days=10)
    labels = rig.bound(rig.preset("pick_and_ship", Role.WAREHOUSE))
    old, of_old = place(rig, 1)
    end(rig, old, "COMPLETED")
    rig.settle()
    rig.world.market.advance(20 * DAY_S)
    new, of_new = place(rig, 2)
    rig.place(40)
    rig.live_through(600, step_s=20)
    assert shown(paper, old, tab=f"{TAB} archive").keys() == set(HEADERS)
    assert new in paper.by_key(KEY)
    planted = [*of_old, *of_new]
    everything = {canary.name for canary in planted}
    assert in_database(rig, planted) == everything
    assert in_sheets(rig, tmp_path / "before", planted) == everything
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    rig.settle()
    upkeep.erase_due(rig.services)
    assert in_database(rig, planted) == set()
    assert in_sheets(rig, tmp_path / "after", planted) == set()
    assert erasing.left_in_sheets(rig.services, rig.account_id) == []
    assert labels.grid(tab="3PL pick & ship")
    assert {row["Status"] for row in paper.rows()} == {"AWAITING_SHIPMENT"}


def test_an_order_that_was_being_fetched_brings_no_buyer_back(rig):
    """The shop is taken away between the fetch and the save."""
    order_id, _planted = place(rig)
    access = connect.access(rig.services, rig.shop)
    fetched = rig.services.tiktok.orders(access, [order_id], deadline=float("inf"))
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    unknown = replace(fetched[0], order_id="576999999999999999")
    assert ingest.save(rig.services, rig.shop, [*fetched, unknown]) == 0
    assert count(rig, recipients) == 0
    assert stored(rig, unknown.order_id) is None


def test_buyers_may_stay_until_their_time_is_over(rig):
    """By choice nothing is erased with the shop; what an account keeps goes in time all the same."""
    paper = desk_of(rig)
    order_id, _planted = place(rig)
    end(rig, order_id)
    rig.settle()
    connect.disconnect(rig.services, rig.owner, rig.shop.id, erase=Erase.NOTHING)
    rig.settle()
    assert shown(paper, order_id).keys() == set(HEADERS)
    rig.world.market.advance(8 * DAY_S)
    rig.clock.advance(3700)
    rig.live_through(30)
    assert shown(paper, order_id) == {}
    assert count(rig, recipients) == 0


@pytest.mark.every_database
def test_all_orders_of_a_shop_may_go_with_it(rig):
    """Rows keep their key and what people wrote; another shop's orders are left alone."""
    paper = desk_of(rig)
    (order_id,) = rig.place(1)
    rig.place(2)
    rig.write(
        orders.write_note,
        orders.NoteRow(rig.shop.id, order_id, "red", "call", is_shared=False, assignee="", customs=[]),
        written_by="m",
        now=rig.clock.now(),
    )
    rig.settle()
    paper.hand("insert", "COLUMNS", 1)
    paper.type("B1", "Mine")
    paper.type("B2", "my remark")
    connect.disconnect(rig.services, rig.owner, rig.shop.id, erase=Erase.ORDERS)
    sweep_until_erased(rig)
    assert (count(rig, order_table), count(rig, recipients), count(rig, notes)) == (0, 0, 0)
    assert len(paper.rows()) == 3
    assert {key for row in paper.rows() for key, value in row.items() if value not in ("", None)} == {KEY, "Mine"}
    assert rig.read(shops.to_forget, limit=9) == []


def test_a_shop_connected_again_keeps_what_was_not_deleted_yet(rig):
    rig.place(2)
    connect.disconnect(rig.services, rig.owner, rig.shop.id, erase=Erase.ORDERS)
    attach_shop(rig.services, rig.world, rig.owner)
    sweep_until_erased(rig)
    assert count(rig, order_table) == 2


@pytest.mark.every_database
def test_a_tab_that_cannot_be_written_is_named_until_it_is_clean(rig):
    """Paused by a person: it keeps what it shows, is named, and is cleaned as soon as it goes on."""
    paper = desk_of(rig)
    order_id, _planted = place(rig)
    rig.settle()
    care.pause(rig.services, rig.owner, paper.spreadsheet_id)
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    rig.live_through(60)
    assert shown(paper, order_id)
    (left,) = erasing.left_in_sheets(rig.services, rig.account_id)
    assert (left.binding.tab_title, left.file.reason, left.rows) == (TAB, "asked", 1)
    care.resume(rig.services, rig.owner, paper.spreadsheet_id)
    rig.settle()
    assert shown(paper, order_id) == {}
    assert erasing.left_in_sheets(rig.services, rig.account_id) == []


def test_a_file_that_google_refused_is_tried_again_every_night(rig):
    """The writer was thrown out, and let in again by hand: nobody has to press anything."""
    paper = desk_of(rig)
    order_id, _planted = place(rig)
    rig.settle()
    file = rig.world.emulator.state.files[paper.spreadsheet_id]
    writer = next(one for one in file.permissions.values() if one.role == "writer")
    kept = dict(file.permissions)
    del file.permissions[writer.permission_id]
    rig.place(1)
    rig.settle()
    assert rig.file(paper).reason == "writer-removed"
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    retention.wipe_all(rig.services)
    rig.settle()
    assert (rig.file(paper).reason, len(erasing.left_in_sheets(rig.services, rig.account_id))) == ("writer-removed", 1)
    file.permissions.update(kept)
    retention.wipe_all(rig.services)
    rig.settle()
    assert shown(paper, order_id) == {}
    assert rig.file(paper).state == "live"


def test_a_file_paused_by_a_person_is_never_resumed_for_cleaning(rig):
    paper = desk_of(rig)
    place(rig)
    rig.settle()
    care.pause(rig.services, rig.owner, paper.spreadsheet_id)
    connect.disconnect(rig.services, rig.owner, rig.shop.id)
    retention.wipe_all(rig.services)
    rig.settle()
    assert rig.file(paper).state == "paused"


def test_a_tab_is_not_stopped_while_it_is_being_cleaned(rig):
    """Once it is stopped nobody would clear it; one that cannot be written may be stopped all the same."""
    paper, rested = desk_of(rig), desk_of(rig)
    order_id, _planted = place(rig)
    rig.settle()
    care.pause(rig.services, rig.owner, rested.spreadsheet_id)
    erasing.erase_orders(rig.services, rig.owner, [order_id])
    with pytest.raises(Conflict):
        rig.unbind(paper)
    rig.unbind(rested)
    rig.settle()
    assert shown(paper, order_id) == {}
    rig.unbind(paper)
    assert rig.read(sheets.bindings_in, paper.spreadsheet_id) == []


# --- single orders ---------------------------------------------------------------------------------------------------


def test_a_buyer_who_asked_is_gone_everywhere_and_never_comes_back(rig, tmp_path):
    paper = desk_of(rig)
    order_id, planted = place(rig, 1)
    other, of_other = place(rig, 2)
    rig.settle()
    assert in_sheets(rig, tmp_path / "before", planted)
    assert erasing.erase_orders(rig.services, rig.owner, [order_id]) == 1
    rig.settle()
    rig.edit(order_id, buyer_message="zqmessage1 once more", status="AWAITING_COLLECTION")
    rig.settle()
    upkeep.erase_due(rig.services)
    assert stored(rig, order_id).recipient == orders.EMPTY
    assert stored(rig, order_id).status == "AWAITING_COLLECTION"
    assert in_database(rig, planted) == set()
    assert in_sheets(rig, tmp_path / "after", planted) == set()
    assert shown(paper, other).keys() == set(HEADERS)
    assert in_database(rig, of_other)


@pytest.mark.every_database
def test_fetching_an_erased_order_again_changes_nothing(rig):
    """It is no news that its buyer is upstream: nothing is saved, and no sheet is woken."""
    desk_of(rig)
    order_id, _planted = place(rig)
    erasing.erase_orders(rig.services, rig.owner, [order_id])
    rig.settle()
    access = connect.access(rig.services, rig.shop)
    rig.clock.advance(60)
    assert ingest.save(rig.services, rig.shop, rig.services.tiktok.orders(access, [order_id], deadline=1e12)) == 0


def test_an_erasure_is_on_record_without_the_buyer(rig):
    order_id, _planted = place(rig)
    erasing.erase_orders(rig.services, rig.owner, [order_id])
    with rig.services.store.read() as tx:
        (line,) = tx.execute(sa.select(audit).where(audit.c.deed == erasing.ERASED)).all()
    assert (line.sub, line.subject) == (rig.owner.sub, order_id)


def test_orders_of_somebody_else_are_not_erased(rig):
    order_id, _planted = place(rig)
    rival = open_account(rig.services, RIVAL, "Rival")
    with pytest.raises(NotFound):
        erasing.erase_orders(rig.services, rival, [order_id])
    assert stored(rig, order_id).recipient != orders.EMPTY


def test_an_order_that_is_stored_while_it_is_erased_is_stored_without_its_buyer(rig):
    """The store itself refuses, whoever asks: it was erased after the fetched version had been sorted out."""
    order_id, _planted = place(rig)
    before = stored(rig, order_id)
    rig.write(personal.forget, rig.shop.id, [order_id], rig.clock.now())
    rig.write(
        orders.save,
        rig.services.store.sealer,
        before,
        account_id=rig.account_id,
        marks=orders.Marks(None, "", None),
        now=rig.clock.now(),
    )
    assert stored(rig, order_id).recipient == orders.EMPTY
    assert rig.read(personal.erased, rig.shop.id, [order_id]) == {order_id}


# --- an account ------------------------------------------------------------------------------------------------------


def close(rig):
    """As its last owner closes it, who is no member from then on."""
    now = rig.clock.now()
    with rig.services.store.write() as tx:
        share.doubt(rig.services, tx, rig.account_id)
        people.revoke_member(tx, rig.owner.member_id, now)
        for shop in shops.shops_of(tx, scope(rig)):
            shops.disconnect_shop(tx, shop.id)
        tx.execute(sa.update(accounts).where(accounts.c.id == rig.account_id).values(closed_at=now))
        erasing.erase_account(rig.services, tx, rig.account_id)


def test_an_account_that_closes_cleans_its_sheets_and_is_gone(rig, tmp_path):
    """Tabs without buyers stop at once, tabs with buyers once they are clean; then the orders go too."""
    paper, plain = desk_of(rig), rig.bound()
    order_id, planted = place(rig)
    rig.settle()
    close(rig)
    assert rig.read(sheets.bindings_in, plain.spreadsheet_id) == []
    sweep_until_erased(rig)
    assert in_sheets(rig, tmp_path / "after", planted) == set()
    assert in_database(rig, planted) == set()
    assert rig.read(sheets.bindings_of_account, rig.account_id) == []
    assert count(rig, order_table) == 0
    row = paper.by_key(KEY)[order_id]
    assert rig.file(paper) is None, "it belongs to nobody"
    assert row["Status"], "all else in the tab stays"
    assert rig.read(people.account, rig.account_id).closed_at is not None


@pytest.mark.every_database
def test_a_tab_of_a_closed_account_that_is_never_clean_is_given_up_in_the_end(rig):
    paper = desk_of(rig)
    place(rig)
    rig.settle()
    care.pause(rig.services, rig.owner, paper.spreadsheet_id)
    close(rig)
    sweep_until_erased(rig)
    assert len(rig.read(sheets.bindings_of_account, rig.account_id)) == 1
    rig.clock.advance(31 * DAY_S)
    sweep_until_erased(rig)
    assert rig.read(sheets.bindings_of_account, rig.account_id) == []
