"""The end of each UTC day: what happened to the orders becomes postings, and the postings become statements.

A posting belongs to the day its moment lies in. Whatever is played, one long advance of the market and many short ones
give the same statements.
"""

from collections import defaultdict
from collections.abc import Iterator

from service.sandbox.tiktok.finance_amounts import whole
from service.sandbox.tiktok.finance_payouts import pay_out
from service.sandbox.tiktok.finance_pricing import COMPLETE, HELD_S, facts_of, price, returns_by_order, settles_at
from service.sandbox.tiktok.finance_rates import DAY_ADJUSTMENTS, RATES, part_bp
from service.sandbox.tiktok.finance_records import DAY_S, Posting, Statement
from service.sandbox.tiktok.generator import random_for
from service.sandbox.tiktok.state import Order, Return, Shop
from service.sandbox.tiktok.world import World

_POSTING_BASE = 7_241_000_000_000_000_000
_DAY_BASE = 7_243_000_000_000_000_000
_PLANTED_BASE = 7_245_000_000_000_000_000
_STATEMENT_BASE = 7_238_000_000_000_000_000
_SLOTS = 1_000  # ids an order may use
_RELEASE_AFTER_S = 6 * DAY_S
_SALE, _RELEASE, _HELD, _FREED, _ADJUSTED, _SAMPLE, _CHARGED, _REFUND = range(8)
_LIVE = frozenset({"DELIVERED", "COMPLETED"})


def midnight(moment: int) -> int:
    """The last 00:00 UTC at or before the moment."""
    return moment - moment % DAY_S


def close_days(world: World) -> int:
    """The statements of every day that is over exist; how many new ones that made."""
    until = midnight(world.clock.timestamp())
    if until <= world.ledger.state.closed_at:
        return 0
    return cut_statements(world, until)


def close_history(world: World) -> int:
    """The same for orders that were written into the past: a shop without statements gets them for its own days."""
    fresh = frozenset(shop_id for shop_id in world.state.shops if not world.ledger.statements_of(shop_id))
    return cut_statements(world, midnight(world.clock.timestamp()), backdated=fresh)


def cut_statements(world: World, until: int, *, backdated: frozenset[str] = frozenset()) -> int:
    """Statements up to the midnight `until` exist; no older day gets a new one, but for the `backdated` shops."""
    ledger = world.ledger
    collect(world, until)
    first = ledger.state.closed_at + DAY_S
    days: dict[tuple[int, int], list[Posting]] = defaultdict(list)
    waiting: list[Posting] = []
    for posting in ledger.state.pending:
        shop = world.state.shops[posting.shop_id]
        ends = max(midnight(posting.at) + DAY_S, 0 if shop.id in backdated else first)
        if ends <= until:
            days[ends, shop.serial].append(posting)
        else:
            waiting.append(posting)
    ledger.state.pending = waiting
    shops = {shop.serial: shop for shop in world.state.shops.values()}
    for (ends, serial), postings in sorted(days.items()):
        pay_out(world, shops[serial], _cut(world, shops[serial], ends, postings))
    ledger.state.closed_at = max(ledger.state.closed_at, until)
    world.changes += 1
    return len(days)


def collect(world: World, until: int) -> None:
    """Everything that orders and returns owe to finance before `until` is announced."""
    returns = returns_by_order(world)
    for order in world.state.orders:
        if order.id not in world.ledger.sold:
            for posting in _owed(world, order, returns.get(order.id, []), until=until):
                world.ledger.announce(posting)
    for record in world.state.returns:
        if _is_due_refund(world, record, until):
            world.ledger.announce(_refund(world, record))


def plant_adjustment(world: World, shop: Shop, *, kind: str, amount_minor: int, order_id: str) -> Posting:
    """An adjustment of the tester's in the next statement; with an empty order id it belongs to none."""
    number = world.count("planted_adjustment")
    posting = Posting(
        id=str(_PLANTED_BASE + number * 7),
        shop_id=shop.id,
        kind="ADJUSTMENT",
        at=world.clock.timestamp(),
        order_id=order_id,
        type=kind,
        amount_minor=amount_minor,
    )
    world.ledger.announce(posting)
    world.changes += 1
    return posting


def _owed(world: World, order: Order, returns: list[Return], *, until: int) -> Iterator[Posting]:
    if order.status in _LIVE:
        moment = settles_at(facts_of(world, order), returns)
        if moment is not None and moment < until:
            yield from _settle(world, order, returns, moment)
    elif order.cancel_time is not None and order.id not in world.ledger.charged:
        yield from _charge(world, order, until=until)


def _settle(world: World, order: Order, returns: list[Return], moment: int) -> Iterator[Posting]:
    """The sale, with what came back before it, and all that follows from it at its own time."""
    facts = facts_of(world, order)
    traits = facts.traits
    sale = _posting(order, _SALE, "SALE", moment)
    sale.return_ids = [one.id for one in returns if one.status == COMPLETE and one.update_time <= moment]
    yield sale
    if traits.deposit == "later":
        yield _posting(order, _RELEASE, "RELEASE", moment + _RELEASE_AFTER_S)
    held = part_bp(whole(price(world, sale)).settlement_minor, traits.reserve_bp)
    if held > 0:
        yield _posting(order, _HELD, "RESERVE", moment, kind="COLLECTED", minor=-held)
        yield _posting(order, _FREED, "RESERVE", moment + HELD_S, kind="Released", minor=held)
    adjusted = part_bp(facts.value_minor, traits.adjustment_bp)
    if traits.adjustment and adjusted:
        later = moment + traits.adjustment_after_days * DAY_S
        yield _posting(order, _ADJUSTED, "ADJUSTMENT", later, kind=traits.adjustment, minor=adjusted)
    if order.kind == "SAMPLE":
        sent = -facts.rates.carrier_minor
        yield _posting(order, _SAMPLE, "ADJUSTMENT", moment, kind="SAMPLE_SHIPPING_FEE", minor=sent)


def _charge(world: World, order: Order, *, until: int) -> Iterator[Posting]:
    """A cancelled order costs a penalty when the seller was late, and is made good when the carrier lost it."""
    record = world.cancellations.get(order.cancel_id)
    reason = "" if record is None else record.reason
    rates = RATES[world.state.shops[order.shop_id].region]
    units = sum(unit.price_minor - unit.seller_off_minor for unit in order.units)
    charges = {
        "system_cancel_shipping_overdue": ("PLATFORM_PENALTY", -rates.penalty_minor),
        "system_cancel_package_lost": ("LOGISTICS_REIMBURSEMENT", units),
    }
    if reason in charges and order.cancel_time is not None:
        kind, minor = charges[reason]
        moment = order.cancel_time + 2 * DAY_S
        if moment < until and minor:
            yield _posting(order, _CHARGED, "ADJUSTMENT", moment, kind=kind, minor=minor)


def _is_due_refund(world: World, record: Return, until: int) -> bool:
    ledger = world.ledger
    return (
        record.status == COMPLETE
        and record.id not in ledger.refunded
        and record.order_id in ledger.sold
        and record.update_time < until
    )


def _refund(world: World, record: Return) -> Posting:
    order = world.orders[record.order_id]
    earlier = [one.id for one in world.state.returns if one.order_id == order.id]
    posting = _posting(order, _REFUND + earlier.index(record.id), "REFUND", record.update_time)
    posting.return_ids = [record.id]
    return posting


def _posting(order: Order, slot: int, what: str, at: int, *, kind: str = "", minor: int = 0) -> Posting:
    return Posting(
        id=str(_POSTING_BASE + order.serial * _SLOTS + slot),
        shop_id=order.shop_id,
        kind=what,
        at=at,
        order_id=order.id,
        type=kind,
        amount_minor=minor,
        units=[] if kind else [index for index, unit in enumerate(order.units) if not unit.cancel_user],
        shipping_type="" if kind else order.shipping_type,
    )


def _cut(world: World, shop: Shop, ends: int, postings: list[Posting]) -> Statement:
    """The statement of the shop's day, with the adjustments that belong to no order."""
    statement = Statement(id=str(_STATEMENT_BASE + shop.serial * 10**6 + ends // DAY_S), shop_id=shop.id, time=ends)
    ordered = sorted(postings, key=lambda one: (one.at, one.id))
    for posting in ordered:
        amounts = whole(price(world, posting))
        statement.revenue_minor += amounts.revenue_minor
        statement.shipping_minor += amounts.shipping_minor
        statement.fee_tax_minor += amounts.fee_tax_minor
    ordered += _of_the_day(world, shop, statement)
    statement.adjustment_minor = sum(one.amount_minor for one in ordered if one.kind == "ADJUSTMENT")
    statement.reserve_minor = sum(one.amount_minor for one in ordered if one.kind == "RESERVE")
    world.ledger.book(statement, ordered)
    return statement


def _of_the_day(world: World, shop: Shop, statement: Statement) -> list[Posting]:
    rng = random_for(world.state.seed, "finance day", shop.serial, statement.time)
    if rng.random() > 0.4:
        return []
    kind, share_bp = rng.choice(DAY_ADJUSTMENTS)
    minor = part_bp(statement.revenue_minor, share_bp)
    posting = Posting(
        id=str(_DAY_BASE + shop.serial * 10**6 + statement.time // DAY_S),
        shop_id=shop.id,
        kind="ADJUSTMENT",
        at=statement.time - 1,
        type=kind,
        amount_minor=minor,
    )
    return [posting] if minor else []
