"""What was sold and has no cost: the SKUs whose orders' profit is blank, those in most orders first.

A SKU has a cost when one in its shop's currency holds on the day of each sale; a bundle when all it is packed from has.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from service.core.ledger.cost_changes import Days
from service.core.ledger.costs import SENDING, Cost, CostBook, book_of
from service.core.roles import Actor
from service.core.terms import LONGEST, normalised
from service.core.zones import day_of, zone
from service.errors import NotFound
from service.flows import Services, costs, sources
from service.store import costs as cost_book
from service.store import shops, skus
from service.store.records import ShopRow
from service.store.session import Tx
from service.store.skus import SkuRow

USUAL = timedelta(days=30)
#: As many of a shop's newest orders of the period are looked at: a card must not grow slower with the shop.
MOST_ORDERS = 2_000


@dataclass(frozen=True, slots=True)
class Missing:
    """A SKU without a cost, and how many orders of the period wait for it."""

    sku: SkuRow
    shop_name: str
    orders: int


@dataclass(frozen=True, slots=True)
class Queue:
    """All of them, those in most orders first. `since`: the first local day looked at; `is_cut`: only the newest orders
    of it. `sold`: how many SKUs were sold.
    """

    missing: Sequence[Missing]
    since: date
    sold: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Known:
    """One SKU of a shop with what is known of its cost, oldest first. `now`: what holds today, None for nothing."""

    sku: SkuRow
    shop_name: str
    costs: Sequence[Cost] = field(default_factory=tuple)
    now: Cost | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """What sending whole orders of a shop costs the seller, oldest first. `currency`: in which the shop sells."""

    shop_id: str
    shop_name: str
    currency: str
    costs: Sequence[Cost] = field(default_factory=tuple)


def queue(services: Services, actor: Actor, *, since: date | None = None, until: date | None = None) -> Queue:
    """The SKUs without a cost among what was sold on these local days; lately, without days."""
    now = services.clock.market()
    first = since or (now - USUAL).date()
    found: list[Missing] = []
    sold: set[tuple[str, str]] = set()
    is_cut = False
    with services.store.read() as tx:
        several = shops.shops_of(tx, actor.scope)
        for shop in several:
            where = sources.label(services, shop).time_zone
            begin, end = costs.instants_of(Days(first, until), where)
            if begin is None:
                continue
            rows, has_more = cost_book.sold(tx, shop.id, since=begin, before=end or now + USUAL, most=MOST_ORDERS)
            terms = {term for term, _order, _at in rows}
            known = _known(tx, actor, shop, terms)
            is_cut |= has_more
            sold |= {(shop.id, term) for term in terms}
            waiting = _waiting(_book(tx, actor, shop, known.values()), known, rows, where)
            name = shop.name if len(several) > 1 else ""
            found += [Missing(known[term], name, len(order_ids)) for term, order_ids in waiting.items()]
    found.sort(key=lambda one: (-one.orders, one.sku.product_name, one.sku.sku_name, one.sku.sku_id))
    return Queue(found, first, len(sold), is_cut)


def one(services: Services, actor: Actor, shop_id: str, sku_id: str) -> Known:
    """A SKU and its costs. NotFound when it is not of a shop of the person's."""
    with services.store.read() as tx:
        shop = shops.shop(tx, actor.scope, shop_id)
        sku = skus.named(tx, actor.scope, shop.id, [sku_id]).get(sku_id)
        if sku is None:
            raise NotFound("This SKU is not known.")
        return Known(sku, shop.name, cost_book.costs_of(tx, actor.scope, shop.id, [sku_id]).get(sku_id, ()))


def sending(services: Services, actor: Actor) -> list[Sending]:
    """The same for sending, of each shop of the person's that has sold anything."""
    with services.store.read() as tx:
        found = [_sending(tx, actor, shop) for shop in shops.shops_of(tx, actor.scope)]
    return [one for one in found if one.currency]


def sending_of(services: Services, actor: Actor, shop_id: str) -> Sending:
    """The same of one shop. NotFound when it is not the person's, or has sold nothing yet."""
    with services.store.read() as tx:
        found = _sending(tx, actor, shops.shop(tx, actor.scope, shop_id))
    if not found.currency:
        raise NotFound("This shop has not sold anything yet.")
    return found


def _sending(tx: Tx, actor: Actor, shop: ShopRow) -> Sending:
    kept = cost_book.costs_of(tx, actor.scope, shop.id, [SENDING]).get(SENDING, ())
    return Sending(shop.id, shop.name, skus.currency_of(tx, shop.id), kept)


def matching(services: Services, actor: Actor, text: str, *, limit: int) -> list[Known]:
    """SKUs whose number, code or name holds what was typed, at most `limit`."""
    wanted = text.strip().casefold()
    found = [
        row
        for row in costs.known_skus(services, actor)
        if any(wanted in part.casefold() for part in (row.sku_id, row.seller_sku, row.product_name, row.sku_name))
    ][:limit]
    with services.store.read() as tx:
        mine = {shop.id: shop for shop in shops.shops_of(tx, actor.scope)}
        kept = {
            shop_id: cost_book.costs_of(tx, actor.scope, shop_id, [row.sku_id for row in found])
            for shop_id in {row.shop_id for row in found}
        }
    return [
        _with_today(services, row, mine[row.shop_id], kept[row.shop_id].get(row.sku_id, ()))
        for row in found
        if row.shop_id in mine
    ]


def _with_today(services: Services, sku: SkuRow, shop: ShopRow, stated: Sequence[Cost]) -> Known:
    today = day_of(services.clock.market(), zone(sources.label(services, shop).time_zone))
    return Known(sku, shop.name, stated, book_of(stated).cost_on(sku.sku_id, today))


def _known(tx: Tx, actor: Actor, shop: ShopRow, terms: AbstractSet[str]) -> dict[str, SkuRow]:
    """Term → the SKU that it stands for, and those that bundles among them are packed from.

    A term is nearly always the SKU's own id; all that the shop sells is looked through only where one is not.
    """
    found = skus.named(tx, actor.scope, shop.id, terms)
    if terms - found.keys():
        found = {row.sku_id: row for row in skus.of_shops(tx, actor.scope, [shop.id])}
    parts = {part.sku_id for row in found.values() for part in row.parts} - found.keys()
    found |= skus.named(tx, actor.scope, shop.id, parts)
    return {_term(sku_id): row for sku_id, row in found.items()}


def _book(tx: Tx, actor: Actor, shop: ShopRow, known: Collection[SkuRow]) -> CostBook:
    kept = cost_book.costs_of(tx, actor.scope, shop.id, {row.sku_id for row in known})
    bundles = {row.sku_id: row.parts for row in known if row.parts}
    return book_of((cost for stated in kept.values() for cost in stated), bundles)


def _waiting(
    book: CostBook,
    known: Mapping[str, SkuRow],
    sold: Sequence[tuple[str, str, datetime]],
    zone_name: str,
) -> dict[str, set[str]]:
    """Term of a SKU without a cost, a bundle's part among them → the orders that wait for it."""
    where = zone(zone_name)
    missing: dict[tuple[str, date], tuple[str, ...]] = {}
    found: dict[str, set[str]] = {}
    for term, order_id, at in sold:
        if term not in known:
            continue
        key = (term, day_of(at, where))
        if key not in missing:
            sku = known[term]
            missing[key] = book.cogs_of(sku.sku_id, 1, day=key[1], currency=sku.currency).missing
        for sku_id in missing[key]:
            if _term(sku_id) in known:
                found.setdefault(_term(sku_id), set()).add(order_id)
    return found


def _term(sku_id: str) -> str:
    """How the index of terms spells it."""
    return normalised(sku_id)[:LONGEST]
