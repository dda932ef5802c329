"""The queue of SKUs without a cost: what was sold and would leave a profit blank, most orders first, and no more."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flows.rig import scope
from msgspec import structs

from service.core.ledger.costs import Cost
from service.core.orders import OrderStatus
from service.errors import NotFound
from service.flows import cost_queue
from service.flows import costs as stating
from service.store import costs, orders
from service.store.orders import Marks

SEED = "1729001000000001001"


@pytest.fixture
def shop(rig):
    rig.place(30)
    return rig


def cost(sku_id=SEED, **more):
    return Cost(sku_id, more.pop("currency", "GBP"), Decimal(3), **more)


def state(rig, *stated):
    stating.state(rig.services, rig.owner, stated)


def queue(rig, **days):
    return cost_queue.queue(rig.services, rig.owner, **days)


def waiting(rig, **days):
    return {one.sku.sku_id: one.orders for one in queue(rig, **days).missing}


def sold(rig, sku_id):
    return len(rig.read(costs.orders_of, rig.shop.id, [sku_id], since=None, before=None))


def test_everything_waits_at_first_most_orders_first(shop):
    found = queue(shop)
    counts = [one.orders for one in found.missing]
    assert counts == sorted(counts, reverse=True)
    bundles = {row.sku_id for row in stating.known_skus(shop.services, shop.owner) if row.parts}
    assert not bundles & set(waiting(shop))
    assert waiting(shop)[SEED] >= sold(shop, SEED) > 0
    assert not found.is_cut


def test_sku_with_a_cost_waits_no_more(shop):
    before = waiting(shop)
    state(shop, cost())
    assert waiting(shop) == {sku_id: count for sku_id, count in before.items() if sku_id != SEED}


def test_cost_that_does_not_hold_on_the_day_of_the_sale_is_none(shop):
    today = shop.clock.market().date()
    state(shop, cost(from_day=today + timedelta(days=1)))
    assert SEED in waiting(shop)
    state(shop, cost(to_day=today - timedelta(days=9)))
    assert SEED in waiting(shop)


def test_cost_in_another_currency_is_none(shop):
    state(shop, cost(currency="USD"))
    assert SEED in waiting(shop)


def test_bundle_waits_for_its_parts_alone_and_with_its_own_cost_for_nothing(shop):
    known = stating.known_skus(shop.services, shop.owner)
    (bundle,) = [row for row in known if row.parts]
    parts = {part.sku_id for part in bundle.parts}
    state(shop, *(cost(row.sku_id) for row in known if row.sku_id not in {bundle.sku_id, *parts}))
    assert set(waiting(shop)) == parts
    before = waiting(shop)
    state(shop, cost(bundle.sku_id))
    after = waiting(shop)
    assert all(after.get(sku_id, 0) < before[sku_id] for sku_id in parts)


def test_days_bound_the_queue(shop):
    today = shop.clock.market().date()
    assert waiting(shop, since=today - timedelta(days=1), until=today + timedelta(days=1)) == waiting(shop)
    assert waiting(shop, since=today + timedelta(days=2)) == {}
    assert queue(shop, until=date(2020, 1, 1)).sold == 0


def test_cancelled_orders_wait_for_nothing(shop):
    with shop.services.store.write() as tx:
        for order in orders.newest(tx, shop.services.store.sealer, scope(shop), limit=100):
            cancelled = structs.replace(order, status=OrderStatus.CANCELLED)
            marks = Marks(None, "", None)
            orders.save(
                tx,
                shop.services.store.sealer,
                cancelled,
                account_id=shop.account_id,
                marks=marks,
                now=shop.clock.now(),
            )
    assert (waiting(shop), queue(shop).sold) == ({}, 0)


def test_large_shop_is_looked_at_as_far_as_a_card_can_wait_and_says_so(shop):
    at = shop.clock.market() + timedelta(days=1)
    rows, is_cut = shop.read(costs.sold, shop.shop.id, since=at - timedelta(days=40), before=at, most=10)
    assert (len({order_id for _term, order_id, _at in rows}), is_cut) == (11, True)
    _rows, is_cut = shop.read(costs.sold, shop.shop.id, since=at - timedelta(days=40), before=at, most=30)
    assert not is_cut


def test_only_what_was_sold_is_looked_up(shop):
    """However much else the shop has ever sold."""
    asked = []

    def heard(_connection, _cursor, statement, *_):
        asked.append(" ".join(statement.split()))

    engine = shop.services.store.engine
    sa.event.listen(engine, "before_cursor_execute", heard)
    found = queue(shop)
    sa.event.remove(engine, "before_cursor_execute", heard)
    assert found.missing
    of_catalogue = [one for one in asked if "FROM skus" in one or "FROM costs" in one]
    assert of_catalogue
    assert all("sku_id IN" in one for one in of_catalogue)


def test_person_of_another_shop_sees_none_of_it(shop):
    narrow = replace(shop.owner, shop_ids=frozenset({"another-shop"}))
    assert cost_queue.queue(shop.services, narrow).missing == []
    assert cost_queue.matching(shop.services, narrow, "seed", limit=9) == []
    with pytest.raises(NotFound):
        cost_queue.one(shop.services, narrow, shop.shop.id, SEED)


def test_what_is_found_tells_the_cost_of_today(shop):
    """Neither one that has ended nor one that is still to come."""
    today = shop.services.clock.market().date()

    def now():
        (found,) = cost_queue.matching(shop.services, shop.owner, SEED, limit=9)
        return found.now

    ended = cost(from_day=today - timedelta(days=30), to_day=today - timedelta(days=9))
    state(shop, ended, cost(from_day=today + timedelta(days=9)))
    assert now() is None
    holds = cost(from_day=today - timedelta(days=2))
    state(shop, holds)
    assert now() == holds


def test_sku_is_found_by_number_code_and_name(shop):
    for text in (SEED, "seed-mea", "meadow mix", "wildflower"):
        found = cost_queue.matching(shop.services, shop.owner, text, limit=9)
        assert SEED in [one.sku.sku_id for one in found], text
    assert cost_queue.matching(shop.services, shop.owner, "teapot", limit=9) == []
