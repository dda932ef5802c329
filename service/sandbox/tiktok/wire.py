"""Turns the facts of an order into the vendor's order object.

Every unit is a line of its own, amounts are decimal strings of the currency, a time that has not come is absent.
"""

from typing import Any

from service.sandbox.tiktok import catalogue
from service.sandbox.tiktok.address import hide_address, relay_email, show_address, user_id
from service.sandbox.tiktok.patch import merge
from service.sandbox.tiktok.regions import REGIONS, Region, deadlines
from service.sandbox.tiktok.state import Order, Package, Shop, Unit

DETAIL_ONLY = ("payment_card_type", "payment_method_code", "payment_auth_code", "channel_entity_national_registry_id")
_ORDER_TYPES = {"PRE_ORDER": "PRE_ORDER"}


def show_order(order: Order, shop: Shop, *, now: int) -> dict[str, Any]:
    """The order as the 202309 detail call shows it at market time `now` (Unix seconds), masks applied."""
    region = REGIONS[shop.region]
    shown: dict[str, Any] = {
        "id": order.id,
        "status": order.status,
        "create_time": order.create_time,
        "update_time": order.update_time,
        "user_id": user_id(region.code, order.buyer),
        "buyer_email": relay_email(region.code, order.buyer),
        "buyer_message": order.buyer_message,
        "seller_note": order.seller_note,
        "order_type": _ORDER_TYPES.get(order.kind, "NORMAL"),
        "commerce_platform": "TIKTOK_SHOP",
        "is_sample_order": order.kind == "SAMPLE",
        "is_cod": order.kind == "COD",
        "is_on_hold_order": order.held,
        "is_buyer_request_cancel": order.cancel_pending,
        "is_replacement_order": False,
        "has_updated_recipient_address": False,
        "fulfillment_type": order.fulfillment_type,
        "shipping_type": order.shipping_type,
        "delivery_type": "HOME_DELIVERY",
        "delivery_option_id": shop.delivery_option_id,
        "delivery_option_name": "Standard shipping",
        "warehouse_id": order.warehouse_id,
        "payment": show_payment(order, region),
        "payment_method_name": "Cash on delivery" if order.kind == "COD" else "Visa",
        "payment_method_code": "COD" if order.kind == "COD" else "CCDC",
        "payment_card_type": "" if order.kind == "COD" else "VISA",
        "packages": [{"id": package.id} for package in order.packages],
        "recipient_address": show_address(region.code, order.buyer),
        "line_items": [_show_line(order, unit, shop, region) for unit in order.units],
    }
    shown |= _show_shipping(order) | _show_times(order, region) | _show_cancel(order)
    for changes in order.patches:
        merge(shown, changes)
    hide_address(order, region.code, shown, now=now)
    return shown


def show_newer(shown: dict[str, Any]) -> dict[str, Any]:
    """The 202507 object: the same with the newer keys."""
    return shown | {
        "is_subscription_order": False,
        "is_refundable_sample": False,
        "authentication_required": False,
        "buyer_nickname": f"user{shown['user_id'][-6:]}",
        "order_rights": [],
    }


def show_in_search(shown: dict[str, Any]) -> dict[str, Any]:
    """The search's object: the same without the four payment keys it lacks."""
    return {key: value for key, value in shown.items() if key not in DETAIL_ONLY}


def amount(minor: int, region: Region) -> str:
    """A decimal string with the currency's own number of decimals."""
    if not region.exponent:
        return str(minor)
    sign, units = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{units // 100}.{units % 100:02d}"


def show_payment(order: Order, region: Region) -> dict[str, str]:
    """What the buyer pays; sub_total, shipping_fee and total_amount hold to the minor unit."""
    goods = sum(unit.price_minor for unit in order.units)
    seller_off = sum(unit.seller_off_minor for unit in order.units)
    platform_off = sum(unit.platform_off_minor for unit in order.units)
    product_tax = sum(unit.tax_minor for unit in order.units)
    shipping = order.shipping_minor - order.shipping_seller_off_minor - order.shipping_platform_off_minor
    tax = product_tax + order.shipping_tax_minor
    sub_total = goods - seller_off - platform_off
    minor = {
        "original_total_product_price": goods,
        "seller_discount": seller_off,
        "platform_discount": platform_off,
        "sub_total": sub_total,
        "original_shipping_fee": order.shipping_minor,
        "shipping_fee_seller_discount": order.shipping_seller_off_minor,
        "shipping_fee_platform_discount": order.shipping_platform_off_minor,
        "shipping_fee_cofunded_discount": 0,
        "shipping_fee": shipping,
        "tax": tax,
        "total_amount": sub_total + shipping + tax,
    }
    if region.sales_tax_bp:
        minor |= {"product_tax": product_tax, "shipping_fee_tax": order.shipping_tax_minor}
    return {"currency": region.currency} | {key: amount(value, region) for key, value in minor.items()}


def line_status(order: Order, unit: Unit) -> str:
    """The unit's own display status; a hold has no word of its own at this level."""
    if unit.cancel_user:
        return "CANCELLED"
    if order.status == "PARTIALLY_SHIPPING":
        return "AWAITING_SHIPMENT" if unit.package is None else "AWAITING_COLLECTION"
    return "AWAITING_SHIPMENT" if order.status == "ON_HOLD" else order.status


def _show_line(order: Order, unit: Unit, shop: Shop, region: Region) -> dict[str, Any]:
    product = catalogue.PRODUCTS[unit.product]
    variant = product.variants[unit.variant]
    sku_id = catalogue.sku_id(shop.serial, unit.product, unit.variant)
    line: dict[str, Any] = {
        "id": unit.id,
        "product_id": catalogue.product_id(shop.serial, unit.product),
        "product_name": product.name,
        "sku_id": sku_id,
        "sku_name": variant.name,
        "sku_image": f"https://p16-shop.example/{sku_id}.jpeg",
        "sku_type": _ORDER_TYPES.get(order.kind, "NORMAL"),
        "seller_sku": variant.seller_sku,
        "currency": region.currency,
        "original_price": amount(unit.price_minor, region),
        "sale_price": amount(unit.price_minor - unit.seller_off_minor - unit.platform_off_minor, region),
        "seller_discount": amount(unit.seller_off_minor, region),
        "platform_discount": amount(unit.platform_off_minor, region),
        "display_status": line_status(order, unit),
        "is_gift": unit.is_gift,
        "is_dangerous_good": False,
        "needs_prescription": False,
    }
    if unit.is_gift:
        line["gift_retail_price"] = amount(variant.prices_minor[region.code], region)
    if region.sales_tax_bp:
        rate = f"{region.sales_tax_bp / 10_000:.4f}"
        line["item_tax"] = [{"tax_type": "SALES_TAX", "tax_amount": amount(unit.tax_minor, region), "tax_rate": rate}]
    if product.contents:
        line["combined_listing_skus"] = [_show_part(shop, *part) for part in product.contents]
    if unit.cancel_user:
        line |= {"cancel_user": unit.cancel_user, "cancel_reason": unit.cancel_reason}
    return line | _show_line_package(order, unit)


def _show_part(shop: Shop, product: int, variant: int, count: int) -> dict[str, Any]:
    return {
        "product_id": catalogue.product_id(shop.serial, product),
        "sku_id": catalogue.sku_id(shop.serial, product, variant),
        "sku_count": count,
        "seller_sku": catalogue.PRODUCTS[product].variants[variant].seller_sku,
    }


def _show_line_package(order: Order, unit: Unit) -> dict[str, Any]:
    if unit.cancel_user:
        status = "CANCELLED"
    else:
        status = "TO_FULFILL" if unit.package is None else order.packages[unit.package].status
    shown: dict[str, Any] = {"package_status": status}
    if unit.package is None:
        return shown
    package = order.packages[unit.package]
    shown["package_id"] = package.id
    if package.tracking_number:
        shown |= {
            "tracking_number": package.tracking_number,
            "shipping_provider_id": package.provider_id,
            "shipping_provider_name": package.provider_name,
        }
        if order.rts_time is not None:
            shown["rts_time"] = order.rts_time
    return shown


def _show_shipping(order: Order) -> dict[str, Any]:
    package: Package | None = next((one for one in order.packages if one.tracking_number), None)
    if package is None:
        return {"tracking_number": "", "shipping_provider": "", "shipping_provider_id": ""}
    return {
        "tracking_number": package.tracking_number,
        "shipping_provider": package.provider_name,
        "shipping_provider_id": package.provider_id,
    }


def _show_times(order: Order, region: Region) -> dict[str, Any]:
    clocks = deadlines(region.code, order.release_date or order.create_time)
    times: dict[str, int | None] = {
        "paid_time": order.paid_time,
        "release_date": order.release_date,
        "rts_time": order.rts_time,
        "collection_time": order.collection_time,
        "delivery_time": order.delivery_time,
        "cancel_time": order.cancel_time,
        "request_cancel_time": order.request_cancel_time,
    }
    if order.status != "UNPAID":
        times |= {
            "rts_sla_time": clocks.rts_sla,
            "tts_sla_time": clocks.tts_sla,
            "shipping_due_time": clocks.shipping_due,
            "collection_due_time": clocks.collection_due,
            "cancel_order_sla_time": clocks.collection_due,
            "delivery_sla_time": clocks.delivery_sla,
            "delivery_due_time": clocks.delivery_due,
        }
    return {key: value for key, value in times.items() if value is not None}


def _show_cancel(order: Order) -> dict[str, Any]:
    if order.cancel_time is None:
        return {}
    return {"cancel_reason": order.cancel_reason, "cancellation_initiator": order.cancel_by}
