"""COST: what goods and their sending cost the seller. A cost that is not known is blank and flagged, never zero."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from service.core import kinds
from service.core.columns import ledger
from service.core.columns.record import Column
from service.core.ledger.costs import Cogs, CostSource
from service.core.orders import Money
from service.core.roles import Group
from service.core.rows import Grain, RowSource

_NEEDS = frozenset({Group.COST})
_LINE_ONLY = frozenset({Grain.LINE})
_MANY_PRODUCTS = "An order may hold several products. Use a profile with one row per line."


def _known(read: Callable[[Cogs], Decimal | None]) -> Callable[[RowSource], Money | None]:
    """A reader of a part of the row's COGS; None where any of it is missing."""

    def reader(row: RowSource) -> Decimal | None:
        found = ledger.cogs(row)
        return None if found is None or found.missing else read(found)

    return ledger.amount(reader)


def _unit_cost(row: RowSource) -> Decimal | None:
    """The goods of one unit, on the day the order was placed; of a bundle its parts together."""
    if row.books is None or not row.lines[0].sku_id:
        return None
    facts, book = row.books.facts, row.books.terms.book
    one = book.cogs_of(row.lines[0].sku_id, 1, day=facts.day, currency=facts.order.payment.currency)
    return None if one.missing else one.product


def _source(row: RowSource) -> str | None:
    found = ledger.cogs(row)
    return None if found is None else ", ".join(sorted(found.sources)) or None


def _is_missing(row: RowSource) -> bool | None:
    found = ledger.cogs(row)
    return None if found is None else bool(found.missing)


_money = partial(Column, kind=kinds.MONEY, group=Group.COST, needs=_NEEDS)


COLUMNS = (
    _money(
        "pool_cogs",
        "COGS",
        reader=_known(lambda cogs: cogs.total),
        sentence="What the goods, their packaging and their sending cost you; blank where a cost is missing.",
        example="8.00",
        inputs=("cost_product", "cost_fulfilment"),
    ),
    _money(
        "unit_cost",
        "Unit cost",
        reader=ledger.amount(_unit_cost),
        sentence="What one unit cost you on the day of the order. Per product only.",
        example="5.00",
        grains=_LINE_ONLY,
        refusal=_MANY_PRODUCTS,
    ),
    _money(
        "cost_product",
        "Product cost",
        reader=_known(lambda cogs: cogs.product + cogs.packaging),
        sentence="Units sent times their cost, with packaging, less goods that came back to be sold again.",
        example="5.00",
    ),
    _money(
        "cost_fulfilment",
        "Fulfilment cost",
        reader=_known(lambda cogs: cogs.fulfilment),
        sentence="What you pay yourself to have it sent: postage, a warehouse's invoice.",
        example="3.00",
    ),
    Column(
        key="cost_source",
        header="Cost source",
        kind=kinds.ENUM,
        group=Group.COST,
        needs=_NEEDS,
        reader=_source,
        sentence="Where the costs were stated: your costs tab, a file, an invoice or a setting.",
        example="table",
        choices=tuple(source.value for source in CostSource),
    ),
    Column(
        key="cost_missing",
        header="Cost missing",
        kind=kinds.BOOL,
        group=Group.COST,
        needs=_NEEDS,
        reader=_is_missing,
        sentence="Whether a product in it has no cost: then its profit is blank, never too high.",
        example="FALSE",
    ),
)
