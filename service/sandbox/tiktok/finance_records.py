"""What the simulated finance desk remembers, as plain records inside the market's state.

A posting is one line of a statement and holds facts only: which units, which returns, when. What it is worth follows
from them and the order's traits whenever it is shown, so that later changes of the order do not reach it. Times are
Unix seconds, money is minor units of the shop's currency.
"""

from typing import Any

from msgspec import Struct, field

DAY_S = 86_400
MILLION = 1_000_000


class Posting(Struct, omit_defaults=True):
    """One line of a statement. `type` is an adjustment's type or a reserve's status, in the words of the wire."""

    id: str
    shop_id: str
    kind: str  # SALE, REFUND, RELEASE (of a commission's deposit), ADJUSTMENT, RESERVE
    at: int
    order_id: str = ""
    type: str = ""
    amount_minor: int = 0  # of an adjustment or a reserve
    units: list[int] = field(default_factory=list)  # which of the order's units were sold, as they stood then
    shipping_type: str = ""  # as it stood then
    return_ids: list[str] = field(default_factory=list)  # a refund's; a sale's that came back before it was settled
    statement_id: str = ""


class Statement(Struct, omit_defaults=True):
    """One UTC day of one shop; `time` is the midnight that ends it."""

    id: str
    shop_id: str
    time: int
    revenue_minor: int = 0
    shipping_minor: int = 0
    fee_tax_minor: int = 0
    adjustment_minor: int = 0
    reserve_minor: int = 0  # negative: held back
    payment_ids: list[str] = field(default_factory=list)  # the last one counts; those before it failed

    @property
    def settlement_minor(self) -> int:
        return self.revenue_minor + self.shipping_minor + self.fee_tax_minor + self.adjustment_minor

    @property
    def payable_minor(self) -> int:
        """What reaches the bank: the settlement less the reserve held, plus the reserve released."""
        return self.settlement_minor + self.reserve_minor


class Payment(Struct, omit_defaults=True):
    """A transfer to the seller's bank for one statement or several; it succeeds or fails at `done_at`."""

    id: str
    shop_id: str
    create_time: int
    done_at: int
    settlement_minor: int
    reserve_minor: int
    currency: str
    rate_millionths: int = MILLION
    fails: bool = False


class Withdrawal(Struct, omit_defaults=True):
    """A movement of the balance a South-East Asian shop keeps with the platform."""

    id: str
    shop_id: str
    type: str  # SETTLE, WITHDRAW, REVERSE
    amount_minor: int
    create_time: int
    done_at: int
    fails: bool = False


class Payout(Struct):
    """Where a shop's money goes when it is not paid in its own currency."""

    currency: str
    rate_millionths: int


class Finance(Struct):
    """The finance part of market.json. `closed_at` is the last midnight whose statements exist."""

    closed_at: int = 0
    pending: list[Posting] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    unpaid: dict[str, list[str]] = field(default_factory=dict)  # shop id → statements that wait to be merged
    balances: dict[str, int] = field(default_factory=dict)  # shop id → what could be withdrawn
    payouts: dict[str, Payout] = field(default_factory=dict)
    traits: dict[str, dict[str, Any]] = field(default_factory=dict)  # order id → what a tester decided for it
