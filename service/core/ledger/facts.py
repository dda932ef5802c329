"""Facts and terms: everything one order's profit is made from, and what its goods cost. Nothing is looked up here."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from service.core.ledger.costs import Cogs, CostBook, OrderCost, units_sent
from service.core.ledger.entries import Entry, Unsettled
from service.core.ledger.rates import Estimate, OwnTerms, RecentRates
from service.core.ledger.reconciling import ZERO
from service.core.ledger.sales import Refund
from service.core.orders import Order
from service.core.policies.fees import FeeRule


class TaxMode(StrEnum):
    """Who pays the tax on the sale: it passes through (US), the seller out of the price, or the marketplace."""

    US_PASS_THROUGH = "us_pass_through"  # noqa: S105 - "pass" is what the tax does here
    VAT_SELLER_REMITS = "vat_seller_remits"
    MARKETPLACE_REMITS = "marketplace_remits"


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """How a shop's sales are taxed; `percent` is the VAT in the price, for sellers who remit it."""

    mode: TaxMode = TaxMode.MARKETPLACE_REMITS
    percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for many orders: costs, taxes, fee rules in force, the seller's own rates, the shop's recent ones."""

    book: CostBook = field(default_factory=CostBook)
    tax: TaxTerms = field(default_factory=TaxTerms)
    rules: tuple[FeeRule, ...] = ()
    own: OwnTerms = field(default_factory=OwnTerms)
    recent: RecentRates | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one order. `day`: the local day it was created. Everything is in the order's own currency.

    `entries` and `unsettled` are those about this order. `sending`: what the seller paid to send it as a whole.
    `outside_ads`: this order's part of ad spend elsewhere, positive. `kept`: what it was expected to come to just
    before its first settlement; None = not settled yet, or nobody had estimated it by then.
    """

    order: Order
    day: date
    entries: tuple[Entry, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    refunds: tuple[Refund, ...] = ()
    sending: OrderCost | None = None
    outside_ads: Decimal = ZERO
    kept: Estimate | None = None


def cogs_of(facts: Facts, book: CostBook) -> Cogs:
    """The order's COGS: units sent less those restocked; packaging and sending are spent once it is sent."""
    currency = facts.order.payment.currency
    total = Cogs(currency)
    for sku_id, count in sorted(units_sent(facts.order).items()):
        total += sku_cogs(facts, book, sku_id=sku_id, count=count)
    if facts.sending is not None:
        source = frozenset({facts.sending.source})
        total += Cogs(facts.sending.currency, fulfilment=facts.sending.amount, sources=source)
    return total


def sku_cogs(facts: Facts, book: CostBook, *, sku_id: str, count: int) -> Cogs:
    """What these units cost: goods that came back fit to sell are no cost, and what was never sent is none at all."""
    mine = [refund for refund in facts.refunds if refund.sku_id == sku_id]
    sent = max(count - sum(refund.units for refund in mine if refund.before_shipping), 0)
    back = min(sum(refund.restocked for refund in mine if not refund.before_shipping), sent)
    currency = facts.order.payment.currency
    cogs = book.cogs_of(sku_id, sent, day=facts.day, currency=currency)
    returned = book.cogs_of(sku_id, back, day=facts.day, currency=currency)
    return cogs + Cogs(currency, product=-returned.product)
