"""A sale: the money facts of one order before upstream settles it, in major units of one currency.

Read from an order and what was given back since. Fees are `rates`' work, profit is `profit`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from service.core.currencies import amount, exponent
from service.core.ledger.costs import units_sent
from service.core.ledger.reconciling import ZERO
from service.core.orders import Money, Order, OrderStatus

#: How an order is shipped by the seller; anything else means that TikTok charges for it.
SELLER_SHIPPING = "SELLER"


@dataclass(frozen=True, slots=True)
class Refund:
    """What was given back for units of one SKU.

    `amount`: items before discount less the seller's discount, as in `Sale.revenue`; positive. `restocked`: how many
    of the units came back fit to be sold again. `before_shipping`: the order had not been sent yet.
    """

    sku_id: str
    units: int
    amount: Decimal
    restocked: int = 0
    before_shipping: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """What an order brings in by its own figures. `day` is the local day it was created.

    `items`: before discount less the seller's discount, so TikTok's discount is in it. `paid_for_items` is what the
    buyer pays of that; `paid` the buyer's whole payment with shipping and tax. `units` counts what is sent.
    """

    currency: str
    market: str
    day: date
    shipping: str
    items: Decimal
    paid_for_items: Decimal
    platform_discount: Decimal
    ship_paid: Decimal
    tax: Decimal
    paid: Decimal
    units: Mapping[str, int]
    refunds: tuple[Refund, ...] = ()

    @property
    def refunded(self) -> Decimal:
        return sum((refund.amount for refund in self.refunds), ZERO)

    @property
    def revenue(self) -> Decimal:
        """Items before discount, less the seller's discount, less what was refunded."""
        return self.items - self.refunded

    def kept(self, part: Decimal) -> Decimal:
        """What refunds leave of an amount that was paid for the items, in proportion."""
        return part if not self.items else part * self.revenue / self.items


def rounded(value: Decimal, currency: str) -> Decimal:
    """To the currency's decimals, half up, as upstream states its amounts."""
    return value.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_UP)


def sale_of(order: Order, *, day: date, refunds: Sequence[Refund] = ()) -> Sale | None:
    """The order's sale; None when upstream does not say what it sold for.

    A cancelled order, a sample and a replacement sell nothing.
    """
    payment = order.payment
    if order.status == OrderStatus.CANCELLED or is_sample(order) or is_replacement(order):
        return _nothing(order, day)
    if payment.items_gross is None and payment.items_net is None:
        return None
    platform = _major(payment.platform_discount)
    net = _major(payment.items_net)
    items = net + platform
    says_discount = payment.seller_discount is not None or payment.items_net is None
    if payment.items_gross is not None and says_discount:  # a discount not stated is none only where nothing else tells
        items = _major(payment.items_gross) - _major(payment.seller_discount)
    if payment.items_net is None:
        net = items - platform
    ship, tax = _major(payment.ship_paid), _major(payment.tax)
    paid = _major(payment.total) if payment.total is not None else net + ship + tax
    return Sale(
        payment.currency,
        order.region,
        day,
        order.shipping_type,
        items=items,
        paid_for_items=net,
        platform_discount=platform,
        ship_paid=ship,
        tax=tax,
        paid=paid,
        units=units_sent(order),
        refunds=tuple(refunds),
    )


def is_sample(order: Order) -> bool:
    """Whether the order gives goods away to be shown: marked so, or wholly discounted by the seller.

    An order that TikTok pays in full is a sale.
    """
    payment = order.payment
    if order.is_sample or is_replacement(order):
        return order.is_sample
    if payment.items_gross is None or payment.seller_discount is None or payment.total is None:
        return False
    return payment.total.minor == 0 and 0 < payment.items_gross.minor == payment.seller_discount.minor


def is_replacement(order: Order) -> bool:
    """Whether the order replaces or exchanges what another one sold: it costs and brings in nothing."""
    return order.is_replacement or order.extra.get("is_exchange_order") == "true"


def _nothing(order: Order, day: date) -> Sale:
    return Sale(
        order.payment.currency,
        order.region,
        day,
        order.shipping_type,
        ZERO,
        paid_for_items=ZERO,
        platform_discount=ZERO,
        ship_paid=ZERO,
        tax=ZERO,
        paid=ZERO,
        units=units_sent(order),
    )


def _major(value: Money | None) -> Decimal:
    return amount(value) if value is not None else ZERO
