"""Whose fault a cancelled order is: what counts into the seller-fault cancellation rate.

The reason is upstream's text: a machine name that varies by market, or display text in the shop's language. Only what
is recognised is judged; the rest is unknown and shown apart.
"""

import re
from enum import StrEnum

from service.core.dues import Dues, is_sellers
from service.core.orders import Order, OrderStatus


class SellerFault(StrEnum):
    """Whether a cancellation counts against the seller."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


#: Parts of upstream's reason names (seller reasons seen in live shops; suffixes such as `_uk` vary).
_SELLERS_REASONS = ("out_of_stock", "wrong_price")
_OTHERS_REASONS = ("buyer_requested", "address_not_deliver", "payment", "risk")


def seller_fault(order: Order, known: Dues) -> SellerFault | None:
    """The verdict on a cancelled order; None for one that is not cancelled.

    Samples and orders the platform ships are excluded from the rate, so they never count.
    """
    if order.status != OrderStatus.CANCELLED:
        return None
    if order.is_sample or not is_sellers(order) or order.cancel_by == "BUYER":
        return SellerFault.NO
    reason = re.sub(r"[^a-z0-9]+", "_", order.cancel_reason.lower())
    if any(part in reason for part in _OTHERS_REASONS) or _was_never_paid(order):
        return SellerFault.NO
    if order.cancel_by == "SELLER" and any(part in reason for part in _SELLERS_REASONS):
        return SellerFault.YES
    if order.cancel_by == "SYSTEM" and _missed_a_clock(order, known):
        return SellerFault.YES
    return SellerFault.UNKNOWN


def _was_never_paid(order: Order) -> bool:
    """The platform closed an order nobody paid; cash on delivery is paid at the door and never says so before."""
    return order.cancel_by == "SYSTEM" and order.paid_at is None and not order.is_cod


def _missed_a_clock(order: Order, known: Dues) -> bool:
    """Whether a deadline of the seller was over, its step not done, when the order was cancelled."""
    ended_at = order.cancelled_at or order.updated_at
    upload_ends = [known.upload.at if known.upload else None, order.clocks.shipping_due]
    scan_ends = [known.scan.at if known.scan else None, order.clocks.collection_due, order.clocks.cancel_due]
    missed_upload = order.shipped_at is None and any(at is not None and at <= ended_at for at in upload_ends)
    missed_scan = order.collected_at is None and any(at is not None and at <= ended_at for at in scan_ends)
    return missed_upload or missed_scan
