"""Exchange: an amount in another currency, with the rate, its day and its source beside it.

Only for showing. Currencies are never added; whoever wants one total converts every part and shows by which rates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.core.ledger.entries import Amount, Payment
from service.core.ledger.sales import rounded

SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of `base` is `rate` units of `quote` on `day` (None: of the payment itself)."""

    base: str
    quote: str
    rate: Decimal
    day: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount and the rate it was made with, None where none was needed."""

    amount: Amount
    rate: ExchangeRate | None


def rate_of_payment(payment: Payment) -> ExchangeRate | None:
    """The rate upstream itself applied to a payout; None where it exchanged nothing."""
    before, after = payment.before_exchange, payment.amount
    if not payment.exchange_rate or before is None or after is None or before.currency == after.currency:
        return None
    day = payment.paid_at.date() if payment.paid_at else None
    return ExchangeRate(before.currency, after.currency, payment.exchange_rate, day, SETTLEMENT)


def rate_on(
    rates: Iterable[ExchangeRate], *, base: str, quote: str, day: date, settled: ExchangeRate | None = None
) -> ExchangeRate | None:
    """The settlement's own rate where there is one, else the newest of the table not after `day`; None for none.

    A rate is never turned round: selling and buying differ.
    """
    if settled is not None and (settled.base, settled.quote) == (base, quote):
        return settled
    fitting = [
        one for one in rates if (one.base, one.quote) == (base, quote) and one.day is not None and one.day <= day
    ]
    return max(fitting, key=lambda one: (one.day or date.min, one.source), default=None)


def convert(amount: Amount, rate: ExchangeRate) -> Converted:
    """The amount by this rate, to the decimals of its new currency. ValueError for a rate of other currencies."""
    if amount.currency == rate.quote:
        return Converted(amount, None)
    if amount.currency != rate.base:
        raise ValueError(f"a rate of {rate.base} does not convert {amount.currency}")
    return Converted(Amount(rounded(amount.value * rate.rate, rate.quote), rate.quote), rate)
