"""A cost that is stated marks exactly the rows that follow from it, in one transaction, and is never lost."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flows.mishaps import Fate, KilledError, MortalStore
from flows.rig import scope

from service.core.filters import RowFilter
from service.core.ledger.cost_changes import Days
from service.core.ledger.costs import SENDING, Cost, CostSource
from service.core.profiles import ChosenColumn
from service.core.roles import Role
from service.core.rows import Grain
from service.errors import NotFound
from service.flows import costs as stating
from service.store import costs, deeds

SEED, APRON = "1729001000000001001", "1729001000000002001"
_COLUMNS = (ChosenColumn("order_id", "Order"), ChosenColumn("pool_cogs", "COGS"))


@pytest.fixture
def ledger(rig):
    """A tab for finance that shows costs, and the watch list of the warehouse, which does not."""
    rig.ids = rig.place(30)
    rig.paper = rig.spreadsheet("Ledger")
    profile = rig.preset(
        "sla_watch_list", Role.OWNER, grain=Grain.ORDER, columns=_COLUMNS, sort=(), row_filter=RowFilter()
    )
    rig.bind(rig.paper, profile, audience=Role.FINANCE)
    rig.watch = rig.spreadsheet("Fulfilment")
    rig.bind(rig.watch)
    rig.settle()
    return rig


def cost(sku_id=SEED, unit="3.00", **more):
    return Cost(sku_id, "GBP", Decimal(unit), **more)


def sold(rig, sku_id):
    """Orders with this SKU, by what is stored."""
    return set(rig.read(costs.orders_of, rig.shop.id, [sku_id], since=None, before=None))


def marked(rig, paper):
    return {row.order_id for row in rig.dirty(paper)}


def edits(rig, *sku_ids):
    return rig.read(costs.history_of, scope(rig), rig.shop.id, sku_ids)


def test_rows_of_orders_with_the_sku_are_dirty_and_no_other(ledger):
    told = stating.state(ledger.services, ledger.owner, [cost()])
    assert marked(ledger, ledger.paper) == sold(ledger, SEED)
    assert 0 < len(sold(ledger, SEED)) < len(ledger.ids)
    assert marked(ledger, ledger.watch) == set()
    assert (told.skus, told.orders) == (1, len(sold(ledger, SEED)))
    assert {one.subject for one in ledger.wake.waiting} == {ledger.paper.spreadsheet_id}


def test_saying_the_same_again_marks_nothing(ledger):
    stating.state(ledger.services, ledger.owner, [cost()])
    ledger.settle()
    assert stating.state(ledger.services, ledger.owner, [cost()]) == stating.Stated()
    assert marked(ledger, ledger.paper) == set()
    assert len(edits(ledger, SEED)) == 1


def test_cost_from_a_later_day_on_leaves_the_orders_before_it_alone(ledger):
    today = ledger.clock.market().date()
    told = stating.state(ledger.services, ledger.owner, [cost(from_day=today + timedelta(days=1))])
    assert (told.skus, told.orders) == (1, 0)
    assert marked(ledger, ledger.paper) == set()
    told = stating.state(ledger.services, ledger.owner, [cost(from_day=today - timedelta(days=30))])
    assert told.orders == len(sold(ledger, SEED))


def test_day_is_the_shop_s_own():
    """A day in Ho Chi Minh City begins seven hours before the same day in UTC."""
    since, before = stating.instants_of(Days(date(2026, 3, 1), date(2026, 3, 1)), "Asia/Ho_Chi_Minh")
    assert (since.isoformat(), before.isoformat()) == ("2026-03-01T00:00:00+07:00", "2026-03-02T00:00:00+07:00")
    assert stating.instants_of(Days(None, None), "Europe/London") == (None, None)


def test_bundle_follows_the_cost_of_its_parts(ledger):
    bundles = {row.sku_id: row for row in stating.known_skus(ledger.services, ledger.owner) if row.parts}
    ((bundle, row),) = bundles.items()
    part = row.parts[0].sku_id
    stating.state(ledger.services, ledger.owner, [cost(part)])
    assert marked(ledger, ledger.paper) == sold(ledger, part) >= sold(ledger, bundle) > set()


def test_sending_touches_every_order(ledger):
    sending = cost(unit="0", fulfilment=Decimal("3.20"))
    stating.state_sending(ledger.services, ledger.owner, ledger.shop.id, sending)
    assert marked(ledger, ledger.paper) == set(ledger.ids)
    (edit,) = edits(ledger, SENDING)
    assert edit.after == replace(sending, sku_id=SENDING, source=CostSource.SETTING)


def test_cost_is_taken_out_by_its_day_and_remembered(ledger):
    stating.state(ledger.services, ledger.owner, [cost(), cost(unit="4.00", from_day=date(2026, 1, 1))])
    ledger.settle()
    stating.take_out(ledger.services, ledger.owner, ledger.shop.id, SEED, from_day=date(2026, 1, 1))
    assert ledger.read(costs.costs_of, scope(ledger), ledger.shop.id) == {SEED: (cost(),)}
    assert marked(ledger, ledger.paper) == sold(ledger, SEED)
    assert edits(ledger, SEED)[0].after is None
    with pytest.raises(NotFound):
        stating.take_out(ledger.services, ledger.owner, ledger.shop.id, SEED, from_day=date(2026, 1, 1))


def test_record_says_who_changed_how_many_costs_and_no_amount(ledger):
    stating.state(ledger.services, ledger.owner, [cost(), cost(APRON, "12.34")])
    stating.state(ledger.services, ledger.owner, [cost(unit="5.67")])
    lines = [
        line for line in ledger.read(deeds.log, scope(ledger), deeds.Wanted(), limit=50) if line.deed == stating.DEED
    ]
    assert sorted(line.subject for line in lines) == ["2 SKUs", "SEED-MEADOW"]
    assert {line.sub for line in lines} == {ledger.owner.sub}


def test_person_of_one_shop_states_no_cost_of_another(ledger):
    narrow = replace(ledger.owner, shop_ids=frozenset({"another-shop"}))
    assert stating.state(ledger.services, narrow, [cost()]) == stating.Stated()
    with pytest.raises(NotFound):
        stating.state_sending(ledger.services, narrow, ledger.shop.id, cost())
    assert ledger.read(costs.costs_of, scope(ledger), ledger.shop.id) == {}


def test_edit_that_is_cut_off_is_whole_or_not_there(ledger):
    """Cost, history, record and marks are one transaction; whoever presses again ends where one press would have."""
    before = edits(ledger, SEED)
    services = replace(ledger.services, store=MortalStore(ledger.services.store, Fate(1)))
    with pytest.raises(KilledError):
        stating.state(services, ledger.owner, [cost()])
    stating.state(ledger.services, ledger.owner, [cost()])
    assert len(edits(ledger, SEED)) == len(before) + 1
    assert marked(ledger, ledger.paper) == sold(ledger, SEED)
    assert ledger.read(costs.costs_of, scope(ledger), ledger.shop.id) == {SEED: (cost(),)}


def test_costs_in_the_sheet_follow_an_edit(ledger):
    stating.state(ledger.services, ledger.owner, [cost(row.sku_id) for row in known(ledger)])
    ledger.settle()
    before = {row["Order"]: row["COGS"] for row in ledger.paper.rows(tab=tab_of(ledger))}
    assert set(before) == set(ledger.ids)
    assert all(isinstance(amount, int | float) and amount > 0 for amount in before.values())
    stating.state(ledger.services, ledger.owner, [cost(unit="4.00")])
    ledger.settle()
    after = {row["Order"]: row["COGS"] for row in ledger.paper.rows(tab=tab_of(ledger))}
    assert {order_id for order_id in before if after[order_id] != before[order_id]} == sold(ledger, SEED)


def known(rig):
    return [row for row in stating.known_skus(rig.services, rig.owner) if not row.parts]


def tab_of(rig):
    return rig.only_binding(rig.paper).tab_title
