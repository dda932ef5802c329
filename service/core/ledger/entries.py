"""What upstream's finance answers are to us: statements, their entries, estimates, payments and withdrawals.

Amounts are Decimals in major units of the currency beside them, signed as upstream signs them: from the seller's side,
deductions negative. None = upstream did not state it, which is not zero. Ids are text, instants aware UTC or None
(unknown; upstream's absent or 0). How JSON becomes these types is `tiktok`'s work, what they mean is `pools`'.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

NOTHING: Mapping[str, Decimal] = MappingProxyType({})


class Section(StrEnum):
    """The first part of an amount's path: which of upstream's breakdowns the amount stands in.

    A path is the section and the names below it, joined by dots: `revenue.seller_discount_amount`,
    `shipping.actual_shipping_fee_amount`, `shipping.supplementary.fbm_shipping_cost_amount`,
    `fee.referral_fee_amount`, `tax.vat_amount`, `supplementary.sales_tax_amount`. Whatever stands below a
    `supplementary` explains other amounts and is never added.
    """

    REVENUE = "revenue"
    SHIPPING = "shipping"
    FEE = "fee"
    TAX = "tax"
    SUPPLEMENTARY = "supplementary"


#: The kinds that are not adjustments. Every other kind is one, and is free text.
ORDER_KIND = "ORDER"
RESERVE_KIND = "RESERVE"


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in major units (pounds, not pence) of `currency`. Two currencies are never added."""

    value: Decimal
    currency: str

    def __add__(self, other: "Amount") -> "Amount":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Amount(self.value + other.value, self.currency)


class Figures(Protocol):
    """What an entry and an estimate have in common: totals as stated, and every amount of the breakdowns by path."""

    @property
    def kind(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def settlement(self) -> Decimal | None: ...
    @property
    def revenue(self) -> Decimal | None: ...
    @property
    def shipping(self) -> Decimal | None: ...
    @property
    def fee_tax(self) -> Decimal | None: ...
    @property
    def adjustment(self) -> Decimal | None: ...
    @property
    def amounts(self) -> Mapping[str, Decimal]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One settled transaction: of an order, of one SKU of an order, an adjustment, or a reserve.

    `entry_id` is unique within the shop. `sku_id` is empty where the entry is of the whole order; entries by SKU
    repeat the order's entry of the same statement in parts. `currency` comes from the answer around it. An adjustment
    may name its order (`adjustment_order_id`) or none; a reserve names it in `order_id`. `reserve` is negative when
    held back, positive when released. `settled_at` is the statement's time.
    """

    entry_id: str
    kind: str
    currency: str
    statement_id: str
    settlement: Decimal | None
    revenue: Decimal | None = None
    shipping: Decimal | None = None
    fee_tax: Decimal | None = None
    adjustment: Decimal | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=lambda: NOTHING)
    order_id: str = ""
    sku_id: str = ""
    quantity: int | None = None
    adjustment_id: str = ""
    adjustment_order_id: str = ""
    reserve_id: str = ""
    reserve: Decimal | None = None
    reserve_status: str = ""
    order_created_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def about_order(self) -> str:
        """The order this entry belongs to, by whichever field names it; empty when it belongs to none."""
        return self.order_id or self.adjustment_order_id


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Upstream's own estimate for a transaction to come. Nothing in it is final.

    `due_at` is the estimated settlement where upstream gives a time, `due_words` where it gives words
    ("Delivered + 8 days"). `delivered_at` is None before delivery.
    """

    unsettled_id: str
    kind: str
    currency: str
    settlement: Decimal | None
    revenue: Decimal | None = None
    shipping: Decimal | None = None
    fee_tax: Decimal | None = None
    adjustment: Decimal | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=lambda: NOTHING)
    order_id: str = ""
    adjustment_id: str = ""
    adjustment_order_id: str = ""
    reason: str = ""
    due_at: datetime | None = None
    due_words: str = ""
    order_created_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def about_order(self) -> str:
        """The order this estimate belongs to, by whichever field names it; empty when it belongs to none."""
        return self.order_id or self.adjustment_order_id


@dataclass(frozen=True, slots=True)
class Statement:
    """One daily batch of settled transactions. `at` is its time: a cut at 00:00 UTC covering the day before.

    `revenue` stands for whichever of upstream's `revenue_amount` and `net_sales_amount` it states; `reserve` and
    `payable` come with the list of its transactions.
    """

    statement_id: str
    currency: str
    at: datetime | None
    settlement: Decimal | None
    revenue: Decimal | None = None
    shipping: Decimal | None = None
    fee: Decimal | None = None
    adjustment: Decimal | None = None
    reserve: Decimal | None = None
    payable: Decimal | None = None
    payment_status: str = ""
    payment_id: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One transfer to the seller's bank; small statements are merged into one.

    `amount` may be of another currency than `before_exchange`; `exchange_rate` is then what was applied.
    """

    payment_id: str
    status: str
    amount: Amount | None
    settlement: Amount | None = None
    before_exchange: Amount | None = None
    reserve: Amount | None = None
    exchange_rate: Decimal | None = None
    created_at: datetime | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A movement of the seller's balance, where upstream has no payments (South-East Asia)."""

    withdrawal_id: str
    kind: str
    status: str
    amount: Amount | None
    created_at: datetime | None = None
