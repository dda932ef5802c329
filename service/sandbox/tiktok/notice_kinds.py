"""The content of each kind of notice, as the vendor's webhooks carry it. Delivery is in `webhooks`."""

from typing import Any

from service.sandbox.tiktok.state import Cancellation, Order, Return
from service.sandbox.tiktok.world import World

# Number of the notice → the name a subscription uses. Source: Partner Center, webhook topics (2025-12).
EVENT_TYPES: dict[int, str] = {
    1: "ORDER_STATUS_CHANGE",
    2: "REVERSE_STATUS_UPDATE",
    3: "RECIPIENT_ADDRESS_UPDATE",
    4: "PACKAGE_UPDATE",
    5: "PRODUCT_STATUS_CHANGE",
    6: "SELLER_DEAUTHORIZATION",
    7: "UPCOMING_AUTHORIZATION_EXPIRATION",
    11: "CANCELLATION_STATUS_CHANGE",
    12: "RETURN_STATUS_CHANGE",
    13: "NEW_CONVERSATION",
    14: "NEW_MESSAGE",
    15: "PRODUCT_INFORMATION_CHANGE",
    16: "PRODUCT_CREATION",
    18: "PRODUCT_CATEGORY_CHANGE",
    33: "NEW_MESSAGE_LISTENER",
    36: "INVOICE_STATUS_CHANGE",
    37: "PRODUCT_AUDIT_STATUS_CHANGE",
}


def order_status_change(world: World, order: Order) -> None:
    """Type 1. A cancelled order says CANCEL here and CANCELLED in the order itself, as the vendor documents it."""
    world.notify(
        order.shop_id,
        1,
        {
            "order_id": order.id,
            "order_status": "CANCEL" if order.status == "CANCELLED" else order.status,
            "is_on_hold_order": order.held,
            "update_time": order.update_time,
        },
    )


def address_update(world: World, order: Order, *, at: int) -> None:
    world.notify(order.shop_id, 3, {"order_id": order.id, "update_time": at})


def package_update(world: World, order: Order, package_id: str, *, sc_type: str) -> None:
    content: dict[str, Any] = {
        "sc_type": sc_type,
        "role_type": "ROLE_SELLER",
        "package_list": [{"package_id": package_id, "order_id_list": [order.id]}],
        "update_time": order.update_time,
    }
    world.notify(order.shop_id, 4, content)


def deauthorization(world: World, shop_id: str) -> None:
    world.notify(shop_id, 6, {"message": "The seller has revoked the authorization of this app."})


def cancellation_change(world: World, record: Cancellation) -> None:
    world.notify(
        record.shop_id,
        11,
        {
            "order_id": record.order_id,
            "cancel_id": record.id,
            "cancel_status": record.status,
            "cancellations_role": record.role,
            "create_time": record.create_time,
        },
    )


def return_change(world: World, record: Return) -> None:
    world.notify(
        record.shop_id,
        12,
        {
            "order_id": record.order_id,
            "return_id": record.id,
            "return_type": record.type,
            "return_status": record.status,
            "return_role": "BUYER",
            "create_time": record.create_time,
            "update_time": record.update_time,
        },
    )
