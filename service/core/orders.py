"""An order as Rowstream knows it, and which of two versions of it wins.

Times are aware UTC datetimes or None (unknown; upstream's absent or 0). Money is an integer count of minor units
beside its ISO 4217 currency. Ids are text. Unknown enum values stay as upstream's text.
How upstream's JSON becomes an Order is `tiktok/wire`; nothing here knows JSON.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, structs


class OrderStatus(StrEnum):
    """TikTok's order statuses. An order's `status` is plain text, since unknown values may arrive."""

    UNPAID = "UNPAID"
    ON_HOLD = "ON_HOLD"
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    PARTIALLY_SHIPPING = "PARTIALLY_SHIPPING"
    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


#: How far an order has come. A status of a lower rank never replaces one of a higher rank.
STATUS_RANK: Mapping[str, int] = {
    OrderStatus.UNPAID: 0,
    OrderStatus.ON_HOLD: 1,
    OrderStatus.AWAITING_SHIPMENT: 2,
    OrderStatus.PARTIALLY_SHIPPING: 3,
    OrderStatus.AWAITING_COLLECTION: 4,
    OrderStatus.IN_TRANSIT: 5,
    OrderStatus.DELIVERED: 6,
    OrderStatus.COMPLETED: 7,
    OrderStatus.CANCELLED: 8,
}

FINAL_STATUSES = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED})


class Money(Struct, frozen=True, gc=False):
    """An amount: `minor` units (pence, cents, dong) of `currency`. Two currencies are never added."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)


class Line(Struct, frozen=True, gc=False):
    """One unit of one SKU: upstream sends one line item per unit, there is no quantity."""

    line_id: str
    sku_id: str
    product_id: str
    product_name: str
    sku_name: str
    seller_sku: str
    sku_image: str
    status: str
    sku_type: str
    is_gift: bool
    original_price: Money | None
    sale_price: Money | None
    seller_discount: Money | None
    platform_discount: Money | None
    package_id: str
    tracking: str
    provider: str


class Payment(Struct, frozen=True, gc=False):
    """What the buyer pays, as upstream states it. None = upstream did not say."""

    currency: str
    items_gross: Money | None
    seller_discount: Money | None
    platform_discount: Money | None
    items_net: Money | None
    ship_paid: Money | None
    tax: Money | None
    total: Money | None
    method: str


class Recipient(Struct, frozen=True, gc=False, omit_defaults=True):
    """Personal data of one order: kept apart, sealed at rest, shown only to audiences that may see PII."""

    name: str = ""
    phone: str = ""
    address: str = ""
    city: str = ""
    postcode: str = ""
    buyer_email: str = ""
    buyer_user_id: str = ""
    buyer_message: str = ""
    tax_id: str = ""


class Clocks(Struct, frozen=True, gc=False, omit_defaults=True):
    """Upstream's own deadlines, each an instant or None (unknown: show a dash, never overdue)."""

    rts_due: datetime | None = None
    tts_due: datetime | None = None
    shipping_due: datetime | None = None
    collection_due: datetime | None = None
    cancel_due: datetime | None = None
    delivery_sla: datetime | None = None
    delivery_due: datetime | None = None


class Order(Struct, frozen=True, gc=False, omit_defaults=True):
    """One order of one shop, as fetched. `fetched_at` is the start of our fetch."""

    shop_id: str
    order_id: str
    status: str
    created_at: datetime
    updated_at: datetime
    fetched_at: datetime
    lines: tuple[Line, ...]
    payment: Payment
    recipient: Recipient
    clocks: Clocks
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    collected_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    order_type: str = ""
    region: str = ""
    ship_country: str = ""
    ship_region: str = ""
    fulfilment_type: str = ""
    shipping_type: str = ""
    delivery_option: str = ""
    provider: str = ""
    tracking: str = ""
    warehouse_id: str = ""
    package_ids: tuple[str, ...] = ()
    split_tag: str = ""
    seller_note: str = ""
    cancel_reason: str = ""
    cancel_by: str = ""
    cancel_requested: bool = False
    cancel_requested_at: datetime | None = None
    is_sample: bool = False
    is_replacement: bool = False
    is_cod: bool = False
    handling_days: int | None = None
    release_at: datetime | None = None
    extra: Mapping[str, str] = {}


class Verdict(StrEnum):
    """What `newer` decided: keep the stored version, or take the returned one."""

    KEEP = "keep"
    TAKE = "take"


def newer(stored: Order | None, fetched: Order) -> tuple[Verdict, Order]:
    """The version to keep, and whether it differs from the stored one.

    The later `(updated_at, fetched_at)` wins; with equal `updated_at` a later fetch with other content wins too
    (address, tracking and note edits may not move upstream's update time). A status never moves back, and a
    masked or emptied recipient field never replaces a good one. Idempotent: the same fetch twice is KEEP.
    """
    if stored is None:
        return Verdict.TAKE, fetched
    if (fetched.updated_at, fetched.fetched_at) < (stored.updated_at, stored.fetched_at):
        return Verdict.KEEP, stored
    merged = structs.replace(
        fetched,
        status=_further(stored.status, fetched.status),
        recipient=_unmasked(stored.recipient, fetched.recipient),
    )
    if structs.replace(merged, fetched_at=stored.fetched_at) == stored:
        return Verdict.KEEP, stored
    return Verdict.TAKE, merged


def _further(stored: str, fetched: str) -> str:
    """The status that is further along; an unknown status is taken as it comes."""
    before, after = STATUS_RANK.get(stored), STATUS_RANK.get(fetched)
    return stored if before is not None and after is not None and after < before else fetched


def _unmasked(stored: Recipient, fetched: Recipient) -> Recipient:
    """Field by field: what was fetched, unless it is empty or masked where we hold better."""
    return Recipient(
        **{name: _better(getattr(stored, name), getattr(fetched, name)) for name in Recipient.__struct_fields__}
    )


def _better(stored: str, fetched: str) -> str:
    is_worse = not fetched or ("*" in fetched and "*" not in stored)
    return stored if stored and is_worse else fetched
