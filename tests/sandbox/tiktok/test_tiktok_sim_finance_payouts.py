"""How settlements become money: merged payments, failed ones, exchange, and the balance of South-East Asia."""

import pytest
from sandbox.tiktok.finance_reading import DAY_S, Desk, dec, total_of


@pytest.fixture
def desk(caller, control):
    control("POST", "faults", {"qps": 100_000})
    return Desk(caller)


@pytest.fixture
def adjust(market, control):
    """Statements of known amounts, one for each UTC day."""

    def post(*amounts_minor, shop_id=None):
        for amount in amounts_minor:
            body = {"type": "REBATE", "amount_minor": amount} | ({"shop_id": shop_id} if shop_id else {})
            control("POST", "finance/adjustments", body)
            market.advance(DAY_S)

    return post


def test_small_statements_wait_and_are_paid_together(market, desk, adjust):
    adjust(6_000, 5_000)
    assert desk.payments() == []
    assert {one["payment_status"] for one in desk.statements()} == {"PROCESSING"}
    assert not any("payment_id" in one for one in desk.statements())
    adjust(4_000)
    (payment,) = desk.payments()
    assert {one["payment_id"] for one in desk.statements()} == {payment["id"]}
    assert payment["settlement_amount"] == {"value": "150.00", "currency": "GBP"}
    assert payment["reserve_amount"] == {"value": "0", "currency": "GBP"}
    assert payment["bank_account"].startswith("*")


def test_negative_day_is_taken_from_the_next_payment(desk, adjust):
    adjust(-7_000, 20_000)
    assert desk.payments() == []
    adjust(3_000)
    (payment,) = desk.payments()
    assert payment["amount"]["value"] == "160.00"
    assert len([one for one in desk.statements() if one["payment_id"] == payment["id"]]) == 3


def test_payment_is_under_way_for_two_days_and_its_time_is_zero_until_then(market, desk, adjust):
    adjust(20_000, 30_000)
    market.advance(3_600 * 4)
    one, two = desk.payments()
    assert [payment["status"] for payment in (one, two)] == ["PROCESSING", "PROCESSING"]
    assert [payment["paid_time"] for payment in (one, two)] == [0, 0]
    times = [statement.get("payment_time", "absent") for statement in desk.statements()]
    assert sorted(map(str, times)) == ["0", "absent"]
    market.advance(3 * DAY_S)
    assert {(payment["status"], payment["paid_time"] - payment["create_time"]) for payment in desk.payments()} == {
        ("PAID", 2 * DAY_S)
    }
    assert all(statement["payment_time"] > statement["statement_time"] for statement in desk.statements())


def test_payment_can_fail_and_the_next_one_carries_the_same_statements(market, control, desk, adjust):
    control("POST", "faults", {"payout_failed": 1})
    adjust(20_000)
    (first,) = desk.payments()
    market.advance(2 * DAY_S)
    assert [one["status"] for one in desk.payments()] == ["FAILED"]
    assert "paid_time" not in desk.payments()[0]
    assert (desk.statements()[0]["payment_status"], desk.statements()[0]["payment_id"]) == ("FAILED", first["id"])
    market.advance(4 * DAY_S)
    second = desk.payments()[1]
    assert (second["status"], second["amount"]) == ("PAID", first["amount"])
    assert (desk.statements()[0]["payment_status"], desk.statements()[0]["payment_id"]) == ("PAID", second["id"])


def test_payment_in_another_currency_shows_both_and_its_rate(control, desk, adjust):
    control("POST", "finance/payout", {"currency": "USD", "rate_millionths": 1_273_450})
    adjust(20_001)
    (payment,) = desk.payments()
    assert payment["payment_amount_before_exchange"] == {"value": "200.01", "currency": "GBP"}
    assert payment["exchange_rate"] == "1.273450"
    assert payment["amount"] == {"value": "254.70", "currency": "USD"}
    assert abs(dec("200.01") * dec("1.273450") - dec("254.70")) < dec("0.01")


def test_payment_in_dong_has_no_decimals(control, desk, adjust):
    control("POST", "finance/payout", {"currency": "VND", "rate_millionths": 33_120_000_000})
    adjust(20_000)
    assert desk.payments()[0]["amount"] == {"value": "6624000", "currency": "VND"}


def test_statements_are_filtered_by_what_became_of_their_money(market, desk, adjust):
    adjust(20_000)
    market.advance(5 * DAY_S)
    adjust(1_000)
    paid, waiting = (desk.statements(payment_status=state) for state in ("PAID", "PROCESSING"))
    assert [one["settlement_amount"] for one in paid + waiting] == ["200.00", "10.00"]


@pytest.fixture
def vietnamese(market, control, signed_caller):
    control("POST", "faults", {"qps": 100_000})
    shop = market.add_shop("VN")
    return shop, Desk(signed_caller(market, shop))


def test_each_market_has_payments_or_withdrawals_and_not_both(desk, vietnamese):
    sort, types = {"sort_field": "create_time"}, {"types": "WITHDRAW"}
    assert desk.caller.refusal("GET", "/finance/202309/withdrawals", query=types) == (200, 22005007)
    assert vietnamese[1].caller.refusal("GET", "/finance/202309/payments", query=sort) == (200, 22005007)
    assert (desk.payments(), vietnamese[1].withdrawals()) == ([], [])


def test_balance_is_settled_daily_and_withdrawn_on_mondays(market, adjust, vietnamese):
    shop, desk = vietnamese
    adjust(*[900_000] * 8, shop_id=shop.id)
    market.advance(DAY_S)
    moves = {kind: desk.withdrawals(types=kind) for kind in ("SETTLE", "WITHDRAW")}
    assert [move["amount"] for move in moves["SETTLE"]] == ["900000"] * 8
    (taken,) = moves["WITHDRAW"]
    assert (taken["status"], taken["currency"]) == ("SUCCESS", "VND")
    assert taken["create_time"] // DAY_S % 7 == 4  # days since a Thursday
    earlier = [move for move in moves["SETTLE"] if move["create_time"] < taken["create_time"]]
    assert dec(taken["amount"]) == total_of(dec(move["amount"]) for move in earlier)


def test_failed_withdrawal_is_reversed_and_the_money_is_withdrawn_later(market, control, adjust, vietnamese):
    shop, desk = vietnamese
    control("POST", "faults", {"payout_failed": 1})
    adjust(*[3_000_000] * 16, shop_id=shop.id)
    market.advance(2 * DAY_S)
    failed, done = desk.withdrawals(types="WITHDRAW")
    (reversed_one,) = desk.withdrawals(types="REVERSE")
    assert (failed["status"], done["status"]) == ("FAILED", "SUCCESS")
    assert reversed_one["amount"] == failed["amount"]
    assert dec(done["amount"]) > dec(failed["amount"])
    settled = [move for move in desk.withdrawals(types="SETTLE") if move["create_time"] < done["create_time"]]
    assert dec(done["amount"]) == total_of(dec(move["amount"]) for move in settled)
