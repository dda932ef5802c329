"""Costs are stated, and every row that shows what follows from them is written anew: by tab, by file, or one by one.

Whatever a statement changes, its history and the marks of the rows it touches are one transaction. Which tabs and files
costs are read from is told elsewhere (`cost_tabs`, `cost_files`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from service.core.ledger.cost_changes import Days, changed_days, with_stated, with_table
from service.core.ledger.cost_rows import CostRows, KnownSku
from service.core.ledger.costs import SENDING, Cost, CostSource
from service.core.ledger.reconciling import ZERO
from service.core.roles import Actor, Group
from service.core.zones import zone
from service.errors import NotFound
from service.flows import Services, finance_tabs, sources
from service.store import costs, deeds, personal, sheets, shops, skus
from service.store.costs import Editor
from service.store.records import ShopRow
from service.store.session import Tx
from service.store.skus import SkuRow

#: Columns that need one of these groups show what is stated here.
SHOWN_IN = frozenset({Group.COST, Group.PROFIT})
DEED = "edit-costs"

#: How what is stated meets what is kept, for one SKU.
Merge = Callable[[Iterable[Cost], Sequence[Cost]], tuple[Cost, ...]]
#: A shop, and all costs that each of these SKUs of it is to have.
_Wanted = tuple[ShopRow, Mapping[str, Sequence[Cost]]]


@dataclass(frozen=True, slots=True)
class Stated:
    """What a statement came to: how many SKUs cost something else now, and how many rows of tabs follow."""

    skus: int = 0
    orders: int = 0


def known_skus(services: Services, actor: Actor) -> list[SkuRow]:
    """The SKUs of the person's shops, by product."""
    with services.store.read() as tx:
        held = {shop.id for shop in shops.shops_of(tx, actor.scope)}
        return skus.of_shops(tx, actor.scope, held)


def as_known(rows: Iterable[SkuRow]) -> list[KnownSku]:
    """The same as the costs table knows SKUs."""
    return [KnownSku(row.sku_id, row.seller_sku, row.currency) for row in rows]


def state(services: Services, actor: Actor, stated: Collection[Cost]) -> Stated:
    """These costs hold from now on; others of their SKUs stay. Saying what is known already changes nothing."""
    return _state(services, actor, [(stated, with_stated)])


def state_rows(services: Services, actor: Actor, found: CostRows) -> Stated:
    """What a table holds is in force. Of SKUs whose rows were all taken it says all there is to say."""
    return _state(services, actor, [(found.whole, with_table), (found.parts, with_stated)])


def take_out(services: Services, actor: Actor, shop_id: str, sku_id: str, *, from_day: date | None) -> Stated:
    """The cost that starts on this day is not known any more. NotFound when it is not there."""
    with services.store.write() as tx:
        shop = shops.shop(tx, actor.scope, shop_id)
        costs.hold(tx, shop.id)
        kept = costs.costs_of(tx, actor.scope, shop.id, [sku_id]).get(sku_id, ())
        left = [cost for cost in kept if cost.from_day != from_day]
        if len(left) == len(kept):
            raise NotFound("This cost is not there any more.")
        return _put(services, tx, actor, [(shop, {sku_id: left})])


def state_sending(services: Services, actor: Actor, shop_id: str, cost: Cost) -> Stated:
    """Sending a whole order of this shop costs this much from the cost's day on."""
    with services.store.write() as tx:
        shop = shops.shop(tx, actor.scope, shop_id)
        costs.hold(tx, shop.id)
        whole = replace(cost, sku_id=SENDING, unit=ZERO, packaging=ZERO, source=CostSource.SETTING)
        kept = costs.costs_of(tx, actor.scope, shop.id, [SENDING]).get(SENDING, ())
        return _put(services, tx, actor, [(shop, {SENDING: with_stated(kept, [whole])})])


def _state(services: Services, actor: Actor, stated: Iterable[tuple[Collection[Cost], Merge]]) -> Stated:
    """Each SKU's costs are what its own merge makes of them, in every shop of the person's that sells it."""
    by_sku: dict[str, list[Cost]] = {}
    merges: dict[str, Merge] = {}
    for some, merge in stated:
        for cost in some:
            by_sku.setdefault(cost.sku_id, []).append(cost)
            merges[cost.sku_id] = merge
    if not by_sku:
        return Stated()
    with services.store.write() as tx:
        wanted: list[_Wanted] = []
        for shop in sorted(shops.shops_of(tx, actor.scope), key=lambda one: one.id):
            mine = skus.named(tx, actor.scope, shop.id, by_sku)
            if mine and costs.hold(tx, shop.id):
                kept = costs.costs_of(tx, actor.scope, shop.id, mine)
                merged = {sku_id: merges[sku_id](kept.get(sku_id, ()), by_sku[sku_id]) for sku_id in mine}
                wanted.append((shop, merged))
        return _put(services, tx, actor, wanted)


def _put(services: Services, tx: Tx, actor: Actor, wanted: Iterable[_Wanted]) -> Stated:
    """The costs are these, remembered, and the rows that follow are dirty; sheets are woken last."""
    now = services.clock.now()
    changed: dict[str, list[str]] = {}
    touched: set[str] = set()
    order_count = 0
    bound = finance_tabs.showing(sheets.bindings_of_account(tx, actor.account_id), SHOWN_IN)
    for shop, of_shop in wanted:
        before = costs.put(tx, shop, of_shop, by=Editor(actor.sub, now))
        if not before:
            continue
        changed[shop.id] = sorted(before)
        order_ids = _orders_of(services, tx, shop, {sku_id: (was, of_shop[sku_id]) for sku_id, was in before.items()})
        order_count += len(order_ids)
        if bound and order_ids:
            touched |= personal.mark(tx, [row.id for row in bound], shop.id, order_ids, now)
    if not changed:
        return Stated()
    sku_count = sum(len(ids) for ids in changed.values())
    deeds.record(tx, actor.account_id, sub=actor.sub, deed=DEED, subject=_subject(tx, actor, changed), at=now)
    for spreadsheet_id in sorted({row.spreadsheet_id for row in bound if row.id in touched}):
        services.wake.sheet(tx, spreadsheet_id)
    return Stated(sku_count, order_count)


def _orders_of(
    services: Services, tx: Tx, shop: ShopRow, changed: Mapping[str, tuple[Sequence[Cost], Sequence[Cost]]]
) -> list[str]:
    """The shop's orders whose costs are others now: those of the days on which something changed, with that SKU."""
    by_days: dict[Days, set[str]] = {}
    for sku_id, (before, after) in changed.items():
        for days in changed_days(before, after):
            by_days.setdefault(days, set()).add(sku_id)
    zone_name = sources.label(services, shop).time_zone
    found: set[str] = set()
    for days, sku_ids in by_days.items():
        since, before_at = instants_of(days, zone_name)
        found.update(costs.orders_of(tx, shop.id, sku_ids, since=since, before=before_at))
    return sorted(found)


def instants_of(days: Days, zone_name: str) -> tuple[datetime | None, datetime | None]:
    """Local days as instants [since, before); None = without beginning, without end."""
    where = zone(zone_name)
    since = None if days.first is None else datetime.combine(days.first, time.min, where)
    is_open = days.last is None or days.last >= date.max - timedelta(days=1)
    before = None if is_open or days.last is None else datetime.combine(days.last + timedelta(days=1), time.min, where)
    return since, before


def _subject(tx: Tx, actor: Actor, changed: Mapping[str, Sequence[str]]) -> str:
    """What was changed, for the record: the code of the one SKU, or how many; never an amount."""
    pairs = [(shop_id, sku_id) for shop_id, ids in changed.items() for sku_id in ids]
    if len(pairs) > 1:
        return f"{len(pairs)} SKUs"
    ((shop_id, sku_id),) = pairs
    if sku_id == SENDING:
        return "sending an order"
    row = skus.named(tx, actor.scope, shop_id, [sku_id]).get(sku_id)
    return (row.seller_sku if row else "") or sku_id
