"""FULFIL: how it travels. At line grain a line's own parcel counts, the order's only where no line states one."""

from service.core import kinds
from service.core.columns.record import Column, joined
from service.core.roles import Group
from service.core.rows import RowSource

_NEEDS = frozenset({Group.FULFIL})


def _tracking(row: RowSource) -> str | None:
    own = joined([line.tracking for line in row.lines])
    is_told_by_line = own is not None or any(line.tracking for line in row.order.lines)
    return own if is_told_by_line else row.order.tracking or None


def _provider(row: RowSource) -> str | None:
    own = joined([line.provider for line in row.lines])
    is_told_by_line = own is not None or any(line.provider for line in row.order.lines)
    return own if is_told_by_line else row.order.provider or None


def _tracking_url(row: RowSource) -> str | None:
    """One parcel of one known carrier; several numbers have no one page."""
    carrier, number = _provider(row), _tracking(row)
    if carrier is None or number is None or ", " in number:
        return None
    return row.policies.tracking_url(carrier, number)


def _warehouse(row: RowSource) -> str | None:
    return row.warehouses.get(row.order.warehouse_id) or row.order.warehouse_id or None


COLUMNS = (
    Column(
        key="fulfilment_type",
        header="Fulfilled by",
        kind=kinds.ENUM,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.fulfilment_type or None,
        sentence="Whether you or TikTok's warehouse ships it.",
        example="FULFILLMENT_BY_SELLER",
        choices=("FULFILLMENT_BY_SELLER", "FULFILLMENT_BY_TIKTOK", "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"),
    ),
    Column(
        key="shipping_type",
        header="Shipping",
        kind=kinds.ENUM,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.shipping_type or None,
        sentence="Your own carrier, or a label bought from TikTok.",
        example="SELLER",
        choices=("SELLER", "TIKTOK", "TIKTOK_DIGITAL"),
    ),
    Column(
        key="delivery_option",
        header="Delivery option",
        kind=kinds.TXT,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.delivery_option or None,
        sentence="What the buyer chose.",
        example="Standard shipping",
    ),
    Column(
        key="provider",
        header="Carrier",
        kind=kinds.TXT,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=_provider,
        sentence="The carrier, once known.",
        example="Evri",
    ),
    Column(
        key="tracking",
        header="Tracking #",
        kind=kinds.ID,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=_tracking,
        sentence="The tracking number or numbers of the row.",
        example="H00AAA0000000001",
    ),
    Column(
        key="tracking_url",
        header="Track",
        kind=kinds.URL,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=_tracking_url,
        sentence="The carrier's page of the parcel; empty where the carrier's page is not known.",
        example="https://www.evri.com/track/parcel/H00AAA0000000001",
        inputs=("provider", "tracking"),
    ),
    Column(
        key="warehouse",
        header="Warehouse",
        kind=kinds.TXT,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=_warehouse,
        sentence="The warehouse's name, or its number where the name is not known.",
        example="Leeds",
    ),
    Column(
        key="split_tag",
        header="Split/combined",
        kind=kinds.ENUM,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.split_tag or None,
        sentence="Whether the order goes in several parcels, or shares one.",
        example="SPLIT",
        choices=("SPLIT", "COMBINED"),
    ),
    Column(
        key="ship_country",
        header="Country",
        kind=kinds.TXT,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.ship_country or None,
        sentence="The country it goes to.",
        example="United Kingdom",
    ),
    Column(
        key="ship_region",
        header="State",
        kind=kinds.TXT,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.ship_region or None,
        sentence="The state, nation or province it goes to.",
        example="England",
    ),
    Column(
        key="shipped_at",
        header="Arranged",
        kind=kinds.DT,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.shipped_at,
        sentence="When shipment was arranged.",
        example="2026-11-23 15:30",
    ),
    Column(
        key="collected_at",
        header="Collected",
        kind=kinds.DT,
        group=Group.FULFIL,
        needs=_NEEDS,
        reader=lambda row: row.order.collected_at,
        sentence="When the carrier first scanned it.",
        example="2026-11-24 09:05",
    ),
)
