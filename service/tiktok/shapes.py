"""The shape of an order in upstream's JSON, as far as we read it. Only fields here; `wire` says what they mean.

Every field is optional and every single value may be of any scalar type: unknown keys are ignored, unknown words stay
text, a missing key is None. Names are upstream's own. Source: vendor API reference, "Get order detail" 202309 and
202507, read 2026-10.
"""

import msgspec

from service.tiktok.answers import Scalar


class DistrictWire(msgspec.Struct):
    address_level: Scalar = None  # L0 country, L1 state or region, L2 county, L3 city
    address_name: Scalar = None


class AddressWire(msgspec.Struct):
    name: Scalar = None
    first_name: Scalar = None
    last_name: Scalar = None
    phone_number: Scalar = None
    region_code: Scalar = None
    postal_code: Scalar = None
    post_town: Scalar = None  # United Kingdom
    full_address: Scalar = None
    address_detail: Scalar = None
    address_line1: Scalar = None
    address_line2: Scalar = None
    address_line3: Scalar = None
    address_line4: Scalar = None
    district_info: list[DistrictWire] | None = None


class PaymentWire(msgspec.Struct):
    currency: Scalar = None
    original_total_product_price: Scalar = None
    seller_discount: Scalar = None
    platform_discount: Scalar = None
    sub_total: Scalar = None
    shipping_fee: Scalar = None
    tax: Scalar = None
    total_amount: Scalar = None


class PackageWire(msgspec.Struct):
    id: Scalar = None


class HandlingWire(msgspec.Struct):
    days: Scalar = None
    type: Scalar = None  # BUSINESS_DAY or CALENDAR_DAY


class BundlePartWire(msgspec.Struct):
    sku_id: Scalar = None
    sku_count: Scalar = None
    seller_sku: Scalar = None


class LineWire(msgspec.Struct):
    """One unit of one SKU; there is no quantity."""

    id: Scalar = None
    sku_id: Scalar = None
    product_id: Scalar = None
    product_name: Scalar = None
    sku_name: Scalar = None
    sku_image: Scalar = None
    seller_sku: Scalar = None
    currency: Scalar = None
    original_price: Scalar = None
    sale_price: Scalar = None
    seller_discount: Scalar = None
    platform_discount: Scalar = None
    display_status: Scalar = None
    sku_type: Scalar = None  # deprecated in favour of the order's order_type
    is_gift: Scalar = None
    package_id: Scalar = None
    tracking_number: Scalar = None
    shipping_provider_id: Scalar = None
    shipping_provider_name: Scalar = None
    rts_time: Scalar = None
    cancel_reason: Scalar = None
    cancel_user: Scalar = None
    combined_listing_skus: list[BundlePartWire] | None = None


class OrderWire(msgspec.Struct):
    id: Scalar = None
    status: Scalar = None
    create_time: Scalar = None
    paid_time: Scalar = None
    update_time: Scalar = None
    user_id: Scalar = None
    buyer_email: Scalar = None
    buyer_message: Scalar = None
    seller_note: Scalar = None
    cpf: Scalar = None  # Brazil: the buyer's tax number
    order_type: Scalar = None
    commerce_platform: Scalar = None
    is_sample_order: Scalar = None
    is_cod: Scalar = None
    is_on_hold_order: Scalar = None
    is_replacement_order: Scalar = None
    replaced_order_id: Scalar = None
    is_exchange_order: Scalar = None
    exchange_source_order_id: Scalar = None
    payment_method_name: Scalar = None
    warehouse_id: Scalar = None
    auto_combine_group_id: Scalar = None
    split_or_combine_tag: Scalar = None
    has_updated_recipient_address: Scalar = None
    release_date: Scalar = None
    handling_duration: HandlingWire | None = None
    fast_delivery_program: Scalar = None
    need_upload_invoice: Scalar = None
    fulfillment_type: Scalar = None
    shipping_type: Scalar = None
    delivery_type: Scalar = None
    delivery_option_id: Scalar = None
    delivery_option_name: Scalar = None
    shipping_provider: Scalar = None
    shipping_provider_id: Scalar = None
    tracking_number: Scalar = None
    cancel_reason: Scalar = None
    cancellation_initiator: Scalar = None
    cancel_time: Scalar = None
    is_buyer_request_cancel: Scalar = None
    request_cancel_time: Scalar = None
    rts_sla_time: Scalar = None
    tts_sla_time: Scalar = None
    delivery_sla_time: Scalar = None
    cancel_order_sla_time: Scalar = None
    shipping_due_time: Scalar = None
    collection_due_time: Scalar = None
    delivery_due_time: Scalar = None
    delivery_option_required_delivery_time: Scalar = None
    pick_up_cut_off_time: Scalar = None
    fast_dispatch_sla_time: Scalar = None
    rts_time: Scalar = None
    collection_time: Scalar = None
    delivery_time: Scalar = None
    payment: PaymentWire | None = None
    recipient_address: AddressWire | None = None
    packages: list[PackageWire] | None = None
    line_items: list[LineWire] | None = None
