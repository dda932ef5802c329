"""Periods, sums and tie-outs as the desk's cards show them, to this viewer: amounts in their language, and of the
seller's own costs and profit only what they may see.
"""

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Protocol

from cards.desk import Coverage, Fresh, ShopBrief, ShopWhole
from cards.desk_money import Earned, PoolLine
from cards.desk_statement import Amount, OddLine, StatementDetail
from cards.desk_tie import (
    Difference,
    PayoutLine,
    StatementLine,
    Step,
    Tie,
    Verdict,
)
from cards.words import Words, mark
from service.core.ledger.entries import Entry, Payment, Statement
from service.core.ledger.exchange import rate_of_payment
from service.core.ledger.periods import Period
from service.core.ledger.pools import Pools
from service.core.ledger.sums import OrderSums
from service.core.ledger.tie_out import PayoutTie, Residual, Standing, StatementTie, day_covered
from service.core.roles import Group
from service.flows import design, desk_statements
from service.flows.desk import Freshness, ShopDesk, StatementDesk
from service.flows.desk_statements import Tied
from service.web.ask import Ask
from service.web.handlers.lines import seconds_since

_ZERO = Decimal(0)
_PER_MILLE = 1000
_OF_PAYOUT: Mapping[Standing, Verdict] = {
    Standing.TIES: Verdict.TIES,
    Standing.OPEN: Verdict.UNPAID,
    Standing.DIFFERS: Verdict.DIFFERS,
}
_WORST_FIRST = (
    desk_statements.Verdict.DIFFERS,
    desk_statements.Verdict.INCOMPLETE,
    desk_statements.Verdict.UNPAID,
    desk_statements.Verdict.TIES,
    desk_statements.Verdict.EMPTY,
)
#: Upstream's words for a payment that is not paid.
_STATUS_WORDS: Mapping[str, str] = {
    "PROCESSING": mark("On its way"),
    "FAILED": mark("Failed: TikTok pays again"),
}


def shop_whole(ask: Ask, found: ShopDesk) -> ShopWhole:
    """A shop's period with everything."""
    sums = (one for one in found.orders.sums.values() if one.sales or one.extras or one.profits or one.costless)
    ties = tuple(tie_of(ask, one) for one in found.statements.values())
    return ShopWhole(shop_brief(ask, found), ties, tuple(_earned(ask, one) for one in sums), found.undated)


def shop_brief(ask: Ask, found: ShopDesk) -> ShopBrief:
    """A shop's period among those of others."""
    worst = min(found.statements.values(), key=lambda one: _WORST_FIRST.index(one.verdict), default=None)
    return ShopBrief(
        shop_id=found.shop.id,
        name=shop_name(ask, found.shop),
        market=found.shop.region,
        days=days_of(ask.words, found.period),
        zone=found.zone_name,
        coverage=_coverage(found),
        fresh=fresh_of(ask, found.fresh),
        tie=tie_of(ask, worst) if worst else None,
        since=found.period.first.isoformat(),
        until=found.period.last.isoformat(),
    )


class _Named(Protocol):
    """Whatever has a name."""

    @property
    def name(self) -> str: ...


def shop_name(ask: Ask, shop: _Named) -> str:
    """The shop by its name, for those who may see it."""
    return shop.name if design.sees(ask.actor, "shop_name") else ask.words("The shop")


def days_of(words: Words, period: Period) -> str:
    """The period in words."""
    if period.days == 1:
        return words.day(period.first)
    return words("{first} to {last}", first=words.day(period.first), last=words.day(period.last))


def fresh_of(ask: Ask, found: Freshness) -> Fresh:
    """How fresh a shop's finance is; a sentence about it in the reader's language."""
    read_s = None if found.read_at is None else seconds_since(ask.services.clock.market(), found.read_at)
    trouble = ask.words(found.trouble)
    return Fresh(
        read_s, found.is_reading, trouble, is_refused=found.is_refused, is_gone=found.is_gone, wait_s=found.wait_s
    )


def _coverage(found: ShopDesk) -> Coverage:
    sums = found.orders.sums.values()
    return Coverage(
        settled=sum(one.settled for one in sums),
        sales=sum(one.sales for one in sums),
        extras=sum(one.extras for one in sums),
        idle=sum(one.idle for one in sums),
        is_young=found.period.is_young(found.today),
        days_left=found.orders.days_left,
        is_too_many=found.orders.is_too_many,
    )


def _earned(ask: Ask, one: OrderSums) -> Earned:
    """What orders came to. The seller's own costs are in it for those who may see costs, the profit for those who may
    see profit; for everybody else it is TikTok's figures alone. Where no order has all its costs there is neither a sum
    of them nor a profit: nothing known is not zero.
    """
    sees_cost = ask.actor.audience.may_see(Group.COST)
    sees_profit = ask.actor.audience.may_see(Group.PROFIT)
    tax, marketing = one.tax, one.marketing
    if sees_cost:
        tax, marketing = tax + one.own_tax, marketing + one.own_marketing
    cogs = one.cogs if sees_cost else _ZERO
    left = one.revenue - tax - one.platform - marketing - cogs
    whole = sum((value for value in (tax, one.platform, marketing, cogs, left) if value > 0), _ZERO)

    def pool(amount: Decimal) -> PoolLine:
        return PoolLine(money(ask, amount, one.currency), _share(amount, whole))

    return Earned(
        currency=one.currency,
        revenue=money(ask, one.revenue, one.currency),
        tax=pool(tax),
        platform=pool(one.platform),
        marketing=pool(marketing),
        cogs=pool(cogs) if sees_cost and (one.profits or not one.costless) else None,
        left=_share(left, whole),
        settlement=money(ask, one.settlement, one.currency),
        open_settlement=money(ask, one.open_settlement, one.currency) if one.open_settlement else "",
        net=money(ask, one.net, one.currency) if sees_profit and one.profits else "",
        open_net=money(ask, one.open_net, one.currency) if sees_profit and one.open_net else "",
        profits=one.profits,
        costless=one.costless if sees_cost else 0,
        unknown=one.unknown,
        unreadable=one.unreadable,
    )


def _share(amount: Decimal, whole: Decimal) -> int:
    """So many of a thousand."""
    return int(amount * _PER_MILLE / whole) if whole else 0


def money(ask: Ask, amount: Decimal, currency: str) -> str:
    """An amount as the reader writes it."""
    return ask.words.money(amount, currency) if currency else ask.words.number(amount)


# --- the tie-out -----------------------------------------------------------------------------------------------------


def tie_of(ask: Ask, found: Tied) -> Tie:
    """A tie-out in one currency."""
    currency, pools = found.currency, found.out.pools
    settlement = _settlement(pools, [tie.statement for tie in found.out.statements])
    residual = found.out.residual
    return Tie(
        currency=currency,
        verdict=Verdict(found.verdict.value),
        statements=len(found.statements),
        residual=money(ask, residual, currency),
        settlement=money(ask, settlement, currency),
        payable=money(ask, settlement + pools.reserve, currency),
        reserve=money(ask, pools.reserve, currency) if pools.reserve else "",
        incomplete=len(found.incomplete),
        waiting=len(found.waiting),
        large=len(found.large),
        cancels=not residual and bool(found.out.residuals),
        has_payouts=found.has_payouts,
    )


def _settlement(pools: Pools, statements: list[Statement]) -> Decimal:
    """As stated; as added up where one of them states none."""
    stated = [one.settlement for one in statements if one.settlement is not None]
    return sum(stated, _ZERO) if len(stated) == len(statements) else pools.settlement


def difference_of(ask: Ask, one: Residual, currency: str) -> Difference:
    """A residual with both its figures."""
    return Difference(
        Step(one.step.value),
        one.id,
        money(ask, one.stated, currency),
        money(ask, one.found, currency),
        money(ask, one.amount, currency),
    )


def unknown_of(pools: Pools) -> tuple[str, ...]:
    """Names that no table of ours has, as words."""
    return tuple(sorted({plain_name(name) for name in pools.unknown}))


def plain_name(name: str) -> str:
    """An upstream name as words."""
    return name.removeprefix("adjustment.").removesuffix("_amount").replace("_", " ").strip()


def statement_line(ask: Ask, found: Tied, one: Statement, ties: Mapping[str, StatementTie]) -> StatementLine:
    """A statement in the list."""
    tie = ties.get(one.statement_id)
    verdict = Verdict.INCOMPLETE if tie is None else Verdict.DIFFERS if tie.residuals else Verdict.TIES
    amount = one.settlement if one.settlement is not None or tie is None else tie.pools.settlement
    return StatementLine(
        statement_id=one.statement_id,
        day=day_words(ask, one),
        settlement=ask.words("Not stated") if amount is None else money(ask, amount, one.currency),
        verdict=verdict,
        paid=_paid_words(ask, one) if found.has_payouts else "",
        has_odd=tie is not None and tie.pools.needs_a_look,
    )


def day_words(ask: Ask, one: Statement) -> str:
    """The UTC day a statement holds."""
    day = day_covered(one)
    return ask.words("Without a day") if day is None else ask.words.day(day)


def _paid_words(ask: Ask, one: Statement) -> str:
    if one.paid_at is not None:
        return ask.words("Paid {day}", day=ask.words.day(one.paid_at.astimezone(UTC).date()))
    return ask.words("In a payout") if one.payment_id else ask.words("Not paid yet")


def payout_line(ask: Ask, tie: PayoutTie, payment: Payment | None) -> PayoutLine:
    """A payout with what reached the bank: in another currency with the rate and its day. A sum of some of its
    statements is none.
    """
    payable = money(ask, tie.payable.value, tie.payable.currency) if tie.is_whole else ask.words("Not complete yet")
    status = payment.status.upper() if payment else ""
    return PayoutLine(
        payment_id=tie.payment_id,
        payable=payable,
        statements=len(tie.statements),
        verdict=_OF_PAYOUT[tie.standing],
        bank=_bank(ask, payment) if payment else "",
        status=ask.words(_STATUS_WORDS[status]) if status in _STATUS_WORDS else "",
    )


def _bank(ask: Ask, payment: Payment) -> str:
    if payment.amount is None:
        return ""
    amount = money(ask, payment.amount.value, payment.amount.currency)
    rate = rate_of_payment(payment)
    day = ask.words.day(payment.paid_at.astimezone(UTC).date()) if payment.paid_at else ""
    if rate is None:
        return ask.words("{amount} paid {day}", amount=amount, day=day) if day else amount
    known = {"amount": amount, "base": rate.base, "rate": ask.words.number(rate.rate), "quote": rate.quote}
    if not day:
        return ask.words("{amount} at 1 {base} = {rate} {quote}", **known)
    return ask.words("{amount} paid {day} at 1 {base} = {rate} {quote}", day=day, **known)


# --- one statement ---------------------------------------------------------------------------------------------------


def statement_detail(ask: Ask, found: StatementDesk) -> StatementDetail:
    """One statement with whatever is known of it."""
    one, tie = found.kept.statement, found.tie
    pools = tie.pools if tie else None
    return StatementDetail(
        shop_id=found.shop.id,
        shop_name=shop_name(ask, found.shop),
        statement_id=one.statement_id,
        day=ask.words.day(day) if (day := day_covered(one)) else "",
        verdict=Verdict.INCOMPLETE if tie is None else Verdict.DIFFERS if tie.residuals else Verdict.TIES,
        lines=found.lines,
        total=found.kept.total,
        amounts=_amounts(ask, one, pools) if pools else (),
        differences=tuple(difference_of(ask, each, one.currency) for each in tie.residuals) if tie else (),
        unexplained=money(ask, pools.unexplained, one.currency) if pools and pools.unexplained else "",
        odd=tuple(
            OddLine(_line_words(ask, each.entry), money(ask, each.unexplained, one.currency)) for each in found.odd
        ),
        unknown=unknown_of(pools) if pools else (),
        payout=payout_line(ask, found.payout, found.payment) if found.payout else None,
        is_large=tie is None and found.kept.read_at is not None,
        has_payouts=found.has_payouts,
    )


def _amounts(ask: Ask, one: Statement, pools: Pools) -> tuple[Amount, ...]:
    """From revenue to what is paid out, each step of it that is not nothing."""
    platform, marketing = pools.platform, pools.marketing
    steps = (
        (mark("Revenue"), pools.revenue),
        (mark("Taxes"), -pools.tax),
        (mark("TikTok's fees"), -platform.core),
        (mark("TikTok's logistics"), -platform.logistics),
        (mark("Adjustments"), -platform.adjustments),
        (mark("Fees new to us"), -platform.unclassified),
        (mark("Unexplained"), -platform.unexplained),
        (mark("Creators and partners"), -marketing.creators),
        (mark("Promotion and ads"), -marketing.promotion),
        (mark("Samples"), -marketing.samples),
    )
    shown = [Amount(ask.words(label), money(ask, value, one.currency)) for label, value in steps if value]
    shown.append(Amount(ask.words("Settlement"), money(ask, pools.settlement, one.currency), is_total=True))
    if pools.reserve:
        shown.append(Amount(ask.words("Held back (minus) or released"), money(ask, pools.reserve, one.currency)))
        payable = money(ask, pools.settlement + pools.reserve, one.currency)
        shown.append(Amount(ask.words("Payable"), payable, is_total=True))
    return tuple(shown)


def _line_words(ask: Ask, entry: Entry) -> str:
    """Which line it is: by its order for those who may see order numbers, else by its kind."""
    if entry.about_order and ask.actor.audience.may_see(Group.ID):
        return ask.words("Order {order_id}", order_id=entry.about_order)
    return plain_name(entry.kind).capitalize()
