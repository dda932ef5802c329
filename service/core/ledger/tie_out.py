"""Tie-out: from the entries to the statement, from the statements to the payout; every difference has a name.

    entries of a statement → its settlement → settlement and reserve = what is payable → the bank transfer

Nothing is forced to fit: a residual is shown as it is, and what cannot be checked is said to be open, not zero.
Statements run by UTC days, whatever zone the shop lives in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from service.core.ledger.entries import Amount, Entry, Payment, Statement
from service.core.ledger.pools import Pools, counted, pools_of, total_of
from service.core.ledger.reconciling import ZERO


class Step(StrEnum):
    """Where a difference was found: between which two figures."""

    ENTRIES = "entries"
    RESERVE = "reserve"
    PAYABLE = "payable"
    PAYOUT = "payout"


class Standing(StrEnum):
    """How a tie-out ended. OPEN: not paid yet, or upstream states no payout here; DIFFERS: a residual is named."""

    TIES = "ties"
    OPEN = "open"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Residual:
    """A difference: `stated` by upstream, `found` by adding up. `id` is the statement's or the payment's."""

    step: Step
    id: str
    stated: Decimal
    found: Decimal

    @property
    def amount(self) -> Decimal:
        return self.stated - self.found


@dataclass(frozen=True, slots=True)
class StatementTie:
    """One statement against its entries. `unexplained` is inside the entries: fees that no field names."""

    statement: Statement
    pools: Pools
    entries: int
    residuals: tuple[Residual, ...]

    @property
    def standing(self) -> Standing:
        return Standing.DIFFERS if self.residuals else Standing.TIES

    @property
    def unexplained(self) -> Decimal:
        return self.pools.unexplained


@dataclass(frozen=True, slots=True)
class PayoutTie:
    """One payment against the statements it pays, in the currency of the statements.

    `payable` is their settlement with what was held back and released. `amount` is what reached the bank, perhaps in
    another currency; `exchange_rate` is upstream's own then, and the two are compared before the exchange. `is_whole`
    false: some of its statements are not added up, and `payable` is of the others.
    """

    payment_id: str
    statements: tuple[str, ...]
    payable: Amount
    amount: Amount | None
    exchange_rate: Decimal | None
    standing: Standing
    residuals: tuple[Residual, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class TieOut:
    """A period's tie-out in one currency: all statements, all payouts, and what is left over."""

    currency: str
    statements: tuple[StatementTie, ...]
    payouts: tuple[PayoutTie, ...]

    @property
    def pools(self) -> Pools:
        """Everything the statements of the period came to."""
        return total_of((tie.pools for tie in self.statements), self.currency)

    @property
    def residuals(self) -> tuple[Residual, ...]:
        of_statements = [residual for tie in self.statements for residual in tie.residuals]
        return (*of_statements, *(residual for tie in self.payouts for residual in tie.residuals))

    @property
    def residual(self) -> Decimal:
        """What all residuals come to. Zero with residuals left means that they cancel each other: look at them."""
        return sum((residual.amount for residual in self.residuals), ZERO)

    @property
    def standing(self) -> Standing:
        if self.residuals:
            return Standing.DIFFERS
        is_open = any(tie.standing is Standing.OPEN for tie in self.payouts)
        return Standing.OPEN if is_open else Standing.TIES


def tie_statement(statement: Statement, entries: Sequence[Entry]) -> StatementTie:
    """The statement against its entries, of which there must be all. ValueError for entries of another currency."""
    mine = [entry for entry in entries if entry.statement_id == statement.statement_id]
    pools = pools_of(mine, statement.currency)
    settlement = statement.settlement if statement.settlement is not None else pools.settlement
    reserve = statement.reserve if statement.reserve is not None else pools.reserve
    residuals = [
        _residual(Step.ENTRIES, statement.statement_id, stated=statement.settlement, found=pools.settlement),
        _residual(Step.RESERVE, statement.statement_id, stated=statement.reserve, found=pools.reserve),
        _residual(
            Step.PAYABLE,
            statement.statement_id,
            stated=statement.payable,
            found=settlement + reserve,  # as stated: what its lines lack is told above, and once
        ),
    ]
    return StatementTie(statement, pools, len(counted(mine)), tuple(one for one in residuals if one is not None))


def tie_payout(payment: Payment | None, ties: Sequence[StatementTie], *, payment_id: str, currency: str) -> PayoutTie:
    """The statements of one payout against it. Without a payment, or before it is paid, the tie is open."""
    payable = sum((_payable(tie) for tie in ties), ZERO)
    ids = tuple(sorted(tie.statement.statement_id for tie in ties))
    made = PayoutTie(
        payment_id,
        ids,
        Amount(payable, currency),
        amount=payment.amount if payment else None,
        exchange_rate=payment.exchange_rate if payment else None,
        standing=Standing.OPEN,
    )
    paid = _paid(payment, currency) if payment is not None else None
    if paid is None or payment is None or payment.status.upper() != "PAID":
        return made
    residual = _residual(Step.PAYOUT, payment_id, stated=paid, found=payable)
    return PayoutTie(
        payment_id,
        ids,
        made.payable,
        amount=made.amount,
        exchange_rate=made.exchange_rate,
        standing=Standing.DIFFERS if residual else Standing.TIES,
        residuals=(residual,) if residual else (),
    )


def tie_out(
    statements: Iterable[Statement], entries: Iterable[Entry], payments: Iterable[Payment]
) -> Mapping[str, TieOut]:
    """Statements, with all their entries, tied to the payouts that name them; apart for each currency.

    A payment pays for several statements at times: all of them must be here, or it does not tie. A statement that names
    no payment is payable and open. A payment of which no statement is given is left alone: it pays for another period.
    """
    by_statement: dict[str, list[Entry]] = {}
    for entry in entries:
        by_statement.setdefault(entry.statement_id, []).append(entry)
    ties: dict[str, list[StatementTie]] = {}
    for statement in sorted(statements, key=_when):
        tie = tie_statement(statement, by_statement.get(statement.statement_id, []))
        ties.setdefault(statement.currency, []).append(tie)
    known = {payment.payment_id: payment for payment in payments}
    return {
        currency: TieOut(currency, tuple(found), _payouts(found, known, currency))
        for currency, found in sorted(ties.items())
    }


def _payouts(ties: Sequence[StatementTie], known: Mapping[str, Payment], currency: str) -> tuple[PayoutTie, ...]:
    groups: dict[str, list[StatementTie]] = {}
    for tie in ties:
        groups.setdefault(tie.statement.payment_id, []).append(tie)
    return tuple(
        tie_payout(known.get(payment_id), found, payment_id=payment_id, currency=currency)
        for payment_id, found in groups.items()
    )


def _payable(tie: StatementTie) -> Decimal:
    """What the statement pays: as stated, else its settlement with the reserve of its entries."""
    statement = tie.statement
    if statement.payable is not None:
        return statement.payable
    settled = tie.pools.settlement if statement.settlement is None else statement.settlement
    return settled + (tie.pools.reserve if statement.reserve is None else statement.reserve)


def _paid(payment: Payment, currency: str) -> Decimal | None:
    """What was paid, in the statements' currency: never by a rate of ours. None where upstream does not say."""
    for amount in (payment.amount, payment.before_exchange):
        if amount is not None and amount.currency == currency:
            return amount.value
    return None


def _residual(step: Step, found_in: str, *, stated: Decimal | None, found: Decimal) -> Residual | None:
    return None if stated is None or stated == found else Residual(step, found_in, stated, found)


def _when(statement: Statement) -> tuple[datetime, str]:
    return statement.at or datetime.max.replace(tzinfo=UTC), statement.statement_id


def day_covered(statement: Statement) -> date | None:
    """The UTC day whose settlements a statement holds; None where it says no time."""
    return None if statement.at is None else day_before_cut(statement.at)


def day_before_cut(at: datetime) -> date:
    """The UTC day that a statement of this time covers: it is cut at 00:00 UTC and holds the day before."""
    return (at.astimezone(UTC) - timedelta(microseconds=1)).date()
