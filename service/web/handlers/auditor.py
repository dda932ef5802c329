"""The payout auditor and the rises of fees: looked at, taken away, taken note of."""

from collections.abc import Iterable
from decimal import Decimal

from cards.actions import Action, Link
from cards.auditor import FINDINGS_SHOWN, AuditTotal, CheckedRule, FeeAudit, FeeFinding
from cards.fee_drift import DriftSide, FeeDrift, FeeShare
from cards.fee_names import fee_name
from cards.layout import Pager
from cards.reply import Reply, Show
from cards.widgets import Choice
from cards.words import Words
from service.core.currencies import exponent
from service.core.ledger.auditing import Check, Tally
from service.core.ledger.drift import Rise, rises_of
from service.core.ledger.rates import RecentRates
from service.core.ledger.tie_out import day_before_cut
from service.core.profiles import may_see
from service.core.roles import Permission
from service.flows import auditor as flow
from service.flows import fee_drifts, links, manage
from service.flows.auditor import Audit
from service.flows.fee_drifts import ToldDrift
from service.web.ask import Ask
from service.web.handlers.lines import percent_of

_MOST_DIGITS = 6
_TENTH = Decimal("0.1")


def fee_audit(ask: Ask) -> Reply:
    """What TikTok charged against its rules, in the latest days. `days`, `page`; form: `days`."""
    given = ask.event.parameters
    page = given.get("page", "")
    days = _days(ask.text("days") or given.get("days", ""))
    is_turned = bool(page or ask.event.form)
    return Reply(_audit(ask, days, page), Show.UPDATE if is_turned else Show.PUSH)


def export_fee_audit(ask: Ask) -> Reply:
    """The findings as a file: a link that works once is opened. `days`."""
    manage.require(ask.actor, Permission.EXPORT)
    subject = flow.subject_of(_days(ask.param("days")))
    url = links.issue(ask.services, ask.actor, kind=flow.KIND, subject=subject, spreadsheet_id=ask.spreadsheet_id)
    return Reply(link=Link(url), toast=ask.words("Your download begins in a new tab"))


def fee_drift(ask: Ask) -> Reply:
    """A rise of fees. `drift_id`."""
    return Reply(_drift(ask, fee_drifts.show(ask.services, ask.actor, ask.param("drift_id"))))


def dismiss_drift(ask: Ask) -> Reply:
    """Nobody is told of the rise any more. `drift_id`."""
    drift_id = ask.param("drift_id")
    fee_drifts.dismiss(ask.services, ask.actor, drift_id)
    found = fee_drifts.show(ask.services, ask.actor, drift_id)
    return Reply(_drift(ask, found), Show.UPDATE, toast=ask.words("Noted. It is told to nobody any more"))


# --- the auditor -----------------------------------------------------------------------------------------------------


def _days(text: str) -> int:
    """The chosen days; what is none of the choices is the first of them."""
    return next((days for days in flow.DAYS if str(days) == text), flow.DAYS[0])


def _audit(ask: Ask, days: int, page: str) -> FeeAudit:
    start = _start(page)
    found = flow.look(ask.services, ask.actor, days, limit=FINDINGS_SHOWN, offset=start)
    if start and not found.findings:  # fewer than when the page was turned
        start, found = 0, flow.look(ask.services, ask.actor, days, limit=FINDINGS_SHOWN)
    words = ask.words
    return FeeAudit(
        days=tuple(
            Choice(str(one), words.plural("the last {count} day", "the last {count} days", one), one == days)
            for one in sorted(flow.DAYS)
        ),
        asked=str(days),
        totals=tuple(
            AuditTotal(currency, _minor(words, over, currency), _minor(words, under, currency))
            for currency, (over, under) in found.totals.items()
        ),
        rules=_rules(words, found.holding, found),
        doubtful=_rules(words, found.doubtful, found),
        findings=tuple(_finding(ask, one.order_id, one.check) for one in found.findings),
        pager=_pager(start, found),
        is_walking=found.is_walking,
        may_export=ask.actor.audience.may_do(Permission.EXPORT),
    )


def _start(page: str) -> int:
    is_number = page.isascii() and page.isdecimal() and len(page) <= _MOST_DIGITS
    return int(page) // FINDINGS_SHOWN * FINDINGS_SHOWN if is_number else 0


def _pager(start: int, found: Audit) -> Pager:
    end = start + len(found.findings)
    previous = str(start - FINDINGS_SHOWN) if start else ""
    return Pager(start + 1, end, found.total, previous, str(end) if end < found.total else "")


def _rules(words: Words, tallies: Iterable[Tally], found: Audit) -> tuple[CheckedRule, ...]:
    return tuple(
        CheckedRule(
            fee_name(one.field, words),
            found.shop_names.get(one.shop_id, words("The shop")),
            one.currency,
            one.source,
            count=one.count,
            fitting=one.fitting,
            over=_minor(words, one.over_minor, one.currency),
            over_count=one.over_count,
            under=_minor(words, one.under_minor, one.currency),
            under_count=one.under_count,
        )
        for one in tallies
    )


def _finding(ask: Ask, order_id: str, check: Check) -> FeeFinding:
    words = ask.words
    is_named = may_see("order_id", ask.actor.audience)
    difference = words.money(check.difference, check.currency)
    return FeeFinding(
        order_key=order_id if is_named and Action.ORDER in ask.may else "",
        order=order_id if is_named else "",
        day=words.day(day_before_cut(check.settled_at)),
        name=fee_name(check.field, words),
        difference=f"+{difference}" if check.difference > 0 else difference,
        charged=words.money(check.charged, check.currency),
        expected=words.money(check.expected, check.currency),
        rule=_rule(words, check),
        statements=", ".join(check.statement_ids),
        is_over=check.difference > 0,
    )


def _rule(words: Words, check: Check) -> str:
    """How the fee should be worked out, and since when."""
    parts = []
    if not check.percent and not check.flat:
        parts.append(words("nothing"))
    if check.percent:
        percent, base = words.number(check.percent), words.money(check.base, check.currency)
        parts.append(words("{percent} % of {base}", percent=percent, base=base))
    if check.flat:
        parts.append(words.money(check.flat, check.currency))
    if check.cap is not None:
        parts.append(words("at most {amount} each", amount=words.money(check.cap, check.currency)))
    told = words("{rule}, since {day}", rule=" + ".join(parts), day=words.day(check.effective_from))
    if check.corrected and check.difference != check.charged - check.expected:
        given = words.money(abs(check.corrected), check.currency)
        told = words("{rule}; {amount} of it was made good since", rule=told, amount=given)
    return told


def _minor(words: Words, minor: int, currency: str) -> str:
    return words.money(Decimal(minor).scaleb(-exponent(currency)), currency) if minor else ""


# --- rises -----------------------------------------------------------------------------------------------------------


def _drift(ask: Ask, found: ToldDrift) -> FeeDrift:
    words, drift = ask.words, found.row.drift
    return FeeDrift(
        drift_id=found.row.id,
        shop=found.shop_name if may_see("shop_name", ask.actor.audience) else words("The shop"),
        currency=found.row.currency,
        before=_side(words, drift.before),
        after=_side(words, drift.after),
        fees=tuple(_share(words, one) for one in rises_of(drift)),
        since=words.day(day_before_cut(drift.since)) if drift.since else "",
        is_over=found.row.is_over,
        is_noted=found.row.is_noted,
        may=ask.may,
    )


def _side(words: Words, rates: RecentRates) -> DriftSide:
    return DriftSide(rates.orders, words.money(rates.revenue, rates.currency), percent_of(words, rates.share))


def _share(words: Words, rise: Rise) -> FeeShare:
    points = words.number((rise.points * 100).quantize(_TENTH))
    return FeeShare(
        fee_name(rise.field, words),
        percent_of(words, rise.before),
        percent_of(words, rise.after),
        f"+{points}" if rise.points > 0 else points,
        is_risen=rise.points > 0,
    )
