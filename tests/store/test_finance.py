"""Finance is put by upstream's id, says which orders it changed, and is read within a scope only."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from store.conftest import NOW, shop

from service.core.ledger.entries import Amount, Entry, Payment, Statement, Unsettled, Withdrawal
from service.core.roles import Scope
from service.store import finance, finance_reading, shops

AT = datetime(2026, 11, 20, tzinfo=UTC)
BLOOM = Scope("bloom")
SHOP = shop("bloom")


@dataclass
class Told:
    value: object
    record: dict = field(default_factory=dict)
    flags: tuple = ()


def statement(number=1, **more):
    made = Statement(f"72{number}", "GBP", AT, Decimal("15.70"), revenue=Decimal("20.00"), payment_status="PROCESSING")
    return replace(made, **more)


def line(number=1, **more):
    made = Entry(f"81{number}", "ORDER", "GBP", "721", Decimal("0.10"), order_id=f"576{number}", settled_at=AT)
    return replace(made, **{"amounts": {"fee.referral_fee_amount": Decimal("-0.30")}} | more)


def put(house, ask, *values, **more):
    return house.write(ask, SHOP, [Told(one) for one in values], **{"now": NOW} | more)


def test_what_is_put_comes_back_to_the_last_digit(bloom):
    put(bloom, finance.put_statements, statement(settlement=Decimal("123456789012.345678901200")))
    entry = line(revenue=Decimal("-0.000000000001"), quantity=2, order_created_at=AT, reserve=None)
    put(bloom, finance.put_entries, entry)
    ((shop_id, found, is_read),) = bloom.read(finance_reading.statements_of, BLOOM)
    assert (shop_id, str(found.settlement), is_read) == ("bloom-shop", "123456789012.345678901200", False)
    assert bloom.read(finance_reading.lines_of, BLOOM, "bloom-shop", ["721"]) == [entry]


def test_putting_twice_is_putting_once_and_changes_no_order(bloom):
    assert put(bloom, finance.put_entries, line(1), line(2)) == {"5761", "5762"}
    assert put(bloom, finance.put_entries, line(1), line(2)) == set()
    assert put(bloom, finance.put_entries, line(1), line(2, settlement=Decimal("0.20"))) == {"5762"}
    found = bloom.read(finance_reading.lines_of, BLOOM, "bloom-shop", ["721"])
    assert [one.settlement for one in found] == [Decimal("0.10"), Decimal("0.20")]


def test_one_page_may_name_the_same_line_twice(bloom):
    assert put(bloom, finance.put_entries, line(1), line(1, settlement=Decimal("0.20"))) == {"5761"}
    (found,) = bloom.read(finance_reading.lines_of, BLOOM, "bloom-shop", ["721"])
    assert found.settlement == Decimal("0.20")


def test_an_adjustment_is_found_by_the_order_it_names(bloom):
    put(bloom, finance.put_entries, line(1, order_id="", adjustment_order_id="5769", kind="REBATE"))
    put(bloom, finance.put_entries, line(2, order_id="", kind="GMV_PAYMENT_FOR_ADS"))
    assert list(bloom.read(finance_reading.entries_of, BLOOM, "bloom-shop", ["5769"])) == ["5769"]
    assert put(bloom, finance.put_entries, line(3, order_id="", kind="REBATE")) == set()


def test_a_new_statement_and_one_whose_amounts_changed_are_read_a_payment_s_progress_is_not(bloom):
    assert put(bloom, finance.put_statements, statement(1), statement(2, at=AT + timedelta(days=1))) == 2
    assert [one.statement.statement_id for one in bloom.read(finance.to_read, "bloom-shop", limit=9)] == ["722", "721"]
    full = statement(1, reserve=Decimal("-1.00"), payable=Decimal("14.70"))
    bloom.write(finance.finish_reading, "bloom-shop", full, begun_at=NOW, total=0, now=NOW)
    paid = statement(1, payment_status="PAID", payment_id="9", paid_at=AT)
    assert put(bloom, finance.put_statements, paid) == 0
    assert [one.statement.statement_id for one in bloom.read(finance.to_read, "bloom-shop", limit=9)] == ["722"]
    kept = bloom.read(finance_reading.statements_of, BLOOM)[0][1]
    assert (kept.payment_status, kept.reserve, kept.payable) == ("PAID", Decimal("-1.00"), Decimal("14.70"))
    assert put(bloom, finance.put_statements, replace(paid, settlement=Decimal("15.00"))) == 1
    assert len(bloom.read(finance.to_read, "bloom-shop", limit=9)) == 2


def test_reading_goes_on_where_it_stopped(bloom):
    put(bloom, finance.put_statements, statement())
    bloom.write(finance.move_reading, "bloom-shop", "721", begun_at=NOW, page_token="p/2=")
    (reading,) = bloom.read(finance.to_read, "bloom-shop", limit=9)
    assert (reading.page_token, reading.begun_at) == ("p/2=", NOW)


def test_a_line_that_the_statement_lost_goes_when_reading_is_finished(bloom):
    put(bloom, finance.put_statements, statement())
    put(bloom, finance.put_entries, line(1), line(2), line(3, statement_id="other"))
    begun = NOW + timedelta(hours=1)
    put(bloom, finance.put_entries, line(1), now=begun)
    assert bloom.read(finance.count_lines, "bloom-shop", "721", since=begun) == 1
    gone = bloom.write(finance.finish_reading, "bloom-shop", statement(), begun_at=begun, total=1, now=begun)
    assert gone == {"5762"}
    assert len(bloom.read(finance_reading.lines_of, BLOOM, "bloom-shop", ["721", "other"])) == 2
    assert bloom.read(finance.to_read, "bloom-shop", limit=9) == []


def test_parts_by_sku_are_dated_as_their_statement_replaced_together_and_no_lines(bloom):
    put(bloom, finance.put_statements, statement())
    put(bloom, finance.put_entries, line(1))
    parts = [line(number, entry_id=f"721-5761-{number}", order_id="5761", sku_id=str(number), settled_at=None)
             for number in (1, 2)]  # fmt: skip
    told = [Told(one) for one in parts]
    assert bloom.write(finance.put_sku_entries, SHOP, "5761", told, now=NOW)
    assert not bloom.write(finance.put_sku_entries, SHOP, "5761", told, now=NOW)
    assert bloom.write(finance.put_sku_entries, SHOP, "5761", told[:1], now=NOW)
    found = bloom.read(finance_reading.entries_of, BLOOM, "bloom-shop", ["5761"])["5761"]
    assert [(one.sku_id, one.settled_at) for one in found] == [("1", AT), ("", AT)]
    assert len(bloom.read(finance_reading.lines_of, BLOOM, "bloom-shop", ["721"])) == 1


def test_an_order_wanted_anew_while_it_is_read_stays_wanted(bloom):
    bloom.write(finance.want_orders, "bloom-shop", ["2", "1"], NOW)
    bloom.write(finance.want_orders, "bloom-shop", ["2"], NOW + timedelta(seconds=1))
    assert [order for order, _at in bloom.read(finance.wanted_orders, "bloom-shop", limit=9)] == ["1", "2"]
    for order_id in ("1", "2"):
        bloom.write(finance.order_done, "bloom-shop", order_id, wanted_at=NOW)
    assert [order for order, _at in bloom.read(finance.wanted_orders, "bloom-shop", limit=9)] == ["2"]


def test_an_estimate_that_a_whole_sweep_did_not_list_is_gone(bloom):
    def estimate(number, settlement="1.00"):
        return Unsettled(
            f"9{number}", "ORDER", "GBP", Decimal(settlement), order_id=f"576{number}", due_words="Delivered"
        )

    later = NOW + timedelta(hours=1)
    assert put(bloom, finance.put_unsettled, estimate(1), estimate(2), seen_at=NOW) == {"5761", "5762"}
    assert put(bloom, finance.put_unsettled, estimate(1), seen_at=later) == set()
    assert bloom.write(finance.drop_unseen, "bloom-shop", before=later) == {"5762"}
    assert bloom.read(finance_reading.unsettled_of, BLOOM, "bloom-shop", ["5761", "5762"]) == {"5761": [estimate(1)]}
    assert put(bloom, finance.put_unsettled, estimate(1, "1.01"), seen_at=later) == {"5761"}


def test_payments_and_withdrawals_are_listed_by_time(bloom):
    made = [Payment(str(n), "PAID", Amount(Decimal(n), "GBP"), created_at=AT + timedelta(days=n)) for n in (2, 1)]
    put(bloom, finance.put_payments, *made)
    put(bloom, finance.put_payments, *made)
    put(bloom, finance.put_withdrawals, Withdrawal("7", "WITHDRAW", "SUCCESS", Amount(Decimal(5), "VND"), AT))
    assert [one.payment_id for _, one in bloom.read(finance_reading.payments_of, BLOOM)] == ["1", "2"]
    since = AT + timedelta(days=2)
    assert [one.payment_id for _, one in bloom.read(finance_reading.payments_of, BLOOM, since=since)] == ["2"]
    assert [one.payment_id for _, one in bloom.read(finance_reading.payments_of, BLOOM, until=since)] == ["1"]
    assert bloom.read(finance_reading.withdrawals_of, BLOOM)[0][1].amount == Amount(Decimal(5), "VND")


def test_what_was_not_understood_is_listed_with_its_line(bloom):
    told = [Told(line(1)), Told(line(2), {"fee": "x"}, ("unknown:fee.sparkle",))]
    bloom.write(finance.put_entries, SHOP, told, now=NOW)
    assert bloom.read(finance_reading.flags_of, BLOOM) == [("bloom-shop", "721", "812", ["unknown:fee.sparkle"])]


def test_a_shop_is_due_until_its_consent_turns_out_not_to_allow_finance(bloom):
    bloom.write(finance.open_cursors, NOW)
    bloom.write(finance.open_cursors, NOW + timedelta(days=1))
    assert bloom.read(finance.due_shops, NOW - timedelta(seconds=1)) == []
    assert bloom.read(finance.due_shops, NOW) == ["bloom-shop"]
    cursor = bloom.read(finance.cursor, "bloom-shop")
    bloom.write(finance.move_cursor, replace(cursor, refused_consent_id="bloom-consent"))
    assert bloom.read(finance.due_shops, NOW) == []
    bloom.write(finance.move_cursor, replace(cursor, refused_consent_id="the one before"))
    assert bloom.read(finance.due_shops, NOW) == ["bloom-shop"]
    bloom.write(shops.disconnect_shop, "bloom-shop")
    assert bloom.read(finance.due_shops, NOW) == []


READ = {
    "statements": finance_reading.statements_of,
    "lines": lambda tx, scope: finance_reading.lines_of(tx, scope, "bloom-shop", ["721"]),
    "entries": lambda tx, scope: finance_reading.entries_of(tx, scope, "bloom-shop", ["5761"]),
    "estimates": lambda tx, scope: finance_reading.unsettled_of(tx, scope, "bloom-shop", ["5761"]),
    "payments": finance_reading.payments_of,
    "withdrawals": finance_reading.withdrawals_of,
    "flags": finance_reading.flags_of,
    "cursors": finance_reading.cursors_of,
}


@pytest.mark.parametrize("what", sorted(READ))
def test_another_account_or_another_shop_s_people_read_nothing(bloom, what):
    put(bloom, finance.put_statements, statement())
    bloom.write(finance.put_entries, SHOP, [Told(line(), {}, ("unknown:x",))], now=NOW)
    put(bloom, finance.put_unsettled, Unsettled("1", "ORDER", "GBP", None, order_id="5761"), seen_at=NOW)
    put(bloom, finance.put_payments, Payment("1", "PAID", None))
    put(bloom, finance.put_withdrawals, Withdrawal("1", "SETTLE", "SUCCESS", None))
    bloom.write(finance.open_cursors, NOW)
    assert bloom.read(READ[what], BLOOM)
    assert not bloom.read(READ[what], Scope("other"))
    assert not bloom.read(READ[what], Scope("bloom", frozenset({"another-shop"})))
    bloom.write(finance.forget_shop, "bloom-shop")
    assert not bloom.read(READ[what], BLOOM)
