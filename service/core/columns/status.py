"""STATUS: where the order is in its life. What is derived from deadlines needs the deadlines' group too."""

from service.core import kinds
from service.core.cancellations import SellerFault, seller_fault
from service.core.columns.record import Column
from service.core.orders import OrderStatus
from service.core.roles import Group
from service.core.rows import Grain, RowSource
from service.core.sla import Need, action_needed

_NEEDS = frozenset({Group.STATUS})
_NEEDS_DEADLINES = frozenset({Group.STATUS, Group.SLA})

#: What the status cell of a line says once the line has vanished from its order.
REMOVED = "removed"


def _status(row: RowSource) -> str | None:
    """The order's status; a line whose units are all cancelled says so, since the order's status does not."""
    if row.grain is Grain.LINE and all(line.status == OrderStatus.CANCELLED for line in row.lines):
        return OrderStatus.CANCELLED.value
    return row.order.status or None


def _is_preorder(row: RowSource) -> bool:
    return "PRE_ORDER" in {row.order.order_type, *(line.sku_type for line in row.lines)}


COLUMNS = (
    Column(
        key="status",
        header="Status",
        kind=kinds.ENUM,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=_status,
        sentence="TikTok's status of the order; a line that was cancelled or removed says so itself.",
        example="AWAITING_SHIPMENT",
        choices=(*(status.value for status in OrderStatus), REMOVED),
    ),
    Column(
        key="action_needed",
        header="Action needed",
        kind=kinds.ENUM,
        group=Group.STATUS,
        needs=_NEEDS_DEADLINES,
        reader=lambda row: action_needed(row.order, row.sla, row.now).value,
        sentence="The most pressing thing the order wants from the seller, by Seller Center's own list.",
        example="Ship within 24 h",
        choices=tuple(need.value for need in Need),
        inputs=("status", "sla_due", "cancel_request_at"),
    ),
    Column(
        key="is_sample",
        header="Sample",
        kind=kinds.BOOL,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.is_sample,
        sentence="A free sample for a creator: ship it, but it is no sale.",
        example="FALSE",
    ),
    Column(
        key="is_replacement",
        header="Replacement",
        kind=kinds.BOOL,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.is_replacement,
        sentence="Replaces an earlier order: no revenue.",
        example="FALSE",
    ),
    Column(
        key="is_preorder",
        header="Pre-order",
        kind=kinds.BOOL,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=_is_preorder,
        sentence="Bought before it can be shipped.",
        example="FALSE",
    ),
    Column(
        key="cancel_reason",
        header="Cancel reason",
        kind=kinds.TXT,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.cancel_reason or None,
        sentence="Why it was cancelled, in TikTok's words; of several items, the first one's.",
        example="Out of stock",
    ),
    Column(
        key="cancel_by",
        header="Cancelled by",
        kind=kinds.ENUM,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.cancel_by or None,
        sentence="Who cancelled: buyer, seller, TikTok's staff or its system.",
        example="BUYER",
        choices=("BUYER", "SELLER", "OPERATOR", "SYSTEM"),
    ),
    Column(
        key="seller_fault",
        header="Seller fault",
        kind=kinds.ENUM,
        group=Group.STATUS,
        needs=_NEEDS_DEADLINES,
        reader=lambda row: seller_fault(row.order, row.sla.dues),
        sentence="Whether a cancellation counts into the seller-fault rate, as far as the reason tells.",
        example="no",
        choices=tuple(fault.value for fault in SellerFault),
        inputs=("cancel_by", "cancel_reason", "rts_due", "auto_cancel_at"),
    ),
    Column(
        key="created_at",
        header="Created",
        kind=kinds.DT,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.created_at,
        sentence="When the order was placed.",
        example="2026-11-23 10:15",
    ),
    Column(
        key="paid_at",
        header="Paid",
        kind=kinds.DT,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.paid_at,
        sentence="When it was paid; cash on delivery is paid late or never says so.",
        example="2026-11-23 10:16",
    ),
    Column(
        key="delivered_at",
        header="Delivered",
        kind=kinds.DT,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.delivered_at,
        sentence="When it was delivered.",
        example="2026-11-26 14:02",
    ),
    Column(
        key="cancelled_at",
        header="Cancelled",
        kind=kinds.DT,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.cancelled_at,
        sentence="When it was cancelled.",
        example="2026-11-23 11:40",
    ),
    Column(
        key="updated_at",
        header="Updated",
        kind=kinds.DT,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.updated_at,
        sentence="When TikTok last moved the order.",
        example="2026-11-23 11:15",
    ),
    Column(
        key="synced_at",
        header="Synced",
        kind=kinds.DT,
        group=Group.STATUS,
        needs=_NEEDS,
        reader=lambda row: row.order.fetched_at,
        sentence="When we fetched the content shown. A fetch that finds nothing new does not move it.",
        example="2026-11-23 11:15",
    ),
)
