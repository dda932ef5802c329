"""What the tests of ingest ask and say: notices, the market, and what is stored of both."""

import contextlib

from flows.rig import scope
from local_world import WORLD_URL

from service.store import orders, shops
from service.tiktok.webhook import Notice, NoticeKind


def notice(rig, order_ids=(), *, number="n1", kind=NoticeKind.ORDERS_CHANGED, shop_id="", at=None):
    return Notice(
        notice_id=number,
        type=1,
        kind=kind,
        shop_id=shop_id or rig.shop.tiktok_shop_id,
        seller_open_id="",
        order_ids=tuple(order_ids),
        cancel_id="",
        return_id="",
        status="",
        happened_at=at,
        expires_at=None,
        app_key="",
    )


def made(rig, count=1, **wishes):
    """Orders that nobody told us of."""
    with rig.world.market.world.quiet():  # no notice, and no lag of the search
        return [order.id for order in rig.world.market.place_orders(count, **wishes)]


def stored(rig, order_id):
    return rig.read(orders.one, rig.services.store.sealer, scope(rig), order_id)


def known(rig):
    found = rig.read(orders.newest, rig.services.store.sealer, scope(rig), limit=1000)
    return {order.order_id for order in found}


def shop_now(rig):
    return rig.read(shops.shop_unscoped, rig.shop.id)


def faults(rig, **changes):
    assert rig.world.http.post(f"{WORLD_URL}/tiktok/control/faults", json=changes).is_success


def asked(rig, path):
    """How often an endpoint whose address ends so was asked."""
    by_endpoint = rig.world.market.calls.show()["by_endpoint"]
    return sum(one["count"] for endpoint, one in by_endpoint.items() if endpoint.endswith(path))


class Watched:
    """A store that tells after each commit."""

    def __init__(self, store, tell):
        self._store, self._tell = store, tell
        self.sealer, self.read = store.sealer, store.read

    @contextlib.contextmanager
    def write(self):
        with self._store.write() as tx:
            yield tx
        self._tell()
