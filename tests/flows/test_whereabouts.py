"""Why is this order not in the sheet: one reason, and a true one, for each tab; nothing about what is not one's own."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flows.rig import open_account
from msgspec import structs

from service.core.roles import Role
from service.errors import NotFound
from service.flows import care, chunks, sources, whereabouts
from service.flows.whereabouts import Reason
from service.sandbox.people import person_of
from service.store import fills, orders, reports, rows, sheets
from service.store.reports import Kind

NOWHERE = "577412936450128731"


def wide(rig, **filters):
    found = rig.preset("sla_watch_list", Role.WAREHOUSE)
    return replace(found, row_filter=replace(found.row_filter, **({"statuses": (), "due_within_h": None} | filters)))


def why(rig, paper, order_id, actor=None):
    """The answer for the file's only tab."""
    found = whereabouts.explain(rig.services, actor or rig.owner, paper.spreadsheet_id, order_id)
    (place,) = found.places
    return place


@pytest.fixture
def listed(rig):
    """A tab that takes every order, with one in it; and that order."""
    (order_id,) = rig.place(1)
    paper = rig.bound(wide(rig))
    rig.clock.advance(60)
    return paper, order_id


def test_an_order_in_the_tab_is_found_in_its_row(rig, listed):
    paper, order_id = listed
    place = why(rig, paper, order_id)
    assert place.reason is Reason.SHOWN
    assert paper.grid()[place.row][paper.column("Order ID")] == order_id


def test_an_order_that_we_do_not_have_is_said_to_be_unknown(rig, listed):
    """The same words for none at all, another account's, and a shop that this member may not see."""
    paper, order_id = listed
    assert whereabouts.explain(rig.services, rig.owner, paper.spreadsheet_id, NOWHERE).title == ""
    elsewhere = replace(rig.owner, shop_ids=frozenset({"another-shop"}))
    found = whereabouts.explain(rig.services, elsewhere, paper.spreadsheet_id, order_id)
    assert (found.title, found.places) == ("", ())


def test_another_account_s_file_is_not_found(rig, listed):
    paper, order_id = listed
    other = open_account(rig.services, person_of("ola@other.example"), "Other")
    with pytest.raises(NotFound):
        whereabouts.explain(rig.services, other, paper.spreadsheet_id, order_id)


def test_a_new_order_waits_to_be_written(rig, listed):
    paper, _ = listed
    (fresh,) = rig.place(1)
    place = why(rig, paper, fresh)
    assert place.reason is Reason.WAITING
    assert place.since == rig.dirty(paper)[0].dirty_at
    rig.settle()
    assert why(rig, paper, fresh).reason is Reason.SHOWN


def test_an_order_of_the_past_waits_for_its_turn_in_the_backfill(rig):
    (order_id,) = rig.place(1)
    paper = rig.spreadsheet()
    binding = rig.bind(paper, wide(rig))
    assert why(rig, paper, order_id).reason is Reason.NOT_REACHED
    rig.write(sheets.update_binding, binding.id, state="live")
    chunks.mark(rig.services, sources.open_binding(rig.services, binding), binding)
    assert why(rig, paper, order_id).reason is Reason.IN_BACKFILL


def test_a_tab_that_is_being_made_says_so(rig):
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig))
    (order_id,) = rig.place(1)
    assert why(rig, paper, order_id).reason is Reason.SETTING_UP


def test_the_filter_s_unmet_condition_is_named_and_no_other(rig):
    """Two conditions, one of them met."""
    (order_id,) = rig.place(1)
    paper = rig.bound(wide(rig, statuses=("DELIVERED",), fulfilment_types=("FULFILLMENT_BY_SELLER",)))
    place = why(rig, paper, order_id)
    assert place.reason is Reason.FILTERED
    assert [piece.sentence for piece in place.row_filter.pieces()] == ["Status: delivered"]


def test_a_filter_on_what_the_person_may_not_see_is_not_named(rig):
    (order_id,) = rig.place(1)
    paper = rig.bound(wide(rig, skus=("no-such-sku",)))
    assert why(rig, paper, order_id).row_filter is not None
    accountant = replace(rig.owner, audience=replace(rig.owner.audience, role=Role.ACCOUNTANT))
    place = why(rig, paper, order_id, accountant)
    assert (place.reason, place.row_filter) == (Reason.FILTERED, None)


def test_an_order_of_a_shop_that_the_tab_leaves_out(rig):
    (order_id,) = rig.place(1)
    paper = rig.bound(wide(rig, shop_ids=("another-shop",)))
    assert why(rig, paper, order_id).reason is Reason.OTHER_SHOP


def test_an_order_older_than_the_tab_reaches(rig):
    (order_id,) = rig.place(1)
    with rig.services.store.write() as tx:
        found = orders.stored(tx, rig.services.store.sealer, shop_id=rig.shop.id, order_ids=[order_id])[order_id]
        older = structs.replace(found, created_at=rig.clock.market() - timedelta(days=80))
        marks = sources.marks(rig.services, older)
        orders.save(tx, rig.services.store.sealer, older, account_id=rig.account_id, marks=marks, now=rig.clock.now())
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig), days_back=30)
    rig.settle()
    place = why(rig, paper, order_id)
    assert place.reason is Reason.TOO_OLD
    assert place.since == rig.only_binding(paper).fill_from_at


def test_a_paused_file_and_a_paused_tab_are_told_apart(rig, listed):
    paper, _ = listed
    (fresh,) = rig.place(1)
    care.pause(rig.services, rig.owner, paper.spreadsheet_id)
    assert why(rig, paper, fresh).reason is Reason.FILE_PAUSED
    care.resume(rig.services, rig.owner, paper.spreadsheet_id)
    rig.write(sheets.update_binding, rig.only_binding(paper).id, state="paused", reason="protected")
    assert why(rig, paper, fresh).reason is Reason.TAB_PAUSED


def test_a_put_off_try_is_told_with_its_time(rig, listed):
    paper, _ = listed
    (fresh,) = rig.place(1)
    later = rig.clock.now() + timedelta(seconds=90)
    rig.write(sheets.update_file, paper.spreadsheet_id, not_before=later)
    assert why(rig, paper, fresh).again_at == later


def test_a_row_that_somebody_deleted(rig, listed):
    paper, order_id = listed
    paper.hand("delete", "ROWS", 1)
    rig.ship(order_id)
    rig.live_through(200)
    assert why(rig, paper, order_id).reason is Reason.DELETED


def test_a_damaged_key_is_told_with_its_report(rig, listed):
    paper, order_id = listed
    binding = rig.only_binding(paper)
    row, *_ = rig.read(rows.of_order, binding.id, shop_id=rig.shop.id, order_id=order_id)
    places = {"ids": {row.row_key: "r1"}, "places": {row.row_key: "A2"}, "now": rig.clock.now()}
    rig.write(reports.report, places.pop("ids"), binding.id, Kind.KEY_DAMAGED, **places)
    place = why(rig, paper, order_id)
    assert (place.reason, place.report_id, place.row) == (Reason.KEY_DAMAGED, "r1", row.position)


def test_a_row_that_nobody_marked_is_brought_in_by_the_question(rig, listed):
    """It should be there and is not: whatever went wrong before, asking mends it."""
    paper, order_id = listed
    (fresh,) = rig.place(1)
    binding = rig.only_binding(paper)
    with rig.services.store.write() as tx:
        fills.drop_fill(tx, binding.id, before=rig.clock.now() + timedelta(days=1))
        tx.execute(
            rows.sheet_rows.delete().where(
                rows.sheet_rows.c.binding_id == binding.id, rows.sheet_rows.c.order_id == fresh
            )
        )
    assert why(rig, paper, fresh).reason is Reason.WAITING
    rig.settle()
    assert why(rig, paper, fresh).reason is Reason.SHOWN
    assert why(rig, paper, order_id).reason is Reason.SHOWN
