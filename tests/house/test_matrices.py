"""Who may see and do what, written by hand: these tables are the law, and the code is held against them.

Nothing here is derived from the code it checks. A new role, group, column, permission or switch fails these tests until
somebody has decided about it, in writing, below.
Marks, in the order owner, admin, finance, warehouse, support, accountant, client:
● always · ○ only with an account switch · – never.
"""

import pytest
from core.made_orders import INTERNAL_NOTES, MASK, SHARED_NOTES, make_order, make_row

from service.core.columns import COLUMNS
from service.core.profiles import ChosenColumn, Profile, check, is_masked, may_see, project, project_csv, project_value
from service.core.roles import Audience, Group, Permission, Role, Switch
from service.core.rows import Grain
from service.core.zones import zone
from service.errors import NotAllowed

ROLES = ("owner", "admin", "finance", "warehouse", "support", "accountant", "client")

GROUPS = {
    "ID": "●●●●●●–",
    "ID_MASKED": "●●●●●●○",
    "ITEM": "●●●●●○●",
    "STATUS": "●●●●●●●",
    "SLA": "●●○●●––",
    "FULFIL": "●●○●●–○",
    "PII": "○○–○●––",
    "REVENUE": "●●●–○●○",
    "FEES": "●●●––●–",
    "COST": "●●●––○–",
    "PROFIT": "●●●––○–",
    "NOTES": "●●●●●––",
    "NOTES_INTERNAL": "●●●–●––",
}

COLUMN_ROLES = {
    "order_id": "●●●●●●–",
    "shop_name": "●●●●●●○",
    "market": "●●●●●●○",
    "row_key": "●●●●●●○",
    "order_ref": "●●●●●●○",
    "line_ids": "●●●●●●–",
    "package_id": "●●●●●●–",
    "order_url": "●●●●●●–",
    "product_name": "●●●●●○●",
    "sku_name": "●●●●●○●",
    "seller_sku": "●●●●●○●",
    "sku_id": "●●●●●○●",
    "product_id": "●●●●●○●",
    "qty": "●●●●●○●",
    "items": "●●●●●○●",
    "sku_type": "●●●●●○●",
    "is_gift": "●●●●●○●",
    "image": "●●●●●○●",
    "status": "●●●●●●●",
    "action_needed": "●●○●●––",
    "is_sample": "●●●●●●●",
    "is_replacement": "●●●●●●●",
    "is_preorder": "●●●●●●●",
    "cancel_reason": "●●●●●●●",
    "cancel_by": "●●●●●●●",
    "seller_fault": "●●○●●––",
    "created_at": "●●●●●●●",
    "paid_at": "●●●●●●●",
    "delivered_at": "●●●●●●●",
    "cancelled_at": "●●●●●●●",
    "updated_at": "●●●●●●●",
    "synced_at": "●●●●●●●",
    "sla_clock": "●●○●●––",
    "sla_due": "●●○●●––",
    "sla_left": "●●○●●––",
    "sla_tier": "●●○●●––",
    "rts_due": "●●○●●––",
    "tts_due": "●●○●●––",
    "auto_cancel_at": "●●○●●––",
    "deliver_by": "●●○●●––",
    "cancel_request_at": "●●○●●––",
    "fulfilment_type": "●●○●●–○",
    "shipping_type": "●●○●●–○",
    "delivery_option": "●●○●●–○",
    "provider": "●●○●●–○",
    "tracking": "●●○●●–○",
    "tracking_url": "●●○●●–○",
    "warehouse": "●●○●●–○",
    "split_tag": "●●○●●–○",
    "ship_country": "●●○●●–○",
    "ship_region": "●●○●●–○",
    "shipped_at": "●●○●●–○",
    "collected_at": "●●○●●–○",
    "recipient": "○○–○●––",
    "phone": "○○–○●––",
    "address": "○○–○●––",
    "city": "○○–○●––",
    "postcode": "○○–○●––",
    "buyer_email": "○○–○●––",
    "buyer_user_id": "○○–○●––",
    "buyer_message": "○○–○●––",
    "tax_id": "○○–○●––",
    "currency": "●●●–○●○",
    "items_gross": "●●●–○●○",
    "seller_discount": "●●●–○●○",
    "platform_discount": "●●●–○●○",
    "items_net": "●●●–○●○",
    "ship_paid": "●●●–○●○",
    "tax_collected": "●●●–○●○",
    "order_total": "●●●–○●○",
    "refunded": "●●●–○●○",
    "revenue": "●●●–○●○",
    "payment_method": "●●●–○●○",
    "transaction_type": "●●●––●–",
    "pool_tax": "●●●––●–",
    "pool_platform": "●●●––●–",
    "pool_marketing": "●●●––●–",
    "fee_referral": "●●●––●–",
    "fee_transaction": "●●●––●–",
    "fee_refund_admin": "●●●––●–",
    "fee_logistics": "●●●––●–",
    "fee_adjust": "●●●––●–",
    "fee_affiliate": "●●●––●–",
    "fee_partner": "●●●––●–",
    "fee_ads": "●●●––●–",
    "fee_unclassified": "●●●––●–",
    "fee_rate": "●●●––●–",
    "settlement": "●●●––●–",
    "settled_at": "●●●––●–",
    "statement_id": "●●●––●–",
    "payment_id": "●●●––●–",
    "payout_status": "●●●––●–",
    "reserve": "●●●––●–",
    "fx_rate": "●●●––●–",
    "pool_cogs": "●●●––○–",
    "unit_cost": "●●●––○–",
    "cost_product": "●●●––○–",
    "cost_fulfilment": "●●●––○–",
    "cost_source": "●●●––○–",
    "cost_missing": "●●●––○–",
    "net_profit": "●●●––○–",
    "margin": "●●●––○–",
    "roi": "●●●––○–",
    "basis": "●●●––○–",
    "confidence": "●●●––○–",
    "est_profit": "●●●––○–",
    "set_profit": "●●●––○–",
    "profit_delta": "●●●––○–",
    "flag": "●●●●●––",
    "note": "●●●●●––",
    "tiktok_note": "●●●–●––",
    "assignee": "●●●●●––",
    "custom_1": "●●●●●––",
    "custom_2": "●●●●●––",
    "custom_3": "●●●●●––",
    "custom_4": "●●●●●––",
    "custom_5": "●●●●●––",
}

PERMISSIONS = {
    "signed-in": "●●●●●●●",
    "sheet:status:see": "●●●●●●●",
    "sheet:rows:refresh": "●●●●●●○",
    "orders:see": "●●●●●●○",
    "shop:connect": "●●–––––",
    "sheet:bind": "●●○––––",
    "people:manage": "●●–––––",
    "notes:write": "●●●●●––",
    "tracking:propose": "●●–●●––",
    "tracking:approve": "●●–○○––",
    "cancel:answer": "●●––●––",
    "cancel:start": "●●––○––",
    "costs:edit": "●●●––––",
    "orders:export": "●●●○○●–",
    "ledger:see": "●●●––●–",
    "sharing:prove": "●●–––––",
    "account:own": "●––––––",
}

PII = {
    "recipient",
    "phone",
    "address",
    "city",
    "postcode",
    "buyer_email",
    "buyer_user_id",
    "buyer_message",
    "tax_id",
}
DEADLINES = {
    "action_needed",
    "seller_fault",
    "sla_clock",
    "sla_due",
    "sla_left",
    "sla_tier",
    "rts_due",
    "tts_due",
    "auto_cancel_at",
    "deliver_by",
    "cancel_request_at",
}
PARCEL = {
    "fulfilment_type",
    "shipping_type",
    "delivery_option",
    "provider",
    "tracking",
    "tracking_url",
    "warehouse",
    "split_tag",
    "ship_country",
    "ship_region",
    "shipped_at",
    "collected_at",
}
GOODS = {
    "product_name",
    "sku_name",
    "seller_sku",
    "sku_id",
    "product_id",
    "qty",
    "items",
    "sku_type",
    "is_gift",
    "image",
}
MONEY = {
    "currency",
    "items_gross",
    "seller_discount",
    "platform_discount",
    "items_net",
    "ship_paid",
    "tax_collected",
    "order_total",
    "refunded",
    "revenue",
    "payment_method",
}
COSTS = {"pool_cogs", "unit_cost", "cost_product", "cost_fulfilment", "cost_source", "cost_missing"}

#: Switch → whose, and what it opens by itself: columns, groups, permissions.
SWITCHES = {
    "owner:PII": ("owner", PII, {"PII"}, set()),
    "admin:PII": ("admin", PII, {"PII"}, set()),
    "finance:SLA": ("finance", DEADLINES, {"SLA"}, set()),
    "finance:FULFIL": ("finance", PARCEL, {"FULFIL"}, set()),
    "warehouse:PII": ("warehouse", PII, {"PII"}, set()),
    "support:REVENUE": ("support", MONEY, {"REVENUE"}, set()),
    "accountant:ITEM": ("accountant", GOODS, {"ITEM"}, set()),
    "accountant:COST": ("accountant", COSTS, {"COST"}, set()),
    "accountant:PROFIT": ("accountant", set(), set(), set()),  # profit reveals cost: both switches, or nothing
    "client:ID_MASKED": ("client", {"shop_name", "market", "row_key", "order_ref"}, {"ID_MASKED"}, set()),
    "client:FULFIL": ("client", PARCEL, {"FULFIL"}, set()),
    "client:REVENUE": ("client", MONEY, {"REVENUE"}, set()),
    "client:sheet:rows:refresh": ("client", set(), set(), {"sheet:rows:refresh"}),
    "client:orders:see": ("client", set(), set(), {"orders:see"}),
    "finance:sheet:bind": ("finance", set(), set(), {"sheet:bind"}),
    "warehouse:tracking:approve": ("warehouse", set(), set(), {"tracking:approve"}),
    "support:tracking:approve": ("support", set(), set(), {"tracking:approve"}),
    "support:cancel:start": ("support", set(), set(), {"cancel:start"}),
    "warehouse:orders:export": ("warehouse", set(), set(), {"orders:export"}),
    "support:orders:export": ("support", set(), set(), {"orders:export"}),
}

OFF = frozenset()
ALL_ON = frozenset(Switch)
COLUMN_CELLS = [(key, role, marks[place]) for key, marks in COLUMN_ROLES.items() for place, role in enumerate(ROLES)]


def outcome(name, switches):
    """What one role sees and may do: three sets of words."""
    audience = Audience(Role(name), switches)
    return (
        {key for key in COLUMNS if may_see(key, audience)},
        {group.value for group in Group if audience.may_see(group)},
        {permission.value for permission in Permission if audience.may_do(permission)},
    )


def written(role, marks):
    """The same three sets from the tables above."""
    place = ROLES.index(role)
    return tuple({name for name, row in table.items() if row[place] in marks} for table in TABLES)


TABLES = (COLUMN_ROLES, GROUPS, PERMISSIONS)


def test_the_tables_name_everything_there_is():
    """A thing nobody decided about fails here."""
    assert {role.value for role in Role} == set(ROLES)
    assert {group.value for group in Group} == set(GROUPS)
    assert set(COLUMNS) == set(COLUMN_ROLES)
    assert {permission.value for permission in Permission} == set(PERMISSIONS)
    assert {switch.value for switch in Switch} == set(SWITCHES)
    assert all(len(row) == len(ROLES) for table in TABLES for row in table.values())


@pytest.mark.parametrize("role", ROLES)
def test_with_all_switches_off_a_role_has_exactly_its_own(role):
    assert outcome(role, OFF) == written(role, "●")


@pytest.mark.parametrize("role", ROLES)
def test_with_all_switches_on_nothing_forbidden_opens(role):
    assert outcome(role, ALL_ON) == written(role, "●○")


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_opens_what_it_says_for_its_role_and_nothing_for_others(switch):
    owner_of_switch, *opens = SWITCHES[switch]
    for role in ROLES:
        before = written(role, "●")
        extra = opens if role == owner_of_switch else (set(), set(), set())
        assert outcome(role, frozenset({Switch(switch)})) == tuple(
            old | new for old, new in zip(before, extra, strict=True)
        )


def test_profit_opens_for_the_accountant_only_together_with_cost():
    both = outcome("accountant", frozenset({Switch.ACCOUNTANT_PROFIT, Switch.ACCOUNTANT_COST}))
    assert {"COST", "PROFIT"} <= both[1]


@pytest.mark.parametrize("switches", [OFF, ALL_ON], ids=["off", "on"])
@pytest.mark.parametrize(("key", "role", "mark"), COLUMN_CELLS)
def test_every_way_out_of_an_order_keeps_to_the_table(key, role, mark, switches):
    """Profile check, sheet cells, card words and CSV fields: all refuse what the table refuses."""
    audience = Audience(Role(role), switches)
    is_allowed = mark == "●" or (mark == "○" and switches == ALL_ON)
    grain = next(one for one in Grain if one in COLUMNS[key].grains)
    row = make_row(grain=grain, mask=MASK if is_masked(audience, grain) else None, notes=SHARED_NOTES)
    profile = Profile("p", "One column", grain, (ChosenColumn(key, COLUMNS[key].header),))
    where = zone("UTC")
    ways = (
        lambda: check(profile, audience),
        lambda: project(profile, audience, row, where=where),
        lambda: project_value(key, row, audience, locale="en", where=where),
        lambda: project_csv(profile, audience, row, where=where),
    )
    for way in ways if is_allowed and not _has_no_key(audience) else ways[2:] if is_allowed else ways:
        if is_allowed:
            way()
        else:
            with pytest.raises(NotAllowed):
                way()


def _has_no_key(audience):
    """A client without masked ids can have no sheet: its rows would have no key."""
    return not audience.may_see(Group.ID_MASKED)


@pytest.mark.parametrize(
    ("role", "is_insider"),
    [("owner", True), ("admin", True), ("finance", True), ("support", True), ("warehouse", False)],
)
@pytest.mark.parametrize("key", ["flag", "note", "assignee", "custom_1"])
def test_internal_notes_stay_inside_and_shared_ones_reach_the_warehouse(role, is_insider, key):
    audience = Audience(Role(role))
    inside = project_value(key, make_row(notes=INTERNAL_NOTES), audience, locale="en", where=zone("UTC"))
    shared = project_value(key, make_row(notes=SHARED_NOTES), audience, locale="en", where=zone("UTC"))
    assert (inside != "—") == is_insider
    assert shared != "—"


@pytest.mark.parametrize("role", ROLES)
def test_a_client_never_meets_the_order_id_in_any_cell(role):
    """Every column a role may see is projected; the full id appears only for roles that may know it."""
    audience = Audience(Role(role), ALL_ON)
    keys = [key for key, column in COLUMNS.items() if may_see(key, audience) and Grain.ORDER in column.grains]
    profile = Profile("p", "All", Grain.ORDER, tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys))
    mask = MASK if is_masked(audience, Grain.ORDER) else None
    row = project(profile, audience, make_row(mask=mask), where=zone("UTC"))
    words = [cell.value for cell in row.cells.values()] + [row.row_key]
    shows_id = any(make_order().order_id in word for word in words)
    assert shows_id == (role != "client")
