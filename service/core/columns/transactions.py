"""What a column says of one settled transaction: its own amounts and ids, never those of the order it belongs to.

A column is read here or it does not stand at transaction grain: an amount of the order beside each of its transactions
would be added up as often as there are some. Costs turn round as everywhere: a fee is positive, a credit negative.
Revenue less the three pools is the settlement, to the cent, in each row; what no name explains is unclassified. What
the seller owes or pays beside TikTok (VAT, goods) is in no transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from service.core import kinds
from service.core.columns.record import Column
from service.core.currencies import money_of
from service.core.kinds import Value
from service.core.ledger import fee_lines
from service.core.ledger.exchange import rate_of_payment
from service.core.ledger.fields import plain_kind
from service.core.ledger.pools import Pools
from service.core.ledger.reconciling import ZERO
from service.core.orders import Money
from service.core.roles import Group
from service.core.rows import Grain, RowSource

Reader = Callable[[RowSource], Value | None]

#: The column that says what a transaction is: needed to read a row without an order.
KIND_OF_ENTRY = "transaction_type"
_RATE_STEP = Decimal("0.0001")  # a hundredth of a percent


def _kind(row: RowSource) -> str | None:
    """Upstream's word for the transaction, in one spelling and as people write: "Order", "Shipping fee adjustment"."""
    return None if row.entry is None else plain_kind(row.entry.kind).replace("_", " ").capitalize() or None


def _order_id(row: RowSource) -> str | None:
    return (row.entry.about_order or None) if row.entry is not None else None


def _created_at(row: RowSource) -> datetime | None:
    """When the order was placed: by our own copy of it, else by what the transaction says of it."""
    if row.has_order:
        return row.order.created_at
    return row.entry.order_created_at if row.entry is not None else None


def _amount(read: Callable[[Pools], Decimal | None]) -> Reader:
    """An amount of the transaction's pools as Money, None where it states none of the kind."""

    def reader(row: RowSource) -> Money | None:
        value = read(row.entry_pools)
        return None if value is None else money_of(value, row.currency)

    return reader


def _sum(fields: Iterable[str], *, sign: int) -> Callable[[Pools], Decimal | None]:
    """The counted fields of these names together, None where the transaction has none of them."""
    names = tuple(fields)

    def read(pools: Pools) -> Decimal | None:
        found = [pools.fields[name] for name in names if name in pools.fields]
        return sign * sum(found, ZERO) if found else None

    return read


def _told(name: str) -> Callable[[Pools], Decimal | None]:
    return lambda pools: pools.told.get(name)


def _some(read: Callable[[Pools], Decimal]) -> Callable[[Pools], Decimal | None]:
    """A line of a pool, None where nothing of the transaction belongs to it."""
    return lambda pools: read(pools) or None


def _fee_rate(row: RowSource) -> Decimal | None:
    pools = row.entry_pools
    charged = pools.platform.total + pools.marketing.total
    return (charged / pools.revenue).quantize(_RATE_STEP) if pools.revenue > 0 else None


def _payout_status(row: RowSource) -> str | None:
    stated = row.statement.payment_status if row.statement is not None else ""
    return (row.payment.status if row.payment is not None else "") or stated or None


def _fx_rate(row: RowSource) -> Decimal | None:
    found = rate_of_payment(row.payment) if row.payment is not None else None
    return found.rate if found is not None else None


#: Column key → what it says of a transaction.
READERS: Mapping[str, Reader] = {
    "order_id": _order_id,
    "order_ref": lambda row: (_order_id(row) or "")[-6:] or None,
    "shop_name": lambda row: row.shop.name or None,
    "row_key": lambda row: row.row_key,
    "created_at": _created_at,
    "currency": lambda row: row.currency or None,
    "items_gross": _amount(_sum(("subtotal_before_discount_amount",), sign=1)),
    "seller_discount": _amount(_sum(("seller_discount_amount",), sign=-1)),
    "platform_discount": _amount(_told("platform_discount_amount")),
    "ship_paid": _amount(_sum(("customer_paid_shipping_fee_amount",), sign=1)),
    "refunded": _amount(_some(fee_lines.refunded)),
    "revenue": _amount(lambda pools: pools.revenue),
    "pool_tax": _amount(lambda pools: pools.tax),
    "pool_platform": _amount(lambda pools: pools.platform.total),
    "pool_marketing": _amount(lambda pools: pools.marketing.total),
    "fee_referral": _amount(_some(fee_lines.referral)),
    "fee_transaction": _amount(_some(fee_lines.transaction)),
    "fee_refund_admin": _amount(_some(fee_lines.refund_admin)),
    "fee_logistics": _amount(_some(lambda pools: pools.platform.logistics)),
    "fee_adjust": _amount(_some(lambda pools: pools.platform.adjustments)),
    "fee_affiliate": _amount(_some(fee_lines.affiliate)),
    "fee_partner": _amount(_some(fee_lines.partner)),
    "fee_ads": _amount(_some(fee_lines.ads)),
    "fee_unclassified": _amount(_some(fee_lines.unclassified)),
    "fee_rate": _fee_rate,
    "settlement": _amount(lambda pools: pools.settlement),
    "settled_at": lambda row: row.entry.settled_at if row.entry is not None else None,
    "statement_id": lambda row: (row.entry.statement_id or None) if row.entry is not None else None,
    "payment_id": lambda row: (row.statement.payment_id or None) if row.statement is not None else None,
    "payout_status": _payout_status,
    "reserve": _amount(_some(lambda pools: pools.reserve)),
    "fx_rate": _fx_rate,
}


def with_entries(column: Column) -> Column:
    """The column as it stands in the catalogue: at transaction grain too, where it has something to say there."""
    reader = READERS.get(column.key)
    if reader is None:
        return column
    return replace(column, grains=column.grains | {Grain.TRANSACTION}, of_entry=reader)


COLUMNS = (
    Column(
        key=KIND_OF_ENTRY,
        header="Transaction",
        kind=kinds.TXT,
        group=Group.FEES,
        needs=frozenset({Group.FEES}),
        reader=_kind,
        of_entry=_kind,
        sentence="What was settled: an order, an adjustment by its name, or money held in reserve.",
        example="Order",
        grains=frozenset({Grain.TRANSACTION}),
        refusal="An order is settled in several transactions. Use a profile with one row per transaction.",
    ),
)
