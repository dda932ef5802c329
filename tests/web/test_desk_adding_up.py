"""Adding up for the desk: as far as time allows and on from there, once for as long as nothing changes, never of lines
that are being read anew.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from msgspec import structs
from web.stated import NOON, Ledger, d, sale

from service.core.ledger.periods import Period
from service.core.roles import Scope
from service.core.zones import zone
from service.flows import desk_orders, desk_statements, manage, sources
from service.flows.desk import look_at_statement
from service.flows.desk_statements import LINES_AT_ONCE, MOST_LINES, Verdict, added_up
from service.flows.stretch import Stretch
from service.store import desk, finance, orders
from service.store.tables import entries
from service.tiktok.finance import Found

NO_TIME, ALL_TIME = 0.0, float("inf")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 23))
LONDON = zone("Europe/London")


@pytest.fixture
def ledger(begin):
    return Ledger(begin(until="connected"))


def scope(ledger):
    return Scope(ledger.team.account_id)


def tied(ledger, for_s=ALL_TIME):
    found = desk_statements.tied(ledger.services, scope(ledger), ledger.shop, period=NOVEMBER, stretch=Stretch(for_s))
    return found["GBP"]


def summed(ledger, for_s=ALL_TIME):
    return desk_orders.summed(
        ledger.services, scope(ledger), ledger.shop, period=NOVEMBER, where=LONDON, stretch=Stretch(for_s)
    )


def test_statements_are_added_up_a_portion_a_look_newest_first_until_all_are(ledger):
    for number in (1, 2, 3):
        name = f"S{number}"
        ledger.state(name, [ledger.line(number, statement=name)], day=10 + number, total=LINES_AT_ONCE)
    for waiting in (["S2", "S1"], ["S1"], []):
        found = tied(ledger, NO_TIME)
        assert [one.statement_id for one in found.waiting] == list(reversed(waiting))
        assert found.verdict is (Verdict.INCOMPLETE if waiting else Verdict.UNPAID)
    assert found.out.pools.settlement == 60


def test_the_statement_that_is_looked_at_is_added_up_before_those_it_is_paid_with(ledger):
    """Else it would be told that it is too long, or not all here."""
    for number in (1, 2):
        name = f"S{number}"
        lines = [ledger.line(number, statement=name)]
        ledger.state(name, lines, day=10 + number, total=LINES_AT_ONCE, payment_id="P1")
    team = ledger.team
    owner = manage.actor_of(ledger.services, team.people["owner"].sub, team.account_id)
    found = look_at_statement(ledger.services, owner, ledger.shop.id, "S1", for_s=NO_TIME)
    assert found.tie.pools.settlement == 20
    assert not found.payout.is_whole


def test_a_statement_of_very_many_lines_keeps_nobody_waiting(ledger):
    ledger.state("S1", [ledger.line(1)]).state("S2", [ledger.line(2, statement="S2")], day=20, total=MOST_LINES + 1)
    found = tied(ledger)
    assert [one.statement_id for one in found.large] == ["S2"]
    assert (found.verdict, found.waiting) == (Verdict.INCOMPLETE, ())


def test_what_was_added_up_is_not_read_again_until_it_changes(ledger):
    ledger.state("S1", [ledger.line(1)], payment_id="P1").pay("P1", "20.00")
    assert tied(ledger).verdict is Verdict.TIES
    with ledger.services.store.engine.begin() as connection:
        connection.execute(sa.delete(entries))
    assert tied(ledger).verdict is Verdict.TIES, "remembered"
    ledger.team.product.clock.advance(60)
    ledger.state("S1", [ledger.line(1, settlement=d("21.00"))], payment_id="P1")
    assert tied(ledger).verdict is Verdict.DIFFERS, "the payout is of what it was"


def test_that_a_statement_was_paid_shows_though_its_lines_are_remembered(ledger):
    ledger.state("S1", [ledger.line(1)])
    assert tied(ledger).verdict is Verdict.UNPAID
    ledger.pay("P1", "20.00")
    (kept,) = everything(ledger)
    paid = replace(kept.statement, payment_id="P1", payment_status="PAID")
    with ledger.services.store.write() as tx:
        finance.put_statements(tx, ledger.shop, [Found(paid, {})], ledger.services.clock.now())
    assert tied(ledger).verdict is Verdict.TIES


def everything(ledger):
    since, until = NOVEMBER.of_statements()
    with ledger.services.store.read() as tx:
        return desk.statements_between(tx, scope(ledger), since, until)


def test_lines_that_are_being_read_anew_are_not_added_up(ledger):
    """Between the look at the statement and the look at its lines a reader may have begun anew."""
    ledger.state("S1", [ledger.line(1)])
    before = everything(ledger)
    changed = replace(before[0].statement, settlement=d("25.00"))
    with ledger.services.store.write() as tx:
        finance.put_statements(tx, ledger.shop, [Found(changed, {})], ledger.services.clock.now())
    only = scope(ledger)
    assert added_up(ledger.services, only, ledger.shop.id, before, stretch=Stretch(ALL_TIME)) == {}
    assert tied(ledger).verdict is Verdict.INCOMPLETE
    ledger.team.product.clock.advance(60)
    ledger.state("S1", [ledger.line(1), ledger.line(2, settlement=d("5.00"))])
    assert tied(ledger).verdict is Verdict.UNPAID


def put_orders(ledger, count, *, day):
    """So many sales of one day."""
    services = ledger.services
    made = [
        structs.replace(sale(number, day=day), shop_id=ledger.shop.id, order_id=f"5765{day:02d}{number:08d}")
        for number in range(count)
    ]
    with services.store.write() as tx:
        rows = [(order, sources.marks(services, order)) for order in made]
        now = services.clock.now()
        orders.save_many(tx, services.store.sealer, rows, account_id=ledger.team.account_id, now=now)


def test_days_are_added_up_a_portion_a_look_newest_first_until_all_are(ledger):
    put_orders(ledger, desk_orders.ORDERS_AT_ONCE - 100, day=20)
    put_orders(ledger, 150, day=19)
    put_orders(ledger, 1, day=18)
    counted = []
    for left in (2, 0):
        found = summed(ledger, NO_TIME)
        assert found.days_left == left
        counted.append(found.sums["GBP"].sales)
    assert counted == [desk_orders.ORDERS_AT_ONCE - 100, desk_orders.ORDERS_AT_ONCE + 51]


def test_many_shops_share_the_time_of_one_press(ledger):
    """The first portion of all is done whatever the time, and no other."""
    put_orders(ledger, 3, day=20)
    ledger.state("S1", [ledger.line(1)])
    stretch = Stretch(NO_TIME)
    found = desk_orders.summed(
        ledger.services, scope(ledger), ledger.shop, period=NOVEMBER, where=LONDON, stretch=stretch
    )
    later = desk_statements.tied(ledger.services, scope(ledger), ledger.shop, period=NOVEMBER, stretch=stretch)
    assert (found.days_left, len(later["GBP"].waiting)) == (0, 1)


def test_a_day_is_added_up_again_when_one_of_its_orders_changes(ledger):
    ledger.orders(sale(1), sale(2))
    assert summed(ledger).sums["GBP"].sales == 2
    ledger.team.product.clock.advance(60)
    ledger.orders(sale(1, status="CANCELLED", updated_at=NOON + timedelta(hours=5)))
    found = summed(ledger).sums["GBP"]
    assert (found.sales, found.idle) == (1, 1)
