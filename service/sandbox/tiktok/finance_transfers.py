"""How payments and withdrawals look on the wire."""

from typing import Any

from service.sandbox.tiktok.finance_payouts import state_of
from service.sandbox.tiktok.finance_records import MILLION, Payment, Withdrawal
from service.sandbox.tiktok.finance_wire import money
from service.sandbox.tiktok.regions import REGIONS
from service.sandbox.tiktok.state import Shop


def show_payment(payment: Payment, shop: Shop, *, now: int) -> dict[str, Any]:
    """A transfer to the bank; `amount` is what arrives, in the bank's currency."""
    own, state = REGIONS[shop.region].currency, state_of(payment, now)
    before = payment.settlement_minor + payment.reserve_minor
    arrives = _exchange(before, payment.rate_millionths, own=shop.region, target=payment.currency)
    shown: dict[str, Any] = {
        "id": payment.id,
        "create_time": payment.create_time,
        "status": state,
        "amount": {"value": arrives, "currency": payment.currency},
        "settlement_amount": {"value": money(payment.settlement_minor, shop), "currency": own},
        "payment_amount_before_exchange": {"value": money(before, shop), "currency": own},
        "reserve_amount": {"value": money(payment.reserve_minor, shop), "currency": own},
        "exchange_rate": f"{payment.rate_millionths // MILLION}.{payment.rate_millionths % MILLION:06d}",
        "bank_account": "*****4821",
    }
    if state == "PAID":
        shown["paid_time"] = payment.done_at
    elif state == "PROCESSING":
        shown["paid_time"] = 0
    return shown


def show_withdrawal(withdrawal: Withdrawal, shop: Shop, *, now: int) -> dict[str, Any]:
    """A movement of the balance."""
    ended = "FAILED" if withdrawal.fails else "SUCCESS"
    return {
        "id": withdrawal.id,
        "type": withdrawal.type,
        "amount": money(withdrawal.amount_minor, shop),
        "currency": REGIONS[shop.region].currency,
        "status": ended if withdrawal.done_at <= now else "PROCESSING",
        "create_time": withdrawal.create_time,
    }


def _exchange(minor: int, rate_millionths: int, *, own: str, target: str) -> str:
    """Minor units of the shop's region in the target currency, rounded half away from zero."""
    digits = {region.currency: region.exponent for region in REGIONS.values()}
    scale = 10 ** digits.get(target, 2)
    product = abs(minor) * rate_millionths * scale
    divisor = MILLION * 10 ** REGIONS[own].exponent
    whole_minor = (product + divisor // 2) // divisor
    sign = "-" if minor < 0 and whole_minor else ""
    if scale == 1:
        return f"{sign}{whole_minor}"
    return f"{sign}{whole_minor // scale}.{whole_minor % scale:02d}"
