"""What the seller pays to have one whole order sent, where that is a setting and not an invoice."""

from datetime import date

from service.core.ledger.costs import SENDING, CostBook, CostSource, OrderCost, units_sent
from service.core.ledger.sales import SELLER_SHIPPING
from service.core.orders import Order


def sending_of(order: Order, day: date, book: CostBook) -> OrderCost | None:
    """The cost of sending the order, made on this local day; None where nobody stated one in its currency.

    What TikTok ships is in its own fees, and what was never sent costs nothing.
    """
    if order.shipping_type not in ("", SELLER_SHIPPING) or not units_sent(order):
        return None
    cost = book.cost_on(SENDING, day)
    if cost is None or cost.currency != order.payment.currency:
        return None
    return OrderCost(cost.fulfilment, cost.currency, CostSource.SETTING)
