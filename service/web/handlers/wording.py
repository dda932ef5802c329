"""What the catalogue's words are called on cards: groups of columns, statuses of orders, filters."""

from collections.abc import Mapping

from cards.words import mark
from service.core.filters import RowFilter
from service.core.roles import Group
from service.web.ask import Ask

GROUP_WORDS: Mapping[Group, str] = {
    Group.ID: mark("Order"),
    Group.ID_MASKED: mark("Order"),
    Group.ITEM: mark("Items"),
    Group.STATUS: mark("Status"),
    Group.SLA: mark("Deadlines"),
    Group.FULFIL: mark("Shipping"),
    Group.PII: mark("Buyer"),
    Group.REVENUE: mark("Revenue"),
    Group.FEES: mark("Fees"),
    Group.COST: mark("Costs"),
    Group.PROFIT: mark("Profit"),
    Group.NOTES: mark("Notes"),
    Group.NOTES_INTERNAL: mark("Notes"),
}

STATUS_WORDS: Mapping[str, str] = {
    "UNPAID": mark("Unpaid"),
    "ON_HOLD": mark("On hold"),
    "AWAITING_SHIPMENT": mark("Awaiting shipment"),
    "PARTIALLY_SHIPPING": mark("Partially shipping"),
    "AWAITING_COLLECTION": mark("Awaiting collection"),
    "IN_TRANSIT": mark("In transit"),
    "DELIVERED": mark("Delivered"),
    "COMPLETED": mark("Completed"),
    "CANCELLED": mark("Cancelled"),
}


def filter_words(ask: Ask, row_filter: RowFilter) -> str:
    """A filter in plain words."""
    return "; ".join(ask.words(piece.template, **piece.values) for piece in row_filter.pieces()) or ask.words(
        "All orders"
    )
