"""Cancellations and returns in upstream's JSON → the few facts that columns and the desk need.

Only reading. Unknown statuses stay upstream's text. Source: vendor API reference, "Search cancellations" and "Search
returns" 202309, read 2026-10.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from service.core.orders import Money
from service.tiktok.answers import Scalar
from service.tiktok.scalars import Amounts, instant, text

#: A cancellation that waits for the seller.
CANCELLATION_PENDING = "CANCELLATION_REQUEST_PENDING"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """`answer_due_at`: until then the seller may answer; None when nothing is asked of the seller.

    `reason` is the machine name, which the order itself does not carry reliably. `role`: who asked.
    """

    cancel_id: str
    order_id: str
    status: str
    cancel_type: str
    role: str
    reason: str
    created_at: datetime | None
    updated_at: datetime | None
    answer_due_at: datetime | None
    refund: Money | None


@dataclass(frozen=True, slots=True)
class Return:
    """A return or refund. Editing one closes it and opens another, named by `next_return_id`."""

    return_id: str
    order_id: str
    status: str
    return_type: str
    role: str
    reason: str
    created_at: datetime | None
    updated_at: datetime | None
    answer_due_at: datetime | None
    refund: Money | None
    next_return_id: str


class _NextActionWire(msgspec.Struct):
    action: Scalar = None
    deadline: Scalar = None


class _RefundWire(msgspec.Struct):
    currency: Scalar = None
    refund_total: Scalar = None


class _CancellationWire(msgspec.Struct):
    cancel_id: Scalar = None
    order_id: Scalar = None
    cancel_status: Scalar = None
    cancel_type: Scalar = None
    role: Scalar = None
    cancel_reason: Scalar = None
    create_time: Scalar = None
    update_time: Scalar = None
    seller_next_action_response: list[_NextActionWire] | None = None
    refund_amount: _RefundWire | None = None  # absent when nothing was paid


class _ReturnWire(msgspec.Struct):
    return_id: Scalar = None
    order_id: Scalar = None
    return_status: Scalar = None
    return_type: Scalar = None
    role: Scalar = None
    return_reason: Scalar = None
    create_time: Scalar = None
    update_time: Scalar = None
    seller_next_action_response: list[_NextActionWire] | None = None
    refund_amount: _RefundWire | None = None
    next_return_id: Scalar = None


class CancellationsWire(msgspec.Struct):
    cancellations: list[_CancellationWire] | None = None
    next_page_token: Scalar = None


class ReturnsWire(msgspec.Struct):
    return_orders: list[_ReturnWire] | None = None
    next_page_token: Scalar = None


def read_cancellations(wire: CancellationsWire) -> list[Cancellation]:
    return [
        Cancellation(
            cancel_id=text(one.cancel_id),
            order_id=text(one.order_id),
            status=_cancel_status(one.cancel_status),
            cancel_type=text(one.cancel_type),
            role=text(one.role),
            reason=text(one.cancel_reason),
            created_at=instant(one.create_time),
            updated_at=instant(one.update_time),
            answer_due_at=_answer_due(one.seller_next_action_response),
            refund=_refund(one.refund_amount),
        )
        for one in wire.cancellations or ()
    ]


def read_returns(wire: ReturnsWire) -> list[Return]:
    return [
        Return(
            return_id=text(one.return_id),
            order_id=text(one.order_id),
            status=text(one.return_status),
            return_type=text(one.return_type),
            role=text(one.role),
            reason=text(one.return_reason),
            created_at=instant(one.create_time),
            updated_at=instant(one.update_time),
            answer_due_at=_answer_due(one.seller_next_action_response),
            refund=_refund(one.refund_amount),
            next_return_id=text(one.next_return_id),
        )
        for one in wire.return_orders or ()
    ]


def answers_due(cancellations: Iterable[Cancellation]) -> Mapping[str, datetime]:
    """Order id → the earliest deadline of a buyer's request that still waits for the seller."""
    due: dict[str, datetime] = {}
    for one in cancellations:
        if one.status == CANCELLATION_PENDING and one.answer_due_at:
            due[one.order_id] = min(due.get(one.order_id, one.answer_due_at), one.answer_due_at)
    return due


def _cancel_status(value: Scalar) -> str:
    """Answers spell the withdrawn status with and without its ending (vendor pages disagree); one spelling here."""
    return text(value).replace("REQUEST_CANCELLED", "REQUEST_CANCEL")


def _answer_due(actions: list[_NextActionWire] | None) -> datetime | None:
    """The earliest deadline among the actions that upstream expects of the seller."""
    return min((due for action in actions or () if (due := instant(action.deadline))), default=None)


def _refund(wire: _RefundWire | None) -> Money | None:
    if wire is None:
        return None
    return Amounts().read("refund_total", wire.refund_total, currency=text(wire.currency).strip().upper())
