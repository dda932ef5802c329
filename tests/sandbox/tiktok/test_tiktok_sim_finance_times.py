"""When money shows up: estimates, settlement, the day's cut, reserves, adjustments, restarts."""

import pytest
from sandbox.tiktok.finance_reading import DAY_S, Desk, dec, fee_members, is_reserve, total_of

from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import create_market
from service.sandbox.tiktok.finance_days import close_days

PLAIN = {"is_fast": False, "gap_days": 0, "reserve_bp": 0, "adjustment": "", "deposit": "", "has_uncovered": False}


@pytest.fixture
def desk(caller, control):
    control("POST", "faults", {"qps": 100_000})
    return Desk(caller)


@pytest.fixture
def delivered(market, control):
    """An order that has just arrived and lives no further by itself."""

    def place(**traits):
        order = market.place_orders(1, status="DELIVERED", kind="NORMAL")[0]
        order.next_step = ""
        control("POST", "finance/traits", {"order_id": order.id, "traits": PLAIN | traits})
        return order

    return place


def to_midnight(market, seconds_before=0):
    """Market time stands so many seconds before the next 00:00 UTC."""
    now = market.clock.timestamp()
    market.advance(DAY_S - now % DAY_S - seconds_before)


def test_before_settlement_the_orders_own_answer_is_empty(desk, delivered):
    order = delivered()
    shown = desk.order(order.id)
    assert shown == {
        "order_id": order.id,
        "order_create_time": order.create_time,
        "currency": "GBP",
        "total_count": 0,
    }
    assert desk.statements() == []


def test_estimate_is_there_from_payment_on_and_not_before(market, desk):
    unpaid, paid = (market.place_orders(1, status=status, kind="NORMAL")[0] for status in ("UNPAID", "ON_HOLD"))
    cancelled = market.place_orders(1, status="CANCELLED")[0]
    (estimate,) = desk.unsettled()
    assert estimate["order_id"] == paid.id not in {unpaid.id, cancelled.id}
    assert (estimate["type"], estimate["status"]) == ("ORDER", "UNSETTLED")
    assert estimate["unsettled_reason"] == "WAITING_FOR_PACKAGE_DELIVERY"
    assert estimate["estimated_settlement"].startswith("Delivered + ")
    assert "order_delivery_time" not in estimate


def test_estimated_settlement_becomes_a_moment_once_delivered(market, desk, delivered):
    order = delivered()
    (estimate,) = desk.unsettled()
    assert estimate["estimated_settlement"] == str(order.delivery_time + 8 * DAY_S)
    assert estimate["order_delivery_time"] == order.delivery_time


def test_estimate_knows_the_commission_under_another_name_and_no_surprises(market, control, signed_caller):
    control("POST", "faults", {"qps": 100_000})
    shop = market.add_shop("VN")
    desk = Desk(signed_caller(market, shop))
    order = market.place_orders(1, status="DELIVERED", kind="NORMAL", shop_id=shop.id)[0]
    traits = {"affiliate_bp": 1000, "is_creator_taxed": True, "unknown": "fee", "deposit": "", "has_programme": True}
    control("POST", "finance/traits", {"order_id": order.id, "traits": PLAIN | traits})
    (estimate,) = desk.unsettled()
    fees = estimate["fee_tax_breakdown"]["fee"]
    assert "affiliate_commission_amount_before_pit" not in fees
    paid = dec(fees["affiliate_commission_before_pit_amount"])
    parts = ("affiliate_commission_amount", "pit_withheld_from_ads_commission_amount")
    assert paid == total_of(dec(fees[name]) for name in parts)
    assert "parcel_carbon_levy_amount" not in fees
    assert dec(estimate["est_fee_tax_amount"]) == total_of(fee_members(estimate).values())
    market.advance(20 * DAY_S)
    assert dec(desk.order(order.id)["settlement_amount"]) != dec(estimate["est_settlement_amount"])


def test_american_estimate_holds_sales_tax_that_is_collected_and_handed_on(market, control, signed_caller):
    control("POST", "faults", {"qps": 100_000})
    shop = market.add_shop("US")
    desk = Desk(signed_caller(market, shop))
    order = market.place_orders(1, status="DELIVERED", kind="NORMAL", shop_id=shop.id)[0]
    (estimate,) = desk.unsettled()
    taxes = estimate["fee_tax_breakdown"]["tax"]
    assert dec(taxes["sales_tax_payment_amount"]) == -dec(taxes["sales_tax_amount"]) > 0
    market.advance(20 * DAY_S)
    for line in desk.lines_of(order.id):
        assert "sales_tax_amount" not in line.get("fee_tax_breakdown", {}).get("tax", {})


def test_order_can_be_in_neither_list_for_days(market, desk, delivered):
    order = delivered(gap_days=2)
    market.advance(6 * DAY_S + 60)
    assert desk.unsettled() == []
    assert desk.order(order.id)["total_count"] == 0
    market.advance(3 * DAY_S)
    assert desk.order(order.id)["total_count"] == 1


def test_day_is_cut_at_midnight_utc_and_covers_the_day_before(market, desk, delivered):
    to_midnight(market, seconds_before=1)
    last = delivered()
    market.advance(1)
    first = delivered()
    market.advance(8 * DAY_S)
    before, after = (desk.lines_of(order.id) for order in (last, first))
    assert (len(before), len(after)) == (1, 0)
    (statement,) = desk.statements()
    assert statement["statement_time"] % DAY_S == 0
    assert last.delivery_time + 8 * DAY_S == statement["statement_time"] - 1
    market.advance(DAY_S)
    assert [one["statement_time"] - statement["statement_time"] for one in desk.statements()] == [0, DAY_S]
    assert len(desk.lines_of(first.id)) == 1


def test_open_return_holds_settlement_up_and_its_refund_is_in_the_sale(market, control, desk, delivered):
    order = delivered()
    control("POST", "steps", {"order_id": order.id, "step": "ask_return"})
    order.next_step = ""
    market.advance(15 * DAY_S)
    assert desk.order(order.id)["total_count"] == 0
    (estimate,) = [one for one in desk.unsettled() if one.get("order_id") == order.id]
    assert estimate["unsettled_reason"] == "WAITING_FOR_RETURN_OR_REFUND"
    control("POST", "steps", {"order_id": order.id, "step": "refund"})
    market.advance(DAY_S)
    (line,) = [one for one in desk.lines_of(order.id) if one["type"] == "ORDER"]
    assert line["revenue_amount"] == "0"
    assert dec(line["revenue_breakdown"]["refund_subtotal_before_discount_amount"]) < 0
    assert dec(line["settlement_amount"]) < 0


def test_reserve_is_held_released_two_weeks_later_and_never_a_cost(market, desk, delivered):
    order = delivered(reserve_bp=2000)
    market.advance(9 * DAY_S)
    sale, held = sorted(desk.lines_of(order.id), key=is_reserve)
    head = desk.head(desk.statements()[0]["id"])
    assert held["reserve_status"].upper() == "COLLECTED"
    assert "order_id" not in held
    assert dec(held["reserve_amount"]) < 0
    assert abs(dec(held["reserve_amount"]) + dec(sale["settlement_amount"]) / 5) < dec("0.01")
    assert dec(head["payable_amount"]) == dec(head["total_settlement_amount"]) + dec(held["reserve_amount"])
    release_at = int(held["estimated_release_time"])
    market.advance(15 * DAY_S)
    free = [line for line in desk.lines_of(order.id) if line.get("reserve_status") == "Released"]
    assert [dec(line["reserve_amount"]) for line in free] == [-dec(held["reserve_amount"])]
    last = desk.statements()[-1]
    assert release_at < last["statement_time"] <= release_at + DAY_S
    assert last["settlement_amount"] == "0"


def test_adjustment_without_an_order_has_no_order_and_no_time(market, control, desk):
    control("POST", "finance/adjustments", {"type": "Violation fee", "amount_minor": -1234})
    to_midnight(market)
    ((line, statement),) = desk.every_line()
    assert line["type"] == "Violation fee"
    assert (line["adjustment_amount"], line["settlement_amount"], line["order_create_time"]) == ("-12.34", "-12.34", 0)
    assert not {"order_id", "adjustment_order_id"} & set(line)
    assert line["adjustment_id"] != line["id"]
    assert (statement["settlement_amount"], statement["adjustment_amount"]) == ("-12.34", "-12.34")


def test_adjustment_of_a_settled_order_is_announced_then_settled_and_not_in_its_own_answer(market, desk, delivered):
    order = delivered(adjustment="CHARGE_BACK", adjustment_bp=-10_000, adjustment_after_days=3)
    market.advance(9 * DAY_S)
    coming = [one for one in desk.unsettled() if one["type"] == "CHARGE_BACK"]
    assert [one["adjustment_order_id"] for one in coming] == [order.id]
    assert coming[0]["est_settlement_amount"] == coming[0]["est_adjustment_amount"]
    before = desk.order(order.id)
    market.advance(4 * DAY_S)
    sale, back = desk.lines_of(order.id)
    assert dec(back["adjustment_amount"]) == -dec(sale["revenue_amount"]) == dec(coming[0]["est_adjustment_amount"])
    assert desk.order(order.id) == before


@pytest.mark.parametrize(
    ("step", "kind", "sign"),
    [("shipping_overdue", "PLATFORM_PENALTY", -1), ("lose", "LOGISTICS_REIMBURSEMENT", 1)],
)
def test_late_seller_pays_a_penalty_and_a_lost_parcel_is_made_good(market, control, desk, step, kind, sign):
    status = "AWAITING_SHIPMENT" if step == "shipping_overdue" else "IN_TRANSIT"
    order = market.place_orders(1, status=status, kind="NORMAL")[0]
    control("POST", "steps", {"order_id": order.id, "step": step})
    market.advance(4 * DAY_S)
    (line,) = desk.lines_of(order.id)
    assert (line["type"], line["adjustment_order_id"]) == (kind, order.id)
    assert dec(line["adjustment_amount"]) * sign > 0
    assert desk.order(order.id)["total_count"] == 0


def test_late_statement_is_dated_before_it_can_be_seen(market, control, desk, delivered):
    control("POST", "faults", {"statement_late_s": 7_200})
    order = delivered()
    to_midnight(market)
    market.advance(8 * DAY_S)
    assert desk.statements() == []
    assert desk.order(order.id)["total_count"] == 0
    market.advance(7_200)
    (statement,) = desk.statements()
    assert market.clock.timestamp() - statement["statement_time"] == 7_200
    assert desk.order(order.id)["total_count"] == 1


def test_statement_never_changes_once_it_is_cut(market, control, desk, delivered):
    order = delivered()
    market.advance(9 * DAY_S)
    before = desk.every_line()
    control("POST", "finance/refunds", {"order_id": order.id})
    control("POST", "finance/adjustments", {"type": "REBATE", "amount_minor": 5, "order_id": order.id})
    control("POST", "edit", {"order_id": order.id, "changes": {"shipping_type": "TIKTOK", "status": "CANCELLED"}})
    market.advance(2 * DAY_S)
    after = desk.every_line()
    assert len(before) < len(after)
    assert [line for line, _ in after][: len(before)] == [line for line, _ in before]


def test_cash_on_delivery_is_estimated_when_it_is_paid_and_not_before(market, control, signed_caller):
    control("POST", "faults", {"qps": 100_000})
    shop = market.add_shop("VN")
    desk = Desk(signed_caller(market, shop))
    market.place_orders(1, status="IN_TRANSIT", kind="COD", shop_id=shop.id)
    paid = market.place_orders(1, status="DELIVERED", kind="COD", shop_id=shop.id)[0]
    assert [one["order_id"] for one in desk.unsettled()] == [paid.id]


def test_orders_of_the_past_never_make_a_statement_for_a_day_that_was_closed(market, control, desk, delivered):
    delivered()
    market.advance(9 * DAY_S)
    days = [one["statement_time"] for one in desk.statements()]
    closed = market.clock.timestamp() // DAY_S * DAY_S
    market.seed_history(40, days=40)
    market.advance(DAY_S)
    new = [one["statement_time"] for one in desk.statements() if one["statement_time"] not in days]
    assert new
    assert min(new) > closed


def test_history_of_a_new_shop_is_settled_day_by_day(market, desk):
    market.seed_history(120, days=40)
    times = [one["statement_time"] for one in desk.statements()]
    assert len(times) > 10
    assert max(times) <= market.clock.timestamp()


def test_one_long_advance_settles_as_many_short_ones(wall):
    def live(steps):
        market = create_market(data_dir=None, clock=MarketClock(None, wall=wall), webhook_url=None, wall=wall)
        market.place_orders(150, status="DELIVERED")
        for step in steps:
            market.advance(step)
        state = market.world.state.finance
        return state.statements, state.postings, state.payments, state.balances

    hours = 3_600
    assert live([40 * DAY_S]) == live([7 * hours] * 137 + [hours])


def test_restart_keeps_every_statement_and_what_is_still_to_come(tmp_path, wall):
    def open_market():
        return create_market(data_dir=tmp_path, clock=MarketClock(tmp_path, wall=wall), webhook_url=None, wall=wall)

    first = open_market()
    first.place_orders(80, status="DELIVERED")
    first.advance(12 * DAY_S)
    kept = first.world.state.finance
    assert kept.pending
    assert kept.statements
    first.close()
    second = open_market()
    assert second.world.state.finance == kept
    assert close_days(second.world) == 0
    ledger = second.world.ledger
    assert ledger.sold == first.world.ledger.sold
    assert ledger.refunded == first.world.ledger.refunded
    second.advance(40 * DAY_S)
    first.advance(0)
    assert second.world.state.finance == first.world.state.finance
