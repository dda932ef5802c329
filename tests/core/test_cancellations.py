"""Whose fault a cancellation is."""

from datetime import timedelta

import pytest
from core.made_orders import CREATED, make_order

from service.core.cancellations import SellerFault, seller_fault
from service.core.dues import dues
from service.core.orders import Clocks
from service.core.policies import NO_POLICIES

MISSED = {"clocks": Clocks(rts_due=CREATED + timedelta(hours=48)), "cancelled_at": CREATED + timedelta(hours=72)}
IN_TIME = {"clocks": Clocks(rts_due=CREATED + timedelta(hours=48)), "cancelled_at": CREATED + timedelta(hours=2)}
NOT_COLLECTED = {
    "clocks": Clocks(collection_due=CREATED + timedelta(hours=60)),
    "shipped_at": CREATED + timedelta(hours=3),
    "cancelled_at": CREATED + timedelta(hours=60),
}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"cancel_by": "SELLER", "cancel_reason": "seller_cancel_reason_out_of_stock"}, SellerFault.YES),
        ({"cancel_by": "SELLER", "cancel_reason": "seller_cancel_reason_wrong_price_uk"}, SellerFault.YES),
        ({"cancel_by": "SELLER", "cancel_reason": "Out of stock"}, SellerFault.YES),
        ({"cancel_by": "SELLER", "cancel_reason": "seller_cancel_paid_reason_address_not_deliver"}, SellerFault.NO),
        (
            {"cancel_by": "SELLER", "cancel_reason": "seller_cancel_paid_reason_buyer_requested_cancellation"},
            SellerFault.NO,
        ),
        ({"cancel_by": "SELLER", "cancel_reason": "Ausverkauft"}, SellerFault.UNKNOWN),
        ({"cancel_by": "BUYER", "cancel_reason": "out of stock"}, SellerFault.NO),
        ({"cancel_by": "OPERATOR", "cancel_reason": "risk_control"}, SellerFault.NO),
        ({"cancel_by": "OPERATOR"}, SellerFault.UNKNOWN),
        ({"cancel_by": "SYSTEM", **MISSED}, SellerFault.YES),
        ({"cancel_by": "SYSTEM", **NOT_COLLECTED}, SellerFault.YES),
        ({"cancel_by": "SYSTEM", **NOT_COLLECTED, "collected_at": CREATED + timedelta(hours=9)}, SellerFault.UNKNOWN),
        ({"cancel_by": "SYSTEM", **IN_TIME}, SellerFault.UNKNOWN),
        ({"cancel_by": "SYSTEM", **MISSED, "paid_at": None}, SellerFault.NO),
        ({"cancel_by": "SYSTEM", **MISSED, "paid_at": None, "is_cod": True}, SellerFault.YES),
        ({"cancel_by": "SYSTEM", **MISSED, "is_sample": True}, SellerFault.NO),
        ({"cancel_by": "SYSTEM", **MISSED, "fulfilment_type": "FULFILLMENT_BY_TIKTOK"}, SellerFault.NO),
        ({"cancel_by": ""}, SellerFault.UNKNOWN),
    ],
)
def test_a_cancelled_order_is_judged_by_initiator_reason_and_clock(changes, verdict):
    order = make_order(status="CANCELLED", **changes)
    assert seller_fault(order, dues(order, NO_POLICIES)) is verdict


def test_an_order_that_lives_is_not_judged():
    order = make_order(cancel_by="SELLER", cancel_reason="out_of_stock")
    assert seller_fault(order, dues(order, NO_POLICIES)) is None
