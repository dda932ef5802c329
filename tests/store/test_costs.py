"""Costs are put per SKU, every change is remembered, and orders are found by the SKUs and days a change touches."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
import sqlalchemy as sa
from core.made_orders import CREATED, make_line, make_order
from msgspec import structs
from store.conftest import NOW, shop

from service.core.ledger.costs import SENDING, BundlePart, Cost, CostSource
from service.core.roles import Scope
from service.store import costs, skus, tables
from service.store.costs import CostEdit, CostTab, Editor

BLOOM = Scope("bloom")
SHOP = shop("bloom")
MUG, SET, PART = "1729000000000000065", "1729000000000000066", "1729000000000000070"
BUNDLES = json.dumps({SET: [{"sku_id": PART, "seller_sku": "C", "count": "2"}]})


def editor(at=NOW):
    return Editor("bloom-sub", at)


def cost(sku_id=MUG, unit="5.00", **more):
    return Cost(sku_id, "GBP", Decimal(unit), **more)


def put(house, wanted, at=NOW):
    return house.write(costs.put, SHOP, wanted, by=editor(at))


def place(house, number, *, days=0, **more):
    made = make_order(shop_id="bloom-shop", order_id=f"57640000000000{number:04d}", created_at=CREATED, **more)
    made = structs.replace(made, created_at=CREATED + timedelta(days=days), updated_at=CREATED + timedelta(days=days))
    house.save_order(made, account_id="bloom")
    return made.order_id


def test_cost_comes_back_to_the_last_digit(bloom):
    stated = cost(
        unit="123456789.0123456789", packaging=Decimal("0.30"), fulfilment=Decimal("0.07"),
        from_day=date(2026, 1, 1), to_day=date(2026, 6, 30), source=CostSource.IMPORT,
    )  # fmt: skip
    put(bloom, {MUG: [stated, cost(from_day=date(2026, 7, 1))]})
    assert bloom.read(costs.costs_of, BLOOM, "bloom-shop") == {MUG: (stated, cost(from_day=date(2026, 7, 1)))}
    assert bloom.read(costs.costs_of, BLOOM, "bloom-shop", [SET]) == {}


def test_putting_twice_is_putting_once_and_remembers_once(bloom):
    assert put(bloom, {MUG: [cost()]}) == {MUG: ()}
    assert put(bloom, {MUG: [cost()]}) == {}
    (edit,) = bloom.read(costs.history_of, BLOOM, "bloom-shop", [MUG])
    assert edit == CostEdit("bloom-shop", MUG, NOW, "bloom-sub", None, cost())


def test_every_change_is_remembered_newest_first_with_what_was_before(bloom):
    put(bloom, {MUG: [cost()], SET: [cost(SET)]})
    later, last = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    assert put(bloom, {MUG: [cost(unit="6.00")], SET: [cost(SET)]}, later) == {MUG: (cost(),)}
    put(bloom, {MUG: []}, last)
    found = bloom.read(costs.history_of, BLOOM, "bloom-shop", [MUG])
    assert [(edit.at, edit.before, edit.after) for edit in found] == [
        (last, cost(unit="6.00"), None),
        (later, cost(), cost(unit="6.00")),
        (NOW, None, cost()),
    ]
    assert bloom.read(costs.history_of, BLOOM, "bloom-shop", [MUG], limit=1) == found[:1]
    assert bloom.read(costs.costs_of, BLOOM, "bloom-shop") == {SET: (cost(SET),)}


def test_book_knows_what_a_bundle_is_packed_from_and_what_sending_costs(bloom):
    place(bloom, 1, lines=(make_line(1, "B"),), extra={"bundles": BUNDLES})
    sending = cost(SENDING, "0", fulfilment=Decimal("3.20"), source=CostSource.SETTING)
    put(bloom, {PART: [cost(PART, "1.50")], SENDING: [sending], MUG: [cost()]})
    book = bloom.read(costs.book_of, BLOOM, "bloom-shop", [SET])
    assert book.cogs_of(SET, 2, day=date(2026, 11, 20), currency="GBP").total == Decimal("6.00")
    assert book.costs[SENDING] == (sending,)
    assert MUG not in book.costs


def test_orders_are_found_by_sku_or_part_and_by_when_they_were_made(bloom):
    plain = place(bloom, 1, lines=(make_line(1, "P"),))
    bundle = place(bloom, 2, days=1, lines=(make_line(1, "B"),), extra={"bundles": BUNDLES})
    both = place(bloom, 3, days=2, lines=(make_line(1, "P"), make_line(2, "B")), extra={"bundles": BUNDLES})

    def find(*sku_ids, since=None, before=None):
        return bloom.read(costs.orders_of, "bloom-shop", sku_ids, since=since, before=before)

    day = timedelta(days=1)
    assert find("1729000000000000080") == [plain, both]
    assert find(PART) == find(SET) == [bundle, both]
    assert find("1729000000000000080", since=CREATED + 2 * day) == [both]
    assert find("1729000000000000080", PART, before=CREATED + 2 * day) == [plain, bundle]
    assert find(SENDING, since=CREATED + day) == [bundle, both]
    assert find("1729000000000000099") == []


def test_sku_is_known_by_what_the_newest_order_says(bloom):
    """Old orders are saved again and again; their names must not come back."""
    place(bloom, 1, days=2, lines=(make_line(1, "P", product_name="Mug, new", seller_sku="NEW"),))
    place(bloom, 2, days=1, lines=(make_line(1, "P", product_name="Mug, old", seller_sku="OLD"),))
    found = bloom.read(skus.named, BLOOM, "bloom-shop", ["1729000000000000080"])["1729000000000000080"]
    assert (found.seller_sku, found.product_name, found.currency) == ("NEW", "Mug, new", "GBP")
    place(bloom, 3, days=3, lines=(make_line(1, "P", product_name="Mug\0 newest"),))
    found = bloom.read(skus.named, BLOOM, "bloom-shop", ["1729000000000000080"])["1729000000000000080"]
    assert (found.product_name, found.told_at) == ("Mug newest", CREATED + timedelta(days=3))


def test_part_of_a_bundle_is_known_and_named_once_it_is_sold_alone(bloom):
    place(bloom, 1, days=5, lines=(make_line(1, "B"),), extra={"bundles": BUNDLES})
    known = {row.sku_id: row for row in bloom.read(skus.of_shops, BLOOM)}
    assert known[SET].parts == (BundlePart(PART, 2),)
    assert (known[PART].product_name, known[PART].told_at) == ("", skus.NEVER_SOLD_ALONE)
    place(bloom, 2, lines=(make_line(1, "F"),))
    assert bloom.read(skus.named, BLOOM, "bloom-shop", [PART])[PART].product_name == "Mug"


def test_saving_an_order_again_writes_no_sku(bloom):
    place(bloom, 1, days=1, lines=(make_line(1, "P"),))

    def rows(tx):
        return {tuple(row) for row in tx.execute(sa.select(tables.skus.c.sku_id, tables.skus.c.told_at))}

    before = bloom.read(rows)
    place(bloom, 2, days=2, lines=(make_line(1, "P"),))
    assert bloom.read(rows) == before


@pytest.mark.parametrize(
    "scope", [Scope("other"), Scope("bloom", frozenset({"another-shop"}))], ids=["account", "shop"]
)
def test_nothing_is_read_beyond_the_scope(bloom, scope):
    put(bloom, {MUG: [cost()]})
    assert bloom.read(costs.costs_of, scope, "bloom-shop") == {}
    assert bloom.read(costs.history_of, scope, "bloom-shop", [MUG]) == []
    assert bloom.read(costs.book_of, scope, "bloom-shop", [MUG]).costs == {}
    assert bloom.read(skus.of_shops, scope) == []
    assert bloom.read(skus.named, scope, "bloom-shop", [MUG]) == {}


def test_forgotten_shop_leaves_no_cost_and_no_history(bloom):
    put(bloom, {MUG: [cost()]})
    bloom.write(costs.forget_shop, "bloom-shop")
    assert bloom.read(costs.costs_of, BLOOM, "bloom-shop") == {}
    assert bloom.read(costs.history_of, BLOOM, "bloom-shop", [MUG]) == []


def test_spreadsheet_has_one_tab_of_costs(bloom):
    first = CostTab("sheet-1", "bloom", 7, None, "bloom-sub", NOW)
    bloom.write(costs.add_tab, first)
    second = replace(first, sheet_id=8, shop_ids=["bloom-shop"])
    bloom.write(costs.add_tab, second)
    assert bloom.read(costs.tab_in, "sheet-1") == second
    bloom.write(costs.drop_tab, "sheet-1")
    assert bloom.read(costs.tab_in, "sheet-1") is None


def test_what_was_sold_is_told_by_order_newest_first_and_not_further_than_asked(bloom):
    for number in range(4):
        place(bloom, number, days=number, lines=(make_line(1, "P"), make_line(2, "B")), extra={"bundles": BUNDLES})
    place(bloom, 9, days=9, lines=(make_line(1, "P"),), status="CANCELLED")

    def sold(most):
        since, before = CREATED + timedelta(hours=1), CREATED + timedelta(days=30)
        return bloom.read(costs.sold, "bloom-shop", since=since, before=before, most=most)

    found, is_cut = sold(3)
    assert {term for term, _order, _at in found} == {"1729000000000000080", SET}
    assert {at for _term, _order, at in found} == {CREATED + timedelta(days=number) for number in (1, 2, 3)}
    assert not is_cut
    newest, is_cut = sold(1)
    assert is_cut
    assert max(at for _term, _order, at in newest) == CREATED + timedelta(days=3)


def test_orders_of_the_release_before_tell_their_skus_when_the_schema_is_brought_up(bloom):
    """Twice over: a database from long before had its terms made with the parts of bundles in them."""
    place(bloom, 1, lines=(make_line(1, "B"),), extra={"bundles": BUNDLES})
    place(bloom, 2, days=1, lines=(make_line(1, "B", product_name="Set, new"),), extra={"bundles": BUNDLES})

    def told(tx):
        rows = tx.execute(sa.select(tables.skus)).all()
        terms = tx.execute(sa.select(tables.order_terms)).all()
        return sorted(map(repr, rows)), sorted(map(repr, terms))

    before = bloom.read(told)
    fill_skus = import_module("service.store.migrations.versions.0007_ledger").fill_skus
    for is_new in (True, False):
        with bloom.store.engine.begin() as connection:
            connection.execute(sa.delete(tables.skus))
            if is_new:
                connection.execute(sa.delete(tables.order_terms).where(tables.order_terms.c.kind == "part_sku"))
            fill_skus(connection)
        assert bloom.read(told) == before
    assert len(before[0]) == 3
