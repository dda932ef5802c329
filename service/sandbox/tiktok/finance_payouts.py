"""How a statement becomes money: payments to a bank, or, in South-East Asia, a balance and withdrawals from it."""

from service.sandbox.tiktok.finance_rates import RATES
from service.sandbox.tiktok.finance_records import DAY_S, MILLION, Payment, Payout, Statement, Withdrawal
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.state import Shop
from service.sandbox.tiktok.world import World

_HOUR_S = 3_600
_PAYMENT_BASE = 3_458_000_000_000_000_000
_MOVE_BASE = 3_461_000_000_000_000_000
_MADE_AFTER_S = 4 * _HOUR_S
_PAID_AFTER_S = 2 * DAY_S
_TRIED_AGAIN_AFTER_S = DAY_S
_MONDAY = 4  # the epoch was a Thursday: days since then, modulo seven


def pay_out(world: World, shop: Shop, statement: Statement) -> None:
    """The statement's money is on its way, or waits to be merged with that of the next ones."""
    if RATES[shop.region].is_sea:
        _settle_balance(world, shop, statement)
    else:
        _merge_or_pay(world, shop, statement)


def is_current(payment: Payment, now: int) -> bool:
    """Whether the payment can be seen at the moment."""
    return payment.create_time <= now


def state_of(payment: Payment, now: int) -> str:
    """PROCESSING until it is done, then PAID or FAILED."""
    if now < payment.done_at:
        return "PROCESSING"
    return "FAILED" if payment.fails else "PAID"


def payment_state(world: World, statement: Statement, shop: Shop, *, now: int) -> tuple[str, Payment | None]:
    """The statement's payment status and the payment that carries it, if there is one by now."""
    if RATES[shop.region].is_sea:
        return "SETTLED", None
    seen = [one for one in (world.ledger.payments[name] for name in statement.payment_ids) if is_current(one, now)]
    return (state_of(seen[-1], now), seen[-1]) if seen else ("PROCESSING", None)


def _merge_or_pay(world: World, shop: Shop, statement: Statement) -> None:
    ledger = world.ledger
    waiting = ledger.state.unpaid.setdefault(shop.id, [])
    waiting.append(statement.id)
    merged = [ledger.statements[one] for one in waiting]
    if sum(one.payable_minor for one in merged) < RATES[shop.region].payout_least_minor:
        return
    ledger.state.unpaid[shop.id] = []
    fails = world.faults.take("payout_failed")
    made_at = statement.time + _MADE_AFTER_S
    _pay(world, shop, merged, made_at=made_at, attempt=0, fails=fails)
    if fails:
        again = made_at + _PAID_AFTER_S + _TRIED_AGAIN_AFTER_S
        _pay(world, shop, merged, made_at=again, attempt=1, fails=False)


def _pay(world: World, shop: Shop, merged: list[Statement], *, made_at: int, attempt: int, fails: bool) -> None:
    last = merged[-1]
    own = Payout(currency=REGIONS[shop.region].currency, rate_millionths=MILLION)
    target = world.ledger.state.payouts.get(shop.id, own)
    payment = Payment(
        id=str(_PAYMENT_BASE + shop.serial * 10**7 + last.time // DAY_S * 10 + attempt),
        shop_id=shop.id,
        create_time=made_at,
        done_at=made_at + _PAID_AFTER_S,
        settlement_minor=sum(one.settlement_minor for one in merged),
        reserve_minor=sum(one.reserve_minor for one in merged),
        currency=target.currency,
        rate_millionths=target.rate_millionths,
        fails=fails,
    )
    world.ledger.pay(payment)
    for statement in merged:
        statement.payment_ids.append(payment.id)


def _settle_balance(world: World, shop: Shop, statement: Statement) -> None:
    ledger, day = world.ledger, statement.time // DAY_S
    balance = ledger.state.balances.get(shop.id, 0) + statement.settlement_minor
    _move(world, shop, slot=day * 10, kind="SETTLE", minor=statement.settlement_minor, at=statement.time)
    if day % 7 == _MONDAY and balance >= RATES[shop.region].payout_least_minor:
        fails = world.faults.take("payout_failed")
        asked_at = statement.time + 3 * _HOUR_S
        _move(world, shop, slot=day * 10 + 1, kind="WITHDRAW", minor=balance, at=asked_at, fails=fails)
        if fails:
            _move(world, shop, slot=day * 10 + 2, kind="REVERSE", minor=balance, at=asked_at + DAY_S)
        else:
            balance = 0
    ledger.state.balances[shop.id] = balance


def _move(world: World, shop: Shop, *, slot: int, kind: str, minor: int, at: int, fails: bool = False) -> None:
    takes_s = DAY_S if kind == "WITHDRAW" else 0
    moved = Withdrawal(
        id=str(_MOVE_BASE + shop.serial * 10**7 + slot),
        shop_id=shop.id,
        type=kind,
        amount_minor=minor,
        create_time=at,
        done_at=at + takes_s,
        fails=fails,
    )
    world.ledger.move(moved)
