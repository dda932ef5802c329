"""Everything the simulated market remembers, as plain records that survive a restart.

Times are whole Unix seconds; a step that has not happened is None and its key is absent on the wire. Money is minor
units of the shop's currency. Nothing here acts.
"""

from typing import Any

from msgspec import Struct, field

from service.sandbox.tiktok.finance_records import Finance

SCOPES = (
    "seller.authorization.info",
    "seller.shop.info",
    "seller.order.info",
    "seller.fulfillment.basic",
    "seller.logistics",
    "seller.return_refund.basic",
    "seller.finance.info",
    "seller.product.basic",
)
DEFAULT_SELLER = "bloom-and-thread"

# Order statuses in the order an undisturbed order passes them.
STATUSES = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)


class Seller(Struct):
    """A login on the consent page. `user_type` 0 is a seller, 1 a creator, 3 a partner."""

    id: str
    name: str
    region: str
    open_id: str
    user_type: int = 0


class Shop(Struct):
    id: str
    serial: int
    seller_id: str
    name: str
    region: str
    cipher: str
    code: str
    warehouse_ids: list[str]
    delivery_option_id: str
    seller_type: str = "LOCAL"


class AuthCode(Struct):
    seller_id: str
    issued_at: float  # wall
    spent: bool = False


class AccessToken(Struct):
    seller_id: str
    expires_at: int  # wall
    dead: bool = False


class RefreshToken(Struct):
    seller_id: str
    expires_at: int  # wall


class Subscription(Struct):
    address: str
    create_time: int
    update_time: int


class Unit(Struct, omit_defaults=True):
    """One line item: one unit of one SKU."""

    id: str
    product: int
    variant: int
    price_minor: int
    seller_off_minor: int = 0
    platform_off_minor: int = 0
    tax_minor: int = 0
    is_gift: bool = False
    package: int | None = None  # index in Order.packages
    cancel_user: str = ""
    cancel_reason: str = ""


class Package(Struct, omit_defaults=True):
    id: str
    create_time: int
    update_time: int
    status: str = "TO_FULFILL"
    tracking_number: str = ""
    provider_id: str = ""
    provider_name: str = ""


class Order(Struct, omit_defaults=True):
    """The facts of an order; `wire.show_order` turns them into the vendor's object.

    `patches` holds what a test planted or edited; each is merged over the finished object, in turn.
    """

    id: str
    shop_id: str
    serial: int
    status: str
    create_time: int
    update_time: int
    buyer: int
    units: list[Unit]
    kind: str = "NORMAL"  # NORMAL, BUNDLE, GIFT, COD, SAMPLE, PRE_ORDER
    shipping_type: str = "SELLER"
    fulfillment_type: str = "FULFILLMENT_BY_SELLER"
    warehouse_id: str = ""
    shipping_minor: int = 0
    shipping_seller_off_minor: int = 0
    shipping_platform_off_minor: int = 0
    shipping_tax_minor: int = 0
    packages: list[Package] = field(default_factory=list)
    held: bool = False
    paid_time: int | None = None
    release_date: int | None = None
    rts_time: int | None = None
    collection_time: int | None = None
    delivery_time: int | None = None
    complete_time: int | None = None
    cancel_time: int | None = None
    tracking_edits: int = 0
    cancel_by: str = ""
    cancel_reason: str = ""
    request_cancel_time: int | None = None
    cancel_pending: bool = False
    cancel_id: str = ""  # the newest cancellation
    return_id: str = ""  # the newest return
    buyer_message: str = ""
    seller_note: str = ""
    next_step: str = ""
    next_at: int = 0
    steps: int = 0
    patches: list[dict[str, Any]] = field(default_factory=list)


class Cancellation(Struct):
    id: str
    order_id: str
    shop_id: str
    type: str  # CANCEL, BUYER_CANCEL
    status: str
    role: str
    reason: str
    create_time: int
    update_time: int
    unit_ids: list[str]
    deadline: int | None = None


class Return(Struct):
    id: str
    order_id: str
    shop_id: str
    type: str
    status: str
    reason: str
    create_time: int
    update_time: int
    unit_ids: list[str]
    deadline: int | None = None
    tracking_number: str = ""
    previous_id: str = ""
    next_id: str = ""


class State(Struct):
    """The content of market.json."""

    app_key: str
    app_secret: str
    service_id: str
    seed: int
    sellers: dict[str, Seller] = field(default_factory=dict)
    shops: dict[str, Shop] = field(default_factory=dict)
    codes: dict[str, AuthCode] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    connected: list[str] = field(default_factory=list)  # seller ids with a live consent, oldest first
    subscriptions: dict[str, dict[str, Subscription]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    finance: Finance = field(default_factory=Finance)
