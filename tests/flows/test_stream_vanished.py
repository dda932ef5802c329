"""Lines that vanish from their order: the row stays and says so, also when it was never written before."""

from msgspec.structs import replace

from service.flows import ingest, sources
from service.store import audits


def drop_a_line(rig, order_id):
    """The order as upstream shows it next, without its last SKU. Returns the SKU that is gone."""
    rig.clock.advance(1)
    with rig.services.store.read() as tx:
        orders, _ = sources.load(rig.services, tx, shop_id=rig.shop.id, order_ids=[order_id])
    order, now = orders[order_id], rig.clock.now()
    gone = order.lines[-1].sku_id
    left = tuple(line for line in order.lines if line.sku_id != gone)
    ingest.save(rig.services, rig.shop, [replace(order, lines=left, updated_at=now, fetched_at=now)])
    return gone


def of_two_skus(rig):
    """A new order with more than one SKU."""
    for _ in range(20):
        (order_id,) = rig.place(1)
        with rig.services.store.read() as tx:
            orders, _ = sources.load(rig.services, tx, shop_id=rig.shop.id, order_ids=[order_id])
        if len({line.sku_id for line in orders[order_id].lines}) > 1:
            return order_id
    raise AssertionError("the market sells one thing at a time")


def test_a_line_that_vanished_says_so_in_its_row(rig, paper):
    order_id = of_two_skus(rig)
    rig.settle()
    before = paper.by_key()
    gone = drop_a_line(rig, order_id)
    rig.settle()
    after = paper.by_key()
    assert after[f"{order_id}-{gone}"]["Status"] == "removed"
    assert set(after) == set(before)


def test_a_line_that_vanished_before_it_was_written_stands_there_once_and_the_tab_comes_to_rest(rig, paper):
    """Its row has nothing to show but its key: without one it would be put in again and again."""
    order_id = of_two_skus(rig)
    gone = drop_a_line(rig, order_id)
    rig.settle()
    assert paper.by_key()[f"{order_id}-{gone}"]["Status"] == "removed"
    assert rig.dirty(paper) == []
    rig.calls()
    rig.live_through(60)
    assert rig.calls() == (0, 0)


def test_a_line_that_vanished_while_its_row_was_unanswered_is_nobody_s_text(rig, paper):
    """What its row shows is not known when the line goes: later audits neither name its cells nor put them right."""
    order_id = of_two_skus(rig)
    rig.fail("dropped_after")
    rig.settle(patience_s=1)
    gone = drop_a_line(rig, order_id)
    rig.live_through(400)
    for _ in range(2):
        rig.write(audits.hasten, [rig.only_binding(paper).id], rig.clock.now())
        rig.live_through(75, step_s=15)
    assert paper.by_key()[f"{order_id}-{gone}"]["Status"] == "removed"
    assert [line.cells for line in rig.history(paper) if line.cells] == []
    assert [line.healed for line in rig.history(paper) if line.healed] == []
