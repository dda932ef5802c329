"""Chunks: so many stored orders, or settled transactions, get their rows in a binding, which wait for the backfill.

Nothing is sent here.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from service.core.filters import RowFilter
from service.core.profiles import Profile
from service.core.roles import Scope
from service.core.rows import Grain
from service.flows import Services, archives, sources, transactions
from service.flows.sources import Bound
from service.store import archives as archive_store
from service.store import fills, orders, rows, sheets, shops
from service.store import transactions as settled
from service.store.records import BindingRow
from service.store.session import Tx

ORDERS_PER_CHUNK = 1000
#: Of those that need not be read: the database marks them by itself.
ORDERS_PER_SPAN = 3000
#: What decides which orders a chunk brings: people may change it while the chunk is read.
_DECIDING = ("fill_at", "fill_from_at", "window_days", "profile")


def scope_of(row: BindingRow) -> Scope:
    """The orders that can have a row in the binding: its account's, of the shops its filter names."""
    named = Profile.from_json(row.profile).row_filter.shop_ids
    return Scope(row.account_id, frozenset(named) if named else None)


def mark(services: Services, bound: Bound, row: BindingRow) -> BindingRow | None:
    """The next chunk of stored orders has its rows in the binding. Returns the binding as it is then.

    Nothing is marked when somebody changed the backfill meanwhile.
    """
    if row.fill_at is None:
        return row
    if transactions.is_of_transactions(row):
        return _mark_settled(services, bound, row, before=row.fill_at)
    with services.store.read() as tx:
        oldest = orders.oldest_of_next(
            tx, scope_of(row), before=row.fill_at, since=row.fill_from_at, limit=ORDERS_PER_SPAN
        )
        has_archive = archive_store.archive_of(tx, row.id) is not None
    if not has_archive and _is_every_one_wanted(services, bound, row, since=oldest or row.fill_from_at):
        return _mark_every_one(services, row, oldest)
    return _mark_accepted(services, bound, row)


def _is_every_one_wanted(services: Services, bound: Bound, row: BindingRow, *, since: datetime | None) -> bool:
    """Whether every order created from then on has a row in the tab, whatever it says: there is no need to read it.

    What was created within the window cannot have been finished for longer.
    """
    asks_nothing = replace(bound.profile.row_filter, shop_ids=()) == RowFilter()
    is_plain = bound.profile.grain is Grain.ORDER and bound.mask is None and row.archive_of is None
    if row.window_days is None:
        return asks_nothing and is_plain
    begin = services.clock.market() - timedelta(days=row.window_days)
    return asks_nothing and is_plain and since is not None and since > begin


def _mark_every_one(services: Services, row: BindingRow, oldest: datetime | None) -> BindingRow | None:
    """The orders from `oldest` (None = all that are left) up to where the backfill stands have their rows."""
    with services.store.write() as tx:
        fresh = _unchanged(tx, row)
        if fresh is None or fresh.fill_at is None or archive_store.archive_of(tx, row.id) is not None:
            return None
        since, before = oldest or fresh.fill_from_at, fresh.fill_at
        fills.mark_span(tx, row.id, scope_of(row), since=since, before=before, now=services.clock.now())
        return _advanced(
            tx, fresh, seen=orders.count_made(tx, scope_of(row), since=since, before=before), fill_at=oldest
        )


def _mark_accepted(services: Services, bound: Bound, row: BindingRow) -> BindingRow | None:
    """The orders of the chunk that the profile's filter accepts have their rows; those that its due window lets in
    later are looked at then.

    They are read before the transaction that writes, because reading takes longer; what was saved in between was marked
    when it was saved.
    """
    if row.fill_at is None:
        return row
    with services.store.read() as tx:
        account_shops = {shop.id: shop for shop in shops.shops_of(tx, Scope(row.account_id))}
        found = orders.older_than(tx, scope_of(row), before=row.fill_at, since=row.fill_from_at, limit=ORDERS_PER_CHUNK)
    sold = [(order, account_shops[order.shop_id]) for order in found if order.shop_id in account_shops]
    wanted = [new for order, shop in sold for new in sources.wanted_rows(services, bound, order, shop=shop)]
    later = [(order, sources.enters_at(services, bound.profile, order)) for order in found]
    fill_at = min(order.created_at for order in found) if len(found) >= ORDERS_PER_CHUNK else None
    with services.store.write() as tx:
        fresh = _unchanged(tx, row)
        if fresh is None:
            return None
        rows.add_fill_rows(tx, row.id, wanted, now=services.clock.now())
        orders.look_by(tx, [(order.shop_id, order.order_id, at) for order, at in later if at is not None])
        archives.ensure(services, tx, bound, sold)
        return _advanced(tx, fresh, seen=len(found), fill_at=fill_at)


def _mark_settled(services: Services, bound: Bound, row: BindingRow, *, before: datetime) -> BindingRow | None:
    """The next chunk of settled transactions has its rows in a tab of those. What is stored in between is marked when
    it is.
    """
    with services.store.read() as tx:
        found = settled.older_than(tx, scope_of(row), before=before, since=row.fill_from_at, limit=ORDERS_PER_CHUNK)
        fill_at = min(line.settled_at for line in found) if len(found) >= ORDERS_PER_CHUNK else None
        if fill_at is None and row.fill_from_at is None:
            found += settled.timeless(tx, scope_of(row))
        known = {shop.id for shop in shops.shops_of(tx, Scope(row.account_id))}
    with services.store.write() as tx:
        fresh = _unchanged(tx, row)
        if fresh is None:
            return None
        wanted = transactions.new_rows(bound, [line for line in found if line.shop_id in known])
        rows.add_fill_rows(tx, row.id, wanted, now=services.clock.now())
        return _advanced(tx, fresh, seen=len(found), fill_at=fill_at)


def count(tx: Tx, row: BindingRow, *, since: datetime | None, before: datetime) -> int:
    """How many orders, or settled transactions, a backfill of the binding has to look at from `since` to `before`."""
    if transactions.is_of_transactions(row):
        return settled.count_settled(tx, scope_of(row), since=since, before=before)
    return orders.count_made(tx, scope_of(row), since=since, before=before)


def _unchanged(tx: Tx, row: BindingRow) -> BindingRow | None:
    """The binding as it is now; None when its backfill is not where it was, or goes elsewhere."""
    fresh = sheets.binding_unscoped(tx, row.id)
    is_same = fresh is not None and all(getattr(fresh, name) == getattr(row, name) for name in _DECIDING)
    return fresh if is_same else None


def _advanced(tx: Tx, fresh: BindingRow, *, seen: int, fill_at: datetime | None) -> BindingRow | None:
    """The backfill has looked at `seen` more orders and goes on before `fill_at`; None = at none any more."""
    all_seen = fresh.fill_seen + seen
    total = all_seen if fill_at is None else max(fresh.fill_total, all_seen)
    sheets.update_binding(tx, fresh.id, fill_at=fill_at, fill_seen=all_seen, fill_total=total)
    return sheets.binding_unscoped(tx, fresh.id)
