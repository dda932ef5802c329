"""Books of orders: the one place where what is stored of finance becomes the Facts and Terms of orders, many at once.

Everything is read in bulk, a bounded number of queries whatever the count of orders. Profit is worked out by `core`,
when a column asks for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from service.core.ledger.books import Books
from service.core.ledger.costs import CostBook, bundles_of
from service.core.ledger.entries import Entry, Payment, Statement
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms
from service.core.ledger.pools import pools_of
from service.core.ledger.rates import Settled
from service.core.ledger.recent import RecentSales
from service.core.ledger.sending import sending_of
from service.core.ledger.shop_terms import in_force
from service.core.orders import Order
from service.core.policies import Policies
from service.core.policies.fees import FeeRule
from service.core.roles import Scope
from service.core.zones import day_of, zone
from service.flows import Services
from service.store import costs as cost_store
from service.store import finance_reading, orders, profits, shop_terms
from service.store.records import ShopRow
from service.store.session import Tx

#: As many of the newest settled sales of a shop tell its rates, if they are no older than that.
RECENT_SALES = 300
RECENT_AGE = timedelta(days=90)
NO_MARKET_ZONE = "UTC"
#: Sales tax is added to the price and passed on by the platform.
_PASSES_THROUGH = "US"


def books_of(services: Services, tx: Tx, shop: ShopRow, found: Mapping[str, Order]) -> Mapping[str, Books]:
    """The books of these orders of one shop, by order id; each of them has some, if only of what it will cost."""
    return _Loader(services, tx, shop).books_of(found) if found else {}


def usual_tax(policies: Policies, market: str, day: date) -> TaxTerms:
    """Who pays the tax in a price, by the market's rule: the seller, unless upstream has kept it back already."""
    rule = policies.tax_rule(market=market, day=day)
    if rule is not None:
        return TaxTerms(TaxMode.VAT_SELLER_REMITS, rule.percent)
    return TaxTerms(TaxMode.US_PASS_THROUGH if market == _PASSES_THROUGH else TaxMode.MARKETPLACE_REMITS)


class _Loader:
    """What holds for all orders of one shop is found once."""

    def __init__(self, services: Services, tx: Tx, shop: ShopRow) -> None:
        self._services, self._tx, self._shop = services, tx, shop
        self._scope = Scope(shop.account_id, frozenset({shop.id}))
        market = services.policies.market(shop.region)
        self._zone = zone(market.time_zone if market else NO_MARKET_ZONE)
        self._currency = market.currency if market else ""
        self._said = shop_terms.of_shop(tx, shop.id)
        self._rules: dict[tuple[date, str], tuple[FeeRule, ...]] = {}

    def books_of(self, found: Mapping[str, Order]) -> Mapping[str, Books]:
        entries = finance_reading.entries_of(self._tx, self._scope, self._shop.id, found)
        unsettled = finance_reading.unsettled_of(self._tx, self._scope, self._shop.id, found)
        kept = profits.kept_of(self._tx, self._shop.id, entries.keys())
        statements = self._statements(entries.values())
        payments = self._payments(statements.values())
        costs = self._costs(found.values())
        recent = self._services.memory.recent_sales(self._shop.id, self._recent)
        made: dict[str, Books] = {}
        for order_id, order in found.items():
            day = day_of(order.created_at, self._zone)
            facts = Facts(
                order,
                day,
                tuple(entries.get(order_id, ())),
                tuple(unsettled.get(order_id, ())),
                sending=sending_of(order, day, costs),
                kept=kept.get(order_id),
            )
            terms = self._terms(order, day, costs=costs, recent=recent)
            made[order_id] = Books(facts, terms, statements=statements, payments=payments)
        return made

    def _terms(self, order: Order, day: date, *, costs: CostBook, recent: RecentSales) -> Terms:
        bundles = bundles_of(order)
        skus = {line.sku_id for line in order.lines}
        said = in_force(self._said, day)
        return Terms(
            book=replace(costs, bundles={**costs.bundles, **bundles}) if bundles else costs,
            tax=said.tax(usual_tax(self._services.policies, self._shop.region, day)),
            rules=self._rules_of(order, day),
            own=said.own(self._shop.region),
            recent=recent.rates(skus, order.payment.currency),
        )

    def _rules_of(self, order: Order, day: date) -> tuple[FeeRule, ...]:
        """The rules in force for the order. They are in the market's currency, and say nothing of a sale in another."""
        if order.payment.currency != self._currency:
            return ()
        key = (day, order.shipping_type)
        if key not in self._rules:
            policies = self._services.policies
            self._rules[key] = policies.fee_rules(market=self._shop.region, shipping=order.shipping_type, day=day)
        return self._rules[key]

    def _statements(self, found: Iterable[Sequence[Entry]]) -> Mapping[str, Statement]:
        ids = {entry.statement_id for entries in found for entry in entries}
        return finance_reading.statements_called(self._tx, self._scope, self._shop.id, ids - {""})

    def _payments(self, found: Iterable[Statement]) -> Mapping[str, Payment]:
        ids = {statement.payment_id for statement in found}
        return finance_reading.payments_called(self._tx, self._scope, self._shop.id, ids - {""})

    def _costs(self, found: Iterable[Order]) -> CostBook:
        """What these orders' goods and their sending cost, on any day."""
        skus: set[str] = set()
        for order in found:
            skus |= {line.sku_id for line in order.lines}
            skus |= {part.sku_id for parts in bundles_of(order).values() for part in parts}
        return cost_store.book_of(self._tx, self._scope, self._shop.id, skus - {""})

    def _recent(self) -> RecentSales:
        """The shop's newest settled sales, as they are now."""
        since = self._services.clock.market() - RECENT_AGE
        ids = finance_reading.lately_settled(self._tx, self._scope, self._shop.id, since=since, limit=RECENT_SALES)
        sold = orders.stored_without_buyers(self._tx, shop_id=self._shop.id, order_ids=ids)
        stated = finance_reading.entries_of(self._tx, self._scope, self._shop.id, ids)
        return RecentSales(_settled(order, stated.get(order_id, ())) for order_id, order in sold.items())


def _settled(order: Order, stated: Sequence[Entry]) -> Settled:
    """What the order has come to, in its own currency; one that was settled in another tells no rate."""
    currency = order.payment.currency
    is_own = all(entry.currency == currency for entry in stated)
    return Settled(
        order.order_id,
        frozenset(line.sku_id for line in order.lines),
        max((entry.settled_at for entry in stated if entry.settled_at), default=None),
        pools_of(stated if is_own else (), currency),
    )
