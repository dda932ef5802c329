"""The finance desk: a period of each shop as the accountant looks at it, and asking for newer figures at once.

Each shop stands for itself and each currency in it: nothing is added across them. What a viewer may see of it is the
web's to choose; what is theirs to reach is decided here, by their scope.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from service.core.ledger.entries import Entry, Payment
from service.core.ledger.periods import Period, Span, period_of
from service.core.ledger.reconciling import reconcile
from service.core.ledger.tie_out import PayoutTie, StatementTie
from service.core.roles import Actor, Scope
from service.core.zones import zone
from service.errors import BadInput, NotConnected, NotFound, TooMuch
from service.flows import Services
from service.flows.desk_orders import Summed, summed
from service.flows.desk_statements import Tied, added_up, payout_of, tied
from service.flows.stretch import Stretch
from service.store import deeds, desk, finance_reading, leases, shops
from service.store.desk import Kept
from service.store.records import FinanceCursorRow, ShopRow
from service.store.session import Tx
from service.tiktok.finance_calls import WITHDRAWAL_MARKETS

#: What adding up may take of one press; what is left then is said and goes on at the next.
LOOK_S = 2.0
#: TikTok settles once a day; asking it again sooner than this brings nothing.
REST = timedelta(minutes=15)
UNDATED_SHOWN = 5
ODD_SHOWN = 10
NO_MARKET_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: days, and a shop ("" = all). `own`: the days themselves, with the span OWN."""

    span: Span = Span.THIS_MONTH
    own: Period | None = None
    shop_id: str = ""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far a shop's finance has been read. `read_at`: market time of the last look at its statements, None before.

    `is_reading`: a look is due or under way. `trouble`: a sentence for people, "" when well; `is_refused`: the seller
    has not allowed finance; `is_gone`: the shop is disconnected. `wait_s`: seconds until asking again makes sense.
    """

    read_at: datetime | None
    is_reading: bool = False
    trouble: str = ""
    is_refused: bool = False
    is_gone: bool = False
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class ShopDesk:
    """A shop's period. `where`: its zone; `today`: its local day now."""

    shop: ShopRow
    where: tzinfo
    zone_name: str
    today: date
    period: Period
    fresh: Freshness
    orders: Summed
    statements: Mapping[str, Tied]
    undated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OddLine:
    """A line of which no field explains an amount: `unexplained`, a cost, in the statement's currency."""

    entry: Entry
    unexplained: Decimal


@dataclass(frozen=True, slots=True)
class StatementDesk:
    """One statement. `tie` is None while its lines are not all here; `lines`: how many are.

    `odd`: the largest unexplained lines. `flags`: what was not understood of any line.
    """

    shop: ShopRow
    kept: Kept
    lines: int
    tie: StatementTie | None
    payout: PayoutTie | None
    payment: Payment | None
    odd: tuple[OddLine, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def has_payouts(self) -> bool:
        return self.shop.region not in WITHDRAWAL_MARKETS


@dataclass(frozen=True, slots=True)
class TieDesk:
    """A shop's statements in a period, by currency."""

    shop: ShopRow
    period: Period
    statements: Mapping[str, Tied]

    @property
    def has_payouts(self) -> bool:
        return self.shop.region not in WITHDRAWAL_MARKETS


@dataclass(frozen=True, slots=True)
class Looked:
    """The period of some shops. `left`: how many others there are, which were not looked at."""

    shops: tuple[ShopDesk, ...]
    left: int = 0


def look(services: Services, actor: Actor, wanted: Wanted, *, most: int) -> Looked:
    """The period of the wanted shops, at most so many, as far as it is added up within `LOOK_S`.

    NotFound for a shop out of scope.
    """
    stretch = Stretch(LOOK_S)
    with services.store.read() as tx:
        mine = [shop_in(tx, actor, wanted.shop_id)] if wanted.shop_id else shops.every_shop_of(tx, actor.scope)
        cursors = {row.shop_id: row for row in finance_reading.cursors_of(tx, actor.scope)}
    found: list[ShopDesk] = []
    waiting = list(mine)
    while waiting and len(found) < most:
        shop = waiting.pop(0)
        one = _look_at(services, actor, shop, cursors.get(shop.id), wanted, stretch=stretch)
        if wanted.shop_id or not one.fresh.is_gone or one.statements or one.orders.sums:
            found.append(one)
    return Looked(tuple(found), sum(shop.state != "disconnected" for shop in waiting))


def shop_in(tx: Tx, actor: Actor, shop_id: str) -> ShopRow:
    """A shop of the account, also one that is disconnected: its past is accounted for still. NotFound otherwise."""
    found = next((row for row in shops.every_shop_of(tx, actor.scope) if row.id == shop_id), None)
    if found is None:
        raise NotFound("This shop is not connected here.")
    return found


def look_at_statements(services: Services, actor: Actor, wanted: Wanted, *, for_s: float = LOOK_S) -> TieDesk:
    """The statements of one shop's period, as far as they are added up within `for_s`. NotFound as `look`."""
    with services.store.read() as tx:
        shop = shop_in(tx, actor, wanted.shop_id)
    period = days_of(services, shop, wanted)
    found = tied(services, actor.scope, shop, period=period, stretch=Stretch(for_s))
    return TieDesk(shop, period, found)


def days_of(services: Services, shop: ShopRow, wanted: Wanted) -> Period:
    """The wanted days as of now where the shop is."""
    if wanted.own is not None:
        return wanted.own
    today = services.clock.market().astimezone(zone(zone_of(services, shop))).date()
    return period_of(wanted.span, today)


def known_shops(services: Services, actor: Actor) -> Sequence[ShopRow]:
    """The shops that the desk can show to this person."""
    with services.store.read() as tx:
        return shops.every_shop_of(tx, actor.scope)


def _look_at(
    services: Services,
    actor: Actor,
    shop: ShopRow,
    cursor: FinanceCursorRow | None,
    wanted: Wanted,
    *,
    stretch: Stretch,
) -> ShopDesk:
    name = zone_of(services, shop)
    where = zone(name)
    today = services.clock.market().astimezone(where).date()
    period = days_of(services, shop, wanted)
    with services.store.read() as tx:
        undated = desk.undated(tx, Scope(actor.account_id, frozenset({shop.id})), limit=UNDATED_SHOWN)
    return ShopDesk(
        shop=shop,
        where=where,
        zone_name=name,
        today=today,
        period=period,
        fresh=freshness(services, shop, cursor),
        orders=summed(services, actor.scope, shop, period=period, where=where, stretch=stretch),
        statements=tied(services, actor.scope, shop, period=period, stretch=stretch),
        undated=tuple(one.statement.statement_id for one in undated),
    )


def zone_of(services: Services, shop: ShopRow) -> str:
    """The name of the zone whose days are the shop's."""
    market = services.policies.market(shop.region)
    return market.time_zone if market else NO_MARKET_ZONE


def freshness(services: Services, shop: ShopRow, cursor: FinanceCursorRow | None) -> Freshness:
    """How far the shop's finance has been read, and what is in the way."""
    is_gone = shop.state == "disconnected"
    if cursor is None:
        return Freshness(None, is_reading=shop.state == "live", is_gone=is_gone)
    is_refused = cursor.refused_consent_id == shop.consent_id
    is_reading = cursor.next_at <= services.clock.now() and shop.state == "live" and not is_refused
    wait_s = 0
    if cursor.statements_at is not None and not cursor.tries:
        wait_s = round((cursor.statements_at + REST - services.clock.market()).total_seconds())
    return Freshness(
        cursor.statements_at, is_reading, cursor.trouble or "", is_refused, is_gone=is_gone, wait_s=max(wait_s, 0)
    )


def own_period(first: date | None, last: date | None) -> Period:
    """The days somebody chose. BadInput with the field for what is no period."""
    if first is None:
        raise BadInput("Choose the first day.", field="first_day")
    if last is None:
        raise BadInput("Choose the last day.", field="last_day")
    try:
        return Period(first, last)
    except ValueError:
        sentence = "Choose a last day that is not before the first and at most 400 days after it."
        raise BadInput(sentence, field="last_day") from None


# --- one statement ---------------------------------------------------------------------------------------------------


def look_at_statement(
    services: Services, actor: Actor, shop_id: str, statement_id: str, *, for_s: float = LOOK_S
) -> StatementDesk:
    """One statement with its payout, as far as that is added up within `for_s`. NotFound for one out of scope."""
    with services.store.read() as tx:
        shop = shop_in(tx, actor, shop_id)
        kept = desk.statement(tx, actor.scope, shop_id, statement_id)
        lines = desk.count_lines(tx, actor.scope, shop_id, statement_id)
        flags = desk.flags_in(tx, actor.scope, shop_id, statement_id)
        payment_id = kept.statement.payment_id
        beside = desk.statements_paid_by(tx, actor.scope, shop_id, {payment_id} - {""})
        payments = desk.payments_named(tx, actor.scope, shop_id, {payment_id} - {""})
    others = [one for one in beside if one.statement.statement_id != statement_id]
    stretch = Stretch(for_s)
    ties = added_up(services, actor.scope, shop_id, [kept], stretch=stretch)
    ties |= added_up(services, actor.scope, shop_id, others, stretch=stretch)
    payment = payments.get(payment_id)
    tie = ties.get(statement_id)
    return StatementDesk(
        shop=shop,
        kept=kept,
        lines=lines,
        tie=tie,
        payout=payout_of(payment, beside, ties, payment_id=payment_id) if payment_id else None,
        payment=payment,
        odd=_odd_lines(services, actor, shop_id, statement_id) if tie is not None and tie.unexplained else (),
        flags=tuple(flags),
    )


def _odd_lines(services: Services, actor: Actor, shop_id: str, statement_id: str) -> tuple[OddLine, ...]:
    with services.store.read() as tx:
        lines = desk.lines_in(tx, actor.scope, shop_id, {statement_id})
    odd = [OddLine(one, -gap) for one in lines if (gap := reconcile(one).unexplained)]
    odd.sort(key=lambda one: (-abs(one.unexplained), one.entry.entry_id))
    return tuple(odd[:ODD_SHOWN])


# --- soon ------------------------------------------------------------------------------------------------------------


def refresh(services: Services, actor: Actor, shop_id: str) -> None:
    """The shop's finance is read anew as soon as a worker is free. NotFound for a shop out of scope.

    NotConnected where the seller has not allowed it or the shop is not connected; TooMuch when it was read just now.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        shop = shop_in(tx, actor, shop_id)
        cursor = next((row for row in finance_reading.cursors_of(tx, actor.scope) if row.shop_id == shop_id), None)
        fresh = freshness(services, shop, cursor)
        if shop.state != "live" or fresh.is_refused:
            raise NotConnected(
                fresh.trouble or "This shop is not connected any more. Ask an owner to connect it again."
            )
        if fresh.wait_s:
            raise TooMuch(
                "TikTok Shop was asked a moment ago and settles once a day. Try again in {minutes} minutes.",
                values={"minutes": str(-(-fresh.wait_s // 60))},
                detail="finance refresh",
            )
        if desk.want_soon(tx, actor.scope, shop_id, now):
            deeds.record(tx, actor.account_id, sub=actor.sub, deed="refresh-desk", subject=shop.name, at=now)
        leases.unqueue_shop(tx, shop_id)
        services.wake.shop(tx, shop_id)
