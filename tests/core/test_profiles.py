"""Profiles: what is refused and why, the one gate to cells, and the key that every sheet needs."""

import json
from dataclasses import replace
from datetime import UTC

import pytest
from core.made_orders import MASK, SHARED_NOTES, make_line, make_order, make_payment, make_row, make_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.cells import BLANK, Cell, Form
from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.profiles import (
    MOST_COLUMNS,
    ChosenColumn,
    Profile,
    Sort,
    card_rows,
    check,
    cleared_cells,
    is_masked,
    key_column,
    may_see,
    project,
    project_csv,
    project_value,
    removed_cells,
    sheet_columns,
    visible_columns,
)
from service.core.roles import Audience, Role, Switch
from service.core.rows import Grain
from service.core.zones import zone
from service.errors import BadInput, NotAllowed

OWNER = Audience(Role.OWNER)
WAREHOUSE = Audience(Role.WAREHOUSE)
CLIENT = Audience(Role.CLIENT, frozenset({Switch.CLIENT_ID}))
BERLIN = zone("Europe/Berlin")


def profile_of(*keys, grain=Grain.ORDER, **changes):
    columns = tuple(ChosenColumn(key, COLUMNS[key].header if key in COLUMNS else key) for key in keys)
    return replace(Profile("p1", "Mine", grain, columns), **changes)


def test_a_forbidden_column_is_refused_by_name_with_who_can_change_it():
    with pytest.raises(NotAllowed) as refused:
        check(profile_of("order_id", "recipient", "phone"), WAREHOUSE)
    assert "Recipient, Phone" in refused.value.sentence
    assert "owner or admin" in refused.value.sentence
    assert refused.value.needed == "warehouse:PII"


def test_what_no_switch_can_open_says_never():
    with pytest.raises(NotAllowed) as refused:
        check(profile_of("order_id", "revenue"), WAREHOUSE)
    assert "may never see: Revenue" in refused.value.sentence
    assert refused.value.granted_by == ""


@pytest.mark.parametrize(
    ("audience", "changes", "column"),
    [
        (Audience(Role.ACCOUNTANT), {"row_filter": RowFilter(due_within_h=4)}, "Due"),
        (Audience(Role.ACCOUNTANT), {"row_filter": RowFilter(skus=("MUG-A",))}, "SKU"),
        (CLIENT, {"row_filter": RowFilter(warehouse_ids=("w",))}, "Warehouse"),
        (CLIENT, {"sort": (Sort("order_total"),)}, "Order total"),
    ],
)
def test_filters_and_sorts_name_only_columns_the_audience_may_see(audience, changes, column):
    """Which rows are there, and in which order, tells something about the column."""
    profile = profile_of("status", **changes)
    with pytest.raises(NotAllowed) as refused:
        check(profile, audience)
    assert f"see: {column}" in refused.value.sentence
    check(profile, OWNER)


def test_a_client_without_masked_ids_has_no_sheet_since_rows_need_a_key():
    with pytest.raises(NotAllowed) as refused:
        check(profile_of("status"), Audience(Role.CLIENT))
    assert "see: Key" in refused.value.sentence
    check(profile_of("status"), CLIENT)


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        (profile_of(), "at least one"),
        (profile_of("status", "status"), "chosen twice"),
        (profile_of("nonsense"), "no column called nonsense"),
        (profile_of("status", sort=(Sort("nonsense"),)), "no column called nonsense"),
        (profile_of("order_total", grain=Grain.LINE), "one row per order"),
        (replace(profile_of("status"), columns=(ChosenColumn("status", " "),)), "heading"),
        (replace(profile_of("status"), columns=(ChosenColumn("status", "a\nb"),)), "heading"),
        (replace(profile_of("status"), columns=(ChosenColumn("status", "x" * 101),)), "heading"),
        (replace(profile_of(), columns=(ChosenColumn("qty", "N"), ChosenColumn("items", "n"))), "Two columns"),
        (replace(profile_of(), columns=(ChosenColumn("qty", "Key"),)), "Two columns"),
        (profile_of("status", row_filter=RowFilter(due_within_h=-1)), "window"),
    ],
)
def test_a_profile_that_cannot_be_written_is_refused_with_its_reason(profile, says):
    with pytest.raises(BadInput) as refused:
        check(profile, OWNER)
    assert says in refused.value.sentence


def test_there_is_a_limit_of_columns_and_the_catalogue_is_within_it():
    columns = tuple(ChosenColumn("status", f"h{number}") for number in range(MOST_COLUMNS + 1))
    with pytest.raises(BadInput) as refused:
        check(replace(profile_of(), columns=columns), OWNER)
    assert "150 columns" in refused.value.sentence
    assert len(COLUMNS) <= MOST_COLUMNS


@pytest.mark.parametrize(
    ("keys", "grain", "audience", "key", "tab"),
    [
        (("status", "order_id"), Grain.ORDER, OWNER, "order_id", ["status", "order_id"]),
        (("status",), Grain.ORDER, OWNER, "row_key", ["status", "row_key"]),
        (("order_id",), Grain.LINE, OWNER, "row_key", ["order_id", "row_key"]),
        (("row_key", "status"), Grain.LINE, OWNER, "row_key", ["row_key", "status"]),
        (("status",), Grain.ORDER, CLIENT, "row_key", ["status", "row_key"]),
    ],
)
def test_every_sheet_has_a_key_column(keys, grain, audience, key, tab):
    profile = profile_of(*keys, grain=grain)
    assert key_column(profile, audience) == key
    assert [column.key for column in sheet_columns(profile, audience)] == tab


def test_the_key_cell_is_the_row_key():
    for profile, audience, mask in [
        (profile_of("order_id"), OWNER, None),
        (profile_of("status", grain=Grain.LINE), OWNER, None),
        (profile_of("status", grain=Grain.LINE), CLIENT, MASK),
    ]:
        for source in make_rows(make_order(), profile.grain, mask=mask):
            row = project(profile, audience, source, where=BERLIN)
            assert row.cells[key_column(profile, audience)] == Cell(Form.TEXT, row.row_key)


def test_an_open_key_never_reaches_a_masked_audience():
    """Even if a caller forgot the mask."""
    with pytest.raises(ValueError, match="masked"):
        project(profile_of("status"), CLIENT, make_row(), where=BERLIN)
    assert "576400000000000011" not in str(project(profile_of("status"), CLIENT, make_row(mask=MASK), where=BERLIN))


@pytest.mark.parametrize("way", ["project", "value", "cards", "csv"])
def test_a_forbidden_column_is_refused_even_where_check_was_forgotten(way):
    profile, row = profile_of("status", "recipient"), make_row()
    calls = {
        "project": lambda: project(profile, WAREHOUSE, row, where=UTC),
        "value": lambda: project_value("recipient", row, WAREHOUSE, locale="en", where=UTC),
        "cards": lambda: card_rows(["status", "recipient"], row, WAREHOUSE, locale="en", where=UTC),
        "csv": lambda: project_csv(profile, WAREHOUSE, row, where=UTC),
    }
    with pytest.raises(NotAllowed) as refused:
        calls[way]()
    assert "Paula" not in refused.value.sentence + refused.value.detail


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(Role)),
    st.frozensets(st.sampled_from(list(Switch))),
    st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=8, unique=True),
    st.sampled_from(list(Grain)),
)
def test_what_check_passes_project_writes_and_what_check_refuses_never_leaves(role, switches, keys, grain):
    audience = Audience(role, switches)
    profile = profile_of(*keys, grain=grain)
    source = make_rows(make_order(), grain, mask=MASK if is_masked(audience, grain) else None, notes=SHARED_NOTES)[0]
    try:
        check(profile, audience)
    except (NotAllowed, BadInput):
        with pytest.raises((NotAllowed, BadInput)):
            project(profile, audience, source, where=BERLIN)
    else:
        row = project(profile, audience, source, where=BERLIN)
        assert list(row.cells) == [column.key for column in sheet_columns(profile, audience)]
        assert all(may_see(key, audience) for key in row.cells)


def test_instants_are_written_in_the_spreadsheets_zone():
    profile, row = profile_of("created_at"), make_row()
    here, there = (project(profile, OWNER, row, where=where).cells["created_at"] for where in (BERLIN, UTC))
    assert float(here.value) - float(there.value) == pytest.approx(1 / 24)


def test_the_currency_goes_with_money_only():
    row = make_row(make_order(payment=make_payment("VND", items_net="20000")))
    assert project(profile_of("items_net"), OWNER, row, where=UTC).currency == "VND"
    assert project(profile_of("status"), OWNER, row, where=UTC).currency == ""


def test_the_countdown_points_at_the_due_column_or_brings_its_own_number():
    row = make_row()
    beside = project(profile_of("sla_due", "sla_left"), OWNER, row, where=UTC).cells
    alone = project(profile_of("sla_left"), OWNER, row, where=UTC).cells["sla_left"]
    assert "{sla_due}" in beside["sla_left"].value
    assert "{" not in alone.value
    number = alone.value.split("ISNUMBER((")[1].split("/")[0]
    assert int(number) / 86400 == pytest.approx(float(beside["sla_due"].value), abs=1e-9)


def test_an_order_without_a_deadline_has_no_countdown():
    row = project(profile_of("sla_due", "sla_left", "sla_tier"), OWNER, make_row(make_order(region="FR")), where=UTC)
    assert [row.cells[key] for key in ("sla_due", "sla_left", "sla_tier")] == [BLANK] * 3


def test_a_row_of_another_grain_is_the_callers_mistake():
    for way in (project, project_csv):
        with pytest.raises(ValueError, match="grain"):
            way(profile_of("status", grain=Grain.LINE), OWNER, make_row(), where=UTC)


def test_cards_say_what_sheets_hold():
    words = card_rows(["status", "items_net", "tracking"], make_row(), OWNER, locale="en_GB", where=BERLIN)
    assert words == (("Status", "Awaiting shipment"), ("Items paid", "£20.00"), ("Tracking #", "—"))


def test_an_export_holds_the_chosen_columns_only_and_no_formula():
    order = make_order(lines=(make_line(product_name="=cmd|' /C calc'!A0"),))
    assert project_csv(profile_of("status", "product_name"), OWNER, make_row(order), where=UTC) == (
        "AWAITING_SHIPMENT",
        "'=cmd|' /C calc'!A0",
    )


def test_the_columns_to_choose_from_are_those_the_role_may_see():
    assert {column.group.value for column in visible_columns(WAREHOUSE)} == {
        "ID",
        "ITEM",
        "STATUS",
        "SLA",
        "FULFIL",
        "NOTES",
    }
    assert "order_total" not in {column.key for column in visible_columns(OWNER, Grain.LINE)}


def test_a_vanished_line_says_removed_where_it_can():
    assert removed_cells(profile_of("order_id", "status", "qty")) == {
        "status": Cell(Form.TEXT, "removed"),
        "qty": Cell(Form.NUMBER, "0"),
    }
    assert removed_cells(profile_of("items")) == {"items": Cell(Form.TEXT, "removed")}
    assert removed_cells(profile_of("order_id")) == {}


def test_a_row_that_leaves_by_right_keeps_its_key_only():
    assert cleared_cells(profile_of("order_id", "status"), OWNER) == {"status": BLANK}
    assert cleared_cells(profile_of("order_id", "status", grain=Grain.LINE), OWNER) == {
        "order_id": BLANK,
        "status": BLANK,
    }


def test_a_profile_survives_json():
    profile = profile_of("status", "qty", row_filter=RowFilter(statuses=("X",)), sort=(Sort("qty", descending=True),))
    assert Profile.from_json(json.loads(json.dumps(profile.to_json()))) == profile
