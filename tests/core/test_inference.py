"""What columns tell of each other: derived ones ask for all that their inputs ask for, and pairs that tell more are
refused."""

import itertools

import pytest

from service.core.columns import COLUMNS
from service.core.inference import INFERABLE, told_beyond, told_by
from service.core.profiles import may_see
from service.core.roles import IMPLIES, Audience, CustomRole, Group, Role, Switch

#: By hand: every column that is worked out from others. All other columns are in AS_READ; a new one must be decided on.
DERIVED = {
    "order_url": {"order_id"},
    "items": {"seller_sku", "product_name", "sku_name", "sku_id", "qty"},
    "action_needed": {"status", "sla_due", "cancel_request_at"},
    "seller_fault": {"cancel_by", "cancel_reason", "rts_due", "auto_cancel_at"},
    "sla_clock": {"rts_due", "tts_due", "auto_cancel_at", "cancel_request_at"},
    "sla_due": {"rts_due", "tts_due", "auto_cancel_at", "cancel_request_at"},
    "sla_left": {"sla_due"},
    "sla_tier": {"sla_due"},
    "tracking_url": {"provider", "tracking"},
    "revenue": {"items_net", "platform_discount", "refunded"},
    "fee_rate": {"pool_platform", "pool_marketing", "revenue"},
    "pool_cogs": {"cost_product", "cost_fulfilment"},
    "net_profit": {"revenue", "pool_tax", "pool_platform", "pool_marketing", "pool_cogs"},
    "margin": {"net_profit", "revenue"},
    "roi": {"net_profit", "pool_cogs"},
    "profit_delta": {"est_profit", "set_profit"},
}
AS_READ = {
    "order_id", "shop_name", "market", "row_key", "order_ref", "line_ids", "package_id", "product_name", "sku_name",
    "seller_sku", "sku_id", "product_id", "qty", "sku_type", "is_gift", "image", "status", "is_sample",
    "is_replacement", "is_preorder", "cancel_reason", "cancel_by", "created_at", "paid_at", "delivered_at",
    "cancelled_at", "updated_at", "synced_at", "rts_due", "tts_due", "auto_cancel_at", "deliver_by",
    "cancel_request_at", "fulfilment_type", "shipping_type", "delivery_option", "provider", "tracking", "warehouse",
    "split_tag", "ship_country", "ship_region", "shipped_at", "collected_at", "recipient", "phone", "address", "city",
    "postcode", "buyer_email", "buyer_user_id", "buyer_message", "tax_id", "currency", "items_gross",
    "seller_discount", "platform_discount", "items_net", "ship_paid", "tax_collected", "order_total",
    "payment_method", "refunded", "pool_tax", "pool_platform", "pool_marketing", "fee_referral", "fee_transaction",
    "fee_refund_admin", "fee_logistics", "fee_adjust", "fee_affiliate", "fee_partner", "fee_ads", "fee_unclassified",
    "settlement", "settled_at", "statement_id", "payment_id", "payout_status", "reserve", "fx_rate", "unit_cost",
    "cost_product", "cost_fulfilment", "cost_source", "cost_missing", "basis", "confidence", "est_profit", "set_profit",
    "flag", "note", "tiktok_note", "assignee", "custom_1", "custom_2", "custom_3", "custom_4",
    "custom_5", "transaction_type",
}  # fmt: skip


def with_groups(*groups):
    """A role that sees exactly these, as if somebody had written them into the database by hand."""
    return Audience(Role.WAREHOUSE, frozenset(Switch), CustomRole("r", "Odd", Role.WAREHOUSE, frozenset(groups)))


def closed(groups):
    """These groups and all that they reveal."""
    found = set(groups)
    while more := {implied for group in found for implied in IMPLIES.get(group, ())} - found:
        found |= more
    return found


def test_every_column_is_decided_on_as_read_or_derived():
    assert AS_READ | set(DERIVED) == set(COLUMNS)
    assert not AS_READ & set(DERIVED)
    assert {key: set(column.inputs) for key, column in COLUMNS.items() if column.inputs} == DERIVED


@pytest.mark.parametrize("key", DERIVED)
def test_a_derived_column_asks_for_the_strictest_of_its_inputs(key):
    of_inputs = {group for one in COLUMNS[key].inputs for group in COLUMNS[one].needs}
    assert of_inputs <= closed(COLUMNS[key].needs)


def test_the_rules_speak_of_columns_that_there_are():
    named = {key for rule in INFERABLE for key in (*rule.shown, rule.told)}
    assert named <= set(COLUMNS)
    assert all(rule.told not in rule.shown for rule in INFERABLE)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (("margin", "revenue"), {"net_profit"}),
        (("margin", "revenue", "settlement"), {"net_profit", "pool_cogs"}),
        (("roi", "net_profit"), {"pool_cogs"}),
        (("fee_rate", "revenue", "pool_platform"), {"pool_marketing"}),
        (("tracking_url",), {"tracking"}),
        (("revenue", "pool_cogs"), set()),
    ],
)
def test_what_follows_follows_also_by_way_of_others(shown, told):
    assert told <= told_by(shown)
    assert told or not told_by(shown)


def test_margin_and_revenue_with_the_fees_tell_the_cost():
    fees = ("pool_tax", "pool_platform", "pool_marketing")
    assert "pool_cogs" in told_by(("margin", "revenue", *fees))
    assert "pool_cogs" not in told_by(("margin", *fees))


def test_whoever_may_see_a_group_may_see_all_that_it_reveals():
    """Every role, every set of switches that touches it: the matrices keep to the rule by themselves."""
    for role in Role:
        own = [switch for switch in Switch if switch.value.startswith(f"{role.value}:")]
        for count in range(len(own) + 1):
            for on in itertools.combinations(own, count):
                seen = {group for group in Group if Audience(role, frozenset(on)).may_see(group)}
                assert closed(seen) == seen, (role, on)


@pytest.mark.parametrize("group", IMPLIES)
def test_a_choice_without_what_it_reveals_shows_neither(group):
    """Also when it got past the form: a row of the database that was edited by hand."""
    assert not with_groups(group).may_see(group)
    assert with_groups(*closed({group})).may_see(group)


def test_profit_without_cost_is_impossible():
    everything_else = set(Group) - {Group.COST}
    assert not with_groups(*everything_else).may_see(Group.PROFIT)
    assert with_groups(*Group).may_see(Group.PROFIT)


def test_what_is_told_beyond_the_visible_is_named():
    """Margin beside revenue, for somebody who may see both and neither profit nor cost."""
    visible = {"margin", "revenue", "settlement"}
    assert told_beyond(visible, visible.__contains__) == ("net_profit", "pool_cogs")
    assert told_beyond({"revenue"}, visible.__contains__) == ()


def test_no_role_is_shown_columns_that_tell_one_it_may_not_see():
    """All that a role may see, at once: nothing else follows from it."""
    for role in Role:
        for on in (frozenset(), frozenset(Switch)):
            audience = Audience(role, on)
            shown = [key for key in COLUMNS if may_see(key, audience)]
            assert told_beyond(shown, lambda key, who=audience: key not in COLUMNS or may_see(key, who)) == ()
