"""What the finance calls ask of their caller: scope, cipher, sort field, ranges, and statements of one's own."""

import pytest
from sandbox.tiktok.finance_reading import DAY_S, Desk

STATEMENTS = "/finance/202309/statements"
UNSETTLED = "/finance/202507/orders/unsettled"
PAYMENTS = "/finance/202309/payments"
WITHDRAWALS = "/finance/202309/withdrawals"
CALLS = {
    STATEMENTS: {"sort_field": "statement_time"},
    "/finance/202501/statements/7238000000001020000/statement_transactions": {"sort_field": "order_create_time"},
    "/finance/202501/orders/576400000000000001/statement_transactions": {},
    UNSETTLED: {"sort_field": "order_create_time"},
    PAYMENTS: {"sort_field": "create_time"},
    WITHDRAWALS: {"types": "WITHDRAW"},
}


@pytest.mark.parametrize("path", sorted(CALLS))
def test_every_finance_call_needs_the_finance_scope_and_a_shop(caller, control, path):
    assert caller.refusal("GET", path, query=CALLS[path], shop_cipher=None) == (400, 106013)
    control("POST", "faults", {"missing_scopes": ["seller.finance.info"]})
    assert caller.refusal("GET", path, query=CALLS[path]) == (401, 105005)
    assert caller.call("GET", "/event/202309/webhooks").status_code == 200


@pytest.mark.parametrize("path", sorted(CALLS))
def test_finance_is_only_read_and_only_in_known_versions(caller, path):
    assert caller.refusal("POST", path, query=CALLS[path]) == (400, 36009010)
    old = path.replace("202309", "202212").replace("202501", "202212").replace("202507", "202212")
    assert caller.refusal("GET", old, query=CALLS[path]) == (400, 36009014)


WRONG = [
    (STATEMENTS, {}),
    (STATEMENTS, {"sort_field": "create_time"}),
    (STATEMENTS, {"sort_field": "statement_time", "sort_order": "UP"}),
    (STATEMENTS, {"sort_field": "statement_time", "page_size": 0}),
    (STATEMENTS, {"sort_field": "statement_time", "page_size": 101}),
    (STATEMENTS, {"sort_field": "statement_time", "statement_time_ge": "yesterday"}),
    (STATEMENTS, {"sort_field": "statement_time", "payment_status": "LOST"}),
    (STATEMENTS, {"sort_field": "statement_time", "page_token": "Zz/+bm90b25l="}),
    (UNSETTLED, {}),
    (UNSETTLED, {"sort_field": "order_create_time", "search_time_lt": "-1"}),
    (PAYMENTS, {}),
    (WITHDRAWALS, {}),
    (WITHDRAWALS, {"types": "GIFT"}),
    ("/finance/202501/statements/1/statement_transactions", {"sort_field": "order_create_time"}),
]


@pytest.mark.parametrize(("path", "query"), WRONG)
def test_wrong_parameters_are_refused(caller, path, query):
    assert caller.refusal("GET", path, query=query) == (400, 36009004)


def test_order_and_statement_of_another_shop_are_not_shown(market, control, connect):
    control("POST", "finance/adjustments", {"type": "REBATE", "amount_minor": 100})
    order = market.place_orders(1)[0]
    market.advance(DAY_S)
    (statement,) = Desk(connect()).statements()
    stranger = connect("harbour-lane")
    assert Desk(stranger).statements() == []
    lines = f"/finance/202501/statements/{statement['id']}/statement_transactions"
    assert stranger.refusal("GET", lines, query={"sort_field": "order_create_time"}) == (400, 36009004)
    own = f"/finance/202501/orders/{order.id}/statement_transactions"
    assert stranger.refusal("GET", own) == (200, 21008111)


@pytest.fixture
def week(market, control, caller):
    """Seven statements of a pound and more, one a day."""
    control("POST", "faults", {"qps": 100_000})
    for day in range(7):
        control("POST", "finance/adjustments", {"type": "REBATE", "amount_minor": 100 + day})
        market.advance(DAY_S)
    return Desk(caller)


def test_statements_come_oldest_first_or_newest_first_in_a_half_open_window(week):
    every = week.statements(page_size=3)
    times = [one["statement_time"] for one in every]
    assert [one["settlement_amount"] for one in every] == [f"1.0{day}" for day in range(7)]
    assert week.statements(page_size=2, sort_order="DESC") == every[::-1]
    window = {"statement_time_ge": times[2], "statement_time_lt": times[5]}
    assert week.statements(**window) == every[2:5]


def test_page_token_belongs_to_its_search(week):
    query = {"sort_field": "statement_time", "page_size": 2}
    page = week.caller.data("GET", STATEMENTS, query=query)
    assert set(page) == {"statements", "next_page_token"}
    changed = query | {"page_token": page["next_page_token"], "sort_order": "DESC"}
    assert week.caller.refusal("GET", STATEMENTS, query=changed) == (400, 36009004)


def test_lines_of_a_statement_are_paged_in_the_order_their_orders_were_made(market, control, caller):
    control("POST", "faults", {"qps": 100_000})
    market.place_orders(30, status="DELIVERED", kind="NORMAL")
    market.advance(20 * DAY_S)
    desk = Desk(caller)
    largest = max(desk.statements(), key=lambda one: len(desk.lines(one["id"])))
    every = desk.lines(largest["id"])
    assert len(every) > 5
    paged = desk.pages(
        desk.lines_path(largest["id"]), "transactions", sort_field="order_create_time", page_size=2, sort_order="DESC"
    )
    assert paged == every[::-1]
    assert [line["order_create_time"] for line in every] == sorted(line["order_create_time"] for line in every)


def test_estimates_are_searched_by_the_time_of_their_order(market, control, caller):
    control("POST", "faults", {"qps": 100_000})
    early = market.place_orders(3, status="AWAITING_SHIPMENT", kind="NORMAL")
    market.advance(7_200)
    market.place_orders(2, status="ON_HOLD", kind="NORMAL")
    found = Desk(caller).unsettled(search_time_lt=early[0].create_time + 1)
    assert {one["order_id"] for one in found} == {order.id for order in early if order.status != "CANCELLED"}
