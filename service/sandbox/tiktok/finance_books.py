"""The finance records in memory: found by id, shop, statement and order. The records themselves are the market's state.

Whoever adds a statement, a posting or a payout does it through here, so that the indexes stay right.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from service.sandbox.tiktok.finance_records import Finance, Payment, Posting, Statement, Withdrawal

if TYPE_CHECKING:
    from service.sandbox.tiktok.finance_traits import Traits


class Totals(NamedTuple):
    """An order's estimate in minor units."""

    settlement: int
    revenue: int
    fees: int  # shipping too


class Ledger:
    """`sold`, `refunded` and `charged` say which orders, returns and cancelled orders have had their posting.

    `drawn` and `estimated` spare drawing and adding up again what cannot have changed; they are never saved.
    """

    def __init__(self, state: Finance) -> None:
        self.state = state
        self.statements: dict[str, Statement] = {}
        self.payments: dict[str, Payment] = {}
        self.sold: set[str] = set()
        self.refunded: set[str] = set()
        self.charged: set[str] = set()
        self.drawn: dict[str, Traits] = {}
        self.estimated: dict[str, tuple[Hashable, Totals]] = {}
        self._by_statement: dict[str, list[Posting]] = defaultdict(list)
        self._by_order: dict[str, list[Posting]] = defaultdict(list)
        self._of_shop: dict[str, list[Statement]] = defaultdict(list)
        for statement in state.statements:
            self._index_statement(statement)
        for payment in state.payments:
            self.payments[payment.id] = payment
        for posting in state.postings:
            self._index_posting(posting)
        for posting in (*state.pending, *state.postings):
            self._remember(posting)

    def announce(self, posting: Posting) -> None:
        """The posting will be in the statement of its day."""
        self.state.pending.append(posting)
        self._remember(posting)

    def book(self, statement: Statement, postings: list[Posting]) -> None:
        """The statement exists and holds these postings."""
        self.state.statements.append(statement)
        self._index_statement(statement)
        for posting in postings:
            posting.statement_id = statement.id
            self.state.postings.append(posting)
            self._index_posting(posting)

    def pay(self, payment: Payment) -> None:
        self.state.payments.append(payment)
        self.payments[payment.id] = payment

    def move(self, withdrawal: Withdrawal) -> None:
        self.state.withdrawals.append(withdrawal)

    def statements_of(self, shop_id: str) -> list[Statement]:
        return self._of_shop[shop_id]

    def postings_of(self, statement_id: str) -> list[Posting]:
        return self._by_statement[statement_id]

    def postings_for(self, order_id: str) -> Iterator[tuple[Posting, Statement]]:
        """The order's lines in statements, oldest first."""
        for posting in self._by_order[order_id]:
            yield posting, self.statements[posting.statement_id]

    def _index_statement(self, statement: Statement) -> None:
        self.statements[statement.id] = statement
        self._of_shop[statement.shop_id].append(statement)

    def _index_posting(self, posting: Posting) -> None:
        self._by_statement[posting.statement_id].append(posting)
        if posting.order_id:
            self._by_order[posting.order_id].append(posting)

    def _remember(self, posting: Posting) -> None:
        self.refunded.update(posting.return_ids)
        if posting.kind == "SALE":
            self.sold.add(posting.order_id)
        if posting.kind == "ADJUSTMENT" and posting.type in {"PLATFORM_PENALTY", "LOGISTICS_REIMBURSEMENT"}:
            self.charged.add(posting.order_id)
