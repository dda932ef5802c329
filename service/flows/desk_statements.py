"""Statements of a period added up and tied to their payouts, as far as time allows; what is not all here is said so.

A statement is added up once for as long as its lines stay the same. A payout ties with all of its statements or not at
all, also with those outside the period.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from service.core.ledger.entries import Entry, Payment, Statement
from service.core.ledger.periods import Period
from service.core.ledger.tie_out import PayoutTie, Standing, StatementTie, TieOut, tie_payout, tie_statement
from service.core.roles import Scope
from service.flows import Services
from service.flows.stretch import Stretch
from service.store import desk
from service.store.desk import Kept
from service.store.records import ShopRow
from service.store.session import Tx
from service.tiktok.finance_calls import WITHDRAWAL_MARKETS

LINES_AT_ONCE = 2_000  # lines that are held in memory together, unless one statement has more
MOST_LINES = 20_000  # a statement of more is not added up while somebody waits; its file has every line


class Verdict(StrEnum):
    """How a period's tie-out stands. INCOMPLETE: lines are missing, so nothing is said of the whole yet.

    UNPAID: all that can be compared ties, and some of it is not paid yet. EMPTY: there is no statement.
    """

    TIES = "ties"
    UNPAID = "unpaid"
    DIFFERS = "differs"
    INCOMPLETE = "incomplete"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Tied:
    """A period's statements in one currency, their payouts, and what is missing.

    `incomplete`: statements whose lines are not all here; `waiting`: not added up yet, for want of time; `large`: of
    more than `MOST_LINES`. `payments`: by id. `has_payouts`: whether upstream lists payouts in this market at all.
    """

    out: TieOut
    incomplete: tuple[Statement, ...] = ()
    waiting: tuple[Statement, ...] = ()
    large: tuple[Statement, ...] = ()
    payments: Mapping[str, Payment] = field(default_factory=dict)
    has_payouts: bool = True

    @property
    def currency(self) -> str:
        return self.out.currency

    @property
    def verdict(self) -> Verdict:
        if self.out.residuals:
            return Verdict.DIFFERS
        if self.incomplete or self.waiting or self.large:
            return Verdict.INCOMPLETE
        if not self.out.statements:
            return Verdict.EMPTY
        is_open = self.has_payouts and any(one.standing is Standing.OPEN for one in self.out.payouts)
        return Verdict.UNPAID if is_open else Verdict.TIES

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All of them, newest first; those without a time before the others."""
        every = [*(tie.statement for tie in self.out.statements), *self.incomplete, *self.waiting, *self.large]
        return tuple(sorted(every, key=lambda one: (one.at is None, one.at, one.statement_id), reverse=True))


def tied(services: Services, scope: Scope, shop: ShopRow, *, period: Period, stretch: Stretch) -> Mapping[str, Tied]:
    """Currency → the tie-out of the period's statements of this shop, as far as the stretch goes."""
    since, until = period.of_statements()
    mine = Scope(scope.account_id, frozenset({shop.id}))
    with services.store.read() as tx:
        kept = desk.statements_between(tx, mine, since, until)
        paid_by = {one.statement.payment_id for one in kept} - {""}
        beside = desk.statements_paid_by(tx, mine, shop.id, paid_by)
        payments = desk.payments_named(tx, mine, shop.id, paid_by)
    every = {one.statement.statement_id: one for one in (*beside, *kept)}
    ties = added_up(services, mine, shop.id, list(every.values()), stretch=stretch)
    currencies = sorted({one.statement.currency for one in kept})
    return {
        currency: _tied(
            [one for one in kept if one.statement.currency == currency],
            [one for one in every.values() if one.statement.currency == currency],
            ties,
            payments,
            currency=currency,
            has_payouts=shop.region not in WITHDRAWAL_MARKETS,
        )
        for currency in currencies
    }


def _tied(
    kept: Sequence[Kept],
    every: Sequence[Kept],
    ties: Mapping[str, StatementTie],
    payments: Mapping[str, Payment],
    *,
    currency: str,
    has_payouts: bool,
) -> Tied:
    done = tuple(ties[one.statement.statement_id] for one in kept if one.statement.statement_id in ties)
    left = [one for one in kept if one.statement.statement_id not in ties]
    return Tied(
        TieOut(currency, done, tuple(_payouts(kept, every, ties, payments))),
        incomplete=tuple(one.statement for one in left if one.read_at is None),
        waiting=tuple(one.statement for one in left if one.read_at is not None and one.total <= MOST_LINES),
        large=tuple(one.statement for one in left if one.read_at is not None and one.total > MOST_LINES),
        payments=payments,
        has_payouts=has_payouts,
    )


def _payouts(
    kept: Sequence[Kept],
    every: Sequence[Kept],
    ties: Mapping[str, StatementTie],
    payments: Mapping[str, Payment],
) -> Iterable[PayoutTie]:
    """The payouts of the period's statements, newest first. Statements that are not paid yet are one, without an id."""
    groups: dict[str, list[Kept]] = {}
    mine = {one.statement.statement_id for one in kept}
    for one in sorted(every, key=lambda one: (one.statement.at is None, one.statement.at), reverse=True):
        if one.statement.payment_id or one.statement.statement_id in mine:
            groups.setdefault(one.statement.payment_id, []).append(one)
    for payment_id, paid in groups.items():
        yield payout_of(payments.get(payment_id), paid, ties, payment_id=payment_id)


def payout_of(
    payment: Payment | None, paid: Sequence[Kept], ties: Mapping[str, StatementTie], *, payment_id: str
) -> PayoutTie:
    """A payout against the statements it pays. Without all of them it is open, and tells what reached the bank."""
    found = [ties[one.statement.statement_id] for one in paid if one.statement.statement_id in ties]
    is_whole = len(found) == len(paid)
    currency = paid[0].statement.currency
    tie = tie_payout(payment if is_whole else None, found, payment_id=payment_id, currency=currency)
    return replace(
        tie,
        statements=tuple(sorted(one.statement.statement_id for one in paid)),
        amount=payment.amount if payment else None,
        exchange_rate=payment.exchange_rate if payment else None,
        is_whole=is_whole,
    )


# --- adding up -------------------------------------------------------------------------------------------------------


def added_up(
    services: Services, scope: Scope, shop_id: str, kept: Sequence[Kept], *, stretch: Stretch
) -> dict[str, StatementTie]:
    """Statement → its tie, of those whose lines are all here, newest first, as far as the stretch goes."""
    memory = services.memory.desk
    found: dict[str, StatementTie] = {}
    missing: list[Kept] = []
    for one in kept:
        if one.read_at is None or one.total > MOST_LINES:
            continue
        known = memory.tie(shop_id, one.statement.statement_id, read_at=one.read_at)
        if known is None:
            missing.append(one)
        else:  # what says whether it is paid may have changed since
            found[one.statement.statement_id] = replace(known, statement=one.statement)
    missing.sort(key=lambda one: (one.statement.at is None, one.statement.at, one.statement.statement_id), reverse=True)
    for portion in _portions(missing):
        if not stretch.goes_on():
            break
        with services.store.read() as tx:
            made = _read_and_tie(tx, scope, shop_id, portion)
        for one in portion:
            tie = made.get(one.statement.statement_id)
            if tie is not None and one.read_at is not None:
                memory.keep_tie(shop_id, tie, read_at=one.read_at)
        found |= made
    return found


def _portions(missing: Sequence[Kept]) -> Iterable[list[Kept]]:
    """The statements in portions of about so many lines."""
    portion: list[Kept] = []
    lines = 0
    for one in missing:
        if portion and lines + one.total > LINES_AT_ONCE:
            yield portion
            portion, lines = [], 0
        portion.append(one)
        lines += one.total
    if portion:
        yield portion


def _read_and_tie(tx: Tx, scope: Scope, shop_id: str, kept: Collection[Kept]) -> dict[str, StatementTie]:
    """The statements tied to their lines; without those that are being read anew at this moment."""
    wanted = {one.statement.statement_id: one for one in kept}
    lines: dict[str, list[Entry]] = {statement_id: [] for statement_id in wanted}
    for line in desk.lines_in(tx, scope, shop_id, wanted):
        lines[line.statement_id].append(line)
    # Lines only change while the statement has no time of reading, and it has another one afterwards.
    now = desk.read_times(tx, scope, shop_id, wanted)
    return {
        statement_id: tie_statement(one.statement, lines[statement_id])
        for statement_id, one in wanted.items()
        if now.get(statement_id) == one.read_at
    }
