"""Exchange: the rate that upstream itself applied to a payout, with its day.

Only for showing. Currencies are never added.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.core.ledger.entries import Payment


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of `base` was `rate` units of `quote` on `day` (None: the payout says no day)."""

    base: str
    quote: str
    rate: Decimal
    day: date | None


def rate_of_payment(payment: Payment) -> ExchangeRate | None:
    """The rate of a payout; None where it exchanged nothing."""
    before, after = payment.before_exchange, payment.amount
    if not payment.exchange_rate or before is None or after is None or before.currency == after.currency:
        return None
    day = payment.paid_at.date() if payment.paid_at else None
    return ExchangeRate(before.currency, after.currency, payment.exchange_rate, day)
