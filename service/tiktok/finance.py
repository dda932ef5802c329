"""Finance in upstream's JSON → statements, entries, estimates, payments and withdrawals of core.

Every field may be absent, a number or a text; fields nobody knows arrive often. Amounts keep upstream's sign and are
exact. What was read is kept beside it as it came, without what may be somebody's: see `finance_record`.
Source: TikTok Shop finance API, statements 202309, statement transactions 202501, unsettled orders 202507, payments and
withdrawals 202309, read 2026-11. What an amount means is `core.ledger`'s work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from service.core.ledger.entries import Amount, Entry, Payment, Statement, Unsettled, Withdrawal
from service.tiktok.answers import Scalar
from service.tiktok.finance_record import Row, breakdown, digest, flags_of, record
from service.tiktok.scalars import instant, parse_amount, text, whole

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Found(Generic[Kept]):
    """What upstream stated, understood, and beside it the record: the same as it came, without anything personal.

    `flags` name what was not understood: `unknown:` and a path that is in no table of ours, `unreadable:` and a path
    whose value is no amount. Sorted.
    """

    value: Kept
    record: Mapping[str, object]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the entries of a statement: the only place that states their currency.

    `total` is how many entries upstream counts; None when it does not say.
    """

    currency: str
    settlement: Decimal | None
    reserve: Decimal | None
    payable: Decimal | None
    total: int | None


def read_statement(row: Row) -> Found[Statement] | None:
    """None without an id. Which of two names its revenue has depends on the market (reference §6.2)."""
    statement_id = word(row, "id")
    if not statement_id:
        return None
    value = Statement(
        statement_id=statement_id,
        currency=_currency(row),
        at=_at(row, "statement_time"),
        settlement=_amount(row, "settlement_amount"),
        revenue=_amount(row, "net_sales_amount", "revenue_amount"),
        shipping=_amount(row, "shipping_cost_amount"),
        fee=_amount(row, "fee_amount"),
        adjustment=_amount(row, "adjustment_amount"),
        payment_status=word(row, "payment_status"),
        payment_id=word(row, "payment_id"),
        paid_at=_at(row, "payment_time"),
    )
    return Found(value, record(row), flags_of(row))


def read_head(row: Row) -> Head:
    """The totals above a page of entries."""
    return Head(
        currency=_currency(row),
        settlement=_amount(row, "total_settlement_amount"),
        reserve=_amount(row, "total_reserve_amount"),
        payable=_amount(row, "payable_amount"),
        total=whole(_scalar(row, "total_count")),
    )


def read_entry(row: Row, *, statement_id: str, currency: str, settled_at: datetime | None) -> Found[Entry]:
    """One line of a statement. A line without an id is known by the thing it is about, else by what it says."""
    kind = word(row, "type") or "ORDER"
    adjustment_id, reserve_id = word(row, "adjustment_id"), word(row, "reserve_id")
    order_id = word(row, "order_id") or (word(row, "associated_order_id") if reserve_id else "")
    own_id = word(row, "id") or f"{statement_id}-{kind}-{adjustment_id or reserve_id or order_id or digest(row)}"
    value = Entry(
        entry_id=own_id,
        kind=kind,
        currency=currency,
        statement_id=statement_id,
        settlement=_amount(row, "settlement_amount"),
        revenue=_amount(row, "revenue_amount"),
        shipping=_amount(row, "shipping_cost_amount"),
        fee_tax=_amount(row, "fee_tax_amount", "fee_and_tax_amount"),
        adjustment=_amount(row, "adjustment_amount"),
        amounts=breakdown(row),
        order_id=order_id,
        adjustment_id=adjustment_id,
        adjustment_order_id=word(row, "adjustment_order_id"),
        reserve_id=reserve_id,
        reserve=_amount(row, "reserve_amount"),
        reserve_status=word(row, "reserve_status").upper(),  # its letter case varies (reference §6.2)
        order_created_at=_at(row, "order_create_time"),
        settled_at=settled_at,
    )
    return Found(value, record(row), flags_of(row, kind=kind))


def read_sku_entry(row: Row, *, order: Row, number: int) -> Found[Entry]:
    """One SKU of an order in one statement: it has no id of its own. `number` counts its repetitions, from 1."""
    statement_id, order_id, sku_id = word(row, "statement_id"), word(order, "order_id"), word(row, "sku_id")
    suffix = f"-{number}" if number > 1 else ""
    value = Entry(
        entry_id=f"{statement_id}-{order_id}-{sku_id}{suffix}",
        kind="ORDER",
        currency=_currency(row) or _currency(order),
        statement_id=statement_id,
        settlement=_amount(row, "settlement_amount"),
        revenue=_amount(row, "revenue_amount"),
        shipping=_amount(row, "shipping_cost_amount"),
        fee_tax=_amount(row, "fee_tax_amount", "fee_and_tax_amount"),
        amounts=breakdown(row),
        order_id=order_id,
        sku_id=sku_id,
        quantity=whole(_scalar(row, "quantity")),  # a text here (reference §6.2)
        order_created_at=_at(order, "order_create_time"),
    )
    return Found(value, record(row), flags_of(row))


def read_unsettled(row: Row) -> Found[Unsettled]:
    """One estimate. Its day of settlement is seconds or words."""
    kind = word(row, "type") or "ORDER"
    due = _scalar(row, "estimated_settlement")
    due_at = instant(due)
    value = Unsettled(
        unsettled_id=word(row, "id") or f"{kind}-{word(row, 'adjustment_id') or word(row, 'order_id') or digest(row)}",
        kind=kind,
        currency=_currency(row),
        settlement=_amount(row, "est_settlement_amount"),
        revenue=_amount(row, "est_revenue_amount"),
        shipping=_amount(row, "est_shipping_cost_amount"),
        fee_tax=_amount(row, "est_fee_tax_amount", "est_fee_amount"),
        adjustment=_amount(row, "est_adjustment_amount"),
        amounts=breakdown(row),
        order_id=word(row, "order_id"),
        adjustment_id=word(row, "adjustment_id"),
        adjustment_order_id=word(row, "adjustment_order_id"),
        reason=word(row, "unsettled_reason"),
        due_at=due_at,
        due_words="" if due_at or whole(due) is not None else text(due).strip(),
        order_created_at=_at(row, "order_create_time"),
        delivered_at=_at(row, "order_delivery_time"),
    )
    return Found(value, record(row), flags_of(row, kind=kind))


def read_payment(row: Row) -> Found[Payment] | None:
    """None without an id."""
    payment_id = word(row, "id")
    if not payment_id:
        return None
    value = Payment(
        payment_id=payment_id,
        status=word(row, "status"),
        amount=_money(row, "amount"),
        settlement=_money(row, "settlement_amount"),
        before_exchange=_money(row, "payment_amount_before_exchange"),
        reserve=_money(row, "reserve_amount"),
        exchange_rate=_amount(row, "exchange_rate"),
        created_at=_at(row, "create_time"),
        paid_at=_at(row, "paid_time"),
    )
    return Found(value, record(row), flags_of(row))


def read_withdrawal(row: Row) -> Found[Withdrawal] | None:
    """None without an id. Its amount and currency stand side by side, or as one object."""
    withdrawal_id = word(row, "id")
    if not withdrawal_id:
        return None
    value = Withdrawal(
        withdrawal_id=withdrawal_id,
        kind=word(row, "type"),
        status=word(row, "status"),
        amount=_money(row, "amount"),
        created_at=_at(row, "create_time"),
    )
    return Found(value, record(row), flags_of(row))


def word(row: Row, name: str) -> str:
    """The field as text, "" when it is absent or no single value."""
    return text(_scalar(row, name)).strip()


def _scalar(row: Row, name: str) -> Scalar:
    value = row.get(name)
    return value if isinstance(value, str | int | bool) else None


def _currency(row: Row) -> str:
    return word(row, "currency").upper()


def _at(row: Row, name: str) -> datetime | None:
    return instant(_scalar(row, name))


def _amount(row: Row, *names: str) -> Decimal | None:
    """The first of these fields that states an amount."""
    stated = (parse_amount(_scalar(row, name)) for name in names)
    return next((amount for amount in stated if amount is not None), None)


def _money(row: Row, name: str) -> Amount | None:
    """An amount with its currency: an object of both, or a field beside the row's `currency`."""
    part = row.get(name)
    inner: Row = part if isinstance(part, dict) else {"value": part, "currency": row.get("currency")}
    value, currency = _amount(inner, "value"), _currency(inner)
    return Amount(value, currency) if value is not None and currency else None
