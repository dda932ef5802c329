"""Backfill: the orders we hold become rows of a binding, newest first, in chunks."""

from service.core.roles import Scope
from service.flows import Services, sources
from service.flows.sources import Bound
from service.store import orders, rows, sheets, shops

ORDERS_PER_CHUNK = 500


def mark_chunk(services: Services, bound: Bound) -> bool:
    """The next chunk of stored orders has its rows in the binding. Returns whether more orders are left to look at."""
    if bound.row.fill_at is None:
        return False
    with services.store.write() as tx:
        account_shops = {shop.id: shop for shop in shops.shops_of(tx, Scope(bound.row.account_id))}
        found = orders.older_than(
            tx, services.store.sealer, Scope(bound.row.account_id), before=bound.row.fill_at, limit=ORDERS_PER_CHUNK
        )
        wanted = [
            row
            for order in found
            if order.shop_id in account_shops
            for row in sources.new_rows(
                sources.rows_of(services, bound, order, shop=account_shops[order.shop_id]), bound.profile
            )
        ]
        added = rows.add_fill_rows(tx, bound.row.id, wanted, now=services.clock.now())
        is_done = len(found) < ORDERS_PER_CHUNK
        fill_at = None if is_done else min(order.created_at for order in found)
        sheets.update_binding(tx, bound.row.id, fill_at=fill_at, fill_total=bound.row.fill_total + added)
    return not is_done
