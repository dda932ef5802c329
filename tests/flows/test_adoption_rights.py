"""What a tab may take over of a changed profile, what leaves it by right, and which orders come with another filter."""

from dataclasses import replace

import pytest
from flows.adopting import Own, standing
from flows.mishaps import interpose
from flows.rig import SAM

from service.core.orders import OrderStatus
from service.core.roles import Role, Switch
from service.core.rows import Grain
from service.errors import Conflict, NotAllowed
from service.flows import design, stream

NOTE = "My note"


@pytest.fixture
def own(rig):
    return standing(rig, NOTE, count=5)


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def labels(rig):
    """A tab with buyers' data, for a warehouse that may see it."""
    rig.switch(Switch.WAREHOUSE_PII)
    found = Own(rig, "pick_and_ship")
    rig.place(4, kind="NORMAL")
    rig.settle()
    return found


def test_columns_that_a_role_lost_are_cleared_before_everything_else(rig, labels):
    """The tab stands still when the right is taken away; without the columns it goes on, and they go at once."""
    rig.switch(Switch.WAREHOUSE_PII, wanted="off")
    assert rig.only_binding(labels.paper).reason == design.RIGHTS
    labels.take_out("recipient", "address", "phone", "postcode")
    labels.adopt()
    assert rig.only_binding(labels.paper).state == "live"
    assert not any(row.is_fill for row in rig.dirty(labels.paper))
    rig.run_pass(labels.paper)
    shown = [value for row in labels.paper.rows() for header, value in row.items() if header in BUYERS]
    assert not any(shown)
    rig.settle()
    assert not set(BUYERS) & set(labels.paper.grid()[0])
    labels.assert_right()


BUYERS = ("Recipient", "Address", "Phone", "Postcode")


def test_a_pass_that_was_reading_when_a_column_was_taken_out_does_not_write_it(rig, labels):
    """It was about to send a buyer's name: it sends nothing, and the next one clears the column."""
    rig.live_through(30)
    rig.ship(labels.paper.rows()[0]["Order ID"])
    labels.take_out("recipient")
    google = interpose(rig)
    google.after["get_by_filter"] = [labels.adopt]
    rig.calls()
    stream.run_pass(rig.services, labels.paper.spreadsheet_id)
    assert rig.calls() == (1, 0)
    rig.settle()
    assert "Recipient" not in labels.paper.grid()[0]
    labels.assert_right()


def test_a_column_that_the_files_audience_may_not_see_is_refused_with_the_reason(rig, own):
    design.save_profile(rig.services, rig.owner, own.profile_id, name="Mine", role=Role.OWNER)
    own.add("items_gross")
    found = own.waiting()
    assert isinstance(found.refusal, NotAllowed)
    with pytest.raises(NotAllowed, match="may never see"):
        own.adopt()
    assert rig.only_binding(own.paper).profile == own.binding.profile


def test_a_column_that_tells_rows_apart_stays(rig):
    own = Own(rig, "sales_by_order", role=Role.ACCOUNTANT)
    rig.settle()
    own.take_out("order_id")
    with pytest.raises(Conflict, match="tells the rows"):
        own.adopt()


def test_other_rows_want_another_tab(rig, own):
    own.save(replace(own.saved(), grain=Grain.ORDER))
    with pytest.raises(Conflict, match="Connect another tab"):
        own.adopt()


def test_a_reader_who_may_not_see_a_new_column_is_in_the_way(rig):
    """The accountant may see what is in the file until a deadline comes, which is none of theirs. What only goes out of
    the tab goes all the same."""
    own = Own(rig, "sales_by_order", role=Role.OWNER)
    own.let_in(SAM, Role.ACCOUNTANT)
    own.add("sla_due")
    with pytest.raises(Conflict) as problem:
        own.adopt()
    assert SAM.email in problem.value.sentence
    own.take_out("sla_due", "payment_method")
    own.adopt()
    assert list(rig.only_binding(own.paper).profile["reshaping"]["leaving"]) == ["payment_method"]


def test_what_was_changed_once_more_is_shown_once_more(rig, own):
    own.add("shop_name")
    seen = own.waiting().version
    own.add("created_at")
    with pytest.raises(Conflict, match="once more"):
        own.adopt(version=seen)


def test_a_second_press_changes_nothing(rig, own):
    own.add("shop_name")
    seen = own.waiting().version
    own.adopt(version=seen)
    before = rig.only_binding(own.paper).profile
    with pytest.raises(Conflict):
        own.adopt(version=seen)
    assert rig.only_binding(own.paper).profile == before


# --- the filter ------------------------------------------------------------------------------------------------------


def test_rows_that_fit_now_are_added_and_others_stay(rig, own):
    """Their filter views hide those that no longer fit; they are kept up to date."""
    shipped = own.paper.rows()[0]["Order ID"]
    rig.ship(shipped)
    hidden = rig.place(2, kind="NORMAL", status="AWAITING_COLLECTION")
    profile = own.saved()
    own.save(replace(profile, row_filter=replace(profile.row_filter, statuses=(OrderStatus.AWAITING_SHIPMENT.value,))))
    own.adopt()
    rig.settle()
    assert shipped in {row["Order ID"] for row in own.paper.rows()}
    count = len(own.paper.keys())
    own.save(replace(profile, row_filter=replace(profile.row_filter, statuses=())))
    rig.place(1, kind="NORMAL", status="ON_HOLD")
    rig.settle()
    assert len(own.paper.keys()) == count
    own.adopt()
    rig.settle()
    assert len({row["Order ID"] for row in own.paper.rows()}) == 5 + len(hidden) + 1
    own.assert_right()


def test_orders_of_another_warehouse_leave_by_right(rig, own):
    profile = own.saved()
    own.save(replace(profile, row_filter=replace(profile.row_filter, warehouse_ids=("7000000000000000999",))))
    own.adopt()
    assert not any(row.is_fill for row in rig.dirty(own.paper))
    rig.settle()
    assert all(row["Order ID"] == "" for row in own.paper.rows())
    assert all(remark == f"about {key}" for key, remark in own.notes().items())
