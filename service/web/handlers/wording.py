"""What the catalogue's words are called on cards: groups of columns, statuses of orders, filters."""

from collections.abc import Mapping

from cards.words import mark
from service.core.profiles import Profile
from service.core.roles import Group
from service.core.rows import Grain
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


def filter_words(ask: Ask, profile: Profile) -> str:
    """The filter of a profile in plain words."""
    said = "; ".join(ask.words(piece.template, **piece.values) for piece in profile.row_filter.pieces())
    if profile.grain is Grain.TRANSACTION:
        return said or ask.words("All settled transactions")
    return said or ask.words("All orders")
