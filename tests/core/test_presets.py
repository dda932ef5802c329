"""Presets: each can be written for the role it was made for, and shows what its description promises."""

from datetime import UTC

import pytest
from core.made_orders import MASK, SHARED_NOTES, make_order, make_rows

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.presets import PRESETS, preset_for
from service.core.profiles import check, is_masked, project
from service.core.roles import Audience, Group, Role, Switch
from service.core.rows import Grain
from service.errors import NotAllowed


def profile_for(key, role, *switches):
    audience = Audience(role, frozenset(switches))
    return preset_for(PRESETS[key], audience, profile_id="p1"), audience


@pytest.mark.parametrize(
    ("key", "role", "switches"),
    [
        ("sla_watch_list", Role.WAREHOUSE, ()),
        ("pick_and_ship", Role.WAREHOUSE, (Switch.WAREHOUSE_PII,)),
        ("profit_ledger", Role.FINANCE, ()),
        ("profit_ledger", Role.OWNER, ()),
        ("accountant", Role.ACCOUNTANT, ()),
        ("sales_by_order", Role.ACCOUNTANT, ()),
        ("agency_client", Role.CLIENT, (Switch.CLIENT_ID,)),
        ("agency_client", Role.CLIENT, (Switch.CLIENT_ID, Switch.CLIENT_REVENUE)),
    ],
)
def test_a_preset_works_for_its_role(key, role, switches):
    profile, audience = profile_for(key, role, *switches)
    check(profile, audience)
    mask = MASK if is_masked(audience, profile.grain) else None
    for source in make_rows(make_order(), profile.grain, mask=mask, notes=SHARED_NOTES):
        assert project(profile, audience, source, where=UTC).row_key == source.row_key
    assert role in PRESETS[key].audiences


def test_every_preset_works_for_an_owner_who_opened_everything():
    for preset in PRESETS.values():
        profile, audience = profile_for(preset.key, Role.OWNER, *Switch)
        check(profile, audience)
        assert [column.key for column in profile.columns] == list(preset.columns)


@pytest.mark.parametrize(
    ("key", "role"),
    [("pick_and_ship", Role.WAREHOUSE), ("agency_client", Role.CLIENT), ("accountant", Role.WAREHOUSE)],
)
def test_a_preset_that_needs_more_is_refused_and_not_trimmed(key, role):
    profile, audience = profile_for(key, role)
    with pytest.raises(NotAllowed):
        check(profile, audience)


def test_the_clients_total_is_there_only_when_revenue_is_open():
    closed, _ = profile_for("agency_client", Role.CLIENT, Switch.CLIENT_ID)
    opened, _ = profile_for("agency_client", Role.CLIENT, Switch.CLIENT_ID, Switch.CLIENT_REVENUE)
    assert [column.key for column in closed.columns] == ["order_ref", "created_at", "items", "status", "delivered_at"]
    assert opened.columns[-1].key == "order_total"


def test_the_profit_ledger_is_the_one_people_know():
    profile, _ = profile_for("profit_ledger", Role.FINANCE)
    assert [column.key for column in profile.columns] == [
        "order_id", "created_at", "status", "items", "currency", "revenue", "pool_tax", "pool_platform",
        "pool_marketing", "pool_cogs", "net_profit", "margin", "basis", "confidence", "settled_at", "settlement",
    ]  # fmt: skip
    assert not profile.row_filter.include_samples


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.SUPPORT, Role.ACCOUNTANT, Role.CLIENT])
def test_the_profit_ledger_is_nobody_else_s(role):
    """Also with every switch but those two that open cost and profit to an accountant."""
    shut = {Switch.ACCOUNTANT_COST, Switch.ACCOUNTANT_PROFIT}
    profile, audience = profile_for("profit_ledger", role, *(set(Switch) - shut))
    with pytest.raises(NotAllowed):
        check(profile, audience)


def test_the_watch_list_is_the_one_people_know():
    profile, _ = profile_for("sla_watch_list", Role.WAREHOUSE)
    assert [column.key for column in profile.columns] == [
        "order_id",
        "seller_sku",
        "items",
        "qty",
        "provider",
        "tracking",
        "sla_clock",
        "sla_due",
        "sla_left",
        "sla_tier",
        "status",
        "flag",
        "note",
    ]
    assert profile.grain is Grain.LINE
    assert profile.row_filter == RowFilter(
        statuses=("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"),
        fulfilment_types=("FULFILLMENT_BY_SELLER",),
    )


@pytest.mark.parametrize("key", ["sla_watch_list", "accountant", "agency_client"])
def test_presets_without_buyers_hold_none_of_their_data(key):
    """The canary buyer of the test orders is in no cell, whoever the preset is written for."""
    profile, audience = profile_for(key, Role.OWNER, *Switch)
    assert audience.may_see(Group.PII)
    for source in make_rows(make_order(), profile.grain, notes=SHARED_NOTES):
        cells = project(profile, audience, source, where=UTC).cells
        assert not any("canary" in cell.value.lower() or "CN1" in cell.value for cell in cells.values())


#: The one preset that shows buyers: choosing it is asking for them.
ASKS_FOR_BUYERS = {"pick_and_ship"}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("key", sorted(PRESETS))
def test_no_preset_shows_buyers_unless_profile_and_role_both_do(key, role):
    """With every other switch on: a preset that does not ask shows none, and one that asks is refused without the
    right, whoever it is for.
    """
    others = [switch for switch in Switch if not switch.value.endswith(":PII")]
    profile, audience = profile_for(key, role, *others)
    told = [column.key for column in profile.columns if Group.PII in COLUMNS[column.key].needs]
    assert bool(told) == (key in ASKS_FOR_BUYERS)
    if told and role is not Role.SUPPORT:
        with pytest.raises(NotAllowed):
            check(profile, audience)
