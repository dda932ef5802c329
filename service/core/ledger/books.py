"""Books: what finance knows of one order, and its profit worked out once for all columns of all its rows."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from msgspec import Struct

from service.core.ledger.costs import Cogs
from service.core.ledger.entries import Payment, Statement
from service.core.ledger.facts import Facts, Terms, cogs_of
from service.core.ledger.line_profit import LineProfit, cogs_by_sku, profit_by_sku
from service.core.ledger.profit import Profit, profit_of

_NO_STATEMENTS: Mapping[str, Statement] = MappingProxyType({})
_NO_PAYMENTS: Mapping[str, Payment] = MappingProxyType({})


class Books(Struct, frozen=True, dict=True):
    """The facts about an order, the terms that hold for it, and by their ids the statements its entries stand in and
    the payments of those. Nothing is worked out before a column asks for it.
    """

    facts: Facts
    terms: Terms
    statements: Mapping[str, Statement] = _NO_STATEMENTS
    payments: Mapping[str, Payment] = _NO_PAYMENTS

    @cached_property
    def profit(self) -> Profit | None:
        """The order's profit; None where upstream states amounts in another currency than the order's: two are never
        added, so nobody knows.
        """
        return profit_of(self.facts, self.terms) if self._is_of_one_currency else None

    @cached_property
    def by_sku(self) -> Mapping[str, LineProfit]:
        """The parts of `profit` by SKU, in the order's own sequence; none where the profit is not known."""
        return profit_by_sku(self.profit, self.facts, self.terms) if self.profit is not None else {}

    @cached_property
    def cogs(self) -> Cogs | None:
        """What the order's goods and their sending cost, though nothing may be known of fees; None as `profit`.

        Of a sample too, whose cost counts as marketing in `profit`.
        """
        return cogs_of(self.facts, self.terms.book) if self._is_of_one_currency else None

    @cached_property
    def cogs_by_sku(self) -> Mapping[str, Cogs]:
        """The parts of `cogs` by SKU."""
        return cogs_by_sku(self.facts, self.terms) if self._is_of_one_currency else {}

    @cached_property
    def _is_of_one_currency(self) -> bool:
        own = self.facts.order.payment.currency
        stated = {one.currency for one in self.facts.entries} | {one.currency for one in self.facts.unsettled}
        if self.facts.sending is not None:
            stated.add(self.facts.sending.currency)
        if self.facts.kept is not None:
            stated.add(self.facts.kept.pools.currency)
        return stated <= {own}
