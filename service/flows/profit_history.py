"""The history of an order's profit, for those who may see profit. Worked out from what is stored; nothing is written.

Seeing profit is seeing costs, fees and revenue (`core.roles.IMPLIES`), and all of them are asked for here: a role that
has one without the others is shown none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from service.core.ledger.books import Books
from service.core.ledger.costs import SENDING
from service.core.ledger.history import CostMoment, Guess, Step, history_of
from service.core.ledger.profit import Profit
from service.core.orders import Order
from service.core.profiles import may_see
from service.core.roles import Actor, Group, Permission
from service.core.zones import zone
from service.errors import Conflict, NotAllowed
from service.flows import Services
from service.flows.books import NO_MARKET_ZONE, books_of
from service.flows.browse import line_of, order_of, row_of
from service.store import costs, people, profits
from service.store.records import ShopRow
from service.store.session import Tx

#: Changes of costs that one order is replayed through, the newest ones: the tab of a busy seller has many.
MOST_EDITS = 200


@dataclass(frozen=True, slots=True)
class ProfitLife:
    """An order's profit and its steps, newest first. `skus`: SKU id → what it is called, for who may see items.

    `who`: Google id → address of those who changed costs, for who manages people and for oneself.
    """

    order_key: str
    title: str
    currency: str
    profit: Profit
    steps: Sequence[Step]
    where: tzinfo
    skus: dict[str, str]
    who: dict[str, str]


def may_ask(actor: Actor) -> bool:
    """Whether the person may see how a profit came to be."""
    return may_see("net_profit", actor.audience)


def require(actor: Actor) -> None:
    """NotAllowed for those who may not."""
    if not may_ask(actor):
        raise NotAllowed(
            "Your role ({role}) does not include profit. Ask an owner of this account.",
            values={"role": actor.audience.name},
            needed=Permission.COSTS_EDIT,  # the roles that keep the costs are those that see profit by themselves
        )


def look(services: Services, actor: Actor, order_key: str, *, locale: str) -> ProfitLife:
    """The life of the order's profit. NotFound for an order that is not theirs, NotAllowed without a right to it.

    Conflict for one that was settled in another currency than its own.
    """
    require(actor)
    with services.store.read() as tx:
        order, shop = order_of(services, tx, actor, order_key)
        books = books_of(services, tx, shop, {order.order_id: order})[order.order_id]
        profit = books.profit
        if profit is None:
            raise Conflict(
                "TikTok settled this order in another currency than it was sold in. Its profit cannot be worked out."
            )
        guesses = [Guess(one.at, one.estimate) for one in profits.lines_of(tx, actor.scope, shop.id, order.order_id)]
        edits = _edits(tx, actor, shop, books)
        who = _who(tx, actor, edits)
    market = services.policies.market(shop.region)
    where = zone(market.time_zone if market else NO_MARKET_ZONE)
    title = _title(services, actor, order, shop, locale=locale)
    return ProfitLife(
        order_key,
        title,
        order.payment.currency,
        profit,
        history_of(books.facts, books.terms, guesses=guesses, edits=edits)[::-1],
        where,
        _skus(order) if actor.audience.may_see(Group.ITEM) else {},
        who,
    )


def _edits(tx: Tx, actor: Actor, shop: ShopRow, books: Books) -> list[CostMoment]:
    """The changes of what the order's goods and their sending cost, of what bundles are packed from too."""
    book = books.terms.book
    own = {line.sku_id for line in books.facts.order.lines}
    parts = {part.sku_id for sku_id in own for part in book.bundles.get(sku_id, ())}
    found = costs.history_of(tx, actor.scope, shop.id, {*own, *parts, SENDING}, limit=MOST_EDITS)
    return [CostMoment(one.at, one.sub, one.sku_id, one.before, one.after) for one in found]


def _who(tx: Tx, actor: Actor, edits: Sequence[CostMoment]) -> dict[str, str]:
    subs = {one.sub for one in edits}
    if not actor.audience.may_do(Permission.PEOPLE_MANAGE):
        subs &= {actor.sub}
    return {sub: people.address_of(tx, sub) for sub in sorted(subs)}


def _skus(order: Order) -> dict[str, str]:
    return {line.sku_id: line.seller_sku or line.product_name or line.sku_id for line in order.lines}


def _title(services: Services, actor: Actor, order: Order, shop: ShopRow, *, locale: str) -> str:
    row = row_of(services, order, {shop.id: shop})
    return line_of(services, actor.audience, row, locale=locale).title if row else ""
