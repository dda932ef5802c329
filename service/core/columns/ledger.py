"""What a row takes from the books of its order: the order's own at order grain, one SKU's part of it at line grain.

Every part is exact: the lines of an order add up to the order. Without books, or where nobody can know, it is None.
"""

from collections.abc import Callable
from decimal import Decimal

from service.core.currencies import money_of
from service.core.ledger.costs import Cogs
from service.core.ledger.line_profit import LineProfit
from service.core.ledger.pools import Pools
from service.core.ledger.profit import Outcome, Profit
from service.core.orders import Money
from service.core.rows import Grain, RowSource


def profit(row: RowSource) -> Profit | None:
    """The order's profit, whatever the grain."""
    return row.books.profit if row.books is not None else None


def counted(row: RowSource) -> Profit | LineProfit | None:
    """The row's own profit: as estimated, as settled, and as shown."""
    found = profit(row)
    if found is None or row.books is None or row.grain is Grain.ORDER:
        return found
    return row.books.by_sku.get(row.lines[0].sku_id) if _has_sku(row) else None


def shown(row: RowSource) -> Outcome | None:
    """The best there is of the row: settled, settled and the rest estimated, or estimated."""
    found = counted(row)
    return found.shown if found is not None else None


def settled(row: RowSource) -> Outcome | None:
    """What is settled of the row so far."""
    found = counted(row)
    return found.settled if found is not None else None


def cogs(row: RowSource) -> Cogs | None:
    """What the row's goods and their sending cost, of a sample too."""
    if row.books is None:
        return None
    if row.grain is Grain.ORDER:
        return row.books.cogs
    return row.books.cogs_by_sku.get(row.lines[0].sku_id) if _has_sku(row) else None


def amount(read: Callable[[RowSource], Decimal | None]) -> Callable[[RowSource], Money | None]:
    """A reader of money in the order's own currency; None for no amount, or where nobody says of which currency."""

    def reader(row: RowSource) -> Money | None:
        value = read(row)
        currency = row.order.payment.currency
        return None if value is None or not currency else money_of(value, currency)

    return reader


def of_pools(
    read: Callable[[Pools], Decimal], outcome: Callable[[RowSource], Outcome | None] = shown
) -> Callable[[RowSource], Money | None]:
    """A reader of an amount of the row's pools."""

    def reader(row: RowSource) -> Decimal | None:
        found = outcome(row)
        return None if found is None else read(found.pools)

    return amount(reader)


def _has_sku(row: RowSource) -> bool:
    """Whether it is known which SKU's the row is: goods that upstream gives no id cannot be told from each other."""
    return bool(row.lines and row.lines[0].sku_id)
