"""An order in upstream's JSON → the Order of core. Every oddity of upstream ends here, with its source.

"Reference" in comments is the vendor's API reference and what was recorded from the live API, read 2026-10.
Which version of an order wins, and what a masked field may replace, is `core.orders`' decision, not made here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from service.core.orders import Clocks, Line, Money, Order, Payment, Recipient
from service.tiktok.answers import MalformedError, Scalar, decode
from service.tiktok.scalars import Amounts, flag, instant, text, whole
from service.tiktok.shapes import AddressWire, LineWire, OrderWire, PaymentWire

#: What upstream puts over each hidden character of a name, phone or street.
MASK = "*"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An order we could not read: told to the owner of the ingest, never a reason to stop the others."""

    shop_id: str
    order_id: str
    reason: str


class _IdWire(msgspec.Struct):
    id: Scalar = None


def read_order(raw: bytes, *, shop_id: str, shop_region: str, fetched_at: datetime) -> Order | Unreadable:
    """The order in `raw`. Unreadable when it has no id or time, or when a part has another shape than documented."""
    try:
        wire = decode(raw, OrderWire)
    except MalformedError as error:
        return Unreadable(shop_id, _id_of(raw), f"another shape: {error}")
    order_id = text(wire.id).strip()
    created_at = instant(wire.create_time) or instant(wire.update_time)
    if not order_id or created_at is None:
        return Unreadable(shop_id, order_id, "no id" if not order_id else "no time")
    return _order(
        wire, order_id, shop_id=shop_id, shop_region=shop_region, created_at=created_at, fetched_at=fetched_at
    )


def _id_of(raw: bytes) -> str:
    try:
        return text(decode(raw, _IdWire).id)
    except MalformedError:
        return ""


def _order(
    wire: OrderWire, order_id: str, *, shop_id: str, shop_region: str, created_at: datetime, fetched_at: datetime
) -> Order:
    amounts = Amounts()
    payment = _payment(wire.payment or PaymentWire(), text(wire.payment_method_name), amounts)
    lines = tuple(
        _line(line, wire, line_id=text(line.id) or f"{order_id}-{number}", currency=payment.currency, amounts=amounts)
        for number, line in enumerate(wire.line_items or (), start=1)
    )
    address = wire.recipient_address or AddressWire()
    recipient = _recipient(wire, address)
    return Order(
        shop_id=shop_id,
        order_id=order_id,
        status=_status(wire.status),
        created_at=created_at,
        updated_at=instant(wire.update_time) or created_at,
        fetched_at=fetched_at,
        lines=lines,
        payment=payment,
        recipient=recipient,
        clocks=_clocks(wire),
        paid_at=instant(wire.paid_time),  # absent for cash on delivery, sometimes for good (reference §9, 20)
        shipped_at=instant(wire.rts_time) or _first_shipped(wire),
        collected_at=instant(wire.collection_time),
        delivered_at=instant(wire.delivery_time),
        cancelled_at=instant(wire.cancel_time),
        order_type=text(wire.order_type),
        region=text(address.region_code) or shop_region,
        ship_country=_district(address, "L0"),
        ship_region=_district(address, "L1"),
        fulfilment_type=text(wire.fulfillment_type),
        shipping_type=text(wire.shipping_type),
        delivery_option=text(wire.delivery_option_name),
        # Split orders carry tracking and carrier on their lines only (reference §4.4).
        provider=text(wire.shipping_provider) or _first(line.provider for line in lines),
        tracking=text(wire.tracking_number) or _first(line.tracking for line in lines),
        warehouse_id=text(wire.warehouse_id),
        package_ids=_package_ids(wire),
        split_tag=text(wire.split_or_combine_tag),
        seller_note=text(wire.seller_note),
        cancel_reason=text(wire.cancel_reason) or _first(text(line.cancel_reason) for line in wire.line_items or ()),
        cancel_by=text(wire.cancellation_initiator) or _first(text(line.cancel_user) for line in wire.line_items or ()),
        cancel_requested=flag(wire.is_buyer_request_cancel),
        cancel_requested_at=instant(wire.request_cancel_time),
        is_sample=flag(wire.is_sample_order),
        is_replacement=flag(wire.is_replacement_order),
        is_cod=flag(wire.is_cod),
        handling_days=whole(wire.handling_duration.days) if wire.handling_duration else None,
        release_at=instant(wire.release_date),
        extra=_extra(wire, recipient, amounts),
    )


def _status(value: Scalar) -> str:
    """Upstream's text. `CANCEL` and `CANCELLED` are one status (vendor pages disagree)."""
    status = text(value)
    return "CANCELLED" if status == "CANCEL" else status


def _payment(wire: PaymentWire, method: str, amounts: Amounts) -> Payment:
    """Buyer side only: what the seller earns comes from finance, never from here (reference §4.4)."""
    currency = text(wire.currency).strip().upper()

    def money(name: str) -> Money | None:
        return amounts.read(f"payment.{name}", getattr(wire, name), currency=currency)

    return Payment(
        currency=currency,
        items_gross=money("original_total_product_price"),
        seller_discount=money("seller_discount"),
        platform_discount=money("platform_discount"),
        items_net=money("sub_total"),
        ship_paid=money("shipping_fee"),
        tax=money("tax"),
        total=money("total_amount"),
        method=method,
    )


def _line(wire: LineWire, order: OrderWire, *, line_id: str, currency: str, amounts: Amounts) -> Line:
    """One unit. Its currency is its own where stated, else the payment's."""
    own_currency = text(wire.currency).strip().upper() or currency

    def money(name: str) -> Money | None:
        return amounts.read(f"line.{name}", getattr(wire, name), currency=own_currency)

    return Line(
        line_id=line_id,
        sku_id=text(wire.sku_id).strip(),
        product_id=text(wire.product_id).strip(),
        product_name=text(wire.product_name),
        sku_name=text(wire.sku_name),
        seller_sku=text(wire.seller_sku),  # may be empty or shared: never a key (reference §9, 22)
        sku_image=text(wire.sku_image),
        status=_status(wire.display_status),
        # Upstream moved the pre-order marks from the line to the order; either may come (reference §4.4).
        sku_type=text(order.order_type) or text(wire.sku_type),
        is_gift=flag(wire.is_gift),
        original_price=money("original_price"),
        sale_price=money("sale_price"),
        seller_discount=money("seller_discount"),
        platform_discount=money("platform_discount"),
        package_id=text(wire.package_id),
        tracking=text(wire.tracking_number),
        provider=text(wire.shipping_provider_name),
    )


def _recipient(order: OrderWire, address: AddressWire) -> Recipient:
    """Personal data, as given: masked while unpaid, on hold or shipped by the platform, empty in old orders."""
    return Recipient(
        name=text(address.name) or _joined(" ", address.first_name, address.last_name),
        phone=text(address.phone_number),
        address=text(address.full_address) or _street(address),
        city=_district(address, "L3") or text(address.post_town) or _district(address, "L2"),
        postcode=text(address.postal_code),
        buyer_email=text(order.buyer_email),
        buyer_user_id=text(order.user_id),
        buyer_message=text(order.buyer_message),
        tax_id=text(order.cpf),
    )


def _street(address: AddressWire) -> str:
    lines = (address.address_line1, address.address_line2, address.address_line3, address.address_line4)
    return _joined(", ", *lines) or text(address.address_detail)


def _district(address: AddressWire, level: str) -> str:
    return _first(text(part.address_name) for part in address.district_info or () if text(part.address_level) == level)


def _clocks(wire: OrderWire) -> Clocks:
    return Clocks(
        rts_due=instant(wire.rts_sla_time),
        tts_due=instant(wire.tts_sla_time),
        shipping_due=instant(wire.shipping_due_time),
        collection_due=instant(wire.collection_due_time),
        cancel_due=instant(wire.cancel_order_sla_time),  # deprecated and still sent (reference §4.4)
        delivery_sla=instant(wire.delivery_sla_time),
        delivery_due=instant(wire.delivery_due_time),
    )


def _first_shipped(wire: OrderWire) -> datetime | None:
    """The earliest shipping of a line: partly shipped orders have it on their lines before the order has it."""
    shipped = [at for line in wire.line_items or () if (at := instant(line.rts_time))]
    return min(shipped, default=None)


def _package_ids(wire: OrderWire) -> tuple[str, ...]:
    """Packages of the order, else of its lines. None before shipping in the US and UK (reference §9, 27)."""
    ids = [text(package.id) for package in wire.packages or ()]
    ids = [package_id for package_id in ids if package_id] or [text(line.package_id) for line in wire.line_items or ()]
    return tuple(dict.fromkeys(package_id for package_id in ids if package_id))


#: Upstream text kept under its own name because a column, a flag or the desk needs it. No personal data: `extra` is
#: not sealed.
_KEPT_TEXT = (
    "commerce_platform",
    "replaced_order_id",
    "exchange_source_order_id",
    "auto_combine_group_id",
    "fast_delivery_program",
    "need_upload_invoice",
    "delivery_type",
    "delivery_option_id",
    "shipping_provider_id",
)
_KEPT_FLAGS = ("is_on_hold_order", "is_exchange_order", "has_updated_recipient_address")
_KEPT_INSTANTS = ("delivery_option_required_delivery_time", "pick_up_cut_off_time", "fast_dispatch_sla_time")


def _extra(wire: OrderWire, recipient: Recipient, amounts: Amounts) -> dict[str, str]:
    """The rest, as text, empty values left out.

    Besides upstream's own names: `handling_type`; `masked` (recipient fields under a mask); `bundles` (JSON: SKU id →
    its parts); `amounts_rounded`, `amounts_unreadable` (fields that could not be kept exactly, see Amounts).
    Instants are ISO 8601 in UTC, truths `true`.
    """
    found = {name: text(getattr(wire, name)) for name in _KEPT_TEXT}
    found |= {name: "true" for name in _KEPT_FLAGS if flag(getattr(wire, name))}
    found |= {name: at.isoformat() for name in _KEPT_INSTANTS if (at := instant(getattr(wire, name)))}
    found["handling_type"] = text(wire.handling_duration.type) if wire.handling_duration else ""
    found["masked"] = ",".join(name for name in Recipient.__struct_fields__ if MASK in getattr(recipient, name))
    found["bundles"] = _bundles(wire)
    found["amounts_rounded"] = ",".join(dict.fromkeys(amounts.rounded))
    found["amounts_unreadable"] = ",".join(dict.fromkeys(amounts.unreadable))
    return {name: value for name, value in found.items() if value}


def _bundles(wire: OrderWire) -> str:
    """What each bundle SKU consists of, per unit, for its cost: `{"sku": [{"sku_id", "seller_sku", "count"}]}`."""
    parts = {
        text(line.sku_id): [
            {
                "sku_id": text(part.sku_id),
                "seller_sku": text(part.seller_sku),
                "count": text(part.sku_count) or "1",
            }
            for part in line.combined_listing_skus
        ]
        for line in wire.line_items or ()
        if line.combined_listing_skus
    }
    return msgspec.json.encode(parts, order="sorted").decode() if parts else ""


def _joined(separator: str, *values: Scalar) -> str:
    return separator.join(part for value in values if (part := text(value).strip()))


def _first(values: Iterable[str]) -> str:
    """The first text that is not empty, else ""."""
    return next((value for value in values if value), "")
