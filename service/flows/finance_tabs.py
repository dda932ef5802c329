"""Tabs that show finance: which they are, and that their rows are written anew when what is stored of it changes."""

from collections.abc import Collection, Iterable

from service.core.columns import COLUMNS
from service.core.profiles import Profile
from service.core.roles import Group
from service.flows import Services, transactions
from service.store import personal, sheets
from service.store.records import BindingRow, ShopRow
from service.store.session import Tx

#: Columns that need one of these groups show what is stored here.
SHOWN_IN = frozenset({Group.FEES, Group.PROFIT})


def showing(bindings: Iterable[BindingRow], groups: Collection[Group] = SHOWN_IN) -> list[BindingRow]:
    """Those of the tabs with a column that needs one of these groups; among fees, also with what is left of a sale."""
    return [
        row for row in bindings if any(_needs(column.key, groups) for column in Profile.from_json(row.profile).columns)
    ]


def _needs(key: str, groups: Collection[Group]) -> bool:
    column = COLUMNS.get(key)
    if column is None:
        return False
    return not column.needs.isdisjoint(groups) or (column.from_books and Group.FEES in groups)


def tell(
    services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str], *, touched: Collection[str] = ()
) -> None:
    """Rows that show finance of these orders are dirty, and their sheets are woken together with those `touched`
    already. Last in the transaction.
    """
    wake(services, tx, {*touched, *_mark(services, tx, shop, order_ids)})


def _mark(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> set[str]:
    """The spreadsheets with a row that is dirty now. Rows that are transactions are told of by themselves."""
    if not order_ids:
        return set()
    bound = showing(sheets.bindings_of_account(tx, shop.account_id))
    of_orders = {row.id: row.spreadsheet_id for row in bound if not transactions.is_of_transactions(row)}
    if not of_orders:
        return set()
    now = services.clock.now()
    return {of_orders[one] for one in personal.mark(tx, list(of_orders), shop.id, sorted(order_ids), now)}


def wake(services: Services, tx: Tx, spreadsheet_ids: Collection[str]) -> None:
    """These spreadsheets are woken. Last in the transaction."""
    for spreadsheet_id in sorted(spreadsheet_ids):
        services.wake.sheet(tx, spreadsheet_id)
