"""The tie-out in the sidebar: statements against their payout, differences named, currencies apart."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from card_reading import clicks
from web.november import desk, november, statement, tie_out
from web.stated import d

from service.core.ledger.entries import Amount


@pytest.fixture
def team(begin):
    return begin("finance", "accountant", until="connected")


@pytest.fixture
def ledger(team):
    return november(team)


def test_statements_tie_to_their_payout(team, ledger):
    assert desk(team).says("Ties out, difference £0.00")
    card = tie_out(team)
    assert card.title == "Tie-out in GBP"
    assert card.says("Paid 23 Nov 2026")
    assert card.press("Show payouts").says("£40.00 paid 23 Nov 2026")
    assert card.says("Payout P1")


def test_a_difference_is_named_with_where_it_is_and_both_figures(team, ledger):
    ledger.state("S2", [ledger.line(3, statement="S2")], stated="19.90", day=22, payment_id="P2")
    ledger.pay("P2", "19.90")
    assert desk(team).says("Differs by -£0.10")
    card = tie_out(team)
    assert card.says("Statement S2: its lines do not add up to its settlement")
    assert card.says("Stated £19.90, added up £20.00")
    assert statement(team, "S2").says("It does not tie out")


def test_differences_that_cancel_are_each_told(team, ledger):
    ledger.state("S2", [ledger.line(3, statement="S2")], stated="20.10", day=22)
    ledger.state("S3", [ledger.line(6, statement="S3")], stated="19.90", day=22)
    card = tie_out(team)
    assert card.says("Differences that cancel each other")
    assert card.says("Statement S2: ")
    assert card.says("Statement S3: ")


def test_a_statement_whose_lines_are_not_all_here_is_not_tied_out(team, ledger):
    """What is here of it may well add up by chance."""
    ledger.state("S2", [ledger.line(3, statement="S2")], day=22, is_read=False, payment_id="P1")
    card = desk(team)
    assert card.says("Not complete yet")
    assert card.says("2 statements: lines of 1 are still coming")
    assert not card.says("Ties out")
    assert tie_out(team).says("Not all lines are here")
    detail = statement(team, "S2")
    assert detail.says("Not all lines are here yet")
    assert not detail.says("Settlement")
    assert tie_out(team, list="payouts").says("£40.00 paid 23 Nov 2026")


def test_a_payout_has_no_sum_while_one_of_its_statements_is_not_all_here(team, ledger):
    """The sum of the others is not what it pays."""
    ledger.state("S2", [ledger.line(3, statement="S2")], day=22, is_read=False, payment_id="P1")
    ledger.pay("P1", "60.00")
    payouts = tie_out(team, list="payouts").texts()
    assert "£60.00 paid 23 Nov 2026 · 2 statements" in payouts
    assert payouts.count("Not complete yet") == 2, "of the whole, and of this payout"


def test_a_payout_of_statements_outside_the_period_ties_with_all_of_them(team, ledger):
    ledger.state("S0", [ledger.line(6, statement="S0")], day=10, payment_id="P1")
    ledger.pay("P1", "60.00")
    asked = {"first": "2026-11-21", "last": "2026-11-21"}
    assert desk(team, **asked).says("Ties out, difference £0.00")
    assert tie_out(team, list="payouts", **asked).says("£60.00 paid 23 Nov 2026 · 2 statements")


def test_a_payout_in_another_currency_shows_amount_rate_and_day(team, ledger):
    dollars = {"before_exchange": Amount(d("40.00"), "GBP"), "exchange_rate": Decimal("1.27")}
    ledger.pay("P1", "50.80", currency="USD", **dollars)
    card = tie_out(team, list="payouts")
    assert card.says("US$50.80 paid 23 Nov 2026 at 1 GBP = 1.27 USD")
    assert card.says("Ties out, difference £0.00")


def test_what_is_not_paid_yet_is_said_and_neither_ties_nor_differs(team, ledger):
    ledger.state("S2", [ledger.line(3, statement="S2")], day=22)
    ledger.pay("P1", "40.00", status="PROCESSING")
    assert desk(team).says("2 statements; not all of it is paid out yet")
    card = tie_out(team, list="payouts")
    assert card.says("Not paid yet")
    assert card.says("On its way")


def test_a_market_without_payouts_says_so(team, ledger):
    """In South-East Asia the balance is withdrawn."""
    shop = team.shops()[0]
    with team.product.services.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE shops SET region = 'VN'"))
    assert desk(team).says("no payouts to compare with")
    assert tie_out(team).says("TikTok lists no payouts in this market")
    assert "Show payouts" not in tie_out(team).labels()
    assert statement(team, "S1").says("TikTok lists no payouts in this market.")
    assert shop.region == "GB"


def test_currencies_stand_apart(team, ledger):
    dollars = ledger.line(3, statement="S2", currency="USD", order="")
    ledger.state("S2", [dollars], day=22)
    card = desk(team)
    assert card.says("£40.00")
    assert card.says("US$20.00")
    assert not any("60.00" in text for text in card.texts())
    assert {one.parameters["currency"] for one in clicks(card.card) if one.action == "tie-out"} == {"GBP", "USD"}


def test_a_held_back_reserve_is_timing_and_no_difference(team, ledger):
    held = ledger.line(
        8, statement="S2", kind="RESERVE", settlement=d(0), revenue=None, fee_tax=None, amounts={}, reserve=d("-5.00"),
    )  # fmt: skip
    ledger.state("S2", [ledger.line(3, statement="S2"), held], day=22, payment_id="P2")
    ledger.pay("P2", "15.00")
    card = desk(team)
    assert card.says("Ties out, difference £0.00")
    assert card.says("-£5.00")
    assert card.says("£55.00")


def test_a_statement_shows_its_unexplained_lines_and_what_is_new_to_us(team, ledger):
    amounts = {"revenue.subtotal_before_discount_amount": d("24.00"), "fee.moon_fee_amount": d("-3.00")}
    odd = ledger.line(3, statement="S2", amounts=amounts)
    ledger.state("S2", [odd], day=22, flags=("unknown:fee.moon_fee_amount",))
    card = statement(team, "S2")
    assert card.says("It ties out with its lines")
    assert card.says("New to us: moon fee")
    assert card.says("Order 576400000000000003")
    assert card.says("£1.00")
    assert tie_out(team).says("Something to look at")


def test_a_statement_without_a_day_is_in_no_period_and_not_lost(team, ledger):
    ledger.state("S7", [ledger.line(3, statement="S7")], at=None)
    card = desk(team)
    assert card.says("TikTok states no day for these.")
    assert card.says("Ties out, difference £0.00")
    assert card.press("Statement S7").title == "Statement without a day"


def test_statements_are_turned_page_by_page_and_each_is_shown_once(team, ledger):
    for day in range(1, 20):
        ledger.state(f"T{day:02d}", [ledger.line(100 + day, statement=f"T{day:02d}")], day=day)
    card, seen = tie_out(team), []
    while True:
        seen += [one.parameters["statement_id"] for one in clicks(card.card) if one.action == "statement"]
        if "Show next" not in card.labels():
            break
        card.press("Show next")
    assert seen == ["S1", *(f"T{day:02d}" for day in range(19, 0, -1))]
