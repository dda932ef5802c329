"""What of a changed profile concerns a tab, and what is left to be done in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.core.changes import Reshaping, change_of, check_change, reshaping_of, stored
from service.core.filters import RowFilter
from service.core.presets import PRESETS, preset_for
from service.core.profiles import ROW_KEY, ChosenColumn, Profile, Sort, key_column, sheet_columns
from service.core.roles import Audience, Role
from service.core.rows import Grain
from service.errors import BadInput, Conflict, NotAllowed

WAREHOUSE, OWNER = Audience(Role.WAREHOUSE), Audience(Role.OWNER)
NOW = datetime(2026, 11, 23, 9, 0, 0, 123_456, tzinfo=UTC)


@pytest.fixture
def bound():
    return preset_for(PRESETS["sla_watch_list"], WAREHOUSE, profile_id="p1")


def plus(profile, *keys):
    new = tuple(ChosenColumn(key, key.replace("_", " ").title()) for key in keys)
    return replace(profile, columns=profile.columns + new)


def less(profile, *keys):
    return replace(profile, columns=tuple(column for column in profile.columns if column.key not in keys))


def keys_of(columns):
    return [column.key for column in columns]


def test_a_profile_that_is_the_same_is_no_change(bound):
    assert change_of(bound, bound, WAREHOUSE).is_empty


def test_name_order_headings_and_lists_are_no_change(bound):
    """The tab's own order and headings are its people's."""
    saved = replace(
        bound,
        name="Another",
        columns=tuple(ChosenColumn(column.key, f"My {column.header}") for column in reversed(bound.columns)),
        sort=(Sort("status"),),
    )
    change = change_of(bound, saved, WAREHOUSE)
    assert change.is_empty
    assert {column.header for column in change.after.columns} == {column.header for column in bound.columns}


def test_columns_that_came_and_went_are_told_and_nothing_else(bound):
    change = change_of(bound, plus(less(bound, "qty", "flag"), "shop_name"), WAREHOUSE)
    assert keys_of(change.added) == ["shop_name"]
    assert keys_of(change.removed) == ["qty", "flag"]
    assert not change.has_filter
    assert keys_of(sheet_columns(change.after, WAREHOUSE))[-1] == ROW_KEY


def test_a_column_that_stands_in_the_tab_keeps_its_heading(bound):
    saved = replace(
        plus(bound, "shop_name"), columns=(ChosenColumn("order_id", "No."), ChosenColumn("status", "State"))
    )
    change = change_of(bound, saved, WAREHOUSE)
    assert [column.header for column in change.after.columns] == ["Order ID", "Status"]


def test_another_filter_is_a_change_of_rows(bound):
    change = change_of(bound, replace(bound, row_filter=RowFilter(statuses=("ON_HOLD",))), WAREHOUSE)
    assert change.has_filter
    assert not change.is_empty


def test_rows_are_told_apart_as_before_when_the_order_id_comes_later():
    """It could tell them apart now, but the tab's keys stand in another column."""
    bound = less(preset_for(PRESETS["sales_by_order"], OWNER, profile_id="p1"), "order_id")
    assert key_column(bound, OWNER) == ROW_KEY
    change = change_of(bound, plus(bound, "order_id"), OWNER)
    assert key_column(change.after, OWNER) == ROW_KEY
    assert keys_of(change.added) == ["order_id"]
    check_change(change, bound, OWNER)
    again = Profile.from_json(change.after.to_json())
    assert key_column(again, OWNER) == ROW_KEY
    assert change_of(again, plus(bound, "order_id"), OWNER).is_empty


def test_a_column_that_tells_rows_apart_is_not_taken_out():
    bound = preset_for(PRESETS["sales_by_order"], OWNER, profile_id="p1")
    change = change_of(bound, less(bound, "order_id"), OWNER)
    with pytest.raises(Conflict, match="tells the rows"):
        check_change(change, bound, OWNER)


def test_a_key_that_stands_by_itself_does_not_leave_with_its_choice(bound):
    """It was chosen and is no longer: the tab still needs it."""
    chosen = plus(bound, ROW_KEY)
    assert change_of(chosen, less(chosen, ROW_KEY), WAREHOUSE).is_empty


def test_another_grain_wants_another_tab(bound):
    change = change_of(bound, replace(bound, grain=Grain.ORDER), WAREHOUSE)
    with pytest.raises(Conflict, match="Connect another tab"):
        check_change(change, bound, WAREHOUSE)


def test_a_forbidden_column_is_refused_with_the_profiles_reason(bound):
    with pytest.raises(NotAllowed, match="may never see"):
        check_change(change_of(bound, plus(bound, "items_gross"), WAREHOUSE), bound, WAREHOUSE)


def test_a_new_heading_that_the_tab_has_already_is_refused(bound):
    saved = replace(bound, columns=(*bound.columns, ChosenColumn("shop_name", "Status")))
    with pytest.raises(BadInput, match="Two columns"):
        check_change(change_of(bound, saved, WAREHOUSE), bound, WAREHOUSE)


# --- what is left to be done -----------------------------------------------------------------------------------------


def test_what_is_left_to_be_done_is_kept_beside_the_profile(bound):
    change = change_of(bound, plus(less(bound, "qty"), "shop_name"), WAREHOUSE)
    asked = Reshaping().plus(change, "c1", NOW)
    kept = stored(change.after, asked)
    assert reshaping_of(kept) == Reshaping({"shop_name": "c1"}, {"qty": "Qty"}, NOW)
    assert Profile.from_json(kept) == change.after
    done = stored(change.after, asked.arrived().left())
    assert done == change.after.to_json()
    assert reshaping_of(done).is_done


def test_a_second_change_takes_up_what_the_first_one_left(bound):
    """What was on its way in keeps its id; what comes back does not go, and what goes does not come."""
    first = change_of(bound, plus(less(bound, "qty", "flag"), "shop_name", "market"), WAREHOUSE)
    asked = Reshaping().plus(first, "c1", NOW)
    second = change_of(first.after, plus(less(first.after, "market"), "qty"), WAREHOUSE)
    again = asked.plus(second, "c2", NOW + timedelta(minutes=1))
    assert dict(again.coming) == {"shop_name": "c1", "qty": "c2"}
    assert set(again.leaving) == {"flag", "market"}
    assert again.since == NOW + timedelta(minutes=1)
