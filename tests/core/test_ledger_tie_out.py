"""From entries to the statement to the payout: what ties, what is open, and every difference by name."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from core.made_entries import d, entries, make_entry
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.entries import Amount, Payment, Statement
from service.core.ledger.exchange import rate_of_payment
from service.core.ledger.pools import pools_of
from service.core.ledger.tie_out import Standing, Step, day_covered, tie_out, tie_statement

CUT = datetime(2026, 11, 20, tzinfo=UTC)


def statement(number: int = 1, **changes) -> Statement:
    known = {"currency": "GBP", "at": CUT, "settlement": d("15.70"), "payment_status": "PAID", "payment_id": "P1"}
    return Statement(statement_id=f"S{number}", **(known | changes))


def payment(pounds: str, **changes) -> Payment:
    known = {"payment_id": "P1", "status": "PAID", "amount": Amount(d(pounds), "GBP"), "paid_at": CUT}
    return Payment(**(known | changes))


SALE = make_entry(1, settlement="20.00", revenue="20.00", amounts={"revenue.subtotal_before_discount_amount": "20"})
FINE = make_entry(2, kind="PLATFORM_PENALTY", order_id="", adjustment_id="A", settlement="-4.30", adjustment="-4.30")
HELD = make_entry(3, kind="RESERVE", order_id="O1", reserve_id="R", reserve="-5.00")
FREED = make_entry(4, kind="RESERVE", order_id="O1", reserve_id="R", reserve="5.00", statement_id="S2")


def test_a_statement_with_a_reserve_ties_to_its_payout():
    """The reserve is missing from the bank, and no cost."""
    found = tie_out([statement(reserve=d(-5), payable=d("10.70"))], [SALE, FINE, HELD], [payment("10.70")])["GBP"]
    assert (found.standing, found.residuals, found.residual) == (Standing.TIES, (), 0)
    assert (found.pools.settlement, found.pools.reserve, found.pools.platform.total) == (d("15.70"), -5, d("4.30"))
    assert found.payouts[0].payable == Amount(d("10.70"), "GBP")


def test_one_payout_pays_several_statements():
    two = [statement(), statement(2, settlement=d(0))]
    found = tie_out(two, [SALE, FINE, HELD, FREED], [payment("15.70")])["GBP"]
    assert found.standing is Standing.TIES
    assert found.payouts[0].statements == ("S1", "S2")


@pytest.mark.parametrize(
    ("changes", "paid", "step", "amount"),
    [
        ({"settlement": d("15.60")}, "15.60", Step.ENTRIES, d("-0.10")),
        ({"reserve": d("-1")}, "14.70", Step.RESERVE, -1),
        ({"reserve": d("-5"), "payable": d("10.70")}, "10.70", Step.RESERVE, -5),
        ({"payable": d("15.00")}, "15.00", Step.PAYABLE, d("-0.70")),
        ({}, "15.69", Step.PAYOUT, d("-0.01")),
    ],
    ids=["entries", "reserve", "reserve-in-payable", "payable", "payout"],
)
def test_a_difference_is_named_where_it_is(changes, paid, step, amount):
    found = tie_out([statement(**changes)], [SALE, FINE], [payment(paid)])["GBP"]
    assert [(one.step, one.amount) for one in found.residuals] == [(step, amount)]
    assert (found.standing, found.residual) == (Standing.DIFFERS, amount)


def test_differences_that_cancel_are_not_hidden():
    two = [statement(settlement=d("15.80")), statement(2, settlement=d("-0.10"))]
    found = tie_out(two, [SALE, FINE], [payment("15.70")])["GBP"]
    assert (found.residual, found.standing, len(found.residuals)) == (0, Standing.DIFFERS, 2)


@pytest.mark.parametrize(
    "payments",
    [[], [payment("1", status="PROCESSING")], [payment("1", status="FAILED")], [payment("1", amount=None)]],
    ids=["none-here", "processing", "failed", "no-amount"],
)
def test_what_is_not_paid_is_open_and_neither_ties_nor_differs(payments):
    found = tie_out([statement()], [SALE, FINE], payments)["GBP"]
    assert (found.standing, found.residuals) == (Standing.OPEN, ())


def test_a_payout_in_another_currency_is_compared_before_the_exchange():
    exchanged = payment(
        "19.90",
        amount=Amount(d("19.90"), "USD"),
        before_exchange=Amount(d("15.70"), "GBP"),
        exchange_rate=d("1.267516"),
    )
    found = tie_out([statement()], [SALE, FINE], [exchanged])["GBP"]
    assert found.standing is Standing.TIES
    assert (found.payouts[0].amount, found.payouts[0].exchange_rate) == (Amount(d("19.90"), "USD"), d("1.267516"))


def test_currencies_are_tied_apart():
    peso = statement(2, currency="MXN", settlement=d(9), payment_id="P2")
    entry = make_entry(9, currency="MXN", statement_id="S2", settlement="9", revenue="9")
    found = tie_out([statement(), peso], [SALE, FINE, entry], [payment("15.70")])
    assert {currency: one.standing for currency, one in found.items()} == {"GBP": Standing.TIES, "MXN": Standing.OPEN}


def test_a_statement_without_a_time_stands_last_and_ties_all_the_same():
    """Upstream's 0 is no year 1970: the time is unknown, the money is not."""
    timeless = statement(2, at=None, settlement=d(5))
    entry = make_entry(5, statement_id="S2", settlement="5", revenue="5")
    found = tie_out([timeless, statement()], [SALE, FINE, entry], [payment("20.70")])["GBP"]
    assert [tie.statement.statement_id for tie in found.statements] == ["S1", "S2"]
    assert found.standing is Standing.TIES


def test_an_unexplained_fee_does_not_break_the_tie_and_is_told():
    odd = make_entry(1, settlement="15.70", revenue="20", fee_tax="-4.30", amounts={"fee.referral_fee_amount": "-4"})
    tie = tie_statement(statement(), [odd])
    assert (tie.standing, tie.unexplained) == (Standing.TIES, d("0.30"))


def test_a_statement_holds_the_utc_day_before_its_cut():
    assert day_covered(statement()) == date(2026, 11, 19)
    assert day_covered(statement(at=None)) is None


@given(st.lists(entries(), max_size=6), st.randoms(use_true_random=False))
def test_any_statement_ties_to_its_own_entries_in_any_order(found, mixer):
    mine = [replace(one, statement_id="S1", entry_id=f"E{at}") for at, one in enumerate(found)]
    total = pools_of(mine, "GBP")
    stated = statement(settlement=total.settlement, reserve=total.reserve, payable=total.settlement + total.reserve)
    paid = payment(str(total.settlement + total.reserve))
    mixer.shuffle(mine)
    assert tie_out([stated], mine, [paid])["GBP"].standing is Standing.TIES


def test_the_rate_of_a_payout_is_its_own():
    exchanged = payment("2", amount=Amount(d(2), "USD"), before_exchange=Amount(d(1), "GBP"), exchange_rate=d("2"))
    rate = rate_of_payment(exchanged)
    assert (rate.base, rate.quote, rate.rate) == ("GBP", "USD", 2)
    assert rate_of_payment(payment("2")) is None
