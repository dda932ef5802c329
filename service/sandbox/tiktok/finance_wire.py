"""Turns finance records into the vendor's objects: names that differ between levels, zeros that are absent or 0.

Shapes: the reference's statements 202309, statement transactions 202501, unsettled orders 202507. Amounts are decimal
strings of the shop's currency; the currency of a statement's transactions stands only above them.
"""

from typing import Any, NamedTuple

from service.sandbox.tiktok import catalogue
from service.sandbox.tiktok.finance_amounts import Amounts, Facts, Parts, Sku, estimate, whole
from service.sandbox.tiktok.finance_payouts import payment_state
from service.sandbox.tiktok.finance_pricing import HELD_S, facts_of, price
from service.sandbox.tiktok.finance_rates import RATES
from service.sandbox.tiktok.finance_records import DAY_S, Posting, Statement
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.state import Order, Shop
from service.sandbox.tiktok.wire import amount
from service.sandbox.tiktok.world import World

# Members the vendor shows as "0" where they do not apply; a terse transaction leaves them out.
_USUAL_ZEROS = (
    "revenue.refund_subtotal_before_discount_amount",
    "revenue.seller_discount_refund_amount",
    "revenue.cod_service_fee_amount",
    "shipping.return_shipping_fee_amount",
    "shipping.signature_confirmation_fee_amount",
    "shipping.fbt_fulfillment_fee_reimbursement_amount",
    "fee.affiliate_commission_amount",
    "fee.affiliate_partner_commission_amount",
    "fee.sfp_service_fee_amount",
    "fee.mall_service_fee_amount",
    "tax.vat_amount",
    "tax.local_vat_amount",
    "tax.customs_duty_amount",
)
_GROUPS = {
    "revenue": ("revenue_breakdown",),
    "shipping": ("shipping_cost_breakdown",),
    "fee": ("fee_tax_breakdown", "fee"),
    "tax": ("fee_tax_breakdown", "tax"),
    "memo": ("supplementary_component",),
}
_RESERVE_WORDS = ("COLLECTED", "collected", "Collected")
_NINE = 9


class Row(NamedTuple):
    """What an order has in one statement, and of how many units of each SKU."""

    statement_id: str
    parts: Parts
    counts: dict[Sku, int]


def money(minor: int, shop: Shop) -> str:
    """The amount as finance writes it: a bare 0, and in some markets no zeros at the end."""
    region = REGIONS[shop.region]
    text = amount(minor, region)
    if not minor:
        return "0"
    if RATES[shop.region].trims_zeros and "." in text:
        return text.rstrip("0").rstrip(".")
    return text


def show_statement(world: World, statement: Statement, shop: Shop, *, now: int) -> dict[str, Any]:
    """A statement of the list; which totals it has depends on the market."""
    shown: dict[str, Any] = {
        "id": statement.id,
        "statement_time": statement.time,
        "currency": REGIONS[shop.region].currency,
        "settlement_amount": money(statement.settlement_minor, shop),
        "adjustment_amount": money(statement.adjustment_minor, shop),
    }
    if RATES[shop.region].is_sea:
        shown["revenue_amount"] = money(statement.revenue_minor, shop)
        shown["fee_amount"] = money(statement.fee_tax_minor + statement.shipping_minor, shop)
    else:
        shown["net_sales_amount"] = money(statement.revenue_minor, shop)
        shown["shipping_cost_amount"] = money(statement.shipping_minor, shop)
        shown["fee_amount"] = money(statement.fee_tax_minor, shop)
    return shown | _show_payment_of(world, statement, shop, now=now)


def show_statement_head(statement: Statement, shop: Shop) -> dict[str, Any]:
    """What stands above a statement's transactions; the only place with their currency."""
    return {
        "id": statement.id,
        "create_time": statement.time,
        "status": "SETTLED",
        "currency": REGIONS[shop.region].currency,
        "payable_amount": money(statement.payable_minor, shop),
        "total_reserve_amount": money(statement.reserve_minor, shop),
        "total_settlement_amount": money(statement.settlement_minor, shop),
        "total_settlement_breakdown": {
            "total_revenue_amount": money(statement.revenue_minor, shop),
            "total_shipping_cost_amount": money(statement.shipping_minor, shop),
            "total_fee_tax_amount": money(statement.fee_tax_minor, shop),
            "total_adjustment_amount": money(statement.adjustment_minor, shop),
        },
    }


def show_transaction(world: World, posting: Posting, shop: Shop) -> dict[str, Any]:
    """One line of a statement."""
    order = world.orders.get(posting.order_id)
    created = 0 if order is None else order.create_time
    if posting.kind == "RESERVE":
        return _show_reserve(posting, shop, created=created)
    if posting.kind == "ADJUSTMENT" or order is None:
        return _show_adjustment(posting, shop, created=created)
    facts = facts_of(world, order)
    amounts = whole(price(world, posting))
    shown = {"id": posting.id, "type": "ORDER", "order_id": order.id, "order_create_time": created}
    shown |= _show_amounts(amounts, facts, shop, with_memo=True)
    return shown if facts.traits.is_terse else shown | {"adjustment_amount": "0"}


def show_order(order: Order, shop: Shop, rows: list[Row], facts: Facts) -> dict[str, Any]:
    """The order's own answer; `rows` has at most one entry for each statement, merged before."""
    shown: dict[str, Any] = {
        "order_id": order.id,
        "order_create_time": order.create_time,
        "currency": REGIONS[shop.region].currency,
        "total_count": sum(len(row.parts) for row in rows),
    }
    if not rows:
        return shown
    total = Amounts()
    for row in rows:
        total.add(whole(row.parts))
    shown |= {
        "revenue_amount": money(total.revenue_minor, shop),
        "shipping_cost_amount": money(total.shipping_minor, shop),
        "fee_and_tax_amount": money(total.fee_tax_minor, shop),
        "settlement_amount": money(total.settlement_minor, shop),
    }
    shown["sku_transactions"] = [_show_sku(facts, shop, row, sku) for row in rows for sku in row.parts]
    return shown


def show_unsettled(facts: Facts, shop: Shop, *, settles: int | None, is_returning: bool) -> dict[str, Any]:
    """An order's estimate."""
    order, amounts = facts.order, estimate(facts)
    shown = _show_amounts(amounts, facts, shop, with_memo=False)
    for name in ("settlement", "revenue", "shipping_cost", "fee_tax"):
        shown[f"est_{name}_amount"] = shown.pop(f"{name}_amount")
    days = facts.rates.fast_days if facts.traits.is_fast else facts.rates.wait_days
    shown |= {
        "id": str(int(order.id) + _NINE),
        "type": "ORDER",
        "status": "UNSETTLED",
        "currency": REGIONS[shop.region].currency,
        "order_id": order.id,
        "order_create_time": order.create_time,
        "estimated_settlement": f"Delivered + {days} days" if settles is None else str(settles),
        "est_adjustment_amount": "0",
    }
    if order.delivery_time is not None:
        shown["order_delivery_time"] = order.delivery_time
    waits = "WAITING_FOR_SETTLEMENT_PERIOD" if order.delivery_time is not None else "WAITING_FOR_PACKAGE_DELIVERY"
    return shown | {"unsettled_reason": "WAITING_FOR_RETURN_OR_REFUND" if is_returning else waits}


def show_coming_adjustment(world: World, posting: Posting, shop: Shop) -> dict[str, Any]:
    """An adjustment that is announced and in no statement yet."""
    order = world.orders.get(posting.order_id)
    shown = _show_adjustment(posting, shop, created=0 if order is None else order.create_time)
    value = shown.pop("adjustment_amount")
    shown |= {"est_adjustment_amount": value, "est_settlement_amount": shown.pop("settlement_amount")}
    return shown | {
        "status": "UNSETTLED",
        "currency": REGIONS[shop.region].currency,
        "estimated_settlement": str(posting.at - posting.at % DAY_S + DAY_S),
        "unsettled_reason": "WAITING_FOR_SETTLEMENT_PERIOD",
    }


def _show_payment_of(world: World, statement: Statement, shop: Shop, *, now: int) -> dict[str, Any]:
    state, payment = payment_state(world, statement, shop, now=now)
    shown: dict[str, Any] = {"payment_status": state}
    if payment is not None:
        shown["payment_id"] = payment.id
    if payment is not None and state == "PAID":
        shown["payment_time"] = payment.done_at
    elif statement.time // DAY_S % 2:  # a time that has not come is 0 here and absent there
        shown["payment_time"] = 0
    return shown


def _show_amounts(amounts: Amounts, facts: Facts, shop: Shop, *, with_memo: bool) -> dict[str, Any]:
    """The three totals, what they consist of, and the settlement."""
    shown: dict[str, Any] = {
        "revenue_amount": money(amounts.revenue_minor, shop),
        "shipping_cost_amount": money(amounts.shipping_minor, shop),
        "fee_tax_amount": money(amounts.fee_tax_minor, shop),
        "settlement_amount": money(amounts.settlement_minor, shop),
    }
    members = {path: minor for path, minor in {**amounts.explained, **amounts.lines}.items() if minor}
    if not facts.traits.is_terse:
        members |= {path: 0 for path in _USUAL_ZEROS if path not in members}
    for path, minor in members.items():
        group, *rest = path.split(".")
        if group == "memo" and not with_memo:
            continue
        place = shown
        for name in (*_GROUPS[group], *rest[:-1]):
            place = place.setdefault(name, {})
        place[rest[-1]] = money(minor, shop)
    return shown


def _show_sku(facts: Facts, shop: Shop, row: Row, sku: Sku) -> dict[str, Any]:
    product, variant = sku
    shown = {
        "sku_id": catalogue.sku_id(shop.serial, product, variant),
        "sku_name": catalogue.PRODUCTS[product].variants[variant].name,
        "product_name": catalogue.PRODUCTS[product].name,
        "quantity": str(row.counts.get(sku, 0)),
        "statement_id": row.statement_id,
    }
    return shown | _show_amounts(row.parts[sku], facts, shop, with_memo=False)


def _show_adjustment(posting: Posting, shop: Shop, *, created: int) -> dict[str, Any]:
    value = money(posting.amount_minor, shop)
    shown = {
        "id": posting.id,
        "type": posting.type,
        "adjustment_id": str(int(posting.id) + _NINE),
        "order_create_time": created,
        "adjustment_amount": value,
        "settlement_amount": value,
    }
    return shown | ({"adjustment_order_id": posting.order_id} if posting.order_id else {})


def _show_reserve(posting: Posting, shop: Shop, *, created: int) -> dict[str, Any]:
    held = posting.amount_minor < 0
    word = _RESERVE_WORDS[int(posting.id) // 1_000 % len(_RESERVE_WORDS)]  # the letter case varies
    return {
        "id": posting.id,
        "type": "RESERVE",
        "reserve_id": str(int(posting.id) + _NINE),
        "associated_order_id": posting.order_id,
        "order_create_time": created,
        "reserve_amount": money(posting.amount_minor, shop),
        "reserve_status": word if held else posting.type,
        "estimated_release_time": str(posting.at + HELD_S) if held else "0",
        "settlement_amount": "0",
    }
