"""The finance calls: statements, their transactions, an order's, unsettled estimates, payments, withdrawals.

All are GET and of one shop. What a shop's market does not have is refused with 22005007; the vendor documents that code
for withdrawals, for payments it is the simulator's choice.
"""

from typing import Any

from service.sandbox.tiktok.finance_amounts import merge
from service.sandbox.tiktok.finance_payouts import is_current, payment_state
from service.sandbox.tiktok.finance_pricing import (
    CLOSED,
    count_units,
    estimate_totals,
    facts_of,
    price,
    returns_by_order,
    settles_at,
)
from service.sandbox.tiktok.finance_rates import RATES
from service.sandbox.tiktok.finance_records import DAY_S, Posting, Statement
from service.sandbox.tiktok.finance_transfers import show_payment, show_withdrawal
from service.sandbox.tiktok.finance_wire import (
    Row,
    money,
    show_coming_adjustment,
    show_order,
    show_statement,
    show_statement_head,
    show_transaction,
    show_unsettled,
)
from service.sandbox.tiktok.gate import Call, Refusal
from service.sandbox.tiktok.parameters import Sorting, Windowed, invalid, page_size, sorting
from service.sandbox.tiktok.search import cut, find_order, in_window
from service.sandbox.tiktok.state import Order, Return

_NOT_HERE = 22005007
_MOST, _USUAL = 100, 20
_ANNOUNCED_S = 3 * DAY_S
_PAYMENT_STATES = ("PAID", "PROCESSING", "FAILED", "SETTLED")
_MOVES = ("WITHDRAW", "SETTLE", "TRANSFER", "REVERSE")


class FinanceFilter(Windowed):
    """What a page token belongs to."""

    of: str = ""
    low: int | None = None
    high: int | None = None


def list_statements(call: Call) -> dict[str, Any]:
    """`GET /finance/202309/statements`: one for each UTC day with movements; no total count."""
    world, shop, now = call.world, call.shop, call.world.clock.timestamp()
    size, sort = _page(call), _sorting(call, "statement_time")
    wanted = _window(call, "statement_time")
    state = call.query.get("payment_status")
    if state is not None and state not in _PAYMENT_STATES:
        invalid(f"Invalid payment_status: {', '.join(_PAYMENT_STATES)}.")
    found = {
        one.id: one
        for one in world.ledger.statements_of(shop.id)
        if _is_shown(call, one)
        and in_window(one.time, wanted.low, wanted.high)
        and state in {None, payment_state(world, one, shop, now=now)[0]}
    }
    keys = sorted((one.time, one.id) for one in found.values())
    page = cut(call, keys, size=size, sort=sort, filters=wanted)
    shown = [show_statement(world, found[one_id], shop, now=now) for _, one_id in page.keys]
    return {"statements": shown, "next_page_token": page.next_token}


def list_statement_transactions(call: Call, statement_id: str) -> dict[str, Any]:
    """`GET /finance/202501/statements/{statement_id}/statement_transactions`: the totals and a page of lines."""
    world, shop = call.world, call.shop
    size, sort = _page(call), _sorting(call, "order_create_time")
    statement = world.ledger.statements.get(statement_id)
    if statement is None or statement.shop_id != shop.id or not _is_shown(call, statement):
        invalid("Invalid statement_id: this shop has no such statement.")
    postings = {one.id: one for one in world.ledger.postings_of(statement.id)}
    keys = sorted((_created(call, one), one.id) for one in postings.values())
    page = cut(call, keys, size=size, sort=sort, filters=FinanceFilter(of=statement.id))
    shown = [show_transaction(world, postings[one_id], shop) for _, one_id in page.keys]
    head = show_statement_head(statement, shop)
    return head | {"transactions": shown, "total_count": page.total, "next_page_token": page.next_token}


def list_order_transactions(call: Call, order_id: str) -> dict[str, Any]:
    """`GET /finance/202501/orders/{order_id}/statement_transactions`: by SKU and statement, no adjustments."""
    world, shop = call.world, call.shop
    order = find_order(world, shop, order_id)
    rows: dict[str, Row] = {}
    for posting, statement in world.ledger.postings_for(order.id):
        parts = price(world, posting)
        if parts and _is_shown(call, statement):
            row = rows.setdefault(statement.id, Row(statement.id, {}, count_units(world, posting)))
            merge(row.parts, parts)
    return show_order(order, shop, list(rows.values()), facts_of(world, order))


def list_unsettled(call: Call) -> dict[str, Any]:
    """`GET /finance/202507/orders/unsettled`: estimates from payment until settlement; the sums are of all pages."""
    world, shop = call.world, call.shop
    size, sort = _page(call), _sorting(call, "order_create_time")
    wanted = _window(call, "search_time")
    returns = returns_by_order(world)
    candidates: list[Order | Posting] = [*world.books[shop.id].by_id.values(), *_announced(call)]
    found = {
        one.id: one
        for one in candidates
        if in_window(_created(call, one), wanted.low, wanted.high)
        and (isinstance(one, Posting) or _is_open(call, one, returns.get(one.id, [])))
    }
    keys = sorted((_created(call, one), one_id) for one_id, one in found.items())
    page = cut(call, keys, size=size, sort=sort, filters=wanted)
    shown = [_show_open(call, found[one_id], returns) for _, one_id in page.keys]
    counted = {"total_count": page.total, "next_page_token": page.next_token}
    return {"transactions": shown} | counted | _sums(call, list(found.values()))


def list_payments(call: Call) -> dict[str, Any]:
    """`GET /finance/202309/payments`: not in South-East Asia; no total count."""
    world, shop, now = call.world, call.shop, call.world.clock.timestamp()
    size, sort = _page(call), _sorting(call, "create_time")
    wanted = _window(call, "create_time")
    if RATES[shop.region].is_sea:
        raise Refusal(_NOT_HERE, "Merchant not found: payments are not available in this market.", status=200)
    found = {
        one.id: one
        for one in world.ledger.payments.values()
        if one.shop_id == shop.id and is_current(one, now) and in_window(one.create_time, wanted.low, wanted.high)
    }
    page = cut(call, sorted((one.create_time, one.id) for one in found.values()), size=size, sort=sort, filters=wanted)
    shown = [show_payment(found[one_id], shop, now=now) for _, one_id in page.keys]
    return {"payments": shown, "next_page_token": page.next_token}


def list_withdrawals(call: Call) -> dict[str, Any]:
    """`GET /finance/202309/withdrawals`: in South-East Asia only."""
    world, shop, now = call.world, call.shop, call.world.clock.timestamp()
    size, wanted = _page(call), _window(call, "create_time")
    kinds = [part.strip() for part in call.query.get("types", "").split(",") if part.strip()]
    if not kinds or not set(kinds) <= set(_MOVES):
        invalid(f"Invalid types: one or more of {', '.join(_MOVES)}, joined by commas.")
    if not RATES[shop.region].is_sea:
        raise Refusal(_NOT_HERE, "Merchant not found.", status=200)
    wanted.of = ",".join(sorted(kinds))
    found = {
        one.id: one
        for one in world.ledger.state.withdrawals
        if one.shop_id == shop.id
        and one.type in kinds
        and one.create_time <= now
        and in_window(one.create_time, wanted.low, wanted.high)
    }
    keys = sorted((one.create_time, one.id) for one in found.values())
    page = cut(call, keys, size=size, sort=Sorting("create_time", is_descending=False), filters=wanted)
    shown = [show_withdrawal(found[one_id], shop, now=now) for _, one_id in page.keys]
    return {"withdrawals": shown, "next_page_token": page.next_token, "total_count": page.total}


def _page(call: Call) -> int:
    return page_size(call, low=1, high=_MOST, default=_USUAL)


def _sorting(call: Call, field: str) -> Sorting:
    """Unlike the other searches finance refuses a call that does not name its sort field."""
    if "sort_field" not in call.query:
        invalid(f"Missing sort_field: {field}.")
    return sorting(call, field)


def _window(call: Call, name: str) -> FinanceFilter:
    texts = [call.query.get(f"{name}_{end}") for end in ("ge", "lt")]
    if not all(text is None or text.isdecimal() for text in texts):
        invalid(f"Invalid {name}: Unix seconds.")
    low, high = (None if text is None else int(text) for text in texts)
    return FinanceFilter(low=low, high=high)


def _is_shown(call: Call, statement: Statement) -> bool:
    """The fault `statement_late_s` shows a statement after the midnight it is dated."""
    return statement.time + call.world.faults.statement_late_s <= call.world.clock.timestamp()


def _created(call: Call, one: Order | Posting) -> int:
    if isinstance(one, Order):
        return one.create_time
    order = call.world.orders.get(one.order_id)
    return 0 if order is None else order.create_time


def _announced(call: Call) -> list[Posting]:
    """The shop's adjustments that the next days bring."""
    until = call.world.clock.timestamp() + _ANNOUNCED_S
    pending = call.world.ledger.state.pending
    return [one for one in pending if one.kind == "ADJUSTMENT" and one.shop_id == call.shop.id and one.at < until]


def _is_open(call: Call, order: Order, returns: list[Return]) -> bool:
    if order.paid_time is None or order.status == "CANCELLED" or order.id in call.world.ledger.sold:
        return False
    facts = facts_of(call.world, order)
    settles = settles_at(facts, returns)
    if settles is None:
        return order.status != "COMPLETED" or order.delivery_time is not None
    return call.world.clock.timestamp() < settles - facts.traits.gap_days * DAY_S


def _show_open(call: Call, one: Order | Posting, returns: dict[str, list[Return]]) -> dict[str, Any]:
    if isinstance(one, Posting):
        return show_coming_adjustment(call.world, one, call.shop)
    facts, records = facts_of(call.world, one), returns.get(one.id, [])
    is_returning = any(record.status not in CLOSED for record in records)
    return show_unsettled(facts, call.shop, settles=settles_at(facts, records), is_returning=is_returning)


def _sums(call: Call, found: list[Order | Posting]) -> dict[str, str]:
    estimates = [estimate_totals(call.world, one) for one in found if isinstance(one, Order)]
    adjusted = sum(one.amount_minor for one in found if isinstance(one, Posting))
    sums = {
        "sum_est_settlement_amount": sum(one.settlement for one in estimates) + adjusted,
        "sum_est_revenue_amount": sum(one.revenue for one in estimates),
        "sum_est_adjustment_amount": adjusted,
        "sum_est_fee_amount": sum(one.fees for one in estimates),
    }
    return {name: money(minor, call.shop) for name, minor in sums.items()}
