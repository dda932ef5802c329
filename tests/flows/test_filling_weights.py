"""What the writes of a backfill weigh: full, and never more than they may."""

from dataclasses import replace
from datetime import timedelta

import msgspec
from flows.filled import shown, spend, store, wide
from flows.mishaps import Interposed
from msgspec import structs

from service.flows import memory, quota
from service.store import orders, rows

DAY = timedelta(days=1)


class Scales(Interposed):
    """Google with a pair of scales: how many bytes each write weighs."""

    def __init__(self, google):
        super().__init__(google)
        self.sizes = []

    def batch_update(self, *arguments, body, **more):
        self.sizes.append(len(msgspec.json.encode(body)))
        return self._google.batch_update(*arguments, body=body, **more)


def test_a_write_never_weighs_more_than_it_may(rig):
    """The weight that is planned is not less than what goes over the wire, and not far from it."""
    limit = 60_000
    rig.services = replace(rig.services, settings=replace(rig.services.settings, write_bytes=limit))
    rig.place(90)
    rig.bind(rig.spreadsheet(), wide(rig))
    scales = Scales(rig.services.google)
    rig.services = replace(rig.services, google=scales)
    rig.settle()
    sizes = scales.sizes[1:]  # the first sets the tab up
    assert len(sizes) > 1
    assert limit * 0.7 < max(sizes) <= limit


def test_a_write_keeps_to_its_limit_where_people_put_columns_between_ours(rig):
    """Then each row takes more words than it was weighed with: fewer go along, and none is forgotten."""
    limit = 12_000
    rig.services = replace(rig.services, settings=replace(rig.services.settings, write_bytes=limit))
    ids = rig.place(30)
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig))
    rig.run_pass(paper)
    for at in range(13, 0, -1):
        paper.hand("insert", "COLUMNS", at)
    rig.clock.advance(memory.FRESH_S)
    scales = Scales(rig.services.google)
    rig.services = replace(rig.services, google=scales)
    rig.settle()
    assert len(scales.sizes) > 2
    assert limit * 0.7 < max(scales.sizes) <= limit
    assert set(shown(paper)) == set(ids)


def test_a_backfill_reads_once_and_fills_every_write(rig):
    """However often it waits for its quota: the last answer still shows where new rows go, and what was made ready is
    taken. One read and one write set the tab up.
    """
    limit = 12_000
    rig.services = replace(rig.services, settings=replace(rig.services.settings, write_bytes=limit))
    rig.place(60)
    paper = rig.spreadsheet()
    rig.bind(paper, wide(rig))
    scales = Scales(rig.services.google)
    rig.services = replace(rig.services, google=scales)
    rig.calls()
    spend(rig, paper, left=5)
    began_at = rig.clock.now()
    rig.settle()
    waited = rig.clock.now() - began_at
    assert waited > 2 * quota.PER_IDENTITY
    sizes = scales.sizes[1:]
    assert rig.calls() == (2, 1 + len(sizes))
    assert min(sizes[:-1]) > 0.8 * limit
    paper.assert_right()


def test_rows_weigh_what_changes_in_them(rig):
    """One cell of each of forty rows goes in one write, though whole rows would fill several."""
    ids = rig.place(40)
    paper = rig.bound(wide(rig))
    rig.settle()
    rig.services = replace(rig.services, settings=replace(rig.services.settings, write_bytes=60_000))
    scales = Scales(rig.services.google)
    rig.services = replace(rig.services, google=scales)
    with rig.services.store.write() as tx:
        found = orders.stored(tx, rig.services.store.sealer, shop_id=rig.shop.id, order_ids=ids)
        for order in found.values():
            sent = structs.replace(order, tracking="H00AAA0000000001")
            store(rig, tx, sent)
        rows.mark_orders(tx, rig.account_id, [(rig.shop.id, order_id) for order_id in ids], rig.clock.now())
        rig.services.wake.sheet(tx, paper.spreadsheet_id)
    rig.settle()
    assert len(scales.sizes) == 1
    paper.assert_right()
