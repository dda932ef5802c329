"""Why the profit of an order is what it is: one page of its steps."""

from collections.abc import Mapping
from decimal import Decimal

from cards.fee_names import fee_name
from cards.layout import Pager
from cards.profit_history import STEPS_SHOWN, Charge, CostEdit, ProfitHistory, ProfitStep, Share, ShareLine, StepTaken
from cards.reply import Reply, Show
from cards.words import Words, mark
from service.core.ledger.costs import SENDING, Cost
from service.core.ledger.history import CostMoment, Step, StepKind
from service.core.ledger.profit import Outcome
from service.core.ledger.rates import Trust
from service.core.ledger.settling import Basis
from service.core.ledger.tie_out import day_before_cut
from service.flows import profit_history as flow
from service.flows.profit_history import ProfitLife
from service.web.ask import Ask

_MOST_DIGITS = 4
_BASIS_WORDS: Mapping[Basis, str] = {
    Basis.ESTIMATED: mark("Estimated"),
    Basis.PARTIAL: mark("Partly settled"),
    Basis.SETTLED: mark("Settled"),
}
_ESTIMATES: Mapping[Trust, ProfitStep] = {
    Trust.UNSETTLED: ProfitStep.OWN_ESTIMATE,
    Trust.RECENT: ProfitStep.RECENT_RATES,
    Trust.TABLE: ProfitStep.FEE_TABLE,
}
_RECENT_SOURCE = mark("Your last orders of these goods")
_OF_STATEMENTS = frozenset({StepKind.SETTLED, StepKind.REFUND, StepKind.ADJUSTMENT})


def profit_history(ask: Ask) -> Reply:
    """The steps that made an order's profit, newest first. `order_key`, `page`."""
    flow.require(ask.actor)
    page = ask.event.parameters.get("page", "")
    found = flow.look(ask.services, ask.actor, ask.param("order_key"), locale=ask.words.locale)
    return Reply(_view(ask.words, found, page), Show.UPDATE if page else Show.PUSH)


def _view(words: Words, found: ProfitLife, page: str) -> ProfitHistory:
    total = len(found.steps)
    start = min(_number(page), max(total - 1, 0) // STEPS_SHOWN * STEPS_SHOWN)
    steps = found.steps[start : start + STEPS_SHOWN]
    shown, profit = found.profit.shown, found.profit
    missing = shown.cogs.missing if shown else ()
    return ProfitHistory(
        order_key=found.order_key,
        title=found.title,
        net=_money(words, shown.net, found.currency) if shown else "",
        steps=tuple(_step(words, found, one) for one in steps),
        pager=Pager(
            start + 1,
            start + len(steps),
            total,
            str(start - STEPS_SHOWN) if start else "",
            str(start + STEPS_SHOWN) if start + STEPS_SHOWN < total else "",
        ),
        basis=words(_BASIS_WORDS[profit.basis]),
        confidence=profit.confidence,
        settled_less=_signed(words, profit.delta, found.currency),
        is_missing=bool(missing),
        missing=tuple(dict.fromkeys(found.skus[sku_id] for sku_id in missing if sku_id in found.skus)),
    )


def _number(page: str) -> int:
    """Where a page begins; a text that is no number is the first page."""
    is_number = page.isascii() and page.isdecimal() and len(page) <= _MOST_DIGITS
    return int(page) // STEPS_SHOWN * STEPS_SHOWN if is_number else 0


def _step(words: Words, found: ProfitLife, step: Step) -> StepTaken:
    return StepTaken(
        kind=_kind(step),
        day=_day(words, found, step),
        change=_signed(words, step.change, found.currency),
        net=_money(words, step.net, found.currency),
        name=fee_name(step.name, words),
        statement_id=step.statement_id,
        shares=_shares(words, found.currency, step),
        charges=tuple(
            Charge(
                fee_name(one.field, words),
                _money(words, one.cost, found.currency),
                _money(words, one.base, found.currency),
                words(_RECENT_SOURCE) if step.trust is Trust.RECENT else one.source,
            )
            for one in step.charges
        ),
        edits=tuple(_edit(words, found, one) for one in step.edits),
    )


def _kind(step: Step) -> ProfitStep:
    if step.kind is StepKind.ESTIMATE and step.trust is not None:
        return _ESTIMATES[step.trust]
    return ProfitStep(step.kind.value)


def _day(words: Words, found: ProfitLife, step: Step) -> str:
    """The day a statement covers, by UTC; of everything else the shop's own day."""
    if step.at is None:
        return ""
    if step.kind in _OF_STATEMENTS:
        return words.day(day_before_cut(step.at))
    return words.day(step.at.astimezone(found.where).date())


def _shares(words: Words, currency: str, step: Step) -> tuple[ShareLine, ...]:
    """What a statement's line says; of an estimate and of now, what the whole order comes to."""
    if step.pools is not None:
        pools = step.pools
        amounts = _of_pools(pools.revenue, pools.tax, pools.platform.total, pools.marketing.total)
        amounts[Share.SETTLEMENT] = pools.settlement
    elif step.outcome is not None and step.kind is not StepKind.COST:
        amounts = _of_outcome(step.outcome)
    else:
        amounts = {}
    return tuple(ShareLine(share, _money(words, amount, currency)) for share, amount in amounts.items())


def _of_pools(revenue: Decimal, tax: Decimal, platform: Decimal, marketing: Decimal) -> dict[Share, Decimal]:
    """Revenue, and of the pools those that take anything."""
    pools = {Share.TAX: tax, Share.PLATFORM: platform, Share.MARKETING: marketing}
    return {Share.REVENUE: revenue, **{share: amount for share, amount in pools.items() if amount}}


def _of_outcome(outcome: Outcome) -> dict[Share, Decimal]:
    pools = outcome.pools
    amounts = _of_pools(pools.revenue, pools.tax, pools.platform.total, pools.marketing.total)
    if outcome.cogs.total:
        amounts[Share.COGS] = outcome.cogs.total
    return amounts


def _edit(words: Words, found: ProfitLife, edit: CostMoment) -> CostEdit:
    what = "" if edit.sku_id == SENDING else found.skus.get(edit.sku_id, words("Cost of goods"))
    return CostEdit(what, _cost(words, edit.before), _cost(words, edit.after), found.who.get(edit.sub, ""))


def _cost(words: Words, cost: Cost | None) -> str:
    """What a unit costs with its packaging and sending."""
    return "" if cost is None else words.money(cost.unit + cost.packaging + cost.fulfilment, cost.currency)


def _money(words: Words, amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else words.money(amount, currency)


def _signed(words: Words, amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return ""
    return f"+{words.money(amount, currency)}" if amount > 0 else words.money(amount, currency)
