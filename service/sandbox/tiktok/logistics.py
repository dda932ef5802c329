"""Packages, carriers, warehouses, and the seller's own shipping calls."""

from typing import Any

from service.sandbox.tiktok import life, moves
from service.sandbox.tiktok.gate import Call, Refusal
from service.sandbox.tiktok.generator import place_of_package
from service.sandbox.tiktok.parameters import (
    PackageFilter,
    Sorting,
    invalid,
    page_size,
    read_filter,
    read_object,
    sorting,
)
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.search import cut, find_order, in_window
from service.sandbox.tiktok.state import Order, Package, Shop
from service.sandbox.tiktok.world import World

_EDIT_LIMIT_S = 72 * 3_600


def search_packages(call: Call) -> dict[str, Any]:
    """`POST /fulfillment/202309/packages/search`; a package without shipment is not listed under a status."""
    world, shop = call.world, call.shop
    size = page_size(call, low=1, high=50)
    sort = sorting(call, "create_time", "update_time", "order_pay_time", descending=True)
    wanted = read_filter(call, PackageFilter)
    found: dict[str, tuple[Order, Package]] = {}
    oldest = max(wanted.update_time_ge or 0, wanted.create_time_ge or 0)
    for _, order_id in world.books[shop.id].window("update_time", oldest, None):
        order = world.orders[order_id]
        found |= {package.id: (order, package) for package in order.packages if _is_wanted(package, wanted)}
    keys = sorted((_sort_time(*pair, sort), package_id) for package_id, pair in found.items())
    page = cut(call, keys, size=size, sort=sort, filters=wanted)
    shown = [_show_listed(*found[package_id]) for _, package_id in page.keys]
    return {"packages": shown, "next_page_token": page.next_token, "total_count": page.total}


def show_package(call: Call, package_id: str) -> dict[str, Any]:
    """`GET /fulfillment/202309/packages/{package_id}`."""
    world, shop = call.world, call.shop
    order, index = _find_package(world, shop, package_id)
    return _show_package(world, order, order.packages[index], shop)


def list_warehouses(call: Call) -> dict[str, Any]:
    """`GET /logistics/202309/warehouses`; the vendor's misspelt key `distict` is kept."""
    shop = call.shop
    region = REGIONS[shop.region]
    place = region.places[0]
    names = ("Main warehouse", "3PL hub")
    shown = []
    for index, (warehouse_id, name) in enumerate(zip(shop.warehouse_ids, names, strict=True)):
        address = {"region": region.country, "region_code": region.code, "state": place.state, "city": place.town}
        address |= {"distict": place.county, "postal_code": place.postcode, "full_address": place.street}
        kind = {"type": "SALES_WAREHOUSE", "sub_type": "DOMESTIC_WAREHOUSE", "effect_status": "ENABLED"}
        shown.append({"id": warehouse_id, "name": name, "is_default": index == 0, "address": address} | kind)
    return {"warehouses": shown}


def list_delivery_options(call: Call, warehouse_id: str) -> dict[str, Any]:
    """`GET /logistics/202309/warehouses/{warehouse_id}/delivery_options`."""
    shop = call.shop
    if warehouse_id not in shop.warehouse_ids:
        invalid("Invalid warehouse_id.")
    return {
        "delivery_options": [{"id": shop.delivery_option_id, "name": "Standard shipping", "type": "SEND_BY_SELLER"}]
    }


def list_providers(call: Call, option_id: str) -> dict[str, Any]:
    """`GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers`."""
    shop = call.shop
    if option_id != shop.delivery_option_id:
        raise Refusal(21008116, "The delivery option does not exist.", status=200)
    return {"shipping_providers": [{"id": known, "name": name} for known, name, _ in REGIONS[shop.region].providers]}


def mark_shipped(call: Call, order_id: str) -> dict[str, Any]:
    """`POST /fulfillment/202309/orders/{order_id}/packages`: the order, or some of its lines, has left."""
    world, shop = call.world, call.shop
    if shop.region == "VN":
        raise Refusal(21008106, "This call is not available in the region.", status=200)
    content = read_object(call)
    order = find_order(world, shop, order_id)
    tracking = _read_tracking(content, shop)
    _check_may_ship(order, shop)
    chosen = content.get("order_line_item_ids") or [unit.id for unit in order.units]
    units = [unit for unit in order.units if unit.id in chosen]
    if len(units) != len(set(chosen)):
        raise Refusal(21011029, "A line item does not belong to the order.", status=200)
    package_id = _ship(world, order, units, tracking)
    return {"order_id": order.id, "order_line_item_ids": [unit.id for unit in units], "package_id": package_id}


def ship_package(call: Call, package_id: str) -> dict[str, Any]:
    """`POST /fulfillment/202309/packages/{package_id}/ship` with `self_shipment`."""
    world, shop = call.world, call.shop
    order, index = _find_package(world, shop, package_id)
    own = read_object(call).get("self_shipment")
    tracking = _read_tracking(own if isinstance(own, dict) else {}, shop)
    _check_may_ship(order, shop)
    _ship(world, order, [unit for unit in order.units if unit.package == index], tracking)
    return {}


def update_shipping(call: Call, order_id: str) -> dict[str, Any]:
    """`POST /fulfillment/202309/orders/{order_id}/shipping_info/update`: once, within 72 hours of shipping."""
    world, shop = call.world, call.shop
    order = find_order(world, shop, order_id)
    provider_id, number = _read_tracking(read_object(call), shop)
    now = world.clock.timestamp()
    if order.rts_time is None or order.shipping_type != "SELLER":
        raise Refusal(21011004, "The order was not shipped by the seller.", status=200)
    if now - order.rts_time > _EDIT_LIMIT_S:
        raise Refusal(21011049, "The time for changing the tracking number is over.", status=200)
    if order.tracking_edits:
        raise Refusal(21011051, "The tracking number was changed before.", status=200)
    order.tracking_edits += 1
    for package in order.packages:
        package.tracking_number, package.provider_id, package.update_time = number, provider_id, now
        package.provider_name = moves.provider_name(REGIONS[shop.region], provider_id)
    world.touch(order, at=now)
    return {}


def _ship(world: World, order: Order, units: list[Any], tracking: tuple[str, str]) -> str:
    now = world.clock.timestamp()
    if order.cancel_pending:
        moves.reject_cancel(world, order, now)
    package_id = moves.ship_units(world, order, units, at=now, tracking=tracking)
    life.plan(world, order, at=now)
    return package_id


def _read_tracking(content: dict[str, Any], shop: Shop) -> tuple[str, str]:
    number, provider_id = content.get("tracking_number"), content.get("shipping_provider_id")
    if not (isinstance(number, str) and number.strip() and isinstance(provider_id, str)):
        invalid("Invalid parameter: tracking_number and shipping_provider_id are needed.")
    if not moves.provider_name(REGIONS[shop.region], provider_id):
        raise Refusal(21011022, "The shipping provider is not valid for this order.", status=200)
    return provider_id, number


def _find_package(world: World, shop: Shop, package_id: str) -> tuple[Order, int]:
    serial, index = place_of_package(package_id)
    order = world.state.orders[serial - 1] if 0 < serial <= len(world.state.orders) else None
    if order is None or order.shop_id != shop.id or index >= len(order.packages):
        raise Refusal(21011028, "The package does not exist.", status=200)
    return order, index


def _check_may_ship(order: Order, shop: Shop) -> None:
    """Outside the US a waiting cancel request blocks shipping; in the US shipping refuses the request."""
    refusals = {
        "CANCELLED": (21011041, "The order is cancelled."),
        "ON_HOLD": (21011044, "The order is on hold."),
        "UNPAID": (21011044, "The order is not paid."),
    }
    if order.fulfillment_type != "FULFILLMENT_BY_SELLER":
        raise Refusal(21008025, "The platform fulfils this order.", status=200)
    if order.status in refusals:
        raise Refusal(*refusals[order.status], status=200)
    if order.status not in {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"}:
        raise Refusal(21011020, "The order is already shipped.", status=200)
    if order.cancel_pending and shop.region != "US":
        raise Refusal(21011007, "The buyer has asked to cancel this order.", status=200)


def _is_wanted(package: Package, wanted: PackageFilter) -> bool:
    return (
        wanted.package_status in {None, package.status}
        and in_window(package.create_time, wanted.create_time_ge, wanted.create_time_lt)
        and in_window(package.update_time, wanted.update_time_ge, wanted.update_time_lt)
    )


def _sort_time(order: Order, package: Package, sort: Sorting) -> int:
    if sort.field == "order_pay_time":
        return order.paid_time or 0
    return package.create_time if sort.field == "create_time" else package.update_time


def _show_listed(order: Order, package: Package) -> dict[str, Any]:
    return {
        "id": package.id,
        "orders": [{"id": order.id}],
        "order_line_item_ids": _line_ids(order, package),
        "status": package.status,
        "create_time": package.create_time,
        "update_time": package.update_time,
        "tracking_number": package.tracking_number,
        "shipping_provider_id": package.provider_id,
        "shipping_provider_name": package.provider_name,
    }


def _show_package(world: World, order: Order, package: Package, shop: Shop) -> dict[str, Any]:
    shown = _show_listed(order, package)
    shown |= {"package_id": shown.pop("id"), "package_status": shown.pop("status")}
    return shown | {
        "split_and_combine_tag": "SPLIT" if len(order.packages) > 1 else "DEFAULT",
        "shipping_type": order.shipping_type,
        "delivery_option_id": shop.delivery_option_id,
        "delivery_option_name": "Standard shipping",
        "recipient_address": world.show(order).get("recipient_address", {}),
    }


def _line_ids(order: Order, package: Package) -> list[str]:
    index = order.packages.index(package)
    return [unit.id for unit in order.units if unit.package == index]
