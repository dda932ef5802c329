"""The payout auditor as people see it: what was checked in the latest days, what differs, and a file of it.

Reads what `fee_checks` stored; adds up in the database. Whose role has no order numbers gets none here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.core import delimited
from service.core.ledger.auditing import Tally, most_first, totals_of
from service.core.ledger.periods import Period
from service.core.ledger.tie_out import day_before_cut
from service.core.profiles import may_see
from service.core.roles import Actor, Permission
from service.errors import TooMuch
from service.flows import Services, manage
from service.flows.links import Export
from service.store import fee_checks, finance_reading, shops
from service.store.fee_checks import Finding

KIND = "fee-audit"
#: The choices of days, the first one where none is chosen.
DAYS = (90, 30, 365)
MOST_ROWS = 50_000
_AT_ONCE = 500
_HEADER = (
    "Shop", "Order", "Settled (UTC day)", "Statements", "Fee", "Currency", "Charged", "Expected", "Difference",
    "Taken of", "Percent", "Flat", "Cap", "Rule since", "Source", "Certainty", "Corrected since",
)  # fmt: skip

Row = tuple[delimited.Value, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """What the checks of some days say. `holding` are tallies of rules that hold, `doubtful` the others.

    `totals`: currency → (too much, too little) in minor units. `total`: how many findings there are. `is_walking`: some
    orders of shops whose finance may be read are still to be checked.
    """

    shop_names: Mapping[str, str]
    holding: Sequence[Tally]
    doubtful: Sequence[Tally]
    totals: Mapping[str, tuple[int, int]]
    findings: Sequence[Finding]
    total: int
    is_walking: bool


def look(services: Services, actor: Actor, days: int, *, limit: int, offset: int = 0) -> Audit:
    """The audit of orders whose last statement is of the latest `days` UTC days, a page of its findings with it."""
    since, until = _days(services, days)
    with services.store.read() as tx:
        found = most_first(fee_checks.tallies(tx, actor.scope, since=since, until=until))
        holding = [one for one in found if one.holds]
        listed = fee_checks.findings(tx, actor.scope, since=since, until=until, of=holding, limit=limit, offset=offset)
        refused = {row.shop_id: row.refused_consent_id for row in finance_reading.cursors_of(tx, actor.scope)}
        mine = [shop for shop in shops.shops_of(tx, actor.scope) if shop.state == "live"]
        read = [shop for shop in mine if refused.get(shop.id) != shop.consent_id]
        is_walking = any(fee_checks.walk_of(tx, shop).walked_at is None for shop in read)
        names = {shop.id: shop.name for shop in shops.every_shop_of(tx, actor.scope)}
    return Audit(
        shop_names=names if may_see("shop_name", actor.audience) else {},
        holding=holding,
        doubtful=[one for one in found if not one.holds],
        totals=totals_of(found),
        findings=listed,
        total=sum(one.over_count + one.under_count for one in holding),
        is_walking=is_walking,
    )


def table(services: Services, actor: Actor, subject: str) -> Export:
    """Every finding of the days that the link was issued for, most money first. TooMuch beyond `MOST_ROWS`."""
    manage.require(actor, Permission.EXPORT)
    days = int(json.loads(subject)["days"])
    audit = look(services, actor, days, limit=0)
    if audit.total > MOST_ROWS:
        raise TooMuch("These days hold too many lines for one file. Choose fewer days.", detail=f"{audit.total} rows")
    content = delimited.lines(_HEADER, _rows(services, actor, days, audit))
    return Export(f"Fee audit of {days} days", "csv", delimited.MIMETYPE, content, rows=audit.total)


def subject_of(days: int) -> str:
    """What a link stands for."""
    return json.dumps({"days": days})


def _rows(services: Services, actor: Actor, days: int, audit: Audit) -> Iterator[Row]:
    """The findings, a portion at a time."""
    since, until = _days(services, days)
    is_named = may_see("order_id", actor.audience)
    for offset in range(0, audit.total, _AT_ONCE):
        with services.store.read() as tx:
            found = fee_checks.findings(
                tx, actor.scope, since=since, until=until, of=audit.holding, limit=_AT_ONCE, offset=offset
            )
        yield from (_row(one, audit.shop_names, is_named=is_named) for one in found)


def _row(one: Finding, names: Mapping[str, str], *, is_named: bool) -> Row:
    check = one.check
    return (
        names.get(one.shop_id, ""),
        one.order_id if is_named else "",
        day_before_cut(check.settled_at).isoformat(),
        " ".join(check.statement_ids),
        check.field.removesuffix("_amount").replace("_", " ").capitalize(),
        check.currency,
        check.charged,
        check.expected,
        check.difference,
        check.base,
        check.percent,
        check.flat,
        check.cap,
        check.effective_from.isoformat(),
        check.source,
        check.certainty,
        check.corrected,
    )


def _days(services: Services, days: int) -> tuple[datetime, datetime]:
    """[since, until) of the statements that hold the latest UTC days, today's among them."""
    today = services.clock.market().date()
    return Period(today - timedelta(days=days - 1), today).of_statements()
