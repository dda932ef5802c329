"""What the finance desk reads: within a scope, only what a period holds, and marked so that every change shows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from core.made_orders import CREATED, make_order
from store.conftest import NOW, shop
from store.test_finance import AT, Told, line, statement

from service.core.ledger.costs import Cost
from service.core.ledger.entries import Payment, Unsettled
from service.core.ledger.shop_terms import ShopTerms
from service.core.roles import Scope
from service.errors import NotFound
from service.store import costs, desk, finance, shop_terms
from service.store.costs import Editor

BLOOM, NARROW, OTHER = Scope("bloom"), Scope("bloom", frozenset({"another"})), Scope("other")
SHOP = shop("bloom")
DAY = {"since": CREATED, "until": CREATED + timedelta(days=1)}
LATER = NOW + timedelta(seconds=1)


def put(house, ask, *values, now=NOW, **more):
    return house.write(ask, SHOP, [Told(one) for one in values], now=now, **more)


def place(house, number, *, minutes=0, **more):
    at = CREATED + timedelta(minutes=minutes)
    order = make_order(shop_id="bloom-shop", order_id=f"576{number}", created_at=at, **more)
    house.save_order(order, account_id="bloom")
    return order


def finish(house, one, *, now=NOW):
    house.write(finance.finish_reading, "bloom-shop", one, begun_at=NOW, total=1, now=now)


def test_a_period_holds_its_first_instant_and_not_its_last(bloom):
    for number, minutes in ((1, 0), (2, 5), (3, 24 * 60)):
        put(bloom, finance.put_statements, statement(number, at=AT + timedelta(minutes=minutes)))
        place(bloom, number, minutes=minutes)
    found = bloom.read(desk.statements_between, BLOOM, AT, AT + timedelta(days=1))
    assert [one.statement.statement_id for one in found] == ["721", "722"]
    marks = bloom.read(desk.order_marks, BLOOM, "bloom-shop", **DAY)
    assert [one.order_id for one in marks if len(one.order_id) == 4] == ["5762", "5761"]
    assert bloom.read(desk.count_orders, BLOOM, "bloom-shop", **DAY, most=9) == len(marks)
    assert bloom.read(desk.count_orders, BLOOM, "bloom-shop", **DAY, most=1) == 2


def test_a_statement_without_a_time_is_found_apart(bloom):
    put(bloom, finance.put_statements, statement(1), statement(2, at=None))
    (found,) = bloom.read(desk.undated, BLOOM, limit=9)
    assert found.statement.statement_id == "722"
    assert len(bloom.read(desk.statements_between, BLOOM, AT, AT + timedelta(days=1))) == 1


def test_a_statement_is_whole_only_when_its_last_line_is_here(bloom):
    put(bloom, finance.put_statements, statement())
    assert bloom.read(desk.statement, BLOOM, "bloom-shop", "721").read_at is None
    put(bloom, finance.put_entries, line(1), line(2), line(3, sku_id="A"))
    finish(bloom, statement())
    found = bloom.read(desk.statement, BLOOM, "bloom-shop", "721")
    assert (found.read_at, found.total) == (NOW, 1)
    assert bloom.read(desk.read_times, BLOOM, "bloom-shop", {"721", "799"}) == {"721": NOW}
    assert bloom.read(desk.count_lines, BLOOM, "bloom-shop", "721") == 2
    assert {one.entry_id for one in bloom.read(desk.lines_in, BLOOM, "bloom-shop", {"721"})} == {"811", "812"}


def test_payments_and_their_statements_are_found_by_each_other(bloom):
    put(
        bloom, finance.put_statements, statement(1, payment_id="P"), statement(2, payment_id="P", at=None), statement(3)
    )
    put(bloom, finance.put_payments, Payment("P", "PAID", None))
    found = bloom.read(desk.statements_paid_by, BLOOM, "bloom-shop", {"P"})
    assert {one.statement.statement_id for one in found} == {"721", "722"}
    assert set(bloom.read(desk.payments_named, BLOOM, "bloom-shop", {"P", "Q"})) == {"P"}


def test_what_was_not_understood_is_told_once(bloom):
    told = [Told(line(1), flags=("unknown:a", "unknown:b")), Told(line(2), flags=("unknown:a",)), Told(line(3))]
    bloom.write(finance.put_entries, SHOP, told, NOW)
    assert bloom.read(desk.flags_in, BLOOM, "bloom-shop", "721") == ["unknown:a", "unknown:b"]


@pytest.mark.parametrize("scope", [NARROW, OTHER], ids=["narrow", "foreign"])
def test_nothing_is_read_out_of_scope(bloom, scope):
    put(bloom, finance.put_statements, statement(1, payment_id="P"), statement(2, at=None))
    put(bloom, finance.put_entries, line())
    put(bloom, finance.put_payments, Payment("P", "PAID", None))
    bloom.write(finance.open_cursors, NOW - timedelta(hours=1))
    place(bloom, 1)
    assert bloom.read(desk.statements_between, scope, AT, AT + timedelta(days=1)) == []
    assert bloom.read(desk.statements_paid_by, scope, "bloom-shop", {"P"}) == []
    assert bloom.read(desk.undated, scope, limit=9) == []
    assert bloom.read(desk.read_times, scope, "bloom-shop", {"721"}) == {}
    assert bloom.read(desk.lines_in, scope, "bloom-shop", {"721"}) == []
    assert bloom.read(desk.count_lines, scope, "bloom-shop", "721") == 0
    assert bloom.read(desk.flags_in, scope, "bloom-shop", "721") == []
    assert bloom.read(desk.payments_named, scope, "bloom-shop", {"P"}) == {}
    assert bloom.read(desk.order_marks, scope, "bloom-shop", **DAY) == []
    assert bloom.read(desk.count_orders, scope, "bloom-shop", **DAY, most=9) == 0
    assert not bloom.write(desk.want_soon, scope, "bloom-shop", NOW - timedelta(hours=2))
    with pytest.raises(NotFound):
        bloom.read(desk.statement, scope, "bloom-shop", "721")


def versions(house):
    marks = house.read(desk.order_marks, BLOOM, "bloom-shop", **DAY)
    return {one.order_id: one.version for one in marks if one.order_id == "5761"}


def test_every_change_of_what_is_known_of_an_order_shows_in_its_mark(bloom):
    place(bloom, 1)
    expected = Unsettled("U1", "ORDER", "GBP", Decimal("1.00"), order_id="5761")
    seen = [versions(bloom)]
    for change in (
        lambda: put(bloom, finance.put_unsettled, expected, seen_at=NOW),
        lambda: put(
            bloom, finance.put_unsettled, replace(expected, settlement=Decimal("2.00")), now=LATER, seen_at=NOW
        ),
        lambda: put(bloom, finance.put_entries, line(1)),
        lambda: put(bloom, finance.put_entries, line(9, order_id="5761")),
        lambda: bloom.write(finance.drop_unseen, "bloom-shop", before=LATER),
    ):
        change()
        assert versions(bloom) not in seen
        seen.append(versions(bloom))
    assert versions(bloom) == seen[-1]


def test_every_change_of_what_holds_for_many_orders_shows(bloom):
    def mark():
        return bloom.read(desk.terms_mark, BLOOM, "bloom-shop")

    put(bloom, finance.put_statements, statement())
    seen = [mark()]
    for change in (
        lambda: finish(bloom, statement()),
        lambda: finish(bloom, statement(), now=LATER),
        lambda: bloom.write(costs.put, SHOP, {"A": [Cost("A", "GBP", Decimal(1))]}, by=Editor("bloom-sub", NOW)),
        lambda: bloom.write(costs.put, SHOP, {"A": [Cost("A", "GBP", Decimal(2))]}, by=Editor("bloom-sub", NOW)),
        lambda: bloom.write(costs.put, SHOP, {"A": []}, by=Editor("bloom-sub", NOW)),
        lambda: bloom.write(shop_terms.put, SHOP, ShopTerms(None), now=NOW),
    ):
        change()
        assert mark() not in seen
        seen.append(mark())
    assert mark() == seen[-1]
    assert bloom.read(desk.terms_mark, OTHER, "bloom-shop") == (*seen[0][:1], 0, None, 0, None)


def test_finance_is_wanted_soon_once(bloom):
    bloom.write(finance.open_cursors, NOW)
    row = bloom.read(finance.cursor, "bloom-shop")
    bloom.write(finance.move_cursor, replace(row, next_at=NOW + timedelta(hours=1), tries=2))
    assert bloom.write(desk.want_soon, BLOOM, "bloom-shop", NOW)
    assert not bloom.write(desk.want_soon, BLOOM, "bloom-shop", NOW)
    assert bloom.read(finance.cursor, "bloom-shop") == replace(row, next_at=NOW, tries=2)
