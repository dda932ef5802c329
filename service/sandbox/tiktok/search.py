"""The order calls: search with its windows, lag and moving pages; detail by id; price detail."""

from typing import Any

from service.sandbox.tiktok.address import user_id
from service.sandbox.tiktok.gate import Call, Refusal
from service.sandbox.tiktok.paging import BadTokenError, Cut, Key, Slice, cut_page, fingerprint
from service.sandbox.tiktok.parameters import (
    OrderFilter,
    Sorting,
    Windowed,
    id_list,
    invalid,
    page_size,
    read_filter,
    sorting,
)
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.state import Order, Shop
from service.sandbox.tiktok.wire import amount, show_in_search, show_newer
from service.sandbox.tiktok.world import World

MOST_IDS = 50


def search_orders(call: Call) -> dict[str, Any]:
    """`POST /order/202309/orders/search`. Unsorted it gives the oldest first, as seen live."""
    world, shop = call.world, call.shop
    size = page_size(call, low=1, high=100)
    order = sorting(call, "create_time", "update_time")
    wanted = read_filter(call, OrderFilter)
    if wanted.warehouse_ids is not None and len(wanted.warehouse_ids) > 100:
        invalid("Invalid warehouse_ids: at most 100.")
    keys = _matching(world, shop, wanted, order)
    page = cut(call, keys, size=size, sort=order, filters=wanted)
    book = world.books[shop.id]
    shown = [show_in_search(world.show(book.by_id[order_id])) for _, order_id in page.keys]
    return {"orders": shown, "next_page_token": page.next_token, "total_count": page.total}


def show_orders(call: Call) -> dict[str, Any]:
    """`GET /order/202309/orders`: unknown ids are left out, an order of another shop refuses the call."""
    world, shop = call.world, call.shop
    ids = id_list(call, "ids", most=MOST_IDS)
    found = [world.orders[order_id] for order_id in dict.fromkeys(ids) if order_id in world.orders]
    if any(order.shop_id != shop.id for order in found):
        raise Refusal(21008111, "The order does not belong to this seller.", status=200)
    return {"orders": [world.show(order) for order in found]}


def show_newer_orders(call: Call) -> dict[str, Any]:
    """`GET /order/202507/orders`."""
    return {"orders": [show_newer(shown) for shown in show_orders(call)["orders"]]}


def show_price(call: Call, order_id: str) -> dict[str, Any]:
    """`GET /order/202407/orders/{order_id}/price_detail`."""
    world, shop = call.world, call.shop
    order = find_order(world, shop, order_id)
    region = REGIONS[shop.region]
    payment = world.show(order)["payment"]
    total = {
        "currency": region.currency,
        "total": amount(sum(unit.price_minor for unit in order.units) + order.shipping_minor, region),
        "payment": payment["total_amount"],
        "subtotal": payment["sub_total"],
        "sku_list_price": payment["original_total_product_price"],
        "sku_sale_price": payment["sub_total"],
        "subtotal_deduction_seller": payment["seller_discount"],
        "subtotal_deduction_platform": payment["platform_discount"],
        "shipping_list_price": payment["original_shipping_fee"],
        "shipping_sale_price": payment["shipping_fee"],
        "tax_amount": payment["tax"],
    }
    return total | {"line_items": [_price_line(order, index, shop) for index in range(len(order.units))]}


def find_order(world: World, shop: Shop, order_id: str) -> Order:
    """The shop's order, or the vendor's refusal."""
    order = world.books[shop.id].by_id.get(order_id)
    if order is None:
        raise Refusal(21008111, "The order does not belong to this seller.", status=200)
    return order


def cut(call: Call, keys: list[Key], *, size: int, sort: Sorting, filters: Windowed) -> Slice:
    """The page the call asks for; a token that does not fit is refused."""
    how = Cut(
        size=size,
        token=call.query.get("page_token", ""),
        is_descending=sort.is_descending,
        fingerprint=fingerprint(filters, sort),
        by_position=call.world.faults.page_shift,
    )
    try:
        return cut_page(keys, how)
    except BadTokenError as bad:
        raise Refusal(36009004, str(bad)) from bad


def _matching(world: World, shop: Shop, wanted: OrderFilter, sort: Sorting) -> list[Key]:
    """Keys (time of the sort field, id) of the orders that match, ascending; the index of a bounded time is used."""
    book = world.books[shop.id]
    bounds = {
        "create_time": (wanted.create_time_ge, wanted.create_time_lt),
        "update_time": (wanted.update_time_ge, wanted.update_time_lt),
    }
    other = "update_time" if sort.field == "create_time" else "create_time"
    lead = sort.field if bounds[sort.field] != (None, None) or bounds[other] == (None, None) else other
    keys = book.window(lead, *bounds[lead])
    hidden = book.lagging(world.wall())
    if hidden:
        keys = [key for key in keys if key[1] not in hidden]
    trailing = other if lead == sort.field else sort.field
    chosen = keys
    if bounds[trailing] != (None, None) or not _is_unfiltered(wanted):
        chosen = [key for key in keys if _matches(book.by_id[key[1]], wanted, shop.region)]
    if lead == sort.field:
        return chosen
    return sorted((getattr(book.by_id[order_id], sort.field), order_id) for _, order_id in chosen)


def _is_unfiltered(wanted: OrderFilter) -> bool:
    named = (wanted.order_status, wanted.shipping_type, wanted.buyer_user_id, wanted.warehouse_ids)
    return not any(named) and wanted.is_buyer_request_cancel is None


def _matches(order: Order, wanted: OrderFilter, code: str) -> bool:
    return (
        in_window(order.create_time, wanted.create_time_ge, wanted.create_time_lt)
        and in_window(order.update_time, wanted.update_time_ge, wanted.update_time_lt)
        and wanted.order_status in {None, order.status}
        and wanted.shipping_type in {None, order.shipping_type}
        and wanted.is_buyer_request_cancel in {None, order.cancel_pending}
        and (not wanted.warehouse_ids or order.warehouse_id in wanted.warehouse_ids)
        and (not wanted.buyer_user_id or wanted.buyer_user_id == user_id(code, order.buyer))
    )


def in_window(moment: int, low: int | None, high: int | None) -> bool:
    return (low is None or moment >= low) and (high is None or moment < high)


def _price_line(order: Order, index: int, shop: Shop) -> dict[str, Any]:
    unit, region = order.units[index], REGIONS[shop.region]
    sale = unit.price_minor - unit.seller_off_minor - unit.platform_off_minor
    return {
        "id": unit.id,
        "currency": region.currency,
        "total": amount(unit.price_minor, region),
        "payment": amount(sale + unit.tax_minor, region),
        "subtotal": amount(sale, region),
        "sku_list_price": amount(unit.price_minor, region),
        "sku_sale_price": amount(sale, region),
        "subtotal_deduction_seller": amount(unit.seller_off_minor, region),
        "subtotal_deduction_platform": amount(unit.platform_off_minor, region),
        "tax_amount": amount(unit.tax_minor, region),
    }
