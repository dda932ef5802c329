"""REVENUE: what the buyer pays, as TikTok states it, and what is left of it after refunds. Fees are in `fees`.

At line grain an amount of goods is the lines' own where all lines state it and add up to the order's figure; else, and
for shipping always, the order's figure is split by net line value. Tax, and the total that contains it, are refused:
tax differs by product and TikTok states it for the order, so a split would be a wrong figure in somebody's books.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from service.core import kinds
from service.core.allocation import share_of
from service.core.columns import ledger
from service.core.columns.record import Column
from service.core.ledger import fee_lines
from service.core.ledger.rates import Trust
from service.core.orders import Line, Money, Order
from service.core.roles import Group
from service.core.rows import Grain, RowSource, lines_by_sku

_NEEDS = frozenset({Group.REVENUE})
_ORDER_ONLY = frozenset({Grain.ORDER})
_TAX_REFUSAL = "TikTok states tax for the whole order, and it differs by product. Use a profile with one row per order."


def _total(lines: Sequence[Line], price: Callable[[Line], Money | None]) -> Money | None:
    """The sum of a per-unit amount; None when a unit does not state it."""
    amounts = [price(line) for line in lines]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) != len(amounts) or len({amount.currency for amount in known}) != 1:
        return None
    return Money(sum(amount.minor for amount in known), known[0].currency)


def _part(row: RowSource, whole: Money | None, price: Callable[[Line], Money | None] | None = None) -> Money | None:
    """The row's part of an amount of the whole order: all of it at order grain."""
    if whole is None or row.grain is Grain.ORDER:
        return whole
    if price is not None and _total(row.order.lines, price) == whole:
        return _total(row.lines, price)
    groups = list(lines_by_sku(row.order).values())
    return share_of(whole, groups, groups.index(row.lines))


def _revenue(order: Order) -> Money | None:
    """Sub-total plus platform discount, which TikTok pays to the seller. Samples and replacements are no sale."""
    net, funded = order.payment.items_net, order.payment.platform_discount
    if net is None or funded is None:
        return None
    return Money(0, net.currency) if order.is_sample or order.is_replacement else net + funded


def _line_revenue(order: Order) -> Callable[[Line], Money | None]:
    def revenue(line: Line) -> Money | None:
        if line.sale_price is None or line.platform_discount is None:
            return None
        if order.is_sample or order.is_replacement:
            return Money(0, line.sale_price.currency)
        return line.sale_price + line.platform_discount

    return revenue


def _earned(row: RowSource) -> Money | None:
    """By the books where there are any, so that it less the pools is the profit; else by the order's own figures."""
    by_books = ledger.of_pools(lambda pools: pools.revenue)(row)
    return by_books if by_books is not None else _part(row, _revenue(row.order), _line_revenue(row.order))


def _refunded(row: RowSource) -> Decimal | None:
    """What TikTok states; None where only rates tell what to expect, which know of no refund."""
    whole, found = ledger.profit(row), ledger.shown(row)
    if whole is None or found is None or (whole.settled is None and whole.trust is not Trust.UNSETTLED):
        return None
    return fee_lines.refunded(found.pools)


_money = partial(Column, kind=kinds.MONEY, group=Group.REVENUE, needs=_NEEDS)


COLUMNS = (
    Column(
        key="currency",
        header="Currency",
        kind=kinds.ENUM,
        group=Group.REVENUE,
        needs=_NEEDS,
        reader=lambda row: row.order.payment.currency or None,
        sentence="The currency of every amount in the row.",
        example="GBP",
    ),
    _money(
        "items_gross",
        "Items before discount",
        reader=lambda row: _part(row, row.order.payment.items_gross, lambda line: line.original_price),
        sentence="List price of the goods.",
        example="24.00",
    ),
    _money(
        "seller_discount",
        "Seller discount",
        reader=lambda row: _part(row, row.order.payment.seller_discount, lambda line: line.seller_discount),
        sentence="Discount you paid for, as a positive amount.",
        example="4.00",
    ),
    _money(
        "platform_discount",
        "Platform discount",
        reader=lambda row: _part(row, row.order.payment.platform_discount, lambda line: line.platform_discount),
        sentence="Discount TikTok paid for, as a positive amount.",
        example="0.00",
    ),
    _money(
        "items_net",
        "Items paid",
        reader=lambda row: _part(row, row.order.payment.items_net, lambda line: line.sale_price),
        sentence="What the buyer pays for the goods.",
        example="20.00",
    ),
    _money(
        "ship_paid",
        "Shipping paid",
        reader=lambda row: _part(row, row.order.payment.ship_paid),
        sentence="What the buyer pays for shipping; per line, split by value.",
        example="0.00",
    ),
    _money(
        "tax_collected",
        "Tax collected",
        reader=lambda row: row.order.payment.tax,
        sentence="Tax TikTok collects with the order. Per order only.",
        example="0.00",
        grains=_ORDER_ONLY,
        refusal=_TAX_REFUSAL,
    ),
    _money(
        "order_total",
        "Order total",
        reader=lambda row: row.order.payment.total,
        sentence="Everything the buyer pays. Per order only.",
        example="20.00",
        grains=_ORDER_ONLY,
        refusal=_TAX_REFUSAL,
    ),
    _money(
        "refunded",
        "Refunded",
        reader=ledger.amount(_refunded),
        sentence="What was given back of the price of the goods, as far as TikTok has stated it.",
        example="0.00",
        from_books=True,
    ),
    _money(
        "revenue",
        "Revenue",
        reader=_earned,
        sentence="Goods as paid plus TikTok's discount, less refunds; samples and replacements count zero.",
        example="20.00",
        inputs=("items_net", "platform_discount", "refunded"),
        from_books=True,
    ),
    Column(
        key="payment_method",
        header="Payment",
        kind=kinds.TXT,
        group=Group.REVENUE,
        needs=_NEEDS,
        reader=lambda row: row.order.payment.method or None,
        sentence="How the buyer pays.",
        example="Credit card",
    ),
)
