"""Books for tests: what finance knows of an order, with what a test cares about changed by keyword."""

from core.made_entries import d
from core.made_orders import CREATED, SHOP, make_order, make_rows, real_policies

from service.core.ledger.books import Books
from service.core.ledger.costs import Cost, book_of
from service.core.ledger.entries import Amount, Payment, Statement
from service.core.ledger.facts import Facts, TaxTerms, Terms
from service.core.orders import Order
from service.core.rows import Grain, RowSource, with_books
from service.core.zones import day_of, zone


def make_costs(order: Order, unit: str = "3.00", packaging: str = "0.20", fulfilment: str = "1.10"):
    """The same cost for every SKU of the order."""
    currency = order.payment.currency
    skus = sorted({line.sku_id for line in order.lines})
    return book_of(Cost(sku, currency, d(unit), d(packaging), d(fulfilment)) for sku in skus)


def make_books(order: Order, *, entries=(), unsettled=(), costs=None, tax=None, statements=(), payments=(), **facts):
    """The order's books in the United Kingdom: costs known, the dated fees, no VAT of the seller's own."""
    day = day_of(CREATED, zone(SHOP.time_zone))
    rules = real_policies().fee_rules(market="GB", shipping="SELLER", day=day)
    return Books(
        Facts(order, day, tuple(entries), tuple(unsettled), **facts),
        Terms(book=make_costs(order) if costs is None else costs, tax=tax or TaxTerms(), rules=rules),
        statements={one.statement_id: one for one in statements},
        payments={one.payment_id: one for one in payments},
    )


def make_statement(statement_id: str = "S1", payment_id: str = "P1", **changes) -> Statement:
    fixed = {"currency": "GBP", "at": CREATED, "settlement": None, "payment_status": "PROCESSING"}
    return Statement(statement_id=statement_id, payment_id=payment_id, **(fixed | changes))


def make_payment_to_bank(payment_id: str = "P1", amount: str = "9.00", **changes) -> Payment:
    return Payment(payment_id, "PAID", Amount(d(amount), "GBP"), **changes)


def rows_with(books: Books, grain: Grain = Grain.ORDER, **changes) -> tuple[RowSource, ...]:
    return with_books(make_rows(books.facts.order, grain, **changes), books)


def row_with(order: Order | None = None, **changes) -> RowSource:
    return rows_with(make_books(order or make_order(), **changes))[0]
