"""Calls about the seller's shops and about where a shop's notices go."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from service.sandbox.tiktok.gate import Call
from service.sandbox.tiktok.notice_kinds import EVENT_TYPES
from service.sandbox.tiktok.parameters import invalid, read_object
from service.sandbox.tiktok.state import Subscription

LONGEST_ADDRESS = 255
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def list_authorized_shops(call: Call) -> dict[str, Any]:
    """`GET /authorization/202309/shops`."""
    keys = ("id", "name", "region", "seller_type", "cipher", "code")
    shops = call.world.shops_of(call.seller_id)
    return {"shops": [{key: getattr(shop, key) for key in keys} for shop in shops]}


def list_active_shops(call: Call) -> dict[str, Any]:
    """`GET /seller/202309/shops`."""
    return {"shops": [{"id": shop.id, "region": shop.region} for shop in call.world.shops_of(call.seller_id)]}


def list_permissions(call: Call) -> dict[str, Any]:
    """`GET /seller/202309/permissions`: local sellers have none."""
    crossing = any(shop.seller_type == "CROSS_BORDER" for shop in call.world.shops_of(call.seller_id))
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"] if crossing else []}


def list_webhooks(call: Call) -> dict[str, Any]:
    """`GET /event/202309/webhooks`."""
    known = call.world.state.subscriptions.get(call.shop.id, {})
    shown = [
        {"event_type": name, "address": one.address, "create_time": one.create_time, "update_time": one.update_time}
        for name, one in sorted(known.items())
    ]
    return {"webhooks": shown, "total_count": len(shown)}


def put_webhook(call: Call) -> dict[str, Any]:
    """`PUT /event/202309/webhooks`: this event type of this shop goes to the address."""
    content = read_object(call)
    event_type, address = _event_type(content), content.get("address")
    if not isinstance(address, str) or not _is_allowed(address):
        invalid("Invalid address: https, a domain name without port, at most 255 characters.")
    world, now = call.world, int(call.world.wall())
    known = world.state.subscriptions.setdefault(call.shop.id, {})
    created = known[event_type].create_time if event_type in known else now
    known[event_type] = Subscription(address=address, create_time=created, update_time=now)
    world.changes += 1
    return {}


def delete_webhook(call: Call) -> dict[str, Any]:
    """`DELETE /event/202309/webhooks`: success even when there was none."""
    event_type = _event_type(read_object(call))
    call.world.state.subscriptions.get(call.shop.id, {}).pop(event_type, None)
    call.world.changes += 1
    return {}


def _event_type(content: dict[str, Any]) -> str:
    event_type = content.get("event_type")
    if event_type not in EVENT_TYPES.values():
        invalid("Invalid event_type.")
    return str(event_type)


def _is_allowed(address: str) -> bool:
    """The vendor's rule, and loopback, because this market runs on the developer's own machine."""
    parts = urlsplit(address)
    if len(address) > LONGEST_ADDRESS or not parts.hostname:
        return False
    if parts.hostname in _LOOPBACK:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and parts.port is None and not _is_ip(parts)


def _is_ip(parts: SplitResult) -> bool:
    try:
        ip_address(parts.hostname or "")
    except ValueError:
        return False
    return True
