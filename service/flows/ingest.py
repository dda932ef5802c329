"""Receive a notice, poll, import the past: all end in one save that keeps what is newer and marks rows dirty.

A notice is a hint: only its order ids are used, and the order is fetched as it is now. The poll's cursor overlaps its
last window and moves after the save. Nothing upstream is asked inside a web request.
"""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from service.core.orders import Order, Verdict, newer
from service.core.plans import PLANS, Plan, PlanId
from service.core.retention import without_buyer
from service.errors import NotConnected, Problem, UpstreamFailed
from service.flows import Services, archives, connect, finance, retention, sources
from service.store import notices, orders, people, personal, rows, sheets, shops
from service.store.records import BindingRow, NoticeRow, ShopRow
from service.store.session import Tx
from service.telemetry import NOTICES
from service.tiktok.access import ShopAccess
from service.tiktok.webhook import Notice, NoticeKind
from service.tiktok.window import Window

RUN_BUDGET_S = 45.0
NOTICES_PER_RUN = 500
FETCH = 50  # orders per detail call, and per transaction
#: An older notice is taken for a replay: its id may be forgotten by now (`upkeep.KEEP_NOTICES`). The vendor tries again
#: for half a day at most, and what is missed is polled.
REPLAY_WINDOW = timedelta(days=2)
POLL_OVERLAP = timedelta(minutes=10)
LONGEST_BACK_OFF_S = 900.0


def receive(services: Services, notice: Notice) -> str:
    """The notice is in the inbox, once, and its shop is woken. Returns what became of it, for counting.

    Unknown shops and kinds we do not use are taken and forgotten; a repeat changes nothing, nor does an old one.
    """
    with services.store.write() as tx:
        shop = shops.shop_holding(tx, notice.shop_id) if notice.shop_id else None
        outcome = _take(services, tx, notice, shop)
    NOTICES.labels(outcome).inc()
    return outcome


def _take(services: Services, tx: Tx, notice: Notice, shop: ShopRow | None) -> str:
    if notice.sent_at is not None and notice.sent_at < services.clock.market() - REPLAY_WINDOW:
        return "too old"
    if shop is None:
        return "unknown shop"
    if notice.kind is NoticeKind.IGNORED:
        return "ignored"
    row = NoticeRow(notice.notice_id, notice.shop_id, notice.type, list(notice.order_ids))
    if not notices.put(tx, row, services.clock.now()):
        return "repeated"
    if notice.kind is NoticeKind.SHOP_REVOKED:
        has_ended = shops.end_consent(tx, shop.consent_id, unless_after=notice.happened_at)
        notices.finish(tx, [notice.notice_id], services.clock.now())
        return "deauthorised" if has_ended else "late"
    services.wake.shop(tx, shop.id)
    return "taken"


def run_shop(services: Services, shop_id: str) -> float | None:
    """One run for one shop: prepare it, follow its notices, poll if due, read a stretch of the past and of finance.

    Returns seconds until it wants to run again, None when nothing is left. Upstream failures are the caller's to note;
    a consent that turns out to be dead is ended here, where it is known which one it was.
    """
    deadline = time.monotonic() + RUN_BUDGET_S
    with services.store.read() as tx:
        shop = shops.shop_unscoped(tx, shop_id)
        plan = PLANS[PlanId(people.account(tx, shop.account_id).plan)] if shop else None
    now = services.clock.now()
    if shop is None or plan is None or shop.state != "live":
        return None
    if shop.not_before is not None and shop.not_before > now:
        return (shop.not_before - now).total_seconds()
    try:
        return _run(services, shop, plan, deadline=deadline)
    except NotConnected:
        with services.store.write() as tx:
            shops.end_consent(tx, shop.consent_id)
        raise


def _run(services: Services, shop: ShopRow, plan: Plan, *, deadline: float) -> float | None:
    access = connect.access(services, shop)
    if shop.subscribed_at is None:
        shop = _prepare(services, shop, access, takes_notices=plan.takes_notices, deadline=deadline)
    left = False
    if plan.takes_notices:
        left = _follow_notices(services, shop, access, deadline=deadline)
    else:
        _drop_notices(services, shop)
    if shop.next_poll_at <= services.clock.now():
        _poll(services, shop, access, every=timedelta(seconds=plan.poll_s), deadline=deadline)
    if shop.import_at is not None:
        left = _import(services, shop, access, deadline=deadline) or left
    left = finance.run(services, shop, access, deadline=deadline) or left
    if shop.trouble or shop.tries:
        with services.store.write() as tx:
            shops.note_trouble(tx, shop.id, sentence=None, tries=0, not_before=None)
    return 0.0 if left else None


def put_off(services: Services, shop_id: str, problem: Problem) -> float | None:
    """The failure is on record and the next try is set: later and later, with what upstream asked as the least.

    Without permission there is nothing to try; a shop that was given permission anew meanwhile is left in peace.
    """
    with services.store.write() as tx:
        shop = shops.shop_unscoped(tx, shop_id)
        if shop is None or (isinstance(problem, NotConnected) and shop.state == "live"):
            return None
        tries = shop.tries + 1
        delay_s = back_off_s(problem, tries)
        not_before = services.clock.now() + timedelta(seconds=delay_s)
        shops.note_trouble(tx, shop_id, sentence=problem.sentence, tries=tries, not_before=not_before)
    return None if isinstance(problem, NotConnected) else delay_s


def back_off_s(problem: Problem, tries: int) -> float:
    """Seconds until the next try: doubling, capped; never less than upstream asked for."""
    asked = problem.retry_after_s if isinstance(problem, UpstreamFailed) else None
    return max(asked or 0.0, min(2.0**tries, LONGEST_BACK_OFF_S))


def _prepare(services: Services, shop: ShopRow, access: ShopAccess, *, takes_notices: bool, deadline: float) -> ShopRow:
    """Webhooks are ordered to our address and warehouse names are known. Idempotent."""
    if takes_notices:
        services.tiktok.subscribe(access, f"{services.settings.base_url}/hooks/tiktok", deadline=deadline)
    names = services.tiktok.warehouses(access, deadline=deadline)
    with services.store.write() as tx:
        shops.mark_prepared(tx, shop.id, warehouses=names, at=services.clock.now())
        fresh = shops.shop_unscoped(tx, shop.id)
    return fresh or shop


def _follow_notices(services: Services, shop: ShopRow, access: ShopAccess, *, deadline: float) -> bool:
    """What waiting notices hint at is fetched and saved. Returns whether more wait."""
    with services.store.read() as tx:
        waiting = notices.waiting(tx, shop.tiktok_shop_id, limit=NOTICES_PER_RUN)
    order_ids = list(dict.fromkeys(order_id for row in waiting for order_id in row.order_ids))
    for start in range(0, len(order_ids), FETCH):
        refresh(services, shop, access, order_ids[start : start + FETCH], deadline=deadline)
    if waiting:
        with services.store.write() as tx:
            notices.finish(tx, [row.notice_id for row in waiting], services.clock.now())
    return len(waiting) == NOTICES_PER_RUN


def _drop_notices(services: Services, shop: ShopRow) -> None:
    """What waits is done unread: on this plan the poll brings it, and the vendor may send notices all the same."""
    with services.store.read() as tx:
        waiting = notices.waiting(tx, shop.tiktok_shop_id, limit=NOTICES_PER_RUN)
    if waiting:
        with services.store.write() as tx:
            notices.finish(tx, [row.notice_id for row in waiting], services.clock.now())


def refresh(
    services: Services, shop: ShopRow, access: ShopAccess, order_ids: Sequence[str], *, deadline: float
) -> None:
    """These orders are stored as upstream has them now."""
    save(services, shop, services.tiktok.orders(access, order_ids, deadline=deadline))


def _poll(services: Services, shop: ShopRow, access: ShopAccess, *, every: timedelta, deadline: float) -> None:
    """Everything changed since the last poll, less an overlap, is saved; then the cursor moves."""
    until = services.clock.market()
    window = Window.updated(shop.polled_until - POLL_OVERLAP, until)
    for page in services.tiktok.pages(access, window, deadline=deadline):
        save(services, shop, list(page.orders))
    now = services.clock.now()
    # from the planned time, not from now: a late start must not stretch the interval; a long silence is not caught up
    planned = max(shop.next_poll_at + every, now + every / 2)
    with services.store.write() as tx:
        shops.move_poll(tx, shop.id, polled_until=until, next_poll_at=planned)


def _import(services: Services, shop: ShopRow, access: ShopAccess, *, deadline: float) -> bool:
    """A stretch of the past is saved, newest first. Returns whether more is left. Resumes where it stopped."""
    assert shop.import_at is not None  # noqa: S101 - the caller looked
    window = Window.created(shop.import_from, shop.import_at)
    reached = None
    for page in services.tiktok.pages(access, window, deadline=deadline):
        save_past(services, shop, list(page.orders))
        if page.orders:
            reached = min(order.created_at for order in page.orders) + timedelta(seconds=1)
        if reached and time.monotonic() > deadline - RUN_BUDGET_S / 2:
            with services.store.write() as tx:
                shops.move_import(tx, shop.id, reached)
            return True
    with services.store.write() as tx:
        shops.move_import(tx, shop.id, None)
    return False


def save(services: Services, shop: ShopRow, fetched: Sequence[Order]) -> int:
    """What is newer is stored, its rows are dirty and their sheets are woken, in one transaction. Returns how many."""
    return _save(services, shop, fetched, add=rows.add_rows)


def save_past(services: Services, shop: ShopRow, fetched: Sequence[Order]) -> int:
    """The same for orders of the history: their new rows wait behind live changes, as a backfill's do."""
    return _save(services, shop, fetched, add=rows.add_fill_rows)


def _save(services: Services, shop: ShopRow, fetched: Sequence[Order], *, add: Callable[..., int]) -> int:
    changed = 0
    for start in range(0, len(fetched), FETCH):
        changed += _save_some(services, shop, fetched[start : start + FETCH], add=add)
    return changed


def _save_some(services: Services, shop: ShopRow, fetched: Sequence[Order], *, add: Callable[..., int]) -> int:
    ids = [order.order_id for order in fetched]
    with services.store.write() as tx:
        if not shops.is_held(tx, shop.id):  # taken away while this was fetched
            return 0
        wanted, spent = retention.sort_out(services, tx, shop, fetched)
        before = orders.stored(tx, services.store.sealer, shop_id=shop.id, order_ids=ids)
        before |= {order_id: without_buyer(before[order_id]) for order_id in spent & before.keys()}
        verdicts = [newer(before.get(order.order_id), order) for order in wanted]
        taken = [order for verdict, order in verdicts if verdict is Verdict.TAKE]
        if taken:
            bound = _bindings(services, tx, shop.account_id)
            profiles = [one.profile for one in bound]
            saved = [(order, sources.marks(services, order, profiles=profiles)) for order in taken]
            now = services.clock.now()
            orders.save_many(tx, services.store.sealer, saved, account_id=shop.account_id, now=now)
            personal.forget(tx, shop.id, [order.order_id for order in taken if order.order_id in spent], now)
            _mark(services, tx, shop, bound, taken, add=add)
    return len(taken)


def age(services: Services, *, account_id: str, shop_id: str, order_ids: Collection[str]) -> None:
    """Time alone changed cells of these orders: their rows are dirty, and when that happens next is on record."""
    with services.store.write() as tx:
        shop = shops.shop_unscoped(tx, shop_id)
        if shop is None:
            return
        found = orders.stored(tx, services.store.sealer, shop_id=shop_id, order_ids=order_ids)
        bound = _bindings(services, tx, account_id)
        profiles = [one.profile for one in bound]
        for order in found.values():
            orders.set_marks(tx, shop_id, order.order_id, sources.marks(services, order, profiles=profiles))
        _mark(services, tx, shop, bound, list(found.values()), add=rows.add_rows)


def touch(services: Services, tx: Tx, *, account_id: str, shop_id: str, order_id: str) -> None:
    """Something of ours about this order changed (a note, a flag): its rows are dirty and their sheets are woken."""
    touched = rows.mark_orders(tx, account_id, [(shop_id, order_id)], services.clock.now())
    _wake(services, tx, [row.row for row in _bindings(services, tx, account_id) if row.row.id in touched])


def _bindings(services: Services, tx: Tx, account_id: str) -> list[sources.Bound]:
    return [sources.open_binding(services, row) for row in sheets.bindings_of_account(tx, account_id)]


def _mark(
    services: Services,
    tx: Tx,
    shop: ShopRow,
    bound: Sequence[sources.Bound],
    changed: Sequence[Order],
    *,
    add: Callable[..., int],
) -> None:
    """Rows of changed orders are dirty, rows that should be there and are not exist, and the sheets are woken."""
    now = services.clock.now()
    touched = rows.mark_orders(tx, shop.account_id, [(order.shop_id, order.order_id) for order in changed], now)
    notes = orders.notes_of(tx, shop.id, [order.order_id for order in changed])
    for one in bound:
        wanted = [
            row
            for order in changed
            for row in sources.wanted_rows(services, one, order, shop=shop, note=notes.get(order.order_id))
        ]
        if add(tx, one.row.id, wanted, now=now):
            touched.add(one.row.id)
        archives.ensure(services, tx, one, [(order, shop) for order in changed])
    _wake(services, tx, [one.row for one in bound if one.row.id in touched])


def _wake(services: Services, tx: Tx, bindings: Sequence[BindingRow]) -> None:
    for spreadsheet_id in sorted({row.spreadsheet_id for row in bindings}):
        services.wake.sheet(tx, spreadsheet_id)
