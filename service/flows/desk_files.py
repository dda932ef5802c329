"""A shop's period as files to take away: its statements, their lines, its payouts. Made anew when the link is opened.

Nothing personal and nothing of the seller's own costs is in them. Whose role has no order numbers gets none here.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from service.core import delimited
from service.core.ledger.entries import Entry
from service.core.ledger.exchange import rate_of_payment
from service.core.ledger.periods import Period, Span
from service.core.ledger.pools import Pools, pools_of_one
from service.core.ledger.tie_out import PayoutTie, Standing, StatementTie, day_covered
from service.core.profiles import may_see
from service.core.roles import Actor, Group, Permission, Scope
from service.core.zones import zone
from service.errors import TooMuch
from service.flows import Services, manage
from service.flows.desk import TieDesk, Wanted, days_of, look_at_statements, shop_in, zone_of
from service.flows.desk_statements import Tied
from service.flows.links import Export
from service.store import desk, finance_reading
from service.store.desk import Kept
from service.store.records import ShopRow

MOST_LINES = 200_000
STATEMENTS_AT_ONCE = 10
ADDING_S = 15.0

_POOLS = (
    "Revenue", "Taxes", "Fees", "Logistics", "Adjustments", "Unclassified", "Unexplained", "Creators", "Promotion",
    "Samples", "Settlement", "Held back",
)  # fmt: skip
_STATEMENTS = ("Statement", "Day (UTC)", "Currency", "Lines", "State", "Stated settlement", *_POOLS, "To be paid out",
               "Difference", "Payout", "Paid")  # fmt: skip
_LINES = ("Statement", "Day (UTC)", "Payout", "Kind", "Order", "Currency", *_POOLS, "Fields")
_PAYOUTS = ("Payout", "Status", "Paid", "Statements", "Currency", "Their sum", "Bank currency", "Bank amount",
            "Exchange rate", "State", "Difference")  # fmt: skip
_WITHDRAWALS = ("Movement", "Kind", "Status", "Made", "Currency", "Amount")

Row = tuple[delimited.Value, ...]


def subject_of(services: Services, actor: Actor, wanted: Wanted) -> str:
    """What a link stands for: the shop and the days as of now. NotFound for a shop out of scope."""
    with services.store.read() as tx:
        shop = shop_in(tx, actor, wanted.shop_id)
    days = days_of(services, shop, wanted)
    return json.dumps({"shop": shop.id, "first": days.first.isoformat(), "last": days.last.isoformat()})


def statements_table(services: Services, actor: Actor, subject: str) -> Export:
    """Every statement of the period with what it came to and whether it ties, newest first."""
    found = _opened(services, actor, subject)
    rows = [row for one in found.statements.values() for row in _statement_rows(one)]
    return _export(_title(actor, found.shop, found.period, "statements"), _STATEMENTS, rows)


def payouts_table(services: Services, actor: Actor, subject: str) -> Export:
    """Every payout of the period's statements; where upstream lists none, the movements of the balance."""
    found = _opened(services, actor, subject)
    if found.has_payouts:
        rows = [_payout_row(one, tie) for one in found.statements.values() for tie in one.out.payouts]
        return _export(_title(actor, found.shop, found.period, "payouts"), _PAYOUTS, rows)
    since, until = found.period.of_orders(zone(zone_of(services, found.shop)))
    with services.store.read() as tx:
        mine = finance_reading.withdrawals_of(tx, _only(actor, found.shop), since=since, until=until)
    moved = [
        (one.withdrawal_id, one.kind, one.status, one.created_at, one.amount.currency if one.amount else "",
         one.amount.value if one.amount else None)
        for _shop_id, one in mine
    ]  # fmt: skip
    return _export(_title(actor, found.shop, found.period, "withdrawals"), _WITHDRAWALS, moved)


def transactions_table(services: Services, actor: Actor, subject: str) -> Export:
    """Every line of the period's statements, those without an order too; the title says so while some are not here yet.

    TooMuch beyond `MOST_LINES`.
    """
    manage.require(actor, Permission.EXPORT)
    shop, period = _asked(services, actor, subject)
    scope = _only(actor, shop)
    since, until = period.of_statements()
    with services.store.read() as tx:
        kept = desk.statements_between(tx, scope, since, until)
        count = sum(desk.count_lines(tx, scope, shop.id, one.statement.statement_id) for one in kept)
    if count > MOST_LINES:
        raise TooMuch("These days hold too many lines for one file. Choose fewer days.", detail=f"{count} lines")
    is_named = actor.audience.may_see(Group.ID)
    rows = _line_rows(services, scope, shop.id, kept, is_named=is_named)
    content = delimited.lines(_LINES, rows)
    name = "transactions" if all(one.read_at for one in kept) else "transactions so far"
    return Export(_title(actor, shop, period, name), "csv", delimited.MIMETYPE, content, rows=count)


# --- what is asked for -----------------------------------------------------------------------------------------------


def _asked(services: Services, actor: Actor, subject: str) -> tuple[ShopRow, Period]:
    asked = json.loads(subject)
    with services.store.read() as tx:
        shop = shop_in(tx, actor, asked["shop"])
    return shop, Period(date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"]))


def _opened(services: Services, actor: Actor, subject: str) -> TieDesk:
    manage.require(actor, Permission.EXPORT)
    shop, period = _asked(services, actor, subject)
    return look_at_statements(services, actor, Wanted(Span.OWN, period, shop.id), for_s=ADDING_S)


def _only(actor: Actor, shop: ShopRow) -> Scope:
    return Scope(actor.account_id, frozenset({shop.id}))


def _title(actor: Actor, shop: ShopRow, period: Period, name: str) -> str:
    """What the file is called: after the shop for those who may know which it is."""
    of = shop.name if may_see("shop_name", actor.audience) else "Shop"
    return f"{of} – {name} {period.first.isoformat()} to {period.last.isoformat()}"


def _export(title: str, header: Sequence[str], rows: Sequence[Row]) -> Export:
    return Export(title, "csv", delimited.MIMETYPE, delimited.lines(header, rows), rows=len(rows))


# --- rows ------------------------------------------------------------------------------------------------------------


def _pools(pools: Pools) -> tuple[Decimal, ...]:
    """From revenue to settlement, signed from the seller's side, so that a row adds up."""
    platform, marketing = pools.platform, pools.marketing
    return (
        pools.revenue,
        -pools.tax,
        -platform.core,
        -platform.logistics,
        -platform.adjustments,
        -platform.unclassified,
        -platform.unexplained,
        -marketing.creators,
        -marketing.promotion,
        -marketing.samples,
        pools.settlement,
        pools.reserve,
    )


def _statement_rows(found: Tied) -> Iterator[Row]:
    ties = {tie.statement.statement_id: tie for tie in found.out.statements}
    incomplete = {one.statement_id for one in found.incomplete}
    for one in found.statements:
        tie = ties.get(one.statement_id)
        day = day_covered(one)
        state = "incomplete" if one.statement_id in incomplete else "not added up" if tie is None else _state(tie)
        came_to = _pools(tie.pools) if tie else (None,) * len(_POOLS)
        yield (
            one.statement_id,
            day.isoformat() if day else "",
            one.currency,
            tie.entries if tie else None,
            state,
            one.settlement,
            *came_to,
            tie.pools.settlement + tie.pools.reserve if tie else None,
            sum((residual.amount for residual in tie.residuals), Decimal(0)) if tie else None,
            one.payment_id,
            one.paid_at,
        )


def _state(tie: StatementTie) -> str:
    return "differs" if tie.residuals else "ties"


def _payout_row(found: Tied, tie: PayoutTie) -> Row:
    """What was not compared has no difference, which is not a difference of nothing."""
    payment = found.payments.get(tie.payment_id)
    rate = rate_of_payment(payment) if payment else None
    return (
        tie.payment_id,
        payment.status if payment else "not paid yet",
        payment.paid_at if payment else None,
        " ".join(tie.statements),
        tie.payable.currency,
        tie.payable.value if tie.is_whole else None,
        tie.amount.currency if tie.amount else "",
        tie.amount.value if tie.amount else None,
        rate.rate if rate else None,
        tie.standing.value,
        None if tie.standing is Standing.OPEN else sum((one.amount for one in tie.residuals), Decimal(0)),
    )


def _line_rows(
    services: Services, scope: Scope, shop_id: str, kept: Sequence[Kept], *, is_named: bool
) -> Iterator[Row]:
    """A row for each line, a few statements in memory at a time."""
    for start in range(0, len(kept), STATEMENTS_AT_ONCE):
        portion = {one.statement.statement_id: one for one in kept[start : start + STATEMENTS_AT_ONCE]}
        with services.store.read() as tx:
            lines = desk.lines_in(tx, scope, shop_id, portion)
        for line in sorted(lines, key=lambda one: (one.statement_id, one.entry_id)):
            yield _line_row(line, portion[line.statement_id], is_named=is_named)


def _line_row(line: Entry, kept: Kept, *, is_named: bool) -> Row:
    day = day_covered(kept.statement)
    pools = pools_of_one(line)
    return (
        line.statement_id,
        day.isoformat() if day else "",
        kept.statement.payment_id,
        line.kind,
        line.about_order if is_named else "",
        line.currency,
        *_pools(pools),
        _fields(pools.fields.items()),
    )


def _fields(found: Iterable[tuple[str, Decimal]]) -> str:
    return "; ".join(f"{name} {amount}" for name, amount in found)
