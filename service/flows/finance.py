"""Finance comes in: statements and their lines, payments or withdrawals, estimates. Polled; there is no notice of it.

Everything is stored by upstream's id before a cursor moves, so that a process that dies anywhere costs a repetition and
nothing else. A round begins when it is due, goes on a short stretch at a time (the shop's notices come first again in
between) and ends when nothing is left. What fails here puts off finance alone: orders go on.
"""

import contextlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from service.core.ledger.entries import ORDER_KIND, Entry
from service.core.ledger.settling import is_reserve
from service.core.roles import Actor
from service.errors import NotConnected, NotFound, Problem, UpstreamFailed
from service.flows import Services, estimates, fee_checks, fee_drifts, finance_tabs, transactions
from service.store import finance as ledger
from service.store import finance_reading, orders, profits, shops
from service.store.finance import Reading
from service.store.records import FinanceCursorRow, ShopRow
from service.store.session import Tx
from service.tiktok.access import ShopAccess
from service.tiktok.faults import ScopeLacking
from service.tiktok.finance import Found
from service.tiktok.finance_calls import WITHDRAWAL_MARKETS, every

STRETCH_S = 3
#: What a stretch may take at most, its last call included; with less left of the job it is not begun.
ROOM_S = 15
EVERY = timedelta(minutes=30)
SWEEP_EVERY = timedelta(hours=6)  # of estimates: a call for each hundred open orders
#: A statement's payment is on its way for days, a failed one is made again, and a statement may be shown late.
STATEMENT_OVERLAP, PAYMENT_OVERLAP = timedelta(days=45), timedelta(days=30)
#: The vendor has no older finance.
EARLIEST = datetime(2023, 7, 1, tzinfo=UTC)
STATEMENTS_PER_LOOK, ORDERS_PER_LOOK = 20, 50
FIRST_BACK_OFF, LONGEST_BACK_OFF = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Round:
    """One stretch of one shop's round. `until_s` ends the stretch, `deadline` the job: monotonic seconds."""

    services: Services
    shop: ShopRow
    access: ShopAccess
    until_s: float
    deadline: float

    def has_time(self) -> bool:
        return time.monotonic() < self.until_s

    def is_due(self, last: datetime | None, every_: timedelta) -> bool:
        """Whether what was last done at `last` (market time) is to be done again in this round."""
        return last is None or self.services.clock.market() - last >= every_ / 2


def run(
    services: Services, shop: ShopRow, access: ShopAccess, *, deadline: float, stretch_s: float = STRETCH_S
) -> bool:
    """A stretch of the shop's finance is read, if a round is due. Returns whether more of it waits.

    A consent that does not allow finance is not asked again; the next consent is. A dead one is the caller's to end.
    """
    with services.store.read() as tx:
        cursor = ledger.cursor(tx, shop.id)
    if cursor is None or cursor.next_at > services.clock.now() or cursor.refused_consent_id == shop.consent_id:
        return False
    if time.monotonic() > deadline - ROOM_S:
        return True
    this = _Round(services, shop, access, until_s=time.monotonic() + stretch_s, deadline=deadline)
    try:
        problem = _go_on(this)
    except ScopeLacking:
        _refused(services, shop)
        return False
    except NotConnected:
        raise
    except Problem as failure:
        problem = failure
    if problem is None and not this.has_time():
        return True
    _end(services, shop.id, problem)
    return False


def open_due(services: Services, tx: Tx) -> list[str]:
    """The shops whose finance is due, new ones among them."""
    now = services.clock.now()
    ledger.open_cursors(tx, now)
    return ledger.due_shops(tx, now)


def troubles(services: Services, actor: Actor) -> dict[str, str]:
    """Shop id → what is wrong with fetching its finance, for people; shops that are well are absent."""
    with services.store.read() as tx:
        return {row.shop_id: row.trouble for row in finance_reading.cursors_of(tx, actor.scope) if row.trouble}


def _go_on(this: _Round) -> Problem | None:
    """The round as far as the stretch goes, in the order in which people miss things. What single statements or orders
    failed of is returned: it does not keep the others.
    """
    _list_statements(this)
    _list_payouts(this)
    problem = _read_statements(this)
    problem = _read_orders(this) or problem
    _sweep(this)
    if this.shop.import_at is None:  # before, it is not known what was sold
        fee_checks.walk_on(this.services, this.shop, this.has_time)
        fee_drifts.look(this.services, this.shop)
    return problem


# --- lists -----------------------------------------------------------------------------------------------------------


def _list_statements(this: _Round) -> None:
    """Statements of every day since the last look, and for a while before it, are stored."""
    services, shop, cursor = this.services, this.shop, _cursor(this)
    if not this.is_due(cursor.statements_at, EVERY):
        return
    until = services.clock.market() + timedelta(seconds=1)
    since = _since(shop, cursor.statements_at, STATEMENT_OVERLAP)
    ask = partial(services.tiktok.finance.statements, this.access, since=since, until=until, deadline=this.deadline)
    for page in every(lambda token: ask(page_token=token)):
        with services.store.write() as tx:
            if shops.is_held(tx, shop.id):
                restated = transactions.restated(tx, shop, [one.value for one in page.rows])
                ledger.put_statements(tx, shop, page.rows, services.clock.now())
                finance_tabs.wake(services, tx, transactions.paid(services, tx, shop, restated))
    _move(this, statements_at=until)


def _list_payouts(this: _Round) -> None:
    """The same for payments, or for withdrawals where the market has those instead. A market with neither has none."""
    services, shop, cursor = this.services, this.shop, _cursor(this)
    if not this.is_due(cursor.payments_at, EVERY):
        return
    since = _since(shop, cursor.payments_at, PAYMENT_OVERLAP)
    until = services.clock.market() + timedelta(seconds=1)
    list_them = _list_withdrawals if shop.region in WITHDRAWAL_MARKETS else _list_payments
    with contextlib.suppress(NotFound):  # this market does not have them
        list_them(this, since, until)
    _move(this, payments_at=until)


def _list_payments(this: _Round, since: datetime, until: datetime) -> None:
    services, shop = this.services, this.shop
    ask = partial(services.tiktok.finance.payments, this.access, since=since, until=until, deadline=this.deadline)
    for page in every(lambda token: ask(page_token=token)):
        with services.store.write() as tx:
            if shops.is_held(tx, shop.id):
                repaid = transactions.repaid(tx, shop, [one.value for one in page.rows])
                ledger.put_payments(tx, shop, page.rows, services.clock.now())
                finance_tabs.wake(services, tx, transactions.paid(services, tx, shop, repaid))


def _list_withdrawals(this: _Round, since: datetime, until: datetime) -> None:
    services, shop = this.services, this.shop
    ask = partial(services.tiktok.finance.withdrawals, this.access, since=since, until=until, deadline=this.deadline)
    for page in every(lambda token: ask(page_token=token)):
        with services.store.write() as tx:
            if shops.is_held(tx, shop.id):
                ledger.put_withdrawals(tx, shop, page.rows, services.clock.now())


def _since(shop: ShopRow, last: datetime | None, overlap: timedelta) -> datetime:
    """Where a list begins: at the first look where the shop's orders do."""
    return max(EARLIEST, shop.import_from if last is None else last - overlap)


# --- lines -----------------------------------------------------------------------------------------------------------


def _read_statements(this: _Round) -> Problem | None:
    """Lines of statements that are not all here are stored, a page at a time. Returns what one of them failed of."""
    failed: set[str] = set()
    problem: Problem | None = None
    while this.has_time():
        with this.services.store.read() as tx:
            waiting = ledger.to_read(tx, this.shop.id, limit=STATEMENTS_PER_LOOK + len(failed))
        reading = next((one for one in waiting if one.statement.statement_id not in failed), None)
        if reading is None:
            break
        try:
            is_well = _read_page(this, reading)
        except (UpstreamFailed, NotFound) as failure:
            if isinstance(failure, UpstreamFailed) and not failure.permanent:
                raise
            problem, is_well = failure, False
            _begin_anew(this, reading)
        if not is_well:
            failed.add(reading.statement.statement_id)
    return problem


def _read_page(this: _Round, reading: Reading) -> bool:
    """The next page of a statement is stored; after the last one it is complete. False when lines are missing then:
    it is read anew in the next round.
    """
    services, shop, statement = this.services, this.shop, reading.statement
    begun_at = reading.begun_at or services.clock.now()
    page = services.tiktok.finance.entries(
        this.access, statement, page_token=reading.page_token, deadline=this.deadline
    )
    settling = {one.value.about_order for one in page.entries if not is_reserve(one.value.kind)}
    expected = estimates.before_settlement(services, shop, settling)
    with services.store.write() as tx:
        if not shops.is_held(tx, shop.id):
            return False
        now = services.clock.now()
        profits.keep_last(tx, shop, expected, now=now)
        touched = transactions.arrive(services, tx, shop, [one.value for one in page.entries])
        changed = ledger.put_entries(tx, shop, page.entries, now)
        _want(tx, shop, page.entries, changed, now)
        fee_checks.check_corrected(services, tx, shop, [one.value for one in page.entries])
        if page.next_page_token and page.next_page_token != reading.page_token:
            ledger.move_reading(tx, shop.id, statement.statement_id, begun_at=begun_at, page_token=page.next_page_token)
        elif ledger.count_lines(tx, shop.id, statement.statement_id, since=begun_at) < (page.head.total or 0):
            ledger.move_reading(tx, shop.id, statement.statement_id, begun_at=None, page_token="")
            finance_tabs.tell(services, tx, shop, changed, touched=touched)
            return False
        else:
            touched |= transactions.leave(services, tx, shop, statement.statement_id, begun_at=begun_at)
            full = replace(statement, reserve=page.head.reserve, payable=page.head.payable)
            gone = ledger.finish_reading(tx, shop.id, full, begun_at=begun_at, total=page.head.total, now=now)
            ledger.want_orders(tx, shop.id, gone, now)
            changed |= gone
        finance_tabs.tell(services, tx, shop, changed, touched=touched)
    return True


def _begin_anew(this: _Round, reading: Reading) -> None:
    """The page token may have been the reason."""
    with this.services.store.write() as tx:
        ledger.move_reading(tx, this.shop.id, reading.statement.statement_id, begun_at=None, page_token="")


def _want(tx: Tx, shop: ShopRow, found: Sequence[Found[Entry]], changed: Collection[str], now: datetime) -> None:
    """What changed of an order's own amounts is to be read by SKU, too."""
    sold = {one.value.order_id for one in found if one.value.kind == ORDER_KIND}
    ledger.want_orders(tx, shop.id, sold & set(changed), now)


def _read_orders(this: _Round) -> Problem | None:
    """Settled orders of several SKUs are read by SKU. Not while the shop's past is imported: until then it is not known
    which orders those are. Returns what one of them failed of: it waits behind the others, for the next round.
    """
    services, shop = this.services, this.shop
    failed: set[str] = set()
    problem: Problem | None = None
    while shop.import_at is None and this.has_time():
        with services.store.read() as tx:
            waiting = ledger.wanted_orders(tx, shop.id, limit=ORDERS_PER_LOOK + len(failed))
            wanted = [(order_id, at) for order_id, at in waiting if order_id not in failed]
            known = orders.stored_without_buyers(tx, shop_id=shop.id, order_ids=[one for one, _at in wanted])
        if not wanted:
            break
        for order_id, wanted_at in wanted:
            order = known.get(order_id)
            is_plain = order is not None and len({line.sku_id for line in order.lines}) == 1
            try:
                _read_order(this, order_id, wanted_at, is_plain=is_plain)
            except UpstreamFailed as failure:
                if not failure.permanent:
                    raise
                failed.add(order_id)
                problem = failure
                _put_behind(this, order_id)
            if not this.has_time():
                break
    return problem


def _put_behind(this: _Round, order_id: str) -> None:
    """Every other order is read before this one."""
    with this.services.store.write() as tx:
        ledger.want_orders(tx, this.shop.id, [order_id], this.services.clock.now())


def _read_order(this: _Round, order_id: str, wanted_at: datetime, *, is_plain: bool) -> None:
    """The order's parts by SKU are stored; one of a single SKU has its statement's line, which says the same."""
    services, shop = this.services, this.shop
    found: Sequence[Found[Entry]] = ()
    if not is_plain:
        try:
            found = services.tiktok.finance.order_entries(this.access, order_id, deadline=this.deadline)
        except NotFound:
            found = ()
    with services.store.write() as tx:
        if shops.is_held(tx, shop.id):
            if not is_plain and ledger.put_sku_entries(tx, shop, order_id, found, services.clock.now()):
                finance_tabs.tell(services, tx, shop, {order_id})
            ledger.order_done(tx, shop.id, order_id, wanted_at=wanted_at)
            fee_checks.check_orders(services, tx, shop, {order_id})


# --- estimates -------------------------------------------------------------------------------------------------------


def _sweep(this: _Round) -> None:
    """All estimates are stored, oldest order first, and what upstream lists no more is gone when the sweep is through.

    The next page is a new search from the last order on: estimates that settle meanwhile move a page by position.
    """
    services, shop, cursor = this.services, this.shop, _cursor(this)
    begun_at, since, token = cursor.sweep_at, cursor.sweep_order_at, ""
    if begun_at is None:
        if not this.is_due(cursor.swept_at, SWEEP_EVERY):
            return
        begun_at = services.clock.market()
        _move(this, sweep_at=begun_at, sweep_order_at=None)
    while this.has_time():
        page = services.tiktok.finance.unsettled(
            this.access, since=since, until=begun_at, page_token=token, deadline=this.deadline
        )
        expected = estimates.before_sweep(services, shop, page.rows)
        with services.store.write() as tx:
            if shops.is_held(tx, shop.id):
                changed = estimates.put(services, tx, shop, page.rows, expected=expected, seen_at=begun_at)
                finance_tabs.tell(services, tx, shop, changed)
        if not page.next_page_token:
            _finish_sweep(this, begun_at)
            return
        last_at = max((at for one in page.rows if (at := one.value.order_created_at)), default=None)
        if last_at is not None and (since is None or last_at > since):
            since, token = last_at, ""
            _move(this, sweep_order_at=since)
        elif page.next_page_token == token:
            raise UpstreamFailed(
                "TikTok Shop does not list its finances to their end right now. We try again later.",
                detail="unsettled: paging makes no progress",
            )
        else:
            token = page.next_page_token


def _finish_sweep(this: _Round, begun_at: datetime) -> None:
    services, shop = this.services, this.shop
    with services.store.write() as tx:
        if shops.is_held(tx, shop.id):
            finance_tabs.tell(services, tx, shop, ledger.drop_unseen(tx, shop.id, before=begun_at))
    _move(this, sweep_at=None, sweep_order_at=None, swept_at=begun_at)


# --- cursors, troubles, sheets ---------------------------------------------------------------------------------------


def _cursor(this: _Round) -> FinanceCursorRow:
    with this.services.store.read() as tx:
        cursor = ledger.cursor(tx, this.shop.id)
    if cursor is None:
        raise NotFound("This shop is not connected here.")
    return cursor


def _move(this: _Round, **changes: datetime | None) -> FinanceCursorRow:
    moved = replace(_cursor(this), **changes)  # type: ignore[arg-type]  # names of instants of the cursor only
    with this.services.store.write() as tx:
        ledger.move_cursor(tx, moved)
    return moved


def _end(services: Services, shop_id: str, problem: Problem | None) -> None:
    """The round is over; the next one comes when it is due, or later and later while it fails."""
    with services.store.write() as tx:
        cursor = ledger.cursor(tx, shop_id)
        if cursor is None:
            return
        tries = 0 if problem is None else cursor.tries + 1
        wait = EVERY if problem is None else _back_off(problem, tries)
        trouble = None if problem is None else problem.sentence
        next_at = services.clock.now() + wait
        ledger.move_cursor(tx, replace(cursor, next_at=next_at, tries=tries, trouble=trouble, refused_consent_id=None))


def _back_off(problem: Problem, tries: int) -> timedelta:
    asked = problem.retry_after_s if isinstance(problem, UpstreamFailed) else None
    return max(timedelta(seconds=asked or 0), min(FIRST_BACK_OFF * (1 << min(tries - 1, 9)), LONGEST_BACK_OFF))


def _refused(services: Services, shop: ShopRow) -> None:
    """The seller has not allowed finance; nothing is asked again under this consent."""
    told = NotConnected(
        "TikTok Shop does not let us see this shop's finances. Connect the shop again and allow finance."
    )
    with services.store.write() as tx:
        cursor = ledger.cursor(tx, shop.id)
        if cursor is not None:
            row = replace(cursor, refused_consent_id=shop.consent_id, trouble=told.sentence, tries=0)
            ledger.move_cursor(tx, row)
