"""What TikTok's constants mean, in plain words: for the notes on a sheet's headings.

A cell keeps the constant itself: people's formulas, filters and joins with TikTok's own exports rely on it, and a word
that TikTok adds tomorrow stands beside the others as it is. On cards the constants are words anyway (`kinds.said`).
"""

from collections.abc import Mapping

#: Column key → constant → what it means. Words that explain themselves are not here.
MEANINGS: Mapping[str, Mapping[str, str]] = {
    "status": {
        "UNPAID": "placed, not paid yet",
        "ON_HOLD": "paid, and TikTok still lets the buyer cancel freely",
        "AWAITING_SHIPMENT": "paid: arrange shipment and upload tracking",
        "PARTIALLY_SHIPPING": "some parcels are arranged, others are not",
        "AWAITING_COLLECTION": "arranged: hand it to the carrier",
        "IN_TRANSIT": "with the carrier",
        "DELIVERED": "with the buyer, who may still return it",
        "COMPLETED": "delivered, and the time for returns is over",
        "CANCELLED": "cancelled: do not ship",
        "removed": "the line is no longer in the order: do not ship",
    },
    "sku_type": {
        "NORMAL": "from stock",
        "PRE_ORDER": "sold before it can be shipped",
        "MADE_TO_ORDER": "made once it is ordered",
        "BACK_ORDER": "out of stock, sold for later",
        "ZERO_LOTTERY": "a prize",
    },
    "cancel_by": {
        "BUYER": "the buyer",
        "SELLER": "you or your team",
        "OPERATOR": "TikTok's staff",
        "SYSTEM": "TikTok, by its rules",
    },
    "fulfilment_type": {
        "FULFILLMENT_BY_SELLER": "you or your warehouse ship it",
        "FULFILLMENT_BY_TIKTOK": "TikTok's warehouse ships it",
        "FULFILLMENT_BY_DILAYANI_TOKOPEDIA": "Tokopedia's warehouse ships it",
    },
    "shipping_type": {
        "SELLER": "your own carrier",
        "TIKTOK": "a label bought from TikTok",
        "TIKTOK_DIGITAL": "nothing to ship: digital goods",
    },
    "split_tag": {
        "SPLIT": "goes in several parcels",
        "COMBINED": "shares a parcel with another order",
    },
    "seller_fault": {
        "yes": "counts against the shop",
        "no": "does not count",
        "unknown": "the reason does not tell",
    },
    "sla_clock": {
        "answer buyer": "answer the buyer's request to cancel",
        "upload": "arrange shipment and upload tracking",
        "scan": "the carrier's first scan",
        "auto-cancel": "TikTok cancels the order",
    },
    "sla_tier": {
        "overdue": "the deadline is over",
        "critical": "4 hours or less",
        "high": "12 hours or less",
        "soon": "24 hours or less",
        "ok": "more than 24 hours",
    },
}
