"""PRESETS: ready-made profiles. A preset is where a profile starts; the account's own copy may differ.

An account's roles decide what a preset may show: a column marked optional is left out when its audience may not see it,
and the preset says so beforehand; any other forbidden column makes `profiles.check` refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.core.columns import COLUMNS
from service.core.dues import SELLER_FULFILLED
from service.core.filters import RowFilter
from service.core.orders import OrderStatus
from service.core.profiles import ChosenColumn, Profile, Sort, may_see
from service.core.roles import Audience, Role
from service.core.rows import Grain


@dataclass(frozen=True, slots=True)
class Preset:
    """A profile in the making. `audiences`: the roles it was made for. `optional`: columns left out if not allowed."""

    key: str
    name: str
    sentence: str
    audiences: tuple[Role, ...]
    grain: Grain
    columns: tuple[str, ...]
    row_filter: RowFilter
    sort: tuple[Sort, ...]
    optional: frozenset[str] = frozenset()


_TO_SHIP = (OrderStatus.AWAITING_SHIPMENT.value, OrderStatus.PARTIALLY_SHIPPING.value)
_PAID = tuple(status.value for status in OrderStatus if status is not OrderStatus.UNPAID)

_WATCH_LIST = (
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
)

#: Each settled transaction as the statement has it, beside what it is and how it was paid. In the order of a ledger:
#: where and when, whose, what was sold, what TikTok took, what is left.
_SETTLED = (
    "statement_id",
    "payment_id",
    "settled_at",
    "transaction_type",
    "order_id",
    "created_at",
    "currency",
    "items_gross",
    "seller_discount",
    "platform_discount",
    "ship_paid",
    "refunded",
    "revenue",
    "pool_tax",
    "pool_platform",
    "pool_marketing",
    "fee_referral",
    "fee_transaction",
    "fee_refund_admin",
    "fee_logistics",
    "fee_adjust",
    "fee_affiliate",
    "fee_partner",
    "fee_ads",
    "fee_unclassified",
    "fee_rate",
    "settlement",
    "reserve",
    "payout_status",
    "fx_rate",
)

_ALL = (
    Preset(
        key="sla_watch_list",
        name="SLA Watch List",
        sentence="What must leave the house, and by when. No prices, no buyers.",
        audiences=(Role.WAREHOUSE,),
        grain=Grain.LINE,
        columns=_WATCH_LIST,
        row_filter=RowFilter(
            statuses=(*_TO_SHIP, OrderStatus.AWAITING_COLLECTION.value), fulfilment_types=(SELLER_FULFILLED,)
        ),
        sort=(Sort("sla_due"),),
    ),
    Preset(
        key="pick_and_ship",
        name="3PL pick & ship",
        sentence="The watch list with the address label. Needs buyer data to be allowed for the warehouse.",
        audiences=(Role.WAREHOUSE,),
        grain=Grain.LINE,
        columns=(*_WATCH_LIST, "recipient", "address", "phone", "postcode", "delivery_option"),
        row_filter=RowFilter(statuses=_TO_SHIP, fulfilment_types=(SELLER_FULFILLED,)),
        sort=(Sort("sla_due"),),
    ),
    Preset(
        key="profit_ledger",
        name="Profit Ledger",
        sentence="What each order really earned: revenue, four pools of cost and the profit, estimated until settled.",
        audiences=(Role.FINANCE, Role.OWNER, Role.ADMIN),
        grain=Grain.ORDER,
        columns=(
            "order_id",
            "created_at",
            "status",
            "items",
            "currency",
            "revenue",
            "pool_tax",
            "pool_platform",
            "pool_marketing",
            "pool_cogs",
            "net_profit",
            "margin",
            "basis",
            "confidence",
            "settled_at",
            "settlement",
        ),
        row_filter=RowFilter(statuses=_PAID, include_samples=False),
        sort=(Sort("created_at", descending=True),),
    ),
    Preset(
        key="accountant",
        name="Accountant",
        sentence="What TikTok settled, transaction by transaction, with every fee and payout. No buyers, no addresses.",
        audiences=(Role.ACCOUNTANT,),
        grain=Grain.TRANSACTION,
        columns=_SETTLED,
        row_filter=RowFilter(),
        sort=(Sort("settled_at", descending=True),),
    ),
    Preset(
        key="sales_by_order",
        name="Sales by order",
        sentence="What buyers paid, order by order, with every discount. No buyers, no addresses.",
        audiences=(Role.ACCOUNTANT,),
        grain=Grain.ORDER,
        columns=(
            "order_id",
            "created_at",
            # What was settled is another preset's: here only the status tells a sale from a cancelled order.
            "status",
            "currency",
            "items_gross",
            "seller_discount",
            "platform_discount",
            "items_net",
            "ship_paid",
            "tax_collected",
            "order_total",
            "revenue",
            "payment_method",
        ),
        row_filter=RowFilter(statuses=_PAID),
        sort=(Sort("created_at", descending=True),),
    ),
    Preset(
        key="agency_client",
        name="Agency client",
        sentence="A client's orders without order numbers, buyers, costs or notes.",
        audiences=(Role.CLIENT,),
        grain=Grain.ORDER,
        columns=("order_ref", "created_at", "items", "status", "delivered_at", "order_total"),
        row_filter=RowFilter(),
        sort=(Sort("created_at", descending=True),),
        optional=frozenset({"order_total"}),
    ),
)

PRESETS: Mapping[str, Preset] = {preset.key: preset for preset in _ALL}


def preset_for(preset: Preset, audience: Audience, *, profile_id: str) -> Profile:
    """The profile a preset gives for `audience`: its optional columns only where allowed. `check` has the last word."""
    keys = [key for key in preset.columns if key not in preset.optional or may_see(key, audience)]
    return Profile(
        profile_id=profile_id,
        name=preset.name,
        grain=preset.grain,
        columns=tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys),
        row_filter=preset.row_filter,
        preset=preset.key,
        sort=preset.sort,
    )
