"""Fee drift: once a day each shop's newest settled orders are held against those before them, and a rise is told once.

A rise that goes on is not told again; one that ends may be followed by another, and so may one that rises further.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from service.core.ledger.drift import LONGEST_AGO, MOST_ORDERS, Drift, drift_of, is_further, is_risen
from service.core.ledger.entries import Entry
from service.core.ledger.pools import pools_by_currency
from service.core.ledger.rates import Settled
from service.core.roles import Actor, Scope
from service.errors import NotFound
from service.flows import Services
from service.store import deeds, fee_checks, fee_drifts, finance_reading, shops
from service.store.fee_drifts import DriftRow
from service.store.records import ShopRow
from service.store.session import Tx

LOOK_EVERY = timedelta(days=1)
#: An order has a line for its sale and another for each refund.
_LINES = 3 * MOST_ORDERS
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class ToldDrift:
    """A rise as people are told of it, with the shop's name."""

    row: DriftRow
    shop_name: str


def look(services: Services, shop: ShopRow) -> None:
    """The shop's rates are looked at, if that is due. Doing it twice is doing it once."""
    now = services.clock.now()
    with services.store.read() as tx:
        walk = fee_checks.walk_of(tx, shop)
        if walk.looked_at is not None and now - walk.looked_at < LOOK_EVERY:
            return
        drifts = _drifts(services, tx, shop)
    with services.store.write() as tx:
        if not shops.is_held(tx, shop.id):
            return
        under_way = fee_drifts.under_way(tx, shop.id)
        for currency, row in under_way.items():
            drift = drifts.get(currency)
            if drift is None or not is_risen(drift) or is_further(row.drift, drift):
                fee_drifts.end(tx, row.id, now=now)
        for currency, drift in drifts.items():
            known = under_way.get(currency)
            if is_risen(drift) and (known is None or is_further(known.drift, drift)):
                fee_drifts.begin(tx, shop, services.new_id(), drift, now=now)
        fee_checks.move_walk(tx, replace(fee_checks.walk_of(tx, shop), looked_at=now))


def told(services: Services, actor: Actor) -> list[ToldDrift]:
    """Rises that nobody has taken note of, newest first."""
    with services.store.read() as tx:
        found = fee_drifts.told(tx, actor.scope, limit=MOST_TOLD)
        names = {shop.id: shop.name for shop in shops.every_shop_of(tx, actor.scope)} if found else {}
    return [ToldDrift(row, names.get(row.shop_id, "")) for row in found]


def show(services: Services, actor: Actor, drift_id: str) -> ToldDrift:
    """One rise, taken note of or not. NotFound for one out of scope."""
    with services.store.read() as tx:
        row = fee_drifts.one_of(tx, actor.scope, drift_id)
        if row is None:
            raise NotFound("This note is gone.")
        names = {shop.id: shop.name for shop in shops.every_shop_of(tx, actor.scope)}
    return ToldDrift(row, names.get(row.shop_id, ""))


def dismiss(services: Services, actor: Actor, drift_id: str) -> None:
    """The rise is told to nobody any more. NotFound for one out of scope; twice is once."""
    now = services.clock.now()
    with services.store.write() as tx:
        row = fee_drifts.one_of(tx, actor.scope, drift_id)
        if row is None:
            raise NotFound("This note is gone.")
        if fee_drifts.dismiss(tx, actor.scope, drift_id, now=now):
            shop = shops.shop_unscoped(tx, row.shop_id)
            what = f"{shop.name if shop else row.shop_id}, {row.currency}"
            deeds.record(tx, actor.account_id, sub=actor.sub, deed="dismiss-drift", subject=what, at=now)


def _drifts(services: Services, tx: Tx, shop: ShopRow) -> dict[str, Drift]:
    """Currency → the newest orders beside those before them, where there are enough."""
    scope = Scope(shop.account_id, frozenset({shop.id}))
    since = services.clock.market() - LONGEST_AGO
    ids = finance_reading.lately_settled(tx, scope, shop.id, since=since, limit=_LINES)
    by_currency: dict[str, list[Settled]] = {}
    for order_id, stated in finance_reading.entries_of(tx, scope, shop.id, ids).items():
        for currency, one in _settled(order_id, stated).items():
            by_currency.setdefault(currency, []).append(one)
    found = {currency: drift_of(orders, currency) for currency, orders in sorted(by_currency.items())}
    return {currency: drift for currency, drift in found.items() if drift is not None}


def _settled(order_id: str, stated: Sequence[Entry]) -> dict[str, Settled]:
    """What the order came to in each currency: fees and revenue of the same lines."""
    settled_at = max((one.settled_at for one in stated if one.settled_at), default=None)
    return {
        currency: Settled(order_id, frozenset(), settled_at, pools)
        for currency, pools in pools_by_currency(stated).items()
    }
