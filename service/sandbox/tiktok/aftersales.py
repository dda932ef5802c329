"""The after-sales calls: searching cancellations and returns, cancelling, answering a buyer's request."""

from typing import Any

from service.sandbox.tiktok import catalogue, life, moves
from service.sandbox.tiktok.address import user_id
from service.sandbox.tiktok.gate import Call, Refusal
from service.sandbox.tiktok.parameters import AftersalesFilter, invalid, page_size, read_filter, read_object, sorting
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.search import cut, find_order, in_window
from service.sandbox.tiktok.state import Cancellation, Order, Return, Shop, Unit
from service.sandbox.tiktok.wire import amount
from service.sandbox.tiktok.world import World

SELLER_REASONS = (
    "seller_cancel_reason_out_of_stock",
    "seller_cancel_reason_wrong_price",
    "seller_cancel_paid_reason_address_not_deliver",
    "seller_cancel_paid_reason_buyer_requested_cancellation",
)
_REJECT_REASONS = {
    "seller_reject_apply_product_has_been_packed": "The product has been packed",
    "order_manage_list_action_respond_popup_reject_reason_invalid_cancellation_reason": "The reason is not valid",
}


def search_cancellations(call: Call) -> dict[str, Any]:
    """`POST /return_refund/202309/cancellations/search`."""
    world, shop = call.world, call.shop
    size = page_size(call, low=1, high=50, default=10)
    sort = sorting(call, "create_time", "update_time")
    wanted = read_filter(call, AftersalesFilter)
    chosen = {
        one.id: one
        for one in world.cancellations.values()
        if _is_wanted(world, one, wanted, shop)
        and (not wanted.cancel_ids or one.id in wanted.cancel_ids)
        and (not wanted.cancel_types or one.type in wanted.cancel_types)
        and (not wanted.cancel_status or one.status in wanted.cancel_status)
    }
    keys = sorted((getattr(one, sort.field), one.id) for one in chosen.values())
    page = cut(call, keys, size=size, sort=sort, filters=wanted)
    shown = [_show_cancellation(world, chosen[one_id], shop) for _, one_id in page.keys]
    return {"cancellations": shown, "next_page_token": page.next_token, "total_count": page.total}


def search_returns(call: Call) -> dict[str, Any]:
    """`POST /return_refund/202309/returns/search`."""
    world, shop = call.world, call.shop
    size = page_size(call, low=10, high=50, default=10)
    sort = sorting(call, "create_time", "update_time")
    wanted = read_filter(call, AftersalesFilter)
    chosen = {
        one.id: one
        for one in world.returns.values()
        if _is_wanted(world, one, wanted, shop)
        and (not wanted.return_ids or one.id in wanted.return_ids)
        and (not wanted.return_types or one.type in wanted.return_types)
        and (not wanted.return_status or one.status in wanted.return_status)
    }
    keys = sorted((getattr(one, sort.field), one.id) for one in chosen.values())
    page = cut(call, keys, size=size, sort=sort, filters=wanted)
    shown = [_show_return(world, chosen[one_id], shop) for _, one_id in page.keys]
    return {"return_orders": shown, "next_page_token": page.next_token, "total_count": page.total}


def cancel_order(call: Call) -> dict[str, Any]:
    """`POST /return_refund/202309/cancellations`: the seller cancels the whole order before it is shipped."""
    world, shop = call.world, call.shop
    content = read_object(call)
    reason = content.get("cancel_reason")
    order = find_order(world, shop, str(content.get("order_id", "")))
    if order.status not in {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"}:
        raise Refusal(25001045, "The order is already shipped or closed.", status=200)
    if not isinstance(reason, str) or reason.removesuffix("_uk") not in SELLER_REASONS:
        raise Refusal(25001021, "The reason does not fit the order.", status=200)
    if content.get("skus") or content.get("order_line_item_ids"):
        raise Refusal(25005010, "Part of this order cannot be cancelled.", status=200)
    now = world.clock.timestamp()
    record = moves.cancel(world, order, now, by="SELLER", reason=reason)
    life.plan(world, order, at=now)
    return {"cancel_id": record.id, "cancel_status": record.status}


def approve_cancel(call: Call, cancel_id: str) -> dict[str, Any]:
    """`POST /return_refund/202309/cancellations/{cancel_id}/approve`."""
    world, shop = call.world, call.shop
    record, order = _waiting(world, shop, cancel_id)
    now = world.clock.timestamp()
    moves.cancel(world, order, now, by="BUYER", reason=record.reason)
    life.plan(world, order, at=now)
    return {}


def reject_cancel(call: Call, cancel_id: str) -> dict[str, Any]:
    """`POST /return_refund/202309/cancellations/{cancel_id}/reject`."""
    world, shop = call.world, call.shop
    if read_object(call).get("reject_reason") not in _REJECT_REASONS:
        raise Refusal(25001014, "The reject reason is not valid.", status=200)
    _, order = _waiting(world, shop, cancel_id)
    now = world.clock.timestamp()
    moves.reject_cancel(world, order, now)
    life.plan(world, order, at=now, after="reject_cancel")
    return {}


def list_reject_reasons(call: Call) -> dict[str, Any]:
    """`GET /return_refund/202309/reject_reasons`."""
    world, shop = call.world, call.shop
    asked = call.query.get("return_or_cancel_id", "")
    known: list[Cancellation | Return] = [*world.cancellations.values(), *world.returns.values()]
    if not any(one.id == asked and one.shop_id == shop.id for one in known):
        invalid("Invalid return_or_cancel_id.")
    return {"reasons": [{"name": name, "text": text} for name, text in _REJECT_REASONS.items()]}


def _waiting(world: World, shop: Shop, cancel_id: str) -> tuple[Cancellation, Order]:
    record = world.cancellations.get(cancel_id)
    if record is None or record.shop_id != shop.id:
        raise Refusal(25007006, "The cancellation does not exist.", status=200)
    if record.status != "CANCELLATION_REQUEST_PENDING":
        raise Refusal(25001011, "The request was answered before.", status=200)
    return record, world.orders[record.order_id]


def _is_wanted(world: World, one: Cancellation | Return, wanted: AftersalesFilter, shop: Shop) -> bool:
    buyers = wanted.buyer_user_ids
    return (
        one.shop_id == shop.id
        and in_window(one.create_time, wanted.create_time_ge, wanted.create_time_lt)
        and in_window(one.update_time, wanted.update_time_ge, wanted.update_time_lt)
        and (not wanted.order_ids or one.order_id in wanted.order_ids)
        and (not buyers or user_id(shop.region, world.orders[one.order_id].buyer) in buyers)
    )


def _show_cancellation(world: World, one: Cancellation, shop: Shop) -> dict[str, Any]:
    shown = _show_shared(world, one, shop, action="SELLER_RESPOND_CANCEL")
    shown |= {
        "cancel_id": one.id,
        "cancel_type": one.type,
        "cancel_status": one.status,
        "role": one.role,
        "cancel_reason": one.reason,
        "cancel_reason_text": moves.REASON_TEXTS.get(one.reason, one.reason),
        "cancel_line_items": [
            line | {"cancel_line_item_id": line["order_line_item_id"]} for line in _lines(world, one, shop)
        ],
    }
    return shown


def _show_return(world: World, one: Return, shop: Shop) -> dict[str, Any]:
    shown = _show_shared(world, one, shop, action="SELLER_RESPOND_RETURN")
    shown |= {
        "return_id": one.id,
        "return_type": one.type,
        "return_status": one.status,
        "role": "BUYER",
        "return_reason": one.reason,
        "return_reason_text": "Arrived damaged",
        "shipment_type": "PLATFORM",
        "handover_method": "DROP_OFF",
        "return_tracking_number": one.tracking_number,
        "combined_return_id": "0",
        "is_combined_return": False,
        "return_line_items": [
            line | {"return_line_item_id": line["order_line_item_id"]} for line in _lines(world, one, shop)
        ],
    }
    links = {"pre_return_id": one.previous_id, "next_return_id": one.next_id}
    return shown | {key: value for key, value in links.items() if value}


def _show_shared(world: World, one: Cancellation | Return, shop: Shop, *, action: str) -> dict[str, Any]:
    region = REGIONS[shop.region]
    order = world.orders[one.order_id]
    shown: dict[str, Any] = {"order_id": one.order_id, "create_time": one.create_time, "update_time": one.update_time}
    if one.deadline is not None:
        shown["seller_next_action_response"] = [{"action": action, "deadline": one.deadline}]
    if order.paid_time is not None:
        units = [unit for unit in order.units if unit.id in one.unit_ids]
        goods = sum(_paid(unit) for unit in units)
        shipping = order.shipping_minor - order.shipping_seller_off_minor - order.shipping_platform_off_minor
        tax = sum(unit.tax_minor for unit in units) + order.shipping_tax_minor
        parts = {"refund_subtotal": goods, "refund_shipping_fee": shipping, "refund_tax": tax}
        parts["refund_total"] = goods + shipping + tax
        amounts = {key: amount(value, region) for key, value in parts.items()}
        shown["refund_amount"] = {"currency": region.currency} | amounts
    return shown


def _lines(world: World, one: Cancellation | Return, shop: Shop) -> list[dict[str, Any]]:
    lines = []
    for unit in world.orders[one.order_id].units:
        if unit.id in one.unit_ids:
            product = catalogue.PRODUCTS[unit.product]
            variant = product.variants[unit.variant]
            line = {"order_line_item_id": unit.id, "product_name": product.name, "sku_name": variant.name}
            line |= {
                "sku_id": catalogue.sku_id(shop.serial, unit.product, unit.variant),
                "seller_sku": variant.seller_sku,
            }
            lines.append(line)
    return lines


def _paid(unit: Unit) -> int:
    return unit.price_minor - unit.seller_off_minor - unit.platform_off_minor
